//! What each program sends to PostgreSQL, read from the wire.

use crate::programs::Program;
use crate::rounds;
use crate::servers::Servers;
use harness::{Database, Scenario, Task};
use std::io::Write;

/// The statements of one way in one scenario.
pub struct Texts {
    pub scenario: &'static Scenario,
    pub way: String,
    pub statements: Vec<String>,
}

/// Lets each way do its work twice behind a proxy that listens.
pub fn texts(programs: &[Program], servers: &Servers, wished: impl Fn(&Scenario) -> bool) -> Vec<Texts> {
    let mut found = Vec::new();
    for scenario in harness::ALL.iter().filter(|scenario| wished(scenario)) {
        for program in programs {
            for can in &program.can {
                let here = can.scenario == scenario.name && can.database == Database::Postgres;
                if here
                    && can.gap.is_none()
                    && let Some(statements) = listen(program, &can.way, scenario, servers)
                {
                    found.push(Texts { scenario, way: can.way.clone(), statements });
                }
            }
        }
    }
    found
}

fn listen(
    program: &Program,
    way: &str,
    scenario: &'static Scenario,
    servers: &Servers,
) -> Option<Vec<String>> {
    let home = servers.tapped(Database::Postgres)?;
    let proxy = home.proxy.as_ref()?;
    proxy.listen();
    let sizes = scenario.sizes.iter().find(|(place, _)| place.database() == Database::Postgres)?.1;
    // Small, and still more than one where there is more than one.
    let size = if sizes.len() > 2 { sizes[1] } else { sizes[0] };
    let (mut child, mut to, mut from) =
        rounds::spawn(program, way, scenario.name, "postgres", size, &home.url).ok()?;
    let mut said = || from.next().and_then(Result::ok);
    let ready = said()?;
    let went = (0..2).all(|_| writeln!(to, "go 1").is_ok() && said().is_some());
    let _ = child.kill().and_then(|()| child.wait());
    let task = Task { way: way.to_owned(), scenario, database: Database::Postgres, size, url: String::new() };
    (ready == "ready" && went).then(|| statements(&proxy.heard(), &task))
}

/// The texts in what a client sent, each once, without those that made and emptied the tables.
fn statements(bytes: &[u8], task: &Task) -> Vec<String> {
    let setup = task.setup();
    let joined = setup.join(";");
    let mut found: Vec<String> = Vec::new();
    for text in sent(bytes) {
        let ours = text == joined || setup.contains(&text) || task.empty().contains(&text.as_str());
        if !ours && !text.is_empty() && !found.contains(&text) {
            found.push(text);
        }
    }
    found
}

/// The texts of the messages Query and Parse.
fn sent(mut bytes: &[u8]) -> Vec<String> {
    let mut texts = Vec::new();
    let word = |bytes: &[u8]| bytes.get(..4).map(|b| u32::from_be_bytes([b[0], b[1], b[2], b[3]]) as usize);
    while let Some(first) = bytes.first() {
        // What begins a connection has no letter before its length.
        let letter = usize::from(*first != 0);
        let Some(end) = bytes.get(letter..).and_then(word).map(|length| letter + length) else { break };
        let Some(message) = bytes.get(letter + 4..end) else { break };
        let mut parts = message.split(|byte| *byte == 0);
        match (letter, first) {
            (1, b'Q') => texts.extend(parts.next().map(text)),
            (1, b'P') => texts.extend(parts.nth(1).map(text)),
            _ => {}
        }
        bytes = &bytes[end..];
    }
    texts
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_found_between_other_messages() {
        let mut bytes = vec![0, 0, 0, 8, 4, 210, 22, 47];
        bytes.extend(b"P\0\0\0\x13s1\0select  1\0\0\0");
        bytes.extend(b"S\0\0\0\x04");
        bytes.extend(b"Q\0\0\0\x0bcommit\0");
        assert_eq!(sent(&bytes), ["select 1", "commit"]);
    }
}

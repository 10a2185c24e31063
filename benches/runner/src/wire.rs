//! What each program sends to a server, read from the wire.

use crate::programs::Program;
use crate::rounds;
use crate::servers::Servers;
use harness::{Place, Scenario, Task};
use std::io::Write;

/// The statements of one way in one scenario.
pub struct Texts {
    pub place: Place,
    pub scenario: &'static Scenario,
    pub way: String,
    pub statements: Vec<String>,
}

/// Where one can listen.
pub const PLACES: [Place; 2] = [Place::Postgres, Place::MySql];

/// Lets each way do its work twice, and listens.
pub fn texts(
    programs: &[Program],
    servers: &Servers,
    wished: impl Fn(&Scenario, Place) -> bool,
) -> Vec<Texts> {
    let mut found = Vec::new();
    for place in PLACES {
        for scenario in harness::ALL.iter().filter(|scenario| wished(scenario, place)) {
            for program in programs {
                let here = program.can.iter().filter(|can| {
                    can.scenario == scenario.name && can.database == place.database() && can.gap.is_none()
                });
                found.extend(here.filter_map(|can| {
                    let statements = listen(program, &can.way, scenario, place, servers)?;
                    Some(Texts { place, scenario, way: can.way.clone(), statements })
                }));
            }
        }
    }
    found
}

fn listen(
    program: &Program,
    way: &str,
    scenario: &'static Scenario,
    place: Place,
    servers: &Servers,
) -> Option<Vec<String>> {
    let database = place.database();
    let home = servers.tapped(place)?;
    let sizes = scenario.sizes.iter().find(|(at, _)| at.database() == database)?.1;
    // Small, and still more than one where there is more than one.
    let size = if sizes.len() > 2 { sizes[1] } else { sizes[0] };
    let (mut child, mut to, mut from) =
        rounds::spawn(program, way, scenario.name, database.name(), size, &home.url).ok()?;
    let mut said = || from.next().and_then(Result::ok);
    let ready = said()?;
    let went = (0..2).all(|_| writeln!(to, "go 1").is_ok() && said().is_some());
    let _ = child.kill().and_then(|()| child.wait());
    if ready != "ready" || !went {
        return None;
    }
    let heard = home.proxy.as_ref()?.heard();
    let sent = if place == Place::MySql { to_mysql(&heard) } else { to_postgres(&heard) };
    let task = Task { way: way.to_owned(), scenario, database, size, url: String::new() };
    Some(of_work(sent, &task))
}

/// Each text once, without those that made and emptied the tables.
fn of_work(sent: Vec<String>, task: &Task) -> Vec<String> {
    let setup = task.setup();
    let mut around = vec![plain(&setup.join(";"))];
    around.extend(setup.iter().map(|text| plain(text)));
    around.extend(task.empty().iter().map(|text| plain(text)));
    let mut found: Vec<String> = Vec::new();
    for text in sent.iter().map(|text| plain(text)) {
        if !text.is_empty() && !around.contains(&text) && !found.contains(&text) {
            found.push(text);
        }
    }
    found
}

/// A text on one line, without what ends it.
fn plain(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").trim_end_matches([';', ' ']).to_owned()
}

/// The texts of the messages Query and Parse.
fn to_postgres(mut bytes: &[u8]) -> Vec<String> {
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

/// The texts of the commands COM_QUERY and COM_STMT_PREPARE: the first packets of their sequences.
fn to_mysql(mut bytes: &[u8]) -> Vec<String> {
    let mut texts = Vec::new();
    while let [a, b, c, number, rest @ ..] = bytes {
        let length = u32::from_le_bytes([*a, *b, *c, 0]) as usize;
        let Some(packet) = rest.get(..length) else { break };
        if let (0, [3 | 22, letters @ ..]) = (number, packet) {
            texts.push(text(letters));
        }
        bytes = &rest[length..];
    }
    texts
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
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
        assert_eq!(to_postgres(&bytes), ["select  1", "commit"]);
        // The answer to the greeting is number one.
        let mut bytes = b"\x02\0\0\x01\x03x".to_vec();
        bytes.extend(b"\x07\0\0\0\x03commit");
        bytes.extend(b"\x05\0\0\0\x17\0\0\0\0");
        bytes.extend(b"\x09\0\0\0\x16select 1");
        assert_eq!(to_mysql(&bytes), ["commit", "select 1"]);
    }

    #[test]
    fn texts_are_compared_without_blanks() {
        assert_eq!(plain("  select\n 1 ;"), "select 1");
    }
}

//! What the examples print: numbered steps, remarks, and the SQL that ran.
#![allow(dead_code, missing_docs, unreachable_pub)] // shared by several programs

use rebis::{Counters, Recorder};
use std::io::Write as _;
use std::path::PathBuf;

const WIDTH: usize = 100;

/// `println!` that minds no closed pipe: `cargo run --example tutorial | head`.
macro_rules! out {
    ($($arg:tt)*) => {{
        let _ = writeln!(std::io::stdout(), $($arg)*);
    }};
}

/// Tells what a program does, step by step.
pub struct Story {
    log: Recorder,
    steps: usize,
}

impl Story {
    /// `log` is what `engine.record()` gives.
    pub fn new(title: &str, log: Recorder) -> Self {
        out!("{title}\n{}", "=".repeat(title.chars().count()));
        Story { log, steps: 0 }
    }

    /// Begins a step. What still ran in the one before is printed first: a session that was dropped rolls back.
    pub fn step(&mut self, title: &str, remark: &str) {
        if !self.log.sql().is_empty() {
            self.sql();
        }
        self.steps += 1;
        out!("\n{}. {title}: {remark}", self.steps);
    }

    /// Ends with what ran in all.
    pub fn end(self, counters: Counters) {
        if !self.log.sql().is_empty() {
            self.sql();
        }
        let Counters { statements, rows_read, rows_written, .. } = counters;
        out!("\n{statements} statements read {rows_read} rows and wrote {rows_written}.");
    }

    /// The statements since the last call, in one line.
    pub fn cost(&self, counters: Counters) {
        self.log.clear();
        let Counters { statements, reads, writes, rows_read, rows_written, .. } = counters;
        self.say(format!(
            "{statements} statements: {reads} read {rows_read} rows, {writes} wrote {rows_written}"
        ));
    }

    /// Something that the program found or did.
    pub fn say(&self, text: impl AsRef<str>) {
        text.as_ref().lines().for_each(|line| out!("   {line}"));
    }

    /// The statements since the last call.
    pub fn sql(&self) {
        let statements = self.log.take();
        if statements.is_empty() {
            out!("   | (no statement)");
        }
        for statement in statements {
            let times = if statement.times > 1 { format!("   x{}", statement.times) } else { String::new() };
            print_wrapped(&format!("{}{times}", in_short(&statement.sql)));
        }
    }
}

/// Without the columns of a new table, and with the beginning of a long list of parameters.
fn in_short(sql: &str) -> String {
    match (sql.split_once('('), sql.split_once(&", ?".repeat(8))) {
        (Some((head, _)), _) if head.starts_with("CREATE TABLE") => format!("{head}(...)"),
        (_, Some((head, tail))) => format!("{head}, ...{}", tail.trim_start_matches(", ?")),
        _ => sql.to_owned(),
    }
}

fn print_wrapped(text: &str) {
    let (mut line, mut first) = (String::new(), true);
    for word in text.split_whitespace() {
        if !line.is_empty() && line.len() + word.len() >= WIDTH {
            out!("   | {}{line}", if first { "" } else { "    " });
            (line, first) = (String::new(), false);
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    out!("   | {}{line}", if first { "" } else { "    " });
}

/// The URL of a database file of this name beside the running program, which is in the target folder. What an earlier
/// run left there is removed.
pub fn fresh_database(name: &str) -> std::io::Result<String> {
    let path: PathBuf = std::env::current_exe()?.with_file_name(name);
    for suffix in ["", "-wal", "-shm", "-journal"] {
        match std::fs::remove_file(format!("{}{suffix}", path.display())) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
            Ok(()) | Err(_) => {}
        }
    }
    Ok(format!("sqlite:///{}", path.display()))
}

/// How many there are, and the first of them.
pub fn listed<'a>(names: impl ExactSizeIterator<Item = &'a str>) -> String {
    let (count, most) = (names.len(), 8);
    let first: Vec<_> = names.take(most).collect();
    format!("{count}: {}{}", first.join(", "), if count > most { ", ..." } else { "" })
}

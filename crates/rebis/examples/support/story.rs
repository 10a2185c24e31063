//! What the examples print: numbered steps, remarks, and the SQL that ran. And where they work: in a file of SQLite, or
//! in the database that `--url` names, whose schema must be empty.
#![allow(dead_code, missing_docs, unreachable_pub)] // shared by several programs

use rebis::blocking::Engine;
use rebis::prelude::*;
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
        let Counters { statements, round_trips, rows_read, rows_written, .. } = counters;
        out!(
            "\n{statements} statements in {round_trips} round trips read {rows_read} rows and wrote {rows_written}."
        );
    }

    /// The statements since the last call, in one line.
    pub fn cost(&self, counters: Counters) {
        self.log.clear();
        let Counters { statements, round_trips, reads, writes, rows_read, rows_written, .. } = counters;
        self.say(format!(
            "{statements} statements in {round_trips} round trips: {reads} read {rows_read} rows, \
             {writes} wrote {rows_written}"
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
    if let Some((head, _)) = sql.split_once('(')
        && head.starts_with("CREATE TABLE")
    {
        return format!("{head}(...)");
    }
    let places = sql.split(", ").collect::<Vec<_>>();
    let is_place =
        |text: &&str| matches!(text.as_bytes(), [b'?'] | [b'$', b'0'..=b'9', ..]) && !text.contains(' ');
    match places.windows(8).position(|window| window.iter().all(is_place)) {
        None => sql.to_owned(),
        Some(from) => {
            let many = places[from..].iter().take_while(|place| is_place(place)).count();
            format!("{}, ..., {}", places[..from].join(", "), places[from + many..].join(", "))
        }
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

/// Where an example works.
pub struct Place {
    pub url: String,
    /// It is somebody else's: the example takes its tables out again.
    pub is_given: bool,
}

/// The database that `--url` names, if nothing is in it; else a file of this name.
pub fn place(file: &str) -> Result<Place, Box<dyn std::error::Error>> {
    let Some(url) = arguments()?.url else {
        return Ok(Place { url: fresh_database(file)?, is_given: false });
    };
    let asked = url.clone();
    // On a thread of its own: half of the programs are async, and there one does not wait.
    let tables = std::thread::spawn(move || tables(&asked))
        .join()
        .map_err(|_| "the database could not be asked")??;
    if tables.is_empty() {
        return Ok(Place { url, is_given: true });
    }
    let (count, first) = (tables.len(), tables.iter().take(5).cloned().collect::<Vec<_>>().join(", "));
    let help = "this program works where nobody else does: give it an empty schema";
    Err(format!("there are tables already ({count}: {first}); {help}").into())
}

fn tables(url: &str) -> rebis::Result<Vec<String>> {
    let engine = Engine::new(url)?;
    let mut connection = engine.connect()?;
    let list = engine.capabilities().list_tables;
    connection.all(rebis::sql(list).rows::<String>())
}

/// What follows the program's name.
pub struct Arguments {
    pub url: Option<String>,
    pub path: Option<String>,
}

/// `[PATH] [--url URL]`
pub fn arguments() -> Result<Arguments, String> {
    let (mut found, mut words) = (Arguments { url: None, path: None }, std::env::args().skip(1));
    while let Some(word) = words.next() {
        match word.strip_prefix("--") {
            Some("url") => found.url = Some(words.next().ok_or("--url wants a URL")?),
            Some(other) => {
                found.url = Some(other.strip_prefix("url=").ok_or(format!("what is --{other}?"))?.to_owned())
            }
            None => found.path = Some(word),
        }
    }
    Ok(found)
}

/// The URL of a database file of this name beside the running program, which is in the target folder. What an earlier
/// run left there is removed.
fn fresh_database(name: &str) -> std::io::Result<String> {
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

//! What the programs of the peers share with the runner: the scenarios as data, the tables and rows they begin with, and
//! a few lines over standard input and output by which programs take turns.
//!
//! A program is called as `PROGRAM list`, which prints what it can do and what it cannot, or as
//! `PROGRAM run WAY SCENARIO DATABASE SIZE URL`. Then it prepares its work, prints `ready`, and obeys: `go K` does the
//! work `K` times and answers with nanoseconds, `warm K` does it without the clock, `memory` does it once and answers with
//! bytes.

#![forbid(unsafe_code)]

pub mod names;
mod scenarios;
mod tables;
pub mod tree;
mod turns;

pub use scenarios::{ALL, Place, Scenario, Sizes, find};
pub use turns::Turns;

/// What a program runs against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Database {
    Sqlite,
    Postgres,
    MySql,
}

impl Database {
    pub const ALL: [Database; 3] = [Database::Sqlite, Database::Postgres, Database::MySql];

    pub fn name(self) -> &'static str {
        match self {
            Database::Sqlite => "sqlite",
            Database::Postgres => "postgres",
            Database::MySql => "mysql",
        }
    }

    pub fn named(name: &str) -> Option<Database> {
        Database::ALL.into_iter().find(|database| database.name() == name)
    }
}

/// What the runner asks of a program.
#[derive(Clone, Debug)]
pub struct Task {
    pub way: String,
    pub scenario: &'static Scenario,
    pub database: Database,
    pub size: usize,
    /// Of an empty database of its own. SQLite is in memory: a program names it as its documentation does.
    pub url: String,
}

impl Task {
    /// The statements that make the tables and fill them.
    pub fn setup(&self) -> Vec<String> {
        let mut texts: Vec<String> =
            (self.scenario.tables)(self.database).iter().map(|text| (*text).to_owned()).collect();
        texts.extend((self.scenario.rows)(self.database, self.size));
        texts
    }

    /// The statements that empty the tables again.
    pub fn empty(&self) -> &'static [&'static str] {
        match self.database {
            Database::Postgres => &["truncate users, posts, comments"],
            Database::Sqlite | Database::MySql => {
                &["delete from comments", "delete from posts", "delete from users"]
            }
        }
    }
}

/// Prepares the work of a task, and does it in turns.
pub type Run = fn(&Task, Turns);

/// What a program does in one scenario, or why it does not.
#[derive(Clone, Copy)]
pub struct Entry {
    pub way: &'static str,
    pub scenario: &'static str,
    pub databases: &'static [Database],
    pub run: Result<Run, &'static str>,
}

/// A way to do the work of a scenario.
pub const fn entry(
    way: &'static str,
    scenario: &'static str,
    databases: &'static [Database],
    run: Run,
) -> Entry {
    Entry { way, scenario, databases, run: Ok(run) }
}

/// A scenario that this way leaves out, and why.
pub const fn gap(
    way: &'static str,
    scenario: &'static str,
    databases: &'static [Database],
    why: &'static str,
) -> Entry {
    Entry { way, scenario, databases, run: Err(why) }
}

/// The whole of a program but for its work.
pub fn main(entries: &[Entry]) {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        ["list"] => list(entries),
        ["run", way, scenario, database, size, url] => {
            let task = Task {
                way: way.to_owned(),
                scenario: find(scenario).expect("a scenario of the list"),
                database: Database::named(database).expect("a database of the list"),
                size: size.parse().expect("a number"),
                url: url.to_owned(),
            };
            let entry = entries
                .iter()
                .find(|e| e.way == way && e.scenario == scenario && e.databases.contains(&task.database))
                .expect("an entry of the list");
            entry.run.expect("no gap")(&task, Turns::new(task.size));
        }
        _ => eprintln!("list, or run WAY SCENARIO DATABASE SIZE URL"),
    }
}

fn list(entries: &[Entry]) {
    for entry in entries {
        for database in entry.databases {
            let why = entry.run.err().unwrap_or_default();
            println!("{}\t{}\t{}\t{why}", entry.way, entry.scenario, database.name());
        }
    }
}

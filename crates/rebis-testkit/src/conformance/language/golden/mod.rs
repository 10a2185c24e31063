//! The golden statements: each construct of the language, with its text for each database side by side. They are written
//! into `docs/sql.md`, which a test compares, and run on the tables of the scene.

mod clauses;
mod expressions;
mod operators;
mod schema;
mod sources;
mod texts;
mod types;
mod wrapped;
mod writes;

use super::desk::{Db, Desk, Plain};
use super::scene;
use rebis_core::{ErrorKind, Result};
use rebis_sql::ast::{self, Source, TableRef};
use rebis_sql::{
    Body, Capabilities, Column, Command, IntoCondition, IntoSource, JoinPart, Query, Request, legalize,
    render,
};
use std::fmt::Write;

/// One statement of the language.
pub struct Case {
    topic: &'static str,
    name: &'static str,
    /// As a program writes it.
    rust: &'static str,
    work: Work,
}

/// Writes statements for a database.
type Make = Box<dyn Fn(&Capabilities) -> Result<Vec<String>>>;

enum Work {
    Query(ast::Query),
    /// Texts from the start, and what takes back what they did.
    Texts {
        make: Make,
        undo: Make,
    },
}

impl Case {
    fn made(topic: &'static str, name: &'static str, rust: &'static str, make: Make, undo: Make) -> Case {
        Case { topic, name, rust, work: Work::Texts { make, undo } }
    }

    fn new(topic: &'static str, name: &'static str, rust: &'static str, query: impl Query) -> Case {
        Case::of(topic, name, rust, query.into_request())
    }

    fn command(topic: &'static str, name: &'static str, rust: &'static str, command: impl Command) -> Case {
        let request = command.into_request();
        Case::of(topic, name, rust, request.unwrap_or_else(|e| panic!("{topic}, {name}: {e}")))
    }

    fn of(topic: &'static str, name: &'static str, rust: &'static str, request: Request) -> Case {
        match request.body.unfolded() {
            Body::Ast(query) => Case { topic, name, rust, work: Work::Query(query) },
            other => panic!("{topic}, {name}: a tree was expected, not {other:?}"),
        }
    }

    /// The statement, where it is a tree.
    pub fn query(&self) -> Option<&ast::Query> {
        match &self.work {
            Work::Query(query) => Some(query),
            Work::Texts { .. } => None,
        }
    }

    /// Its text for a database, or what the database cannot do.
    fn text(&self, caps: &Capabilities) -> std::result::Result<String, String> {
        let text = match &self.work {
            Work::Query(query) => render::render(query, caps).map(|compiled| compiled.sql),
            Work::Texts { make, undo: _ } => make(caps).map(|texts| texts.join(";\n")),
        };
        text.map_err(|e| {
            assert_eq!(e.kind(), ErrorKind::Unsupported, "{}, {}: {e}", self.topic, self.name);
            e.message().to_owned()
        })
    }

    /// The statement as a program writes it, a line for each statement of a block.
    fn source(&self) -> String {
        let one_line = self.rust.split_whitespace().collect::<Vec<_>>().join(" ").replace(" .", ".");
        match one_line.strip_prefix("{ ").and_then(|block| block.strip_suffix(" }")) {
            Some(block) => block.replace("; ", ";\n"),
            None => one_line,
        }
    }
}

/// Statements of a topic, each with a name: as source and as tree.
macro_rules! cases {
    ($($function:ident $topic:literal { $($name:literal => $query:expr;)* })*) => {
        $(fn $function(cases: &mut Vec<Case>) {
            $(cases.push(Case::new($topic, $name, stringify!($query), $query));)*
        })*

        pub(super) fn add(cases: &mut Vec<Case>) {
            $($function(cases);)*
        }
    };
}
use cases;

/// The same of statements that give no rows.
macro_rules! commands {
    ($($function:ident $topic:literal { $($name:literal => $command:expr;)* })*) => {
        $(fn $function(cases: &mut Vec<Case>) {
            $(cases.push(Case::command($topic, $name, stringify!($command), $command));)*
        })*

        pub(super) fn add(cases: &mut Vec<Case>) {
            $($function(cases);)*
        }
    };
}
use commands;

/// All of them.
#[must_use]
pub fn all() -> Vec<Case> {
    let mut cases = Vec::new();
    clauses::add(&mut cases);
    sources::add(&mut cases);
    expressions::add(&mut cases);
    operators::add(&mut cases);
    texts::add(&mut cases);
    writes::add(&mut cases);
    types::add(&mut cases);
    schema::add(&mut cases);
    cases
}

/// The page `docs/sql.md`, with a column for each of these databases.
///
/// # Panics
/// If a statement cannot be written for another reason than that the database lacks something.
#[must_use]
pub fn page(databases: &[&Capabilities]) -> String {
    let cases = all();
    let texts = cases.len() * databases.len();
    let mut page = format!(include_str!("head.md"), cases = cases.len(), texts = texts);
    let names: Vec<&str> = databases.iter().map(|caps| caps.name).collect();
    let _ = writeln!(page, "| Topic | Construct | {} |", names.join(" | "));
    let _ = writeln!(page, "|---|---|{}", "---|".repeat(names.len()));
    let mut topics: Vec<&str> = cases.iter().map(|case| case.topic).collect();
    topics.dedup();
    for topic in &topics {
        for case in cases.iter().filter(|case| case.topic == *topic) {
            let mark = |caps: &&Capabilities| if case.text(caps).is_ok() { "✓" } else { "—" };
            let marks: Vec<&str> = databases.iter().map(mark).collect();
            let _ = writeln!(page, "| {topic} | {} | {} |", case.name, marks.join(" | "));
        }
    }
    for topic in topics {
        let _ = writeln!(page, "\n## {topic}");
        cases.iter().filter(|case| case.topic == topic).for_each(|case| section(&mut page, case, databases));
    }
    page
}

fn section(page: &mut String, case: &Case, databases: &[&Capabilities]) {
    let _ = write!(page, "\n### {}\n\n```text\n{}\n```\n\n", case.name, case.source());
    let mut said: Vec<(String, Vec<&str>)> = Vec::new();
    for caps in databases {
        let text = match case.text(caps) {
            Ok(sql) => format!("```sql\n{sql}\n```"),
            Err(message) => format!("> {message}"),
        };
        match said.iter_mut().find(|(known, _)| *known == text) {
            Some((_, names)) => names.push(caps.name),
            None => said.push((text, vec![caps.name])),
        }
    }
    for (text, names) in said {
        let names =
            if names.len() == databases.len() { "All databases".to_owned() } else { names.join(", ") };
        let _ = write!(page, "{names}:\n\n{text}\n");
        page.push('\n');
    }
    page.truncate(page.trim_end().len());
    page.push('\n');
}

/// A statement, to be run whatever it is.
struct Run(ast::Query);

impl Command for Run {
    fn into_request(self) -> Result<Request> {
        Ok(self.0.into())
    }
}

/// Topics whose statements want more than tables: indexes, virtual tables; or are of all programs of a server.
const NOT_RUN: &[&str] = &["Searches in words", "Keys of some rows", "Hints of indexes", "Schemas"];

pub fn each_statement_runs(desk: &Desk<'_>) {
    let mut db = scene::build(desk);
    types::build(&mut db);
    let caps = desk.caps();
    let mut wrong = Vec::new();
    for case in all().into_iter().filter(|case| !NOT_RUN.contains(&case.topic)) {
        let name = format!("{}: {}", case.topic, case.name);
        let text = case.text(caps);
        let lacks = desk.facts.lacks.contains(&name.as_str());
        let several = matches!(&case.work, Work::Query(query) if legalize::is_several(query, caps));
        let outcome = match case.work {
            Work::Query(query) => db.try_run(Run(query)),
            Work::Texts { make, undo } => texts_run(&mut db, caps, &*make, &*undo),
        };
        match (outcome, &text) {
            (Ok(_), Ok(_)) if !lacks => {}
            (Ok(_), Err(_)) if several => {}
            (Err(_), Ok(_)) if lacks => {}
            (Err(e), Err(_)) if e.kind() == ErrorKind::Unsupported => {}
            (outcome, _) => wrong.push(format!("{name}: {outcome:?}\n{text:?}")),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// Runs texts, and what takes back what they did; first that, where they drop what must be there.
fn texts_run(
    db: &mut Db<'_>,
    caps: &Capabilities,
    make: &dyn Fn(&Capabilities) -> Result<Vec<String>>,
    undo: &dyn Fn(&Capabilities) -> Result<Vec<String>>,
) -> Result<u64> {
    let (make, undo) = (make(caps)?, undo(caps)?);
    let drops = make.iter().any(|text| text.starts_with("DROP "));
    let (first, second) = if drops { (undo, make) } else { (make, undo) };
    let outcome = first.iter().try_fold(0, |_, text| db.try_run(Plain(text)));
    // What was made before it failed must not be in the way of the next.
    let undone = second.iter().map(|text| db.try_run(Plain(text))).fold(Ok(0), Result::and);
    outcome.and(undone)
}

/// A person of the scene.
pub(super) enum Human {}
/// A note of the scene.
pub(super) enum Remark {}

#[derive(Clone, Copy)]
pub(super) struct People {
    pub(super) id: Column<Human, i64>,
    pub(super) name: Column<Human, String>,
    pub(super) email: Column<Human, Option<String>>,
    pub(super) karma: Column<Human, i64>,
    pub(super) score: Column<Human, f64>,
    pub(super) active: Column<Human, bool>,
    pub(super) boss_id: Column<Human, Option<i64>>,
}

#[derive(Clone, Copy)]
pub(super) struct Notes {
    pub(super) id: Column<Remark, i64>,
    pub(super) author_id: Column<Remark, i64>,
    pub(super) title: Column<Remark, String>,
    pub(super) body: Column<Remark, Option<String>>,
    pub(super) hits: Column<Remark, i64>,
}

#[allow(non_upper_case_globals)]
pub(super) const Person: People = People {
    id: Column::new("people", "id", 0),
    name: Column::new("people", "name", 1),
    email: Column::new("people", "email", 2),
    karma: Column::new("people", "karma", 3),
    score: Column::new("people", "score", 4),
    active: Column::new("people", "active", 5),
    boss_id: Column::new("people", "boss_id", 6),
};

#[allow(non_upper_case_globals)]
pub(super) const Note: Notes = Notes {
    id: Column::new("notes", "id", 0),
    author_id: Column::new("notes", "author_id", 1),
    title: Column::new("notes", "title", 2),
    body: Column::new("notes", "body", 3),
    hits: Column::new("notes", "hits", 4),
};

impl People {
    /// Under another name.
    pub(super) fn alias(self, name: &'static str) -> People {
        let People { id, name: own, email, karma, score, active, boss_id } = self;
        People {
            id: id.aliased(name),
            name: own.aliased(name),
            email: email.aliased(name),
            karma: karma.aliased(name),
            score: score.aliased(name),
            active: active.aliased(name),
            boss_id: boss_id.aliased(name),
        }
    }

    pub(super) fn on(self, condition: impl IntoCondition) -> JoinPart {
        JoinPart { source: self.into_source(), on: Some(condition.into_condition().into_ast()) }
    }
}

impl People {
    pub(super) fn update(self) -> rebis_sql::Update<Human> {
        rebis_sql::Update::new(TableRef::new("people")).keyed(["id".into()])
    }

    pub(super) fn delete(self) -> rebis_sql::Delete<Human> {
        rebis_sql::Delete::new(TableRef::new("people")).keyed(["id".into()])
    }
}

impl Notes {
    pub(super) fn insert(self) -> rebis_sql::Insert<Remark> {
        let keys =
            || vec![ast::Key { name: None, columns: vec!["id".into()], generated: false, always: false }];
        rebis_sql::Insert::new(TableRef::new("notes"), keys)
    }

    pub(super) fn on(self, condition: impl IntoCondition) -> JoinPart {
        JoinPart { source: self.into_source(), on: Some(condition.into_condition().into_ast()) }
    }

    pub(super) fn update(self) -> rebis_sql::Update<Remark> {
        rebis_sql::Update::new(TableRef::new("notes")).keyed(["id".into()])
    }

    pub(super) fn delete(self) -> rebis_sql::Delete<Remark> {
        rebis_sql::Delete::new(TableRef::new("notes")).keyed(["id".into()])
    }
}

impl IntoSource for People {
    fn into_source(self) -> Source {
        let alias = (self.id.source() != "people").then(|| self.id.source().into());
        Source::Table(TableRef { alias, ..TableRef::new("people") })
    }
}

impl IntoSource for Notes {
    fn into_source(self) -> Source {
        Source::Table(TableRef::new("notes"))
    }
}

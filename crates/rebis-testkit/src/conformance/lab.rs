//! A database under test, and connections driven by hand: no engine and no pool stand between.

use super::{Database, Setup};
use rebis_core::{Binds, Cell, Datum, Error, Result, SqlType};
use rebis_driver::{Columns, Connection, Expect, Flow, Link, Sink, Step};
use rebis_sql::{Capabilities, Placeholder, Statement, StatementKind};
use std::fmt::Write as _;
use std::io::Write as _;
use std::ops::ControlFlow;

/// One case's database.
pub struct Lab<'s, S> {
    setup: &'s S,
    database: Database,
    name: &'static str,
}

impl<'s, S: Setup> Lab<'s, S> {
    pub(super) fn new(setup: &'s S, name: &'static str) -> Self {
        Lab { setup, database: setup.open(), name }
    }

    /// What the driver tells of itself.
    pub(super) fn setup(&self) -> &'s S {
        self.setup
    }

    /// Another empty database.
    pub(super) fn fresh(&self) -> Lab<'s, S> {
        Lab::new(self.setup, self.name)
    }

    pub(super) fn database(&self) -> &Database {
        &self.database
    }

    pub(super) fn caps(&self) -> &'static Capabilities {
        self.database.driver().capabilities()
    }

    /// Says that the case does not apply.
    pub(super) fn skip(&self, reason: &str) {
        say_skipped(self.name, reason);
    }

    /// A new connection.
    pub(super) fn connect(&self) -> Wire<'s, S> {
        let wire = self.setup.block_on(self.database.driver().connect()).expect("the driver connects");
        assert_eq!(wire.link(), Link::Idle, "a new connection is idle");
        Wire { setup: self.setup, caps: self.caps(), wire: Some(wire) }
    }

    /// A new connection, after some statements.
    pub(super) fn prepared(&self, statements: &[&str]) -> Wire<'s, S> {
        let mut db = self.connect();
        db.all(statements);
        db
    }
}

/// Past the capture of the test harness, so that a skip is seen.
pub(super) fn say_skipped(case: &str, reason: &str) {
    let _ = writeln!(std::io::stderr(), "conformance: {case} is skipped: {reason}");
}

/// A connection.
pub(super) struct Wire<'s, S> {
    setup: &'s S,
    caps: &'static Capabilities,
    wire: Option<Box<dyn Connection>>,
}

pub(super) type Row = Vec<Datum>;

/// What a step told.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Told {
    pub(super) rows: Vec<Row>,
    pub(super) names: Vec<String>,
    pub(super) starts: usize,
    pub(super) affected: u64,
    pub(super) last_key: i64,
    pub(super) shown: u64,
}

/// Keeps names and rows; has enough after `most` rows.
#[derive(Debug)]
pub(super) struct Keep {
    pub(super) rows: Vec<Row>,
    pub(super) names: Vec<String>,
    pub(super) starts: usize,
    pub(super) most: usize,
}

impl Default for Keep {
    fn default() -> Self {
        Keep { rows: Vec::new(), names: Vec::new(), starts: 0, most: usize::MAX }
    }
}

impl Sink for Keep {
    fn start(&mut self, columns: &dyn Columns) -> Result<()> {
        self.starts += 1;
        self.names = (0..columns.len()).map(|index| columns.name(index).to_owned()).collect();
        Ok(())
    }

    fn row(&mut self, cells: &[Cell<'_>]) -> Result<Flow> {
        self.rows.push(cells.iter().map(|cell| Datum::from(*cell)).collect());
        Ok(if self.rows.len() >= self.most { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    }
}

pub(super) fn binds(values: &[Datum]) -> Binds {
    let mut binds = Binds::new();
    values.iter().for_each(|value| binds.datum(value));
    binds
}

impl<S: Setup> Wire<'_, S> {
    pub(super) fn wire(&mut self) -> &mut Box<dyn Connection> {
        self.wire.as_mut().expect("the connection is open")
    }

    pub(super) fn link(&self) -> Link {
        self.wire.as_ref().map_or(Link::Closed, |wire| wire.link())
    }

    /// Heals; whether that went well.
    pub(super) fn heal(&mut self) -> bool {
        let wire = self.wire.take().expect("the connection is open");
        self.wire = self.setup.block_on(wire.heal());
        self.wire.is_some()
    }

    /// The SQL of a text of the suite: `{?}` is the next parameter, `{key}` a generated integer key, `{int}`,
    /// `{float}`, `{text}`, `{name}` (a short text), `{bytes}` are types.
    pub(super) fn text(&self, text: &str) -> String {
        let caps = self.caps;
        let mut out = String::with_capacity(text.len() + 32);
        let (mut rest, mut parameter) = (text, 0);
        while let Some((before, after)) = rest.split_once('{') {
            out.push_str(before);
            let (word, behind) = after.split_once('}').expect("a brace is closed");
            rest = behind;
            match word {
                "?" => {
                    parameter += 1;
                    match caps.placeholder {
                        Placeholder::Question => out.push('?'),
                        Placeholder::Dollar => write!(out, "${parameter}").expect("a string takes it"),
                    }
                }
                "key" => {
                    let plain = || (caps.type_name)(&SqlType::I64);
                    let name = caps.generated_key_type.map_or_else(plain, str::to_owned);
                    write!(out, "{name} {} PRIMARY KEY", caps.generated_key).expect("a string takes it");
                }
                "int" => out.push_str(&(caps.type_name)(&SqlType::I64)),
                "float" => out.push_str(&(caps.type_name)(&SqlType::F64)),
                "text" => out.push_str(&(caps.type_name)(&SqlType::Text { length: None })),
                "name" => out.push_str(&(caps.type_name)(&SqlType::Text { length: Some(100) })),
                "bytes" => out.push_str(&(caps.type_name)(&SqlType::Bytes)),
                other => panic!("the suite does not know `{{{other}}}`"),
            }
        }
        out.push_str(rest);
        out
    }

    /// A statement that is kept.
    pub(super) fn statement(&self, text: &str) -> Statement {
        Statement::new(self.text(text), kind(text))
    }

    pub(super) fn run(&mut self, text: &str) -> Result<Told> {
        self.bound(text, &[])
    }

    pub(super) fn bound(&mut self, text: &str, values: &[Datum]) -> Result<Told> {
        self.full(&Statement::once(self.text(text), kind(text)), values, 1, Expect::Any)
    }

    pub(super) fn full(
        &mut self,
        statement: &Statement,
        values: &[Datum],
        times: usize,
        expect: Expect,
    ) -> Result<Told> {
        let (mut binds, mut keep) = (binds(values), Keep::default());
        let mut steps = [Step { times, expect, ..Step::new(statement, &mut binds, &mut keep) }];
        let result = self.steps(&mut steps);
        let (affected, last_key, shown) = (steps[0].affected, steps[0].last_key, steps[0].rows);
        let back: Row = binds.iter().map(Datum::from).collect();
        assert_eq!(back, values, "parameters come back as they were, whatever happened");
        result?;
        let Keep { rows, names, starts, most: _ } = keep;
        Ok(Told { rows, names, starts, affected, last_key, shown })
    }

    pub(super) fn steps(&mut self, steps: &mut [Step<'_>]) -> Result<()> {
        let setup = self.setup;
        setup.block_on(self.wire().run(steps))
    }

    /// Runs statements that must go well.
    pub(super) fn all(&mut self, statements: &[&str]) -> &mut Self {
        for text in statements {
            self.run(text).unwrap_or_else(|e| panic!("{text}: {e}"));
        }
        self
    }

    /// The rows of a query that must go well.
    pub(super) fn rows(&mut self, text: &str) -> Vec<Row> {
        self.run(text).unwrap_or_else(|e| panic!("{text}: {e}")).rows
    }

    /// The number that a query for one number gives.
    pub(super) fn number(&mut self, text: &str) -> i64 {
        match self.rows(text).as_slice() {
            [row] => match row.as_slice() {
                [Datum::Int(number)] => *number,
                other => panic!("{text} gave {other:?}"),
            },
            other => panic!("{text} gave {other:?}"),
        }
    }

    /// The error of a statement that must fail.
    pub(super) fn fails(&mut self, text: &str) -> Error {
        match self.run(text) {
            Ok(told) => panic!("{text} gave {told:?}"),
            Err(error) => error,
        }
    }

    /// Shows that the connection is well: nothing of what happened before meets the next statement.
    pub(super) fn is_innocent(&mut self) {
        assert_eq!(self.number("SELECT 40 + 2"), 42);
    }
}

/// What a text of the suite does.
pub(super) fn kind(text: &str) -> StatementKind {
    let first = text.split_whitespace().next().unwrap_or("").to_ascii_uppercase();
    match first.as_str() {
        "SELECT" | "VALUES" | "WITH" => StatementKind::Read,
        "BEGIN" => StatementKind::Begin,
        "COMMIT" => StatementKind::Commit,
        "ROLLBACK" if text.contains(" TO ") => StatementKind::RollbackTo,
        "ROLLBACK" => StatementKind::Rollback,
        "SAVEPOINT" => StatementKind::Savepoint,
        "RELEASE" => StatementKind::Release,
        "SET" | "PRAGMA" => StatementKind::Setting,
        _ => StatementKind::Write,
    }
}

/// Whole numbers as a row.
pub(super) fn ints(numbers: impl IntoIterator<Item = i64>) -> Row {
    numbers.into_iter().map(Datum::Int).collect()
}

//! What the tests of this crate share: a server, and a database of its own for each test.
#![allow(dead_code)]

use rebis_core::{Binds, Cell, Datum, Result};
use rebis_driver::{Columns, Connection, Discard, Driver, Expect, Flow, Link, Sink, Step};
use rebis_mysql::{MySql, Options};
use rebis_sql::{Statement, StatementKind};
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicU64, Ordering};

pub(crate) use rebis_engine::block_on;

/// The options of the server that tests use.
pub(crate) fn server() -> Options {
    let url = std::env::var("REBIS_TEST_MYSQL_URL").unwrap_or("mysql://root@127.0.0.1:3306/test".into());
    let url: rebis_engine::Url = url.parse().expect("the URL of the tests is right");
    Options::from_url(url.parts()).expect("the options of the tests are right")
}

/// An empty database, dropped at the end.
pub(crate) struct Fresh {
    name: String,
}

impl Fresh {
    pub(crate) fn new() -> Fresh {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("rebis_{}_{number}", std::process::id());
        Db::on(server()).run(&format!("CREATE DATABASE {name} CHARACTER SET utf8mb4")).expect("it is made");
        Fresh { name }
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn options(&self) -> Options {
        server().database(&self.name)
    }

    pub(crate) fn connect(&self) -> Db {
        Db::on(self.options())
    }
}

impl Drop for Fresh {
    fn drop(&mut self) {
        let driver = MySql::new(server());
        let Ok(mut wire) = block_on(driver.connect()) else { return };
        let drop = Statement::once(format!("DROP DATABASE {}", self.name), StatementKind::Write);
        let (mut binds, mut sink) = (Binds::new(), Discard);
        let _ = block_on(wire.run(&mut [Step::new(&drop, &mut binds, &mut sink)]));
    }
}

/// A connection driven by hand.
pub(crate) struct Db {
    pub(crate) wire: Option<Box<dyn Connection>>,
}

/// What a step told.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Told {
    pub(crate) rows: Vec<Vec<Datum>>,
    pub(crate) names: Vec<String>,
    pub(crate) affected: u64,
    pub last_key: i64,
}

#[derive(Default)]
pub(crate) struct Keep {
    pub(crate) rows: Vec<Vec<Datum>>,
    pub(crate) names: Vec<String>,
}

impl Sink for Keep {
    fn start(&mut self, columns: &dyn Columns) -> Result<()> {
        self.names = (0..columns.len()).map(|index| columns.name(index).to_owned()).collect();
        Ok(())
    }

    fn row(&mut self, cells: &[Cell<'_>]) -> Result<Flow> {
        self.rows.push(cells.iter().map(|cell| Datum::from(*cell)).collect());
        Ok(ControlFlow::Continue(()))
    }
}

impl Db {
    pub(crate) fn on(options: Options) -> Db {
        Db { wire: Some(block_on(MySql::new(options).connect()).expect("the server answers")) }
    }

    pub(crate) fn wire(&mut self) -> &mut Box<dyn Connection> {
        self.wire.as_mut().expect("it is open")
    }

    pub(crate) fn link(&self) -> Link {
        self.wire.as_ref().map_or(Link::Closed, |wire| wire.link())
    }

    pub(crate) fn heal(&mut self) -> bool {
        self.wire = block_on(self.wire.take().expect("it is open").heal());
        self.wire.is_some()
    }

    pub(crate) fn run(&mut self, sql: &str) -> Result<Told> {
        self.bound(sql, &[])
    }

    pub(crate) fn bound(&mut self, sql: &str, values: &[Datum]) -> Result<Told> {
        self.full(&Statement::once(sql, kind(sql)), values, 1, Expect::Any)
    }

    pub(crate) fn full(
        &mut self,
        statement: &Statement,
        values: &[Datum],
        times: usize,
        expect: Expect,
    ) -> Result<Told> {
        let (mut binds, mut keep) = (Binds::new(), Keep::default());
        values.iter().for_each(|value| binds.datum(value));
        let mut steps = [Step { times, expect, ..Step::new(statement, &mut binds, &mut keep) }];
        let result = block_on(self.wire().run(&mut steps));
        let (affected, last_key) = (steps[0].affected, steps[0].last_key);
        result.map(|()| Told { rows: keep.rows, names: keep.names, affected, last_key })
    }

    pub(crate) fn all(&mut self, statements: &[&str]) -> &mut Db {
        for sql in statements {
            self.run(sql).unwrap_or_else(|e| panic!("{sql}: {e}"));
        }
        self
    }

    pub(crate) fn rows(&mut self, sql: &str) -> Vec<Vec<Datum>> {
        self.run(sql).unwrap_or_else(|e| panic!("{sql}: {e}")).rows
    }

    pub(crate) fn number(&mut self, sql: &str) -> i64 {
        match self.rows(sql).as_slice() {
            [row] => match row.as_slice() {
                [Datum::Int(number)] => *number,
                other => panic!("{sql} gave {other:?}"),
            },
            other => panic!("{sql} gave {other:?}"),
        }
    }

    /// The number of this connection on the server.
    pub(crate) fn id(&mut self) -> i64 {
        self.number("SELECT connection_id()")
    }
}

/// What a text does.
pub(crate) fn kind(sql: &str) -> StatementKind {
    match sql.split_whitespace().next().unwrap_or("").to_ascii_uppercase().as_str() {
        "SELECT" | "VALUES" | "WITH" => StatementKind::Read,
        "BEGIN" => StatementKind::Begin,
        "COMMIT" => StatementKind::Commit,
        "ROLLBACK" if sql.contains(" TO ") => StatementKind::RollbackTo,
        "ROLLBACK" => StatementKind::Rollback,
        "SAVEPOINT" => StatementKind::Savepoint,
        "RELEASE" => StatementKind::Release,
        "SET" => StatementKind::Setting,
        _ => StatementKind::Write,
    }
}

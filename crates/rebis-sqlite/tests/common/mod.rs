//! What the tests of the driver share: a connection driven by hand, without engine or pool.
#![allow(dead_code, missing_docs, unreachable_pub)]

use rebis_core::{Binds, Cell, Datum, Error, Result};
use rebis_driver::{Connection, Driver, Each, Expect, Link, Step};
use rebis_sql::{Statement, StatementKind};
use rebis_sqlite::{Options, Placement, Sqlite};
use std::future::Future;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

pub fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return output;
        }
        std::thread::park();
    }
}

pub const PLACEMENTS: [Placement; 2] = [Placement::Inline, Placement::Worker];

/// A connection and the driver that keeps its database alive.
pub struct Db {
    pub driver: Sqlite,
    pub conn: Option<Box<dyn Connection>>,
}

pub type Rows = Vec<Vec<Datum>>;

/// What a step told.
#[derive(Debug, Default, PartialEq)]
pub struct Told {
    pub rows: Rows,
    pub affected: u64,
    pub last_key: i64,
    pub shown: u64,
}

impl Db {
    pub fn open(options: Options) -> Result<Db> {
        let driver = Sqlite::new(options);
        let conn = block_on(driver.connect())?;
        Ok(Db { driver, conn: Some(conn) })
    }

    pub fn memory(placement: Placement) -> Db {
        Db::open(Options::memory().placement(placement)).expect("memory opens")
    }

    pub fn another(&self) -> Db {
        Db {
            driver: Sqlite::memory(),
            conn: Some(block_on(self.driver.connect()).expect("a second connection")),
        }
    }

    pub fn conn(&mut self) -> &mut Box<dyn Connection> {
        self.conn.as_mut().expect("the connection is open")
    }

    pub fn link(&self) -> Link {
        self.conn.as_ref().map_or(Link::Closed, |conn| conn.link())
    }

    pub fn run(&mut self, sql: &str) -> Result<Told> {
        self.bound(sql, &[])
    }

    pub fn bound(&mut self, sql: &str, values: &[Datum]) -> Result<Told> {
        self.full(&Statement::once(sql, kind(sql)), values, 1, Expect::Any)
    }

    pub fn full(
        &mut self,
        statement: &Statement,
        values: &[Datum],
        times: usize,
        expect: Expect,
    ) -> Result<Told> {
        let mut told = Told::default();
        let mut binds = Binds::new();
        values.iter().for_each(|value| binds.datum(value));
        let mut sink = Each(|cells: &[Cell<'_>]| {
            told.rows.push(cells.iter().map(|cell| Datum::from(*cell)).collect());
            Ok(ControlFlow::Continue(()))
        });
        let mut steps = [Step { times, expect, ..Step::new(statement, &mut binds, &mut sink) }];
        block_on(self.conn().run(&mut steps))?;
        let (affected, last_key, shown) = (steps[0].affected, steps[0].last_key, steps[0].rows);
        Ok(Told { affected, last_key, shown, ..told })
    }

    /// Runs statements that must go well.
    pub fn all(&mut self, statements: &[&str]) -> &mut Self {
        for sql in statements {
            self.run(sql).unwrap_or_else(|e| panic!("{sql}: {e}"));
        }
        self
    }

    pub fn fails(&mut self, sql: &str) -> Error {
        match self.run(sql) {
            Ok(told) => panic!("{sql} gave {told:?}"),
            Err(error) => error,
        }
    }
}

pub fn kind(sql: &str) -> StatementKind {
    let first = sql.split_whitespace().next().unwrap_or("").to_ascii_uppercase();
    match first.as_str() {
        "SELECT" | "VALUES" | "WITH" => StatementKind::Read,
        "BEGIN" => StatementKind::Begin,
        "COMMIT" => StatementKind::Commit,
        "ROLLBACK" if sql.contains(" TO ") => StatementKind::RollbackTo,
        "ROLLBACK" => StatementKind::Rollback,
        "SAVEPOINT" => StatementKind::Savepoint,
        "RELEASE" => StatementKind::Release,
        "PRAGMA" => StatementKind::Setting,
        _ => StatementKind::Write,
    }
}

/// A path in a directory of its own, removed at the end.
pub struct Place(pub PathBuf);

impl Place {
    pub fn new(name: &str) -> Place {
        let dir = std::env::temp_dir().join(format!("rebis-{}-{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&dir);
        std::fs::create_dir_all(&dir).expect("a directory can be made");
        Place(dir)
    }

    pub fn file(&self, name: &str) -> String {
        self.0.join(name).to_str().expect("the path is UTF-8").to_owned()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

//! A schema of its own for each test, dropped at its end.
#![allow(dead_code, missing_docs, unreachable_pub)]

use rebis_core::{Binds, BoxFuture, Datum, Result};
use rebis_driver::{Connection, Discard, Driver, Each, Step};
use rebis_engine::{Url, block_on};
use rebis_postgres::{Options, Postgres, UrlParts};
use rebis_sql::{Statement, StatementKind};
use std::future::poll_fn;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::Poll;

/// The server of the tests.
pub fn url() -> Url {
    let text = std::env::var("REBIS_TEST_POSTGRES_URL")
        .unwrap_or_else(|_| "postgres://postgres@127.0.0.1:5432/postgres".into());
    Url::parse(&text).expect("REBIS_TEST_POSTGRES_URL is a URL")
}

/// Options for the server of the tests, with more in the query.
pub fn options(more: &[(&str, &str)]) -> Options {
    let url = url();
    let mut query = url.query().to_vec();
    query.extend(more.iter().map(|(name, value)| (name.to_string(), value.to_string())));
    Options::from_url(UrlParts { query: &query, ..url.parts() }).expect("the URL of the tests is right")
}

/// The server of the tests, behind a proxy.
pub fn proxy() -> rebis_testkit::Proxy {
    let url = url();
    let server = format!("{}:{}", url.host().unwrap_or("127.0.0.1"), url.port().unwrap_or(5432));
    rebis_testkit::Proxy::start(&server).expect("a port is free")
}

/// A schema, gone at the end also if the test fails.
pub struct Schema(pub String);

impl Schema {
    pub fn new() -> Schema {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let nanos = std::time::UNIX_EPOCH.elapsed().map_or(0, |since| since.subsec_nanos());
        let schema = Schema(format!("rebis_test_{}_{nanos}_{number}", std::process::id()));
        admin(&format!("CREATE SCHEMA {}", schema.0));
        schema
    }

    pub fn options(&self, more: &[(&str, &str)]) -> Options {
        options(more).search_path(self.0.as_str())
    }

    pub fn driver(&self) -> Postgres {
        Postgres::new(self.options(&[]))
    }
}

impl Drop for Schema {
    fn drop(&mut self) {
        admin(&format!("DROP SCHEMA {} CASCADE", self.0));
    }
}

/// Runs a statement beside the test.
pub fn admin(text: &str) {
    let mut db = block_on(Postgres::new(options(&[("lock_timeout", "10s")])).connect())
        .expect("the server of the tests answers");
    run(&mut *db, text).unwrap_or_else(|e| panic!("{text}: {e}"));
}

/// What a text does, by its first word.
pub fn kind(text: &str) -> StatementKind {
    let first = text.split_whitespace().next().unwrap_or("").to_ascii_uppercase();
    match first.as_str() {
        "SELECT" | "VALUES" | "SHOW" => StatementKind::Read,
        "BEGIN" => StatementKind::Begin,
        "COMMIT" => StatementKind::Commit,
        "ROLLBACK" if text.contains(" TO ") => StatementKind::RollbackTo,
        "ROLLBACK" => StatementKind::Rollback,
        "SAVEPOINT" => StatementKind::Savepoint,
        "SET" => StatementKind::Setting,
        _ => StatementKind::Write,
    }
}

pub fn run(db: &mut dyn Connection, text: &str) -> Result<()> {
    let (statement, mut binds, mut sink) = (Statement::once(text, kind(text)), Binds::new(), Discard);
    block_on(db.run(&mut [Step::new(&statement, &mut binds, &mut sink)]))
}

/// Runs a statement and returns its rows.
pub fn rows(db: &mut dyn Connection, statement: &Statement, values: &[Datum]) -> Result<Vec<Vec<Datum>>> {
    let mut binds = Binds::new();
    values.iter().for_each(|value| binds.datum(value));
    let mut found = Vec::new();
    let mut sink = Each(|cells: &[rebis_core::Cell<'_>]| -> Result<_> {
        found.push(cells.iter().map(|cell| Datum::from(*cell)).collect());
        Ok(ControlFlow::Continue(()))
    });
    block_on(db.run(&mut [Step::new(statement, &mut binds, &mut sink)]))?;
    Ok(found)
}

/// The one value of a query that must go well.
pub fn value(db: &mut dyn Connection, text: &str) -> Datum {
    let found = rows(db, &Statement::once(text, kind(text)), &[]).unwrap_or_else(|e| panic!("{text}: {e}"));
    match found.as_slice() {
        [row] if row.len() == 1 => row[0].clone(),
        other => panic!("{text} gave {other:?}"),
    }
}

/// Polls until it has been pending so many times, then drops it. Whether it was done.
pub fn cut(future: BoxFuture<'_, Result<()>>, pendings: usize) -> Option<Result<()>> {
    let (mut future, mut left) = (Some(future), pendings);
    block_on(poll_fn(move |context| {
        let Some(live) = future.as_mut() else { return Poll::Ready(None) };
        match live.as_mut().poll(context) {
            Poll::Ready(result) => Poll::Ready(Some(result)),
            Poll::Pending if left == 0 => {
                future = None;
                Poll::Ready(None)
            }
            Poll::Pending => {
                left -= 1;
                Poll::Pending
            }
        }
    }))
}

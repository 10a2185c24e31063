//! The rules of the unit of work over the blocking face.
#![allow(missing_docs)]
#![cfg(feature = "sqlite")]

use rebis::blocking::{Engine, Session};
use rebis::prelude::*;

/// A call that does I/O.
macro_rules! io {
    ($call:expr) => {
        $call
    };
}

/// A closure that a scope of a session runs.
macro_rules! scope {
    (|$db:ident| $work:expr) => {
        |$db: &mut Session| $work
    };
}

mod rules;
mod support;

fn engine() -> Engine {
    Engine::new("sqlite::memory:").expect("a URL")
}

/// Runs a text on the session's connection, in its transaction and behind its back.
fn behind(db: &mut Session, sql: &str) -> rebis::Result<u64> {
    db.with_connection(async |connection| connection.execute_raw(sql).await)
}

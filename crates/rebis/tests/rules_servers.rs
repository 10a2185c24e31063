//! The rules of the unit of work on PostgreSQL, on MariaDB, and there also with no more than MySQL has.
#![allow(missing_docs)]
#![cfg(all(feature = "postgres", feature = "mysql"))]
#![allow(clippy::duplicate_mod, reason = "the same rules hold on every database")]

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

mod support;

use rebis::blocking::Session;

#[path = "."]
mod postgres {
    use super::behind;
    use rebis::blocking::{Engine, Session};
    use rebis::prelude::*;

    mod rules;

    fn engine() -> Engine {
        Engine::new(&crate::support::servers::postgres()).expect("a URL")
    }
}

#[path = "."]
mod mysql {
    use super::behind;
    use rebis::blocking::{Engine, Session};
    use rebis::prelude::*;

    mod rules;

    fn engine() -> Engine {
        Engine::new(&crate::support::servers::mysql()).expect("a URL")
    }
}

#[path = "."]
mod mariadb {
    use super::behind;
    use rebis::blocking::{Engine, Session};
    use rebis::prelude::*;

    mod rules;

    fn engine() -> Engine {
        Engine::new(&crate::support::servers::mariadb()).expect("a URL")
    }
}

/// Runs a text on the session's connection, in its transaction and behind its back.
fn behind(db: &mut Session, sql: &str) -> rebis::Result<u64> {
    db.with_connection(async |connection| connection.execute_raw(sql).await)
}

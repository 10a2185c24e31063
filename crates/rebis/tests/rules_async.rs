//! The rules of the unit of work over the async face, with SQLite on the calling thread and on a thread of its own.
#![allow(missing_docs)]
#![cfg(feature = "sqlite")]
#![allow(clippy::duplicate_mod, reason = "the same rules hold for both placements")]

/// A call that does I/O.
macro_rules! io {
    ($call:expr) => {
        rebis_engine::block_on($call)
    };
}

/// A closure that a scope of a session runs.
macro_rules! scope {
    (|$db:ident| $work:expr) => {
        async |$db: &mut Session| $work
    };
}

mod support;

#[path = "."]
mod inline {
    use super::behind;
    use rebis::prelude::*;
    use rebis::{Engine, Session};

    mod rules;

    fn engine() -> Engine {
        Engine::new("sqlite::memory:?placement=inline").expect("a URL")
    }
}

#[path = "."]
mod worker {
    use super::behind;
    use rebis::prelude::*;
    use rebis::{Engine, Session};

    mod rules;

    fn engine() -> Engine {
        Engine::new("sqlite::memory:?placement=worker").expect("a URL")
    }
}

/// Runs a text on the session's connection, in its transaction and behind its back.
fn behind(db: &mut rebis::Session, sql: &str) -> rebis::Result<u64> {
    rebis_engine::block_on(async { db.connection().await?.execute_raw(sql).await })
}

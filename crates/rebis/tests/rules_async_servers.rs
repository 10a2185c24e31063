//! The rules of the unit of work over the async face, on PostgreSQL and on MariaDB, with an executor for each
//! test.
#![allow(missing_docs)]
#![cfg(all(feature = "postgres", feature = "mysql"))]
#![allow(clippy::duplicate_mod, reason = "the same rules hold on every database")]

use tokio::runtime::{Builder, Runtime};

/// A call that does I/O.
macro_rules! io {
    ($call:expr) => {
        crate::waited($call)
    };
}

/// A closure that a scope of a session runs.
macro_rules! scope {
    (|$db:ident| $work:expr) => {
        async |$db: &mut Session| $work
    };
}

mod support;

thread_local! {
    /// Each test has a thread, and so an executor: connections do not outlive it. It turns on a thread of its own,
    /// because scopes wait inside of what is waited for.
    static RUNTIME: Runtime =
        Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("an executor");
}

fn waited<F: IntoFuture>(call: F) -> F::Output {
    RUNTIME.with(|runtime| {
        let _inside = runtime.enter();
        rebis_engine::block_on(call.into_future())
    })
}

#[path = "."]
mod postgres {
    use super::behind;
    use rebis::prelude::*;
    use rebis::{Engine, Session};

    mod rules;

    fn engine() -> Engine {
        Engine::new(&crate::support::servers::postgres()).expect("a URL")
    }
}

#[path = "."]
mod mariadb {
    use super::behind;
    use rebis::prelude::*;
    use rebis::{Engine, Session};

    mod rules;

    fn engine() -> Engine {
        Engine::new(&crate::support::servers::mariadb()).expect("a URL")
    }
}

/// Runs a text on the session's connection, in its transaction and behind its back.
fn behind(db: &mut rebis::Session, sql: &str) -> rebis::Result<u64> {
    io!(async { db.connection().await?.execute_raw(sql).await })
}

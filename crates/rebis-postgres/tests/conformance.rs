//! The suite of the waist, polled by a thread that parks and inside of a tokio runtime, with statements kept and not.
#![allow(missing_docs)]

mod common;

use common::Schema;
use rebis_core::{Datum, ErrorKind};
use rebis_driver::Driver;
use rebis_postgres::{Options, Postgres};
use rebis_testkit::conformance::language::Facts;
use rebis_testkit::conformance::{Back, Database, Setup, Skip};
use std::future::Future;
use std::sync::{Arc, LazyLock};
use tokio::runtime::Runtime;

fn open(more: &[(&str, &str)]) -> Database {
    let schema = Schema::new();
    Database::new(Postgres::new(schema.options(more))).keeping(schema)
}

fn comes_back(sent: &Datum) -> Back {
    match sent {
        Datum::Text(text) if text.contains('\0') => Back::Refused(ErrorKind::Conversion),
        _ => Back::Same,
    }
}

fn unreachable() -> Option<Arc<dyn Driver>> {
    // A port on which nothing listens: 1 is reserved.
    Some(Arc::new(Postgres::new(Options::new("127.0.0.1", "nothing").port(1))))
}

const SKIPS: &[Skip] = &[];

/// Polled by the thread that waits; the sockets are on the driver's own thread.
struct Parked(&'static str);

impl Setup for Parked {
    fn open(&self) -> Database {
        open(&[("prepare", self.0)])
    }
    fn comes_back(&self, sent: &Datum) -> Back {
        comes_back(sent)
    }
    fn facts(&self) -> Facts {
        Facts { most_columns: 1664, ..Facts::default() }
    }
    fn skips(&self) -> &'static [Skip] {
        SKIPS
    }
    fn unreachable(&self) -> Option<Arc<dyn Driver>> {
        unreachable()
    }
}

/// Polled inside of the runtime that also has the sockets.
struct InTokio;

static TOKIO: LazyLock<Runtime> = LazyLock::new(|| {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("the system gives threads")
});

impl Setup for InTokio {
    fn open(&self) -> Database {
        open(&[])
    }
    fn block_on<F: Future>(&self, future: F) -> F::Output {
        TOKIO.block_on(future)
    }
    fn comes_back(&self, sent: &Datum) -> Back {
        comes_back(sent)
    }
    fn skips(&self) -> &'static [Skip] {
        SKIPS
    }
    fn unreachable(&self) -> Option<Arc<dyn Driver>> {
        unreachable()
    }
}

mod named {
    use super::*;
    rebis_testkit::conformance!(Parked("named"));
}

mod unnamed {
    use super::*;
    rebis_testkit::conformance!(Parked("unnamed"));
}

mod in_tokio {
    use super::*;
    rebis_testkit::conformance!(InTokio);
}

mod language {
    use super::*;
    rebis_testkit::language!(Parked("named"));
}

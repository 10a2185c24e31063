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

mod rules;
mod support;

fn engine() -> Engine {
    Engine::new("sqlite::memory:").expect("a URL")
}

//! Faults that a review of the unit of work found, on SQLite.
#![allow(missing_docs, unreachable_pub, clippy::unwrap_used)]
#![cfg(all(feature = "sqlite", feature = "blocking", feature = "macros"))]

use rebis::blocking::Engine;
use rebis::prelude::*;

#[path = "found/mod.rs"]
mod faults;
mod support;

fn engine() -> Engine {
    Engine::new("sqlite::memory:").expect("a URL")
}

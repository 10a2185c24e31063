//! Random queries on SQLite, beside a plain reference of what they mean. `PROPTEST_CASES` says how many.
#![allow(missing_docs, unreachable_pub)]
#![cfg(all(feature = "sqlite", feature = "blocking", feature = "macros"))]

#[path = "random_queries/mod.rs"]
mod random_queries;

use rebis::blocking::Engine;
use rebis::prelude::*;

#[test]
fn random_queries_give_what_they_mean() {
    random_queries::look_at(&Engine::new("sqlite::memory:").expect("a URL"), 20_000);
}

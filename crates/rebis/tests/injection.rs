//! Nasty texts on SQLite.
#![allow(missing_docs, unreachable_pub)]
#![cfg(all(feature = "sqlite", feature = "blocking", feature = "macros"))]

#[path = "injection/mod.rs"]
mod injection;

use rebis::blocking::Engine;
use rebis::prelude::*;

#[test]
fn nasty_texts_are_texts() {
    injection::look_at(&Engine::new("sqlite::memory:").expect("a URL"), true);
}

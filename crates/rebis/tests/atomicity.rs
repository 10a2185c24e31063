//! A flush is all or nothing, on SQLite, on the calling thread and on a thread of its own.
#![allow(missing_docs)]
#![cfg(all(feature = "sqlite", feature = "blocking", feature = "macros"))]

#[path = "atomicity/mod.rs"]
mod atomicity;
mod support;

use rebis::blocking::Engine;
use rebis::sqlite::{Options, Placement as Place, Sqlite};
use rebis_testkit::faulty::{Faults, Faulty};
use std::sync::Arc;

const PLACES: [Place; 2] = [Place::Inline, Place::Worker];

/// A database with all the tables, and an engine that fails where it is told to.
fn database(place: Place) -> (Engine, Faults) {
    let driver = Faulty::new(Sqlite::new(Options::memory().placement(place)));
    let faults = driver.faults();
    let url = "sqlite::memory:".parse().expect("a right URL");
    let engine = rebis::Engine::new_with(Arc::new(driver), url, rebis::EngineOptions::new().pool_size(1));
    let engine = Engine::from(engine);
    support::schema().create_all(&engine).expect("the tables are made");
    (engine, faults)
}

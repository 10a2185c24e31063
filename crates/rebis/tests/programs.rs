//! Programs as users write them, on SQLite.
#![allow(missing_docs, unreachable_pub, clippy::unwrap_used)]
#![cfg(all(feature = "sqlite", feature = "blocking", feature = "macros"))]

use rebis::blocking::Engine;
use rebis::prelude::*;

#[path = "programs/design.rs"]
mod design;
#[cfg(feature = "json")]
#[path = "programs/documents.rs"]
mod documents;
#[path = "programs/dynamic.rs"]
mod dynamic;
#[path = "programs/enums.rs"]
mod enums;
#[path = "programs/identity.rs"]
mod identity;
#[path = "programs/kept.rs"]
mod kept;
#[path = "programs/prepared.rs"]
mod prepared;
#[path = "programs/raw.rs"]
mod raw;
#[path = "programs/restrict.rs"]
mod restrict;
#[path = "programs/sequences.rs"]
mod sequences;
mod support;
#[path = "programs/tenants.rs"]
mod tenants;
#[path = "programs/traps.rs"]
mod traps;
#[path = "programs/types.rs"]
mod types;
#[path = "programs/views.rs"]
mod views;
#[path = "programs/writes.rs"]
mod writes;

fn engine() -> Engine {
    Engine::new("sqlite::memory:").expect("a URL")
}

/// Two schemas, each a database beside the first.
fn tenants_engine() -> (Engine, [String; 2]) {
    let url = "sqlite::memory:?attach=acme::memory:&attach=duck::memory:&attach=nobody::memory:";
    (Engine::new(url).expect("a URL"), ["acme".into(), "duck".into()])
}

//! The rules of the unit of work, one test each. They are included by a crate for each face of the library, which
//! says what `io!` is and what `Engine`, `Session` and `engine()` are.

use super::{Engine, Session, engine};
use crate::support::schema;
use rebis::Recorder;
#[allow(unused_imports, reason = "the blocking face needs less of it")]
use rebis::prelude::*;

mod batching;
mod cascades;
mod changes;
mod identity;
mod loading;
mod merging;
mod order;
mod sync;
mod transactions;

type Outcome = rebis::Result<()>;

/// A database of its own with all the tables, and what will be run on it.
fn database() -> rebis::Result<(Engine, Recorder)> {
    let engine = engine();
    io!(schema().create_all(&engine))?;
    let log = engine.record();
    Ok((engine, log))
}

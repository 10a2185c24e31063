//! The rules of the unit of work, one test each. They are included by a crate for each face of the library, which
//! says what `io!` is and what `Engine`, `Session` and `engine()` are.

use super::{Engine, behind, engine};
use crate::support::schema;
use rebis::Recorder;
#[allow(unused_imports, reason = "the blocking face needs less of it")]
use rebis::prelude::*;
use rebis::schema::MetaData;

mod batching;
mod cascades;
mod changes;
mod circles;
mod identity;
mod keys;
mod loading;
mod merging;
mod order;
mod replacing;
mod sync;
mod transactions;

type Outcome = rebis::Result<()>;

/// A database of its own with all the tables, and what will be run on it.
fn database() -> rebis::Result<(Engine, Recorder)> {
    database_of(&schema())
}

/// The same with the tables of other models.
fn database_of(schema: &MetaData) -> rebis::Result<(Engine, Recorder)> {
    let engine = engine();
    io!(schema.create_all(&engine))?;
    let log = engine.record();
    Ok((engine, log))
}

/// Writes down which rows of a table were inserted, updated and deleted, in order: what the text of a statement that
/// ran for several rows does not say.
fn keep_journal(engine: &Engine, table: &str, name: &str) -> rebis::Result<()> {
    let mut connection = io!(engine.connect())?;
    io!(connection.execute_raw("CREATE TABLE IF NOT EXISTS journal (entry TEXT NOT NULL)"))?;
    for (work, row) in [("INSERT", "new"), ("UPDATE", "new"), ("DELETE", "old")] {
        let sql = format!(
            "CREATE TRIGGER {table}_{work} AFTER {work} ON {table} BEGIN \
             INSERT INTO journal VALUES ('{work} ' || {row}.{name}); END"
        );
        io!(connection.execute_raw(&sql))?;
    }
    Ok(())
}

/// What was written down.
fn journal(engine: &Engine) -> rebis::Result<Vec<String>> {
    io!(io!(engine.connect())?.all(rebis::sql("SELECT entry FROM journal").rows::<String>()))
}

/// As [`database`], with the models of `support::relations`.
fn relations() -> rebis::Result<(Engine, Recorder)> {
    database_of(&crate::support::relations::schema())
}

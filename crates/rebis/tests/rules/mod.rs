//! The rules of the unit of work, one test each. They are included by a crate for each face of the library, which
//! says what `io!` is and what `Engine`, `Session` and `engine()` are.

use super::{Engine, behind, engine};
use crate::support::log::Log;
use crate::support::schema;
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
fn database() -> rebis::Result<(Engine, Log)> {
    database_of(&schema())
}

/// The same with the tables of other models.
fn database_of(schema: &MetaData) -> rebis::Result<(Engine, Log)> {
    let engine = engine();
    io!(schema.create_all(&engine))?;
    let log = Log::of(engine.capabilities(), engine.record());
    Ok((engine, log))
}

/// Writes down which rows of a table were inserted, updated and deleted, in order: what the text of a statement that
/// ran for several rows does not say.
fn keep_journal(engine: &Engine, table: &str, name: &str) -> rebis::Result<()> {
    let mut connection = io!(engine.connect())?;
    io!(connection
        .execute_raw("CREATE TABLE IF NOT EXISTS journal (place INTEGER, entry VARCHAR(200) NOT NULL)"))?;
    let postgres = engine.capabilities().name == "PostgreSQL";
    for (work, row) in [("INSERT", "new"), ("UPDATE", "new"), ("DELETE", "old")] {
        let place = "(SELECT COUNT(*) FROM (SELECT 1 FROM journal) AS j)";
        let entry = if postgres {
            format!("'{work} ' || {row}.{name}")
        } else {
            format!("CONCAT('{work} ', {row}.{name})")
        };
        let write = format!("INSERT INTO journal VALUES ({place}, {entry}); ");
        let trigger = format!("CREATE TRIGGER {table}_{work} AFTER {work} ON {table} FOR EACH ROW");
        if postgres {
            let function = format!(
                "CREATE FUNCTION {table}_{work}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {write} RETURN NULL; END $$"
            );
            io!(connection.execute_raw(&function))?;
            io!(connection.execute_raw(&format!("{trigger} EXECUTE FUNCTION {table}_{work}()")))?;
        } else {
            io!(connection.execute_raw(&format!("{trigger} BEGIN {write} END")))?;
        }
    }
    Ok(())
}

/// What was written down.
fn journal(engine: &Engine) -> rebis::Result<Vec<String>> {
    io!(io!(engine.connect())?.all(rebis::sql("SELECT entry FROM journal ORDER BY place").rows::<String>()))
}

/// As [`database`], with the models of `support::relations`.
fn relations() -> rebis::Result<(Engine, Log)> {
    database_of(&crate::support::relations::schema())
}

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
mod computed;
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
    for (work, row) in [("INSERT", "new"), ("UPDATE", "new"), ("DELETE", "old")] {
        let place = "(SELECT COUNT(*) FROM (SELECT 1 FROM journal) AS j)";
        let entry = match engine.capabilities().concat_operator {
            true => format!("'{work} ' || {row}.{name}"),
            false => format!("CONCAT('{work} ', {row}.{name})"),
        };
        let write = format!("INSERT INTO journal VALUES ({place}, {entry});");
        create_trigger(engine, &format!("AFTER {work}"), table, "", &write)?;
    }
    Ok(())
}

/// A trigger for each row, in the words of the database: `when` it fires (empty: always), and what it does. On
/// PostgreSQL a row that a trigger in front of it does not return is not written.
fn create_trigger(engine: &Engine, event: &str, table: &str, when: &str, body: &str) -> Outcome {
    let trigger = format!("{table}_{}", event.replace(' ', "_").to_lowercase());
    let create = format!("CREATE TRIGGER {trigger} {event} ON {table} FOR EACH ROW");
    let texts = match engine.capabilities().name {
        "SQLite" if when.is_empty() => vec![format!("{create} BEGIN {body} END")],
        "SQLite" => vec![format!("{create} WHEN {when} BEGIN {body} END")],
        "PostgreSQL" => {
            let body = body.replace("SET new.", "new.");
            let result = if event.starts_with("BEFORE") { "new" } else { "NULL" };
            let function = format!(
                "CREATE FUNCTION {trigger}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} RETURN {result}; END $$"
            );
            let when = if when.is_empty() { String::new() } else { format!(" WHEN ({when})") };
            vec![function, format!("{create}{when} EXECUTE FUNCTION {trigger}()")]
        }
        _ if when.is_empty() => vec![format!("{create} BEGIN {body} END")],
        _ => vec![format!("{create} BEGIN IF {when} THEN {body} END IF; END")],
    };
    let mut connection = io!(engine.connect())?;
    for text in texts {
        io!(connection.execute_raw(&text))?;
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

/// SQLite's statements and keys are the ones that the rules quote.
fn is_sqlite(engine: &Engine) -> bool {
    engine.capabilities().name == "SQLite"
}

/// MySQL or MariaDB.
fn is_mysql(engine: &Engine) -> bool {
    matches!(engine.capabilities().name, "MySQL" | "MariaDB")
}

/// Whether a new row gets a key above the highest one in the table. A sequence knows nothing of keys that were given.
fn keys_above_the_highest(engine: &Engine) -> bool {
    engine.capabilities().name != "PostgreSQL"
}

/// Ends a test that its database has nothing for, and says so where the harness does not swallow it.
fn skip(engine: &Engine, reason: &str) -> Outcome {
    crate::support::skipped(engine.capabilities().name, reason);
    Ok(())
}

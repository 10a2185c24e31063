// What the examples in the documentation stand on: a table with two users in memory. Included by them.

use rebis_engine::*;
use rebis_sql::{Column, Delete, Update, ast::TableRef, func, select, sql};
use rebis_sqlite::Sqlite;
use std::sync::Arc;
use std::time::{Duration, Instant};

pub struct User {}

pub struct Columns {
    pub id: Column<User, i64>,
    pub name: Column<User, String>,
}

#[allow(non_upper_case_globals)]
pub const User: Columns =
    Columns { id: Column::new("users", "id", 0), name: Column::new("users", "name", 1) };

impl Columns {
    pub fn update(&self) -> Update<User> {
        Update::new(TableRef::new("users"))
    }

    pub fn delete(&self) -> Delete<User> {
        Delete::new(TableRef::new("users"))
    }
}

/// An engine over a database in memory.
fn engine_with(options: EngineOptions) -> Engine {
    let url = Url::parse("sqlite://").expect("a URL");
    Engine::new_with(Arc::new(Sqlite::memory()), url, options)
}

/// Runs an example on an engine with the users alice and bob.
fn run(
    example: impl AsyncFnOnce(&Engine, &mut Connection) -> rebis_core::Result<()>,
) -> rebis_core::Result<()> {
    block_on(async {
        let engine = engine_with(EngineOptions::new());
        let mut conn = engine.connect().await?;
        conn.execute_raw("CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL)").await?;
        conn.execute_raw("INSERT INTO users (name) VALUES ('alice'), ('bob')").await?;
        example(&engine, &mut conn).await
    })
}

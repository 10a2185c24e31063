//! The table, made and summed up by hand.

use crate::ROWS;
use crate::service::Failure;
use rusqlite::Connection;
use std::fmt::Write;
use tokio_postgres::{Client, NoTls};

const TABLE: &str = "create table users (
    id integer primary key, name text not null, email text not null, visits integer not null)";

const VISITS: &str = "select cast(sum(visits) as bigint) from users";

pub fn is_postgres(place: &str) -> bool {
    place.starts_with("postgres:")
}

/// The table with its rows.
pub async fn make(place: &str) -> Result<(), Failure> {
    let mut text = format!("{TABLE}; insert into users (id, name, email, visits) values ");
    for id in 1..=ROWS {
        let comma = if id == 1 { "" } else { "," };
        write!(text, "{comma} ({id}, 'user {id}', 'user{id}@example.com', 0)")?;
    }
    if is_postgres(place) {
        connect(place).await?.batch_execute(&text).await?;
    } else {
        let db = Connection::open(place)?;
        db.pragma_update(None, "journal_mode", "wal")?;
        db.execute_batch(&text)?;
    }
    Ok(())
}

/// How many visits there have been.
pub async fn visits(place: &str) -> Result<i64, Failure> {
    if is_postgres(place) {
        return Ok(connect(place).await?.query_one(VISITS, &[]).await?.try_get(0)?);
    }
    Ok(Connection::open(place)?.query_row(VISITS, [], |row| row.get(0))?)
}

async fn connect(place: &str) -> Result<Client, Failure> {
    let (client, connection) = tokio_postgres::connect(place, NoTls).await?;
    tokio::spawn(connection);
    Ok(client)
}

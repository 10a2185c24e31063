//! The peers, each as its own documentation has it: the same size of pool, its own cache of statements on, and on SQLite a
//! write-ahead log, five seconds of patience, and `BEGIN IMMEDIATE` for what will write.

mod diesel_async;
mod hand_postgres;
mod hand_sqlite;
mod rebis;
mod sea_orm;
mod sqlx;

use crate::service::{Failure, run};
use crate::table::is_postgres;
use serde::Serialize;

/// A row, where it is read by hand.
#[derive(Serialize)]
pub struct User {
    id: i32,
    name: String,
    email: String,
    visits: i32,
}

pub async fn serve(peer: &str, place: &str) -> Result<(), Failure> {
    match (peer, is_postgres(place)) {
        ("hand", false) => run(hand_sqlite::Pool::open(place)?, place).await,
        ("hand", true) => run(hand_postgres::Pool::open(place)?, place).await,
        ("rebis", _) => run(rebis::Plain(rebis::open(place)?), place).await,
        ("rebis-tracked", _) => run(rebis::Tracked(rebis::open(place)?), place).await,
        ("diesel-async", false) => run(diesel_async::sqlite::Pool::open(place)?, place).await,
        ("diesel-async", true) => run(diesel_async::postgres::Pool::open(place)?, place).await,
        ("sqlx", false) => run(sqlx::sqlite::Pool::open(place)?, place).await,
        ("sqlx", true) => run(sqlx::postgres::Pool::open(place)?, place).await,
        ("sea-orm", _) => run(sea_orm::Pool::open(place).await?, place).await,
        _ => Err(std::io::Error::other("no such peer").into()),
    }
}

//! What databases answer to EXPLAIN, one file each.

mod mysql;
mod postgres;
mod sqlite;

pub(super) use mysql::{MARIADB, MYSQL};
pub(super) use postgres::POSTGRES;
pub(super) use sqlite::SQLITE;

use std::time::Duration;

fn millis(number: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(number / 1000.0).ok()
}

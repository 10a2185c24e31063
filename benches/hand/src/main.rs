//! The limit: the same work by hand on rusqlite, tokio-postgres and mysql_async, with their prepared statements kept.

mod model;
mod mysql;
mod postgres;
mod sqlite;

use harness::Entry;

fn main() {
    let entries: Vec<Entry> = [sqlite::ENTRIES, postgres::ENTRIES, mysql::ENTRIES].concat();
    harness::main(&entries);
}

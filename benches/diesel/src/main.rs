//! Diesel and diesel-async. The suite is one file, compiled once for each kind of connection.

mod schema;

use harness::Database::{Postgres, Sqlite};
use harness::{Entry, gap};

/// Keys of new rows where INSERT can give them back.
macro_rules! returned {
    ($table:ident, $values:expr, $db:expr) => {
        wait(diesel::insert_into($table::table).values($values).returning($table::id).get_results::<i32>($db))
    };
}

/// Keys of new rows where they follow the first, which the server tells.
macro_rules! counted {
    ($table:ident, $values:expr, $db:expr) => {{
        let count = wait(diesel::insert_into($table::table).values($values).execute($db));
        let first: i64 = wait(diesel::select(crate::last_insert_id()).get_result($db));
        (first as i32..).take(count).collect::<Vec<i32>>()
    }};
}

diesel::define_sql_function!(fn last_insert_id() -> BigInt);

/// One kind of connection of the blocking crate.
macro_rules! blocking {
    ($module:ident, $connection:ty, $on:expr, $keys:ident) => {
        #[path = "."]
        mod $module {
            mod face {
                pub use diesel::RunQueryDsl;
                use diesel::prelude::*;
                use harness::Database;

                pub const WAY: &str = "diesel";
                pub const ON: &[Database] = &[$on];
                pub type Db = $connection;
                pub(crate) use $keys as keys;

                pub fn wait<T>(result: QueryResult<T>) -> T {
                    result.expect("it is right")
                }

                pub fn connect(url: &str) -> Db {
                    Db::establish(url).expect("a connection")
                }

                pub fn run(db: &mut Db, text: &str) {
                    use diesel::connection::SimpleConnection;
                    db.batch_execute(text).expect("SQL");
                }

                pub fn begin(db: &mut Db) {
                    use diesel::connection::{AnsiTransactionManager, TransactionManager};
                    <AnsiTransactionManager as TransactionManager<Db>>::begin_transaction(db).expect("BEGIN");
                }

                pub fn commit(db: &mut Db) {
                    use diesel::connection::{AnsiTransactionManager, TransactionManager};
                    <AnsiTransactionManager as TransactionManager<Db>>::commit_transaction(db)
                        .expect("COMMIT");
                }
            }

            #[path = "suite.rs"]
            pub mod suite;
        }
    };
}

/// One kind of connection of the async crate, on a runtime of one thread.
macro_rules! futures {
    ($module:ident, $connection:ty, $on:expr, $keys:ident) => {
        #[path = "."]
        mod $module {
            mod face {
                use diesel::QueryResult;
                use diesel_async::AsyncConnection;
                pub use diesel_async::RunQueryDsl;
                use harness::Database;
                use std::future::Future;
                use tokio::runtime::{Builder, Runtime};

                pub const WAY: &str = "diesel-async";
                pub const ON: &[Database] = &[$on];
                pub type Db = $connection;
                pub(crate) use $keys as keys;

                thread_local! {
                    static RUNTIME: Runtime =
                        Builder::new_current_thread().enable_all().build().expect("a runtime");
                }

                pub fn wait<T>(call: impl Future<Output = QueryResult<T>>) -> T {
                    RUNTIME.with(|runtime| runtime.block_on(call)).expect("it is right")
                }

                pub fn connect(url: &str) -> Db {
                    RUNTIME.with(|runtime| runtime.block_on(Db::establish(url))).expect("a connection")
                }

                pub fn run(db: &mut Db, text: &str) {
                    use diesel_async::SimpleAsyncConnection;
                    wait(db.batch_execute(text));
                }

                pub fn begin(db: &mut Db) {
                    use diesel_async::TransactionManager;
                    wait(<Db as AsyncConnection>::TransactionManager::begin_transaction(db));
                }

                pub fn commit(db: &mut Db) {
                    use diesel_async::TransactionManager;
                    wait(<Db as AsyncConnection>::TransactionManager::commit_transaction(db));
                }
            }

            #[path = "suite.rs"]
            pub mod suite;
        }
    };
}

blocking!(sqlite, diesel::SqliteConnection, Database::Sqlite, returned);
blocking!(postgres, diesel::PgConnection, Database::Postgres, returned);
blocking!(mysql, diesel::MysqlConnection, Database::MySql, counted);
futures!(async_postgres, diesel_async::AsyncPgConnection, Database::Postgres, returned);
futures!(async_mysql, diesel_async::AsyncMysqlConnection, Database::MySql, counted);
mod async_sqlite;

const NO_UNIT: &str = "no unit of work, and no objects that know what was changed";

const GAPS: &[Entry] = &[
    gap("diesel-async", "flush", &[Sqlite], "no INSERT of many rows through the wrapper of SQLite"),
    gap("diesel-async", "save_graph", &[Sqlite], "no INSERT of many rows through the wrapper of SQLite"),
    gap("diesel", "change", &[Sqlite, Postgres], NO_UNIT),
    gap("diesel", "cascade", &[Sqlite, Postgres], "no cascade but that of the database"),
    gap("diesel", "merge", &[Sqlite], NO_UNIT),
];

fn main() {
    let entries: Vec<Entry> = [
        sqlite::suite::ENTRIES,
        postgres::suite::ENTRIES,
        mysql::suite::ENTRIES,
        async_sqlite::ENTRIES,
        async_postgres::suite::ENTRIES,
        async_mysql::suite::ENTRIES,
        GAPS,
    ]
    .concat();
    harness::main(&entries);
}

//! sqlx, on a runtime of one thread. The suite is one file, compiled once for each database.

mod rows;

use harness::Database::{Postgres, Sqlite};
use harness::{Entry, gap};

/// One database: where it is, and the modules of what it says in its own way.
macro_rules! database {
    ($module:ident, $database:ident, $own:literal) => {
        #[path = "."]
        mod $module {
            mod face {
                use harness::Task;
                use sqlx::Connection;
                use std::future::Future;
                use tokio::runtime::{Builder, Runtime};

                pub const ON: &[harness::Database] = &[harness::Database::$database];
                pub type Kind = sqlx::$database;
                pub type Db = <Kind as sqlx::Database>::Connection;

                thread_local! {
                    static RUNTIME: Runtime =
                        Builder::new_current_thread().enable_all().build().expect("a runtime");
                }

                pub fn wait<T>(call: impl Future<Output = sqlx::Result<T>>) -> T {
                    RUNTIME.with(|runtime| runtime.block_on(call)).expect("it is right")
                }

                pub fn open(task: &Task) -> Db {
                    let sqlite = task.database == harness::Database::Sqlite;
                    let mut db = wait(Db::connect(if sqlite { "sqlite::memory:" } else { &task.url }));
                    run(&mut db, &task.setup());
                    db
                }

                pub fn run(db: &mut Db, texts: &[impl AsRef<str>]) {
                    for text in texts {
                        let text = sqlx::AssertSqlSafe(text.as_ref().to_owned());
                        wait(sqlx::raw_sql(text).execute(&mut *db));
                    }
                }
            }

            #[path = $own]
            mod own;
            #[path = "suite.rs"]
            pub mod suite;
        }
    };
}

database!(sqlite, Sqlite, "own/sqlite.rs");
database!(postgres, Postgres, "own/postgres.rs");
database!(mysql, MySql, "own/mysql.rs");

const GAPS: &[Entry] = &[
    gap("sqlx", "change", &[Sqlite, Postgres], "no objects: SQL by hand"),
    gap("sqlx", "cascade", &[Sqlite, Postgres], "no objects: SQL by hand"),
    gap("sqlx", "merge", &[Sqlite], "no objects: SQL by hand"),
];

fn main() {
    let entries: Vec<Entry> =
        [sqlite::suite::ENTRIES, postgres::suite::ENTRIES, mysql::suite::ENTRIES, GAPS].concat();
    harness::main(&entries);
}

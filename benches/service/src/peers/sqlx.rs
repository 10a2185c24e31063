//! sqlx: its pools, and rows into structs. SQL is written once for each database.

use serde::Serialize;

#[derive(Serialize, sqlx::FromRow)]
pub struct User {
    id: i32,
    name: String,
    email: String,
    visits: i32,
}

/// One database: its pool, how a transaction that writes begins, and its SQL.
macro_rules! database {
    ($module:ident, $database:ty, $open:expr, $begin:expr, $one:literal, $locked:literal, $update:literal) => {
        pub mod $module {
            use super::User;
            use crate::POOL;
            use crate::service::{Failure, Store};
            use sqlx::pool::PoolOptions;

            #[derive(Clone)]
            pub struct Pool(sqlx::Pool<$database>);

            impl Pool {
                pub fn open(place: &str) -> sqlx::Result<Pool> {
                    let options = PoolOptions::new().max_connections(POOL as u32).test_before_acquire(false);
                    Ok(Pool(options.connect_lazy_with($open(place)?)))
                }
            }

            impl Store for Pool {
                type User = User;

                async fn find(&self, id: i32) -> Result<Option<User>, Failure> {
                    Ok(sqlx::query_as($one).bind(id).fetch_optional(&self.0).await?)
                }

                async fn visit(&self, id: i32) -> Result<Option<User>, Failure> {
                    let mut db = self.0.begin_with($begin).await?;
                    let user: Option<User> =
                        sqlx::query_as($locked).bind(id).fetch_optional(&mut *db).await?;
                    let Some(mut user) = user else { return Ok(None) };
                    user.visits += 1;
                    sqlx::query($update).bind(user.visits).bind(id).execute(&mut *db).await?;
                    db.commit().await?;
                    Ok(Some(user))
                }
            }
        }
    };
}

database!(
    sqlite,
    sqlx::Sqlite,
    |path: &str| -> sqlx::Result<_> {
        use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
        let options = SqliteConnectOptions::new().filename(path).journal_mode(SqliteJournalMode::Wal);
        Ok(options.synchronous(SqliteSynchronous::Normal))
    },
    "BEGIN IMMEDIATE",
    "SELECT id, name, email, visits FROM users WHERE id = ?",
    "SELECT id, name, email, visits FROM users WHERE id = ?",
    "UPDATE users SET visits = ? WHERE id = ?"
);

database!(
    postgres,
    sqlx::Postgres,
    |url: &str| url.parse::<sqlx::postgres::PgConnectOptions>(),
    "BEGIN",
    "SELECT id, name, email, visits FROM users WHERE id = $1",
    "SELECT id, name, email, visits FROM users WHERE id = $1 FOR UPDATE",
    "UPDATE users SET visits = $1 WHERE id = $2"
);

//! diesel-async over deadpool; on SQLite the blocking connection in its wrapper.

use diesel::prelude::*;
use serde::Serialize;

diesel::table! {
    users {
        id -> Integer,
        name -> Text,
        email -> Text,
        visits -> Integer,
    }
}

#[derive(Serialize, Queryable, Selectable, Identifiable, AsChangeset)]
#[diesel(table_name = users)]
pub struct User {
    id: i32,
    name: String,
    email: String,
    visits: i32,
}

/// One database: its connection, how one is set up, how a transaction that writes begins, and how a row is locked.
macro_rules! database {
    ($module:ident, $connection:ty, $set_up:expr, $transaction:ident, $lock:ident) => {
        pub mod $module {
            use super::{User, users};
            use crate::POOL;
            use crate::service::{Failure, Store};
            use diesel::prelude::*;
            use diesel_async::pooled_connection::{
                AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod, deadpool,
            };
            #[allow(unused_imports, reason = "not every database needs both traits")]
            use diesel_async::{AsyncConnection, RunQueryDsl};

            #[derive(Clone)]
            pub struct Pool(deadpool::Pool<$connection>);

            impl Pool {
                pub fn open(place: &str) -> Result<Pool, Failure> {
                    let mut config: ManagerConfig<$connection> = ManagerConfig::default();
                    config.recycling_method = RecyclingMethod::Fast;
                    config.custom_setup = Box::new($set_up);
                    let manager = AsyncDieselConnectionManager::new_with_config(place, config);
                    Ok(Pool(deadpool::Pool::builder(manager).max_size(POOL).build()?))
                }
            }

            impl Store for Pool {
                type User = User;

                async fn find(&self, id: i32) -> Result<Option<User>, Failure> {
                    let mut db = self.0.get().await?;
                    let user = users::table.find(id).select(User::as_select());
                    Ok(user.first(&mut db).await.optional()?)
                }

                async fn visit(&self, id: i32) -> Result<Option<User>, Failure> {
                    let mut db = self.0.get().await?;
                    let visited = db.$transaction(async |db| {
                        let user = users::table.find(id).select(User::as_select());
                        let Some(mut user) = super::$lock!(user).first(&mut *db).await.optional()? else {
                            return QueryResult::Ok(None);
                        };
                        user.visits += 1;
                        let update = diesel::update(&user).set(users::visits.eq(user.visits));
                        update.execute(db).await?;
                        Ok(Some(user))
                    });
                    Ok(visited.await?)
                }
            }
        }
    };
}

macro_rules! whole_database {
    ($query:expr) => {
        $query
    };
}

macro_rules! row {
    ($query:expr) => {
        $query.for_update()
    };
}

use {row, whole_database};

type Sqlite = diesel_async::sync_connection_wrapper::SyncConnectionWrapper<SqliteConnection>;

async fn set_up(path: &str) -> ConnectionResult<Sqlite> {
    use diesel_async::{AsyncConnection, SimpleAsyncConnection};
    let mut db = Sqlite::establish(path).await?;
    let options = "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL";
    db.batch_execute(options).await.map_err(ConnectionError::CouldntSetupConfiguration)?;
    Ok(db)
}

database!(
    sqlite,
    super::Sqlite,
    |path: &str| Box::pin(super::set_up(path)),
    immediate_transaction,
    whole_database
);

database!(
    postgres,
    diesel_async::AsyncPgConnection,
    |url: &str| Box::pin(diesel_async::AsyncPgConnection::establish(url)),
    transaction,
    row
);

//! SeaORM over its pool. It logs nothing.

use crate::POOL;
use crate::service::{Failure, Store};
use crate::table::is_postgres;
use sea_orm::prelude::*;
use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use sea_orm::{
    ConnectOptions, IntoActiveModel, QuerySelect, Set, SqliteTransactionMode, TransactionOptions,
    TransactionTrait,
};

mod user {
    use sea_orm::entity::prelude::*;
    use serde::Serialize;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, Serialize, DeriveEntityModel)]
    #[sea_orm(table_name = "users")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i32,
        pub name: String,
        pub email: String,
        pub visits: i32,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

#[derive(Clone)]
pub struct Pool(DatabaseConnection);

impl Pool {
    pub async fn open(place: &str) -> Result<Pool, Failure> {
        let url = if is_postgres(place) { place.to_owned() } else { format!("sqlite:{place}") };
        let mut options = ConnectOptions::new(url);
        options.max_connections(POOL as u32).test_before_acquire(false).sqlx_logging(false);
        options.map_sqlx_sqlite_opts(|options| {
            options.journal_mode(SqliteJournalMode::Wal).synchronous(SqliteSynchronous::Normal)
        });
        Ok(Pool(sea_orm::Database::connect(options).await?))
    }
}

impl Store for Pool {
    type User = user::Model;

    async fn find(&self, id: i32) -> Result<Option<user::Model>, Failure> {
        Ok(user::Entity::find_by_id(id).one(&self.0).await?)
    }

    async fn visit(&self, id: i32) -> Result<Option<user::Model>, Failure> {
        // Only SQLite has modes; for others it says nothing.
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..Default::default()
        };
        let db = self.0.begin_with_options(options).await?;
        let Some(user) = user::Entity::find_by_id(id).lock_exclusive().one(&db).await? else {
            return Ok(None);
        };
        let visits = user.visits + 1;
        let mut user = user.into_active_model();
        user.visits = Set(visits);
        let user = user.update(&db).await?;
        db.commit().await?;
        Ok(Some(user))
    }
}

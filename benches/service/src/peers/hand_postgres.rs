//! By hand on tokio-postgres, with deadpool's pool and cache of statements.

use super::User;
use crate::POOL;
use crate::service::{Failure, Store};
use deadpool_postgres::{GenericClient, Manager};
use tokio_postgres::{Config, NoTls, Row};

#[derive(Clone)]
pub struct Pool(deadpool_postgres::Pool);

impl Pool {
    pub fn open(url: &str) -> Result<Pool, Failure> {
        let config: Config = url.parse()?;
        Ok(Pool(deadpool_postgres::Pool::builder(Manager::new(config, NoTls)).max_size(POOL).build()?))
    }
}

fn user(row: &Row) -> Result<User, tokio_postgres::Error> {
    Ok(User { id: row.try_get(0)?, name: row.try_get(1)?, email: row.try_get(2)?, visits: row.try_get(3)? })
}

async fn find(db: &impl GenericClient, text: &str, id: i32) -> Result<Option<User>, Failure> {
    let statement = db.prepare_cached(text).await?;
    Ok(db.query_opt(&statement, &[&id]).await?.as_ref().map(user).transpose()?)
}

impl Store for Pool {
    type User = User;

    async fn find(&self, id: i32) -> Result<Option<User>, Failure> {
        let db = self.0.get().await?;
        find(&db, "select id, name, email, visits from users where id = $1", id).await
    }

    async fn visit(&self, id: i32) -> Result<Option<User>, Failure> {
        let mut db = self.0.get().await?;
        let db = db.transaction().await?;
        let by_key = "select id, name, email, visits from users where id = $1 for update";
        let Some(mut user) = find(&db, by_key, id).await? else { return Ok(None) };
        user.visits += 1;
        let update = db.prepare_cached("update users set visits = $1 where id = $2").await?;
        db.execute(&update, &[&user.visits, &id]).await?;
        db.commit().await?;
        Ok(Some(user))
    }
}

//! Rebis: a session that will write for visits; a user by key over a plain connection, or in a session of its own.

use crate::POOL;
use crate::service::{Failure, Store};
use crate::table::is_postgres;
use rebis::prelude::*;
use rebis::{Engine, EngineOptions, SessionFactory, SessionOptions};
use serde::Serialize;

#[derive(Model, Serialize, Clone, Debug)]
#[model(table = "users")]
pub struct User {
    #[column(primary_key)]
    id: i32,
    name: String,
    email: String,
    visits: i32,
}

#[derive(Clone)]
pub struct Plain(pub SessionFactory);

#[derive(Clone)]
pub struct Tracked(pub SessionFactory);

/// Sessions that will write.
pub fn open(place: &str) -> rebis::Result<SessionFactory> {
    let url = match is_postgres(place) {
        true => place.to_owned(),
        false => format!("sqlite:{place}?journal_mode=wal&synchronous=normal"),
    };
    let engine = Engine::with_options(&url, EngineOptions::new().pool_size(POOL).max_overflow(0))?;
    Ok(engine.sessions(SessionOptions::new().will_write(true)))
}

fn by_key(id: i32) -> Select<User> {
    select(User).filter(User.id.eq(id))
}

async fn visit(sessions: &SessionFactory, id: i32) -> Result<Option<User>, Failure> {
    let visited = sessions.retry(async |db| {
        let Some(user) = db.one_or_none(by_key(id).for_update()).await? else { return Ok(None) };
        db[user].visits += 1;
        Ok(Some(db[user].clone()))
    });
    Ok(visited.await?)
}

impl Store for Plain {
    type User = User;

    async fn find(&self, id: i32) -> Result<Option<User>, Failure> {
        Ok(self.0.engine().connect().await?.one_or_none(by_key(id)).await?)
    }

    async fn visit(&self, id: i32) -> Result<Option<User>, Failure> {
        visit(&self.0, id).await
    }
}

impl Store for Tracked {
    type User = User;

    async fn find(&self, id: i32) -> Result<Option<User>, Failure> {
        let mut db = self.0.engine().session();
        let found = db.get(User, id).await?.map(|user| db.take(user));
        db.commit().await?;
        Ok(found)
    }

    async fn visit(&self, id: i32) -> Result<Option<User>, Failure> {
        visit(&self.0, id).await
    }
}

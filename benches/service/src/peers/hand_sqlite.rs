//! By hand on rusqlite: a pool of connections, on threads where one may wait.

use super::User;
use crate::POOL;
use crate::service::{Failure, Store};
use rusqlite::{Connection, OptionalExtension, Result, Row, TransactionBehavior};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Semaphore;

#[derive(Clone)]
pub struct Pool {
    free: Arc<Mutex<Vec<Connection>>>,
    places: Arc<Semaphore>,
}

const BY_KEY: &str = "select id, name, email, visits from users where id = ?";

impl Pool {
    pub fn open(path: &str) -> Result<Pool> {
        let open = |_| {
            let db = Connection::open(path)?;
            db.busy_timeout(Duration::from_secs(5))?;
            db.execute_batch("pragma journal_mode = wal; pragma synchronous = normal")?;
            Ok(db)
        };
        let free: Result<Vec<Connection>> = (0..POOL).map(open).collect();
        Ok(Pool { free: Arc::new(Mutex::new(free?)), places: Arc::new(Semaphore::new(POOL)) })
    }

    async fn with<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T> + Send + 'static,
    ) -> Result<T, Failure> {
        let place = self.places.clone().acquire_owned().await?;
        let free = self.free.clone();
        let done = tokio::task::spawn_blocking(move || {
            let free = || free.lock().unwrap_or_else(PoisonError::into_inner);
            let mut db = free().pop().ok_or(rusqlite::Error::InvalidQuery)?;
            let done = work(&mut db);
            free().push(db);
            drop(place);
            done
        });
        Ok(done.await??)
    }
}

fn user(row: &Row<'_>) -> Result<User> {
    Ok(User { id: row.get(0)?, name: row.get(1)?, email: row.get(2)?, visits: row.get(3)? })
}

fn find(db: &Connection, id: i32) -> Result<Option<User>> {
    db.prepare_cached(BY_KEY)?.query_row([id], user).optional()
}

impl Store for Pool {
    type User = User;

    async fn find(&self, id: i32) -> Result<Option<User>, Failure> {
        self.with(move |db| find(db, id)).await
    }

    async fn visit(&self, id: i32) -> Result<Option<User>, Failure> {
        self.with(move |db| {
            let db = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let Some(mut user) = find(&db, id)? else { return Ok(None) };
            user.visits += 1;
            let update = "update users set visits = ? where id = ?";
            db.prepare_cached(update)?.execute([user.visits, id])?;
            db.commit()?;
            Ok(Some(user))
        })
        .await
    }
}

//! A database in memory that one connection has for itself.
//!
//! SQLite's own `:memory:` belongs to its connection: there is nobody to lock out, so it costs less than one that several
//! connections see, and with the connection it is gone. Here the connection comes back when its user drops it, and the
//! next one gets a copy of its database: with the settings of a new connection, whatever the last user did.

use crate::error::from_native;
use rebis_core::{Error, ErrorKind, Result};
use rusqlite::Connection;
use rusqlite::backup::Backup;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Where the connection is while nobody uses it.
#[derive(Debug, Default)]
pub(crate) struct Home {
    place: Mutex<Place>,
    back: Condvar,
}

#[derive(Debug, Default)]
enum Place {
    /// There was none yet.
    #[default]
    New,
    Out,
    Here(Connection),
    /// There was no memory to bring it back.
    Lost,
}

impl Home {
    fn place(&self) -> MutexGuard<'_, Place> {
        self.place.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A connection to the database, which `open` opens empty. One that its user has just dropped may still be at work on
    /// its thread: that long, up to `patience`, this waits.
    pub(crate) fn take(
        &self,
        open: impl FnOnce() -> Result<Connection>,
        patience: Duration,
    ) -> Result<Connection> {
        let is_out = |place: &mut Place| matches!(place, Place::Out);
        let waited = self.back.wait_timeout_while(self.place(), patience, is_out);
        let (mut place, _) = waited.unwrap_or_else(PoisonError::into_inner);
        let connection = match &*place {
            Place::New => open()?,
            Place::Here(last) => {
                let mut connection = open()?;
                copy(last, &mut connection).map_err(|e| from_native(e, ":memory:"))?;
                connection
            }
            Place::Out => return Err(in_use()),
            Place::Lost => return Err(lost()),
        };
        *place = Place::Out;
        Ok(connection)
    }

    /// The connection comes back. What it had not committed is gone.
    pub(crate) fn put(&self, connection: Option<Connection>) {
        *self.place() = match connection {
            Some(connection)
                if connection.is_autocommit() || connection.execute_batch("ROLLBACK").is_ok() =>
            {
                Place::Here(connection)
            }
            _ => Place::Lost,
        };
        self.back.notify_one();
    }
}

fn copy(from: &Connection, to: &mut Connection) -> rusqlite::Result<()> {
    Backup::new(from, to)?.run_to_completion(i32::MAX, Duration::ZERO, None)
}

#[cold]
fn in_use() -> Error {
    Error::new(ErrorKind::Locked, "the only connection to the database in memory is in use").with_help(
        "drop it first, or let the pool have more than one connection: they then share the database",
    )
}

#[cold]
fn lost() -> Error {
    Error::new(ErrorKind::ConnectionLost, "the database in memory went with its connection")
        .with_help("there was no memory left to keep it: begin with a new engine")
}

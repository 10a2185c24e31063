//! Opens connections.

use crate::error::from_native;
use crate::home::Home;
use crate::inline::Inline;
use crate::options::{Mode, Options, Place, Placement};
use crate::turns::Turns;
use crate::worker;
use rebis_core::{BoxFuture, Error, ErrorKind, Result};
use rebis_driver::{Connection, Driver, Isolation, IsolationLevel};
use rebis_sql::Capabilities;
use rusqlite::OpenFlags;
use rusqlite::config::DbConfig;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// The SQLite driver for one database.
///
/// A database in memory is one for all connections of the driver. It lives under a name of its own in SQLite's
/// `memdb` file system, which locks as a file does, so a reader never sees what is not committed; the driver holds
/// one connection to it, and with the driver it is gone. A driver that is asked for [one connection at a
/// time](Options::one_connection) needs no locks: there it is SQLite's own `:memory:`, which costs less.
///
/// ```
/// use rebis_sqlite::Sqlite;
/// let driver = Sqlite::from_url("app.db", &[("journal_mode".into(), "wal".into())])?;
/// # let _ = driver;
/// # Ok::<(), rebis_core::Error>(())
/// ```
#[derive(Debug)]
pub struct Sqlite {
    opening: Opening,
    /// Keeps a database in memory alive.
    anchor: Mutex<Option<rusqlite::Connection>>,
}

/// All that opening a connection needs: what a worker thread takes along.
#[derive(Clone, Debug)]
pub(crate) struct Opening {
    options: Arc<Options>,
    path: Arc<str>,
    /// Databases beside it: their schemas and where they are.
    attached: Arc<[(String, String)]>,
    turns: Arc<Turns>,
    /// Where the only connection to a database in memory stays while nobody uses it.
    home: Option<Arc<Home>>,
}

impl Sqlite {
    /// A driver with these options. Opens nothing yet.
    pub fn new(options: Options) -> Sqlite {
        let alone = options.is_alone();
        let path = |place: &Place| match place {
            Place::File(path) => path.clone(),
            Place::Memory(_) if alone => ":memory:".to_owned(),
            Place::Memory(name) => memory_uri(name.as_deref()),
        };
        let attached = options.attached.iter().map(|(schema, place)| (schema.clone(), path(place))).collect();
        let (path, turns) = (path(&options.place).into(), Arc::default());
        let home = alone.then(Arc::default);
        let opening = Opening { path, attached, options: Arc::new(options), turns, home };
        Sqlite { opening, anchor: Mutex::new(None) }
    }

    /// A driver for the path and the query of a URL. Opens nothing yet.
    ///
    /// # Errors
    /// As [`Options::from_url`].
    pub fn from_url(path: &str, query: &[(String, String)]) -> Result<Sqlite> {
        Options::from_url(path, query).map(Sqlite::new)
    }

    /// A driver for a new database in memory.
    pub fn memory() -> Sqlite {
        Sqlite::new(Options::memory())
    }

    /// The first connection to a database in memory stays, so that it does not vanish with the pool's last.
    fn anchor(&self) -> Result<()> {
        let options = &self.opening.options;
        let mut places = options.attached.iter().map(|(_, place)| place).chain([&options.place]);
        if options.is_alone() || places.all(|place| matches!(place, Place::File(_))) {
            return Ok(());
        }
        let mut anchor = self.anchor.lock().unwrap_or_else(PoisonError::into_inner);
        if anchor.is_none() {
            *anchor = Some(self.opening.open()?);
        }
        Ok(())
    }
}

/// The URI of a database in memory: with a name that others may know too, or with one that nobody else has.
fn memory_uri(name: Option<&str>) -> String {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    match name {
        Some(name) => format!("file:/{name}?vfs=memdb"),
        None => {
            let number = NEXT.fetch_add(1, Ordering::Relaxed);
            format!("file:/rebis-{}-{number}?vfs=memdb", env!("CARGO_PKG_VERSION"))
        }
    }
}

impl Opening {
    fn open(&self) -> Result<rusqlite::Connection> {
        let named = |e| from_native(e, &self.path);
        let connection = rusqlite::Connection::open_with_flags(&*self.path, self.flags())
            .map_err(cannot_connect(&self.path))?;
        connection.busy_timeout(self.options.busy_timeout).map_err(named)?;
        connection.execute_batch(&self.options.set_up(&self.attached)).map_err(named)?;
        // A misspelt name in double quotes is to be an error, not a text.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false).map_err(named)?;
        // SQLite opens a file when it is first read: a file that is no database is found here, not at some query.
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(())).map_err(named)?;
        Ok(connection)
    }

    fn flags(&self) -> OpenFlags {
        let access = match self.options.mode {
            Mode::ReadOnly => OpenFlags::SQLITE_OPEN_READ_ONLY,
            Mode::ReadWrite => OpenFlags::SQLITE_OPEN_READ_WRITE,
            Mode::ReadWriteCreate => OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE,
        };
        // A path may hold `?` and `%`: it is read as a URI only where it says so.
        let uri = if self.path.starts_with("file:") || !self.attached.is_empty() {
            OpenFlags::SQLITE_OPEN_URI
        } else {
            OpenFlags::empty()
        };
        // One thread at a time uses a connection, so SQLite's own mutexes are not needed.
        access | uri | OpenFlags::SQLITE_OPEN_NO_MUTEX
    }

    pub(crate) fn inline(&self) -> Result<Inline> {
        let Options { statement_cache, busy_timeout, .. } = *self.options;
        let (path, turns) = (self.path.clone(), self.turns.clone());
        let connection = match &self.home {
            Some(home) => home.take(|| self.open(), busy_timeout)?,
            None => self.open()?,
        };
        let inline = Inline::new(connection, statement_cache, path, turns, busy_timeout);
        Ok(inline.with_home(self.home.clone()))
    }
}

/// Opening may fail for reasons of access or state, which keep their kind; what has none is "cannot connect".
fn cannot_connect(path: &str) -> impl FnOnce(rusqlite::Error) -> Error {
    move |native| {
        let error = from_native(native, path);
        match error.kind() {
            ErrorKind::Database => {
                Error::new(ErrorKind::CannotConnect, format!("the database `{path}` cannot be opened"))
                    .with_source(error)
            }
            _ => error,
        }
    }
}

impl Driver for Sqlite {
    fn system(&self) -> &'static str {
        "sqlite"
    }

    fn capabilities(&self) -> &'static Capabilities {
        rebis_sql::dialect::sqlite()
    }

    fn connect(&self) -> BoxFuture<'_, Result<Box<dyn Connection>>> {
        let opening = self.opening.clone();
        Box::pin(async move {
            self.anchor()?;
            match opening.options.placement.unwrap_or(Placement::Inline) {
                Placement::Inline => Ok(Box::new(opening.inline()?) as Box<dyn Connection>),
                Placement::Worker => worker::connect(opening).await,
            }
        })
    }

    /// SQLite's transactions are serializable. READ UNCOMMITTED has a meaning between connections with a shared
    /// cache alone.
    fn isolation(&self, level: IsolationLevel) -> Result<Isolation> {
        match level {
            IsolationLevel::Serializable => Ok(Isolation::default()),
            IsolationLevel::ReadUncommitted => Ok(Isolation {
                before: &["PRAGMA read_uncommitted = 1"],
                inside: &[],
                after: &["PRAGMA read_uncommitted = 0"],
            }),
            other => Err(Error::unsupported(
                format!("SQLite has no isolation level {other}"),
                "ask for SERIALIZABLE, which is what SQLite's transactions are, or for READ UNCOMMITTED",
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rebis_core::Binds;
    use rebis_driver::{Connection, Discard, Step};
    use rebis_sql::{Statement, StatementKind};
    use std::time::Duration;

    fn run(connection: &mut Inline, text: &str, kind: StatementKind) -> Result<()> {
        let (statement, mut binds, mut sink) = (Statement::new(text, kind), Binds::new(), Discard);
        connection.step(&mut Step::new(&statement, &mut binds, &mut sink))
    }

    fn begin(connection: &mut Inline) -> Result<()> {
        run(connection, rebis_sql::dialect::sqlite().begin_write, StatementKind::Begin)
    }

    #[test]
    fn who_will_write_waits_for_the_turn_and_passes_it_on() {
        let driver = Sqlite::memory();
        driver.anchor().expect("memory opens");
        let turns = &driver.opening.turns;
        let connect = || driver.opening.inline().expect("it opens");
        let (mut first, mut second) = (connect(), connect());
        begin(&mut first).expect("nobody writes");
        std::thread::scope(|scope| {
            let waits = scope.spawn(|| begin(&mut second));
            while turns.waiting() == 0 {
                std::thread::yield_now();
            }
            run(&mut first, "COMMIT", StatementKind::Commit).expect("it is committed");
            waits.join().expect("no panic").expect("its turn has come");
        });
        assert!(!turns.take(Duration::ZERO), "the second one's turn");
        run(&mut second, "ROLLBACK", StatementKind::Rollback).expect("it is over");
        begin(&mut first).expect("nobody writes");
        drop(first);
        assert!(turns.take(Duration::ZERO), "a connection that is closed passes it on");
    }

    #[test]
    fn who_waits_in_vain_is_told_once() {
        let driver = Sqlite::new(Options::memory().busy_timeout(Duration::ZERO));
        driver.anchor().expect("memory opens");
        let connect = || driver.opening.inline().expect("it opens");
        let (mut first, mut second) = (connect(), connect());
        begin(&mut first).expect("nobody writes");
        let error = begin(&mut second).expect_err("the first one writes");
        assert_eq!((error.kind(), second.link()), (ErrorKind::Locked, rebis_driver::Link::Idle));
        run(&mut first, "ROLLBACK", StatementKind::Rollback).expect("it is over");
        begin(&mut second).expect("nobody writes");
    }
}

//! A lease from the pool, and what can be done with it.

mod asks;
mod lend;
mod low;
mod schema;
mod script;
mod sinks;
mod transaction;
mod typed;

pub use script::Rows;
pub use transaction::Transaction;

use crate::fut::Site;
use crate::pool::{Pooled, give_back};
use crate::{Counters, Engine, ExecutionOptions};
use rebis_driver::Link;
use rebis_sql::{Capabilities, Statement, StatementKind};
use std::fmt;
use std::time::Duration;

/// A connection, on lease from the pool of its engine. Dropping it gives it back; a transaction that is open then is
/// rolled back.
///
/// Without a transaction each statement is one of its own. With [`begin`](Connection::begin) or, as a scope,
/// [`transaction`](Connection::transaction), statements belong together until `commit` or `rollback`.
///
/// ```
/// # use rebis_engine::{Engine, EngineOptions, block_on};
/// # use rebis_sql::sql;
/// # let driver = std::sync::Arc::new(rebis_sqlite::Sqlite::memory());
/// # let engine = Engine::new_with(driver, "sqlite://".parse()?, EngineOptions::new());
/// # block_on(async {
/// let mut conn = engine.connect().await?;
/// conn.execute(sql("CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL)")).await?;
/// let mut tx = conn.transaction().await?;
/// tx.execute(sql("INSERT INTO users (name) VALUES ({})").bind("alice")).await?;
/// tx.commit().await?;
/// let users = conn.all(sql("SELECT id, name FROM users").rows::<(i64, String)>()).await?;
/// assert_eq!(users, [(1, "alice".to_owned())]);
/// # Ok::<(), rebis_core::Error>(()) })?;
/// # Ok::<(), rebis_core::Error>(())
/// ```
///
/// # Cancel safety
/// Dropping the future of a method while it is under way is safe: the connection is brought to rest before it is
/// used again, by its holder or by another. A transaction that was open then is lost: every statement is an error
/// until [`rollback`](Connection::rollback).
pub struct Connection {
    engine: Engine,
    /// `None` only while it is being dropped.
    pooled: Option<Box<Pooled>>,
    place: usize,
    site: Site,
    /// What must be done before the next statement.
    trouble: Trouble,
    /// Whether a transaction is open.
    open: bool,
    /// What ran before this lease.
    before: Counters,
    /// Resets an isolation level when the transaction is over.
    after: &'static [&'static str],
    /// How long a batch may take.
    limit: Option<Duration>,
    /// How long the next one may take, if that is something else.
    next_limit: Option<Duration>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Trouble {
    None,
    /// A guard was dropped where nothing could wait: a ROLLBACK is due.
    Owed,
    /// A future was dropped while under way, in a transaction or not.
    Cut {
        in_transaction: bool,
    },
    /// The transaction went with such a future: nothing runs until the program has rolled back.
    Lost,
}

impl Connection {
    pub(crate) fn new(engine: Engine, pooled: Box<Pooled>, place: usize, site: Site) -> Connection {
        let (before, limit) = (pooled.tally.read(), engine.execution().timeout);
        Connection {
            engine,
            pooled: Some(pooled),
            place,
            site,
            trouble: Trouble::None,
            open: false,
            before,
            after: &[],
            limit,
            next_limit: None,
        }
    }

    /// The engine it belongs to.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Other options for what runs on this lease.
    ///
    /// See [`ExecutionOptions`] for examples.
    pub fn set_execution(&mut self, options: ExecutionOptions) {
        self.engine = self.engine.with_execution(options);
        self.limit = self.engine.execution().timeout;
    }

    /// How long the next batch may take, where that is something else than the lease's options say. For callers of
    /// [`run`](Self::run); a statement says it by `.timeout(..)`.
    pub fn limit_next(&mut self, most: Option<Duration>) {
        self.next_limit = most;
    }

    /// What the database can do.
    pub fn capabilities(&self) -> &'static Capabilities {
        self.engine.capabilities()
    }

    /// What ran on this lease.
    ///
    /// See [`Engine::counters`] for an example.
    pub fn counters(&self) -> Counters {
        self.pooled.as_ref().map(|pooled| pooled.tally.read() - self.before).unwrap_or_default()
    }

    /// Whether a transaction is open, also one that has failed and waits for its rollback.
    pub fn in_transaction(&self) -> bool {
        match self.trouble {
            Trouble::None => self.open,
            Trouble::Owed => false,
            Trouble::Cut { in_transaction } => in_transaction,
            Trouble::Lost => true,
        }
    }

    /// Whether the connection is gone.
    fn is_closed(&mut self) -> bool {
        self.pooled.as_mut().is_none_or(|pooled| pooled.link() == Link::Closed)
    }

    /// How far apart the keys are that one INSERT of several rows makes up; 0: they need not follow each other.
    pub fn key_step(&mut self) -> i64 {
        let wire = self.pooled.as_mut().and_then(|pooled| pooled.wire().as_ref());
        wire.map_or(0, |wire| wire.key_step())
    }

    /// The statement with this text, as [`Engine::statement`], without a lock.
    pub fn statement(&mut self, text: &str, kind: StatementKind) -> Statement {
        match &mut self.pooled {
            Some(pooled) => pooled.texts.statement(text, kind, self.engine.texts()),
            None => self.engine.statement(text, kind),
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        if let Some(pooled) = self.pooled.take() {
            give_back(self.engine.clone(), pooled, self.place, self.site, self.after);
        }
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("url", self.engine.url())
            .field("in_transaction", &self.in_transaction())
            .finish_non_exhaustive()
    }
}

//! The engine: driver, pool and caches behind one handle.

use crate::execution::{Execution, ExecutionOptions};
use crate::fut::{Fut, Site, Target};
use crate::pool::{Pool, PoolStatus, acquire};
use crate::shapes::Shapes;
use crate::texts::Texts;
use crate::watch::Watch;
use crate::{Connection, Counters, EngineOptions, Recorder, Url};
use rebis_core::Binds;
use rebis_driver::Driver;
use rebis_sql::ast::Query;
use rebis_sql::build::PreparedText;
use rebis_sql::{Capabilities, Compiled, Statement, StatementKind};
use std::fmt;
use std::panic::Location;
use std::sync::Arc;

/// A database: where it is, how to speak to it, and the connections to it. Cheap to clone; opens nothing before it
/// is first used.
///
/// ```
/// use rebis_engine::{Engine, EngineOptions, block_on};
/// use rebis_sql::sql;
/// use rebis_sqlite::Sqlite;
/// use std::sync::Arc;
///
/// let engine = Engine::new_with(Arc::new(Sqlite::memory()), "sqlite://".parse()?, EngineOptions::new());
/// let mut conn = block_on(engine.connect())?;
/// assert_eq!(block_on(conn.scalar(sql("SELECT 1 + 1").rows::<i64>()))?, 2);
/// # Ok::<(), rebis_core::Error>(())
/// ```
#[derive(Clone)]
pub struct Engine {
    shared: Arc<Shared>,
    execution: Arc<Execution>,
}

struct Shared {
    // Before the driver: connections are closed while it lives.
    pool: Pool,
    driver: Arc<dyn Driver>,
    url: Url,
    options: EngineOptions,
    texts: Texts,
    shapes: Shapes,
    watch: Watch,
    fixed: Fixed,
}

/// Statements that every connection uses.
pub(crate) struct Fixed {
    pub(crate) begin: Statement,
    pub(crate) begin_write: Statement,
    pub(crate) commit: Statement,
    pub(crate) rollback: Statement,
    pub(crate) ping: Statement,
}

impl Engine {
    /// An engine over a driver. `url` is for messages; the driver has read it already.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/users.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// let url = Url::parse("sqlite://")?;
    /// let engine = Engine::new_with(Arc::new(Sqlite::memory()), url, EngineOptions::new().pool_size(2));
    /// assert_eq!((engine.system(), engine.pool_status().opened), ("sqlite", 0)); // nothing is opened yet
    /// # Ok(())
    /// # }
    /// ```
    pub fn new_with(driver: Arc<dyn Driver>, url: Url, options: EngineOptions) -> Engine {
        let caps = driver.capabilities();
        let fixed = Fixed {
            begin: Statement::new(caps.begin, StatementKind::Begin),
            begin_write: Statement::new(caps.begin_write, StatementKind::Begin),
            commit: Statement::new("COMMIT", StatementKind::Commit),
            rollback: Statement::new("ROLLBACK", StatementKind::Rollback),
            ping: Statement::new("SELECT 1", StatementKind::Read),
        };
        let said = options.execution.clone();
        let execution = Arc::new(Execution::new(said, &ExecutionOptions::new(), caps));
        let shared = Arc::new(Shared {
            pool: Pool::new(options.pool_size, options.max_overflow),
            url,
            texts: Texts::new(options.statement_texts),
            shapes: Shapes::new(options.statement_texts),
            watch: Watch::new(driver.system(), &options),
            driver,
            options,
            fixed,
        });
        Engine { shared, execution }
    }

    /// A connection from the pool. Dropping it gives it back.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/users.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// # run(async |engine, conn| {
    /// let mut other = engine.connect().await?;
    /// let names: Vec<String> = other.all(select(User.name)).await?;
    /// assert_eq!(names, ["alice", "bob"]);
    /// drop(other); // back to the pool
    /// assert_eq!(engine.pool_status().in_use, 1); // `conn`
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`PoolTimeout`](rebis_core::ErrorKind::PoolTimeout) naming who holds the connections; what opening one gives;
    /// [`InvalidState`](rebis_core::ErrorKind::InvalidState) after [`close`](Engine::close).
    ///
    /// # Cancel safety
    /// Dropping the future gives its place in the queue, or the connection it got, to the next.
    #[track_caller]
    pub fn connect(&self) -> Fut<'static, Connection> {
        self.connect_at(Location::caller())
    }

    /// The same for a caller that stands for another.
    ///
    /// # Errors
    /// As [`connect`](Engine::connect).
    pub fn connect_at(&self, site: &'static Location<'static>) -> Fut<'static, Connection> {
        Fut::call(Target::Engine(self.clone()), site, connect)
    }

    /// What the database can do.
    pub fn capabilities(&self) -> &'static Capabilities {
        self.execution.capabilities
    }

    /// The name that the OpenTelemetry conventions give the database: `sqlite`.
    pub fn system(&self) -> &'static str {
        self.shared.driver.system()
    }

    /// Where the database is. Printed, it shows no password.
    pub fn url(&self) -> &Url {
        &self.shared.url
    }

    /// How the engine behaves.
    pub fn options(&self) -> &EngineOptions {
        &self.shared.options
    }

    /// The same engine, with other options for what it runs: pool, counters and kept statements are shared.
    ///
    /// See [`ExecutionOptions`] for examples.
    pub fn with_execution(&self, options: ExecutionOptions) -> Engine {
        let plain = self.shared.driver.capabilities();
        let execution = Execution::new(options, &self.execution.options, plain);
        Engine { shared: self.shared.clone(), execution: Arc::new(execution) }
    }

    /// How what it runs is run.
    pub fn execution(&self) -> &ExecutionOptions {
        &self.execution.options
    }

    /// A future that completes at this time, by the engine's [`Runtime`](crate::Runtime).
    pub fn sleep_until(&self, deadline: std::time::Instant) -> rebis_core::BoxFuture<'static, ()> {
        self.shared.options.runtime.sleep_until(deadline)
    }

    /// A future that completes after this time; never, where the clock does not go so far.
    pub(crate) fn sleep(&self, most: std::time::Duration) -> rebis_core::BoxFuture<'static, ()> {
        match std::time::Instant::now().checked_add(most) {
            Some(deadline) => self.sleep_until(deadline),
            None => Box::pin(std::future::pending()),
        }
    }

    /// What the pool is doing.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/users.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// # run(async |engine, conn| {
    /// let status = engine.pool_status();
    /// assert_eq!((status.size, status.in_use, status.idle), (15, 1, 0));
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    pub fn pool_status(&self) -> PoolStatus {
        self.shared.pool.status()
    }

    /// What all connections of this engine have run.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/users.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// # run(async |engine, conn| {
    /// let before = engine.counters();
    /// conn.all(select(User.name)).await?;
    /// let spent = engine.counters() - before;
    /// assert_eq!((spent.statements, spent.rows_read), (1, 2));
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    pub fn counters(&self) -> Counters {
        self.shared.watch.counters()
    }

    /// Collects every statement from now on.
    ///
    /// See [`Recorder`] for an example.
    pub fn record(&self) -> Recorder {
        self.shared.watch.record()
    }

    /// The statement with this text: the same one each time, so that what a connection has prepared is used again.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/users.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// # run(async |engine, conn| {
    /// use rebis_sql::StatementKind;
    /// let first = engine.statement("SELECT 1", StatementKind::Read);
    /// let again = engine.statement("SELECT 1", StatementKind::Read);
    /// assert_eq!(first.id(), again.id());
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    pub fn statement(&self, text: &str, kind: StatementKind) -> Statement {
        self.shared.texts.statement(text, kind)
    }

    /// The text of a statement and its values, if one that differs in its values alone was rendered before and
    /// [kept](Self::keep_text).
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/users.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// # run(async |engine, conn| {
    /// use rebis_sql::ast::Query;
    /// let by_id = |id: i64| Query::Select(Box::new(select(User.name).filter(User.id.eq(id)).into()));
    /// assert!(engine.known_text(by_id(1)).is_err());
    /// conn.all(select(User.name).filter(User.id.eq(1))).await?;
    /// let (text, values) = engine.known_text(by_id(2)).expect("it was rendered for 1");
    /// assert_eq!(text.statement.sql(), "SELECT users.name FROM users WHERE users.id = ?");
    /// assert_eq!(values.get(0), Some(rebis_core::Cell::Int(2)));
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    ///
    /// # Errors
    /// The statement, if it must be rendered.
    #[inline]
    pub fn known_text(&self, query: Query) -> Result<(Arc<PreparedText>, Binds), Query> {
        self.shared.shapes.find(query, self.capabilities())
    }

    /// Keeps the text of a statement for those that differ from it in their values alone.
    ///
    /// See [`known_text`](Self::known_text) for an example.
    pub fn keep_text(&self, query: &Query, compiled: &Compiled, statement: &Statement) {
        self.shared.shapes.learn(query, self.capabilities(), compiled, statement);
    }

    /// Says what looks wrong with a statement, or refuses it, as the [options](crate::EngineOptions::doubtful) have it.
    ///
    /// # Errors
    /// [`InvalidStatement`](rebis_core::ErrorKind::InvalidStatement), if such statements are refused.
    #[inline]
    pub fn check_doubt(&self, doubt: Option<&'static str>, statement: &str) -> rebis_core::Result<()> {
        match doubt {
            None => Ok(()),
            Some(doubt) => crate::watch::doubtful(self.options().doubtful, doubt, statement),
        }
    }

    /// Closes the free connections, and those in use when they come back. The next use opens new ones.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/users.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// # run(async |engine, conn| {
    /// drop(engine.connect().await?);
    /// assert_eq!(engine.pool_status().idle, 1);
    /// engine.dispose(); // the password of the database has changed, or a process was forked
    /// assert_eq!(engine.pool_status().idle, 0);
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    pub fn dispose(&self) {
        self.shared.pool.dispose();
    }

    /// Ends the engine: free connections are closed now, those in use when they come back, and no one gets another.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/users.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// # run(async |engine, conn| {
    /// engine.close().await?;
    /// let error = engine.connect().await.expect_err("the engine is closed");
    /// assert_eq!(error.kind(), rebis_core::ErrorKind::InvalidState);
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    ///
    /// # Errors
    /// None today.
    #[track_caller]
    pub fn close(&self) -> Fut<'static, ()> {
        Fut::call(Target::Engine(self.clone()), Location::caller(), close)
    }

    pub(crate) fn pool(&self) -> &Pool {
        &self.shared.pool
    }

    pub(crate) fn driver(&self) -> &dyn Driver {
        &*self.shared.driver
    }

    pub(crate) fn watch(&self) -> &Watch {
        &self.shared.watch
    }

    /// The statement that begins a transaction, as a step of a batch.
    pub fn begin_statement(&self, write: bool) -> &Statement {
        if write { &self.fixed().begin_write } else { &self.fixed().begin }
    }

    /// The statement that ends a transaction for good, as a step of a batch.
    pub fn commit_statement(&self) -> &Statement {
        &self.fixed().commit
    }

    pub(crate) fn fixed(&self) -> &Fixed {
        &self.shared.fixed
    }

    pub(crate) fn texts(&self) -> &Texts {
        &self.shared.texts
    }
}

fn connect(target: Target<'static>, site: Site) -> Fut<'static, Connection> {
    match target {
        Target::Engine(engine) => acquire(engine, site),
        // Not made here; a connection knows its engine all the same.
        Target::Query(connection, _) | Target::Verb(connection, _) => {
            acquire(connection.engine().clone(), site)
        }
    }
}

fn close(target: Target<'static>, _: Site) -> Fut<'static, ()> {
    if let Target::Engine(engine) = target {
        engine.shared.pool.close();
    }
    Fut::ready(Ok(()))
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine")
            .field("url", &self.shared.url)
            .field("pool", &self.pool_status())
            .finish_non_exhaustive()
    }
}

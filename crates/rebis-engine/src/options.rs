//! How an engine behaves.

use crate::{ExecutionOptions, Runtime, Threads};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// Options of an engine, each with a default that suits a server.
///
/// ```
/// use rebis_engine::EngineOptions;
/// use std::time::Duration;
/// let options = EngineOptions::new().pool_size(2).max_overflow(0).pool_timeout(Duration::from_secs(3));
/// # let _ = options;
/// ```
#[derive(Clone)]
pub struct EngineOptions {
    pub(crate) pool_size: usize,
    pub(crate) max_overflow: usize,
    pub(crate) pool_timeout: Duration,
    pub(crate) recycle: Option<Duration>,
    pub(crate) pre_ping: bool,
    pub(crate) heal_timeout: Duration,
    pub(crate) ddl_lock_timeout: Option<Duration>,
    pub(crate) echo: Option<fn(&str)>,
    pub(crate) slow_query: Option<Duration>,
    pub(crate) doubtful: Doubtful,
    pub(crate) statement_texts: usize,
    pub(crate) site_comments: bool,
    pub(crate) execution: ExecutionOptions,
    pub(crate) runtime: Arc<dyn Runtime>,
}

/// What is done about statements that look wrong and may be meant.
///
/// See [`EngineOptions::doubtful`] for an example.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Doubtful {
    /// A `tracing` warning, target `rebis::doubtful`.
    #[default]
    Report,
    /// An error before anything is sent: for tests.
    Refuse,
    /// Nothing.
    Ignore,
}

impl Default for EngineOptions {
    fn default() -> Self {
        EngineOptions {
            pool_size: 5,
            max_overflow: 10,
            pool_timeout: Duration::from_secs(30),
            recycle: None,
            pre_ping: false,
            heal_timeout: Duration::from_secs(1),
            ddl_lock_timeout: Some(Duration::from_secs(10)),
            echo: None,
            slow_query: None,
            doubtful: Doubtful::Report,
            statement_texts: 512,
            site_comments: false,
            execution: ExecutionOptions::new(),
            runtime: Arc::new(Threads),
        }
    }
}

fn to_stderr(line: &str) {
    eprintln!("{line}");
}

impl EngineOptions {
    /// The defaults.
    pub fn new() -> Self {
        EngineOptions::default()
    }

    /// Connections that are kept open when nobody uses them. Default 5; 0 counts as 1.
    pub fn pool_size(mut self, connections: usize) -> Self {
        self.pool_size = connections.max(1);
        self
    }

    /// Connections beyond `pool_size` that may be open while they are needed. Default 10.
    pub fn max_overflow(mut self, connections: usize) -> Self {
        self.max_overflow = connections;
        self
    }

    /// How many connections there may be at a time: `pool_size` and `max_overflow` together.
    ///
    /// ```
    /// assert_eq!(rebis_engine::EngineOptions::new().pool_size(1).max_overflow(0).connections(), 1);
    /// ```
    ///
    /// An engine for `sqlite::memory:` that has one connection does without locks, see `one_connection` of the driver's
    /// options.
    pub fn connections(&self) -> usize {
        self.pool_size.saturating_add(self.max_overflow)
    }

    /// How long to wait for a connection when all are in use. Default 30 s.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/users.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// let options = EngineOptions::new().pool_size(1).max_overflow(0).pool_timeout(Duration::from_millis(1));
    /// let engine = engine_with(options);
    /// let held = block_on(engine.connect())?;
    /// let error = block_on(engine.connect()).expect_err("the only connection is in use");
    /// assert_eq!(error.kind(), rebis_core::ErrorKind::PoolTimeout); // and it says where `held` was taken
    /// # Ok(())
    /// # }
    /// ```
    pub fn pool_timeout(mut self, timeout: Duration) -> Self {
        self.pool_timeout = timeout;
        self
    }

    /// Connections older than this are replaced when they are next asked for. Default: never.
    pub fn recycle(mut self, age: Duration) -> Self {
        self.recycle = Some(age);
        self
    }

    /// Whether a connection is tried with a small statement before it is given out. Default: no. One that has not answered
    /// within [`heal_timeout`](EngineOptions::heal_timeout) is replaced, as one that is gone.
    pub fn pre_ping(mut self, on: bool) -> Self {
        self.pre_ping = on;
        self
    }

    /// How long an abandoned connection may take to come to rest before it is closed, and one that is tried
    /// ([`pre_ping`](EngineOptions::pre_ping)) to answer. Default 1 s.
    pub fn heal_timeout(mut self, timeout: Duration) -> Self {
        self.heal_timeout = timeout;
        self
    }

    /// How long `create_all` and `drop_all` wait for tables that other transactions use. Default 10 s; `None`: as long as
    /// the database lets them. A shorter time that the connection has set holds. MySQL and MariaDB count whole seconds.
    ///
    /// In a transaction that the program itself has begun nothing is set.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/users.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// // While a session of this program reads `users`, `drop_all` is an error after this time, of the kind `Locked`: it
    /// // names the statement that waited, and where the other connections in use were taken.
    /// let options = EngineOptions::new().ddl_lock_timeout(Duration::from_secs(3));
    /// # let _ = options;
    /// # Ok(())
    /// # }
    /// ```
    pub fn ddl_lock_timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.ddl_lock_timeout = timeout.into();
        self
    }

    /// Prints each statement with its time and call site to standard error.
    pub fn echo(mut self, on: bool) -> Self {
        self.echo = on.then_some(to_stderr as fn(&str));
        self
    }

    /// Prints each statement with its time and call site by this function.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/users.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// fn print(line: &str) {
    ///     assert!(line.contains("SELECT 1"));
    /// }
    /// let engine = engine_with(EngineOptions::new().echo_to(print));
    /// block_on(block_on(engine.connect())?.execute_raw("SELECT 1"))?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn echo_to(mut self, print: fn(&str)) -> Self {
        self.echo = Some(print);
        self
    }

    /// Statements that take at least this long become a `tracing` warning. Default: none.
    pub fn slow_query(mut self, threshold: Duration) -> Self {
        self.slow_query = Some(threshold);
        self
    }

    /// What is done about statements that look wrong and may be meant: rows that are skipped by OFFSET without an order, a
    /// LIMIT without an order on objects that come with their relations. Default: [`Doubtful::Report`].
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/users.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// let engine = engine_with(EngineOptions::new().doubtful(rebis_engine::Doubtful::Refuse));
    /// let mut conn = block_on(engine.connect())?;
    /// let error = block_on(conn.all(select(User.name).limit(20).offset(40))).expect_err("the third page of what?");
    /// assert_eq!(error.kind(), rebis_core::ErrorKind::InvalidStatement);
    /// # Ok(())
    /// # }
    /// ```
    pub fn doubtful(mut self, what: Doubtful) -> Self {
        self.doubtful = what;
        self
    }

    /// How many texts of statements are remembered, so that a text rendered anew finds its prepared statement.
    /// Default 512.
    pub fn statement_texts(mut self, texts: usize) -> Self {
        self.statement_texts = texts.max(1);
        self
    }

    /// Appends the call site to each statement as a comment: `/* src/main.rs:7 */`. Default: no. The texts of one
    /// statement at two places are then two prepared statements.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/users.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// let engine = engine_with(EngineOptions::new().site_comments(true));
    /// let recorder = engine.record();
    /// block_on(block_on(engine.connect())?.execute_raw("SELECT 1"))?;
    /// assert!(recorder.sql()[0].starts_with("SELECT 1 /* ")); // and the place of the call
    /// # Ok(())
    /// # }
    /// ```
    pub fn site_comments(mut self, on: bool) -> Self {
        self.site_comments = on;
        self
    }

    /// How what the engine runs is run: how long a statement may take, in which schemas.
    ///
    /// See [`ExecutionOptions`] for an example.
    pub fn execution(mut self, options: ExecutionOptions) -> Self {
        self.execution = options;
        self
    }

    /// Where time and tasks come from. Default: [`Threads`].
    ///
    /// See [`Runtime`] for an example.
    pub fn runtime(mut self, runtime: Arc<dyn Runtime>) -> Self {
        self.runtime = runtime;
        self
    }
}

impl fmt::Debug for EngineOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EngineOptions")
            .field("pool_size", &self.pool_size)
            .field("max_overflow", &self.max_overflow)
            .field("pool_timeout", &self.pool_timeout)
            .field("recycle", &self.recycle)
            .field("pre_ping", &self.pre_ping)
            .field("heal_timeout", &self.heal_timeout)
            .field("ddl_lock_timeout", &self.ddl_lock_timeout)
            .field("echo", &self.echo.is_some())
            .field("slow_query", &self.slow_query)
            .field("doubtful", &self.doubtful)
            .field("statement_texts", &self.statement_texts)
            .field("site_comments", &self.site_comments)
            .field("execution", &self.execution)
            .finish_non_exhaustive()
    }
}

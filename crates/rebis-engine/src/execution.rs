//! How statements are run: for an engine, a lease or a session.

use rebis_core::Name;
use rebis_driver::IsolationLevel;
use rebis_sql::{Capabilities, SchemaMap};
use std::time::Duration;

/// How statements are run. An engine has them ([`EngineOptions::execution`](crate::EngineOptions::execution)), an engine
/// [made of it](crate::Engine::with_execution) may have others over the same pool, and so may a
/// [lease](crate::Connection::set_execution) or a session; what one does not say, the one before it says.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/users.rs"));
/// # fn main() -> rebis_core::Result<()> {
/// # run(async |engine, conn| {
/// let hasty = engine.with_execution(ExecutionOptions::new().timeout(Duration::from_millis(50)));
/// let mut conn = hasty.connect().await?; // from the pool of `engine`
/// let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i FROM n) SELECT count(*) FROM n";
/// let error = conn.scalar(sql(endless).rows::<i64>()).await.expect_err("it has no end");
/// assert_eq!(error.kind(), rebis_core::ErrorKind::Timeout);
/// # Ok(())
/// # })
/// # }
/// ```
///
/// | | engine, lease, session | one statement |
/// |---|---|---|
/// | how long it may take | [`timeout`](Self::timeout) | `.timeout(..)` |
/// | whether its text stays prepared | `EngineOptions::statement_texts`, options of the driver | `.once()` |
/// | isolation of transactions | [`isolation`](Self::isolation) | `begin_with`, `transaction_with` |
/// | schemas in place of those of the models | [`schema`](Self::schema) | |
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ExecutionOptions {
    pub(crate) timeout: Option<Duration>,
    pub(crate) isolation: Option<IsolationLevel>,
    pub(crate) schemas: SchemaMap,
}

impl ExecutionOptions {
    /// Nothing else than what the engine, or the lease, says.
    pub fn new() -> Self {
        ExecutionOptions::default()
    }

    /// How long a statement may take, until its last row is read. What goes to the database together (a flush) counts as
    /// one. Longer, and the database is told to stop: the error is [`Timeout`](rebis_core::ErrorKind::Timeout), and a
    /// transaction around it is lost, as by any error: it can only be rolled back.
    ///
    /// Time is kept in the program, so this holds also where the network does not answer. SQLite on the caller's thread
    /// looks at the clock while it works; a statement that waits for somebody else's lock there waits as long as
    /// `busy_timeout` says.
    #[must_use]
    pub fn timeout(mut self, most: Duration) -> Self {
        self.timeout = Some(most);
        self
    }

    /// The isolation of transactions that are begun without saying one.
    #[must_use]
    pub fn isolation(mut self, level: IsolationLevel) -> Self {
        self.isolation = Some(level);
        self
    }

    /// The isolation, if these say one.
    pub fn level(&self) -> Option<IsolationLevel> {
        self.isolation
    }

    /// Another schema in place of one that models name, in every statement and in `create_all`: a schema for each tenant.
    ///
    /// Statements are kept for each map apart, and for good: that is for hundreds of tenants, or thousands.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/users.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// # run(async |engine, conn| {
    /// // On SQLite a schema is a database that was attached; on MySQL and MariaDB it is a database of the server.
    /// conn.execute_raw("ATTACH ':memory:' AS acme").await?;
    /// conn.execute_raw("CREATE TABLE acme.users (id INTEGER PRIMARY KEY, name TEXT NOT NULL)").await?;
    /// conn.execute_raw("INSERT INTO acme.users (name) VALUES ('wile')").await?;
    /// conn.set_execution(ExecutionOptions::new().default_schema("acme"));
    /// let names: Vec<String> = conn.all(select(User.name)).await?; // SELECT users.name FROM acme.users
    /// assert_eq!(names, ["wile"]);
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    #[must_use]
    pub fn schema(self, named: impl Into<Name>, written: impl Into<Name>) -> Self {
        self.mapped(Some(named.into()), written.into())
    }

    /// The schema of tables whose model names none.
    ///
    /// See [`schema`](Self::schema) for an example.
    #[must_use]
    pub fn default_schema(self, written: impl Into<Name>) -> Self {
        self.mapped(None, written.into())
    }

    fn mapped(mut self, named: Option<Name>, written: Name) -> Self {
        self.schemas.retain(|(other, _)| *other != named);
        self.schemas.push((named, written));
        self
    }

    /// These, and where they say nothing, those.
    fn over(self, others: &ExecutionOptions) -> ExecutionOptions {
        let ExecutionOptions { timeout, isolation, schemas } = self;
        let said = |name: &Option<Name>| schemas.iter().any(|(other, _)| other == name);
        let kept: SchemaMap = others.schemas.iter().filter(|(name, _)| !said(name)).cloned().collect();
        ExecutionOptions {
            timeout: timeout.or(others.timeout),
            isolation: isolation.or(others.isolation),
            schemas: kept.into_iter().chain(schemas).collect(),
        }
    }
}

/// Options, and what follows from them.
#[derive(Debug)]
pub(crate) struct Execution {
    pub(crate) options: ExecutionOptions,
    pub(crate) capabilities: &'static Capabilities,
}

impl Execution {
    pub(crate) fn new(
        options: ExecutionOptions,
        before: &ExecutionOptions,
        plain: &'static Capabilities,
    ) -> Execution {
        let options = options.over(before);
        Execution { capabilities: plain.with_schemas(&options.schemas), options }
    }
}

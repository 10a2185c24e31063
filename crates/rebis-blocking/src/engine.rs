//! The engine.

use crate::{Connection, Session, block_on};
use rebis_core::Result;
use rebis_engine::{Counters, PoolStatus, Recorder, Url};
use rebis_orm::{Retry, SessionOptions};
use rebis_sql::Capabilities;
use rebis_sql::schema::{MetaData, SchemaTarget, Statements};
use std::panic::Location;

/// A database, for programs that wait: driver, pool and caches behind one clonable handle. Opens nothing before its
/// first use. The async twin is [`rebis_engine::Engine`], and [`as_async`](Engine::as_async) gives it.
///
/// It is made by `Engine::new(url)`, which the prelude of `rebis` brings.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/users.rs"));
/// # fn main() -> rebis::Result<()> {
/// # let engine = engine()?;
/// let engine = Engine::new("sqlite::memory:")?; // `sqlite:///app.db` is a file
/// metadata![User].create_all(&engine)?;
/// let mut db = engine.session();
/// db.add(User.new().name("alice"));
/// db.commit()?;
/// let names: Vec<String> = engine.connect()?.all(select(User.name))?;
/// assert_eq!(names, ["alice"]);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Engine(rebis_engine::Engine);

impl From<rebis_engine::Engine> for Engine {
    fn from(engine: rebis_engine::Engine) -> Self {
        Engine(engine)
    }
}

impl Engine {
    /// A session with the default options. Nothing is opened yet.
    pub fn session(&self) -> Session {
        rebis_orm::Session::new(&self.0).into()
    }

    /// A factory of sessions with these options: what `sessionmaker(autoflush=False, bind=engine)` is for.
    ///
    /// See [`SessionFactory`] for an example.
    pub fn sessions(&self, options: SessionOptions) -> SessionFactory {
        SessionFactory { engine: self.clone(), options }
    }

    /// Runs a transaction in a session of its own, and again, with a fresh one, where the database could not fit it in
    /// beside others. See [`rebis_orm::SessionFactory::retry`].
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/users.rs"));
    /// # fn main() -> rebis::Result<()> {
    /// # let engine = engine()?;
    /// let name = engine.retry(|db| {
    ///     let user = db.get_one(User, 1)?;
    ///     db[user].name.push('!');
    ///     Ok(db[user].name.clone())
    /// })?;
    /// assert!(name.ends_with('!'));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`rebis_orm::SessionFactory::retry`].
    pub fn retry<T>(&self, work: impl FnMut(&mut Session) -> Result<T>) -> Result<T> {
        self.sessions(SessionOptions::new()).retry(work)
    }

    /// A connection from the pool. Dropping it gives it back.
    ///
    /// # Errors
    /// As [`rebis_engine::Engine::connect`].
    #[track_caller]
    pub fn connect(&self) -> Result<Connection> {
        block_on(self.0.connect_at(Location::caller())).map(Connection::from)
    }

    /// The engine of the async face: the same pool.
    pub fn as_async(&self) -> &rebis_engine::Engine {
        &self.0
    }

    /// The same engine with other options for what it runs: see [`rebis_engine::Engine::with_execution`].
    pub fn with_execution(&self, options: rebis_engine::ExecutionOptions) -> Engine {
        Engine(self.0.with_execution(options))
    }

    /// See [`rebis_engine::Engine::capabilities`].
    pub fn capabilities(&self) -> &'static Capabilities {
        self.0.capabilities()
    }

    /// See [`rebis_engine::Engine::url`].
    pub fn url(&self) -> &Url {
        self.0.url()
    }

    /// See [`rebis_engine::Engine::counters`].
    pub fn counters(&self) -> Counters {
        self.0.counters()
    }

    /// See [`rebis_engine::Engine::record`].
    pub fn record(&self) -> Recorder {
        self.0.record()
    }

    /// See [`rebis_engine::Engine::pool_status`].
    pub fn pool_status(&self) -> PoolStatus {
        self.0.pool_status()
    }

    /// See [`rebis_engine::Engine::dispose`].
    pub fn dispose(&self) {
        self.0.dispose();
    }

    /// See [`rebis_engine::Engine::close`].
    ///
    /// # Errors
    /// As [`rebis_engine::Engine::close`].
    #[track_caller]
    pub fn close(&self) -> Result<()> {
        block_on(self.0.close())
    }
}

impl SchemaTarget for &Engine {
    type Done = Result<()>;
    #[track_caller]
    fn create_all(self, schema: &MetaData) -> Result<()> {
        block_on(SchemaTarget::create_all(&self.0, schema))
    }
    #[track_caller]
    fn drop_all(self, schema: &MetaData) -> Result<()> {
        block_on(SchemaTarget::drop_all(&self.0, schema))
    }
    #[track_caller]
    fn run_ddl(self, statements: Statements) -> Result<()> {
        block_on(SchemaTarget::run_ddl(&self.0, statements))
    }
}

/// Makes sessions that are all alike. Cheap to clone.
///
/// Made by [`Engine::sessions`].
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/users.rs"));
/// # fn main() -> rebis::Result<()> {
/// # let engine = engine()?;
/// let sessions = engine.sessions(rebis::SessionOptions::new().autoflush(false));
/// let mut db = sessions.session();
/// db.add(User.new().name("carol"));
/// assert_eq!(db.count(User)?, 2); // carol is not in the database yet
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct SessionFactory {
    engine: Engine,
    options: SessionOptions,
}

impl SessionFactory {
    /// A new session.
    pub fn session(&self) -> Session {
        rebis_orm::Session::with_options(&self.engine.0, self.options).into()
    }

    /// Runs a transaction as often as it takes. See [`rebis_orm::SessionFactory::retry`].
    ///
    /// # Errors
    /// As [`rebis_orm::SessionFactory::retry`].
    pub fn retry<T>(&self, work: impl FnMut(&mut Session) -> Result<T>) -> Result<T> {
        self.retry_with(Retry::new(), work)
    }

    /// See [`rebis_orm::SessionFactory::retry_with`].
    ///
    /// # Errors
    /// As [`rebis_orm::SessionFactory::retry`].
    pub fn retry_with<T>(&self, policy: Retry, mut work: impl FnMut(&mut Session) -> Result<T>) -> Result<T> {
        let sessions = rebis_orm::OpenSession::sessions(&self.engine.0, self.options);
        block_on(sessions.retry_owned(policy, |session| {
            let mut session = Session::from(session);
            let outcome = work(&mut session);
            std::future::ready((session.into_async(), outcome))
        }))
    }

    /// The engine its sessions run on.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }
}

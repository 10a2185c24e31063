//! The session: a graph of objects with a connection.

mod ask;
mod batches;
mod criteria;
mod fetch;
mod forward;
mod io;
mod load;
mod merge;
mod plans;
mod retry;
mod scopes;
mod track;
mod verbs;
mod watch;

pub(crate) use ask::{Answers, Asked};
pub use batches::Batches;
pub(crate) use criteria::Criterion;
pub(crate) use io::Io;
pub use io::SessionOptions;
pub use retry::Retry;
pub use scopes::{NoAutoflush, Savepoint};
use watch::Watch;

use crate::graph::Graph;
use rebis_engine::Engine;
use std::fmt;
use std::ops::{Deref, DerefMut};

/// A conversation with a database: it owns the objects it has loaded, knows which of them changed, and writes the
/// changes in as few statements as that takes.
///
/// Objects are read and changed by their handles (`db[alice].email = …`). It takes a connection when it first needs
/// one, begins a transaction with its first statement, and gives the connection back at `commit` and `rollback`.
/// Dropped without a commit it rolls back. It derefs to [`Graph`], which domain logic takes.
///
/// Every method that does I/O returns one future type; the blocking session has the same methods without futures.
///
/// ```
/// # use rebis_orm_doc::*;
/// # fn main() -> rebis::Result<()> {
/// # run(async |db, alice, hello| {
/// let engine = db.engine().clone();
/// let mut db = engine.session(); // nothing is opened yet
/// let bob = db.add(User.new().username("bob"));
/// db.commit().await?; // BEGIN, INSERT, COMMIT
/// db[bob].username = "robert".into();
/// drop(db); // without a commit: the change is given up
/// let mut db = engine.session();
/// assert!(db.exists(select(User).filter(User.username.eq("bob"))).await?);
/// # Ok(())
/// # })
/// # }
/// ```
///
/// # Cancel safety
/// Dropping a future leaves the session usable for reading. The transaction it was in is lost: the next statement
/// says so, until `rollback`.
pub struct Session {
    graph: Graph,
    io: Io,
    watch: Watch,
}

impl Session {
    /// A session on an engine. Nothing is opened yet.
    pub fn new(engine: &Engine) -> Self {
        Session::with_options(engine, SessionOptions::default())
    }

    /// A session with options.
    ///
    /// See [`SessionOptions`] for an example.
    pub fn with_options(engine: &Engine, options: SessionOptions) -> Self {
        let graph = Graph::new();
        let io = Io::new(engine.clone(), options, graph.epoch);
        Session { graph, io, watch: Watch::default() }
    }

    /// The engine it runs on.
    pub fn engine(&self) -> &Engine {
        self.io.engine()
    }

    /// Other options for what the session runs from now on: how long a statement may take, in which schemas.
    ///
    /// ```
    /// # use rebis_orm_doc::*;
    /// # fn main() -> rebis::Result<()> {
    /// # run(async |db, alice, hello| {
    /// db.set_execution(rebis::ExecutionOptions::new().timeout(std::time::Duration::from_secs(5)));
    /// assert_eq!(db.count(User).await?, 1);
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    pub fn set_execution(&mut self, options: rebis_engine::ExecutionOptions) {
        self.io.set_execution(options);
    }

    /// The session without I/O.
    ///
    /// See [`graph_mut`](Session::graph_mut) for an example.
    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    /// The session without I/O.
    ///
    /// ```
    /// # use rebis_orm_doc::*;
    /// # fn main() -> rebis::Result<()> {
    /// # run(async |db, alice, hello| {
    /// fn retitle(graph: &mut Graph, post: Handle<Post>) {
    ///     graph[post].title.push('!'); // domain logic: no database, no `async`
    /// }
    /// retitle(db.graph_mut(), hello);
    /// assert_eq!(db.graph()[hello].title, "Hello!");
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    pub fn graph_mut(&mut self) -> &mut Graph {
        &mut self.graph
    }

    /// Whether it holds a connection, and so a transaction.
    pub fn in_transaction(&mut self) -> bool {
        self.io.in_transaction()
    }

    pub(crate) fn parts(&mut self) -> (&mut Graph, &mut Io) {
        (&mut self.graph, &mut self.io)
    }
}

impl Deref for Session {
    type Target = Graph;
    fn deref(&self) -> &Graph {
        &self.graph
    }
}

impl DerefMut for Session {
    fn deref_mut(&mut self) -> &mut Graph {
        &mut self.graph
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("engine", self.io.engine()).field("graph", &self.graph).finish()
    }
}

crate::__forward_graph!([] Session);

/// Opens sessions on an engine; in the prelude, so that `engine.session()` reads as it should.
///
/// See [`Session`] and [`SessionOptions`] for examples.
pub trait OpenSession {
    /// A session with the default options.
    fn session(&self) -> Session;

    /// A factory of sessions with these options: what `sessionmaker(autoflush=False, bind=engine)` is for.
    ///
    /// See [`SessionOptions`] for an example.
    fn sessions(&self, options: SessionOptions) -> SessionFactory;

    /// Runs a transaction in a session of its own, and again, with a fresh one, where the database could not fit it in
    /// beside others: see [`SessionFactory::retry`].
    ///
    /// ```
    /// # use rebis_orm_doc::*;
    /// # fn main() -> rebis::Result<()> {
    /// # run(async |db, alice, hello| {
    /// # db.commit().await?;
    /// # let engine = db.engine().clone();
    /// let name = engine
    ///     .retry(async |db| {
    ///         let user = db.get_one(User, 1).await?;
    ///         db[user].username.push('!');
    ///         Ok(db[user].username.clone())
    ///     })
    ///     .await?;
    /// assert_eq!(name, "alice!");
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`SessionFactory::retry`].
    fn retry<T, F>(&self, work: F) -> impl Future<Output = rebis_core::Result<T>>
    where
        F: AsyncFnOnce(&mut Session) -> rebis_core::Result<T> + Clone;
}

impl OpenSession for Engine {
    fn session(&self) -> Session {
        Session::new(self)
    }

    fn sessions(&self, options: SessionOptions) -> SessionFactory {
        SessionFactory { engine: self.clone(), options }
    }

    fn retry<T, F>(&self, work: F) -> impl Future<Output = rebis_core::Result<T>>
    where
        F: AsyncFnOnce(&mut Session) -> rebis_core::Result<T> + Clone,
    {
        retry::retry(self, work)
    }
}

/// Makes sessions that are all alike. Cheap to clone: put it into the state of a service.
///
/// See [`SessionOptions`] for an example.
#[derive(Clone, Debug)]
pub struct SessionFactory {
    engine: Engine,
    options: SessionOptions,
}

impl SessionFactory {
    /// A new session.
    pub fn session(&self) -> Session {
        Session::with_options(&self.engine, self.options)
    }

    /// The engine its sessions run on.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }
}

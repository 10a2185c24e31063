//! The session.

use crate::{NoAutoflush, Savepoint, block_on};
use rebis_core::{Result, Row, ToKey, Value};
use rebis_orm::{AsHandle, Entity, Graph, Handle, IntoPath, Model, NewRow};
use rebis_sql::Plan;
use rebis_sql::build::{Command, Explained, IntoCondition, Query};
use std::fmt;
use std::ops::{Deref, DerefMut};

type Tracked<Q> = <<Q as Query>::Row as Row>::Tracked;

/// A conversation with a database, for programs that wait. What it is and how it behaves: [`rebis_orm::Session`],
/// of which this is the blocking face.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/users.rs"));
/// # fn main() -> rebis::Result<()> {
/// # let mut db = engine()?.session();
/// let alice = db.one(select(User).filter(User.name.eq("alice")))?;
/// db[alice].karma += 1; // a tracked change
/// let carol = db.add(User.new().name("carol"));
/// db.commit()?; // one UPDATE of one column, one INSERT
/// assert_eq!(db[carol].id, 3);
/// # Ok(())
/// # }
/// ```
pub struct Session(rebis_orm::Session);

impl From<rebis_orm::Session> for Session {
    fn from(session: rebis_orm::Session) -> Self {
        Session(session)
    }
}

impl Session {
    /// The session of the async face that this one stands for.
    pub(crate) fn into_async(self) -> rebis_orm::Session {
        self.0
    }
}

macro_rules! twins {
    ($($(#[$doc:meta])* fn $name:ident[$($generics:tt)*]($($arg:ident: $type:ty),*) -> $out:ty;)*) => {
        impl Session {$(
            $(#[$doc])*
            #[track_caller]
            pub fn $name<$($generics)*>(&mut self, $($arg: $type),*) -> Result<$out> {
                self.0.$name($($arg),*).wait()
            }
        )*}
    };
}

twins! {
    /// See [`rebis_orm::Session::get`].
    ///
    /// # Errors
    /// As there.
    fn get[M: Model](entity: Entity<M>, key: impl ToKey<M::Key>) -> Option<Handle<M>>;
    /// See [`rebis_orm::Session::get_one`].
    ///
    /// # Errors
    /// As there.
    fn get_one[M: Model](entity: Entity<M>, key: impl ToKey<M::Key>) -> Handle<M>;
    /// See [`rebis_orm::Session::all`].
    ///
    /// # Errors
    /// As there.
    fn all[Q: Query](query: Q) -> Vec<Tracked<Q>>;
    /// See [`rebis_orm::Session::one`].
    ///
    /// # Errors
    /// As there.
    fn one[Q: Query](query: Q) -> Tracked<Q>;
    /// See [`rebis_orm::Session::one_or_none`].
    ///
    /// # Errors
    /// As there.
    fn one_or_none[Q: Query](query: Q) -> Option<Tracked<Q>>;
    /// See [`rebis_orm::Session::first`].
    ///
    /// # Errors
    /// As there.
    fn first[Q: Query](query: Q) -> Option<Tracked<Q>>;
    /// See [`rebis_orm::Session::scalar`].
    ///
    /// # Errors
    /// As there.
    fn scalar[T: Value, Q: Query<Row = T>](query: Q) -> T;
    /// See [`rebis_orm::Session::count`].
    ///
    /// # Errors
    /// As there.
    fn count[Q: Query](query: Q) -> u64;
    /// See [`rebis_orm::Session::exists`].
    ///
    /// # Errors
    /// As there.
    fn exists[Q: Query](query: Q) -> bool;
    /// See [`rebis_orm::Session::execute`].
    ///
    /// # Errors
    /// As there.
    fn execute[](command: impl Command) -> u64;
    /// How the database would go about a statement, which is not run.
    ///
    /// # Errors
    /// As [`rebis_orm::Session::explain`].
    fn explain[Kind](statement: impl Explained<Kind>) -> Plan;
    /// Runs a statement, and tells how the database went about it.
    ///
    /// # Errors
    /// As [`rebis_orm::Session::explain_analyze`].
    fn explain_analyze[Kind](statement: impl Explained<Kind>) -> Plan;
    /// See [`rebis_orm::Session::load`].
    ///
    /// # Errors
    /// As there.
    fn load[H: AsHandle, P: IntoPath<H::Model>](handle: H, path: P) -> ();
    /// See [`rebis_orm::Session::load_all`].
    ///
    /// # Errors
    /// As there.
    fn load_all[I: IntoIterator<Item: AsHandle>, P: IntoPath<<I::Item as AsHandle>::Model>](handles: I, path: P) -> ();
    /// See [`rebis_orm::Session::refresh`].
    ///
    /// # Errors
    /// As there.
    fn refresh[H: AsHandle](handle: H) -> ();
    /// See [`rebis_orm::Session::merge`].
    ///
    /// # Errors
    /// As there.
    fn merge[N: NewRow](row: N) -> Handle<N::Model>;
    /// See [`rebis_orm::Session::merge_all`].
    ///
    /// # Errors
    /// As there.
    fn merge_all[N: NewRow](rows: impl IntoIterator<Item = N>) -> Vec<Handle<N::Model>>;
    /// See [`rebis_orm::Session::flush`].
    ///
    /// # Errors
    /// As there.
    fn flush[]() -> ();
    /// See [`rebis_orm::Session::commit`].
    ///
    /// # Errors
    /// As there.
    fn commit[]() -> ();
    /// See [`rebis_orm::Session::rollback`].
    ///
    /// # Errors
    /// As there.
    fn rollback[]() -> ();
    /// See [`rebis_orm::Session::reset`].
    ///
    /// # Errors
    /// As there.
    fn reset[]() -> ();
}

impl Session {
    /// See [`rebis_orm::Session::batches`].
    ///
    /// See [`Batches`] for an example.
    pub fn batches<M: Model, Q: Query<Row = M>>(&mut self, query: Q, size: usize) -> Batches<M> {
        Batches(self.0.batches(query, size))
    }

    /// See [`rebis_orm::Session::savepoint`].
    ///
    /// # Errors
    /// As there.
    #[track_caller]
    pub fn savepoint(&mut self) -> Result<Savepoint<'_>> {
        Savepoint::begin(self)
    }

    /// See [`rebis_orm::Session::nested`].
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/users.rs"));
    /// # fn main() -> rebis::Result<()> {
    /// # let mut db = engine()?.session();
    /// let failed: rebis::Result<()> = db.nested(|db| {
    ///     db.add(User.new().name("carol"));
    ///     db.get_one(User, 99)?; // there is none
    ///     Ok(())
    /// });
    /// assert!(failed.is_err());
    /// assert_eq!(db.count(User)?, 2);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As there.
    pub fn nested<T>(&mut self, work: impl FnOnce(&mut Session) -> Result<T>) -> Result<T> {
        let mut scope = self.savepoint()?;
        match work(&mut scope) {
            Ok(value) => scope.commit().map(|()| value),
            Err(error) => {
                // The first error is the one to tell.
                let _ = scope.rollback();
                Err(error)
            }
        }
    }

    /// See [`rebis_orm::Session::no_autoflush`].
    pub fn no_autoflush(&mut self) -> NoAutoflush<'_> {
        NoAutoflush::begin(self)
    }

    /// See [`rebis_orm::Session::set_execution`].
    pub fn set_execution(&mut self, options: rebis_engine::ExecutionOptions) {
        self.0.set_execution(options);
    }

    /// See [`rebis_orm::Session::restrict`].
    pub fn restrict<M: Model>(
        &mut self,
        name: &'static str,
        entity: Entity<M>,
        condition: impl IntoCondition,
    ) {
        self.0.restrict(name, entity, condition);
    }

    /// See [`rebis_orm::Session::unrestrict`].
    pub fn unrestrict(&mut self, name: &str) {
        self.0.unrestrict(name);
    }

    /// Whether it holds a connection, and so a transaction.
    pub fn in_transaction(&mut self) -> bool {
        self.0.in_transaction()
    }

    /// Something to be done on the session's connection, in its transaction, for what the session has no verb for.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/users.rs"));
    /// # fn main() -> rebis::Result<()> {
    /// # let mut db = engine()?.session();
    /// let n = db.with_connection(async |conn| conn.scalar(select(User.id.count())).await)?;
    /// assert_eq!(n, 2);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`rebis_orm::Session::connection`]; the closure's.
    pub fn with_connection<T>(
        &mut self,
        work: impl AsyncFnOnce(&mut rebis_engine::Connection) -> Result<T>,
    ) -> Result<T> {
        block_on(async { work(self.0.connection().await?).await })
    }

    /// The session of the async face, which this one is over.
    pub fn as_async(&mut self) -> &mut rebis_orm::Session {
        &mut self.0
    }
}

impl Deref for Session {
    type Target = Graph;
    fn deref(&self) -> &Graph {
        self.0.graph()
    }
}

impl DerefMut for Session {
    fn deref_mut(&mut self) -> &mut Graph {
        self.0.graph_mut()
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

rebis_orm::__forward_graph!([] Session);

/// Objects page by page: see [`rebis_orm::Batches`].
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/users.rs"));
/// # fn main() -> rebis::Result<()> {
/// # let mut db = engine()?.session();
/// let mut pages = db.batches(User, 500);
/// while let Some(page) = pages.next(&mut db)? {
///     for user in page {
///         db[user].karma += 1;
///     }
/// }
/// db.commit()?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Batches<M>(rebis_orm::Batches<M>);

impl<M: Model> Batches<M> {
    /// See [`rebis_orm::Batches::next`].
    ///
    /// # Errors
    /// As there.
    #[track_caller]
    pub fn next(&mut self, session: &mut Session) -> Result<Option<Vec<Handle<M>>>> {
        block_on(self.0.next(&mut session.0))
    }
}

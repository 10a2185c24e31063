//! Connections and transactions.

use crate::block_on;
use rebis_core::{Result, Row, Value};
use rebis_engine::{Counters, ExecutionOptions, Flow, IsolationLevel};
use rebis_sql::Plan;
use rebis_sql::build::{Command, Explained, Query};
use rebis_sql::schema::{MetaData, SchemaTarget, Statements};
use std::fmt;

type Plain<Q> = <<Q as Query>::Row as Row>::Plain;

/// A connection, on lease from the pool: see [`rebis_engine::Connection`].
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/users.rs"));
/// # fn main() -> rebis::Result<()> {
/// # let engine = engine()?;
/// let mut conn = engine.connect()?;
/// conn.execute(User.update().set(User.karma, User.karma + 1).filter(User.name.eq("alice")))?;
/// let rows: Vec<(String, i64)> = conn.all(select((User.name, User.karma)).order_by(User.id))?;
/// assert_eq!(rows, [("alice".to_owned(), 1), ("bob".to_owned(), 0)]);
/// let bob: User = conn.one(select(User).filter(User.name.eq("bob")))?; // a plain struct, no session
/// assert_eq!(bob.id, 2);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Connection(pub(crate) rebis_engine::Connection);

impl From<rebis_engine::Connection> for Connection {
    fn from(connection: rebis_engine::Connection) -> Self {
        Connection(connection)
    }
}

macro_rules! twins {
    ($($(#[$doc:meta])* fn $name:ident[$($generics:tt)*]($($arg:ident: $type:ty),*) -> $out:ty;)*) => {
        /// The verbs of [`rebis_engine::Connection`].
        impl Connection {$(
            $(#[$doc])*
            #[track_caller]
            pub fn $name<$($generics)*>(&mut self, $($arg: $type),*) -> Result<$out> {
                self.0.$name($($arg),*).wait()
            }
        )*}

        /// The verbs of [`rebis_engine::Connection`], inside of the transaction.
        impl Transaction<'_> {$(
            $(#[$doc])*
            #[track_caller]
            pub fn $name<$($generics)*>(&mut self, $($arg: $type),*) -> Result<$out> {
                self.0.$name($($arg),*).wait()
            }
        )*}
    };
}

twins! {
    /// All rows.
    ///
    /// # Errors
    /// As [`rebis_engine::Connection::all`].
    fn all[Q: Query](query: Q) -> Vec<Plain<Q>>;
    /// The only row.
    ///
    /// # Errors
    /// As [`rebis_engine::Connection::one`].
    fn one[Q: Query](query: Q) -> Plain<Q>;
    /// The only row, or none.
    ///
    /// # Errors
    /// As [`rebis_engine::Connection::one_or_none`].
    fn one_or_none[Q: Query](query: Q) -> Option<Plain<Q>>;
    /// The first row, or none.
    ///
    /// # Errors
    /// As [`rebis_engine::Connection::first`].
    fn first[Q: Query](query: Q) -> Option<Plain<Q>>;
    /// The value of a query for one value.
    ///
    /// # Errors
    /// As [`rebis_engine::Connection::scalar`].
    fn scalar[T: Value, Q: Query<Row = T>](query: Q) -> T;
    /// How many rows a query has, counted by the database.
    ///
    /// # Errors
    /// As [`rebis_engine::Connection::count`].
    fn count[Q: Query](query: Q) -> u64;
    /// Whether a query has a row.
    ///
    /// # Errors
    /// As [`rebis_engine::Connection::exists`].
    fn exists[Q: Query](query: Q) -> bool;
    /// Each row to a closure, with a bounded number in memory.
    ///
    /// # Errors
    /// As [`rebis_engine::Connection::for_each`].
    fn for_each[Q: Query](query: Q, visit: impl FnMut(Plain<Q>) -> Flow + Send) -> ();
    /// So many rows at a time to a closure.
    ///
    /// # Errors
    /// As [`rebis_engine::Connection::for_each_chunk`].
    fn for_each_chunk[Q: Query](query: Q, size: usize, visit: impl FnMut(Vec<Plain<Q>>) -> Flow + Send) -> ();
    /// Runs an INSERT, UPDATE or DELETE; the number of rows it affected.
    ///
    /// # Errors
    /// As [`rebis_engine::Connection::execute`].
    fn execute[](command: impl Command) -> u64;
    /// Runs a text without parameters, once.
    ///
    /// # Errors
    /// As [`rebis_engine::Connection::execute_raw`].
    fn execute_raw[](text: &str) -> u64;
    /// How the database would go about a statement, which is not run.
    ///
    /// # Errors
    /// As [`rebis_engine::Connection::explain`].
    fn explain[Kind](statement: impl Explained<Kind>) -> Plan;
    /// Runs a statement, and tells how the database went about it.
    ///
    /// # Errors
    /// As [`rebis_engine::Connection::explain_analyze`].
    fn explain_analyze[Kind](statement: impl Explained<Kind>) -> Plan;
    /// Sets a savepoint.
    ///
    /// # Errors
    /// As [`rebis_engine::Connection::savepoint`].
    fn savepoint[](name: &str) -> ();
    /// Forgets a savepoint and keeps its work.
    ///
    /// # Errors
    /// As [`rebis_engine::Connection::release`].
    fn release[](name: &str) -> ();
    /// Goes back to a savepoint, which stays.
    ///
    /// # Errors
    /// As [`rebis_engine::Connection::rollback_to`].
    fn rollback_to[](name: &str) -> ();
}

impl Connection {
    /// Begins a transaction: see [`rebis_engine::Connection::begin`].
    ///
    /// # Errors
    /// As there.
    #[track_caller]
    pub fn begin(&mut self, write: bool) -> Result<()> {
        block_on(self.0.begin(write))
    }

    /// Begins a transaction with a level of isolation.
    ///
    /// # Errors
    /// As [`rebis_engine::Connection::begin_with`].
    #[track_caller]
    pub fn begin_with(&mut self, level: IsolationLevel, write: bool) -> Result<()> {
        block_on(self.0.begin_with(level, write))
    }

    /// Ends the transaction for good.
    ///
    /// # Errors
    /// As [`rebis_engine::Connection::commit`].
    #[track_caller]
    pub fn commit(&mut self) -> Result<()> {
        block_on(self.0.commit())
    }

    /// Ends the transaction for nothing.
    ///
    /// # Errors
    /// As [`rebis_engine::Connection::rollback`].
    #[track_caller]
    pub fn rollback(&mut self) -> Result<()> {
        block_on(self.0.rollback())
    }

    /// A transaction as a scope: committed by [`Transaction::commit`], rolled back when dropped.
    ///
    /// See [`Transaction`] for an example.
    ///
    /// # Errors
    /// As [`rebis_engine::Connection::transaction`].
    #[track_caller]
    pub fn transaction(&mut self) -> Result<Transaction<'_>> {
        block_on(self.0.transaction()).map(Transaction)
    }

    /// Other options for what runs on this lease: see [`rebis_engine::Connection::set_execution`].
    pub fn set_execution(&mut self, options: ExecutionOptions) {
        self.0.set_execution(options);
    }

    /// Whether a transaction is open.
    pub fn in_transaction(&self) -> bool {
        self.0.in_transaction()
    }

    /// What ran on this lease.
    pub fn counters(&self) -> Counters {
        self.0.counters()
    }

    /// The connection of the async face, which this one is over.
    pub fn as_async(&mut self) -> &mut rebis_engine::Connection {
        &mut self.0
    }
}

impl SchemaTarget for &mut Connection {
    type Done = Result<()>;
    #[track_caller]
    fn create_all(self, schema: &MetaData) -> Result<()> {
        block_on(SchemaTarget::create_all(&mut self.0, schema))
    }
    #[track_caller]
    fn drop_all(self, schema: &MetaData) -> Result<()> {
        block_on(SchemaTarget::drop_all(&mut self.0, schema))
    }
    #[track_caller]
    fn run_ddl(self, statements: Statements) -> Result<()> {
        block_on(SchemaTarget::run_ddl(&mut self.0, statements))
    }
}

/// A transaction as a scope: see [`rebis_engine::Transaction`].
///
/// Made by [`Connection::transaction`].
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/users.rs"));
/// # fn main() -> rebis::Result<()> {
/// # let engine = engine()?;
/// let mut conn = engine.connect()?;
/// let mut tx = conn.transaction()?;
/// tx.execute(User.delete().all_rows())?;
/// drop(tx); // without `commit`: taken back
/// assert_eq!(conn.scalar(select(User.id.count()))?, 2);
/// # Ok(())
/// # }
/// ```
pub struct Transaction<'c>(pub(crate) rebis_engine::Transaction<'c>);

impl Transaction<'_> {
    /// The connection of the async face, which this one is over.
    pub fn as_async(&mut self) -> &mut rebis_engine::Connection {
        &mut self.0
    }

    /// Ends it for good.
    ///
    /// # Errors
    /// As [`rebis_engine::Transaction::commit`].
    #[track_caller]
    pub fn commit(self) -> Result<()> {
        block_on(self.0.commit())
    }

    /// Ends it for nothing, as dropping it does.
    ///
    /// # Errors
    /// As [`rebis_engine::Transaction::rollback`].
    #[track_caller]
    pub fn rollback(self) -> Result<()> {
        block_on(self.0.rollback())
    }
}

impl fmt::Debug for Transaction<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Transaction")
    }
}

//! The waist of Rebis: what a database driver must do, and nothing else.
//!
//! A driver opens a [`Connection`]; a connection has one verb, [`run`](Connection::run), that takes a batch of
//! [`Step`]s. Rows are shown as slices of [`Cell`]s to a [`Sink`] that belongs to the caller. Everything above
//! this crate is values and plain functions; everything below is one database's protocol.
//!
//! # The error contract
//!
//! A driver turns each native error into an [`Error`] with the right
//! [`kind`](rebis_core::ErrorKind), the constraint and table where the database names them, the native error as
//! `source()`, and `is_disconnect()` where the connection cannot be used again. What leaks if it does not: a
//! unique violation that is not recognised is shown to users as a failure of the database, a lost connection
//! that is not marked goes back into the pool.

#![forbid(unsafe_code)]

#[cfg(feature = "tokio")]
pub mod background;
mod face;
pub mod options;
pub mod relay;

pub use face::{Awaited, Drives, Face, Lease, Lent};

use rebis_core::{Binds, BoxFuture, Cell, Error, ErrorKind, Names, Result};
use rebis_sql::{Capabilities, Statement};
use std::any::Any;
use std::fmt;
use std::ops::ControlFlow;
use std::time::Duration;

/// Whether the caller wants more rows.
pub type Flow = ControlFlow<()>;

/// Opens connections to one kind of database.
///
/// See [`Connection`] for an example.
pub trait Driver: Send + Sync + 'static {
    /// The name that the OpenTelemetry conventions give the database: `sqlite`, `postgresql`, `mysql`, `mariadb`.
    fn system(&self) -> &'static str;

    /// What the database can do, and its syntax.
    fn capabilities(&self) -> &'static Capabilities;

    /// Opens a connection and sets it up.
    ///
    /// # Errors
    /// [`CannotConnect`](ErrorKind::CannotConnect) and what else the database says; see the error contract in the
    /// description of this crate.
    fn connect(&self) -> BoxFuture<'_, Result<Box<dyn Connection>>>;

    /// The statements that give a transaction a level of isolation.
    ///
    /// # Errors
    /// [`Unsupported`](rebis_core::ErrorKind::Unsupported) that names the levels there are.
    fn isolation(&self, level: IsolationLevel) -> Result<Isolation> {
        Err(Error::unsupported(
            format!("this driver sets no isolation level, {level} was asked for"),
            "begin the transaction without a level",
        ))
    }

    /// The driver itself, if it has verbs besides the waist: see [`Drives`].
    fn own(&self) -> Option<&dyn Any> {
        None
    }
}

/// The parts of a database URL, decoded: what the options of a server's driver are made from.
///
/// `rebis_engine::Url::parts` gives them.
#[derive(Clone, Copy, Default)]
pub struct UrlParts<'u> {
    /// What stands before the first colon, in lower case.
    pub scheme: &'u str,
    /// The user.
    pub user: Option<&'u str>,
    /// The password.
    pub password: Option<&'u str>,
    /// The host. What else it may be is the driver's business: several of them, or the folder of a socket.
    pub host: Option<&'u str>,
    /// The port.
    pub port: Option<u16>,
    /// The database; empty: none is named.
    pub database: &'u str,
    /// The options, in order.
    pub query: &'u [(String, String)],
}

impl fmt::Debug for UrlParts<'_> {
    /// Without the password, and without the options, which may hold one.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let UrlParts { scheme, user, password: _, host, port, database, query: _ } = self;
        write!(f, "{scheme}, {user:?}, {host:?}, {port:?}, {database:?}")
    }
}

/// How far transactions at the same time are kept apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum IsolationLevel {
    /// What others have not committed is seen.
    ReadUncommitted,
    /// Each statement sees what was committed when it began.
    ReadCommitted,
    /// The transaction sees what was committed when it began.
    RepeatableRead,
    /// As if transactions ran one after the other.
    Serializable,
}

impl fmt::Display for IsolationLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            IsolationLevel::ReadUncommitted => "READ UNCOMMITTED",
            IsolationLevel::ReadCommitted => "READ COMMITTED",
            IsolationLevel::RepeatableRead => "REPEATABLE READ",
            IsolationLevel::Serializable => "SERIALIZABLE",
        })
    }
}

/// The statements around one transaction with a level of isolation.
#[derive(Clone, Copy, Debug, Default)]
pub struct Isolation {
    /// Sent before BEGIN.
    pub before: &'static [&'static str],
    /// Sent after BEGIN.
    pub inside: &'static [&'static str],
    /// Sent when the transaction is over and its connection is to be as it was.
    pub after: &'static [&'static str],
}

/// Names of the columns of a result, asked for only by who needs them.
///
/// See [`positions`] for an example.
pub trait Columns {
    /// Number of columns.
    fn len(&self) -> usize;
    /// Whether the statement returns no columns.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// The name of a column, as the database gives it.
    fn name(&self, index: usize) -> &str;
}

/// The names of a result's columns.
pub fn names(columns: &dyn Columns) -> Names {
    (0..columns.len()).map(|at| columns.name(at).to_owned()).collect()
}

/// The position of each name in a result. The exact name first, then the name in another case, as SQL would.
///
/// ```
/// use rebis_driver::{Columns, positions};
///
/// struct Names(&'static [&'static str]);
/// impl Columns for Names {
///     fn len(&self) -> usize {
///         self.0.len()
///     }
///     fn name(&self, index: usize) -> &str {
///         self.0[index]
///     }
/// }
/// let result = Names(&["ID", "name"]);
/// assert_eq!(positions(&["name", "id"], &result).ok(), Some(vec![1, 0]));
/// assert!(positions(&["email"], &result).is_err());
/// ```
///
/// # Errors
/// [`NoSuchObject`](rebis_core::ErrorKind::NoSuchObject), naming the column that is missing and those there are.
pub fn positions(names: &[&str], columns: &dyn Columns) -> Result<Vec<usize>> {
    let find = |name: &str| {
        let mut all = 0..columns.len();
        all.clone()
            .find(|at| columns.name(*at) == name)
            .or_else(|| all.find(|at| columns.name(*at).eq_ignore_ascii_case(name)))
    };
    names.iter().map(|name| find(name).ok_or_else(|| missing(name, columns))).collect()
}

#[cold]
fn missing(name: &str, columns: &dyn Columns) -> Error {
    let there: Vec<&str> = (0..columns.len()).map(|at| columns.name(at)).collect();
    Error::new(ErrorKind::NoSuchObject, format!("the result has no column `{name}`"))
        .with_column(name)
        .with_help(format!("it has: {}; rename one with `AS {name}`", there.join(", ")))
}

/// Takes the rows of one statement. Borrowed by the step; belongs to the caller.
///
/// ```
/// use rebis_core::{Cell, Result, field};
/// use rebis_driver::{Flow, Sink};
///
/// /// Sums the first column, and has enough beyond a hundred.
/// struct Sum(i64);
///
/// impl Sink for Sum {
///     fn row(&mut self, cells: &[Cell<'_>]) -> Result<Flow> {
///         self.0 += field::<i64>(cells, 0)?;
///         Ok(if self.0 > 100 { Flow::Break(()) } else { Flow::Continue(()) })
///     }
/// }
/// let mut sum = Sum(0);
/// assert_eq!(sum.row(&[Cell::Int(60)]).ok(), Some(Flow::Continue(())));
/// assert_eq!(sum.row(&[Cell::Int(60)]).ok(), Some(Flow::Break(())));
/// ```
pub trait Sink: Send {
    /// Called once before the first row (also when there is none) of a statement that returns columns.
    ///
    /// # Errors
    /// An error ends the batch, as an error of the database would.
    fn start(&mut self, _columns: &dyn Columns) -> Result<()> {
        Ok(())
    }

    /// Called for each row.
    ///
    /// # Errors
    /// An error ends the batch, as an error of the database would. Where it knows the
    /// [position](Error::index) of a column but not its name, the driver adds the name.
    fn row(&mut self, cells: &[Cell<'_>]) -> Result<Flow>;
}

/// A sink for statements whose rows nobody wants.
///
/// See [`Step`] for an example.
#[derive(Clone, Copy, Debug, Default)]
pub struct Discard;

impl Sink for Discard {
    fn row(&mut self, _: &[Cell<'_>]) -> Result<Flow> {
        Ok(Flow::Continue(()))
    }
}

/// A sink that hands each row to a closure.
///
/// ```
/// use rebis_core::Cell;
/// use rebis_driver::{Each, Flow, Sink};
///
/// let mut rows = 0;
/// let mut sink = Each(|_: &[Cell<'_>]| {
///     rows += 1;
///     Ok(Flow::Continue(()))
/// });
/// sink.row(&[Cell::Int(1)])?;
/// sink.row(&[Cell::Int(2)])?;
/// assert_eq!(rows, 2);
/// # Ok::<(), rebis_core::Error>(())
/// ```
pub struct Each<F>(pub F);

impl<F: FnMut(&[Cell<'_>]) -> Result<Flow> + Send> Sink for Each<F> {
    fn row(&mut self, cells: &[Cell<'_>]) -> Result<Flow> {
        (self.0)(cells)
    }
}

/// How many rows a step must affect, in all its repetitions together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Expect {
    /// Any number.
    #[default]
    Any,
    /// This many; another number is [`StaleRow`](rebis_core::ErrorKind::StaleRow) and stops the batch.
    Rows(u64),
}

/// One statement to run: what, with which parameters, to whom the rows go.
///
/// ```
/// use rebis_core::Binds;
/// use rebis_driver::{Discard, Expect, Step};
/// use rebis_sql::{Statement, StatementKind};
///
/// let delete = Statement::new("DELETE FROM users WHERE id = ?", StatementKind::Write);
/// let mut binds = Binds::new();
/// [4, 5].into_iter().for_each(|id| binds.int(id));
/// let mut nobody = Discard;
/// let step = Step { times: 2, expect: Expect::Rows(2), ..Step::new(&delete, &mut binds, &mut nobody) };
/// assert_eq!(step.binds.len() / step.times, 1); // each time with the next parameter
/// ```
pub struct Step<'b> {
    /// The statement.
    pub statement: &'b Statement,
    /// Its parameters; for several repetitions one row of parameters after the other. When the future is ready they
    /// are back as they were, also after an error.
    pub binds: &'b mut Binds,
    /// How many times the statement runs, each time with the next `binds.len() / times` parameters.
    pub times: usize,
    /// How many rows must be affected.
    pub expect: Expect,
    /// Takes the rows.
    pub to: &'b mut dyn Sink,
    /// Out: rows affected (inserted, matched by UPDATE, deleted), in all repetitions together.
    pub affected: u64,
    /// Out: the integer key that the database generated for the last inserted row, where it has such a notion.
    pub last_key: i64,
    /// Out: rows shown to the sink.
    pub rows: u64,
}

impl<'b> Step<'b> {
    /// One run of a statement whose affected rows are of no interest.
    pub fn new(statement: &'b Statement, binds: &'b mut Binds, to: &'b mut dyn Sink) -> Self {
        Step { statement, binds, times: 1, expect: Expect::Any, to, affected: 0, last_key: 0, rows: 0 }
    }

    /// The same step for another batch, with nothing told yet.
    pub fn again(&mut self) -> Step<'_> {
        let Step { statement, binds, times, expect, to, .. } = self;
        Step { times: *times, expect: *expect, ..Step::new(statement, binds, &mut **to) }
    }

    /// Takes over what another batch told.
    pub fn tell(&mut self, (affected, last_key, rows): (u64, i64, u64)) {
        (self.affected, self.last_key, self.rows) = (affected, last_key, rows);
    }

    /// What the batch has told: affected, last key, rows.
    pub fn told(&self) -> (u64, i64, u64) {
        (self.affected, self.last_key, self.rows)
    }
}

/// What the driver believes of its connection; never the server's word alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    /// No transaction.
    Idle,
    /// A transaction is open and well.
    InTransaction,
    /// A transaction is open, and the database has refused a statement in it: only ROLLBACK, to its beginning or to a
    /// savepoint, is of use.
    Aborted,
    /// A future was dropped before its last byte was read.
    InFlight,
    /// The connection is gone.
    Closed,
}

/// One connection to a database.
///
/// BEGIN, COMMIT, ROLLBACK and savepoints are steps like others; the driver knows them by
/// [`Statement::kind`] and keeps [`link`](Connection::link) in step. A COMMIT while the link is
/// [`Aborted`](Link::Aborted) is an error and is never sent.
///
/// In a transaction every error of the database aborts it, on each database alike: where the database itself would go
/// on, the driver refuses what follows, with [`TransactionAborted`](ErrorKind::TransactionAborted), until a ROLLBACK, or a
/// ROLLBACK TO a savepoint, after which the link is [`InTransaction`](Link::InTransaction) again. What the driver refuses
/// by itself (a wrong number of parameters, a BEGIN within a transaction) has not reached the database and changes
/// nothing.
///
/// A database that answers every statement with one row:
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/wait.rs"));
/// # fn main() -> rebis_core::Result<()> {
/// use rebis_core::{Binds, BoxFuture, Cell, Result};
/// use rebis_driver::{Connection, Driver, Each, Flow, Link, Step};
/// use rebis_sql::{Capabilities, Statement, StatementKind, dialect};
///
/// struct Seven;
///
/// impl Driver for Seven {
///     fn system(&self) -> &'static str {
///         "other_sql"
///     }
///     fn capabilities(&self) -> &'static Capabilities {
///         dialect::sqlite()
///     }
///     fn connect(&self) -> BoxFuture<'_, Result<Box<dyn Connection>>> {
///         Box::pin(async { Ok(Box::new(Open(Link::Idle)) as Box<dyn Connection>) })
///     }
/// }
///
/// struct Open(Link);
///
/// impl Connection for Open {
///     fn run<'a>(&'a mut self, batch: &'a mut [Step<'_>]) -> BoxFuture<'a, Result<()>> {
///         Box::pin(async move {
///             for step in batch {
///                 match step.statement.kind() {
///                     StatementKind::Begin => self.0 = Link::InTransaction,
///                     StatementKind::Commit | StatementKind::Rollback => self.0 = Link::Idle,
///                     _ => {
///                         step.to.row(&[Cell::Int(7)])?;
///                         step.rows += 1;
///                     }
///                 }
///             }
///             Ok(())
///         })
///     }
///     fn link(&self) -> Link {
///         self.0
///     }
///     fn heal(self: Box<Self>) -> BoxFuture<'static, Option<Box<dyn Connection>>> {
///         Box::pin(async { Some(Box::new(Open(Link::Idle)) as Box<dyn Connection>) })
///     }
/// }
///
/// let mut connection = block_on(Seven.connect())?;
/// let (query, mut binds) = (Statement::new("SELECT n FROM t", StatementKind::Read), Binds::new());
/// let mut sink = Each(|cells: &[Cell<'_>]| {
///     assert_eq!(cells, [Cell::Int(7)]);
///     Ok(Flow::Continue(()))
/// });
/// block_on(connection.run(&mut [Step::new(&query, &mut binds, &mut sink)]))?;
/// # Ok(())
/// # }
/// ```
pub trait Connection: Send {
    /// Runs the steps in order, in as few round trips as the database allows. Stops at the first error, which
    /// names its statement ([`Error::with_sql`]). Every answer is read to its end, also after an error or when a sink has enough.
    ///
    /// # Errors
    /// See the error contract in the description of this crate.
    ///
    /// # Cancel safety
    /// Dropping the future leaves the connection [`InFlight`](Link::InFlight): use [`heal`](Connection::heal).
    fn run<'a>(&'a mut self, batch: &'a mut [Step<'_>]) -> BoxFuture<'a, Result<()>>;

    /// The same for a placement that never waits; `None`: take [`run`](Connection::run).
    fn run_now(&mut self, _batch: &mut [Step<'_>]) -> Option<Result<()>> {
        None
    }

    /// How long the next batch may take, for a driver that sees to it by itself: then `true`, and a batch that takes longer
    /// is an error of the kind [`Timeout`](ErrorKind::Timeout). `false`: the caller drops the future when its time has come.
    fn limit(&mut self, _most: Duration) -> bool {
        false
    }

    /// What the driver believes.
    fn link(&self) -> Link;

    /// Makes a connection idle again after a dropped future or an abandoned transaction: waits for what is under
    /// way (or interrupts it), rolls back. `None` where that failed: the connection is closed.
    fn heal(self: Box<Self>) -> BoxFuture<'static, Option<Box<dyn Connection>>>;

    /// How far apart the keys are that one INSERT of several rows makes up, each above the one before, where
    /// [`Step::last_key`] tells the last of them. 0: they need not follow each other, or the last one is not told.
    fn key_step(&self) -> i64 {
        0
    }

    /// Whether statements have changed what the next borrower would meet: settings, temporary tables, locks that
    /// outlive a transaction. Such a connection is [`reset`](Connection::reset) before somebody else gets it.
    fn is_altered(&self) -> bool {
        false
    }

    /// Makes an idle connection as it was when it was opened.
    ///
    /// # Errors
    /// What the database says; the connection is then of no more use.
    fn reset(&mut self) -> BoxFuture<'_, Result<()>> {
        Box::pin(std::future::ready(Ok(())))
    }

    /// Forgets prepared statements, for instance after DDL of another kind made them useless.
    fn forget_statements(&mut self) {}

    /// The connection itself, if its driver has verbs besides the waist: see [`Lease`].
    fn own(&mut self) -> Option<&mut dyn Any> {
        None
    }
}

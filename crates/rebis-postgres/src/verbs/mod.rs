//! What only PostgreSQL has, as methods of connections and engines, of either face.
//!
//! * `copy`: rows in bulk, in and out.
//! * `cancel`: a token that interrupts a connection from elsewhere.
//! * `listen`: what other sessions say.
//! * `outcome`: what became of a COMMIT whose answer was lost.
//!
//! They stand on [`Lease`] and [`Drives`]; of pools and engines they know nothing. On another database they are errors
//! that name the way round.

mod cancel;
mod copy;
mod listen;
mod outcome;

pub use cancel::CancelToken;
pub use copy::CopyIn;
pub use listen::{Listener, Notification};
pub use outcome::Outcome;

use crate::{Postgres, Session};
use rebis_core::{BoxFuture, Error, Result};
use rebis_driver::{Awaited, Drives, Face, Flow, Lease, Lent};
use rebis_sql::build::Command;
use rebis_sql::{Capabilities, Statement, dialect};
use std::any::Any;
use std::panic::Location;

/// The answer of a verb on a connection: a future of a result, or the result.
type Done<'a, L, T> = <<L as Lease>::Face as Face>::Done<'a, T>;
/// The answer of a verb on an engine.
type Answer<E, T> = <<E as Drives>::Face as Face>::Done<'static, T>;

/// What a connection to PostgreSQL has besides. It is there on the connections and transactions of an engine, async or
/// blocking, and on a [`Session`] of this driver.
///
/// ```no_run
/// use rebis_engine::Engine;
/// use rebis_postgres::ConnectionExt;
///
/// # async fn load(engine: &Engine) -> rebis_core::Result<()> {
/// let mut conn = engine.connect().await?;
/// let mut copy = conn.copy_in("COPY users (id, name) FROM STDIN (FORMAT csv)").await?;
/// copy.send(b"1,alice\n2,bob\n").await?;
/// assert_eq!(copy.finish().await?, 2);
/// # Ok(())
/// # }
/// ```
pub trait ConnectionExt: Lease + Sized {
    /// Begins `COPY .. FROM STDIN`, for bytes in one of the forms that PostgreSQL has: text, CSV, binary.
    ///
    /// See [`ConnectionExt`] for an example.
    ///
    /// # Errors
    /// What the server says; [`InvalidStatement`](rebis_core::ErrorKind::InvalidStatement) if the text is no such COPY;
    /// [`Unsupported`](rebis_core::ErrorKind::Unsupported) on another database.
    ///
    /// # Cancel safety
    /// Dropped, as the [`CopyIn`] that it gives, nothing of the data stays: the connection is healed before it is used
    /// again. A transaction that was open is lost with it.
    #[track_caller]
    fn copy_in(&mut self, sql: &str) -> Done<'_, Self, CopyIn<'_, Self>> {
        copy::begin(self, sql, Location::caller())
    }

    /// Runs `COPY .. TO STDOUT` and hands each piece of data to a function; a piece is a row, or a part of the form.
    /// Gives the number of rows.
    ///
    /// ```no_run
    /// # use rebis_engine::{Engine, Flow};
    /// # use rebis_postgres::ConnectionExt;
    /// # async fn save(engine: &Engine) -> rebis_core::Result<()> {
    /// let mut csv = Vec::new();
    /// let take = |piece: &[u8]| {
    ///     csv.extend_from_slice(piece);
    ///     Ok(Flow::Continue(()))
    /// };
    /// engine.connect().await?.copy_out("COPY users TO STDOUT (FORMAT csv, HEADER)", take).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// What the server or the function says; the rest of the data is then read and thrown away.
    ///
    /// # Cancel safety
    /// As [`copy_in`](ConnectionExt::copy_in).
    #[track_caller]
    fn copy_out<'a>(
        &'a mut self,
        sql: &str,
        take: impl FnMut(&[u8]) -> Result<Flow> + Send + 'a,
    ) -> Done<'a, Self, u64> {
        copy::out(self, sql, take, Location::caller())
    }

    /// Writes the rows of an INSERT by COPY, which is the quickest way in. The same statement can be executed, here and
    /// on every other database. Gives the number of rows.
    ///
    /// ```no_run
    /// # use rebis_engine::Engine;
    /// # use rebis_postgres::ConnectionExt;
    /// # use rebis_sql::Command;
    /// # async fn load(engine: &Engine, insert: impl Command) -> rebis_core::Result<()> {
    /// // User.insert().rows(people.map(|(name, age)| User.new().name(name).age(age)))
    /// let n = engine.connect().await?.copy_rows(insert).await?; // COPY "users" ("name", "age") FROM STDIN
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As executing it; [`InvalidStatement`](rebis_core::ErrorKind::InvalidStatement) where it is no INSERT of plain rows, and where
    /// a column is left to its default in some of them: COPY leaves it in all, or in none.
    ///
    /// # Cancel safety
    /// As [`copy_in`](ConnectionExt::copy_in).
    #[track_caller]
    fn copy_rows(&mut self, insert: impl Command) -> Done<'_, Self, u64> {
        copy::rows(self, insert.into_request(), Location::caller())
    }

    /// A token that interrupts what runs on this connection, from another task or thread. It is of use until the
    /// connection goes back to its pool.
    ///
    /// ```no_run
    /// # use rebis_engine::Engine;
    /// # use rebis_postgres::ConnectionExt;
    /// # async fn race(engine: &Engine) -> rebis_core::Result<()> {
    /// let mut conn = engine.connect().await?;
    /// let token = conn.cancel_token()?;
    /// // elsewhere: token.cancel().await?
    /// let error = conn.execute_raw("SELECT pg_sleep(60)").await.expect_err("it was interrupted");
    /// assert_eq!(error.kind(), rebis_core::ErrorKind::Interrupted);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`ConnectionLost`](rebis_core::ErrorKind::ConnectionLost); [`Unsupported`](rebis_core::ErrorKind::Unsupported) on another database.
    fn cancel_token(&mut self) -> Result<CancelToken<Self::Face>> {
        own(self, CANCEL).map(|session| CancelToken::new(session.interrupts()))
    }
}

impl<L: Lease> ConnectionExt for L {}

/// What a PostgreSQL database has besides: on an engine, async or blocking, and on the driver.
///
/// ```no_run
/// use rebis_core::ErrorKind;
/// use rebis_engine::Engine;
/// use rebis_postgres::EngineExt;
///
/// # async fn look(order: i64) {}
/// # async fn work(engine: &Engine) -> rebis_core::Result<()> {
/// let mut news = engine.listen(["orders"]).await?;
/// loop {
///     match news.next().await {
///         Ok(order) => println!("{}: {}", order.channel, order.payload),
///         // Some may have been missed, but from now on it listens again.
///         Err(error) if error.kind() == ErrorKind::ConnectionLost => println!("looking at all orders"),
///         Err(error) => return Err(error),
///     }
/// }
/// # }
/// ```
pub trait EngineExt: Drives {
    /// Listens to channels, on a connection of its own beside the pool.
    ///
    /// See [`EngineExt`] for an example.
    ///
    /// # Errors
    /// What opening a connection gives, and what the server says; [`Unsupported`](rebis_core::ErrorKind::Unsupported) on another
    /// database.
    fn listen<C: Into<String>>(
        &self,
        channels: impl IntoIterator<Item = C>,
    ) -> Answer<Self, Listener<Self::Face>> {
        let channels = channels.into_iter().map(Into::into).collect();
        let driver = driver(self, LISTEN);
        Self::Face::done(Box::pin(async move { Listener::open(driver?, channels).await }))
    }

    /// Asks what became of the transaction whose COMMIT ended in this error, a
    /// [`CommitUnknown`](rebis_core::ErrorKind::CommitUnknown). The URL must say `commit_outcome=on`.
    ///
    /// ```no_run
    /// # use rebis_core::{Error, ErrorKind};
    /// # use rebis_engine::Engine;
    /// # use rebis_postgres::{EngineExt, Outcome};
    /// # async fn after(engine: &Engine, error: Error) -> rebis_core::Result<()> {
    /// if error.kind() == ErrorKind::CommitUnknown && engine.outcome(&error).await? == Outcome::RolledBack {
    ///     // run it again
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// What opening a connection gives, and what the server says; [`Unsupported`](rebis_core::ErrorKind::Unsupported) on another
    /// database.
    fn outcome(&self, error: &Error) -> Answer<Self, Outcome> {
        let (driver, number) = (driver(self, OUTCOME), outcome::number(error));
        Self::Face::done(Box::pin(async move { outcome::ask(driver?, number).await }))
    }
}

impl<E: Drives> EngineExt for E {}

impl Lease for Session {
    type Face = Awaited;

    fn own(&mut self) -> Option<&mut dyn Any> {
        Some(self)
    }

    fn capabilities(&self) -> &'static Capabilities {
        dialect::postgres()
    }

    fn lend(&mut self, site: &'static Location<'static>) -> BoxFuture<'_, Result<Lent>> {
        Box::pin(std::future::ready(Ok(Lent { site, since: None })))
    }

    fn returned(&mut self, lent: Lent, statement: &Statement, rows: Result<u64>) -> Result<u64> {
        rows.map_err(|error| error.with_sql(statement.shared_sql()).with_site(lent.site))
    }
}

/// A verb, and what to do where it is not.
#[derive(Clone, Copy)]
struct Verb(&'static str, &'static str);

const COPY: Verb = Verb("COPY", "insert several rows with one statement: `execute(User.insert().rows(..))`");
const CANCEL: Verb = Verb("token that interrupts a statement", "drop the future of the statement");
const LISTEN: Verb = Verb("LISTEN", "write what happens into a table, and read it from time to time");
const OUTCOME: Verb =
    Verb("record of what became of a COMMIT", "look whether the rows are there before you run it again");

/// The connection as this driver's.
fn own<L: Lease>(lease: &mut L, verb: Verb) -> Result<&mut Session> {
    let database = lease.capabilities().name;
    match lease.own() {
        Some(own) => own.downcast_mut().ok_or_else(|| other(database, verb)),
        None if database == dialect::postgres().name => Err(crate::session::gone()),
        None => Err(other(database, verb)),
    }
}

/// The driver as this one.
fn driver<E: Drives + ?Sized>(engine: &E, verb: Verb) -> Result<Postgres> {
    let own = engine.own().and_then(|own| own.downcast_ref::<Postgres>());
    own.cloned().ok_or_else(|| other(engine.database(), verb))
}

#[cold]
fn other(database: &str, Verb(what, instead): Verb) -> Error {
    Error::unsupported(format!("{database} has no {what}"), instead)
}

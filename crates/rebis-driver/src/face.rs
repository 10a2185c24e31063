//! What a driver has besides the waist, for those above it: verbs that one database alone knows.
//!
//! The waist stays narrow. A [`Connection`](crate::Connection) can be asked for itself by type
//! ([`own`](crate::Connection::own)); whoever holds one on lease lends it out ([`Lease`]). A driver's crate writes its
//! verbs once over any lease, and the [`Face`] of the lease says how they answer: with a future, or with the result.

use crate::Driver;
use rebis_core::{BoxFuture, Result};
use rebis_sql::{Capabilities, Statement};
use std::any::Any;
use std::panic::Location;
use std::time::Instant;

/// How verbs answer.
pub trait Face: Send + Sync + 'static {
    /// A future of a result, or the result.
    type Done<'a, T: Send + 'a>;

    /// The answer of work that has not begun.
    fn done<'a, T: Send + 'a>(work: BoxFuture<'a, Result<T>>) -> Self::Done<'a, T>;
}

/// Answers are futures.
#[derive(Clone, Copy, Debug)]
pub enum Awaited {}

impl Face for Awaited {
    type Done<'a, T: Send + 'a> = BoxFuture<'a, Result<T>>;

    fn done<'a, T: Send + 'a>(work: BoxFuture<'a, Result<T>>) -> BoxFuture<'a, Result<T>> {
        work
    }
}

/// Since when a connection is lent out, and for which place in the program.
#[derive(Clone, Copy, Debug)]
pub struct Lent {
    /// The call.
    pub site: &'static Location<'static>,
    /// If anybody wants to know how long it takes.
    pub since: Option<Instant>,
}

/// Somebody who holds a connection and lends it to the verbs of its driver: a connection of an engine, of the async or
/// of the blocking face, or a driver's connection that stands alone.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/wait.rs"));
/// # fn main() -> rebis_core::Result<()> {
/// use rebis_core::{BoxFuture, Result};
/// use rebis_driver::{Awaited, Lease, Lent};
/// use rebis_sql::{Capabilities, Statement, StatementKind};
/// use std::any::Any;
///
/// /// A connection that counts, and nothing else.
/// #[derive(Default)]
/// struct Counter(u64);
///
/// struct Held(Counter);
///
/// impl Lease for Held {
///     type Face = Awaited;
///     fn own(&mut self) -> Option<&mut dyn Any> {
///         Some(&mut self.0)
///     }
///     fn capabilities(&self) -> &'static Capabilities {
///         rebis_sql::dialect::sqlite()
///     }
///     fn lend(&mut self, site: &'static std::panic::Location<'static>) -> BoxFuture<'_, Result<Lent>> {
///         Box::pin(std::future::ready(Ok(Lent { site, since: None })))
///     }
///     fn returned(&mut self, _: Lent, _: &Statement, rows: Result<u64>) -> Result<u64> {
///         rows
///     }
/// }
///
/// // A verb of the driver, over any lease.
/// async fn count(lease: &mut impl Lease) -> Result<u64> {
///     let lent = lease.lend(std::panic::Location::caller()).await?;
///     let counter = lease.own().and_then(|own| own.downcast_mut::<Counter>());
///     let rows = counter.map_or(0, |counter| {
///         counter.0 += 1;
///         counter.0
///     });
///     lease.returned(lent, &Statement::once("COUNT", StatementKind::Read), Ok(rows))
/// }
/// assert_eq!(block_on(count(&mut Held(Counter(1))))?, 2);
/// # Ok(())
/// # }
/// ```
pub trait Lease: Send {
    /// How verbs on it answer.
    type Face: Face;

    /// The connection as its driver knows it: [`Connection::own`](crate::Connection::own).
    fn own(&mut self) -> Option<&mut dyn Any>;

    /// What its database can do, and which schemas stand in place of others.
    fn capabilities(&self) -> &'static Capabilities;

    /// Brings the connection to rest and lends it out. Until it is [`returned`](Lease::returned) it counts as one whose
    /// future was dropped: it is healed before anything else runs on it.
    ///
    /// # Errors
    /// What bringing it to rest gives; that its transaction is lost.
    fn lend(&mut self, site: &'static Location<'static>) -> BoxFuture<'_, Result<Lent>>;

    /// Takes it back. What was run is counted and told as any statement is: this one, for so many rows.
    ///
    /// # Errors
    /// The error that is given, with statement and call site.
    fn returned(&mut self, lent: Lent, statement: &Statement, rows: Result<u64>) -> Result<u64>;
}

/// Somebody who has a driver: an engine, or the driver itself.
///
/// See [`Lease`].
pub trait Drives {
    /// How its verbs answer.
    type Face: Face;

    /// The driver as it knows itself: [`Driver::own`].
    fn own(&self) -> Option<&dyn Any>;

    /// What the database is called in messages.
    fn database(&self) -> &'static str;
}

impl<D: Driver> Drives for D {
    type Face = Awaited;

    fn own(&self) -> Option<&dyn Any> {
        Driver::own(self)
    }

    fn database(&self) -> &'static str {
        self.capabilities().name
    }
}

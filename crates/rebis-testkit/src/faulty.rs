//! A driver around another one that fails where a test says so, and counts what goes by.
//!
//! ```
//! use rebis_core::ErrorKind;
//! use rebis_engine::{Engine, EngineOptions, block_on};
//! use rebis_testkit::faulty::{Fault, Faulty};
//! use std::sync::Arc;
//!
//! let driver = Faulty::new(rebis_sqlite::Sqlite::memory());
//! let faults = driver.faults();
//! let engine = Engine::new_with(Arc::new(driver), "sqlite://".parse()?, EngineOptions::new());
//!
//! let mut conn = block_on(engine.connect())?;
//! block_on(conn.execute_raw("CREATE TABLE t (x)"))?;
//! faults.add(Fault::new(ErrorKind::DiskFull).on(|statement| statement.sql().starts_with("INSERT")).nth(2));
//! block_on(conn.execute_raw("INSERT INTO t VALUES (1)"))?;
//! let error = block_on(conn.execute_raw("INSERT INTO t VALUES (2)")).unwrap_err();
//! assert_eq!(error.kind(), ErrorKind::DiskFull);
//! block_on(conn.execute_raw("INSERT INTO t VALUES (2)"))?; // a fault happens once
//! assert_eq!(faults.counts().statements, 4);
//! # Ok::<(), rebis_core::Error>(())
//! ```

use rebis_core::{Binds, BoxFuture, Error, ErrorKind, Result};
use rebis_driver::{Connection, Driver, Expect, Isolation, IsolationLevel, Link, Step};
use rebis_sql::{Capabilities, Statement, StatementKind};
use std::any::Any;
use std::fmt;
use std::ops::Sub;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A driver that passes everything on to another one, except what a [`Fault`] says.
pub struct Faulty {
    inner: Arc<dyn Driver>,
    faults: Faults,
}

impl Faulty {
    /// Around a driver; without faults it changes nothing.
    pub fn new(driver: impl Driver) -> Faulty {
        Faulty { inner: Arc::new(driver), faults: Faults::default() }
    }

    /// The faults of all its connections, to be kept when the driver goes into an engine.
    pub fn faults(&self) -> Faults {
        self.faults.clone()
    }
}

impl fmt::Debug for Faulty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Faulty").field("faults", &self.faults).finish_non_exhaustive()
    }
}

/// What fails, when and how. Happens once.
pub struct Fault {
    kind: ErrorKind,
    matches: Box<dyn Fn(&Statement) -> bool + Send>,
    left: usize,
    effect: Effect,
    after: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Effect {
    Statement,
    Transaction,
    Connection,
}

impl Fault {
    /// The next statement fails with this kind, and is not sent. The transaction stays as it is.
    pub fn new(kind: ErrorKind) -> Fault {
        Fault { kind, matches: Box::new(|_| true), left: 1, effect: Effect::Statement, after: false }
    }

    /// Counts only statements of which this holds.
    #[must_use]
    pub fn on(mut self, matches: impl Fn(&Statement) -> bool + Send + 'static) -> Fault {
        self.matches = Box::new(matches);
        self
    }

    /// Fails at the n-th such statement, counted from 1. A step that runs several times is as many statements.
    #[must_use]
    pub fn nth(mut self, n: usize) -> Fault {
        self.left = n.max(1);
        self
    }

    /// The transaction is aborted by it: until its rollback every statement is an error, COMMIT too.
    #[must_use]
    pub fn aborting(mut self) -> Fault {
        self.effect = Effect::Transaction;
        self
    }

    /// The connection is lost by it. The database rolls back what was open.
    #[must_use]
    pub fn disconnecting(mut self) -> Fault {
        self.effect = Effect::Connection;
        self
    }

    /// The statement is sent and done, and only its answer is lost: what a connection that breaks during COMMIT
    /// looks like.
    #[must_use]
    pub fn after(mut self) -> Fault {
        self.after = true;
        self
    }
}

impl fmt::Debug for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fault")
            .field("kind", &self.kind)
            .field("left", &self.left)
            .field("effect", &self.effect)
            .field("after", &self.after)
            .finish_non_exhaustive()
    }
}

/// What a [`Faulty`] driver has passed on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counts {
    /// Statements, a step that runs several times counted as many times. The one that failed is counted.
    pub statements: usize,
    /// Batches.
    pub round_trips: usize,
    /// Faults that have happened.
    pub faults: usize,
}

impl Sub for Counts {
    type Output = Counts;

    /// What came between two readings.
    fn sub(self, before: Counts) -> Counts {
        Counts {
            statements: self.statements - before.statements,
            round_trips: self.round_trips - before.round_trips,
            faults: self.faults - before.faults,
        }
    }
}

#[derive(Debug, Default)]
struct State {
    waiting: Vec<Fault>,
    counts: Counts,
}

/// The faults of a driver: what will fail, and what has gone by. Clones are the same.
#[derive(Clone, Debug, Default)]
pub struct Faults(Arc<Mutex<State>>);

impl Faults {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on this will happen, once. It counts statements from here.
    pub fn add(&self, fault: Fault) {
        self.state().waiting.push(fault);
    }

    /// Takes back what has not happened yet.
    pub fn clear(&self) {
        self.state().waiting.clear();
    }

    /// What has gone by.
    pub fn counts(&self) -> Counts {
        self.state().counts
    }

    /// Counts one statement. The fault that happens at it, if one does.
    fn meets(&self, statement: &Statement) -> Option<Fault> {
        let mut state = self.state();
        state.counts.statements += 1;
        let mut happens = None;
        for (index, fault) in state.waiting.iter_mut().enumerate() {
            if (fault.matches)(statement) {
                fault.left -= 1;
                if fault.left == 0 {
                    happens = Some(index);
                    break;
                }
            }
        }
        let fault = state.waiting.remove(happens?);
        state.counts.faults += 1;
        Some(fault)
    }

    /// Counts the statements of a batch. The step, and its repetition, at which a fault happens.
    fn look(&self, batch: &[Step<'_>]) -> Option<(usize, usize, Fault)> {
        self.state().counts.round_trips += 1;
        for (index, step) in batch.iter().enumerate() {
            for run in 0..step.times {
                if let Some(fault) = self.meets(step.statement) {
                    return Some((index, run + usize::from(fault.after), fault));
                }
            }
        }
        None
    }
}

impl Driver for Faulty {
    fn system(&self) -> &'static str {
        self.inner.system()
    }

    fn capabilities(&self) -> &'static Capabilities {
        self.inner.capabilities()
    }

    fn connect(&self) -> BoxFuture<'_, Result<Box<dyn Connection>>> {
        Box::pin(async move {
            let inner = Some(self.inner.connect().await?);
            Ok(Box::new(Wire { inner, faults: self.faults.clone(), aborted: false }) as Box<dyn Connection>)
        })
    }

    fn isolation(&self, level: IsolationLevel) -> Result<Isolation> {
        self.inner.isolation(level)
    }

    fn own(&self) -> Option<&dyn Any> {
        Driver::own(&*self.inner)
    }
}

struct Wire {
    /// `None` once a fault has cut it.
    inner: Option<Box<dyn Connection>>,
    faults: Faults,
    aborted: bool,
}

impl Wire {
    /// What is an error before anything is sent: the connection is lost, or the transaction aborted.
    fn refuses(&mut self, batch: &[Step<'_>]) -> Option<Error> {
        if self.inner.is_none() {
            return Some(lost());
        }
        let first = batch.first()?;
        match first.statement.kind() {
            StatementKind::Rollback | StatementKind::RollbackTo => {
                self.aborted = false;
                None
            }
            _ if self.aborted => Some(aborted().with_sql(first.statement.shared_sql())),
            _ => None,
        }
    }

    /// The error of a fault, and what it does to the connection.
    fn happens(&mut self, fault: &Fault, statement: &Statement) -> Error {
        let error = Error::new(fault.kind, "a fault of the test").with_sql(statement.shared_sql());
        match fault.effect {
            Effect::Statement => error,
            Effect::Transaction => {
                self.aborted = self.link() == Link::InTransaction;
                error
            }
            Effect::Connection => {
                // Closing rolls back.
                self.inner = None;
                error.with_disconnect()
            }
        }
    }
}

/// The first repetitions of a step.
fn shortened<'s>(step: &'s mut Step<'_>, times: usize, binds: &'s mut Binds) -> Step<'s> {
    let share = step.binds.len().checked_div(step.times).unwrap_or(0);
    step.binds.iter().take(share * times).for_each(|cell| binds.push(cell));
    Step { times, expect: Expect::Any, ..Step::new(step.statement, binds, &mut *step.to) }
}

impl Connection for Wire {
    fn run<'a>(&'a mut self, batch: &'a mut [Step<'_>]) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            if let Some(error) = self.refuses(batch) {
                return Err(error);
            }
            let Some((index, runs, fault)) = self.faults.look(batch) else {
                return self.inner.as_mut().ok_or_else(lost)?.run(batch).await;
            };
            let (before, from) = batch.split_at_mut(index);
            let statement = from[0].statement;
            let inner = self.inner.as_mut().ok_or_else(lost)?;
            inner.run(before).await?;
            if runs > 0 {
                let mut binds = Binds::new();
                inner.run(&mut [shortened(&mut from[0], runs, &mut binds)]).await?;
            }
            Err(self.happens(&fault, statement))
        })
    }

    fn run_now(&mut self, batch: &mut [Step<'_>]) -> Option<Result<()>> {
        // Whether it answers at once it says of an empty batch too.
        if let Some(inner) = &mut self.inner {
            inner.run_now(&mut [])?.ok();
        }
        if let Some(error) = self.refuses(batch) {
            return Some(Err(error));
        }
        let inner = self.inner.as_mut()?;
        let Some((index, runs, fault)) = self.faults.look(batch) else { return inner.run_now(batch) };
        let (before, from) = batch.split_at_mut(index);
        let statement = from[0].statement;
        let mut binds = Binds::new();
        let sent = match inner.run_now(before)? {
            Ok(()) if runs == 0 => Ok(()),
            Ok(()) => inner.run_now(&mut [shortened(&mut from[0], runs, &mut binds)])?,
            Err(error) => Err(error),
        };
        Some(sent.and_then(|()| Err(self.happens(&fault, statement))))
    }

    fn link(&self) -> Link {
        match &self.inner {
            None => Link::Closed,
            Some(inner) => match inner.link() {
                Link::InTransaction if self.aborted => Link::Aborted,
                link => link,
            },
        }
    }

    fn heal(mut self: Box<Self>) -> BoxFuture<'static, Option<Box<dyn Connection>>> {
        Box::pin(async move {
            self.inner = Some(self.inner.take()?.heal().await?);
            self.aborted = false;
            Some(self as Box<dyn Connection>)
        })
    }

    fn is_altered(&self) -> bool {
        self.inner.as_ref().is_some_and(|inner| inner.is_altered())
    }

    fn reset(&mut self) -> BoxFuture<'_, Result<()>> {
        Box::pin(async move { self.inner.as_mut().ok_or_else(lost)?.reset().await })
    }

    fn forget_statements(&mut self) {
        if let Some(inner) = &mut self.inner {
            inner.forget_statements();
        }
    }

    fn own(&mut self) -> Option<&mut dyn Any> {
        Connection::own(&mut **self.inner.as_mut()?)
    }
}

#[cold]
fn lost() -> Error {
    Error::new(ErrorKind::ConnectionLost, "the connection was lost by a fault of the test").with_disconnect()
}

#[cold]
fn aborted() -> Error {
    Error::new(ErrorKind::TransactionAborted, "the transaction was aborted by a fault of the test")
        .with_help("roll back, then run the whole transaction again")
}

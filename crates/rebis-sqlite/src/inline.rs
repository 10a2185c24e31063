//! A connection on the caller's thread: it answers at once and never waits for another thread.

use crate::bind;
use crate::error::{self, Failure};
use crate::held::Held;
use crate::home::Home;
use crate::rows::{self, Reading};
use crate::statements::Statements;
use crate::text;
use crate::turns::Turns;
use rebis_core::{BoxFuture, Error, ErrorKind, Result};
use rebis_driver::{Connection, Expect, Link, Step};
use rebis_sql::{Statement, StatementKind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// One SQLite connection, its statements and what it believes of its transaction.
pub(crate) struct Inline {
    held: Held,
    link: Link,
    /// Whether something stays behind that the next borrower would meet.
    altered: bool,
    path: Arc<str>,
    clock: Arc<Clock>,
    turn: Turn,
    /// Where the connection goes in the end.
    home: Option<Arc<Home>>,
}

impl Drop for Inline {
    fn drop(&mut self) {
        if let Some(home) = &self.home {
            home.put(self.held.leave());
        }
    }
}

/// Its place among those who write.
struct Turn {
    turns: Arc<Turns>,
    /// How long it waits for its turn.
    patience: Duration,
    is_mine: bool,
}

impl Turn {
    #[inline]
    fn is_over(&mut self) {
        if self.is_mine {
            self.is_mine = false;
            self.turns.pass_on();
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.is_over();
    }
}

impl Inline {
    /// Takes an open connection, set up. `path` is for messages; transactions that will write queue up in `turns`, so long
    /// as `patience`.
    pub(crate) fn new(
        mut connection: rusqlite::Connection,
        statements: usize,
        path: Arc<str>,
        turns: Arc<Turns>,
        patience: Duration,
    ) -> Self {
        let clock = Arc::new(Clock::default());
        let seen = clock.clone();
        // What cannot be set is a connection that somebody else owns, and this one is ours.
        let _ = rusqlite::Connection::progress_handler(
            &mut connection,
            Clock::STEPS,
            Some(move || seen.is_over()),
        );
        let turn = Turn { turns, patience, is_mine: false };
        Inline {
            held: Held::new(connection, statements),
            link: Link::Idle,
            altered: false,
            path,
            clock,
            turn,
            home: None,
        }
    }

    /// The connection goes there in the end.
    pub(crate) fn with_home(mut self, home: Option<Arc<Home>>) -> Self {
        self.home = home;
        self
    }

    /// Waits for the turn to write.
    #[cold]
    fn take_turn(&mut self) -> bool {
        self.turn.is_mine = self.turn.is_mine || self.turn.turns.take(self.turn.patience);
        self.turn.is_mine
    }

    /// Runs one step.
    #[inline]
    pub(crate) fn step(&mut self, step: &mut Step<'_>) -> Result<()> {
        let kind = step.statement.kind();
        self.altered |= text::alters(step.statement);
        if (kind == StatementKind::Rollback || self.link == Link::Aborted)
            && let Some(answer) = self.without_sending(kind)
        {
            return answer.map_err(|e| e.with_sql(step.statement.shared_sql()));
        }
        let begins_to_write = kind == StatementKind::Begin && text::begins_to_write(step.statement);
        // Who has waited in vain does not wait once more for SQLite's own lock.
        let impatient = begins_to_write && !self.take_turn();
        let patience = self.turn.patience;
        let (result, autocommit) = self.held.with(|connection, statements| {
            if impatient {
                let _ = connection.busy_timeout(Duration::ZERO);
            }
            let result = execute(connection, statements, step);
            if impatient {
                let _ = connection.busy_timeout(patience);
            }
            (result, connection.is_autocommit())
        });
        if autocommit {
            self.turn.is_over();
        }
        match result {
            Ok(()) => {
                self.link = if autocommit { Link::Idle } else { Link::InTransaction };
                Ok(())
            }
            Err(failure) => Err(self.failed(failure, autocommit, step.statement)),
        }
    }

    /// Steps that need not or must not reach SQLite.
    #[cold]
    fn without_sending(&mut self, kind: StatementKind) -> Option<Result<()>> {
        let over = self.held.with(|connection, _| connection.is_autocommit());
        match kind {
            StatementKind::Rollback if over => {
                // SQLite has rolled back by itself, or there was nothing to roll back.
                self.link = Link::Idle;
                Some(Ok(()))
            }
            StatementKind::Rollback => None,
            StatementKind::RollbackTo if !over => None,
            _ => Some(Err(aborted())),
        }
    }

    /// A transaction in which SQLite has refused a statement is aborted, as it is on every database, although SQLite
    /// itself would go on: a COMMIT is not to keep half of what the program meant. After some errors (disk full, I/O,
    /// out of memory, an interrupted write) SQLite has rolled back by itself, and what the program then sends would be
    /// committed one by one.
    #[cold]
    fn failed(&mut self, failure: Failure, autocommit: bool, statement: &Statement) -> Error {
        let is_refused = !matches!(failure, Failure::Ours(_)) && statement.kind() != StatementKind::Begin;
        self.link = match (self.link, autocommit) {
            (Link::Idle, true) => Link::Idle,
            (_, true) if statement.kind() == StatementKind::Rollback => Link::Idle,
            (_, true) => Link::Aborted,
            (Link::Aborted, false) => Link::Aborted,
            (_, false) if is_refused => Link::Aborted,
            (_, false) => Link::InTransaction,
        };
        failure.into_error(&self.path).with_sql(statement.shared_sql())
    }

    /// For an interrupt from another thread.
    pub(crate) fn interrupt_handle(&mut self) -> rusqlite::InterruptHandle {
        self.held.with(|connection, _| connection.get_interrupt_handle())
    }

    /// Whether SQLite has a transaction open is the only question; nothing can be under way here.
    pub(crate) fn roll_back(&mut self) -> Result<()> {
        let path = self.path.clone();
        let result = self.held.with(|connection, _| {
            if connection.is_autocommit() { Ok(()) } else { connection.execute_batch("ROLLBACK") }
        });
        self.link = Link::Idle;
        self.turn.is_over();
        result.map_err(|e| error::from_native(e, &path))
    }

    fn batch(&mut self, batch: &mut [Step<'_>]) -> Result<()> {
        let result = batch.iter_mut().try_for_each(|step| self.step(step));
        let limit = self.clock.stop();
        match result {
            Err(error) if error.kind() == ErrorKind::Interrupted => Err(limit.map_or(error, timed_out)),
            result => result,
        }
    }
}

/// How long a batch may take. SQLite asks while it works.
#[derive(Default)]
struct Clock {
    /// Whether there is a limit: looked at far more often than what it is.
    runs: AtomicBool,
    limit: Mutex<Option<(Duration, Instant)>>,
}

impl Clock {
    /// So many steps of SQLite's machine lie between two questions: some microseconds.
    const STEPS: i32 = 4096;

    fn limit(&self) -> MutexGuard<'_, Option<(Duration, Instant)>> {
        self.limit.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn start(&self, most: Duration) {
        *self.limit() = Some((most, Instant::now()));
        self.runs.store(true, Ordering::Relaxed);
    }

    fn is_over(&self) -> bool {
        self.runs.load(Ordering::Relaxed) && self.limit().is_some_and(|(most, since)| since.elapsed() >= most)
    }

    /// The limit there was.
    fn stop(&self) -> Option<Duration> {
        if !self.runs.load(Ordering::Relaxed) {
            return None;
        }
        self.runs.store(false, Ordering::Relaxed);
        self.limit().take().map(|(most, _)| most)
    }
}

#[cold]
fn timed_out(most: Duration) -> Error {
    Error::new(ErrorKind::Timeout, format!("the statement took longer than {most:?}, and was interrupted"))
        .with_help("`explain` shows why it takes long; `.timeout(..)` on the statement gives it more time")
}

/// Opening a connection anew costs less than finding out what was changed.
#[cold]
pub(crate) fn altered() -> Error {
    Error::new(ErrorKind::ConnectionLost, "the connection was given other settings, and is closed")
}

#[cold]
fn aborted() -> Error {
    Error::new(ErrorKind::TransactionAborted, "the transaction failed earlier, and can only be rolled back")
        .with_help("roll back, to its beginning or to a savepoint set before the error, then run it again")
}

#[inline]
fn execute<'c>(
    connection: &'c rusqlite::Connection,
    statements: &mut Statements<'c>,
    step: &mut Step<'_>,
) -> Result<(), Failure> {
    if statements.keeps(step.statement) {
        let prepared = statements.get(connection, step.statement).map_err(Failure::Unprepared)?;
        drive(connection, prepared, step)
    } else {
        let mut prepared = connection.prepare(step.statement.sql()).map_err(Failure::Unprepared)?;
        drive(connection, &mut prepared, step)
    }
}

fn drive(
    connection: &rusqlite::Connection,
    prepared: &mut rusqlite::Statement<'_>,
    step: &mut Step<'_>,
) -> Result<(), Failure> {
    let each = bind::share(step.binds, step.times, prepared.parameter_count())?;
    let counted = step.statement.kind() == StatementKind::Write;
    (step.affected, step.rows) = (0, 0);
    for run in 0..step.times {
        bind::bind(prepared, step.binds, run * each, each)?;
        // `changes` keeps the number of an earlier statement where this one changes nothing (DDL, PRAGMA).
        let before = if counted { connection.total_changes() } else { 0 };
        let reading = Reading { first: run == 0, to_end: step.statement.kind() != StatementKind::Read };
        step.rows += rows::show(prepared, step.to, reading)?;
        if counted && connection.total_changes() != before {
            step.affected += connection.changes();
            step.last_key = connection.last_insert_rowid();
        }
    }
    bind::unbind(prepared, step.binds);
    match step.expect {
        Expect::Any => Ok(()),
        Expect::Rows(expected) if expected == step.affected => Ok(()),
        Expect::Rows(expected) => Err(Failure::Ours(stale(expected, step.affected))),
    }
}

#[cold]
fn stale(expected: u64, found: u64) -> Error {
    Error::new(
        ErrorKind::StaleRow,
        format!(
            "{expected} {} to be affected, {found} were",
            if expected == 1 { "row was" } else { "rows were" }
        ),
    )
    .with_help("somebody else changed or deleted the rest: roll back, load the rows again and decide anew")
}

impl Connection for Inline {
    fn run<'a>(&'a mut self, batch: &'a mut [Step<'_>]) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move { self.batch(batch) })
    }

    #[inline]
    fn run_now(&mut self, batch: &mut [Step<'_>]) -> Option<Result<()>> {
        Some(self.batch(batch))
    }

    fn limit(&mut self, most: Duration) -> bool {
        self.clock.start(most);
        true
    }

    fn link(&self) -> Link {
        self.link
    }

    fn heal(mut self: Box<Self>) -> BoxFuture<'static, Option<Box<dyn Connection>>> {
        let healed = self.roll_back().is_ok();
        Box::pin(std::future::ready(healed.then_some(self as Box<dyn Connection>)))
    }

    fn is_altered(&self) -> bool {
        self.altered
    }

    fn reset(&mut self) -> BoxFuture<'_, Result<()>> {
        Box::pin(std::future::ready(Err(altered())))
    }

    fn forget_statements(&mut self) {
        self.held.with(|_, statements| statements.clear());
    }
}

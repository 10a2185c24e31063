//! The connection of a session: taken when first needed, given back clean.

use rebis_core::{Binds, Error, ErrorKind, Result};
use rebis_driver::{Discard, IsolationLevel, Step};
use rebis_engine::{Connection, Engine, ExecutionOptions};
use rebis_sql::{Capabilities, Statement, StatementKind};
use std::panic::Location;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

type Site = &'static Location<'static>;

/// How a session behaves.
///
/// ```
/// # use rebis_orm_doc::*;
/// # fn main() -> rebis::Result<()> {
/// # run(async |db, alice, hello| {
/// use rebis::{IsolationLevel, SessionOptions};
/// let options = SessionOptions::new().autoflush(false).isolation(IsolationLevel::Serializable);
/// let sessions = db.engine().sessions(options.will_write(true));
/// let mut job = sessions.session();
/// job.add(User.new().username("bob"));
/// assert_eq!(job.count(User).await?, 1); // bob is not in the database yet
/// # Ok(())
/// # })
/// # }
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct SessionOptions {
    /// Whether pending changes are written before a query that reads their tables. On by default.
    pub autoflush: bool,
    /// Whether `load` of one object's relation loads it for all objects of the same result. On by default.
    pub batch_siblings: bool,
    /// Whether its transactions are begun as ones that will write, also where they read first. Off by default: then
    /// only a transaction whose first statement writes is. On a database with one writer (SQLite), reading first and
    /// writing later fails at once if somebody else wrote in between; a session that is known to write avoids that.
    pub will_write: bool,
    /// The isolation of its transactions; the database's own without one.
    pub isolation: Option<IsolationLevel>,
}

impl Default for SessionOptions {
    fn default() -> Self {
        SessionOptions { autoflush: true, batch_siblings: true, will_write: false, isolation: None }
    }
}

impl SessionOptions {
    /// The default options.
    pub fn new() -> Self {
        SessionOptions::default()
    }

    /// Switches autoflush.
    #[must_use]
    pub fn autoflush(mut self, on: bool) -> Self {
        self.autoflush = on;
        self
    }

    /// Switches loading for all siblings at once.
    #[must_use]
    pub fn batch_siblings(mut self, on: bool) -> Self {
        self.batch_siblings = on;
        self
    }

    /// Says that its transactions will write.
    #[must_use]
    pub fn will_write(mut self, on: bool) -> Self {
        self.will_write = on;
        self
    }

    /// Sets the isolation of transactions.
    #[must_use]
    pub fn isolation(mut self, level: IsolationLevel) -> Self {
        self.isolation = Some(level);
        self
    }
}

/// Connection, transaction and savepoints of a session.
pub(crate) struct Io {
    engine: Engine,
    /// Reached by `&mut` alone; the mutex is what makes a session `Sync`, and is never locked.
    connection: Mutex<Option<Connection>>,
    options: SessionOptions,
    /// A transaction begins with the next statement, and whether it will write: BEGIN rides along.
    due: Option<bool>,
    /// The epoch in which the transaction began, as far as the objects are concerned.
    begun_in: u32,
    /// Savepoints: name, and the epoch that each began.
    savepoints: Vec<(String, u32)>,
    names: u64,
    /// Why nothing can be run before a rollback.
    broken: Option<String>,
    /// A savepoint to go back to before the next statement: its guard was dropped.
    owed: Option<String>,
    /// How long each statement of the query that runs may take, if that is something else than the options say.
    pub(super) limit: Option<Duration>,
}

impl Io {
    pub(super) fn new(engine: Engine, options: SessionOptions, epoch: u32) -> Self {
        Io {
            engine,
            connection: Mutex::new(None),
            options,
            due: None,
            begun_in: epoch,
            savepoints: Vec::new(),
            names: 0,
            broken: None,
            owed: None,
            limit: None,
        }
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.engine
    }

    pub(crate) fn capabilities(&self) -> &'static Capabilities {
        self.engine.capabilities()
    }

    pub(super) fn options(&self) -> SessionOptions {
        self.options
    }

    pub(super) fn set_execution(&mut self, options: ExecutionOptions) {
        self.engine = self.engine.with_execution(options.clone());
        if let Some(connection) = self.slot() {
            connection.set_execution(options);
        }
    }

    pub(super) fn set_autoflush(&mut self, on: bool) -> bool {
        std::mem::replace(&mut self.options.autoflush, on)
    }

    pub(super) fn begun_in(&self) -> u32 {
        self.begun_in
    }

    fn slot(&mut self) -> &mut Option<Connection> {
        self.connection.get_mut().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn in_transaction(&mut self) -> bool {
        self.due.is_some() || self.slot().as_ref().is_some_and(Connection::in_transaction)
    }

    /// The statement with this text.
    pub(crate) fn statement(&mut self, text: &str, kind: StatementKind) -> Statement {
        match self.slot() {
            Some(connection) => connection.statement(text, kind),
            None => self.engine.statement(text, kind),
        }
    }

    /// Says what looks wrong with a statement, or refuses it.
    #[inline]
    pub(crate) fn check_doubt(&self, doubt: Option<&'static str>, statement: &str, site: Site) -> Result<()> {
        self.engine.check_doubt(doubt, statement).map_err(|e| e.with_site(site))
    }

    /// Whether anything can be run.
    pub(crate) fn check_usable(&self) -> Result<()> {
        match &self.broken {
            None => Ok(()),
            Some(reason) => Err(Error::new(
                ErrorKind::InvalidState,
                format!("an earlier flush failed and its transaction is rolled back: {reason}"),
            )
            .with_help("call `rollback()`; new objects can be put back with `add_again`")),
        }
    }

    /// Takes a connection and begins a transaction, unless that is done.
    pub(crate) async fn begin(&mut self, write: bool, site: Site) -> Result<()> {
        self.check_usable()?;
        let isolation = self.options.isolation.or(self.engine.execution().level());
        let write = write || self.options.will_write;
        let engine = self.engine.clone();
        let rides = engine.capabilities().travels && isolation.is_none();
        let slot = self.slot();
        let connection = match slot {
            Some(connection) => connection,
            None => slot.insert(engine.connect_at(site).await?),
        };
        if !connection.in_transaction() {
            if rides {
                self.due = Some(write || self.due == Some(true));
                return Ok(());
            }
            let begun = match isolation {
                Some(level) => connection.begin_with(level, write).await.map_err(|e| e.with_site(site)),
                None => connection.begin_at(write, site).await,
            };
            if let Err(error) = begun {
                // Nothing has happened; the next try may get a better connection.
                *self.slot() = None;
                return Err(error);
            }
        }
        self.settle(site).await
    }

    /// Runs steps on the connection.
    pub(crate) async fn run(&mut self, steps: &mut [Step<'_>], site: Site) -> Result<()> {
        match self.due.take() {
            None => self.send(steps, site).await,
            Some(write) => self.send_with(steps, Some(write), false, site).await,
        }
    }

    /// Runs the last steps of a transaction. Where that saves a round trip, COMMIT goes with them.
    pub(crate) async fn run_last(&mut self, steps: &mut [Step<'_>], site: Site) -> Result<()> {
        if !self.engine.capabilities().travels {
            return self.run(steps, site).await;
        }
        let due = self.due.take();
        self.send_with(steps, due, true, site).await
    }

    /// Runs steps with BEGIN before them, and COMMIT behind.
    async fn send_with(
        &mut self,
        steps: &mut [Step<'_>],
        begin: Option<bool>,
        commit: bool,
        site: Site,
    ) -> Result<()> {
        let engine = self.engine.clone();
        let (mut binds, mut sinks) = ([Binds::new(), Binds::new()], [Discard; 2]);
        let ([first, last], [to_first, to_last]) = (&mut binds, &mut sinks);
        let begin = begin.map(|write| Step::new(engine.begin_statement(write), first, to_first));
        let commit = commit.then(|| Step::new(engine.commit_statement(), last, to_last));
        let before = usize::from(begin.is_some());
        let mut all: Vec<Step<'_>> = begin.into_iter().collect();
        all.extend(steps.iter_mut().map(Step::again));
        all.extend(commit);
        let result = self.send(&mut all, site).await;
        let told: Vec<_> = all.iter().skip(before).map(Step::told).collect();
        drop(all);
        steps.iter_mut().zip(told).for_each(|(step, told)| step.tell(told));
        result
    }

    async fn send(&mut self, steps: &mut [Step<'_>], site: Site) -> Result<()> {
        let limit = self.limit;
        let Some(connection) = self.slot() else { return Err(no_connection()) };
        connection.limit_next(limit);
        let result = match connection.run_now(steps, site) {
            Some(result) => result,
            None => connection.run(steps, site).await,
        };
        match result {
            // The transaction is lost with the connection, whatever the statement was: nothing of it may be
            // committed as if it were there.
            Err(error) if error.is_disconnect() => {
                self.fail(&error, site).await;
                Err(error)
            }
            other => other,
        }
    }

    /// How far apart the keys are that one INSERT makes up; 0: they need not follow each other.
    pub(crate) fn key_step(&mut self) -> i64 {
        self.slot().as_mut().map_or(0, Connection::key_step)
    }

    /// The connection, in its transaction.
    pub(super) async fn connection(&mut self, site: Site) -> Result<&mut Connection> {
        self.begin(true, site).await?;
        if self.due.is_some() {
            self.run(&mut [], site).await?;
        }
        self.slot().as_mut().ok_or_else(no_connection)
    }

    /// Ends the transaction for good and gives the connection back.
    pub(super) async fn commit(&mut self, site: Site) -> Result<()> {
        self.check_usable()?;
        self.settle(site).await?;
        if let Some(connection) = self.slot()
            && connection.in_transaction()
            && let Err(error) = connection.commit_at(site).await
        {
            self.fail(&error, site).await;
            return Err(error);
        }
        *self.slot() = None;
        self.due = None;
        self.savepoints.clear();
        Ok(())
    }

    /// Ends the transaction for nothing and gives the connection back.
    pub(super) async fn rollback(&mut self, site: Site) -> Result<()> {
        self.broken = None;
        (self.owed, self.due, self.limit) = (None, None, None);
        self.savepoints.clear();
        let result = match self.slot() {
            Some(connection) if connection.in_transaction() => connection.rollback_at(site).await,
            Some(_) | None => Ok(()),
        };
        *self.slot() = None;
        result
    }

    /// The objects begin a new transaction.
    pub(super) fn starts_over(&mut self, epoch: u32) {
        self.begun_in = epoch;
    }

    /// What a statement of a flush came to: an error ends the flush.
    pub(crate) async fn flushed<T>(&mut self, outcome: Result<T>, site: Site) -> Result<T> {
        if let Err(error) = &outcome {
            self.fail(error, site).await;
        }
        outcome
    }

    /// The flush failed. Inside of a savepoint its rollback mends that; else, and always when the connection is lost,
    /// the transaction is over (rule 63).
    async fn fail(&mut self, error: &Error, site: Site) {
        self.broken = Some(error.message().to_owned());
        if error.is_disconnect() {
            self.savepoints.clear();
        }
        if self.savepoints.is_empty() {
            self.owed = None;
            if let Some(connection) = self.slot() {
                // The error that matters is the first one.
                let _ = connection.rollback_at(site).await;
            }
            *self.slot() = None;
        }
    }

    /// Sets a savepoint. Returns how many there are with it.
    pub(super) async fn savepoint(&mut self, epoch: u32, site: Site) -> Result<usize> {
        self.begin(true, site).await?;
        self.names += 1;
        let name = format!("rebis_{}", self.names);
        let sql = format!("SAVEPOINT {name}");
        self.simple(&sql, StatementKind::Savepoint, site).await?;
        self.savepoints.push((name, epoch));
        Ok(self.savepoints.len())
    }

    /// Forgets the savepoint of this depth and those inside it, and keeps their work.
    pub(super) async fn release(&mut self, depth: usize, site: Site) -> Result<()> {
        self.check_usable()?;
        self.settle(site).await?;
        let Some((name, _)) = self.savepoints.get(depth - 1).cloned() else { return Err(no_savepoint()) };
        self.simple(&format!("RELEASE SAVEPOINT {name}"), StatementKind::Release, site).await?;
        self.savepoints.truncate(depth - 1);
        Ok(())
    }

    /// Goes back to a savepoint now, if that is owed.
    ///
    /// # Errors
    /// What the database says. The work of the savepoint is then still in the transaction, which is over.
    pub(super) async fn settle(&mut self, site: Site) -> Result<()> {
        let Some(name) = self.owed.take() else { return Ok(()) };
        let result = self.back_to(&name, site).await;
        if result.is_err() {
            self.savepoints.clear();
        }
        self.flushed(result, site).await
    }

    /// Leaves the savepoint of this depth: going back to it is owed before the next statement.
    pub(super) fn abandon(&mut self, depth: usize) -> Option<u32> {
        let (name, epoch) = self.savepoints.get(depth.checked_sub(1)?)?.clone();
        self.savepoints.truncate(depth - 1);
        self.broken = None;
        self.owed = Some(name);
        Some(epoch)
    }

    async fn back_to(&mut self, name: &str, site: Site) -> Result<()> {
        self.simple(&format!("ROLLBACK TO SAVEPOINT {name}"), StatementKind::RollbackTo, site).await?;
        self.simple(&format!("RELEASE SAVEPOINT {name}"), StatementKind::Release, site).await
    }

    async fn simple(&mut self, sql: &str, kind: StatementKind, site: Site) -> Result<()> {
        let statement = Statement::once(sql, kind);
        let (mut binds, mut discard) = (Binds::new(), Discard);
        self.run(&mut [Step::new(&statement, &mut binds, &mut discard)], site).await
    }
}

fn no_connection() -> Error {
    Error::new(ErrorKind::InvalidState, "the session has no connection")
}

fn no_savepoint() -> Error {
    Error::new(ErrorKind::InvalidState, "this savepoint is over: an outer one, or the transaction, has ended")
}

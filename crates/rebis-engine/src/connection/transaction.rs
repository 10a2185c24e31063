//! Transactions and savepoints.

use super::{Connection, Trouble};
use crate::fut::{Fut, Site, Target, Verb};
use rebis_core::{Binds, Error, ErrorKind, Result};
use rebis_driver::{Discard, IsolationLevel, Step};
use rebis_sql::{Statement, StatementKind};
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::panic::Location;

impl Connection {
    /// Begins a transaction. `write`: it will write, so a database that has one writer is asked for its lock now,
    /// not in the middle, where waiting for it could fail.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/users.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// # run(async |engine, conn| {
    /// conn.begin(true).await?;
    /// conn.execute(User.delete().all_rows()).await?;
    /// conn.rollback().await?;
    /// assert_eq!(conn.scalar(select(User.id.count())).await?, 2);
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`InvalidState`](ErrorKind::InvalidState) in a transaction; what the database says.
    #[track_caller]
    pub fn begin(&mut self, write: bool) -> Fut<'_, ()> {
        self.begin_at(write, Location::caller())
    }

    /// The same for a caller that stands for another.
    ///
    /// # Errors
    /// As [`begin`](Self::begin).
    pub fn begin_at(&mut self, write: bool, site: Site) -> Fut<'_, ()> {
        Fut::call(Target::Verb(self, Verb::Begin(write, None)), site, verb)
    }

    /// Begins a transaction with a level of isolation.
    ///
    /// See [`transaction_with`](Self::transaction_with) for an example.
    ///
    /// # Errors
    /// [`Unsupported`](ErrorKind::Unsupported) naming the levels that the database has; as [`begin`](Self::begin).
    #[track_caller]
    pub fn begin_with(&mut self, level: IsolationLevel, write: bool) -> Fut<'_, ()> {
        Fut::call(Target::Verb(self, Verb::Begin(write, Some(level))), Location::caller(), verb)
    }

    /// Ends the transaction for good.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/users.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// # run(async |engine, conn| {
    /// conn.begin(true).await?;
    /// conn.execute(User.delete().filter(User.name.eq("bob"))).await?;
    /// conn.commit().await?;
    /// assert!(!conn.in_transaction());
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`TransactionAborted`](ErrorKind::TransactionAborted) if a statement in it failed so that only a rollback is
    /// left; [`InvalidState`](ErrorKind::InvalidState) if none is open; deferred constraints. After an error the
    /// transaction may be open still: roll back.
    ///
    /// # Cancel safety
    /// See [`Connection`]; dropped while COMMIT is under way, the transaction may have been committed.
    #[track_caller]
    pub fn commit(&mut self) -> Fut<'_, ()> {
        self.commit_at(Location::caller())
    }

    /// The same for a caller that stands for another.
    ///
    /// # Errors
    /// As [`commit`](Self::commit).
    pub fn commit_at(&mut self, site: Site) -> Fut<'_, ()> {
        Fut::call(Target::Verb(self, Verb::Commit), site, verb)
    }

    /// Ends the transaction for nothing. Without one it does nothing.
    ///
    /// See [`begin`](Self::begin) for an example.
    ///
    /// # Errors
    /// What the database says.
    #[track_caller]
    pub fn rollback(&mut self) -> Fut<'_, ()> {
        self.rollback_at(Location::caller())
    }

    /// The same for a caller that stands for another.
    ///
    /// # Errors
    /// As [`rollback`](Self::rollback).
    pub fn rollback_at(&mut self, site: Site) -> Fut<'_, ()> {
        Fut::call(Target::Verb(self, Verb::Rollback), site, verb)
    }

    /// Sets a savepoint.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/users.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// # run(async |engine, conn| {
    /// let mut tx = conn.transaction().await?;
    /// tx.savepoint("before").await?;
    /// tx.execute(User.delete().all_rows()).await?;
    /// tx.rollback_to("before").await?;
    /// tx.release("before").await?;
    /// tx.commit().await?;
    /// assert_eq!(conn.scalar(select(User.id.count())).await?, 2);
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`InvalidState`](ErrorKind::InvalidState) outside of a transaction; what the database says.
    #[track_caller]
    pub fn savepoint(&mut self, name: &str) -> Fut<'_, ()> {
        self.mark("SAVEPOINT ", name, StatementKind::Savepoint, Location::caller())
    }

    /// Forgets a savepoint and those after it, and keeps their work.
    ///
    /// See [`savepoint`](Self::savepoint) for an example.
    ///
    /// # Errors
    /// As [`savepoint`](Self::savepoint).
    #[track_caller]
    pub fn release(&mut self, name: &str) -> Fut<'_, ()> {
        self.mark("RELEASE SAVEPOINT ", name, StatementKind::Release, Location::caller())
    }

    /// Goes back to a savepoint, which stays.
    ///
    /// See [`savepoint`](Self::savepoint) for an example.
    ///
    /// # Errors
    /// As [`savepoint`](Self::savepoint).
    #[track_caller]
    pub fn rollback_to(&mut self, name: &str) -> Fut<'_, ()> {
        self.mark("ROLLBACK TO SAVEPOINT ", name, StatementKind::RollbackTo, Location::caller())
    }

    fn mark(&mut self, words: &str, name: &str, kind: StatementKind, site: Site) -> Fut<'_, ()> {
        let quote = self.capabilities().quote;
        let doubled = name.replace(quote, &format!("{quote}{quote}"));
        let statement = self.statement(&format!("{words}{quote}{doubled}{quote}"), kind);
        Fut::call(Target::Verb(self, Verb::Statement(statement)), site, verb)
    }

    /// A transaction as a scope, begun for writing: committed by [`Transaction::commit`], rolled back when dropped.
    ///
    /// See [`Transaction`] for an example.
    ///
    /// # Errors
    /// As [`begin`](Self::begin).
    #[track_caller]
    pub fn transaction(&mut self) -> Fut<'_, Transaction<'_>> {
        self.scope(Verb::Begin(true, None), Location::caller())
    }

    /// A transaction as a scope, begun for reading: its statements see one state of the database.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/users.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// # run(async |engine, conn| {
    /// let mut tx = conn.read_transaction().await?;
    /// let n: i64 = tx.scalar(select(User.id.count())).await?;
    /// let names = tx.all(select(User.name)).await?; // as many: nobody writes in between
    /// assert_eq!(names.len() as i64, n);
    /// tx.rollback().await?;
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`begin`](Self::begin).
    #[track_caller]
    pub fn read_transaction(&mut self) -> Fut<'_, Transaction<'_>> {
        self.scope(Verb::Begin(false, None), Location::caller())
    }

    /// A transaction as a scope, begun for writing, with a level of isolation.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/users.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// # run(async |engine, conn| {
    /// let mut tx = conn.transaction_with(IsolationLevel::Serializable).await?;
    /// tx.execute(User.update().set(User.name, "carol").filter(User.id.eq(1))).await?;
    /// tx.commit().await?;
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`begin_with`](Self::begin_with).
    #[track_caller]
    pub fn transaction_with(&mut self, level: IsolationLevel) -> Fut<'_, Transaction<'_>> {
        self.scope(Verb::Begin(true, Some(level)), Location::caller())
    }

    /// [`transaction`](Self::transaction) or [`read_transaction`](Self::read_transaction) for a caller that stands
    /// for another.
    ///
    /// # Errors
    /// As [`begin`](Self::begin).
    pub fn scope_at(&mut self, write: bool, site: Site) -> Fut<'_, Transaction<'_>> {
        self.scope(Verb::Begin(write, None), site)
    }

    fn scope(&mut self, begin: Verb, site: Site) -> Fut<'_, Transaction<'_>> {
        Fut::new(async move {
            verb(Target::Verb(&mut *self, begin), site).await?;
            Ok(Transaction { connection: self })
        })
    }
}

/// Runs a verb: at once where the database answers at once.
fn verb<'a>(target: Target<'a>, site: Site) -> Fut<'a, ()> {
    let Target::Verb(connection, verb) = target else { return Fut::ready(Ok(())) };
    let statement = match prepare(connection, verb) {
        Ok(Plan::Nothing) => return Fut::ready(Ok(())),
        Ok(Plan::One(statement)) => statement,
        Ok(Plan::Many(statements, after)) => {
            return Fut::new(async move {
                connection.after = after;
                connection.run_all(&statements, site).await
            });
        }
        Err(error) => return Fut::ready(Err(error.with_site(site))),
    };
    let (mut binds, mut sink) = (Binds::new(), Discard);
    let mut steps = [Step::new(&statement, &mut binds, &mut sink)];
    match connection.run_now(&mut steps, site) {
        Some(result) => Fut::ready(result),
        None => Fut::new(async move {
            let mut steps = [Step::new(&statement, &mut binds, &mut sink)];
            connection.run(&mut steps, site).await
        }),
    }
}

enum Plan {
    Nothing,
    One(Statement),
    /// Statements, and what resets the connection after the transaction that they begin or end.
    Many(Vec<Statement>, &'static [&'static str]),
}

fn prepare(connection: &mut Connection, verb: Verb) -> Result<Plan> {
    match verb {
        Verb::Begin(..) if connection.in_transaction() => Err(in_transaction()),
        Verb::Begin(write, level) => begin(connection, write, level),
        Verb::Commit if !connection.in_transaction() => Err(no_transaction("commit")),
        Verb::Commit => Ok(end(connection, connection.engine.fixed().commit.clone())),
        Verb::Rollback if !connection.in_transaction() && connection.trouble == Trouble::None => {
            Ok(Plan::Nothing)
        }
        // A lost connection was rolled back by the database.
        Verb::Rollback if connection.is_closed() => {
            (connection.open, connection.trouble) = (false, Trouble::None);
            Ok(Plan::Nothing)
        }
        Verb::Rollback => Ok(end(connection, connection.engine.fixed().rollback.clone())),
        Verb::Statement(_) if !connection.in_transaction() => {
            Err(no_transaction("set or leave a savepoint of"))
        }
        Verb::Statement(statement) => Ok(Plan::One(statement)),
    }
}

fn begin(connection: &Connection, write: bool, level: Option<IsolationLevel>) -> Result<Plan> {
    let fixed = connection.engine.fixed();
    let begin = if write { &fixed.begin_write } else { &fixed.begin }.clone();
    let Some(level) = level.or(connection.engine.execution().isolation) else { return Ok(Plan::One(begin)) };
    let isolation = connection.engine.driver().isolation(level)?;
    let mut statements = settings(connection, isolation.before);
    statements.push(begin);
    statements.extend(settings(connection, isolation.inside));
    Ok(Plan::Many(statements, isolation.after))
}

fn end(connection: &Connection, statement: Statement) -> Plan {
    if connection.after.is_empty() || connection.trouble != Trouble::None {
        return Plan::One(statement);
    }
    let mut statements = vec![statement];
    statements.extend(settings(connection, connection.after));
    Plan::Many(statements, &[])
}

fn settings(connection: &Connection, texts: &[&str]) -> Vec<Statement> {
    texts.iter().map(|text| connection.engine.statement(text, StatementKind::Setting)).collect()
}

#[cold]
fn in_transaction() -> Error {
    Error::new(ErrorKind::InvalidState, "a transaction is open already on this connection")
        .with_help("commit or roll it back first, or set a savepoint in it")
}

#[cold]
fn no_transaction(what: &str) -> Error {
    Error::new(ErrorKind::InvalidState, format!("there is no transaction to {what}"))
        .with_help("begin one; without a transaction each statement is committed by itself")
}

/// A transaction as a scope. Derefs to its [`Connection`]; dropped without [`commit`](Transaction::commit) it is
/// rolled back: at once where the database answers at once, else before the next statement.
///
/// Made by [`Connection::transaction`].
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/users.rs"));
/// # fn main() -> rebis_core::Result<()> {
/// # run(async |engine, conn| {
/// let mut tx = conn.transaction().await?; // BEGIN IMMEDIATE
/// tx.execute(User.delete().filter(User.name.eq("bob"))).await?;
/// tx.commit().await?;
///
/// let mut tx = conn.transaction().await?;
/// tx.execute(User.delete().all_rows()).await?;
/// drop(tx); // taken back
/// assert_eq!(conn.all(select(User.name)).await?, ["alice"]);
/// # Ok(())
/// # })
/// # }
/// ```
#[must_use = "a transaction that is dropped is rolled back"]
pub struct Transaction<'c> {
    connection: &'c mut Connection,
}

impl<'c> Transaction<'c> {
    /// Ends the transaction for good.
    ///
    /// See [`Transaction`] for an example.
    ///
    /// # Errors
    /// As [`Connection::commit`]; the transaction is then rolled back.
    ///
    /// # Cancel safety
    /// Dropped before its first poll, the transaction is rolled back; dropped later, it may have been committed.
    #[track_caller]
    pub fn commit(self) -> Fut<'c, ()> {
        let site = Location::caller();
        Fut::new(async move { self.connection.commit_at(site).await })
    }

    /// Ends the transaction for nothing, and says so if that fails.
    ///
    /// See [`Transaction`] for an example.
    ///
    /// # Errors
    /// What the database says.
    #[track_caller]
    pub fn rollback(self) -> Fut<'c, ()> {
        let site = Location::caller();
        Fut::new(async move { self.connection.rollback_at(site).await })
    }
}

impl Drop for Transaction<'_> {
    fn drop(&mut self) {
        self.connection.end_of_scope();
    }
}

impl Deref for Transaction<'_> {
    type Target = Connection;
    fn deref(&self) -> &Connection {
        self.connection
    }
}

impl DerefMut for Transaction<'_> {
    fn deref_mut(&mut self) -> &mut Connection {
        self.connection
    }
}

impl fmt::Debug for Transaction<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Transaction").field(&self.connection).finish()
    }
}

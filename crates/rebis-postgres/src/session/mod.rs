//! A connection: what it believes of its transaction, and how a batch becomes flights.
//!
//! * `flight`: steps that go together, how they are encoded and sent.
//! * `guard`: a number of rows that the server checks.
//! * `reading`: the answers, message by message.
//! * `statements`: what is prepared.
//! * `rest`: how it comes to rest after a dropped future.
//! * `copy`, `listen`, `outcome`, `interrupt`: what only PostgreSQL has; its verbs are in `verbs/`.
//! * `text`: what must be known of a text without asking the server.
//! * here: which steps go together, and what is refused without asking.
//!
//! # Round trips
//!
//! Inside of a transaction, and with BEGIN in front of it, all steps go in one flight: an error makes the server skip
//! the rest, COMMIT too. With a COMMIT behind it, a step that expects a number of rows has the server check it (`guard`).
//! Only two things hold a COMMIT back until the answers are there, because the server cannot see them: a number that all
//! repetitions of a step make together, and a query whose sink may fail. Outside of a transaction queries go together,
//! and each write by itself.

mod copy;
mod flight;
mod guard;
mod interrupt;
mod listen;
mod outcome;
mod reading;
mod rest;
mod statements;
mod text;

use crate::error;
use crate::options::Options;
use crate::value::decode::Room;
use crate::verbs::Notification;
use crate::wire::Wire;
use flight::{Bond, Flight};
use reading::{Failure, Reading};
use rebis_core::{Binds, BoxFuture, Error, ErrorKind, Result};
use rebis_driver::{Connection, Discard, Expect, Link, Step};
use rebis_sql::{Statement, StatementKind};
use statements::Statements;
use std::any::Any;
use std::collections::VecDeque;
use std::fmt;

pub(crate) use interrupt::Interrupts;

/// One connection to PostgreSQL.
pub struct Session {
    wire: Wire,
    statements: Statements,
    /// Messages "ready for query" that are still to come.
    owed: u32,
    /// Something was sent that no Sync follows yet.
    open: bool,
    /// What the server said last.
    status: Status,
    /// The server thinks that the transaction is well, but steps behind a failed one have run.
    spoiled: bool,
    closed: bool,
    /// Something was changed that the next borrower must not meet.
    altered: bool,
    /// The server waits for the data of a COPY.
    copying: bool,
    /// What other sessions said; `None`: nobody listens here.
    heard: Option<VecDeque<Notification>>,
    /// Whether a COMMIT whose answer is lost can be looked up, and the number of the transaction for that.
    tracks: bool,
    transaction: Option<i64>,
    /// Who may interrupt what runs here, if somebody may.
    interrupts: Option<Interrupts>,
    room: Room,
}

/// The state of the transaction, in the words of the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Status {
    Idle,
    Open,
    Failed,
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("link", &self.link()).finish_non_exhaustive()
    }
}

impl Session {
    /// Takes a wire whose server is ready for the first query.
    pub(crate) fn new(wire: Wire, options: &Options) -> Session {
        Session {
            wire,
            statements: Statements::new(options.kept()),
            owed: 0,
            open: false,
            status: Status::Idle,
            spoiled: false,
            closed: false,
            altered: false,
            copying: false,
            heard: None,
            tracks: options.commit_outcome,
            transaction: None,
            interrupts: None,
            room: Room::default(),
        }
    }

    async fn run_batch(&mut self, batch: &mut [Step<'_>]) -> Result<()> {
        for step in batch.iter_mut() {
            (step.affected, step.last_key, step.rows) = (0, 0, 0);
        }
        let (mut at, mut again) = (0, None);
        while let Some(step) = batch.get(at) {
            if let Some(answer) = self.without_sending(step) {
                answer.map_err(|e| e.with_sql(step.statement.shared_sql()))?;
                at += 1;
                continue;
            }
            let (count, bond) = self.together(&batch[at..]);
            if self.tracks && step.statement.kind() == StatementKind::Commit {
                self.ask_transaction().await?;
            }
            let steps = &mut batch[at..at + count];
            match self.fly(steps, bond).await {
                Ok(()) => at += count,
                Err(failure) if failure.may_run_again && again != Some(at + failure.step) => {
                    at += failure.step;
                    again = Some(at);
                }
                Err(failure) => return Err(failure.error),
            }
        }
        Ok(())
    }

    /// Steps that need not or must not reach the server.
    fn without_sending(&self, step: &Step<'_>) -> Option<Result<()>> {
        use StatementKind::{Begin, Commit, Rollback, RollbackTo, Setting, Write};
        match (self.link(), step.statement.kind()) {
            (Link::Closed, _) => Some(Err(gone())),
            (Link::InFlight, _) => Some(Err(in_flight())),
            (Link::Idle, Rollback) => Some(Ok(())),
            (Link::Idle, Commit) => Some(Err(no_transaction())),
            (Link::InTransaction, Begin) => Some(Err(in_transaction())),
            (Link::Aborted, Rollback | RollbackTo) => None,
            // A ROLLBACK may come as text; the server refuses everything else.
            (Link::Aborted, Write | Setting) if !self.spoiled => None,
            (Link::Aborted, _) => Some(Err(error::aborted())),
            _ => None,
        }
    }

    /// How many of the steps go in one flight.
    fn together(&self, batch: &[Step<'_>]) -> (usize, Bond) {
        use StatementKind::{Begin, Commit, Read, Rollback, Write};
        let kind = |at: usize| batch.get(at).map(|step: &Step<'_>| step.statement.kind());
        if self.status == Status::Idle && kind(0) != Some(Begin) {
            let reads = batch.iter().take_while(|step| step.statement.kind() == Read).count();
            return (reads.max(1), Bond::Apart);
        }
        // A transaction that can be looked up later has its number asked for before its COMMIT.
        let mut held = self.tracks;
        for (at, step) in batch.iter().enumerate() {
            match step.statement.kind() {
                Begin if at > 0 => return (at, Bond::Together),
                Commit if held && at > 0 => return (at, Bond::Together),
                Commit | Rollback => return (at + 1, Bond::Together),
                Read => held = true,
                Write if step.expect != Expect::Any => {
                    held |= guard::each(step).is_none() || self.statements.is_bare(step.statement.id());
                }
                _ => {}
            }
        }
        (batch.len(), Bond::Together)
    }

    /// Sends steps and reads all answers.
    async fn fly(&mut self, steps: &mut [Step<'_>], bond: Bond) -> Result<(), Failure> {
        let planned = Flight::plan(steps, bond, &mut self.statements);
        let mut flight = planned.map_err(|(step, error)| {
            Failure::here(step, error.with_sql(steps[step].statement.shared_sql()))
        })?;
        self.altered |= flight.parts.iter().any(|part| part.alters);
        // If this future is dropped, nobody will know which of the new names are there.
        let names = flight.new_names();
        let mut unwanted = std::mem::replace(self.statements.unwanted(), names);
        let mut reading = Reading::default();
        loop {
            while let Some(piece) = flight.piece(steps, reading.has_failed(), &mut unwanted) {
                self.owed += piece.syncs;
                self.open = piece.is_open;
                self.wire.send(piece.bytes);
            }
            if flight.is_sent && self.owed == 0 {
                break;
            }
            match self.wire.next().await {
                Ok(bytes) => self.read(bytes, &mut reading, &mut flight, steps),
                Err(ended) => reading.ended(ended, &flight, self.transaction),
            }
            if reading.is_over {
                (self.closed, self.owed, self.open) = (true, 0, false);
                break;
            }
        }
        self.statements.unwanted().append(&mut unwanted);
        self.conclude(reading, flight, steps)
    }

    /// Keeps what was prepared, and says how the flight ended.
    fn conclude(&mut self, reading: Reading, flight: Flight, steps: &[Step<'_>]) -> Result<(), Failure> {
        for part in flight.parts.iter().filter(|part| part.parsed) {
            if let Some((id, ready)) = part.ready() {
                self.statements.unwanted().retain(|name| *name != ready.name);
                self.statements.insert(id, ready);
            }
        }
        self.spoiled &= !reading.went_back;
        let Some(mut failure) = reading.failed else { return Ok(()) };
        let statement = steps[failure.step].statement;
        if failure.is_local && flight.bond == Bond::Together {
            match self.status {
                Status::Open => self.spoiled |= failure.went_on,
                // The COMMIT behind it was on its way, and there was nothing wrong to the server.
                Status::Idle if failure.went_on => failure.error = committed(failure.error),
                _ => {}
            }
        }
        if failure.is_about_prepared {
            self.statements.forget(statement.id());
        }
        if failure.is_about_guard {
            self.statements.leave_bare(statement.id());
        }
        if failure.is_about_types {
            self.statements.declare_texts(statement.id());
        }
        let mended = failure.is_about_prepared || failure.is_about_types;
        failure.may_run_again = mended && flight.bond == Bond::Apart && self.link() == Link::Idle;
        failure.error = failure.error.with_sql(statement.shared_sql());
        Err(failure)
    }
}

impl Session {
    /// As it was when it was opened. The prepared statements go too; they come back on their next way to the server.
    async fn discard_all(&mut self) -> Result<()> {
        let statement = Statement::once("DISCARD ALL", StatementKind::Setting);
        let (mut binds, mut sink) = (Binds::new(), Discard);
        self.run_batch(&mut [Step::new(&statement, &mut binds, &mut sink)]).await?;
        self.statements.emptied();
        self.altered = false;
        Ok(())
    }
}

#[cold]
pub(crate) fn gone() -> Error {
    Error::new(ErrorKind::ConnectionLost, "the connection to the server is closed")
        .with_disconnect()
        .with_help("begin again with another connection; the pool opens one")
}

#[cold]
fn in_flight() -> Error {
    Error::new(
        ErrorKind::InvalidState,
        "a future of this connection was dropped, and it has not come to rest",
    )
    .with_help("heal the connection first; the pool does")
}

#[cold]
fn in_transaction() -> Error {
    Error::new(ErrorKind::InvalidState, "a transaction is open already on this connection")
        .with_help("commit or roll it back first, or set a savepoint in it")
}

#[cold]
fn no_transaction() -> Error {
    Error::new(ErrorKind::InvalidState, "there is no transaction to commit")
        .with_help("begin one; without a transaction each statement is committed by itself")
}

#[cold]
fn committed(error: Error) -> Error {
    error.with_help("the transaction was committed all the same: only what it returned could not be taken")
}

impl Connection for Session {
    fn run<'a>(&'a mut self, batch: &'a mut [Step<'_>]) -> BoxFuture<'a, Result<()>> {
        Box::pin(self.run_batch(batch))
    }

    fn link(&self) -> Link {
        if self.closed || self.wire.has_ended() {
            return Link::Closed;
        }
        match self.status {
            _ if self.owed > 0 || self.open => Link::InFlight,
            _ if self.spoiled => Link::Aborted,
            Status::Idle => Link::Idle,
            Status::Open => Link::InTransaction,
            Status::Failed => Link::Aborted,
        }
    }

    fn heal(self: Box<Self>) -> BoxFuture<'static, Option<Box<dyn Connection>>> {
        Box::pin(async move { self.rest().await.map(|session| session as Box<dyn Connection>) })
    }

    fn is_altered(&self) -> bool {
        self.altered || self.interrupts.is_some()
    }

    fn reset(&mut self) -> BoxFuture<'_, Result<()>> {
        Box::pin(async move {
            self.revoke_interrupts().await?;
            if self.altered { self.discard_all().await } else { Ok(()) }
        })
    }

    fn forget_statements(&mut self) {
        self.statements.clear();
    }

    fn own(&mut self) -> Option<&mut dyn Any> {
        Some(self)
    }
}

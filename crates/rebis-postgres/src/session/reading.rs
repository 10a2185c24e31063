//! The answers to a flight, message by message, to the last one.

use super::flight::{Bond, Flight, Part, Way, stale};
use super::guard;
use super::statements::{Key, Ready};
use super::{Session, Status};
use crate::error::{self, ServerError};
use crate::value::decode::Shape;
use crate::wire::Ended;
use crate::wire::message::{Message, Messages};
use bytes::{Bytes, BytesMut};
use postgres_protocol::message::frontend;
use rebis_core::{Error, Result};
use rebis_driver::{Columns, Expect, Step};
use rebis_sql::StatementKind;
use std::sync::Arc;

/// How far the answers have been read.
#[derive(Default)]
pub(super) struct Reading {
    part: usize,
    run: usize,
    /// The sink of the step knows its columns.
    started: bool,
    /// The sink of the step has enough.
    enough: bool,
    /// The server skips what it was sent, up to the next Sync.
    skips: bool,
    /// A ROLLBACK TO was done: what ran behind a failed step is taken back.
    pub(super) went_back: bool,
    /// Nothing more will come.
    pub(super) is_over: bool,
    /// What failed first.
    pub(super) failed: Option<Failure>,
}

/// What stopped a flight.
pub(super) struct Failure {
    pub(super) error: Error,
    /// The step, counted from the first of the flight.
    pub(super) step: usize,
    /// Not the server has failed, but what was made of its answer.
    pub(super) is_local: bool,
    /// Steps behind it had been sent.
    pub(super) went_on: bool,
    pub(super) is_about_prepared: bool,
    pub(super) is_about_types: bool,
    /// The server cannot guard the statement: its table has rules, for instance.
    pub(super) is_about_guard: bool,
    pub(super) may_run_again: bool,
}

impl Failure {
    /// A failure on this side of the wire.
    pub(super) fn here(step: usize, error: Error) -> Failure {
        Failure {
            error,
            step,
            is_local: true,
            went_on: false,
            is_about_prepared: false,
            is_about_types: false,
            is_about_guard: false,
            may_run_again: false,
        }
    }
}

impl Reading {
    pub(super) fn has_failed(&self) -> bool {
        self.failed.is_some()
    }

    fn fail(&mut self, step: usize, error: Error, flight: &Flight) {
        let went_on = flight.went_on_after(self.part, self.run);
        self.failed.get_or_insert(Failure { went_on, ..Failure::here(step, error) });
    }

    /// The socket has ended before all answers were there.
    pub(super) fn ended(&mut self, ended: Ended, flight: &Flight, transaction: Option<i64>) {
        self.is_over = true;
        let error = error::lost(ended);
        let at = self.part.min(flight.parts.len().saturating_sub(1));
        let Some(part) = flight.parts.get(at) else { return };
        let commits = |part: &Part| part.kind == StatementKind::Commit;
        let may_be_done = match flight.bond {
            Bond::Together => !self.skips && flight.parts[at..].iter().any(commits) && flight.is_sent,
            Bond::Apart => !self.skips && part.kind == StatementKind::Write,
        };
        let error = if may_be_done { error::unknown(error, transaction) } else { error };
        match &mut self.failed {
            // What failed first is told, but the connection is lost with it.
            Some(failure) if !failure.error.is_disconnect() => failure.error = error,
            Some(_) => {}
            None => self.failed = Some(Failure { is_local: false, ..Failure::here(part.step, error) }),
        }
    }

    fn next_part(&mut self) {
        self.part += 1;
        (self.run, self.started, self.enough, self.skips) = (0, false, false, false);
    }
}

impl Part {
    /// What is kept of it.
    pub(super) fn ready(&self) -> Option<(Key, Ready)> {
        let Way::New { key, name } = &self.way else { return None };
        let told = self.told.as_ref()?;
        let (shape, formats) = match told {
            Some(shape) => {
                let (shape, formats) = shape.asked();
                (Some(Arc::new(shape)), formats)
            }
            None => (None, Vec::new()),
        };
        let declared = self.declared.clone();
        let (name, parameters, alters) = (name.clone(), self.parameters.clone(), self.alters);
        Some((*key, Ready { name, parameters, declared, shape, formats, alters }))
    }
}

impl Flight {
    pub(super) fn new_names(&self) -> Vec<String> {
        let name = |part: &Part| match &part.way {
            Way::New { name, .. } => Some(name.clone()),
            _ => None,
        };
        self.parts.iter().filter_map(name).collect()
    }
}

impl Session {
    /// Reads the messages of a piece.
    pub(super) fn read(
        &mut self,
        bytes: Bytes,
        reading: &mut Reading,
        flight: &mut Flight,
        steps: &mut [Step<'_>],
    ) {
        for message in Messages(bytes) {
            match message.tag {
                b'D' => self.row(&message.body, reading, flight, steps),
                b'C' | b'I' => completed(&message, reading, flight, steps),
                b'Z' => self.ready_for_query(&message.body, reading, flight),
                b'E' => server_error(&message.body, reading, flight, self.transaction),
                b'1' => {
                    if let Some(part) = flight.parts.get_mut(reading.part) {
                        part.parsed = true;
                    }
                }
                b'T' | b'n' => {
                    let shape = (message.tag == b'T').then(|| Arc::new(Shape::parse(&message.body)));
                    if let Some(part) = flight.parts.get_mut(reading.part) {
                        part.told = Some(shape);
                    }
                }
                b'A' => self.hear(&message.body),
                // A setting has another value than it had.
                b'S' => self.altered = true,
                b'G' | b'H' | b'W' => self.copy(message.tag, reading, flight),
                // Acknowledgements, notices, data of a COPY that nobody wants.
                _ => {}
            }
        }
    }

    #[inline]
    fn row(&mut self, body: &[u8], reading: &mut Reading, flight: &Flight, steps: &mut [Step<'_>]) {
        if reading.failed.is_some() || reading.enough {
            return;
        }
        let Some(part) = flight.parts.get(reading.part) else { return };
        if part.is_silent() {
            return;
        }
        let Some(shape) = part.shape() else { return };
        let step = &mut steps[part.step];
        let shown = start(reading, shape, step).and_then(|()| {
            let flow = shape.show(body, &mut self.room, step.to)?;
            step.rows += 1;
            Ok(flow)
        });
        match shown {
            Ok(flow) => reading.enough = flow.is_break(),
            Err(error) => {
                let error = named(error, shape);
                reading.fail(part.step, error, flight);
            }
        }
    }

    fn ready_for_query(&mut self, body: &[u8], reading: &mut Reading, flight: &Flight) {
        self.owed = self.owed.saturating_sub(1);
        self.status = status(body);
        if self.status == Status::Idle {
            (self.spoiled, self.transaction) = (false, None);
        }
        if flight.bond == Bond::Apart && reading.skips {
            reading.next_part();
        }
    }

    /// COPY as a statement: the protocol turns around for it, which a batch cannot.
    #[cold]
    fn copy(&mut self, tag: u8, reading: &mut Reading, flight: &Flight) {
        let step = flight.parts.get(reading.part).map_or(0, |part| part.step);
        let error = Error::unsupported("COPY from or to the program is no statement of a batch", COPY_HELP);
        reading.fail(step, error, flight);
        if tag == b'G' && flight.is_sent {
            // The server has swallowed the Sync that it was sent.
            let mut message = BytesMut::new();
            // The text holds no NUL.
            let _ = frontend::copy_fail("not supported here", &mut message);
            frontend::sync(&mut message);
            self.wire.send(message);
        }
    }
}

const COPY_HELP: &str = "use `copy_in` and `copy_out` of the driver's connection";

pub(super) fn status(body: &[u8]) -> Status {
    match body.first() {
        Some(b'T') => Status::Open,
        Some(b'E') => Status::Failed,
        _ => Status::Idle,
    }
}

/// Tells the sink the columns, once.
fn start(reading: &mut Reading, shape: &Shape, step: &mut Step<'_>) -> Result<()> {
    if reading.started || shape.is_empty() {
        return Ok(());
    }
    reading.started = true;
    step.to.start(shape)
}

/// Names the column of a conversion that failed.
#[cold]
fn named(error: Error, shape: &Shape) -> Error {
    match (error.column(), error.index()) {
        (None, Some(index)) if index < shape.len() => error.with_column(shape.name(index)),
        _ => error,
    }
}

/// A run has come to its end.
fn completed(message: &Message, reading: &mut Reading, flight: &mut Flight, steps: &mut [Step<'_>]) {
    flight.runs_done += 1;
    let Some(part) = flight.parts.get(reading.part) else { return };
    let over = reading.run + 1 >= part.times;
    if reading.failed.is_none() {
        let step = &mut steps[part.step];
        let (word, count) = tag(&message.body);
        match part.guard {
            Some(each) => step.affected += each,
            None if matches!(word, "INSERT" | "UPDATE" | "DELETE" | "MERGE") => step.affected += count,
            None => {}
        }
        let result = match part.shape().filter(|_| !part.is_silent()).cloned() {
            Some(shape) => start(reading, &shape, step).map_err(|e| named(e, &shape)),
            None => Ok(()),
        };
        let result = result.and_then(|()| {
            if part.kind == StatementKind::Commit && word == "ROLLBACK" {
                return Err(error::aborted());
            }
            reading.went_back |= part.kind == StatementKind::RollbackTo;
            match step.expect {
                Expect::Rows(expected) if over && expected != step.affected => {
                    Err(stale(expected, step.affected))
                }
                _ => Ok(()),
            }
        });
        if let Err(error) = result {
            let step = part.step;
            reading.fail(step, error, flight);
        }
    }
    if over { reading.next_part() } else { reading.run += 1 }
}

/// `INSERT 0 3`: the first word and the last number.
fn tag(body: &[u8]) -> (&str, u64) {
    let text = std::str::from_utf8(body.strip_suffix(b"\0").unwrap_or(body)).unwrap_or("");
    let word = text.split(' ').next().unwrap_or("");
    let count = text.rsplit(' ').next().and_then(|number| number.parse().ok()).unwrap_or(0);
    (word, count)
}

#[cold]
fn server_error(body: &[u8], reading: &mut Reading, flight: &Flight, transaction: Option<i64>) {
    let native = ServerError::parse(body);
    let unguarded = native.code() == "0A000";
    let found = guard::found(&native);
    let (fatal, about_prepared, about_types) =
        (native.is_fatal(), native.is_about_prepared(), native.is_about_types());
    let part = flight.parts.get(reading.part).or(flight.parts.last());
    let commits = part.is_some_and(|part| part.kind == StatementKind::Commit);
    let guard = part.and_then(|part| part.guard);
    let error = match (guard, found) {
        (Some(each), Some(found)) => stale(each, found).with_source(native),
        _ => error::of_statement(native),
    };
    let error = if fatal && commits { error::unknown(error, transaction) } else { error };
    reading.skips = true;
    reading.is_over |= fatal;
    if fatal && reading.failed.as_ref().is_some_and(|failure| !failure.error.is_disconnect()) {
        reading.failed = None;
    }
    reading.failed.get_or_insert(Failure {
        is_local: false,
        is_about_prepared: about_prepared,
        is_about_types: about_types,
        is_about_guard: guard.is_some() && unguarded && !about_prepared,
        ..Failure::here(part.map_or(0, |part| part.step), error)
    });
}

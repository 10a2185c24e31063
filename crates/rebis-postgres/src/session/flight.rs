//! A flight: steps that go to the server together, and how far they have been sent and answered.

use super::guard;
use super::statements::{Key, Ready, Statements};
use super::text::{self, Parameters};
use crate::value::decode::Shape;
use crate::value::encode::{Declared, Texts};
use bytes::{BufMut, BytesMut};
use postgres_protocol::message::frontend;
use rebis_core::{Error, ErrorKind, Result};
use rebis_driver::{Expect, Step};
use rebis_sql::StatementKind;
use std::collections::VecDeque;
use std::sync::Arc;

/// Bytes that are under way before answers are waited for: what the unit of work collects for one round trip.
const WINDOW: usize = 16 << 20;
/// Bytes that are handed to the task in one piece.
const PIECE: usize = 1 << 20;
/// What fits into the counts of the protocol.
const MOST_PARAMETERS: usize = 65_535;

/// How steps are bound to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bond {
    /// Inside of a transaction: one Sync at the end, so that the server skips all that is behind an error.
    Together,
    /// Each by itself, with a Sync of its own.
    Apart,
}

/// How the server gets to know a statement.
pub(super) enum Way {
    /// It stands ready.
    Ready(Arc<Ready>),
    /// It is prepared in this flight, and kept.
    New { key: Key, name: String },
    /// It was prepared earlier in this flight.
    Same { name: String },
    /// It is parsed and forgotten.
    Once,
}

/// One step of a flight.
pub(super) struct Part {
    /// Its place in the batch.
    pub(super) step: usize,
    pub(super) kind: StatementKind,
    pub(super) parameters: Arc<Parameters>,
    pub(super) times: usize,
    pub(super) declared: Declared,
    pub(super) way: Way,
    /// It changes what the next borrower would meet.
    pub(super) alters: bool,
    /// How many rows each run affects, or the server gives the transaction up.
    pub(super) guard: Option<u64>,
    /// The server has the statement now.
    pub(super) parsed: bool,
    /// What the server said of its columns.
    pub(super) told: Option<Option<Arc<Shape>>>,
}

pub(super) struct Flight {
    pub(super) bond: Bond,
    pub(super) parts: Vec<Part>,
    /// What is encoded next: a part and a run of it.
    next: (usize, usize),
    /// All is sent, with its last Sync.
    pub(super) is_sent: bool,
    /// Runs and bytes of each piece that was sent.
    pieces: VecDeque<(usize, usize)>,
    runs_sent: usize,
    /// Runs that were answered.
    pub(super) runs_done: usize,
    bytes_open: usize,
}

/// What a piece of a flight asks of the connection.
pub(super) struct Piece {
    pub(super) bytes: BytesMut,
    pub(super) syncs: u32,
    /// Nothing stands between it and the next piece that makes the server answer in full.
    pub(super) is_open: bool,
}

impl Flight {
    /// Finds what cannot be sent, before anything is. The number is the step that cannot.
    pub(super) fn plan(
        steps: &mut [Step<'_>],
        bond: Bond,
        statements: &mut Statements,
    ) -> Result<Flight, (usize, Error)> {
        let mut parts: Vec<Part> = Vec::with_capacity(steps.len());
        // Only what a COMMIT does not wait for must guard itself.
        let commits = steps.iter().any(|step| step.statement.kind() == StatementKind::Commit);
        for (index, step) in steps.iter_mut().enumerate() {
            (step.affected, step.last_key, step.rows) = (0, 0, 0);
            let guard = if commits { guard::each(step) } else { None };
            match part(index, step, guard, &parts, statements) {
                Ok(Some(part)) => parts.push(part),
                Ok(None) => {}
                Err(error) => return Err((index, error)),
            }
        }
        Ok(Flight {
            bond,
            is_sent: parts.is_empty(),
            parts,
            next: (0, 0),
            pieces: VecDeque::new(),
            runs_sent: 0,
            runs_done: 0,
            bytes_open: 0,
        })
    }

    /// Encodes what may be sent now. `stop`: something has failed, so no more than what ends the flight.
    /// `unwanted`: names of prepared statements that are closed on the way.
    pub(super) fn piece(
        &mut self,
        steps: &[Step<'_>],
        stop: bool,
        unwanted: &mut Vec<String>,
    ) -> Option<Piece> {
        while let Some((runs, bytes)) = self.pieces.front()
            && *runs <= self.runs_done
        {
            self.bytes_open -= bytes;
            self.pieces.pop_front();
        }
        if self.is_sent || (!stop && self.bytes_open >= WINDOW) {
            return None;
        }
        let mut piece = Piece { bytes: BytesMut::with_capacity(256), syncs: 0, is_open: false };
        for name in unwanted.drain(..) {
            // A name of ours holds no NUL.
            let _ = frontend::close(b'S', &name, &mut piece.bytes);
        }
        let inside = self.next.1 > 0 || (self.bond == Bond::Together && self.next.0 > 0);
        if stop {
            if inside {
                // A transaction stays as it is: its owner rolls it back.
                if self.bond == Bond::Apart {
                    give_up(&mut piece.bytes);
                }
                sync(&mut piece);
            }
            self.is_sent = true;
        } else {
            self.encode(steps, &mut piece);
        }
        self.bytes_open += piece.bytes.len();
        self.pieces.push_back((self.runs_sent, piece.bytes.len()));
        (!piece.bytes.is_empty()).then_some(piece)
    }

    fn encode(&mut self, steps: &[Step<'_>], piece: &mut Piece) {
        while piece.bytes.len() < PIECE && self.bytes_open + piece.bytes.len() < WINDOW {
            let (at, run) = self.next;
            let Some(part) = self.parts.get(at) else { break };
            write_run(part, run, &steps[part.step], &mut piece.bytes);
            self.runs_sent += 1;
            let over = run + 1 == part.times;
            self.next = if over { (at + 1, 0) } else { (at, run + 1) };
            let last = over && at + 1 == self.parts.len();
            if over && (last || self.bond == Bond::Apart) {
                sync(piece);
            }
            self.is_sent = last;
        }
        piece.is_open = !self.is_sent && (self.next.1 > 0 || self.bond == Bond::Together);
        // Answers are asked for early only where they are waited for.
        if piece.is_open && self.bytes_open + piece.bytes.len() >= WINDOW {
            frontend::flush(&mut piece.bytes);
        }
    }

    /// Whether something behind this run was sent that changes more than what is read.
    pub(super) fn went_on_after(&self, part: usize, run: usize) -> bool {
        let over = self.parts.get(part).is_none_or(|part| run + 1 >= part.times);
        let behind = if over { (part + 1, 0) } else { (part, run + 1) };
        let writes = |part: &Part| part.kind != StatementKind::Read;
        self.next > behind && self.parts.iter().skip(behind.0).any(writes)
    }
}

/// A Sync alone would commit the runs of a step that were sent: outside of a transaction they are one by themselves.
pub(super) fn give_up(out: &mut BytesMut) {
    out.put_slice(b"P\0\0\0\x10\0ROLLBACK\0\0\0B\0\0\0\x0c\0\0\0\0\0\0\0\0E\0\0\0\x09\0\0\0\0\0");
}

fn sync(piece: &mut Piece) {
    frontend::sync(&mut piece.bytes);
    piece.syncs += 1;
}

/// One step, ready to be sent. `None`: it runs no time.
fn part(
    index: usize,
    step: &Step<'_>,
    guard: Option<u64>,
    before: &[Part],
    statements: &mut Statements,
) -> Result<Option<Part>> {
    let statement = step.statement;
    let key = (statement.id(), guard);
    let ready = if statement.keep() { statements.get(key) } else { None };
    let parameters = match &ready {
        Some(ready) => ready.parameters.clone(),
        None => Arc::new(text::parameters(statement.sql())),
    };
    let width = parameters.count;
    if step.binds.len() != width.saturating_mul(step.times) {
        return Err(wrong_count(step.binds.len(), step.times, width));
    }
    if width > MOST_PARAMETERS {
        return Err(too_many(width));
    }
    if step.times == 0 {
        return match step.expect {
            Expect::Rows(expected) if expected > 0 => Err(stale(expected, 0)),
            _ => Ok(None),
        };
    }
    let all = statements.declares_texts(statement.id());
    let texts = if all { Texts::All } else { Texts::At(&parameters.untold) };
    let declared = Declared::of(step.binds, width, texts)?;
    let alters = ready.as_ref().map_or_else(|| text::alters(statement.sql()), |ready| ready.alters);
    let keeps = statement.keep() && statements.keeps() && !is_control(statement.kind());
    let (way, declared) = way(ready, keeps, (key, declared), texts, before, statements);
    let (kind, times) = (statement.kind(), step.times);
    let (parsed, told) = (false, None);
    Ok(Some(Part { step: index, kind, parameters, times, declared, way, alters, guard, parsed, told }))
}

/// How a statement goes out, and what is declared of its parameters.
fn way(
    ready: Option<Arc<Ready>>,
    keeps: bool,
    (key, declared): (Key, Declared),
    texts: Texts<'_>,
    before: &[Part],
    statements: &mut Statements,
) -> (Way, Declared) {
    match ready {
        _ if !keeps => (Way::Once, declared.settled(texts)),
        Some(ready) if ready.declared.takes(&declared) => {
            let declared = ready.declared.clone();
            (Way::Ready(ready), declared)
        }
        Some(ready) => {
            let way = Way::New { key, name: statements.new_name() };
            (way, declared.over(&ready.declared).settled(texts))
        }
        None => match twin(before, key, &declared) {
            Some((name, declared)) => (Way::Same { name }, declared),
            None if before.iter().any(|part| part.is_new(key)) => (Way::Once, declared.settled(texts)),
            None => (Way::New { key, name: statements.new_name() }, declared.settled(texts)),
        },
    }
}

/// BEGIN and its kind cost nothing to parse.
fn is_control(kind: StatementKind) -> bool {
    !matches!(kind, StatementKind::Read | StatementKind::Write)
}

/// The same statement earlier in the flight, if it takes these values.
fn twin(before: &[Part], key: Key, declared: &Declared) -> Option<(String, Declared)> {
    before.iter().find_map(|part| match &part.way {
        Way::New { key: known, name } if *known == key && part.declared.takes(declared) => {
            Some((name.clone(), part.declared.clone()))
        }
        _ => None,
    })
}

impl Part {
    fn is_new(&self, key: Key) -> bool {
        matches!(&self.way, Way::New { key: known, .. } if *known == key)
    }

    /// Its rows are those of a guard, which nobody asked for.
    pub(super) fn is_silent(&self) -> bool {
        self.guard.is_some() && !self.parameters.returns
    }

    /// The columns, if they are known by now.
    pub(super) fn shape(&self) -> Option<&Arc<Shape>> {
        match (&self.told, &self.way) {
            (Some(told), _) => told.as_ref(),
            (None, Way::Ready(ready)) => ready.shape.as_ref(),
            _ => None,
        }
    }
}

/// Parse where it is needed, Bind, Describe where the columns are not known, Execute.
fn write_run(part: &Part, run: usize, step: &Step<'_>, out: &mut BytesMut) {
    let (name, formats, parses, describes): (&str, &[i16], bool, bool) = match &part.way {
        Way::Ready(ready) => (&ready.name, &ready.formats, false, false),
        Way::New { name, .. } => (name, &[], run == 0, run == 0),
        Way::Same { name } => (name, &[], false, run == 0),
        Way::Once => ("", &[], run == 0, run == 0),
    };
    if parses {
        let sql = step.statement.sql();
        match part.guard {
            Some(each) => {
                let sql = guard::wrapped(sql, each, part.parameters.returns);
                write_parse(name, &sql, &part.declared, out);
            }
            None => write_parse(name, sql, &part.declared, out),
        }
    }
    out.put_u8(b'B');
    let at = out.len();
    out.put_i32(0);
    out.put_u8(0);
    out.put_slice(name.as_bytes());
    out.put_u8(0);
    part.declared.write(step.binds, run * part.parameters.count, out);
    out.put_u16(formats.len() as u16);
    formats.iter().for_each(|format| out.put_i16(*format));
    close_frame(at, out);
    if describes {
        out.put_slice(b"D\0\0\0\x06P\0");
    }
    out.put_slice(b"E\0\0\0\x09\0\0\0\0\0");
}

fn write_parse(name: &str, sql: &str, declared: &Declared, out: &mut BytesMut) {
    out.put_u8(b'P');
    let at = out.len();
    out.put_i32(0);
    out.put_slice(name.as_bytes());
    out.put_u8(0);
    // A NUL would end the text early, and the server would run the half of it.
    out.put_slice(if sql.contains('\0') { b"a text with NUL" } else { sql.as_bytes() });
    out.put_u8(0);
    let oids = declared.oids();
    out.put_u16(oids.len() as u16);
    oids.for_each(|oid| out.put_u32(oid));
    close_frame(at, out);
}

/// Writes the length of a message into its head.
fn close_frame(at: usize, out: &mut BytesMut) {
    let length = (out.len() - at) as i32;
    out[at..at + 4].copy_from_slice(&length.to_be_bytes());
}

#[cold]
fn wrong_count(given: usize, times: usize, wanted: usize) -> Error {
    let runs = if times == 1 { String::new() } else { format!(" for each of {times} runs") };
    Error::new(
        ErrorKind::InvalidStatement,
        format!("the statement takes {wanted} parameters{runs}, {given} values were given"),
    )
    .with_help("give one value for each placeholder")
}

#[cold]
fn too_many(width: usize) -> Error {
    Error::new(
        ErrorKind::Limit,
        format!("{width} parameters are more than the {MOST_PARAMETERS} of PostgreSQL"),
    )
    .with_help("split the statement, or send a list as one array")
}

#[cold]
pub(super) fn stale(expected: u64, found: u64) -> Error {
    let rows = if expected == 1 { "row was" } else { "rows were" };
    Error::new(ErrorKind::StaleRow, format!("{expected} {rows} to be affected, {found} were")).with_help(
        "somebody else changed or deleted the rest: roll back, load the rows again and decide anew",
    )
}

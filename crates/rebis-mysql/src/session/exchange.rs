//! Sends, and reads every answer to its end.

use super::batch::Batch;
use super::{Session, error};
use crate::group::{Group, Piece, Role};
use crate::rows::Block;
use crate::scan::Verb;
use crate::values::Parameters;
use crate::wire::column::Columns;
use crate::wire::native::Native;
use crate::wire::packet::{Done, garbled};
use crate::wire::{Head, Prepared, Rows};
use rebis_core::{Cell, Error, Result};
use rebis_driver::Link;
use rebis_driver::relay::{Part, Sender, Wish};
use rebis_sql::StatementKind;
use std::future::poll_fn;
use std::sync::Arc;

/// What stopped a result: the server, or something above it.
enum Failure {
    Native(Native),
    Ours(Error),
    /// The server says that a step affected another number of rows than expected.
    Miscounted,
}

impl From<Native> for Failure {
    #[cold]
    fn from(native: Native) -> Self {
        Failure::Native(native)
    }
}

/// What a result came to.
#[derive(Default)]
struct Came {
    affected: u64,
    first_key: Option<u64>,
    last_key: Option<u64>,
    rows: u64,
    columns: Option<Arc<Columns>>,
    /// The text form has cut floats of 32 bits to six digits: the statement is to run again, prepared.
    cut: bool,
}

impl Came {
    fn of(done: Done) -> Came {
        let key = Some(done.key).filter(|key| *key > 0);
        Came { affected: done.affected, first_key: key, last_key: key, ..Came::default() }
    }

    /// The server tells the first key that it generated for a statement; those of the other rows follow.
    fn with_last_key(mut self, plain: bool, key_step: u64) -> Came {
        if plain && let Some(key) = &mut self.last_key {
            *key = key.wrapping_add(self.affected.saturating_sub(1).wrapping_mul(key_step));
        }
        self
    }
}

/// How a result is to be read, and by whom.
struct Asked<'a> {
    step: usize,
    answer: &'a Sender,
    /// The form of its values is the exact one, or there is no other.
    exact: bool,
    /// The sink has not been told the columns yet.
    fresh: bool,
}

/// The server has forgotten a prepared statement, or wants it prepared again. It did not run.
const FORGOTTEN: &[u16] = &[1243, 1615];
/// What cannot be prepared.
const NOT_PREPARED: u16 = 1295;

impl Session {
    /// Sends a text and reads the answers of its pieces.
    pub(super) async fn send_text(&mut self, group: Group, batch: &mut Batch<'_>) -> Result<()> {
        let Group { text, pieces, .. } = group;
        let (done, failure) = self.read_text(text, &pieces, batch).await;
        let outcome = match failure {
            None => {
                self.follow();
                Ok(())
            }
            Some((step, Failure::Ours(error))) => {
                self.follow();
                Err(batch.named_as(step, error))
            }
            Some((step, Failure::Miscounted)) => {
                // The text ended there: nothing else has happened.
                self.link = pieces[done].link;
                if batch.expected(step).is_ok() {
                    // The counts are right, so this server understands the question otherwise. Do without.
                    self.counts = false;
                    batch.go_back_behind(step);
                }
                Ok(())
            }
            Some((step, Failure::Native(native))) => {
                let piece = pieces[done.min(pieces.len() - 1)];
                let kept = may_be_kept(&pieces[done.min(pieces.len() - 1)..], batch);
                let plain = pieces.len() == 1 && batch.part(step).binds.is_empty();
                Err(batch.named_as(step, self.failed(native, plain, piece.link, kept)))
            }
        };
        self.settle(&pieces, done, batch).and(outcome)
    }

    /// How many pieces are over, and what failed behind them.
    async fn read_text(
        &mut self,
        text: String,
        pieces: &[Piece],
        batch: &mut Batch<'_>,
    ) -> (usize, Option<(usize, Failure)>) {
        if let Err(native) = self.wire.query(&text).await {
            return (0, Some((pieces[0].step, native.into())));
        }
        let mut again = None;
        for (index, piece) in pieces.iter().enumerate() {
            let step = piece.step;
            if index > 0 && !self.wire.has_more() {
                return (index, Some((step, garbled("a statement has no answer").into())));
            }
            if piece.role != Role::Run || again.is_some() {
                match self.skip().await {
                    Ok(()) => continue,
                    Err(native) => return (index, Some((step, miscounted(native, piece.role)))),
                }
            }
            let exact = batch.part(step).statement.kind() != StatementKind::Read;
            // Behind a query there are only queries.
            let more = index + 1 < pieces.len() && exact;
            match self.read(asked(batch, step, exact), None).await {
                Ok(came) if came.cut => again = Some((index, step)),
                Ok(came) => tell(batch, step, came.with_last_key(piece.plain, self.key_step), more),
                Err(failure) => return (index, Some((step, failure))),
            }
        }
        // More results than statements: a procedure's.
        if let Err(native) = self.rest().await {
            let last = pieces.len() - 1;
            return (last, Some((pieces[last].step, native.into())));
        }
        match again {
            Some((index, step)) => {
                let failed = self.run_again(step, batch).await.err();
                batch.go_back_behind(step);
                (index + 1, failed.map(|failure| (step, failure)))
            }
            None => (pieces.len(), None),
        }
    }

    /// Runs a query of a text again, for its floats; those behind it run again, too.
    async fn run_again(&mut self, step: usize, batch: &mut Batch<'_>) -> Result<(), Failure> {
        let part = batch.part(step);
        let prepared = self.prepared(part).await?;
        let came = self.execute(&prepared, step, 0, batch).await?;
        tell(batch, step, came, false);
        Ok(())
    }

    /// Sends the next step as a prepared statement, all its runs.
    pub(super) async fn send_prepared(&mut self, batch: &mut Batch<'_>) -> Result<()> {
        let Some((step, from, part)) = batch.next() else { return Ok(()) };
        let (link, times) = (self.link, part.times);
        let plain = self.statements.shape(&part.statement).verb == Verb::PlainInsert;
        let kept = link == Link::Idle && part.statement.kind() == StatementKind::Write;
        for run in from..times {
            let failure = match self.send_run(step, run, batch).await {
                Ok(came) => {
                    tell(batch, step, came.with_last_key(plain, self.key_step), false);
                    self.follow();
                    batch.advance();
                    continue;
                }
                Err(failure) => failure,
            };
            return Err(match failure {
                Failure::Native(native) => {
                    let plain = batch.part(step).binds.is_empty();
                    batch.named_as(step, self.failed(native, plain, link, kept))
                }
                Failure::Ours(error) => batch.named_as(step, error),
                Failure::Miscounted => batch.named_as(step, error::miscounted()),
            });
        }
        batch.expected(step)?;
        batch.end_of_steps(step + 1);
        Ok(())
    }

    /// One run, prepared; a statement that the server has forgotten is prepared again.
    async fn send_run(&mut self, step: usize, run: usize, batch: &mut Batch<'_>) -> Result<Came, Failure> {
        let part = batch.part(step);
        let prepared = match self.prepared(part).await {
            Err(Failure::Native(native)) if native.code() == Some(NOT_PREPARED) => {
                return self.send_plain(step, native, batch).await;
            }
            other => other?,
        };
        match self.execute(&prepared, step, run, batch).await {
            Err(Failure::Native(native)) if native.code().is_some_and(|c| FORGOTTEN.contains(&c)) => {
                self.statements.forget(&batch.part(step).statement);
                let prepared = self.prepared(batch.part(step)).await?;
                self.execute(&prepared, step, run, batch).await
            }
            other => other,
        }
    }

    /// A statement that cannot be prepared goes as it is, if it is surely one.
    async fn send_plain(
        &mut self,
        step: usize,
        refused: Native,
        batch: &mut Batch<'_>,
    ) -> Result<Came, Failure> {
        let part = batch.part(step);
        if part.statement.sql().contains(';') || !part.binds.is_empty() {
            return Err(refused.into());
        }
        self.wire.query(part.statement.sql()).await?;
        let came = self.read(asked(batch, step, true), None).await?;
        self.rest().await?;
        Ok(came)
    }

    /// The statement as the server has it, prepared now if need be.
    async fn prepared(&mut self, part: &Part) -> Result<Prepared, Failure> {
        if let Some(prepared) = self.statements.prepared(&part.statement) {
            return Ok(prepared);
        }
        if part.statement.sql().len() + 1024 > self.max_packet {
            return Err(Failure::Ours(error::too_large(self.max_packet)));
        }
        let prepared = self.wire.prepare(part.statement.sql()).await?;
        self.statements.keep(&part.statement, prepared.clone());
        Ok(prepared)
    }

    async fn execute(
        &mut self,
        prepared: &Prepared,
        step: usize,
        run: usize,
        batch: &Batch<'_>,
    ) -> Result<Came, Failure> {
        let command = self.command(prepared, (step, run), batch).map_err(Failure::Ours)?;
        self.wire.command(&command).await?;
        let came = self.read(asked(batch, step, true), Some(prepared)).await?;
        self.rest().await?;
        if let Some(columns) = came.columns.as_ref().filter(|told| !Arc::ptr_eq(told, &prepared.columns)) {
            self.statements.learn(&batch.part(step).statement, columns);
        }
        Ok(came)
    }

    /// The command that runs a prepared statement.
    fn command(
        &self,
        prepared: &Prepared,
        (step, run): (usize, usize),
        batch: &Batch<'_>,
    ) -> Result<Vec<u8>> {
        let part = batch.part(step);
        let each = prepared.parameters;
        if part.binds.len() != each * part.times {
            return Err(error::wrong_count(part.binds.len(), part.times, each));
        }
        let mut parameters = Parameters::default();
        for cell in part.binds.iter().skip(run * each).take(each) {
            parameters.push(match cell {
                // What this step waits for has run in a text before.
                Cell::KeyOf { back, row } => {
                    let (of, ahead) = (step.checked_sub(back as usize), u64::from(row) * self.key_step);
                    batch.made().known(of, ahead)?.map_or(Cell::Null, Cell::Unsigned)
                }
                cell => cell,
            })?;
        }
        let command = parameters.execute(prepared.id);
        if command.len() + 1024 > self.max_packet {
            return Err(error::too_large(self.max_packet));
        }
        Ok(command)
    }

    /// Looks at the counts of the steps that are over, and gives them back.
    fn settle(&mut self, pieces: &[Piece], done: usize, batch: &mut Batch<'_>) -> Result<()> {
        for (index, piece) in pieces[..done].iter().enumerate().filter(|(_, piece)| piece.last) {
            if let Err(error) = batch.expected(piece.step) {
                if index + 1 < done {
                    self.taint();
                }
                batch.untell(piece.step + 1);
                return Err(error);
            }
            batch.end_of_steps(piece.step + 1);
        }
        Ok(())
    }
}

/// Whether one of these may be kept for good though its answer did not come.
fn may_be_kept(pieces: &[Piece], batch: &Batch<'_>) -> bool {
    pieces.iter().any(|piece| match batch.part(piece.step).statement.kind() {
        StatementKind::Commit => true,
        StatementKind::Write => piece.link == Link::Idle,
        _ => false,
    })
}

fn tell(batch: &mut Batch<'_>, step: usize, came: Came, ahead: bool) {
    let Came { affected, first_key, last_key, rows, columns, cut: _ } = came;
    batch.makes(step, first_key);
    let returned = if batch.part(step).statement.kind() == StatementKind::Read { 0 } else { rows };
    batch.tell(step, affected + returned, last_key);
    if columns.is_some() {
        batch.shows(step, ahead);
    }
}

/// "Subquery returns more than 1 row".
const TWO_ROWS: u16 = 1242;

/// A check fails in one way.
fn miscounted(native: Native, role: Role) -> Failure {
    if role == Role::Check && native.code() == Some(TWO_ROWS) {
        Failure::Miscounted
    } else {
        Failure::Native(native)
    }
}

/// How the next result of a step is to be read.
fn asked<'a>(batch: &Batch<'a>, step: usize, exact: bool) -> Asked<'a> {
    Asked { step, answer: batch.answer(), exact, fresh: batch.is_fresh(step) }
}

impl Session {
    /// Reads a result that nobody wants to its end.
    async fn skip(&mut self) -> Result<(), Native> {
        match self.wire.head().await? {
            Head::Done(_) => Ok(()),
            Head::Rows(_) => self.wire.skip_rows().await,
        }
    }

    /// Reads the results that nobody expects.
    async fn rest(&mut self) -> Result<(), Native> {
        if self.wire.has_more() { self.wire.rest().await } else { Ok(()) }
    }

    /// Reads one result to its end: of a text, or of a prepared statement.
    async fn read(&mut self, asked: Asked<'_>, prepared: Option<&Prepared>) -> Result<Came, Failure> {
        let head = match prepared {
            Some(_) => self.wire.prepared_head().await?,
            None => self.wire.head().await?,
        };
        let columns = match (head, prepared) {
            (Head::Done(done), _) => return Ok(Came::of(done)),
            (Head::Rows(Some(columns)), _) => Arc::new(columns),
            (Head::Rows(None), Some(prepared)) => prepared.columns.clone(),
            (Head::Rows(None), None) => return Err(garbled("a result has no columns").into()),
        };
        if !asked.exact && columns.cuts() {
            self.wire.skip_rows().await?;
            return Ok(Came { cut: true, ..Came::default() });
        }
        self.rows(asked, columns).await
    }

    /// Sends the rows of a result on, as long as they are wanted.
    async fn rows(&mut self, asked: Asked<'_>, columns: Arc<Columns>) -> Result<Came, Failure> {
        let Asked { step, answer, fresh, .. } = asked;
        let mut came = Came { columns: Some(columns.clone()), ..Came::default() };
        let mut wish = if fresh { answer.columns(step, columns.clone()) } else { Wish::More };
        loop {
            let (bytes, count, is_bare) = match self.wire.rows().await? {
                Rows::Some(bytes, count) => (bytes, count, false),
                Rows::Long(bytes) => (bytes, 1, true),
                Rows::Over => return Ok(came),
            };
            came.rows += count as u64;
            if wish == Wish::More {
                poll_fn(|context| answer.poll_room(context)).await;
                let columns = columns.clone();
                wish = answer.raw(step, Box::new(Block { bytes, is_bare, columns }));
            }
        }
    }
}

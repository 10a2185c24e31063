//! Sends, and reads every answer to its end.

use super::batch::Batch;
use super::{Session, error};
use crate::group::{Group, Piece, Role};
use crate::scan::Verb;
use crate::statements::Prepared;
use crate::values::{self, As};
use mysql_async::prelude::{Protocol, Queryable};
use mysql_async::{Column, Params, QueryResult, Value};
use rebis_core::{Cell, Error, Result};
use rebis_driver::Link;
use rebis_driver::relay::{Part, Sender, Shipper, Wish};
use rebis_sql::StatementKind;
use std::future::poll_fn;

/// What stopped a result: the server, or something above it.
enum Failure {
    Native(mysql_async::Error),
    Ours(Error),
    /// Ours, and more statements have run, or failed, behind it.
    TooLate(Error),
    /// The server says that a step affected another number of rows than expected.
    Miscounted,
}

impl From<mysql_async::Error> for Failure {
    #[cold]
    fn from(native: mysql_async::Error) -> Self {
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
    has_columns: bool,
    /// The text form has cut floats of 32 bits to six digits: the statement is to run again, prepared.
    cut: bool,
}

impl Came {
    /// The server tells the first key that it generated for a statement; those of the other rows follow.
    fn with_last_key(mut self, plain: bool, key_step: u64) -> Came {
        if plain && let Some(key) = &mut self.last_key {
            *key = key.wrapping_add(self.affected.saturating_sub(1).wrapping_mul(key_step));
        }
        self
    }
}

/// How a result is to be read.
#[derive(Clone, Copy)]
struct Asked {
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
            Some((step, Failure::TooLate(error))) => {
                self.link = Link::Aborted;
                Err(batch.named_as(step, error))
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
        let mut result = match self.conn.query_iter(text).await {
            Ok(result) => result,
            Err(native) => return (0, Some((pieces[0].step, native.into()))),
        };
        let mut again = None;
        let key_step = self.key_step;
        for (index, piece) in pieces.iter().enumerate() {
            let step = piece.step;
            if piece.role != Role::Run || again.is_some() {
                match skip(&mut result).await {
                    Ok(()) => continue,
                    Err(native) => return (index, Some((step, miscounted(native, piece.role)))),
                }
            }
            let part = batch.part(step);
            let exact = part.statement.kind() != StatementKind::Read;
            // Behind a query there are only queries.
            let more = index + 1 < pieces.len() && exact;
            let mut shipper = Shipper::new(batch.answer(), step);
            let asked = Asked { exact, fresh: batch.is_fresh(step) };
            match read(&mut result, &mut shipper, batch.answer(), asked).await {
                Ok(came) if came.cut => again = Some((index, step)),
                Ok(came) => tell(batch, step, came.with_last_key(piece.plain, key_step), more),
                Err(Failure::Ours(error)) => {
                    let rest = result.drop_result().await;
                    return (index, Some((step, self.with_rest(error, rest, more))));
                }
                Err(failure) => return (index, Some((step, failure))),
            }
        }
        // More results than statements: a procedure's.
        if let Err(native) = result.drop_result().await {
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

    /// What could not be shown, and what became of the statements behind it.
    #[cold]
    fn with_rest(&self, error: Error, rest: mysql_async::Result<()>, more: bool) -> Failure {
        match rest {
            Err(native) if native.is_fatal() => Failure::Native(native),
            _ if more => Failure::TooLate(error),
            _ => Failure::Ours(error),
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
                Failure::Ours(error) | Failure::TooLate(error) => batch.named_as(step, error),
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
            Err(Failure::Native(native)) if code(&native) == Some(NOT_PREPARED) => {
                return self.send_plain(step, native, batch).await;
            }
            other => other?,
        };
        match self.execute(&prepared, step, run, batch).await {
            Err(Failure::Native(native)) if code(&native).is_some_and(|c| FORGOTTEN.contains(&c)) => {
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
        refused: mysql_async::Error,
        batch: &mut Batch<'_>,
    ) -> Result<Came, Failure> {
        let part = batch.part(step);
        if part.statement.sql().contains(';') || !part.binds.is_empty() {
            return Err(refused.into());
        }
        let mut shipper = Shipper::new(batch.answer(), step);
        let mut result = self.conn.query_iter(part.statement.sql()).await?;
        let asked = Asked { exact: true, fresh: batch.is_fresh(step) };
        let came = read(&mut result, &mut shipper, batch.answer(), asked).await?;
        result.drop_result().await?;
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
        let prepared = self.conn.prep(part.statement.sql()).await?;
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
        let params = self.parameters(prepared, (step, run), batch).map_err(Failure::Ours)?;
        let mut shipper = Shipper::new(batch.answer(), step);
        let mut result = self.conn.exec_iter(prepared, params).await?;
        let asked = Asked { exact: true, fresh: batch.is_fresh(step) };
        let came = read(&mut result, &mut shipper, batch.answer(), asked).await?;
        result.drop_result().await?;
        Ok(came)
    }

    fn parameters(
        &self,
        prepared: &Prepared,
        (step, run): (usize, usize),
        batch: &Batch<'_>,
    ) -> Result<Params> {
        let part = batch.part(step);
        let each = usize::from(prepared.num_params());
        if part.binds.len() != each * part.times {
            return Err(error::wrong_count(part.binds.len(), part.times, each));
        }
        let cells = part.binds.iter().skip(run * each).take(each);
        let value = |cell| match cell {
            // What this step waits for has run in a text before.
            Cell::KeyOf { back, row } => {
                let (of, ahead) = (step.checked_sub(back as usize), u64::from(row) * self.key_step);
                Ok(batch.made().known(of, ahead)?.map_or(Value::NULL, Value::UInt))
            }
            cell => values::parameter(cell),
        };
        let values: Vec<Value> = cells.map(value).collect::<Result<_>>()?;
        let size: u64 = values.iter().map(Value::bin_len).sum();
        if size + 1024 > self.max_packet as u64 {
            return Err(error::too_large(self.max_packet));
        }
        Ok(if values.is_empty() { Params::Empty } else { Params::Positional(values) })
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

fn code(native: &mysql_async::Error) -> Option<u16> {
    match native {
        mysql_async::Error::Server(server) => Some(server.code),
        _ => None,
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
    let Came { affected, first_key, last_key, rows, has_columns, cut: _ } = came;
    batch.makes(step, first_key);
    let returned = if batch.part(step).statement.kind() == StatementKind::Read { 0 } else { rows };
    batch.tell(step, affected + returned, last_key);
    if has_columns {
        batch.shows(step, ahead);
    }
}

/// Reads a result that nobody wants to its end.
async fn skip<P: Protocol>(result: &mut QueryResult<'_, 'static, P>) -> mysql_async::Result<()> {
    while result.next().await?.is_some() {}
    Ok(())
}

/// "Subquery returns more than 1 row".
const TWO_ROWS: u16 = 1242;

/// A check fails in one way.
fn miscounted(native: mysql_async::Error, role: Role) -> Failure {
    if role == Role::Check && code(&native) == Some(TWO_ROWS) {
        Failure::Miscounted
    } else {
        Failure::Native(native)
    }
}

/// Reads one result to its end.
async fn read<P: Protocol>(
    result: &mut QueryResult<'_, 'static, P>,
    shipper: &mut Shipper<'_>,
    answer: &Sender,
    asked: Asked,
) -> Result<Came, Failure> {
    let columns = result.columns().unwrap_or_default();
    if columns.is_empty() {
        let came = Came {
            affected: result.affected_rows(),
            first_key: result.last_insert_id().filter(|key| *key > 0),
            last_key: result.last_insert_id().filter(|key| *key > 0),
            ..Came::default()
        };
        // An error of this statement is told by this call, one of the next statement by the next.
        result.next().await?;
        return Ok(came);
    }
    let kinds: Vec<As> = columns.iter().map(values::of_column).collect();
    if !asked.exact && kinds.contains(&As::Float32) {
        while result.next().await?.is_some() {}
        return Ok(Came { cut: true, ..Came::default() });
    }
    let wish = match asked.fresh {
        true => shipper.columns(columns.iter().map(|column| column.name_str().into_owned()).collect()),
        false => Wish::More,
    };
    rows(result, (&columns, &kinds), shipper, answer, wish).await
}

async fn rows<P: Protocol>(
    result: &mut QueryResult<'_, 'static, P>,
    (columns, kinds): (&[Column], &[As]),
    shipper: &mut Shipper<'_>,
    answer: &Sender,
    mut wish: Wish,
) -> Result<Came, Failure> {
    let mut came = Came { has_columns: true, ..Came::default() };
    let (mut failed, mut text) = (None, String::new());
    while let Some(row) = result.next().await? {
        came.rows += 1;
        if wish != Wish::More || failed.is_some() {
            continue;
        }
        for (index, of) in kinds.iter().enumerate() {
            match values::cell(row.as_ref(index).unwrap_or(&Value::NULL), *of, &mut text) {
                Ok(cell) => shipper.cell(cell),
                Err(error) => {
                    failed = Some(error.with_column(&*columns[index].name_str()));
                    break;
                }
            }
        }
        if failed.is_none() && shipper.end_row() {
            poll_fn(|context| answer.poll_room(context)).await;
            wish = shipper.ship();
        }
    }
    match failed {
        Some(error) => Err(Failure::Ours(error)),
        None => {
            poll_fn(|context| answer.poll_room(context)).await;
            shipper.ship();
            Ok(came)
        }
    }
}

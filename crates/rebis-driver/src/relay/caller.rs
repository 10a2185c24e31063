//! The caller's half: sends batches, and shows the sinks what comes back.

use super::answer::{Answer, Job, News};
use crate::{Columns, Link, Step};
use rebis_core::{Binds, Cell, Error, Result};
use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;

/// What a connection that lives elsewhere knows on the side of its caller.
///
/// Here the other half is a thread that answers every step with one row:
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/wait.rs"));
/// # fn main() -> rebis_core::Result<()> {
/// use rebis_core::{Binds, Cell, Error, ErrorKind};
/// use rebis_driver::relay::{Caller, Job, Shipper};
/// use rebis_driver::{Each, Flow, Link, Step};
/// use rebis_sql::{Statement, StatementKind};
///
/// let (jobs, inbox) = std::sync::mpsc::channel::<Job>();
/// std::thread::spawn(move || {
///     for Job { steps, answer, .. } in inbox {
///         for (number, part) in steps.into_iter().enumerate() {
///             let mut shipper = Shipper::new(&answer, number);
///             shipper.columns(vec!["n".to_owned()]);
///             shipper.cell(Cell::Int(7));
///             shipper.end_row();
///             shipper.ship();
///             answer.step(number, part.binds, (0, 0));
///         }
///         answer.end(Ok(()), Link::Idle);
///     }
/// });
///
/// let (query, mut binds) = (Statement::new("SELECT n FROM t", StatementKind::Read), Binds::new());
/// let mut found = Vec::new();
/// let mut sink = Each(|cells: &[Cell<'_>]| {
///     found.push(rebis_core::field::<i64>(cells, 0)?);
///     Ok(Flow::Continue(()))
/// });
/// let mut caller = Caller::default();
/// let lost = || Error::new(ErrorKind::ConnectionLost, "the thread is gone");
/// let send = |job| jobs.send(job).map_err(|unsent| unsent.0);
/// block_on(caller.run(&mut [Step::new(&query, &mut binds, &mut sink)], send, lost))?;
/// assert_eq!((found, caller.link()), (vec![7], Link::Idle));
/// # Ok(())
/// # }
/// ```
pub struct Caller {
    /// As of the last answer.
    link: Link,
    /// What is under way: raised before a job is sent, lowered after its last news. A dropped future leaves it.
    current: Option<Arc<Answer>>,
    /// The number of the last job.
    last: u64,
}

impl Default for Caller {
    fn default() -> Self {
        Caller { link: Link::Idle, current: None, last: 0 }
    }
}

impl Caller {
    /// What is believed of the connection.
    pub fn link(&self) -> Link {
        if self.current.is_some() { Link::InFlight } else { self.link }
    }

    /// The number of the last job.
    pub fn last(&self) -> u64 {
        self.last
    }

    /// Nothing is under way any more.
    pub fn rest(&mut self, link: Link) {
        self.current = None;
        self.link = link;
    }

    /// Runs a batch: `send` takes the job to the other half, and gives it back if that is gone. The parameters go along and
    /// come back with the answer.
    ///
    /// # Errors
    /// What the other half, or a sink, says; `lost()` if there is no other half.
    pub async fn run(
        &mut self,
        batch: &mut [Step<'_>],
        send: impl FnOnce(Job) -> std::result::Result<(), Job>,
        lost: impl FnOnce() -> Error,
    ) -> Result<()> {
        self.last += 1;
        let answer = Arc::new(Answer::default());
        // Up before anything is sent: from here on a dropped future is seen.
        self.current = Some(answer.clone());
        if let Err(job) = send(Job::new(self.last, batch, answer.clone())) {
            take_back(job, batch);
            self.rest(Link::Closed);
            return Err(lost());
        }
        let (result, link) = read(&answer, batch).await;
        self.rest(link);
        result
    }

    /// Gives up what is under way; its number, if there was something.
    pub fn give_up(&mut self) -> Option<u64> {
        let answer = self.current.take()?;
        answer.abandon();
        Some(self.last)
    }
}

fn take_back(job: Job, batch: &mut [Step<'_>]) {
    for (part, step) in job.steps.into_iter().zip(batch) {
        *step.binds = part.binds;
    }
}

async fn read(answer: &Answer, batch: &mut [Step<'_>]) -> (Result<()>, Link) {
    let mut reading = Reading::default();
    loop {
        // What came in one go is read in one go.
        let news = poll_fn(|context| match answer.take(context.waker()) {
            news if news.is_empty() => Poll::Pending,
            news => Poll::Ready(news),
        })
        .await;
        for item in news {
            if let Some(end) = reading.take(item, batch, answer) {
                return end;
            }
        }
    }
}

/// How far the answer to a batch has been read.
#[derive(Default)]
struct Reading {
    columns: Option<Arc<dyn Columns + Send + Sync>>,
    /// What a sink said first; the rest of the answer is read and thrown away.
    failed: Option<Error>,
    /// The step whose sink has enough.
    enough: Option<usize>,
}

impl Reading {
    /// Reads one item; gives the result with the last.
    fn take(&mut self, item: News, batch: &mut [Step<'_>], answer: &Answer) -> Option<(Result<()>, Link)> {
        match item {
            News::Columns(step, columns) => {
                let started = batch[step].to.start(&*columns);
                self.columns = Some(columns);
                self.note(started, batch, step, answer);
            }
            News::Raw(step, rows) => {
                self.show(step, batch, answer, |of| rows.show(of));
                drop(rows);
                answer.was_read();
            }
            News::Rows(step, rows) => {
                self.rows(step, &rows, batch, answer);
                answer.give_back(rows);
            }
            News::Step(step, binds, outcome) => {
                *batch[step].binds = binds;
                (batch[step].affected, batch[step].last_key) = outcome;
                answer.read(step);
            }
            News::End(result, link) => {
                return Some((self.failed.take().map_or(result, Err), link));
            }
        }
        None
    }

    fn rows(&mut self, step: usize, rows: &Binds, batch: &mut [Step<'_>], answer: &Answer) {
        let width = self.columns.as_ref().map_or(0, |columns| columns.len());
        self.show(step, batch, answer, |of| match width {
            0..=8 => show::<8>(rows, width, of),
            9..=16 => show::<16>(rows, width, of),
            17..=64 => show::<64>(rows, width, of),
            _ => show::<256>(rows, width, of),
        });
    }

    /// Shows a chunk, if its rows are wanted still.
    fn show(
        &mut self,
        step: usize,
        batch: &mut [Step<'_>],
        answer: &Answer,
        chunk: impl FnOnce(&mut Step<'_>) -> Result<bool>,
    ) {
        if self.failed.is_some() || self.enough == Some(step) {
            return;
        }
        match chunk(&mut batch[step]) {
            Ok(true) => {}
            Ok(false) => {
                self.enough = Some(step);
                answer.enough(step);
            }
            Err(error) => self.note(Err(error), batch, step, answer),
        }
    }

    fn note(&mut self, result: Result<()>, batch: &[Step<'_>], step: usize, answer: &Answer) {
        let Err(error) = result else { return };
        let error = match (error.column(), error.index(), &self.columns) {
            (None, Some(index), Some(columns)) if index < columns.len() => {
                error.with_column(columns.name(index))
            }
            _ => error,
        };
        self.failed.get_or_insert(error.with_sql(batch[step].statement.shared_sql()));
        answer.stop();
    }
}

/// Shows the rows of a chunk to the sink of a step and counts them: the other half has read ahead and knows only what
/// it shipped. `false`: the sink has enough.
fn show<const N: usize>(rows: &Binds, width: usize, step: &mut Step<'_>) -> Result<bool> {
    let mut from = 0;
    while width > 0 && from < rows.len() {
        let get = |index: usize| rows.get(from + index).unwrap_or(Cell::Null);
        let flow = if width <= N {
            let mut cells = [Cell::Null; N];
            cells[..width].iter_mut().enumerate().for_each(|(index, cell)| *cell = get(index));
            step.to.row(&cells[..width])
        } else {
            step.to.row(&(0..width).map(get).collect::<Vec<_>>())
        };
        step.rows += 1;
        if flow?.is_break() {
            return Ok(false);
        }
        from += width;
    }
    Ok(true)
}

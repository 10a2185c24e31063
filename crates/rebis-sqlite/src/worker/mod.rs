//! A connection on a thread of its own, for programs whose threads may not wait.
//!
//! * `thread`: owns connection and statements, runs jobs, ships rows in chunks.
//! * `job`: what goes to the thread and what comes back; the rows wait there, a bounded number of them.
//! * `guard`: which job runs and which is given up, so that an interrupt hits no other.
//! * here: the face of it, a connection whose futures decode rows on the side of the caller.
//!
//! A sink is called inside the poll of the future, so it may borrow what it likes and nothing of the caller's ever
//! crosses a thread. It needs no runtime: the thread wakes the future's waker.

mod guard;
mod job;
mod thread;

use crate::driver::Opening;
use guard::Guard;
use job::{Answer, Job, News, Order, promise};
use rebis_core::{Binds, BoxFuture, Cell, Error, ErrorKind, Result};
use rebis_driver::{Columns, Connection, Link, Sink, Step};
use std::future::poll_fn;
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::task::Poll;

/// Opens a connection on a new thread.
pub(crate) async fn connect(opening: Opening) -> Result<Box<dyn Connection>> {
    let (opened, answer) = promise();
    let orders = thread::start(opening, opened)?;
    let guard = answer.await.unwrap_or_else(|| Err(lost()))?;
    Ok(Box::new(Worker { orders, guard, link: Link::Idle, current: None, last: 0 }))
}

#[cold]
fn lost() -> Error {
    Error::new(ErrorKind::ConnectionLost, "the thread of the connection has ended")
        .with_help("the pool opens another; if a thread panicked, its message is on standard error")
}

/// The caller's side of a connection on a thread.
struct Worker {
    orders: Sender<Order>,
    guard: Arc<Guard>,
    /// As of the last answer.
    link: Link,
    /// What is under way: raised before a job is sent, lowered after its last news. A dropped future leaves it.
    current: Option<Arc<Answer>>,
    /// The number of the last job.
    last: u64,
}

impl Worker {
    /// Sends a batch; its parameters go along and come back with the answer.
    fn send(&mut self, batch: &mut [Step<'_>]) -> Result<Arc<Answer>> {
        self.last += 1;
        let answer = Arc::new(Answer::default());
        // Up before anything is sent: from here on a dropped future is seen.
        self.current = Some(answer.clone());
        let job = Job::new(self.last, batch, answer.clone());
        match self.orders.send(Order::Run(job)) {
            Ok(()) => Ok(answer),
            Err(_) => {
                self.end(Link::Closed);
                Err(lost())
            }
        }
    }

    fn end(&mut self, link: Link) {
        self.current = None;
        self.link = link;
    }

    async fn run_batch(&mut self, batch: &mut [Step<'_>]) -> Result<()> {
        let answer = self.send(batch)?;
        let mut reading = Reading::default();
        loop {
            // What came in one go is read in one go.
            let news = poll_fn(|context| match answer.take(context.waker()) {
                news if news.is_empty() => Poll::Pending,
                news => Poll::Ready(news),
            })
            .await;
            for item in news {
                if let Some((result, link)) = reading.take(item, batch, &answer) {
                    self.end(link);
                    return result;
                }
            }
        }
    }

    /// Gives up what is under way. The thread comes to rest by itself, soon.
    fn give_up(&mut self) {
        if let Some(answer) = self.current.take() {
            self.guard.cancel(self.last);
            answer.stop();
        }
    }
}

/// How far the answer to a batch has been read.
#[derive(Default)]
struct Reading {
    names: Vec<String>,
    /// What a sink said first; the rest of the answer is read and thrown away.
    failed: Option<Error>,
    /// The step whose sink has enough.
    enough: Option<usize>,
    /// Rows that the sink of the current step was shown. The thread has read ahead and knows only what it shipped.
    shown: u64,
}

impl Reading {
    /// Reads one item; gives the result with the last.
    fn take(&mut self, item: News, batch: &mut [Step<'_>], answer: &Answer) -> Option<(Result<()>, Link)> {
        match item {
            News::Columns(step, names) => {
                self.names = names;
                let started = batch[step].to.start(&Names(&self.names));
                self.note(started, batch, step, answer);
            }
            News::Rows(step, rows) => {
                self.rows(step, &rows, batch, answer);
                answer.give_back(rows);
            }
            News::Step(step, binds, outcome) => {
                *batch[step].binds = binds;
                (batch[step].affected, batch[step].last_key) = outcome;
                batch[step].rows = std::mem::take(&mut self.shown);
                answer.read(step);
            }
            News::End(result, link) => {
                return Some((self.failed.take().map_or(result, Err), link));
            }
        }
        None
    }

    fn rows(&mut self, step: usize, rows: &Binds, batch: &mut [Step<'_>], answer: &Answer) {
        let width = self.names.len();
        if self.failed.is_some() || self.enough == Some(step) {
            return;
        }
        let shown = match width {
            0..=8 => show::<8>(rows, width, batch[step].to, &mut self.shown),
            9..=16 => show::<16>(rows, width, batch[step].to, &mut self.shown),
            17..=64 => show::<64>(rows, width, batch[step].to, &mut self.shown),
            _ => show::<256>(rows, width, batch[step].to, &mut self.shown),
        };
        match shown {
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
        let error = match (error.column(), error.index().and_then(|index| self.names.get(index))) {
            (None, Some(name)) => error.with_column(name.as_str()),
            _ => error,
        };
        self.failed.get_or_insert(error.with_sql(batch[step].statement.shared_sql()));
        answer.stop();
    }
}

/// Shows the rows of a chunk and counts them. `false`: the sink has enough.
fn show<const N: usize>(rows: &Binds, width: usize, sink: &mut dyn Sink, shown: &mut u64) -> Result<bool> {
    let mut from = 0;
    while width > 0 && from < rows.len() {
        let get = |index: usize| rows.get(from + index).unwrap_or(Cell::Null);
        let flow = if width <= N {
            let mut cells = [Cell::Null; N];
            cells[..width].iter_mut().enumerate().for_each(|(index, cell)| *cell = get(index));
            sink.row(&cells[..width])
        } else {
            sink.row(&(0..width).map(get).collect::<Vec<_>>())
        };
        *shown += 1;
        if flow?.is_break() {
            return Ok(false);
        }
        from += width;
    }
    Ok(true)
}

struct Names<'n>(&'n [String]);

impl Columns for Names<'_> {
    fn len(&self) -> usize {
        self.0.len()
    }

    fn name(&self, index: usize) -> &str {
        self.0.get(index).map_or("", String::as_str)
    }
}

impl Connection for Worker {
    fn run<'a>(&'a mut self, batch: &'a mut [Step<'_>]) -> BoxFuture<'a, Result<()>> {
        Box::pin(self.run_batch(batch))
    }

    fn link(&self) -> Link {
        if self.current.is_some() { Link::InFlight } else { self.link }
    }

    fn heal(mut self: Box<Self>) -> BoxFuture<'static, Option<Box<dyn Connection>>> {
        Box::pin(async move {
            self.give_up();
            let (done, answer) = promise();
            self.orders.send(Order::Heal(done)).ok()?;
            // The thread takes one order after the other: an answer says that all before it is over.
            if !answer.await? {
                return None;
            }
            self.link = Link::Idle;
            Some(self as Box<dyn Connection>)
        })
    }

    fn forget_statements(&mut self) {
        // A thread that has ended has forgotten them.
        let _ = self.orders.send(Order::Forget);
    }
}

impl Drop for Worker {
    /// The thread ends when it has no orders and nobody to send any.
    fn drop(&mut self) {
        self.give_up();
    }
}

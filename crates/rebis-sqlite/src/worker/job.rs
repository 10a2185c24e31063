//! What goes to the thread and what comes back.

use super::guard::Guard;
use rebis_core::{Binds, Error, ErrorKind, Result};
use rebis_driver::{Expect, Link, Step};
use rebis_sql::Statement;
use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

/// What the thread is told.
pub(super) enum Order {
    /// Run a batch.
    Run(Job),
    /// Roll back whatever is open; `true` if that went well.
    Heal(Promised<bool>),
    /// Forget prepared statements.
    Forget,
}

/// What is promised to the one who opens a connection.
pub(super) type Opened = Promised<Result<Arc<Guard>>>;

/// A batch that owns all it needs.
pub(super) struct Job {
    pub(super) number: u64,
    pub(super) steps: Vec<Part>,
    pub(super) answer: Sender,
}

/// A step of a job.
pub(super) struct Part {
    pub(super) statement: Statement,
    pub(super) binds: Binds,
    pub(super) times: usize,
    pub(super) expect: Expect,
}

impl Job {
    pub(super) fn new(number: u64, batch: &mut [Step<'_>], answer: Arc<Answer>) -> Job {
        let part = |step: &mut Step<'_>| Part {
            statement: step.statement.clone(),
            binds: std::mem::take(step.binds),
            times: step.times,
            expect: step.expect,
        };
        Job { number, steps: batch.iter_mut().map(part).collect(), answer: Sender { answer, ended: false } }
    }
}

/// One item of an answer, for the step of this number.
pub(super) enum News {
    /// The columns of a result, before its rows.
    Columns(usize, Vec<String>),
    /// Rows, cell after cell.
    Rows(usize, Binds),
    /// A step is over: its parameters come back, with the rows affected and the last key.
    Step(usize, Binds, (u64, i64)),
    /// The batch is over.
    End(Result<()>, Link),
}

/// Chunks of rows that may wait to be read.
const AHEAD: usize = 4;

/// The way from the thread to the future. A bounded number of rows waits here.
#[derive(Default)]
pub(super) struct Answer {
    state: Mutex<State>,
    /// For the thread: there is room, or the reader has said something.
    moved: Condvar,
}

#[derive(Default)]
struct State {
    news: VecDeque<News>,
    /// Chunks on their way or being read.
    chunks: usize,
    /// Empty buffers to be filled again.
    spare: Vec<Binds>,
    waker: Option<Waker>,
    /// The reader wants nothing more of the whole batch.
    stopped: bool,
    /// Steps below this number have been read to their end.
    read: usize,
    /// The step whose reader has enough rows.
    enough: Option<usize>,
}

impl Answer {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.state());
        self.moved.notify_one();
    }

    /// All that has come; else the waker is kept.
    pub(super) fn take(&self, waker: &Waker) -> VecDeque<News> {
        let mut state = self.state();
        if state.news.is_empty() {
            match &mut state.waker {
                Some(known) => known.clone_from(waker),
                none => *none = Some(waker.clone()),
            }
        }
        std::mem::take(&mut state.news)
    }

    /// A chunk has been read.
    pub(super) fn give_back(&self, mut rows: Binds) {
        rows.clear();
        self.tell(|state| {
            state.chunks -= 1;
            state.spare.push(rows);
        });
    }

    /// A step has been read to its end.
    pub(super) fn read(&self, step: usize) {
        self.tell(|state| state.read = step + 1);
    }

    /// The reader of a step wants no more rows.
    pub(super) fn enough(&self, step: usize) {
        self.tell(|state| state.enough = Some(step));
    }

    /// Nobody wants the rest of the batch.
    pub(super) fn stop(&self) {
        self.tell(|state| state.stopped = true);
    }
}

/// The thread's end of an answer. Dropped without an end, it says that the thread is gone.
pub(super) struct Sender {
    answer: Arc<Answer>,
    ended: bool,
}

/// What the reader wants.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Wish {
    More,
    /// No more rows of this step.
    Enough,
    /// Nothing more of the batch.
    Stop,
}

impl Sender {
    fn push(&self, item: News) -> Wish {
        let mut state = self.answer.state();
        let wish = match &item {
            _ if state.stopped => Wish::Stop,
            News::Rows(step, _) if state.enough == Some(*step) => Wish::Enough,
            _ => Wish::More,
        };
        state.news.push_back(item);
        let waker = state.waker.take();
        drop(state);
        waker.into_iter().for_each(Waker::wake);
        wish
    }

    pub(super) fn columns(&self, step: usize, names: Vec<String>) -> Wish {
        self.push(News::Columns(step, names))
    }

    /// Ships a chunk, and gives an empty buffer for the next. Waits while too many are unread.
    pub(super) fn rows(&self, step: usize, rows: Binds) -> (Wish, Binds) {
        let mut state = self.answer.state();
        while state.chunks >= AHEAD && !state.stopped {
            state = self.answer.moved.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.chunks += 1;
        let spare = state.spare.pop().unwrap_or_default();
        drop(state);
        (self.push(News::Rows(step, rows)), spare)
    }

    pub(super) fn step(&self, step: usize, binds: Binds, outcome: (u64, i64)) {
        self.push(News::Step(step, binds, outcome));
    }

    /// Waits until a step has been read to its end: what its sink says may stop the batch. `false`: it did.
    pub(super) fn wait_read(&self, step: usize) -> bool {
        let mut state = self.answer.state();
        while state.read <= step && !state.stopped {
            state = self.answer.moved.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        !state.stopped
    }

    pub(super) fn end(mut self, result: Result<()>, link: Link) {
        self.ended = true;
        self.push(News::End(result, link));
    }
}

impl Drop for Sender {
    fn drop(&mut self) {
        if !self.ended {
            let error = Error::new(
                ErrorKind::ConnectionLost,
                "the thread of the connection ended in the middle of a batch",
            );
            self.push(News::End(Err(error), Link::Closed));
        }
    }
}

struct Shared<T> {
    slot: Mutex<(Option<T>, Option<Waker>, bool)>,
}

/// One value, later.
pub(super) struct Promised<T>(Arc<Shared<T>>);

/// The other end: `None` if the promise was dropped.
pub(super) struct Awaited<T>(Arc<Shared<T>>);

pub(super) fn promise<T>() -> (Promised<T>, Awaited<T>) {
    let shared = Arc::new(Shared { slot: Mutex::new((None, None, false)) });
    (Promised(shared.clone()), Awaited(shared))
}

impl<T> Promised<T> {
    pub(super) fn keep(self, value: T) {
        self.0.slot.lock().unwrap_or_else(PoisonError::into_inner).0 = Some(value);
    }
}

impl<T> Drop for Promised<T> {
    fn drop(&mut self) {
        let mut slot = self.0.slot.lock().unwrap_or_else(PoisonError::into_inner);
        slot.2 = true;
        let waker = slot.1.take();
        drop(slot);
        waker.into_iter().for_each(Waker::wake);
    }
}

impl<T> Future for Awaited<T> {
    type Output = Option<T>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<T>> {
        let mut slot = self.0.slot.lock().unwrap_or_else(PoisonError::into_inner);
        if slot.2 {
            return Poll::Ready(slot.0.take());
        }
        slot.1 = Some(context.waker().clone());
        Poll::Pending
    }
}

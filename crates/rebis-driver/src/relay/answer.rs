//! What goes to the other half and what comes back. The rows wait here, a bounded number of them.

use crate::{Columns, Expect, Link, Step};
use rebis_core::{Binds, Error, ErrorKind, Result};
use rebis_sql::Statement;
use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

/// A batch that owns all it needs.
///
/// See [`Caller`](super::Caller) for an example.
pub struct Job {
    /// Greater than that of the job before.
    pub number: u64,
    /// The steps.
    pub steps: Vec<Part>,
    /// Where the answer goes.
    pub answer: Sender,
}

/// A step of a job.
pub struct Part {
    /// The statement.
    pub statement: Statement,
    /// Its parameters; they go back with [`Sender::step`].
    pub binds: Binds,
    /// How many times it runs.
    pub times: usize,
    /// How many rows it must affect.
    pub expect: Expect,
}

impl Job {
    pub(super) fn new(number: u64, batch: &mut [Step<'_>], answer: Arc<Answer>) -> Job {
        let part = |step: &mut Step<'_>| {
            step.rows = 0;
            let (statement, binds) = (step.statement.clone(), std::mem::take(step.binds));
            Part { statement, binds, times: step.times, expect: step.expect }
        };
        Job { number, steps: batch.iter_mut().map(part).collect(), answer: Sender { answer, ended: false } }
    }
}

/// One item of an answer, for the step of this number.
pub(super) enum News {
    /// The columns of a result, before its rows.
    Columns(usize, Arc<dyn Columns + Send + Sync>),
    /// Rows, cell after cell.
    Rows(usize, Binds),
    /// Rows as they came.
    Raw(usize, Box<dyn RawRows>),
    /// A step is over: its parameters come back, with the rows affected and the last key.
    Step(usize, Binds, (u64, i64)),
    /// The batch is over.
    End(Result<()>, Link),
}

/// Rows as they came from a server: they become cells where they are shown.
pub trait RawRows: Send {
    /// Shows the rows to the sink of a step, and counts them in the step. `false`: the sink has enough.
    ///
    /// # Errors
    /// What the sink says, or a value that has no cell.
    fn show(&self, step: &mut Step<'_>) -> Result<bool>;
}

/// Chunks of rows that may wait to be read.
const AHEAD: usize = 4;

/// The way back. A bounded number of rows waits here.
#[derive(Default)]
pub(super) struct Answer {
    state: Mutex<State>,
    /// For a thread that sends: there is room, or the reader has said something.
    moved: Condvar,
}

#[derive(Default)]
struct State {
    news: VecDeque<News>,
    /// Chunks on their way or being read.
    chunks: usize,
    /// Empty buffers to be filled again.
    spare: Vec<Binds>,
    reader: Option<Waker>,
    /// A task that sends and waits.
    sender: Option<Waker>,
    /// The reader wants nothing more of the whole batch.
    stopped: bool,
    /// There is no reader any more.
    abandoned: bool,
    /// Steps below this number have been read to their end.
    read: usize,
    /// The step whose reader has enough rows.
    enough: Option<usize>,
}

impl State {
    fn has_room(&self) -> bool {
        self.chunks < AHEAD || self.stopped
    }

    fn is_read(&self, step: usize) -> bool {
        self.read > step || self.stopped
    }
}

impl Answer {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self, change: impl FnOnce(&mut State)) {
        let mut state = self.state();
        change(&mut state);
        let sender = state.sender.take();
        drop(state);
        self.moved.notify_one();
        sender.into_iter().for_each(Waker::wake);
    }

    /// All that has come; else the waker is kept.
    pub(super) fn take(&self, waker: &Waker) -> VecDeque<News> {
        let mut state = self.state();
        if state.news.is_empty() {
            match &mut state.reader {
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

    /// A chunk of raw rows has been read.
    pub(super) fn was_read(&self) {
        self.tell(|state| state.chunks -= 1);
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

    /// The future that read was dropped.
    pub(super) fn abandon(&self) {
        self.tell(|state| (state.stopped, state.abandoned) = (true, true));
    }
}

/// The sending end of an answer. Dropped without an end, it says that the connection is gone.
///
/// See [`Caller`](super::Caller) for an example.
pub struct Sender {
    answer: Arc<Answer>,
    ended: bool,
}

/// What the reader wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// More rows.
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
            News::Rows(step, _) | News::Raw(step, _) if state.enough == Some(*step) => Wish::Enough,
            _ => Wish::More,
        };
        state.news.push_back(item);
        let waker = state.reader.take();
        drop(state);
        waker.into_iter().for_each(Waker::wake);
        wish
    }

    /// The names of a step's columns, before its first row.
    pub fn columns(&self, step: usize, columns: Arc<dyn Columns + Send + Sync>) -> Wish {
        self.push(News::Columns(step, columns))
    }

    /// For a task: ships rows as they came, when [`poll_room`](Sender::poll_room) is ready.
    pub fn raw(&self, step: usize, rows: Box<dyn RawRows>) -> Wish {
        self.answer.state().chunks += 1;
        self.push(News::Raw(step, rows))
    }

    /// Ships a chunk, and gives an empty buffer for the next. Waits while too many are unread.
    pub fn rows(&self, step: usize, rows: Binds) -> (Wish, Binds) {
        let mut state = self.answer.state();
        while !state.has_room() {
            state = self.answer.moved.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.chunks += 1;
        let spare = state.spare.pop().unwrap_or_default();
        drop(state);
        (self.push(News::Rows(step, rows)), spare)
    }

    /// For a task: ready when [`rows`](Sender::rows) would not wait.
    pub fn poll_room(&self, context: &Context<'_>) -> Poll<()> {
        self.poll(context, State::has_room).map(drop)
    }

    /// A step is over: its parameters, rows affected and the last key go back.
    pub fn step(&self, step: usize, binds: Binds, outcome: (u64, i64)) {
        self.push(News::Step(step, binds, outcome));
    }

    /// Waits until a step has been read to its end: what its sink says may stop the batch. `false`: it did.
    pub fn wait_read(&self, step: usize) -> bool {
        let mut state = self.answer.state();
        while !state.is_read(step) {
            state = self.answer.moved.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        !state.stopped
    }

    /// The same for a task.
    pub fn poll_read(&self, step: usize, context: &Context<'_>) -> Poll<bool> {
        self.poll(context, |state| state.is_read(step)).map(|state| !state.stopped)
    }

    /// Whether the reader wants nothing more.
    pub fn is_stopped(&self) -> bool {
        self.answer.state().stopped
    }

    /// For a task: ready when the future that read was dropped.
    pub fn poll_abandoned(&self, context: &Context<'_>) -> Poll<()> {
        self.poll(context, |state| state.abandoned).map(drop)
    }

    fn poll(&self, context: &Context<'_>, done: impl Fn(&State) -> bool) -> Poll<MutexGuard<'_, State>> {
        let mut state = self.answer.state();
        if done(&state) {
            return Poll::Ready(state);
        }
        state.sender = Some(context.waker().clone());
        Poll::Pending
    }

    /// The batch is over.
    pub fn end(mut self, result: Result<()>, link: Link) {
        self.ended = true;
        self.push(News::End(result, link));
    }
}

impl Drop for Sender {
    fn drop(&mut self) {
        if !self.ended {
            let error =
                Error::new(ErrorKind::ConnectionLost, "the connection ended in the middle of a batch");
            self.push(News::End(Err(error), Link::Closed));
        }
    }
}

/// A batch that was given up ends with this; nobody reads it.
pub fn interrupted() -> Error {
    Error::new(ErrorKind::Interrupted, "the statement was interrupted")
}

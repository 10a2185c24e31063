//! Bytes to and from a server.
//!
//! * `socket`: opens TCP and Unix sockets, by TLS where that is asked for.
//! * `tls`: which certificates are trusted.
//! * `startup`: the first messages: who we are, passwords.
//! * `task`: owns the socket afterwards; writes what is queued, reads what comes.
//! * `message`: where one message ends and the next begins.
//! * here: the caller's side of the task, a queue each way.
//!
//! A wire has one user at a time, and the protocol answers in order. So there is one queue of answers, and whoever
//! counts the messages "ready for query" knows what is still to come.

pub(crate) mod message;
pub(crate) mod socket;
pub(crate) mod startup;
mod task;
pub(crate) mod tls;

use crate::options::{Host, Options};
use bytes::{Bytes, BytesMut};
use postgres_protocol::message::frontend;
use rebis_core::Result;
use socket::Socket;
use startup::Started;
use std::collections::VecDeque;
use std::future::poll_fn;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};
use task::Task;
use tokio::io::AsyncWriteExt;
use tokio::runtime::Handle;

/// Answers held for a reader who does not come; the task stops reading the socket above it.
const MOST_HELD: usize = 1 << 20;

/// The caller's side of a connection.
pub(crate) struct Wire {
    shared: Arc<Shared>,
    runtime: Handle,
    pub(crate) cancel: Cancel,
}

/// What caller and task share.
#[derive(Default)]
struct Shared(Mutex<State>);

#[derive(Default)]
struct State {
    outgoing: BytesMut,
    /// Whole messages, as they came.
    incoming: VecDeque<Bytes>,
    held: usize,
    reader: Option<Waker>,
    /// Waits until less is queued.
    writer: Option<Waker>,
    task: Option<Waker>,
    /// The caller has gone.
    hung_up: bool,
    /// The task has ended, and why.
    ended: Option<Ended>,
}

/// How a socket ended.
pub(crate) struct Ended(pub(crate) Option<io::Error>);

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn wake_task(&mut self) {
        if let Some(waker) = self.task.take() {
            waker.wake();
        }
    }

    fn wake_reader(&mut self) {
        if let Some(waker) = self.reader.take() {
            waker.wake();
        }
    }

    fn wake_writer(&mut self) {
        if let Some(waker) = self.writer.take() {
            waker.wake();
        }
    }
}

impl Wire {
    /// Gives a socket that has been set up to a task of its own.
    pub(crate) fn start(started: Started, cancel: Cancel, runtime: &Handle) -> Wire {
        let shared = Arc::new(Shared::default());
        let task = Task::new(started.socket, started.rest, shared.clone());
        runtime.spawn(task);
        Wire { shared, runtime: runtime.clone(), cancel }
    }

    /// Queues messages. They are sent also if nobody waits for the answer.
    pub(crate) fn send(&self, messages: BytesMut) {
        let mut state = self.shared.lock();
        if state.outgoing.is_empty() {
            state.outgoing = messages;
        } else {
            state.outgoing.extend_from_slice(&messages);
        }
        state.wake_task();
    }

    /// The next whole messages. An error: the socket has ended and all that came before has been read.
    pub(crate) async fn next(&self) -> Result<Bytes, Ended> {
        poll_fn(|context| {
            let mut state = self.shared.lock();
            if let Some(messages) = state.incoming.pop_front() {
                let full = state.held >= MOST_HELD;
                state.held -= messages.len();
                if full && state.held < MOST_HELD {
                    state.wake_task();
                }
                return Poll::Ready(Ok(messages));
            }
            if let Some(ended) = &mut state.ended {
                return Poll::Ready(Err(Ended(ended.0.take())));
            }
            state.reader = Some(context.waker().clone());
            Poll::Pending
        })
        .await
    }

    /// Waits until what is queued is not much. An end of the socket is no reason to wait.
    pub(crate) async fn is_ready(&self) {
        poll_fn(|context| {
            let mut state = self.shared.lock();
            if state.outgoing.len() < MOST_HELD || state.ended.is_some() {
                return Poll::Ready(());
            }
            state.writer = Some(context.waker().clone());
            Poll::Pending
        })
        .await;
    }

    /// The connection, out of an owner that is being dropped.
    pub(crate) fn take(&mut self) -> Wire {
        let shared = std::mem::take(&mut self.shared);
        Wire { shared, runtime: self.runtime.clone(), cancel: self.cancel.clone() }
    }

    pub(crate) fn has_ended(&self) -> bool {
        self.shared.lock().ended.is_some()
    }

    pub(crate) fn runtime(&self) -> &Handle {
        &self.runtime
    }
}

impl Drop for Wire {
    /// Says goodbye. With work under way the server notices when that is done.
    fn drop(&mut self) {
        let mut state = self.shared.lock();
        frontend::terminate(&mut state.outgoing);
        state.hung_up = true;
        state.wake_task();
    }
}

/// How to interrupt what a connection is doing: over another one.
#[derive(Clone)]
pub(crate) struct Cancel {
    pub(crate) options: Arc<Options>,
    pub(crate) host: Host,
    pub(crate) process: i32,
    pub(crate) secret: i32,
}

impl Cancel {
    /// Asks the server to interrupt. It does not say whether it does.
    pub(crate) async fn send(&self) -> Result<()> {
        let mut socket: Socket = socket::open(&self.options, &self.host).await?;
        let mut message = BytesMut::new();
        frontend::cancel_request(self.process, self.secret, &mut message);
        let lost = |e| crate::error::cannot_connect(&self.host.to_string(), e);
        socket.write_all(&message).await.map_err(lost)?;
        socket.flush().await.map_err(lost)?;
        // The server closes the socket when it has passed the request on.
        let mut nothing = [0; 1];
        let _ = tokio::io::AsyncReadExt::read(&mut socket, &mut nothing).await;
        Ok(())
    }
}

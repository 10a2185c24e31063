//! The task that owns a socket: writes what is queued and reads what comes, each as far as the other side lets it.
//!
//! Both go on at the same time, or a long batch would wait for a server that waits for its answers to be read.

use super::message::whole;
use super::socket::Socket;
use super::{Ended, MOST_HELD, Shared};
use bytes::{Buf, BytesMut};
use std::future::Future;
use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use tokio::io::{AsyncReadExt, AsyncWrite};

/// Room for one read.
const READ: usize = 32 * 1024;

pub(super) struct Task {
    socket: Socket,
    shared: Arc<Shared>,
    writing: BytesMut,
    reading: BytesMut,
}

/// Whether there is more to do for the task.
enum Turn {
    Again,
    Wait,
    Over,
}

impl Task {
    pub(super) fn new(socket: Socket, reading: BytesMut, shared: Arc<Shared>) -> Task {
        Task { socket, shared, writing: BytesMut::new(), reading }
    }

    fn turn(&mut self, context: &mut Context<'_>) -> io::Result<Turn> {
        let hung_up = {
            let mut state = self.shared.lock();
            state.task = Some(context.waker().clone());
            if self.writing.is_empty() {
                self.writing = std::mem::take(&mut state.outgoing);
                state.wake_writer();
            }
            state.hung_up
        };
        let written = self.write(context)?;
        if hung_up {
            // Nobody reads what would come: the server sees the end of the socket.
            return Ok(if written && !self.writing.is_empty() { Turn::Again } else { Turn::Over });
        }
        let read = self.read(context)?;
        Ok(if written || read { Turn::Again } else { Turn::Wait })
    }

    /// Whether something was written.
    fn write(&mut self, context: &mut Context<'_>) -> io::Result<bool> {
        let mut any = false;
        while !self.writing.is_empty() {
            match Pin::new(&mut self.socket).poll_write(context, &self.writing)? {
                Poll::Ready(0) => return Err(io::ErrorKind::WriteZero.into()),
                Poll::Ready(count) => self.writing.advance(count),
                Poll::Pending => return Ok(any),
            }
            any = true;
        }
        // TLS holds back what it was given until it is asked.
        let _ = Pin::new(&mut self.socket).poll_flush(context)?;
        Ok(any)
    }

    /// Whether something was read.
    fn read(&mut self, context: &mut Context<'_>) -> io::Result<bool> {
        if self.shared.lock().held >= MOST_HELD {
            return Ok(false);
        }
        let (_, wanted) = whole(&self.reading)?;
        self.reading.reserve(READ.max(wanted.saturating_sub(self.reading.len())));
        match pin!(self.socket.read_buf(&mut self.reading)).poll(context)? {
            Poll::Ready(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Poll::Ready(_) => {}
            Poll::Pending => return Ok(false),
        }
        let (length, _) = whole(&self.reading)?;
        if length > 0 {
            let messages = self.reading.split_to(length).freeze();
            let mut state = self.shared.lock();
            state.held += messages.len();
            state.incoming.push_back(messages);
            state.wake_reader();
        }
        Ok(true)
    }

    fn end(&mut self, why: Option<io::Error>) {
        let mut state = self.shared.lock();
        state.ended = Some(Ended(why));
        state.wake_reader();
        state.wake_writer();
    }
}

impl Future for Task {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        loop {
            match self.turn(context) {
                Ok(Turn::Again) => {}
                Ok(Turn::Wait) => return Poll::Pending,
                Ok(Turn::Over) => {
                    self.end(None);
                    return Poll::Ready(());
                }
                Err(error) => {
                    self.end(Some(error));
                    return Poll::Ready(());
                }
            }
        }
    }
}

impl Drop for Task {
    /// Also when the runtime that the task lives on goes away.
    fn drop(&mut self) {
        let mut state = self.shared.lock();
        if state.ended.is_none() {
            state.ended = Some(Ended(None));
            state.wake_reader();
            state.wake_writer();
        }
    }
}

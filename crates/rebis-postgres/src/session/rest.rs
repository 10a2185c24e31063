//! How a connection comes to rest: a ROLLBACK behind whatever is under way, and an interrupt if that takes long.

use super::flight::give_up;
use super::reading::status;
use super::{Session, Status};
use crate::tied::Tied;
use crate::wire::Wire;
use crate::wire::message::Messages;
use bytes::{Bytes, BytesMut};
use postgres_protocol::message::frontend;
use rebis_driver::{Connection, Link};
use std::time::Duration;

/// How long the server may take before it is interrupted: most statements that were cut end by themselves sooner.
const PATIENCE: Duration = Duration::from_millis(400);
/// And after. The pool may have less patience.
const MORE: Duration = Duration::from_secs(2);
/// How long a server may take to let go of a connection before it is interrupted again; then twice that, and so on.
const FIRST_WAIT: Duration = Duration::from_millis(50);

impl Session {
    /// The same as [`heal`](Connection::heal), and the connection is still one to PostgreSQL.
    pub async fn healed(self) -> Option<Session> {
        Box::new(self).rest().await.map(|session| *session)
    }

    /// The connection, idle; `None`: it is closed.
    pub(super) async fn rest(mut self: Box<Self>) -> Option<Box<Session>> {
        match self.link() {
            Link::Idle => return Some(self),
            Link::Closed => return None,
            Link::InTransaction | Link::Aborted | Link::InFlight => {}
        }
        // Clocks run in tasks alone; whoever polls this future may have none.
        let runtime = self.wire.runtime().clone();
        Tied::spawn(&runtime, async move { self.roll_back().await.then_some(self) }).await.flatten()
    }

    async fn roll_back(&mut self) -> bool {
        let messages = self.given_up();
        self.say("ROLLBACK", messages);
        if let Ok(rolled_back) = tokio::time::timeout(PATIENCE, self.drain()).await {
            return rolled_back;
        }
        matches!(tokio::time::timeout(MORE, self.interrupt()).await, Ok(true))
    }

    /// What ends a batch of which the server has not been told all.
    fn given_up(&mut self) -> BytesMut {
        let mut messages = BytesMut::new();
        if self.copying {
            // Where no COPY waits, the server does not mind. The text holds no NUL.
            let _ = frontend::copy_fail("given up", &mut messages);
        }
        if std::mem::take(&mut self.open) {
            give_up(&mut messages);
            frontend::sync(&mut messages);
            self.owed += 1;
        }
        messages
    }

    /// Interrupts what runs, and makes sure that the interrupt meets nothing that comes later: it may be late, but when
    /// its own socket is closed it has been passed on, and one more statement has taken it.
    async fn interrupt(&mut self) -> bool {
        let cancel = self.wire.cancel.clone();
        if cancel.send().await.is_err() || !self.drain().await {
            return false;
        }
        self.say("SELECT 1", BytesMut::new());
        self.drain().await
    }

    /// Sends a text whose answer is of no interest.
    pub(super) fn say(&mut self, text: &str, mut messages: BytesMut) {
        // The texts hold no NUL.
        let _ = frontend::query(text, &mut messages);
        self.owed += 1;
        self.wire.send(messages);
    }

    /// Reads and throws away all that is still to come. `false`: the connection ended.
    pub(super) async fn drain(&mut self) -> bool {
        while self.owed > 0 {
            match self.wire.next().await {
                Ok(bytes) => self.discard(bytes),
                Err(_) => self.closed = true,
            }
            if self.closed {
                return false;
            }
        }
        self.copying = false;
        (self.spoiled, self.status) == (false, Status::Idle)
    }

    fn discard(&mut self, bytes: Bytes) {
        for message in Messages(bytes) {
            match message.tag {
                b'Z' => {
                    self.owed = self.owed.saturating_sub(1);
                    self.status = status(&message.body);
                    self.spoiled &= self.status != Status::Idle;
                }
                // The server waits for data that nobody will send.
                b'G' if !self.copying => {
                    let mut answer = BytesMut::new();
                    let _ = frontend::copy_fail("given up", &mut answer);
                    frontend::sync(&mut answer);
                    self.wire.send(answer);
                }
                _ => {}
            }
        }
    }
}

impl Drop for Session {
    /// What is under way would go on at the server, with its locks, until it has something to say.
    fn drop(&mut self) {
        if self.link() == Link::InFlight {
            let mut messages = self.given_up();
            frontend::terminate(&mut messages);
            self.wire.send(messages);
            let wire = self.wire.take();
            // Clocks run in tasks alone.
            self.wire.runtime().spawn(async { tokio::time::timeout(MORE, let_go(wire)).await });
        }
    }
}

/// Interrupts the server until it has let go of the connection: an interrupt that is there before what it is to meet is
/// lost, and the server does not say so.
async fn let_go(wire: Wire) {
    let mut wait = FIRST_WAIT;
    loop {
        let _ = wire.cancel.send().await;
        let ended = async { while wire.next().await.is_ok() {} };
        if tokio::time::timeout(wait, ended).await.is_ok() {
            return;
        }
        wait *= 2;
    }
}

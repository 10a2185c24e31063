//! LISTEN and NOTIFY: what other sessions say.

use super::{Session, gone};
use crate::driver::Postgres;
use crate::error::{self, ServerError};
use crate::wire::message::{Messages, Parts};
use rebis_core::{Binds, Error, Result};
use rebis_driver::{Connection, Discard, Link, Step};
use rebis_sql::{Statement, StatementKind};
use std::collections::VecDeque;

/// A message of another session, by `NOTIFY`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Notification {
    /// The process of the session that sent it.
    pub process: i32,
    /// The channel.
    pub channel: String,
    /// The message; empty if there is none.
    pub payload: String,
}

/// A connection that listens to channels, and does nothing else.
///
/// ```no_run
/// # use rebis_postgres::{Options, Postgres};
/// # async fn listen() -> rebis_core::Result<()> {
/// let driver = Postgres::new(Options::new("localhost", "shop").user("alice"));
/// let mut listener = driver.listen(&["orders"]).await?;
/// loop {
///     let news = listener.next().await?;
///     println!("{}: {}", news.channel, news.payload);
/// }
/// # }
/// ```
#[derive(Debug)]
pub struct Listener(Session);

impl Postgres {
    /// Opens a connection of its own, outside of any pool, that listens to channels.
    ///
    /// # Errors
    /// What [`open`](Postgres::open) and the server say.
    pub async fn listen(&self, channels: &[&str]) -> Result<Listener> {
        let mut session = self.open().await?;
        session.heard = Some(VecDeque::new());
        for channel in channels {
            let name = format!("LISTEN \"{}\"", channel.replace('"', "\"\""));
            let statement = Statement::once(name, StatementKind::Setting);
            let (mut binds, mut sink) = (Binds::new(), Discard);
            session.run_batch(&mut [Step::new(&statement, &mut binds, &mut sink)]).await?;
        }
        Ok(Listener(session))
    }
}

impl Listener {
    /// Waits for the next notification.
    ///
    /// # Errors
    /// [`ConnectionLost`](rebis_core::ErrorKind::ConnectionLost): what was sent meanwhile is not known. Listen anew,
    /// then look at what the notifications are about.
    ///
    /// # Cancel safety
    /// Nothing is lost: what came in the meantime is given by the next call.
    pub async fn next(&mut self) -> Result<Notification> {
        self.0.next_heard().await
    }
}

impl Session {
    /// Keeps a notification, if somebody listens.
    pub(super) fn hear(&mut self, body: &[u8]) {
        if let Some(heard) = &mut self.heard {
            let mut parts = Parts(body);
            let process = parts.i32();
            heard.push_back(Notification { process, channel: parts.text(), payload: parts.text() });
        }
    }

    async fn next_heard(&mut self) -> Result<Notification> {
        loop {
            if let Some(notification) = self.heard.as_mut().and_then(VecDeque::pop_front) {
                return Ok(notification);
            }
            if self.closed {
                return Err(gone());
            }
            match self.wire.next().await {
                Ok(bytes) => self.unasked(Messages(bytes))?,
                Err(ended) => {
                    self.closed = true;
                    return Err(error::lost(ended));
                }
            }
        }
    }

    /// Messages that answer nothing.
    fn unasked(&mut self, messages: Messages) -> Result<()> {
        let mut failed: Option<Error> = None;
        for message in messages {
            match message.tag {
                b'A' => self.hear(&message.body),
                b'E' => failed = Some(error::of_statement(ServerError::parse(&message.body))),
                _ => {}
            }
        }
        match failed {
            Some(error) => {
                self.closed |= error.is_disconnect() || self.link() == Link::Closed;
                Err(error)
            }
            None => Ok(()),
        }
    }
}

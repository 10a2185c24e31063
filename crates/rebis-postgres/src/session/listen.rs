//! LISTEN: what the server says unasked. Who waits for it is in `verbs/listen.rs`.

use super::{Session, gone};
use crate::error::{self, ServerError};
use crate::verbs::Notification;
use crate::wire::message::{Messages, Parts};
use rebis_core::{Binds, Error, Result};
use rebis_driver::{Connection, Discard, Link, Step};
use rebis_sql::{Statement, StatementKind};
use std::collections::VecDeque;

impl Session {
    /// Asks for what is said on these channels, and keeps it from now on.
    pub(crate) async fn listen_to(&mut self, channels: &[String]) -> Result<()> {
        self.heard = Some(VecDeque::new());
        for channel in channels {
            let name = format!("LISTEN \"{}\"", channel.replace('"', "\"\""));
            let statement = Statement::once(name, StatementKind::Setting);
            let (mut binds, mut sink) = (Binds::new(), Discard);
            self.run_batch(&mut [Step::new(&statement, &mut binds, &mut sink)]).await?;
        }
        Ok(())
    }

    /// Keeps a notification, if somebody listens.
    pub(super) fn hear(&mut self, body: &[u8]) {
        if let Some(heard) = &mut self.heard {
            let mut parts = Parts(body);
            let process = parts.i32();
            heard.push_back(Notification { process, channel: parts.text(), payload: parts.text() });
        }
    }

    /// The next notification.
    pub(crate) async fn next_heard(&mut self) -> Result<Notification> {
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

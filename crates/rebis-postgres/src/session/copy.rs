//! COPY: the messages of it. The verbs are in `verbs/copy.rs`.

use super::reading::status;
use super::{Session, Status, gone, in_flight};
use crate::error::{self, ServerError};
use crate::wire::message::{Message, Messages};
use bytes::{BufMut, BytesMut};
use postgres_protocol::message::frontend;
use rebis_core::{Error, ErrorKind, Result};
use rebis_driver::{Connection, Flow, Link};

/// Takes pieces of data.
type Take<'t> = dyn FnMut(&[u8]) -> Result<Flow> + Send + 't;

/// How far the answer to a COPY has come.
enum Step {
    /// The server waits for data.
    Wants,
    /// It has come to its end, with so many rows.
    Done(u64),
}

impl Session {
    /// Begins `COPY .. FROM STDIN`: the server then waits for data.
    pub(crate) async fn begin_copy_in(&mut self, sql: &str) -> Result<()> {
        self.begin_copy(sql)?;
        self.copying = true;
        match self.copy_answer(&mut nobody).await? {
            Step::Wants => Ok(()),
            Step::Done(_) => Err(no_copy("FROM STDIN")),
        }
    }

    /// Queues data; waits while much is queued.
    pub(crate) async fn send_copy(&mut self, data: &[u8]) -> Result<()> {
        // Pieces of the size that the task writes at once.
        for piece in data.chunks(1 << 20) {
            self.wire.is_ready().await;
            if self.wire.has_ended() {
                self.closed = true;
                return Err(gone());
            }
            let mut message = BytesMut::with_capacity(piece.len() + 5);
            message.put_u8(b'd');
            message.put_u32(piece.len() as u32 + 4);
            message.put_slice(piece);
            self.wire.send(message);
        }
        Ok(())
    }

    /// Ends the data and waits until all rows are written. Gives their number.
    pub(crate) async fn finish_copy(&mut self) -> Result<u64> {
        let mut message = BytesMut::new();
        frontend::copy_done(&mut message);
        self.wire.send(message);
        match self.copy_answer(&mut nobody).await? {
            Step::Done(rows) => Ok(rows),
            Step::Wants => Err(no_copy("FROM STDIN")),
        }
    }

    /// Runs `COPY .. TO STDOUT` and hands each piece of data to a function.
    pub(crate) async fn copy_out_to(&mut self, sql: &str, take: &mut Take<'_>) -> Result<u64> {
        self.begin_copy(sql)?;
        match self.copy_answer(take).await? {
            Step::Done(rows) => Ok(rows),
            Step::Wants => {
                let mut messages = BytesMut::new();
                // The text holds no NUL.
                let _ = frontend::copy_fail("no data", &mut messages);
                self.wire.send(messages);
                let _ = self.copy_answer(take).await;
                Err(no_copy("TO STDOUT"))
            }
        }
    }

    fn begin_copy(&mut self, sql: &str) -> Result<()> {
        match self.link() {
            Link::Idle | Link::InTransaction => {}
            Link::Aborted => return Err(error::aborted()),
            Link::InFlight => return Err(in_flight()),
            Link::Closed => return Err(gone()),
        }
        let mut messages = BytesMut::new();
        frontend::query(sql, &mut messages)
            .map_err(|e| Error::new(ErrorKind::InvalidStatement, "the text holds a NUL").with_source(e))?;
        self.owed += 1;
        self.wire.send(messages);
        Ok(())
    }

    /// Reads until the server wants data, or is done.
    async fn copy_answer(&mut self, take: &mut Take<'_>) -> Result<Step> {
        let mut copied = Copied { rows: 0, enough: false, failed: None };
        while self.owed > 0 {
            let bytes = match self.wire.next().await {
                Ok(bytes) => bytes,
                Err(ended) => {
                    (self.closed, self.owed, self.copying) = (true, 0, false);
                    return Err(error::lost(ended));
                }
            };
            for message in Messages(bytes) {
                match message.tag {
                    b'G' => return Ok(Step::Wants),
                    b'Z' => {
                        self.owed = self.owed.saturating_sub(1);
                        self.status = status(&message.body);
                        self.spoiled &= self.status != Status::Idle;
                    }
                    b'A' => self.hear(&message.body),
                    _ => copied.take(&message, take),
                }
            }
            self.closed |= copied.failed.as_ref().is_some_and(Error::is_disconnect);
            if self.closed {
                self.owed = 0;
            }
        }
        self.copying = false;
        copied.failed.map_or(Ok(Step::Done(copied.rows)), Err)
    }
}

struct Copied {
    rows: u64,
    enough: bool,
    failed: Option<Error>,
}

impl Copied {
    fn take(&mut self, message: &Message, take: &mut Take<'_>) {
        match message.tag {
            b'd' if self.failed.is_none() && !self.enough => match take(&message.body) {
                Ok(flow) => self.enough = flow.is_break(),
                Err(error) => self.failed = Some(error),
            },
            b'C' => {
                let text = String::from_utf8_lossy(&message.body);
                let number = text.trim_end_matches('\0').rsplit(' ').next().and_then(|n| n.parse().ok());
                self.rows = number.unwrap_or(0);
            }
            b'E' => {
                let error = error::of_statement(ServerError::parse(&message.body));
                self.failed.get_or_insert(error);
            }
            _ => {}
        }
    }
}

fn nobody(_: &[u8]) -> Result<Flow> {
    Ok(Flow::Continue(()))
}

#[cold]
fn no_copy(which: &str) -> Error {
    Error::new(ErrorKind::InvalidStatement, format!("the text is no `COPY .. {which}`"))
        .with_help("run other statements as steps of a batch")
}

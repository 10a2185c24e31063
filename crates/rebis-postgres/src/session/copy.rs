//! COPY: rows in bulk, as bytes in one of the forms that PostgreSQL has (text, CSV, binary).

use super::reading::status;
use super::{Session, Status, gone};
use crate::error::{self, ServerError};
use crate::wire::message::{Message, Messages};
use bytes::{BufMut, BytesMut};
use postgres_protocol::message::frontend;
use rebis_core::{Error, ErrorKind, Result};
use rebis_driver::{Connection, Flow, Link};
use std::sync::Arc;

/// Bytes on their way into a table. Dropped without [`finish`](CopyIn::finish), nothing of them stays.
#[must_use = "nothing is written before `finish`"]
pub struct CopyIn<'s> {
    session: &'s mut Session,
    sql: Arc<str>,
}

/// How far the answer to a COPY has come.
enum Step {
    /// The server waits for data.
    Wants,
    /// It has come to its end, with so many rows.
    Done(u64),
}

impl Session {
    /// Begins `COPY .. FROM STDIN`.
    ///
    /// ```no_run
    /// # async fn load(session: &mut rebis_postgres::Session) -> rebis_core::Result<()> {
    /// let mut copy = session.copy_in("COPY users (id, name) FROM STDIN (FORMAT csv)").await?;
    /// copy.send(b"1,alice\n2,bob\n").await?;
    /// assert_eq!(copy.finish().await?, 2);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// What the server says; [`InvalidStatement`](ErrorKind::InvalidStatement) if the text is no such COPY.
    ///
    /// # Cancel safety
    /// Dropped, the connection must [`heal`](Connection::heal); nothing of the data stays.
    pub async fn copy_in(&mut self, sql: &str) -> Result<CopyIn<'_>> {
        let sql: Arc<str> = sql.into();
        self.begin_copy(&sql)?;
        self.copying = true;
        match self.copy_answer(&mut |_| Ok(Flow::Continue(()))).await {
            Ok(Step::Wants) => Ok(CopyIn { session: self, sql }),
            Ok(Step::Done(_)) => Err(no_copy("FROM STDIN", sql)),
            Err(error) => Err(error.with_sql(sql)),
        }
    }

    /// Runs `COPY .. TO STDOUT` and hands each piece of data to a function; a piece is a row or a part of the form.
    /// Gives the number of rows.
    ///
    /// # Errors
    /// What the server or the function says; the rest of the data is then read and thrown away.
    ///
    /// # Cancel safety
    /// Dropped, the connection must [`heal`](Connection::heal).
    pub async fn copy_out(
        &mut self,
        sql: &str,
        mut take: impl FnMut(&[u8]) -> Result<Flow> + Send,
    ) -> Result<u64> {
        let sql: Arc<str> = sql.into();
        self.begin_copy(&sql)?;
        match self.copy_answer(&mut take).await {
            Ok(Step::Done(rows)) => Ok(rows),
            Ok(Step::Wants) => {
                let mut messages = BytesMut::new();
                // The text holds no NUL.
                let _ = frontend::copy_fail("no data", &mut messages);
                self.wire.send(messages);
                let _ = self.copy_answer(&mut take).await;
                Err(no_copy("TO STDOUT", sql))
            }
            Err(error) => Err(error.with_sql(sql)),
        }
    }

    fn begin_copy(&mut self, sql: &Arc<str>) -> Result<()> {
        match self.link() {
            Link::Idle | Link::InTransaction => {}
            Link::Aborted => return Err(error::aborted().with_sql(sql.clone())),
            Link::InFlight | Link::Closed => return Err(gone().with_sql(sql.clone())),
        }
        let mut messages = BytesMut::new();
        frontend::query(sql, &mut messages).map_err(|e| {
            Error::new(ErrorKind::InvalidStatement, "the text holds a NUL")
                .with_sql(sql.clone())
                .with_source(e)
        })?;
        self.owed += 1;
        self.wire.send(messages);
        Ok(())
    }

    /// Reads until the server wants data, or is done.
    async fn copy_answer(&mut self, take: &mut (dyn FnMut(&[u8]) -> Result<Flow> + Send)) -> Result<Step> {
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
    fn take(&mut self, message: &Message, take: &mut (dyn FnMut(&[u8]) -> Result<Flow> + Send)) {
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

impl CopyIn<'_> {
    /// Queues data; waits while much is queued. Where one piece ends and the next begins is of no meaning.
    ///
    /// # Errors
    /// [`ConnectionLost`](ErrorKind::ConnectionLost). That the server refuses a row is told by
    /// [`finish`](CopyIn::finish).
    pub async fn send(&mut self, data: &[u8]) -> Result<()> {
        // Pieces of the size that the task writes at once.
        for piece in data.chunks(1 << 20) {
            self.session.wire.is_ready().await;
            if self.session.wire.has_ended() {
                self.session.closed = true;
                return Err(gone().with_sql(self.sql.clone()));
            }
            let mut message = BytesMut::with_capacity(piece.len() + 5);
            message.put_u8(b'd');
            message.put_u32(piece.len() as u32 + 4);
            message.put_slice(piece);
            self.session.wire.send(message);
        }
        Ok(())
    }

    /// Ends the data and waits until all rows are written. Gives their number.
    ///
    /// # Errors
    /// What the server says; nothing of the data stays.
    pub async fn finish(self) -> Result<u64> {
        let mut message = BytesMut::new();
        frontend::copy_done(&mut message);
        self.session.wire.send(message);
        match self.session.copy_answer(&mut |_| Ok(Flow::Continue(()))).await {
            Ok(Step::Done(rows)) => Ok(rows),
            Ok(Step::Wants) => Err(no_copy("FROM STDIN", self.sql.clone())),
            Err(error) => Err(error.with_sql(self.sql.clone())),
        }
    }
}

#[cold]
fn no_copy(which: &str, sql: Arc<str>) -> Error {
    Error::new(ErrorKind::InvalidStatement, format!("the text is no `COPY .. {which}`"))
        .with_sql(sql)
        .with_help("run other statements as steps of a batch")
}

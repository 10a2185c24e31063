//! The first messages on a socket: who we are, the password, what the server tells of itself.
//!
//! SCRAM is not bound to the channel of TLS: that the other side is the right one is what its certificate says.

use super::message::{Messages, Parts, whole};
use super::socket::Socket;
use crate::error::{self, cannot_connect};
use crate::options::{Host, Options};
use bytes::{Bytes, BytesMut};
use postgres_protocol::authentication::md5_hash;
use postgres_protocol::authentication::sasl::{ChannelBinding, SCRAM_SHA_256, ScramSha256};
use postgres_protocol::message::frontend;
use rebis_core::{Error, ErrorKind, Result};
use std::collections::VecDeque;
use std::io;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// A socket whose server is ready for the first query.
pub(crate) struct Started {
    pub(crate) socket: Socket,
    /// What was read beyond the message that says so.
    pub(crate) rest: BytesMut,
    pub(crate) process: i32,
    pub(crate) secret: i32,
    pub(crate) version: String,
}

/// A conversation without queues: one side speaks, then the other.
pub(crate) struct Talk<'o> {
    socket: Socket,
    options: &'o Options,
    host: &'o Host,
    reading: BytesMut,
    read: VecDeque<(u8, Bytes)>,
    process: i32,
    secret: i32,
    version: String,
}

impl<'o> Talk<'o> {
    pub(crate) fn new(socket: Socket, options: &'o Options, host: &'o Host) -> Talk<'o> {
        Talk {
            socket,
            options,
            host,
            reading: BytesMut::new(),
            read: VecDeque::new(),
            process: 0,
            secret: 0,
            version: String::new(),
        }
    }

    /// Introduces the program, gives the password where it is asked for, and waits until the server is ready.
    pub(crate) async fn start(&mut self) -> Result<()> {
        let parameters = self.options.startup();
        let given = parameters.iter().map(|(name, value)| (*name, value.as_str()));
        let mut message = BytesMut::new();
        frontend::startup_message(given, &mut message).map_err(unsendable)?;
        self.say(message).await?;
        self.authenticate().await?;
        self.until_ready().await.map(drop)
    }

    /// Runs a text and gives the first value that it returns.
    pub(crate) async fn ask(&mut self, text: &str) -> Result<String> {
        let mut message = BytesMut::new();
        frontend::query(text, &mut message).map_err(unsendable)?;
        self.say(message).await?;
        self.until_ready().await
    }

    pub(crate) fn into_started(self) -> Started {
        let Talk { socket, reading, process, secret, version, .. } = self;
        Started { socket, rest: reading, process, secret, version }
    }

    async fn authenticate(&mut self) -> Result<()> {
        loop {
            let (tag, body) = self.hear().await?;
            let mut parts = Parts(&body);
            match (tag, if tag == b'R' { parts.i32() } else { -1 }) {
                (b'R', 0) => return Ok(()),
                (b'R', 3) => {
                    let password = self.password()?.to_vec();
                    self.say_password(&password).await?;
                }
                (b'R', 5) => {
                    let salt = parts.bytes(4).try_into().unwrap_or_default();
                    let hash = md5_hash(self.options.user.as_bytes(), self.password()?, salt);
                    self.say_password(hash.as_bytes()).await?;
                }
                (b'R', 10) => self.scram(parts).await?,
                (b'R', _) => return Err(unknown_method(self.host)),
                _ => {}
            }
        }
    }

    async fn say_password(&mut self, password: &[u8]) -> Result<()> {
        let mut message = BytesMut::new();
        frontend::password_message(password, &mut message).map_err(unsendable)?;
        self.say(message).await
    }

    /// SCRAM-SHA-256: the password itself never leaves the program, and the server proves that it knows it too.
    async fn scram(&mut self, mut offered: Parts<'_>) -> Result<()> {
        let mut names = std::iter::from_fn(|| Some(offered.text()).filter(|name| !name.is_empty()));
        if !names.any(|name| name == SCRAM_SHA_256) {
            return Err(unknown_method(self.host));
        }
        let mut scram = ScramSha256::new(self.password()?, ChannelBinding::unsupported());
        let mut message = BytesMut::new();
        frontend::sasl_initial_response(SCRAM_SHA_256, scram.message(), &mut message).map_err(unsendable)?;
        self.say(message).await?;
        let first = self.hear_sasl(11).await?;
        scram.update(&first).map_err(|e| self.refused(e))?;
        let mut message = BytesMut::new();
        frontend::sasl_response(scram.message(), &mut message).map_err(unsendable)?;
        self.say(message).await?;
        let last = self.hear_sasl(12).await?;
        scram.finish(&last).map_err(|e| self.refused(e))
    }

    async fn hear_sasl(&mut self, expected: i32) -> Result<Bytes> {
        let (tag, body) = self.hear().await?;
        if tag == b'R' && Parts(&body).i32() == expected {
            return Ok(body.slice(4..));
        }
        Err(self.refused(io::Error::new(io::ErrorKind::InvalidData, "the server left the protocol")))
    }

    fn password(&self) -> Result<&[u8]> {
        match &self.options.password {
            Some(password) => Ok(password.0.as_bytes()),
            None => Err(no_password(self.host, &self.options.user)),
        }
    }

    #[cold]
    fn refused(&self, error: io::Error) -> Error {
        Error::new(
            ErrorKind::CannotConnect,
            format!("the server at `{}` and this program do not agree on the password", self.host),
        )
        .with_help("check user and password; the server may also be another one than you think")
        .with_source(error)
    }

    /// Reads until the server is ready; the first value on the way.
    async fn until_ready(&mut self) -> Result<String> {
        let mut value = None;
        loop {
            let (tag, body) = self.hear().await?;
            let mut parts = Parts(&body);
            match tag {
                b'K' => (self.process, self.secret) = (parts.i32(), parts.i32()),
                b'S' if parts.text() == "server_version" => self.version = parts.text(),
                b'D' => {
                    parts.i16();
                    let length = usize::try_from(parts.i32()).unwrap_or(0);
                    let text = String::from_utf8_lossy(parts.bytes(length)).into_owned();
                    value.get_or_insert(text);
                }
                b'Z' => return Ok(value.unwrap_or_default()),
                _ => {}
            }
        }
    }

    async fn say(&mut self, message: BytesMut) -> Result<()> {
        let host = self.host.to_string();
        let lost = |e| cannot_connect(&host, e);
        self.socket.write_all(&message).await.map_err(lost)?;
        self.socket.flush().await.map_err(lost)
    }

    /// The next message. An error message is an error.
    async fn hear(&mut self) -> Result<(u8, Bytes)> {
        let host = self.host.to_string();
        let lost = |e| cannot_connect(&host, e);
        loop {
            if let Some((tag, body)) = self.read.pop_front() {
                if tag == b'E' {
                    return Err(error::while_connecting(&body, &host));
                }
                return Ok((tag, body));
            }
            if self.socket.read_buf(&mut self.reading).await.map_err(lost)? == 0 {
                return Err(lost(io::ErrorKind::UnexpectedEof.into()));
            }
            let (length, _) = whole(&self.reading).map_err(lost)?;
            let messages = Messages(self.reading.split_to(length).freeze());
            self.read.extend(messages.map(|message| (message.tag, message.body)));
        }
    }
}

#[cold]
fn unsendable(error: io::Error) -> Error {
    Error::new(ErrorKind::Configuration, "user, database or an option holds a character that cannot be sent")
        .with_help("leave out the NUL character")
        .with_source(error)
}

#[cold]
fn unknown_method(host: &Host) -> Error {
    Error::new(
        ErrorKind::CannotConnect,
        format!("the server at `{host}` asks for a way of authentication that this driver does not know"),
    )
    .with_help("there are: trust, password, md5 and scram-sha-256 (see `pg_hba.conf` of the server)")
}

#[cold]
fn no_password(host: &Host, user: &str) -> Error {
    Error::new(
        ErrorKind::CannotConnect,
        format!("the server at `{host}` asks for a password of the user `{user}`, and none is given"),
    )
    .with_help("write it into the URL: `postgres://user:password@host/database`")
}

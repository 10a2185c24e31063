//! Packets to and from a server.
//!
//! * `socket`, `tls`: opens TCP and Unix sockets, by TLS where that is asked for.
//! * `login`: the first packets: what either side can do, passwords.
//! * `packet`: where a packet begins and ends, and the parts of the simple ones.
//! * `column`: what the server tells of a result's columns.
//! * `native`: what goes wrong.
//! * here: commands, and answers packet by packet.
//!
//! Rows are not looked at here: whole packets go on as they came, and become cells where they are shown.

pub(crate) mod column;
mod login;
pub(crate) mod native;
pub(crate) mod packet;
mod socket;
mod tls;

use crate::options::Options;
use bytes::{Buf, Bytes, BytesMut};
use column::{Column, Columns};
use native::Native;
use packet::{Done, FULL, HEAD, MORE, OPEN, Parts, garbled, put, refused};
use socket::Socket;
use std::io;
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// Room for one read.
const READ: usize = 32 * 1024;

/// One connection.
pub(crate) struct Wire {
    socket: Socket,
    input: BytesMut,
    output: Vec<u8>,
    /// The number of the last packet that came.
    number: u8,
    /// What the server said last of itself.
    status: u16,
    /// By which the server knows the connection.
    pub(crate) id: u32,
    caches_columns: bool,
    /// Columns and rows end with a packet of the older kind.
    ends_old: bool,
}

/// A statement as the server has it.
#[derive(Clone)]
pub(crate) struct Prepared {
    pub(crate) id: u32,
    pub(crate) parameters: usize,
    /// As the server told them last.
    pub(crate) columns: Arc<Columns>,
}

/// How the answer to a statement begins.
pub(crate) enum Head {
    /// It has no rows.
    Done(Done),
    /// Rows of these columns follow; `None`: of those that the server told before.
    Rows(Option<Columns>),
}

/// What comes of rows.
pub(crate) enum Rows {
    /// Some, in whole packets.
    Some(Bytes, usize),
    /// One, longer than a packet: what its packets hold.
    Long(Bytes),
    /// They are over.
    Over,
}

/// What the server is to do.
const QUIT: u8 = 1;
const QUERY: u8 = 3;
const PREPARE: u8 = 0x16;
const CLOSE: u8 = 0x19;
const RESET: u8 = 0x1F;

impl Wire {
    fn new(socket: Socket) -> Wire {
        Wire {
            socket,
            input: BytesMut::new(),
            output: Vec::new(),
            number: 0,
            status: 0,
            id: 0,
            caches_columns: false,
            ends_old: false,
        }
    }

    /// Connects and logs in.
    pub(crate) async fn open(options: &Options) -> Result<Wire, Native> {
        login::log_in(socket::open(options).await?, options).await
    }

    /// Whether a transaction is open, by what the server said last.
    pub(crate) fn is_open(&self) -> bool {
        self.status & OPEN != 0
    }

    /// Whether another result follows the one that was read.
    pub(crate) fn has_more(&self) -> bool {
        self.status & MORE != 0
    }

    /// Sends a packet that answers the last one of the server.
    async fn say(&mut self, parts: &[&[u8]]) -> Result<(), Native> {
        put(&mut self.output, parts);
        self.number = self.number.wrapping_add(1);
        self.output[3] = self.number;
        self.send().await
    }

    /// Sends what has been put together.
    async fn send(&mut self) -> Result<(), Native> {
        self.status &= !MORE;
        let sent = self.socket.write_all(&self.output).await;
        self.output.clear();
        self.output.shrink_to(READ);
        sent?;
        Ok(self.socket.flush().await?)
    }

    /// Sends a text.
    pub(crate) async fn query(&mut self, text: &str) -> Result<(), Native> {
        put(&mut self.output, &[&[QUERY], text.as_bytes()]);
        self.send().await
    }

    /// Sends a command that was put together whole.
    pub(crate) async fn command(&mut self, command: &[u8]) -> Result<(), Native> {
        put(&mut self.output, &[command]);
        self.send().await
    }

    /// Runs a text to its end.
    pub(crate) async fn run(&mut self, text: &str) -> Result<(), Native> {
        self.query(text).await?;
        self.rest().await
    }

    /// Reads results that nobody wants, to the last.
    pub(crate) async fn rest(&mut self) -> Result<(), Native> {
        loop {
            if let Head::Rows(_) = self.head().await? {
                self.skip_rows().await?;
            }
            if !self.has_more() {
                return Ok(());
            }
        }
    }

    /// Makes the server forget all that was set, and sends a text in the same breath.
    pub(crate) async fn reset_and_query(&mut self, text: &str) -> Result<(), Native> {
        put(&mut self.output, &[&[RESET]]);
        self.query(text).await?;
        match self.head().await? {
            Head::Done(_) => Ok(()),
            Head::Rows(_) => Err(garbled("a reset has no rows")),
        }
    }

    /// A prepared statement is no longer needed. Goes with what is sent next, and has no answer.
    pub(crate) fn close(&mut self, id: u32) {
        put(&mut self.output, &[&[CLOSE], &id.to_le_bytes()]);
    }

    /// Says good-bye.
    pub(crate) async fn quit(mut self) {
        put(&mut self.output, &[&[QUIT]]);
        if self.send().await.is_ok() {
            let _ = self.socket.shutdown().await;
        }
    }

    /// Prepares a statement.
    pub(crate) async fn prepare(&mut self, text: &str) -> Result<Prepared, Native> {
        put(&mut self.output, &[&[PREPARE], text.as_bytes()]);
        self.send().await?;
        let length = self.packet().await?;
        let mut parts = Parts(self.payload(length));
        match parts.u8() {
            0 => {}
            0xFF => {
                let error = refused(parts);
                self.advance(length);
                return Err(error);
            }
            _ => return Err(garbled("the answer to a statement that was to be prepared is none")),
        }
        let (id, columns, parameters) = (parts.u32(), usize::from(parts.u16()), usize::from(parts.u16()));
        self.advance(length);
        self.columns(parameters).await?;
        let columns = Arc::new(Columns::new(self.columns(columns).await?, true));
        Ok(Prepared { id, parameters, columns })
    }

    /// So many columns.
    async fn columns(&mut self, count: usize) -> Result<Vec<Column>, Native> {
        let mut columns = Vec::with_capacity(count);
        for _ in 0..count {
            let length = self.packet().await?;
            columns.push(Column::read(self.payload(length)));
            self.advance(length);
        }
        if self.ends_old && count > 0 {
            let length = self.packet().await?;
            self.advance(length);
        }
        Ok(columns)
    }

    /// The beginning of the next answer, with its columns.
    pub(crate) async fn head(&mut self) -> Result<Head, Native> {
        self.head_of(false).await
    }

    /// The same behind a prepared statement.
    pub(crate) async fn prepared_head(&mut self) -> Result<Head, Native> {
        self.head_of(true).await
    }

    async fn head_of(&mut self, is_binary: bool) -> Result<Head, Native> {
        self.status &= !MORE;
        let length = self.packet().await?;
        let mut parts = Parts(self.payload(length));
        let (count, told) = match parts.0.first() {
            Some(0x00) => {
                parts.u8();
                let done = Done::read(parts);
                self.status = done.status;
                self.advance(length);
                return Ok(Head::Done(done));
            }
            Some(0xFF) => {
                parts.u8();
                let error = refused(parts);
                self.advance(length);
                return Err(error);
            }
            // The server wants a file of this machine, though it was told that there are none.
            Some(0xFB) | None => return Err(garbled("the server asks for what it is not given")),
            Some(_) => {
                let count = parts.number().unwrap_or(0);
                (count, !self.caches_columns || parts.u8() != 0)
            }
        };
        self.advance(length);
        let count = usize::try_from(count).ok().filter(|count| *count <= usize::from(u16::MAX));
        let count = count.ok_or_else(|| garbled("a result has an impossible number of columns"))?;
        if !told {
            return Ok(Head::Rows(None));
        }
        Ok(Head::Rows(Some(Columns::new(self.columns(count).await?, is_binary))))
    }

    /// Reads rows that nobody wants.
    pub(crate) async fn skip_rows(&mut self) -> Result<(), Native> {
        while !matches!(self.rows().await?, Rows::Over) {}
        Ok(())
    }

    /// The rows that have come, at least one of them.
    pub(crate) async fn rows(&mut self) -> Result<Rows, Native> {
        loop {
            let (end, count) = self.whole_rows();
            if count > 0 {
                return Ok(Rows::Some(self.input.split_to(end).freeze(), count));
            }
            let length = self.packet().await?;
            let mut parts = Parts(self.payload(length));
            if length >= FULL {
                self.input.advance(HEAD);
                return Ok(Rows::Long(self.input.split_to(length).freeze()));
            }
            match parts.u8() {
                0xFF => {
                    let error = refused(parts);
                    self.status &= !MORE;
                    self.advance(length);
                    return Err(error);
                }
                0xFE => {
                    let done = if self.ends_old { Done::read_end(parts) } else { Done::read(parts) };
                    self.status = done.status;
                    self.advance(length);
                    return Ok(Rows::Over);
                }
                _ if length == 0 => return Err(garbled("a row is empty")),
                // It came meanwhile.
                _ => {}
            }
        }
    }

    /// Up to where the input is whole rows, and how many.
    fn whole_rows(&self) -> (usize, usize) {
        let (input, mut at, mut count) = (&self.input[..], 0, 0);
        while let Some(head) = input.get(at..at + HEAD + 1) {
            let length = packet::length(head);
            let end = at + HEAD + length;
            if end > input.len() || length == FULL || length == 0 || head[HEAD] >= 0xFE {
                break;
            }
            (at, count) = (end, count + 1);
        }
        (at, count)
    }

    /// Waits for the next packet; how long what it says is. A long one is put together.
    async fn packet(&mut self) -> Result<usize, Native> {
        self.fill(HEAD).await?;
        let length = packet::length(&self.input);
        self.number = self.input[3];
        self.fill(HEAD + length).await?;
        if length == FULL { self.long_packet().await } else { Ok(length) }
    }

    #[cold]
    async fn long_packet(&mut self) -> Result<usize, Native> {
        let mut end = HEAD + FULL;
        loop {
            self.fill(end + HEAD).await?;
            let length = packet::length(&self.input[end..]);
            self.fill(end + HEAD + length).await?;
            // The head between is not part of what is said.
            self.input.copy_within(end + HEAD.., end);
            self.input.truncate(self.input.len() - HEAD);
            end += length;
            if length < FULL {
                return Ok(end - HEAD);
            }
        }
    }

    /// Waits until so many bytes are there.
    async fn fill(&mut self, count: usize) -> Result<(), Native> {
        while self.input.len() < count {
            self.input.reserve(READ.max(count - self.input.len()));
            if self.socket.read_buf(&mut self.input).await? == 0 {
                return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
            }
        }
        Ok(())
    }

    /// What the packet in front says.
    fn payload(&self, length: usize) -> &[u8] {
        &self.input[HEAD..HEAD + length]
    }

    /// The packet in front has been read.
    fn advance(&mut self, length: usize) {
        self.input.advance(HEAD + length);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A wire that reads these packets.
    async fn reading(packets: &[&[u8]], ends_old: bool) -> Wire {
        let mut bytes = Vec::new();
        packets.iter().for_each(|packet| put(&mut bytes, &[packet]));
        let (ours, mut theirs) = tokio::io::duplex(64 * 1024);
        tokio::spawn(async move { theirs.write_all(&bytes).await });
        Wire { ends_old, ..Wire::new(Box::new(ours)) }
    }

    const COLUMN: &[u8] = b"\x03def\0\0\0\x01a\0\x0c\x2d\0\xff\xff\xff\xff\xfd\0\0\0\0\0";

    #[tokio::test]
    async fn a_row_longer_than_a_packet_comes_whole() {
        let mut long = vec![0xFE];
        long.extend_from_slice(&(FULL as u64).to_le_bytes());
        long.resize(9 + FULL, b'x');
        let end = b"\xfe\0\0\x0b\0\0\0";
        let packets: [&[u8]; 8] =
            [b"\x01", COLUMN, b"\x01a", &long, b"\x01b", b"\xfb", end, b"\0\x02\x07\x01\0\0\0"];
        let mut wire = reading(&packets, false).await;
        assert!(matches!(wire.head().await, Ok(Head::Rows(Some(columns))) if columns.all[0].name == "a"));
        let mut rows = Vec::new();
        loop {
            match wire.rows().await.expect("it is whole") {
                Rows::Some(bytes, count) => rows.push((bytes.len(), count)),
                Rows::Long(bytes) => rows.push((bytes.len(), 0)),
                Rows::Over => break,
            }
        }
        assert_eq!(rows[..2], [(6, 1), (long.len(), 0)]);
        assert_eq!(rows[2..].iter().map(|(_, count)| count).sum::<usize>(), 2);
        assert!(wire.has_more() && wire.is_open());
        assert!(matches!(wire.head().await, Ok(Head::Done(Done { affected: 2, key: 7, status: 1 }))));
        assert!(!wire.has_more());
        let ended = wire.head().await.err().expect("there is nothing more");
        assert!(ended.is_fatal(), "{ended}");
    }

    #[tokio::test]
    async fn older_servers_end_columns_and_rows_otherwise() {
        let packets: [&[u8]; 5] = [b"\x01", COLUMN, b"\xfe\0\0\0\0", b"\x01a", b"\xfe\0\0\x01\0"];
        let mut wire = reading(&packets, true).await;
        assert!(matches!(wire.head().await, Ok(Head::Rows(Some(_)))));
        wire.skip_rows().await.expect("it is whole");
        assert!(wire.is_open() && !wire.has_more());
    }

    #[tokio::test]
    async fn what_makes_no_sense_ends_the_connection_and_an_error_does_not() {
        let cases: [(&[&[u8]], bool); 6] = [
            (&[b"\xfbfile"], true),
            (&[b""], true),
            (&[b"\xfe\xff\xff\xff\xff\xff\xff\xff\xff"], true),
            (&[b"\x01", COLUMN, b""], true),
            (&[b"\x01", COLUMN, b"\xff\x25\x05#70100killed"], false),
            (&[b"\xff\x28\x04#42000no"], false),
        ];
        for (packets, is_fatal) in cases {
            let mut wire = reading(packets, false).await;
            let error = wire.rest().await.expect_err("it is wrong");
            assert_eq!(error.is_fatal(), is_fatal, "{error}");
        }
    }
}

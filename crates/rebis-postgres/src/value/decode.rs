//! A row of the server as a slice of cells.

use super::{binary, text, types};
use crate::wire::message::Parts;
use rebis_core::{Cell, Error, Result};
use rebis_driver::{Columns, Flow, Sink};

/// The columns of a result: their names, and how each is read.
#[derive(Debug)]
pub(crate) struct Shape {
    names: Vec<String>,
    oids: Vec<u32>,
    reads: Vec<Read>,
    /// Whether some column needs room of its own.
    rewritten: bool,
}

/// How the bytes of a column become a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Read {
    /// As text, whatever it is.
    Text,
    /// As the bytes they are.
    Bytes,
    /// From the binary form of a type.
    Binary(u32),
    /// From the text form of a type.
    Written(u32),
}

/// Values that do not stand in the row as a cell shows them.
#[derive(Default)]
pub(crate) struct Room {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Shape {
    /// From a RowDescription message.
    pub(crate) fn parse(body: &[u8]) -> Shape {
        let mut parts = Parts(body);
        let count = usize::try_from(parts.i16()).unwrap_or(0);
        let mut shape = Shape { names: Vec::new(), oids: Vec::new(), reads: Vec::new(), rewritten: false };
        for _ in 0..count {
            let name = parts.text();
            // Table and number of the column.
            parts.bytes(6);
            let oid = parts.i32() as u32;
            // Length and modifier of the type.
            parts.bytes(6);
            let is_binary = parts.i16() == 1;
            let read = read_of(oid, is_binary);
            shape.rewritten |= read.is_rewritten();
            shape.names.push(name);
            shape.oids.push(oid);
            shape.reads.push(read);
        }
        shape
    }

    /// The same columns, each in the form in which it is best asked for.
    pub(crate) fn asked(&self) -> (Shape, Vec<i16>) {
        let formats: Vec<i16> = self.oids.iter().map(|oid| i16::from(has_binary(*oid))).collect();
        let reads: Vec<Read> =
            self.oids.iter().zip(&formats).map(|(oid, format)| read_of(*oid, *format == 1)).collect();
        let rewritten = reads.iter().any(|read| read.is_rewritten());
        (Shape { names: self.names.clone(), oids: self.oids.clone(), reads, rewritten }, formats)
    }

    /// Shows one row.
    #[inline]
    pub(crate) fn show(&self, body: &[u8], room: &mut Room, sink: &mut dyn Sink) -> Result<Flow> {
        // The cells borrow from the row, so the array is made anew for each; on the stack that is free.
        match self.reads.len() {
            0..=4 => self.pump::<4>(body, room, sink),
            5..=8 => self.pump::<8>(body, room, sink),
            9..=16 => self.pump::<16>(body, room, sink),
            17..=64 => self.pump::<64>(body, room, sink),
            _ => self.pump::<256>(body, room, sink),
        }
    }

    fn pump<const N: usize>(&self, body: &[u8], room: &mut Room, sink: &mut dyn Sink) -> Result<Flow> {
        let width = self.reads.len();
        if self.rewritten {
            self.rewrite(body, room)?;
        }
        if width <= N {
            let mut cells = [Cell::Null; N];
            self.fill(body, room, &mut cells[..width])?;
            sink.row(&cells[..width])
        } else {
            let mut cells = vec![Cell::Null; width];
            self.fill(body, room, &mut cells)?;
            sink.row(&cells)
        }
    }

    /// First pass: what a cell cannot show as it stands in the row.
    fn rewrite(&self, body: &[u8], room: &mut Room) -> Result<()> {
        room.bytes.clear();
        room.ends.clear();
        let mut parts = Parts(body);
        parts.i16();
        for (index, read) in self.reads.iter().enumerate() {
            let Some(bytes) = value(&mut parts) else { continue };
            let written = match read {
                Read::Binary(types::NUMERIC) => binary::numeric(bytes, &mut room.bytes),
                Read::Written(types::BYTEA) => text::bytea(bytes, &mut room.bytes),
                _ => continue,
            };
            written.ok_or_else(|| self.unreadable(index))?;
            room.ends.push(room.bytes.len());
        }
        Ok(())
    }

    fn fill<'r>(&self, body: &'r [u8], room: &'r Room, cells: &mut [Cell<'r>]) -> Result<()> {
        let mut parts = Parts(body);
        parts.i16();
        let (mut from, mut ends) = (0, room.ends.iter());
        for (index, (read, cell)) in self.reads.iter().zip(cells).enumerate() {
            let Some(bytes) = value(&mut parts) else { continue };
            let found = if read.is_rewritten() {
                let to = *ends.next().unwrap_or(&from);
                let bytes = &room.bytes[std::mem::replace(&mut from, to)..to];
                match read {
                    Read::Written(_) => Some(Cell::Blob(bytes)),
                    _ => text::numeric(bytes),
                }
            } else {
                cell_of(*read, bytes)
            };
            *cell = found.ok_or_else(|| self.unreadable(index))?;
        }
        Ok(())
    }

    #[cold]
    fn unreadable(&self, index: usize) -> Error {
        Error::conversion(
            "a value cannot be read: it is infinite, or further away than the type here reaches",
        )
        .with_index(index)
        .with_help("read it as text: CAST(column AS text)")
    }
}

impl Columns for Shape {
    fn len(&self) -> usize {
        self.names.len()
    }

    fn name(&self, index: usize) -> &str {
        self.names.get(index).map_or("", String::as_str)
    }
}

impl Read {
    fn is_rewritten(self) -> bool {
        matches!(self, Read::Binary(types::NUMERIC) | Read::Written(types::BYTEA))
    }
}

/// The next value of a row; `None` is NULL.
#[inline]
fn value<'r>(parts: &mut Parts<'r>) -> Option<&'r [u8]> {
    let length = usize::try_from(parts.i32()).ok()?;
    Some(parts.bytes(length))
}

/// Types that are asked for in binary form.
fn has_binary(oid: u32) -> bool {
    use types::*;
    matches!(
        oid,
        BOOL | BYTEA
            | INT2
            | INT4
            | INT8
            | OID
            | FLOAT4
            | FLOAT8
            | DATE
            | TIME
            | TIMESTAMP
            | TIMESTAMPTZ
            | NUMERIC
            | INTERVAL
            | UUID
            | JSONB
    )
}

fn read_of(oid: u32, is_binary: bool) -> Read {
    use types::*;
    match (oid, is_binary) {
        (BYTEA, true) => Read::Bytes,
        (TEXT | VARCHAR | BPCHAR | NAME | CHAR | JSON | XML | UNKNOWN, _) => Read::Text,
        (JSONB, false) => Read::Text,
        (oid, true) => Read::Binary(oid),
        (oid, false) if has_binary(oid) => Read::Written(oid),
        _ => Read::Text,
    }
}

#[inline]
fn cell_of(read: Read, bytes: &[u8]) -> Option<Cell<'_>> {
    use types::*;
    match read {
        Read::Text => Some(Cell::Text(bytes)),
        Read::Bytes => Some(Cell::Blob(bytes)),
        Read::Binary(oid) => match oid {
            INT8 => binary::int8(bytes),
            INT4 => binary::int4(bytes),
            INT2 => binary::int2(bytes),
            OID => binary::oid(bytes),
            BOOL => binary::boolean(bytes),
            FLOAT8 => binary::float8(bytes),
            FLOAT4 => binary::float4(bytes),
            UUID => binary::uuid(bytes),
            DATE => binary::date(bytes),
            TIME => binary::time(bytes),
            TIMESTAMP => binary::micros(bytes).map(Cell::Timestamp),
            TIMESTAMPTZ => binary::micros(bytes).map(Cell::Instant),
            INTERVAL => binary::interval(bytes),
            JSONB => binary::jsonb(bytes),
            // Nothing else was asked for in binary form.
            _ => None,
        },
        Read::Written(oid) => match oid {
            INT8 | INT4 | INT2 | OID => text::int(bytes),
            BOOL => text::boolean(bytes),
            FLOAT8 => text::float8(bytes),
            FLOAT4 => text::float4(bytes),
            NUMERIC => text::numeric(bytes),
            UUID => text::uuid(bytes),
            INTERVAL => text::interval(bytes),
            DATE => text::date(bytes),
            TIME => text::time(bytes),
            TIMESTAMP => text::micros(bytes).map(Cell::Timestamp),
            TIMESTAMPTZ => text::micros(bytes).map(Cell::Instant),
            _ => Some(Cell::Text(bytes)),
        },
    }
}

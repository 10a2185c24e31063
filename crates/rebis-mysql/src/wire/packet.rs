//! What packets say: where each begins and ends, and the parts of the simple ones.

use super::native::{Native, Refused};
use std::io;

/// Length and number.
pub(crate) const HEAD: usize = 4;
/// A packet of this length goes on in the next.
pub(crate) const FULL: usize = 0xFF_FFFF;

/// The length that a packet's head tells.
#[inline]
pub(crate) fn length(head: &[u8]) -> usize {
    usize::from(head[0]) | usize::from(head[1]) << 8 | usize::from(head[2]) << 16
}

/// Puts a command into packets, behind what is to be sent already. The parts follow each other.
pub(crate) fn put(out: &mut Vec<u8>, parts: &[&[u8]]) {
    let whole: usize = parts.iter().map(|part| part.len()).sum();
    out.reserve(whole + HEAD * (1 + whole / FULL));
    let mut left = whole;
    let mut room = head(out, left, 0);
    let mut number = 0_u8;
    for mut part in parts.iter().copied() {
        while !part.is_empty() {
            if room == 0 {
                number = number.wrapping_add(1);
                room = head(out, left, number);
            }
            let (now, later) = part.split_at(part.len().min(room));
            out.extend_from_slice(now);
            (room, left, part) = (room - now.len(), left - now.len(), later);
        }
    }
    // What fills its last packet is ended by an empty one.
    if whole > 0 && whole.is_multiple_of(FULL) {
        head(out, 0, number.wrapping_add(1));
    }
}

/// Writes the head of a packet; how much fits into it.
fn head(out: &mut Vec<u8>, left: usize, number: u8) -> usize {
    let length = left.min(FULL);
    out.extend_from_slice(&(length as u32).to_le_bytes()[..3]);
    out.push(number);
    length
}

/// Reads the parts of a packet, front to back. Past the end all is empty: a server that says too little is not believed
/// more.
#[derive(Clone, Copy)]
pub(crate) struct Parts<'p>(pub(crate) &'p [u8]);

impl<'p> Parts<'p> {
    #[inline]
    pub(crate) fn bytes(&mut self, count: usize) -> &'p [u8] {
        let (part, rest) = self.0.split_at(count.min(self.0.len()));
        self.0 = rest;
        part
    }

    #[inline]
    pub(crate) fn u8(&mut self) -> u8 {
        self.bytes(1).first().copied().unwrap_or(0)
    }

    #[inline]
    pub(crate) fn u16(&mut self) -> u16 {
        self.bytes(2).try_into().map_or(0, u16::from_le_bytes)
    }

    #[inline]
    pub(crate) fn u32(&mut self) -> u32 {
        self.bytes(4).try_into().map_or(0, u32::from_le_bytes)
    }

    #[inline]
    pub(crate) fn u64(&mut self) -> u64 {
        self.bytes(8).try_into().map_or(0, u64::from_le_bytes)
    }

    /// A number that says how long it is. `None`: the mark of a NULL.
    #[inline]
    pub(crate) fn number(&mut self) -> Option<u64> {
        match self.u8() {
            0xFB => None,
            0xFC => Some(u64::from(self.u16())),
            0xFD => {
                let part = self.bytes(3);
                Some(part.iter().rev().fold(0, |sum, byte| sum << 8 | u64::from(*byte)))
            }
            0xFE => Some(self.u64()),
            small => Some(u64::from(small)),
        }
    }

    /// Bytes that say how long they are. `None`: NULL.
    #[inline]
    pub(crate) fn counted(&mut self) -> Option<&'p [u8]> {
        let count = self.number()?;
        Some(self.bytes(usize::try_from(count).unwrap_or(usize::MAX)))
    }

    /// Bytes up to a zero, or to the end.
    pub(crate) fn ended(&mut self) -> &'p [u8] {
        let end = self.0.iter().position(|byte| *byte == 0).unwrap_or(self.0.len());
        let part = self.bytes(end);
        self.bytes(1);
        part
    }
}

/// What a statement without rows came to, and what stands behind the rows of others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Done {
    pub(crate) affected: u64,
    pub(crate) key: u64,
    pub(crate) status: u16,
}

/// Another result follows.
pub(crate) const MORE: u16 = 8;
/// A transaction is open.
pub(crate) const OPEN: u16 = 1;

impl Done {
    /// From the packet behind its first byte.
    pub(crate) fn read(mut parts: Parts<'_>) -> Done {
        let (affected, key) = (parts.number().unwrap_or(0), parts.number().unwrap_or(0));
        Done { affected, key, status: parts.u16() }
    }

    /// From the older packet at the end of rows, behind its first byte.
    pub(crate) fn read_end(mut parts: Parts<'_>) -> Done {
        parts.u16();
        Done { status: parts.u16(), ..Done::default() }
    }
}

/// The error that a packet tells, behind its first byte.
#[cold]
pub(crate) fn refused(mut parts: Parts<'_>) -> Native {
    let code = parts.u16();
    let state = match parts.0.first() {
        Some(b'#') => String::from_utf8_lossy(&parts.bytes(6)[1..]).into_owned(),
        _ => String::new(),
    };
    Native::Server(Refused { code, state, message: String::from_utf8_lossy(parts.0).into_owned() })
}

/// What nobody expected.
#[cold]
pub(crate) fn garbled(what: &'static str) -> Native {
    Native::Io(io::Error::new(io::ErrorKind::InvalidData, what))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_of_any_length_are_packets() {
        let mut out = Vec::new();
        put(&mut out, &[b"\x03", b"SELECT 1"]);
        assert_eq!(out, b"\x09\0\0\0\x03SELECT 1");
        for (length, packets) in [(FULL - 1, 1), (FULL, 2), (FULL + 1, 2), (2 * FULL, 3)] {
            let (text, mut out) = (vec![b'x'; length - 1], Vec::new());
            put(&mut out, &[&[3], &text]);
            let (mut at, mut lengths) = (0, Vec::new());
            while at < out.len() {
                assert_eq!(usize::from(out[at + 3]), lengths.len());
                lengths.push(super::length(&out[at..]));
                at += HEAD + lengths[lengths.len() - 1];
            }
            assert_eq!((at, lengths.len(), lengths.iter().sum()), (out.len(), packets, length));
        }
    }

    #[test]
    fn parts_past_the_end_are_empty() {
        let mut parts = Parts(b"\xFC\x01\x02\xFB\x02ab\xFD\x01");
        assert_eq!((parts.number(), parts.number()), (Some(0x201), None));
        assert_eq!((parts.counted(), parts.counted()), (Some(&b"ab"[..]), Some(&b""[..])));
        assert_eq!((parts.u8(), parts.u16(), parts.u64(), parts.ended()), (0, 0, 0, &b""[..]));
    }

    #[test]
    fn errors_have_a_state_or_none() {
        for (packet, text) in [
            (&b"\x7a\x04#42S02no table"[..], "ERROR 1146 (42S02): no table"),
            (b"\x10\x04Too many connections", "ERROR 1040: Too many connections"),
        ] {
            assert_eq!(refused(Parts(packet)).to_string(), text);
        }
    }
}

//! Messages of the server: where each begins and ends, and the parts of the simple ones.

use bytes::Bytes;
use std::io;

/// Tag and length.
const HEAD: usize = 5;

/// How many bytes of the buffer are whole messages, and how many the next one needs in all.
pub(super) fn whole(buffer: &[u8]) -> io::Result<(usize, usize)> {
    let mut at = 0;
    while let Some(head) = buffer.get(at..at + HEAD) {
        let length = i32::from_be_bytes([head[1], head[2], head[3], head[4]]);
        let length = usize::try_from(length).ok().filter(|length| *length >= 4);
        let Some(length) = length else {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "the length of a message is impossible"));
        };
        let end = at + 1 + length;
        if end > buffer.len() {
            return Ok((at, end - at));
        }
        at = end;
    }
    Ok((at, HEAD))
}

/// The messages of a piece that holds whole ones.
pub(crate) struct Messages(pub(crate) Bytes);

/// One message.
pub(crate) struct Message {
    pub(crate) tag: u8,
    pub(crate) body: Bytes,
}

impl Iterator for Messages {
    type Item = Message;

    #[inline]
    fn next(&mut self) -> Option<Message> {
        let head = self.0.get(..HEAD)?;
        let tag = head[0];
        let length = u32::from_be_bytes([head[1], head[2], head[3], head[4]]) as usize;
        let mut whole = self.0.split_to((1 + length).min(self.0.len()));
        let body = whole.split_off(HEAD.min(whole.len()));
        Some(Message { tag, body })
    }
}

/// Reads the parts of a body, front to back. Past the end all is empty: a server that says too little is not
/// believed more.
pub(crate) struct Parts<'b>(pub(crate) &'b [u8]);

impl<'b> Parts<'b> {
    #[inline]
    pub(crate) fn bytes(&mut self, count: usize) -> &'b [u8] {
        let (part, rest) = self.0.split_at(count.min(self.0.len()));
        self.0 = rest;
        part
    }

    #[inline]
    pub(crate) fn u8(&mut self) -> u8 {
        self.bytes(1).first().copied().unwrap_or(0)
    }

    #[inline]
    pub(crate) fn i16(&mut self) -> i16 {
        self.bytes(2).try_into().map_or(0, i16::from_be_bytes)
    }

    #[inline]
    pub(crate) fn i32(&mut self) -> i32 {
        self.bytes(4).try_into().map_or(-1, i32::from_be_bytes)
    }

    pub(crate) fn text(&mut self) -> String {
        let end = self.0.iter().position(|b| *b == 0).unwrap_or(self.0.len());
        let text = String::from_utf8_lossy(self.bytes(end)).into_owned();
        self.bytes(1);
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_messages_are_found() {
        let three = b"Z\0\0\0\x05I1\0\0\0\x04C\0\0\0\x08abcd";
        let cuts = [(0, (0, 5)), (4, (0, 5)), (5, (0, 6)), (6, (6, 5)), (11, (11, 5)), (19, (11, 9))];
        for (length, expected) in cuts {
            assert_eq!(whole(&three[..length]).expect("it is well formed"), expected, "{length}");
        }
        assert_eq!(whole(three).expect("it is well formed"), (20, 5));
        assert!(whole(b"Z\0\0\0\x03").is_err());
        let tags: Vec<(u8, usize)> =
            Messages(Bytes::from_static(three)).map(|m| (m.tag, m.body.len())).collect();
        assert_eq!(tags, [(b'Z', 1), (b'1', 0), (b'C', 4)]);
    }

    #[test]
    fn parts_past_the_end_are_empty() {
        let mut parts = Parts(b"\0\x07ab\0c");
        assert_eq!((parts.i16(), parts.text(), parts.u8()), (7, "ab".to_owned(), b'c'));
        assert_eq!((parts.i16(), parts.i32(), parts.text()), (0, -1, String::new()));
    }
}

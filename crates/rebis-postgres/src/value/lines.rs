//! Rows in the text form of COPY: a line each, values between tabs, read by the server as literals are.

use super::encode::{self, write_literal};
use bytes::{BufMut, BytesMut};
use rebis_core::{Cell, Result};

/// Whether PostgreSQL can hold the values.
pub(crate) fn check<'r>(mut row: impl Iterator<Item = Cell<'r>>) -> Result<()> {
    row.try_for_each(|cell| encode::check(&cell))
}

/// Appends a row.
pub(crate) fn write<'r>(row: impl Iterator<Item = Cell<'r>>, out: &mut BytesMut) {
    let mut literal = BytesMut::new();
    for (at, cell) in row.enumerate() {
        if at > 0 {
            out.put_u8(b'\t');
        }
        if cell.is_null() {
            out.put_slice(b"\\N");
            continue;
        }
        literal.clear();
        write_literal(cell, &mut literal);
        for byte in &literal {
            match byte {
                b'\\' => out.put_slice(b"\\\\"),
                b'\t' => out.put_slice(b"\\t"),
                b'\n' => out.put_slice(b"\\n"),
                b'\r' => out.put_slice(b"\\r"),
                byte => out.put_u8(*byte),
            }
        }
    }
    out.put_u8(b'\n');
}

#[cfg(test)]
mod tests {
    use super::*;
    use rebis_core::Datum;

    #[test]
    fn values_between_tabs() {
        for (row, expected) in [
            (vec![Datum::Int(1), Datum::Null, Datum::Bool(true)], "1\t\\N\tt\n"),
            (vec![Datum::Text("a\tb\\c\r\n".into())], "a\\tb\\\\c\\r\\n\n"),
            (vec![Datum::Blob(vec![0, 0xff])], "\\\\x00ff\n"),
            (vec![Datum::Text("\\N".into()), Datum::Text(String::new())], "\\\\N\t\n"),
        ] {
            let mut out = BytesMut::new();
            write(row.iter().map(Datum::cell), &mut out);
            assert_eq!(String::from_utf8_lossy(&out), expected);
        }
    }
}

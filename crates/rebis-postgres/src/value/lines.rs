//! Rows in the text form of COPY: a line each, values between tabs, read by the server as literals are.

use super::encode::{self, write_literal};
use bytes::{BufMut, BytesMut};
use rebis_core::{Datum, Result};

/// Whether PostgreSQL can hold the values.
pub(crate) fn check(row: &[Datum]) -> Result<()> {
    row.iter().try_for_each(|datum| encode::check(&datum.cell()))
}

/// Appends a row.
pub(crate) fn write(row: &[Datum], out: &mut BytesMut) {
    let mut literal = BytesMut::new();
    for (at, datum) in row.iter().enumerate() {
        if at > 0 {
            out.put_u8(b'\t');
        }
        let cell = datum.cell();
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

    #[test]
    fn values_between_tabs() {
        for (row, expected) in [
            (vec![Datum::Int(1), Datum::Null, Datum::Bool(true)], "1\t\\N\tt\n"),
            (vec![Datum::Text("a\tb\\c\r\n".into())], "a\\tb\\\\c\\r\\n\n"),
            (vec![Datum::Blob(vec![0, 0xff])], "\\\\x00ff\n"),
            (vec![Datum::Text("\\N".into()), Datum::Text(String::new())], "\\\\N\t\n"),
        ] {
            let mut out = BytesMut::new();
            write(&row, &mut out);
            assert_eq!(String::from_utf8_lossy(&out), expected);
        }
    }
}

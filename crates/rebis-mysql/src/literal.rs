//! Cells as literals. A text of ASCII alone, without a backslash, stands between quotes, which mean the same whatever
//! mode and character set the session has. Other texts, and bytes, are hexadecimal digits, and everything else is made
//! of digits and signs.

use rebis_core::{Cell, Error, Result, iso};
use std::fmt::Write;

/// Appends the literal of a cell.
///
/// # Errors
/// [`Conversion`](rebis_core::ErrorKind::Conversion) for what the database has no value for.
pub(crate) fn push(out: &mut String, cell: Cell<'_>) -> Result<()> {
    // Writing into a string cannot fail.
    match cell {
        Cell::Null => out.push_str("NULL"),
        Cell::Bool(v) => out.push_str(if v { "TRUE" } else { "FALSE" }),
        Cell::Int(v) => {
            let _ = write!(out, "{v}");
        }
        Cell::Unsigned(v) => {
            let _ = write!(out, "{v}");
        }
        Cell::Float(v) => {
            let _ = write!(out, "{:e}", finite(v)?);
        }
        Cell::Text(v) => text(out, v),
        Cell::Blob(v) => hex(out, v),
        Cell::Uuid(v) => hex(out, &v),
        Cell::Decimal(v) => out.push_str(decimal(v)?),
        Cell::Date(days) => {
            out.push_str("DATE'");
            iso::push_date(out, in_years(i64::from(days))?);
            out.push('\'');
        }
        Cell::Time(micros) => {
            out.push_str("TIME'");
            iso::push_time(out, of_a_day(micros)?);
            out.push('\'');
        }
        Cell::Timestamp(micros) | Cell::Instant(micros) => {
            in_years(micros.div_euclid(iso::MICROS_OF_DAY))?;
            out.push_str("TIMESTAMP'");
            iso::push_timestamp(out, micros);
            out.push('\'');
        }
        Cell::Interval { months, days, micros } => {
            let _ = write!(out, "{}", fixed(months, days, micros)?);
        }
        Cell::Array(v) | Cell::Written(v) => text(out, v.as_bytes()),
        Cell::Unfit(what) => return Err(unfit(what)),
        other => return Err(unknown(other)),
    }
    Ok(())
}

/// How long the literal of a cell is, about.
pub(crate) fn length(cell: &Cell<'_>) -> usize {
    match cell {
        Cell::Text(v) | Cell::Blob(v) => v.len() * 2 + 16,
        Cell::Array(v) | Cell::Written(v) => v.len() * 2 + 16,
        _ => 40,
    }
}

/// A text. The server reads one between quotes faster than one that names its character set.
fn text(out: &mut String, bytes: &[u8]) {
    let is_plain = |byte: &u8| matches!(byte, b' '..=b'~' | b'\n' | b'\t') && *byte != b'\\';
    let Some(plain) = std::str::from_utf8(bytes).ok().filter(|_| bytes.iter().all(is_plain)) else {
        out.push_str("_utf8mb4 ");
        return hex(out, bytes);
    };
    for part in plain.split('\'') {
        out.push('\'');
        out.push_str(part);
        // A quote within is two.
        out.push('\'');
    }
}

fn hex(out: &mut String, bytes: &[u8]) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    out.reserve(bytes.len() * 2 + 3);
    out.push_str("X'");
    for byte in bytes {
        out.push(char::from(DIGITS[usize::from(byte >> 4)]));
        out.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    out.push('\'');
}

/// What is no number has no place in a column.
pub(crate) fn finite(value: f64) -> Result<f64> {
    if value.is_finite() {
        return Ok(value);
    }
    Err(Error::conversion("the database has no float that is not a number or infinite")
        .with_help("store NULL instead, or a text"))
}

/// The digits of a decimal number, looked at: they go into the text as they are.
pub(crate) fn decimal(text: &str) -> Result<&str> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let fits = digits.bytes().all(|c| c.is_ascii_digit() || c == b'.')
        && digits.bytes().filter(|c| *c == b'.').count() <= 1
        && digits.bytes().any(|c| c.is_ascii_digit());
    if fits { Ok(text) } else { Err(Error::conversion("a decimal is written with digits and one point")) }
}

/// Days of the years that the database has: 1 to 9999. (The year 0 is its mark of a date that is none.)
pub(crate) fn in_years(days: i64) -> Result<i64> {
    if (-719_162..=2_932_896).contains(&days) {
        return Ok(days);
    }
    Err(Error::conversion("the date is outside of the years 1 to 9999, which the database has"))
}

pub(crate) fn of_a_day(micros: i64) -> Result<i64> {
    if (0..iso::MICROS_OF_DAY).contains(&micros) {
        return Ok(micros);
    }
    Err(Error::conversion("a time of day is from 00:00:00 to 23:59:59.999999"))
}

/// A length of time in microseconds, which months and days do not have.
pub(crate) fn fixed(months: i32, days: i32, micros: i64) -> Result<i64> {
    if (months, days) == (0, 0) {
        return Ok(micros);
    }
    Err(Error::conversion("an interval of months or days has no fixed length in microseconds")
        .with_help("store hours and minutes, or a text"))
}

#[cold]
pub(crate) fn unfit(what: &str) -> Error {
    Error::conversion(format!("a parameter is {what}, which the database cannot store"))
        .with_help("give a value that fits")
}

#[cold]
pub(crate) fn unknown(cell: Cell<'_>) -> Error {
    Error::conversion(format!("this driver cannot write {}", cell.kind()))
        .with_help("use the same version of all crates of Rebis")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn literal(cell: Cell<'_>) -> String {
        let mut out = String::new();
        push(&mut out, cell).expect("it has a literal");
        out
    }

    #[test]
    fn literals() {
        for (cell, expect) in [
            (Cell::Null, "NULL"),
            (Cell::Bool(true), "TRUE"),
            (Cell::Int(i64::MIN), "-9223372036854775808"),
            (Cell::Unsigned(u64::MAX), "18446744073709551615"),
            (Cell::Float(0.1), "1e-1"),
            (Cell::Float(5e-324), "5e-324"),
            (Cell::Text(b"it's"), "'it''s'"),
            (Cell::Text(b"'; --\n'"), "'''; --\n'''"),
            (Cell::Text(b""), "''"),
            (Cell::Text(b"it's \\"), "_utf8mb4 X'69742773205C'"),
            (Cell::Text("\u{e9}".as_bytes()), "_utf8mb4 X'C3A9'"),
            (Cell::Text(b"\0"), "_utf8mb4 X'00'"),
            (Cell::Text(b"\xbf'"), "_utf8mb4 X'BF27'"),
            (Cell::Blob(&[0, 255]), "X'00FF'"),
            (Cell::Decimal("-1.50"), "-1.50"),
            (Cell::Date(0), "DATE'1970-01-01'"),
            (Cell::Time(1), "TIME'00:00:00.000001'"),
            (Cell::Timestamp(-1), "TIMESTAMP'1969-12-31 23:59:59.999999'"),
        ] {
            assert_eq!(literal(cell), expect);
        }
    }

    #[test]
    fn what_has_no_literal_is_refused() {
        for cell in [
            Cell::Float(f64::NAN),
            Cell::Float(f64::INFINITY),
            Cell::Decimal("1; DROP TABLE t"),
            Cell::Decimal("1e5"),
            Cell::Decimal("."),
            Cell::Decimal("1.2.3"),
            Cell::Date(i32::MAX),
            Cell::Date(-719_163),
            Cell::Time(-1),
            Cell::Time(iso::MICROS_OF_DAY),
            Cell::Timestamp(i64::MAX),
        ] {
            assert!(push(&mut String::new(), cell).is_err(), "{cell:?}");
        }
    }
}

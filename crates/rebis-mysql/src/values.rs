//! From the server's values to cells, and from cells to parameters of prepared statements.

use crate::literal;
use mysql_async::consts::{ColumnFlags, ColumnType};
use mysql_async::{Column, Value};
use rebis_core::{Cell, Error, Result, iso};

/// The character set that says "bytes".
const BINARY: u16 = 63;

/// What a column's values become.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum As {
    Int,
    Float32,
    Float64,
    Decimal,
    Date,
    Time,
    Timestamp,
    Instant,
    /// An expression of times: the server does not tell whether it is an instant. Its text can be read as both.
    Moment,
    Bits,
    Text,
    Bytes,
}

/// By the type that the server tells of a column.
pub(crate) fn of_column(column: &Column) -> As {
    use ColumnType::*;
    match column.column_type() {
        MYSQL_TYPE_TINY | MYSQL_TYPE_SHORT | MYSQL_TYPE_LONG | MYSQL_TYPE_INT24 | MYSQL_TYPE_LONGLONG
        | MYSQL_TYPE_YEAR => As::Int,
        MYSQL_TYPE_FLOAT => As::Float32,
        MYSQL_TYPE_DOUBLE => As::Float64,
        MYSQL_TYPE_DECIMAL | MYSQL_TYPE_NEWDECIMAL => As::Decimal,
        MYSQL_TYPE_DATE | MYSQL_TYPE_NEWDATE => As::Date,
        MYSQL_TYPE_TIME | MYSQL_TYPE_TIME2 => As::Time,
        MYSQL_TYPE_DATETIME | MYSQL_TYPE_DATETIME2 if column.org_table_ref().is_empty() => As::Moment,
        MYSQL_TYPE_DATETIME | MYSQL_TYPE_DATETIME2 => As::Timestamp,
        MYSQL_TYPE_TIMESTAMP | MYSQL_TYPE_TIMESTAMP2 => As::Instant,
        MYSQL_TYPE_BIT => As::Bits,
        MYSQL_TYPE_JSON | MYSQL_TYPE_ENUM | MYSQL_TYPE_SET => As::Text,
        MYSQL_TYPE_GEOMETRY | MYSQL_TYPE_VECTOR => As::Bytes,
        // A list of names tells itself by a flag; its character set is that of its names.
        _ if column.flags().intersects(ColumnFlags::ENUM_FLAG | ColumnFlags::SET_FLAG) => As::Text,
        _ if column.character_set() == BINARY => As::Bytes,
        _ => As::Text,
    }
}

/// The cell of a value. Both protocols end here: in one all values but NULL are text. `text`: room for what has to be
/// written.
pub(crate) fn cell<'v>(value: &'v Value, of: As, text: &'v mut String) -> Result<Cell<'v>> {
    match value {
        Value::NULL => Ok(Cell::Null),
        Value::Int(v) => Ok(Cell::Int(*v)),
        Value::UInt(v) => Ok(unsigned(*v)),
        Value::Float(v) => Ok(Cell::Float(f64::from(*v))),
        Value::Double(v) => Ok(Cell::Float(*v)),
        Value::Bytes(bytes) => from_bytes(bytes, of),
        Value::Date(year, month, day, hour, minute, second, micros) => {
            let days = date(i64::from(*year), i64::from(*month), i64::from(*day))?;
            let clock = [*hour, *minute, *second].iter().fold(0, |sum, part| sum * 60 + i64::from(*part));
            let micros = clock * 1_000_000 + i64::from(*micros);
            if of == As::Moment {
                text.clear();
                iso::push_timestamp(text, days * iso::MICROS_OF_DAY + micros);
                return Ok(Cell::Text(text.as_bytes()));
            }
            Ok(moment(days, micros, of))
        }
        Value::Time(negative, days, hours, minutes, seconds, micros) => {
            let clock = (i64::from(*hours) * 60 + i64::from(*minutes)) * 60 + i64::from(*seconds);
            let clock = i64::from(*days) * iso::MICROS_OF_DAY + clock * 1_000_000 + i64::from(*micros);
            time(if *negative { -clock } else { clock })
        }
    }
}

fn unsigned(value: u64) -> Cell<'static> {
    i64::try_from(value).map_or(Cell::Unsigned(value), Cell::Int)
}

fn from_bytes(bytes: &[u8], of: As) -> Result<Cell<'_>> {
    match of {
        As::Text => Ok(Cell::Text(bytes)),
        As::Bytes => Ok(Cell::Blob(bytes)),
        As::Int => match parsed::<i64>(bytes) {
            Some(value) => Ok(Cell::Int(value)),
            None => parsed::<u64>(bytes).map(Cell::Unsigned).ok_or_else(|| unread("an integer")),
        },
        As::Float32 => {
            parsed::<f32>(bytes).map(|v| Cell::Float(f64::from(v))).ok_or_else(|| unread("a float"))
        }
        As::Float64 => parsed(bytes).map(Cell::Float).ok_or_else(|| unread("a float")),
        As::Decimal => std::str::from_utf8(bytes).map(Cell::Decimal).map_err(|_| unread("a decimal")),
        As::Bits if bytes.len() <= 8 => {
            Ok(unsigned(bytes.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte))))
        }
        As::Bits => Err(unread("a list of bits")),
        As::Time => clock(bytes).ok_or_else(|| unread("a time")).and_then(time),
        As::Moment => calendar(bytes, of).map(|_| Cell::Text(bytes)),
        As::Date | As::Timestamp | As::Instant => calendar(bytes, of),
    }
}

fn parsed<T: std::str::FromStr>(bytes: &[u8]) -> Option<T> {
    std::str::from_utf8(bytes).ok()?.parse().ok()
}

/// `2026-11-22` or `2026-11-22 15:04:05.123456`.
fn calendar(bytes: &[u8], of: As) -> Result<Cell<'static>> {
    let unread = || unread("a date");
    let (day, rest) = bytes.split_at_checked(10).ok_or_else(unread)?;
    let part = |range| day.get(range).and_then(parsed::<i64>).ok_or_else(unread);
    let days = date(part(0..4)?, part(5..7)?, part(8..10)?)?;
    let micros = match rest.split_first() {
        None => 0,
        Some((_, rest)) => clock(rest).ok_or_else(unread)?,
    };
    Ok(moment(days, micros, of))
}

/// `-838:59:59.000000`, in microseconds.
fn clock(bytes: &[u8]) -> Option<i64> {
    let text = std::str::from_utf8(bytes).ok()?;
    let (negative, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let mut parts = text.split(':');
    let (hours, minutes) = (parts.next()?.parse::<i64>().ok()?, parts.next()?.parse::<i64>().ok()?);
    let (seconds, fraction) = parts.next().and_then(|s| s.split_once('.').or(Some((s, ""))))?;
    let micros = format!("{fraction:0<6}").get(..6)?.parse::<i64>().ok()?;
    let micros = ((hours * 60 + minutes) * 60 + seconds.parse::<i64>().ok()?) * 1_000_000 + micros;
    Some(if negative { -micros } else { micros })
}

fn moment(days: i64, micros: i64, of: As) -> Cell<'static> {
    let whole = days * iso::MICROS_OF_DAY + micros;
    match of {
        // A day of the years 0 to 9999.
        As::Date => Cell::Date(days as i32),
        As::Instant => Cell::Instant(whole),
        _ => Cell::Timestamp(whole),
    }
}

fn time(micros: i64) -> Result<Cell<'static>> {
    if (0..iso::MICROS_OF_DAY).contains(&micros) {
        return Ok(Cell::Time(micros));
    }
    Err(Error::conversion(
        "the column holds a span of time, not a time of day: it is negative or beyond 24 hours",
    )
    .with_help("select it as a text (`CAST(.. AS CHAR)`) or in seconds (`TIME_TO_SEC(..)`)"))
}

/// Days since 1970-01-01.
fn date(year: i64, month: i64, day: i64) -> Result<i64> {
    if month == 0 || day == 0 {
        return Err(Error::conversion("the column holds a date that is none (`0000-00-00`)")
            .with_help("select `NULLIF(column, 0)`, or clean the column"));
    }
    Ok(iso::days_from_civil(year, month, day))
}

#[cold]
fn unread(what: &str) -> Error {
    Error::conversion(format!("the server sent {what} in a form that this driver does not know"))
}

/// The parameter of a prepared statement.
///
/// # Errors
/// [`Conversion`](rebis_core::ErrorKind::Conversion) for what the database has no value for.
pub(crate) fn parameter(cell: Cell<'_>) -> Result<Value> {
    Ok(match cell {
        Cell::Null => Value::NULL,
        Cell::Bool(v) => Value::Int(i64::from(v)),
        Cell::Int(v) => Value::Int(v),
        Cell::Unsigned(v) => Value::UInt(v),
        // As a literal, a negative zero is a zero.
        Cell::Float(v) => Value::Double(literal::finite(v)? + 0.0),
        Cell::Text(v) | Cell::Blob(v) => Value::Bytes(v.to_vec()),
        Cell::Uuid(v) => Value::Bytes(v.to_vec()),
        Cell::Decimal(v) => Value::Bytes(literal::decimal(v)?.as_bytes().to_vec()),
        Cell::Date(days) => date_value(i64::from(days), 0)?,
        Cell::Timestamp(micros) | Cell::Instant(micros) => {
            let days = micros.div_euclid(iso::MICROS_OF_DAY);
            date_value(days, micros.rem_euclid(iso::MICROS_OF_DAY))?
        }
        Cell::Time(micros) => {
            let (hours, minutes, seconds, micros) = clock_parts(literal::of_a_day(micros)?);
            Value::Time(false, 0, hours, minutes, seconds, micros)
        }
        Cell::Interval { months, days, micros } => Value::Int(literal::fixed(months, days, micros)?),
        Cell::Array(v) | Cell::Written(v) => Value::Bytes(v.as_bytes().to_vec()),
        Cell::Unfit(what) => return Err(literal::unfit(what)),
        other => return Err(literal::unknown(other)),
    })
}

fn date_value(days: i64, micros: i64) -> Result<Value> {
    let (year, month, day) = iso::civil(literal::in_years(days)?);
    let (hours, minutes, seconds, micros) = clock_parts(micros);
    // The year is one of 1 to 9999.
    Ok(Value::Date(year as u16, month as u8, day as u8, hours, minutes, seconds, micros))
}

/// Hours, minutes, seconds and microseconds of a time within a day.
fn clock_parts(micros: i64) -> (u8, u8, u8, u32) {
    let (seconds, micros) = (micros / 1_000_000, micros % 1_000_000);
    ((seconds / 3600) as u8, (seconds / 60 % 60) as u8, (seconds % 60) as u8, micros as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_protocols_give_the_same_cell() {
        let bytes = |text: &str| Value::Bytes(text.as_bytes().to_vec());
        for (text, value, of) in [
            ("-5", Value::Int(-5), As::Int),
            ("18446744073709551615", Value::UInt(u64::MAX), As::Int),
            ("0.5", Value::Float(0.5), As::Float32),
            ("1e-300", Value::Double(1e-300), As::Float64),
            ("2024-02-29", Value::Date(2024, 2, 29, 0, 0, 0, 0), As::Date),
            ("1969-12-31 23:59:59.999999", Value::Date(1969, 12, 31, 23, 59, 59, 999_999), As::Timestamp),
            ("2024-02-29 00:00:00", Value::Date(2024, 2, 29, 0, 0, 0, 0), As::Instant),
            ("2024-02-29 12:00:00.000001", Value::Date(2024, 2, 29, 12, 0, 0, 1), As::Moment),
            ("23:59:59.5", Value::Time(false, 0, 23, 59, 59, 500_000), As::Time),
        ] {
            let (mut one, mut other, bytes) = (String::new(), String::new(), bytes(text));
            let (prepared, plain) = (cell(&value, of, &mut one), cell(&bytes, of, &mut other));
            assert_eq!(plain.expect(text), prepared.expect(text), "{text}");
        }
    }

    #[test]
    fn what_is_no_date_and_no_time_of_day_is_told() {
        for (text, of) in [
            ("0000-00-00", As::Date),
            ("2024-00-10", As::Date),
            ("0000-00-00 00:00:00", As::Timestamp),
            ("0000-00-00 00:00:00", As::Moment),
            ("24:00:00", As::Time),
            ("-00:00:01", As::Time),
            ("838:59:59.000000", As::Time),
        ] {
            let error = from_bytes(text.as_bytes(), of).expect_err(text);
            assert!(error.help().is_some(), "{error}");
        }
        let mut text = String::new();
        assert!(cell(&Value::Date(0, 0, 0, 0, 0, 0, 0), As::Timestamp, &mut text).is_err());
        assert!(cell(&Value::Date(0, 0, 0, 0, 0, 0, 0), As::Moment, &mut text).is_err());
        assert!(cell(&Value::Time(true, 0, 0, 0, 1, 0), As::Time, &mut text).is_err());
    }

    #[test]
    fn bits_are_a_number() {
        assert_eq!(from_bytes(&[1, 0], As::Bits).expect("bits"), Cell::Int(256));
        assert_eq!(from_bytes(&[255; 8], As::Bits).expect("bits"), Cell::Unsigned(u64::MAX));
    }

    #[test]
    fn parameters_of_time() {
        assert_eq!(
            parameter(Cell::Timestamp(-1)).expect("ok"),
            Value::Date(1969, 12, 31, 23, 59, 59, 999_999)
        );
        assert_eq!(parameter(Cell::Time(1)).expect("ok"), Value::Time(false, 0, 0, 0, 0, 1));
        assert!(parameter(Cell::Float(f64::NAN)).is_err());
    }
}

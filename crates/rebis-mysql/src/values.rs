//! From the server's values to cells, and from cells to parameters of prepared statements.

use crate::literal;
use crate::wire::packet::Parts;
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

/// How a prepared statement's values lie in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Packed {
    /// Whole numbers of so many bytes.
    Signed(u8),
    Unsigned(u8),
    Float,
    Double,
    Calendar,
    Clock,
    /// Bytes that say how long they are.
    Counted,
}

/// What the values of a column become, and how they come.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Form {
    pub(crate) of: As,
    packed: Packed,
}

/// Flags of a column.
const UNSIGNED: u16 = 32;
const ENUM: u16 = 256;
const SET: u16 = 2048;

impl Form {
    /// By what the server tells of a column: its type, flags and character set, and whether it is an expression.
    pub(crate) fn of(kind: u8, flags: u16, charset: u16, is_expression: bool) -> Form {
        let whole = |bytes| match flags & UNSIGNED {
            0 => (As::Int, Packed::Signed(bytes)),
            _ => (As::Int, Packed::Unsigned(bytes)),
        };
        let (of, packed) = match kind {
            1 => whole(1),
            // A year is one of two bytes.
            2 | 13 => whole(2),
            3 | 9 => whole(4),
            8 => whole(8),
            4 => (As::Float32, Packed::Float),
            5 => (As::Float64, Packed::Double),
            0 | 246 => (As::Decimal, Packed::Counted),
            10 | 14 => (As::Date, Packed::Calendar),
            11 | 19 => (As::Time, Packed::Clock),
            12 | 18 if is_expression => (As::Moment, Packed::Calendar),
            12 | 18 => (As::Timestamp, Packed::Calendar),
            7 | 17 => (As::Instant, Packed::Calendar),
            16 => (As::Bits, Packed::Counted),
            // JSON and lists of names.
            245 | 247 | 248 => (As::Text, Packed::Counted),
            // Vectors and geometry.
            242 | 255 => (As::Bytes, Packed::Counted),
            // A list of names tells itself by a flag; its character set is that of its names.
            _ if flags & (ENUM | SET) != 0 => (As::Text, Packed::Counted),
            _ if charset == BINARY => (As::Bytes, Packed::Counted),
            _ => (As::Text, Packed::Counted),
        };
        Form { of, packed }
    }
}

/// The next value of a text row.
#[inline]
pub(crate) fn from_text<'r>(parts: &mut Parts<'r>, form: Form) -> Result<Cell<'r>> {
    parts.counted().map_or(Ok(Cell::Null), |bytes| from_bytes(bytes, form.of))
}

/// The next value of a prepared statement's row, which is not NULL.
#[inline]
pub(crate) fn from_binary<'r>(parts: &mut Parts<'r>, form: Form) -> Result<Cell<'r>> {
    match form.packed {
        Packed::Signed(bytes) => Ok(Cell::Int(match bytes {
            1 => i64::from(parts.u8().cast_signed()),
            2 => i64::from(parts.u16().cast_signed()),
            4 => i64::from(parts.u32().cast_signed()),
            _ => parts.u64().cast_signed(),
        })),
        Packed::Unsigned(bytes) => Ok(match bytes {
            1 => Cell::Int(i64::from(parts.u8())),
            2 => Cell::Int(i64::from(parts.u16())),
            4 => Cell::Int(i64::from(parts.u32())),
            _ => unsigned(parts.u64()),
        }),
        Packed::Float => Ok(Cell::Float(f64::from(f32::from_bits(parts.u32())))),
        Packed::Double => Ok(Cell::Float(f64::from_bits(parts.u64()))),
        Packed::Counted => from_bytes(parts.counted().unwrap_or_default(), form.of),
        Packed::Calendar => packed_calendar(parts.counted().unwrap_or_default(), form.of),
        Packed::Clock => packed_clock(parts.counted().unwrap_or_default()),
    }
}

/// As much as is not zero: year, month, day; hours, minutes, seconds; microseconds.
fn packed_calendar(bytes: &[u8], of: As) -> Result<Cell<'static>> {
    let mut parts = Parts(bytes);
    let days = date(i64::from(parts.u16()), i64::from(parts.u8()), i64::from(parts.u8()))?;
    Ok(moment(days, packed_micros(&mut parts), of))
}

/// As much as is not zero: the sign, days, hours, minutes, seconds; microseconds.
fn packed_clock(bytes: &[u8]) -> Result<Cell<'static>> {
    let mut parts = Parts(bytes);
    let (negative, days) = (parts.u8() != 0, i64::from(parts.u32()));
    let micros = days * iso::MICROS_OF_DAY + packed_micros(&mut parts);
    time(if negative { -micros } else { micros })
}

fn packed_micros(parts: &mut Parts<'_>) -> i64 {
    let seconds = (0..3).fold(0, |sum, _| sum * 60 + i64::from(parts.u8()));
    seconds * 1_000_000 + i64::from(parts.u32())
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

/// Parameters of a prepared statement, as they go over the wire.
#[derive(Default)]
pub(crate) struct Parameters {
    nulls: Vec<u8>,
    types: Vec<u8>,
    values: Vec<u8>,
    count: usize,
}

impl Parameters {
    /// Adds one.
    ///
    /// # Errors
    /// [`Conversion`](rebis_core::ErrorKind::Conversion) for what the database has no value for.
    pub(crate) fn push(&mut self, cell: Cell<'_>) -> Result<()> {
        match cell {
            Cell::Null => {
                self.begin(6, 0);
                if let Some(bits) = self.nulls.last_mut() {
                    *bits |= 1 << ((self.count - 1) % 8);
                }
            }
            Cell::Bool(v) => self.whole(u64::from(v), 0),
            Cell::Int(v) => self.whole(v.cast_unsigned(), 0),
            Cell::Unsigned(v) => self.whole(v, 128),
            // As a literal, a negative zero is a zero.
            Cell::Float(v) => {
                let value = literal::finite(v)? + 0.0;
                self.begin(5, 0);
                self.values.extend_from_slice(&value.to_bits().to_le_bytes());
            }
            Cell::Text(v) | Cell::Blob(v) => self.counted(v),
            Cell::Uuid(v) => self.counted(&v),
            Cell::Decimal(v) => self.counted(literal::decimal(v)?.as_bytes()),
            Cell::Date(days) => self.calendar(i64::from(days), 0)?,
            Cell::Timestamp(micros) | Cell::Instant(micros) => {
                let days = micros.div_euclid(iso::MICROS_OF_DAY);
                self.calendar(days, micros.rem_euclid(iso::MICROS_OF_DAY))?;
            }
            Cell::Time(micros) => {
                let micros = literal::of_a_day(micros)?;
                self.begin(11, 0);
                self.values.extend_from_slice(&[12, 0, 0, 0, 0, 0]);
                self.clock(micros);
            }
            Cell::Interval { months, days, micros } => {
                self.whole(literal::fixed(months, days, micros)?.cast_unsigned(), 0);
            }
            Cell::Array(v) | Cell::Written(v) => self.counted(v.as_bytes()),
            Cell::Unfit(what) => return Err(literal::unfit(what)),
            other => return Err(literal::unknown(other)),
        }
        Ok(())
    }

    fn begin(&mut self, kind: u8, flag: u8) {
        if self.count.is_multiple_of(8) {
            self.nulls.push(0);
        }
        self.count += 1;
        self.types.extend_from_slice(&[kind, flag]);
    }

    fn whole(&mut self, value: u64, flag: u8) {
        self.begin(8, flag);
        self.values.extend_from_slice(&value.to_le_bytes());
    }

    fn counted(&mut self, bytes: &[u8]) {
        self.begin(253, 0);
        let length = bytes.len() as u64;
        match length {
            0..=250 => self.values.push(length as u8),
            251..=0xFFFF => self.values.extend_from_slice(&[0xFC, length as u8, (length >> 8) as u8]),
            _ => {
                self.values.push(0xFE);
                self.values.extend_from_slice(&length.to_le_bytes());
            }
        }
        self.values.extend_from_slice(bytes);
    }

    fn calendar(&mut self, days: i64, micros: i64) -> Result<()> {
        let (year, month, day) = iso::civil(literal::in_years(days)?);
        self.begin(12, 0);
        self.values.push(11);
        // The year is one of 1 to 9999.
        self.values.extend_from_slice(&(year as u16).to_le_bytes());
        self.values.extend_from_slice(&[month as u8, day as u8]);
        self.clock(micros);
        Ok(())
    }

    fn clock(&mut self, micros: i64) {
        let (hours, minutes, seconds, micros) = clock_parts(micros);
        self.values.extend_from_slice(&[hours, minutes, seconds]);
        self.values.extend_from_slice(&micros.to_le_bytes());
    }

    /// The command that runs a prepared statement with them.
    pub(crate) fn execute(&self, id: u32) -> Vec<u8> {
        let length = self.nulls.len() + self.types.len() + self.values.len();
        let mut out = Vec::with_capacity(length + 11);
        out.push(0x17);
        out.extend_from_slice(&id.to_le_bytes());
        // No cursor, and once.
        out.extend_from_slice(&[0, 1, 0, 0, 0]);
        if self.count > 0 {
            out.extend_from_slice(&self.nulls);
            out.push(1);
            out.extend_from_slice(&self.types);
            out.extend_from_slice(&self.values);
        }
        out
    }
}

/// Hours, minutes, seconds and microseconds of a time within a day.
fn clock_parts(micros: i64) -> (u8, u8, u8, u32) {
    let (seconds, micros) = (micros / 1_000_000, micros % 1_000_000);
    ((seconds / 3600) as u8, (seconds / 60 % 60) as u8, (seconds % 60) as u8, micros as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of a column of a table.
    fn form(kind: u8, flags: u16) -> Form {
        Form::of(kind, flags, 45, false)
    }

    #[test]
    fn both_protocols_give_the_same_cell() {
        let moment = b"\x0b\xb1\x07\x0c\x1f\x17\x3b\x3b\x3f\x42\x0f\0";
        for (text, packed, form) in [
            ("-5", &b"\xfb\xff\xff\xff"[..], form(3, 0)),
            ("-5", b"\xfb", form(1, 0)),
            ("251", b"\xfb", form(1, UNSIGNED)),
            ("2026", b"\xea\x07", form(13, UNSIGNED)),
            ("18446744073709551615", &[255; 8], form(8, UNSIGNED)),
            ("0.5", b"\0\0\0\x3f", form(4, 0)),
            ("1.5", b"\0\0\0\0\0\0\xf8\x3f", form(5, 0)),
            ("-1.50", b"\x05-1.50", form(246, 0)),
            ("2024-02-29", b"\x04\xe8\x07\x02\x1d", form(10, 0)),
            ("1969-12-31 23:59:59.999999", moment, form(12, 0)),
            ("2024-02-29 00:00:00", b"\x04\xe8\x07\x02\x1d", form(7, 0)),
            ("23:59:59.5", b"\x0c\0\0\0\0\0\x17\x3b\x3b\x20\xa1\x07\0", form(11, 0)),
            ("00:00:00", b"\0", form(11, 0)),
            ("it's", b"\x04it's", form(253, 0)),
        ] {
            let prepared = from_binary(&mut Parts(packed), form);
            assert_eq!(from_bytes(text.as_bytes(), form.of).expect(text), prepared.expect(text), "{text}");
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
        for (packed, form) in [
            (&b"\0"[..], form(12, 0)),
            (b"\0", Form::of(12, 0, BINARY, true)),
            (b"\x08\x01\0\0\0\0\0\x01\0", form(11, 0)),
        ] {
            assert!(from_binary(&mut Parts(packed), form).is_err(), "{packed:?}");
        }
    }

    #[test]
    fn bits_are_a_number() {
        assert_eq!(from_bytes(&[1, 0], As::Bits).expect("bits"), Cell::Int(256));
        assert_eq!(from_bytes(&[255; 8], As::Bits).expect("bits"), Cell::Unsigned(u64::MAX));
    }

    #[test]
    fn parameters_on_the_wire() {
        let mut parameters = Parameters::default();
        assert_eq!(parameters.execute(7), b"\x17\x07\0\0\0\0\x01\0\0\0");
        for cell in [Cell::Int(-1), Cell::Null, Cell::Text(b"ab"), Cell::Timestamp(-1), Cell::Time(1)] {
            parameters.push(cell).expect("it is a value");
        }
        let expected = b"\x17\x07\0\0\0\0\x01\0\0\0\x02\x01\x08\0\x06\0\xfd\0\x0c\0\x0b\0\
            \xff\xff\xff\xff\xff\xff\xff\xff\x02ab\x0b\xb1\x07\x0c\x1f\x17\x3b\x3b\x3f\x42\x0f\0\
            \x0c\0\0\0\0\0\0\0\0\x01\0\0\0";
        assert_eq!(parameters.execute(7), expected);
        assert!(parameters.push(Cell::Float(f64::NAN)).is_err());
    }
}

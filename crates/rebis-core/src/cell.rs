//! One value of the current row, as a driver shows it.

use std::fmt;

/// One value, borrowed from the row (or parameter buffer) it belongs to.
///
/// A driver fills a slice of cells for the current row and calls the sink once a row; a model's decoder is
/// a plain function of that slice and the same for every driver. Text is not yet checked to be UTF-8: the
/// decoder of a text type does that.
///
/// ```
/// use rebis_core::{Cell, Value};
/// let row = [Cell::Int(5), Cell::Text(b"alice"), Cell::Null];
/// assert_eq!(i64::decode(row[0]).ok(), Some(5));
/// assert_eq!(String::decode(row[1]).ok().as_deref(), Some("alice"));
/// assert_eq!(Option::<String>::decode(row[2]).ok(), Some(None));
/// assert_eq!(row[1].kind(), "text"); // for messages: never the value
/// ```
#[derive(Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Cell<'a> {
    /// SQL `NULL`.
    Null,
    /// A boolean, from databases that have one.
    Bool(bool),
    /// Any integer that fits 64 bits with a sign.
    Int(i64),
    /// An integer beyond that: only for databases that have unsigned integers. Others refuse it.
    Unsigned(u64),
    /// A floating-point number.
    Float(f64),
    /// Text in UTF-8, not yet checked.
    Text(&'a [u8]),
    /// Bytes.
    Blob(&'a [u8]),
    /// A UUID, from databases that have one; its 16 bytes.
    Uuid([u8; 16]),
    /// A date: days since 1970-01-01.
    Date(i32),
    /// A time of day: microseconds since midnight.
    Time(i64),
    /// A date and time without zone: microseconds since 1970-01-01 00:00:00.
    Timestamp(i64),
    /// An instant: microseconds since 1970-01-01 00:00:00 UTC.
    Instant(i64),
    /// An exact decimal number, as its text.
    Decimal(&'a str),
    /// A length of time: calendar months, days, and microseconds. A database without such a type keeps the microseconds.
    Interval {
        /// Months.
        months: i32,
        /// Days.
        days: i32,
        /// The rest, in microseconds.
        micros: i64,
    },
    /// Several values, as the text of a JSON array of plain values: what JSON has no literal for stands in a string.
    Array(&'a str),
    /// A value of a type that has no cell of its own (an address, a range), as it is written in a literal.
    Written(&'a str),
    /// As a parameter: what no database can hold, in words: `a duration beyond 292,000 years`. Drivers refuse it.
    Unfit(&'static str),
    /// As a parameter, where the database's capabilities say that it may be one: the key that the database makes up for
    /// a row which an earlier statement of the same batch inserts.
    KeyOf {
        /// How many statements before this one.
        back: u32,
        /// Which of its rows, from 0.
        row: u32,
    },
}

impl Cell<'_> {
    /// Whether this is `NULL`.
    #[inline]
    pub fn is_null(&self) -> bool {
        matches!(self, Cell::Null)
    }

    /// The name of what is in the cell, for messages. Never the value itself.
    pub fn kind(&self) -> &'static str {
        match self {
            Cell::Null => "NULL",
            Cell::Bool(_) => "a boolean",
            Cell::Int(_) => "an integer",
            Cell::Unsigned(_) => "an integer beyond 64 bits with a sign",
            Cell::Float(_) => "a float",
            Cell::Text(_) => "text",
            Cell::Blob(_) => "bytes",
            Cell::Uuid(_) => "a uuid",
            Cell::Date(_) => "a date",
            Cell::Time(_) => "a time",
            Cell::Timestamp(_) => "a timestamp",
            Cell::Instant(_) => "a timestamp with time zone",
            Cell::Decimal(_) => "a decimal",
            Cell::Interval { .. } => "a length of time",
            Cell::Array(_) => "an array",
            Cell::Written(_) => "a value as text",
            Cell::Unfit(what) => what,
            Cell::KeyOf { .. } => "the key of a row that is on its way",
        }
    }
}

impl fmt::Debug for Cell<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Cell::Null => f.write_str("NULL"),
            Cell::Bool(v) => write!(f, "{v}"),
            Cell::Int(v) => write!(f, "{v}"),
            Cell::Unsigned(v) => write!(f, "{v}"),
            Cell::Float(v) => write!(f, "{v:?}"),
            Cell::Text(v) => write!(f, "{:?}", String::from_utf8_lossy(v)),
            Cell::Blob(v) => write!(f, "{} bytes", v.len()),
            Cell::Uuid(v) => write!(f, "uuid {:032x}", u128::from_be_bytes(*v)),
            Cell::Date(v) => write!(f, "date {v}"),
            Cell::Time(v) => write!(f, "time {v}"),
            Cell::Timestamp(v) => write!(f, "timestamp {v}"),
            Cell::Instant(v) => write!(f, "instant {v}"),
            Cell::Decimal(v) => write!(f, "{v}"),
            Cell::Interval { months, days, micros } => write!(f, "{months} months {days} days {micros} us"),
            Cell::Array(v) | Cell::Written(v) => f.write_str(v),
            Cell::Unfit(what) => write!(f, "<{what}>"),
            Cell::KeyOf { back, row } => write!(f, "key of row {row}, {back} before"),
        }
    }
}

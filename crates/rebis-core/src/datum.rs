//! One value that owns itself.

use crate::{Binds, Cell, Value};
use std::hash::{Hash, Hasher};

/// A value that owns itself: a constant in an expression, a key read from the database, a default.
///
/// ```
/// use rebis_core::Datum;
/// assert_eq!(Datum::of(&5i32), Datum::Int(5));
/// assert_eq!(Datum::of(&None::<String>), Datum::Null);
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Datum {
    /// SQL `NULL`.
    Null,
    /// See [`Cell::Bool`].
    Bool(bool),
    /// See [`Cell::Int`].
    Int(i64),
    /// See [`Cell::Unsigned`].
    Unsigned(u64),
    /// See [`Cell::Float`].
    Float(f64),
    /// Text.
    Text(String),
    /// Bytes.
    Blob(Vec<u8>),
    /// See [`Cell::Uuid`].
    Uuid([u8; 16]),
    /// See [`Cell::Date`].
    Date(i32),
    /// See [`Cell::Time`].
    Time(i64),
    /// See [`Cell::Timestamp`].
    Timestamp(i64),
    /// See [`Cell::Instant`].
    Instant(i64),
    /// See [`Cell::Decimal`].
    Decimal(String),
    /// See [`Cell::Interval`].
    Interval {
        /// Months.
        months: i32,
        /// Days.
        days: i32,
        /// The rest, in microseconds.
        micros: i64,
    },
    /// See [`Cell::Array`].
    Array(String),
    /// See [`Cell::Written`].
    Written(String),
    /// See [`Cell::Unfit`].
    Unfit(&'static str),
    /// See [`Cell::KeyOf`].
    KeyOf {
        /// How many statements before this one.
        back: u32,
        /// Which of its rows, from 0.
        row: u32,
    },
}

impl Datum {
    /// The datum of a Rust value: what would be bound for it.
    pub fn of<T: Value>(value: &T) -> Datum {
        let mut binds = Binds::new();
        value.encode(&mut binds);
        Datum::from(binds.get(0).unwrap_or(Cell::Null))
    }

    /// The same value, borrowed.
    pub fn cell(&self) -> Cell<'_> {
        match self {
            Datum::Null => Cell::Null,
            Datum::Bool(v) => Cell::Bool(*v),
            Datum::Int(v) => Cell::Int(*v),
            Datum::Unsigned(v) => Cell::Unsigned(*v),
            Datum::Float(v) => Cell::Float(*v),
            Datum::Text(v) => Cell::Text(v.as_bytes()),
            Datum::Blob(v) => Cell::Blob(v),
            Datum::Uuid(v) => Cell::Uuid(*v),
            Datum::Date(v) => Cell::Date(*v),
            Datum::Time(v) => Cell::Time(*v),
            Datum::Timestamp(v) => Cell::Timestamp(*v),
            Datum::Instant(v) => Cell::Instant(*v),
            Datum::Decimal(v) => Cell::Decimal(v),
            Datum::Interval { months, days, micros } => {
                Cell::Interval { months: *months, days: *days, micros: *micros }
            }
            Datum::Array(v) => Cell::Array(v),
            Datum::Written(v) => Cell::Written(v),
            Datum::Unfit(what) => Cell::Unfit(what),
            Datum::KeyOf { back, row } => Cell::KeyOf { back: *back, row: *row },
        }
    }

    /// Whether this is `NULL`.
    pub fn is_null(&self) -> bool {
        matches!(self, Datum::Null)
    }
}

impl From<Cell<'_>> for Datum {
    /// Text that is not UTF-8 becomes bytes.
    fn from(cell: Cell<'_>) -> Datum {
        match cell {
            Cell::Null => Datum::Null,
            Cell::Bool(v) => Datum::Bool(v),
            Cell::Int(v) => Datum::Int(v),
            Cell::Unsigned(v) => Datum::Unsigned(v),
            Cell::Float(v) => Datum::Float(v),
            Cell::Text(v) => match std::str::from_utf8(v) {
                Ok(text) => Datum::Text(text.to_owned()),
                Err(_) => Datum::Blob(v.to_vec()),
            },
            Cell::Blob(v) => Datum::Blob(v.to_vec()),
            Cell::Uuid(v) => Datum::Uuid(v),
            Cell::Date(v) => Datum::Date(v),
            Cell::Time(v) => Datum::Time(v),
            Cell::Timestamp(v) => Datum::Timestamp(v),
            Cell::Instant(v) => Datum::Instant(v),
            Cell::Decimal(v) => Datum::Decimal(v.to_owned()),
            Cell::Interval { months, days, micros } => Datum::Interval { months, days, micros },
            Cell::Array(v) => Datum::Array(v.to_owned()),
            Cell::Written(v) => Datum::Written(v.to_owned()),
            Cell::Unfit(what) => Datum::Unfit(what),
            Cell::KeyOf { back, row } => Datum::KeyOf { back, row },
        }
    }
}

/// Floats compare by their bits, so that a datum can be a key of a map.
impl PartialEq for Datum {
    fn eq(&self, other: &Self) -> bool {
        match (self.cell(), other.cell()) {
            (Cell::Float(a), Cell::Float(b)) => a.to_bits() == b.to_bits(),
            (a, b) => a == b,
        }
    }
}

impl Eq for Datum {}

impl Hash for Datum {
    fn hash<H: Hasher>(&self, state: &mut H) {
        std::mem::discriminant(self).hash(state);
        match self.cell() {
            Cell::Null => {}
            Cell::Bool(v) => v.hash(state),
            Cell::Int(v) | Cell::Time(v) | Cell::Timestamp(v) | Cell::Instant(v) => v.hash(state),
            Cell::Unsigned(v) => v.hash(state),
            Cell::Float(v) => v.to_bits().hash(state),
            Cell::Text(v) | Cell::Blob(v) => v.hash(state),
            Cell::Uuid(v) => v.hash(state),
            Cell::Date(v) => v.hash(state),
            Cell::Decimal(v) | Cell::Array(v) | Cell::Written(v) => v.hash(state),
            Cell::Unfit(v) => v.hash(state),
            Cell::Interval { months, days, micros } => (months, days, micros).hash(state),
            Cell::KeyOf { back, row } => (back, row).hash(state),
        }
    }
}

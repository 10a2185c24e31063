//! Dates and times of `chrono`, `jiff` and `time`, each behind the feature of its name.
//!
//! A date is a number of days, everything else a number of microseconds, which is what databases keep: nanoseconds
//! are cut off when a value is bound. Where the database has no such types (SQLite) they are ISO 8601 text:
//! `2026-11-22`, `15:04:05.123456`, `2026-11-22 15:04:05`, and with `+00:00` for an instant. An instant without a
//! zone, as SQLite's CURRENT_TIMESTAMP gives it, is in UTC.

#[cfg(feature = "jiff")]
mod calendar;
#[cfg(feature = "chrono")]
mod chrono_types;
#[cfg(feature = "jiff")]
mod jiff_types;
#[cfg(feature = "time")]
mod time_types;

use super::mismatch;
use crate::{Cell, Result, iso};

fn days(cell: Cell<'_>) -> Result<i32> {
    match cell {
        Cell::Date(days) => Ok(days),
        Cell::Text(text) => iso::date(text).ok_or_else(|| mismatch("a date (`2026-11-22`)", cell)),
        other => Err(mismatch("a date", other)),
    }
}

fn time_micros(cell: Cell<'_>) -> Result<i64> {
    match cell {
        Cell::Time(micros) => Ok(micros),
        Cell::Text(text) => iso::time(text).ok_or_else(|| mismatch("a time (`15:04:05`)", cell)),
        other => Err(mismatch("a time", other)),
    }
}

fn timestamp_micros(cell: Cell<'_>) -> Result<i64> {
    match cell {
        Cell::Timestamp(micros) => Ok(micros),
        Cell::Text(text) => {
            iso::timestamp(text).ok_or_else(|| mismatch("a timestamp (`2026-11-22 15:04:05`)", cell))
        }
        other => Err(mismatch("a timestamp", other)),
    }
}

fn instant_micros(cell: Cell<'_>) -> Result<i64> {
    match cell {
        Cell::Instant(micros) => Ok(micros),
        Cell::Text(text) => iso::instant(text)
            .ok_or_else(|| mismatch("a timestamp with zone (`2026-11-22 15:04:05+00:00`)", cell)),
        other => Err(mismatch("a timestamp with time zone", other)),
    }
}

/// `Value`, `Pending` and `Key` of a type that is a number of days or microseconds.
macro_rules! temporal {
    ($span:ty; $($type:ty, $sql:ident, $cell:ident, $read:ident, $to:expr, $from:expr;)*) => {$(
        impl $crate::Value for $type {
            type Base = $type;
            fn sql_type() -> $crate::SqlType {
                $crate::SqlType::$sql
            }
            fn encode(&self, out: &mut $crate::Binds) {
                let to: fn(&$type) -> _ = $to;
                out.push($crate::Cell::$cell(to(self)));
            }
            fn decode(cell: $crate::Cell<'_>) -> $crate::Result<Self> {
                let from: fn(_) -> Option<$type> = $from;
                from(super::$read(cell)?).ok_or_else(|| {
                    $crate::Error::conversion(concat!("out of the range of `", stringify!($type), "`"))
                })
            }
            /// As stored: to the microsecond.
            fn same(&self, other: &Self) -> bool {
                let to: fn(&$type) -> _ = $to;
                to(self) == to(other)
            }
        }

        impl $crate::Pending for $type {
            /// 1970-01-01, midnight.
            fn pending() -> Self {
                let from: fn(_) -> Option<$type> = $from;
                from(0).unwrap_or_else(|| unreachable!("every calendar has 1970"))
            }
        }

        impl $crate::Key for $type {}

        impl $crate::Element for $type {}

        impl $crate::Temporal for $type {
            type Part = i64;
            type Span = $span;
        }
    )*};
}
use temporal;

#[cfg(test)]
mod tests;

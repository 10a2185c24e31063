//! Lengths of time: `std::time::Duration`, and those of `chrono`, `jiff` and `time`.
//!
//! Databases count microseconds: nanoseconds are cut off when a value is bound.

use super::Value;
use crate::{Cell, Error, Result, iso};

/// A length of time, by which dates and times are moved: the durations of the standard library, `chrono`, `jiff` and
/// `time`, and `Option` of these.
///
/// An interval where the database has those, else a number of microseconds.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no length of time",
    label = "neither a duration nor an interval",
    note = "give an `Interval`, a duration of the standard library, `chrono`, `jiff` or `time`, or a column of such"
)]
pub trait TimeSpan: Value {
    /// What its seconds are: `f64`, or `Option` of it where it may be NULL.
    type Seconds: Value;
}

impl<T: TimeSpan + Value<Base = T>> TimeSpan for Option<T> {
    type Seconds = Option<f64>;
}

/// The microseconds of a cell. A month has no fixed number of them.
pub(super) fn micros(cell: Cell<'_>) -> Result<i64> {
    let micros = match cell {
        Cell::Interval { months: 0, days, micros } => {
            i64::from(days).checked_mul(iso::MICROS_OF_DAY).and_then(|all| all.checked_add(micros))
        }
        Cell::Interval { .. } => {
            return Err(Error::conversion("the interval has months, which have no fixed length")
                .with_help("read it as a `jiff::Span`, or select `extract(epoch FROM ..)`"));
        }
        Cell::Int(micros) => Some(micros),
        // What databases make of sums and averages.
        Cell::Decimal(text) => text.parse().ok().or_else(|| whole(text.parse().ok()?)),
        Cell::Float(micros) => whole(micros),
        other => return Err(super::mismatch("a length of time", other)),
    };
    micros.ok_or_else(|| Error::conversion("the length of time is out of range"))
}

fn whole(micros: f64) -> Option<i64> {
    let micros = micros.round();
    // The ends are powers of two, so a float tells them exactly.
    (-(2f64.powi(63))..2f64.powi(63)).contains(&micros).then_some(micros as i64)
}

pub(super) const TOO_LONG: Cell<'static> = Cell::Unfit("a length of time beyond 292,000 years");

macro_rules! spans {
    ($($type:ty, |$it:ident| $to:expr, |$micros:ident| $from:expr;)*) => {$(
        impl $crate::Value for $type {
            type Base = $type;
            fn sql_type() -> $crate::SqlType {
                $crate::SqlType::Interval
            }
            fn encode(&self, out: &mut $crate::Binds) {
                let $it = self;
                let micros: Option<i64> = $to;
                out.push(micros.map_or($crate::value::span::TOO_LONG, |micros| $crate::Cell::Interval { months: 0, days: 0, micros }));
            }
            fn decode(cell: $crate::Cell<'_>) -> $crate::Result<Self> {
                let $micros = $crate::value::span::micros(cell)?;
                let span: Option<$type> = $from;
                span.ok_or_else(|| $crate::Error::conversion(concat!("out of the range of `", stringify!($type), "`")))
            }
            /// As stored: to the microsecond.
            fn same(&self, other: &Self) -> bool {
                let micros = |$it: &$type| -> Option<i64> { $to };
                micros(self) == micros(other)
            }
        }
        impl $crate::Pending for $type {
            /// No time at all.
            fn pending() -> Self {
                Self::default()
            }
        }
        impl $crate::TimeSpan for $type {
            type Seconds = f64;
        }
    )*};
}

#[allow(unused_imports, reason = "for the types of other crates, each behind its feature")]
pub(super) use spans;

spans! {
    std::time::Duration,
        |it| i64::try_from(it.as_micros()).ok(),
        |micros| u64::try_from(micros).ok().map(std::time::Duration::from_micros);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Datum;
    use std::time::Duration;

    #[test]
    fn what_is_too_long_is_told_before_it_is_sent() {
        assert_eq!(Datum::of(&Duration::MAX).cell().kind(), "a length of time beyond 292,000 years");
        let day = Cell::Interval { months: 0, days: 1, micros: -1 };
        assert_eq!(Duration::decode(day).ok(), Some(Duration::from_micros(86_399_999_999)));
        for wrong in [
            Cell::Interval { months: 1, days: 0, micros: 0 },
            Cell::Interval { months: 0, days: i32::MAX, micros: i64::MAX },
            Cell::Int(-1),
            Cell::Text(b"1"),
        ] {
            assert!(Duration::decode(wrong).is_err(), "{wrong:?}");
        }
    }

    #[cfg(all(feature = "chrono", feature = "time"))]
    #[test]
    fn signs() {
        let cell = Cell::Interval { months: 0, days: 0, micros: i64::MIN };
        let chrono = chrono::TimeDelta::decode(cell).expect("it fits");
        let time = time::Duration::decode(cell).expect("it fits");
        assert_eq!(Datum::of(&chrono).cell(), cell);
        assert_eq!(Datum::of(&time).cell(), cell);
    }

    #[cfg(feature = "jiff")]
    #[test]
    fn months_and_days_stay_apart() {
        use jiff::{SignedDuration, Span};
        let span = Span::new().years(1).months(2).weeks(1).days(1).hours(1).microseconds(1);
        let cell = Cell::Interval { months: 14, days: 8, micros: 3_600_000_001 };
        assert_eq!(Datum::of(&span).cell(), cell);
        assert!(Span::decode(cell).expect("it fits").same(&span));
        assert!(SignedDuration::decode(cell).is_err());
        let back = SignedDuration::from_micros(-5);
        assert_eq!(SignedDuration::decode(Datum::of(&back).cell()).ok(), Some(back));
    }
}

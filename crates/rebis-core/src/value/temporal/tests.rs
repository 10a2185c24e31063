//! What is bound comes back, from a cell of its own kind and from the text that SQLite keeps.

use crate::{Cell, Datum, Pending, Value};
use std::fmt::Debug;

fn check<T: Value + PartialEq + Debug>(value: T, text: &str) {
    let datum = Datum::of(&value);
    assert_eq!(T::decode(datum.cell()).unwrap(), value, "{text}");
    assert_eq!(T::decode(Cell::Text(text.as_bytes())).unwrap(), value, "{text}");
    assert!(value.same(&value.clone()));
    assert!(T::decode(Cell::Text(b"yesterday")).is_err());
    assert!(T::decode(Cell::Float(1.0)).is_err());
}

fn zero<T: Value + Pending + PartialEq + Debug>(text: &str) {
    check(T::pending(), text);
}

#[cfg(feature = "chrono")]
#[test]
fn chrono_types() {
    use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
    zero::<NaiveDate>("1970-01-01");
    zero::<NaiveTime>("00:00:00");
    zero::<NaiveDateTime>("1970-01-01 00:00:00");
    zero::<DateTime<Utc>>("1970-01-01 00:00:00+00:00");
    let day = NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
    check(day, "2026-11-22");
    check(NaiveDate::from_ymd_opt(1, 1, 1).unwrap(), "0001-01-01");
    let at = day.and_hms_micro_opt(15, 4, 5, 123_456).unwrap();
    check(at, "2026-11-22 15:04:05.123456");
    check(at.time(), "15:04:05.123456");
    check(at.and_utc(), "2026-11-22T16:04:05.123456+01:00");
    check(
        NaiveDate::from_ymd_opt(1969, 12, 31).unwrap().and_hms_opt(23, 59, 59).unwrap(),
        "1969-12-31 23:59:59",
    );
}

#[cfg(feature = "jiff")]
#[test]
fn jiff_types() {
    use jiff::Timestamp;
    use jiff::civil::{self, Date, DateTime, Time};
    zero::<Date>("1970-01-01");
    zero::<Time>("00:00:00");
    zero::<DateTime>("1970-01-01 00:00:00");
    zero::<Timestamp>("1970-01-01 00:00:00+00:00");
    check(civil::date(2026, 11, 22), "2026-11-22");
    check(civil::date(1, 1, 1), "0001-01-01");
    check(civil::time(15, 4, 5, 123_456_000), "15:04:05.123456");
    check(civil::date(1969, 12, 31).at(23, 59, 59, 0), "1969-12-31 23:59:59");
    check("2026-11-22T15:04:05.123456Z".parse::<Timestamp>().unwrap(), "2026-11-22 15:04:05.123456+00:00");
}

#[cfg(feature = "time")]
#[test]
fn time_types() {
    use time::{Date, Month, OffsetDateTime, PrimitiveDateTime, Time};
    zero::<Date>("1970-01-01");
    zero::<Time>("00:00:00");
    zero::<PrimitiveDateTime>("1970-01-01 00:00:00");
    zero::<OffsetDateTime>("1970-01-01 00:00:00+00:00");
    let day = Date::from_calendar_date(2026, Month::November, 22).unwrap();
    let clock = Time::from_hms_micro(15, 4, 5, 123_456).unwrap();
    check(day, "2026-11-22");
    check(clock, "15:04:05.123456");
    check(PrimitiveDateTime::new(day, clock), "2026-11-22 15:04:05.123456");
    check(PrimitiveDateTime::new(day, clock).assume_utc(), "2026-11-22 15:04:05.123456+00:00");
}

//! `jiff`: `civil::Date`, `civil::Time`, `civil::DateTime`, `Timestamp`, `SignedDuration`.

use super::temporal;
use crate::Ranged;
use crate::value::span::spans;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

temporal! {
    SignedDuration;
    Date, Date, Date, days,
        |date| days_of(*date),
        |days: i32| timestamp(i64::from(days) * crate::iso::MICROS_OF_DAY).map(|at| at.date());
    Time, Time, Time, time_micros,
        |time| {
            let seconds = (i64::from(time.hour()) * 60 + i64::from(time.minute())) * 60 + i64::from(time.second());
            seconds * 1_000_000 + i64::from(time.subsec_nanosecond()) / 1_000
        },
        |micros: i64| {
            let fits = (0..crate::iso::MICROS_OF_DAY).contains(&micros);
            fits.then(|| timestamp(micros).map(|at| at.time())).flatten()
        };
    DateTime, Timestamp, Timestamp, timestamp_micros,
        |at| micros_of(*at),
        |micros: i64| timestamp(micros);
    Timestamp, Instant, Instant, instant_micros,
        |at| at.as_microsecond(),
        |micros: i64| Timestamp::from_microsecond(micros).ok();
}

fn timestamp(micros: i64) -> Option<DateTime> {
    Some(TimeZone::UTC.to_datetime(Timestamp::from_microsecond(micros).ok()?))
}

/// Dates at the ends of jiff's range have no timestamp in UTC of their own; they are as far away as can be said.
fn micros_of(at: DateTime) -> i64 {
    match TimeZone::UTC.to_timestamp(at) {
        Ok(timestamp) => timestamp.as_microsecond(),
        Err(_) if at.year() > 0 => Timestamp::MAX.as_microsecond(),
        Err(_) => Timestamp::MIN.as_microsecond(),
    }
}

fn days_of(date: Date) -> i32 {
    micros_of(date.to_datetime(Time::midnight())).div_euclid(crate::iso::MICROS_OF_DAY) as i32
}

spans! {
    SignedDuration,
        |it| i64::try_from(it.as_micros()).ok(),
        |micros| Some(SignedDuration::from_micros(micros));
}

impl Ranged for Date {}
impl Ranged for DateTime {}
impl Ranged for Timestamp {}

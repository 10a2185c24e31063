//! `chrono`: `NaiveDate`, `NaiveTime`, `NaiveDateTime`, `DateTime<Utc>`, `TimeDelta`.

use super::temporal;
use crate::Ranged;
use crate::value::span::spans;
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike, Utc};

/// Days from the first day of chrono's count to 1970-01-01.
const EPOCH: i32 = 719_163;

temporal! {
    TimeDelta;
    NaiveDate, Date, Date, days,
        |date| chrono::Datelike::num_days_from_ce(date) - EPOCH,
        |days: i32| NaiveDate::from_num_days_from_ce_opt(days.checked_add(EPOCH)?);
    NaiveTime, Time, Time, time_micros,
        |time| i64::from(time.num_seconds_from_midnight()) * 1_000_000 + i64::from(time.nanosecond() / 1_000),
        |micros: i64| {
            let seconds = u32::try_from(micros / 1_000_000).ok()?;
            NaiveTime::from_num_seconds_from_midnight_opt(seconds, (micros % 1_000_000) as u32 * 1_000)
        };
    NaiveDateTime, Timestamp, Timestamp, timestamp_micros,
        |at| at.and_utc().timestamp_micros(),
        |micros: i64| DateTime::from_timestamp_micros(micros).map(|at| at.naive_utc());
    DateTime<Utc>, Instant, Instant, instant_micros,
        |at| at.timestamp_micros(),
        |micros: i64| DateTime::from_timestamp_micros(micros);
}

spans! {
    TimeDelta, |it| it.num_microseconds(), |micros| Some(TimeDelta::microseconds(micros));
}

impl Ranged for NaiveDate {}
impl Ranged for NaiveDateTime {}
impl Ranged for DateTime<Utc> {}

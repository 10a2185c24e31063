//! `time`: `Date`, `Time`, `PrimitiveDateTime`, `OffsetDateTime` (in UTC), `Duration`.

use super::temporal;
use crate::Ranged;
use crate::value::span::spans;
use time::{Date, Duration, OffsetDateTime, PrimitiveDateTime, Time};

/// The Julian day of 1970-01-01.
const EPOCH: i32 = 2_440_588;

temporal! {
    Duration;
    Date, Date, Date, days,
        |date| date.to_julian_day() - EPOCH,
        |days: i32| Date::from_julian_day(days.checked_add(EPOCH)?).ok();
    Time, Time, Time, time_micros,
        |time| {
            let (hour, minute, second, micro) = time.as_hms_micro();
            ((i64::from(hour) * 60 + i64::from(minute)) * 60 + i64::from(second)) * 1_000_000 + i64::from(micro)
        },
        |micros: i64| {
            let fits = (0..crate::iso::MICROS_OF_DAY).contains(&micros);
            fits.then(|| instant(micros).map(|at| at.time())).flatten()
        };
    PrimitiveDateTime, Timestamp, Timestamp, timestamp_micros,
        |at| micros_of(at.assume_utc()),
        |micros: i64| instant(micros).map(|at| PrimitiveDateTime::new(at.date(), at.time()));
    OffsetDateTime, Instant, Instant, instant_micros,
        |at| micros_of(*at),
        |micros: i64| instant(micros);
}

fn instant(micros: i64) -> Option<OffsetDateTime> {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(micros) * 1_000).ok()
}

/// The years that `time` knows fit into microseconds.
fn micros_of(at: OffsetDateTime) -> i64 {
    at.unix_timestamp_nanos().div_euclid(1_000) as i64
}

spans! {
    Duration,
        |it| i64::try_from(it.whole_microseconds()).ok(),
        |micros| Some(Duration::microseconds(micros));
}

impl Ranged for Date {}
impl Ranged for PrimitiveDateTime {}
impl Ranged for OffsetDateTime {}

//! Dates and times as ISO 8601 text: how literals are written, and how databases without types for time keep them.
//!
//! | Cell | Text |
//! |---|---|
//! | date | `2024-02-29` |
//! | time | `23:59:58.000001` |
//! | timestamp | `2024-02-29 23:59:58.000001` |
//! | instant | `2024-02-29 23:59:58.000001+00:00`, always in UTC |
//!
//! Six digits of fraction always, so that the order of the texts is the order of the times (for the years 0 to 9999).

use std::fmt::Write;

/// Microseconds of a day.
pub const MICROS_OF_DAY: i64 = 86_400_000_000;

/// Appends a date, given as days since 1970-01-01.
///
/// ```
/// use rebis_core::iso;
/// let mut out = String::new();
/// iso::push_date(&mut out, 20_000);
/// assert_eq!(out, "2024-10-04");
/// assert_eq!(iso::date(b"2024-10-04"), Some(20_000));
/// ```
pub fn push_date(out: &mut String, days: i64) {
    let (year, month, day) = civil(days);
    let sign = if year < 0 { "-" } else { "" };
    // Writing into a string cannot fail.
    let _ = write!(out, "{sign}{:04}-{month:02}-{day:02}", year.unsigned_abs());
}

/// Appends a time of day, given as microseconds since midnight.
///
/// ```
/// use rebis_core::iso;
/// let mut out = String::new();
/// iso::push_time(&mut out, 3_723_000_001);
/// assert_eq!(out, "01:02:03.000001");
/// assert_eq!(iso::time(b"01:02:03.000001"), Some(3_723_000_001));
/// ```
pub fn push_time(out: &mut String, micros: i64) {
    let (seconds, fraction) = (micros.div_euclid(1_000_000), micros.rem_euclid(1_000_000));
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let _ = write!(out, "{hours:02}:{minutes:02}:{seconds:02}.{fraction:06}");
}

/// Appends a date and time, given as microseconds since 1970-01-01 00:00:00.
///
/// ```
/// use rebis_core::iso;
/// let mut out = String::new();
/// iso::push_timestamp(&mut out, iso::MICROS_OF_DAY);
/// assert_eq!(out, "1970-01-02 00:00:00.000000");
/// assert_eq!(iso::timestamp(b"1970-01-02T00:00"), Some(iso::MICROS_OF_DAY));
/// ```
pub fn push_timestamp(out: &mut String, micros: i64) {
    push_date(out, micros.div_euclid(MICROS_OF_DAY));
    out.push(' ');
    push_time(out, micros.rem_euclid(MICROS_OF_DAY));
}

/// Appends an instant, given as microseconds since 1970-01-01 00:00:00 UTC.
///
/// ```
/// let mut out = String::new();
/// rebis_core::iso::push_instant(&mut out, 1);
/// assert_eq!(out, "1970-01-01 00:00:00.000001+00:00");
/// ```
pub fn push_instant(out: &mut String, micros: i64) {
    push_timestamp(out, micros);
    out.push_str("+00:00");
}

/// Year, month and day of a day counted from 1970-01-01, in the proleptic Gregorian calendar. Counts in eras of 400
/// years that begin on the first of March, so that the leap day is the last of its year (Hinnant's algorithm).
///
/// ```
/// use rebis_core::iso;
/// assert_eq!(iso::civil(19_782), (2024, 2, 29));
/// assert_eq!(iso::days_from_civil(2024, 2, 29), 19_782);
/// ```
pub fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

/// `2026-11-22`: days since 1970-01-01. Years before 0 and after 9999 have a sign.
///
/// `None` for what is no date. See [`push_date`] for an example.
pub fn date(text: &[u8]) -> Option<i32> {
    let text = std::str::from_utf8(text).ok()?.trim();
    let (sign, digits) = match text.as_bytes().first()? {
        b'-' => (-1, &text[1..]),
        b'+' => (1, &text[1..]),
        _ => (1, text),
    };
    let mut parts = digits.splitn(3, '-');
    let year = sign * number(parts.next()?)?;
    let (month, day) = (number(parts.next()?)?, number(parts.next()?)?);
    let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    let lengths = [31, if leap { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let length = *lengths.get(usize::try_from(month - 1).ok()?)?;
    (1..=length).contains(&day).then(|| days_from_civil(year, month, day))?.try_into().ok()
}

/// The inverse of [`civil`]. The day is not checked to be one of its month.
pub fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year - era * 400;
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// `15:04`, `15:04:05`, `15:04:05.123456`: microseconds since midnight.
///
/// `None` for what is no time. See [`push_time`] for an example.
pub fn time(text: &[u8]) -> Option<i64> {
    let text = std::str::from_utf8(text).ok()?.trim();
    let mut parts = text.splitn(3, ':');
    let (hours, minutes) = (number(parts.next()?)?, number(parts.next()?)?);
    let (seconds, fraction) = match parts.next() {
        None => (0, 0),
        Some(rest) => match rest.split_once('.') {
            None => (number(rest)?, 0),
            Some((seconds, fraction)) => (number(seconds)?, micros(fraction)?),
        },
    };
    let fits = hours < 24 && minutes < 60 && seconds < 60;
    fits.then_some(((hours * 60 + minutes) * 60 + seconds) * 1_000_000 + fraction)
}

/// A date and a time, with a blank or a `T` between; a date alone is its midnight.
///
/// `None` for what is neither. See [`push_timestamp`] for an example.
pub fn timestamp(text: &[u8]) -> Option<i64> {
    let text = std::str::from_utf8(text).ok()?.trim();
    let (day, clock) = match text.find(['T', ' ']) {
        Some(at) => (&text[..at], time(&text.as_bytes()[at + 1..])?),
        None => (text, 0),
    };
    i64::from(date(day.as_bytes())?).checked_mul(MICROS_OF_DAY)?.checked_add(clock)
}

/// A timestamp with `Z`, `+01:00`, `+0100` or `+01` behind it; without a zone it is in UTC.
///
/// ```
/// assert_eq!(rebis_core::iso::instant(b"1970-01-01 01:00:00+01:00"), Some(0));
/// assert_eq!(rebis_core::iso::instant(b"tomorrow"), None);
/// ```
pub fn instant(text: &[u8]) -> Option<i64> {
    let text = std::str::from_utf8(text).ok()?.trim();
    if let Some(utc) = text.strip_suffix(['Z', 'z']) {
        return timestamp(utc.as_bytes());
    }
    // A sign behind the time is the zone's; one before it belongs to the date.
    let clock = text.find(['T', ' ']).unwrap_or(text.len());
    let Some(at) = text[clock..].find(['+', '-']).map(|at| clock + at) else {
        return timestamp(text.as_bytes());
    };
    let zone: String = text[at + 1..].chars().filter(|c| *c != ':').collect();
    let minutes = match zone.len() {
        2 => number(&zone)? * 60,
        4 => number(&zone[..2])? * 60 + number(&zone[2..])?,
        _ => return None,
    };
    let shift = minutes * 60_000_000;
    let local = timestamp(&text.as_bytes()[..at])?;
    if text.as_bytes()[at] == b'+' { local.checked_sub(shift) } else { local.checked_add(shift) }
}

fn number(text: &str) -> Option<i64> {
    (!text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok())?
}

/// The first six digits of a fraction.
fn micros(text: &str) -> Option<i64> {
    let digits: String = text.chars().chain(std::iter::repeat('0')).take(6).collect();
    number(text).and_then(|_| number(&digits))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_of_the_calendar() {
        for (days, expected) in [
            (0, "1970-01-01"),
            (-1, "1969-12-31"),
            (19_782, "2024-02-29"),
            (11_016, "2000-02-29"),
            (-25_509, "1900-02-28"),
            (-25_508, "1900-03-01"),
            (-719_528, "0000-01-01"),
            (-719_529, "-0001-12-31"),
        ] {
            let mut out = String::new();
            push_date(&mut out, days);
            assert_eq!(out, expected);
        }
    }

    #[test]
    fn what_is_written_is_read() {
        for days in (-800_000..2_900_000).step_by(997) {
            let mut out = String::new();
            push_date(&mut out, days);
            assert_eq!(date(out.as_bytes()).map(i64::from), Some(days), "{out}");
        }
        for micros in [0, 1, -1, 86_399_999_999, 1_709_251_198_000_001, -62_135_596_800_000_000] {
            let mut out = String::new();
            push_instant(&mut out, micros);
            assert_eq!(instant(out.as_bytes()), Some(micros), "{out}");
        }
    }

    #[test]
    fn dates() {
        for (text, expect) in [
            ("1970-01-01", Some(0)),
            ("1969-12-31", Some(-1)),
            ("2000-02-29", Some(11_016)),
            ("0001-01-01", Some(-719_162)),
            ("9999-12-31", Some(2_932_896)),
            ("1900-02-29", None),
            ("2026-13-01", None),
            ("2026-1", None),
            ("", None),
            ("x", None),
        ] {
            assert_eq!(date(text.as_bytes()), expect, "{text}");
        }
    }

    #[test]
    fn instants_of_every_spelling() {
        let noon = 20_779 * MICROS_OF_DAY + 12 * 3_600_000_000;
        for text in [
            "2026-11-22 12:00:00",
            "2026-11-22T12:00:00Z",
            "2026-11-22 12:00:00.000000+00:00",
            "2026-11-22 13:00:00+01:00",
            "2026-11-22T07:00-0500",
            "2026-11-22 12:00+00",
        ] {
            assert_eq!(instant(text.as_bytes()), Some(noon), "{text}");
        }
        for wrong in ["2026-11-22 25:00:00", "2026-11-22 12:00:00+1", "12:00", "2026-11-22 12:00:60"] {
            assert_eq!(instant(wrong.as_bytes()), None, "{wrong}");
        }
    }
}

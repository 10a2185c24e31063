//! Dates and times as text: SQLite has no type for them, and its functions read ISO 8601.
//!
//! | Cell | Stored as |
//! |---|---|
//! | date | `2024-02-29` |
//! | time | `23:59:58.000001` |
//! | timestamp | `2024-02-29 23:59:58.000001` |
//! | instant | `2024-02-29 23:59:58.000001+00:00`, always in UTC |
//!
//! Six digits of fraction always, so that the order of the texts is the order of the times (for the years 0 to
//! 9999; SQLite's own functions know no others).

use std::fmt::Write;

const MICROS_A_DAY: i64 = 86_400_000_000;

/// A date, given as days since 1970-01-01.
pub(crate) fn date(days: i64) -> String {
    let mut out = String::with_capacity(10);
    put_date(&mut out, days);
    out
}

/// A time of day, given as microseconds since midnight.
pub(crate) fn time(micros: i64) -> String {
    let mut out = String::with_capacity(15);
    put_time(&mut out, micros);
    out
}

/// A date and time, given as microseconds since 1970-01-01 00:00:00.
pub(crate) fn timestamp(micros: i64) -> String {
    let mut out = String::with_capacity(32);
    put_date(&mut out, micros.div_euclid(MICROS_A_DAY));
    out.push(' ');
    put_time(&mut out, micros.rem_euclid(MICROS_A_DAY));
    out
}

/// An instant, given as microseconds since 1970-01-01 00:00:00 UTC.
pub(crate) fn instant(micros: i64) -> String {
    let mut out = timestamp(micros);
    out.push_str("+00:00");
    out
}

fn put_date(out: &mut String, days: i64) {
    let (year, month, day) = civil(days);
    let sign = if year < 0 { "-" } else { "" };
    // Writing into a string cannot fail.
    let _ = write!(out, "{sign}{:04}-{month:02}-{day:02}", year.unsigned_abs());
}

fn put_time(out: &mut String, micros: i64) {
    let (seconds, fraction) = (micros.div_euclid(1_000_000), micros.rem_euclid(1_000_000));
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let _ = write!(out, "{hours:02}:{minutes:02}:{seconds:02}.{fraction:06}");
}

/// Year, month and day of a day counted from 1970-01-01, in the proleptic Gregorian calendar. Counts in eras of 400
/// years that begin on the first of March, so that the leap day is the last of its year.
fn civil(days: i64) -> (i64, i64, i64) {
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
            assert_eq!(date(days), expected);
        }
    }

    #[test]
    fn times_keep_six_digits_and_instants_say_utc() {
        assert_eq!(time(86_398_000_001), "23:59:58.000001");
        assert_eq!(timestamp(-1), "1969-12-31 23:59:59.999999");
        assert_eq!(instant(1_000_000), "1970-01-01 00:00:01.000000+00:00");
    }

    #[test]
    fn sqlite_reads_what_is_written() {
        let connection = rusqlite::Connection::open_in_memory().expect("memory opens");
        for micros in [0_i64, 951_782_400_000_000, -2_208_988_800_000_000, 1_709_251_198_000_000] {
            let seconds: i64 = connection
                .query_row("SELECT unixepoch(?)", [instant(micros)], |row| row.get(0))
                .expect("SQLite reads the text");
            assert_eq!(seconds, micros / 1_000_000);
        }
    }
}

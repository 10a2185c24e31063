//! Values of a result in text form.

use rebis_core::{Cell, iso};

fn parsed<T: std::str::FromStr>(bytes: &[u8]) -> Option<T> {
    std::str::from_utf8(bytes).ok()?.parse().ok()
}

pub(super) fn int(bytes: &[u8]) -> Option<Cell<'_>> {
    parsed(bytes).map(Cell::Int)
}

pub(super) fn boolean(bytes: &[u8]) -> Option<Cell<'_>> {
    Some(Cell::Bool(*bytes.first()? == b't'))
}

/// Rust reads `NaN` and `Infinity` as PostgreSQL writes them.
pub(super) fn float4(bytes: &[u8]) -> Option<Cell<'_>> {
    parsed::<f32>(bytes).map(|v| Cell::Float(f64::from(v)))
}

pub(super) fn float8(bytes: &[u8]) -> Option<Cell<'_>> {
    parsed(bytes).map(Cell::Float)
}

pub(super) fn numeric(bytes: &[u8]) -> Option<Cell<'_>> {
    std::str::from_utf8(bytes).ok().map(Cell::Decimal)
}

pub(super) fn uuid(bytes: &[u8]) -> Option<Cell<'_>> {
    let mut value: u128 = 0;
    let mut digits = 0;
    for byte in bytes.iter().filter(|byte| **byte != b'-') {
        value = value << 4 | u128::from(char::from(*byte).to_digit(16)?);
        digits += 1;
    }
    (digits == 32).then(|| Cell::Uuid(value.to_be_bytes()))
}

/// Appends what `\x0aff` or, in the older form, `\012\\a` stands for.
pub(super) fn bytea(bytes: &[u8], out: &mut Vec<u8>) -> Option<()> {
    let digit = |byte: u8| char::from(byte).to_digit(16).map(|v| v as u8);
    if let Some(hex) = bytes.strip_prefix(b"\\x") {
        for pair in hex.chunks(2) {
            let [high, low] = pair else { return None };
            out.push(digit(*high)? << 4 | digit(*low)?);
        }
        return Some(());
    }
    let mut rest = bytes;
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        match (first, after) {
            (b'\\', [b'\\', after @ ..]) => {
                out.push(b'\\');
                rest = after;
            }
            (b'\\', [a, b, c, after @ ..]) => {
                out.push(digit(*a)? << 6 | digit(*b)? << 3 | digit(*c)?);
                rest = after;
            }
            (b'\\', _) => return None,
            (byte, _) => out.push(*byte),
        }
    }
    Some(())
}

pub(super) fn date(bytes: &[u8]) -> Option<Cell<'_>> {
    match bytes.strip_suffix(b" BC") {
        Some(date) => before_christ(date).map(Cell::Date),
        None => iso::date(bytes).map(Cell::Date),
    }
}

/// There is no year 0: 1 BC is the year before 1 AD.
fn before_christ(date: &[u8]) -> Option<i32> {
    let (year, rest) = std::str::from_utf8(date).ok()?.split_once('-')?;
    let year: i32 = year.parse().ok()?;
    iso::date(format!("{}-{rest}", 1 - year).as_bytes())
}

pub(super) fn time(bytes: &[u8]) -> Option<Cell<'_>> {
    clock(bytes).map(Cell::Time)
}

fn clock(bytes: &[u8]) -> Option<i64> {
    if bytes == b"24:00:00" { Some(iso::MICROS_OF_DAY) } else { iso::time(bytes) }
}

/// `1 year 2 mons -3 days +04:05:06.789`, the server's own style.
pub(super) fn interval(bytes: &[u8]) -> Option<Cell<'_>> {
    let (mut months, mut days, mut micros) = (0i32, 0i32, 0i64);
    let mut words = std::str::from_utf8(bytes).ok()?.split(' ');
    while let Some(word) = words.next() {
        if word.contains(':') {
            micros = long_clock(word)?;
            continue;
        }
        let count: i32 = word.parse().ok()?;
        match words.next()?.trim_end_matches('s') {
            "year" => months = months.checked_add(count.checked_mul(12)?)?,
            "mon" => months = months.checked_add(count)?,
            "day" => days = count,
            _ => return None,
        }
    }
    Some(Cell::Interval { months, days, micros })
}

/// `-123:45:06.789`: hours may be more than a day has.
fn long_clock(text: &str) -> Option<i64> {
    let (negative, clock) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (hours, rest) = clock.split_once(':')?;
    // Added up below zero, where there is room for one more.
    let hours: i64 = hours.parse::<i64>().ok()?.checked_mul(-3_600_000_000)?;
    let micros = hours.checked_sub(iso::time(format!("00:{rest}").as_bytes())?)?;
    if negative { Some(micros) } else { micros.checked_neg() }
}

/// Microseconds since 1970, of a timestamp or an instant. `infinity` has none.
pub(super) fn micros(bytes: &[u8]) -> Option<i64> {
    let (bytes, early) = match bytes.strip_suffix(b" BC") {
        Some(rest) => (rest, true),
        None => (bytes, false),
    };
    let blank = bytes.iter().position(|byte| *byte == b' ')?;
    let (day, rest) = (&bytes[..blank], &bytes[blank + 1..]);
    let days = if early { before_christ(day)? } else { iso::date(day)? };
    let zone = rest.iter().position(|byte| matches!(byte, b'+' | b'-')).unwrap_or(rest.len());
    let local = i64::from(days).checked_mul(iso::MICROS_OF_DAY)?.checked_add(clock(&rest[..zone])?)?;
    local.checked_sub(shift(&rest[zone..])?)
}

/// `+02`, `-03:30`, `+00:53:28`; nothing is no shift.
fn shift(zone: &[u8]) -> Option<i64> {
    let Some((sign, digits)) = zone.split_first() else { return Some(0) };
    let mut seconds = 0;
    for (part, of) in digits.split(|byte| *byte == b':').zip([3600, 60, 1]) {
        seconds += parsed::<i64>(part)? * of;
    }
    Some(if *sign == b'-' { -seconds } else { seconds } * 1_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_every_spelling() {
        let day = iso::MICROS_OF_DAY;
        for (text, expected) in [
            ("1970-01-01 00:00:00", Some(0)),
            ("1970-01-01 00:00:00.000001+00", Some(1)),
            ("1970-01-01 02:00:00+02", Some(0)),
            ("1969-12-31 20:30:00-03:30", Some(0)),
            ("1970-01-01 00:53:28+00:53:28", Some(0)),
            ("1970-01-02 24:00:00", Some(2 * day)),
            ("10000-01-01 00:00:00", Some(2_932_897 * day)),
            ("0001-12-31 00:00:00 BC", Some(-719_163 * day)),
            ("0001-12-31 23:00:00-01 BC", Some(-719_162 * day)),
            ("infinity", None),
        ] {
            assert_eq!(micros(text.as_bytes()), expected, "{text}");
        }
        assert_eq!(date(b"4713-01-01 BC"), Some(Cell::Date(-2_440_550)));
        assert_eq!(date(b"infinity"), None);
    }

    #[test]
    fn intervals() {
        let cell = |months, days, micros| Some(Cell::Interval { months, days, micros });
        for (text, expected) in [
            ("00:00:00", cell(0, 0, 0)),
            ("1 year 2 mons 3 days 04:05:06.5", cell(14, 3, 14_706_500_000)),
            ("-1 years -1 mons", cell(-13, 0, 0)),
            ("1 day", cell(0, 1, 0)),
            ("-1 days +02:00:00", cell(0, -1, 7_200_000_000)),
            ("-00:00:00.000001", cell(0, 0, -1)),
            ("-2562047788:00:54.775808", cell(0, 0, i64::MIN)),
            ("2562047788:00:54.775807", cell(0, 0, i64::MAX)),
            ("P1D", None),
            ("1-2 3 4:05:06", None),
        ] {
            assert_eq!(interval(text.as_bytes()), expected, "{text}");
        }
    }

    #[test]
    fn bytes_of_both_forms() {
        let read = |text: &str| {
            let mut out = Vec::new();
            bytea(text.as_bytes(), &mut out).map(|()| out)
        };
        assert_eq!(read("\\x00ffA0"), Some(vec![0, 255, 160]));
        assert_eq!(read("\\x"), Some(vec![]));
        assert_eq!(read("a\\\\b\\377"), Some(vec![b'a', b'\\', b'b', 255]));
        assert_eq!((read("\\x0"), read("\\q")), (None, None));
    }

    #[test]
    fn uuids() {
        let expected = Cell::Uuid(0x0011_2233_4455_6677_8899_aabb_ccdd_eeff_u128.to_be_bytes());
        assert_eq!(uuid(b"00112233-4455-6677-8899-aabbccddeeff"), Some(expected));
        assert_eq!((uuid(b"0011"), uuid(b"x0112233-4455-6677-8899-aabbccddeeff")), (None, None));
    }
}

//! Values written into the text. They come from programs and users alike, so whatever is in them must stay a
//! value.

use crate::{Arrays, Capabilities};
use rebis_core::{Datum, SqlType, array_text, iso};
use std::fmt::Write;

/// Appends a literal.
pub(crate) fn push_literal(out: &mut String, datum: &Datum, caps: &Capabilities) {
    // Writing to a string cannot fail, so the results of `write!` are dropped.
    match datum {
        Datum::Null => out.push_str("NULL"),
        Datum::Bool(v) => out.push_str(match (v, caps.boolean_words) {
            (true, true) => "TRUE",
            (false, true) => "FALSE",
            (true, false) => "1",
            (false, false) => "0",
        }),
        Datum::Unsigned(v) => {
            let _ = write!(out, "{v}");
        }
        Datum::Int(v) => {
            let _ = write!(out, "{v}");
        }
        Datum::Float(v) => push_float(out, *v),
        Datum::Text(v) => push_text(out, v, caps),
        Datum::Blob(v) => push_bytes(out, v, caps),
        Datum::Uuid(v) if caps.types.uuids => push_uuid(out, v),
        Datum::Uuid(v) => push_bytes(out, v, caps),
        Datum::Date(days) => quoted(out, |out| iso::push_date(out, i64::from(*days))),
        Datum::Time(micros) => quoted(out, |out| iso::push_time(out, *micros)),
        Datum::Timestamp(micros) => quoted(out, |out| iso::push_timestamp(out, *micros)),
        Datum::Instant(micros) => quoted(out, |out| {
            iso::push_timestamp(out, *micros);
            out.push_str(caps.instant_zone);
        }),
        Datum::Decimal(v) if caps.types.decimals && is_number(v) => out.push_str(v),
        Datum::Decimal(v) => push_text(out, v, caps),
        Datum::Interval { months, days, micros } => push_interval(out, (*months, *days, *micros), caps),
        Datum::Array(json) if caps.types.arrays == Arrays::Native => {
            push_text(out, &array_text::literal(json), caps)
        }
        Datum::Array(v) | Datum::Written(v) => push_text(out, v, caps),
        // What no database holds, and a new kind of datum, has no literal.
        _ => out.push_str("NULL"),
    }
}

/// Where there are no intervals it is a number of microseconds, which months and days do not have.
fn push_interval(out: &mut String, (months, days, micros): (i32, i32, i64), caps: &Capabilities) {
    let _ = match (caps.types.intervals, months, days) {
        (true, 0, 0) => write!(out, "INTERVAL '{micros} microseconds'"),
        (true, ..) => write!(out, "INTERVAL '{months} mons {days} days {micros} microseconds'"),
        (false, 0, 0) => write!(out, "{micros}"),
        (false, ..) => write!(out, "NULL"),
    };
}

/// Infinity is a number too great to be one; NaN is the absence of a number.
fn push_float(out: &mut String, value: f64) {
    if value.is_nan() {
        out.push_str("NULL");
    } else if value.is_infinite() {
        out.push_str(if value > 0.0 { "9e999" } else { "-9e999" });
    } else {
        let _ = write!(out, "{value:?}");
    }
}

fn push_text(out: &mut String, text: &str, caps: &Capabilities) {
    // A NUL would end the statement, so such a text travels as its bytes.
    if text.contains('\0') && !caps.backslash_escapes {
        out.push_str("CAST(");
        push_bytes(out, text.as_bytes(), caps);
        out.push_str(" AS ");
        out.push_str(&(caps.cast_name)(&SqlType::Text { length: None }));
        out.push(')');
        return;
    }
    out.push('\'');
    for c in text.chars() {
        match c {
            '\'' => out.push_str("''"),
            '\\' if caps.backslash_escapes => out.push_str("\\\\"),
            '\0' => out.push_str("\\0"),
            c => out.push(c),
        }
    }
    out.push('\'');
}

fn push_bytes(out: &mut String, bytes: &[u8], caps: &Capabilities) {
    let [before, after] = caps.bytes_literal;
    out.push_str(before);
    for byte in bytes {
        let _ = write!(out, "{byte:02x}");
    }
    out.push_str(after);
}

fn push_uuid(out: &mut String, bytes: &[u8; 16]) {
    out.push('\'');
    for (index, byte) in bytes.iter().enumerate() {
        if matches!(index, 4 | 6 | 8 | 10) {
            out.push('-');
        }
        let _ = write!(out, "{byte:02x}");
    }
    out.push('\'');
}

/// Text that has no quote in it, between quotes.
fn quoted(out: &mut String, push: impl FnOnce(&mut String)) {
    out.push('\'');
    push(out);
    out.push('\'');
}

/// Whether a text is nothing but a decimal number.
fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let mut parts = digits.splitn(2, '.');
    let whole = parts.next().unwrap_or_default();
    let fraction = parts.next().unwrap_or("0");
    [whole, fraction].iter().all(|p| !p.is_empty() && p.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect;

    fn check(datum: Datum, sqlite: &str, postgres: &str, mysql: &str) {
        let text = |caps| {
            let mut out = String::new();
            push_literal(&mut out, &datum, caps);
            out
        };
        let got = [dialect::sqlite(), dialect::postgres(), dialect::mysql()].map(text);
        assert_eq!(got, [sqlite, postgres, mysql].map(str::to_owned));
    }

    #[test]
    fn each_kind_of_value_has_a_literal_in_each_dialect() {
        check(Datum::Null, "NULL", "NULL", "NULL");
        check(Datum::Bool(true), "1", "TRUE", "TRUE");
        check(Datum::Int(i64::MIN), "-9223372036854775808", "-9223372036854775808", "-9223372036854775808");
        check(Datum::Float(1.0), "1.0", "1.0", "1.0");
        check(Datum::Float(f64::NEG_INFINITY), "-9e999", "-9e999", "-9e999");
        check(Datum::Text("it's".into()), "'it''s'", "'it''s'", "'it''s'");
        check(Datum::Text("a\\'b".into()), "'a\\''b'", "'a\\''b'", "'a\\\\''b'");
        check(
            Datum::Text("a\0b".into()),
            "CAST(x'610062' AS TEXT)",
            "CAST('\\x610062'::bytea AS TEXT)",
            "'a\\0b'",
        );
        check(Datum::Blob(vec![0, 255]), "x'00ff'", "'\\x00ff'::bytea", "x'00ff'");
        let uuid = Datum::Uuid(*b"0123456789abcdef");
        check(
            uuid,
            "x'30313233343536373839616263646566'",
            "'30313233-3435-3637-3839-616263646566'",
            "x'30313233343536373839616263646566'",
        );
        check(Datum::Decimal("-1.50".into()), "'-1.50'", "-1.50", "-1.50");
        check(
            Datum::Array(r#"[1,null,"it's"]"#.into()),
            "'[1,null,\"it''s\"]'",
            "'{1,NULL,\"it''s\"}'",
            "'[1,null,\"it''s\"]'",
        );
        check(Datum::Written("[1,5)".into()), "'[1,5)'", "'[1,5)'", "'[1,5)'");
        let hour = Datum::Interval { months: 0, days: 0, micros: 3_600_000_000 };
        check(hour, "3600000000", "INTERVAL '3600000000 microseconds'", "3600000000");
        check(Datum::Decimal("1; DROP".into()), "'1; DROP'", "'1; DROP'", "'1; DROP'");
    }

    #[test]
    fn dates_and_times_are_written_in_iso_order() {
        let all = |datum, text: &str| check(datum, text, text, text);
        all(Datum::Date(0), "'1970-01-01'");
        all(Datum::Date(-1), "'1969-12-31'");
        all(Datum::Date(19_782), "'2024-02-29'");
        all(Datum::Time(3_723_000_001), "'01:02:03.000001'");
        all(Datum::Timestamp(-1), "'1969-12-31 23:59:59.999999'");
        let zoned = "'2024-02-29 00:00:00.000000+00:00'";
        check(Datum::Instant(1_709_164_800_000_000), zoned, zoned, "'2024-02-29 00:00:00.000000'");
    }
}

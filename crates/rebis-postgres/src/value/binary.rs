//! Values of a result in binary form.

use super::{EPOCH_DAYS, EPOCH_MICROS};
use rebis_core::Cell;

/// `None`: the bytes are not what the type says.
pub(super) fn int2(bytes: &[u8]) -> Option<Cell<'_>> {
    Some(Cell::Int(i64::from(i16::from_be_bytes(bytes.try_into().ok()?))))
}

pub(super) fn int4(bytes: &[u8]) -> Option<Cell<'_>> {
    Some(Cell::Int(i64::from(i32::from_be_bytes(bytes.try_into().ok()?))))
}

pub(super) fn int8(bytes: &[u8]) -> Option<Cell<'_>> {
    Some(Cell::Int(i64::from_be_bytes(bytes.try_into().ok()?)))
}

pub(super) fn oid(bytes: &[u8]) -> Option<Cell<'_>> {
    Some(Cell::Int(i64::from(u32::from_be_bytes(bytes.try_into().ok()?))))
}

pub(super) fn float4(bytes: &[u8]) -> Option<Cell<'_>> {
    Some(Cell::Float(f64::from(f32::from_be_bytes(bytes.try_into().ok()?))))
}

pub(super) fn float8(bytes: &[u8]) -> Option<Cell<'_>> {
    Some(Cell::Float(f64::from_be_bytes(bytes.try_into().ok()?)))
}

pub(super) fn boolean(bytes: &[u8]) -> Option<Cell<'_>> {
    Some(Cell::Bool(*bytes.first()? != 0))
}

pub(super) fn uuid(bytes: &[u8]) -> Option<Cell<'_>> {
    Some(Cell::Uuid(bytes.try_into().ok()?))
}

/// The outermost numbers stand for "infinity": `None`, as for what is too far for a cell.
pub(super) fn date(bytes: &[u8]) -> Option<Cell<'_>> {
    let days = i32::from_be_bytes(bytes.try_into().ok()?);
    let finite = days != i32::MAX && days != i32::MIN;
    finite.then(|| days.checked_add(EPOCH_DAYS).map(Cell::Date))?
}

pub(super) fn time(bytes: &[u8]) -> Option<Cell<'_>> {
    Some(Cell::Time(i64::from_be_bytes(bytes.try_into().ok()?)))
}

/// Microseconds since 1970, of a timestamp or an instant.
pub(super) fn micros(bytes: &[u8]) -> Option<i64> {
    let micros = i64::from_be_bytes(bytes.try_into().ok()?);
    let finite = micros != i64::MAX && micros != i64::MIN;
    finite.then(|| micros.checked_add(EPOCH_MICROS))?
}

pub(super) fn interval(bytes: &[u8]) -> Option<Cell<'_>> {
    let (micros, rest) = bytes.split_first_chunk::<8>()?;
    let (days, months) = rest.split_first_chunk::<4>()?;
    Some(Cell::Interval {
        months: i32::from_be_bytes(months.try_into().ok()?),
        days: i32::from_be_bytes(*days),
        micros: i64::from_be_bytes(*micros),
    })
}

/// The first byte is the version of the form.
pub(super) fn jsonb(bytes: &[u8]) -> Option<Cell<'_>> {
    Some(Cell::Text(bytes.strip_prefix(&[1])?))
}

/// Appends the digits of a `numeric`, all that it was given: `1.10` stays `1.10`.
pub(super) fn numeric(bytes: &[u8], out: &mut Vec<u8>) -> Option<()> {
    let part = |at: usize| Some(i16::from_be_bytes(bytes.get(at..at + 2)?.try_into().ok()?));
    let (count, weight, sign, scale) = (part(0)?, part(2)?, part(4)? as u16, part(6)? as u16);
    match sign {
        0 => {}
        0x4000 => out.push(b'-'),
        0xd000 => return extend(out, b"Infinity"),
        0xf000 => return extend(out, b"-Infinity"),
        _ => return extend(out, b"NaN"),
    }
    // Groups of four decimal digits; those that are not there are zero.
    let group = |index: i32| -> i16 {
        if (0..i32::from(count)).contains(&index) { part(8 + 2 * index as usize).unwrap_or(0) } else { 0 }
    };
    let weight = i32::from(weight);
    let before = out.len();
    for index in 0..=weight {
        let digits = format!("{:04}", group(index));
        let digits = if out.len() == before { digits.trim_start_matches('0') } else { &digits };
        out.extend_from_slice(digits.as_bytes());
    }
    if out.len() == before {
        out.push(b'0');
    }
    if scale > 0 {
        out.push(b'.');
        let end = out.len() + usize::from(scale);
        let mut index = weight + 1;
        while out.len() < end {
            out.extend_from_slice(format!("{:04}", group(index)).as_bytes());
            index += 1;
        }
        out.truncate(end);
    }
    Some(())
}

fn extend(out: &mut Vec<u8>, text: &[u8]) -> Option<()> {
    out.extend_from_slice(text);
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits() {
        let check = |parts: &[i16], expected: &str| {
            let bytes: Vec<u8> = parts.iter().flat_map(|part| part.to_be_bytes()).collect();
            let mut out = Vec::new();
            numeric(&bytes, &mut out).expect("it is whole");
            assert_eq!(String::from_utf8_lossy(&out), expected);
        };
        check(&[0, 0, 0, 0], "0");
        check(&[0, 0, 0, 2], "0.00");
        check(&[1, 0, 0, 0, 7], "7");
        check(&[2, 0, 0x4000, 2, 1, 1000], "-1.10");
        check(&[1, 1, 0, 0, 12], "120000");
        check(&[1, -1, 0, 2, 100], "0.01");
        check(&[1, -2, 0, 8, 1], "0.00000001");
        check(&[3, 1, 0, 3, 1, 2, 3400], "10002.340");
        check(&[0, 0, 0xc000u16 as i16, 0], "NaN");
        check(&[0, 0, 0xf000u16 as i16, 0], "-Infinity");
    }
}

//! Parameters: which type each declares, and its bytes in a Bind message.

use super::types::*;
use super::{EPOCH_DAYS, EPOCH_MICROS};
use bytes::{BufMut, BytesMut};
use rebis_core::{Binds, Cell, Error, ErrorKind, Result, array_text, iso};
use std::io::Write as _;

/// Nothing but NULL has been seen: any type will do.
const ANY: u32 = u32::MAX;
/// No type: the server infers it, and the value is written as in a literal.
const UNTYPED: u32 = 0;
/// The server refuses a message of a gibibyte.
const MOST_BYTES: usize = 1 << 30;

/// The types of the parameters of one statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Declared(Vec<u32>);

/// Which texts declare that they are texts; the others declare nothing.
#[derive(Clone, Copy)]
pub(crate) enum Texts<'p> {
    /// Those of these parameters, whose places tell no type.
    At(&'p [usize]),
    /// All.
    All,
}

impl Texts<'_> {
    fn has(self, parameter: usize) -> bool {
        match self {
            Texts::At(some) => some.contains(&parameter),
            Texts::All => true,
        }
    }
}

impl Declared {
    /// The types of so many parameters, over all runs. Finds what cannot be sent before anything is.
    pub(crate) fn of(binds: &Binds, width: usize, texts: Texts<'_>) -> Result<Declared> {
        if binds.size() > MOST_BYTES {
            return Err(too_long());
        }
        let mut declared = vec![ANY; width];
        for (index, cell) in binds.iter().enumerate() {
            let parameter = index % width.max(1);
            let slot = &mut declared[parameter];
            *slot = joined(*slot, wanted(&cell, parameter, texts)?);
        }
        Ok(Declared(declared))
    }

    /// Whether values that declare `other` can be sent to a statement that was prepared with these.
    pub(crate) fn takes(&self, other: &Declared) -> bool {
        let fits = |(kept, wanted): (&u32, &u32)| {
            *wanted == ANY || wanted == kept || (*kept == INT8 && *wanted == INT4)
        };
        self.0.len() == other.0.len() && self.0.iter().zip(&other.0).all(fits)
    }

    /// These where they say something, else those of before.
    pub(crate) fn over(mut self, before: &Declared) -> Declared {
        for (slot, before) in self.0.iter_mut().zip(&before.0) {
            if *slot == ANY || (*slot == INT4 && *before == INT8) {
                *slot = *before;
            }
        }
        self
    }

    /// What nobody knows the type of is a text, where something must be said.
    pub(crate) fn settled(mut self, texts: Texts<'_>) -> Declared {
        for (parameter, slot) in self.0.iter_mut().enumerate() {
            if *slot == ANY && texts.has(parameter) {
                *slot = TEXT;
            }
        }
        self
    }

    /// As the Parse message has them.
    pub(crate) fn oids(&self) -> impl ExactSizeIterator<Item = u32> {
        self.0.iter().map(|oid| if *oid == ANY { UNTYPED } else { *oid })
    }

    /// Appends formats and values of one run: the middle of a Bind message.
    pub(crate) fn write(&self, binds: &Binds, from: usize, out: &mut BytesMut) {
        out.put_u16(self.0.len() as u16);
        self.0.iter().for_each(|oid| out.put_i16(i16::from(is_binary(*oid))));
        out.put_u16(self.0.len() as u16);
        for (index, oid) in self.0.iter().enumerate() {
            let at = out.len();
            out.put_i32(-1);
            let cell = binds.get(from + index).unwrap_or(Cell::Null);
            if !cell.is_null() {
                write_value(*oid, cell, out);
                let length = (out.len() - at - 4) as i32;
                out[at..at + 4].copy_from_slice(&length.to_be_bytes());
            }
        }
    }
}

/// The type for both: of several runs, each may bring another kind of cell.
fn joined(one: u32, other: u32) -> u32 {
    match (one, other) {
        (same, as_well) if same == as_well => same,
        (ANY, typed) | (typed, ANY) => typed,
        (INT4 | INT8, INT4 | INT8) => INT8,
        (INT4 | INT8 | NUMERIC, INT4 | INT8 | NUMERIC) => NUMERIC,
        _ => UNTYPED,
    }
}

fn wanted(cell: &Cell<'_>, parameter: usize, texts: Texts<'_>) -> Result<u32> {
    Ok(match cell {
        Cell::Null => ANY,
        Cell::Bool(_) => BOOL,
        Cell::Int(v) => {
            if i32::try_from(*v).is_ok() {
                INT4
            } else {
                INT8
            }
        }
        Cell::Unsigned(_) | Cell::Decimal(_) => NUMERIC,
        Cell::Float(_) => FLOAT8,
        Cell::Text(text) if text.contains(&0) => return Err(nul()),
        Cell::Text(_) if texts.has(parameter) => TEXT,
        Cell::Text(_) => UNTYPED,
        Cell::Blob(_) => BYTEA,
        Cell::Uuid(_) => UUID,
        Cell::Date(days) => days.checked_sub(EPOCH_DAYS).map(|_| DATE).ok_or_else(out_of_range)?,
        Cell::Time(_) => TIME,
        Cell::Timestamp(micros) => {
            micros.checked_sub(EPOCH_MICROS).map(|_| TIMESTAMP).ok_or_else(out_of_range)?
        }
        Cell::Instant(micros) => {
            micros.checked_sub(EPOCH_MICROS).map(|_| TIMESTAMPTZ).ok_or_else(out_of_range)?
        }
        Cell::Interval { .. } => INTERVAL,
        Cell::Array(json) if array_text::has_nul(json) => return Err(nul()),
        Cell::Written(_) if texts.has(parameter) => TEXT,
        Cell::Array(_) | Cell::Written(_) => UNTYPED,
        Cell::Unfit(what) => return Err(unfit(what)),
        other => return Err(unknown(other)),
    })
}

/// Whether PostgreSQL can hold the value.
pub(super) fn check(cell: &Cell<'_>) -> Result<()> {
    wanted(cell, 0, Texts::All).map(|_| ())
}

fn is_binary(oid: u32) -> bool {
    !matches!(oid, UNTYPED | ANY | TEXT | NUMERIC)
}

fn write_value(oid: u32, cell: Cell<'_>, out: &mut BytesMut) {
    match (oid, cell) {
        (INT4, Cell::Int(v)) => out.put_i32(v as i32),
        (INT8, Cell::Int(v)) => out.put_i64(v),
        (BOOL, Cell::Bool(v)) => out.put_u8(u8::from(v)),
        (FLOAT8, Cell::Float(v)) => out.put_f64(v),
        (BYTEA, Cell::Blob(v)) => out.put_slice(v),
        (UUID, Cell::Uuid(v)) => out.put_slice(&v),
        // That these do not overflow was seen when the type was declared.
        (DATE, Cell::Date(v)) => out.put_i32(v.saturating_sub(EPOCH_DAYS)),
        (TIME, Cell::Time(v)) => out.put_i64(v),
        (TIMESTAMP, Cell::Timestamp(v)) | (TIMESTAMPTZ, Cell::Instant(v)) => {
            out.put_i64(v.saturating_sub(EPOCH_MICROS));
        }
        (INTERVAL, Cell::Interval { months, days, micros }) => {
            out.put_i64(micros);
            out.put_i32(days);
            out.put_i32(months);
        }
        (_, cell) => write_literal(cell, out),
    }
}

/// As it would stand in a literal. Writing into memory cannot fail.
pub(super) fn write_literal(cell: Cell<'_>, out: &mut BytesMut) {
    let mut text = String::new();
    match cell {
        Cell::Text(v) => return out.put_slice(v),
        Cell::Decimal(v) | Cell::Written(v) => return out.put_slice(v.as_bytes()),
        Cell::Array(json) => text = array_text::literal(json),
        Cell::Interval { months, days, micros } => {
            drop(write!(out.writer(), "{months} mons {days} days {micros} microseconds"));
        }
        Cell::Int(v) => drop(write!(out.writer(), "{v}")),
        Cell::Unsigned(v) => drop(write!(out.writer(), "{v}")),
        Cell::Bool(v) => out.put_u8(if v { b't' } else { b'f' }),
        Cell::Float(v) if v.is_infinite() => {
            out.put_slice(if v > 0.0 { b"Infinity" } else { b"-Infinity" });
        }
        Cell::Float(v) => drop(write!(out.writer(), "{v:?}")),
        Cell::Blob(v) => {
            out.put_slice(b"\\x");
            v.iter().for_each(|byte| drop(write!(out.writer(), "{byte:02x}")));
        }
        Cell::Uuid(v) => drop(write!(out.writer(), "{:032x}", u128::from_be_bytes(v))),
        Cell::Date(v) => iso::push_date(&mut text, i64::from(v)),
        Cell::Time(v) => iso::push_time(&mut text, v),
        Cell::Timestamp(v) => iso::push_timestamp(&mut text, v),
        Cell::Instant(v) => iso::push_instant(&mut text, v),
        // NULL has no bytes; what this version does not know was refused when its type was asked for.
        _ => {}
    }
    out.put_slice(text.as_bytes());
}

#[cold]
fn out_of_range() -> Error {
    Error::conversion("a date or time is out of the range that PostgreSQL has")
        .with_help("it goes from 4713 BC to 294276 AD")
}

#[cold]
fn nul() -> Error {
    Error::conversion("a text holds a NUL, which PostgreSQL cannot store")
        .with_help("take it out, or keep the text as bytes (`Vec<u8>`)")
}

#[cold]
fn unfit(what: &str) -> Error {
    Error::conversion(format!("a parameter is {what}, which PostgreSQL cannot store"))
        .with_help("give a value that fits")
}

#[cold]
fn unknown(cell: &Cell<'_>) -> Error {
    Error::conversion(format!("a parameter is {}, which this driver cannot write", cell.kind()))
        .with_help("use the same version of all crates of Rebis")
}

#[cold]
fn too_long() -> Error {
    Error::new(ErrorKind::Limit, "the parameters of the statement are longer than a gibibyte")
        .with_help("store large contents in pieces, or outside of the database")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn declared(rows: &[&[Cell<'_>]]) -> Declared {
        let mut binds = Binds::new();
        rows.iter().for_each(|row| row.iter().for_each(|cell| binds.push(*cell)));
        Declared::of(&binds, rows[0].len(), Texts::At(&[])).expect("they can be sent")
    }

    #[test]
    fn the_type_fits_all_runs() {
        for (cells, expected) in [
            (vec![Cell::Null, Cell::Null], UNTYPED),
            (vec![Cell::Null, Cell::Int(1)], INT4),
            (vec![Cell::Int(1), Cell::Int(1 << 40), Cell::Null], INT8),
            (vec![Cell::Int(1), Cell::Unsigned(u64::MAX)], NUMERIC),
            (vec![Cell::Text(b"a"), Cell::Int(1)], UNTYPED),
            (vec![Cell::Date(1), Cell::Date(2)], DATE),
        ] {
            let rows: Vec<&[Cell<'_>]> = cells.iter().map(std::slice::from_ref).collect();
            assert_eq!(declared(&rows).oids().collect::<Vec<_>>(), [expected], "{cells:?}");
        }
    }

    #[test]
    fn what_is_kept_takes_what_fits() {
        let of = |cell: Cell<'static>| declared(&[&[cell]]);
        let (null, int, long, text) =
            (of(Cell::Null), of(Cell::Int(1)), of(Cell::Int(1 << 40)), of(Cell::Text(b"")));
        assert!(int.takes(&null) && long.takes(&int) && text.takes(&null));
        assert!(!null.takes(&int) && !int.takes(&long) && !text.takes(&int) && !int.takes(&text));
        assert_eq!(null.clone().over(&int), int);
        assert_eq!(int.clone().over(&long), long);
        assert_eq!(text.clone().over(&int), text);
    }
}

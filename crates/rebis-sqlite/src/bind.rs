//! Parameters: from cells to what SQLite can hold.

use rebis_core::{Binds, Cell, Error, ErrorKind, iso};
use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};

/// Memory that a kept statement may hold on to in its parameters between two uses.
const HOLD: usize = 64 * 1024;

/// Binds the parameters of one run. Slots are overwritten each time, so nothing needs clearing before.
#[inline]
pub(crate) fn bind(
    prepared: &mut rusqlite::Statement<'_>,
    binds: &Binds,
    from: usize,
    count: usize,
) -> rusqlite::Result<()> {
    for slot in 0..count {
        let (at, cell) = (slot + 1, binds.get(from + slot));
        match cell {
            Some(Cell::Int(v)) => prepared.raw_bind_parameter(at, v)?,
            Some(Cell::Text(v)) => prepared.raw_bind_parameter(at, Bytes(ValueRef::Text(v)))?,
            Some(Cell::Float(v)) => prepared.raw_bind_parameter(at, v)?,
            Some(Cell::Bool(v)) => prepared.raw_bind_parameter(at, i64::from(v))?,
            Some(Cell::Blob(v)) => prepared.raw_bind_parameter(at, Bytes(ValueRef::Blob(v)))?,
            Some(Cell::Uuid(v)) => prepared.raw_bind_parameter(at, Bytes(ValueRef::Blob(&v)))?,
            Some(Cell::Decimal(v)) => prepared.raw_bind_parameter(at, Bytes(ValueRef::Text(v.as_bytes())))?,
            Some(Cell::Date(days)) => {
                prepared.raw_bind_parameter(at, written(|out| iso::push_date(out, i64::from(days))))?
            }
            Some(Cell::Time(micros)) => {
                prepared.raw_bind_parameter(at, written(|out| iso::push_time(out, micros)))?
            }
            Some(Cell::Timestamp(micros)) => {
                prepared.raw_bind_parameter(at, written(|out| iso::push_timestamp(out, micros)))?
            }
            Some(Cell::Instant(micros)) => {
                prepared.raw_bind_parameter(at, written(|out| iso::push_instant(out, micros)))?
            }
            Some(Cell::Array(v) | Cell::Written(v)) => {
                prepared.raw_bind_parameter(at, Bytes(ValueRef::Text(v.as_bytes())))?
            }
            Some(Cell::Interval { months: 0, days: 0, micros }) => prepared.raw_bind_parameter(at, micros)?,
            Some(Cell::Interval { .. }) => return Err(refused(CALENDAR)),
            Some(Cell::Unfit(what)) => return Err(refused(what)),
            // The caller has checked that there are enough.
            Some(Cell::Null) | None => prepared.raw_bind_parameter(at, rusqlite::types::Null)?,
            // A kind of cell that this version of the driver does not know.
            Some(other) => return Err(refused(other.kind())),
        }
    }
    Ok(())
}

const CALENDAR: &str = "an interval of months or days, which have no fixed length in microseconds";

#[cold]
fn refused(what: &'static str) -> rusqlite::Error {
    rusqlite::Error::ToSqlConversionFailure(what.into())
}

/// Gives the memory of large parameters back after the last run.
#[inline]
pub(crate) fn unbind(prepared: &mut rusqlite::Statement<'_>, binds: &Binds) {
    if binds.size() > HOLD {
        prepared.clear_bindings();
    }
}

/// How many parameters one of `times` runs takes.
#[inline]
pub(crate) fn share(binds: &Binds, times: usize, wanted: usize) -> Result<usize, Error> {
    if binds.len() == wanted.saturating_mul(times) {
        Ok(wanted)
    } else {
        Err(wrong_count(binds.len(), times, wanted))
    }
}

#[cold]
fn wrong_count(given: usize, times: usize, wanted: usize) -> Error {
    let runs = if times == 1 { String::new() } else { format!(" for each of {times} runs") };
    Error::new(
        ErrorKind::InvalidStatement,
        format!("the statement takes {wanted} parameters{runs}, {given} values were given"),
    )
    .with_help("give one value for each placeholder")
}

/// Text and blobs as they lie in the buffer.
struct Bytes<'a>(ValueRef<'a>);

impl ToSql for Bytes<'_> {
    #[inline]
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(self.0))
    }
}

/// Dates and times are ISO 8601 text: SQLite has no type for them, and its functions read it.
fn written(push: impl FnOnce(&mut String)) -> String {
    let mut out = String::with_capacity(32);
    push(&mut out);
    out
}

//! Parameters: from cells to what SQLite can hold.

use crate::text;
use rebis_core::{Binds, Cell, Error, ErrorKind};
use rusqlite::types::{ToSql, ToSqlOutput, Value, ValueRef};

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
        // The caller has checked that there are enough.
        let cell = binds.get(from + slot).unwrap_or(Cell::Null);
        prepared.raw_bind_parameter(slot + 1, Bound(cell))?;
    }
    Ok(())
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

struct Bound<'a>(Cell<'a>);

impl ToSql for Bound<'_> {
    #[inline]
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match &self.0 {
            Cell::Null => borrowed(ValueRef::Null),
            Cell::Bool(v) => borrowed(ValueRef::Integer(i64::from(*v))),
            Cell::Int(v) => borrowed(ValueRef::Integer(*v)),
            Cell::Float(v) => borrowed(ValueRef::Real(*v)),
            Cell::Text(v) => borrowed(ValueRef::Text(v)),
            Cell::Blob(v) => borrowed(ValueRef::Blob(v)),
            Cell::Uuid(v) => borrowed(ValueRef::Blob(v)),
            Cell::Decimal(v) => borrowed(ValueRef::Text(v.as_bytes())),
            Cell::Date(days) => owned(text::date(i64::from(*days))),
            Cell::Time(micros) => owned(text::time(*micros)),
            Cell::Timestamp(micros) => owned(text::timestamp(*micros)),
            Cell::Instant(micros) => owned(text::instant(*micros)),
            // A kind of cell that this version of the driver does not know.
            other => return Err(rusqlite::Error::ToSqlConversionFailure(other.kind().into())),
        })
    }
}

#[inline]
fn borrowed(value: ValueRef<'_>) -> ToSqlOutput<'_> {
    ToSqlOutput::Borrowed(value)
}

fn owned(text: String) -> ToSqlOutput<'static> {
    ToSqlOutput::Owned(Value::Text(text))
}

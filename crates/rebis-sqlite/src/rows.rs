//! The row loop: SQLite's current row as a slice of cells, one call of the sink a row.

use crate::error::Failure;
use rebis_core::{Cell, Error};
use rebis_driver::{Columns, Sink};
use rusqlite::types::ValueRef;
use rusqlite::{Row, Rows, Statement};

/// How a result is read.
#[derive(Clone, Copy)]
pub(crate) struct Reading {
    /// Whether the sink has not been told the columns yet.
    pub(crate) first: bool,
    /// Whether the statement is stepped to its end when the sink has enough: a write must be.
    pub(crate) to_end: bool,
}

/// Runs a bound statement and shows its rows. The statement is reset whatever happens.
#[inline]
pub(crate) fn show(
    prepared: &mut Statement<'_>,
    sink: &mut dyn Sink,
    reading: Reading,
) -> Result<u64, Failure> {
    // The cells of a row borrow from it, so the array is made anew for each row; on the stack that is free. The
    // sizes are those that models have; a wider row costs an allocation.
    match prepared.column_count() {
        0 => run(prepared),
        1 => pump::<1>(prepared, sink, reading),
        2 => pump::<2>(prepared, sink, reading),
        3 => pump::<3>(prepared, sink, reading),
        4 => pump::<4>(prepared, sink, reading),
        5 => pump::<5>(prepared, sink, reading),
        6 => pump::<6>(prepared, sink, reading),
        7..=8 => pump::<8>(prepared, sink, reading),
        9..=16 => pump::<16>(prepared, sink, reading),
        17..=64 => pump::<64>(prepared, sink, reading),
        _ => pump::<256>(prepared, sink, reading),
    }
}

/// A statement without result.
#[inline]
fn run(prepared: &mut Statement<'_>) -> Result<u64, Failure> {
    let mut rows = prepared.raw_query();
    while rows.next()?.is_some() {}
    Ok(0)
}

fn pump<const N: usize>(
    prepared: &mut Statement<'_>,
    sink: &mut dyn Sink,
    reading: Reading,
) -> Result<u64, Failure> {
    let mut rows = prepared.raw_query();
    let count = feed::<N>(&mut rows, sink, reading)?;
    drop(rows);
    if count == 0 && reading.first {
        sink.start(&Names(prepared))?;
    }
    Ok(count)
}

fn feed<const N: usize>(rows: &mut Rows<'_>, sink: &mut dyn Sink, reading: Reading) -> Result<u64, Failure> {
    let mut count = 0;
    let mut width = 0;
    while let Some(row) = rows.next()? {
        if count == 0 {
            // SQLite prepares a statement again when the schema has changed, at its first step: only now the
            // number of columns is certain.
            width = row.as_ref().column_count();
            if reading.first {
                sink.start(&Names(row.as_ref()))?;
            }
        }
        count += 1;
        let flow = if width == N {
            let mut cells = [Cell::Null; N];
            fill(row, &mut cells);
            sink.row(&cells)
        } else if width <= N {
            let mut cells = [Cell::Null; N];
            fill(row, &mut cells[..width]);
            sink.row(&cells[..width])
        } else {
            let mut cells = vec![Cell::Null; width];
            fill(row, &mut cells);
            sink.row(&cells)
        };
        match flow {
            Ok(flow) if flow.is_continue() => {}
            Ok(_) => {
                while reading.to_end && rows.next()?.is_some() {}
                break;
            }
            Err(error) => return Err(Failure::Ours(with_name(error, row))),
        }
    }
    Ok(count)
}

/// Within the loop over rows, always: a call for each cell is a twentieth of the time of a query.
#[inline(always)]
fn fill<'r>(row: &'r Row<'_>, cells: &mut [Cell<'r>]) {
    cells.iter_mut().enumerate().for_each(|(index, to)| *to = cell(row, index));
}

#[inline(always)]
fn cell<'r>(row: &'r Row<'_>, index: usize) -> Cell<'r> {
    match row.get_ref(index) {
        Ok(ValueRef::Integer(v)) => Cell::Int(v),
        Ok(ValueRef::Text(v)) => Cell::Text(v),
        Ok(ValueRef::Real(v)) => Cell::Float(v),
        Ok(ValueRef::Blob(v)) => Cell::Blob(v),
        // The index is below the number of columns, so there is no error.
        Ok(ValueRef::Null) | Err(_) => Cell::Null,
    }
}

/// Names the column of a conversion that failed, now that it can be asked for.
#[cold]
fn with_name(error: Error, row: &Row<'_>) -> Error {
    match (error.column(), error.index()) {
        (None, Some(index)) => match row.as_ref().column_name(index) {
            Ok(name) => {
                let name = name.to_owned();
                error.with_column(name)
            }
            Err(_) => error,
        },
        _ => error,
    }
}

struct Names<'a, 'c>(&'a Statement<'c>);

impl Columns for Names<'_, '_> {
    fn len(&self) -> usize {
        self.0.column_count()
    }

    fn name(&self, index: usize) -> &str {
        self.0.column_name(index).unwrap_or("")
    }
}

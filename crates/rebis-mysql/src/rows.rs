//! Rows as they came over the wire: they become cells where they are shown, out of the buffer that they were read into.

use crate::values::{As, from_binary, from_text};
use crate::wire::column::{Column, Columns};
use crate::wire::packet::{HEAD, Parts, length};
use bytes::Bytes;
use rebis_core::{Cell, Error, Result, iso};
use rebis_driver::Step;
use rebis_driver::relay::RawRows;
use std::ops::Range;
use std::sync::Arc;

/// Some rows of one result.
pub(crate) struct Block {
    pub(crate) bytes: Bytes,
    /// Of one row, without the head of a packet.
    pub(crate) is_bare: bool,
    pub(crate) columns: Arc<Columns>,
}

impl RawRows for Block {
    fn show(&self, step: &mut Step<'_>) -> Result<bool> {
        match self.columns.all.len() {
            _ if self.columns.has_moments => self.each(|row| self.show_anew(row, step)),
            width @ 0..=8 => self.show_in(&mut [Cell::Null; 8][..width], step),
            width @ 9..=16 => self.show_in(&mut [Cell::Null; 16][..width], step),
            width @ 17..=64 => self.show_in(&mut [Cell::Null; 64][..width], step),
            width => self.show_in(&mut vec![Cell::Null; width], step),
        }
    }
}

impl Block {
    fn show_in<'b>(&'b self, cells: &mut [Cell<'b>], step: &mut Step<'_>) -> Result<bool> {
        let columns = &self.columns.all[..];
        match self.columns.is_binary {
            true => self.each(|row| {
                binary_row(row, columns, cells)?;
                shown(cells, step)
            }),
            false => self.each(|row| {
                text_row(row, columns, cells)?;
                shown(cells, step)
            }),
        }
    }

    /// Each row, until one of them is enough.
    fn each<'b>(&'b self, mut show: impl FnMut(&'b [u8]) -> Result<bool>) -> Result<bool> {
        if self.is_bare {
            return show(&self.bytes);
        }
        let mut rest = &self.bytes[..];
        while let Some((head, behind)) = rest.split_at_checked(HEAD) {
            let (row, behind) = behind.split_at(length(head).min(behind.len()));
            rest = behind;
            if !show(row)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// With times of expressions, which are written as texts.
    fn show_anew(&self, row: &[u8], step: &mut Step<'_>) -> Result<bool> {
        let columns = &self.columns.all;
        let mut cells = vec![Cell::Null; columns.len()];
        binary_row(row, columns, &mut cells)?;
        let (mut text, mut places) = (String::new(), Vec::<(usize, Range<usize>)>::new());
        for (index, cell) in cells.iter().enumerate() {
            if let (As::Moment, Cell::Timestamp(micros)) = (columns[index].form.of, cell) {
                let from = text.len();
                iso::push_timestamp(&mut text, *micros);
                places.push((index, from..text.len()));
            }
        }
        places.into_iter().for_each(|(index, place)| cells[index] = Cell::Text(&text.as_bytes()[place]));
        shown(&cells, step)
    }
}

#[inline]
fn shown(cells: &[Cell<'_>], step: &mut Step<'_>) -> Result<bool> {
    step.rows += 1;
    Ok(step.to.row(cells)?.is_continue())
}

#[inline]
fn text_row<'r>(row: &'r [u8], columns: &[Column], cells: &mut [Cell<'r>]) -> Result<()> {
    let mut parts = Parts(row);
    for (cell, column) in cells.iter_mut().zip(columns) {
        *cell = from_text(&mut parts, column.form).map_err(|error| named(error, column))?;
    }
    Ok(())
}

#[inline]
fn binary_row<'r>(row: &'r [u8], columns: &[Column], cells: &mut [Cell<'r>]) -> Result<()> {
    let mut parts = Parts(row);
    parts.u8();
    // The first two bits are none of a column's.
    let nulls = parts.bytes((columns.len() + 9) / 8);
    for (index, (cell, column)) in cells.iter_mut().zip(columns).enumerate() {
        let bit = index + 2;
        let is_null = nulls.get(bit / 8).is_none_or(|byte| byte >> (bit % 8) & 1 != 0);
        *cell = match is_null {
            true => Cell::Null,
            false => from_binary(&mut parts, column.form).map_err(|error| named(error, column))?,
        };
    }
    Ok(())
}

#[cold]
fn named(error: Error, column: &Column) -> Error {
    error.with_column(column.name.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::Form;
    use rebis_core::Binds;
    use rebis_driver::{Each, Flow};
    use rebis_sql::{Statement, StatementKind};

    /// What the rows of a block are shown as.
    fn seen(kinds: &[(u8, bool)], is_binary: bool, bytes: &'static [u8]) -> Result<Vec<String>> {
        let column = |(index, (kind, expression)): (usize, &(u8, bool))| Column {
            name: format!("c{index}"),
            form: Form::of(*kind, 0, 45, *expression),
        };
        let columns = Columns::new(kinds.iter().enumerate().map(column).collect(), is_binary);
        let block = Block { bytes: Bytes::from_static(bytes), is_bare: false, columns: Arc::new(columns) };
        let (statement, mut binds, mut seen) =
            (Statement::once("SELECT", StatementKind::Read), Binds::new(), Vec::new());
        let mut sink = Each(|cells: &[Cell<'_>]| {
            seen.push(format!("{cells:?}"));
            Ok(Flow::Continue(()))
        });
        block.show(&mut Step::new(&statement, &mut binds, &mut sink))?;
        Ok(seen)
    }

    fn debug(cells: &[Cell<'_>]) -> String {
        format!("{cells:?}")
    }

    #[test]
    fn rows_are_shown_out_of_their_packets() {
        let expected = [debug(&[Cell::Int(7), Cell::Text(b"a")]), debug(&[Cell::Null, Cell::Text(b"")])];
        let text = seen(&[(3, false), (253, false)], false, b"\x04\0\0\x01\x017\x01a\x02\0\0\x02\xfb\0");
        assert_eq!(text.expect("it is whole"), expected);
        let packed = b"\x08\0\0\x01\0\0\x07\0\0\0\x01a\x03\0\0\x02\0\x04\0";
        let binary = seen(&[(3, false), (253, false)], true, packed);
        assert_eq!(binary.expect("it is whole"), expected);
    }

    #[test]
    fn a_time_of_an_expression_is_a_text() {
        let packed = b"\x07\0\0\x01\0\0\x04\xe8\x07\x02\x1d";
        let expected = [debug(&[Cell::Text(b"2024-02-29 00:00:00.000000")])];
        assert_eq!(seen(&[(12, true)], true, packed).expect("a time"), expected);
    }

    #[test]
    fn a_value_that_is_none_names_its_column_and_a_cut_row_is_no_reason_to_panic() {
        let error = seen(&[(10, false)], false, b"\x0b\0\0\x01\x0a0000-00-00").expect_err("no date");
        assert_eq!(error.column(), Some("c0"));
        for bytes in [&b"\x04\0\0\x01\x05"[..], b"\x01", b"\x02\0\0\x01\0\0"] {
            drop(seen(&[(3, false), (253, false), (12, false)], false, bytes));
            drop(seen(&[(3, false), (253, false), (12, false)], true, bytes));
        }
    }
}

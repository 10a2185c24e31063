//! Sinks that make plain rows of cells.

use rebis_core::{Cell, Error, Names, Result, Row};
use rebis_driver::{Columns, Flow, Sink, names, positions};
use std::marker::PhantomData;
use std::ops::ControlFlow;

/// Where decoded rows go.
pub(super) trait Taker<P>: Send {
    fn take(&mut self, row: P) -> Flow;
}

/// All rows.
impl<P: Send> Taker<P> for Vec<P> {
    #[inline]
    fn take(&mut self, row: P) -> Flow {
        self.push(row);
        ControlFlow::Continue(())
    }
}

/// The first row.
impl<P: Send> Taker<P> for Option<P> {
    fn take(&mut self, row: P) -> Flow {
        *self = Some(row);
        ControlFlow::Break(())
    }
}

/// The first row, and whether there is a second.
pub(super) struct Only<P> {
    pub(super) row: Option<P>,
    pub(super) more: bool,
}

impl<P: Send> Taker<P> for Only<P> {
    fn take(&mut self, row: P) -> Flow {
        if self.row.is_none() {
            self.row = Some(row);
            return ControlFlow::Continue(());
        }
        self.more = true;
        ControlFlow::Break(())
    }
}

/// Each row to a closure.
pub(super) struct Visit<F>(pub(super) F);

impl<P, F: FnMut(P) -> Flow + Send> Taker<P> for Visit<F> {
    #[inline]
    fn take(&mut self, row: P) -> Flow {
        (self.0)(row)
    }
}

/// So many rows at a time to a closure.
pub(super) struct Chunks<P, F> {
    visit: F,
    rows: Vec<P>,
    size: usize,
    stopped: bool,
}

impl<P: Send, F: FnMut(Vec<P>) -> Flow + Send> Chunks<P, F> {
    pub(super) fn new(size: usize, visit: F) -> Self {
        Chunks { visit, rows: Vec::new(), size: size.max(1), stopped: false }
    }

    /// The rows that are left in the end.
    pub(super) fn rest(mut self) {
        if !self.stopped && !self.rows.is_empty() {
            let _ = (self.visit)(self.rows);
        }
    }
}

impl<P: Send, F: FnMut(Vec<P>) -> Flow + Send> Taker<P> for Chunks<P, F> {
    fn take(&mut self, row: P) -> Flow {
        self.rows.push(row);
        if self.rows.len() < self.size {
            return ControlFlow::Continue(());
        }
        let flow = (self.visit)(std::mem::take(&mut self.rows));
        self.stopped = flow.is_break();
        flow
    }
}

/// Decodes rows of type `R` by position, or by the names of their columns.
pub(super) struct Decode<R, T> {
    pub(super) to: T,
    /// The names to look for; empty: by position.
    names: &'static [&'static str],
    /// Where each is in the result; empty: in order.
    order: Vec<usize>,
    /// The names of the columns, for rows that keep them.
    kept: Option<Names>,
    row: PhantomData<fn() -> R>,
}

impl<R: Row, T: Taker<R::Plain>> Decode<R, T> {
    pub(super) fn new(to: T, by_name: bool) -> Self {
        let names = if by_name { R::names() } else { &[] };
        Decode { to, names, order: Vec::new(), kept: None, row: PhantomData }
    }

    /// The cells in the order of the row type.
    fn picked(&self, cells: &[Cell<'_>]) -> Result<R::Plain> {
        const FEW: usize = 16;
        let pick = |at: &usize| cells.get(*at).copied().unwrap_or(Cell::Null);
        let decoded = if self.order.len() <= FEW {
            let mut few = [Cell::Null; FEW];
            few.iter_mut().zip(&self.order).for_each(|(cell, at)| *cell = pick(at));
            R::plain(&few[..self.order.len()])
        } else {
            R::plain(&self.order.iter().map(pick).collect::<Vec<_>>())
        };
        decoded.map_err(|error| self.named(error))
    }

    #[inline(never)]
    fn picked_row(&mut self, cells: &[Cell<'_>]) -> Result<Flow> {
        let row = self.picked(cells)?;
        Ok(self.to.take(row))
    }

    /// The position in an error counts in the row type: its name there is the column's.
    #[cold]
    fn named(&self, error: Error) -> Error {
        match error.index().and_then(|index| self.names.get(index)) {
            Some(name) if error.column().is_none() => error.with_column(*name),
            _ => error,
        }
    }
}

impl<R: Row, T: Taker<R::Plain>> Sink for Decode<R, T> {
    fn start(&mut self, columns: &dyn Columns) -> Result<()> {
        self.kept = R::KEEPS_NAMES.then(|| names(columns));
        if self.names.is_empty() {
            return Ok(());
        }
        self.order = positions(self.names, columns)?;
        if self.order.iter().enumerate().all(|(index, at)| index == *at) {
            self.order.clear();
        }
        Ok(())
    }

    #[inline]
    fn row(&mut self, cells: &[Cell<'_>]) -> Result<Flow> {
        if !self.order.is_empty() {
            return self.picked_row(cells);
        }
        // Apart from the other branch, so that the row is moved once: a second move costs as much as a column.
        match R::plain(cells) {
            Ok(mut row) if R::KEEPS_NAMES => {
                self.kept.iter().for_each(|names| R::name_plain(&mut row, names));
                Ok(self.to.take(row))
            }
            Ok(row) => Ok(self.to.take(row)),
            Err(error) => Err(error),
        }
    }
}

//! Packs rows into chunks: few at first, so that the reader begins soon, then more.

use super::answer::{Sender, Wish};
use crate::Columns;
use rebis_core::{Binds, Cell};
use std::sync::Arc;

/// Rows of the first chunk, and of the next ones.
const FIRST: usize = 64;
const NEXT: usize = 256;
/// A chunk of long rows is shipped when it holds this many bytes.
const BYTES: usize = 256 * 1024;

/// Collects the rows of one step.
///
/// See [`Caller`](super::Caller) for an example.
pub struct Shipper<'a> {
    answer: &'a Sender,
    step: usize,
    chunk: Binds,
    rows: usize,
    most: usize,
    columns: bool,
}

impl<'a> Shipper<'a> {
    /// For the step of this number.
    pub fn new(answer: &'a Sender, step: usize) -> Self {
        Shipper { answer, step, chunk: Binds::new(), rows: 0, most: FIRST, columns: false }
    }

    /// Tells the names of the columns.
    pub fn columns(&mut self, names: Vec<String>) -> Wish {
        self.columns = true;
        self.answer.columns(self.step, Arc::new(Names(names)))
    }

    /// Whether the step has columns, so that its reader may have something to say.
    pub fn has_columns(&self) -> bool {
        self.columns
    }

    /// Adds a cell to the row that is being packed.
    pub fn cell(&mut self, cell: Cell<'_>) {
        self.chunk.push(cell);
    }

    /// Ends a row. `true`: the chunk is full and should be [shipped](Shipper::ship).
    pub fn end_row(&mut self) -> bool {
        self.rows += 1;
        self.rows >= self.most || self.chunk.size() >= BYTES
    }

    /// Ships what was collected. Waits as [`Sender::rows`] does.
    pub fn ship(&mut self) -> Wish {
        if self.rows == 0 {
            return Wish::More;
        }
        (self.rows, self.most) = (0, NEXT);
        let (wish, spare) = self.answer.rows(self.step, std::mem::take(&mut self.chunk));
        self.chunk = spare;
        wish
    }

    /// Forgets what was collected and not shipped: a row was begun that has no end.
    pub fn forget(&mut self) {
        self.rows = 0;
        self.chunk.clear();
    }
}

struct Names(Vec<String>);

impl Columns for Names {
    fn len(&self) -> usize {
        self.0.len()
    }

    fn name(&self, index: usize) -> &str {
        self.0.get(index).map_or("", String::as_str)
    }
}

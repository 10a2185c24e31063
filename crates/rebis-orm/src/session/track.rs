//! Rows on their way into the graph. What depends on their type is as little as can be: it is compiled in the user's
//! crate, for each type.

use crate::graph::{Graph, Object};
use crate::loading::Joined;
use hashbrown::HashSet;
use rebis_core::{Cell, Error, Names, Result, Row, Tracker};
use rebis_driver::{Columns, Flow, Sink};

/// The rows of a query, without their type.
pub(super) trait Intake: Send {
    /// Takes the whole result, where each row is an object of one model.
    fn tracker<'t>(&'t mut self, graph: &'t mut Graph) -> Option<Box<dyn Tracker + 't>>;
    /// Hears of the columns before the first row.
    fn start(&mut self, columns: &dyn Columns);
    /// Takes one row.
    fn row(&mut self, cells: &[Cell<'_>], graph: &mut Graph) -> Result<()>;
    /// Gives the latest row up.
    fn give_up(&mut self);
    /// Number of rows.
    fn len(&self) -> usize;
    /// Names of the columns of a row.
    fn names(&self) -> &'static [&'static str];
    /// Number of cells of a row.
    fn width(&self) -> usize;
}

/// Rows of type `R` as a session gives them.
pub(super) struct Rows<R: Row> {
    pub(super) rows: Vec<R::Tracked>,
    /// The names of the columns, for rows that keep them.
    names: Option<Names>,
}

impl<R: Row> Rows<R> {
    pub(super) const fn new() -> Self {
        Rows { rows: Vec::new(), names: None }
    }
}

impl<R: Row> Intake for Rows<R> {
    fn tracker<'t>(&'t mut self, graph: &'t mut Graph) -> Option<Box<dyn Tracker + 't>> {
        R::tracker(graph, &mut self.rows)
    }

    fn start(&mut self, columns: &dyn Columns) {
        self.names = R::KEEPS_NAMES.then(|| rebis_driver::names(columns));
    }

    fn row(&mut self, cells: &[Cell<'_>], graph: &mut Graph) -> Result<()> {
        let mut row = R::track(cells, graph)?;
        self.names.iter().for_each(|names| R::name_tracked(&mut row, names));
        self.rows.push(row);
        Ok(())
    }

    fn give_up(&mut self) {
        self.rows.pop();
    }

    fn len(&self) -> usize {
        self.rows.len()
    }

    fn names(&self) -> &'static [&'static str] {
        R::names()
    }

    fn width(&self) -> usize {
        R::WIDTH
    }
}

/// Decodes rows into the graph.
pub(super) struct Track<'g> {
    pub(super) graph: &'g mut Graph,
    pub(super) rows: &'g mut dyn Intake,
    pub(super) most: usize,
    /// Objects that came already, where a join may repeat them.
    pub(super) seen: Option<HashSet<Object>>,
    pub(super) names: &'static [&'static str],
    pub(super) order: Vec<usize>,
    pub(super) joined: Joined,
}

impl Track<'_> {
    /// Whether the row is an object that came already. Entities are de-duplicated, rows never.
    fn repeats(&mut self, before: usize, cells: &[Cell<'_>]) -> Result<bool> {
        let Some(met) = &self.graph.met else { return Ok(false) };
        let [object] = met[before..] else { return Ok(false) };
        if !self.joined.is_empty() {
            self.joined.row(self.graph, object.raw, cells)?;
        }
        let width = self.rows.width();
        let entity = self.graph.store(object.model).is_some_and(|s| s.mapping().width() == width);
        Ok(entity && self.seen.as_mut().is_some_and(|seen| !seen.insert(object)))
    }
}

impl Sink for Track<'_> {
    fn start(&mut self, columns: &dyn Columns) -> Result<()> {
        self.rows.start(columns);
        if !self.names.is_empty() {
            self.order = rebis_driver::positions(self.names, columns)?;
        }
        Ok(())
    }

    fn row(&mut self, cells: &[Cell<'_>]) -> Result<Flow> {
        let full = self.rows.len() >= self.most;
        // A collection that comes with the row goes on after it.
        if full && self.joined.is_empty() {
            return Ok(Flow::Break(()));
        }
        let before = self.graph.met.as_ref().map_or(0, Vec::len);
        let row = if self.order.is_empty() {
            self.rows.row(cells, self.graph)
        } else {
            let picked: Vec<Cell<'_>> =
                self.order.iter().map(|&at| cells.get(at).copied().unwrap_or(Cell::Null)).collect();
            self.rows.row(&picked, self.graph)
        };
        row.map_err(|error| named(self.rows.names(), error))?;
        if self.repeats(before, cells)? || full {
            self.rows.give_up();
        }
        Ok(Flow::Continue(()))
    }
}

/// Decodes rows into the graph, each of them an object of the same model.
pub(super) struct Whole<'g>(pub(super) Box<dyn Tracker + 'g>);

impl Sink for Whole<'_> {
    #[inline]
    fn row(&mut self, cells: &[Cell<'_>]) -> Result<Flow> {
        self.0.row(cells).map(|()| Flow::Continue(()))
    }
}

/// The position in an error counts in the row type: its name there is the column's.
#[cold]
fn named(names: &[&'static str], error: Error) -> Error {
    match error.index().and_then(|index| names.get(index)) {
        Some(name) if error.column().is_none() => error.with_column(*name),
        _ => error,
    }
}

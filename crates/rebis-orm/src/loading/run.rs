//! Loads level by level: what the objects of one level want is asked for together, in as few round trips as the
//! database allows. The one file of the room that awaits.

use super::joined::{self, Joined};
use super::selectin::Load;
use super::spec::Spec;
use crate::graph::{Graph, Raw};
use crate::mapping::Mapping;
use crate::session::{Asked, Io};
use rebis_core::{Cell, Datum, Result};
use rebis_driver::{Columns, Flow, Sink};
use rebis_sql::ast;
use std::panic::Location;
use std::sync::{Mutex, PoisonError};

/// Keys in one query.
pub(crate) const PAGE: usize = 500;

/// What is to be loaded.
#[derive(Debug)]
pub(crate) enum Want<'s> {
    /// A relation of the objects in these slots, and what hangs on it.
    Relation(&'s Spec, Vec<u32>),
    /// Deferred columns of the objects in these slots, where they are not loaded or may be out of date.
    Columns(&'static Mapping, &'s [usize], Vec<u32>),
    /// The objects with these keys.
    Objects(&'static Mapping, Vec<Vec<Datum>>),
}

/// Loads what is wanted, and what hangs on it.
pub(crate) async fn load(
    graph: &mut Graph,
    io: &mut Io,
    mut level: Vec<Want<'_>>,
    site: &'static Location<'static>,
) -> Result<()> {
    while !level.is_empty() {
        let loads: Vec<Load<'_>> = level.iter().map(|want| Load::new(graph, want)).collect();
        let (mut asked, mut pages): (Vec<Asked>, Vec<Page<'_>>) = (Vec::new(), Vec::new());
        for (of, load) in loads.iter().enumerate() {
            for (number, keys) in load.waiting.keys.chunks(PAGE).enumerate() {
                let mut select = load.select(keys);
                let joined = joined::join_below(&mut select, load.rows, load.then());
                if load.is_restricted() {
                    graph.restrict_select(&mut select);
                }
                asked.push(io.asked(graph, ast::Query::Select(Box::new(select)))?);
                pages.push(Page { of, load, begins: number == 0, rows: Vec::new(), joined });
            }
        }
        if !asked.is_empty() {
            io.begin(false, site).await?;
            // Rows come one after the other, whatever query they are of.
            let shared = Mutex::new(&mut *graph);
            let mut sinks: Vec<Into<'_, '_, '_>> =
                pages.iter_mut().map(|page| Into { graph: &shared, page }).collect();
            io.read(&mut asked, &mut sinks, site).await?;
        }
        let mut came: Vec<Vec<Came>> = loads.iter().map(|_| Vec::new()).collect();
        for Page { of, rows, joined, .. } in pages {
            joined.finish(graph);
            came[of].extend(rows);
        }
        loads.into_iter().zip(came).for_each(|(load, rows)| load.finish(graph, rows));
        level = level.iter().flat_map(|want| want.below(graph)).collect();
    }
    Ok(())
}

/// An object that came, and the number of the key that its owners wait for.
pub(super) struct Came {
    pub(super) raw: Raw,
    pub(super) number: Option<u32>,
}

/// One query of a load, and what came so far.
struct Page<'l> {
    /// Which load it is of.
    of: usize,
    load: &'l Load<'l>,
    /// Whether it is the first of its load: what comes in one load are siblings.
    begins: bool,
    rows: Vec<Came>,
    joined: Joined,
}

/// Takes the rows of a page into the graph.
struct Into<'p, 'l, 'g> {
    graph: &'p Mutex<&'g mut Graph>,
    page: &'p mut Page<'l>,
}

impl Sink for Into<'_, '_, '_> {
    fn start(&mut self, _: &dyn Columns) -> Result<()> {
        if self.page.begins && !self.page.load.is_columns() {
            self.graph.lock().unwrap_or_else(PoisonError::into_inner).begin_batch();
        }
        Ok(())
    }

    fn row(&mut self, cells: &[Cell<'_>]) -> Result<Flow> {
        let mut graph = self.graph.lock().unwrap_or_else(PoisonError::into_inner);
        let Page { load, rows, joined, .. } = &mut *self.page;
        if let Some(came) = load.row(&mut graph, cells)? {
            joined.row(&mut graph, came.raw, cells)?;
            rows.push(came);
        }
        Ok(Flow::Continue(()))
    }
}

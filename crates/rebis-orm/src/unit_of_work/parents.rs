//! The parents that rows have in the database, as far as the session holds them.

use crate::graph::{Graph, Object, Raw, State};
use crate::mapping::Edge;
use hashbrown::HashMap;
use rebis_core::{Binds, Cell, Datum};

/// Finds parents by what children's keys are in the database. Keys that point at unique columns in place of the primary
/// key are not in the identity map: they are indexed when the first one is asked for, and hold for as long as no row is
/// written.
#[derive(Debug, Default)]
pub(super) struct Parents(HashMap<(usize, usize), HashMap<Vec<Datum>, Raw>>);

impl Parents {
    /// The parent that a row has in the database, if the session holds it.
    pub(super) fn stored(&mut self, graph: &Graph, edge: &Edge, child: Object) -> Option<Object> {
        let store = graph.store(child.model)?;
        let mut binds = Binds::new();
        edge.child_columns.iter().for_each(|&c| store.encode_stored(child.raw.slot, c, &mut binds));
        let cells: Vec<Cell<'_>> = binds.iter().collect();
        if cells.iter().any(Cell::is_null) {
            return None;
        }
        let model = edge.parent.index() as u32;
        if edge.parent_columns != edge.parent.key() {
            let known =
                self.0.entry((edge.child.index(), edge.index)).or_insert_with(|| by_columns(graph, edge));
            let key: Vec<Datum> = cells.iter().map(|cell| Datum::from(*cell)).collect();
            return known.get(&key).map(|raw| Object { model, raw: *raw });
        }
        let parents = graph.store(model)?;
        let slot = parents.find(&cells).ok().flatten()?;
        Some(Object { model, raw: Raw { slot, stamp: parents.head(slot)?.stamp } })
    }
}

/// Every row of a model, by the columns that a foreign key points at.
fn by_columns(graph: &Graph, edge: &Edge) -> HashMap<Vec<Datum>, Raw> {
    let mut found = HashMap::new();
    let Some(store) = graph.store(edge.parent.index() as u32) else { return found };
    for slot in 0..store.len() {
        let Some(head) = store.head(slot) else { continue };
        let mut binds = Binds::new();
        edge.parent_columns.iter().for_each(|&c| store.encode_stored(slot, c, &mut binds));
        let key = binds.iter().map(Datum::from).collect();
        let raw = Raw { slot, stamp: head.stamp };
        match head.state {
            State::Persistent | State::Deleting => drop(found.insert(key, raw)),
            // Its value may be another row's by now.
            State::Deleted => drop(found.entry(key).or_insert(raw)),
            State::Pending | State::Transient | State::Detached => {}
        }
    }
    found
}

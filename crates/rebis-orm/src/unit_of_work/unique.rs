//! Rows that free a unique value before the rows that take it.

use super::plan::{Changes, mapping_of};
use crate::graph::{Graph, Object};
use crate::mapping::{ColumnSet, Mapping};
use hashbrown::HashMap;
use rebis_core::{Binds, Datum};

/// A value of a unique set of columns: the model, the number of the set, the values.
type Taken = (u32, usize, Vec<Datum>);

/// Two objects, of which the first frees a unique value that the second takes; and whether that is the primary key.
pub(super) type Pair = (Object, Object, bool);

/// All of them.
pub(super) fn pairs(graph: &Graph, changes: &Changes) -> Vec<Pair> {
    if changes.inserts.is_empty() && !changes_unique(graph, changes) {
        return Vec::new();
    }
    let mut freed: HashMap<Taken, Object> = HashMap::new();
    for object in &changes.deletes {
        each_set(graph, *object, None, |set, columns| {
            freed.extend(stored(graph, *object, set, columns).map(|value| (value, *object)));
        });
    }
    for (object, changed) in &changes.updates {
        each_set(graph, *object, Some(changed), |set, columns| {
            freed.extend(stored(graph, *object, set, columns).map(|value| (value, *object)));
        });
    }
    let mut pairs = Vec::new();
    if freed.is_empty() {
        return pairs;
    }
    let mut take = |object: Object, changed: Option<&ColumnSet>| {
        each_set(graph, object, changed, |set, columns| {
            let freer = value(graph, object, set, columns).and_then(|value| freed.get(&value));
            pairs.extend(freer.filter(|freer| **freer != object).map(|freer| (*freer, object, set == 0)));
        });
    };
    changes.inserts.iter().for_each(|object| take(*object, None));
    changes.updates.iter().for_each(|(object, changed)| take(*object, Some(changed)));
    pairs
}

/// Whether a unique value changes: if none does, and nothing is new, nobody takes what is freed.
fn changes_unique(graph: &Graph, changes: &Changes) -> bool {
    let mut last: Option<(u32, Vec<Vec<usize>>)> = None;
    changes.updates.iter().any(|(object, changed)| {
        if last.as_ref().is_none_or(|(model, _)| *model != object.model) {
            let sets = mapping_of(graph, *object).map(unique_sets).unwrap_or_default();
            last = Some((object.model, sets));
        }
        let mut columns = last.iter().flat_map(|(_, sets)| sets).flatten();
        columns.any(|column| changed.contains(*column))
    })
}

/// Whether a row takes a unique value that another row frees in the same flush.
pub(super) fn conflicts(graph: &Graph, changes: &Changes) -> bool {
    // Nothing is freed by a flush that only inserts, which is the common one.
    let frees = !changes.deletes.is_empty() || !changes.updates.is_empty();
    frees && !pairs(graph, changes).is_empty()
}

/// The unique sets of columns of an object's model, the primary key first; of a changed object only those that
/// changed.
fn each_set(graph: &Graph, object: Object, changed: Option<&ColumnSet>, mut f: impl FnMut(usize, &[usize])) {
    let Some(mapping) = mapping_of(graph, object) else { return };
    for (number, columns) in unique_sets(mapping).iter().enumerate() {
        if changed.is_none_or(|set| columns.iter().any(|&c| set.contains(c))) {
            f(number, columns);
        }
    }
}

pub(super) fn unique_sets(mapping: &Mapping) -> Vec<Vec<usize>> {
    let mut sets = vec![mapping.key().to_vec()];
    sets.extend(mapping.uniques());
    sets
}

fn stored(graph: &Graph, object: Object, set: usize, columns: &[usize]) -> Option<Taken> {
    let store = graph.store(object.model)?;
    let mut binds = Binds::new();
    columns.iter().for_each(|&c| store.encode_stored(object.raw.slot, c, &mut binds));
    taken(object.model, set, &binds)
}

fn value(graph: &Graph, object: Object, set: usize, columns: &[usize]) -> Option<Taken> {
    let mut binds = Binds::new();
    graph.encode(object, columns, &mut binds);
    taken(object.model, set, &binds)
}

/// NULL is distinct from NULL: such a row takes and frees nothing.
fn taken(model: u32, set: usize, binds: &Binds) -> Option<Taken> {
    let values: Vec<Datum> = binds.iter().map(Datum::from).collect();
    (!values.iter().any(Datum::is_null)).then_some((model, set, values))
}

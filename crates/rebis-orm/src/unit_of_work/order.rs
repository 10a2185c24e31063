//! In which order tables and rows come: by foreign keys, by depth, by key.

use super::parents::Parents;
use super::plan::{Changes, refers_to_itself};
use crate::graph::{Graph, LinkKey, Object};
use crate::mapping::Mapping;
use hashbrown::{HashMap, HashSet};
use rebis_core::{Binds, Cell};

/// Models in the order of their foreign keys.
pub(super) struct Order {
    /// Parents before children.
    pub mappings: Vec<&'static Mapping>,
    /// Whether some models point at each other in a circle, so that rows must be ordered one by one.
    pub is_circular: bool,
}

impl Order {
    /// The position of each model.
    pub(super) fn ranks(&self) -> HashMap<u32, usize> {
        self.mappings.iter().enumerate().map(|(rank, mapping)| (mapping.index() as u32, rank)).collect()
    }
}

/// Kahn's algorithm over the models; where only circles are left, the first model goes on.
pub(super) fn order_of(models: Vec<&'static Mapping>) -> Order {
    let mut left: Vec<&'static Mapping> = Vec::new();
    for mapping in models {
        if !left.contains(&mapping) {
            left.push(mapping);
        }
    }
    let mut order = Order { mappings: Vec::new(), is_circular: false };
    while !left.is_empty() {
        let free = left
            .iter()
            .position(|m| m.foreign_keys().iter().all(|e| e.parent == *m || !left.contains(&e.parent)));
        order.is_circular |= free.is_none();
        let mapping = left.remove(free.unwrap_or(0));
        order.mappings.push(mapping);
    }
    order
}

/// How deep the rows of tables that refer to themselves stand below each other: parents have smaller numbers (rule
/// 20). New rows by their relations, rows to be deleted by the keys that the database has. None if some of them point
/// at each other in a circle.
pub(super) fn levels(
    graph: &Graph,
    mappings: &[&'static Mapping],
    changes: &Changes,
) -> Option<HashMap<Object, usize>> {
    let mut levels = HashMap::new();
    for mapping in mappings.iter().copied().filter(|m| refers_to_itself(m)) {
        let of_model = |o: &&Object| o.model == mapping.index() as u32;
        let new: HashSet<Object> = changes.inserts.iter().filter(of_model).copied().collect();
        let gone: HashSet<Object> = changes.deletes.iter().filter(of_model).copied().collect();
        let mut stored = Parents::default();
        let mut parents = |object: Object| {
            let own = mapping.foreign_keys().iter().filter(|e| e.parent == mapping);
            let parents = own.filter_map(|edge| {
                if gone.contains(&object) {
                    return stored.stored(graph, edge, object).filter(|p| gone.contains(p));
                }
                let raw = *graph.links.get(&LinkKey { child: object, edge: edge.index as u16 })?;
                Some(Object { model: object.model, raw: raw? }).filter(|p| new.contains(p))
            });
            parents.filter(|parent| *parent != object).collect()
        };
        deepen(&mut levels, changes.inserts.iter().filter(of_model), &mut parents)?;
        deepen(&mut levels, changes.deletes.iter().filter(of_model), &mut parents)?;
    }
    Some(levels)
}

/// Gives each object a level, one below the deepest of its parents. None if there is a circle.
fn deepen<'o>(
    levels: &mut HashMap<Object, usize>,
    objects: impl Iterator<Item = &'o Object>,
    parents: &mut impl FnMut(Object) -> Vec<Object>,
) -> Option<()> {
    let mut open: HashSet<Object> = HashSet::new();
    for object in objects {
        let mut path = vec![*object];
        while let Some(&at) = path.last() {
            let above = if levels.contains_key(&at) { Vec::new() } else { parents(at) };
            let missing: Vec<Object> = above.iter().copied().filter(|p| !levels.contains_key(p)).collect();
            if missing.is_empty() {
                let deepest = above.iter().filter_map(|p| levels.get(p)).max();
                let level = deepest.map_or(0, |level| level + 1);
                levels.entry(at).or_insert(level);
                open.remove(&at);
                path.pop();
                continue;
            }
            open.insert(at);
            if missing.iter().any(|parent| open.contains(parent)) {
                return None;
            }
            path.extend(missing);
        }
    }
    Some(())
}

/// Updates and deletes go in key order, so that two sessions that write the same rows do not wait for each other in
/// a circle (rule 19).
pub(super) fn sort_by_key(graph: &Graph, changes: &mut Changes) {
    sort(graph, &mut changes.updates, |(object, _)| *object);
    sort(graph, &mut changes.deletes, |object| *object);
}

fn sort<T>(graph: &Graph, rows: &mut Vec<T>, object: impl Fn(&T) -> Object) {
    let mut binds = Binds::new();
    let mut key = |row: &T| {
        binds.clear();
        let object = object(row);
        stored_key(graph, object, &mut binds);
        match (binds.len(), binds.get(0)) {
            (1, Some(Cell::Int(number))) => Some((object.model, number)),
            _ => None,
        }
    };
    // Mostly keys are numbers, and in order.
    let numbers: Option<Vec<(u32, i64)>> = rows.iter().map(&mut key).collect();
    let Some(numbers) = numbers else { return sort_by_any(graph, rows, object) };
    if !numbers.is_sorted() {
        let mut numbered: Vec<_> = numbers.into_iter().zip(rows.drain(..)).collect();
        numbered.sort_by_key(|(number, _)| *number);
        rows.extend(numbered.into_iter().map(|(_, row)| row));
    }
}

fn sort_by_any<T>(graph: &Graph, rows: &mut [T], object: impl Fn(&T) -> Object) {
    rows.sort_by_cached_key(|row| {
        let (object, mut binds) = (object(row), Binds::new());
        stored_key(graph, object, &mut binds);
        (object.model, Sortable(binds))
    });
}

fn stored_key(graph: &Graph, object: Object, out: &mut Binds) {
    if let Some(store) = graph.store(object.model) {
        store.mapping().key().iter().for_each(|&c| store.encode_stored(object.raw.slot, c, out));
    }
}

/// A key that can be ordered: by kind of value, then by value.
struct Sortable(Binds);

impl Sortable {
    fn compare(a: Cell<'_>, b: Cell<'_>) -> std::cmp::Ordering {
        match (a, b) {
            (Cell::Int(a), Cell::Int(b)) => a.cmp(&b),
            (Cell::Text(a), Cell::Text(b)) | (Cell::Blob(a), Cell::Blob(b)) => a.cmp(b),
            (Cell::Uuid(a), Cell::Uuid(b)) => a.cmp(&b),
            (a, b) => format!("{a:?}").cmp(&format!("{b:?}")),
        }
    }
}

impl Ord for Sortable {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        let pairs = self.0.iter().zip(other.0.iter());
        let by_value = pairs.map(|(a, b)| Sortable::compare(a, b)).find(|o| o.is_ne());
        by_value.unwrap_or_else(|| self.0.len().cmp(&other.0.len()))
    }
}
impl PartialOrd for Sortable {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl PartialEq for Sortable {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}
impl Eq for Sortable {}

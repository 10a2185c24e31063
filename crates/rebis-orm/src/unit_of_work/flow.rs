//! How keys of parents come into their children (rule 23).

use super::order::order_of;
use super::plan::mapping_of;
use crate::graph::{Graph, LinkKey, Object, Raw, State};
use crate::mapping::{Edge, Mapping};
use hashbrown::HashSet;
use rebis_core::{Binds, Cell, Error, ErrorKind, Result};

/// Copies the keys of parents into their children, as far as they are known (rule 23). Links whose parent gets its
/// key only by its INSERT stay, and are flowed again during the run.
pub(crate) fn flow_keys(graph: &mut Graph) -> Result<Vec<LinkKey>> {
    if graph.links.is_empty() {
        return Ok(Vec::new());
    }
    let mut models: Vec<&'static Mapping> = Vec::new();
    let mut last = u32::MAX;
    for key in graph.links.keys() {
        if std::mem::replace(&mut last, key.child.model) != key.child.model {
            models.extend(mapping_of(graph, key.child).filter(|m| !models.contains(m)));
        }
    }
    let mut rank = vec![0; models.iter().map(|m| m.index() + 1).max().unwrap_or(0)];
    for (at, mapping) in order_of(models).mappings.iter().enumerate() {
        rank[mapping.index()] = at;
    }
    let ranked = |key: &LinkKey| rank.get(key.child.model as usize).copied().unwrap_or(0);
    let mut links: Vec<LinkKey> = graph.links.keys().copied().collect();
    links.sort_unstable_by(|a, b| ranked(a).cmp(&ranked(b)).then_with(|| a.cmp(b)));
    flow(graph, links)
}

/// The same for these links, parents first. Those that are not known yet stay.
pub(crate) fn flow(graph: &mut Graph, links: Vec<LinkKey>) -> Result<Vec<LinkKey>> {
    let mut late = Vec::new();
    let (mut unknown, mut binds) = (Unknown::of(graph, &links), Binds::new());
    for key in links {
        let target = graph.links.get(&key).copied().flatten();
        binds.clear();
        if !flow_key(graph, key, target, &mut unknown, &mut binds)? {
            late.push(key);
        }
    }
    Ok(late)
}

/// Columns that wait for a key themselves, as far as a link reads them.
struct Unknown {
    /// The columns of models that links read.
    read: Vec<(u32, usize)>,
    columns: HashSet<(Object, usize)>,
}

impl Unknown {
    fn of(graph: &Graph, links: &[LinkKey]) -> Unknown {
        let mut read = Vec::new();
        for alike in links.chunk_by(|a, b| (a.child.model, a.edge) == (b.child.model, b.edge)) {
            let Some(edge) = alike.first().and_then(|key| edge_of(graph, *key)) else { continue };
            let parent = edge.parent.index() as u32;
            for column in edge.parent_columns.iter().map(|&column| (parent, column)) {
                if !read.contains(&column) {
                    read.push(column);
                }
            }
        }
        Unknown { read, columns: HashSet::new() }
    }

    fn insert(&mut self, object: Object, column: usize) {
        if self.read.contains(&(object.model, column)) {
            self.columns.insert((object, column));
        }
    }

    fn contains(&self, object: Object, column: usize) -> bool {
        !self.columns.is_empty() && self.columns.contains(&(object, column))
    }
}

fn edge_of(graph: &Graph, key: LinkKey) -> Option<&'static Edge> {
    mapping_of(graph, key.child)?.foreign_keys().get(usize::from(key.edge))
}

/// Copies one parent's key. Whether it was known.
fn flow_key(
    graph: &mut Graph,
    key: LinkKey,
    target: Option<Raw>,
    unknown: &mut Unknown,
    binds: &mut Binds,
) -> Result<bool> {
    let (Some(edge), epoch) = (edge_of(graph, key), graph.epoch) else { return Ok(true) };
    match (graph.state_of(key.child), graph.store_mut(key.child.model)) {
        (Some(State::Pending), Some(_)) => {}
        (Some(State::Persistent), Some(store)) => store.save(key.child.raw.slot, epoch),
        _ => return Ok(true),
    }
    let mut known = true;
    match target {
        None if !edge.nullable => return Err(without_parent(edge)),
        None => edge.child_columns.iter().for_each(|_| binds.null()),
        Some(raw) => {
            let parent = Object { model: edge.parent.index() as u32, raw };
            known = !edge.parent_columns.iter().any(|&c| unknown.contains(parent, c))
                && parent_key(graph, edge, parent, binds)?;
        }
    }
    if !known {
        edge.child_columns.iter().for_each(|&c| unknown.insert(key.child, c));
    }
    let Some(store) = graph.store_mut(key.child.model) else { return Ok(true) };
    for (position, &column) in edge.child_columns.iter().enumerate() {
        store.mark_set(key.child.raw.slot, column);
        if known {
            store.assign(key.child.raw.slot, column, binds.get(position).unwrap_or(Cell::Null))?;
        }
    }
    Ok(known)
}

/// The columns of a parent that a key points at. Whether they are known.
fn parent_key(graph: &Graph, edge: &Edge, parent: Object, binds: &mut Binds) -> Result<bool> {
    match graph.state_of(parent) {
        Some(State::Persistent | State::Deleting) => {}
        Some(State::Pending) => {
            let store = graph.store(parent.model);
            let unknown = |c: &usize| {
                store.is_some_and(|s| {
                    let set = s.shape_of(parent.raw.slot).is_some_and(|set| set.contains(*c));
                    !set && s.is_pending(parent.raw.slot, *c)
                })
            };
            if edge.parent_columns.iter().any(unknown) {
                return Ok(false);
            }
        }
        Some(State::Transient | State::Deleted | State::Detached) | None => {
            return Err(Error::new(
                ErrorKind::InvalidState,
                format!(
                    "a `{}` points at a `{}` that is not in the session any more",
                    edge.child.name(),
                    edge.parent.name()
                ),
            )
            .with_table(edge.child.table_name())
            .with_help("set the relation to another object, or put that one back with `add_again`"));
        }
    }
    graph.encode(parent, &edge.parent_columns, binds);
    Ok(true)
}

fn without_parent(edge: &Edge) -> Error {
    let (child, parent) = (edge.child.name(), edge.parent.name());
    Error::new(ErrorKind::NotNullViolation, format!("a `{child}` was taken from its `{parent}`, but its key takes no NULL"))
        .with_table(edge.child.table_name())
        .with_column(edge.child.columns()[edge.child_columns[0]].name)
        .with_help(format!(
            "delete the `{child}`, give it to another `{parent}`, or put `cascade = \"all, delete-orphan\"` on the \
             relation of `{parent}`"
        ))
}

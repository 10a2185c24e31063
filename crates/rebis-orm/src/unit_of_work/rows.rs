//! The order of single rows: for tables that point at each other in a circle, and for unique values that one row
//! frees and another takes.
//!
//! Kahn's algorithm over operations. Among those that are free to go, one kind of work on one model goes at a time,
//! so that rows are still written in batches. Circles are broken before that: a row is inserted with NULL in a
//! nullable key and updated later (post-update, rule 22), a key is set to NULL before its target is deleted, a unique
//! value is parked at a temporary one.

use super::order::order_of;
use super::plan::{Changes, FlushPlan, Group, Setting, Work, association_deletes, clears, mapping_of};
use super::unique;
use crate::graph::{Graph, LinkKey, Object, Raw, State};
use crate::mapping::{ColumnSet, Edge};
use hashbrown::{HashMap, HashSet};
use rebis_core::{Binds, Cell, Datum, Error, ErrorKind, Result};
use rebis_sql::schema::Action;

/// One row's operation.
#[derive(Debug)]
struct Op {
    object: Object,
    kind: Kind,
    columns: ColumnSet,
    /// Columns that are written as NULL for now.
    blank: ColumnSet,
    waits_for: Vec<(usize, Reason)>,
    done: bool,
}

/// Kinds of operations, in the order they go when nothing else decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Update,
    Insert,
    /// The second half of a row that was written with NULL, or at a temporary value, before.
    Later,
    Delete,
}

/// Why one operation waits for another.
#[derive(Clone, Debug)]
enum Reason {
    /// Its key points at a row that is not there yet.
    Parent(Edge),
    /// A row that goes is still pointed at by this key.
    Child(Edge),
    /// A primary key is not free yet.
    Key,
    /// Another unique value is not free yet, or the first half of the same row is not written.
    Unique,
}

/// Orders rows one by one.
pub(super) fn plan(graph: &Graph, mut changes: Changes, ranks: &HashMap<u32, usize>) -> Result<FlushPlan> {
    let mut plan = FlushPlan::of(&changes);
    let associations = changes.unlinks.iter().filter_map(|k| Some(graph.store(k.model)?.mapping()));
    let associations = associations.chain(changes.clears.iter().map(|c| c.edge.child)).collect();
    for mapping in order_of(associations).mappings {
        association_deletes(&mut plan, mapping, &mut changes);
        clears(&mut plan, mapping, &changes);
    }
    refuse_inherited_children(graph, &changes)?;
    let mut ops = operations(graph, &changes);
    break_circles(graph, &mut ops)?;
    while let Some(batch) = next_batch(&ops, ranks) {
        plan.barrier = plan.groups.len();
        for at in batch {
            emit(graph, &mut plan, &ops[at]);
            ops[at].done = true;
        }
    }
    Ok(plan)
}

fn operations(graph: &Graph, changes: &Changes) -> Vec<Op> {
    let op = |object: Object, kind: Kind, columns: ColumnSet| Op {
        object,
        kind,
        columns,
        blank: ColumnSet::new(),
        waits_for: Vec::new(),
        done: false,
    };
    let mut ops: Vec<Op> = Vec::new();
    ops.extend(changes.inserts.iter().map(|o| op(*o, Kind::Insert, ColumnSet::new())));
    ops.extend(changes.updates.iter().map(|(o, columns)| op(*o, Kind::Update, columns.clone())));
    ops.extend(changes.deletes.iter().map(|o| op(*o, Kind::Delete, ColumnSet::new())));
    let of: HashMap<Object, usize> = ops.iter().enumerate().map(|(i, op)| (op.object, i)).collect();
    wait_for_parents(graph, &mut ops, &of);
    wait_for_named_parents(graph, &mut ops);
    wait_for_children(graph, &mut ops, &of);
    for (freer, taker, is_key) in unique::pairs(graph, changes) {
        if let (Some(&freer), Some(&taker)) = (of.get(&freer), of.get(&taker)) {
            ops[taker].waits_for.push((freer, if is_key { Reason::Key } else { Reason::Unique }));
        }
    }
    ops
}

/// A row that is deleted and added again under the same key would take along, by a cascade of the database, children
/// that were given to the new one and so need not be written.
fn refuse_inherited_children(graph: &Graph, changes: &Changes) -> Result<()> {
    let key = |object: Object, columns: &[usize]| {
        let mut binds = Binds::new();
        if let Some(store) = graph.store(object.model) {
            columns.iter().for_each(|&c| store.encode_stored(object.raw.slot, c, &mut binds));
        }
        binds
    };
    let gone: HashSet<Object> = changes.deletes.iter().copied().collect();
    for (old, new, _) in unique::pairs(graph, changes) {
        let Some(mapping) = mapping_of(graph, old).filter(|_| gone.contains(&old)) else { continue };
        if !key(old, mapping.key()).iter().eq(key(new, mapping.key()).iter()) {
            continue;
        }
        let inherits = |(link, target): (&LinkKey, &Option<Raw>)| {
            let edge = mapping_of(graph, link.child).map(|m| &m.foreign_keys()[usize::from(link.edge)]);
            *target == Some(new.raw)
                && graph.state_of(link.child) == Some(State::Persistent)
                && edge.is_some_and(|e| {
                    e.parent == mapping && !matches!(e.on_delete, Action::NoAction | Action::Restrict)
                })
        };
        if graph.links.iter().any(inherits) {
            return Err(Error::new(
                ErrorKind::InvalidState,
                format!(
                    "a `{0}` is deleted and another `{0}` with its key gets its children",
                    mapping.name()
                ),
            )
            .with_table(mapping.table_name())
            .with_help("change the object that is there, or use `merge`"));
        }
    }
    Ok(())
}

fn wait_for_parents(graph: &Graph, ops: &mut [Op], of: &HashMap<Object, usize>) {
    for (key, target) in &graph.links {
        let (Some(raw), Some(mapping), Some(&child)) =
            (target, mapping_of(graph, key.child), of.get(&key.child))
        else {
            continue;
        };
        let edge = &mapping.foreign_keys()[usize::from(key.edge)];
        let parent = of.get(&Object { model: edge.parent.index() as u32, raw: *raw }).copied();
        if let Some(parent) = parent.filter(|p| ops[*p].kind == Kind::Insert && *p != child) {
            ops[child].waits_for.push((parent, Reason::Parent(edge.clone())));
        }
    }
}

/// The same for parents that are named by their key alone, without the relation having been set.
fn wait_for_named_parents(graph: &Graph, ops: &mut [Op]) {
    let values = |object: Object, columns: &[usize]| {
        let mut binds = Binds::new();
        graph.encode(object, columns, &mut binds);
        binds.iter().map(Datum::from).collect::<Vec<_>>()
    };
    let comes = |op: &Op, key: &[usize]| match op.kind {
        Kind::Insert => {
            let store = graph.store(op.object.model);
            !key.iter().any(|&c| store.is_some_and(|store| store.is_pending(op.object.raw.slot, c)))
        }
        Kind::Update => key.iter().any(|&c| op.columns.contains(c)),
        Kind::Later | Kind::Delete => false,
    };
    let parents: HashMap<(u32, Vec<Datum>), usize> = (ops.iter().enumerate())
        .filter_map(|(at, op)| {
            let key = mapping_of(graph, op.object)?.key();
            comes(op, key).then(|| ((op.object.model, values(op.object, key)), at))
        })
        .collect();
    for (child, op) in ops.iter_mut().enumerate() {
        let Op { object, kind, .. } = *op;
        let Some(mapping) = mapping_of(graph, object) else { continue };
        for edge in mapping.foreign_keys().iter().filter(|edge| edge.parent_columns == edge.parent.key()) {
            let written = match kind {
                Kind::Insert => true,
                Kind::Update => edge.child_columns.iter().any(|&c| op.columns.contains(c)),
                Kind::Later | Kind::Delete => false,
            };
            let linked = graph.links.contains_key(&LinkKey { child: object, edge: edge.index as u16 });
            if !written || linked {
                continue;
            }
            let name = (edge.parent.index() as u32, values(object, &edge.child_columns));
            if let Some(&parent) = parents.get(&name).filter(|parent| **parent != child) {
                op.waits_for.push((parent, Reason::Parent(edge.clone())));
            }
        }
    }
}

/// A row goes after the rows that pointed at it have gone or point elsewhere.
fn wait_for_children(graph: &Graph, ops: &mut [Op], of: &HashMap<Object, usize>) {
    for child in 0..ops.len() {
        let Some(mapping) = mapping_of(graph, ops[child].object) else { continue };
        if ops[child].kind == Kind::Insert {
            continue;
        }
        for edge in mapping.foreign_keys() {
            let parent = stored_parent(graph, edge, ops[child].object).and_then(|p| of.get(&p).copied());
            if let Some(parent) = parent.filter(|p| ops[*p].kind == Kind::Delete && *p != child) {
                ops[parent].waits_for.push((child, Reason::Child(edge.clone())));
            }
        }
    }
}

/// The parent that a row has in the database, if the session holds it.
pub(super) fn stored_parent(graph: &Graph, edge: &Edge, child: Object) -> Option<Object> {
    let store = graph.store(child.model)?;
    let mut binds = Binds::new();
    edge.child_columns.iter().for_each(|&c| store.encode_stored(child.raw.slot, c, &mut binds));
    let cells: Vec<Cell<'_>> = binds.iter().collect();
    if cells.iter().any(Cell::is_null) {
        return None;
    }
    let parents = graph.store(edge.parent.index() as u32)?;
    let slot = match edge.parent_columns == edge.parent.key() {
        true => parents.find(&cells).ok().flatten()?,
        // A key that points at unique columns in place of the primary key is rare enough to look for.
        false => (0..parents.len()).find(|&slot| {
            let mut binds = Binds::new();
            edge.parent_columns.iter().for_each(|&c| parents.encode_stored(slot, c, &mut binds));
            binds.iter().eq(cells.iter().copied())
        })?,
    };
    let raw = Raw { slot, stamp: parents.head(slot)?.stamp };
    Some(Object { model: edge.parent.index() as u32, raw })
}

/// Breaks every circle before anything is put in order, so that what becomes free by it goes in batches.
fn break_circles(graph: &Graph, ops: &mut Vec<Op>) -> Result<()> {
    loop {
        let mut goes_on = true;
        while goes_on {
            goes_on = false;
            for at in 0..ops.len() {
                if is_free(ops, &ops[at]) {
                    (ops[at].done, goes_on) = (true, true);
                }
            }
        }
        if ops.iter().all(|op| op.done) {
            break;
        }
        break_circle(graph, ops)?;
    }
    ops.iter_mut().for_each(|op| op.done = false);
    Ok(())
}

fn is_free(ops: &[Op], op: &Op) -> bool {
    !op.done && op.waits_for.iter().all(|(other, _)| ops[*other].done)
}

/// The next operations that are free to go: of one kind and model. None: all is done.
fn next_batch(ops: &[Op], ranks: &HashMap<u32, usize>) -> Option<Vec<usize>> {
    let free = |op: &Op| is_free(ops, op);
    let place = |op: &Op| {
        let rank = ranks.get(&op.object.model).copied().unwrap_or(0);
        match op.kind {
            Kind::Update | Kind::Insert => (0, rank, op.kind),
            Kind::Later => (1, rank, op.kind),
            // Children go before parents.
            Kind::Delete => (2, usize::MAX - rank, op.kind),
        }
    };
    let first = ops.iter().filter(|op| free(op)).map(place).min()?;
    Some((0..ops.len()).filter(|&i| free(&ops[i]) && place(&ops[i]) == first).collect())
}

fn emit(graph: &Graph, plan: &mut FlushPlan, op: &Op) {
    let Some(mapping) = mapping_of(graph, op.object) else { return };
    match op.kind {
        Kind::Insert => plan.insert(graph, mapping, op.object, &op.blank),
        // The first half of a row that stands in the way of another: `Later` is the second.
        Kind::Update if !op.blank.is_empty() => {
            let to =
                if can_be_null(graph, op.object, &op.blank) { Setting::Null } else { Setting::Temporary };
            let work = Work::Update { columns: op.blank.clone(), to };
            plan.groups.push(Group { mapping, work, objects: vec![op.object] });
        }
        Kind::Update | Kind::Later => plan.update(graph, mapping, op.object, op.columns.clone()),
        Kind::Delete => plan.delete(mapping, op.object),
    }
}

fn can_be_null(graph: &Graph, object: Object, columns: &ColumnSet) -> bool {
    mapping_of(graph, object).is_some_and(|m| columns.iter().all(|c| m.columns()[c].nullable))
}

/// Takes one edge out of a circle, where the schema has room for it.
fn break_circle(graph: &Graph, ops: &mut Vec<Op>) -> Result<()> {
    let circle = find_circle(ops);
    for &(waiting, edge_at) in &circle {
        let (other, reason) = ops[waiting].waits_for[edge_at].clone();
        match reason {
            // Insert (or update) with NULL now, point at the parent later.
            Reason::Parent(edge) if edge.nullable && ops[waiting].kind != Kind::Later => {
                let columns: ColumnSet = edge.child_columns.iter().copied().collect();
                let later = later(ops[waiting].object, columns.clone(), vec![(other, Reason::Parent(edge))]);
                ops[waiting].waits_for.remove(edge_at);
                if ops[waiting].kind == Kind::Insert {
                    columns.iter().for_each(|c| ops[waiting].blank.insert(c));
                } else {
                    columns.iter().for_each(|c| ops[waiting].columns.remove(c));
                }
                let mut later = later;
                later.waits_for.push((waiting, Reason::Unique));
                ops.push(later);
                return Ok(());
            }
            // Set the key of the row that still points here to NULL, then both can go.
            Reason::Child(edge) if edge.nullable => {
                park(ops, (waiting, edge_at), other, edge.child_columns.iter().copied().collect());
                return Ok(());
            }
            // Park the unique value of the row that holds it.
            Reason::Unique if ops[other].kind == Kind::Update && ops[other].blank.is_empty() => {
                let columns = unique_columns(graph, &ops[other]);
                if columns.is_empty() {
                    continue;
                }
                park(ops, (waiting, edge_at), other, columns);
                return Ok(());
            }
            // A row that goes, but not yet: it lets go of its unique values first.
            Reason::Unique if ops[other].kind == Kind::Delete => {
                let columns = held_columns(graph, ops[other].object);
                if columns.is_empty() {
                    continue;
                }
                park(ops, (waiting, edge_at), other, columns);
                return Ok(());
            }
            Reason::Parent(_) | Reason::Child(_) | Reason::Key | Reason::Unique => {}
        }
    }
    Err(unbreakable(graph, ops, &circle))
}

/// An update before the operation `other` writes these columns as NULL, or at a temporary value: that is what is
/// waited for now.
fn park(ops: &mut Vec<Op>, (waiting, at): (usize, usize), other: usize, columns: ColumnSet) {
    let mut first = later(ops[other].object, columns.clone(), Vec::new());
    (first.kind, first.blank) = (Kind::Update, columns);
    ops.push(first);
    let first = ops.len() - 1;
    ops[waiting].waits_for[at] = (first, Reason::Unique);
    ops[other].waits_for.push((first, Reason::Unique));
}

fn later(object: Object, columns: ColumnSet, waits_for: Vec<(usize, Reason)>) -> Op {
    Op { object, kind: Kind::Later, columns, blank: ColumnSet::new(), waits_for, done: false }
}

/// Columns of unique sets that an update changes.
fn unique_columns(graph: &Graph, op: &Op) -> ColumnSet {
    let Some(mapping) = mapping_of(graph, op.object) else { return ColumnSet::new() };
    let sets = unique::unique_sets(mapping);
    sets.iter().skip(1).flatten().copied().filter(|c| op.columns.contains(*c)).collect()
}

/// Columns of unique sets that can hold a temporary value: no keys.
fn held_columns(graph: &Graph, object: Object) -> ColumnSet {
    let Some(mapping) = mapping_of(graph, object) else { return ColumnSet::new() };
    let is_key = |c: &usize| {
        mapping.key().contains(c) || mapping.foreign_keys().iter().any(|e| e.child_columns.contains(c))
    };
    unique::unique_sets(mapping).iter().skip(1).flatten().copied().filter(|c| !is_key(c)).collect()
}

/// A circle of operations: each with the place of the wait that leads to the next.
fn find_circle(ops: &[Op]) -> Vec<(usize, usize)> {
    let start = (0..ops.len()).find(|&i| !ops[i].done).unwrap_or(0);
    let mut path: Vec<(usize, usize)> = Vec::new();
    let mut seen: HashSet<usize> = HashSet::new();
    let mut at = start;
    while seen.insert(at) {
        let wait = ops[at].waits_for.iter().position(|(other, _)| !ops[*other].done);
        let Some(wait) = wait else { return path };
        path.push((at, wait));
        at = ops[at].waits_for[wait].0;
    }
    let begin = path.iter().position(|(i, _)| *i == at).unwrap_or(0);
    path.split_off(begin)
}

fn unbreakable(graph: &Graph, ops: &[Op], circle: &[(usize, usize)]) -> Error {
    let name = |at: usize| mapping_of(graph, ops[at].object).map_or("?", |m| m.name());
    let mut names: Vec<&str> = circle.iter().map(|(at, _)| name(*at)).collect();
    names.extend(circle.first().map(|(at, _)| name(*at)));
    Error::new(
        ErrorKind::InvalidState,
        format!(
            "these rows wait for each other in a circle and cannot be written in any order: {}",
            names.join(" -> ")
        ),
    )
    .with_help("let one of the keys in the circle take NULL (`Option<..>`), so that it can be set afterwards")
}

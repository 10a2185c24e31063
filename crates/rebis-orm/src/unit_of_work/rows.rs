//! The order of single rows: for tables that point at each other in a circle, and for unique values that one row
//! frees and another takes.
//!
//! Kahn's algorithm over operations. Among those that are free to go, one kind of work on one model goes at a time,
//! so that rows are still written in batches. Circles are broken before that (`circles`).

use super::circles::{Waits, break_circles};
use super::order::order_of;
use super::parents::Parents;
use super::plan::{Changes, FlushPlan, Setting, Work, association_deletes, clears, mapping_of};
use super::unique;
use crate::graph::{Graph, LinkKey, Object, Raw, State};
use crate::mapping::{ColumnSet, Edge, Mapping};
use hashbrown::{HashMap, HashSet};
use rebis_core::{Binds, Datum, Error, ErrorKind, Result};
use rebis_sql::schema::Action;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// One row's operation.
#[derive(Debug)]
pub(super) struct Op {
    pub object: Object,
    pub kind: Kind,
    pub columns: ColumnSet,
    /// Columns that are written as NULL, or at a temporary value, for now.
    pub blank: ColumnSet,
    pub waits_for: Vec<Wait>,
}

/// What an operation waits for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wait {
    /// The other operation; none if the circle that this was part of has been broken here.
    pub on: Option<usize>,
    pub reason: Reason,
}

/// Kinds of operations, in the order they go when nothing else decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Update,
    Insert,
    /// The second half of a row that was written with NULL, or at a temporary value, before.
    Later,
    Delete,
}

/// Why one operation waits for another.
#[derive(Clone, Copy, Debug)]
pub(super) enum Reason {
    /// Its key points at a row that is not there yet.
    Parent(&'static Edge),
    /// A row that goes is still pointed at by this key.
    Child(&'static Edge),
    /// A primary key is not free yet.
    Key,
    /// Another unique value is not free yet, or the first half of the same row is not written.
    Unique,
}

impl Op {
    pub(super) fn new(object: Object, kind: Kind, columns: ColumnSet) -> Self {
        Op { object, kind, columns, blank: ColumnSet::new(), waits_for: Vec::new() }
    }

    fn wait(&mut self, on: usize, reason: Reason) {
        self.waits_for.push(Wait { on: Some(on), reason });
    }
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
    let pairs = unique::pairs(graph, &changes);
    refuse_inherited_children(graph, &changes, &pairs)?;
    let ops = break_circles(graph, operations(graph, &changes, &pairs))?;
    put_in_order(graph, &mut plan, Waits::new(ops), ranks);
    Ok(plan)
}

/// Of the operations that are free to go, all of one kind and model go in one batch; then what they set free.
fn put_in_order(graph: &Graph, plan: &mut FlushPlan, mut waits: Waits, ranks: &HashMap<u32, usize>) {
    let place = |op: &Op| {
        let rank = ranks.get(&op.object.model).copied().unwrap_or(0);
        match op.kind {
            Kind::Update | Kind::Insert => (0, rank, op.kind),
            Kind::Later => (1, rank, op.kind),
            // Children go before parents.
            Kind::Delete => (2, usize::MAX - rank, op.kind),
        }
    };
    let mut free: BinaryHeap<_> = waits.free().map(|at| Reverse((place(&waits.ops[at]), at))).collect();
    let mut batch: Vec<usize> = Vec::new();
    let mut freed: Vec<usize> = Vec::new();
    while let Some(Reverse((first, at))) = free.pop() {
        batch.push(at);
        while let Some(Reverse((_, at))) = free.peek().filter(|next| next.0.0 == first) {
            batch.push(*at);
            free.pop();
        }
        plan.barrier = plan.groups.len();
        for at in batch.drain(..) {
            emit(graph, plan, &waits.ops[at]);
            waits.finish(at, &mut freed);
        }
        free.extend(freed.drain(..).map(|at| Reverse((place(&waits.ops[at]), at))));
    }
}

fn operations(graph: &Graph, changes: &Changes, pairs: &[unique::Pair]) -> Vec<Op> {
    let mut ops: Vec<Op> = Vec::new();
    ops.extend(changes.inserts.iter().map(|o| Op::new(*o, Kind::Insert, ColumnSet::new())));
    ops.extend(changes.updates.iter().map(|(o, columns)| Op::new(*o, Kind::Update, columns.clone())));
    ops.extend(changes.deletes.iter().map(|o| Op::new(*o, Kind::Delete, ColumnSet::new())));
    let of: HashMap<Object, usize> = ops.iter().enumerate().map(|(i, op)| (op.object, i)).collect();
    wait_for_parents(graph, &mut ops, &of, changes.keyed);
    wait_for_named_parents(graph, &mut ops);
    wait_for_children(graph, &mut ops, &of);
    for (freer, taker, is_key) in pairs {
        if let (Some(&freer), Some(&taker)) = (of.get(freer), of.get(taker)) {
            ops[taker].wait(freer, if *is_key { Reason::Key } else { Reason::Unique });
        }
    }
    ops
}

/// A row that is deleted and added again under the same key would take along, by a cascade of the database, children
/// that were given to the new one and so need not be written.
fn refuse_inherited_children(graph: &Graph, changes: &Changes, pairs: &[unique::Pair]) -> Result<()> {
    let key = |object: Object, columns: &[usize]| {
        let mut binds = Binds::new();
        if let Some(store) = graph.store(object.model) {
            columns.iter().for_each(|&c| store.encode_stored(object.raw.slot, c, &mut binds));
        }
        binds
    };
    let gone: HashSet<Object> = changes.deletes.iter().copied().collect();
    let succeeds = |(old, new, _): &unique::Pair| {
        let mapping = mapping_of(graph, *old).filter(|_| gone.contains(old))?;
        key(*old, mapping.key()).iter().eq(key(*new, mapping.key()).iter()).then_some(*new)
    };
    let successors: HashSet<Object> = pairs.iter().filter_map(succeeds).collect();
    if successors.is_empty() {
        return Ok(());
    }
    let inherits = |(link, target): (&LinkKey, &Option<Raw>)| -> Option<&'static Mapping> {
        let edge = &mapping_of(graph, link.child)?.foreign_keys()[usize::from(link.edge)];
        let parent = Object { model: edge.parent.index() as u32, raw: (*target)? };
        let goes_along = !matches!(edge.on_delete, Action::NoAction | Action::Restrict);
        let inherits = goes_along
            && successors.contains(&parent)
            && graph.state_of(link.child) == Some(State::Persistent);
        inherits.then_some(edge.parent)
    };
    match graph.links.iter().find_map(inherits) {
        None => Ok(()),
        Some(mapping) => Err(Error::new(
            ErrorKind::InvalidState,
            format!("a `{0}` is deleted and another `{0}` with its key gets its children", mapping.name()),
        )
        .with_table(mapping.table_name())
        .with_help("change the object that is there, or use `merge`")),
    }
}

fn wait_for_parents(graph: &Graph, ops: &mut [Op], of: &HashMap<Object, usize>, keyed: bool) {
    for (key, target) in graph.links.iter() {
        let (Some(raw), Some(mapping), Some(&child)) =
            (target, mapping_of(graph, key.child), of.get(&key.child))
        else {
            continue;
        };
        let edge = &mapping.foreign_keys()[usize::from(key.edge)];
        let parent = of.get(&Object { model: edge.parent.index() as u32, raw: *raw }).copied();
        // A row can point at itself, once it knows its key.
        let unknown = !keyed && is_keyless(graph, mapping, key.child);
        if let Some(parent) = parent.filter(|p| ops[*p].kind == Kind::Insert && (*p != child || unknown)) {
            ops[child].wait(parent, Reason::Parent(edge));
        }
    }
}

fn is_keyless(graph: &Graph, mapping: &Mapping, object: Object) -> bool {
    let store = graph.store(object.model);
    mapping.generated().is_some_and(|c| store.is_some_and(|store| store.is_pending(object.raw.slot, c)))
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
                op.wait(parent, Reason::Parent(edge));
            }
        }
    }
}

/// A row goes after the rows that pointed at it have gone or point elsewhere.
fn wait_for_children(graph: &Graph, ops: &mut [Op], of: &HashMap<Object, usize>) {
    let mut parents = Parents::default();
    for child in 0..ops.len() {
        let Some(mapping) = mapping_of(graph, ops[child].object) else { continue };
        if ops[child].kind == Kind::Insert {
            continue;
        }
        for edge in mapping.foreign_keys() {
            let parent = parents.stored(graph, edge, ops[child].object).and_then(|p| of.get(&p).copied());
            if let Some(parent) = parent.filter(|p| ops[*p].kind == Kind::Delete && *p != child) {
                ops[parent].wait(child, Reason::Child(edge));
            }
        }
    }
}

fn emit(graph: &Graph, plan: &mut FlushPlan, op: &Op) {
    let Some(mapping) = mapping_of(graph, op.object) else { return };
    match op.kind {
        Kind::Insert => plan.insert(graph, mapping, op.object, &op.blank),
        // The first half of a row that stands in the way of another: `Later` is the second.
        Kind::Update if !op.blank.is_empty() => {
            let to =
                if can_be_null(graph, op.object, &op.blank) { Setting::Null } else { Setting::Temporary };
            plan.join(mapping, Work::Update { columns: op.blank.clone(), to }, op.object);
        }
        Kind::Update | Kind::Later => plan.update(graph, mapping, op.object, op.columns.clone()),
        Kind::Delete => plan.delete(mapping, op.object),
    }
}

fn can_be_null(graph: &Graph, object: Object, columns: &ColumnSet) -> bool {
    mapping_of(graph, object).is_some_and(|m| columns.iter().all(|c| m.columns()[c].nullable))
}

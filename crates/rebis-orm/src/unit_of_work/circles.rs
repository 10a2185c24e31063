//! Circles of rows that wait for each other, and where they are broken: a row is inserted with NULL in a nullable key
//! and updated later (post-update, rule 22), a key is set to NULL before its target is deleted, a unique value is parked
//! at a temporary one.
//!
//! Every step goes on where the one before has come to, so that many circles take no longer than their rows.

use super::plan::mapping_of;
use super::rows::{Kind, Op, Reason, Wait};
use super::unique;
use crate::graph::{Graph, Object};
use crate::mapping::{ColumnSet, Mapping};
use hashbrown::HashMap;
use rebis_core::{Error, ErrorKind, Result};

/// Operations, and who is set free by whom: Kahn's algorithm.
#[derive(Debug)]
pub(super) struct Waits {
    pub ops: Vec<Op>,
    /// How many others each operation still waits for.
    open: Vec<usize>,
    /// Who waits for each operation, and at which place of its own list.
    next: Vec<Vec<(usize, usize)>>,
}

impl Waits {
    pub(super) fn new(ops: Vec<Op>) -> Self {
        let mut next = vec![Vec::new(); ops.len()];
        let mut open = Vec::with_capacity(ops.len());
        for (at, op) in ops.iter().enumerate() {
            let waits = op.waits_for.iter().enumerate().filter_map(|(place, wait)| Some((place, wait.on?)));
            open.push(waits.map(|(place, on)| next[on].push((at, place))).count());
        }
        Waits { ops, open, next }
    }

    /// Operations that wait for nothing.
    pub(super) fn free(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.ops.len()).filter(|&at| self.open[at] == 0)
    }

    /// An operation is done: who waited for nothing else is free.
    pub(super) fn finish(&mut self, done: usize, freed: &mut Vec<usize>) {
        for (at, place) in std::mem::take(&mut self.next[done]) {
            // The wait may have been given another end since.
            if self.ops[at].waits_for[place].on == Some(done) {
                self.open[at] -= 1;
                freed.extend((self.open[at] == 0).then_some(at));
            }
        }
    }

    fn add(&mut self, op: Op) -> usize {
        self.ops.push(op);
        self.open.push(0);
        self.next.push(Vec::new());
        self.ops.len() - 1
    }

    fn wait(&mut self, at: usize, on: usize, reason: Reason) {
        self.next[on].push((at, self.ops[at].waits_for.len()));
        self.open[at] += 1;
        self.ops[at].waits_for.push(Wait { on: Some(on), reason });
    }
}

/// Breaks every circle before anything is put in order, so that what becomes free by it goes in batches.
pub(super) fn break_circles(graph: &Graph, ops: Vec<Op>) -> Result<Vec<Op>> {
    let mut waits = Waits::new(ops);
    let mut free: Vec<usize> = waits.free().collect();
    let mut done = vec![false; waits.ops.len()];
    let mut search = Search::default();
    loop {
        while let Some(at) = free.pop() {
            done[at] = true;
            waits.finish(at, &mut free);
        }
        let Some(circle) = search.circle(&waits.ops, &done) else { return Ok(waits.ops) };
        free.extend(break_circle(graph, &mut waits, &circle)?);
        done.resize(waits.ops.len(), false);
    }
}

/// Looks for circles by going from an operation to one that it waits for. What leads to a circle stands after that is
/// broken, so the next search begins there.
#[derive(Debug, Default)]
struct Search {
    path: Vec<usize>,
    /// Where each operation stands in the path.
    places: HashMap<usize, usize>,
    /// For each operation, how many of its waits are known to be over.
    over: HashMap<usize, usize>,
    /// Operations before this one are done.
    start: usize,
}

impl Search {
    /// A circle of operations: each with the place of the wait that leads to the next. None: all are done.
    fn circle(&mut self, ops: &[Op], done: &[bool]) -> Option<Vec<(usize, usize)>> {
        while let Some(at) = self.path.pop_if(|at| done[*at]) {
            self.places.remove(&at);
        }
        if self.path.is_empty() {
            self.start += done[self.start..].iter().position(|done| !done)?;
            self.enter(self.start);
        }
        loop {
            let at = *self.path.last()?;
            let place = self.over.entry(at).or_insert(0);
            let waits = ops[at].waits_for.iter().skip(*place);
            let (gone, on) =
                waits.enumerate().find_map(|(i, wait)| Some((i, wait.on.filter(|on| !done[*on])?)))?;
            *place += gone;
            let Some(&begin) = self.places.get(&on) else {
                self.enter(on);
                continue;
            };
            let circle = self.path.split_off(begin);
            for at in &circle {
                self.places.remove(at);
            }
            return Some(circle.into_iter().map(|at| (at, self.over[&at])).collect());
        }
    }

    fn enter(&mut self, at: usize) {
        self.places.insert(at, self.path.len());
        self.path.push(at);
    }
}

/// Takes one wait out of a circle, where the schema has room for it. Who is free by that.
fn break_circle(graph: &Graph, waits: &mut Waits, circle: &[(usize, usize)]) -> Result<Option<usize>> {
    for &(waiting, place) in circle {
        let Wait { on: Some(other), reason } = waits.ops[waiting].waits_for[place] else { continue };
        let (kind, holder) = (waits.ops[waiting].kind, &waits.ops[other]);
        let parked: ColumnSet = match reason {
            Reason::Parent(edge) if edge.nullable && kind != Kind::Later => {
                return Ok(postpone(waits, (waiting, place), other, reason));
            }
            // Set the key of the row that still points here to NULL, then both can go.
            Reason::Child(edge) if edge.nullable => edge.child_columns.iter().copied().collect(),
            // Park the unique value of the row that holds it.
            Reason::Unique if holder.kind == Kind::Update && holder.blank.is_empty() => {
                unique_columns(graph, holder)
            }
            // A row that goes, but not yet: it lets go of its unique values first.
            Reason::Unique if holder.kind == Kind::Delete => held_columns(graph, holder.object),
            Reason::Parent(_) | Reason::Child(_) | Reason::Key | Reason::Unique => continue,
        };
        if !parked.is_empty() {
            return Ok(Some(park(waits, (waiting, place), other, parked)));
        }
    }
    Err(unbreakable(graph, &waits.ops, circle))
}

/// Insert (or update) with NULL now, point at the parent later.
fn postpone(
    waits: &mut Waits,
    (waiting, place): (usize, usize),
    other: usize,
    reason: Reason,
) -> Option<usize> {
    let Reason::Parent(edge) = reason else { return None };
    let columns: ColumnSet = edge.child_columns.iter().copied().collect();
    let op = &mut waits.ops[waiting];
    for column in columns.iter() {
        match op.kind {
            Kind::Insert => op.blank.insert(column),
            Kind::Update | Kind::Later | Kind::Delete => op.columns.remove(column),
        }
    }
    op.waits_for[place].on = None;
    let later = Op::new(op.object, Kind::Later, columns);
    waits.open[waiting] -= 1;
    let later = waits.add(later);
    waits.wait(later, other, reason);
    waits.wait(later, waiting, Reason::Unique);
    (waits.open[waiting] == 0).then_some(waiting)
}

/// An update before the operation `other` writes these columns as NULL, or at a temporary value: that is what is
/// waited for now.
fn park(waits: &mut Waits, (waiting, place): (usize, usize), other: usize, columns: ColumnSet) -> usize {
    let mut first = Op::new(waits.ops[other].object, Kind::Update, columns.clone());
    first.blank = columns;
    let first = waits.add(first);
    waits.ops[waiting].waits_for[place] = Wait { on: Some(first), reason: Reason::Unique };
    waits.next[first].push((waiting, place));
    waits.wait(other, first, Reason::Unique);
    first
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

fn unbreakable(graph: &Graph, ops: &[Op], circle: &[(usize, usize)]) -> Error {
    let mapping = |at: usize| mapping_of(graph, ops[at].object);
    let is_key = |(at, place): &&(usize, usize)| matches!(ops[*at].waits_for[*place].reason, Reason::Key);
    if let Some(mapping) = circle.iter().find(is_key).and_then(|(at, _)| mapping(*at)) {
        return keys_in_a_circle(mapping);
    }
    let mut names: Vec<&str> = circle.iter().map(|(at, _)| mapping(*at).map_or("?", |m| m.name())).collect();
    names.extend(names.first().copied());
    Error::new(
        ErrorKind::InvalidState,
        format!(
            "these rows wait for each other in a circle and cannot be written in any order: {}",
            names.join(" -> ")
        ),
    )
    .with_help("let one of the keys in the circle take NULL (`Option<..>`), so that it can be set afterwards")
}

/// A primary key is not parked at a temporary value: other rows may point at it, in tables that the session knows
/// nothing of.
fn keys_in_a_circle(mapping: &Mapping) -> Error {
    let name = mapping.name();
    Error::new(
        ErrorKind::InvalidState,
        format!("rows of `{name}` exchange their primary keys, which cannot be done in one flush"),
    )
    .with_table(mapping.table_name())
    .with_help(format!(
        "give one of them a key that is free and flush, then the key it shall have; or delete the rows and add new \
         ones with these keys; or move the keys by criteria: `{name}.update().set(..).filter(..)`"
    ))
}

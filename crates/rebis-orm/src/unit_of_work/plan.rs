//! What a flush writes, in which order: a function of the graph, once cascades are worked out and keys reserved.

use super::cascade::Clear;
use super::order::{levels, order_of, sort_by_key};
use super::{rows, unique};
use crate::graph::{AssocKey, Graph, LinkKey, Object, Raw, State};
use crate::mapping::{ColumnSet, Edge, Mapping};
use hashbrown::{HashMap, HashSet};
use rebis_core::{Binds, Error, ErrorKind, Result};
use rebis_sql::ast::Expr;

/// The writes of a flush in order.
#[derive(Debug, Default)]
pub(crate) struct FlushPlan {
    /// Statements in order, each for a number of rows.
    pub groups: Vec<Group>,
    /// Rows from now on must not go into groups before this one, except the last: they may wait for what is in it.
    pub barrier: usize,
    /// The group that the latest row joined.
    joined: Option<usize>,
    /// Whether every new object has its key.
    keyed: bool,
    /// The groups of new rows in a table that refers to itself, where keys are known only behind each group.
    placed: HashMap<Object, usize>,
}

impl FlushPlan {
    pub(super) fn of(changes: &Changes) -> Self {
        FlushPlan { keyed: changes.keyed, ..FlushPlan::default() }
    }
}

/// Rows that one statement writes.
#[derive(Debug)]
pub(crate) struct Group {
    /// The model.
    pub mapping: &'static Mapping,
    /// What is done.
    pub work: Work,
    /// To which objects, in order.
    pub objects: Vec<Object>,
}

/// What a statement does.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Work {
    /// INSERT of these columns. `back` comes back: what was left to the database. `blank` is written as NULL for
    /// now, because the row it points at comes later.
    Insert {
        /// Columns that are written.
        columns: ColumnSet,
        /// Columns that come back.
        back: ColumnSet,
        /// Columns that are NULL for now.
        blank: ColumnSet,
    },
    /// INSERT of one row with expressions.
    InsertWith {
        /// Columns that are written from the object.
        columns: ColumnSet,
        /// Columns that come back.
        back: ColumnSet,
        /// Columns that are NULL for now.
        blank: ColumnSet,
        /// Columns that are set to expressions.
        expressions: Vec<(usize, Expr)>,
    },
    /// UPDATE of these columns.
    Update {
        /// Columns that are written.
        columns: ColumnSet,
        /// What they are set to.
        to: Setting,
    },
    /// UPDATE of one row with expressions.
    UpdateWith {
        /// Columns that are written from the object.
        columns: ColumnSet,
        /// Columns that are set to expressions.
        expressions: Vec<(usize, Expr)>,
    },
    /// DELETE.
    Delete,
    /// DELETE of association rows by what they connect.
    Unlink(Vec<AssocKey>),
    /// DELETE of all association rows at the end that the objects are.
    Clear(Edge),
}

/// What an UPDATE sets columns to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Setting {
    /// The object's values.
    Object,
    /// NULL, until the row that it points at (or that held the value) is out of the way.
    Null,
    /// A value that no other row has, until the row that holds the right one has let go of it.
    Temporary,
}

/// What is to be written, sorted by model, before it has an order.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    /// New objects in add order.
    pub inserts: Vec<Object>,
    /// Changed objects and their changed columns.
    pub updates: Vec<(Object, ColumnSet)>,
    /// Objects to delete.
    pub deletes: Vec<Object>,
    /// Association rows to delete.
    pub unlinks: Vec<AssocKey>,
    /// Ends whose association rows go.
    pub clears: Vec<Clear>,
    /// Whether every new object has its key.
    pub keyed: bool,
}

impl Changes {
    pub(crate) fn is_empty(&self) -> bool {
        self.inserts.is_empty()
            && self.updates.is_empty()
            && self.deletes.is_empty()
            && self.unlinks.is_empty()
            && self.clears.is_empty()
    }
}

/// New objects of models whose key the database makes up.
#[derive(Debug, Default)]
pub(crate) struct Generated {
    /// Those that have none yet.
    pub keyless: Vec<Object>,
    /// Those that the program gave one.
    pub keyed: Vec<Object>,
}

/// Finds them, in the order they were added.
pub(crate) fn generated(graph: &Graph) -> Generated {
    let mut found = Generated::default();
    for run in graph.added.chunk_by(|a, b| a.model == b.model) {
        let Some(store) = graph.store(run[0].model) else { continue };
        let Some(column) = store.mapping().generated() else { continue };
        let (mut shape, mut given) = (None, false);
        for object in run {
            let slot = object.raw.slot;
            let head = store.head(slot).filter(|h| h.stamp == object.raw.stamp && h.state == State::Pending);
            let Some(head) = head else { continue };
            if shape != Some(head.shape) {
                shape = Some(head.shape);
                given = store.shape_of(slot).is_some_and(|set| set.contains(column));
            }
            if given || !store.is_pending(slot, column) {
                found.keyed.push(*object);
            } else {
                found.keyless.push(*object);
            }
        }
    }
    found
}

fn distinct(objects: &[Object]) -> Vec<Object> {
    let mut seen = HashSet::new();
    objects.iter().copied().filter(|object| seen.insert(*object)).collect()
}

/// Whether new rows whose key the database is to make up hang together in one table, or one on itself: then the keys
/// must be known before they are inserted. A single one can be told its children later.
pub(crate) fn hang_together(graph: &Graph, new: &Generated) -> bool {
    let own = |object: &Object| mapping_of(graph, *object).is_some_and(refers_to_itself);
    new.keyless.chunk_by(|a, b| a.model == b.model).any(|run| run.first().is_some_and(own))
        && waiting_links(graph, new).any(|(child, parent)| {
            child.model == parent.model
                && graph.state_of(child) == Some(State::Pending)
                && (new.keyless.len() > 1 || child == parent)
        })
}

/// Whether a row of this flush needs the key of a new one that the database is to make up.
pub(crate) fn wait_for_keys(graph: &Graph, new: &Generated) -> bool {
    waiting_links(graph, new).next().is_some()
}

/// Rows whose parent is a new one without a key, and that parent.
fn waiting_links<'g>(graph: &'g Graph, new: &Generated) -> impl Iterator<Item = (Object, Object)> + 'g {
    let keyless: HashSet<Object> = new.keyless.iter().copied().collect();
    graph.links.iter().filter_map(move |(key, parent)| {
        let edge = mapping_of(graph, key.child)?.foreign_keys().get(usize::from(key.edge))?;
        let parent = Object { model: edge.parent.index() as u32, raw: (*parent)? };
        keyless.contains(&parent).then_some((key.child, parent))
    })
}

/// Everything that differs from the database.
pub(crate) fn changes(graph: &mut Graph, clears: Vec<Clear>, late: &[LinkKey], keyed: bool) -> Changes {
    let unlinks = unlinks(graph);
    let in_state = |objects: &[Object], wanted: State| -> Vec<Object> {
        let mut found = Vec::with_capacity(objects.len());
        for run in objects.chunk_by(|a, b| a.model == b.model) {
            let Some(store) = graph.store(run[0].model) else { continue };
            let is = |o: &&Object| {
                store.head(o.raw.slot).is_some_and(|h| h.stamp == o.raw.stamp && h.state == wanted)
            };
            found.extend(run.iter().filter(is));
        }
        found
    };
    let inserts = in_state(&graph.added, State::Pending);
    let deletes = distinct(&in_state(&graph.deletes, State::Deleting));
    Changes { inserts, updates: updates(graph, late), deletes, unlinks, clears, keyed }
}

/// A new object whose key takes no NULL must have got a parent, or the key itself.
pub(crate) fn check_parents(graph: &Graph, changes: &Changes) -> Result<()> {
    let with_parents =
        |object: &&Object| mapping_of(graph, **object).is_some_and(|m| !m.foreign_keys().is_empty());
    let runs = changes.inserts.chunk_by(|a, b| a.model == b.model);
    for object in runs.filter(|run| run.first().as_ref().is_some_and(with_parents)).flatten() {
        let Some(store) = graph.store(object.model) else { continue };
        let Some(set) = store.shape_of(object.raw.slot) else { continue };
        for edge in store.mapping().foreign_keys().iter().filter(|edge| !edge.nullable) {
            let unset = |c: &&usize| !set.contains(**c) && store.is_pending(object.raw.slot, **c);
            let Some(&column) = edge.child_columns.iter().find(unset) else { continue };
            if store.mapping().columns()[column].server_default {
                continue;
            }
            let (child, parent) = (edge.child.name(), edge.parent.name());
            return Err(Error::new(
                ErrorKind::NotNullViolation,
                format!("a new `{child}` has no `{parent}`"),
            )
            .with_table(edge.child.table_name())
            .with_column(edge.child.columns()[column].name)
            .with_help(format!("set its relation to a `{parent}`, or the key column itself")));
        }
    }
    Ok(())
}

/// A view is read alone: objects of it are neither added nor deleted.
pub(crate) fn check_views(graph: &Graph) -> Result<()> {
    let mut written = graph.added.iter().chain(&graph.deletes);
    match written.find_map(|object| view_of(graph, *object)) {
        Some(mapping) => Err(is_view(mapping)),
        None => Ok(()),
    }
}

/// Nor are they changed.
pub(crate) fn check_unviewed(graph: &Graph, changes: &Changes) -> Result<()> {
    let changed = changes.updates.iter().map(|(object, _)| object).chain(graph.expressions.keys());
    match changed.copied().find_map(|object| view_of(graph, object)) {
        Some(mapping) => Err(is_view(mapping)),
        None => Ok(()),
    }
}

fn view_of(graph: &Graph, object: Object) -> Option<&'static Mapping> {
    mapping_of(graph, object).filter(|mapping| mapping.is_view())
}

#[cold]
fn is_view(mapping: &Mapping) -> Error {
    let text = format!(
        "an object of `{}` was to be written, but `{}` is a view",
        mapping.name(),
        mapping.table_name()
    );
    Error::new(ErrorKind::InvalidState, text)
        .with_table(mapping.table_name())
        .with_help("write the rows that it shows by their own models; `rollback` gives the change up")
}

/// A key that nobody but the database gives is not the program's to give.
pub(crate) fn check_always(graph: &Graph, new: &Generated) -> Result<()> {
    let is_always = |mapping: &&Mapping| mapping.identity().is_some_and(|identity| identity.always);
    let given = |object: &Object| mapping_of(graph, *object).filter(is_always);
    let Some(mapping) = new.keyed.iter().find_map(given) else { return Ok(()) };
    let column = mapping.generated().map_or("", |key| mapping.columns()[key].name);
    let text =
        format!("a new `{}` has a `{column}`, which the database always makes up itself", mapping.name());
    Err(Error::new(ErrorKind::InvalidState, text)
        .with_table(mapping.table_name())
        .with_column(column)
        .with_help(format!(
            "leave it out; or, if the key is meant, write the row with `{}.insert().row(..).overriding()`",
            mapping.name()
        )))
}

/// What the database computes is not the program's to change.
pub(crate) fn check_computed(graph: &Graph, changes: &Changes) -> Result<()> {
    if graph.stores().all(|(_, store)| store.mapping().computed().is_empty()) {
        return Ok(());
    }
    let changed = changes.updates.iter().flat_map(|(o, columns)| columns.iter().map(move |c| (o, c)));
    let expressed = graph.expressions.iter().flat_map(|(o, set)| set.iter().map(move |(c, _)| (o, *c)));
    for (object, column) in changed.chain(expressed) {
        let Some(mapping) = mapping_of(graph, *object).filter(|m| m.computed().contains(&column)) else {
            continue;
        };
        let (name, field) = (mapping.name(), mapping.columns()[column].field);
        let text = format!("`{name}.{field}` was changed, but the database computes it");
        return Err(Error::new(ErrorKind::InvalidState, text)
            .with_table(mapping.table_name())
            .with_column(mapping.columns()[column].name)
            .with_help("change the columns that it is computed of; it is read back with the flush"));
    }
    Ok(())
}

/// Persistent objects with a net change, and which columns.
fn updates(graph: &Graph, late: &[LinkKey]) -> Vec<(Object, ColumnSet)> {
    let mut updates: Vec<(Object, ColumnSet)> = Vec::new();
    let mut late_edges: HashMap<Object, Vec<u16>> = HashMap::new();
    let written = late.iter().filter(|key| graph.state_of(key.child) == Some(State::Persistent));
    written.for_each(|key| late_edges.entry(key.child).or_default().push(key.edge));
    for (model, store) in graph.stores() {
        for slot in store.saved_since(graph.epoch) {
            let Some(head) = store.head(slot) else { continue };
            if head.state != State::Persistent {
                continue;
            }
            let object = Object { model, raw: Raw { slot, stamp: head.stamp } };
            let mut columns = store.changed(slot);
            for &edge in late_edges.get(&object).into_iter().flatten() {
                let edge = &store.mapping().foreign_keys()[usize::from(edge)];
                edge.child_columns.iter().for_each(|&c| columns.insert(c));
            }
            if !columns.is_empty() || graph.expressions.contains_key(&object) {
                updates.push((object, columns));
            }
        }
    }
    let known: HashSet<Object> = updates.iter().map(|(object, _)| *object).collect();
    let expressed = graph.expressions.keys().filter(|o| graph.state_of(**o) == Some(State::Persistent));
    updates.extend(expressed.filter(|o| !known.contains(*o)).map(|o| (*o, ColumnSet::new())));
    updates
}

/// Association rows to delete, by what they connect. Where the session has such a row as an object, there is nothing
/// else to be written about that. They stay in the graph until they are written: a mistake found before that loses
/// nothing.
fn unlinks(graph: &mut Graph) -> Vec<AssocKey> {
    let mut unlinks = graph.pairs.removed.in_order();
    let deletes: HashSet<Object> = match unlinks.is_empty() {
        true => HashSet::new(),
        false => graph.deletes.iter().copied().collect(),
    };
    let mut rows = graph.association_rows(&unlinks).into_iter();
    unlinks.retain(|_| match rows.next().flatten() {
        Some(row) if deletes.contains(&row) => false,
        Some(row) => {
            graph.set_state(row, State::Deleting);
            true
        }
        None => true,
    });
    unlinks
}

/// The order of the writes.
pub(crate) fn plan(graph: &Graph, mut changes: Changes) -> Result<FlushPlan> {
    sort_by_key(graph, &mut changes);
    let order = order_of(involved(graph, &changes));
    let one_by_one =
        order.is_circular || needs_rows(graph, changes.keyed) || unique::conflicts(graph, &changes);
    let Some(levels) = levels(graph, &order.mappings, &changes).filter(|_| !one_by_one) else {
        return rows::plan(graph, changes, &order.ranks());
    };
    let level = |object: &Object| levels.get(object).copied().unwrap_or(0);
    let mut plan = FlushPlan::of(&changes);
    for mapping in &order.mappings {
        let model = mapping.index() as u32;
        association_deletes(&mut plan, mapping, &mut changes);
        for (object, columns) in changes.updates.iter().filter(|(o, _)| o.model == model) {
            plan.update(graph, mapping, *object, columns.clone());
        }
        if refers_to_itself(mapping) {
            let mut inserts: Vec<Object> =
                changes.inserts.iter().copied().filter(|o| o.model == model).collect();
            inserts.sort_by_key(level);
            plan.insert_all(graph, mapping, &inserts);
            clears(&mut plan, mapping, &changes);
            continue;
        }
        for run in changes.inserts.chunk_by(|a, b| a.model == b.model).filter(|run| run[0].model == model) {
            plan.insert_all(graph, mapping, run);
        }
        // What was moved away from an end that goes is out of its way by now.
        clears(&mut plan, mapping, &changes);
    }
    for mapping in order.mappings.iter().rev() {
        let model = mapping.index() as u32;
        let mut deletes: Vec<Object> = changes.deletes.iter().copied().filter(|o| o.model == model).collect();
        if refers_to_itself(mapping) {
            deletes.sort_by_key(|object| std::cmp::Reverse(level(object)));
        }
        deletes.into_iter().for_each(|object| plan.delete(mapping, object));
    }
    Ok(plan)
}

/// Association rows that were taken apart go before rows of the same table come (rule 24).
pub(super) fn association_deletes(plan: &mut FlushPlan, mapping: &'static Mapping, changes: &mut Changes) {
    let model = mapping.index() as u32;
    let mut kept = Vec::new();
    for key in std::mem::take(&mut changes.unlinks) {
        if key.model != model {
            kept.push(key);
            continue;
        }
        let same = |work: &Work| match work {
            Work::Unlink(keys) => {
                keys.first().is_some_and(|k| (k.low.0, k.high.0) == (key.low.0, key.high.0))
            }
            _ => false,
        };
        match plan.groups.iter_mut().rev().find(|g| g.mapping == mapping && same(&g.work)) {
            Some(Group { work: Work::Unlink(keys), .. }) => keys.push(key),
            Some(_) | None => {
                plan.groups.push(Group { mapping, work: Work::Unlink(vec![key]), objects: Vec::new() });
            }
        }
    }
    changes.unlinks = kept;
}

/// Association rows that go with one of their ends.
pub(super) fn clears(plan: &mut FlushPlan, mapping: &'static Mapping, changes: &Changes) {
    for clear in changes.clears.iter().filter(|clear| clear.edge.child == mapping) {
        let work = Work::Clear(clear.edge.clone());
        plan.join(mapping, work, clear.end);
    }
}

impl FlushPlan {
    /// Adds an object to the group of this work, if there is one of this model in this part of the plan.
    pub(super) fn join(&mut self, mapping: &'static Mapping, work: Work, object: Object) {
        self.join_from(self.first_open(), mapping, work, object);
    }

    /// The same, in this group or a later one.
    fn join_from(&mut self, from: usize, mapping: &'static Mapping, work: Work, object: Object) {
        let part =
            self.groups[from..].iter().rposition(|g| g.mapping != mapping).map_or(from, |at| from + at + 1);
        let at = match self.groups[part..].iter().rposition(|g| g.work == work) {
            Some(at) => part + at,
            None => {
                self.groups.push(Group { mapping, work, objects: Vec::new() });
                self.groups.len() - 1
            }
        };
        self.groups[at].objects.push(object);
        self.joined = Some(at);
    }

    /// The first group that may still take rows.
    fn first_open(&self) -> usize {
        self.barrier.min(self.groups.len().saturating_sub(1))
    }

    pub(super) fn update(
        &mut self,
        graph: &Graph,
        mapping: &'static Mapping,
        object: Object,
        columns: ColumnSet,
    ) {
        match graph.expressions.get(&object) {
            Some(expressions) => {
                let mut columns = columns;
                expressions.iter().for_each(|(c, _)| columns.remove(*c));
                let work = Work::UpdateWith { columns, expressions: expressions.clone() };
                self.groups.push(Group { mapping, work, objects: vec![object] });
            }
            None => self.join(mapping, Work::Update { columns, to: Setting::Object }, object),
        }
    }

    pub(super) fn delete(&mut self, mapping: &'static Mapping, object: Object) {
        match self.groups.last_mut() {
            Some(Group { mapping: m, work: Work::Delete, objects }) if *m == mapping => objects.push(object),
            Some(_) | None => self.groups.push(Group { mapping, work: Work::Delete, objects: vec![object] }),
        }
    }

    pub(super) fn insert(
        &mut self,
        graph: &Graph,
        mapping: &'static Mapping,
        object: Object,
        blank: &ColumnSet,
    ) {
        if let Some(expressions) = graph.expressions.get(&object).cloned() {
            let (columns, back) = insert_columns(graph, mapping, object, self.keyed);
            let work = Work::InsertWith { columns, back, blank: blank.clone(), expressions };
            return self.groups.push(Group { mapping, work, objects: vec![object] });
        }
        let (columns, back) = insert_columns(graph, mapping, object, self.keyed);
        let work = Work::Insert { columns, back, blank: blank.clone() };
        if self.keyed || !refers_to_itself(mapping) {
            return self.join(mapping, work, object);
        }
        self.join_from(
            self.first_open().max(self.behind_parents(graph, mapping, object)),
            mapping,
            work,
            object,
        );
        if let Some(at) = self.joined {
            self.placed.insert(object, at);
        }
    }

    /// The first group behind those that make up the keys of an object's parents in its own table.
    fn behind_parents(&self, graph: &Graph, mapping: &'static Mapping, object: Object) -> usize {
        let own = mapping.foreign_keys().iter().filter(|edge| edge.parent == mapping);
        let parents = own.filter_map(|edge| {
            let link = graph.links.get(&LinkKey { child: object, edge: edge.index as u16 })?;
            self.placed.get(&Object { model: object.model, raw: (*link)? })
        });
        parents.max().map_or(0, |at| at + 1)
    }

    /// Adds new objects of a model, in their order. Most are alike: what is written of one is written of all that
    /// had the same columns set, unless the database may fill in what is unset.
    fn insert_all(&mut self, graph: &Graph, mapping: &'static Mapping, objects: &[Object]) {
        let Some(store) = graph.store(mapping.index() as u32) else { return };
        let key = mapping.generated().filter(|_| !self.keyed);
        let shape = |object: &Object| {
            let slot = object.raw.slot;
            (store.head(slot).map(|head| head.shape), key.is_some_and(|key| store.is_pending(slot, key)))
        };
        let mut rest = objects;
        while let Some(first) = rest.first() {
            let of_first = shape(first);
            let count = rest.iter().take_while(|object| shape(object) == of_first).count();
            let (alike, others) = rest.split_at(count);
            rest = others;
            let open = open_columns(graph, mapping, alike[0], self.keyed);
            let decided = graph.expressions.is_empty() && open.iter().all(|(column, _)| key == Some(*column));
            let levels = !self.keyed && refers_to_itself(mapping);
            let one_by_one = if decided && !levels { 1 } else { alike.len() };
            for object in &alike[..one_by_one] {
                self.insert(graph, mapping, *object, &ColumnSet::new());
            }
            if let Some(group) = self.joined.and_then(|at| self.groups.get_mut(at)) {
                group.objects.extend_from_slice(&alike[one_by_one..]);
            }
        }
    }
}

/// Columns of a new object that are written, and those that are left to the database and come back (rule 15).
fn insert_columns(graph: &Graph, mapping: &Mapping, object: Object, keyed: bool) -> (ColumnSet, ColumnSet) {
    let expressions = graph.expressions.get(&object);
    let open = open_columns(graph, mapping, object, keyed);
    let (mut columns, mut back) = (ColumnSet::new(), ColumnSet::new());
    for column in 0..mapping.columns().len() {
        let left = open.contains(&(column, true));
        if left || expressions.is_some_and(|e| e.iter().any(|(c, _)| *c == column)) {
            if mapping.generated() != Some(column) {
                back.insert(column);
            }
        } else {
            columns.insert(column);
        }
    }
    (columns, back)
}

/// Columns of a new object that the database may fill, and whether it will.
fn open_columns(graph: &Graph, mapping: &Mapping, object: Object, keyed: bool) -> Vec<(usize, bool)> {
    let Some(store) = graph.store(object.model) else { return Vec::new() };
    let slot = object.raw.slot;
    let set = store.shape_of(slot);
    let given = |column| set.is_some_and(|s| s.contains(column));
    let columns = mapping.columns().iter().enumerate();
    let open = columns.filter(|(c, info)| {
        let known = given(*c) || keyed && mapping.generated() == Some(*c);
        info.server_default && (!known || info.nullable)
    });
    let left = |column| mapping.computed().contains(&column) || is_unset(store, slot, column);
    open.map(|(column, _)| (column, left(column))).collect()
}

fn is_unset(store: &dyn crate::graph::AnyStore, slot: u32, column: usize) -> bool {
    if !store.mapping().columns()[column].nullable {
        return store.is_pending(slot, column);
    }
    let mut binds = Binds::new();
    store.encode(slot, column, &mut binds);
    binds.get(0).is_none_or(|cell| cell.is_null())
}

fn involved(graph: &Graph, changes: &Changes) -> Vec<&'static Mapping> {
    let mut models: Vec<&'static Mapping> = Vec::new();
    let mut last = u32::MAX;
    let objects =
        changes.inserts.iter().chain(changes.updates.iter().map(|(o, _)| o)).chain(&changes.deletes);
    for object in objects {
        if object.model != last {
            last = object.model;
            models.extend(mapping_of(graph, *object));
        }
    }
    models.extend(changes.unlinks.iter().filter_map(|k| graph_mapping(graph, k.model)));
    models.extend(changes.clears.iter().map(|c| c.edge.child));
    models
}

fn graph_mapping(graph: &Graph, model: u32) -> Option<&'static Mapping> {
    graph.store(model).map(|s| s.mapping())
}

pub(super) fn mapping_of(graph: &Graph, object: Object) -> Option<&'static Mapping> {
    graph_mapping(graph, object.model)
}

pub(super) fn refers_to_itself(mapping: &Mapping) -> bool {
    mapping.foreign_keys().iter().any(|e| e.parent == mapping)
}

/// Whether a table that refers to itself needs its rows ordered one by one: an old row goes under a new one, or new
/// rows of different shapes hang together, or one points at itself and is to learn its key.
fn needs_rows(graph: &Graph, keyed: bool) -> bool {
    graph.links.iter().any(|(key, target)| {
        let (Some(raw), Some(mapping)) = (target, mapping_of(graph, key.child)) else { return false };
        let edge = &mapping.foreign_keys()[usize::from(key.edge)];
        let parent = Object { model: key.child.model, raw: *raw };
        if edge.parent != mapping || graph.state_of(parent) != Some(State::Pending) {
            return false;
        }
        let shape = |o: Object| insert_columns(graph, mapping, o, keyed);
        graph.state_of(key.child) == Some(State::Persistent)
            || !keyed && parent == key.child
            || shape(parent) != shape(key.child)
    })
}

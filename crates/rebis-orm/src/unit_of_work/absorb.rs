//! What the graph learns from a flush.

use super::parents::Parents;
use super::plan::{FlushPlan, Generated, Group, Work};
use crate::graph::{AnyStore, Graph, LinkKey, Object, Raw, State, Undo};
use crate::mapping::{ColumnSet, LinkInfo, LinkRef, Mapping, OneLink};
use hashbrown::{HashMap, HashSet};
use rebis_core::{Binds, Cell, Datum, Error, ErrorKind, Result};

/// What came back from a statement: columns of rows.
pub(super) struct Answer {
    /// Which columns.
    pub columns: Vec<usize>,
    /// Of which objects.
    pub objects: Vec<Object>,
    /// The rows, in any order.
    pub rows: Vec<Vec<Datum>>,
    /// Whether the database made up their keys.
    pub keyless: bool,
}

/// There was nothing to write after all.
pub(super) fn nothing(graph: &mut Graph) {
    graph.forget_pending();
    graph.next_epoch();
}

/// Gives the new objects of a model keys above the highest there is, in the order they were added.
pub(super) fn give_keys(
    graph: &mut Graph,
    mapping: &'static Mapping,
    new: &Generated,
    stored: i64,
) -> Result<()> {
    let Some(column) = mapping.generated() else { return Ok(()) };
    let model = mapping.index() as u32;
    let mut highest = stored.max(0);
    // Keys that the program gave to other new objects of the model are taken, too.
    for object in new.keyed.iter().filter(|o| o.model == model) {
        let mut binds = Binds::new();
        graph.encode(*object, &[column], &mut binds);
        if let Some(Cell::Int(key)) = binds.get(0) {
            highest = highest.max(key);
        }
    }
    let raws: Vec<Raw> = new.keyless.iter().filter(|o| o.model == model).map(|o| o.raw).collect();
    if highest.checked_add(raws.len() as i64).is_none() {
        let error = Error::new(ErrorKind::Limit, "the highest possible key is taken");
        return Err(error.with_table(mapping.table_name()));
    }
    let Some(store) = graph.store_mut(model) else { return Ok(()) };
    set_keys(store, &raws, column, (highest + 1, 1))?;
    graph.remember(Undo::KeysGiven(model, raws));
    Ok(())
}

/// Gives new objects the keys that were drawn: rows of the position of a model, and a key. Whether all got one: a table
/// may have no sequence.
pub(super) fn give_drawn(
    graph: &mut Graph,
    models: &[&'static Mapping],
    new: &Generated,
    drawn: &[Vec<Datum>],
) -> Result<bool> {
    let mut keys: Vec<Vec<i64>> = vec![Vec::new(); models.len()];
    for row in drawn {
        if let [Datum::Int(at), Datum::Int(key)] = row.as_slice()
            && let Some(keys) = keys.get_mut(*at as usize)
        {
            keys.push(*key);
        }
    }
    let raws = |mapping: &Mapping| -> Vec<Raw> {
        let model = mapping.index() as u32;
        new.keyless.iter().filter(|o| o.model == model).map(|o| o.raw).collect()
    };
    let raws: Vec<Vec<Raw>> = models.iter().map(|mapping| raws(mapping)).collect();
    if raws.iter().zip(&keys).any(|(raws, keys)| raws.len() != keys.len()) {
        return Ok(false);
    }
    for ((mapping, raws), mut keys) in models.iter().zip(raws).zip(keys) {
        keys.sort_unstable();
        let (Some(store), Some(column)) = (graph.store_mut(mapping.index() as u32), mapping.generated())
        else {
            continue;
        };
        raws.iter().zip(keys).try_for_each(|(raw, key)| set_keys(store, &[*raw], column, (key, 1)))?;
        graph.remember(Undo::KeysGiven(mapping.index() as u32, raws));
    }
    Ok(true)
}

/// Gives objects the keys that the database made up for them, so far apart: the last is known, and where nobody else
/// writes also the one before the first.
pub(super) fn keys_up_to(graph: &mut Graph, objects: &[Object], range: KeyRange) -> Result<()> {
    let KeyRange { step, before, last } = range;
    let Some(model) = objects.first().map(|object| object.model) else { return Ok(()) };
    let raws: Vec<Raw> = objects.iter().map(|object| object.raw).collect();
    let first = last - (raws.len() as i64 - 1) * step;
    let Some(store) = graph.store_mut(model) else { return Ok(()) };
    let Some(column) = store.mapping().generated() else { return Ok(()) };
    if raws.len() > 1 && before.is_some_and(|before| before + step != first) {
        return Err(not_following(store.mapping()));
    }
    set_keys(store, &raws, column, (first, step))?;
    graph.remember(Undo::KeysGiven(model, raws));
    Ok(())
}

/// What is known of keys that the database made up.
pub(super) struct KeyRange {
    /// How far apart they are.
    pub step: i64,
    /// The one before the first.
    pub before: Option<i64>,
    /// The last.
    pub last: i64,
}

#[cold]
fn not_following(mapping: &Mapping) -> Error {
    Error::new(ErrorKind::Limit, "the database gave new rows keys that do not follow each other")
        .with_table(mapping.table_name())
        .with_help("its highest key may be the highest there can be; give new rows keys of your own")
}

fn set_keys(store: &mut dyn AnyStore, raws: &[Raw], column: usize, (first, step): (i64, i64)) -> Result<()> {
    store.number(raws, column, first, step).map_err(|error| {
        let mapping = store.mapping();
        error.with_table(mapping.table_name()).with_column(mapping.columns()[column].name)
    })
}

/// Takes over columns that came back. Rows are matched by key, never by their order.
pub(super) fn answers(graph: &mut Graph, answer: Answer) -> Result<()> {
    let Answer { columns, objects, mut rows, keyless } = answer;
    if rows.len() < objects.len() {
        return Err(Error::new(
            ErrorKind::StaleRow,
            format!("{} rows were written, {} came back", objects.len(), rows.len()),
        ));
    }
    if let ([object], [row]) = (objects.as_slice(), rows.as_slice()) {
        if keyless {
            graph.remember(Undo::KeysGiven(object.model, vec![object.raw]));
        }
        return take_over(graph, *object, &columns, row);
    }
    let Some(mapping) = objects.first().and_then(|o| graph.store(o.model)).map(|s| s.mapping()) else {
        return Ok(());
    };
    if keyless {
        return in_order_of_keys(graph, mapping, &columns, &objects, &mut rows);
    }
    let key_at: Vec<usize> =
        mapping.key().iter().filter_map(|key| columns.iter().position(|c| c == key)).collect();
    let mut by_key: HashMap<Vec<Datum>, Object> = HashMap::with_capacity(objects.len());
    for object in objects {
        let mut binds = Binds::new();
        graph.encode(object, mapping.key(), &mut binds);
        by_key.insert(binds.iter().map(Datum::from).collect(), object);
    }
    for row in &rows {
        let key: Vec<Datum> = key_at.iter().map(|&at| row[at].clone()).collect();
        let Some(object) = by_key.get(&key) else {
            return Err(Error::new(ErrorKind::StaleRow, "a row came back that was not sent"));
        };
        take_over(graph, *object, &columns, row)?;
    }
    Ok(())
}

/// Keys are drawn in the order of the rows that were sent, whatever the order in which they come back.
fn in_order_of_keys(
    graph: &mut Graph,
    mapping: &'static Mapping,
    columns: &[usize],
    objects: &[Object],
    rows: &mut [Vec<Datum>],
) -> Result<()> {
    let key = mapping.generated();
    let Some(at) = columns.iter().position(|c| Some(*c) == key) else { return Ok(()) };
    let number = |row: &Vec<Datum>| match row.get(at) {
        Some(Datum::Int(key)) => *key,
        _ => 0,
    };
    rows.sort_unstable_by_key(number);
    for (object, row) in objects.iter().zip(rows) {
        take_over(graph, *object, columns, row)?;
    }
    let raws = objects.iter().map(|object| object.raw).collect();
    graph.remember(Undo::KeysGiven(mapping.index() as u32, raws));
    Ok(())
}

fn take_over(graph: &mut Graph, object: Object, columns: &[usize], row: &[Datum]) -> Result<()> {
    let epoch = graph.epoch;
    if let Some(store) = graph.store_mut(object.model) {
        // A new object is never saved; a changed one is saved here, so that a rollback takes this back as well.
        store.save(object.raw.slot, epoch);
    }
    for (&column, datum) in columns.iter().zip(row) {
        graph.assign(object, column, datum.cell())?;
    }
    Ok(())
}

/// Everything in the plan has been written.
pub(super) fn written(graph: &mut Graph, written: FlushPlan, updates: &[(Object, ColumnSet)]) -> Result<()> {
    let mut parents = Parents::default();
    for (object, columns) in updates {
        follow_keys(graph, &mut parents, *object, columns);
    }
    // Deleted rows leave the identity map before new ones with the same key come.
    for Group { work, objects, .. } in &written.groups {
        match work {
            Work::Delete => objects.iter().for_each(|object| deleted(graph, *object)),
            Work::Unlink(keys) => {
                let rows = graph.association_rows(keys);
                rows.into_iter().flatten().for_each(|row| deleted(graph, row));
            }
            Work::Insert { .. }
            | Work::InsertWith { .. }
            | Work::Update { .. }
            | Work::UpdateWith { .. }
            | Work::Clear(_) => {}
        }
    }
    leave_lists(graph, &written.groups);
    // Keys may have gone from one row to another: all leave the identity map before any comes.
    for (object, columns) in updates {
        if let Some(store) = graph.store_mut(object.model)
            && store.mapping().key().iter().any(|&c| columns.contains(c))
        {
            store.unregister(object.raw.slot);
        }
    }
    for (object, columns) in updates {
        updated(graph, *object, columns)?;
    }
    for Group { mapping, work, objects } in written.groups {
        match work {
            Work::Insert { .. } | Work::InsertWith { .. } => inserted(graph, mapping, objects)?,
            Work::Clear(edge) => cleared(graph, &edge, &objects),
            Work::Update { .. } | Work::UpdateWith { .. } | Work::Delete | Work::Unlink(_) => {}
        }
    }
    graph.forget_pending();
    graph.next_epoch();
    graph.has_written = true;
    Ok(())
}

/// Deleted ends of many-to-many relations leave the loaded lists of the other ends, whatever they knew of them.
fn leave_lists(graph: &mut Graph, groups: &[Group]) {
    let deletes = groups.iter().filter(|group| matches!(group.work, Work::Delete));
    let mut gone: HashMap<u32, HashSet<Raw>> = HashMap::new();
    for group in deletes {
        let raws = group.objects.iter().map(|object| object.raw);
        gone.entry(group.mapping.index() as u32).or_default().extend(raws);
    }
    let mut changes: Vec<(Object, usize, Vec<Raw>)> = Vec::new();
    for (model, store) in graph.stores() {
        for info in store.mapping().relations() {
            let (LinkInfo::Through(_), Some(gone)) = (&info.link, gone.get(&(info.target.index() as u32)))
            else {
                continue;
            };
            for slot in 0..store.len() {
                let (Some(head), Some(LinkRef::Many(link))) =
                    (store.head(slot), store.link(slot, info.index))
                else {
                    continue;
                };
                let Some(list) = link.list() else { continue };
                // By the shorter way: few may be gone of many, or many of whom few were here.
                let left: Vec<Raw> = match gone.len() < list.len() {
                    true => gone.iter().copied().filter(|raw| list.contains(*raw)).collect(),
                    false => list.iter().filter(|raw| gone.contains(raw)).collect(),
                };
                if !left.is_empty() {
                    changes.push((Object { model, raw: Raw { slot, stamp: head.stamp } }, info.index, left));
                }
            }
        }
    }
    for (owner, relation, left) in changes {
        graph.change_many(owner, relation, |list| {
            left.iter().for_each(|raw| {
                list.remove(*raw);
            });
        });
    }
}

fn inserted(graph: &mut Graph, mapping: &'static Mapping, objects: Vec<Object>) -> Result<()> {
    let (model, now) = (mapping.index() as u32, graph.now);
    let raws: Vec<Raw> = objects.into_iter().map(|object| object.raw).collect();
    let mut rest = raws.as_slice();
    while !rest.is_empty() {
        let Some(store) = graph.store_mut(model) else { return Ok(()) };
        let entered = store.inserted(rest, now);
        rest = &rest[entered..];
        if let Some(raw) = rest.first() {
            make_room(graph, Object { model, raw: *raw })?;
        }
    }
    for raw in &raws {
        graph.tell_state(Object { model, raw: *raw }, Some(State::Pending), State::Persistent);
    }
    graph.remember(Undo::Inserted(model, raws));
    Ok(())
}

/// Enters an object that was written into the identity map.
fn register(graph: &mut Graph, object: Object) -> Result<()> {
    let Some(store) = graph.store_mut(object.model) else { return Ok(()) };
    match store.register(object.raw.slot) {
        Ok(()) => Ok(()),
        Err(_) => {
            make_room(graph, object)?;
            graph.store_mut(object.model).map_or(Ok(()), |store| store.register(object.raw.slot))
        }
    }
}

/// Another object that stands in the identity map under the key of one that was written is of a row that somebody else
/// has deleted: the database took the key.
#[cold]
fn make_room(graph: &mut Graph, object: Object) -> Result<()> {
    let Some(store) = graph.store_mut(object.model) else { return Ok(()) };
    let Err(error) = store.register(object.raw.slot) else { return Ok(()) };
    let mut key = Binds::new();
    store.mapping().key().iter().for_each(|&c| store.encode(object.raw.slot, c, &mut key));
    let cells: Vec<Cell<'_>> = key.iter().collect();
    let other = store.find(&cells)?.and_then(|slot| Some(Raw { slot, stamp: store.head(slot)?.stamp }));
    let Some(raw) = other else { return Err(error) };
    deleted(graph, Object { model: object.model, raw });
    Ok(())
}

fn updated(graph: &mut Graph, object: Object, columns: &ColumnSet) -> Result<()> {
    let now = graph.now;
    let Some(store) = graph.store_mut(object.model) else { return Ok(()) };
    if let Some(head) = store.head_mut(object.raw.slot) {
        head.fresh = now;
    }
    // The identity map follows a changed key (rule 8).
    if store.mapping().key().iter().any(|&c| columns.contains(c)) {
        register(graph, object)?;
    }
    Ok(())
}

fn deleted(graph: &mut Graph, object: Object) {
    graph.leave_windows(object);
    if let Some(store) = graph.store_mut(object.model) {
        store.unregister(object.raw.slot);
    }
    graph.remember(Undo::Unregistered(object));
    graph.set_state(object, State::Deleted);
}

/// Association objects whose rows went with one of their ends.
fn cleared(graph: &mut Graph, edge: &crate::mapping::Edge, ends: &[Object]) {
    let model = edge.child.index() as u32;
    let Some(store) = graph.store(model) else { return };
    let (mut parents, ends) = (Parents::default(), ends.iter().copied().collect::<HashSet<_>>());
    let slots = (0..store.len()).filter_map(|slot| Some((slot, store.head(slot)?)));
    let rows: Vec<Object> = slots
        .filter(|(_, head)| head.state == State::Persistent)
        .map(|(slot, head)| Object { model, raw: Raw { slot, stamp: head.stamp } })
        .filter(|row| parents.stored(graph, edge, *row).is_some_and(|end| ends.contains(&end)))
        .collect();
    for row in rows {
        deleted(graph, row);
    }
}

/// A foreign key that the program set as a plain column: the relations follow it now.
fn follow_keys(graph: &mut Graph, parents: &mut Parents, object: Object, columns: &ColumnSet) {
    let Some(mapping) = graph.store(object.model).map(|s| s.mapping()) else { return };
    for edge in mapping.foreign_keys() {
        let key = LinkKey { child: object, edge: edge.index as u16 };
        if graph.links.contains_key(&key) || !edge.child_columns.iter().any(|&c| columns.contains(c)) {
            continue;
        }
        let (old, new) = (parents.stored(graph, edge, object), graph.parent_by_key(edge, object));
        let mut now = Binds::new();
        graph.encode(object, &edge.child_columns, &mut now);
        let empty = now.iter().any(|cell| cell.is_null());
        for info in mapping.relations() {
            if matches!(&info.link, LinkInfo::Here(e) if e == edge) {
                let link = match new {
                    Some(raw) => OneLink::Loaded(raw),
                    None if empty => OneLink::None,
                    None => OneLink::NotLoaded,
                };
                graph.change_one(object, info.index, link);
            }
        }
        if let Some(old) = old {
            graph.leave_parent(edge, old, object.raw);
        }
        if let Some(raw) = new {
            graph.join_parent(edge, Object { model: edge.parent.index() as u32, raw }, object.raw);
        }
    }
}

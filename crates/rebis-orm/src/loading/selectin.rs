//! What one load asks, in pages of keys, and what becomes of the rows (rule 79). Pure.

use super::apply::{Found, apply, before_load, is_fresh};
use super::joined;
use super::run::{Came, Want};
use super::spec::Spec;
use super::waiting::Waiting;
use crate::graph::{Graph, LinkKey, Object, Raw, State};
use crate::mapping::{Edge, LinkInfo, LinkMut, Mapping, OneLink, RelationInfo, Through};
use crate::unit_of_work::{column, in_list, item, select_all_in, select_in};
use hashbrown::HashSet;
use rebis_core::{Binds, Cell, Datum, Name, Result};
use rebis_sql::ast::{self, Expr, Item, Order, Source};

/// One thing that is wanted, on its way.
pub(super) struct Load<'s> {
    want: &'s Want<'s>,
    /// The model of the rows.
    pub(super) rows: &'static Mapping,
    /// Where the owner's key stands in a row.
    at: Vec<usize>,
    /// The keys to ask for, and who waits for their rows.
    pub(super) waiting: Waiting,
    /// Owners whose windows are filled, also those for whom nothing can come.
    owners: Vec<u32>,
}

impl<'s> Want<'s> {
    /// What hangs on it, once it is loaded.
    pub(super) fn below(&self, graph: &Graph) -> Vec<Want<'s>> {
        let Want::Relation(spec, owners) = self else { return Vec::new() };
        let next = match spec.is_single() {
            true => Vec::new(),
            false => targets(graph, spec.owner.index() as u32, owners, spec.relation),
        };
        if next.is_empty() {
            return Vec::new();
        }
        let columns = Want::Columns(spec.relation.target, &spec.columns, next.clone());
        let then = spec.then.iter().map(|then| Want::Relation(then, next.clone()));
        std::iter::once(columns).chain(then).collect()
    }
}

impl<'s> Load<'s> {
    pub(super) fn new(graph: &mut Graph, want: &'s Want<'s>) -> Load<'s> {
        match want {
            Want::Objects(rows, keys) => {
                Load { waiting: Waiting::of(keys.clone()), ..Load::empty(want, rows) }
            }
            Want::Columns(rows, columns, slots) => {
                let deferred = deferred(rows, columns);
                let objects = slots.iter().filter_map(|&slot| object(graph, rows.index() as u32, slot));
                let wanted = objects.filter(|object| graph.lacks(*object, &deferred));
                let keys = wanted.map(|object| stored(graph, object, rows.key())).collect();
                Load { waiting: Waiting::of(keys), ..Load::empty(want, rows) }
            }
            Want::Relation(spec, slots) => {
                let mut seen = HashSet::new();
                let slots: Vec<u32> = slots.iter().copied().filter(|slot| seen.insert(*slot)).collect();
                let mut load = Load::empty(want, spec.relation.target);
                match &spec.relation.link {
                    LinkInfo::Here(edge) => load.wait_for_parents(graph, spec, edge, &slots),
                    LinkInfo::There(edge) => {
                        load.at = edge.child_columns.clone();
                        load.wait_for_children(graph, spec, edge, slots);
                    }
                    LinkInfo::Through(through) => {
                        let width = load.rows.width();
                        load.at = (width..width + through.from.child_columns.len()).collect();
                        load.wait_for_children(graph, spec, &through.from, slots);
                    }
                }
                load
            }
        }
    }

    fn empty(want: &'s Want<'s>, rows: &'static Mapping) -> Load<'s> {
        Load { want, rows, at: Vec::new(), waiting: Waiting::default(), owners: Vec::new() }
    }

    /// Whether it fills columns of objects that are there.
    pub(super) fn is_columns(&self) -> bool {
        matches!(self.want, Want::Columns(..))
    }

    /// Whether the session's restrictions hold.
    pub(super) fn is_restricted(&self) -> bool {
        !matches!(self.want, Want::Relation(spec, _) if spec.unrestricted)
    }

    /// What hangs on the rows, and may come in the same query.
    pub(super) fn then(&self) -> &[Spec] {
        match self.want {
            Want::Relation(spec, _) => &spec.then,
            Want::Columns(..) | Want::Objects(..) => &[],
        }
    }

    /// To-one with the key here: what the session has costs nothing (rule 78), the rest comes by key.
    fn wait_for_parents(&mut self, graph: &mut Graph, spec: &Spec, edge: &Edge, slots: &[u32]) {
        self.at = edge.parent_columns.clone();
        for &slot in slots {
            let Some(owner) = object(graph, spec.owner.index() as u32, slot) else { continue };
            let key = LinkKey { child: owner, edge: edge.index as u16 };
            if graph.links.contains_key(&key) || graph.state_of(owner) == Some(State::Pending) {
                continue;
            }
            let mut binds = Binds::new();
            graph.encode(owner, &edge.child_columns, &mut binds);
            let values: Vec<Datum> = binds.iter().map(Datum::from).collect();
            if values.iter().any(Datum::is_null) {
                set_one(graph, owner, spec.relation, OneLink::None);
            } else if let Some(raw) = graph.parent_by_key(edge, owner).filter(|_| !graph.populate) {
                set_one(graph, owner, spec.relation, OneLink::Loaded(raw));
            } else {
                self.waiting.wait(values, slot);
            }
        }
    }

    /// To-one and to-many with the key elsewhere, for the owners whose windows are not fresh.
    fn wait_for_children(&mut self, graph: &Graph, spec: &Spec, edge: &Edge, mut slots: Vec<u32>) {
        let model = spec.owner.index() as u32;
        // What was loaded under a restriction is not the whole.
        let hidden = spec.unrestricted && graph.is_restricted(spec.relation.target);
        let again = spec.is_partial() || hidden;
        slots.retain(|&slot| {
            let owner = object(graph, model, slot);
            owner.is_some_and(|owner| again || !is_fresh(graph, owner, spec.relation))
        });
        for owner in slots.iter().filter_map(|&slot| object(graph, model, slot)) {
            // A new owner has nothing in the database.
            if graph.state_of(owner) != Some(State::Pending) {
                self.waiting.wait(stored(graph, owner, &edge.parent_columns), owner.raw.slot);
            }
        }
        self.owners = slots;
    }

    /// The query for a page of the keys.
    pub(super) fn select(&self, keys: &[Vec<Datum>]) -> ast::Select {
        match self.want {
            Want::Columns(rows, columns, _) => {
                let columns: Vec<usize> = rows.key().iter().copied().chain(deferred(rows, columns)).collect();
                select_in(rows, &columns, rows.key(), keys)
            }
            Want::Objects(rows, _) => select_all_in(rows, rows.key(), keys),
            Want::Relation(spec, _) => match &spec.relation.link {
                LinkInfo::Here(edge) => {
                    let mut select = select_all_in(edge.parent, &edge.parent_columns, keys);
                    select.filter.extend(spec.filter.iter().cloned());
                    select
                }
                LinkInfo::There(edge) => children_select(spec, edge, keys),
                LinkInfo::Through(through) => through_select(spec, through, keys),
            },
        }
    }

    /// Takes a row; what waits for it finds it by the key.
    pub(super) fn row(&self, graph: &mut Graph, cells: &[Cell<'_>]) -> Result<Option<Came>> {
        if let Want::Columns(rows, columns, _) = self.want {
            let (key, values) = cells.split_at(rows.key().len().min(cells.len()));
            graph.fill_deferred(rows, key, &deferred(rows, columns), values)?;
            return Ok(None);
        }
        let context = graph.load_context();
        let loaded = graph.store_of(self.rows).load_row(cells, context);
        let raw = loaded.map_err(|error| crate::graph::named(self.rows, error))?;
        Ok(Some(Came { raw, number: self.waiting.number(cells, &self.at) }))
    }

    /// Fills the windows of the owners, once all rows have come.
    pub(super) fn finish(self, graph: &mut Graph, came: Vec<Came>) {
        let Want::Relation(spec, _) = self.want else { return };
        let model = spec.owner.index() as u32;
        let mut rows: Vec<Vec<Raw>> = self.waiting.keys.iter().map(|_| Vec::new()).collect();
        for Came { raw, number } in came {
            if let Some(number) = number {
                rows[number as usize].push(raw);
            }
        }
        if let LinkInfo::Here(_) = &spec.relation.link {
            for &(slot, number) in self.waiting.slots() {
                let link = OneLink::of(rows[number as usize].first().copied());
                if let Some(owner) = object(graph, model, slot) {
                    set_one(graph, owner, spec.relation, link);
                }
            }
            return;
        }
        let found: Found = self.waiting.shared(rows).collect();
        apply(graph, spec.relation, model, &self.owners, found, spec.is_partial());
    }
}

fn object(graph: &Graph, model: u32, slot: u32) -> Option<Object> {
    let head = graph.store(model)?.head(slot)?;
    Some(Object { model, raw: Raw { slot, stamp: head.stamp } })
}

/// Columns of an object as the database has them.
fn stored(graph: &Graph, object: Object, columns: &[usize]) -> Vec<Datum> {
    let mut binds = Binds::new();
    if let Some(store) = graph.store(object.model) {
        columns.iter().for_each(|&c| store.encode_stored(object.raw.slot, c, &mut binds));
    }
    binds.iter().map(Datum::from).collect()
}

fn deferred(mapping: &Mapping, columns: &[usize]) -> Vec<usize> {
    columns.iter().copied().filter(|&c| mapping.columns()[c].deferred).collect()
}

/// The objects in a relation of these owners.
pub(crate) fn targets(graph: &Graph, model: u32, owners: &[u32], info: &'static RelationInfo) -> Vec<u32> {
    let mut seen = HashSet::new();
    let objects = owners.iter().filter_map(|&slot| object(graph, model, slot));
    let related = objects.flat_map(|owner| graph.loaded_related(owner, |i| i.index == info.index));
    related.map(|object| object.raw.slot).filter(|slot| seen.insert(*slot)).collect()
}

fn set_one(graph: &mut Graph, owner: Object, info: &RelationInfo, to: OneLink) {
    before_load(graph, owner, info.index);
    if let Some(LinkMut::One(link)) = graph.link_mut(owner, info.index) {
        *link = to;
    }
}

fn children_select(spec: &Spec, edge: &Edge, keys: &[Vec<Datum>]) -> ast::Select {
    let source = edge.child.table_ref().source().clone();
    let mut select = select_all_in(edge.child, &edge.child_columns, keys);
    select.filter.extend(spec.filter.iter().cloned());
    let partition: Vec<Expr> = edge.child_columns.iter().map(|&c| column(&source, edge.child, c)).collect();
    ordered(select, spec, edge.child, partition)
}

/// The target's columns and, after them, the key of the owner from the association row.
fn through_select(spec: &Spec, through: &Through, keys: &[Vec<Datum>]) -> ast::Select {
    let target = spec.relation.target;
    let (mut select, assoc) = joined::through_from(target, through);
    let owner_key = through.from.child_columns.iter();
    select.items.extend(owner_key.clone().map(|&c| item(&assoc, through.model(), c)));
    let owner_key: Vec<Expr> = owner_key.map(|&c| column(&assoc, through.model(), c)).collect();
    let from = &through.from.child_columns;
    select.filter.push(in_list(&assoc, through.model(), from, keys));
    select.filter.extend(spec.filter.iter().cloned());
    ordered(select, spec, target, owner_key)
}

/// The order of a collection, and its limit for each owner by a window function.
fn ordered(
    mut select: ast::Select,
    spec: &Spec,
    target: &'static Mapping,
    partition: Vec<Expr>,
) -> ast::Select {
    let order = order_of(spec, target);
    let Some(limit) = spec.limit else {
        select.order_by = order;
        return select;
    };
    let order_by = default_order(&order, target);
    let window = Box::new(ast::Window { partition_by: partition, order_by, ..ast::Window::default() });
    let number = Box::new(Expr::Call(ast::Call::new("row_number", Vec::new())));
    // Every column gets a label, because the association's may be called like the target's.
    let labels: Vec<Name> = (0..select.items.len()).map(|i| format!("c{i}").into()).collect();
    for (item, label) in select.items.iter_mut().zip(&labels) {
        item.label = Some(label.clone());
    }
    let kept: Vec<_> = select.items.iter().map(|item| item.kept).collect();
    let place = Item::from(Expr::Over { call: number, window });
    select.items.push(Item { label: Some("place".into()), ..place });
    let outer = |name: &Name| Expr::Column(ast::ColumnRef { source: "ranked".into(), name: name.clone() });
    let place = outer(&"place".into());
    let most = Expr::Value(Datum::Int(i64::try_from(limit).unwrap_or(i64::MAX)));
    ast::Select {
        items: labels.iter().zip(kept).map(|(label, kept)| Item::from(outer(label)).kept(kept)).collect(),
        from: Some(Source::Subquery { select: Box::new(select), alias: "ranked".into(), lateral: false }),
        filter: vec![Expr::Binary {
            op: ast::BinaryOp::Le,
            left: Box::new(place.clone()),
            right: Box::new(most),
        }],
        order_by: vec![Order { expr: place, descending: false, nulls: None }],
        ..ast::Select::default()
    }
}

/// The order that the load asks for, else the relation's own.
pub(super) fn order_of(spec: &Spec, target: &'static Mapping) -> Vec<Order> {
    if !spec.order.is_empty() {
        return spec.order.clone();
    }
    let source = target.table_ref().source().clone();
    let own = spec.relation.order_by.iter();
    own.map(|&(c, descending)| Order { expr: column(&source, target, c), descending, nulls: None }).collect()
}

pub(super) fn default_order(order: &[Order], target: &'static Mapping) -> Vec<Order> {
    if !order.is_empty() {
        return order.to_vec();
    }
    let source = target.table_ref().source().clone();
    let key = target.key().iter();
    key.map(|&c| Order { expr: column(&source, target, c), descending: false, nulls: None }).collect()
}

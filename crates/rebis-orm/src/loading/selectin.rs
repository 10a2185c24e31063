//! One query for the relation of many owners, in pages of keys (rule 79).

use super::apply::{Found, apply, is_fresh};
use super::joined::{self, Joined};
use super::spec::{How, Spec};
use crate::graph::{AssocKey, Graph, Object, Raw, State};
use crate::mapping::{Edge, LinkInfo, LinkMut, Mapping, OneLink, RelationInfo, Through};
use crate::session::Io;
use crate::unit_of_work::Need;
use hashbrown::{HashMap, HashSet};
use rebis_core::{Binds, BoxFuture, Cell, Datum, Name, Result};
use rebis_driver::{Flow, Sink, Step};
use rebis_sql::ast::{self, Expr, Item, Order, Piece, Source};
use std::panic::Location;

type Site = &'static Location<'static>;

/// Keys in one query.
const PAGE: usize = 500;

/// Loads what a flush needs to know, whatever the program says about loading (rule 82).
pub(crate) async fn load_need(graph: &mut Graph, io: &mut Io, need: Need, site: Site) -> Result<()> {
    let Some(owner) = graph.store(need.model).map(|s| s.mapping()) else { return Ok(()) };
    let spec = Spec {
        owner,
        relation: need.relation,
        how: How::Selectin,
        filter: Vec::new(),
        order: Vec::new(),
        limit: None,
        then: Vec::new(),
        columns: Vec::new(),
        unrestricted: need.unrestricted,
    };
    load_spec(graph, io, need.owners, &spec, site).await
}

/// Loads a relation for the objects in these slots, and what hangs on it.
pub(crate) fn load_spec<'a>(
    graph: &'a mut Graph,
    io: &'a mut Io,
    owners: Vec<u32>,
    spec: &'a Spec,
    site: Site,
) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        let model = spec.owner.index() as u32;
        let mut seen = HashSet::new();
        let owners: Vec<u32> = owners.into_iter().filter(|slot| seen.insert(*slot)).collect();
        match &spec.relation.link {
            LinkInfo::Here(edge) => load_parents(graph, io, model, &owners, spec, edge, site).await?,
            LinkInfo::There(_) | LinkInfo::Through(_) => {
                // What was loaded under a restriction is not the whole.
                let hidden = spec.unrestricted && graph.is_restricted(spec.relation.target);
                let again = spec.is_partial() || hidden;
                let unloaded = owners.iter().copied().filter(|&slot| {
                    let owner = object(graph, model, slot);
                    owner.is_some_and(|owner| again || !is_fresh(graph, owner, spec.relation))
                });
                let unloaded: Vec<u32> = unloaded.collect();
                load_children(graph, io, model, &unloaded, spec, site).await?;
            }
        }
        if spec.then.is_empty() && spec.columns.is_empty() {
            return Ok(());
        }
        let next = targets(graph, model, &owners, spec.relation);
        load_columns(graph, io, spec.relation.target, &next, &spec.columns, site).await?;
        for then in &spec.then {
            load_spec(graph, io, next.clone(), then, site).await?;
        }
        Ok(())
    })
}

fn object(graph: &Graph, model: u32, slot: u32) -> Option<Object> {
    let head = graph.store(model)?.head(slot)?;
    Some(Object { model, raw: Raw { slot, stamp: head.stamp } })
}

/// The objects in a relation of these owners.
pub(crate) fn targets(graph: &Graph, model: u32, owners: &[u32], info: &'static RelationInfo) -> Vec<u32> {
    let mut seen = HashSet::new();
    let objects = owners.iter().filter_map(|&slot| object(graph, model, slot));
    let related = objects.flat_map(|owner| graph.loaded_related(owner, |i| i.index == info.index));
    related.map(|object| object.raw.slot).filter(|slot| seen.insert(*slot)).collect()
}

/// To-one with the key here: what the session has costs nothing (rule 78), the rest comes by key.
async fn load_parents(
    graph: &mut Graph,
    io: &mut Io,
    model: u32,
    owners: &[u32],
    spec: &Spec,
    edge: &Edge,
    site: Site,
) -> Result<()> {
    let mut missing: HashMap<Vec<Datum>, Vec<Object>> = HashMap::new();
    let mut order: Vec<Vec<Datum>> = Vec::new();
    for &slot in owners {
        let Some(owner) = object(graph, model, slot) else { continue };
        let key = crate::graph::LinkKey { child: owner, edge: edge.index as u16 };
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
            let waiting = missing.entry(values.clone()).or_default();
            if waiting.is_empty() {
                order.push(values);
            }
            waiting.push(owner);
        }
    }
    for page in order.chunks(PAGE) {
        let source = edge.parent.table_ref().source().clone();
        let mut select = crate::unit_of_work::select_all(edge.parent);
        select.filter.push(crate::unit_of_work::in_list(&source, edge.parent, &edge.parent_columns, page));
        select.filter.extend(spec.filter.iter().cloned());
        let rows = fetch(graph, io, edge.parent, select, &edge.parent_columns, spec, site).await?;
        let mut by_key: HashMap<Vec<Datum>, Raw> = HashMap::new();
        for (key, raw) in rows {
            by_key.entry(key).or_insert(raw);
        }
        for key in page {
            let link = OneLink::of(by_key.get(key).copied());
            for owner in missing.remove(key).into_iter().flatten() {
                set_one(graph, owner, spec.relation, link);
            }
        }
    }
    Ok(())
}

fn set_one(graph: &mut Graph, owner: Object, info: &RelationInfo, to: OneLink) {
    super::apply::before_load(graph, owner, info.index);
    if let Some(LinkMut::One(link)) = graph.link_mut(owner, info.index) {
        *link = to;
    }
}

async fn load_children(
    graph: &mut Graph,
    io: &mut Io,
    model: u32,
    owners: &[u32],
    spec: &Spec,
    site: Site,
) -> Result<()> {
    let (edge, mapping) = match &spec.relation.link {
        LinkInfo::There(edge) => (edge, edge.child),
        LinkInfo::Through(through) => (&through.from, spec.relation.target),
        LinkInfo::Here(_) => return Ok(()),
    };
    let mut by_key: HashMap<Vec<Datum>, u32> = HashMap::new();
    let mut keys: Vec<Vec<Datum>> = Vec::new();
    let mut found = Found::new();
    for &slot in owners {
        let Some(owner) = object(graph, model, slot) else { continue };
        // A new owner has nothing in the database.
        if graph.state_of(owner) == Some(State::Pending) {
            continue;
        }
        let mut binds = Binds::new();
        if let Some(store) = graph.store(model) {
            edge.parent_columns.iter().for_each(|&c| store.encode_stored(slot, c, &mut binds));
        }
        let key: Vec<Datum> = binds.iter().map(Datum::from).collect();
        by_key.insert(key.clone(), slot);
        keys.push(key);
    }
    for page in keys.chunks(PAGE) {
        let (select, key_columns) = match &spec.relation.link {
            LinkInfo::Through(through) => (through_select(spec, through, page), Vec::new()),
            LinkInfo::There(_) | LinkInfo::Here(_) => {
                (children_select(spec, edge, page), edge.child_columns.clone())
            }
        };
        let rows = fetch(graph, io, mapping, select, &key_columns, spec, site).await?;
        for (key, raw) in rows {
            if let Some(slot) = by_key.get(&key) {
                found.entry(*slot).or_default().push(raw);
            }
        }
    }
    apply(graph, spec.relation, model, owners, found, spec.is_partial());
    Ok(())
}

fn children_select(spec: &Spec, edge: &Edge, keys: &[Vec<Datum>]) -> ast::Select {
    let source = edge.child.table_ref().source().clone();
    let mut select = crate::unit_of_work::select_all(edge.child);
    select.filter.push(crate::unit_of_work::in_list(&source, edge.child, &edge.child_columns, keys));
    select.filter.extend(spec.filter.iter().cloned());
    let partition: Vec<Expr> =
        edge.child_columns.iter().map(|&c| crate::unit_of_work::column(&source, edge.child, c)).collect();
    ordered(select, spec, edge.child, partition)
}

/// The target's columns and, after them, the key of the owner from the association row.
fn through_select(spec: &Spec, through: &Through, keys: &[Vec<Datum>]) -> ast::Select {
    let target = spec.relation.target;
    let (mut select, assoc) = joined::through_from(target, through);
    let owner_key = through.from.child_columns.iter();
    let owner_key: Vec<Expr> =
        owner_key.map(|&c| crate::unit_of_work::column(&assoc, through.model(), c)).collect();
    select.items.extend(owner_key.iter().cloned().map(Item::from));
    let from = &through.from.child_columns;
    select.filter.push(crate::unit_of_work::in_list(&assoc, through.model(), from, keys));
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
    let mut number = vec![Piece::Sql("row_number() OVER (PARTITION BY ".into())];
    for (i, expr) in partition.into_iter().enumerate() {
        number.extend((i > 0).then(|| Piece::Sql(", ".into())));
        number.push(Piece::Expr(expr));
    }
    number.push(Piece::Sql(" ORDER BY ".into()));
    for (i, term) in default_order(&order, target).into_iter().enumerate() {
        number.extend((i > 0).then(|| Piece::Sql(", ".into())));
        number.push(Piece::Expr(term.expr));
        number.push(Piece::Sql(if term.descending { " DESC" } else { "" }.into()));
    }
    number.push(Piece::Sql(")".into()));
    // Every column gets a label, because the association's may be called like the target's.
    let labels: Vec<Name> = (0..select.items.len()).map(|i| format!("c{i}").into()).collect();
    for (item, label) in select.items.iter_mut().zip(&labels) {
        item.label = Some(label.clone());
    }
    select.items.push(Item { expr: Expr::Raw(number), label: Some("place".into()) });
    let outer = |name: &Name| Expr::Column(ast::ColumnRef { source: "ranked".into(), name: name.clone() });
    let place = outer(&"place".into());
    let most = Expr::Value(Datum::Int(i64::try_from(limit).unwrap_or(i64::MAX)));
    ast::Select {
        items: labels.iter().map(|label| outer(label).into()).collect(),
        from: Some(Source::Subquery { select: Box::new(select), alias: "ranked".into() }),
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
    own.map(|&(column, descending)| Order {
        expr: crate::unit_of_work::column(&source, target, column),
        descending,
        nulls: None,
    })
    .collect()
}

pub(super) fn default_order(order: &[Order], target: &'static Mapping) -> Vec<Order> {
    if !order.is_empty() {
        return order.to_vec();
    }
    let source = target.table_ref().source().clone();
    let key = target.key().iter();
    key.map(|&c| Order {
        expr: crate::unit_of_work::column(&source, target, c),
        descending: false,
        nulls: None,
    })
    .collect()
}

/// Runs a query for rows of a model; each row comes with the values of its key columns, or of what stands behind
/// the model's columns where there are none.
async fn fetch(
    graph: &mut Graph,
    io: &mut Io,
    mapping: &'static Mapping,
    mut select: ast::Select,
    key_columns: &[usize],
    spec: &Spec,
    site: Site,
) -> Result<Vec<(Vec<Datum>, Raw)>> {
    let width = mapping.width();
    let behind = select.items.len() - width;
    let joined = joined::join_below(&mut select, mapping, &spec.then);
    if !spec.unrestricted {
        graph.restrict_select(&mut select);
    }
    let compiled = rebis_sql::render::render(&ast::Query::Select(Box::new(select)), io.capabilities())?;
    let mut binds = graph.binds(&compiled.binds, &Binds::new())?;
    let statement = io.engine().statement(&compiled.sql, compiled.kind);
    graph.begin_batch();
    let mut sink = Fetch { graph, mapping, key_columns, behind, rows: Vec::new(), joined };
    io.begin(false, site).await?;
    io.run(&mut [Step::new(&statement, &mut binds, &mut sink)], site).await?;
    let Fetch { graph, rows, joined, .. } = sink;
    joined.finish(graph);
    Ok(rows)
}

struct Fetch<'g> {
    graph: &'g mut Graph,
    mapping: &'static Mapping,
    key_columns: &'g [usize],
    behind: usize,
    rows: Vec<(Vec<Datum>, Raw)>,
    joined: Joined,
}

impl Sink for Fetch<'_> {
    fn row(&mut self, cells: &[Cell<'_>]) -> Result<Flow> {
        let context = self.graph.load_context();
        let loaded = self.graph.store_of(self.mapping).load_row(cells, context);
        let raw = loaded.map_err(|error| crate::graph::named(self.mapping, error))?;
        let width = self.mapping.width();
        let key = match self.behind {
            0 => self.key_columns.iter().map(|&c| Datum::from(cells[c])).collect(),
            n => cells[width..width + n].iter().map(|cell| Datum::from(*cell)).collect(),
        };
        self.joined.row(self.graph, raw, cells)?;
        self.rows.push((key, raw));
        Ok(Flow::Continue(()))
    }
}

/// Asks which pairs the database has of those that were pushed without anybody knowing: they are not written again.
pub(crate) async fn ask_for_pairs(graph: &mut Graph, io: &mut Io, site: Site) -> Result<()> {
    for (mapping, keys) in graph.unsure_pairs() {
        for page in keys.chunks(PAGE) {
            let (columns, values): (Vec<usize>, Vec<Vec<Datum>>) = pair_values(graph, mapping, page);
            let source = mapping.table_ref().source().clone();
            let column = |&c: &usize| Item::from(crate::unit_of_work::column(&source, mapping, c));
            let select = ast::Select {
                items: columns.iter().map(column).collect(),
                from: Some(Source::Table(mapping.table_ref())),
                filter: vec![crate::unit_of_work::in_list(&source, mapping, &columns, &values)],
                ..ast::Select::default()
            };
            let query = ast::Query::Select(Box::new(select));
            let compiled = rebis_sql::render::render(&query, io.capabilities())?;
            let mut binds = graph.binds(&compiled.binds, &Binds::new())?;
            let statement = io.engine().statement(&compiled.sql, compiled.kind);
            let mut found = Values::default();
            io.begin(true, site).await?;
            let asked = io.run(&mut [Step::new(&statement, &mut binds, &mut found)], site).await;
            io.flushed(asked, site).await?;
            for (key, values) in page.iter().zip(&values) {
                match found.0.contains(values) {
                    true => graph.pair_is_there(key),
                    false => graph.pair_is_missing(key),
                }
            }
        }
    }
    Ok(())
}

/// The columns of an association that connect pairs, and what stands in them for each pair.
fn pair_values(graph: &Graph, mapping: &Mapping, keys: &[AssocKey]) -> (Vec<usize>, Vec<Vec<Datum>>) {
    let edge = |index: u16| &mapping.foreign_keys()[usize::from(index)];
    let ends = |key: &AssocKey| [(edge(key.low.0), key.low.1), (edge(key.high.0), key.high.1)];
    let columns = keys.first().map(ends).into_iter().flatten();
    let columns = columns.flat_map(|(edge, _)| edge.child_columns.iter().copied()).collect();
    let values = |key: &AssocKey| {
        let mut binds = Binds::new();
        for (edge, raw) in ends(key) {
            if let Some(store) = graph.store(edge.parent.index() as u32) {
                edge.parent_columns.iter().for_each(|&c| store.encode_stored(raw.slot, c, &mut binds));
            }
        }
        binds.iter().map(Datum::from).collect()
    };
    (columns, keys.iter().map(values).collect())
}

/// Keeps what came, whatever its order.
#[derive(Debug, Default)]
struct Values(HashSet<Vec<Datum>>);

impl Sink for Values {
    fn row(&mut self, cells: &[Cell<'_>]) -> Result<Flow> {
        self.0.insert(cells.iter().map(|cell| Datum::from(*cell)).collect());
        Ok(Flow::Continue(()))
    }
}

/// Loads deferred columns of the objects in these slots, where they are not loaded or may be out of date.
pub(crate) async fn load_columns(
    graph: &mut Graph,
    io: &mut Io,
    mapping: &'static Mapping,
    slots: &[u32],
    columns: &[usize],
    site: Site,
) -> Result<()> {
    let columns: Vec<usize> = columns.iter().copied().filter(|&c| mapping.columns()[c].deferred).collect();
    let model = mapping.index() as u32;
    let objects = slots.iter().filter_map(|&slot| object(graph, model, slot));
    let wanted = objects.filter(|object| graph.lacks(*object, &columns));
    let keys: Vec<Vec<Datum>> = wanted.map(|object| stored_key(graph, object)).collect();
    for page in keys.chunks(PAGE) {
        let source = mapping.table_ref().source().clone();
        let column = |&c: &usize| Item::from(crate::unit_of_work::column(&source, mapping, c));
        let mut select = ast::Select {
            items: mapping.key().iter().chain(&columns).map(column).collect(),
            from: Some(Source::Table(mapping.table_ref())),
            filter: vec![crate::unit_of_work::in_list(&source, mapping, mapping.key(), page)],
            ..ast::Select::default()
        };
        graph.restrict_select(&mut select);
        let query = ast::Query::Select(Box::new(select));
        let compiled = rebis_sql::render::render(&query, io.capabilities())?;
        let mut binds = graph.binds(&compiled.binds, &Binds::new())?;
        let statement = io.engine().statement(&compiled.sql, compiled.kind);
        let mut sink = Fill { graph, mapping, columns: &columns };
        io.begin(false, site).await?;
        io.run(&mut [Step::new(&statement, &mut binds, &mut sink)], site).await?;
    }
    Ok(())
}

fn stored_key(graph: &Graph, object: Object) -> Vec<Datum> {
    let mut binds = Binds::new();
    if let Some(store) = graph.store(object.model) {
        store.mapping().key().iter().for_each(|&c| store.encode_stored(object.raw.slot, c, &mut binds));
    }
    binds.iter().map(Datum::from).collect()
}

/// Puts columns into the objects whose keys come with them.
struct Fill<'g> {
    graph: &'g mut Graph,
    mapping: &'static Mapping,
    columns: &'g [usize],
}

impl Sink for Fill<'_> {
    fn row(&mut self, cells: &[Cell<'_>]) -> Result<Flow> {
        let (key, values) = cells.split_at(self.mapping.key().len().min(cells.len()));
        self.graph.fill_deferred(self.mapping, key, self.columns, values)?;
        Ok(Flow::Continue(()))
    }
}

//! Columns of a relation in the query of its owners.

use super::apply::{Found, apply, is_fresh};
use super::selectin::{default_order, order_of};
use super::spec::{How, Spec};
use crate::graph::{Graph, Object, Raw};
use crate::mapping::{LinkInfo, Mapping, Through};
use crate::query::edge_on;
use crate::unit_of_work::item;
use hashbrown::HashSet;
use rebis_core::{Cell, Name, Result};
use rebis_sql::ast::{self, Expr, Join, JoinKind, Order, Source};

/// The relations that come with the rows of a query, and what has come so far.
#[derive(Debug, Default)]
pub(crate) struct Joined(Vec<Part>);

/// One of them.
#[derive(Debug)]
struct Part {
    spec: Spec,
    /// Where its columns begin in the row.
    at: usize,
    owners: Vec<u32>,
    known: HashSet<u32>,
    pairs: HashSet<(u32, Raw)>,
    found: Found,
    below: Joined,
}

/// Adds the joins and columns of relations that are loaded with the query itself. Where a collection meets LIMIT,
/// OFFSET or DISTINCT, the query becomes a subquery first, so that it counts owners and not rows (rule 80).
pub(crate) fn join_eagerly(select: &mut ast::Select, owner: &'static Mapping, specs: &[Spec]) -> Joined {
    let many = |spec: &Spec| spec.how == How::Joined && is_many(spec);
    let counts = select.limit.is_some() || select.offset.is_some();
    let chooses = select.distinct || !select.distinct_on.is_empty() || !select.compound.is_empty();
    if (counts || chooses) && any(specs, &many) {
        wrap(select, owner);
    }
    let source = source_of(select, owner);
    join_all(select, &source, specs, &mut 0)
}

/// What the rows of a model are called in a query: its alias, where it has one.
fn source_of(select: &ast::Select, owner: &'static Mapping) -> Name {
    match &select.from {
        Some(Source::Table(table)) if table.name != owner.table_name() => owner.table_name().into(),
        Some(other) => other.name().cloned().unwrap_or_else(|| owner.table_name().into()),
        None => owner.table_name().into(),
    }
}

fn any(specs: &[Spec], wanted: &impl Fn(&Spec) -> bool) -> bool {
    specs.iter().any(|spec| wanted(spec) || (spec.how != How::Selectin && any(&spec.then, wanted)))
}

fn is_many(spec: &Spec) -> bool {
    matches!(spec.relation.kind, crate::mapping::RelationKind::HasMany)
}

/// The query as a subquery under the table's own name, so that what refers to the table goes on to do so.
fn wrap(select: &mut ast::Select, owner: &'static Mapping) {
    let source = source_of(select, owner);
    let items = (0..owner.width()).map(|c| item(&source, owner, c)).collect();
    let inner = std::mem::take(select);
    // The order within counts for the limit; what it says of the owner's own columns holds outside, too.
    let own = |term: &Order| !term.expr.any(&mut |e| matches!(e, Expr::Column(c) if c.source != source));
    let order_by = inner.order_by.iter().filter(|term| own(term)).cloned().collect();
    *select = ast::Select {
        items,
        from: Some(Source::Subquery { select: Box::new(inner), alias: source, lateral: false }),
        order_by,
        ..ast::Select::default()
    };
}

/// Joins for the relations of rows of `owner` that a query already has under the table's own name.
pub(super) fn join_below(select: &mut ast::Select, owner: &'static Mapping, specs: &[Spec]) -> Joined {
    let source: Name = owner.table_ref().source().clone();
    join_all(select, &source, specs, &mut 0)
}

fn join_all(select: &mut ast::Select, owner: &Name, specs: &[Spec], joins: &mut usize) -> Joined {
    let inline = specs.iter().filter(|spec| spec.how != How::Selectin);
    Joined(inline.map(|spec| join_one(select, owner, spec, joins)).collect())
}

fn join_one(select: &mut ast::Select, owner: &Name, spec: &Spec, joins: &mut usize) -> Part {
    let target = spec.relation.target;
    let source: Name = match spec.how {
        How::Contained(alias) => alias.map_or(target.table_ref().source().clone(), Name::from),
        How::Joined | How::Selectin => {
            *joins += 1;
            format!("{}_{}", target.table_name(), joins).into()
        }
    };
    if spec.how == How::Joined {
        add_joins(select, owner, spec, &source, joins);
    }
    let at = select.items.len();
    select.items.extend((0..target.width()).map(|c| item(&source, target, c)));
    let below = join_all(select, &source, &spec.then, joins);
    Part {
        spec: spec.clone(),
        at,
        owners: Vec::new(),
        known: HashSet::new(),
        pairs: HashSet::new(),
        found: Found::new(),
        below,
    }
}

fn add_joins(select: &mut ast::Select, owner: &Name, spec: &Spec, source: &Name, joins: &mut usize) {
    let target = spec.relation.target;
    let mut table = target.table_ref();
    table.alias = Some(source.clone());
    let own = target.table_ref().source().clone();
    let filter = spec.filter.iter().map(|expr| renamed(expr, &own, source));
    let on = match &spec.relation.link {
        LinkInfo::Here(edge) => edge_on(edge, owner, source),
        LinkInfo::There(edge) => edge_on(edge, source, owner),
        LinkInfo::Through(through) => {
            let mut assoc = through.model().table_ref();
            let name: Name = format!("{}_{}", through.model().table_name(), joins).into();
            assoc.alias = Some(name.clone());
            let on = Expr::And(edge_on(&through.from, &name, owner));
            select.joins.push(Join { kind: JoinKind::Left, source: Source::Table(assoc), on: Some(on) });
            edge_on(&through.to, &name, source)
        }
    };
    let on = Expr::And(on.into_iter().chain(filter).collect());
    select.joins.push(Join { kind: JoinKind::Left, source: Source::Table(table), on: Some(on) });
    let order = match spec.limit {
        Some(_) => default_order(&order_of(spec, target), target),
        None => order_of(spec, target),
    };
    let order = order.into_iter();
    select.order_by.extend(order.map(|term| Order { expr: renamed(&term.expr, &own, source), ..term }));
}

/// The same expression over another name of the table.
fn renamed(expr: &Expr, from: &Name, to: &Name) -> Expr {
    let mut expr = expr.clone();
    expr.rename_source(from, to);
    expr
}

/// `SELECT target.* FROM target JOIN association`, and the name of the association in it.
pub(super) fn through_from(target: &'static Mapping, through: &Through) -> (ast::Select, Name) {
    let mut select = crate::unit_of_work::select_all(target);
    let assoc = through.model().table_ref();
    let name = assoc.source().clone();
    let on = edge_on(&through.to, &name, target.table_ref().source());
    select.joins.push(Join { kind: JoinKind::Inner, source: Source::Table(assoc), on: Some(Expr::And(on)) });
    (select, name)
}

impl Joined {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes what a row says of the relations of its owner.
    pub(crate) fn row(&mut self, graph: &mut Graph, owner: Raw, cells: &[Cell<'_>]) -> Result<()> {
        for part in &mut self.0 {
            let target = part.spec.relation.target;
            if part.known.insert(owner.slot) {
                let object = Object { model: part.spec.owner.index() as u32, raw: owner };
                // What is loaded already is not overwritten (rule 81).
                if graph.populate || part.spec.is_partial() || !is_fresh(graph, object, part.spec.relation) {
                    part.owners.push(owner.slot);
                }
            }
            let Some(own) = cells.get(part.at..) else { continue };
            if target.key().iter().all(|&c| own.get(c).is_none_or(Cell::is_null)) {
                continue;
            }
            let context = graph.load_context();
            let loaded = graph.store_of(target).load_row(own, context);
            let raw = loaded.map_err(|error| crate::graph::named(target, error))?;
            part.below.row(graph, raw, cells)?;
            if part.pairs.insert((owner.slot, raw)) {
                let found = part.found.entry(owner.slot).or_default();
                if part.spec.limit.is_none_or(|most| (found.len() as u64) < most) {
                    found.push(raw);
                }
            }
        }
        Ok(())
    }

    /// Fills the windows, once all rows have come.
    pub(crate) fn finish(self, graph: &mut Graph) {
        for part in self.0 {
            let model = part.spec.owner.index() as u32;
            apply(graph, part.spec.relation, model, &part.owners, part.found, part.spec.is_partial());
            part.below.finish(graph);
        }
    }
}

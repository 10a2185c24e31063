//! What a database lacks in a SELECT, said with other constructs: a rewrite of the tree, before it is written. What is a word or a
//! clause is data in [`Capabilities`] instead.
//!
//! The renderer asks for it where it meets a SELECT that needs it, so other statements are not looked through.

mod backwards;
mod groupings;
mod ranked;
mod sets;

use crate::Capabilities;
use crate::ast::{ColumnRef, Expr, Item, Order, Query, Select, Source, Update};
use rebis_core::Name;

/// One thing that may have to be said otherwise.
struct Rule {
    what: &'static str,
    is_needed: fn(&Select, &Capabilities) -> bool,
    /// Whether the rest of the SELECT allows it.
    fits: fn(&Select) -> bool,
    rewrite: fn(Select) -> Select,
}

const RULES: [Rule; 6] = [
    Rule {
        what: "a page backwards together with DISTINCT, WITH TIES, a set operation or a lock",
        is_needed: |select, _| select.backwards && select.limit.is_some(),
        fits: |select| is_simple(select) && select.distinct_on.is_empty() && !select.with_ties,
        rewrite: backwards::rewrite,
    },
    Rule {
        what: "GROUPING SETS, ROLLUP and CUBE together with DISTINCT, a set operation, a window or a lock",
        is_needed: |select, caps| {
            !caps.queries.groupings && select.group_by.iter().any(groupings::is_grouping)
        },
        fits: |select| is_simple(select) && select.windows.is_empty() && select.distinct_on.is_empty(),
        rewrite: groupings::rewrite,
    },
    Rule {
        what: "DISTINCT ON together with DISTINCT, a set operation or a lock",
        is_needed: |select, caps| !caps.queries.distinct_on && !select.distinct_on.is_empty(),
        fits: is_simple,
        rewrite: ranked::distinct_on,
    },
    Rule {
        what: "a part of the rows together with LIMIT, OFFSET, DISTINCT, a set operation or a lock",
        is_needed: |select, _| select.percent.is_some(),
        fits: |select| is_simple(select) && select.limit.is_none() && select.offset.is_none(),
        rewrite: ranked::percent,
    },
    Rule {
        what: "WITH TIES together with DISTINCT, a set operation or a lock",
        is_needed: |select, caps| !caps.queries.with_ties && select.with_ties && select.limit.is_some(),
        fits: is_simple,
        rewrite: ranked::with_ties,
    },
    Rule {
        what: "INTERSECT ALL and EXCEPT ALL",
        is_needed: |select, caps| {
            !caps.queries.set_all && select.compound.iter().any(|(op, _)| sets::keeps_copies(*op))
        },
        fits: |_| true,
        rewrite: sets::rewrite,
    },
];

/// What of a SELECT must be said otherwise for this database.
pub(crate) fn needed(select: &Select, caps: &Capabilities) -> Option<&'static str> {
    RULES.iter().find(|rule| (rule.is_needed)(select, caps)).map(|rule| rule.what)
}

/// The statement without what the database lacks, as far as it can be said otherwise.
pub(crate) fn rewritten(mut query: Query, caps: &Capabilities) -> Query {
    if let Query::Update(update) = &mut query
        && !caps.writes.set_rows
    {
        set_by_column(update);
    }
    query.for_each_select_mut(&mut |select| {
        for rule in &RULES {
            if (rule.is_needed)(select, caps) && (rule.fits)(select) {
                *select = (rule.rewrite)(std::mem::take(select));
            }
        }
    });
    query
}

/// Columns that are set to a row: a subquery for each.
fn set_by_column(update: &mut Update) {
    let fits = |(names, select): &mut (Vec<Name>, Select)| names.len() == select.items.len();
    for (names, mut select) in update.set_rows.extract_if(.., fits) {
        select.order_by = spelt_out(std::mem::take(&mut select.order_by), &select.items);
        let one = |at: usize| {
            let mut one = select.clone();
            let members = one.compound.iter_mut().map(|(_, member)| &mut member.items);
            members
                .chain([&mut one.items])
                .for_each(|items| *items = items.get(at).cloned().into_iter().collect());
            Expr::Scalar(Box::new(one))
        };
        update.set.extend(names.into_iter().enumerate().map(|(at, name)| (name, one(at))));
    }
}

fn is_simple(select: &Select) -> bool {
    !select.distinct && select.compound.is_empty() && select.lock.is_none()
}

/// The terms of ORDER BY in words of FROM: a label becomes what it stands for.
fn spelt_out(order_by: Vec<Order>, items: &[Item]) -> Vec<Order> {
    let spell = |mut order: Order| {
        if let Expr::Label(name) = &order.expr
            && let Some(item) = items.iter().find(|item| item.label.as_ref() == Some(name))
        {
            order.expr = item.expr.clone();
        }
        order
    };
    order_by.into_iter().map(spell).collect()
}

/// Columns by which the SELECT around can order, one for each term.
fn order_items(order_by: &[Order]) -> impl Iterator<Item = Item> {
    order_by
        .iter()
        .enumerate()
        .map(|(at, order)| Item { label: Some(order_name(at)), ..order.expr.clone().into() })
}

/// The order, by these columns.
fn order_outside(order_by: Vec<Order>, source: &Name) -> Vec<Order> {
    let outside = |(at, order): (usize, Order)| Order { expr: column(source, order_name(at)), ..order };
    order_by.into_iter().enumerate().map(outside).collect()
}

fn order_name(at: usize) -> Name {
    format!("order_{}", at + 1).into()
}

fn column(source: &Name, name: Name) -> Expr {
    Expr::Column(ColumnRef { source: source.clone(), name })
}

/// A SELECT of columns of another.
fn around(inner: Select, source: &Name, names: Vec<Name>) -> Select {
    let named = inner.items.iter().filter(|item| item.expr != Expr::Star);
    let items = names.into_iter().zip(named).map(|(name, of)| Item::from(column(source, name)).kept(of.kept));
    Select {
        items: items.collect(),
        from: Some(Source::Subquery { select: Box::new(inner), alias: source.clone(), lateral: false }),
        ..Select::default()
    }
}

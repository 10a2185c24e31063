//! GROUPING SETS, ROLLUP and CUBE: a SELECT for each grouping, united.

use super::{around, order_items, order_outside, spelt_out};
use crate::ast::{BinaryOp, Call, Expr, GroupingKind, Select, SetOp, Special};
use rebis_core::{Datum, Name};

const GROUPED: Name = Name::Borrowed("grouped");

/// Functions that see rows and not groups: what is grouped by keeps its value in their arguments.
const AGGREGATES: &[&str] = &["avg", "count", "json_agg", "max", "min", "string_agg", "sum"];

pub(super) fn is_grouping(expr: &Expr) -> bool {
    matches!(expr, Expr::Special { what: Special::Grouping(_), of: _ })
}

pub(super) fn rewrite(mut select: Select) -> Select {
    let names = select.name_columns();
    // NULL in place of a column has no name of its own.
    for (item, name) in select.items.iter_mut().zip(&names) {
        item.label = Some(name.clone());
    }
    let order_by = spelt_out(std::mem::take(&mut select.order_by), &select.items);
    let (limit, offset) = (select.limit.take(), select.offset.take());
    select.items.extend(order_items(&order_by));
    let groupings = groupings(&std::mem::take(&mut select.group_by));
    let all: Vec<Expr> = groupings.iter().flatten().fold(Vec::new(), |mut all, expr| {
        if !all.contains(expr) {
            all.push(expr.clone());
        }
        all
    });
    let mut members = groupings.into_iter().map(|by| member(select.clone(), by, &all));
    let mut whole = members.next().unwrap_or_default();
    whole.compound.extend(members.map(|member| (SetOp::UnionAll, member)));
    Select { order_by: order_outside(order_by, &GROUPED), limit, offset, ..around(whole, &GROUPED, names) }
}

/// One grouping: what it does not group by is NULL.
fn member(mut select: Select, by: Vec<Expr>, all: &[Expr]) -> Select {
    let missing: Vec<&Expr> = all.iter().filter(|expr| !by.contains(expr)).collect();
    let items = select.items.iter_mut().map(|item| &mut item.expr);
    items.chain(&mut select.having).for_each(|expr| leave_out(expr, &missing));
    if by.is_empty() {
        // One row, also where nothing is aggregated.
        let count = Box::new(Expr::Call(Call::new("count", vec![Expr::Star])));
        let zero = Box::new(Expr::Literal(Datum::Int(0)));
        select.having.push(Expr::Binary { op: BinaryOp::Ge, left: count, right: zero });
    }
    Select { group_by: by, ..select }
}

fn leave_out(expr: &mut Expr, missing: &[&Expr]) {
    match expr {
        Expr::Call(Call { name, args, .. }) if name == "grouping" => {
            let left_out = args.first().is_some_and(|arg| missing.contains(&arg));
            *expr = Expr::Literal(Datum::Int(i64::from(left_out)));
        }
        Expr::Call(Call { name, .. }) if AGGREGATES.contains(&name.as_ref()) => {}
        _ if missing.contains(&&*expr) => *expr = Expr::Literal(Datum::Null),
        _ => expr.for_each_child_mut(&mut |child| leave_out(child, missing)),
    }
}

/// All groupings of a GROUP BY: each choice of one from each of its terms.
fn groupings(group_by: &[Expr]) -> Vec<Vec<Expr>> {
    group_by.iter().fold(vec![Vec::new()], |groupings, term| {
        let choices = match term {
            Expr::Special { what: Special::Grouping(kind), of: sets } => {
                choices(*kind, &sets.iter().map(parts).collect::<Vec<_>>())
            }
            other => vec![vec![other.clone()]],
        };
        let with = |before: &Vec<Expr>| -> Vec<Vec<Expr>> {
            choices.iter().map(|choice| before.iter().chain(choice).cloned().collect()).collect()
        };
        groupings.iter().flat_map(with).collect()
    })
}

/// What is in a set.
fn parts(set: &Expr) -> Vec<Expr> {
    match set {
        Expr::Tuple(parts) => parts.clone(),
        other => vec![other.clone()],
    }
}

fn choices(kind: GroupingKind, sets: &[Vec<Expr>]) -> Vec<Vec<Expr>> {
    match kind {
        GroupingKind::Sets => sets.to_vec(),
        GroupingKind::Rollup => (0..=sets.len()).rev().map(|some| sets[..some].concat()).collect(),
        GroupingKind::Cube => sets.iter().fold(vec![Vec::new()], |chosen, set| {
            let with = chosen.iter().map(|before| before.iter().chain(set).cloned().collect());
            with.collect::<Vec<_>>().into_iter().chain(chosen.clone()).collect()
        }),
    }
}

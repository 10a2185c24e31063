//! DISTINCT ON and WITH TIES: the rows are ranked by a window, and the first of them taken.

use super::{around, column, order_items, order_outside, spelt_out};
use crate::ast::{BinaryOp, Call, Expr, Item, Order, Select, Window};
use rebis_core::{Datum, Name};

const RANKED: Name = Name::Borrowed("ranked");
const PLACE: Name = Name::Borrowed("place");
const ALL: Name = Name::Borrowed("all_rows");
const ROW: Name = Name::Borrowed("row_place");

/// The first of each group is the one whose number is 1.
pub(super) fn distinct_on(mut select: Select) -> Select {
    let partition_by = std::mem::take(&mut select.distinct_on);
    let (limit, offset) = (select.limit.take(), select.offset.take());
    let number = move |order_by| over("row_number", partition_by, order_by);
    let outer = ranked(select, |order_by| vec![(PLACE, number(order_by))]);
    let first = compare(PLACE, BinaryOp::Eq, Expr::Literal(Datum::Int(1)));
    Select { filter: vec![first], limit, offset, ..outer }
}

/// Rows that are equal in order have the same rank.
pub(super) fn with_ties(mut select: Select) -> Select {
    let (limit, offset) = (select.limit.take().unwrap_or(0), select.offset.take());
    select.with_ties = false;
    let outer = ranked(select, |order_by| {
        let rank = (PLACE, over("rank", Vec::new(), order_by.clone()));
        let row = offset.map(|_| (ROW, over("row_number", Vec::new(), order_by)));
        [rank].into_iter().chain(row).collect()
    });
    let last = limit.saturating_add(offset.unwrap_or(0));
    let filter = [compare(PLACE, BinaryOp::Le, count(last))];
    let skipped = offset.map(|offset| compare(ROW, BinaryOp::Gt, count(offset)));
    Select { filter: filter.into_iter().chain(skipped).collect(), ..outer }
}

/// Whole rows are counted, so the last may be there in part: what lies before it is compared.
pub(super) fn percent(mut select: Select) -> Select {
    let percent = select.percent.take().unwrap_or(100.0);
    let rank = if std::mem::take(&mut select.with_ties) { "rank" } else { "row_number" };
    let outer = ranked(select, |order_by| {
        let all = Call::new("count", vec![Expr::Star]);
        let all = Expr::Over { call: Box::new(Expr::Call(all)), window: Box::default() };
        vec![(PLACE, over(rank, Vec::new(), order_by)), (ALL, all)]
    });
    let number = |number| Expr::Literal(Datum::Int(number));
    let before = binary(BinaryOp::Sub, column(&RANKED, PLACE), number(1));
    let part = binary(BinaryOp::Mul, column(&RANKED, ALL), Expr::Literal(Datum::Float(percent)));
    let first = binary(BinaryOp::Lt, binary(BinaryOp::Mul, before, number(100)), part);
    Select { filter: vec![first], ..outer }
}

/// The SELECT as a subquery with more columns, and one around it in the same order.
fn ranked(mut inner: Select, places: impl FnOnce(Vec<Order>) -> Vec<(Name, Expr)>) -> Select {
    let names = inner.name_columns();
    let order_by = spelt_out(std::mem::take(&mut inner.order_by), &inner.items);
    inner.items.extend(order_items(&order_by));
    let places = places(order_by.clone()).into_iter();
    inner.items.extend(places.map(|(name, expr)| Item { label: Some(name), ..expr.into() }));
    Select { order_by: order_outside(order_by, &RANKED), ..around(inner, &RANKED, names) }
}

fn over(function: &'static str, partition_by: Vec<Expr>, order_by: Vec<Order>) -> Expr {
    let call = Box::new(Expr::Call(Call::new(function, Vec::new())));
    Expr::Over { call, window: Box::new(Window { partition_by, order_by, ..Window::default() }) }
}

fn compare(name: Name, op: BinaryOp, with: Expr) -> Expr {
    binary(op, column(&RANKED, name), with)
}

fn binary(op: BinaryOp, left: Expr, right: Expr) -> Expr {
    Expr::Binary { op, left: Box::new(left), right: Box::new(right) }
}

fn count(rows: u64) -> Expr {
    Expr::Value(Datum::Int(i64::try_from(rows).unwrap_or(i64::MAX)))
}

//! INTERSECT ALL and EXCEPT ALL: equal rows are numbered, so that copies differ.

use super::{around, column};
use crate::ast::{Call, Expr, Item, Order, Select, SetOp, Window};
use rebis_core::Name;

const COMBINED: Name = Name::Borrowed("combined");
const NUMBERED: Name = Name::Borrowed("numbered");

pub(super) fn keeps_copies(op: SetOp) -> bool {
    match op {
        SetOp::IntersectAll | SetOp::ExceptAll => true,
        SetOp::Union | SetOp::UnionAll | SetOp::Intersect | SetOp::Except => false,
    }
}

pub(super) fn rewrite(mut select: Select) -> Select {
    let members = std::mem::take(&mut select.compound);
    let order_by = std::mem::take(&mut select.order_by);
    let (limit, offset) = (select.limit.take(), select.offset.take());
    let names = select.name_columns();
    let whole = members.into_iter().fold(select, |mut left, (op, member)| {
        let plain = match op {
            SetOp::IntersectAll => SetOp::Intersect,
            SetOp::ExceptAll => SetOp::Except,
            SetOp::Union | SetOp::UnionAll | SetOp::Intersect | SetOp::Except => {
                left.compound.push((op, member));
                return left;
            }
        };
        let mut left = numbered(left);
        left.compound.push((plain, numbered(member)));
        around(left, &COMBINED, names.clone())
    });
    let order_by = order_by.into_iter().map(outside).collect();
    Select { order_by, limit, offset, ..around(whole, &COMBINED, names) }
}

/// The rows with one column more: the how manieth of its kind a row is.
fn numbered(mut select: Select) -> Select {
    let names = select.name_columns();
    let partition_by = names.iter().map(|name| column(&NUMBERED, name.clone())).collect();
    let call = Box::new(Expr::Call(Call::new("row_number", Vec::new())));
    let copy = Expr::Over { call, window: Box::new(Window { partition_by, ..Window::default() }) };
    let mut outer = around(select, &NUMBERED, names);
    outer.items.push(Item { label: Some("copy".into()), ..copy.into() });
    outer
}

/// The order of a compound is one of its columns, whatever table they are named after.
fn outside(mut order: Order) -> Order {
    match &mut order.expr {
        Expr::Column(of) => of.source = COMBINED,
        Expr::Label(name) => order.expr = column(&COMBINED, name.clone()),
        _ => {}
    }
    order
}

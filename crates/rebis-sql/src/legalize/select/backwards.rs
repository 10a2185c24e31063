//! A page backwards: the last rows are the first ones in the other order, turned round again by a SELECT around.

use super::{around, order_items, order_outside, spelt_out};
use crate::ast::{Order, Select};
use rebis_core::Name;

const PAGE: Name = Name::Borrowed("page");

pub(super) fn rewrite(mut inner: Select) -> Select {
    inner.backwards = false;
    let names = inner.name_columns();
    let order_by = spelt_out(std::mem::take(&mut inner.order_by), &inner.items);
    inner.items.extend(order_items(&order_by));
    inner.order_by = order_by.iter().cloned().map(Order::reversed).collect();
    Select { order_by: order_outside(order_by, &PAGE), ..around(inner, &PAGE, names) }
}

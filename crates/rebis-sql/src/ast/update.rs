//! UPDATE.

use super::{Expr, Item, TableRef};
use rebis_core::Name;

/// An UPDATE statement.
#[derive(Clone, Debug, PartialEq)]
pub struct Update {
    /// Which table.
    pub table: TableRef,
    /// SET, in order.
    pub set: Vec<(Name, Expr)>,
    /// WHERE: all of these.
    pub filter: Vec<Expr>,
    /// RETURNING.
    pub returning: Vec<Item>,
}

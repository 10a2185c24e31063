//! DELETE.

use super::{Expr, Item, TableRef};

/// A DELETE statement.
#[derive(Clone, Debug, PartialEq)]
pub struct Delete {
    /// From which table.
    pub table: TableRef,
    /// WHERE: all of these.
    pub filter: Vec<Expr>,
    /// RETURNING.
    pub returning: Vec<Item>,
}

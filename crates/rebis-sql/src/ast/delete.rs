//! DELETE.

use super::{Expr, First, Item, Source, TableRef};
use rebis_core::Name;

/// A DELETE statement.
#[derive(Clone, Debug, PartialEq)]
pub struct Delete {
    /// From which table.
    pub table: TableRef,
    /// Other tables that it reads: `USING`.
    pub using: Vec<Source>,
    /// Whether other tables may be connected by no condition.
    pub cartesian: bool,
    /// WHERE: all of these.
    pub filter: Vec<Expr>,
    /// The first rows in an order alone.
    pub first: Option<First>,
    /// The columns of the primary key, as far as they are known.
    pub key: Vec<Name>,
    /// RETURNING.
    pub returning: Vec<Item>,
}

impl Delete {
    /// A DELETE of all rows.
    pub fn new(table: TableRef) -> Self {
        Delete {
            table,
            using: Vec::new(),
            cartesian: false,
            filter: Vec::new(),
            first: None,
            key: Vec::new(),
            returning: Vec::new(),
        }
    }
}

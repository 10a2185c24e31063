//! INSERT.

use super::{Expr, Item, Select, TableRef};
use rebis_core::Name;

/// An INSERT statement.
#[derive(Clone, Debug, PartialEq)]
pub struct Insert {
    /// Into which table.
    pub table: TableRef,
    /// Which columns; empty with no values: `DEFAULT VALUES`.
    pub columns: Vec<Name>,
    /// The rows.
    pub rows: InsertRows,
    /// RETURNING.
    pub returning: Vec<Item>,
}

/// Where the rows of an INSERT come from.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum InsertRows {
    /// `VALUES`, a list of expressions for each row.
    Values(Vec<Vec<Expr>>),
    /// `VALUES` of so many rows, each of one placeholder a column: for statements whose parameters come later.
    Placeholders(usize),
    /// A query.
    Select(Box<Select>),
}

//! INSERT.

use super::{Assign, Expr, Item, Select, TableRef};
use rebis_core::{Binds, Name};
use std::sync::Arc;

/// An INSERT statement.
#[derive(Clone, Debug, PartialEq)]
pub struct Insert {
    /// Into which table.
    pub table: TableRef,
    /// Which columns; empty with no values: `DEFAULT VALUES`.
    pub columns: Vec<Name>,
    /// Whether keys are given that the database always makes up itself: `OVERRIDING SYSTEM VALUE`.
    pub overriding: bool,
    /// The rows.
    pub rows: InsertRows,
    /// What happens to a row whose key is there.
    pub conflict: Option<Conflict>,
    /// The keys of the table, the primary key first, as far as they are known: rows that come back may have to be read by
    /// them.
    pub keys: Vec<Key>,
    /// RETURNING.
    pub returning: Vec<Item>,
}

impl Insert {
    /// An INSERT without rows.
    pub fn new(table: TableRef) -> Self {
        let rows = InsertRows::Values(Vec::new());
        Insert {
            table,
            columns: Vec::new(),
            overriding: false,
            rows,
            conflict: None,
            keys: Vec::new(),
            returning: Vec::new(),
        }
    }
}

/// Where the rows of an INSERT come from.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum InsertRows {
    /// `VALUES`, a list of expressions for each row.
    Values(Vec<Vec<Expr>>),
    /// `VALUES` of rows of plain values, one row after the other: a value for each column. There is at least one row, and
    /// one column.
    Bound(Arc<Binds>),
    /// `VALUES` of so many rows, each of one placeholder a column: for statements whose parameters come later.
    Placeholders(usize),
    /// A query.
    Select(Box<Select>),
}

/// What happens to a row whose key is there: `ON CONFLICT`, `ON DUPLICATE KEY`.
#[derive(Clone, Debug, PartialEq)]
pub struct Conflict {
    /// Which key.
    pub target: ConflictTarget,
    /// The condition of the index, where it holds some rows alone.
    pub index_filter: Vec<Expr>,
    /// What happens.
    pub action: ConflictAction,
    /// The keys of the table, as far as they are known: some databases take a key by its columns alone, others look
    /// at all keys.
    pub keys: Vec<Key>,
}

/// Which key a conflict is about.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum ConflictTarget {
    /// Any.
    Any,
    /// The key over these columns.
    Columns(Vec<Name>),
    /// The constraint of this name.
    Constraint(Name),
}

/// What happens to a row whose key is there.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum ConflictAction {
    /// It is left out.
    Nothing,
    /// The row that is there is changed.
    Update {
        /// SET, in order.
        set: Vec<Assign>,
        /// WHERE: all of these; where they do not hold, nothing happens.
        filter: Vec<Expr>,
    },
}

/// A primary or unique key of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// Its name.
    pub name: Option<Name>,
    /// Its columns.
    pub columns: Vec<Name>,
    /// Whether the database makes it up, as a number, where a row does not give it.
    pub generated: bool,
    /// Whether nobody else may give it.
    pub always: bool,
}

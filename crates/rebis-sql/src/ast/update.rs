//! UPDATE.

use super::{Expr, Item, Order, Select, Source, TableRef};
use rebis_core::Name;

/// A column and what it is set to.
pub type Assign = (Name, Expr);

/// An UPDATE statement.
#[derive(Clone, Debug, PartialEq)]
pub struct Update {
    /// Which table.
    pub table: TableRef,
    /// SET, in order.
    pub set: Vec<Assign>,
    /// Columns that are set to the row of a SELECT: `(a, b) = (SELECT ..)`.
    pub set_rows: Vec<(Vec<Name>, Select)>,
    /// Other tables that it reads: `FROM`.
    pub from: Vec<Source>,
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

impl Update {
    /// An UPDATE that sets nothing.
    pub fn new(table: TableRef) -> Self {
        Update {
            table,
            set: Vec::new(),
            set_rows: Vec::new(),
            from: Vec::new(),
            cartesian: false,
            filter: Vec::new(),
            first: None,
            key: Vec::new(),
            returning: Vec::new(),
        }
    }
}

/// How many rows an UPDATE or DELETE is about, and in which order they are taken.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct First {
    /// ORDER BY.
    pub order_by: Vec<Order>,
    /// LIMIT.
    pub limit: Option<u64>,
}

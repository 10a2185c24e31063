//! Windows: the rows around a row.

use super::{Expr, Order};
use rebis_core::Name;

/// Which rows a window function sees, and in which order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Window {
    /// The window of the WINDOW clause that this one begins with.
    pub base: Option<Name>,
    /// PARTITION BY.
    pub partition_by: Vec<Expr>,
    /// ORDER BY.
    pub order_by: Vec<Order>,
    /// The frame.
    pub frame: Option<Frame>,
}

/// The rows of a partition that count for one row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Frame {
    /// What is counted.
    pub unit: FrameUnit,
    /// Where it begins.
    pub start: Bound,
    /// Where it ends.
    pub end: Bound,
    /// What is left out.
    pub exclude: Option<Exclude>,
}

/// What a frame counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FrameUnit {
    /// Rows.
    Rows,
    /// Differences of the value that the rows are ordered by.
    Range,
    /// Groups of rows that are equal in order.
    Groups,
}

/// One end of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Bound {
    /// The beginning of the partition.
    First,
    /// So many before this row (negative) or after it; 0: this row.
    At(i64),
    /// The end of the partition.
    Last,
}

/// What a frame leaves out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Exclude {
    /// This row.
    CurrentRow,
    /// This row and those beside it in order.
    Group,
    /// Those beside it, but not this row.
    Ties,
}

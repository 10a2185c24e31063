//! Statements as plain trees. No type of Rust, no text of SQL: who builds them is `build/`, who writes them out
//! is `render/`.

mod delete;
mod expr;
mod insert;
mod select;
mod source;
mod update;
mod walk;
mod window;

pub use delete::Delete;
pub use expr::{
    AggregateClauses, ArrayOp, BinaryOp, Call, ColumnRef, DatePart, DocumentOp, Expr, Fault, FullTextSearch,
    GroupingKind, Holding, InSet, Interval, JsonPlace, JsonStep, JsonTake, Late, Piece, RangeOp, Special,
    Spelt, UnaryOp,
};
pub use insert::{Conflict, ConflictAction, ConflictTarget, Insert, InsertRows, Key};
pub(crate) use select::name_columns;
pub use select::{IndexHint, Item, Lock, LockStrength, LockWait, Nulls, Order, Select, SetOp};
pub use source::{Cte, Join, JoinKind, Sample, Source, TableRef};
pub use update::{Assign, First, Update};
pub use window::{Bound, Exclude, Frame, FrameUnit, Window};

/// Any statement of the language.
///
/// See [`render`](crate::render::render) for an example.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Query {
    /// SELECT.
    Select(Box<Select>),
    /// INSERT.
    Insert(Box<Insert>),
    /// UPDATE.
    Update(Box<Update>),
    /// DELETE.
    Delete(Box<Delete>),
    /// Text with parameters.
    Raw(Vec<Piece>),
}

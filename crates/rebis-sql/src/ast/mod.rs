//! Statements as plain trees. No type of Rust, no text of SQL: who builds them is `build/`, who writes them out
//! is `render/`.

mod delete;
mod expr;
mod insert;
mod select;
mod update;
mod walk;

pub use delete::Delete;
pub use expr::{BinaryOp, Call, ColumnRef, Expr, Fault, InSet, Late, Piece, UnaryOp};
pub use insert::{Conflict, ConflictAction, ConflictTarget, Insert, InsertRows, Key};
pub use select::{Item, Join, JoinKind, Lock, Nulls, Order, Select, SetOp, Source, TableRef};
pub use update::{Assign, First, Update};

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

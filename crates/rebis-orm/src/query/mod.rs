//! What models add to the language: relations in queries, and new rows for an INSERT.

mod predicates;
mod row;

pub(crate) use predicates::edge_on;
pub use predicates::{RelationTo, lately};
pub use row::row_of;

//! What models add to the language: relations in queries, and INSERT of new rows.

mod insert;
mod predicates;

pub use insert::{Insert, InsertReturning};
pub(crate) use predicates::edge_on;
pub use predicates::{RelationTo, lately};

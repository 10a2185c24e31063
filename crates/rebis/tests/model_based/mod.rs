//! The parts of the test, and the programs that failed once. Included by a crate for each kind of database, which says
//! what `engine()` is.

#[macro_use]
pub mod models;
pub mod check;
pub mod machine;
pub mod program;
pub mod reads;
mod regressions;
pub mod world;
pub mod writes;

//! The second part of the suite, at the level of the language: tables that `create_all` makes, statements that
//! [`rebis_sql`] builds, run through an [`Engine`](rebis_engine::Engine) over the driver. It shows that what the
//! capabilities say of the database is so, and that one statement gives the same rows everywhere.
//!
//! A driver joins with the same [`Setup`] and another macro:
//!
//! ```
//! use rebis_sqlite::Sqlite;
//! use rebis_testkit::conformance::language::Facts;
//! use rebis_testkit::conformance::{Database, Setup};
//!
//! struct InMemory;
//!
//! impl Setup for InMemory {
//!     fn open(&self) -> Database {
//!         Database::new(Sqlite::memory())
//!     }
//!     fn facts(&self) -> Facts {
//!         Facts { division_by_zero: None, lengths: false, ..Facts::default() }
//!     }
//! }
//!
//! mod in_memory {
//!     use super::*;
//!     rebis_testkit::language!(InMemory);
//! }
//! # fn main() {}
//! ```
//!
//! | Topic | Cases | What |
//! |---|---|---|
//! | `selects` | 78 | rows, order, limits, groups, joins, subqueries, set operations, locks |
//! | `windows` | 22 | window functions, partitions, frames |
//! | `tables` | 28 | common table expressions, lateral subqueries, rows of the program, joins |
//! | `questions` | 41 | groupings, ties, copies, quantifiers, pages by key, aggregates, dates |
//! | `expressions` | 65 | comparisons, IN, LIKE, arithmetic, CASE, casts, functions |
//! | `results` | 26 | shapes of rows, names, streams, values that do not fit |
//! | `of_bool` .. `of_json` | 249 | twenty-two types of columns: parameters, literals, NULL, order, groups, lists, defaults |
//! | `arrays` | 13 | what arrays hold, their parts, their elements as rows |
//! | `spans` | 5 | lengths of time, and what they move |
//! | `ranges` | 6 | ranges, networks and addresses |
//! | `bounds` | 20 | values beyond what a type takes |
//! | `writes` | 55 | INSERT, UPDATE, DELETE, RETURNING, counts of rows |
//! | `conflicts` | 30 | keys that are there, other tables beside the one that is written, first rows, rows that come back |
//! | `schemas` | 42 | constraints, indexes, actions of foreign keys, names, circles |
//! | `indexes` | 9 | indexes of every kind, hints of them, searches in words, or what is said where there are none |
//! | `plans` | 7 | plans of statements, counts of their rows |
//! | `execution` | 8 | how long statements may take, schemas in place of others |
//! | `scopes` | 30 | transactions, savepoints, isolation |
//! | `failures` | 26 | kinds of errors, the names in them, no values |
//! | `strings` | 24 | odd texts as values, patterns, names, labels, defaults, comments |
//! | `corpus` | 31 | 320 texts that were meant to break out, wherever a program can put a text |
//! | `limits` | 13 | large statements |
//! | `golden` | 1 | each statement of `docs/sql.md` |
//!
//! These are 829 cases. What only reads shares one database, the scene; every other case has one of its own. Each query
//! that a case checks runs twice: with parameters, and with its values in the text.
//!
//! What databases do differently is told by their [`Capabilities`](rebis_sql::Capabilities), else by [`Facts`]; a case
//! that does not apply is a skip that is printed with its reason.

mod desk;
mod facts;
mod list;
mod scene;

#[doc(hidden)]
pub mod arrays;
#[doc(hidden)]
pub mod bounds;
#[doc(hidden)]
pub mod conflicts;
#[doc(hidden)]
pub mod corpus;
#[doc(hidden)]
pub mod execution;
#[doc(hidden)]
pub mod expressions;
#[doc(hidden)]
pub mod failures;
#[doc(hidden)]
pub mod golden;
#[doc(hidden)]
pub mod indexes;
#[doc(hidden)]
pub mod limits;
#[doc(hidden)]
pub mod plans;
#[doc(hidden)]
pub mod questions;
#[doc(hidden)]
pub mod ranges;
#[doc(hidden)]
pub mod results;
#[doc(hidden)]
pub mod schemas;
#[doc(hidden)]
pub mod scopes;
#[doc(hidden)]
pub mod selects;
#[doc(hidden)]
pub mod spans;
#[doc(hidden)]
pub mod strings;
#[doc(hidden)]
pub mod tables;
#[doc(hidden)]
pub mod types;
#[doc(hidden)]
pub mod values;
#[doc(hidden)]
pub mod windows;
#[doc(hidden)]
pub mod writes;

pub use desk::Desk;
#[doc(hidden)]
pub use desk::Shared;
pub use facts::Facts;
pub use list::CASES;

use super::{Setup, lab};

/// Runs one case, unless the setup skips it. What [`language!`](crate::language!) writes into each test.
///
/// # Panics
/// If a statement turns out otherwise.
pub fn run<S: Setup>(setup: &S, name: &'static str, shared: Option<&Shared>, case: fn(&Desk<'_>)) {
    match setup.skips().iter().find(|skip| skip.case == name) {
        Some(skip) => lab::say_skipped(name, skip.reason),
        None => desk::with(setup, name, shared, case),
    }
}

#[doc(hidden)]
pub use types::*;

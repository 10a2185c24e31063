//! The suite that every driver passes: what [`rebis_driver`] promises to those above it, one case each.
//!
//! A driver joins with a [`Setup`] and one macro, which makes a `#[test]` of each case:
//!
//! ```
//! use rebis_core::Datum;
//! use rebis_sqlite::Sqlite;
//! use rebis_testkit::conformance::{Back, Database, Setup};
//!
//! struct InMemory;
//!
//! impl Setup for InMemory {
//!     fn open(&self) -> Database {
//!         Database::new(Sqlite::memory())
//!     }
//!     fn comes_back(&self, sent: &Datum) -> Back {
//!         match sent {
//!             Datum::Bool(v) => Back::As(Datum::Int(i64::from(*v))),
//!             _ => Back::Same,
//!         }
//!     }
//! }
//!
//! mod in_memory {
//!     use super::*;
//!     rebis_testkit::conformance!(InMemory);
//! }
//! # fn main() {}
//! ```
//!
//! This part is about the waist: batches, rows, parameters, errors. The [second part](language) is about the language,
//! and has a macro of its own.
//!
//! What a database lacks is told by its [`Capabilities`](rebis_sql::Capabilities) where there is a field for it, else
//! by [`Setup::skips`]. Either way the skip is printed, past the capture of the test harness.
//!
//! The suite speaks SQL that all databases with this waist understand; only parameters, types and generated keys are
//! spelt by the capabilities. It makes tables with short names (`t`, `parents`, `children`) in the empty database.

mod lab;
mod list;
mod setup;

pub mod language;

#[doc(hidden)]
pub mod agreement;
#[doc(hidden)]
pub mod batches;
#[doc(hidden)]
pub mod cancellation;
#[doc(hidden)]
pub mod ddl;
#[doc(hidden)]
pub mod errors;
#[doc(hidden)]
pub mod parameters;
#[doc(hidden)]
pub mod rows;
#[doc(hidden)]
pub mod several;
#[doc(hidden)]
pub mod sinks;
#[doc(hidden)]
pub mod statements;
#[doc(hidden)]
pub mod transactions;

pub use lab::Lab;
pub use list::CASES;
pub use setup::{Back, Database, Setup, Skip};

/// Runs one case, unless the setup skips it. What [`conformance!`](crate::conformance!) writes into each test.
///
/// # Panics
/// If the driver does not keep the contract.
pub fn run<S: Setup>(setup: &S, name: &'static str, case: fn(&Lab<'_, S>)) {
    match setup.skips().iter().find(|skip| skip.case == name) {
        Some(skip) => lab::say_skipped(name, skip.reason),
        None => case(&Lab::new(setup, name)),
    }
}

/// Checks that each skip names a case and gives a reason.
///
/// # Panics
/// If one does not: it would hide nothing, or hide it without saying why.
pub fn check_skips<S: Setup>(setup: &S) {
    for skip in setup.skips() {
        let known = CASES.contains(&skip.case) || language::CASES.contains(&skip.case);
        assert!(known, "`{}` is skipped, and is no case", skip.case);
        assert!(!skip.reason.is_empty(), "`{}` is skipped without a reason", skip.case);
    }
}

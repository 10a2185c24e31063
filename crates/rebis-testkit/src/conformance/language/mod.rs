//! The second part of the suite, at the level of the language: tables that `create_all` makes, statements that
//! [`rebis_sql`] builds, run through an [`Engine`](rebis_engine::Engine) over the driver. It shows that what the
//! capabilities say of the database is so, and that one statement gives the same rows everywhere.

mod desk;
mod facts;
mod list;
mod scene;

#[doc(hidden)]
pub mod bounds;
#[doc(hidden)]
pub mod expressions;
#[doc(hidden)]
pub mod failures;
#[doc(hidden)]
pub mod limits;
#[doc(hidden)]
pub mod results;
#[doc(hidden)]
pub mod schemas;
#[doc(hidden)]
pub mod scopes;
#[doc(hidden)]
pub mod selects;
#[doc(hidden)]
pub mod strings;
#[doc(hidden)]
pub mod types;
#[doc(hidden)]
pub mod values;
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

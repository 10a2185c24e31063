//! Loading relations: which query next, what to do with its rows.
//!
//! * `spec`: what users write in `.with(..)` and `load(..)`.
//! * `run`: the one file that awaits: what is wanted of one level goes together.
//! * `selectin`: what is asked for the relation of many owners, in pages of keys, and what becomes of the rows.
//! * `waiting`: the keys of such a load, and who waits for the rows of each.
//! * `joined`: columns of a relation in the query of its owners.
//! * `apply`: putting what came into the windows of the owners, with what is pending.

mod apply;
mod joined;
mod run;
mod selectin;
mod spec;
mod waiting;

pub(crate) use apply::is_there;
pub(crate) use joined::{Joined, join_eagerly};
pub(crate) use run::{PAGE, Want, load};
pub(crate) use selectin::targets;
pub(crate) use spec::{How, Spec, columns_of, specs_of};
pub use spec::{IntoPath, LoadPath};

//! Loading relations: which query next, what to do with its rows.
//!
//! * `spec`: what users write in `.with(..)` and `load(..)`.
//! * `selectin`: one query for the relation of many owners, in pages of keys.
//! * `joined`: columns of a relation in the query of its owners.
//! * `apply`: putting what came into the windows of the owners, with what is pending.

mod apply;
mod joined;
mod selectin;
mod spec;

pub(crate) use apply::is_there;
pub(crate) use joined::{Joined, join_eagerly};
pub(crate) use selectin::{ask_for_pairs, load_columns, load_need, load_spec, targets};
pub(crate) use spec::{How, Spec, columns_of, specs_of};
pub use spec::{IntoPath, LoadPath};

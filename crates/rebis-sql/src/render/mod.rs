//! The one renderer: from tree to text and parameters. It asks what a database can do, never which it is.

mod compiled;

pub use compiled::{Bind, Compiled};

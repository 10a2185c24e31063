//! The longer steps of `cargo xtask ci`.

pub(crate) mod dependencies;
pub(crate) mod examples;
pub(crate) mod features;
mod licence;
pub(crate) mod rusqlite_range;

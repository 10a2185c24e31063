//! The blocking face: the same calls without `.await`.

pub use rebis_blocking::*;

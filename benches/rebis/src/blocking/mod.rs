//! The blocking face.

mod face {
    pub use rebis::blocking::{Connection, Engine};

    pub const PLAIN: &str = "rebis";
    pub const TRACKED: &str = "rebis-tracked";
    pub const KEPT: &str = "rebis-kept";
    pub const KNOWN: &str = "rebis-known";

    /// The result of a call.
    pub fn wait<T>(result: rebis::Result<T>) -> T {
        result.expect("it is right")
    }
}

#[path = "../suite.rs"]
pub mod suite;
#[path = "../work.rs"]
pub mod work;

//! The async face, on a runtime of one thread.

use harness::Database::Sqlite;
use harness::{Entry, entry};

mod face {
    pub use rebis::{Connection, Engine};
    use std::future::Future;
    use tokio::runtime::{Builder, Runtime};

    pub const PLAIN: &str = "rebis-async";
    pub const TRACKED: &str = "rebis-async-tracked";
    pub const KEPT: &str = "rebis-async-kept";
    pub const KNOWN: &str = "rebis-async-known";

    thread_local! {
        static RUNTIME: Runtime =
            Builder::new_current_thread().enable_all().build().expect("a runtime");
    }

    /// The result of a call.
    pub fn wait<T>(call: impl Future<Output = rebis::Result<T>>) -> T {
        RUNTIME.with(|runtime| runtime.block_on(call)).expect("it is right")
    }
}

#[path = "../suite.rs"]
pub mod suite;
#[path = "../work.rs"]
pub mod work;

/// Without the thread that the async face has by default.
pub const INLINE: &[Entry] = &[
    entry("rebis-async-inline", "trivial_query", &[Sqlite], suite::users),
    entry("rebis-async-kept-inline", "row_by_key", &[Sqlite], work::by_key_kept),
];

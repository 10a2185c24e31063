//! Engine, pool, connections and transactions: everything between a driver and a session.
//!
//! * [`Url`], [`EngineOptions`]: what an engine is made from.
//! * [`Engine`]: driver, pool and caches behind one clonable handle; opens nothing before its first use.
//! * [`Connection`]: a lease from the pool, with typed queries; [`Transaction`]: a scope on it.
//! * [`ExecutionOptions`]: how long a statement may take, in which schemas.
//! * [`Fut`]: the one future that methods with I/O return.
//! * [`Runtime`]: where time and tasks come from; [`Threads`] needs no async runtime.
//! * [`Counters`], [`Recorder`], `tracing`: what ran, and from where.
//!
//! It knows no database by name and no model.

#![forbid(unsafe_code)]

mod connection;
mod engine;
mod execution;
mod fut;
mod options;
mod pool;
mod runtime;
mod shapes;
mod texts;
mod url;
mod watch;

pub use connection::{Connection, Rows, Transaction};
pub use engine::Engine;
pub use execution::ExecutionOptions;
pub use fut::Fut;
pub use options::{Doubtful, EngineOptions};
pub use pool::PoolStatus;
pub use rebis_driver::{Flow, IsolationLevel};
pub use runtime::{Runtime, Threads, block_on};
pub use url::Url;
pub use watch::{Counters, Recorded, Recorder};

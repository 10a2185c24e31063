//! The blocking face of Rebis: every method that does I/O, without `.await`. One-line twins over the public methods
//! of the engine and the session; there is no second implementation.
//!
//! Over SQLite's inline placement the database answers on the calling thread: no runtime, no other thread, and the
//! futures underneath are ready at their first poll.

#![forbid(unsafe_code)]

mod connection;
mod engine;
mod face;
mod scopes;
mod session;

pub use connection::{Connection, Transaction};
pub use engine::{Engine, SessionFactory};
pub use face::Waiting;
pub use scopes::{NoAutoflush, Savepoint};
pub use session::{Batches, Session};

use rebis_engine::block_on;

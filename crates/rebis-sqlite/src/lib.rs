//! The SQLite driver of Rebis, on `rusqlite` with SQLite built in.
//!
//! * `options`: where the database is and how its connections are set up, from a URL or a builder.
//! * `inline`: a connection that runs on the caller's thread and answers at once.
//! * `worker`: a connection on a thread of its own, for programs that may not wait.
//! * `turns`: which of the connections writes next.
//! * `rows`, `bind`: from SQLite's values to cells and back.
//! * `error`: from SQLite's codes and messages to kinds of error.
//! * `home`: a database in memory that one connection has for itself.
//! * `held`: connection and prepared statements in one value that can move between threads.
//!
//! It knows nothing of pools, sessions or models.

mod bind;
mod driver;
mod error;
mod held;
mod home;
mod inline;
mod options;
mod rows;
mod statements;
mod text;
mod turns;
mod worker;

pub use driver::Sqlite;
pub use options::{JournalMode, Mode, Options, Placement, Synchronous};

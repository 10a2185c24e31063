//! The PostgreSQL driver of Rebis.
//!
//! * `options`: where the database is and how its connections are set up, from a URL or a builder.
//! * `driver`: opens connections, at the first host that will do.
//! * `session`: a connection: batches, transactions, prepared statements, the messages of COPY and LISTEN.
//! * `verbs`: what only PostgreSQL has, on connections and engines of either face.
//! * `value`: cells to parameters, and columns of a result to cells.
//! * `error`: from the server's codes to kinds of error.
//! * `wire`: sockets, TLS, passwords, and the task that owns a socket.
//! * `runtime`: where that task runs.
//!
//! It knows nothing of pools, sessions or models.
//!
//! # Why it speaks the protocol itself
//!
//! The messages are those of `postgres-protocol`, on which `tokio-postgres` stands too. Above it that crate hides what
//! the waist must know: the state of the transaction, the answer to a COMMIT that rolled back, the columns of a result
//! without rows. It sends a Sync behind every statement, cannot prepare a statement while it runs it, and looks
//! unknown types up in the catalogue: behind results that nobody reads meanwhile, so that a query which returns an
//! enum in a thousand rows never ends.

#![forbid(unsafe_code)]

mod driver;
mod error;
mod options;
mod session;
mod tied;
mod value;
mod verbs;
mod wire;

pub use driver::Postgres;
pub use error::ServerError;
pub use options::{Options, Prepare, TargetSession, TlsMode};
pub use rebis_driver::UrlParts;
pub use session::Session;
pub use verbs::{CancelToken, ConnectionExt, CopyIn, EngineExt, Listener, Notification, Outcome};

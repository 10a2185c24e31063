//! The MySQL and MariaDB driver of Rebis, on the connection of `mysql_async`.
//!
//! * `options`: where the database is and how its connections are set up, from a URL or a builder.
//! * `driver`, `setup`: opens connections and sets them up.
//! * `connection`, `actor`: a connection lives in a task; its face sends batches there and decodes what comes back.
//! * `session`: runs batches: `group` puts steps into one text, `scan` knows texts, `literal` and `values` know values.
//! * `statements`: what is prepared.
//! * `error`: from the server's codes and messages to kinds of error.
//! * `runtime`: where tasks run, with or without a runtime of the program's.
//!
//! It knows nothing of pools, sessions or models.

#![forbid(unsafe_code)]

mod actor;
mod connection;
mod driver;
mod error;
mod group;
mod literal;
mod options;
mod runtime;
mod scan;
mod session;
mod setup;
mod statements;
mod values;

pub use driver::MySql;
pub use options::{Flavour, Options, TlsMode, UrlParts};

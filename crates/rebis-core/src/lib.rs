//! The ground floor of Rebis: what a value is, how a Rust type becomes a column and back, and the one
//! error type. It knows nothing of SQL text, databases, pools or models.
//!
//! * [`Value`]: a Rust type that can stand in a column.
//! * [`Cell`]: one value of a row as a driver shows it, borrowed and `Copy`.
//! * [`Binds`]: parameters on their way to a database, owned and reusable.
//! * [`Datum`]: one value that owns itself, for expressions and look-ups.
//! * [`Error`]: what went wrong, with its kind, statement, place and way out.

#![forbid(unsafe_code)]

pub mod array_text;
mod binds;
mod cell;
mod conversion;
mod datum;
pub mod error;
pub mod iso;
mod record;
mod row;
mod types;
mod value;

pub use binds::Binds;
pub use cell::Cell;
#[doc(hidden)]
pub use conversion::own_conversion;
pub use conversion::{Around, Conversion};
pub use datum::Datum;
pub use error::{Error, ErrorKind, Result};
pub use record::{Names, Record};
pub use row::{Row, Tracker};
pub use types::SqlType;
#[doc(hidden)]
pub use value::WholeKey;
#[cfg(feature = "json")]
pub use value::json::Json;
pub use value::{
    Array, Contained, Container, Document, Element, Key, Network, Pending, Range, RangeType, Ranged,
    Temporal, TimeSpan, ToKey, Value, field,
};

use std::future::Future;
use std::pin::Pin;

/// A name of a table, column or constraint: static when it comes from a model, owned when a program made it.
pub type Name = std::borrow::Cow<'static, str>;

/// A boxed future that can move between threads.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

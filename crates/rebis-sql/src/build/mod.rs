//! What users write: typed expressions and statements. Types stand on columns; the tree below has none.

mod query;

pub use query::{Body, IntoLoad, JoinPart, JoinTarget, Load, Query, Request, RequestOptions};

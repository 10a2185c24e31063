//! `use rebis::prelude::*;`: the derives, the traits whose methods one calls, and the few types that stand in
//! signatures.
//!
//! Nothing in it is called like what programs call their own things: no `Result`, no `Error`, no `Value`, no
//! `Column`, no `count`, `update` or `delete`. Verbs are methods of entities (`User.update()`), aggregates are methods
//! of columns (`Post.id.count()`), and the rest is in `func`.

#[cfg(feature = "macros")]
pub use rebis_macros::{FromRow, Model, SqlEnum, Value, sql};

pub use crate::drivers::FromUrl;
pub use crate::metadata;
pub use rebis_orm::OpenSession;
pub use rebis_orm::graph::{Graph, Handle};
pub use rebis_orm::mapping::{BelongsTo, Deferred, Entity, HasMany, HasOne, Maybe, Model, NewRow};
pub use rebis_sql::{Expr, RowExpr, Select, Typed, func, prepare, select};

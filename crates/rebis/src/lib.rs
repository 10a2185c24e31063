//! An object–relational mapper and SQL toolkit with a session, an identity map and a unit of work.
//!
//! `use rebis::prelude::*;` and one of [`Engine`] (async) and [`blocking::Engine`] is where a program starts.
//!
//! ```
//! use rebis::blocking::Engine;
//! use rebis::prelude::*;
//!
//! #[derive(Model)]
//! #[model(table = "users")]
//! struct User {
//!     #[column(primary_key)]
//!     id: i64,
//!     #[column(unique)]
//!     name: String,
//! }
//!
//! fn main() -> rebis::Result<()> {
//!     let engine = Engine::new("sqlite::memory:")?;
//!     metadata![User].create_all(&engine)?;
//!     let mut db = engine.session();
//!     let alice = db.add(User.new().name("alice"));
//!     db.commit()?;
//!     db[alice].name.push('!');
//!     db.commit()?; // UPDATE users SET name = ? WHERE id = ?
//!     let named = select(User).filter(User.name.like("alice%"));
//!     assert_eq!(db.all(named)?, [alice]);
//!     Ok(())
//! }
//! ```
//!
//! | To | Look at |
//! |---|---|
//! | connect | [`Engine`], [`EngineOptions`], [`FromUrl`] |
//! | describe tables | [`Model`](derive@Model), [`metadata!`], [`schema`] |
//! | work with objects | [`Session`], [`Graph`], [`Handle`], [`HasMany`], [`BelongsTo`] |
//! | ask | [`select`], [`Select`], [`Expr`], [`func`], [`sql()`] |
//! | find out what went wrong | [`Error`], [`ErrorKind`] |
//! | see what ran | [`Recorder`], [`Counters`] |
//!
//! The guide, one chapter each for connecting, models, relationships, querying, the session, loading, transactions,
//! errors and testing, is in the folder `docs/guide` of the repository.
//!
//! Features: `sqlite`, `blocking` and `macros` are on; `uuid`, `json`, `chrono`, `jiff`, `time`, `decimal` add column
//! types, `serde` makes a [`Tree`] serializable.

#![forbid(unsafe_code)]

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
#[cfg(feature = "blocking")]
pub mod blocking;
#[cfg(all(doctest, feature = "sqlite", feature = "blocking", feature = "macros"))]
mod doctests;
#[cfg(all(doctest, feature = "sqlite", feature = "blocking", feature = "macros", feature = "json"))]
#[doc = include_str!("../../../docs/guide/documents.md")]
mod documents {}
mod drivers;
pub mod prelude;

#[cfg(feature = "json")]
pub use rebis_core::Json;
pub use rebis_core::{
    Around, Array, Binds, Cell, Contained, Container, Conversion, Datum, Document, Element, Error, ErrorKind,
    Key, Network, Pending, Range, RangeType, Ranged, Record, Result, Row, SqlType, Temporal, TimeSpan, ToKey,
    Value, iso,
};
pub use rebis_driver as driver;
pub use rebis_engine::{
    Connection, Counters, Doubtful, Engine, EngineOptions, ExecutionOptions, Flow, Fut, IsolationLevel,
    PoolStatus, Recorded, Recorder, Runtime, Threads, Transaction, Url,
};
#[cfg(feature = "macros")]
pub use rebis_macros::{FromRow, Model, SqlEnum, Value, sql};
#[cfg(feature = "mysql")]
pub use rebis_mysql as mysql;
pub use rebis_orm::graph::{
    AsHandle, Change, Graph, Handle, HandleOf, History, Node, State, StateChange, Tree,
};
pub use rebis_orm::mapping::{
    BelongsTo, Deferred, Entity, Handles, HasMany, HasOne, IntoValue, Maybe, Model, NewRow, NotLoaded,
    Relation,
};
pub use rebis_orm::{
    Batches, IntoPath, LoadPath, NoAutoflush, OpenSession, Retry, Savepoint, Session, SessionFactory,
    SessionOptions, graph, loading, mapping,
};
#[cfg(feature = "postgres")]
pub use rebis_postgres as postgres;
pub use rebis_sql::{
    Case, Column, Command, Cte, DatePart, Delete, Exclude, Explained, Expr, IndexHint, Insert, Interval,
    IntoCondition, IntoExpr, OnConflict, Params, Plan, PlanNode, Prepared, PreparedQuery, Query, Select,
    Selectable, Subquery, Update, Upsert, all_of, any_of, ast, dialect, explain, func, ident, nested,
    prepare, schema, select, series, sql, sql_unchecked, table, values, window,
};
#[cfg(feature = "sqlite")]
pub use rebis_sqlite as sqlite;

pub use crate::drivers::FromUrl;

// What functions name that build parts of statements.
pub use rebis_sql::{
    AnyExpr, Assignments, CaseOn, Dynamic, DynamicTable, FullTextWords, Groupings, Ident, IntoBind,
    IntoConflict, IntoGroup, IntoList, IntoLoad, IntoOrder, IntoPage, IntoRow, IntoRowSet, IntoSet,
    IntoShift, IntoSource, IntoWindow, JoinTarget, Labelled, Limited, Nested, Order, Quantified, RawQuery,
    RawSql, Returning, RowExpr, Sample, SubqueryRow, TakesRow, Typed, ValueRow, Window, WindowFunction,
};

/// The tables of models, as a [`MetaData`](schema::MetaData): `metadata![User, Post]`.
///
/// What the models say of each other is checked as a whole: `MetaData::check` and `create_all` report every
/// contradiction in one error, before any I/O.
///
/// ```
/// use rebis::blocking::Engine;
/// use rebis::prelude::*;
///
/// #[derive(Model)]
/// #[model(table = "tags")]
/// struct Tag {
///     #[column(primary_key)]
///     id: i64,
///     #[column(length = 40, unique)]
///     name: String,
/// }
///
/// # fn main() -> rebis::Result<()> {
/// let schema = metadata![Tag];
/// assert_eq!(
///     schema.ddl(rebis::dialect::sqlite())?,
///     "CREATE TABLE tags (\n    \
///          id INTEGER PRIMARY KEY,\n    \
///          name VARCHAR(40) NOT NULL,\n    \
///          CONSTRAINT uq_tags_name UNIQUE (name)\n);\n"
/// );
/// let engine = Engine::new("sqlite::memory:")?;
/// schema.create_all(&engine)?; // tables that are there already stay as they are
/// # Ok(())
/// # }
/// ```
#[macro_export]
macro_rules! metadata {
    ($($model:ty),* $(,)?) => {
        $crate::__private::metadata(&[$($crate::__private::mapping_of::<$model>()),*])
    };
}

//! An object–relational mapper and SQL toolkit with a session, an identity map and a unit of work.
//!
//! `use rebis::prelude::*;` and one of [`Engine`] (async) and `rebis::blocking::Engine` is where a program starts.

#![forbid(unsafe_code)]

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
#[cfg(feature = "blocking")]
pub mod blocking;
#[cfg(doctest)]
mod doctests;
mod drivers;
pub mod prelude;

#[cfg(feature = "json")]
pub use rebis_core::Json;
pub use rebis_core::{
    Binds, Cell, Datum, Error, ErrorKind, Key, Pending, Result, Row, SqlType, ToKey, Value,
};
pub use rebis_driver as driver;
pub use rebis_engine::{
    Connection, Counters, Engine, EngineOptions, Flow, Fut, IsolationLevel, PoolStatus, Recorded, Recorder,
    Runtime, Threads, Transaction, Url,
};
#[cfg(feature = "macros")]
pub use rebis_macros::{FromRow, Model, SqlEnum, Value};
pub use rebis_orm::graph::{Change, Graph, Handle, History, Node, State, Tree};
pub use rebis_orm::mapping::{
    BelongsTo, Entity, Handles, HasMany, HasOne, IntoValue, Maybe, Model, NewRow, NotLoaded, Relation,
};
pub use rebis_orm::{
    Batches, Insert, IntoPath, LoadPath, NoAutoflush, OpenSession, Savepoint, Session, SessionFactory,
    SessionOptions, graph, loading, mapping,
};
pub use rebis_sql::{
    Case, Column, Command, Delete, Expr, IntoCondition, IntoExpr, Params, Prepared, PreparedQuery, Query,
    Select, Selectable, Subquery, Update, all_of, any_of, ast, dialect, func, prepare, schema, select, sql,
    sql_unchecked,
};
#[cfg(feature = "sqlite")]
pub use rebis_sqlite as sqlite;

pub use crate::drivers::FromUrl;

// What functions name that build parts of statements.
pub use rebis_sql::{
    IntoBind, IntoGroup, IntoLoad, IntoOrder, IntoSet, IntoSource, JoinTarget, Labelled, Order, RawQuery,
    RawSql, Returning, RowExpr, SubqueryRow, Typed,
};

/// The tables of models, as a [`MetaData`](schema::MetaData): `metadata![User, Post]`.
///
/// What the models say of each other is checked as a whole: `MetaData::check` and `create_all` report every
/// contradiction in one error, before any I/O.
#[macro_export]
macro_rules! metadata {
    ($($model:ty),* $(,)?) => {
        $crate::__private::metadata(&[$($crate::__private::mapping_of::<$model>()),*])
    };
}

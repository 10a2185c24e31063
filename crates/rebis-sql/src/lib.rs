//! The SQL layer of Rebis: schema, expressions, statements and their text, as values. No I/O, no driver, no model.
//!
//! ```
//! use rebis_sql::{Column, dialect, select};
//! # struct User;
//! // What the derive makes of a model's fields.
//! const ID: Column<User, i64> = Column::new("users", "id", 0);
//! const NAME: Column<User, String> = Column::new("users", "name", 1);
//!
//! let stmt = select((ID, NAME)).filter(NAME.starts_with("a") & ID.gt(10)).order_by(ID.desc());
//! assert_eq!(
//!     stmt.to_sql(dialect::postgres())?,
//!     "SELECT users.id, users.name FROM users \
//!      WHERE users.name LIKE $1 ESCAPE '/' AND users.id > $2 ORDER BY users.id DESC"
//! );
//! # Ok::<(), rebis_core::Error>(())
//! ```
//!
//! * `schema`: tables, constraints, indexes, [`schema::MetaData`].
//! * `ast`: statements as plain trees.
//! * `build`: what users write, typed.
//! * `legalize`: statements that a database must be told in other words, or in several.
//! * `render`: the one renderer, from tree to text and parameters.
//! * `dialect`: facts about databases.
//! * `explain`: how a database goes about a statement, as data.

#![forbid(unsafe_code)]

pub mod ast;
pub mod build;
mod capabilities;
pub mod dialect;
pub mod explain;
pub mod legalize;
pub mod render;
pub mod schema;
mod statement;
mod words;

pub use ast::{DatePart, Exclude, IndexHint, Interval, Sample};
pub use build::func;
pub use build::{
    AnyExpr, Assignments, Body, Case, Column, Command, Cte, Delete, Dynamic, DynamicTable, Explained, Expr,
    Groupings, Ident, Insert, IntoBind, IntoCondition, IntoConflict, IntoExpr, IntoGroup, IntoList, IntoLoad,
    IntoOrder, IntoPage, IntoRow, IntoRowExpr, IntoSet, IntoShift, IntoSource, IntoWindow, JoinPart,
    JoinTarget, JsonPath, Labelled, Limited, Load, Nested, Numeric, OnConflict, Order, Params, Prepared,
    PreparedQuery, Quantified, Query, RawQuery, RawSql, Request, RequestOptions, Returning, RowExpr, Select,
    Selectable, Subquery, SubqueryRow, TakesRow, Text, Typed, Update, Upsert, ValueRow, Window,
    WindowFunction, all_of, any_of, ident, nested, prepare, select, series, sql, sql_unchecked, table,
    values, window,
};
pub use build::{CaseOn, FirstCase, FirstCaseOn, FullTextWords, IntoRowSet, TellsType};
pub use capabilities::{
    Arrays, Capabilities, ComputedColumns, ConflictClause, EnumTypes, FullText, IndexHints, Indexes,
    InsertedKeys, Joined, JsonPaths, KeySource, LongIn, OwnTypes, Placeholder, Queries, SchemaMap,
    TableFunctions, TryCast, ValuesForm, Views, WithBefore, Writes,
};
pub use explain::{Explain, Plan, PlanNode};
pub use render::{Bind, Compiled};
pub use statement::{Statement, StatementKind};
pub use words::Words;

//! What users write: typed expressions and statements. Types stand on columns; the tree below has none.

mod aggregate;
mod arrays;
mod bind;
mod case;
mod column;
mod command;
mod condition;
mod conflict;
mod criteria;
mod cte;
mod dates;
#[cfg(feature = "decimal")]
mod decimal;
mod delete;
mod explained;
mod expr;
mod full_text;
pub mod func;
mod hints;
mod insert;
mod json;
mod keyset;
mod kinds;
mod limited;
mod lock;
mod new_rows;
mod operators;
mod order;
mod prepared;
mod quantified;
mod query;
mod ranges;
mod raw;
mod returning;
mod rows;
mod select;
mod selectable;
mod set;
mod subquery;
mod table;
mod tuple;
mod typed;
mod update;
mod window;

pub use aggregate::{AnyExpr, Groupings};
pub(crate) use bind::{ByExpression, ByReference, ByValue};
pub use bind::{BySql, Ident, IntoBind, IntoList, ident};
pub use case::{Case, CaseOn, FirstCase, FirstCaseOn, TellsType};
pub use column::Column;
pub use command::Command;
pub use condition::{IntoCondition, all_of, any_of};
pub use conflict::{OnConflict, Upsert};
pub use cte::Cte;
pub use dates::IntoShift;
pub use delete::Delete;
pub use explained::{Explained, ForEffect, ForRows};
pub use expr::Expr;
pub use full_text::FullTextWords;
pub use insert::{Assignments, Fits, Insert, IntoConflict, IntoRow, TakesRow};
pub use json::JsonPath;
pub use keyset::IntoPage;
pub use kinds::{Numeric, Text};
pub use limited::Limited;
pub use new_rows::NewRows;
pub use order::{IntoGroup, IntoOrder, Order};
pub use prepared::{Params, Prepared, PreparedQuery, Template, Text as PreparedText, prepare};
pub use quantified::Quantified;
pub use query::{Body, IntoLoad, JoinPart, JoinTarget, Load, LoadColumn, Query, Request, RequestOptions};
pub use raw::{RawQuery, RawSql, sql, sql_unchecked};
pub use returning::Returning;
pub use rows::{Nested, ValueRow, nested, series, values};
pub use select::{IntoSource, Select, select};
pub use selectable::{Labelled, Selectable};
pub use set::IntoSet;
pub use subquery::{Subquery, SubqueryRow};
pub use table::{Dynamic, DynamicTable, table};
pub use tuple::{IntoRowExpr, IntoRowSet, RowExpr};
pub use typed::{IntoExpr, Typed};
pub use update::Update;
pub use window::{IntoWindow, Window, WindowFunction, window};

use crate::ast::{self, Fault, Piece};
use crate::{dialect, legalize, render};
use rebis_core::Result;
use std::fmt;

/// A mistake where an expression is wanted: rendering the statement reports it.
fn fault(fault: Fault) -> ast::Expr {
    ast::Expr::Raw(vec![Piece::Fault(fault)])
}

/// A statement to be run for its effect, unless a mistake was made while it was built.
fn runnable(query: ast::Query) -> Result<Request> {
    render::check(&query)?;
    Ok(query.into())
}

/// A statement in SQLite's words, with its values; or what is wrong with it.
fn show(query: &ast::Query, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for (at, part) in legalize::split(query.clone(), dialect::shown()).iter().enumerate() {
        f.write_str(if at == 0 { "" } else { "; " })?;
        match render::render_inline(part, dialect::shown()) {
            Ok(sql) => f.write_str(&sql)?,
            Err(error) => write!(f, "<{}>", error.message())?,
        }
    }
    Ok(())
}

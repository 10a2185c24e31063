//! What stands in FROM.

use super::{Expr, Query, Select};
use rebis_core::{Conversion, Name, SqlType};
use std::sync::Arc;

/// A table, with the alias it has in one statement.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
/// # fn main() -> rebis_core::Result<()> {
/// let mut users = ast::TableRef::new("users");
/// users.alias = Some("boss".into());
/// assert_eq!(users.source(), "boss");
/// let stmt = select(func::count()).select_from(users);
/// assert_eq!(stmt.to_string(), "SELECT count(*) FROM users AS boss");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TableRef {
    /// The schema it is in.
    pub schema: Option<Name>,
    /// Its name.
    pub name: Name,
    /// Its alias.
    pub alias: Option<Name>,
}

impl TableRef {
    /// A table without schema and alias.
    pub fn new(name: impl Into<Name>) -> Self {
        TableRef { schema: None, name: name.into(), alias: None }
    }

    /// What its columns are qualified with.
    pub fn source(&self) -> &Name {
        self.alias.as_ref().unwrap_or(&self.name)
    }
}

/// Something rows come from.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Source {
    /// A table.
    Table(TableRef),
    /// A subquery with a name.
    Subquery {
        /// The subquery.
        select: Box<Select>,
        /// Its name.
        alias: Name,
        /// `LATERAL`: it sees what stands before it in FROM.
        lateral: bool,
    },
    /// A common table expression. Where it is referred to it is also declared: the renderer collects them in WITH.
    Cte {
        /// The expression.
        cte: Arc<Cte>,
        /// Its alias here.
        alias: Option<Name>,
    },
    /// A recursive common table expression within itself: what the step before gave.
    Itself {
        /// Its name.
        cte: Name,
        /// Its alias here.
        alias: Option<Name>,
    },
    /// `VALUES`: rows that the program has.
    Values {
        /// The rows, each of one expression a column.
        rows: Vec<Vec<Expr>>,
        /// Their name.
        alias: Name,
        /// Names and types of the columns.
        columns: Vec<(Name, SqlType)>,
    },
    /// The rows that a function gives.
    Function {
        /// The call.
        call: Expr,
        /// Their name.
        alias: Name,
        /// Names of the columns.
        columns: Vec<Name>,
    },
    /// `TABLESAMPLE`: some rows of a table, by chance.
    Sampled {
        /// The table.
        table: TableRef,
        /// Which rows.
        sample: Sample,
    },
    /// Joins in parentheses.
    Nested {
        /// What is joined to.
        first: Box<Source>,
        /// What is joined, in order.
        joins: Vec<Join>,
    },
}

impl Source {
    /// What its columns are qualified with; joins in parentheses have several such names.
    pub fn name(&self) -> Option<&Name> {
        match self {
            Source::Table(table) | Source::Sampled { table, sample: _ } => Some(table.source()),
            Source::Subquery { select: _, alias, lateral: _ }
            | Source::Values { rows: _, alias, columns: _ }
            | Source::Function { call: _, alias, columns: _ } => Some(alias),
            Source::Cte { cte, alias } => Some(alias.as_ref().unwrap_or(&cte.name)),
            Source::Itself { cte, alias } => Some(alias.as_ref().unwrap_or(cte)),
            Source::Nested { first: _, joins: _ } => None,
        }
    }

    /// How the database keeps what one of its columns holds, by position.
    pub(crate) fn kept(&self, column: usize) -> Option<&'static Conversion> {
        let items = match self {
            Source::Subquery { select, alias: _, lateral: _ } => &select.items,
            Source::Cte { cte, alias: _ } => match &cte.query {
                Query::Select(select) => &select.items,
                Query::Insert(insert) => &insert.returning,
                Query::Update(update) => &update.returning,
                Query::Delete(delete) => &delete.returning,
                Query::Raw(_) => return None,
            },
            Source::Values { rows, alias: _, columns: _ } => {
                return rows.iter().filter_map(|row| row.get(column)).find_map(Expr::kept_by);
            }
            Source::Table(_)
            | Source::Itself { cte: _, alias: _ }
            | Source::Function { call: _, alias: _, columns: _ }
            | Source::Sampled { table: _, sample: _ }
            | Source::Nested { first: _, joins: _ } => return None,
        };
        items.iter().filter(|item| item.expr != Expr::Star).nth(column)?.kept
    }

    /// The table, if it is one.
    pub fn table(&self) -> Option<&TableRef> {
        match self {
            Source::Table(table) | Source::Sampled { table, sample: _ } => Some(table),
            Source::Subquery { .. }
            | Source::Cte { .. }
            | Source::Itself { .. }
            | Source::Values { .. }
            | Source::Function { .. }
            | Source::Nested { .. } => None,
        }
    }
}

/// A common table expression: a statement with a name, for one statement.
#[derive(Clone, Debug, PartialEq)]
pub struct Cte {
    /// Its name.
    pub name: Name,
    /// What it stands for: a SELECT, or an INSERT, UPDATE or DELETE with RETURNING.
    pub query: Query,
    /// Whether it refers to itself.
    pub recursive: bool,
    /// `MATERIALIZED` or `NOT MATERIALIZED`; none: as the database likes.
    pub materialized: Option<bool>,
}

/// Which rows of a table a sample has.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sample {
    /// So many of a hundred.
    pub percent: f64,
    /// Whole blocks of the table at a time, which is quick; else each row by itself.
    pub blocks: bool,
    /// The same number gives the same rows.
    pub seed: Option<i64>,
}

/// One join.
#[derive(Clone, Debug, PartialEq)]
pub struct Join {
    /// Which.
    pub kind: JoinKind,
    /// What is joined.
    pub source: Source,
    /// The condition; none for CROSS JOIN.
    pub on: Option<Expr>,
}

/// Kinds of joins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum JoinKind {
    /// `JOIN`
    Inner,
    /// `LEFT JOIN`
    Left,
    /// `FULL JOIN`
    Full,
    /// `CROSS JOIN`
    Cross,
}

//! Rows that are no table: those of the program, those of a function, a series; and joins in parentheses.

use super::func::IntoArgs;
use super::{
    Cte, IntoCondition, IntoSource, JoinPart, JoinTarget, Select, Subquery, operators::function, select,
};
use crate::ast::{self, Join, JoinKind, Sample, Source, TableRef};
use crate::render;
use rebis_core::{Name, SqlType, Value};

/// Rows of the program, to stand in FROM: `VALUES`. The columns get these names.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
/// # fn main() -> rebis_core::Result<()> {
/// let ranks = values("ranks", ["rank", "least"], [("gold".to_owned(), 100i64), ("silver".to_owned(), 10)]);
/// let (rank, least) = ranks.columns();
/// let stmt = select((User.name, rank)).join(ranks.on(User.karma.ge(least)));
/// assert_eq!(
///     stmt.to_string(),
///     "SELECT users.name, ranks.rank FROM users JOIN (SELECT column1 AS rank, column2 AS least \
///      FROM (VALUES ('gold', 100), ('silver', 10))) AS ranks ON users.karma >= ranks.least"
/// );
/// # Ok(())
/// # }
/// ```
pub fn values<R: ValueRow>(
    name: impl Into<Name>,
    columns: impl IntoIterator<Item = impl Into<Name>>,
    rows: impl IntoIterator<Item = R>,
) -> Subquery<R> {
    let name = name.into();
    let columns: Vec<Name> = columns.into_iter().map(Into::into).collect();
    let types = R::types().into_iter();
    let source = Source::Values {
        rows: rows.into_iter().map(R::values).collect(),
        alias: name.clone(),
        columns: columns.iter().cloned().zip(types).collect(),
    };
    Subquery::of(source, name, columns)
}

/// A row of values: a tuple of two to eight.
///
/// See [`values`] for an example.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a row of values",
    label = "not a tuple of values",
    note = "give tuples of two to eight owned values: `(1, \"gold\".to_owned())`"
)]
pub trait ValueRow {
    #[doc(hidden)]
    fn types() -> Vec<SqlType>;
    #[doc(hidden)]
    fn values(self) -> Vec<ast::Expr>;
}

macro_rules! rows {
    ($(($($name:ident $index:tt),+);)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($name: Value),+> ValueRow for ($($name,)+) {
            fn types() -> Vec<SqlType> {
                vec![$($name::sql_type()),+]
            }
            fn values(self) -> Vec<ast::Expr> {
                vec![$(ast::Expr::of(&self.$index)),+]
            }
        }
    )*};
}

rows! {
    (A 0, B 1);
    (A 0, B 1, C 2);
    (A 0, B 1, C 2, D 3);
    (A 0, B 1, C 2, D 3, E 4);
    (A 0, B 1, C 2, D 3, E 4, F 5);
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6);
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7);
}

/// The rows that a function of the database gives, under a name. Names and types of the columns are the caller's word;
/// SQLite keeps the function's own names.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
/// # fn main() -> rebis_core::Result<()> {
/// let json = func::value("[3, 5]".to_owned());
/// let ids = func::rows::<(i64, i64)>("json_each", json, "ids", ["key", "value"]);
/// let (_, id) = ids.columns();
/// let stmt = select(User.name).join(ids.on(id.eq(User.id)));
/// assert_eq!(
///     stmt.to_string(),
///     "SELECT users.name FROM users JOIN json_each('[3, 5]') AS ids ON ids.value = users.id"
/// );
/// # Ok(())
/// # }
/// ```
pub fn rows<R>(
    name: &'static str,
    args: impl IntoArgs,
    alias: impl Into<Name>,
    columns: impl IntoIterator<Item = impl Into<Name>>,
) -> Subquery<R> {
    let (call, alias) = (function(name, args.into_args()), alias.into());
    let columns: Vec<Name> = columns.into_iter().map(Into::into).collect();
    let source = Source::Function { call, alias: alias.clone(), columns: columns.clone() };
    Subquery::of(source, alias, columns)
}

/// The whole numbers from one to another, under a name.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
/// # fn main() -> rebis_core::Result<()> {
/// let days = series("days", 1, 31);
/// assert_eq!(
///     select(days.value()).select_from(&days).to_string(),
///     "WITH RECURSIVE days AS (SELECT 1 AS value WHERE 1 <= 31 UNION ALL SELECT days.value + 1 FROM days WHERE days.value < 31) \
///      SELECT days.value FROM days"
/// );
/// # Ok(())
/// # }
/// ```
///
/// MySQL and MariaDB count no further than `cte_max_recursion_depth` and `max_recursive_iterations`: 1000 as they come.
pub fn series(name: impl Into<Name>, from: i64, to: i64) -> Cte<i64> {
    let (from, to) = (super::func::literal(from), super::func::literal(to));
    let first = select(from.clone().label("value")).filter(from.le(to.clone()));
    first.recursive(name, |before| {
        let value = before.value();
        let stmt = select(value.clone() + super::func::literal(1)).select_from(before);
        stmt.filter(value.lt(to))
    })
}

/// Something with its own joins, to be joined as a whole: `a LEFT JOIN (b JOIN c ON ..) ON ..`.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
/// # fn main() -> rebis_core::Result<()> {
/// # let (Tag, TAG_POST) = (ast::TableRef::new("tags"), Column::<Post, i64>::new("tags", "post_id", 0));
/// let tagged = nested(Post.source()).join(JoinPart {
///     source: Tag.into_source(),
///     on: Some(TAG_POST.eq(Post.id).into_ast()),
/// });
/// let stmt = select(User.name).outer_join(tagged.on(Post.author_id.eq(User.id)));
/// assert_eq!(
///     stmt.to_string(),
///     "SELECT users.name FROM users LEFT JOIN (posts JOIN tags ON tags.post_id = posts.id) \
///      ON posts.author_id = users.id"
/// );
/// # Ok(())
/// # }
/// ```
pub fn nested(first: impl IntoSource) -> Nested {
    Nested { first: first.into_source(), joins: Vec::new() }
}

/// What [`nested`] gives.
#[derive(Clone, Debug)]
#[must_use]
pub struct Nested {
    first: Source,
    joins: Vec<Join>,
}

impl Nested {
    /// JOIN, within.
    ///
    /// See [`nested`] for an example.
    pub fn join(self, target: impl JoinTarget) -> Self {
        self.joined(JoinKind::Inner, target)
    }

    /// LEFT JOIN, within.
    ///
    /// See [`nested`] for an example.
    pub fn outer_join(self, target: impl JoinTarget) -> Self {
        self.joined(JoinKind::Left, target)
    }

    fn joined(mut self, kind: JoinKind, target: impl JoinTarget) -> Self {
        self.joins.extend(target.into_join().into_iter().map(|part| part.with(kind)));
        self
    }

    /// To be joined on a condition.
    ///
    /// See [`nested`] for an example.
    pub fn on(self, condition: impl IntoCondition) -> JoinPart {
        JoinPart { source: self.into_source(), on: Some(condition.into_condition().into_ast()) }
    }
}

impl IntoSource for Nested {
    fn into_source(self) -> Source {
        Source::Nested { first: Box::new(self.first), joins: self.joins }
    }
}

impl<R> Select<R> {
    /// Only so many of a hundred rows of the first table, by chance: `TABLESAMPLE BERNOULLI`, which PostgreSQL has.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// let some = select(User.name).sample(2.5);
    /// assert_eq!(some.to_sql(dialect::postgres())?, "SELECT users.name FROM users TABLESAMPLE BERNOULLI (2.5)");
    /// # Ok(())
    /// # }
    /// ```
    pub fn sample(self, percent: f64) -> Self {
        self.sampled(Sample { percent, blocks: false, seed: None })
    }

    /// As [`sample`](Select::sample), by blocks of the table, or the same rows each time.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// let some = select(User.name).sampled(Sample { percent: 1.0, blocks: true, seed: Some(7) });
    /// assert_eq!(
    ///     some.to_sql(dialect::postgres())?,
    ///     "SELECT users.name FROM users TABLESAMPLE SYSTEM (1.0) REPEATABLE (7)"
    /// );
    /// # Ok(())
    /// # }
    /// ```
    pub fn sampled(mut self, sample: Sample) -> Self {
        let select = self.ast_mut();
        select.from = match select.from.take() {
            Some(Source::Table(table) | Source::Sampled { table, sample: _ }) => {
                Some(Source::Sampled { table, sample })
            }
            None => render::implied_table(select)
                .cloned()
                .map(|name| Source::Sampled { table: TableRef::new(name), sample }),
            Some(other) => {
                select.filter.push(super::fault(ast::Fault {
                    message: "only a table can be sampled".into(),
                    help: "say `.sample(..)` of the SELECT that reads the table".into(),
                    table: None,
                }));
                Some(other)
            }
        };
        self
    }
}

//! Aggregates: their clauses, those of texts and documents, and groupings.

use super::{
    Expr, IntoCondition, IntoGroup, IntoOrder, Numeric, Order, Text, Typed, fault, operators::function,
};
use crate::ast::{self, AggregateClauses, Call, Fault, GroupingKind, Special};
use rebis_core::{Datum, Name, Value};

impl<T> Expr<T> {
    /// An aggregate of the rows that satisfy a condition: `FILTER (WHERE ..)`, or a CASE where that is missing.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// let read = func::count().filter(Post.hits.gt(0));
    /// assert_eq!(show(&read), "count(*) FILTER (WHERE posts.hits > 0)");
    /// let stmt = select((Post.author_id, read)).group_by(Post.author_id);
    /// assert_eq!(
    ///     stmt.to_sql_inline(dialect::mysql())?,
    ///     "SELECT posts.author_id, count(CASE WHEN posts.hits > 0 THEN 1 END) FROM posts GROUP BY posts.author_id"
    /// );
    /// # Ok(())
    /// # }
    /// ```
    pub fn filter(self, condition: impl IntoCondition) -> Expr<T> {
        let condition = condition.into_condition().into_ast();
        self.with_clause(|clauses| clauses.filter = Some(condition))
    }

    /// An aggregate of different values only.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// assert_eq!(show(Post.hits.sum().distinct()), "sum(DISTINCT posts.hits)");
    /// # Ok(())
    /// # }
    /// ```
    pub fn distinct(self) -> Expr<T> {
        self.with_clause(|clauses| clauses.distinct = true)
    }

    /// An aggregate that takes its rows in an order.
    ///
    /// See [`func::string_agg`](super::func::string_agg) for an example.
    pub fn ordered_by(self, order: impl IntoOrder) -> Expr<T> {
        self.with_clause(|clauses| order.add_to(&mut clauses.order_by))
    }

    fn with_clause(self, change: impl FnOnce(&mut AggregateClauses)) -> Expr<T> {
        self.map(|expr| match expr {
            ast::Expr::Call(call) => ast::Expr::Call(call.with(change)),
            _ => fault(Fault {
                message: "a clause of an aggregate stands behind something that is none".into(),
                help: "`.filter(..)`, `.distinct()` and `.ordered_by(..)` follow the aggregate itself, before `.over(..)`"
                    .into(),
                table: None,
            }),
        })
    }
}

/// The texts of a group in one, with something between them; NULL for no rows.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
/// # fn main() -> rebis_core::Result<()> {
/// let titles = func::string_agg(Post.title, ", ").ordered_by(Post.hits.desc());
/// let stmt = select((Post.author_id, titles)).group_by(Post.author_id);
/// assert_eq!(
///     stmt.to_sql(dialect::postgres())?,
///     "SELECT posts.author_id, string_agg(posts.title, ', ' ORDER BY posts.hits DESC) FROM posts GROUP BY posts.author_id"
/// );
/// assert_eq!(
///     stmt.to_sql(dialect::mysql())?,
///     "SELECT posts.author_id, group_concat(posts.title ORDER BY posts.hits DESC SEPARATOR ', ') FROM posts GROUP BY posts.author_id"
/// );
/// # Ok(())
/// # }
/// ```
///
/// MySQL cuts what is longer than its `group_concat_max_len`.
pub fn string_agg<E: Typed<T: Text>>(of: E, separator: &str) -> Expr<Option<String>> {
    of.typed().map(|of| {
        let separator = Some(Name::Owned(separator.to_owned()));
        ast::Expr::Call(Call::new("string_agg", vec![of]).with(|clauses| clauses.separator = separator))
    })
}

/// The values of a group as a JSON array. Its type is the caller's word: a text, or `Json` of what is in it.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
/// # fn main() -> rebis_core::Result<()> {
/// let posts = func::json_agg::<String>(func::json_object([("id", &Post.id.into()), ("title", &Post.title.into())]));
/// assert_eq!(show(posts), "json_group_array(json_object('id', posts.id, 'title', posts.title))");
/// # Ok(())
/// # }
/// ```
pub fn json_agg<T: Value>(of: impl Typed) -> Expr<Option<T::Base>> {
    of.typed().map(|of| function("json_agg", vec![of]))
}

/// A JSON object of keys and values. See [`json_agg`].
pub fn json_object<'e>(fields: impl IntoIterator<Item = (&'static str, &'e AnyExpr)>) -> Expr<String> {
    let fields = fields
        .into_iter()
        .flat_map(|(key, AnyExpr(value))| [ast::Expr::Literal(Datum::Text(key.to_owned())), value.clone()]);
    Expr::from_ast(function("json_object", fields.collect()))
}

/// A JSON document within another, where it comes from a subquery: SQLite would take it for a text.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
/// # fn main() -> rebis_core::Result<()> {
/// let titles = select(func::json_agg::<String>(Post.title)).filter(Post.author_id.eq(User.id)).scalar();
/// let user = func::json_object([("name", &User.name.into()), ("posts", &func::json(titles).into())]);
/// assert_eq!(
///     select(user).to_string(),
///     "SELECT json_object('name', users.name, 'posts', json((SELECT json_group_array(posts.title) FROM posts \
///      WHERE posts.author_id = users.id))) FROM users"
/// );
/// # Ok(())
/// # }
/// ```
pub fn json<E: Typed>(of: E) -> Expr<E::T> {
    of.typed().map(|of| function("json", vec![of]))
}

/// An expression whose type does not matter: the value of a field of a JSON object.
#[derive(Clone, Debug)]
pub struct AnyExpr(ast::Expr);

impl<E: Typed> From<E> for AnyExpr {
    fn from(expr: E) -> Self {
        AnyExpr(Typed::into_ast(expr))
    }
}

/// An aggregate of a place in an order.
fn within_group<T, U>(name: &'static str, fraction: Option<f64>, of: Expr<T>) -> Expr<U> {
    let args = fraction.map(|fraction| ast::Expr::Literal(Datum::Float(fraction)));
    of.map(|of| {
        let within_group = vec![Order::by(of, false).into_ast()];
        let call = Call::new(name, args.into_iter().collect());
        ast::Expr::Call(call.with(|clauses| clauses.within_group = within_group))
    })
}

/// What lies at a part of the way through the values in order, between two of them if need be: 0.5 is the median.
/// Databases without it tell of another way in the error.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
/// # fn main() -> rebis_core::Result<()> {
/// let stmt = select(func::percentile_cont(0.5, Post.hits));
/// assert_eq!(
///     stmt.to_sql(dialect::postgres())?,
///     "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY posts.hits) FROM posts"
/// );
/// let most_common: Expr<Option<i64>> = func::mode(Post.hits);
/// # Ok(())
/// # }
/// ```
pub fn percentile_cont<E: Typed<T: Numeric>>(fraction: f64, of: E) -> Expr<Option<f64>> {
    within_group("percentile_cont", Some(fraction), of.typed())
}

/// The first value at or behind a part of the way through the values in order. See [`percentile_cont`].
pub fn percentile_disc<E: Typed<T: Value>>(fraction: f64, of: E) -> Expr<Option<<E::T as Value>::Base>> {
    within_group("percentile_disc", Some(fraction), of.typed())
}

/// The most common value. See [`percentile_cont`].
pub fn mode<E: Typed<T: Value>>(of: E) -> Expr<Option<<E::T as Value>::Base>> {
    within_group("mode", None, of.typed())
}

/// Several groupings at once, for `group_by`: [`func::rollup`](super::func::rollup),
/// [`func::cube`](super::func::cube), [`func::grouping_sets`](super::func::grouping_sets).
///
/// What a row is not grouped by is NULL in it, so select such columns with `.nullable()`;
/// [`func::grouping`](super::func::grouping) tells that NULL from others.
#[derive(Clone, Debug)]
#[must_use]
pub struct Groupings(GroupingKind, Vec<ast::Expr>);

impl Groupings {
    /// One grouping more.
    ///
    /// See [`grouping_sets`] for an example.
    pub fn set(mut self, by: impl IntoGroup) -> Self {
        self.1.push(ast::Expr::Tuple(group(by)));
        self
    }
}

#[diagnostic::do_not_recommend]
impl IntoGroup for Groupings {
    fn add_group(self, terms: &mut Vec<ast::Expr>) {
        terms.push(ast::Expr::Special { what: Special::Grouping(self.0), of: self.1 });
    }
}

/// Nothing: all rows are one group.
#[diagnostic::do_not_recommend]
impl IntoGroup for () {
    fn add_group(self, _terms: &mut Vec<ast::Expr>) {}
}

fn group(by: impl IntoGroup) -> Vec<ast::Expr> {
    let mut set = Vec::new();
    by.add_group(&mut set);
    set
}

fn each(by: impl IntoGroup) -> Vec<ast::Expr> {
    group(by).into_iter().map(|one| ast::Expr::Tuple(vec![one])).collect()
}

/// Groups by all of these, by all but the last, and so on to none: subtotals and a total.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
/// # fn main() -> rebis_core::Result<()> {
/// let stmt = select((Post.author_id.nullable(), func::grouping(Post.author_id), Post.hits.sum()))
///     .group_by(func::rollup(Post.author_id));
/// assert_eq!(
///     stmt.to_sql(dialect::postgres())?,
///     "SELECT posts.author_id, grouping(posts.author_id), sum(posts.hits) FROM posts GROUP BY ROLLUP (posts.author_id)"
/// );
/// # Ok(())
/// # }
/// ```
pub fn rollup(by: impl IntoGroup) -> Groupings {
    Groupings(GroupingKind::Rollup, each(by))
}

/// Groups by each choice of these. See [`rollup`].
pub fn cube(by: impl IntoGroup) -> Groupings {
    Groupings(GroupingKind::Cube, each(by))
}

/// Groups by each of the sets.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
/// # fn main() -> rebis_core::Result<()> {
/// let sets = func::grouping_sets().set((Post.author_id, Post.title)).set(Post.author_id).set(());
/// let stmt = select(Post.hits.sum()).group_by(sets);
/// assert_eq!(
///     stmt.to_sql(dialect::postgres())?,
///     "SELECT sum(posts.hits) FROM posts GROUP BY GROUPING SETS ((posts.author_id, posts.title), posts.author_id, ())"
/// );
/// # Ok(())
/// # }
/// ```
pub fn grouping_sets() -> Groupings {
    Groupings(GroupingKind::Sets, Vec::new())
}

/// 1 where a row is not grouped by this, else 0. See [`rollup`].
pub fn grouping(of: impl Typed) -> Expr<i64> {
    of.typed().map(|of| function("grouping", vec![of]))
}

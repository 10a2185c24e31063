//! Functions that are no method of a column: `func::count()`, `func::now()`, `func::call(..)`.
//!
//! What a column has as a method (`User.name.lower()`) is here too, for who reads SQL from the inside out.

pub use super::aggregate::{
    cube, grouping, grouping_sets, json, json_agg, json_object, mode, percentile_cont, percentile_disc,
    rollup, string_agg,
};
pub use super::full_text::{matches_words, words};
pub use super::quantified::{all, any};
pub use super::rows::rows;
pub use super::window::{
    cume_dist, dense_rank, first_value, lag, last_value, lead, nth_value, ntile, percent_rank, rank,
    row_number,
};

use super::operators::function;
use super::{Case, Expr, FirstCase, FirstCaseOn, IntoExpr, Numeric, Text, Typed};
use crate::ast;
use rebis_core::{Datum, Name, SqlType, Value};

/// `count(*)`: how many rows.
///
/// ```
/// assert_eq!(format!("{:?}", rebis_sql::func::count()), "count(*)");
/// ```
pub fn count() -> Expr<i64> {
    Expr::from_ast(function("count", vec![ast::Expr::Star]))
}

/// A value as an expression: bound, never written into the text.
///
/// ```
/// use rebis_sql::{func, select};
/// assert_eq!(select(func::value("it's".to_owned())).to_string(), "SELECT 'it''s'");
/// ```
pub fn value<T: Value>(value: T) -> Expr<T> {
    Expr::from_ast(ast::Expr::of(&value))
}

/// A whole number that is written into the text: where a database wants no parameter, as in what a recursion begins with.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
/// # fn main() -> rebis_core::Result<()> {
/// assert_eq!(select(func::literal(5)).to_sql(dialect::postgres())?, "SELECT 5");
/// # Ok(())
/// # }
/// ```
pub fn literal(number: i64) -> Expr<i64> {
    Expr::from_ast(ast::Expr::Literal(Datum::Int(number)))
}

/// The first that is not NULL. The first argument fixes the type.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
/// # fn main() -> rebis_core::Result<()> {
/// assert_eq!(show(func::coalesce(User.email, "none")), "coalesce(users.email, 'none')");
/// # Ok(())
/// # }
/// ```
pub fn coalesce<E: Typed>(
    first: E,
    other: impl IntoExpr<<E::T as Value>::Base>,
) -> Expr<<E::T as Value>::Base>
where
    E::T: Value,
{
    first.typed().coalesce(other)
}

/// NULL where both are equal, else the first.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
/// # fn main() -> rebis_core::Result<()> {
/// let per_post: Expr<Option<i64>> = func::nullif(Post.hits, 0);
/// assert_eq!(show(per_post), "nullif(posts.hits, 0)");
/// # Ok(())
/// # }
/// ```
pub fn nullif<E: Typed>(first: E, other: impl IntoExpr<E::T>) -> Expr<Option<<E::T as Value>::Base>>
where
    E::T: Value,
{
    first.typed().zip(other.into_expr(), |a, b| function("nullif", vec![a, b]))
}

/// In lower case.
///
/// This one and the others with the name of a method are that method.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
/// # fn main() -> rebis_core::Result<()> {
/// assert_eq!(show(func::lower(User.name)), show(User.name.lower()));
/// assert_eq!(show(func::length(func::trim(User.name))), "length(trim(users.name))");
/// # Ok(())
/// # }
/// ```
pub fn lower<E: Typed<T: Text>>(of: E) -> Expr<E::T> {
    of.typed().lower()
}

/// In upper case.
///
/// See [`lower`] for an example.
pub fn upper<E: Typed<T: Text>>(of: E) -> Expr<E::T> {
    of.typed().upper()
}

/// Without the spaces at both ends.
///
/// See [`lower`] for an example.
pub fn trim<E: Typed<T: Text>>(of: E) -> Expr<E::T> {
    of.typed().trim()
}

/// The number of characters.
///
/// See [`lower`] for an example.
pub fn length<E: Typed<T: Text>>(of: E) -> Expr<<E::T as Text>::Length> {
    of.typed().length()
}

/// The text with each `from` replaced by `to`.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
/// # fn main() -> rebis_core::Result<()> {
/// assert_eq!(show(func::replace(Post.title, "_", " ")), "replace(posts.title, '_', ' ')");
/// # Ok(())
/// # }
/// ```
pub fn replace<E: Typed<T: Text>>(
    of: E,
    from: impl IntoExpr<String>,
    to: impl IntoExpr<String>,
) -> Expr<E::T> {
    let rest = [from.into_expr().into_ast(), to.into_expr().into_ast()];
    of.typed().map(|of| function("replace", [of].into_iter().chain(rest).collect()))
}

/// A part of a text: from a character (the first is 1), so many characters.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
/// # fn main() -> rebis_core::Result<()> {
/// assert_eq!(show(func::substr(Post.title, 1, 3)), "substr(posts.title, 1, 3)");
/// # Ok(())
/// # }
/// ```
pub fn substr<E: Typed<T: Text>>(of: E, from: impl IntoExpr<i64>, length: impl IntoExpr<i64>) -> Expr<E::T> {
    let rest = [from.into_expr().into_ast(), length.into_expr().into_ast()];
    of.typed().map(|of| function("substr", [of].into_iter().chain(rest).collect()))
}

/// Without the sign.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
/// # fn main() -> rebis_core::Result<()> {
/// assert_eq!(show(func::abs(User.karma - 5)), "abs(users.karma - 5)");
/// # Ok(())
/// # }
/// ```
pub fn abs<E: Typed<T: Numeric>>(of: E) -> Expr<E::T> {
    of.typed().abs()
}

/// To the nearest whole number.
///
/// See [`abs`] for an example.
pub fn round<E: Typed<T: Numeric>>(of: E) -> Expr<E::T> {
    of.typed().round()
}

/// The sum; of no rows, NULL.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
/// # fn main() -> rebis_core::Result<()> {
/// assert_eq!(select(func::sum(Post.hits)).to_string(), "SELECT sum(posts.hits) FROM posts");
/// # Ok(())
/// # }
/// ```
pub fn sum<E: Typed<T: Numeric>>(of: E) -> Expr<<E::T as Numeric>::Sum> {
    of.typed().sum()
}

/// The average; of no rows, NULL.
///
/// See [`sum`] for an example.
pub fn avg<E: Typed<T: Numeric>>(of: E) -> Expr<Option<f64>> {
    of.typed().avg()
}

/// The least; of no rows, NULL.
///
/// See [`sum`] for an example.
pub fn min<E: Typed<T: Value>>(of: E) -> Expr<Option<<E::T as Value>::Base>> {
    of.typed().min()
}

/// The greatest; of no rows, NULL.
///
/// See [`sum`] for an example.
pub fn max<E: Typed<T: Value>>(of: E) -> Expr<Option<<E::T as Value>::Base>> {
    of.typed().max()
}

/// `CAST(.. AS ..)`, to the SQL type of `U`.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
/// # fn main() -> rebis_core::Result<()> {
/// assert_eq!(show(func::cast::<String>(User.id)), "CAST(users.id AS TEXT)");
/// # Ok(())
/// # }
/// ```
pub fn cast<U: Value>(of: impl Typed) -> Expr<U> {
    of.typed().cast()
}

/// A text as another type, or NULL. See [`Expr::try_cast`].
pub fn try_cast<U: Value>(of: impl Typed<T: Text>) -> Expr<Option<U::Base>> {
    of.typed().try_cast::<U>()
}

/// `CURRENT_TIMESTAMP`, by the clock of the database.
///
/// Its type is the caller's word.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
/// # fn main() -> rebis_core::Result<()> {
/// assert_eq!(show(func::now::<String>()), "CURRENT_TIMESTAMP");
/// # Ok(())
/// # }
/// ```
pub fn now<T: Value>() -> Expr<T> {
    let word = ast::Piece::Sql(Name::Borrowed("CURRENT_TIMESTAMP"));
    Expr::from_ast(ast::Expr::Raw(vec![word]))
}

/// [`now`], under the name that SQL has for it.
pub fn current_timestamp<T: Value>() -> Expr<T> {
    now()
}

/// The greatest of two. Where one is NULL, PostgreSQL gives the other, and the others NULL.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
/// # fn main() -> rebis_core::Result<()> {
/// let stmt = select(func::greatest(User.karma, 0));
/// assert_eq!(stmt.to_sql(dialect::postgres())?, "SELECT greatest(users.karma, $1) FROM users");
/// assert_eq!(stmt.to_string(), "SELECT max(users.karma, 0) FROM users");
/// assert_eq!(show(func::least(User.karma, User.id)), "min(users.karma, users.id)");
/// # Ok(())
/// # }
/// ```
pub fn greatest<E: Typed>(one: E, other: impl IntoExpr<E::T>) -> Expr<E::T> {
    one.typed().zip(other.into_expr(), |a, b| function("greatest", vec![a, b]))
}

/// The least of two. See [`greatest`].
pub fn least<E: Typed>(one: E, other: impl IntoExpr<E::T>) -> Expr<E::T> {
    one.typed().zip(other.into_expr(), |a, b| function("least", vec![a, b]))
}

/// One number to the power of another.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
/// # fn main() -> rebis_core::Result<()> {
/// let stmt = select((func::power(User.karma, 2), func::sqrt(User.karma), func::ln(User.karma), func::exp(User.karma)));
/// assert_eq!(
///     stmt.to_sql(dialect::postgres())?,
///     "SELECT power(CAST(users.karma AS DOUBLE PRECISION), CAST($1 AS DOUBLE PRECISION)), \
///      sqrt(CAST(users.karma AS DOUBLE PRECISION)), ln(CAST(users.karma AS DOUBLE PRECISION)), \
///      exp(CAST(users.karma AS DOUBLE PRECISION)) FROM users"
/// );
/// # Ok(())
/// # }
/// ```
pub fn power<E: Typed<T: Numeric>>(of: E, exponent: impl IntoExpr<E::T>) -> Expr<Option<f64>> {
    real(of).zip(real(exponent.into_expr()), |a, b| function("power", vec![a, b]))
}

/// The square root. See [`power`].
pub fn sqrt<E: Typed<T: Numeric>>(of: E) -> Expr<Option<f64>> {
    super::operators::call("sqrt", real(of))
}

/// The natural logarithm. See [`power`].
pub fn ln<E: Typed<T: Numeric>>(of: E) -> Expr<Option<f64>> {
    super::operators::call("ln", real(of))
}

/// The power of e. See [`power`].
pub fn exp<E: Typed<T: Numeric>>(of: E) -> Expr<Option<f64>> {
    super::operators::call("exp", real(of))
}

fn real<E: Typed>(of: E) -> Expr<f64> {
    of.typed().cast()
}

/// To so many digits behind the point.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
/// # fn main() -> rebis_core::Result<()> {
/// let stmt = select(func::round_to(Post.hits.avg(), 2));
/// assert_eq!(
///     stmt.to_sql(dialect::postgres())?,
///     "SELECT CAST(round(CAST(avg(posts.hits) AS NUMERIC), 2) AS DOUBLE PRECISION) FROM posts"
/// );
/// # Ok(())
/// # }
/// ```
pub fn round_to<E: Typed<T: Numeric>>(of: E, digits: u32) -> Expr<E::T>
where
    E::T: Value,
{
    let cast = |of: ast::Expr, to: SqlType| ast::Expr::Cast { of: Box::new(of), to };
    let digits = ast::Expr::Literal(Datum::Int(i64::from(digits)));
    of.typed().map(|of| {
        let exact = cast(of, SqlType::Decimal { precision: None });
        cast(function("round", vec![exact, digits]), E::T::sql_type())
    })
}

/// A random number, as the database makes it. For ORDER BY: its range differs from database to database.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
/// # fn main() -> rebis_core::Result<()> {
/// let stmt = select(User.name).order_by(func::random()).limit(1);
/// assert_eq!(stmt.to_string(), "SELECT users.name FROM users ORDER BY random() LIMIT 1");
/// # Ok(())
/// # }
/// ```
pub fn random() -> Expr<f64> {
    Expr::from_ast(function("random", Vec::new()))
}

/// Whether the SELECT has a row.
///
/// ```
/// # use rebis_sql::{Column, func, select};
/// # struct User;
/// # struct Post;
/// const ID: Column<User, i64> = Column::new("users", "id", 0);
/// const AUTHOR: Column<Post, i64> = Column::new("posts", "author_id", 1);
/// let stmt = select(ID).filter(func::exists(&select(AUTHOR).filter(AUTHOR.eq(ID))));
/// assert_eq!(
///     stmt.to_string(),
///     "SELECT users.id FROM users \
///      WHERE EXISTS (SELECT 1 FROM posts WHERE posts.author_id = users.id)"
/// );
/// ```
pub fn exists<R>(select: &super::Select<R>) -> Expr<bool> {
    select.exists()
}

/// Whether the SELECT has no row.
///
/// See [`exists`] for an example.
pub fn not_exists<R>(select: &super::Select<R>) -> Expr<bool> {
    !select.exists()
}

/// `CASE`: add arms with `.when(condition, value)`, end with `.otherwise(value)` or `.end()`. Its type is that of the first
/// value.
///
/// ```
/// # use rebis_sql::{Column, func};
/// # struct User;
/// const KARMA: Column<User, i64> = Column::new("users", "karma", 0);
/// let rank = func::case().when(KARMA.gt(100), "gold").when(KARMA.gt(10), "silver").otherwise("none");
/// assert_eq!(
///     format!("{rank:?}"),
///     "CASE WHEN users.karma > 100 THEN 'gold' WHEN users.karma > 10 THEN 'silver' ELSE 'none' END"
/// );
/// ```
pub fn case() -> FirstCase {
    FirstCase::new()
}

/// `CASE` of a type that is said: where NULL comes first, where arms come from a loop, or for a wider number.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
/// # fn main() -> rebis_core::Result<()> {
/// let ranks = [("gold", 100), ("silver", 10)].into_iter();
/// let case = ranks.fold(func::case_of::<String>(), |case, (rank, least)| case.when(User.karma.gt(least), rank));
/// assert_eq!(
///     show(case.otherwise("none")),
///     "CASE WHEN users.karma > 100 THEN 'gold' WHEN users.karma > 10 THEN 'silver' ELSE 'none' END"
/// );
/// # Ok(())
/// # }
/// ```
pub fn case_of<T>() -> Case<T> {
    Case::new()
}

/// `CASE` that compares an expression with one value after the other. Its type is that of the first result.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
/// # fn main() -> rebis_core::Result<()> {
/// let case = func::case_on(User.karma).when(0, "none").when(1, "one");
/// assert_eq!(
///     show(case.otherwise("some")),
///     "CASE users.karma WHEN 0 THEN 'none' WHEN 1 THEN 'one' ELSE 'some' END"
/// );
/// let first: Expr<Option<String>> = func::case_on(User.karma).when(0, User.name).end();
/// assert_eq!(show(first), "CASE users.karma WHEN 0 THEN users.name END");
/// # Ok(())
/// # }
/// ```
pub fn case_on<E: Typed>(of: E) -> FirstCaseOn<E::T> {
    FirstCaseOn::new(of.typed())
}

/// Any function of the database. Its name is written as it is and must be known when the program is compiled;
/// its type is the caller's word.
///
/// ```
/// # use rebis_sql::{Column, func};
/// # struct User;
/// const NAME: Column<User, String> = Column::new("users", "name", 0);
/// let sound = func::call::<String>("soundex", NAME);
/// assert_eq!(format!("{sound:?}"), "soundex(users.name)");
/// let padded = func::call::<String>("printf", (func::value("%05d".to_owned()), NAME.length()));
/// assert_eq!(format!("{padded:?}"), "printf('%05d', length(users.name))");
/// ```
pub fn call<T>(name: &'static str, args: impl IntoArgs) -> Expr<T> {
    Expr::from_ast(function(name, args.into_args()))
}

/// [`Expr::filter`](super::Expr::filter), for who reads SQL from the inside out.
pub fn filtered<T>(aggregate: Expr<T>, condition: impl super::IntoCondition) -> Expr<T> {
    aggregate.filter(condition)
}

/// Arguments of [`call`]: a column or expression, a tuple of up to six, or `()`.
///
/// See [`call`] for an example.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the arguments of a function",
    label = "not a column, an expression or a tuple of these",
    note = "a plain value becomes an expression by `func::value(..)`"
)]
pub trait IntoArgs {
    /// The arguments, in order.
    fn into_args(self) -> Vec<ast::Expr>;
}

impl IntoArgs for () {
    fn into_args(self) -> Vec<ast::Expr> {
        Vec::new()
    }
}

#[diagnostic::do_not_recommend]
impl<E: Typed> IntoArgs for E {
    fn into_args(self) -> Vec<ast::Expr> {
        vec![Typed::into_ast(self)]
    }
}

macro_rules! args {
    ($(($($name:ident $index:tt),+);)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($name: Typed),+> IntoArgs for ($($name,)+) {
            fn into_args(self) -> Vec<ast::Expr> {
                vec![$(Typed::into_ast(self.$index)),+]
            }
        }
    )*};
}

args! {
    (A 0, B 1);
    (A 0, B 1, C 2);
    (A 0, B 1, C 2, D 3);
    (A 0, B 1, C 2, D 3, E 4);
    (A 0, B 1, C 2, D 3, E 4, F 5);
}

//! The operators, as methods of columns and expressions.
//!
//! They are inherent, written once by a macro for both types: a method of a trait would lose against `Iterator`
//! or `Ord` in some places, an inherent one never does.

use super::condition::not;
use super::{Column, Expr, IntoExpr, IntoSet, Labelled, Numeric, Order, Text, Typed, fault};
use crate::ast::{self, BinaryOp, Call, Fault, InSet, Special, UnaryOp};
use rebis_core::{Name, SqlType, Value};
use std::ops::{Add, Div, Mul, Neg, Rem, Sub};

/// The character that takes their meaning from `%` and `_`. Not a backslash: some databases give it a meaning of
/// their own in the text of a statement.
const ESCAPE: char = '/';

macro_rules! operators {
    ([$($generic:ident)?] $type:ty) => {
        impl<$($generic,)? T> $type {
            /// `=`; against `None`: `IS NULL`.
            ///
            /// ```
            /// # use rebis_sql::Column;
            /// # struct Post;
            /// const EDITOR: Column<Post, Option<i64>> = Column::new("posts", "editor_id", 0);
            /// assert_eq!(format!("{:?}", EDITOR.eq(5)), "posts.editor_id = 5");
            /// assert_eq!(format!("{:?}", EDITOR.eq(None)), "posts.editor_id IS NULL");
            /// ```
            pub fn eq(self, other: impl IntoExpr<T>) -> Expr<bool> {
                equals(self.typed(), other.into_expr(), false)
            }

            /// `<>`; against `None`: `IS NOT NULL`. Like any comparison it is not true for rows that have NULL
            /// here; see [`not_same`](Self::not_same).
            ///
            /// See [`eq`](Self::eq) for an example.
            pub fn ne(self, other: impl IntoExpr<T>) -> Expr<bool> {
                equals(self.typed(), other.into_expr(), true)
            }

            /// `<`. Against `None` it is an error when the statement is rendered: such a condition is never true.
            ///
            /// ```
            /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
            /// # fn main() -> rebis_core::Result<()> {
            /// assert_eq!(show(User.karma.lt(10)), "users.karma < 10");
            /// assert_eq!(show(User.karma.ge(User.id)), "users.karma >= users.id");
            /// assert_eq!(show(User.karma.between(1, 9)), "users.karma BETWEEN 1 AND 9");
            /// # Ok(())
            /// # }
            /// ```
            pub fn lt(self, other: impl IntoExpr<T>) -> Expr<bool> {
                compared(BinaryOp::Lt, self.typed(), other.into_expr())
            }

            /// `<=`
            ///
            /// See [`lt`](Self::lt) for an example.
            pub fn le(self, other: impl IntoExpr<T>) -> Expr<bool> {
                compared(BinaryOp::Le, self.typed(), other.into_expr())
            }

            /// `>`
            ///
            /// See [`lt`](Self::lt) for an example.
            pub fn gt(self, other: impl IntoExpr<T>) -> Expr<bool> {
                compared(BinaryOp::Gt, self.typed(), other.into_expr())
            }

            /// `>=`
            ///
            /// See [`lt`](Self::lt) for an example.
            pub fn ge(self, other: impl IntoExpr<T>) -> Expr<bool> {
                compared(BinaryOp::Ge, self.typed(), other.into_expr())
            }

            /// Equality to which NULL is a value: NULL is the same as NULL. `IS` in SQLite, `IS NOT DISTINCT
            /// FROM` in PostgreSQL, `<=>` in MySQL.
            ///
            /// ```
            /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
            /// # fn main() -> rebis_core::Result<()> {
            /// let stmt = select(User.id).filter(User.email.same(None));
            /// assert_eq!(stmt.to_string(), "SELECT users.id FROM users WHERE users.email IS NULL");
            /// let postgres = stmt.to_sql_inline(dialect::postgres())?;
            /// assert_eq!(postgres, "SELECT users.id FROM users WHERE users.email IS NOT DISTINCT FROM NULL");
            /// # Ok(())
            /// # }
            /// ```
            pub fn same(self, other: impl IntoExpr<T>) -> Expr<bool> {
                binary(BinaryOp::Same, self.typed(), other.into_expr())
            }

            /// The opposite of [`same`](Self::same).
            ///
            /// See [`same`](Self::same) for an example.
            pub fn not_same(self, other: impl IntoExpr<T>) -> Expr<bool> {
                binary(BinaryOp::NotSame, self.typed(), other.into_expr())
            }

            /// `IS NULL`
            ///
            /// ```
            /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
            /// # fn main() -> rebis_core::Result<()> {
            /// assert_eq!(show(User.email.is_null()), "users.email IS NULL");
            /// assert_eq!(show(User.email.is_not_null()), "users.email IS NOT NULL");
            /// # Ok(())
            /// # }
            /// ```
            pub fn is_null(self) -> Expr<bool> {
                self.typed().map(|of| ast::Expr::IsNull { of: Box::new(of), negated: false })
            }

            /// `IS NOT NULL`
            ///
            /// See [`is_null`](Self::is_null) for an example.
            pub fn is_not_null(self) -> Expr<bool> {
                self.typed().map(|of| ast::Expr::IsNull { of: Box::new(of), negated: true })
            }

            /// `IN`: values (a `Vec`, a slice, an array, any iterator) or a SELECT of one column. No values at
            /// all is false, and `None` among them finds NULL. A long list is sent as one parameter where the
            /// database can take it apart.
            ///
            /// ```
            /// # use rebis_sql::{Column, select};
            /// # struct User;
            /// # struct Post;
            /// const ID: Column<User, i64> = Column::new("users", "id", 0);
            /// const AUTHOR: Column<Post, i64> = Column::new("posts", "author_id", 1);
            /// assert_eq!(format!("{:?}", ID.in_([1, 2])), "users.id IN (1, 2)");
            /// assert_eq!(format!("{:?}", ID.in_(Vec::<i64>::new())), "1 = 0");
            /// assert_eq!(
            ///     format!("{:?}", ID.in_(select(AUTHOR))),
            ///     "users.id IN (SELECT posts.author_id FROM posts)"
            /// );
            /// ```
            pub fn in_(self, set: impl IntoSet<T>) -> Expr<bool> {
                within(self.typed(), set.into_set())
            }

            /// `NOT IN`; of no values at all, true.
            ///
            /// See [`in_`](Self::in_) for an example.
            pub fn not_in(self, set: impl IntoSet<T>) -> Expr<bool> {
                self.in_(set).map(not)
            }

            /// `BETWEEN`, both ends included.
            ///
            /// See [`lt`](Self::lt) for an example.
            pub fn between(self, low: impl IntoExpr<T>, high: impl IntoExpr<T>) -> Expr<bool> {
                between(self.typed(), low.into_expr(), high.into_expr())
            }

            /// `LIKE`: `%` stands for any text, `_` for any character. For a text of a user take
            /// [`contains`](Self::contains) and friends. SQLite takes `a` to `z` for upper case here, other databases do
            /// not; [`ilike`](Self::ilike) does so on all.
            ///
            /// ```
            /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
            /// # fn main() -> rebis_core::Result<()> {
            /// assert_eq!(show(User.name.like("a%")), "users.name LIKE 'a%'");
            /// assert_eq!(show(User.name.not_like("a%")), "users.name NOT LIKE 'a%'");
            /// let stmt = select(User.id).filter(User.name.ilike("A%"));
            /// let postgres = stmt.to_sql_inline(dialect::postgres())?;
            /// assert_eq!(postgres, "SELECT users.id FROM users WHERE users.name ILIKE 'A%'");
            /// # Ok(())
            /// # }
            /// ```
            pub fn like(self, pattern: impl IntoExpr<String>) -> Expr<bool> where T: Text {
                like(self.typed(), pattern.into_expr(), None, false)
            }

            /// `NOT LIKE`
            ///
            /// See [`like`](Self::like) for an example.
            pub fn not_like(self, pattern: impl IntoExpr<String>) -> Expr<bool> where T: Text {
                self.like(pattern).map(not)
            }

            /// `LIKE` to which upper and lower case are the same.
            ///
            /// See [`like`](Self::like) for an example.
            pub fn ilike(self, pattern: impl IntoExpr<String>) -> Expr<bool> where T: Text {
                like(self.typed(), pattern.into_expr(), None, true)
            }

            /// Whether the text stands somewhere inside. `%` and `_` in it mean themselves.
            ///
            /// ```
            /// # use rebis_sql::Column;
            /// # struct User;
            /// const NAME: Column<User, String> = Column::new("users", "name", 0);
            /// assert_eq!(format!("{:?}", NAME.contains("50%")), "users.name LIKE '%50/%%' ESCAPE '/'");
            /// ```
            pub fn contains(self, text: impl AsRef<str>) -> Expr<bool> where T: Text {
                like(self.typed(), pattern("%", text.as_ref(), "%"), Some(ESCAPE), false)
            }

            /// Whether the text stands at the beginning. `%` and `_` in it mean themselves.
            ///
            /// See [`contains`](Self::contains) for an example.
            pub fn starts_with(self, text: impl AsRef<str>) -> Expr<bool> where T: Text {
                like(self.typed(), pattern("", text.as_ref(), "%"), Some(ESCAPE), false)
            }

            /// Whether the text stands at the end. `%` and `_` in it mean themselves.
            ///
            /// See [`contains`](Self::contains) for an example.
            pub fn ends_with(self, text: impl AsRef<str>) -> Expr<bool> where T: Text {
                like(self.typed(), pattern("%", text.as_ref(), ""), Some(ESCAPE), false)
            }

            /// As [`contains`](Self::contains), whatever the case: of the letters of ASCII alone in SQLite.
            ///
            /// ```
            /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
            /// # fn main() -> rebis_core::Result<()> {
            /// let stmt = select(User.id).filter(User.name.icontains("50%"));
            /// assert_eq!(
            ///     stmt.to_sql_inline(dialect::postgres())?,
            ///     "SELECT users.id FROM users WHERE users.name ILIKE '%50/%%' ESCAPE '/'"
            /// );
            /// # Ok(())
            /// # }
            /// ```
            pub fn icontains(self, text: impl AsRef<str>) -> Expr<bool> where T: Text {
                like(self.typed(), pattern("%", text.as_ref(), "%"), Some(ESCAPE), true)
            }

            /// As [`starts_with`](Self::starts_with), whatever the case. See [`icontains`](Self::icontains).
            pub fn istarts_with(self, text: impl AsRef<str>) -> Expr<bool> where T: Text {
                like(self.typed(), pattern("", text.as_ref(), "%"), Some(ESCAPE), true)
            }

            /// As [`ends_with`](Self::ends_with), whatever the case. See [`icontains`](Self::icontains).
            pub fn iends_with(self, text: impl AsRef<str>) -> Expr<bool> where T: Text {
                like(self.typed(), pattern("%", text.as_ref(), ""), Some(ESCAPE), true)
            }

            /// Whether the text matches a regular expression, in the words of the database: `~` in PostgreSQL, `REGEXP` in
            /// MySQL and MariaDB. SQLite has none.
            ///
            /// ```
            /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
            /// # fn main() -> rebis_core::Result<()> {
            /// let stmt = select(User.id).filter(User.name.matches_regex("^a+$"));
            /// assert_eq!(stmt.to_sql(dialect::postgres())?, "SELECT users.id FROM users WHERE users.name ~ $1");
            /// assert_eq!(stmt.to_sql(dialect::mysql())?, "SELECT users.id FROM users WHERE users.name REGEXP ?");
            /// # Ok(())
            /// # }
            /// ```
            pub fn matches_regex(self, pattern: impl IntoExpr<String>) -> Expr<bool> where T: Text {
                binary(BinaryOp::Matches, self.typed(), pattern.into_expr())
            }

            /// The text with all matches of a regular expression replaced, in the words of the database. What a match held is
            /// `\\1` in PostgreSQL and MariaDB, `$1` in MySQL. SQLite has none.
            ///
            /// ```
            /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
            /// # fn main() -> rebis_core::Result<()> {
            /// let stmt = select(User.name.replace_regex("[0-9]+", "#"));
            /// assert_eq!(
            ///     stmt.to_sql(dialect::postgres())?,
            ///     "SELECT regexp_replace(users.name, $1, $2, 'g') FROM users"
            /// );
            /// assert_eq!(stmt.to_sql(dialect::mysql())?, "SELECT regexp_replace(users.name, ?, ?) FROM users");
            /// # Ok(())
            /// # }
            /// ```
            pub fn replace_regex(
                self,
                pattern: impl IntoExpr<String>,
                with: impl IntoExpr<String>,
            ) -> Expr<T> where T: Text {
                let (pattern, with) = (pattern.into_expr().into_ast(), with.into_expr().into_ast());
                self.typed().map(|of| ast::Expr::Special {
                    what: Special::ReplaceRegex,
                    of: vec![of, pattern, with],
                })
            }

            /// `COLLATE`: compared and ordered by a collation of the database.
            ///
            /// ```
            /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
            /// # fn main() -> rebis_core::Result<()> {
            /// let stmt = select(User.id).order_by(User.name.collate("NOCASE"));
            /// assert_eq!(stmt.to_string(), "SELECT users.id FROM users ORDER BY users.name COLLATE \"NOCASE\"");
            /// # Ok(())
            /// # }
            /// ```
            pub fn collate(self, collation: &'static str) -> Expr<T> where T: Text {
                special(Special::Collate(collation.into()), self.typed())
            }

            /// Two texts, one after the other.
            ///
            /// ```
            /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
            /// # fn main() -> rebis_core::Result<()> {
            /// assert_eq!(show(User.name.concat("!")), "users.name || '!'");
            /// # Ok(())
            /// # }
            /// ```
            pub fn concat(self, other: impl IntoExpr<String>) -> Expr<T> where T: Text {
                binary(BinaryOp::Concat, self.typed(), other.into_expr())
            }

            /// `lower(..)`
            ///
            /// ```
            /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
            /// # fn main() -> rebis_core::Result<()> {
            /// assert_eq!(show(User.name.lower().eq("alice")), "lower(users.name) = 'alice'");
            /// assert_eq!(show(User.name.trim().length().gt(3)), "length(trim(users.name)) > 3");
            /// # Ok(())
            /// # }
            /// ```
            pub fn lower(self) -> Expr<T> where T: Text {
                call("lower", self.typed())
            }

            /// `upper(..)`
            ///
            /// See [`lower`](Self::lower) for an example.
            pub fn upper(self) -> Expr<T> where T: Text {
                call("upper", self.typed())
            }

            /// `trim(..)`: without the spaces at both ends.
            ///
            /// See [`lower`](Self::lower) for an example.
            pub fn trim(self) -> Expr<T> where T: Text {
                call("trim", self.typed())
            }

            /// The number of characters.
            ///
            /// See [`lower`](Self::lower) for an example.
            pub fn length(self) -> Expr<T::Length> where T: Text {
                call("length", self.typed())
            }

            /// `abs(..)`
            ///
            /// ```
            /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
            /// # fn main() -> rebis_core::Result<()> {
            /// assert_eq!(show((User.karma - 5).abs()), "abs(users.karma - 5)");
            /// # Ok(())
            /// # }
            /// ```
            pub fn abs(self) -> Expr<T> where T: Numeric {
                call("abs", self.typed())
            }

            /// `round(..)`, to a whole number.
            ///
            /// See [`abs`](Self::abs) for an example.
            pub fn round(self) -> Expr<T> where T: Numeric {
                call("round", self.typed())
            }

            /// `CAST(.. AS ..)`, to the SQL type of `U`.
            ///
            /// ```
            /// # use rebis_sql::Column;
            /// # struct Post;
            /// const HITS: Column<Post, i64> = Column::new("posts", "hits", 0);
            /// assert_eq!(format!("{:?}", HITS.cast::<f64>() / 2.0), "CAST(posts.hits AS REAL) / 2.0");
            /// ```
            pub fn cast<U: Value>(self) -> Expr<U> {
                let to: SqlType = U::sql_type();
                self.typed().map(|of| ast::Expr::Cast { of: Box::new(of), to }.kept(U::CONVERSION))
            }

            /// What is read of it, as another type, where the database keeps values of this type in a form of its own: for
            /// conditions and functions. What stands in the list of the outermost SELECT is read so anyway.
            ///
            /// ```
            /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
            /// # fn main() -> rebis_core::Result<()> {
            /// # use rebis_core::{Binds, Cell, Conversion, SqlType, Value};
            /// # #[derive(Clone)]
            /// # struct Secret(String);
            /// # impl Value for Secret {
            /// #     const CONVERSION: Option<&'static Conversion> =
            /// #         Some(&Conversion::NONE.write(["seal(", ")"]).read(["unseal(", ")"]));
            /// #     type Base = Secret;
            /// #     fn sql_type() -> SqlType { String::sql_type() }
            /// #     fn encode(&self, out: &mut Binds) { self.0.encode(out) }
            /// #     fn decode(cell: Cell<'_>) -> rebis_core::Result<Self> { String::decode(cell).map(Secret) }
            /// #     fn same(&self, other: &Self) -> bool { self.0 == other.0 }
            /// # }
            /// const NOTE: Column<(), Secret> = Column::new("notes", "note", 0);
            /// let stmt = select(NOTE).filter(NOTE.as_read::<String>().like("a%"));
            /// assert_eq!(
            ///     stmt.to_string(),
            ///     "SELECT unseal(notes.note) AS note FROM notes WHERE unseal(notes.note) LIKE 'a%'"
            /// );
            /// # Ok(())
            /// # }
            /// ```
            pub fn as_read<U>(self) -> Expr<U> where T: Value {
                let read = |of| match T::CONVERSION {
                    Some(by) => ast::Expr::Special { what: Special::Unwrapped(by), of: vec![of] },
                    None => of,
                };
                self.typed().map(read)
            }

            /// The same, read as another type: nothing is written, the type is the caller's word. What does not read as one is an
            /// error of the query.
            ///
            /// ```
            /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
            /// # fn main() -> rebis_core::Result<()> {
            /// let flag: Expr<bool> = User.karma.read_as::<bool>();
            /// assert_eq!(show(flag), "users.karma");
            /// # Ok(())
            /// # }
            /// ```
            pub fn read_as<U: Value>(self) -> Expr<U> {
                self.typed().map(|of| of)
            }

            /// The text as another type, or NULL where it does not read as one: whole numbers (of 19 digits at most), numbers
            /// of digits and a point, dates as `2024-02-29`, `true` and `false` (also `t`, `f`, `1`, `0`, in any case). Blanks
            /// and exponents make a text none of them. Where a database has no TRY_CAST, the text is checked before it is
            /// cast; it is then written several times.
            ///
            /// ```
            /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
            /// # fn main() -> rebis_core::Result<()> {
            /// let number: Expr<Option<f64>> = Post.title.try_cast::<f64>();
            /// assert_eq!(
            ///     select(number).to_sql(dialect::postgres())?,
            ///     "SELECT CASE WHEN posts.title ~ '^[+-]?[0-9]{1,250}([.][0-9]{1,250})?$' \
            ///      THEN CAST(posts.title AS DOUBLE PRECISION) END FROM posts"
            /// );
            /// # Ok(())
            /// # }
            /// ```
            ///
            /// Other types are an error of rendering.
            pub fn try_cast<U: Value>(self) -> Expr<Option<U::Base>> where T: Text {
                special(Special::TryCast(U::sql_type()), self.typed())
            }

            /// The same where NULL can come: after an outer join.
            ///
            /// ```
            /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
            /// # fn main() -> rebis_core::Result<()> {
            /// // Who has no posts has no title, though the column itself takes no NULL.
            /// let stmt: Select<(String, Option<String>)> = select((User.name, Post.title.nullable()))
            ///     .outer_join(Post.on(Post.author_id.eq(User.id)));
            /// # Ok(())
            /// # }
            /// ```
            pub fn nullable(self) -> Expr<Option<T::Base>> where T: Value {
                self.typed().retyped()
            }

            /// This, or what comes instead of NULL.
            ///
            /// ```
            /// # use rebis_sql::{Column, select};
            /// # struct Post;
            /// const BODY: Column<Post, Option<String>> = Column::new("posts", "body", 0);
            /// let stmt = select(BODY.coalesce(""));
            /// assert_eq!(stmt.to_string(), "SELECT coalesce(posts.body, '') FROM posts");
            /// ```
            pub fn coalesce(self, other: impl IntoExpr<T::Base>) -> Expr<T::Base> where T: Value {
                self.typed().zip(other.into_expr(), |a, b| function("coalesce", vec![a, b]))
            }

            /// `count(..)`: how many are not NULL.
            ///
            /// ```
            /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
            /// # fn main() -> rebis_core::Result<()> {
            /// let stmt = select((Post.author_id, Post.id.count(), Post.title.count_distinct())).group_by(Post.author_id);
            /// assert_eq!(
            ///     stmt.to_string(),
            ///     "SELECT posts.author_id, count(posts.id), count(DISTINCT posts.title) FROM posts GROUP BY posts.author_id"
            /// );
            /// # Ok(())
            /// # }
            /// ```
            pub fn count(self) -> Expr<i64> {
                call("count", self.typed())
            }

            /// `count(DISTINCT ..)`: how many different values there are.
            ///
            /// See [`count`](Self::count) for an example.
            pub fn count_distinct(self) -> Expr<i64> {
                self.typed().map(|of| {
                    ast::Expr::Call(Call::new("count", vec![of]).with(|clauses| clauses.distinct = true))
                })
            }

            /// `sum(..)`; of no rows, NULL.
            ///
            /// ```
            /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
            /// # fn main() -> rebis_core::Result<()> {
            /// // Each may be NULL: there may be no row.
            /// let stmt: Select<(Option<i64>, Option<f64>, Option<i64>)> =
            ///     select((Post.hits.sum(), Post.hits.avg(), Post.hits.max()));
            /// assert_eq!(stmt.to_string(), "SELECT sum(posts.hits), avg(posts.hits), max(posts.hits) FROM posts");
            /// # Ok(())
            /// # }
            /// ```
            pub fn sum(self) -> Expr<T::Sum> where T: Numeric {
                call("sum", self.typed())
            }

            /// `avg(..)`; of no rows, NULL.
            ///
            /// See [`sum`](Self::sum) for an example.
            pub fn avg(self) -> Expr<Option<f64>> where T: Numeric {
                call("avg", self.typed())
            }

            /// `min(..)`; of no rows, NULL.
            ///
            /// See [`sum`](Self::sum) for an example.
            pub fn min(self) -> Expr<Option<T::Base>> where T: Value {
                call("min", self.typed())
            }

            /// `max(..)`; of no rows, NULL.
            ///
            /// See [`sum`](Self::sum) for an example.
            pub fn max(self) -> Expr<Option<T::Base>> where T: Value {
                call("max", self.typed())
            }

            /// Ordered from low to high.
            ///
            /// See [`Order`] for an example.
            pub fn asc(self) -> Order {
                Order::by(self.typed().into_ast(), false)
            }

            /// Ordered from high to low.
            ///
            /// See [`Order`] for an example.
            pub fn desc(self) -> Order {
                Order::by(self.typed().into_ast(), true)
            }

            /// With a name in the result: `AS`.
            ///
            /// ```
            /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
            /// # fn main() -> rebis_core::Result<()> {
            /// let posts = Post.id.count().label("posts");
            /// let stmt = select((Post.author_id, posts.clone())).group_by(Post.author_id).order_by(posts.desc());
            /// assert_eq!(
            ///     stmt.to_string(),
            ///     "SELECT posts.author_id, count(posts.id) AS posts FROM posts GROUP BY posts.author_id ORDER BY posts DESC"
            /// );
            /// # Ok(())
            /// # }
            /// ```
            pub fn label(self, name: impl Into<Name>) -> Labelled<T> {
                Labelled::new(self.typed(), name.into())
            }
        }

        /// Plus.
        #[diagnostic::do_not_recommend]
        impl<$($generic,)? T: Numeric, R: IntoExpr<T>> Add<R> for $type {
            type Output = Expr<T>;
            fn add(self, other: R) -> Expr<T> {
                binary(BinaryOp::Add, self.typed(), other.into_expr())
            }
        }

        /// Minus.
        #[diagnostic::do_not_recommend]
        impl<$($generic,)? T: Numeric, R: IntoExpr<T>> Sub<R> for $type {
            type Output = Expr<T>;
            fn sub(self, other: R) -> Expr<T> {
                binary(BinaryOp::Sub, self.typed(), other.into_expr())
            }
        }

        /// Times.
        #[diagnostic::do_not_recommend]
        impl<$($generic,)? T: Numeric, R: IntoExpr<T>> Mul<R> for $type {
            type Output = Expr<T>;
            fn mul(self, other: R) -> Expr<T> {
                binary(BinaryOp::Mul, self.typed(), other.into_expr())
            }
        }

        /// Divided by; of whole numbers without the rest.
        #[diagnostic::do_not_recommend]
        impl<$($generic,)? T: Numeric, R: IntoExpr<T>> Div<R> for $type {
            type Output = Expr<T>;
            fn div(self, other: R) -> Expr<T> {
                let sign = if T::WHOLE { BinaryOp::DivWhole } else { BinaryOp::Div };
                binary(sign, self.typed(), other.into_expr())
            }
        }

        /// The rest of a division.
        #[diagnostic::do_not_recommend]
        impl<$($generic,)? T: Numeric, R: IntoExpr<T>> Rem<R> for $type {
            type Output = Expr<T>;
            fn rem(self, other: R) -> Expr<T> {
                binary(BinaryOp::Rem, self.typed(), other.into_expr())
            }
        }

        /// With the other sign.
        impl<$($generic,)? T: Numeric> Neg for $type {
            type Output = Expr<T>;
            fn neg(self) -> Expr<T> {
                self.typed().map(|of| ast::Expr::Unary { op: UnaryOp::Negate, of: Box::new(of) })
            }
        }
    };
}

operators!([M] Column<M, T>);
operators!([] Expr<T>);

pub(crate) fn binary<A, B, C>(op: BinaryOp, left: Expr<A>, right: Expr<B>) -> Expr<C> {
    left.zip(right, |left, right| ast::Expr::Binary { op, left: Box::new(left), right: Box::new(right) })
}

/// Nothing equals NULL, which is never what somebody means who compares with `None`.
fn equals<T>(left: Expr<T>, right: Expr<T>, negated: bool) -> Expr<bool> {
    if is_null(right.ast()) {
        return left.map(|of| ast::Expr::IsNull { of: Box::new(of), negated });
    }
    binary(if negated { BinaryOp::Ne } else { BinaryOp::Eq }, left, right)
}

/// NULL is neither less nor more than anything, so such a condition lets no row through.
pub(crate) fn compared<A, B>(op: BinaryOp, left: Expr<A>, right: Expr<B>) -> Expr<bool> {
    if is_null(right.ast()) {
        return left.map(|_| never_true());
    }
    binary(op, left, right)
}

#[cold]
pub(crate) fn never_true() -> ast::Expr {
    fault(Fault {
        message: "a comparison with NULL by `<`, `<=`, `>`, `>=` or BETWEEN is never true".into(),
        help: "leave the condition out where there is no value: `.filter(most.map(|most| User.karma.le(most)))`; \
               ask for NULL with `.is_null()`"
            .into(),
        table: None,
    })
}

/// Nothing is in a list because of a NULL in it, and nothing is ever outside: `None` is asked for by itself.
fn within<T>(of: Expr<T>, set: InSet) -> Expr<bool> {
    let (set, null) = match set {
        InSet::List(items) => {
            let all = items.len();
            let items: Vec<ast::Expr> = items.into_iter().filter(|item| !is_null(item)).collect();
            let null = items.len() < all;
            (InSet::List(items), null)
        }
        InSet::Select(select) => (InSet::Select(select), false),
    };
    of.map(|of| {
        let is_null = null.then(|| ast::Expr::IsNull { of: Box::new(of.clone()), negated: false });
        let within = ast::Expr::In { of: Box::new(of), set, negated: false };
        match (is_null, &within) {
            (Some(is_null), ast::Expr::In { set: InSet::List(items), .. }) if items.is_empty() => is_null,
            (Some(is_null), _) => ast::Expr::Or(vec![within, is_null]),
            (None, _) => within,
        }
    })
}

pub(crate) fn is_null(expr: &ast::Expr) -> bool {
    matches!(expr, ast::Expr::Value(datum) | ast::Expr::Literal(datum) if datum.is_null())
}

fn between<T>(of: Expr<T>, low: Expr<T>, high: Expr<T>) -> Expr<bool> {
    if is_null(low.ast()) || is_null(high.ast()) {
        return of.map(|_| never_true());
    }
    let (low, high) = (Box::new(low.into_ast()), Box::new(high.into_ast()));
    of.map(|of| ast::Expr::Between { of: Box::new(of), low, high, negated: false })
}

fn like<T>(of: Expr<T>, pattern: Expr<String>, escape: Option<char>, insensitive: bool) -> Expr<bool> {
    of.zip(pattern, |of, pattern| ast::Expr::Like {
        of: Box::new(of),
        pattern: Box::new(pattern),
        escape,
        insensitive,
        negated: false,
    })
}

fn pattern(before: &str, text: &str, after: &str) -> Expr<String> {
    let mut pattern = String::with_capacity(text.len() + 4);
    pattern.push_str(before);
    for c in text.chars() {
        if matches!(c, '%' | '_' | ESCAPE) {
            pattern.push(ESCAPE);
        }
        pattern.push(c);
    }
    pattern.push_str(after);
    pattern.into_expr()
}

/// What databases spell each in its own way, of one operand.
pub(crate) fn special<A, B>(what: Special, of: Expr<A>) -> Expr<B> {
    of.map(|of| ast::Expr::Special { what, of: vec![of] })
}

/// A function of one argument.
pub(crate) fn call<A, B>(name: &'static str, of: Expr<A>) -> Expr<B> {
    of.map(|of| function(name, vec![of]))
}

pub(crate) fn function(name: impl Into<Name>, args: Vec<ast::Expr>) -> ast::Expr {
    ast::Expr::Call(Call::new(name, args))
}

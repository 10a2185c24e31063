//! What has a type of its own, and what converts to a type that is wanted.

use super::{Column, Expr};
use crate::ast;
use rebis_core::{Datum, Element, Range, Ranged, Value};
use std::ops;

/// Something whose SQL type is known without looking around: a column, an expression. In an operation one
/// operand is `Typed` and fixes the type; the others are [`IntoExpr`] of that type.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
/// # fn main() -> rebis_core::Result<()> {
/// fn between_zero_and(most: i64, what: impl Typed<T = i64>) -> Expr<bool> {
///     what.typed().between(0, most)
/// }
/// assert_eq!(show(between_zero_and(9, User.karma)), "users.karma BETWEEN 0 AND 9");
/// assert_eq!(show(between_zero_and(9, User.karma + 1)), "users.karma + 1 BETWEEN 0 AND 9");
/// # Ok(())
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a column or an expression",
    label = "not a column or an expression",
    note = "a plain value becomes an expression by `func::value(..)`"
)]
pub trait Typed {
    /// The type of its value.
    type T;

    /// The expression.
    fn typed(self) -> Expr<Self::T>;

    /// The expression without its type.
    fn into_ast(self) -> ast::Expr
    where
        Self: Sized,
    {
        Expr::into_ast(self.typed())
    }
}

impl<T> Typed for Expr<T> {
    type T = T;
    fn typed(self) -> Expr<T> {
        self
    }
}

impl<T> Typed for &Expr<T> {
    type T = T;
    fn typed(self) -> Expr<T> {
        self.clone()
    }
}

/// Whatever can stand where an expression of type `T` is wanted: a value, a reference to one, `&str` for a
/// `String`, a column or expression of the type, each also where `Option<T>` is wanted, and a nullable column
/// where its type without `Option` is wanted (SQL compares these, and NULL equals nothing).
///
/// ```
/// use rebis_sql::Column;
/// # struct Post;
/// const BODY: Column<Post, Option<String>> = Column::new("posts", "body", 0);
/// const TITLE: Column<Post, String> = Column::new("posts", "title", 1);
///
/// let check = |expr: rebis_sql::Expr<bool>, sql: &str| assert_eq!(format!("{expr:?}"), sql);
/// check(BODY.eq("x"), "posts.body = 'x'");
/// check(BODY.eq(None), "posts.body IS NULL");
/// check(TITLE.eq(BODY), "posts.title = posts.body");
/// check(BODY.ne(TITLE), "posts.body <> posts.title");
/// ```
///
/// ```compile_fail
/// # use rebis_sql::Column;
/// # struct Post;
/// # const TITLE: Column<Post, String> = Column::new("posts", "title", 1);
/// TITLE.eq(5); // expected a value or expression of type `String`, found `{integer}`
/// ```
#[diagnostic::on_unimplemented(
    message = "expected a value or expression of type `{T}`, found `{Self}`",
    label = "not a `{T}`",
    note = "a value, a reference to one, or a column or expression of the same type is wanted; `None` needs a nullable column"
)]
pub trait IntoExpr<T> {
    /// The expression.
    fn into_expr(self) -> Expr<T>;
}

fn bound<T, V: Value>(value: &V) -> Expr<T> {
    Expr::from_ast(ast::Expr::of(value))
}

fn bound_text<T>(text: &str) -> Expr<T> {
    Expr::from_ast(ast::Expr::Value(Datum::Text(text.to_owned())))
}

fn bound_bytes<T>(bytes: &[u8]) -> Expr<T> {
    Expr::from_ast(ast::Expr::Value(Datum::Blob(bytes.to_vec())))
}

/// Conversions without parameters of their own, to a type and to its `Option`.
macro_rules! into_expr {
    ($([$($generic:tt)*] $from:ty => $to:ty, |$it:ident| $make:expr;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($generic)*> IntoExpr<$to> for $from {
            fn into_expr(self) -> Expr<$to> {
                let $it = self;
                $make
            }
        }
    )*};
}

into_expr! {
    [T: Value] T => T, |it| bound(&it);
    [T: Value] T => Option<T>, |it| bound(&it);
    [T: Value] &T => T, |it| bound(it);
    [T: Value] &T => Option<T>, |it| bound(it);

    [] &str => String, |it| bound_text(it);
    [] &str => Option<String>, |it| bound_text(it);
    [] &&str => String, |it| bound_text(it);
    [] &&str => Option<String>, |it| bound_text(it);
    [] &[u8] => Vec<u8>, |it| bound_bytes(it);
    [] &[u8] => Option<Vec<u8>>, |it| bound_bytes(it);
    [const N: usize] &[u8; N] => Vec<u8>, |it| bound_bytes(it);
    [const N: usize] &[u8; N] => Option<Vec<u8>>, |it| bound_bytes(it);

    [T: Element, const N: usize] [T; N] => Vec<T>, |it| bound(&Vec::from(it));
    [T: Element, const N: usize] [T; N] => Option<Vec<T>>, |it| bound(&Vec::from(it));
    [const N: usize] [&str; N] => Vec<String>, |it| bound(&it.map(str::to_owned).to_vec());
    [const N: usize] [&str; N] => Option<Vec<String>>, |it| bound(&it.map(str::to_owned).to_vec());

    [T: Ranged] ops::Range<T> => Range<T>, |it| bound(&Range::from(it));
    [T: Ranged] ops::Range<T> => Option<Range<T>>, |it| bound(&Range::from(it));
    [T: Ranged] ops::RangeInclusive<T> => Range<T>, |it| bound(&Range::from(it));
    [T: Ranged] ops::RangeInclusive<T> => Option<Range<T>>, |it| bound(&Range::from(it));
    [T: Ranged] ops::RangeFrom<T> => Range<T>, |it| bound(&Range::from(it));
    [T: Ranged] ops::RangeFrom<T> => Option<Range<T>>, |it| bound(&Range::from(it));
    [T: Ranged] ops::RangeTo<T> => Range<T>, |it| bound(&Range::from(it));
    [T: Ranged] ops::RangeTo<T> => Option<Range<T>>, |it| bound(&Range::from(it));

    [T] Expr<T> => T, |it| it;
    [T] Expr<T> => Option<T>, |it| it.retyped();
    [T] Expr<Option<T>> => T, |it| it.retyped();
    [T] &Expr<T> => T, |it| it.clone();

    [M, T] Column<M, T> => T, |it| it.typed();
    [M, T] Column<M, T> => Option<T>, |it| it.typed().retyped();
    [M, T] Column<M, Option<T>> => T, |it| it.typed().retyped();
    [M, T] &Column<M, T> => T, |it| it.typed();
}

//! Row values: several columns compared at once.

use super::condition::not;
use super::operators::{is_null, never_true};
use super::{Expr, IntoExpr, Select, Typed};
use crate::ast::{self, BinaryOp, InSet};
use rebis_core::Value;

/// Comparisons of tuples of columns, part by part from the left: pages by key, sets of composite keys.
///
/// ```
/// use rebis_sql::{Column, RowExpr, select};
/// # struct Post;
/// const ID: Column<Post, i64> = Column::new("posts", "id", 0);
/// const HITS: Column<Post, i64> = Column::new("posts", "hits", 1);
///
/// let after = (7, 3);
/// let page = select(ID).filter((HITS, ID).lt(after)).order_by((HITS.desc(), ID.desc())).limit(20);
/// assert_eq!(
///     page.to_string(),
///     "SELECT posts.id FROM posts WHERE (posts.hits, posts.id) < (7, 3) \
///      ORDER BY posts.hits DESC, posts.id DESC LIMIT 20"
/// );
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a tuple of columns",
    label = "not a tuple of two to six columns or expressions"
)]
pub trait RowExpr: Sized {
    /// The types of the parts.
    type Types;

    /// The row value.
    #[doc(hidden)]
    fn row(self) -> ast::Expr;

    /// `=`, with a tuple or with a SELECT of at most one row. A `None` in the tuple is asked for by `IS NULL`.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// let newest = select((Post.author_id, Post.title)).order_by(Post.id.desc()).limit(1);
    /// assert_eq!(
    ///     show((User.id, User.name).eq(newest)),
    ///     "(users.id, users.name) = \
    ///      (SELECT posts.author_id, posts.title FROM posts ORDER BY posts.id DESC LIMIT 1)"
    /// );
    /// let unknown = (User.name, User.email).eq(("ann", None::<String>));
    /// assert_eq!(show(unknown), "users.name = 'ann' AND users.email IS NULL");
    /// # Ok(())
    /// # }
    /// ```
    fn eq(self, other: impl IntoRowExpr<Self::Types>) -> Expr<bool> {
        compare(BinaryOp::Eq, self, other)
    }

    /// `<>`
    fn ne(self, other: impl IntoRowExpr<Self::Types>) -> Expr<bool> {
        compare(BinaryOp::Ne, self, other)
    }

    /// `<`
    fn lt(self, other: impl IntoRowExpr<Self::Types>) -> Expr<bool> {
        compare(BinaryOp::Lt, self, other)
    }

    /// `<=`
    fn le(self, other: impl IntoRowExpr<Self::Types>) -> Expr<bool> {
        compare(BinaryOp::Le, self, other)
    }

    /// `>`
    fn gt(self, other: impl IntoRowExpr<Self::Types>) -> Expr<bool> {
        compare(BinaryOp::Gt, self, other)
    }

    /// `>=`
    fn ge(self, other: impl IntoRowExpr<Self::Types>) -> Expr<bool> {
        compare(BinaryOp::Ge, self, other)
    }

    /// Whether the tuple is one of these, or of the rows of a SELECT. Tuples of the program are said as alternatives, which
    /// every database takes.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// let pairs = (Post.author_id, Post.title).in_([(1, "a"), (2, "b")]);
    /// assert_eq!(
    ///     show(pairs),
    ///     "(posts.author_id, posts.title) = (1, 'a') OR (posts.author_id, posts.title) = (2, 'b')"
    /// );
    /// let busy = select((Post.author_id, Post.title)).filter(Post.hits.gt(100));
    /// assert_eq!(
    ///     show((User.id, User.name).in_(busy)),
    ///     "(users.id, users.name) IN (SELECT posts.author_id, posts.title FROM posts WHERE posts.hits > 100)"
    /// );
    /// # Ok(())
    /// # }
    /// ```
    fn in_(self, rows: impl IntoRowSet<Self::Types>) -> Expr<bool> {
        let of = self.row();
        Expr::from_ast(match rows.rows() {
            InSet::List(rows) if !rows.is_empty() => {
                ast::Expr::Or(rows.into_iter().map(|row| equal(of.clone(), row)).collect())
            }
            set => ast::Expr::In { of: Box::new(of), set, negated: false },
        })
    }

    /// Whether the tuple is none of these. See [`in_`](RowExpr::in_).
    fn not_in(self, rows: impl IntoRowSet<Self::Types>) -> Expr<bool> {
        self.in_(rows).map(not)
    }
}

/// Where `in_` looks for a tuple: tuples, or a SELECT of as many columns.
///
/// See [`RowExpr::in_`] for an example.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a set of tuples `{Types}`",
    label = "neither tuples like `{Types}` nor a SELECT of such columns",
    note = "`in_` takes a `Vec`, an array or any other iterator of tuples, or `select((a, b))`"
)]
pub trait IntoRowSet<Types> {
    /// The set.
    #[doc(hidden)]
    fn rows(self) -> InSet;
}

#[diagnostic::do_not_recommend]
impl<Types, I: IntoIterator> IntoRowSet<Types> for I
where
    I::Item: IntoRowExpr<Types>,
{
    fn rows(self) -> InSet {
        InSet::List(self.into_iter().map(IntoRowExpr::row).collect())
    }
}

/// What a tuple of columns is compared with: a tuple of values or expressions, part for part.
#[diagnostic::on_unimplemented(
    message = "expected a tuple of values or expressions of the types `{Types}`, found `{Self}`",
    label = "not a tuple like `{Types}`"
)]
pub trait IntoRowExpr<Types> {
    /// The row value.
    #[doc(hidden)]
    fn row(self) -> ast::Expr;
}

fn compare<E: RowExpr>(op: BinaryOp, left: E, right: impl IntoRowExpr<E::Types>) -> Expr<bool> {
    let (left, right) = (left.row(), right.row());
    Expr::from_ast(match op {
        BinaryOp::Eq => equal(left, right),
        BinaryOp::Ne => not(equal(left, right)),
        _ if has_null(&right) => never_true(),
        _ => ast::Expr::Binary { op, left: Box::new(left), right: Box::new(right) },
    })
}

/// Equal part for part. Nothing equals NULL, so that is asked for by itself.
fn equal(left: ast::Expr, right: ast::Expr) -> ast::Expr {
    match (left, right) {
        (ast::Expr::Tuple(left), ast::Expr::Tuple(right)) if right.iter().any(is_null) => {
            let part = |(left, right)| match is_null(&right) {
                true => ast::Expr::IsNull { of: Box::new(left), negated: false },
                false => same(left, right),
            };
            ast::Expr::And(left.into_iter().zip(right).map(part).collect())
        }
        (left, right) => same(left, right),
    }
}

fn same(left: ast::Expr, right: ast::Expr) -> ast::Expr {
    ast::Expr::Binary { op: BinaryOp::Eq, left: Box::new(left), right: Box::new(right) }
}

fn has_null(row: &ast::Expr) -> bool {
    matches!(row, ast::Expr::Tuple(parts) if parts.iter().any(is_null))
}

macro_rules! tuples {
    ($(($($name:ident $from:ident $index:tt),+);)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($name: Typed),+> RowExpr for ($($name,)+) {
            type Types = ($($name::T,)+);
            fn row(self) -> ast::Expr {
                ast::Expr::Tuple(vec![$(Typed::into_ast(self.$index)),+])
            }
        }

        #[diagnostic::do_not_recommend]
        impl<$($name, $from: IntoExpr<$name>),+> IntoRowExpr<($($name,)+)> for ($($from,)+) {
            fn row(self) -> ast::Expr {
                ast::Expr::Tuple(vec![$(self.$index.into_expr().into_ast()),+])
            }
        }

        #[diagnostic::do_not_recommend]
        impl<$($name: Value, $from: Value<Base = $name::Base>),+> IntoRowExpr<($($name,)+)> for Select<($($from,)+)> {
            fn row(self) -> ast::Expr {
                ast::Expr::Scalar(Box::new(self.into()))
            }
        }

        #[diagnostic::do_not_recommend]
        impl<$($name: Value, $from: Value<Base = $name::Base>),+> IntoRowSet<($($name,)+)> for Select<($($from,)+)> {
            fn rows(self) -> InSet {
                InSet::Select(Box::new(self.into()))
            }
        }
    )*};
}

tuples! {
    (A FA 0, B FB 1);
    (A FA 0, B FB 1, C FC 2);
    (A FA 0, B FB 1, C FC 2, D FD 3);
    (A FA 0, B FB 1, C FC 2, D FD 3, E FE 4);
    (A FA 0, B FB 1, C FC 2, D FD 3, E FE 4, F FF 5);
}

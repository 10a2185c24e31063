//! Row values: several columns compared at once.

use super::{Expr, IntoExpr, Typed};
use crate::ast::{self, BinaryOp, InSet};

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

    /// `=`
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

    /// Whether the tuple is one of these. Said as alternatives, which every database takes.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// let pairs = (Post.author_id, Post.title).in_([(1, "a"), (2, "b")]);
    /// assert_eq!(
    ///     show(pairs),
    ///     "(posts.author_id, posts.title) = (1, 'a') OR (posts.author_id, posts.title) = (2, 'b')"
    /// );
    /// # Ok(())
    /// # }
    /// ```
    fn in_<V: IntoRowExpr<Self::Types>>(self, rows: impl IntoIterator<Item = V>) -> Expr<bool> {
        let rows: Vec<ast::Expr> = rows.into_iter().map(V::row).collect();
        let of = Box::new(self.row());
        Expr::from_ast(match rows.as_slice() {
            [] => ast::Expr::In { of, set: InSet::List(rows), negated: false },
            _ => ast::Expr::Or(rows.into_iter().map(|row| equal(of.clone(), row)).collect()),
        })
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
    Expr::from_ast(ast::Expr::Binary { op, left: Box::new(left.row()), right: Box::new(right.row()) })
}

fn equal(left: Box<ast::Expr>, right: ast::Expr) -> ast::Expr {
    ast::Expr::Binary { op: BinaryOp::Eq, left, right: Box::new(right) }
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
    )*};
}

tuples! {
    (A FA 0, B FB 1);
    (A FA 0, B FB 1, C FC 2);
    (A FA 0, B FB 1, C FC 2, D FD 3);
    (A FA 0, B FB 1, C FC 2, D FD 3, E FE 4);
    (A FA 0, B FB 1, C FC 2, D FD 3, E FE 4, F FF 5);
}

//! An expression, with its type.

use super::column::Origin;
use crate::{ast, dialect, render};
use std::fmt;
use std::marker::PhantomData;

/// An expression whose value is a `T`: what operators on columns make, and what they take.
///
/// The type stands on the outside only; inside is the plain tree. [`from_ast`](Expr::from_ast) is the door for
/// what the language does not have.
///
/// ```
/// use rebis_sql::{Column, Expr};
/// # struct User;
/// const KARMA: Column<User, i64> = Column::new("users", "karma", 0);
/// let good: Expr<bool> = (KARMA + 1).gt(10) | KARMA.eq(3);
/// assert_eq!(format!("{good:?}"), "users.karma + 1 > 10 OR users.karma = 3");
/// ```
pub struct Expr<T> {
    ast: ast::Expr,
    origin: Option<Origin>,
    types: PhantomData<fn() -> T>,
}

impl<T> Expr<T> {
    /// An expression from a tree. The type is the caller's word.
    pub fn from_ast(ast: ast::Expr) -> Self {
        Expr::with_origin(ast, None)
    }

    pub(crate) fn with_origin(ast: ast::Expr, origin: Option<Origin>) -> Self {
        Expr { ast, origin, types: PhantomData }
    }

    /// The tree.
    pub fn into_ast(self) -> ast::Expr {
        self.ast
    }

    /// The tree, borrowed.
    pub fn ast(&self) -> &ast::Expr {
        &self.ast
    }

    /// Where its first column comes from.
    pub(crate) fn origin(&self) -> Option<Origin> {
        self.origin
    }

    /// The same expression under another type.
    pub(crate) fn retyped<U>(self) -> Expr<U> {
        Expr::with_origin(self.ast, self.origin)
    }

    /// An expression around this one.
    pub(crate) fn map<U>(self, wrap: impl FnOnce(ast::Expr) -> ast::Expr) -> Expr<U> {
        Expr::with_origin(wrap(self.ast), self.origin)
    }

    /// An expression around this one and another.
    pub(crate) fn zip<V, U>(
        self,
        other: Expr<V>,
        join: impl FnOnce(ast::Expr, ast::Expr) -> ast::Expr,
    ) -> Expr<U> {
        let origin = self.origin.or(other.origin);
        Expr::with_origin(join(self.ast, other.ast), origin)
    }
}

impl<T> Clone for Expr<T> {
    fn clone(&self) -> Self {
        Expr::with_origin(self.ast.clone(), self.origin)
    }
}

/// The expression in SQLite's words, with its values.
impl<T> fmt::Debug for Expr<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match render::render_expr(&self.ast, dialect::shown()) {
            Ok(sql) => f.write_str(&sql),
            Err(error) => write!(f, "<{}>", error.message()),
        }
    }
}

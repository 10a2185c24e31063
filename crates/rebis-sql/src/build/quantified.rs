//! ANY and ALL of a subquery.

use super::{Expr, IntoExpr, Select};
use crate::ast;
use std::marker::PhantomData;

/// The rows of a subquery, on the right of a comparison: what [`func::any`](super::func::any) and
/// [`func::all`](super::func::all) give.
#[derive(Clone, Debug)]
pub struct Quantified<T> {
    all: bool,
    select: Box<ast::Select>,
    types: PhantomData<fn() -> T>,
}

/// Any row of a subquery of one column: `= ANY (..)`, `< ANY (..)`. Without rows nothing compares.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
/// # fn main() -> rebis_core::Result<()> {
/// let busier = select(User.id).filter(User.karma.gt(func::any(select(Post.hits))));
/// assert_eq!(
///     busier.to_sql(dialect::postgres())?,
///     "SELECT users.id FROM users WHERE users.karma > ANY (SELECT posts.hits FROM posts)"
/// );
/// assert_eq!(
///     select(User.id).filter(User.karma.ge(func::all(select(Post.hits)))).to_sql(dialect::mysql())?,
///     "SELECT users.id FROM users WHERE users.karma >= ALL (SELECT posts.hits FROM posts)"
/// );
/// # Ok(())
/// # }
/// ```
pub fn any<T>(select: Select<T>) -> Quantified<T> {
    quantified(false, select)
}

/// All rows of a subquery of one column: `> ALL (..)`. Without rows everything compares. See [`any`].
pub fn all<T>(select: Select<T>) -> Quantified<T> {
    quantified(true, select)
}

fn quantified<T>(all: bool, select: Select<T>) -> Quantified<T> {
    let mut select = Box::new(ast::Select::from(select));
    select.name_columns();
    Quantified { all, select, types: PhantomData }
}

macro_rules! into_expr {
    ($($from:ty => $to:ty;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<T> IntoExpr<$to> for Quantified<$from> {
            fn into_expr(self) -> Expr<$to> {
                Expr::from_ast(ast::Expr::Quantified { all: self.all, select: self.select })
            }
        }
    )*};
}

into_expr! {
    T => T;
    T => Option<T>;
    Option<T> => T;
}

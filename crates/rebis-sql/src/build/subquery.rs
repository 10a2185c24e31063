//! A SELECT in FROM of another.

use super::{Expr, IntoCondition, IntoSource, JoinPart, JoinTarget};
use crate::ast::{self, ColumnRef, Item, Source};
use rebis_core::{Name, Value};
use std::fmt;
use std::marker::PhantomData;

/// A SELECT with a name. Its columns are expressions for the SELECT around it.
///
/// ```
/// use rebis_sql::{Column, select};
/// # struct User;
/// # struct Post;
/// const ID: Column<User, i64> = Column::new("users", "id", 0);
/// const AUTHOR: Column<Post, i64> = Column::new("posts", "author_id", 1);
///
/// let busy = select((AUTHOR, AUTHOR.count().label("posts"))).group_by(AUTHOR).as_subquery("busy");
/// let (author, posts) = busy.columns();
/// let stmt = select((ID, posts.clone())).join(busy.on(author.eq(ID))).filter(posts.gt(3));
/// assert_eq!(
///     stmt.to_string(),
///     "SELECT users.id, busy.posts FROM users JOIN (SELECT posts.author_id, count(posts.author_id) AS posts \
///      FROM posts GROUP BY posts.author_id) AS busy ON busy.author_id = users.id WHERE busy.posts > 3"
/// );
/// ```
pub struct Subquery<R> {
    select: ast::Select,
    name: Name,
    row: PhantomData<fn() -> R>,
}

impl<R> Subquery<R> {
    pub(crate) fn new(mut select: ast::Select, name: Name) -> Self {
        name_columns(&mut select);
        Subquery { select, name, row: PhantomData }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// A column by the name it has in the result: the label, or the column's own name. The type is the caller's
    /// word, and whether there is such a column is for the database to say.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// let totals = select((Post.author_id, Post.hits.sum().label("hits"))).group_by(Post.author_id);
    /// let hits = totals.as_subquery("totals").column::<Option<i64>>("hits");
    /// assert_eq!(show(hits.gt(100)), "totals.hits > 100");
    /// # Ok(())
    /// # }
    /// ```
    pub fn column<T>(&self, name: impl Into<Name>) -> Expr<T> {
        Expr::from_ast(ast::Expr::Column(ColumnRef { source: self.name.clone(), name: name.into() }))
    }

    /// All columns, typed. Columns without a name of their own were given one (`c2` for the second).
    ///
    /// See [`Subquery`] for an example.
    pub fn columns(&self) -> R::Columns
    where
        R: SubqueryRow,
    {
        R::columns(&mut (0..).map(|index| self.nth(index)))
    }

    /// Its one column, typed.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// let busy = select(Post.author_id).distinct().as_subquery("busy");
    /// let author = busy.value();
    /// let stmt = select(User.name).join(busy.on(author.eq(User.id)));
    /// assert_eq!(
    ///     stmt.to_string(),
    ///     "SELECT users.name FROM users \
    ///      JOIN (SELECT DISTINCT posts.author_id FROM posts) AS busy ON busy.author_id = users.id"
    /// );
    /// # Ok(())
    /// # }
    /// ```
    pub fn value(&self) -> Expr<R>
    where
        R: Value,
    {
        Expr::from_ast(self.nth(0))
    }

    fn nth(&self, index: usize) -> ast::Expr {
        let name = self.select.items.get(index).map_or_else(|| numbered(index), |item| name_of(item, index));
        ast::Expr::Column(ColumnRef { source: self.name.clone(), name })
    }

    /// To be joined on a condition.
    ///
    /// See [`Subquery`] for an example.
    pub fn on(self, condition: impl IntoCondition) -> JoinPart {
        JoinPart { source: self.into_source(), on: Some(condition.into_condition().into_ast()) }
    }
}

/// Rows that are tuples of values, one a column: those that a subquery can give typed columns for.
///
/// See [`Subquery`] for an example.
#[diagnostic::on_unimplemented(
    message = "the columns of a subquery of `{Self}` have no types of their own",
    note = "select columns (`select((User.id, User.name))`); a single column is `.value()`; or take them one by one with `.column::<T>(\"name\")`"
)]
pub trait SubqueryRow {
    /// A tuple of expressions.
    type Columns;

    /// The columns, in order.
    #[doc(hidden)]
    fn columns(next: &mut dyn Iterator<Item = ast::Expr>) -> Self::Columns;
}

fn typed<T>(next: &mut dyn Iterator<Item = ast::Expr>) -> Expr<T> {
    // The iterator numbers columns without end.
    Expr::from_ast(next.next().unwrap_or(ast::Expr::Star))
}

macro_rules! tuples {
    ($(($($name:ident),+);)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($name: Value),+> SubqueryRow for ($($name,)+) {
            type Columns = ($(Expr<$name>,)+);
            fn columns(next: &mut dyn Iterator<Item = ast::Expr>) -> Self::Columns {
                ($(typed::<$name>(next),)+)
            }
        }
    )*};
}

tuples! {
    (A, B);
    (A, B, C);
    (A, B, C, D);
    (A, B, C, D, E);
    (A, B, C, D, E, F);
    (A, B, C, D, E, F, G);
    (A, B, C, D, E, F, G, H);
    (A, B, C, D, E, F, G, H, I);
    (A, B, C, D, E, F, G, H, I, J);
    (A, B, C, D, E, F, G, H, I, J, K);
    (A, B, C, D, E, F, G, H, I, J, K, L);
}

/// Labels what has no name, or one that is taken: from outside, names are all there is.
fn name_columns(select: &mut ast::Select) {
    for index in 0..select.items.len() {
        let (before, rest) = select.items.split_at_mut(index);
        let Some(item) = rest.first_mut() else { return };
        if item.label.is_some() || matches!(item.expr, ast::Expr::Star) {
            continue;
        }
        let name = name_of(item, index);
        let taken = before.iter().enumerate().any(|(at, other)| name_of(other, at) == name);
        if taken || !matches!(item.expr, ast::Expr::Column(_)) {
            item.label = Some(if taken { numbered(index) } else { name });
        }
    }
}

fn name_of(item: &Item, index: usize) -> Name {
    match (&item.label, &item.expr) {
        (Some(label), _) => label.clone(),
        (None, ast::Expr::Column(ColumnRef { source: _, name })) => name.clone(),
        (None, _) => numbered(index),
    }
}

fn numbered(index: usize) -> Name {
    format!("c{}", index + 1).into()
}

impl<R> IntoSource for Subquery<R> {
    fn into_source(self) -> Source {
        Source::Subquery { select: Box::new(self.select), alias: self.name }
    }
}

impl<R> IntoSource for &Subquery<R> {
    fn into_source(self) -> Source {
        self.clone().into_source()
    }
}

/// A part that says all: `.join(busy.on(..))`.
#[diagnostic::do_not_recommend]
impl JoinTarget for JoinPart {
    fn into_join(self) -> Vec<JoinPart> {
        vec![self]
    }
}

impl<R> Clone for Subquery<R> {
    fn clone(&self) -> Self {
        Subquery { select: self.select.clone(), name: self.name.clone(), row: PhantomData }
    }
}

impl<R> fmt::Debug for Subquery<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "({}) AS {}", super::Select::<R>::from_ast(self.select.clone()), self.name)
    }
}

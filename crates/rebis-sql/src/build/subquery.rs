//! What stands in FROM and has typed columns.

use super::{Expr, IntoCondition, IntoSource, JoinPart, JoinTarget, Selectable};
use crate::ast::{self, ColumnRef, Item, Source};
use rebis_core::{Name, Row, Value};
use std::fmt;
use std::marker::PhantomData;

/// Rows with a name, of type `R`: a SELECT ([`as_subquery`](super::Select::as_subquery),
/// [`lateral`](super::Select::lateral)), [`values`](super::values), what a function gives
/// ([`func::rows`](super::func::rows)); and within a [`Cte`](super::Cte). Their columns are expressions for the
/// statement around them.
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
///
/// All columns at once are `select(&rows)`: what comes out has the type that went in, entities too. For conditions on
/// such entities take an alias of the same name.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
/// # fn main() -> rebis_core::Result<()> {
/// let busy = select((User.id, User.name)).filter(User.karma.gt(5)).as_subquery("busy");
/// let stmt: Select<(i64, String)> = select(&busy);
/// assert_eq!(
///     stmt.to_string(),
///     "SELECT busy.id, busy.name FROM (SELECT users.id, users.name FROM users WHERE users.karma > 5) AS busy"
/// );
/// # Ok(())
/// # }
/// ```
pub struct Subquery<R> {
    source: Source,
    name: Name,
    columns: Vec<Name>,
    row: PhantomData<fn() -> R>,
}

impl<R> Subquery<R> {
    pub(crate) fn new(mut select: ast::Select, name: Name, lateral: bool) -> Self {
        let columns = select.name_columns();
        let source = Source::Subquery { select: Box::new(select), alias: name.clone(), lateral };
        Subquery::of(source, name, columns)
    }

    pub(crate) fn of(source: Source, name: Name, columns: Vec<Name>) -> Self {
        Subquery { source, name, columns, row: PhantomData }
    }

    pub(crate) fn map_source(mut self, change: impl FnOnce(&mut Source)) -> Self {
        change(&mut self.source);
        self
    }

    pub(crate) fn source(&self) -> &Source {
        &self.source
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
        let name = self.columns.get(index).cloned();
        let name = name.unwrap_or_else(|| format!("c{}", index + 1).into());
        ast::Expr::Column(ColumnRef { source: self.name.clone(), name })
    }

    /// The same rows under another name, for joining them twice.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// let recent = select(Post.hits).limit(9).cte("recent");
    /// let other = recent.alias("other");
    /// let more = select(recent.value()).select_from(&recent).join(other.on(other.value().gt(recent.value())));
    /// assert_eq!(
    ///     more.to_string(),
    ///     "WITH recent AS (SELECT posts.hits FROM posts LIMIT 9) \
    ///      SELECT recent.hits FROM recent JOIN recent AS other ON other.hits > recent.hits"
    /// );
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn alias(&self, name: impl Into<Name>) -> Subquery<R> {
        let name = name.into();
        let mut source = self.source.clone();
        match &mut source {
            Source::Table(table) | Source::Sampled { table, sample: _ } => table.alias = Some(name.clone()),
            Source::Cte { cte: _, alias } | Source::Itself { cte: _, alias } => *alias = Some(name.clone()),
            Source::Subquery { select: _, alias, lateral: _ }
            | Source::Values { rows: _, alias, columns: _ }
            | Source::Function { call: _, alias, columns: _ } => *alias = name.clone(),
            Source::Nested { first: _, joins: _ } => {}
        }
        Subquery::of(source, name, self.columns.clone())
    }

    /// To be joined without a condition: a lateral subquery says within which rows belong to a row.
    ///
    /// See [`Select::lateral`](super::Select::lateral) for an example.
    pub fn always(&self) -> JoinPart {
        JoinPart { source: self.source.clone(), on: Some(ast::Expr::And(Vec::new())) }
    }

    /// To be joined on a condition.
    ///
    /// See [`Subquery`] for an example.
    pub fn on(&self, condition: impl IntoCondition) -> JoinPart {
        JoinPart { source: self.source.clone(), on: Some(condition.into_condition().into_ast()) }
    }
}

#[diagnostic::do_not_recommend]
impl<R: Row> Selectable for &Subquery<R> {
    type Row = R;
    fn add_to(self, select: &mut ast::Select) {
        let item = |index| Item::from(self.nth(index)).kept(self.source.kept(index));
        select.items.extend((0..self.columns.len()).map(item));
        if select.from.is_none() {
            select.from = Some(self.source.clone());
        }
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

impl<R> IntoSource for Subquery<R> {
    fn into_source(self) -> Source {
        self.source
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
        Subquery::of(self.source.clone(), self.name.clone(), self.columns.clone())
    }
}

/// All of its columns.
impl<R> fmt::Debug for Subquery<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let items = (0..self.columns.len()).map(|index| self.nth(index).into()).collect();
        let select = ast::Select { items, from: Some(self.source.clone()), ..ast::Select::default() };
        super::show(&ast::Query::Select(Box::new(select)), f)
    }
}

//! Common table expressions.

use super::{IntoSource, Returning, Select, Selectable, Subquery};
use crate::ast::{self, Query, SetOp, Source};
use rebis_core::{Name, Row};
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

/// A statement with a name, to be read by others: [`Select::cte`], [`Select::recursive`], [`Returning::cte`].
///
/// It is used as a [`Subquery`] is: `columns()`, `value()`, `on(..)`, `alias(..)`, `select(&cte)`. Where it is referred
/// to, it is also declared: the text gets one WITH at its outermost place, however deep the reference stands and however
/// many there are. Within it, nothing around can be seen.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
/// # fn main() -> rebis_core::Result<()> {
/// let busy = select((Post.author_id, Post.id.count().label("posts"))).group_by(Post.author_id).cte("busy");
/// let (author, posts) = busy.columns();
/// let most = select(posts.clone().max()).select_from(&busy);
/// let stmt = select(User.name).join(busy.on(author.eq(User.id))).filter(posts.eq(most.scalar()));
/// assert_eq!(
///     stmt.to_string(),
///     "WITH busy AS (SELECT posts.author_id, count(posts.id) AS posts FROM posts GROUP BY posts.author_id) \
///      SELECT users.name FROM users JOIN busy ON busy.author_id = users.id \
///      WHERE busy.posts = (SELECT max(busy.posts) FROM busy)"
/// );
/// # Ok(())
/// # }
/// ```
pub struct Cte<R>(Subquery<R>);

impl<R> Cte<R> {
    fn new(query: Query, name: Name, columns: Vec<Name>, recursive: bool) -> Self {
        let cte = Arc::new(ast::Cte { name: name.clone(), query, recursive, materialized: None });
        Cte(Subquery::of(Source::Cte { cte, alias: None }, name, columns))
    }

    /// Computed once, whatever is asked of it. A hint: databases without the words decide for themselves.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// let popular = select((Post.id, Post.title)).filter(Post.hits.gt(9)).cte("popular").materialized();
    /// assert_eq!(
    ///     select(&popular).to_string(),
    ///     "WITH popular AS MATERIALIZED (SELECT posts.id, posts.title FROM posts WHERE posts.hits > 9) \
    ///      SELECT popular.id, popular.title FROM popular"
    /// );
    /// # Ok(())
    /// # }
    /// ```
    pub fn materialized(self) -> Self {
        self.hinted(true)
    }

    /// Part of what asks of it, as a subquery is. See [`materialized`](Cte::materialized).
    pub fn not_materialized(self) -> Self {
        self.hinted(false)
    }

    fn hinted(self, materialized: bool) -> Self {
        Cte(self.0.map_source(|source| {
            if let Source::Cte { cte, alias: _ } = source {
                Arc::make_mut(cte).materialized = Some(materialized);
            }
        }))
    }
}

impl<R> Select<R> {
    /// Under a name, for the statements that read it: a common table expression.
    ///
    /// See [`Cte`] for an example.
    pub fn cte(self, name: impl Into<Name>) -> Cte<R> {
        let mut select = ast::Select::from(self);
        let columns = select.name_columns();
        Cte::new(Query::Select(Box::new(select)), name.into(), columns, false)
    }

    /// A common table expression that begins with these rows and goes on with those that `step` makes of the rows
    /// before, until there are none: trees, paths, series. The closure gets the rows of the step before.
    ///
    /// ```
    /// use rebis_sql::{Column, func, select};
    /// # struct Node;
    /// const ID: Column<Node, i64> = Column::new("nodes", "id", 0);
    /// const PARENT: Column<Node, Option<i64>> = Column::new("nodes", "parent_id", 1);
    ///
    /// let below = select((ID, func::literal(0).label("depth"))).filter(PARENT.is_null()).recursive("below", |below| {
    ///     let (id, depth) = below.columns();
    ///     select((ID, depth + 1)).join(below.on(PARENT.eq(id)))
    /// });
    /// assert_eq!(
    ///     select(&below).to_string(),
    ///     "WITH RECURSIVE below AS (SELECT nodes.id, 0 AS depth FROM nodes WHERE nodes.parent_id IS NULL UNION ALL \
    ///      SELECT nodes.id, below.depth + 1 FROM nodes JOIN below ON nodes.parent_id = below.id) \
    ///      SELECT below.id, below.depth FROM below"
    /// );
    /// ```
    ///
    /// A row that leads back to itself goes on for ever: stop by a depth, or take
    /// [`recursive_distinct`](Select::recursive_distinct).
    pub fn recursive(self, name: impl Into<Name>, step: impl FnOnce(&Subquery<R>) -> Select<R>) -> Cte<R> {
        self.repeated(name.into(), SetOp::UnionAll, step)
    }

    /// As [`recursive`](Select::recursive), with equal rows once: it ends where a step brings nothing new.
    pub fn recursive_distinct(
        self,
        name: impl Into<Name>,
        step: impl FnOnce(&Subquery<R>) -> Select<R>,
    ) -> Cte<R> {
        self.repeated(name.into(), SetOp::Union, step)
    }

    fn repeated(self, name: Name, op: SetOp, step: impl FnOnce(&Subquery<R>) -> Select<R>) -> Cte<R> {
        let mut select = ast::Select::from(self);
        let columns = select.name_columns();
        let itself = Source::Itself { cte: name.clone(), alias: None };
        let step = step(&Subquery::of(itself, name.clone(), columns.clone()));
        select.compound.push((op, step.into()));
        Cte::new(Query::Select(Box::new(select)), name, columns, true)
    }

    /// Under a name, in FROM, where it sees what stands before it: for each row of that, rows of its own. Databases
    /// without LATERAL tell of another way in the error.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// let newest = select((Post.id, Post.title)).filter(Post.author_id.eq(User.id)).order_by(Post.id.desc()).limit(3);
    /// let newest = newest.lateral("newest");
    /// let (_, title) = newest.columns();
    /// let stmt = select((User.name, title)).join(newest.always());
    /// assert_eq!(
    ///     stmt.to_sql(dialect::postgres())?,
    ///     "SELECT users.name, newest.title FROM users JOIN LATERAL (SELECT posts.id, posts.title FROM posts \
    ///      WHERE posts.author_id = users.id ORDER BY posts.id DESC LIMIT $1) AS newest ON 1 = 1"
    /// );
    /// # Ok(())
    /// # }
    /// ```
    pub fn lateral(self, name: impl Into<Name>) -> Subquery<R> {
        Subquery::new(self.into(), name.into(), true)
    }
}

impl<R> Returning<R> {
    /// What was written, under a name, for the statement that reads it: it writes in WITH. Only PostgreSQL does this.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// let gone = User.delete().filter(User.karma.lt(0)).returning((User.id, User.name)).cte("gone");
    /// let (id, name) = gone.columns();
    /// let stmt = select((name, Post.title)).join(Post.on(Post.author_id.eq(id))).select_from(&gone);
    /// assert_eq!(
    ///     stmt.to_sql(dialect::postgres())?,
    ///     "WITH gone AS (DELETE FROM users WHERE karma < $1 RETURNING id, name) \
    ///      SELECT gone.name, posts.title FROM gone JOIN posts ON posts.author_id = gone.id"
    /// );
    /// # Ok(())
    /// # }
    /// ```
    pub fn cte(self, name: impl Into<Name>) -> Cte<R> {
        let mut query = self.into_ast();
        let columns = match &mut query {
            Query::Insert(insert) => ast::name_columns(&mut insert.returning),
            Query::Update(update) => ast::name_columns(&mut update.returning),
            Query::Delete(delete) => ast::name_columns(&mut delete.returning),
            Query::Select(select) => select.name_columns(),
            Query::Raw(_) => Vec::new(),
        };
        Cte::new(query, name.into(), columns, false)
    }
}

impl<R> Deref for Cte<R> {
    type Target = Subquery<R>;
    fn deref(&self) -> &Subquery<R> {
        &self.0
    }
}

impl<R> IntoSource for Cte<R> {
    fn into_source(self) -> Source {
        self.0.into_source()
    }
}

impl<R> IntoSource for &Cte<R> {
    fn into_source(self) -> Source {
        self.0.source().clone()
    }
}

#[diagnostic::do_not_recommend]
impl<R: Row> Selectable for &Cte<R> {
    type Row = R;
    fn add_to(self, select: &mut ast::Select) {
        (&self.0).add_to(select);
    }
}

impl<R> Clone for Cte<R> {
    fn clone(&self) -> Self {
        Cte(self.0.clone())
    }
}

impl<R> fmt::Debug for Cte<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

//! SELECT.

use super::{
    Expr, IntoCondition, IntoGroup, IntoLoad, IntoOrder, JoinTarget, Load, Query, Request, RequestOptions,
    Selectable, Subquery, Window,
};
use crate::ast::{self, Item, Join, JoinKind, SetOp, Source, TableRef};
use crate::{Capabilities, dialect, render};
use rebis_core::{Datum, Name, Result, Row, Value};
use std::fmt;
use std::marker::PhantomData;

/// Starts a SELECT of an entity, a column, an expression, or a tuple of these.
///
/// ```
/// use rebis_sql::{Column, Select, select};
/// # struct User;
/// const ID: Column<User, i64> = Column::new("users", "id", 0);
/// const NAME: Column<User, String> = Column::new("users", "name", 1);
///
/// let stmt: Select<(i64, String)> = select((ID, NAME)).filter(NAME.like("a%")).order_by(ID.desc()).limit(3);
/// assert_eq!(
///     stmt.to_string(),
///     "SELECT users.id, users.name FROM users WHERE users.name LIKE 'a%' ORDER BY users.id DESC LIMIT 3"
/// );
/// ```
pub fn select<S: Selectable>(what: S) -> Select<S::Row> {
    let mut select = ast::Select::default();
    what.add_to(&mut select);
    Select::from_ast(select)
}

/// A SELECT whose rows are `R`: a value that can be built in branches, kept, cloned, printed and sent to another
/// thread. No clause changes its type.
///
/// `Display` prints it for SQLite with its values in the text; [`to_sql`](Select::to_sql) gives the text for any
/// database.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
/// # fn main() -> rebis_core::Result<()> {
/// fn busy(named: bool) -> Select<i64> {
///     let mut stmt = select(User.id).filter(User.karma.gt(5));
///     if named {
///         stmt = stmt.filter(User.name.ne("")); // no clause changes the type
///     }
///     stmt
/// }
/// assert_eq!(busy(false).to_string(), "SELECT users.id FROM users WHERE users.karma > 5");
/// assert_eq!(busy(true).to_string(), "SELECT users.id FROM users WHERE users.karma > 5 AND users.name <> ''");
/// # Ok(())
/// # }
/// ```
pub struct Select<R> {
    ast: Box<ast::Select>,
    loads: Vec<Load>,
    options: RequestOptions,
    row: PhantomData<fn() -> R>,
}

/// Something that can stand in FROM: an entity, a subquery with a name, a [`TableRef`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot stand in FROM",
    label = "neither an entity nor a subquery",
    note = "`.select_from(..)` takes an entity (`User`), an alias of one, or `select(..).as_subquery(\"name\")`"
)]
pub trait IntoSource {
    /// The source.
    fn into_source(self) -> Source;
}

impl IntoSource for Source {
    fn into_source(self) -> Source {
        self
    }
}

impl IntoSource for TableRef {
    fn into_source(self) -> Source {
        Source::Table(self)
    }
}

impl<R> Select<R> {
    /// A SELECT from a tree. The row type is the caller's word.
    pub fn from_ast(ast: ast::Select) -> Self {
        Select { ast: Box::new(ast), loads: Vec::new(), options: RequestOptions::default(), row: PhantomData }
    }

    /// The tree.
    pub fn ast(&self) -> &ast::Select {
        &self.ast
    }

    /// The tree, to be changed. That it still gives rows of type `R` is the caller's word.
    ///
    /// See [`ast::Select`] for an example.
    pub fn ast_mut(&mut self) -> &mut ast::Select {
        &mut self.ast
    }

    /// The relations that are loaded with the result.
    pub fn loads(&self) -> &[Load] {
        &self.loads
    }

    /// How a session treats the result.
    pub fn options(&self) -> RequestOptions {
        self.options
    }

    /// WHERE. Called again, all must hold.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// let wanted: Option<&str> = None;
    /// let stmt = select(User.id).filter(User.karma.gt(5)).filter(wanted.map(|name| User.name.eq(name)));
    /// assert_eq!(stmt.to_string(), "SELECT users.id FROM users WHERE users.karma > 5");
    /// # Ok(())
    /// # }
    /// ```
    pub fn filter(mut self, condition: impl IntoCondition) -> Self {
        push_condition(&mut self.ast.filter, condition);
        self
    }

    /// JOIN, along a relation or on a condition.
    ///
    /// The same with the relations of models: `.join(User.posts)`.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// let stmt = select((User.name, Post.title)).join(Post.on(Post.author_id.eq(User.id)));
    /// assert_eq!(
    ///     stmt.to_string(),
    ///     "SELECT users.name, posts.title FROM users JOIN posts ON posts.author_id = users.id"
    /// );
    /// # Ok(())
    /// # }
    /// ```
    pub fn join(self, target: impl JoinTarget) -> Self {
        self.joined(JoinKind::Inner, target)
    }

    /// LEFT JOIN: rows without a partner stay, with NULL in its place.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// let stmt = select((User.name, Post.title.nullable())).outer_join(Post.on(Post.author_id.eq(User.id)));
    /// assert_eq!(
    ///     stmt.to_string(),
    ///     "SELECT users.name, posts.title FROM users LEFT JOIN posts ON posts.author_id = users.id"
    /// );
    /// # Ok(())
    /// # }
    /// ```
    pub fn outer_join(self, target: impl JoinTarget) -> Self {
        self.joined(JoinKind::Left, target)
    }

    /// FULL JOIN: rows without a partner stay, of both sides. Not on MySQL and MariaDB.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// let stmt = select((User.name.nullable(), Post.title.nullable())).full_join(Post.on(Post.author_id.eq(User.id)));
    /// assert_eq!(
    ///     stmt.to_string(),
    ///     "SELECT users.name, posts.title FROM users FULL JOIN posts ON posts.author_id = users.id"
    /// );
    /// # Ok(())
    /// # }
    /// ```
    pub fn full_join(self, target: impl JoinTarget) -> Self {
        self.joined(JoinKind::Full, target)
    }

    /// CROSS JOIN: each row with each.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// let stmt = select((User.id, Post.id)).cross_join(Post.source());
    /// assert_eq!(stmt.to_string(), "SELECT users.id, posts.id FROM users CROSS JOIN posts");
    /// # Ok(())
    /// # }
    /// ```
    pub fn cross_join(mut self, source: impl IntoSource) -> Self {
        let join = Join { kind: JoinKind::Cross, source: source.into_source(), on: None };
        self.ast.joins.push(join);
        self
    }

    /// Says that parts of FROM may be connected by no condition: each row of one meets each row of the other. Without this,
    /// and but for [`cross_join`](Select::cross_join), such a statement is an error when it is rendered: nearly always a
    /// condition was forgotten, or compares columns of the wrong table.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// let stmt = select((User.name, Post.title.nullable())).outer_join(Post.on(Post.title.eq("news")));
    /// let error = stmt.to_sql(dialect::sqlite()).expect_err("which posts belong to which user?");
    /// assert_eq!(error.kind(), rebis_core::ErrorKind::InvalidStatement);
    /// assert_eq!(
    ///     stmt.cartesian().to_string(),
    ///     "SELECT users.name, posts.title FROM users LEFT JOIN posts ON posts.title = 'news'"
    /// );
    /// # Ok(())
    /// # }
    /// ```
    pub fn cartesian(mut self) -> Self {
        self.ast.cartesian = true;
        self
    }

    fn joined(mut self, kind: JoinKind, target: impl JoinTarget) -> Self {
        self.ast.joins.extend(target.into_join().into_iter().map(|part| part.with(kind)));
        self
    }

    /// FROM, where it is not the table of the first thing selected.
    ///
    /// ```
    /// use rebis_sql::{ast::TableRef, func, select};
    /// let stmt = select(func::count()).select_from(TableRef::new("users"));
    /// assert_eq!(stmt.to_string(), "SELECT count(*) FROM users");
    /// ```
    pub fn select_from(mut self, source: impl IntoSource) -> Self {
        self.ast.from = Some(source.into_source());
        self
    }

    /// Without a FROM of its own: its columns are those of the SELECT around it.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// let sum = select(User.karma + User.id).correlated().scalar();
    /// assert_eq!(select((User.id, sum)).to_string(), "SELECT users.id, (SELECT users.karma + users.id) FROM users");
    /// # Ok(())
    /// # }
    /// ```
    pub fn correlated(mut self) -> Self {
        self.ast.from = None;
        self
    }

    /// GROUP BY. Called again, it adds.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// let hits = Post.hits.sum();
    /// let stmt = select((Post.author_id, hits.clone())).group_by(Post.author_id).having(hits.gt(100));
    /// assert_eq!(
    ///     stmt.to_string(),
    ///     "SELECT posts.author_id, sum(posts.hits) FROM posts GROUP BY posts.author_id HAVING sum(posts.hits) > 100"
    /// );
    /// # Ok(())
    /// # }
    /// ```
    pub fn group_by(mut self, by: impl IntoGroup) -> Self {
        by.add_group(&mut self.ast.group_by);
        self
    }

    /// HAVING. Called again, all must hold.
    ///
    /// See [`group_by`](Select::group_by) for an example.
    pub fn having(mut self, condition: impl IntoCondition) -> Self {
        push_condition(&mut self.ast.having, condition);
        self
    }

    /// WINDOW: a window with a name, for `.over("name")`.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// let stmt = select((func::rank().over("best"), func::ntile(4).over("best")))
    ///     .select_from(User.source())
    ///     .window("best", window().order_by(User.karma.desc()));
    /// assert_eq!(
    ///     stmt.to_string(),
    ///     "SELECT rank() OVER best, ntile(4) OVER best FROM users WINDOW best AS (ORDER BY users.karma DESC)"
    /// );
    /// # Ok(())
    /// # }
    /// ```
    pub fn window(mut self, name: &'static str, window: Window) -> Self {
        self.ast.windows.push((name.into(), window.into_ast()));
        self
    }

    /// ORDER BY. Called again, it adds.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// let stmt = select(User.id).order_by((User.karma.desc(), User.name));
    /// assert_eq!(stmt.to_string(), "SELECT users.id FROM users ORDER BY users.karma DESC, users.name");
    /// assert_eq!(stmt.unordered().to_string(), "SELECT users.id FROM users");
    /// # Ok(())
    /// # }
    /// ```
    pub fn order_by(mut self, by: impl IntoOrder) -> Self {
        by.add_to(&mut self.ast.order_by);
        self
    }

    /// Without the order it had.
    ///
    /// See [`order_by`](Select::order_by) for an example.
    pub fn unordered(mut self) -> Self {
        self.ast.order_by.clear();
        self
    }

    /// LIMIT: so many rows at most.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// let page = |n: u64| select(User.id).order_by(User.id).limit(20).offset(20 * n);
    /// assert_eq!(page(2).to_string(), "SELECT users.id FROM users ORDER BY users.id LIMIT 20 OFFSET 40");
    /// # Ok(())
    /// # }
    /// ```
    pub fn limit(mut self, rows: u64) -> Self {
        self.ast.limit = Some(rows);
        self
    }

    /// So many of a hundred rows, rounded up: `FETCH FIRST .. PERCENT`, which none of the databases has; the rows are
    /// numbered and counted. With [`with_ties`](Select::with_ties) also those that stand beside the last of them in order.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// let best = select(User.name).order_by(User.karma.desc()).limit_percent(10.0);
    /// assert_eq!(
    ///     best.to_string(),
    ///     "SELECT ranked.name FROM (SELECT users.name, users.karma AS order_1, \
    ///      row_number() OVER (ORDER BY users.karma DESC) AS place, count(*) OVER () AS all_rows FROM users) AS ranked \
    ///      WHERE (ranked.place - 1) * 100 < ranked.all_rows * 10.0 ORDER BY ranked.order_1 DESC"
    /// );
    /// # Ok(())
    /// # }
    /// ```
    pub fn limit_percent(mut self, percent: f64) -> Self {
        self.ast.percent = Some(percent);
        self
    }

    /// With the last row of the limit, those that stand beside it in order: `FETCH FIRST .. WITH TIES`, or a rank where
    /// that is missing.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// let best = select(User.name).order_by(User.karma.desc()).limit(3).with_ties();
    /// assert_eq!(
    ///     best.to_sql(dialect::postgres())?,
    ///     "SELECT users.name FROM users ORDER BY users.karma DESC FETCH FIRST $1 ROWS WITH TIES"
    /// );
    /// # Ok(())
    /// # }
    /// ```
    pub fn with_ties(mut self) -> Self {
        self.ast.with_ties = true;
        self
    }

    /// OFFSET: without the first rows.
    ///
    /// See [`limit`](Select::limit) for an example.
    pub fn offset(mut self, rows: u64) -> Self {
        self.ast.offset = Some(rows);
        self
    }

    /// DISTINCT: equal rows once.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// assert_eq!(select(User.name).distinct().to_string(), "SELECT DISTINCT users.name FROM users");
    /// # Ok(())
    /// # }
    /// ```
    pub fn distinct(mut self) -> Self {
        self.ast.distinct = true;
        self
    }

    /// DISTINCT ON: of the rows that agree in these, the first in order. Said with a window where it is missing.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// let best = select((Post.author_id, Post.title))
    ///     .distinct_on(Post.author_id)
    ///     .order_by((Post.author_id, Post.hits.desc()));
    /// assert_eq!(
    ///     best.to_sql(dialect::postgres())?,
    ///     "SELECT DISTINCT ON (posts.author_id) posts.author_id, posts.title FROM posts \
    ///      ORDER BY posts.author_id, posts.hits DESC"
    /// );
    /// # Ok(())
    /// # }
    /// ```
    pub fn distinct_on(mut self, by: impl IntoGroup) -> Self {
        by.add_group(&mut self.ast.distinct_on);
        self
    }

    /// UNION: the rows of both, equal ones once. ORDER BY, LIMIT and OFFSET of the first belong to the whole,
    /// wherever they are written.
    ///
    /// ```
    /// # use rebis_sql::{Column, select};
    /// # struct User;
    /// # struct Tag;
    /// const USER: Column<User, String> = Column::new("users", "name", 0);
    /// const TAG: Column<Tag, String> = Column::new("tags", "name", 0);
    /// assert_eq!(
    ///     select(USER).union(select(TAG)).order_by(USER).to_string(),
    ///     "SELECT users.name FROM users UNION SELECT tags.name FROM tags ORDER BY name"
    /// );
    /// ```
    pub fn union(self, other: Select<R>) -> Self {
        self.combined(SetOp::Union, other)
    }

    /// UNION ALL: the rows of both. See [`union`](Select::union).
    pub fn union_all(self, other: Select<R>) -> Self {
        self.combined(SetOp::UnionAll, other)
    }

    /// INTERSECT: the rows that are in both. See [`union`](Select::union).
    pub fn intersect(self, other: Select<R>) -> Self {
        self.combined(SetOp::Intersect, other)
    }

    /// INTERSECT ALL: of equal rows as many as both have. See [`union`](Select::union).
    pub fn intersect_all(self, other: Select<R>) -> Self {
        self.combined(SetOp::IntersectAll, other)
    }

    /// EXCEPT ALL: of equal rows as many as the other has not. See [`union`](Select::union).
    pub fn except_all(self, other: Select<R>) -> Self {
        self.combined(SetOp::ExceptAll, other)
    }

    /// EXCEPT: the rows that are not in the other. See [`union`](Select::union).
    pub fn except(self, other: Select<R>) -> Self {
        self.combined(SetOp::Except, other)
    }

    fn combined(mut self, op: SetOp, other: Select<R>) -> Self {
        // INTERSECT binds tighter in some databases; written as a subquery, all read it from left to right.
        let intersects = |op| matches!(op, SetOp::Intersect | SetOp::IntersectAll);
        let mixed = intersects(op) && self.ast.compound.iter().any(|(op, _)| !intersects(*op));
        if mixed {
            let mut inner = std::mem::take(&mut *self.ast);
            self.ast.order_by = std::mem::take(&mut inner.order_by);
            (self.ast.limit, self.ast.offset) = (inner.limit.take(), inner.offset.take());
            let source =
                Source::Subquery { select: Box::new(inner), alias: "combined".into(), lateral: false };
            self.ast.items.push(ast::Expr::Star.into());
            self.ast.from = Some(source);
        }
        self.ast.compound.push((op, *other.ast));
        self
    }

    /// Loads a relation of the selected model with the result, or a path of them.
    ///
    /// A program with models writes `select(User).with(User.posts.then(Post.tags))`: one query more for each step of the
    /// path, however many rows there are.
    pub fn with(mut self, relation: impl IntoLoad<R>) -> Self {
        self.loads.push(relation.into_load());
        self
    }

    /// Overwrites objects that the session has already with what the rows say.
    ///
    /// See [`no_autoflush`](Select::no_autoflush) for an example.
    pub fn populate_existing(mut self) -> Self {
        self.options.populate_existing = true;
        self
    }

    /// Flushes nothing before this query, even if it reads a table with pending changes.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// let stmt = select(User.id).no_autoflush().populate_existing();
    /// assert!(stmt.options().no_autoflush && stmt.options().populate_existing);
    /// # Ok(())
    /// # }
    /// ```
    pub fn no_autoflush(mut self) -> Self {
        self.options.no_autoflush = true;
        self
    }

    /// Whether there is such a row: `EXISTS (SELECT 1 ..)`.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// let posts = select(Post.id).filter(Post.author_id.eq(User.id));
    /// assert_eq!(
    ///     select(User.name).filter(!posts.exists()).to_string(),
    ///     "SELECT users.name FROM users WHERE NOT EXISTS (SELECT 1 FROM posts WHERE posts.author_id = users.id)"
    /// );
    /// # Ok(())
    /// # }
    /// ```
    pub fn exists(&self) -> Expr<bool> {
        let mut select = (*self.ast).clone();
        if keeps_rows(&select) {
            name_from(&mut select);
            select.items = vec![one()];
            select.order_by.clear();
        }
        Expr::from_ast(ast::Expr::Exists { select: Box::new(select), negated: false })
    }

    /// As a value: that of its one row, or NULL if it has none.
    ///
    /// ```
    /// # use rebis_sql::{Column, select};
    /// # struct Post;
    /// const ID: Column<Post, i64> = Column::new("posts", "id", 0);
    /// const HITS: Column<Post, i64> = Column::new("posts", "hits", 1);
    /// let most = select(HITS.max()).scalar();
    /// assert_eq!(
    ///     select(ID).filter(HITS.eq(most)).to_string(),
    ///     "SELECT posts.id FROM posts WHERE posts.hits = (SELECT max(posts.hits) FROM posts)"
    /// );
    /// ```
    pub fn scalar(self) -> Expr<Option<R::Base>>
    where
        R: Value,
    {
        Expr::from_ast(ast::Expr::Scalar(self.ast))
    }

    /// Under a name, to stand in FROM of another SELECT.
    ///
    /// See [`Subquery`] for an example.
    pub fn as_subquery(self, name: impl Into<Name>) -> Subquery<R> {
        Subquery::new(*self.ast, name.into(), false)
    }

    /// How many rows it has: `count(*)` in place of what it selects where that is the same, else around it.
    ///
    /// ```
    /// # use rebis_sql::{Column, select};
    /// # struct User;
    /// const NAME: Column<User, String> = Column::new("users", "name", 0);
    /// let stmt = select(NAME).order_by(NAME);
    /// assert_eq!(stmt.counted().to_string(), "SELECT count(*) FROM users");
    /// assert_eq!(
    ///     stmt.distinct().counted().to_string(),
    ///     "SELECT count(*) FROM (SELECT DISTINCT users.name FROM users) AS counted"
    /// );
    /// ```
    pub fn counted(&self) -> Select<i64> {
        let mut inner = (*self.ast).clone();
        inner.lock = None;
        if inner.limit.is_none() && inner.offset.is_none() {
            inner.order_by.clear();
        }
        let mut counted = if keeps_rows(&inner) && inner.limit.is_none() && inner.offset.is_none() {
            name_from(&mut inner);
            Select::from_ast(ast::Select { items: vec![count_all()], ..inner })
        } else {
            let from = Subquery::<R>::new(inner, "counted".into(), false).into_source();
            Select::from_ast(ast::Select { items: vec![count_all()], from: Some(from), ..Default::default() })
        };
        counted.options.no_autoflush = self.options.no_autoflush;
        counted
    }

    /// The text for a database, with placeholders.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// let stmt = select(User.id).filter(User.name.eq("it's"));
    /// assert_eq!(stmt.to_sql(dialect::postgres())?, "SELECT users.id FROM users WHERE users.name = $1");
    /// assert_eq!(stmt.to_sql(dialect::mysql())?, "SELECT users.id FROM users WHERE users.name = ?");
    /// let shown = stmt.to_sql_inline(dialect::mysql())?;
    /// assert_eq!(shown, "SELECT users.id FROM users WHERE users.name = 'it''s'");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`render`](crate::render::render).
    pub fn to_sql(&self, caps: &Capabilities) -> Result<String> {
        Ok(render::render(&self.query(), caps)?.sql)
    }

    /// The text for a database, with values in it. For logs and tests.
    ///
    /// See [`to_sql`](Select::to_sql) for an example.
    ///
    /// # Errors
    /// As [`render`](crate::render::render).
    pub fn to_sql_inline(&self, caps: &Capabilities) -> Result<String> {
        render::render_inline(&self.query(), caps)
    }

    fn query(&self) -> ast::Query {
        ast::Query::Select(self.ast.clone())
    }

    fn request(self) -> Request {
        Request { loads: self.loads, options: self.options, ..Request::from(ast::Query::Select(self.ast)) }
    }
}

/// Conditions joined by AND become terms of their own.
pub(crate) fn push_condition(filter: &mut Vec<ast::Expr>, condition: impl IntoCondition) {
    match condition.into_condition().into_ast() {
        ast::Expr::And(parts) => filter.extend(parts),
        other => filter.push(other),
    }
}

/// Whether each row of FROM that passes WHERE is one row of the result, whatever is selected.
fn keeps_rows(select: &ast::Select) -> bool {
    !select.distinct
        && select.distinct_on.is_empty()
        && select.compound.is_empty()
        && select.group_by.is_empty()
        && select.having.is_empty()
        && !select.items.iter().any(|item| item.expr.any(&mut may_aggregate))
}

/// A function whose nature is unknown may be an aggregate.
fn may_aggregate(expr: &ast::Expr) -> bool {
    matches!(expr, ast::Expr::Call(_) | ast::Expr::Raw(_))
}

/// What is selected goes away, and with it what FROM would be inferred from.
fn name_from(select: &mut ast::Select) {
    if select.from.is_none() {
        let table = render::implied_table(select).cloned();
        select.from = table.map(|name| Source::Table(TableRef::new(name)));
    }
}

fn one() -> Item {
    ast::Expr::Literal(Datum::Int(1)).into()
}

fn count_all() -> Item {
    super::func::count().into_ast().into()
}

impl<R> From<Select<R>> for ast::Select {
    fn from(select: Select<R>) -> Self {
        *select.ast
    }
}

impl<R> From<&Select<R>> for ast::Select {
    fn from(select: &Select<R>) -> Self {
        (*select.ast).clone()
    }
}

impl<R> Clone for Select<R> {
    fn clone(&self) -> Self {
        Select { ast: self.ast.clone(), loads: self.loads.clone(), options: self.options, row: PhantomData }
    }
}

impl<R> fmt::Display for Select<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.to_sql_inline(dialect::shown()) {
            Ok(sql) => f.write_str(&sql),
            Err(error) => write!(f, "<{}>", error.message()),
        }
    }
}

/// As `Display`.
impl<R> fmt::Debug for Select<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[diagnostic::do_not_recommend]
impl<R: Row> Query for Select<R> {
    type Row = R;
    fn into_request(self) -> Request {
        self.request()
    }
}

#[diagnostic::do_not_recommend]
impl<R: Row> Query for &Select<R> {
    type Row = R;
    fn into_request(self) -> Request {
        self.clone().request()
    }
}

//! UPDATE.

use super::select::push_condition;
use super::{
    Column, Command, IntoCondition, IntoExpr, IntoOrder, JoinPart, JoinTarget, Request, Returning,
    Selectable, fault, returning,
};
use crate::ast::{self, Fault, TableRef};
use crate::{Capabilities, render};
use rebis_core::{Name, Result};
use std::fmt;
use std::marker::PhantomData;

/// An UPDATE of the model `M`.
///
/// It says which rows: by [`filter`](Update::filter), or aloud by [`all_rows`](Update::all_rows). One that says
/// neither is an error when it is run.
///
/// ```
/// use rebis_sql::{Column, Update, ast::TableRef};
/// # struct User;
/// const ID: Column<User, i64> = Column::new("users", "id", 0);
/// const KARMA: Column<User, i64> = Column::new("users", "karma", 1);
///
/// let stmt = Update::<User>::new(TableRef::new("users")).set(KARMA, KARMA + 1).filter(ID.eq(5));
/// assert_eq!(stmt.to_string(), "UPDATE users SET karma = karma + 1 WHERE id = 5");
/// ```
pub struct Update<M> {
    ast: ast::Update,
    all_rows: bool,
    model: PhantomData<fn() -> M>,
}

impl<M> Update<M> {
    /// An UPDATE of a table that changes nothing yet.
    pub fn new(table: TableRef) -> Self {
        Update { ast: ast::Update::new(table), all_rows: false, model: PhantomData }
    }

    /// The tree, to be changed.
    pub fn ast_mut(&mut self) -> &mut ast::Update {
        &mut self.ast
    }

    /// Sets a column to a value or an expression. Called again for the same column, the last counts.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// let stmt = User.update().set(User.email, None).set(User.name, User.name.lower()).all_rows();
    /// assert_eq!(stmt.to_string(), "UPDATE users SET email = NULL, name = lower(name)");
    /// # Ok(())
    /// # }
    /// ```
    pub fn set<T>(mut self, column: Column<M, T>, value: impl IntoExpr<T>) -> Self {
        assign(&mut self.ast.set, column.name(), value.into_expr().into_ast());
        self
    }

    /// Reads another table too: along a relation, or an entity with `.on(..)`. Called again, one more.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// let stmt = User.update().set(User.karma, Post.hits).join(Post.on(Post.author_id.eq(User.id)));
    /// assert_eq!(
    ///     stmt.to_string(),
    ///     "UPDATE users SET karma = posts.hits FROM posts WHERE posts.author_id = users.id"
    /// );
    /// assert_eq!(
    ///     stmt.to_sql(dialect::mysql())?,
    ///     "UPDATE users, posts SET users.karma = posts.hits WHERE posts.author_id = users.id"
    /// );
    /// # Ok(())
    /// # }
    /// ```
    pub fn join(mut self, target: impl JoinTarget) -> Self {
        read_too(&mut self.ast.from, &mut self.ast.filter, target);
        self
    }

    /// The order in which rows are taken, for [`limit`](Update::limit).
    ///
    /// See [`limit`](Update::limit) for an example.
    pub fn order_by(mut self, by: impl IntoOrder) -> Self {
        by.add_to(&mut self.ast.first.get_or_insert_default().order_by);
        self
    }

    /// At most so many rows. Where the database has no such clause, the rows are found by their keys.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// let stmt = User.update().set(User.karma, 0).all_rows().order_by(User.karma.desc()).limit(3);
    /// assert_eq!(
    ///     stmt.to_string(),
    ///     "UPDATE users SET karma = 0 WHERE id IN (SELECT id FROM users ORDER BY karma DESC LIMIT 3)"
    /// );
    /// assert_eq!(stmt.to_sql(dialect::mysql())?, "UPDATE users SET karma = ? ORDER BY karma DESC LIMIT ?");
    /// # Ok(())
    /// # }
    /// ```
    pub fn limit(mut self, rows: u64) -> Self {
        self.ast.first.get_or_insert_default().limit = Some(rows);
        self
    }

    /// With the columns of the table's primary key, which some databases must be told for some clauses.
    pub fn keyed(mut self, key: impl IntoIterator<Item = Name>) -> Self {
        self.ast.key = key.into_iter().collect();
        self
    }

    /// WHERE. Called again, all must hold. A condition that says nothing (`None`, an empty `Vec`) does not count
    /// as one.
    ///
    /// See [`Update`] for an example.
    pub fn filter(mut self, condition: impl IntoCondition) -> Self {
        push_condition(&mut self.ast.filter, condition);
        self
    }

    /// Says that all rows are meant.
    ///
    /// See [`set`](Update::set) for an example.
    pub fn all_rows(mut self) -> Self {
        self.all_rows = true;
        self
    }

    /// Gives back what was written.
    ///
    /// See [`Returning`] for an example.
    pub fn returning<S: Selectable>(mut self, what: S) -> Returning<S::Row> {
        self.ast.returning = returning::items(what);
        Returning::from_ast(self.query())
    }

    /// The text for a database, with placeholders.
    ///
    /// # Errors
    /// As [`render`](crate::render::render); also if it does not say which rows.
    pub fn to_sql(&self, caps: &Capabilities) -> Result<String> {
        Ok(render::render(&self.clone().query(), caps)?.sql)
    }

    fn query(mut self) -> ast::Query {
        if self.ast.filter.is_empty() && !self.all_rows {
            self.ast.filter.push(fault(no_criteria("UPDATE", &self.ast.table)));
        }
        ast::Query::Update(Box::new(self.ast))
    }
}

/// Sets a column, once.
pub(super) fn assign(set: &mut Vec<ast::Assign>, column: &'static str, value: ast::Expr) {
    match set.iter_mut().find(|(name, _)| name == column) {
        Some((_, old)) => *old = value,
        None => set.push((column.into(), value)),
    }
}

/// One more table that a statement reads; what it is joined on is a condition of the whole.
pub(super) fn read_too(sources: &mut Vec<ast::Source>, filter: &mut Vec<ast::Expr>, target: impl JoinTarget) {
    for JoinPart { source, on } in target.into_join() {
        sources.push(source);
        match on {
            Some(ast::Expr::And(parts)) => filter.extend(parts),
            on => filter.extend(on),
        }
    }
}

/// The mistake that costs a table.
pub(crate) fn no_criteria(what: &str, table: &TableRef) -> Fault {
    Fault {
        message: format!("this {what} does not say which rows of `{}` it is about", table.name).into(),
        help: "add `.filter(..)`; if every row is meant, say so with `.all_rows()`".into(),
        table: Some(table.name.clone()),
    }
}

impl<M> Clone for Update<M> {
    fn clone(&self) -> Self {
        Update { ast: self.ast.clone(), all_rows: self.all_rows, model: PhantomData }
    }
}

impl<M> fmt::Display for Update<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        super::show(&self.clone().query(), f)
    }
}

/// As `Display`.
impl<M> fmt::Debug for Update<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<M> Command for Update<M> {
    fn into_request(self) -> Result<Request> {
        super::runnable(self.query())
    }
}

#[diagnostic::do_not_recommend]
impl<M> Command for &Update<M> {
    fn into_request(self) -> Result<Request> {
        self.clone().into_request()
    }
}

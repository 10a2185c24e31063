//! DELETE.

use super::select::push_condition;
use super::update::{no_criteria, read_too};
use super::{
    Command, IntoCondition, IntoOrder, JoinTarget, Request, Returning, Selectable, fault, returning,
};
use crate::ast::{self, TableRef};
use crate::{Capabilities, render};
use rebis_core::{Name, Result};
use std::fmt;
use std::marker::PhantomData;

/// A DELETE of rows of the model `M`.
///
/// It says which rows: by [`filter`](Delete::filter), or aloud by [`all_rows`](Delete::all_rows). One that says
/// neither is an error when it is run.
///
/// ```
/// use rebis_core::ErrorKind;
/// use rebis_sql::{Column, Command, Delete, ast::TableRef};
/// # struct User;
/// const ID: Column<User, i64> = Column::new("users", "id", 0);
///
/// let delete = || Delete::<User>::new(TableRef::new("users"));
/// assert_eq!(delete().filter(ID.eq(5)).to_string(), "DELETE FROM users WHERE id = 5");
/// assert_eq!(delete().all_rows().to_string(), "DELETE FROM users");
/// assert_eq!(delete().into_request().unwrap_err().kind(), ErrorKind::InvalidStatement);
/// ```
pub struct Delete<M> {
    ast: ast::Delete,
    all_rows: bool,
    model: PhantomData<fn() -> M>,
}

impl<M> Delete<M> {
    /// A DELETE from a table.
    pub fn new(table: TableRef) -> Self {
        Delete { ast: ast::Delete::new(table), all_rows: false, model: PhantomData }
    }

    /// The tree, to be changed.
    pub fn ast_mut(&mut self) -> &mut ast::Delete {
        &mut self.ast
    }

    /// Reads another table too: along a relation, or an entity with `.on(..)`. Called again, one more.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// let stmt = User.delete().join(Post.on(Post.author_id.eq(User.id))).filter(Post.hits.eq(0));
    /// assert_eq!(
    ///     stmt.to_sql(dialect::postgres())?,
    ///     "DELETE FROM users USING posts WHERE posts.author_id = users.id AND posts.hits = $1"
    /// );
    /// assert_eq!(
    ///     stmt.to_sql(dialect::sqlite())?,
    ///     "DELETE FROM users WHERE EXISTS \
    ///      (SELECT 1 FROM posts WHERE posts.author_id = users.id AND posts.hits = ?)"
    /// );
    /// # Ok(())
    /// # }
    /// ```
    pub fn join(mut self, target: impl JoinTarget) -> Self {
        read_too(&mut self.ast.using, &mut self.ast.filter, target);
        self
    }

    /// The order in which rows are taken, for [`limit`](Delete::limit).
    ///
    /// See [`limit`](Delete::limit) for an example.
    pub fn order_by(mut self, by: impl IntoOrder) -> Self {
        by.add_to(&mut self.ast.first.get_or_insert_default().order_by);
        self
    }

    /// At most so many rows. Where the database has no such clause, the rows are found by their keys.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// let stmt = User.delete().filter(User.karma.lt(0)).order_by(User.id).limit(100);
    /// assert_eq!(
    ///     stmt.to_string(),
    ///     "DELETE FROM users WHERE id IN (SELECT id FROM users WHERE karma < 0 ORDER BY id LIMIT 100)"
    /// );
    /// assert_eq!(
    ///     stmt.to_sql(dialect::mysql())?,
    ///     "DELETE FROM users WHERE karma < ? ORDER BY id LIMIT ?"
    /// );
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
    /// See [`Delete`] for an example.
    pub fn filter(mut self, condition: impl IntoCondition) -> Self {
        push_condition(&mut self.ast.filter, condition);
        self
    }

    /// Says that all rows are meant.
    ///
    /// See [`Delete`] for an example.
    pub fn all_rows(mut self) -> Self {
        self.all_rows = true;
        self
    }

    /// Gives back what was deleted.
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
            self.ast.filter.push(fault(no_criteria("DELETE", &self.ast.table)));
        }
        ast::Query::Delete(Box::new(self.ast))
    }
}

impl<M> Clone for Delete<M> {
    fn clone(&self) -> Self {
        Delete { ast: self.ast.clone(), all_rows: self.all_rows, model: PhantomData }
    }
}

impl<M> fmt::Display for Delete<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        super::show(&self.clone().query(), f)
    }
}

/// As `Display`.
impl<M> fmt::Debug for Delete<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<M> Command for Delete<M> {
    fn into_request(self) -> Result<Request> {
        super::runnable(self.query())
    }
}

#[diagnostic::do_not_recommend]
impl<M> Command for &Delete<M> {
    fn into_request(self) -> Result<Request> {
        self.clone().into_request()
    }
}

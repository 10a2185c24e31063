//! DELETE.

use super::select::push_condition;
use super::update::no_criteria;
use super::{Command, IntoCondition, Request, Returning, Selectable, fault, returning};
use crate::ast::{self, TableRef};
use crate::{Capabilities, render};
use rebis_core::Result;
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
        let ast = ast::Delete { table, filter: Vec::new(), returning: Vec::new() };
        Delete { ast, all_rows: false, model: PhantomData }
    }

    /// The tree, to be changed.
    pub fn ast_mut(&mut self) -> &mut ast::Delete {
        &mut self.ast
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

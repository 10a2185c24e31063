//! DELETE.

use super::JoinTarget;
use super::criteria::criteria;
use crate::ast::{self, TableRef};
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
}

criteria!(Delete, "DELETE", using);

//! RETURNING.

use super::{Query, Request, Selectable};
use crate::ast::{self, Item};
use rebis_core::Row;
use std::fmt;
use std::marker::PhantomData;

/// An INSERT, UPDATE or DELETE that gives back what it wrote, with rows of type `R`.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
/// # fn main() -> rebis_core::Result<()> {
/// let stmt = User.update().set(User.karma, User.karma + 1).filter(User.id.eq(5)).returning(User.karma);
/// assert_eq!(stmt.to_string(), "UPDATE users SET karma = karma + 1 WHERE id = 5 RETURNING karma");
/// # Ok(())
/// # }
/// ```
pub struct Returning<R> {
    query: ast::Query,
    row: PhantomData<fn() -> R>,
}

impl<R> Returning<R> {
    /// A statement from a tree that has RETURNING. The row type is the caller's word.
    pub fn from_ast(query: ast::Query) -> Self {
        Returning { query, row: PhantomData }
    }

    pub(crate) fn into_ast(self) -> ast::Query {
        self.query
    }

    /// The tree.
    pub fn ast(&self) -> &ast::Query {
        &self.query
    }
}

impl<R> Clone for Returning<R> {
    fn clone(&self) -> Self {
        Returning::from_ast(self.query.clone())
    }
}

impl<R> fmt::Display for Returning<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        super::show(&self.query, f)
    }
}

/// As `Display`.
impl<R> fmt::Debug for Returning<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        super::show(&self.query, f)
    }
}

#[diagnostic::do_not_recommend]
impl<R: Row> Query for Returning<R> {
    type Row = R;
    fn into_request(self) -> Request {
        self.query.into()
    }
}

#[diagnostic::do_not_recommend]
impl<R: Row> Query for &Returning<R> {
    type Row = R;
    fn into_request(self) -> Request {
        self.query.clone().into()
    }
}

/// The items of RETURNING: what a SELECT of the same would list.
pub(crate) fn items(what: impl Selectable) -> Vec<Item> {
    let mut select = ast::Select::default();
    what.add_to(&mut select);
    select.items
}

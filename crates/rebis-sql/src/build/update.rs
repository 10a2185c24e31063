//! UPDATE.

use super::criteria::criteria;
use super::{Column, IntoExpr, JoinTarget, Select, TakesRow};
use crate::ast::{self, TableRef};
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

    /// Sets a column to a value or an expression. Called again for the same column, the last counts. All values are taken
    /// from the row as it was, whatever the order: MySQL and MariaDB, which go from left to right, are told in an order that
    /// comes to the same. Where columns are exchanged there is none, and that is an error there.
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

    /// Sets several columns to the row of a SELECT; to NULL where it has none.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// let best = select((Post.title, Post.hits)).filter(Post.author_id.eq(User.id)).order_by(Post.hits.desc()).limit(1);
    /// let stmt = User.update().set_row((User.name, User.karma), best).all_rows();
    /// assert_eq!(
    ///     stmt.to_sql(dialect::postgres())?,
    ///     "UPDATE users SET (name, karma) = (SELECT posts.title, posts.hits FROM posts \
    ///      WHERE posts.author_id = users.id ORDER BY posts.hits DESC LIMIT $1)"
    /// );
    /// // MySQL and MariaDB have no such assignment: a subquery for each column.
    /// assert_eq!(
    ///     stmt.to_sql(dialect::mysql())?,
    ///     "UPDATE users SET \
    ///      name = (SELECT posts.title FROM posts WHERE posts.author_id = users.id ORDER BY posts.hits DESC LIMIT ?), \
    ///      karma = (SELECT posts.hits FROM posts WHERE posts.author_id = users.id ORDER BY posts.hits DESC LIMIT ?)"
    /// );
    /// # Ok(())
    /// # }
    /// ```
    pub fn set_row<R, C: TakesRow<M, R>>(mut self, columns: C, row: Select<R>) -> Self {
        self.ast.set_rows.push((columns.names(), row.into()));
        self
    }
}

criteria!(Update, "UPDATE", from);

/// Sets a column, once.
pub(super) fn assign(set: &mut Vec<ast::Assign>, column: &'static str, value: ast::Expr) {
    match set.iter_mut().find(|(name, _)| name == column) {
        Some((_, old)) => *old = value,
        None => set.push((column.into(), value)),
    }
}

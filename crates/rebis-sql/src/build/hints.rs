//! Words that a database understands around a SELECT: hints for its planner, options.

use super::{IntoSource, RawSql, Select};
use crate::ast::IndexHint;
use rebis_core::Name;

impl IndexHint {
    /// One of these indexes, if any; the database may find a walk through the whole table better.
    ///
    /// See [`Select::index_hint`] for an example.
    pub fn usable<N: Into<Name>>(names: impl IntoIterator<Item = N>) -> Self {
        IndexHint::Use(names.into_iter().map(Into::into).collect())
    }

    /// This index. Where it cannot be used, MySQL takes another way; SQLite refuses the statement.
    ///
    /// See [`Select::index_hint`] for an example.
    pub fn force(name: impl Into<Name>) -> Self {
        IndexHint::Force(vec![name.into()])
    }

    /// None of these indexes.
    ///
    /// See [`Select::index_hint`] for an example.
    pub fn ignore<N: Into<Name>>(names: impl IntoIterator<Item = N>) -> Self {
        IndexHint::Ignore(names.into_iter().map(Into::into).collect())
    }
}

impl<R> Select<R> {
    /// By which index a table in FROM is to be read. A database that knows no such hints, as PostgreSQL, goes without; MySQL
    /// and MariaDB know all of them, SQLite [`IndexHint::force`] and [`IndexHint::Without`].
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
    /// # use rebis_sql::IndexHint;
    /// # fn main() -> rebis_core::Result<()> {
    /// let stmt = select(Post.id).index_hint(Post.source(), IndexHint::force("ix_posts_title"));
    /// assert_eq!(stmt.to_sql(dialect::mysql())?, "SELECT posts.id FROM posts FORCE INDEX (ix_posts_title)");
    /// assert_eq!(stmt.to_sql(dialect::sqlite())?, "SELECT posts.id FROM posts INDEXED BY ix_posts_title");
    /// assert_eq!(stmt.to_sql(dialect::postgres())?, "SELECT posts.id FROM posts");
    ///
    /// let stmt = select(Post.id).index_hint(Post.source(), IndexHint::ignore(["ix_posts_title"]));
    /// assert_eq!(stmt.to_sql(dialect::mysql())?, "SELECT posts.id FROM posts IGNORE INDEX (ix_posts_title)");
    /// let stmt = select(Post.id).index_hint(Post.source(), IndexHint::Without);
    /// assert_eq!(stmt.to_sql(dialect::sqlite())?, "SELECT posts.id FROM posts NOT INDEXED");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// What the planner of MySQL understands in a comment stands behind `SELECT`: [`prefix`](Select::prefix).
    pub fn index_hint(mut self, table: impl IntoSource, hint: IndexHint) -> Self {
        let name = table.into_source().name().cloned().unwrap_or_default();
        self.ast_mut().hints.push((name, hint));
        self
    }

    /// Words behind `SELECT`: a hint, an option. Of a text for one database ([`only_on`](RawSql::only_on)) other databases
    /// see nothing.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// let hint = sql("/*+ MAX_EXECUTION_TIME(1000) */").only_on(dialect::mysql());
    /// let stmt = select(User.id).prefix(hint);
    /// assert_eq!(stmt.to_sql(dialect::mysql())?, "SELECT /*+ MAX_EXECUTION_TIME(1000) */ users.id FROM users");
    /// assert_eq!(stmt.to_sql(dialect::sqlite())?, "SELECT users.id FROM users");
    /// # Ok(())
    /// # }
    /// ```
    pub fn prefix(mut self, words: RawSql) -> Self {
        self.ast_mut().prefix.push(words.pieces());
        self
    }

    /// Words at the end of the statement. Of a text for one database ([`only_on`](RawSql::only_on)) other databases see
    /// nothing.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// let stmt = select(User.id).suffix(sql("PROCEDURE ANALYSE()").only_on(dialect::mariadb()));
    /// assert_eq!(stmt.to_sql(dialect::mariadb())?, "SELECT users.id FROM users PROCEDURE ANALYSE()");
    /// assert_eq!(stmt.to_sql(dialect::mysql())?, "SELECT users.id FROM users");
    /// # Ok(())
    /// # }
    /// ```
    pub fn suffix(mut self, words: RawSql) -> Self {
        self.ast_mut().suffix.push(words.pieces());
        self
    }
}

//! Words that a database understands around a SELECT: hints for its planner, options.

use super::{RawSql, Select};

impl<R> Select<R> {
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

//! Row locks.

use super::{IntoSource, Select};
use crate::ast::{Lock, LockStrength, LockWait};

impl<R> Select<R> {
    /// FOR UPDATE: nobody else changes these rows until the transaction ends. What is read is fresh: objects that
    /// the session has are overwritten. SQLite has no row locks, since whoever writes locks the file.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// let stmt = select(User.karma).filter(User.id.eq(1)).for_update();
    /// assert_eq!(
    ///     stmt.to_sql(dialect::postgres())?,
    ///     "SELECT users.karma FROM users WHERE users.id = $1 FOR UPDATE"
    /// );
    /// # Ok(())
    /// # }
    /// ```
    pub fn for_update(self) -> Self {
        self.locked(LockStrength::Update)
    }

    /// FOR NO KEY UPDATE: as [`for_update`](Select::for_update), but others may insert rows that refer to these. The
    /// stronger lock where there is none such.
    pub fn for_no_key_update(self) -> Self {
        self.locked(LockStrength::NoKeyUpdate)
    }

    /// FOR SHARE: nobody changes these rows until the transaction ends. See [`for_update`](Select::for_update).
    pub fn for_share(self) -> Self {
        self.locked(LockStrength::Share)
    }

    /// FOR KEY SHARE: nobody deletes these rows or changes their keys until the transaction ends. The stronger lock
    /// where there is none such.
    pub fn for_key_share(self) -> Self {
        self.locked(LockStrength::KeyShare)
    }

    /// Leaves out rows that others have locked: what workers take jobs with. Without another lock: FOR UPDATE.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// let job = select(Post.id).order_by(Post.id).limit(1).skip_locked();
    /// assert_eq!(
    ///     job.to_sql(dialect::postgres())?,
    ///     "SELECT posts.id FROM posts ORDER BY posts.id LIMIT $1 FOR UPDATE SKIP LOCKED"
    /// );
    /// # Ok(())
    /// # }
    /// ```
    pub fn skip_locked(mut self) -> Self {
        self.lock().wait = LockWait::Skip;
        self.populate_existing()
    }

    /// An error where others have locked a row. Without another lock: FOR UPDATE.
    ///
    /// See [`skip_locked`](Select::skip_locked) for an example.
    pub fn nowait(mut self) -> Self {
        self.lock().wait = LockWait::NoWait;
        self.populate_existing()
    }

    /// Locks the rows of this table alone, of those that are joined. Called again, it adds.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// let posts = select(Post.id).join(User.on(User.id.eq(Post.author_id)));
    /// let stmt = posts.for_update().of(Post.source());
    /// assert_eq!(
    ///     stmt.to_sql(dialect::postgres())?,
    ///     "SELECT posts.id FROM posts JOIN users ON users.id = posts.author_id FOR UPDATE OF posts"
    /// );
    /// # Ok(())
    /// # }
    /// ```
    pub fn of(mut self, table: impl IntoSource) -> Self {
        let name = table.into_source().name().cloned();
        self.lock().of.extend(name);
        self.populate_existing()
    }

    fn locked(mut self, strength: LockStrength) -> Self {
        self.lock().strength = strength;
        self.populate_existing()
    }

    fn lock(&mut self) -> &mut Lock {
        self.ast_mut().lock.get_or_insert(Lock::UPDATE)
    }
}

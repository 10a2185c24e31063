//! A statement as a driver gets it: text, frozen.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// What a statement does, as far as a driver, a pool and a session must know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StatementKind {
    /// Reads: SELECT and friends.
    Read,
    /// Writes: INSERT, UPDATE, DELETE, DDL, and raw SQL that is not known to read.
    Write,
    /// Opens a transaction.
    Begin,
    /// Ends a transaction for good.
    Commit,
    /// Ends a transaction for nothing.
    Rollback,
    /// Sets a savepoint.
    Savepoint,
    /// Forgets a savepoint and keeps its work.
    Release,
    /// Goes back to a savepoint.
    RollbackTo,
    /// Session state: PRAGMA, SET.
    Setting,
}

/// A statement's text with an identity, shared and frozen. A driver keeps prepared statements by
/// [`id`](Statement::id), which costs less than by text.
///
/// ```
/// use rebis_sql::{Statement, StatementKind};
/// let a = Statement::new("SELECT 1", StatementKind::Read);
/// let b = a.clone();
/// assert_eq!(a.id(), b.id());
/// assert_ne!(a.id(), Statement::new("SELECT 1", StatementKind::Read).id());
/// ```
#[derive(Clone, Debug)]
pub struct Statement(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    id: u64,
    sql: Arc<str>,
    kind: StatementKind,
    keep: bool,
}

impl Statement {
    /// A statement that is worth keeping prepared.
    pub fn new(sql: impl Into<Arc<str>>, kind: StatementKind) -> Self {
        Statement::build(sql.into(), kind, true)
    }

    /// A statement that runs once: not kept prepared.
    pub fn once(sql: impl Into<Arc<str>>, kind: StatementKind) -> Self {
        Statement::build(sql.into(), kind, false)
    }

    fn build(sql: Arc<str>, kind: StatementKind, keep: bool) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        Statement(Arc::new(Inner { id: NEXT.fetch_add(1, Ordering::Relaxed), sql, kind, keep }))
    }

    /// Distinct for every call of [`new`](Statement::new); the same for clones.
    #[inline]
    pub fn id(&self) -> u64 {
        self.0.id
    }

    /// The text, with placeholders.
    #[inline]
    pub fn sql(&self) -> &str {
        &self.0.sql
    }

    /// The text, shared.
    pub fn shared_sql(&self) -> Arc<str> {
        self.0.sql.clone()
    }

    /// What it does.
    #[inline]
    pub fn kind(&self) -> StatementKind {
        self.0.kind
    }

    /// Whether to keep it prepared.
    #[inline]
    pub fn keep(&self) -> bool {
        self.0.keep
    }
}

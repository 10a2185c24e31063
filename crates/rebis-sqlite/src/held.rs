//! Connection and prepared statements held together, so that a kept statement lives as long as its connection
//! and both move between threads as one. The one place of Rebis with `unsafe`.
#![expect(
    unsafe_code,
    reason = "a prepared statement borrows its connection; keeping it beside one that moves between threads \
              cannot be said in safe Rust over rusqlite, and without it each use costs a search by text"
)]

use crate::statements::Statements;
use rusqlite::Connection;

self_cell::self_cell!(
    struct Pair {
        owner: Connection,
        #[not_covariant]
        dependent: Statements,
    }
);

/// A connection with its statements.
pub(crate) struct Held(Pair);

// SAFETY: `rusqlite::Connection` is `Send`: it may be used from any thread, by one at a time. It is not `Sync`, so
// `Statement`, which holds `&Connection`, is not `Send`: were a statement moved alone, two threads could use one
// connection at once. Here that cannot happen:
// * connection and statements are owned by one `Held` and move together, all or none;
// * they are reached by `with` alone, which takes `&mut self`: one thread at a time, and whoever moves a `Held`
//   between threads orders these accesses;
// * nothing borrowed leaves `with`: the closure holds for every lifetime, so its result cannot name the one of the
//   connection, and nothing it could copy out (rusqlite has no `Rc` there) shares state without a lock;
// * SQLite itself ties nothing to a thread: rusqlite refuses a library built without thread safety.
// `Held` is not `Sync`, and need not be. `tests::moves_between_threads_under_load` does the moving.
unsafe impl Send for Held {}

impl Held {
    /// Takes a connection; keeps at most `capacity` statements.
    pub(crate) fn new(connection: Connection, capacity: usize) -> Held {
        Held(Pair::new(connection, |_| Statements::new(capacity)))
    }

    /// Lends both.
    #[inline]
    pub(crate) fn with<R>(&mut self, f: impl for<'c> FnOnce(&'c Connection, &mut Statements<'c>) -> R) -> R {
        self.0.with_dependent_mut(f)
    }

    /// The connection, for whom this value ends. What stays is an empty one; `None`: there was no memory for that.
    pub(crate) fn leave(&mut self) -> Option<Connection> {
        let empty = Held::new(Connection::open_in_memory().ok()?, 0);
        Some(std::mem::replace(self, empty).0.into_owner())
    }
}

#[cfg(test)]
#[path = "held_tests.rs"]
mod tests;

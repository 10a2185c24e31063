//! Scopes: savepoints as guards and closures, a while without autoflush.

use super::Session;
use rebis_core::Result;
use rebis_engine::Fut;
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::panic::Location;

/// A savepoint as a guard: [`commit`](Savepoint::commit) keeps its work, dropped it is rolled back. It is the session
/// meanwhile: it derefs to it and has the changing verbs as its own.
///
/// Made by [`Session::savepoint`].
///
/// ```
/// # use rebis_orm_doc::*;
/// # fn main() -> rebis::Result<()> {
/// # run(async |db, alice, hello| {
/// let mut sp = db.savepoint().await?; // SAVEPOINT …
/// sp[alice].username = "kept".into();
/// sp.commit().await?;
/// let mut sp = db.savepoint().await?;
/// sp[alice].username = "taken back".into();
/// drop(sp);
/// assert_eq!(db[alice].username, "kept");
/// # Ok(())
/// # })
/// # }
/// ```
#[must_use = "a savepoint that is dropped is rolled back"]
pub struct Savepoint<'s> {
    session: &'s mut Session,
    depth: usize,
    open: bool,
}

impl<'s> Savepoint<'s> {
    /// Flushes and keeps the work.
    ///
    /// See [`Savepoint`] for an example.
    ///
    /// # Errors
    /// As [`Session::flush`]; the savepoint is rolled back then.
    #[track_caller]
    pub fn commit(self) -> Fut<'s, ()> {
        let site = Location::caller();
        Fut::new(async move {
            let mut guard = self;
            guard.session.keep(guard.depth, site).await?;
            guard.open = false;
            Ok(())
        })
    }

    /// Goes back to where the session was when the savepoint began, in memory and in the database.
    ///
    /// See [`Savepoint`] for an example.
    ///
    /// # Errors
    /// What the database says; the objects are restored all the same.
    #[track_caller]
    pub fn rollback(self) -> Fut<'s, ()> {
        let site = Location::caller();
        Fut::new(async move {
            let mut guard = self;
            guard.open = false;
            guard.session.back_to(guard.depth, site).await
        })
    }
}

impl Drop for Savepoint<'_> {
    /// Objects are restored at once, from memory; the database follows before the next statement.
    fn drop(&mut self) {
        if self.open {
            self.session.abandon(self.depth);
        }
    }
}

impl Deref for Savepoint<'_> {
    type Target = Session;
    fn deref(&self) -> &Session {
        self.session
    }
}

impl DerefMut for Savepoint<'_> {
    fn deref_mut(&mut self) -> &mut Session {
        self.session
    }
}

impl fmt::Debug for Savepoint<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Savepoint").field("depth", &self.depth).finish_non_exhaustive()
    }
}

crate::__forward_graph!(['s] Savepoint<'s>);

/// A while without autoflush: queries do not write pending changes first. Dropped, it is over.
///
/// Made by [`Session::no_autoflush`].
///
/// ```
/// # use rebis_orm_doc::*;
/// # fn main() -> rebis::Result<()> {
/// # run(async |db, alice, hello| {
/// db.add(User.new().username("bob"));
/// let mut quiet = db.no_autoflush();
/// assert_eq!(quiet.count(User).await?, 1); // bob is not in the database yet
/// drop(quiet);
/// assert_eq!(db.count(User).await?, 2);
/// # Ok(())
/// # })
/// # }
/// ```
pub struct NoAutoflush<'s> {
    session: &'s mut Session,
    before: bool,
}

impl Drop for NoAutoflush<'_> {
    fn drop(&mut self) {
        self.session.set_autoflush(self.before);
    }
}

impl Deref for NoAutoflush<'_> {
    type Target = Session;
    fn deref(&self) -> &Session {
        self.session
    }
}

impl DerefMut for NoAutoflush<'_> {
    fn deref_mut(&mut self) -> &mut Session {
        self.session
    }
}

impl fmt::Debug for NoAutoflush<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NoAutoflush")
    }
}

crate::__forward_graph!(['s] NoAutoflush<'s>);

impl Session {
    /// Sets a savepoint, for code with its own error type: `let mut sp = db.savepoint().await?; … sp.commit().await?`.
    /// Pending changes are written first (rule 64). Dropped without a commit, everything since is taken back, in
    /// memory at once and in the database before the next statement.
    ///
    /// See [`Savepoint`] for an example.
    ///
    /// # Errors
    /// As [`flush`](Session::flush).
    #[track_caller]
    pub fn savepoint(&mut self) -> Fut<'_, Savepoint<'_>> {
        let site = Location::caller();
        Fut::new(async move {
            let depth = self.set_savepoint(site).await?;
            Ok(Savepoint { session: self, depth, open: true })
        })
    }

    /// Runs a closure inside a savepoint: kept if it returns `Ok`, taken back if it returns `Err`. Nests.
    ///
    /// ```
    /// # use rebis_orm_doc::*;
    /// # fn main() -> rebis::Result<()> {
    /// # run(async |db, alice, hello| {
    /// let failed: rebis::Result<()> = db
    ///     .nested(async |db| {
    ///         db[alice].username = "taken back".into();
    ///         db.flush().await?;
    ///         db.get_one(User, 99).await?;
    ///         Ok(())
    ///     })
    ///     .await;
    /// assert!(failed.is_err());
    /// assert_eq!(db[alice].username, "alice");
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    ///
    /// # Errors
    /// The closure's; as [`savepoint`](Session::savepoint).
    pub async fn nested<T, F>(&mut self, work: F) -> Result<T>
    where
        F: AsyncFnOnce(&mut Session) -> Result<T>,
    {
        let site = Location::caller();
        let depth = self.set_savepoint(site).await?;
        // The guard takes everything back where this future is dropped in the middle.
        let mut guard = Savepoint { session: self, depth, open: true };
        let outcome = match work(guard.session).await {
            Ok(value) => guard.session.keep(depth, site).await.map(|()| value),
            Err(error) => Err(error),
        };
        guard.open = false;
        if outcome.is_err() {
            // The first error is the one to tell.
            let _ = guard.session.back_to(depth, site).await;
        }
        outcome
    }

    /// A while without autoflush: a guard that is the session meanwhile.
    ///
    /// See [`NoAutoflush`] for an example.
    pub fn no_autoflush(&mut self) -> NoAutoflush<'_> {
        let before = self.set_autoflush(false);
        NoAutoflush { session: self, before }
    }

    /// For scopes of another face of this session: sets a savepoint and gives its depth.
    #[doc(hidden)]
    pub async fn set_savepoint(&mut self, site: &'static Location<'static>) -> Result<usize> {
        let (graph, io) = self.parts();
        crate::unit_of_work::flush(graph, io, site).await?;
        let epoch = graph.next_epoch();
        io.savepoint(epoch, site).await
    }

    /// For scopes of another face of this session: leaves a savepoint, as dropping its guard does.
    #[doc(hidden)]
    pub fn abandon(&mut self, depth: usize) {
        let (graph, io) = self.parts();
        if let Some(epoch) = io.abandon(depth) {
            graph.rolled_back(epoch);
        }
    }

    /// For scopes of another face of this session: switches autoflush and says what it was.
    #[doc(hidden)]
    pub fn set_autoflush(&mut self, on: bool) -> bool {
        self.parts().1.set_autoflush(on)
    }

    /// For scopes of another face of this session: keeps the work of a savepoint.
    #[doc(hidden)]
    pub async fn keep(&mut self, depth: usize, site: &'static Location<'static>) -> Result<()> {
        let (graph, io) = self.parts();
        crate::unit_of_work::flush(graph, io, site).await?;
        io.release(depth, site).await
    }

    /// For scopes of another face of this session: goes back to a savepoint.
    #[doc(hidden)]
    pub async fn back_to(&mut self, depth: usize, site: &'static Location<'static>) -> Result<()> {
        let (graph, io) = self.parts();
        let Some(epoch) = io.abandon(depth) else { return Ok(()) };
        graph.rolled_back(epoch);
        io.settle(site).await
    }
}

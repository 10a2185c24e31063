//! Scopes: savepoints, a while without autoflush.

use crate::{Session, block_on};
use rebis_core::Result;
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::panic::Location;

/// A savepoint as a guard: see [`rebis_orm::Savepoint`].
///
/// Made by [`Session::savepoint`].
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/users.rs"));
/// # fn main() -> rebis::Result<()> {
/// # let mut db = engine()?.session();
/// let mut sp = db.savepoint()?;
/// sp.add(User.new().name("carol"));
/// sp.commit()?;
/// let mut sp = db.savepoint()?;
/// sp.add(User.new().name("dave"));
/// drop(sp); // without `commit`: taken back
/// assert_eq!(db.count(User)?, 3);
/// # Ok(())
/// # }
/// ```
#[must_use = "a savepoint that is dropped is rolled back"]
pub struct Savepoint<'s> {
    session: &'s mut Session,
    depth: usize,
    open: bool,
}

impl<'s> Savepoint<'s> {
    #[track_caller]
    pub(crate) fn begin(session: &'s mut Session) -> Result<Self> {
        let site = Location::caller();
        let depth = block_on(session.as_async().set_savepoint(site))?;
        Ok(Savepoint { session, depth, open: true })
    }

    /// Flushes and keeps the work.
    ///
    /// # Errors
    /// As [`rebis_orm::Savepoint::commit`].
    #[track_caller]
    pub fn commit(mut self) -> Result<()> {
        let site = Location::caller();
        block_on(self.session.as_async().keep(self.depth, site))?;
        self.open = false;
        Ok(())
    }

    /// Goes back to where the session was when the savepoint began.
    ///
    /// # Errors
    /// As [`rebis_orm::Savepoint::rollback`].
    #[track_caller]
    pub fn rollback(mut self) -> Result<()> {
        self.open = false;
        block_on(self.session.as_async().back_to(self.depth, Location::caller()))
    }
}

impl Drop for Savepoint<'_> {
    /// Objects are restored at once, from memory; the database follows before the next statement.
    fn drop(&mut self) {
        if self.open {
            self.session.as_async().abandon(self.depth);
        }
    }
}

/// A while without autoflush: a guard that is the session meanwhile.
///
/// Made by [`Session::no_autoflush`].
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/users.rs"));
/// # fn main() -> rebis::Result<()> {
/// # let mut db = engine()?.session();
/// db.add(User.new().name("carol"));
/// assert_eq!(db.no_autoflush().count(User)?, 2);
/// assert_eq!(db.count(User)?, 3);
/// # Ok(())
/// # }
/// ```
pub struct NoAutoflush<'s> {
    session: &'s mut Session,
    before: bool,
}

impl<'s> NoAutoflush<'s> {
    pub(crate) fn begin(session: &'s mut Session) -> Self {
        let before = session.as_async().set_autoflush(false);
        NoAutoflush { session, before }
    }
}

impl Drop for NoAutoflush<'_> {
    fn drop(&mut self) {
        self.session.as_async().set_autoflush(self.before);
    }
}

macro_rules! is_the_session {
    ($($name:ident),*) => {$(
        impl Deref for $name<'_> {
            type Target = Session;
            fn deref(&self) -> &Session {
                self.session
            }
        }

        impl DerefMut for $name<'_> {
            fn deref_mut(&mut self) -> &mut Session {
                self.session
            }
        }

        impl fmt::Debug for $name<'_> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(stringify!($name))
            }
        }

        rebis_orm::__forward_graph!(['s] $name<'s>);
    )*};
}

is_the_session!(Savepoint, NoAutoflush);

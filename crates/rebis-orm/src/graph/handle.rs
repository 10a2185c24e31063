//! Handles: names of objects in a session.

use crate::mapping::{IsA, Model};
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;

/// A handle without its type: the slot in the model's store, and the stamp that the slot must bear.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[doc(hidden)]
pub struct Raw {
    /// Position in the store.
    pub slot: u32,
    /// The session's stamp, or the slot's own once it was used again.
    pub stamp: u32,
}

/// Names one object of a session: `Copy`, 8 bytes, typed.
///
/// `db[alice]` is `&User`, `db[alice].email = …` is a tracked change. A handle never dangles: a deleted,
/// expunged or rolled-back object stays readable until it is taken out (`db.take(alice)`) or the session is
/// dropped. Two handles are equal if they name the same object, which two loads of one row do.
///
/// ```
/// # use rebis_orm_doc::*;
/// # fn main() -> rebis::Result<()> {
/// # run(async |db, alice, hello| {
/// let same = db.get_one(User, 1).await?;
/// assert_eq!(same, alice);
/// let shout = db[alice].username.to_uppercase();
/// db[alice].username = shout; // UPDATE users SET username = ? WHERE id = ?, with the next flush
/// assert_eq!(db[same].username, "ALICE");
/// # Ok(())
/// # })
/// # }
/// ```
pub struct Handle<M> {
    raw: Raw,
    model: PhantomData<fn() -> M>,
}

impl<M> Handle<M> {
    #[doc(hidden)]
    pub const fn from_raw(raw: Raw) -> Self {
        Handle { raw, model: PhantomData }
    }

    #[doc(hidden)]
    pub const fn raw(self) -> Raw {
        self.raw
    }
}

/// A handle, or a reference to one: what every verb takes, so that a loop over `&handles` needs no `*`.
///
/// ```
/// # use rebis_orm_doc::*;
/// # fn main() -> rebis::Result<()> {
/// # run(async |db, alice, hello| {
/// use rebis::AsHandle;
/// fn shout(graph: &mut Graph, post: impl AsHandle<Model = Post>) {
///     graph[post.handle()].title.push('!');
/// }
/// shout(db, hello);
/// for post in &db.all(Post).await? {
///     shout(db, post);
/// }
/// assert_eq!(db[hello].title, "Hello!!");
/// # Ok(())
/// # })
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a handle",
    label = "not a handle",
    note = "`add`, `get` and queries give handles (`Handle<..>`)"
)]
pub trait AsHandle {
    /// The model.
    type Model: Model;
    /// The handle.
    fn handle(self) -> Handle<Self::Model>;
}

impl<M: Model> AsHandle for Handle<M> {
    type Model = M;
    #[inline]
    fn handle(self) -> Handle<M> {
        self
    }
}

impl<M: Model> AsHandle for &Handle<M> {
    type Model = M;
    #[inline]
    fn handle(self) -> Handle<M> {
        *self
    }
}

/// A handle of a given model, or a reference to one.
///
/// See [`AsHandle`] for an example.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a handle of `{T}`",
    label = "not a handle of `{T}`",
    note = "pass a handle (`Handle<{T}>`)"
)]
pub trait HandleOf<T> {
    #[doc(hidden)]
    fn handle_of(self) -> Handle<T>;
}

#[diagnostic::do_not_recommend]
impl<T: Model, M: IsA<T>> HandleOf<T> for Handle<M> {
    #[inline]
    fn handle_of(self) -> Handle<T> {
        Handle::from_raw(self.raw)
    }
}

#[diagnostic::do_not_recommend]
impl<T: Model, M: IsA<T>> HandleOf<T> for &Handle<M> {
    #[inline]
    fn handle_of(self) -> Handle<T> {
        Handle::from_raw(self.raw)
    }
}

impl<M> Clone for Handle<M> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<M> Copy for Handle<M> {}

impl<M> PartialEq for Handle<M> {
    fn eq(&self, other: &Self) -> bool {
        self.raw == other.raw
    }
}
impl<M> Eq for Handle<M> {}

impl<M> PartialOrd for Handle<M> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<M> Ord for Handle<M> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.raw.cmp(&other.raw)
    }
}

impl<M> Hash for Handle<M> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.raw.hash(state);
    }
}

impl<M: Model> fmt::Debug for Handle<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}", M::mapping().name(), self.raw.slot)
    }
}

//! The relation fields of a model: windows on the session's graph.

use super::{LinkMut, LinkRef, ManyLink, Model, OneLink, OneOrNone, Target};
use crate::graph::{Handle, HandleOf, List, Raw};
use rebis_core::{Error, ErrorKind, Result};
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::sync::Arc;

/// Why a relation or a deferred column cannot be read: nobody has loaded it.
///
/// See [`HasMany::try_iter`] for an example.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotLoaded {
    target: &'static str,
}

impl NotLoaded {
    /// Of a deferred column.
    pub(super) const COLUMN: NotLoaded = NotLoaded { target: "" };

    pub(super) fn help(&self) -> &'static str {
        if self.target.is_empty() { HOW_TO_LOAD_COLUMN } else { HOW_TO_LOAD }
    }
}

impl fmt::Display for NotLoaded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.target {
            "" => f.write_str("this deferred column is not loaded"),
            target => write!(f, "this relation to `{target}` is not loaded"),
        }
    }
}

impl std::error::Error for NotLoaded {}

impl From<NotLoaded> for Error {
    fn from(e: NotLoaded) -> Error {
        Error::new(ErrorKind::NotLoaded, e.to_string()).with_help(e.help())
    }
}

const HOW_TO_LOAD: &str =
    "load it with the query (`.with(Model.relation)`) or afterwards (`db.load(handle, Model.relation)?`)";

const HOW_TO_LOAD_COLUMN: &str =
    "load it with the query (`.with(Model.column)`) or afterwards (`db.load(handle, Model.column)?`)";

#[cold]
#[track_caller]
fn not_loaded<T: ?Sized>() -> ! {
    let target = short_name::<T>();
    panic!("this relation to `{target}` is not loaded; {HOW_TO_LOAD}")
}

fn short_name<T: ?Sized>() -> &'static str {
    let name = std::any::type_name::<T>();
    let name = name.strip_prefix("core::option::Option<").and_then(|n| n.strip_suffix('>')).unwrap_or(name);
    name.rsplit("::").next().unwrap_or(name)
}

/// The many side of a relation: `posts: HasMany<Post>`.
///
/// Loaded or not loaded, and [`is_loaded`](HasMany::is_loaded) tells which; not loaded never looks like empty.
/// It is read as a field and changed through the session (`db.push`, `db.remove`, `db.replace`), so that both
/// sides stay in step. It is a window, not part of the value: two objects that differ only in what is loaded
/// are equal.
///
/// `for post in &db[alice].posts` iterates over the list *as it is now* and borrows nothing from the session.
///
/// ```
/// # use rebis_orm_doc::*;
/// # fn main() -> rebis::Result<()> {
/// # run(async |db, alice, hello| {
/// let alice = db.one(select(User).with(User.posts)).await?;
/// assert_eq!(db[alice].posts.len(), 2);
/// for post in &db[alice].posts {
///     db[post].title.push('!'); // the loop borrows nothing
///     db.remove(alice, User.posts, post); // and goes on over the list as it was
/// }
/// assert!(db[alice].posts.is_empty());
/// # Ok(())
/// # })
/// # }
/// ```
pub struct HasMany<M> {
    link: ManyLink,
    target: PhantomData<fn() -> M>,
}

impl<M> HasMany<M> {
    /// Whether somebody has loaded it.
    pub fn is_loaded(&self) -> bool {
        self.link.is_loaded()
    }

    /// The handles, shared with the list and not borrowed from the session.
    ///
    /// See [`HasMany`] for an example.
    ///
    /// # Panics
    /// If it is not loaded; the message says how to load it. See [`try_iter`](HasMany::try_iter).
    #[track_caller]
    pub fn iter(&self) -> Handles<M> {
        match self.link.list() {
            Some(list) => Handles::new(list.clone()),
            None => not_loaded::<M>(),
        }
    }

    /// The handles.
    ///
    /// ```
    /// # use rebis_orm_doc::*;
    /// # fn main() -> rebis::Result<()> {
    /// # run(async |db, alice, hello| {
    /// db.expunge_all();
    /// let alice = db.get_one(User, 1).await?;
    /// let error = db[alice].posts.try_iter().expect_err("nobody has loaded it");
    /// assert_eq!(error.to_string(), "this relation to `Post` is not loaded");
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`NotLoaded`].
    pub fn try_iter(&self) -> Result<Handles<M>, NotLoaded> {
        match self.link.list() {
            Some(list) => Ok(Handles::new(list.clone())),
            None => Err(NotLoaded { target: short_name::<M>() }),
        }
    }

    /// Number of handles.
    ///
    /// # Panics
    /// If it is not loaded.
    #[track_caller]
    pub fn len(&self) -> usize {
        match self.link.list() {
            Some(list) => list.len(),
            None => not_loaded::<M>(),
        }
    }

    /// Whether there is none.
    ///
    /// # Panics
    /// If it is not loaded.
    #[track_caller]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether the handle is in it.
    ///
    /// See [`HasMany`] for an example of reading and changing.
    ///
    /// # Panics
    /// If it is not loaded.
    #[track_caller]
    pub fn contains(&self, handle: impl HandleOf<M>) -> bool {
        match self.link.list() {
            Some(list) => list.contains(handle.handle_of().raw()),
            None => not_loaded::<M>(),
        }
    }

    /// The first handle.
    ///
    /// # Panics
    /// If it is not loaded.
    #[track_caller]
    pub fn first(&self) -> Option<Handle<M>> {
        self.iter().next()
    }

    /// The handles as a vector.
    ///
    /// # Panics
    /// If it is not loaded.
    #[track_caller]
    pub fn to_vec(&self) -> Vec<Handle<M>> {
        self.iter().collect()
    }

    #[doc(hidden)]
    pub fn link(&self) -> LinkRef<'_> {
        LinkRef::Many(&self.link)
    }

    #[doc(hidden)]
    pub fn link_mut(&mut self) -> LinkMut<'_> {
        LinkMut::Many(&mut self.link)
    }
}

impl<M> IntoIterator for &HasMany<M> {
    type Item = Handle<M>;
    type IntoIter = Handles<M>;
    #[track_caller]
    fn into_iter(self) -> Handles<M> {
        self.iter()
    }
}

/// An owned iterator over a relation: the list as it was when the loop began. Whatever the loop changes, it goes
/// on over the old list.
///
/// See [`HasMany`] for an example.
pub struct Handles<M> {
    list: Arc<List>,
    front: usize,
    back: usize,
    left: usize,
    target: PhantomData<fn() -> M>,
}

impl<M> Handles<M> {
    fn new(list: Arc<List>) -> Self {
        Handles { front: 0, back: list.width(), left: list.len(), list, target: PhantomData }
    }
}

impl<M> Iterator for Handles<M> {
    type Item = Handle<M>;
    fn next(&mut self) -> Option<Handle<M>> {
        while self.front < self.back {
            let entry = self.list.entry(self.front);
            self.front += 1;
            if let Some(raw) = entry {
                self.left -= 1;
                return Some(Handle::from_raw(raw));
            }
        }
        None
    }
    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl<M> DoubleEndedIterator for Handles<M> {
    fn next_back(&mut self) -> Option<Handle<M>> {
        while self.front < self.back {
            self.back -= 1;
            if let Some(raw) = self.list.entry(self.back) {
                self.left -= 1;
                return Some(Handle::from_raw(raw));
            }
        }
        None
    }
}

impl<M> ExactSizeIterator for Handles<M> {}

impl<M> fmt::Debug for Handles<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handles").field("left", &self.left).finish_non_exhaustive()
    }
}

/// The one side of a relation whose key is here: `author: BelongsTo<User>`, or `BelongsTo<Option<User>>` where
/// the key may be NULL.
///
/// Required and nullable differ in what [`get`](BelongsTo::get) returns; the derive compares it with the key's
/// type. Changed through the session: `db.set(post, Post.author, alice)`.
///
/// ```
/// # use rebis_orm_doc::*;
/// # fn main() -> rebis::Result<()> {
/// # run(async |db, alice, hello| {
/// db.load(hello, Post.author).await?;
/// let author: rebis::Handle<User> = db[hello].author.get();
/// assert_eq!(author, alice);
/// assert_eq!(db[(hello, Post.author)].username, "alice"); // the same in one step
/// # Ok(())
/// # })
/// # }
/// ```
pub struct BelongsTo<T> {
    link: OneLink,
    target: PhantomData<fn() -> T>,
}

impl<T: Target> BelongsTo<T> {
    /// The target: `Handle<User>`, or `Option<Handle<User>>` for `BelongsTo<Option<User>>`.
    ///
    /// See [`BelongsTo`] for an example.
    ///
    /// # Panics
    /// If it is not loaded; the message says how to load it. See [`try_get`](BelongsTo::try_get).
    #[track_caller]
    pub fn get(&self) -> T::Out {
        match self.try_get() {
            Ok(target) => target,
            Err(_) => not_loaded::<T>(),
        }
    }

    /// The target.
    ///
    /// ```
    /// # use rebis_orm_doc::*;
    /// # fn main() -> rebis::Result<()> {
    /// # run(async |db, alice, hello| {
    /// db.expunge_all();
    /// let hello = db.get_one(Post, 1).await?;
    /// assert!(db[hello].author.try_get().is_err()); // nobody has loaded it
    /// db.load(hello, Post.author).await?;
    /// assert!(db[hello].author.try_get().is_ok());
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`NotLoaded`]; also where a required target is not there.
    pub fn try_get(&self) -> Result<T::Out, NotLoaded> {
        T::out(self.link).ok_or(NotLoaded { target: short_name::<T>() })
    }
}

impl<T> BelongsTo<T> {
    /// Whether somebody has loaded it.
    pub fn is_loaded(&self) -> bool {
        self.link != OneLink::NotLoaded
    }

    #[doc(hidden)]
    pub fn link(&self) -> LinkRef<'_> {
        LinkRef::One(self.link)
    }

    #[doc(hidden)]
    pub fn link_mut(&mut self) -> LinkMut<'_> {
        LinkMut::One(&mut self.link)
    }
}

/// The one side of a relation whose key is on the other side: `profile: HasOne<Profile>`.
///
/// ```
/// # fn main() -> rebis::Result<()> {
/// use rebis::blocking::Engine;
/// use rebis::prelude::*;
///
/// #[derive(Model)]
/// #[model(table = "users")]
/// struct User {
///     #[column(primary_key)]
///     id: i64,
///     #[relation(inverse = user)]
///     profile: HasOne<Profile>,
/// }
///
/// #[derive(Model)]
/// #[model(table = "profiles")]
/// struct Profile {
///     #[column(primary_key)]
///     id: i64,
///     about: String,
///     #[column(references = User.id, unique)]
///     user_id: i64,
///     #[relation(key = user_id)]
///     user: BelongsTo<User>,
/// }
///
/// let engine = Engine::new("sqlite::memory:")?;
/// metadata![User, Profile].create_all(&engine)?;
/// let mut db = engine.session();
/// let alice = db.add(User.new().profile(Profile.new().about("Curious.")));
/// db.commit()?;
/// let profile = db[alice].profile.get().expect("she has one");
/// assert_eq!(db[profile].about, "Curious.");
/// # Ok(())
/// # }
/// ```
pub struct HasOne<M> {
    link: OneLink,
    target: PhantomData<fn() -> M>,
}

impl<M> HasOne<M> {
    /// The target, if there is one.
    ///
    /// See [`HasOne`] for an example.
    ///
    /// # Panics
    /// If it is not loaded; the message says how to load it. See [`try_get`](HasOne::try_get).
    #[track_caller]
    pub fn get(&self) -> Option<Handle<M>> {
        match self.try_get() {
            Ok(target) => target,
            Err(_) => not_loaded::<M>(),
        }
    }

    /// The target, if there is one.
    ///
    /// # Errors
    /// [`NotLoaded`].
    pub fn try_get(&self) -> Result<Option<Handle<M>>, NotLoaded> {
        match self.link {
            OneLink::NotLoaded => Err(NotLoaded { target: short_name::<M>() }),
            OneLink::None => Ok(None),
            OneLink::Loaded(raw) => Ok(Some(Handle::from_raw(raw))),
        }
    }

    /// Whether somebody has loaded it.
    pub fn is_loaded(&self) -> bool {
        self.link != OneLink::NotLoaded
    }

    #[doc(hidden)]
    pub fn link(&self) -> LinkRef<'_> {
        LinkRef::One(self.link)
    }

    #[doc(hidden)]
    pub fn link_mut(&mut self) -> LinkMut<'_> {
        LinkMut::One(&mut self.link)
    }
}

fn show(f: &mut fmt::Formatter<'_>, name: &str, raw: Raw) -> fmt::Result {
    write!(f, "{name}#{}", raw.slot)
}

impl<M> fmt::Debug for HasMany<M> {
    /// Handles, never the objects: a graph may have circles.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = short_name::<M>();
        match self.link.list() {
            None => write!(f, "HasMany<{name}>(not loaded)"),
            Some(list) => {
                f.write_str("[")?;
                for (i, raw) in list.iter().enumerate() {
                    f.write_str(if i == 0 { "" } else { ", " })?;
                    show(f, name, raw)?;
                }
                f.write_str("]")
            }
        }
    }
}

fn show_one(f: &mut fmt::Formatter<'_>, name: &str, link: OneLink) -> fmt::Result {
    match link {
        OneLink::NotLoaded => f.write_str("(not loaded)"),
        OneLink::None => f.write_str("None"),
        OneLink::Loaded(raw) => show(f, name, raw),
    }
}

impl<T> fmt::Debug for BelongsTo<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        show_one(f, short_name::<T>(), self.link)
    }
}

impl<M> fmt::Debug for HasOne<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        show_one(f, short_name::<M>(), self.link)
    }
}

/// The traits that other derives of a model ask for, whatever the target is. A relation is no part of the value:
/// any two are equal.
macro_rules! windows {
    ($($name:ident),*) => {$(
        impl<M> Default for $name<M> {
            fn default() -> Self {
                $name { link: Default::default(), target: PhantomData }
            }
        }
        impl<M> Clone for $name<M> {
            fn clone(&self) -> Self {
                $name { link: self.link.clone(), target: PhantomData }
            }
        }
        impl<M> PartialEq for $name<M> {
            fn eq(&self, _: &Self) -> bool {
                true
            }
        }
        impl<M> Eq for $name<M> {}
        impl<M> PartialOrd for $name<M> {
            fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
                Some(self.cmp(other))
            }
        }
        impl<M> Ord for $name<M> {
            fn cmp(&self, _: &Self) -> std::cmp::Ordering {
                std::cmp::Ordering::Equal
            }
        }
        impl<M> Hash for $name<M> {
            fn hash<H: Hasher>(&self, _: &mut H) {}
        }
    )*};
}

windows!(HasMany, BelongsTo, HasOne);

/// What kind of relation a field of this type is, for the derive.
#[doc(hidden)]
pub trait RelationField {
    /// The other model.
    type Target: Model;
    /// The kind of relation.
    type Kind;
    /// `BelongsTo<Option<_>>`
    const NULLABLE: bool;
}

impl<M: Model> RelationField for HasMany<M> {
    type Target = M;
    type Kind = super::Many;
    const NULLABLE: bool = true;
}

impl<M: Model> RelationField for HasOne<M> {
    type Target = M;
    type Kind = OneOrNone;
    const NULLABLE: bool = true;
}

impl<T: Target> RelationField for BelongsTo<T> {
    type Target = T::Model;
    type Kind = T::Kind;
    const NULLABLE: bool = T::NULLABLE;
}

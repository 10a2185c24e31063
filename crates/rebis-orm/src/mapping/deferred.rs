//! Columns that queries leave out until somebody asks for them.

use super::{NotLoaded, derived::Stored};
use rebis_core::{Binds, Cell, Result, Value};
use std::fmt;
use std::ops::{Deref, DerefMut};

/// A column that is read only on demand, for what is large and seldom needed: `body: Deferred<String>`.
///
/// Queries leave it out. `.with(Post.body)` brings it with a query, `db.load(post, Post.body)` afterwards. Until then it
/// is not loaded, and [`is_loaded`](Deferred::is_loaded) tells: reading it panics with the call that would load it, and
/// [`try_get`](Deferred::try_get) returns the error. Not loaded never looks like empty.
///
/// It is set like any other column, loaded or not: `db[post].body.set("…")`, and in a new row `.body("…")`.
///
/// ```
/// # fn main() -> rebis::Result<()> {
/// use rebis::blocking::Engine;
/// use rebis::prelude::*;
///
/// #[derive(Model)]
/// #[model(table = "posts")]
/// struct Post {
///     #[column(primary_key)]
///     id: i64,
///     title: String,
///     body: Deferred<String>,
/// }
///
/// let engine = Engine::new("sqlite::memory:")?;
/// metadata![Post].create_all(&engine)?;
/// engine.connect()?.execute(Post.insert().row(Post.new().title("Hello").body("A long text.")))?;
/// let mut db = engine.session();
/// let post = db.one(Post)?; // SELECT posts.id, posts.title FROM posts
/// assert!(!db[post].body.is_loaded());
/// db.load(post, Post.body)?;
/// assert_eq!(*db[post].body, "A long text.");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Deferred<T>(Option<T>);

impl<T> Deferred<T> {
    /// A loaded value.
    pub fn new(value: T) -> Self {
        Deferred(Some(value))
    }

    /// Not loaded: a plain object with it says nothing of the column, as when it is merged.
    pub const fn not_loaded() -> Self {
        Deferred(None)
    }

    /// Whether it is here: loaded or set.
    pub fn is_loaded(&self) -> bool {
        self.0.is_some()
    }

    /// The value.
    ///
    /// # Errors
    /// [`NotLoaded`].
    pub fn try_get(&self) -> Result<&T, NotLoaded> {
        self.0.as_ref().ok_or(NotLoaded::COLUMN)
    }

    /// Sets the value, whether it was loaded or not.
    ///
    /// See [`Deferred`] for an example of reading.
    pub fn set(&mut self, value: impl super::IntoValue<T>) {
        self.0 = Some(value.into_value());
    }

    /// The value, if it is loaded.
    pub fn into_inner(self) -> Option<T> {
        self.0
    }
}

#[cold]
#[track_caller]
fn not_loaded() -> ! {
    panic!("{}; {}", NotLoaded::COLUMN, NotLoaded::COLUMN.help())
}

impl<T> Deref for Deferred<T> {
    type Target = T;
    /// # Panics
    /// If it is not loaded; the message says how to load it.
    #[track_caller]
    fn deref(&self) -> &T {
        match &self.0 {
            Some(value) => value,
            None => not_loaded(),
        }
    }
}

impl<T> DerefMut for Deferred<T> {
    /// # Panics
    /// If it is not loaded; the message says how to load it.
    #[track_caller]
    fn deref_mut(&mut self) -> &mut T {
        match &mut self.0 {
            Some(value) => value,
            None => not_loaded(),
        }
    }
}

impl<T> Default for Deferred<T> {
    /// Not loaded.
    fn default() -> Self {
        Deferred::not_loaded()
    }
}

impl<T> From<T> for Deferred<T> {
    fn from(value: T) -> Self {
        Deferred(Some(value))
    }
}

impl From<&str> for Deferred<String> {
    fn from(value: &str) -> Self {
        Deferred(Some(value.to_owned()))
    }
}

impl<T: fmt::Debug> fmt::Debug for Deferred<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(value) => value.fmt(f),
            None => f.write_str("(not loaded)"),
        }
    }
}

/// What the derive calls for such a column: functions, so that they hide no method of the value.
#[doc(hidden)]
impl<T: Value> Deferred<T> {
    pub fn write(this: &Self, out: &mut Binds) {
        match &this.0 {
            Some(value) => Stored::write(value, out),
            None => out.null(),
        }
    }

    pub fn assign(this: &mut Self, cell: Cell<'_>) -> Result<()> {
        this.0 = Some(T::decode(cell)?);
        Ok(())
    }

    /// Whether it is as it was: what is not loaded says nothing against that.
    pub fn is_as(this: &Self, before: &Self) -> bool {
        match (&this.0, &before.0) {
            (Some(now), Some(before)) => Stored::same(now, before),
            (Some(_), None) => false,
            (None, _) => true,
        }
    }

    /// What was loaded before stays, where a row without the column is read anew.
    pub fn keep(this: &mut Self, before: &mut Self) {
        if this.0.is_none() {
            this.0 = before.0.take();
        }
    }
}

//! Relations as values: `User.posts`.

use super::{Mapping, Model, RelationInfo};
use std::fmt;
use std::marker::PhantomData;

/// Kind of a relation that holds any number of objects.
#[derive(Clone, Copy, Debug)]
pub struct Many;
/// Kind of a relation that holds exactly one object.
#[derive(Clone, Copy, Debug)]
pub struct One;
/// Kind of a relation that holds one object or none.
#[derive(Clone, Copy, Debug)]
pub struct OneOrNone;

/// The kinds of relations.
pub trait Kind: 'static {}
impl Kind for Many {}
impl Kind for One {}
impl Kind for OneOrNone {}

/// A relation of model `O` to model `T`: `User.posts` is a `Relation<User, Post, Many>`.
///
/// It is given to verbs (`db.push(alice, User.posts, ..)`), to loads (`.with(User.posts)`), to joins, and it makes
/// conditions.
///
/// ```
/// # use rebis_orm_doc::*;
/// # fn main() -> rebis::Result<()> {
/// # run(async |db, alice, hello| {
/// let stmt = select(User.username)
///     .join(User.posts)
///     .filter(Post.title.eq("Hello") & !User.posts.any(Post.hits.gt(9)));
/// assert_eq!(db.all(stmt).await?, ["alice"]);
/// # Ok(())
/// # })
/// # }
/// ```
pub struct Relation<O, T, K> {
    index: u16,
    alias: Option<&'static str>,
    #[allow(clippy::type_complexity)]
    types: PhantomData<fn() -> (O, T, K)>,
}

impl<O, T, K> Relation<O, T, K> {
    #[doc(hidden)]
    pub const fn new(index: u16) -> Self {
        Relation { index, alias: None, types: PhantomData }
    }

    #[doc(hidden)]
    pub const fn aliased(index: u16, alias: Option<&'static str>) -> Self {
        Relation { index, alias, types: PhantomData }
    }

    /// Its position among the relations of its model.
    pub fn index(self) -> usize {
        usize::from(self.index)
    }

    /// The alias of the entity it was taken from.
    pub fn alias(self) -> Option<&'static str> {
        self.alias
    }
}

impl<O: Model, T: Model, K> Relation<O, T, K> {
    /// What is known of it.
    pub(crate) fn info(self) -> &'static RelationInfo {
        &Self::owner().relations()[usize::from(self.index)]
    }

    pub(crate) fn owner() -> &'static Mapping {
        O::mapping()
    }
}

impl<O, T, K> Clone for Relation<O, T, K> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<O, T, K> Copy for Relation<O, T, K> {}

impl<O: Model, T: Model, K> fmt::Debug for Relation<O, T, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", O::mapping().name(), self.info().name)
    }
}

/// Nothing implements this: its message is what comparing a collection says.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "a to-many relation is a collection and cannot be compared",
    label = "a collection, not a value",
    note = "ask about what is in it: `.any(condition)`, as in `User.posts.any(Post.title.eq(\"Hello\"))`"
)]
pub trait Comparable {}

/// Without these, `User.posts.eq(3)` would be taken for `Iterator::eq`, and the message would speak of iterators.
macro_rules! no_comparison {
    ($($name:ident),*) => {
        #[doc(hidden)]
        impl<O, T> Relation<O, T, Many> {$(
            pub fn $name<V>(self, _: V) -> rebis_sql::Expr<bool>
            where
                Self: Comparable,
            {
                unreachable!("no relation is comparable")
            }
        )*}
    };
}

no_comparison!(eq, ne, lt, le, gt, ge, in_, like);

/// A to-one relation of `O`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a to-one relation of `{O}`",
    label = "belongs to another model, or holds many",
    note = "`set` takes a handle and a `BelongsTo` or `HasOne` relation of the same model; use `push`, `remove` \
            or `replace` for `HasMany`"
)]
pub trait ToOneOf<O> {
    /// What may be put there: the model, or `Option` of it.
    type Slot;
    /// The other model.
    type Target: Model;
    #[doc(hidden)]
    fn position(self) -> usize;
}

impl<O: Model, T: Model> ToOneOf<O> for Relation<O, T, One> {
    type Slot = T;
    type Target = T;
    fn position(self) -> usize {
        self.index()
    }
}

impl<O: Model, T: Model> ToOneOf<O> for Relation<O, T, OneOrNone> {
    type Slot = Option<T>;
    type Target = T;
    fn position(self) -> usize {
        self.index()
    }
}

/// A to-many relation of `O`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a to-many relation of `{O}`",
    label = "belongs to another model, or holds one",
    note = "`push`, `remove` and `replace` take a handle and a `HasMany` relation of the same model; use `set` \
            for `BelongsTo` and `HasOne`"
)]
pub trait ToManyOf<O> {
    /// The other model.
    type Target: Model;
    #[doc(hidden)]
    fn position(self) -> usize;
}

impl<O: Model, T: Model> ToManyOf<O> for Relation<O, T, Many> {
    type Target = T;
    fn position(self) -> usize {
        self.index()
    }
}

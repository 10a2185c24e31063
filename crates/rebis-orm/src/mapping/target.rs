//! What a relation points at, and what may be put there.

use super::{AnyDraft, Model, NewMember, NewRow, One, OneLink, OneOrNone};
use crate::graph::{Handle, Raw};

/// What stands in `BelongsTo<..>`: a model, or `Option` of one. The derive implements it for models.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the target of a relation",
    label = "not a model",
    note = "`BelongsTo<..>` takes a struct with `#[derive(Model)]`, or `Option` of one where the key may be NULL"
)]
pub trait Target: 'static {
    /// The model.
    type Model: Model;
    /// [`One`] or [`OneOrNone`].
    type Kind;
    /// What `get` returns.
    type Out;
    /// Whether there may be none.
    const NULLABLE: bool;
    #[doc(hidden)]
    fn out(link: OneLink) -> Option<Self::Out>;
}

impl<M: Model + Target<Model = M, Kind = One>> Target for Option<M> {
    type Model = M;
    type Kind = OneOrNone;
    type Out = Option<Handle<M>>;
    const NULLABLE: bool = true;
    fn out(link: OneLink) -> Option<Self::Out> {
        match link {
            OneLink::NotLoaded => None,
            OneLink::None => Some(None),
            OneLink::Loaded(raw) => Some(Some(Handle::from_raw(raw))),
        }
    }
}

/// A handle of `Self` may stand where a handle of `B` is wanted. Every model is one of itself; variants of an
/// inheritance tree are one of their base.
#[diagnostic::on_unimplemented(
    message = "a handle of `{Self}` cannot stand for a `{B}`",
    label = "handle of another model"
)]
pub trait IsA<B: Model>: Model {}

/// What is put into a relation: a handle, a new row, or nothing.
#[derive(Debug)]
#[doc(hidden)]
pub enum TargetValue {
    /// Nothing.
    None,
    /// An object of the session.
    Handle(Raw),
    /// A row that is not in the session yet.
    New(Box<dyn AnyDraft>),
}

/// What can be put into a relation to `T` (`T` is `Option<M>` where the relation may be empty): a handle, a new
/// row, and for `Option<M>` also `None` and `Some(handle)`.
///
/// `Some` of a new row is the one thing that does not convert, so that `None` needs no annotation: a new row that is
/// there goes in as it is, and of one that may be there `row.map(|row| db.add(row))` is an optional handle.
///
/// ```
/// # use rebis_orm_doc::*;
/// # fn main() -> rebis::Result<()> {
/// # run(async |db, alice, hello| {
/// let bob = db.add(User.new().username("bob"));
/// db.set(hello, Post.author, bob); // a handle
/// db.set(hello, Post.author, User.new().username("carol")); // or a new row
/// assert_eq!(db[(hello, Post.author)].username, "carol");
/// # Ok(())
/// # })
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "a relation to `{T}` cannot be set to a `{Self}`",
    label = "neither a handle nor a new row of `{T}`",
    note = "pass a handle (`Handle<..>`) or a new row (`Model.new()…`) of the relation's model; an optional relation \
            (`BelongsTo<Option<..>>`) also takes `None` and `Some(handle)`, and a new row without `Some`"
)]
pub trait IntoTarget<T> {
    #[doc(hidden)]
    fn into_target(self) -> TargetValue;
}

#[diagnostic::do_not_recommend]
impl<B: Model, M: IsA<B>> IntoTarget<B> for Handle<M> {
    fn into_target(self) -> TargetValue {
        TargetValue::Handle(self.raw())
    }
}

#[diagnostic::do_not_recommend]
impl<B: Model, M: IsA<B>> IntoTarget<Option<B>> for Handle<M> {
    fn into_target(self) -> TargetValue {
        TargetValue::Handle(self.raw())
    }
}

#[diagnostic::do_not_recommend]
impl<B: Model, M: IsA<B>> IntoTarget<B> for &Handle<M> {
    fn into_target(self) -> TargetValue {
        TargetValue::Handle(self.raw())
    }
}

#[diagnostic::do_not_recommend]
impl<B: Model, M: IsA<B>> IntoTarget<Option<B>> for &Handle<M> {
    fn into_target(self) -> TargetValue {
        TargetValue::Handle(self.raw())
    }
}

// The one `Option` there is, or `None` would need an annotation.
#[diagnostic::do_not_recommend]
impl<B: Model> IntoTarget<Option<B>> for Option<Handle<B>> {
    fn into_target(self) -> TargetValue {
        self.map_or(TargetValue::None, |h| TargetValue::Handle(h.raw()))
    }
}

// Not hidden from messages: their bound is the message ("`User` needs a value for `email`").
impl<B: Model, N: NewRow<Model = B>> IntoTarget<B> for N {
    fn into_target(self) -> TargetValue {
        TargetValue::New(Box::new(self.into_draft()))
    }
}

impl<B: Model, N: NewMember<Model = B>> IntoTarget<Option<B>> for N {
    fn into_target(self) -> TargetValue {
        TargetValue::New(Box::new(self.into_draft()))
    }
}

/// What can be put into a to-many relation to `T`: a handle, or a new row, which gets its foreign key from there.
///
/// See [`IntoMembers`] for an example.
#[diagnostic::on_unimplemented(
    message = "a relation to `{T}` cannot hold a `{Self}`",
    label = "neither a handle nor a new row of `{T}`",
    note = "pass a handle (`Handle<..>`) or a new row (`Model.new()…`) of the relation's model"
)]
pub trait IntoMember<T> {
    #[doc(hidden)]
    fn into_member(self) -> TargetValue;
}

#[diagnostic::do_not_recommend]
impl<B: Model, M: IsA<B>> IntoMember<B> for Handle<M> {
    fn into_member(self) -> TargetValue {
        TargetValue::Handle(self.raw())
    }
}

#[diagnostic::do_not_recommend]
impl<B: Model, M: IsA<B>> IntoMember<B> for &Handle<M> {
    fn into_member(self) -> TargetValue {
        TargetValue::Handle(self.raw())
    }
}

impl<B: Model, N: NewMember<Model = B>> IntoMember<B> for N {
    fn into_member(self) -> TargetValue {
        TargetValue::New(Box::new(self.into_draft()))
    }
}

/// Several of [`IntoMember`]: what a to-many relation can be set to. Anything that can be iterated.
///
/// ```
/// # use rebis_orm_doc::*;
/// # fn main() -> rebis::Result<()> {
/// # run(async |db, alice, hello| {
/// let rust = db[hello].tags.to_vec();
/// db.push(alice, User.posts, Post.new().title("Third").tags(&rust)); // handles
/// db.push(alice, User.posts, Post.new().title("Fourth").tags([Tag.new().name("sql")])); // or new rows
/// assert_eq!(db[alice].posts.len(), 4);
/// # Ok(())
/// # })
/// # }
/// ```
pub trait IntoMembers<T> {
    #[doc(hidden)]
    fn into_members(self) -> Vec<TargetValue>;
}

impl<T, I: IntoIterator> IntoMembers<T> for I
where
    I::Item: IntoMember<T>,
{
    fn into_members(self) -> Vec<TargetValue> {
        self.into_iter().map(IntoMember::into_member).collect()
    }
}

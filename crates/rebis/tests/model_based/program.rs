//! Random programs: steps that name objects by numbers, which the machine takes modulo what is there.

use super::models::{Coll, Kind, One};
use proptest::prelude::*;
use proptest::sample::select;

/// Chooses among what there is.
pub type Pick = u8;

/// One step of a program.
#[derive(Clone, Debug)]
pub enum Step {
    /// A new row with a name and a code, under a parent.
    Add { kind: Kind, value: u8, parent: Pick },
    /// A new user with new posts and, perhaps, a profile; all in one builder.
    AddUser { value: u8, posts: u8, profile: bool },
    /// A new row with a new parent.
    AddWithParent { kind: Kind, value: u8 },
    /// Puts a rolled-back row back.
    AddAgain { which: Pick, value: u8, parent: Pick },
    /// Sets the name.
    SetName { kind: Kind, which: Pick, value: u8 },
    /// Sets the unique code.
    SetCode { kind: Kind, which: Pick, value: u8 },
    /// Two rows change their codes.
    SwapCodes { kind: Kind, a: Pick, b: Pick },
    /// Sets the primary key of an item.
    SetKey { which: Pick, value: u8 },
    /// Borrows mutably and changes nothing.
    Touch { kind: Kind, which: Pick },
    /// Sets a to-one relation.
    SetOne { one: One, owner: Pick, target: Option<Pick> },
    /// Gives a post another author.
    SetAuthor { post: Pick, user: Pick },
    /// Pushes what is there, or a new row.
    Push { coll: Coll, owner: Pick, target: Option<Pick>, value: u8 },
    /// Removes a member, or another one.
    Remove { coll: Coll, owner: Pick, target: Pick, member: bool },
    /// Replaces the content.
    Replace { coll: Coll, owner: Pick, targets: Vec<Pick>, fresh: bool },
    /// Deletes.
    Delete { kind: Kind, which: Pick },
    /// Flushes.
    Flush,
    /// Commits.
    Commit,
    /// Rolls back.
    Rollback,
    /// Begins a savepoint.
    Savepoint,
    /// Ends the innermost savepoint.
    EndSavepoint { keep: bool },
    /// Loads a to-many relation of one object.
    LoadMany { coll: Coll, owner: Pick },
    /// Loads a to-one relation of one object.
    LoadOne { one: One, owner: Pick },
    /// Loads a to-many relation of all objects.
    LoadAll { coll: Coll },
    /// Queries all objects of a kind, with what hangs on them.
    Query { kind: Kind, eager: u8, populate: bool },
    /// Gets by key.
    Get { kind: Kind, which: Pick },
    /// Refreshes.
    Refresh { kind: Kind, which: Pick },
    /// Flushes, forgets every object, and reads some anew.
    ExpungeAll { reload: u8 },
    /// Merges an item or a user.
    Merge { user: bool, which: Pick, value: u8, posts: Option<u8> },
    /// Sets the name of some rows by criteria.
    UpdateAll { kind: Kind, from: u8, to: u8 },
}

fn kind() -> impl Strategy<Value = Kind> {
    select(&Kind::ALL[..])
}

fn coll() -> impl Strategy<Value = Coll> {
    select(&Coll::ALL[..])
}

fn one() -> impl Strategy<Value = One> {
    select(&One::ALL[..])
}

fn coded() -> impl Strategy<Value = Kind> {
    select(&[Kind::User, Kind::Tag, Kind::Item][..])
}

fn with_parent() -> impl Strategy<Value = Kind> {
    select(&[Kind::Post, Kind::Profile, Kind::Node, Kind::Department, Kind::Employee][..])
}

fn pick() -> impl Strategy<Value = Pick> {
    0..8u8
}

fn value() -> impl Strategy<Value = u8> {
    0..8u8
}

/// One step.
pub fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => (kind(), value(), pick()).prop_map(|(kind, value, parent)| Step::Add { kind, value, parent }),
        2 => (value(), 0..3u8, any::<bool>())
            .prop_map(|(value, posts, profile)| Step::AddUser { value, posts, profile }),
        2 => (with_parent(), value()).prop_map(|(kind, value)| Step::AddWithParent { kind, value }),
        1 => (pick(), value(), pick()).prop_map(|(which, value, parent)| Step::AddAgain { which, value, parent }),
        10 => changes(),
        14 => relations(),
        4 => (kind(), pick()).prop_map(|(kind, which)| Step::Delete { kind, which }),
        9 => scopes(),
        12 => reads(),
    ]
}

fn changes() -> BoxedStrategy<Step> {
    let steps = prop_oneof![
        2 => (kind(), pick(), value()).prop_map(|(kind, which, value)| Step::SetName { kind, which, value }),
        2 => (coded(), pick(), value()).prop_map(|(kind, which, value)| Step::SetCode { kind, which, value }),
        2 => (coded(), pick(), pick()).prop_map(|(kind, a, b)| Step::SwapCodes { kind, a, b }),
        1 => (pick(), value()).prop_map(|(which, value)| Step::SetKey { which, value }),
        1 => (kind(), pick()).prop_map(|(kind, which)| Step::Touch { kind, which }),
        1 => (kind(), value(), value()).prop_map(|(kind, from, to)| Step::UpdateAll { kind, from, to }),
        1 => (any::<bool>(), pick(), value(), proptest::option::of(0..3u8))
            .prop_map(|(user, which, value, posts)| Step::Merge { user, which, value, posts }),
    ];
    steps.boxed()
}

fn relations() -> BoxedStrategy<Step> {
    let some_pick = || proptest::option::weighted(0.7, pick());
    let steps = prop_oneof![
        4 => (one(), pick(), some_pick()).prop_map(|(one, owner, target)| Step::SetOne { one, owner, target }),
        1 => (pick(), pick()).prop_map(|(post, user)| Step::SetAuthor { post, user }),
        4 => (coll(), pick(), some_pick(), value())
            .prop_map(|(coll, owner, target, value)| Step::Push { coll, owner, target, value }),
        3 => (coll(), pick(), pick(), proptest::bool::weighted(0.8))
            .prop_map(|(coll, owner, target, member)| Step::Remove { coll, owner, target, member }),
        2 => (coll(), pick(), proptest::collection::vec(pick(), 0..3), any::<bool>())
            .prop_map(|(coll, owner, targets, fresh)| Step::Replace { coll, owner, targets, fresh }),
    ];
    steps.boxed()
}

fn scopes() -> BoxedStrategy<Step> {
    let steps = prop_oneof![
        3 => Just(Step::Flush),
        2 => Just(Step::Commit),
        2 => Just(Step::Rollback),
        2 => Just(Step::Savepoint),
        3 => any::<bool>().prop_map(|keep| Step::EndSavepoint { keep }),
    ];
    steps.boxed()
}

fn reads() -> BoxedStrategy<Step> {
    let steps = prop_oneof![
        2 => (coll(), pick()).prop_map(|(coll, owner)| Step::LoadMany { coll, owner }),
        2 => (one(), pick()).prop_map(|(one, owner)| Step::LoadOne { one, owner }),
        1 => coll().prop_map(|coll| Step::LoadAll { coll }),
        4 => (kind(), 0..4u8, proptest::bool::weighted(0.1))
            .prop_map(|(kind, eager, populate)| Step::Query { kind, eager, populate }),
        1 => (kind(), pick()).prop_map(|(kind, which)| Step::Get { kind, which }),
        1 => (kind(), pick()).prop_map(|(kind, which)| Step::Refresh { kind, which }),
        1 => (0..=255u8).prop_map(|reload| Step::ExpungeAll { reload }),
    ];
    steps.boxed()
}

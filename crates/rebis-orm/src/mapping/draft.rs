//! New rows before they are in a session.

use super::{ColumnSet, IntoMembers, IntoTarget, Mapping, Model, TargetValue};
use crate::graph::{Graph, Handle, Raw};
use rebis_core::{Binds, Datum};
use rebis_sql::IntoRow;
use std::fmt;

/// A new row that can go into a relation: every required column is set, but for foreign keys, which the other side
/// may give. `Post.new().title("Second")` can be pushed into `User.posts`, which makes the user its author.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is neither a handle nor a new row",
    label = "neither a handle nor a new row",
    note = "pass a handle (`Handle<..>`) or a new row (`Model.new()…`)"
)]
pub trait NewMember: Sized {
    /// The model.
    type Model: Model;

    /// The row with its relations.
    #[doc(hidden)]
    fn into_draft(self) -> Draft<Self::Model>;
}

/// A new row of which every required column is set: what `User.new().username("alice")…` becomes.
///
/// Implemented by the builders that `#[derive(Model)]` writes, once each required column (not null, no default,
/// not generated) has been set; before that the compiler says which column is missing.
///
/// ```
/// # use rebis_orm_doc::*;
/// # fn main() -> rebis::Result<()> {
/// # run(async |db, alice, hello| {
/// fn add_user<N: NewRow<Model = User>>(graph: &mut Graph, row: N) -> Handle<User> {
///     let user = graph.add(row);
///     graph[user].username.make_ascii_lowercase();
///     user
/// }
/// let bob = add_user(db, User.new().username("BOB"));
/// assert_eq!(db[bob].username, "bob");
/// # Ok(())
/// # })
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a new row",
    label = "not a new row",
    note = "a new row is made with `Model.new()…`"
)]
pub trait NewRow: NewMember + IntoRow<<Self as NewMember>::Model> {}

/// A whole object as a new row: every column is set, but for those that the database fills and that hold the
/// stand-in. For the derive.
#[doc(hidden)]
pub fn draft_of<M: Model>(object: M) -> Draft<M> {
    let columns = M::mapping().columns().iter().enumerate();
    let said = |c: &usize, server_default: bool| object.has(*c) && !(server_default && object.is_pending(*c));
    let set = columns.filter(|(c, info)| said(c, info.server_default)).map(|(c, _)| c).collect();
    Draft { object, set, defaulted: ColumnSet::new(), links: Links::new() }
}

/// Marks a required column that has been set.
#[derive(Debug)]
pub struct Set;
/// Marks a required column that has not been set.
#[derive(Debug)]
pub struct Unset;

/// A new row: the object, which of its columns were set, and what its relations shall hold.
#[doc(hidden)]
#[derive(Debug)]
pub struct Draft<M> {
    /// The object.
    pub object: M,
    /// Columns with a value of the program's (or a default in Rust).
    pub set: ColumnSet,
    /// Those of them that hold a default in Rust, because the program said nothing.
    pub defaulted: ColumnSet,
    /// What the relations shall hold.
    pub links: Links,
}

/// What relations of a new row shall hold: position of the relation, and targets. Allocates only when used.
#[doc(hidden)]
#[derive(Debug, Default)]
pub struct Links(pub Vec<(u16, Vec<TargetValue>)>);

impl Links {
    /// No relation is set.
    pub const fn new() -> Self {
        Links(Vec::new())
    }

    /// Sets a to-one relation.
    pub fn one<T>(&mut self, relation: u16, target: impl IntoTarget<T>) {
        self.0.push((relation, vec![target.into_target()]));
    }

    /// Sets a to-many relation.
    pub fn many<T>(&mut self, relation: u16, targets: impl IntoMembers<T>) {
        self.0.push((relation, targets.into_members()));
    }
}

/// A draft without its type.
#[doc(hidden)]
pub trait AnyDraft: Send + Sync {
    /// The model.
    fn mapping(&self) -> &'static Mapping;
    /// The key, where every column of it is set.
    fn key(&self) -> Option<Vec<Datum>>;
    /// What its relations shall hold.
    fn links(&self) -> &Links;
    /// Puts it and all that hangs on it into the graph, as new.
    fn add(self: Box<Self>, graph: &mut Graph) -> Raw;
    /// Puts it into the graph as new; what its relations shall hold is left to the caller.
    fn place(self: Box<Self>, graph: &mut Graph) -> (Raw, Links);
    /// Copies the set columns onto an object of the graph; relations are left to the caller.
    fn merge(self: Box<Self>, graph: &mut Graph, into: Raw) -> Links;
}

impl fmt::Debug for dyn AnyDraft {
    /// The model's name only: values are never shown unasked.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a new `{}`", self.mapping().name())
    }
}

impl<M: Model> AnyDraft for Draft<M> {
    fn mapping(&self) -> &'static Mapping {
        M::mapping()
    }

    fn key(&self) -> Option<Vec<Datum>> {
        let key = M::mapping().key();
        key.iter().all(|&c| self.set.contains(c)).then(|| {
            let mut binds = Binds::new();
            key.iter().for_each(|&c| self.object.encode(c, &mut binds));
            binds.iter().map(Datum::from).collect()
        })
    }

    fn links(&self) -> &Links {
        &self.links
    }

    fn add(self: Box<Self>, graph: &mut Graph) -> Raw {
        graph.add_draft(*self).raw()
    }

    fn place(self: Box<Self>, graph: &mut Graph) -> (Raw, Links) {
        let Draft { object, set, defaulted, links } = *self;
        (graph.add_draft(Draft { object, set, defaulted, links: Links::new() }).raw(), links)
    }

    fn merge(self: Box<Self>, graph: &mut Graph, into: Raw) -> Links {
        let Draft { object, set, defaulted, links } = *self;
        let mut binds = Binds::new();
        // A default stands in for what a new row does not say; it is nothing to bring an object to.
        for column in set.iter().filter(|column| !defaulted.contains(*column)) {
            let current = &graph[Handle::<M>::from_raw(into)];
            if current.has(column) && current.same(&object, column) {
                continue;
            }
            binds.clear();
            object.encode(column, &mut binds);
            if let Some(cell) = binds.get(0) {
                // The value came out of a field of this very type, so it goes in again.
                let _ = graph[Handle::<M>::from_raw(into)].assign(column, cell);
            }
        }
        links
    }
}

//! An object for people: what `{:?}` of the struct cannot know.

use super::{AsHandle, Graph, Object, State};
use crate::mapping::{LinkRef, OneLink};
use rebis_core::{Binds, Cell};
use std::fmt;

/// See [`Graph::show`].
pub struct Show<'g> {
    graph: &'g Graph,
    object: Object,
}

impl Graph {
    /// An object for logs and debuggers: its columns, `<pending>` for what the database has yet to give, its loaded
    /// relations as handles, and its state. Works whether or not the struct derives `Debug`, which shows the stand-in
    /// (0, `""`) of a pending column.
    ///
    /// ```
    /// # use rebis_orm_doc::*;
    /// # fn main() -> rebis::Result<()> {
    /// # run(async |db, alice, hello| {
    /// let bob = db.add(User.new().username("bob"));
    /// let shown = format!("{:?}", db.show(bob));
    /// assert_eq!(shown, "User#1 (Pending) { id: <pending>, username: \"bob\", active: true, posts: [] }");
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    ///
    /// # Panics
    /// If the handle belongs to another session, or its object was taken out.
    #[track_caller]
    pub fn show(&self, handle: impl AsHandle) -> Show<'_> {
        Show { graph: self, object: self.checked_ref(handle) }
    }
}

/// What has no value yet.
struct Pending;

impl fmt::Debug for Pending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<pending>")
    }
}

impl fmt::Debug for Show<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Show { graph, object } = self;
        let (Some(store), Some(state)) = (graph.store(object.model), graph.state_of(*object)) else {
            return Ok(());
        };
        let (mapping, slot) = (store.mapping(), object.raw.slot);
        let name = format!("{}#{slot} ({state:?})", mapping.name());
        let mut fields = f.debug_struct(&name);
        for (column, info) in mapping.columns().iter().enumerate() {
            let set = store.shape_of(slot).is_some_and(|set| set.contains(column));
            if state == State::Pending && !set && store.is_pending(slot, column) {
                fields.field(info.field, &Pending);
                continue;
            }
            if !store.has(slot, column) {
                fields.field(info.field, &Bare("(not loaded)".into()));
                continue;
            }
            let mut binds = Binds::new();
            store.encode(slot, column, &mut binds);
            fields.field(info.field, &binds.get(0).unwrap_or(Cell::Null));
        }
        for info in mapping.relations() {
            let other = info.target.name();
            let named = |slot: u32| format!("{other}#{slot}");
            match store.link(slot, info.index) {
                Some(LinkRef::One(OneLink::Loaded(raw))) => fields.field(info.name, &Bare(named(raw.slot))),
                Some(LinkRef::One(OneLink::None)) => fields.field(info.name, &Bare("None".into())),
                Some(LinkRef::Many(link)) if link.is_loaded() => {
                    let all = link
                        .list()
                        .map(|list| list.iter().map(|raw| Bare(named(raw.slot))).collect::<Vec<_>>());
                    fields.field(info.name, &all.unwrap_or_default())
                }
                Some(LinkRef::One(OneLink::NotLoaded) | LinkRef::Many(_)) | None => {
                    fields.field(info.name, &Bare("(not loaded)".into()))
                }
            };
        }
        fields.finish()
    }
}

/// Text without quotes.
struct Bare(String);

impl fmt::Debug for Bare {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

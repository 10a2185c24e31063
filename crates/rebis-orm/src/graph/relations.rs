//! Changing relations: both sides at once, whatever is loaded.
//!
//! What a relation shall be stands in three places until the flush: `links` (the parent that a child shall get),
//! `pairs` (rows of association tables, see `associations`), and the relation fields of objects, which are windows for
//! the program to read. Foreign-key columns are written at the flush, when the parent's key is known (rule 23).

use super::{AsHandle, Graph, Handle, HandleOf, Object, Raw, State};
use crate::mapping::{
    Edge, IntoMember, IntoMembers, IntoTarget, LinkInfo, LinkMut, LinkRef, OneLink, RelationInfo, ToManyOf,
    ToOneOf,
};
use rebis_core::Binds;
use std::sync::Arc;

/// A foreign key of one object: which parent it shall get.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct LinkKey {
    /// The child.
    pub child: Object,
    /// The position of the foreign key.
    pub edge: u16,
}

impl Graph {
    /// Sets a to-one relation, to a handle, a new row, or `None` where it may be empty. The other side follows at
    /// once: a child leaves the old parent's collection and joins the new one's.
    ///
    /// ```
    /// # use rebis_orm_doc::*;
    /// # fn main() -> rebis::Result<()> {
    /// # run(async |db, alice, hello| {
    /// # let bob = db.add(User.new().username("bob"));
    /// db.set(hello, Post.author, bob);
    /// assert_eq!(db[hello].author.get(), bob);
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    ///
    /// # Panics
    /// If a handle belongs to another session, or its object was taken out.
    #[track_caller]
    pub fn set<H: AsHandle, R: ToOneOf<H::Model>>(
        &mut self,
        owner: H,
        relation: R,
        target: impl IntoTarget<R::Slot>,
    ) {
        let owner = self.checked(owner);
        let info = &self.relations_of(owner)[relation.position()];
        let target = self.settle(target.into_target());
        if let Some(raw) = target {
            self.checked(Handle::<R::Target>::from_raw(raw));
        }
        self.set_raw(owner, info, target);
    }

    /// Adds to a to-many relation: a handle or a new row. The other side follows at once. What is there already stays
    /// there once: of pairs of a many-to-many relation that nobody has loaded, the flush asks the database which it
    /// has, with one query for an association table. (Not if one of the two is new.)
    ///
    /// ```
    /// # use rebis_orm_doc::*;
    /// # fn main() -> rebis::Result<()> {
    /// # run(async |db, alice, hello| {
    /// let second = db.push(alice, User.posts, Post.new().title("Second"));
    /// assert_eq!(db[second].author.get(), alice);
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    ///
    /// # Panics
    /// If a handle belongs to another session, or its object was taken out.
    #[track_caller]
    pub fn push<H: AsHandle, R: ToManyOf<H::Model>>(
        &mut self,
        owner: H,
        relation: R,
        target: impl IntoMember<R::Target>,
    ) -> Handle<R::Target> {
        let owner = self.checked(owner);
        let info = &self.relations_of(owner)[relation.position()];
        let target = self.handle_of(target);
        self.checked(target);
        self.push_raw(owner, info, target.raw());
        target
    }

    /// Takes an object out of a to-many relation. What becomes of it is the relation's cascade: with
    /// `delete-orphan` it is deleted, else its key becomes NULL (or the association row goes).
    ///
    /// ```
    /// # use rebis_orm_doc::*;
    /// # fn main() -> rebis::Result<()> {
    /// # run(async |db, alice, hello| {
    /// let rust = db[hello].tags.to_vec()[0];
    /// db.remove(hello, Post.tags, rust); // the flush deletes the row of `post_tags`
    /// assert!(db[hello].tags.is_empty());
    /// db.remove(alice, User.posts, hello); // `delete-orphan`: the flush deletes the post
    /// assert_eq!(db[alice].posts.len(), 1);
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    ///
    /// # Panics
    /// If a handle belongs to another session, or its object was taken out.
    #[track_caller]
    pub fn remove<H: AsHandle, R: ToManyOf<H::Model>>(
        &mut self,
        owner: H,
        relation: R,
        target: impl HandleOf<R::Target>,
    ) {
        let owner = self.checked(owner);
        let info = &self.relations_of(owner)[relation.position()];
        let target = target.handle_of();
        self.checked(target);
        self.remove_raw(owner, info, target.raw());
    }

    /// Makes a to-many relation hold exactly these. Only the difference is written (rule 48). A relation that is not
    /// loaded is loaded by the flush, to know what goes.
    ///
    /// ```
    /// # use rebis_orm_doc::*;
    /// # fn main() -> rebis::Result<()> {
    /// # run(async |db, alice, hello| {
    /// let rust = db[hello].tags.to_vec()[0];
    /// let sql = db.add(Tag.new().name("sql"));
    /// let log = db.engine().record();
    /// db.replace(hello, Post.tags, [rust, sql]); // rust stays, sql is new
    /// db.flush().await?;
    /// assert!(log.take_sql().iter().all(|text| !text.starts_with("DELETE")));
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    ///
    /// # Panics
    /// If a handle belongs to another session, or its object was taken out.
    #[track_caller]
    pub fn replace<H: AsHandle, R: ToManyOf<H::Model>>(
        &mut self,
        owner: H,
        relation: R,
        targets: impl IntoMembers<R::Target>,
    ) {
        let owner = self.checked(owner);
        let info = &self.relations_of(owner)[relation.position()];
        let targets: Vec<Raw> = targets.into_members().into_iter().filter_map(|t| self.settle(t)).collect();
        for &raw in &targets {
            self.checked(Handle::<R::Target>::from_raw(raw));
        }
        self.replace_raw(owner, info, targets);
    }

    pub(crate) fn set_raw(&mut self, owner: Object, info: &'static RelationInfo, target: Option<Raw>) {
        if info.view_only {
            return self.change_one(owner, info.index, OneLink::of(target));
        }
        self.bring_along(owner, info, target);
        match &info.link {
            LinkInfo::Here(edge) => self.relink(edge, owner, target),
            LinkInfo::There(edge) => {
                let child_model = edge.child.index() as u32;
                match self.one_of(owner, info.index) {
                    Some(OneLink::Loaded(old)) if Some(old) != target => {
                        self.displace(edge, owner, info.index, old);
                    }
                    Some(OneLink::NotLoaded) => self.mark_replaced(owner, info.index),
                    Some(OneLink::Loaded(_) | OneLink::None) | None => {}
                }
                if let Some(raw) = target {
                    self.relink(edge, Object { model: child_model, raw }, Some(owner.raw));
                }
                // The child may have been this owner's all along, and only the window have said otherwise.
                self.change_one(owner, info.index, OneLink::of(target));
            }
            LinkInfo::Through(_) => {}
        }
    }

    pub(crate) fn push_raw(&mut self, owner: Object, info: &'static RelationInfo, target: Raw) {
        if info.view_only {
            return self.change_many(owner, info.index, |list| {
                list.push(target);
            });
        }
        self.bring_along(owner, info, Some(target));
        match &info.link {
            LinkInfo::There(edge) => {
                let child = Object { model: edge.child.index() as u32, raw: target };
                self.relink(edge, child, Some(owner.raw));
                // It may have been this owner's all along, and the list an old one.
                if self.list_of(owner, info.index).is_some_and(|list| !list.contains(target)) {
                    self.change_many(owner, info.index, |list| {
                        list.push(target);
                    });
                }
            }
            LinkInfo::Through(through) => self.associate(owner, info, through, target),
            LinkInfo::Here(_) => {}
        }
    }

    pub(crate) fn remove_raw(&mut self, owner: Object, info: &'static RelationInfo, target: Raw) {
        if info.view_only {
            return self.change_many(owner, info.index, |list| {
                list.remove(target);
            });
        }
        match &info.link {
            LinkInfo::There(edge) => {
                let child = Object { model: edge.child.index() as u32, raw: target };
                // Only if it is this owner's: it may have been given to another one since, or belong to one that the
                // session has never had.
                match self.parent_of(edge, child) {
                    Some(parent) if parent == owner.raw => self.relink(edge, child, None),
                    None if edge.parent_columns != edge.parent.key() => self.relink(edge, child, None),
                    Some(_) | None => {}
                }
                if self.list_of(owner, info.index).is_some_and(|list| list.contains(target)) {
                    self.change_many(owner, info.index, |list| {
                        list.remove(target);
                    });
                }
            }
            LinkInfo::Through(through) => self.dissociate(owner, info, through, target),
            LinkInfo::Here(_) => {}
        }
    }

    /// What is put into a relation of an object of the session comes into the session; the other way round it does
    /// not (rule 40).
    fn bring_along(&mut self, owner: Object, info: &RelationInfo, target: Option<Raw>) {
        if self.state_of(owner) == Some(State::Deleting) {
            // An orphan that finds a parent stays.
            self.attach(owner);
        }
        if let (Some(raw), true) = (target, self.state_of(owner).is_some_and(State::is_attached)) {
            self.attach(Object { model: info.target.index() as u32, raw });
        }
    }

    /// Gives a child another parent, or none, and brings every window on this key up to date.
    pub(crate) fn relink(&mut self, edge: &Edge, child: Object, parent: Option<Raw>) {
        // What has one foreign key connects nothing.
        if edge.child.foreign_keys().len() < 2 {
            return self.relink_key(edge, child, parent);
        }
        let left = self.pairs_of(child, Some(edge));
        self.relink_key(edge, child, parent);
        self.pairs_moved(child, edge, left);
    }

    /// The same without the pairs that the child connects, if it is an association object.
    pub(super) fn relink_key(&mut self, edge: &Edge, child: Object, parent: Option<Raw>) {
        let key = LinkKey { child, edge: edge.index as u16 };
        let before = self.parent_of(edge, child);
        let known = self.links.get(&key).is_some() || self.window_is_loaded(edge, child);
        // What a new child has is not in the database, so it is no reason to write nothing.
        let stored = before.is_some() && self.state_of(child) == Some(State::Persistent);
        let said = before == parent && known && (stored || self.links.contains_key(&key));
        if said && parent.is_none_or(|raw| self.shows(edge, raw, child.raw)) {
            return;
        }
        self.links.insert(key, parent);
        match parent {
            Some(_) => {
                self.orphans.remove(&key);
            }
            None if before.is_some() => {
                self.orphans.insert(key);
            }
            None => {}
        }
        for info in edge.child.relations() {
            if matches!(&info.link, LinkInfo::Here(e) if e == edge) {
                self.change_one(child, info.index, OneLink::of(parent));
            }
        }
        let parent_model = edge.parent.index() as u32;
        if let Some(old) = before.filter(|old| Some(*old) != parent) {
            self.leave_parent(edge, Object { model: parent_model, raw: old }, child.raw);
        }
        if let Some(new) = parent {
            self.join_parent(edge, Object { model: parent_model, raw: new }, child.raw);
        }
    }

    /// Whether no relation of a parent says otherwise: it may have been replaced since it was loaded.
    fn shows(&self, edge: &Edge, parent: Raw, child: Raw) -> bool {
        let parent = Object { model: edge.parent.index() as u32, raw: parent };
        let mut relations = edge.parent.relations().iter();
        relations.all(|info| match (&info.link, self.link(parent, info.index)) {
            (LinkInfo::There(e), Some(LinkRef::One(link))) if e == edge => {
                link == OneLink::NotLoaded || link == OneLink::Loaded(child)
            }
            (LinkInfo::There(e), Some(LinkRef::Many(link))) if e == edge => {
                link.list().is_none_or(|list| list.is_partial() || list.contains(child))
            }
            _ => true,
        })
    }

    pub(crate) fn leave_parent(&mut self, edge: &Edge, parent: Object, child: Raw) {
        for info in edge.parent.relations() {
            if !matches!(&info.link, LinkInfo::There(e) if e == edge) {
                continue;
            }
            match self.link(parent, info.index) {
                Some(LinkRef::One(OneLink::Loaded(raw))) if raw == child => {
                    self.change_one(parent, info.index, OneLink::None);
                }
                Some(LinkRef::Many(_)) => self.change_many(parent, info.index, |list| {
                    list.remove(child);
                }),
                Some(LinkRef::One(_)) | None => {}
            }
        }
    }

    pub(crate) fn join_parent(&mut self, edge: &Edge, parent: Object, child: Raw) {
        for info in edge.parent.relations() {
            if info.view_only || !matches!(&info.link, LinkInfo::There(e) if e == edge) {
                continue;
            }
            match self.link(parent, info.index) {
                Some(LinkRef::One(link)) => {
                    // One to one: who was there before goes (rule 51).
                    match link {
                        OneLink::Loaded(old) if old != child => self.displace(edge, parent, info.index, old),
                        OneLink::NotLoaded => self.mark_replaced(parent, info.index),
                        OneLink::Loaded(_) | OneLink::None => {}
                    }
                    self.change_one(parent, info.index, OneLink::Loaded(child));
                }
                Some(LinkRef::Many(_)) => self.change_many(parent, info.index, |list| {
                    list.push(child);
                }),
                None => {}
            }
        }
    }

    /// Sets free who was alone in a one-to-one relation. For the row of an expunged object the session may have another
    /// one, which the flush finds.
    fn displace(&mut self, edge: &Edge, parent: Object, relation: usize, old: Raw) {
        let old = Object { model: edge.child.index() as u32, raw: old };
        match self.state_of(old) {
            Some(State::Detached) => self.mark_replaced(parent, relation),
            _ => self.relink(edge, old, None),
        }
    }

    /// The parent that a child has or shall get, as far as the session knows.
    pub(crate) fn parent_of(&self, edge: &Edge, child: Object) -> Option<Raw> {
        if let Some(target) = self.links.get(&LinkKey { child, edge: edge.index as u16 }) {
            return *target;
        }
        // A key that was set as a plain column says more than the window, which follows at the flush.
        let store = self.store(child.model)?;
        if edge.child_columns.iter().any(|&column| store.differs(child.raw.slot, column)) {
            return self.parent_by_key(edge, child);
        }
        for info in edge.child.relations() {
            if let (LinkInfo::Here(e), Some(LinkRef::One(OneLink::Loaded(raw)))) =
                (&info.link, self.link(child, info.index))
                && e == edge
            {
                // For the row of an expunged parent the session may have another object.
                let parent = Object { model: edge.parent.index() as u32, raw };
                let is_expunged = self.state_of(parent) == Some(State::Detached);
                return if is_expunged { self.parent_by_key(edge, child).or(Some(raw)) } else { Some(raw) };
            }
        }
        if matches!(self.state_of(child), Some(State::Pending | State::Transient)) {
            return None;
        }
        self.parent_by_key(edge, child)
    }

    /// Whether the object on the other side of a relation shall get its parent by the next flush.
    pub(crate) fn is_linked(&self, info: &RelationInfo, target: Raw) -> bool {
        match &info.link {
            LinkInfo::There(edge) => {
                let child = Object { model: edge.child.index() as u32, raw: target };
                self.links.contains_key(&LinkKey { child, edge: edge.index as u16 })
            }
            LinkInfo::Here(_) | LinkInfo::Through(_) => false,
        }
    }

    /// The parent in the identity map that the child's key columns name.
    pub(crate) fn parent_by_key(&self, edge: &Edge, child: Object) -> Option<Raw> {
        if edge.parent_columns != edge.parent.key() {
            return None;
        }
        let mut binds = Binds::new();
        self.encode(child, &edge.child_columns, &mut binds);
        let cells: Vec<_> = binds.iter().collect();
        if cells.iter().any(|c| c.is_null()) {
            return None;
        }
        let store = self.store(edge.parent.index() as u32)?;
        let slot = store.find(&cells).ok().flatten()?;
        Some(Raw { slot, stamp: store.head(slot)?.stamp })
    }

    fn window_is_loaded(&self, edge: &Edge, child: Object) -> bool {
        edge.child.relations().iter().any(|info| {
            matches!(&info.link, LinkInfo::Here(e) if e == edge)
                && matches!(
                    self.link(child, info.index),
                    Some(LinkRef::One(OneLink::Loaded(_) | OneLink::None))
                )
        })
    }

    /// Sets a to-one window; a rollback sets it back.
    pub(crate) fn change_one(&mut self, object: Object, relation: usize, to: OneLink) {
        if self.one_of(object, relation) == Some(to) {
            return;
        }
        self.save_link(object, relation);
        if let Some(LinkMut::One(link)) = self.link_mut(object, relation) {
            *link = to;
        }
    }

    /// Changes a loaded list; a list that is not loaded stays so.
    pub(crate) fn change_many(
        &mut self,
        object: Object,
        relation: usize,
        change: impl FnOnce(&mut super::List),
    ) {
        if let Some(list) = self.list_to_change(object, relation) {
            change(list);
        }
    }

    /// A loaded list, saved for a rollback.
    fn list_to_change(&mut self, object: Object, relation: usize) -> Option<&mut super::List> {
        if !matches!(self.link(object, relation), Some(LinkRef::Many(link)) if link.is_loaded()) {
            return None;
        }
        self.save_link(object, relation);
        match self.link_mut(object, relation) {
            Some(LinkMut::Many(link)) => link.0.as_mut().map(Arc::make_mut),
            Some(LinkMut::One(_)) | None => None,
        }
    }

    pub(super) fn one_of(&self, object: Object, relation: usize) -> Option<OneLink> {
        match self.link(object, relation) {
            Some(LinkRef::One(link)) => Some(link),
            Some(LinkRef::Many(_)) | None => None,
        }
    }

    /// A loaded list, shared.
    pub(crate) fn list_of(&self, object: Object, relation: usize) -> Option<Arc<super::List>> {
        match self.link(object, relation) {
            Some(LinkRef::Many(link)) => link.list().filter(|list| !list.is_partial()).cloned(),
            Some(LinkRef::One(_)) | None => None,
        }
    }

    /// Takes an object out of every loaded relation that leads to it.
    pub(crate) fn leave_windows(&mut self, object: Object) {
        let Some(mapping) = self.store(object.model).map(|s| s.mapping()) else { return };
        for edge in mapping.foreign_keys() {
            if let Some(parent) = self.parent_of(edge, object) {
                self.leave_parent(
                    edge,
                    Object { model: edge.parent.index() as u32, raw: parent },
                    object.raw,
                );
            }
        }
        self.leave_pairs(object);
        for info in mapping.relations() {
            let LinkInfo::Through(_) = &info.link else { continue };
            let (Some(inverse), Some(list)) = (info.inverse, self.list_of(object, info.index)) else {
                continue;
            };
            let model = info.target.index() as u32;
            for raw in list.iter() {
                self.change_many(Object { model, raw }, inverse, |list| {
                    list.remove(object.raw);
                });
            }
        }
    }
}

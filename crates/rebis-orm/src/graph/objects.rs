//! Adding, deleting, taking out and asking about objects.

use super::store::{Head, UNSAVED};
use super::{AsHandle, Graph, Handle, LinkKey, Object, Raw, State, Undo};
use crate::mapping::{
    Draft, Edge, IntoMember, LinkMut, ManyLink, Mapping, Model, NewRow, One, OneLink, Record, Relation,
    TargetValue,
};
use crate::mapping::{LinkInfo, LinkRef, RelationInfo};
use rebis_core::{Binds, Cell, Error, ErrorKind, Result};
use rebis_sql::Column;
use rebis_sql::build::IntoExpr;

/// What a session knows of a key.
pub(crate) struct Known<M> {
    pub(crate) handle: Handle<M>,
    pub(crate) state: State,
    pub(crate) stale: bool,
}

impl Graph {
    /// Puts a new row, with all the new rows that hang on it, into the session. It is inserted by the next flush.
    ///
    /// ```
    /// # use rebis_orm_doc::*;
    /// # fn main() -> rebis::Result<()> {
    /// # run(async |db, alice, hello| {
    /// let bob = db.add(User.new().username("bob"));
    /// assert_eq!(db.key(bob), None);
    /// db.flush().await?; // INSERT INTO users (username, active) VALUES (?, ?)
    /// assert_eq!(db.key(bob), Some(2));
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    pub fn add<N: NewRow>(&mut self, row: N) -> Handle<N::Model> {
        self.add_draft(row.into_draft())
    }

    /// [`add`](Graph::add) for each row.
    ///
    /// ```
    /// # use rebis_orm_doc::*;
    /// # fn main() -> rebis::Result<()> {
    /// # run(async |db, alice, hello| {
    /// let tags = db.add_all(["async", "sql"].map(|name| Tag.new().name(name)));
    /// db.flush().await?; // one INSERT with two rows
    /// assert_eq!(db[tags[1]].name, "sql");
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    pub fn add_all<N: NewRow>(&mut self, rows: impl IntoIterator<Item = N>) -> Vec<Handle<N::Model>> {
        let rows = rows.into_iter();
        self.added.reserve(rows.size_hint().0);
        rows.map(|row| self.add(row)).collect()
    }

    pub(crate) fn add_draft<M: Model>(&mut self, draft: Draft<M>) -> Handle<M> {
        let Draft { mut object, set, defaulted: _, links } = draft;
        // A new object is known to have no children yet, and no one on the other side of its `HasOne` relations.
        for info in M::mapping().relations() {
            match (object.link_mut(info.index), &info.link) {
                (LinkMut::Many(link), _) => *link = self.empty_list(),
                (LinkMut::One(link), LinkInfo::There(_)) => *link = OneLink::None,
                (LinkMut::One(_), LinkInfo::Here(_) | LinkInfo::Through(_)) => {}
            }
        }
        let (stamp, fresh) = (self.stamp(), self.now);
        let store = self.typed_mut::<M>();
        let shape = store.shape(set);
        let head = Head { stamp, saved: UNSAVED, saved_at: 0, fresh, batch: 0, shape, state: State::Pending };
        let raw = store.place(object, head);
        let object = self.object::<M>(raw);
        self.note_added(object);
        self.tell_state(object, None, State::Pending);
        for (relation, targets) in links.0 {
            self.fill(object, usize::from(relation), targets);
        }
        Handle::from_raw(raw)
    }

    /// Puts targets into a relation of a new object.
    fn fill(&mut self, object: Object, relation: usize, targets: Vec<TargetValue>) {
        let info = &self.relations_of(object)[relation];
        for target in targets {
            let target = self.settle(target);
            match (info.kind, target) {
                (crate::mapping::RelationKind::HasMany, Some(target)) => self.push_raw(object, info, target),
                (crate::mapping::RelationKind::HasMany, None) => {}
                (_, target) => self.set_raw(object, info, target),
            }
        }
    }

    /// The object behind what was given for a relation; new rows are added.
    pub(crate) fn settle(&mut self, target: TargetValue) -> Option<Raw> {
        match target {
            TargetValue::None => None,
            TargetValue::Handle(raw) => Some(raw),
            TargetValue::New(draft) => Some(draft.add(self)),
        }
    }

    /// Whatever takes a handle takes a new row: the handle of either.
    pub(crate) fn handle_of<T: Model>(&mut self, target: impl IntoMember<T>) -> Handle<T> {
        match self.settle(target.into_member()) {
            Some(raw) => Handle::from_raw(raw),
            None => unreachable!("a member is a handle or a new row"),
        }
    }

    /// Puts a transient or expunged object back: a new object that was rolled back is new again, an object with a
    /// row is persistent again, without SQL. One that was to be deleted stays.
    ///
    /// ```
    /// # use rebis_orm_doc::*;
    /// # fn main() -> rebis::Result<()> {
    /// # run(async |db, alice, hello| {
    /// let bob = db.add(User.new().username("bob"));
    /// db.rollback().await?;
    /// assert_eq!(db.state(bob), rebis::State::Transient);
    /// db.add_again(bob);
    /// db.commit().await?; // INSERT INTO users …
    /// assert_eq!(db.state(bob), rebis::State::Persistent);
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    ///
    /// # Panics
    /// If the handle belongs to another session, or its object was taken out.
    #[track_caller]
    pub fn add_again(&mut self, handle: impl AsHandle) {
        let object = self.checked(handle);
        match self.state_of(object) {
            Some(State::Deleting) => self.spare(object),
            Some(_) | None => self.attach(object),
        }
    }

    fn note_added(&mut self, object: Object) {
        if self.added.last().is_none_or(|last| last.model != object.model) {
            self.added_models.insert(object.model);
        }
        self.added.push(object);
    }

    pub(crate) fn attach(&mut self, object: Object) {
        match self.state_of(object) {
            Some(State::Transient) => {
                self.expunged.remove(&object);
                if self.regenerate.remove(&object)
                    && let Some(column) = store_key(self, object)
                {
                    // Zero is the stand-in of every integer key.
                    let _ = self.assign(object, column, Cell::Int(0));
                }
                self.set_state(object, State::Pending);
                self.note_added(object);
                self.added_again = true;
                self.link_again(object);
                self.make_again(object);
            }
            // Its row was deleted for good: it is a new object again, with every value it has.
            Some(State::Detached) if self.gone.remove(&object) => {
                let Some(store) = self.store_mut(object.model) else { return };
                (0..store.mapping().columns().len())
                    .for_each(|column| store.mark_set(object.raw.slot, column));
                if let Some(head) = store.head_mut(object.raw.slot) {
                    head.saved = UNSAVED;
                }
                self.set_state(object, State::Pending);
                self.note_added(object);
                self.added_again = true;
            }
            Some(State::Detached) => match self.come_back(object) {
                Ok(()) => {
                    self.expunged.remove(&object);
                    self.set_state(object, State::Persistent);
                }
                Err(error) => self.problem = Some(error.message().to_owned()),
            },
            Some(State::Deleting) if self.orphaned.remove(&object) => self.spare(object),
            Some(State::Pending | State::Persistent | State::Deleting | State::Deleted) | None => {}
        }
    }

    /// Enters an expunged object into the identity map again. What was changed before it left is compared with what the
    /// database had then.
    fn come_back(&mut self, object: Object) -> Result<()> {
        match self.store_mut(object.model) {
            Some(store) => store.register(object.raw.slot).map(|()| store.redate(object.raw.slot)),
            None => Ok(()),
        }
    }

    /// What was to be deleted stays.
    pub(super) fn spare(&mut self, object: Object) {
        self.reasons.remove(&object);
        self.set_state(object, State::Persistent);
    }

    /// A transient object keeps the parents it was given; both sides know of it again.
    fn link_again(&mut self, child: Object) {
        let Some(mapping) = self.store(child.model).map(|s| s.mapping()) else { return };
        for edge in mapping.foreign_keys() {
            if let Some(parent) = self.links.remove(&LinkKey { child, edge: edge.index as u16 }) {
                self.relink(edge, child, parent);
            }
        }
    }

    /// Marks an object for deletion by the next flush, with its cascades. A new object that was not written yet is
    /// simply not written.
    ///
    /// ```
    /// # use rebis_orm_doc::*;
    /// # fn main() -> rebis::Result<()> {
    /// # run(async |db, alice, hello| {
    /// let log = db.engine().record();
    /// db.delete(hello);
    /// db.commit().await?;
    /// let deleted = ["DELETE FROM post_tags WHERE post_id = ?", "DELETE FROM posts WHERE id = ?"];
    /// assert_eq!(log.take_sql()[1..3], deleted); // between BEGIN and COMMIT
    /// assert_eq!(db[hello].title, "Hello"); // still readable
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    ///
    /// # Panics
    /// If the handle belongs to another session, or its object was taken out.
    #[track_caller]
    pub fn delete(&mut self, handle: impl AsHandle) {
        let object = self.checked(handle);
        self.delete_object(object);
    }

    pub(crate) fn delete_object(&mut self, object: Object) {
        match self.state_of(object) {
            Some(State::Pending) => {
                self.made.remove(&object);
                let below = self.linked_to(object);
                self.leave_windows(object);
                self.forget_object(object);
                self.set_state(object, State::Transient);
                // What was to hang on it goes along, or does without it.
                for (edge, child) in below {
                    let mut relations = self.relations_of(object).iter();
                    let cascades = relations
                        .any(|i| i.cascade.delete && matches!(&i.link, LinkInfo::There(e) if e == edge));
                    match cascades || self.connects(child) {
                        true => self.delete_object(child),
                        false => self.relink(edge, child, None),
                    }
                }
            }
            Some(State::Persistent) => {
                self.set_state(object, State::Deleting);
                self.deletes.push(object);
            }
            Some(State::Transient | State::Deleting | State::Deleted | State::Detached) | None => {}
        }
    }

    /// Takes an object, and what `expunge` cascades to, out of the session's work: it is not flushed any more, and
    /// loading its row gives another object. It stays readable.
    ///
    /// ```
    /// # use rebis_orm_doc::*;
    /// # fn main() -> rebis::Result<()> {
    /// # run(async |db, alice, hello| {
    /// db.expunge(hello);
    /// db[hello].title = "never written".into();
    /// let again = db.get_one(Post, 1).await?;
    /// assert!(again != hello && db[again].title == "Hello");
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    ///
    /// # Panics
    /// If the handle belongs to another session, or its object was taken out.
    #[track_caller]
    pub fn expunge(&mut self, handle: impl AsHandle) {
        let object = self.checked(handle);
        if self.state_of(object) == Some(State::Pending) {
            self.leave_windows(object);
        }
        self.expunge_object(object);
        // Who is still in the session and was to hang on it does without it (rule 41).
        for (edge, child) in self.linked_to(object) {
            if self.state_of(object) != Some(State::Transient)
                || !self.state_of(child).is_some_and(State::is_attached)
            {
                continue;
            }
            match self.connects(child) {
                true => self.delete_object(child),
                false => self.relink(edge, child, None),
            }
        }
    }

    /// The objects that shall get this one as their parent, in order.
    pub(crate) fn linked_to(&mut self, parent: Object) -> Vec<(&'static Edge, Object)> {
        let points_here = |edge: &Edge| edge.parent.index() as u32 == parent.model;
        if !self.stores().any(|(_, store)| store.mapping().foreign_keys().iter().any(points_here)) {
            return Vec::new();
        }
        let mut found = self.links.at(&parent.raw);
        found.sort_unstable();
        let of =
            |key: &LinkKey| self.store(key.child.model)?.mapping().foreign_keys().get(usize::from(key.edge));
        let linked = found.iter().filter_map(|key| Some((of(key)?, key.child)));
        linked.filter(|(edge, _)| points_here(edge)).collect()
    }

    /// [`expunge`](Graph::expunge) for every object.
    ///
    /// See [`expunge`](Graph::expunge) for an example.
    pub fn expunge_all(&mut self) {
        let all: Vec<Object> = self
            .stores()
            .flat_map(|(model, store)| {
                (0..store.len()).filter_map(move |slot| {
                    let head = store.head(slot)?;
                    head.state.is_attached().then_some(Object { model, raw: Raw { slot, stamp: head.stamp } })
                })
            })
            .collect();
        for object in all {
            self.expunge_one(object);
        }
    }

    pub(crate) fn expunge_object(&mut self, object: Object) {
        if !self.state_of(object).is_some_and(State::is_attached) {
            return;
        }
        let related = self.loaded_related(object, |info| info.cascade.expunge);
        self.expunge_one(object);
        for object in related {
            self.expunge_object(object);
        }
    }

    /// The row of an object turned out to be gone: the object stands for nothing any more.
    pub(crate) fn lose(&mut self, object: Object) {
        self.forget_object(object);
        if let Some(store) = self.store_mut(object.model) {
            store.unregister(object.raw.slot);
        }
        self.remember(Undo::Unregistered(object));
        self.set_state(object, State::Detached);
        self.gone.insert(object);
    }

    /// A row was looked up by its key and is not there. What was changed of it stays, for the flush to fail.
    pub(crate) fn not_found(&mut self, mapping: &'static Mapping, key: &[Cell<'_>]) {
        let Some(store) = self.store(mapping.index() as u32) else { return };
        let Some(slot) = store.find(key).ok().flatten() else { return };
        let Some(head) = store.head(slot).filter(|head| head.state == State::Persistent) else { return };
        if store.changed(slot).is_empty() && !self.is_restricted(mapping) {
            self.lose(Object { model: mapping.index() as u32, raw: Raw { slot, stamp: head.stamp } });
        }
    }

    fn expunge_one(&mut self, object: Object) {
        let state = match self.state_of(object) {
            Some(State::Pending) => State::Transient,
            _ => State::Detached,
        };
        self.forget_object(object);
        if let Some(store) = self.store_mut(object.model) {
            store.unregister(object.raw.slot);
        }
        self.made.remove(&object);
        // A rollback does not bring it back: another object may stand for its row by then.
        self.expunged.insert(object);
        self.put_state(object, state);
    }

    /// Objects in the loaded relations of an object.
    pub(crate) fn loaded_related(
        &self,
        object: Object,
        wanted: impl Fn(&RelationInfo) -> bool,
    ) -> Vec<Object> {
        let mut found = Vec::new();
        for info in self.relations_of(object).iter().filter(|info| wanted(info)) {
            let model = info.target.index() as u32;
            match self.link(object, info.index) {
                Some(LinkRef::One(link)) => found.extend(link.get().map(|raw| Object { model, raw })),
                Some(LinkRef::Many(link)) => {
                    found.extend(
                        link.list().into_iter().flat_map(|l| l.iter()).map(|raw| Object { model, raw }),
                    );
                }
                None => {}
            }
        }
        found
    }

    /// Forgets what was to be written about an object.
    fn forget_object(&mut self, object: Object) {
        // Lists of new and of deleted objects are gone through by state: who has left it is passed over.
        self.forget_association(object);
        self.replaced.forget(object);
        self.expressions.remove(&object);
        let is_stored = self.state_of(object) == Some(State::Persistent);
        for edge in self.store(object.model).map_or(&[][..], |store| store.mapping().foreign_keys()) {
            let key = LinkKey { child: object, edge: edge.index as u16 };
            self.orphans.remove(&key);
            if is_stored {
                self.links.remove(&key);
            }
        }
    }

    /// Takes an object out of the session altogether and returns it. Its handle names nothing from now on.
    ///
    /// ```
    /// # use rebis_orm_doc::*;
    /// # fn main() -> rebis::Result<()> {
    /// # run(async |db, alice, hello| {
    /// let user: User = db.take(alice);
    /// assert_eq!(user.username, "alice");
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    ///
    /// # Panics
    /// If the handle belongs to another session, or its object was taken out before.
    #[track_caller]
    pub fn take<H: AsHandle>(&mut self, handle: H) -> H::Model {
        self.take_object(handle.handle())
    }

    #[track_caller]
    fn take_object<M: Model>(&mut self, handle: Handle<M>) -> M {
        let object = self.checked(handle);
        self.leave_windows(object);
        for (edge, child) in self.linked_to(object) {
            self.links.remove(&LinkKey { child, edge: edge.index as u16 });
        }
        self.forget_object(object);
        for edge in M::mapping().foreign_keys() {
            self.links.remove(&LinkKey { child: object, edge: edge.index as u16 });
        }
        // What the log says of it names a stamp that nobody has any more.
        for relation in 0..M::mapping().parts().relations.len() {
            self.saved_links.remove(&(object, relation));
        }
        match self.typed_mut::<M>().take(object.raw.slot) {
            Some(mut taken) => {
                for relation in 0..M::mapping().parts().relations.len() {
                    match taken.link_mut(relation) {
                        LinkMut::One(link) => *link = OneLink::NotLoaded,
                        LinkMut::Many(link) => *link = ManyLink::default(),
                    }
                }
                taken
            }
            None => super::no_such_object::<M>(),
        }
    }

    /// Several objects of one model, borrowed mutably at once.
    ///
    /// ```
    /// # use rebis_orm_doc::*;
    /// # fn main() -> rebis::Result<()> {
    /// # run(async |db, alice, hello| {
    /// let second = db.get_one(Post, 2).await?;
    /// let [a, b] = db.many_mut([hello, second]);
    /// std::mem::swap(&mut a.title, &mut b.title);
    /// assert_eq!(db[hello].title, "Second");
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    ///
    /// # Panics
    /// If a handle comes twice, belongs to another session, or its object was taken out.
    #[track_caller]
    pub fn many_mut<M: Model, const N: usize>(&mut self, handles: [Handle<M>; N]) -> [&mut M; N] {
        let epoch = self.epoch;
        match self.typed_mut::<M>().get_many_mut(handles.map(Handle::raw), epoch) {
            Some(objects) => objects,
            None => panic!("`many_mut` wants distinct handles of objects of this session"),
        }
    }

    /// Sets a column to an SQL expression by the next flush: `db.set_expr(h, User.visits, User.visits + 1)`. The value
    /// comes back with the statement. (Unit-of-work rule 14.)
    ///
    /// The expression may read columns of the object's own row, once it has one; other rows it reads with a subquery.
    /// For a new object that reads its own columns the flush is an error, before anything is written.
    ///
    /// ```
    /// # use rebis_orm_doc::*;
    /// # fn main() -> rebis::Result<()> {
    /// # run(async |db, alice, hello| {
    /// db.set_expr(hello, Post.hits, Post.hits + 1);
    /// db.flush().await?; // UPDATE posts SET hits = hits + ? WHERE id = ? RETURNING hits
    /// assert_eq!(db[hello].hits, 1);
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    ///
    /// # Panics
    /// If the handle belongs to another session, or its object was taken out.
    #[track_caller]
    pub fn set_expr<H: AsHandle, T>(
        &mut self,
        handle: H,
        column: Column<H::Model, T>,
        value: impl IntoExpr<T>,
    ) {
        let object = self.checked(handle);
        let (column, value) = (usize::from(column.index()), value.into_expr().into_ast());
        let entry = self.expressions.entry(object).or_default();
        entry.retain(|(c, _)| *c != column);
        entry.push((column, value));
    }

    /// Where an object stands.
    ///
    /// ```
    /// # use rebis_orm_doc::*;
    /// # fn main() -> rebis::Result<()> {
    /// # run(async |db, alice, hello| {
    /// use rebis::State;
    /// let tag = db.add(Tag.new().name("sql"));
    /// assert_eq!((db.state(alice), db.state(tag)), (State::Persistent, State::Pending));
    /// db.delete(alice);
    /// assert_eq!(db.state(alice), State::Deleting);
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    ///
    /// # Panics
    /// If the handle belongs to another session, or its object was taken out.
    #[track_caller]
    pub fn state<H: AsHandle>(&self, handle: H) -> State {
        match self.state_of(self.object::<H::Model>(handle.handle().raw())) {
            Some(state) => state,
            None => super::no_such_object::<H::Model>(),
        }
    }

    /// The primary key, once the database has it: `None` before the flush that inserts the object.
    ///
    /// ```
    /// # use rebis_orm_doc::*;
    /// # fn main() -> rebis::Result<()> {
    /// # run(async |db, alice, hello| {
    /// let tag = db.add(Tag.new().name("sql"));
    /// assert_eq!((db.key(alice), db.key(tag)), (Some(1), None));
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    ///
    /// # Panics
    /// If the handle belongs to another session, or its object was taken out.
    #[track_caller]
    pub fn key<H: AsHandle>(&self, handle: H) -> Option<<H::Model as Record>::Key> {
        let handle = handle.handle();
        match self.state(handle) {
            State::Pending | State::Transient => None,
            State::Persistent | State::Deleting | State::Deleted | State::Detached => {
                Some(self[handle].key())
            }
        }
    }

    /// The object with this key, if the session has it. No I/O.
    ///
    /// ```
    /// # use rebis_orm_doc::*;
    /// # fn main() -> rebis::Result<()> {
    /// # run(async |db, alice, hello| {
    /// assert_eq!(db.find::<User>(&1), Some(alice));
    /// assert_eq!(db.find::<User>(&7), None); // whatever the database has
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    pub fn find<M: Model>(&self, key: &M::Key) -> Option<Handle<M>> {
        self.known(key).map(|known| known.handle)
    }

    /// What is known of a key, in one look.
    #[inline]
    pub(crate) fn known<M: Model>(&self, key: &M::Key) -> Option<Known<M>> {
        let (slot, head) = self.typed::<M>()?.find_key(key)?;
        let handle = Handle::from_raw(Raw { slot, stamp: head.stamp });
        Some(Known { handle, state: head.state, stale: head.fresh < self.now })
    }

    /// Every object of a model that takes part in the session's work, in the order it came in.
    ///
    /// ```
    /// # use rebis_orm_doc::*;
    /// # fn main() -> rebis::Result<()> {
    /// # run(async |db, alice, hello| {
    /// let titles: Vec<&str> = db.handles::<Post>().into_iter().map(|post| db[post].title.as_str()).collect();
    /// assert_eq!(titles, ["Hello", "Second"]);
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    pub fn handles<M: Model>(&self) -> Vec<Handle<M>> {
        let Some(store) = self.store(M::index() as u32) else { return Vec::new() };
        let heads = (0..store.len()).filter_map(|slot| Some((slot, store.head(slot)?)));
        heads
            .filter(|(_, head)| head.state.is_attached())
            .map(|(slot, head)| Handle::from_raw(Raw { slot, stamp: head.stamp }))
            .collect()
    }

    /// Why an object is in the session, in words: added, loaded, or what brought it along.
    ///
    /// ```
    /// # use rebis_orm_doc::*;
    /// # fn main() -> rebis::Result<()> {
    /// # run(async |db, alice, hello| {
    /// let bob = db.add(User.new().username("bob"));
    /// assert!(db.why(bob).starts_with("added"));
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    ///
    /// # Panics
    /// If the handle belongs to another session, or its object was taken out.
    #[track_caller]
    pub fn why(&self, handle: impl AsHandle) -> &'static str {
        let handle = handle.handle();
        let object = self.checked_ref(handle);
        match self.reasons.get(&object) {
            Some(reason) => reason,
            None => match self.state(handle) {
                State::Pending | State::Transient => "added with `add`, or as a new row given to a relation",
                State::Persistent | State::Deleting | State::Deleted | State::Detached => "loaded or flushed",
            },
        }
    }

    /// Whether the row may have been changed by another transaction since it was read.
    ///
    /// ```
    /// # use rebis_orm_doc::*;
    /// # fn main() -> rebis::Result<()> {
    /// # run(async |db, alice, hello| {
    /// assert!(db.is_stale(alice)); // the session has committed since
    /// db.refresh(alice).await?;
    /// assert!(!db.is_stale(alice));
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    ///
    /// # Panics
    /// If the handle belongs to another session, or its object was taken out.
    #[track_caller]
    pub fn is_stale(&self, handle: impl AsHandle) -> bool {
        let object = self.checked_ref(handle);
        let head = self.store(object.model).and_then(|s| s.head(object.raw.slot));
        head.is_some_and(|h| h.fresh < self.now)
    }

    #[track_caller]
    pub(crate) fn step<O: Model, T: Model>(
        &self,
        from: Handle<O>,
        relation: Relation<O, T, One>,
    ) -> Handle<T> {
        match self[from].link(relation.index()) {
            LinkRef::One(OneLink::Loaded(raw)) => Handle::from_raw(raw),
            LinkRef::One(OneLink::NotLoaded | OneLink::None) | LinkRef::Many(_) => panic!(
                "{relation:?} is not loaded; load it with the query (`.with({relation:?})`) or afterwards \
                 (`db.load(handle, {relation:?})?`)"
            ),
        }
    }

    #[track_caller]
    pub(crate) fn checked(&mut self, handle: impl AsHandle) -> Object {
        self.checked_ref(handle)
    }

    #[track_caller]
    pub(crate) fn checked_ref<H: AsHandle>(&self, handle: H) -> Object {
        let object = self.object::<H::Model>(handle.handle().raw());
        if self.state_of(object).is_none() {
            super::no_such_object::<H::Model>();
        }
        object
    }

    pub(crate) fn object<M: Model>(&self, raw: Raw) -> Object {
        Object { model: M::index() as u32, raw }
    }

    pub(crate) fn state_of(&self, object: Object) -> Option<State> {
        let head = self.store(object.model)?.head(object.raw.slot)?;
        (head.stamp == object.raw.stamp).then_some(head.state)
    }

    pub(crate) fn relations_of(&self, object: Object) -> &'static [RelationInfo] {
        self.store(object.model).map_or(&[], |store| store.mapping().relations())
    }

    /// Values of columns of an object, appended to `out`.
    pub(crate) fn encode(&self, object: Object, columns: &[usize], out: &mut Binds) {
        if let Some(store) = self.store(object.model) {
            columns.iter().for_each(|&column| store.encode(object.raw.slot, column, out));
        }
    }

    /// Sets a column of an object as a flush does: to what the database has or will have.
    pub(crate) fn assign(&mut self, object: Object, column: usize, cell: Cell<'_>) -> Result<()> {
        match self.store_mut(object.model) {
            Some(store) => store.assign(object.raw.slot, column, cell),
            None => Err(Error::new(ErrorKind::InvalidState, "the object is not in this session")),
        }
    }
}

/// The column of the key that the database makes up.
fn store_key(graph: &Graph, object: Object) -> Option<usize> {
    graph.store(object.model)?.mapping().generated()
}

//! The log of what a rollback takes back.
//!
//! Columns are saved by the stores (first write in an epoch); everything else that a transaction changes in memory
//! stands here. A transaction and a savepoint begin with nothing pending, so what is pending is not undone but
//! forgotten.

use super::{AnyStore, Graph, LinkKey, Object, Raw, State};
use crate::mapping::{LinkMut, LinkRef, ManyLink, OneLink};
use hashbrown::HashMap;
use rebis_core::Binds;

/// One thing to take back.
#[derive(Debug)]
pub(crate) enum Undo {
    /// The object was in this state.
    State(Object, State),
    /// The to-one relation held this.
    One(Object, usize, OneLink),
    /// The to-many relation held this.
    Many(Object, usize, ManyLink),
    /// The objects were written: they leave the identity map.
    Inserted(u32, Vec<Raw>),
    /// An INSERT gave these rows back, which came into the session by that: they stand for nothing any more.
    Read(Vec<Object>),
    /// A flush gave these new objects their keys. They keep them to be read, and get others if they are added again.
    KeysGiven(u32, Vec<Raw>),
    /// The object left the identity map: it comes back.
    Unregistered(Object),
    /// A flush wrote these foreign keys: new objects that become transient keep their parents.
    Linked(Vec<(LinkKey, Option<Raw>)>),
}

impl Graph {
    pub(crate) fn remember(&mut self, undo: Undo) {
        self.log.push((self.epoch, undo));
    }

    /// A statement by criteria may have changed any row: objects are read anew when a query meets them.
    pub(crate) fn wrote_by_criteria(&mut self) {
        self.all_stale();
        self.has_written = true;
    }

    /// How many slots each model has.
    pub(crate) fn slots(&self) -> HashMap<u32, u32> {
        self.stores().map(|(model, store)| (model, store.len())).collect()
    }

    /// An INSERT gave these rows back: those in slots that were not there before are of its making.
    pub(crate) fn came_by_insert(&mut self, known: &HashMap<u32, u32>, met: &[Object]) {
        let is_new = |o: &&Object| o.raw.slot >= known.get(&o.model).copied().unwrap_or(0);
        let new: Vec<Object> = met.iter().filter(is_new).copied().collect();
        if !new.is_empty() {
            self.remember(Undo::Read(new));
        }
    }

    /// Sets an object's state; a rollback sets it back.
    pub(crate) fn set_state(&mut self, object: Object, state: State) {
        let Some(head) = self.store_mut(object.model).and_then(|s| s.head_mut(object.raw.slot)) else {
            return;
        };
        let was = std::mem::replace(&mut head.state, state);
        if was != state {
            self.remember(Undo::State(object, was));
            self.tell_state(object, Some(was), state);
        }
    }

    /// Saves a relation field before its first change in an epoch. Lists are shared, so this copies nothing.
    pub(crate) fn save_link(&mut self, object: Object, relation: usize) {
        let epoch = self.epoch;
        if self.saved_links.insert((object, relation), epoch) == Some(epoch) {
            return;
        }
        let undo = match self.store(object.model).and_then(|s| s.link(object.raw.slot, relation)) {
            Some(LinkRef::One(link)) => Undo::One(object, relation, link),
            Some(LinkRef::Many(link)) => Undo::Many(object, relation, link.clone()),
            None => return,
        };
        self.remember(undo);
    }

    /// A new epoch: what is changed from now on is saved anew.
    pub(crate) fn next_epoch(&mut self) -> u32 {
        self.epoch += 1;
        let epoch = self.epoch;
        self.stores_mut().for_each(|(_, store)| store.begin_epoch(epoch));
        epoch
    }

    /// The transaction is over and everything in it holds. Objects keep their values and are stale from now on.
    pub(crate) fn committed(&mut self) {
        self.next_epoch();
        self.all_stale();
        let log = std::mem::take(&mut self.log);
        for (_, undo) in log {
            if let Undo::State(object, _) = undo
                && let Some(head) = self.store_mut(object.model).and_then(|s| s.head_mut(object.raw.slot))
                && head.state == State::Deleted
            {
                self.put_state(object, State::Detached);
                self.gone.insert(object);
            }
        }
        for (_, store) in self.stores_mut() {
            store.forget_copies();
        }
        self.saved_links.clear();
        self.reasons.clear();
        self.forget_made();
        self.transaction_is_over();
    }

    /// Nothing of this transaction can be taken back any more.
    pub(crate) fn transaction_is_over(&mut self) {
        self.expunged.clear();
        self.has_written = false;
    }

    /// Takes back everything since the beginning of `epoch`, with no SQL. Objects that were new then are transient.
    pub(crate) fn rolled_back(&mut self, epoch: u32) {
        let linked = self.links.take();
        self.forget_added();
        self.forget_pending();
        let mut register: Vec<Object> = Vec::new();
        // Columns first: the identity map goes by the keys that objects have, and needs the old ones at the end.
        let mut inserted = Vec::new();
        let since = self.log.partition_point(|(e, _)| *e < epoch);
        let undone = self.log.split_off(since);
        for (_, undo) in &undone {
            if let Undo::Inserted(model, raws) = undo {
                inserted.extend(raws.iter().map(|raw| Object { model: *model, raw: *raw }));
            }
        }
        for object in inserted {
            if self.state_of(object).is_some()
                && let Some(store) = self.store_mut(object.model)
            {
                store.unregister(object.raw.slot);
            }
        }
        for (model, store) in self.stores_mut() {
            for slot in store.restore(epoch) {
                if let Some(head) = store.head(slot) {
                    register.push(Object { model, raw: Raw { slot, stamp: head.stamp } });
                }
            }
        }
        let mut linked: Vec<_> = linked.into_iter().collect();
        for (_, undo) in undone.into_iter().rev() {
            self.undo(undo, &mut register, &mut linked);
        }
        for object in register {
            self.enter(object);
        }
        for (key, target) in linked {
            self.keep_link(key, target);
        }
        self.note_unmade();
        self.saved_links.retain(|_, saved| *saved < epoch);
        self.next_epoch();
        // What was read since may be of this transaction: it is read anew when it is met again.
        self.all_stale();
    }

    /// An object that is transient again keeps the parent it was given last.
    fn keep_link(&mut self, key: LinkKey, target: Option<Raw>) {
        if self.state_of(key.child) == Some(State::Transient) && !self.links.contains_key(&key) {
            self.links.insert(key, target);
        }
    }

    fn undo(&mut self, undo: Undo, register: &mut Vec<Object>, linked: &mut Vec<(LinkKey, Option<Raw>)>) {
        match undo {
            Undo::State(object, _) if self.expunged.contains(&object) => {}
            Undo::State(object, was) => {
                let Some(store) = self.store_mut(object.model) else { return };
                let Some(head) = store.head_mut(object.raw.slot) else { return };
                if head.stamp != object.raw.stamp {
                    return;
                }
                // A scope begins with nothing pending, so what was pending then was added since.
                let was = if was == State::Pending { State::Transient } else { was };
                self.put_state(object, was);
                if was == State::Persistent {
                    self.gone.remove(&object);
                }
                let Some(store) = self.store_mut(object.model) else { return };
                let Some(head) = store.head_mut(object.raw.slot) else { return };
                if was == State::Transient {
                    // Never written as far as the database knows: nothing to compare with.
                    head.saved = super::UNSAVED;
                }
                if !was.stands_for_a_row() {
                    store.unregister(object.raw.slot);
                }
            }
            Undo::One(object, relation, was) => {
                if let Some(LinkMut::One(link)) = self.link_mut(object, relation) {
                    *link = was;
                }
            }
            Undo::Many(object, relation, was) => {
                if let Some(LinkMut::Many(link)) = self.link_mut(object, relation) {
                    *link = was;
                }
            }
            Undo::Inserted(model, raws) => {
                for object in raws.into_iter().map(|raw| Object { model, raw }) {
                    // The slot may be another object's by now, and an expunged object is not the session's business.
                    if self.state_of(object).is_none() || self.expunged.contains(&object) {
                        continue;
                    }
                    self.put_state(object, State::Transient);
                    if let Some(head) = self.store_mut(model).and_then(|s| s.head_mut(object.raw.slot)) {
                        head.saved = super::UNSAVED;
                    }
                }
            }
            Undo::Read(objects) => objects.into_iter().for_each(|object| self.detach(object)),
            Undo::KeysGiven(model, raws) => {
                self.regenerate.extend(raws.into_iter().map(|raw| Object { model, raw }));
            }
            Undo::Unregistered(object) => register.push(object),
            Undo::Linked(links) => linked.extend(links),
        }
    }

    /// The row of an object has never been, as far as anybody else knows.
    fn detach(&mut self, object: Object) {
        if self.state_of(object).is_none() || self.expunged.contains(&object) {
            return;
        }
        if let Some(store) = self.store_mut(object.model) {
            store.unregister(object.raw.slot);
        }
        self.put_state(object, State::Detached);
        self.gone.insert(object);
    }

    /// Enters a persistent object into the identity map again.
    fn enter(&mut self, object: Object) {
        let Some(store) = self.store_mut(object.model) else { return };
        let persistent = store.head(object.raw.slot).is_some_and(|h| {
            h.stamp == object.raw.stamp && matches!(h.state, State::Persistent | State::Deleting)
        });
        if !persistent || AnyStore::register(store, object.raw.slot).is_ok() {
            return;
        }
        // Two objects cannot have had this key at the beginning: the other one came since, for a row that is gone.
        let mut key = Binds::new();
        store.mapping().key().iter().for_each(|&c| store.encode(object.raw.slot, c, &mut key));
        let cells: Vec<_> = key.iter().collect();
        let Some(other) = store.find(&cells).ok().flatten() else { return };
        store.unregister(other);
        let stamp = store.head(other).map_or(0, |head| head.stamp);
        let _ = AnyStore::register(store, object.raw.slot);
        let other = Object { model: object.model, raw: super::Raw { slot: other, stamp } };
        self.put_state(other, State::Detached);
    }

    /// What is new was added since, because every scope begins with nothing pending: that needs no log.
    fn forget_added(&mut self) {
        for object in std::mem::take(&mut self.added) {
            if self.state_of(object) == Some(State::Pending) {
                self.put_state(object, State::Transient);
            }
        }
    }

    /// Forgets what was to be written. Transient objects keep the parents they were given.
    pub(crate) fn forget_pending(&mut self) {
        self.added.clear();
        self.added_models.clear();
        self.added_again = false;
        self.deletes.clear();
        let mut links = self.links.take();
        let kept = links.extract_if(|key, _| self.state_of(key.child) == Some(State::Transient));
        kept.collect::<Vec<_>>().into_iter().for_each(|(key, target)| self.links.insert(key, target));
        if !links.is_empty() {
            self.remember(Undo::Linked(links.into_iter().collect()));
        }
        self.pairs.clear();
        self.replaced.take();
        self.expressions.clear();
        self.orphans.clear();
        self.orphaned.clear();
        self.problem = None;
    }

    pub(crate) fn link_mut(&mut self, object: Object, relation: usize) -> Option<LinkMut<'_>> {
        let store = self.store_mut(object.model)?;
        match store.head(object.raw.slot) {
            Some(head) if head.stamp == object.raw.stamp => store.link_mut(object.raw.slot, relation),
            _ => None,
        }
    }

    pub(crate) fn link(&self, object: Object, relation: usize) -> Option<LinkRef<'_>> {
        let store = self.store(object.model)?;
        match store.head(object.raw.slot) {
            Some(head) if head.stamp == object.raw.stamp => store.link(object.raw.slot, relation),
            _ => None,
        }
    }
}

//! Replacing what a relation holds, and when what a relation holds can be trusted.

use super::{Graph, List, Object, Raw, State};
use crate::mapping::{LinkInfo, LinkMut, LinkRef, ManyLink, OneLink, RelationInfo};
use hashbrown::{HashMap, HashSet};
use std::sync::Arc;

/// A relation that shall hold exactly what it holds now, whatever the database has: the flush loads it to know what
/// goes.
#[derive(Debug)]
pub(crate) struct Replaced {
    /// The owner.
    pub owner: Object,
    /// The relation.
    pub relation: usize,
    /// What it shall hold, once the flush has begun to load what it holds.
    pub targets: Option<Vec<Raw>>,
}

/// Relations that were replaced, in that order.
#[derive(Debug, Default)]
pub(crate) struct Replacements {
    all: Vec<Replaced>,
    /// Those that the flush has not begun to load.
    open: HashMap<Object, Vec<usize>>,
}

impl Replacements {
    pub(crate) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Replaced> {
        self.all.iter()
    }

    pub(crate) fn push(&mut self, replaced: Replaced) {
        if replaced.targets.is_none() {
            self.open.entry(replaced.owner).or_default().push(replaced.relation);
        }
        self.all.push(replaced);
    }

    pub(crate) fn take(&mut self) -> Vec<Replaced> {
        self.open.clear();
        std::mem::take(&mut self.all)
    }

    /// Nothing of an object is replaced any more.
    pub(super) fn forget(&mut self, owner: Object) {
        if self.open.remove(&owner).is_some() {
            self.all.retain(|replaced| replaced.owner != owner);
        }
    }
}

impl Graph {
    pub(crate) fn replace_raw(&mut self, owner: Object, info: &'static RelationInfo, targets: Vec<Raw>) {
        if !info.view_only && !self.is_current(owner, info.index) {
            return self.replace_later(owner, info, targets);
        }
        let current = self.list_of(owner, info.index).unwrap_or_default();
        let keep: HashSet<Raw> = targets.iter().copied().collect();
        for gone in current.iter().filter(|raw| !keep.contains(raw)) {
            self.remove_raw(owner, info, gone);
        }
        for &target in &targets {
            self.push_raw(owner, info, target);
        }
        // The order that the program gave is the order it reads.
        self.change_many(owner, info.index, |list| *list = List::new(targets).loaded_at(list.time()));
    }

    /// Replaces a collection of which is not known what the database has in it: it reads as the program gave it from
    /// now on, and the flush works out the difference.
    fn replace_later(&mut self, owner: Object, info: &'static RelationInfo, targets: Vec<Raw>) {
        let known = self.list_of(owner, info.index).unwrap_or_default();
        let keep: HashSet<Raw> = targets.iter().copied().collect();
        let gone = known.iter().filter(|raw| !keep.contains(raw)).collect::<Vec<_>>();
        self.save_link(owner, info.index);
        if let Some(LinkMut::Many(link)) = self.link_mut(owner, info.index) {
            // Of no time: every load reads it anew.
            *link = ManyLink(Some(Arc::new(List::new(targets.clone()))));
        }
        self.mark_replaced(owner, info.index);
        let model = info.target.index() as u32;
        match (&info.link, info.inverse) {
            (LinkInfo::There(_), _) => {
                gone.into_iter().for_each(|raw| self.remove_raw(owner, info, raw));
                targets.into_iter().for_each(|raw| self.push_raw(owner, info, raw));
            }
            (LinkInfo::Through(_), Some(inverse)) => {
                for raw in gone {
                    self.change_many(Object { model, raw }, inverse, |list| {
                        list.remove(owner.raw);
                    });
                }
                for raw in targets {
                    self.change_many(Object { model, raw }, inverse, |list| {
                        list.push(owner.raw);
                    });
                }
            }
            (LinkInfo::Through(_) | LinkInfo::Here(_), _) => {}
        }
    }

    /// The flush finds out what the database has in this relation and does away with what it shall not hold.
    pub(super) fn mark_replaced(&mut self, owner: Object, relation: usize) {
        if self.state_of(owner) == Some(State::Persistent) && !self.is_replaced(owner, relation) {
            self.replaced.push(Replaced { owner, relation, targets: None });
        }
    }

    /// Whether a relation was replaced and the flush has not begun to load it.
    pub(crate) fn is_replaced(&self, owner: Object, relation: usize) -> bool {
        self.replaced.open.get(&owner).is_some_and(|open| open.contains(&relation))
    }

    /// Whether what a relation holds is what the database has, as far as this transaction knows: nothing of it was
    /// read before.
    pub(crate) fn is_current(&self, owner: Object, relation: usize) -> bool {
        let is_fresh = |object: Object| {
            let head = self.store(object.model).and_then(|s| s.head(object.raw.slot));
            head.is_some_and(|h| h.fresh >= self.now || matches!(h.state, State::Pending | State::Transient))
        };
        if self.state_of(owner) != Some(State::Persistent) && self.state_of(owner) != Some(State::Deleting) {
            return true;
        }
        match self.link(owner, relation) {
            Some(LinkRef::Many(_)) => self.list_of(owner, relation).is_some_and(|l| l.time() >= self.now),
            Some(LinkRef::One(OneLink::Loaded(raw))) => {
                is_fresh(Object { model: self.relations_of(owner)[relation].target.index() as u32, raw })
            }
            Some(LinkRef::One(OneLink::None)) => is_fresh(owner),
            Some(LinkRef::One(OneLink::NotLoaded)) | None => false,
        }
    }

    /// A to-one relation is not known any more: the flush is about to load it.
    pub(crate) fn forget_one(&mut self, object: Object, relation: usize) {
        if self.one_of(object, relation).is_some() {
            self.change_one(object, relation, OneLink::NotLoaded);
        }
    }
}

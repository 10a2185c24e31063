//! Many-to-many relations: pairs of objects, and the association rows between them.
//!
//! A row of an association table is an object. Whether it was made by a push or added by the program, the lists of both
//! ends know of it, and taking the pair apart takes the row along.

use super::{Graph, Indexed, Object, Raw, State};
use crate::mapping::{Edge, LinkInfo, Mapping, RelationInfo, Through};
use hashbrown::{HashMap, HashSet};
use rebis_core::{Binds, Cell};

/// A row of an association table, by the objects it connects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct AssocKey {
    /// The number of the association model.
    pub model: u32,
    /// Its lower foreign key and what that points at.
    pub low: (u16, Raw),
    /// Its higher foreign key and what that points at.
    pub high: (u16, Raw),
}

impl AssocKey {
    /// The same row from either side has the same key.
    pub(super) fn new(through: &Through, from: Raw, to: Raw) -> Self {
        let ends = [(through.from.index as u16, from), (through.to.index as u16, to)];
        let [low, high] = if ends[0].0 <= ends[1].0 { ends } else { [ends[1], ends[0]] };
        AssocKey { model: through.model().index() as u32, low, high }
    }

    /// What this pair connects an owner with, as a relation has it.
    fn target(&self, through: &Through, owner: Raw) -> Option<Raw> {
        let (end, other) = ((through.from.index as u16, owner), through.to.index as u16);
        match (self.low, self.high) {
            _ if self.model != through.model().index() as u32 => None,
            (low, (edge, raw)) if low == end && edge == other => Some(raw),
            ((edge, raw), high) if high == end && edge == other => Some(raw),
            _ => None,
        }
    }

    /// Whether a foreign key of the association points at this.
    pub(crate) fn has_end(&self, edge: &Edge, end: Raw) -> bool {
        let end = (edge.index as u16, end);
        self.model == edge.child.index() as u32 && (self.low == end || self.high == end)
    }
}

/// What is to be written of pairs.
#[derive(Debug)]
pub(crate) struct Pairs {
    /// Pairs that were put together: the new association object, or one that was moved there.
    pub added: Indexed<AssocKey, Object, (u32, End)>,
    /// Pairs that were taken apart.
    pub removed: Removed,
    /// Pairs that were changed while nobody knew whether the database has them.
    pub unsure: HashSet<AssocKey>,
}

/// One end of a pair: the foreign key that points there, and at what.
type End = (u16, Raw);

impl Default for Pairs {
    fn default() -> Self {
        let added = Indexed::new(|key: &AssocKey, _| [key.low, key.high].map(|end| Some((key.model, end))));
        Pairs { added, removed: Removed::default(), unsure: HashSet::new() }
    }
}

impl Pairs {
    pub(crate) fn is_empty(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty()
    }

    pub(super) fn clear(&mut self) {
        self.added.take();
        self.removed = Removed::default();
        self.unsure.clear();
    }

    /// Added pairs with this end, in no order.
    pub(crate) fn added_at(&mut self, edge: &Edge, end: Raw) -> Vec<(AssocKey, Object)> {
        let ours = self.added.at(&(edge.child.index() as u32, (edge.index as u16, end)));
        ours.into_iter().filter_map(|key| Some((key, *self.added.get(&key)?))).collect()
    }
}

/// Pairs in the order in which they were taken apart.
#[derive(Debug, Default)]
pub(crate) struct Removed {
    places: HashMap<AssocKey, u64>,
    next: u64,
}

impl Removed {
    pub(crate) fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    fn insert(&mut self, key: AssocKey) {
        self.next += 1;
        self.places.entry(key).or_insert(self.next);
    }

    pub(crate) fn remove(&mut self, key: &AssocKey) -> bool {
        self.places.remove(key).is_some()
    }

    pub(crate) fn contains(&self, key: &AssocKey) -> bool {
        self.places.contains_key(key)
    }

    /// All of them, in no order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &AssocKey> {
        self.places.keys()
    }

    /// All of them, in their order.
    pub(crate) fn in_order(&self) -> Vec<AssocKey> {
        let mut keys: Vec<(u64, AssocKey)> = self.places.iter().map(|(key, place)| (*place, *key)).collect();
        keys.sort_unstable();
        keys.into_iter().map(|(_, key)| key).collect()
    }

    pub(crate) fn retain(&mut self, keep: impl Fn(&AssocKey) -> bool) {
        self.places.retain(|key, _| keep(key));
    }
}

/// A pair that an association object stands for, as one relation over it has it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pair {
    info: &'static RelationInfo,
    through: &'static Through,
    from: Raw,
    to: Raw,
}

impl Pair {
    fn key(&self) -> AssocKey {
        AssocKey::new(self.through, self.from, self.to)
    }

    /// Whether it is the same place in the same list.
    fn is(&self, other: &Pair) -> bool {
        (self.owner(), self.info.index, self.to) == (other.owner(), other.info.index, other.to)
    }

    fn owner(&self) -> Object {
        Object { model: self.through.from.parent.index() as u32, raw: self.from }
    }
}

/// The relations over an association model, of all its ends.
fn relations_over(
    model: &'static Mapping,
) -> impl Iterator<Item = (&'static RelationInfo, &'static Through)> {
    // Most models are no association: they have fewer than two foreign keys.
    let edges = match model.foreign_keys() {
        [] | [_] => &[],
        edges => edges,
    };
    edges.iter().flat_map(|edge| {
        edge.parent.relations().iter().filter_map(move |info| match &info.link {
            LinkInfo::Through(through) if through.from == *edge => Some((info, through)),
            _ => None,
        })
    })
}

impl Graph {
    /// The pairs that an association object connects; only those that a foreign key is part of, if one is given.
    pub(super) fn pairs_of(&self, row: Object, edge: Option<&Edge>) -> Vec<Pair> {
        let Some(mapping) = self.store(row.model).map(|store| store.mapping()) else { return Vec::new() };
        let concerned = |through: &Through| edge.is_none_or(|e| *e == through.from || *e == through.to);
        let over = relations_over(mapping).filter(|(info, through)| !info.view_only && concerned(through));
        over.filter_map(|(info, through)| {
            let (from, to) = (self.parent_of(&through.from, row)?, self.parent_of(&through.to, row)?);
            Some(Pair { info, through, from, to })
        })
        .collect()
    }

    /// An association object has other ends than before: lists follow.
    pub(super) fn pairs_moved(&mut self, row: Object, edge: &Edge, left: Vec<Pair>) {
        let joined = self.pairs_of(row, Some(edge));
        for pair in left.iter().filter(|pair| !joined.iter().any(|other| other.is(pair))) {
            self.leave_pair(row, pair);
        }
        // A row that is there says nothing new by the pair it had; a new one may have come back with it.
        let is_new = self.state_of(row) == Some(State::Pending);
        for pair in joined.iter().filter(|pair| is_new || !left.iter().any(|other| other.is(pair))) {
            self.pairs.added.insert(pair.key(), row);
            self.change_many(pair.owner(), pair.info.index, |list| {
                list.push(pair.to);
            });
        }
    }

    fn leave_pair(&mut self, row: Object, pair: &Pair) {
        let key = pair.key();
        if self.pairs.added.get(&key) == Some(&row) {
            self.pairs.added.remove(&key);
        }
        self.change_many(pair.owner(), pair.info.index, |list| {
            list.remove(pair.to);
        });
    }

    /// An association object goes: its ends part, unless it is a row that nobody has deleted.
    pub(super) fn leave_pairs(&mut self, row: Object) {
        let pairs = self.pairs_of(row, None);
        let goes = match self.state_of(row) {
            Some(State::Deleting | State::Deleted) => true,
            // What does not stand for its pair any more says nothing of it.
            Some(State::Pending) => pairs.iter().any(|pair| self.pairs.added.get(&pair.key()) == Some(&row)),
            Some(State::Transient | State::Persistent | State::Detached) | None => false,
        };
        if goes {
            pairs.iter().for_each(|pair| self.leave_pair(row, pair));
        }
    }

    /// Whether a new object does nothing but connect a pair.
    pub(super) fn connects(&self, row: Object) -> bool {
        let added = &self.pairs.added;
        !added.is_empty() && self.pairs_of(row, None).iter().any(|p| added.get(&p.key()) == Some(&row))
    }

    /// An association row that is not written: the pair it connects can be connected anew.
    pub(super) fn forget_association(&mut self, row: Object) {
        if self.pairs.added.is_empty() {
            return;
        }
        for pair in self.pairs_of(row, None) {
            if self.pairs.added.get(&pair.key()) == Some(&row) {
                self.pairs.added.remove(&pair.key());
            }
        }
    }

    /// Adds a row to an association table, unless it is there.
    pub(super) fn associate(
        &mut self,
        owner: Object,
        info: &'static RelationInfo,
        through: &'static Through,
        target: Raw,
    ) {
        let key = AssocKey::new(through, owner.raw, target);
        let known = self.is_associated(owner, info, target);
        if known == Some(true) {
            return self.spare_association(&key);
        }
        let removed = self.pairs.removed.remove(&key);
        // Where the list was replaced since, it does not show a row that is there.
        if !removed && !self.pairs.added.contains_key(&key) {
            let Some(row) = self.add_association(through.model()) else {
                return self.complain(info, through);
            };
            self.made.insert(row);
            self.relink_key(&through.from, row, Some(owner.raw));
            self.relink_key(&through.to, row, Some(target));
            self.join_ends(through, owner.raw, target);
            self.reasons
                .insert(row, "an association row, made because a many-to-many relation was pushed to");
            self.pairs.added.insert(key, row);
            if known.is_none() {
                self.note_unsure(key, through);
            }
        }
        self.change_both(owner, info, target, |list, raw| {
            list.push(raw);
        });
    }

    /// Every list over these two foreign keys shows a new pair.
    fn join_ends(&mut self, through: &'static Through, from: Raw, to: Raw) {
        for (info, other) in relations_over(through.model()).filter(|(info, _)| !info.view_only) {
            let (owner, target) = match (other.from.index, other.to.index) {
                ends if ends == (through.from.index, through.to.index) => (from, to),
                ends if ends == (through.to.index, through.from.index) => (to, from),
                _ => continue,
            };
            let owner = Object { model: other.from.parent.index() as u32, raw: owner };
            self.change_many(owner, info.index, |list| {
                list.push(target);
            });
        }
    }

    /// Two rows that are there may be connected without anybody knowing. What is new is not.
    fn note_unsure(&mut self, key: AssocKey, through: &Through) {
        let is_stored = |(edge, raw): (u16, Raw)| {
            let edge = if edge == through.from.index as u16 { &through.from } else { &through.to };
            let end = Object { model: edge.parent.index() as u32, raw };
            matches!(self.state_of(end), Some(State::Persistent | State::Deleting))
        };
        if is_stored(key.low) && is_stored(key.high) {
            self.pairs.unsure.insert(key);
        }
    }

    /// A pair that is pushed stays, though its row was to be deleted.
    fn spare_association(&mut self, key: &AssocKey) {
        if self.deletes.is_empty() {
            return;
        }
        if let Some(row) =
            self.association_row(key).filter(|row| self.state_of(*row) == Some(State::Deleting))
        {
            self.spare(row);
        }
    }

    /// A new object of an association model, with nothing but defaults.
    fn add_association(&mut self, model: &'static Mapping) -> Option<Object> {
        let raw = (model.parts().add_blank)(self)?;
        Some(Object { model: model.index() as u32, raw })
    }

    /// The association has columns of its own that must be set: the next flush says so.
    #[cold]
    fn complain(&mut self, info: &RelationInfo, through: &Through) {
        let model = through.model().name();
        self.problem = Some(format!(
            "`{}` cannot make rows of `{model}` by itself, because `{model}` has required columns of its own; add the association object: `db.add({model}.new()…)`",
            info.name
        ));
    }

    pub(super) fn dissociate(
        &mut self,
        owner: Object,
        info: &'static RelationInfo,
        through: &'static Through,
        target: Raw,
    ) {
        let key = AssocKey::new(through, owner.raw, target);
        match self.pairs.added.remove(&key) {
            Some(row) => {
                self.delete_object(row);
                // The row that was not needed after all may be the second one.
                if self.pairs.unsure.contains(&key) {
                    self.pairs.removed.insert(key);
                }
            }
            None if self.pairs.removed.contains(&key) => {}
            // What is not there cannot be taken out.
            None if self.is_associated(owner, info, target) == Some(false) => return,
            None => {
                // The flush knows models by their stores, and no row of this one may ever have been here.
                self.store_of(through.model());
                if let Some(row) = self.association_row(&key) {
                    self.made.remove(&row);
                }
                self.pairs.removed.insert(key);
            }
        }
        self.change_both(owner, info, target, |list, raw| {
            list.remove(raw);
        });
    }

    /// Whether two objects are connected, as far as a loaded list says so: the owner's, else the other side's, which
    /// may be too old to say no. Or as the row between them says, if the session has it.
    fn is_associated(&self, owner: Object, info: &RelationInfo, target: Raw) -> Option<bool> {
        if let Some(list) = self.list_of(owner, info.index) {
            return Some(list.contains(target));
        }
        let other = Object { model: info.target.index() as u32, raw: target };
        let said = info.inverse.and_then(|inverse| {
            let known = self.list_of(other, inverse)?.contains(owner.raw);
            (known || self.is_current(other, inverse)).then_some(known)
        });
        said.or_else(|| {
            let LinkInfo::Through(through) = &info.link else { return None };
            let row = self.association_row(&AssocKey::new(through, owner.raw, target))?;
            let head = self.store(row.model)?.head(row.raw.slot)?;
            let is_there =
                matches!(head.state, State::Persistent | State::Deleting) && head.fresh >= self.now;
            is_there.then_some(true)
        })
    }

    /// The object that stands for an association row, if the session has it.
    pub(crate) fn association_row(&self, key: &AssocKey) -> Option<Object> {
        let store = self.store(key.model)?;
        let mapping = store.mapping();
        let mut cells = vec![None; mapping.columns().len()];
        let mut held = Binds::new();
        for (edge, raw) in [key.low, key.high] {
            let edge = &mapping.foreign_keys()[usize::from(edge)];
            for (column, parent_column) in edge.child_columns.iter().zip(&edge.parent_columns) {
                let end = Object { model: edge.parent.index() as u32, raw };
                self.state_of(end)?;
                cells[*column] = Some(held.len());
                self.encode(end, &[*parent_column], &mut held);
            }
        }
        let key_cells: Option<Vec<Cell<'_>>> = mapping.key().iter().map(|&c| held.get(cells[c]?)).collect();
        let slot = store.find(&key_cells?).ok().flatten()?;
        Some(Object { model: key.model, raw: Raw { slot, stamp: store.head(slot)?.stamp } })
    }

    /// The objects that stand for association rows, where the session has them: also of associations with a key of
    /// their own, which the ends do not name.
    pub(crate) fn association_rows(&self, keys: &[AssocKey]) -> Vec<Option<Object>> {
        let mut by_ends: HashMap<(u32, u16, u16), HashMap<AssocKey, Object>> = HashMap::new();
        let row = |key: &AssocKey| {
            let mapping = self.store(key.model)?.mapping();
            let [low, high] = [key.low.0, key.high.0].map(|edge| &mapping.foreign_keys()[usize::from(edge)]);
            let is_end = |c: &usize| low.child_columns.contains(c) || high.child_columns.contains(c);
            if mapping.key().iter().all(is_end) {
                return self.association_row(key);
            }
            let rows = by_ends.entry((key.model, key.low.0, key.high.0));
            rows.or_insert_with(|| self.rows_by_ends(key.model, low, high)).get(key).copied()
        };
        keys.iter().map(row).collect()
    }

    /// Every object of an association that stands for a row, by its ends.
    fn rows_by_ends(&self, model: u32, low: &Edge, high: &Edge) -> HashMap<AssocKey, Object> {
        let Some(store) = self.store(model) else { return HashMap::new() };
        let rows = (0..store.len()).filter_map(|slot| {
            let head = store.head(slot)?;
            let row = Object { model, raw: Raw { slot, stamp: head.stamp } };
            let is_there = matches!(head.state, State::Persistent | State::Deleting);
            let ends = is_there.then(|| Some((self.parent_of(low, row)?, self.parent_of(high, row)?)));
            let (from, to) = ends??;
            let key = AssocKey { model, low: (low.index as u16, from), high: (high.index as u16, to) };
            Some((key, row))
        });
        rows.collect()
    }

    /// Changes the lists of both sides of a many-to-many relation, where they are loaded.
    fn change_both(
        &mut self,
        owner: Object,
        info: &'static RelationInfo,
        target: Raw,
        change: impl Fn(&mut super::List, Raw),
    ) {
        self.change_many(owner, info.index, |list| change(list, target));
        if let Some(inverse) = info.inverse {
            let other = Object { model: info.target.index() as u32, raw: target };
            self.change_many(other, inverse, |list| change(list, owner.raw));
        }
    }

    /// Takes back what was to be written for an association, because the whole is about to be worked out anew. Rows
    /// that the program added stay, if what they connect shall be connected.
    pub(crate) fn withdraw(&mut self, owner: Object, through: &Through, stays: &[Raw]) {
        let target = |key: &AssocKey| key.target(through, owner.raw);
        let ours = |key: &AssocKey| target(key).is_some();
        self.pairs.removed.retain(|key| !ours(key));
        let stays: HashSet<Raw> = stays.iter().copied().collect();
        let goes = |key: &AssocKey, row: &Object| {
            self.made.contains(row) || !target(key).is_some_and(|raw| stays.contains(&raw))
        };
        let mut added = self.pairs.added_at(&through.from, owner.raw);
        added.retain(|(key, row)| ours(key) && goes(key, row));
        for (key, row) in added {
            self.pairs.added.remove(&key);
            self.pairs.unsure.remove(&key);
            self.delete_object(row);
        }
    }

    /// After a rollback: rows that pushes had made wait for their ends to be added again.
    pub(super) fn note_unmade(&mut self) {
        self.unmade.clear();
        let is_lost = |row: &&Object| self.state_of(**row) == Some(State::Transient);
        let lost: Vec<Object> = self.made.iter().filter(is_lost).copied().collect();
        for row in lost {
            for edge in self.store(row.model).map_or(&[][..], |store| store.mapping().foreign_keys()) {
                if let Some(raw) = self.parent_of(edge, row) {
                    let end = Object { model: edge.parent.index() as u32, raw };
                    self.unmade.entry(end).or_default().push(row);
                }
            }
        }
    }

    /// What a transaction has written for good is not made again.
    pub(super) fn forget_made(&mut self) {
        let mut made = std::mem::take(&mut self.made);
        made.retain(|row| self.state_of(*row) == Some(State::Transient));
        self.made = made;
    }

    /// Pairs of which the flush must know whether the database has them, by association and foreign keys.
    pub(crate) fn unsure_pairs(&mut self) -> Vec<(&'static Mapping, Vec<AssocKey>)> {
        let mut keys: Vec<AssocKey> = self.pairs.unsure.drain().collect();
        keys.retain(|key| self.pairs.added.contains_key(key) || self.pairs.removed.contains(key));
        keys.sort_unstable_by_key(|key| (key.model, key.low.0, key.high.0, *key));
        let same = |a: &AssocKey, b: &AssocKey| (a.model, a.low.0, a.high.0) == (b.model, b.low.0, b.high.0);
        let groups = keys.chunk_by(same);
        groups.filter_map(|keys| Some((self.store(keys[0].model)?.mapping(), keys.to_vec()))).collect()
    }

    /// The database has these in a relation of an owner: nothing is unsure there any more.
    pub(crate) fn settle_pairs(&mut self, through: &Through, owner: Raw, stored: &[Raw]) {
        if self.pairs.unsure.is_empty() {
            return;
        }
        let there: HashSet<AssocKey> = stored.iter().map(|raw| AssocKey::new(through, owner, *raw)).collect();
        let ours = |key: &AssocKey| key.target(through, owner).is_some();
        for key in self.pairs.unsure.extract_if(|key| ours(key)).collect::<Vec<_>>() {
            match there.contains(&key) {
                true => self.pair_is_there(&key),
                false => self.pair_is_missing(&key),
            }
        }
    }

    /// The database has this pair: it is not written again.
    pub(crate) fn pair_is_there(&mut self, key: &AssocKey) {
        if let Some(row) = self.pairs.added.remove(key) {
            self.delete_object(row);
        }
    }

    /// The database does not have this pair: there is nothing to take apart.
    pub(crate) fn pair_is_missing(&mut self, key: &AssocKey) {
        self.pairs.removed.remove(key);
    }

    /// An object is in the session again: so are the pairs of which both ends are.
    pub(super) fn make_again(&mut self, end: Object) {
        for row in self.unmade.remove(&end).unwrap_or_default() {
            let edges = self.store(row.model).map_or(&[][..], |store| store.mapping().foreign_keys());
            let is_back = |edge: &Edge| {
                let model = edge.parent.index() as u32;
                let parent = self.parent_of(edge, row).map(|raw| Object { model, raw });
                parent.is_none_or(|parent| self.state_of(parent).is_some_and(State::is_attached))
            };
            if self.state_of(row) == Some(State::Transient) && edges.iter().all(is_back) {
                self.attach(row);
            }
        }
    }
}

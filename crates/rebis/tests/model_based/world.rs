//! The reference: what the program has said, in plain maps, with the documented meaning of each step.
//!
//! It knows nothing of sessions. A flush is one function from a world to the world in the database, or to the errors
//! that are to be expected.

use super::models::{Key, Kind};
use rebis::ErrorKind;
use std::collections::{BTreeMap, BTreeSet};

/// Names a row in the reference, for the whole program.
pub type Id = usize;

/// The plain columns of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Columns {
    pub name: String,
    pub code: Option<i64>,
    /// The primary key; `None` until the database has made one up.
    pub key: Option<Key>,
}

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub kind: Kind,
    pub columns: Columns,
    pub parent: Option<Id>,
    /// The columns that the database has; `None` while the row is new.
    pub stored: Option<Columns>,
    /// The parent that the database has.
    pub stored_parent: Option<Id>,
    /// Is to be deleted by the next flush.
    pub deleting: bool,
    /// Was taken from its owner, and the relation is `delete-orphan`.
    pub orphan: bool,
    /// Its parent changed without the object being in sight: memory follows at the flush.
    pub lagging: bool,
}

/// All rows that there are, or will be after the next flush.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct World {
    pub rows: BTreeMap<Id, Row>,
    /// Pairs of post and tag.
    pub tagged: BTreeSet<(Id, Id)>,
    /// Some of them changed without the objects being in sight: memory follows at the flush.
    pub tags_lag: bool,
    /// A collection was replaced since the last flush: what was in it goes, whatever else is said of it.
    pub replaced: bool,
}

impl World {
    /// A new row.
    pub fn add(&mut self, id: Id, kind: Kind, columns: Columns, parent: Option<Id>) {
        let (stored, stored_parent, deleting, orphan, lagging) = (None, None, false, false, false);
        let row = Row { kind, columns, parent: None, stored, stored_parent, deleting, orphan, lagging };
        self.rows.insert(id, row);
        if parent.is_some() {
            self.set_parent(id, parent);
        }
    }

    /// The rows under a parent, of one kind.
    pub fn children(&self, parent: Id, kind: Kind) -> Vec<Id> {
        let rows = self.rows.iter();
        rows.filter(|(_, row)| row.kind == kind && row.parent == Some(parent)).map(|(id, _)| *id).collect()
    }

    /// Sets a to-one relation. Who was alone in a one-to-one relation goes.
    pub fn set_parent(&mut self, child: Id, parent: Option<Id>) {
        if let (Some(parent), Kind::Profile) = (parent, self.rows[&child].kind) {
            for other in self.children(parent, Kind::Profile).into_iter().filter(|id| *id != child) {
                self.lose_parent(other);
            }
        }
        let Some(row) = self.rows.get_mut(&child) else { return };
        (row.parent, row.orphan, row.lagging) = (parent, false, false);
    }

    /// Takes a row from its parent, out of sight of the object.
    pub fn lose_parent(&mut self, child: Id) {
        self.leave(child);
        if let Some(row) = self.rows.get_mut(&child) {
            row.lagging = true;
        }
    }

    /// Takes a row from its parent.
    pub fn leave(&mut self, child: Id) {
        if let Some(row) = self.rows.get_mut(&child) {
            row.parent = None;
            row.orphan = row.kind == Kind::Post;
        }
    }

    /// Takes a row out of the collection of an owner; nothing happens if it is not there.
    pub fn remove(&mut self, owner: Id, child: Id) {
        if self.rows[&child].parent == Some(owner) {
            self.leave(child);
        }
    }

    /// Deletes a row. A new one is not written, and takes its cascade along.
    pub fn delete(&mut self, id: Id) {
        match self.rows.get_mut(&id) {
            Some(row) if row.stored.is_some() => row.deleting = true,
            Some(_) => {
                self.rows.remove(&id);
                self.release(id);
            }
            None => {}
        }
    }

    /// What hangs on a row that goes: posts go with their author, the rest stays without.
    fn release(&mut self, id: Id) {
        self.tagged.retain(|(post, tag)| *post != id && *tag != id);
        for kind in Kind::ALL {
            for child in self.children(id, kind) {
                match kind {
                    Kind::Post => self.delete(child),
                    _ => self.lose_parent(child),
                }
            }
        }
    }

    /// What the next flush makes of it.
    ///
    /// # Errors
    /// The kinds of errors that it may end with, if it cannot end well.
    pub fn flushed(&self) -> Result<World, Vec<ErrorKind>> {
        let mut world = self.clone();
        let orphans: Vec<Id> = world.rows.iter().filter(|(_, row)| row.orphan).map(|(id, _)| *id).collect();
        orphans.into_iter().for_each(|id| world.delete(id));
        while let Some(id) = world.rows.iter().find(|(_, row)| row.deleting).map(|(id, _)| *id) {
            world.rows.remove(&id);
            world.release(id);
        }
        let errors = world.errors();
        if !errors.is_empty() {
            return Err(errors);
        }
        (world.tags_lag, world.replaced) = (false, false);
        for row in world.rows.values_mut() {
            row.lagging = false;
            (row.stored, row.stored_parent) = (Some(row.columns.clone()), row.parent);
        }
        Ok(world)
    }

    fn errors(&self) -> Vec<ErrorKind> {
        let mut errors = Vec::new();
        let mut taken = BTreeSet::new();
        let mut take = |kind, value: String| {
            if !taken.insert((kind, value)) {
                errors.push(ErrorKind::UniqueViolation);
            }
        };
        for row in self.rows.values() {
            if let Some(code) = row.columns.code {
                take(row.kind, format!("code {code}"));
            }
            if let Some(key) = &row.columns.key {
                take(row.kind, format!("key {key:?}"));
            }
        }
        if self.rows.values().any(|row| row.kind == Kind::Post && row.parent.is_none()) {
            errors.push(ErrorKind::NotNullViolation);
        }
        errors
    }

    /// Whether changes of keys go around in a circle, which no order of statements can write.
    pub fn keys_go_around(&self) -> bool {
        let moves: BTreeMap<&Key, &Key> = self.rows.values().filter_map(moved).collect();
        moves.keys().any(|start| {
            let mut at = *start;
            for _ in 0..=moves.len() {
                match moves.get(at) {
                    Some(next) if next == start => return true,
                    Some(next) => at = next,
                    None => return false,
                }
            }
            false
        })
    }

    /// The rows of a kind that are there and stay there.
    pub fn live(&self, kind: Kind) -> Vec<Id> {
        self.rows.iter().filter(|(_, row)| row.kind == kind).map(|(id, _)| *id).collect()
    }
}

fn moved(row: &Row) -> Option<(&Key, &Key)> {
    let (stored, now) = (row.stored.as_ref()?.key.as_ref()?, row.columns.key.as_ref()?);
    (stored != now).then_some((stored, now))
}

//! Prepared statements by the identity of their text, a bounded number of them.

use hashbrown::HashMap;
use hashbrown::hash_map::Entry;
use rebis_sql::Statement;
use rusqlite::{Connection, PrepFlags};

/// The kept statements of one connection. The one used longest ago makes room for a new one.
pub(crate) struct Statements<'c> {
    kept: HashMap<u64, Kept<'c>>,
    capacity: usize,
    clock: u64,
}

struct Kept<'c> {
    prepared: rusqlite::Statement<'c>,
    used: u64,
}

impl<'c> Statements<'c> {
    pub(crate) fn new(capacity: usize) -> Self {
        Statements { kept: HashMap::new(), capacity, clock: 0 }
    }

    /// Whether a statement is to be kept here.
    #[inline]
    pub(crate) fn keeps(&self, statement: &Statement) -> bool {
        statement.keep() && self.capacity > 0
    }

    /// The kept statement, prepared now if it is not there.
    #[inline]
    pub(crate) fn get(
        &mut self,
        connection: &'c Connection,
        statement: &Statement,
    ) -> rusqlite::Result<&mut rusqlite::Statement<'c>> {
        if self.kept.len() >= self.capacity && !self.kept.contains_key(&statement.id()) {
            self.make_room();
        }
        self.clock += 1;
        match self.kept.entry(statement.id()) {
            Entry::Occupied(entry) => {
                let kept = entry.into_mut();
                kept.used = self.clock;
                Ok(&mut kept.prepared)
            }
            Entry::Vacant(entry) => {
                let flags = PrepFlags::SQLITE_PREPARE_PERSISTENT;
                let prepared = connection.prepare_with_flags(statement.sql(), flags)?;
                Ok(&mut entry.insert(Kept { prepared, used: self.clock }).prepared)
            }
        }
    }

    /// Forgets all.
    pub(crate) fn clear(&mut self) {
        self.kept.clear();
    }

    /// Preparing a statement costs microseconds, so a look at every entry is not felt.
    #[cold]
    fn make_room(&mut self) {
        if let Some(oldest) = self.kept.iter().min_by_key(|(_, kept)| kept.used).map(|(id, _)| *id) {
            self.kept.remove(&oldest);
        }
    }

    #[cfg(test)]
    pub(crate) fn ids(&self) -> Vec<u64> {
        let mut ids: Vec<u64> = self.kept.keys().copied().collect();
        ids.sort_unstable();
        ids
    }
}

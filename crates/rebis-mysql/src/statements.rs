//! What a connection knows of the statements it has met, a bounded number of them.

use crate::scan::{Shape, scan};
use crate::wire::Prepared;
use crate::wire::column::Columns;
use rebis_sql::Statement;
use std::collections::HashMap;
use std::sync::Arc;

/// The known statements of one connection. The one used longest ago makes room for a new one.
pub(crate) struct Statements {
    known: HashMap<u64, Known>,
    capacity: usize,
    clock: u64,
    /// Prepared statements that the server still has and nobody knows any more.
    closing: Vec<Prepared>,
}

struct Known {
    shape: Arc<Shape>,
    prepared: Option<Prepared>,
    used: u64,
    runs: u64,
}

impl Statements {
    pub(crate) fn new(capacity: usize) -> Self {
        Statements { known: HashMap::new(), capacity, clock: 0, closing: Vec::new() }
    }

    /// The shape of a statement's text.
    pub(crate) fn shape(&mut self, statement: &Statement) -> Arc<Shape> {
        if !statement.keep() || self.capacity == 0 {
            return Arc::new(scan(statement.sql()));
        }
        self.clock += 1;
        if let Some(known) = self.known.get_mut(&statement.id()) {
            known.used = self.clock;
            return known.shape.clone();
        }
        if self.known.len() >= self.capacity {
            self.make_room();
        }
        let shape = Arc::new(scan(statement.sql()));
        let known = Known { shape: shape.clone(), prepared: None, used: self.clock, runs: 0 };
        self.known.insert(statement.id(), known);
        shape
    }

    /// Whether a statement comes back, so that preparing it is worth a round trip. Counts the run.
    pub(crate) fn comes_back(&mut self, statement: &Statement) -> bool {
        let Some(known) = self.known.get_mut(&statement.id()) else { return false };
        known.runs += 1;
        known.runs > 1
    }

    pub(crate) fn prepared(&self, statement: &Statement) -> Option<Prepared> {
        self.known.get(&statement.id())?.prepared.clone()
    }

    /// Keeps a statement that was prepared; one that nobody will ask for again is to be closed.
    pub(crate) fn keep(&mut self, statement: &Statement, prepared: Prepared) {
        match self.known.get_mut(&statement.id()) {
            Some(known) => self.closing.extend(known.prepared.replace(prepared)),
            None => self.closing.push(prepared),
        }
    }

    /// Notes the columns that a prepared statement has now.
    pub(crate) fn learn(&mut self, statement: &Statement, columns: &Arc<Columns>) {
        if let Some(Known { prepared: Some(prepared), .. }) = self.known.get_mut(&statement.id()) {
            prepared.columns = columns.clone();
        }
    }

    /// Forgets one: the server has forgotten it too.
    pub(crate) fn forget(&mut self, statement: &Statement) {
        if let Some(known) = self.known.get_mut(&statement.id()) {
            known.prepared = None;
        }
    }

    /// Forgets all.
    pub(crate) fn clear(&mut self) {
        let all = self.known.drain().filter_map(|(_, known)| known.prepared);
        self.closing.extend(all);
    }

    /// The server has forgotten all of them.
    pub(crate) fn lost(&mut self) {
        self.known.values_mut().for_each(|known| known.prepared = None);
        self.closing.clear();
    }

    /// What is to be closed.
    pub(crate) fn closing(&mut self) -> Vec<Prepared> {
        std::mem::take(&mut self.closing)
    }

    /// Preparing a statement costs a round trip, so a look at every entry is not felt.
    #[cold]
    fn make_room(&mut self) {
        let oldest = self.known.iter().min_by_key(|(_, known)| known.used).map(|(id, _)| *id);
        if let Some(known) = oldest.and_then(|id| self.known.remove(&id)) {
            self.closing.extend(known.prepared);
        }
    }
}

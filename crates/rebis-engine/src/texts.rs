//! Statements by their text: a text rendered anew finds the statement, and with it what is prepared for it.

use hashbrown::HashMap;
use rebis_sql::{Statement, StatementKind};
use std::sync::{Arc, Mutex, PoisonError};

/// The texts of an engine, a bounded number; the one used longest ago makes room.
pub(crate) struct Texts {
    known: Mutex<Known>,
    capacity: usize,
}

#[derive(Default)]
struct Known {
    statements: HashMap<Arc<str>, (Statement, u64)>,
    clock: u64,
}

impl Texts {
    pub(crate) fn new(capacity: usize) -> Self {
        Texts { known: Mutex::default(), capacity }
    }

    pub(crate) fn statement(&self, text: &str, kind: StatementKind) -> Statement {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.clock += 1;
        let now = known.clock;
        if let Some((statement, used)) = known.statements.get_mut(text)
            && statement.kind() == kind
        {
            *used = now;
            return statement.clone();
        }
        if known.statements.len() >= self.capacity {
            let oldest =
                known.statements.iter().min_by_key(|(_, (_, used))| *used).map(|(text, _)| text.clone());
            oldest.map(|text| known.statements.remove(&text));
        }
        let statement = Statement::new(text, kind);
        known.statements.insert(statement.shared_sql(), (statement.clone(), now));
        statement
    }
}

/// The texts that one connection has used: asked first, and without a lock. Emptied when it is full; the engine's
/// texts fill it again with the same statements.
pub(crate) struct OwnTexts(HashMap<Arc<str>, Statement>);

impl OwnTexts {
    const MOST: usize = 256;

    pub(crate) fn new() -> Self {
        OwnTexts(HashMap::new())
    }

    #[inline]
    pub(crate) fn statement(&mut self, text: &str, kind: StatementKind, all: &Texts) -> Statement {
        match self.0.get(text) {
            Some(statement) if statement.kind() == kind => statement.clone(),
            _ => self.learn(text, kind, all),
        }
    }

    #[cold]
    fn learn(&mut self, text: &str, kind: StatementKind, all: &Texts) -> Statement {
        if self.0.len() >= Self::MOST {
            self.0.clear();
        }
        let statement = all.statement(text, kind);
        self.0.insert(statement.shared_sql(), statement.clone());
        statement
    }
}

//! What a connection has prepared at the server, by the identity of the text; a bounded number.

use super::text::Parameters;
use crate::value::decode::Shape;
use crate::value::encode::Declared;
use hashbrown::{HashMap, HashSet};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::Arc;

/// A statement, and how many rows it is guarded to affect.
pub(super) type Key = (u64, Option<u64>);

/// Statements that are known to need their texts declared.
const MOST_TEXTS: usize = 1024;

/// A statement that stands ready at the server.
pub(super) struct Ready {
    pub(super) name: String,
    pub(super) parameters: Arc<Parameters>,
    pub(super) declared: Declared,
    /// The columns it returns, if any, in the forms that are asked for.
    pub(super) shape: Option<Arc<Shape>>,
    pub(super) formats: Vec<i16>,
    /// It changes what the next borrower would meet.
    pub(super) alters: bool,
}

pub(super) struct Statements {
    kept: HashMap<Key, Kept>,
    capacity: usize,
    clock: u64,
    /// What the names of this connection begin with. Nobody else has it: behind a proxy, a connection of the server
    /// may hold what another program has prepared, and the same name would run that.
    prefix: u64,
    last: u64,
    /// Names at the server that nobody will use again, or that may be there or not: closed with the next message.
    unwanted: Vec<String>,
    /// Statements whose texts must be declared.
    texts: HashSet<u64>,
    /// Statements that the server takes as they are alone.
    bare: HashSet<u64>,
}

struct Kept {
    ready: Arc<Ready>,
    used: u64,
}

impl Statements {
    pub(super) fn new(capacity: usize) -> Statements {
        Statements {
            kept: HashMap::new(),
            capacity,
            clock: 0,
            prefix: RandomState::new().build_hasher().finish(),
            last: 0,
            unwanted: Vec::new(),
            texts: HashSet::new(),
            bare: HashSet::new(),
        }
    }

    /// Whether anything is kept at all.
    pub(super) fn keeps(&self) -> bool {
        self.capacity > 0
    }

    pub(super) fn get(&mut self, key: Key) -> Option<Arc<Ready>> {
        self.clock += 1;
        let kept = self.kept.get_mut(&key)?;
        kept.used = self.clock;
        Some(kept.ready.clone())
    }

    /// A name that was never used here.
    pub(super) fn new_name(&mut self) -> String {
        self.last += 1;
        format!("rebis_{:x}_{}", self.prefix, self.last)
    }

    pub(super) fn insert(&mut self, key: Key, ready: Ready) {
        if self.kept.len() >= self.capacity && !self.kept.contains_key(&key) {
            self.make_room();
        }
        self.clock += 1;
        let kept = Kept { ready: Arc::new(ready), used: self.clock };
        if let Some(before) = self.kept.insert(key, kept) {
            self.unwanted.push(before.ready.name.clone());
        }
    }

    /// A look at every entry costs less than preparing a statement.
    #[cold]
    fn make_room(&mut self) {
        if let Some(oldest) = self.kept.iter().min_by_key(|(_, kept)| kept.used).map(|(key, _)| *key) {
            self.drop_one(oldest);
        }
    }

    /// Forgets a statement, with every guard.
    pub(super) fn forget(&mut self, id: u64) {
        let keys: Vec<Key> = self.kept.keys().filter(|(of, _)| *of == id).copied().collect();
        keys.into_iter().for_each(|key| self.drop_one(key));
    }

    fn drop_one(&mut self, key: Key) {
        if let Some(kept) = self.kept.remove(&key) {
            self.unwanted.push(kept.ready.name.clone());
        }
    }

    pub(super) fn clear(&mut self) {
        self.unwanted.extend(self.kept.drain().map(|(_, kept)| kept.ready.name.clone()));
    }

    /// The server has forgotten all by itself.
    pub(super) fn emptied(&mut self) {
        self.kept.clear();
        self.unwanted.clear();
    }

    /// Names to close from now on.
    pub(super) fn unwanted(&mut self) -> &mut Vec<String> {
        &mut self.unwanted
    }

    /// From now on the texts of this statement are declared to be texts.
    pub(super) fn declare_texts(&mut self, id: u64) {
        self.forget(id);
        // Statements that run once are many, and never come back.
        if self.texts.len() >= MOST_TEXTS {
            self.texts.clear();
        }
        self.texts.insert(id);
    }

    /// From now on this statement is sent as it is.
    pub(super) fn leave_bare(&mut self, id: u64) {
        if self.bare.len() >= MOST_TEXTS {
            self.bare.clear();
        }
        self.bare.insert(id);
    }

    pub(super) fn is_bare(&self, id: u64) -> bool {
        self.bare.contains(&id)
    }

    pub(super) fn declares_texts(&self, id: u64) -> bool {
        self.texts.contains(&id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::encode::Texts;
    use rebis_core::Binds;

    fn ready(name: String) -> Ready {
        let declared = Declared::of(&Binds::new(), 0, Texts::At(&[])).expect("nothing can be sent");
        Ready { name, parameters: Arc::default(), declared, shape: None, formats: Vec::new(), alters: false }
    }

    #[test]
    fn the_one_used_longest_ago_makes_room() {
        let mut statements = Statements::new(2);
        for id in [1, 2] {
            let name = statements.new_name();
            statements.insert((id, None), ready(name));
        }
        assert!(statements.get((1, None)).is_some());
        let name = statements.new_name();
        statements.insert((3, None), ready(name));
        assert!(
            statements.get((2, None)).is_none()
                && statements.get((1, None)).is_some()
                && statements.get((3, None)).is_some()
        );
        let short = |names: &[String]| -> Vec<String> {
            names.iter().filter_map(|name| name.rsplit('_').next().map(str::to_owned)).collect()
        };
        assert_eq!(short(statements.unwanted()), ["2"]);
        let name = statements.new_name();
        statements.insert((3, None), ready(name));
        statements.clear();
        let mut unwanted = short(statements.unwanted());
        unwanted.sort();
        assert_eq!(unwanted, ["1", "2", "3", "4"]);
    }
}

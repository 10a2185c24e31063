//! The relation fields of an object without their types: what the graph reads and writes.

use crate::graph::{List, Raw};
use std::sync::Arc;

/// A to-one relation of one object.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OneLink {
    /// Nobody has asked the database yet.
    #[default]
    NotLoaded,
    /// There is none.
    None,
    /// This one.
    Loaded(Raw),
}

impl OneLink {
    /// The target, where it is known and there is one.
    pub fn get(self) -> Option<Raw> {
        match self {
            OneLink::Loaded(raw) => Some(raw),
            OneLink::None | OneLink::NotLoaded => None,
        }
    }

    /// From an optional target.
    pub fn of(target: Option<Raw>) -> Self {
        target.map_or(OneLink::None, OneLink::Loaded)
    }
}

/// A to-many relation of one object: a shared list, or not loaded. One pointer wide.
#[derive(Clone, Debug, Default)]
pub struct ManyLink(pub(crate) Option<Arc<List>>);

impl ManyLink {
    /// Whether it is loaded.
    pub fn is_loaded(&self) -> bool {
        self.0.is_some()
    }

    /// The list is of the past: it stays readable, and the next load reads it anew.
    pub(crate) fn grow_stale(&mut self) {
        if let Some(list) = &mut self.0 {
            let old = List::clone(list).loaded_at(0);
            *list = Arc::new(old);
        }
    }

    /// The list, where it is loaded.
    pub fn list(&self) -> Option<&Arc<List>> {
        self.0.as_ref()
    }
}

/// A relation field of an object, to read.
#[derive(Debug)]
pub enum LinkRef<'a> {
    /// `BelongsTo` or `HasOne`.
    One(OneLink),
    /// `HasMany`.
    Many(&'a ManyLink),
}

/// A relation field of an object, to change.
#[derive(Debug)]
pub enum LinkMut<'a> {
    /// `BelongsTo` or `HasOne`.
    One(&'a mut OneLink),
    /// `HasMany`.
    Many(&'a mut ManyLink),
}

//! Deferred columns: whether they are here, and what a load brings.

use super::{Graph, Object, Raw, State};
use crate::mapping::Mapping;
use rebis_core::{Cell, Result};

impl Graph {
    /// Whether one of these deferred columns of an object with a row is not loaded, or was loaded before this
    /// transaction. What the program has set is no reason to load it.
    pub(crate) fn lacks(&self, object: Object, columns: &[usize]) -> bool {
        let Some(store) = self.store(object.model) else { return false };
        let is_old = |&column: &usize| {
            let read = self.deferred_loaded.get(&(object, column)).copied().unwrap_or(0);
            let is_set = store.differs(object.raw.slot, column);
            !store.has(object.raw.slot, column) || self.populate || read < self.now && !is_set
        };
        self.state_of(object) == Some(State::Persistent) && columns.iter().any(is_old)
    }

    /// Takes deferred columns of the object with this key.
    pub(crate) fn fill_deferred(
        &mut self,
        mapping: &'static Mapping,
        key: &[Cell<'_>],
        columns: &[usize],
        values: &[Cell<'_>],
    ) -> Result<()> {
        let (context, model) = (self.load_context(), mapping.index() as u32);
        let Some(store) = self.store_mut(model) else { return Ok(()) };
        let Some(slot) = store.find(key)? else { return Ok(()) };
        let Some(stamp) = store.head(slot).map(|head| head.stamp) else { return Ok(()) };
        for (&column, value) in columns.iter().zip(values) {
            let filled = store.fill(slot, column, *value, context);
            filled.map_err(|error| super::named(mapping, error.with_index(column)))?;
        }
        let object = Object { model, raw: Raw { slot, stamp } };
        self.deferred_loaded.extend(columns.iter().map(|&column| ((object, column), context.now)));
        Ok(())
    }

    /// A deferred column of a new object that nobody has loaded or set: its row needs a value.
    pub(crate) fn unloaded_column(&self) -> Option<(&'static Mapping, usize)> {
        let defers = |model: &u32| self.store(*model).is_some_and(|store| store.mapping().has_deferred());
        if !self.added_models.iter().any(defers) {
            return None;
        }
        let new = self.added.iter().filter(|object| self.state_of(**object) == Some(State::Pending));
        new.filter_map(|object| {
            let store = self.store(object.model)?;
            let mapping = store.mapping();
            let column =
                (mapping.width()..mapping.columns().len()).find(|&c| !store.has(object.raw.slot, c))?;
            Some((mapping, column))
        })
        .next()
    }
}

//! What has changed in an object.

use super::{AsHandle, Graph, Handle, LinkKey, Object, State};
use crate::mapping::Model;
use rebis_core::Datum;
use rebis_sql::Column;

/// The change of one column since the last flush.
///
/// See [`History`] for an example.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The field's name.
    pub field: &'static str,
    /// What the database has.
    pub before: Datum,
    /// What the object has.
    pub after: Datum,
}

/// The changes of an object since the last flush: columns whose value differs, in the order of the fields.
///
/// Made by [`Graph::history`].
///
/// ```
/// # use rebis_orm_doc::*;
/// # fn main() -> rebis::Result<()> {
/// # run(async |db, alice, hello| {
/// db[alice].username = "wonderland".into();
/// db[alice].active = true; // what it was
/// let history = db.history(alice);
/// assert_eq!(history.changes.len(), 1);
/// let change = history.of(User.username).expect("it changed");
/// assert_eq!((change.field, &change.before), ("username", &rebis::Datum::Text("alice".into())));
/// # Ok(())
/// # })
/// # }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    /// The changes.
    pub changes: Vec<Change>,
}

impl History {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// The change of a column, if it changed.
    pub fn of<M: Model, T>(&self, column: Column<M, T>) -> Option<&Change> {
        let field = M::mapping().columns().get(usize::from(column.index()))?.field;
        self.changes.iter().find(|change| change.field == field)
    }
}

impl Graph {
    /// What has changed in an object since it was loaded or flushed. Setting a column to what it was is no change
    /// (rule 10).
    ///
    /// See [`History`] for an example.
    ///
    /// # Panics
    /// If the handle belongs to another session, or its object was taken out.
    #[track_caller]
    pub fn history<H: AsHandle>(&self, handle: H) -> History {
        self.history_of(handle.handle())
    }

    #[track_caller]
    fn history_of<M: Model>(&self, handle: Handle<M>) -> History {
        let object = self.checked_ref(handle);
        let Some(store) = self.typed::<M>() else { return History::default() };
        let columns = M::mapping().columns().iter().enumerate();
        let changed = columns.filter_map(|(column, info)| {
            let (before, after) = store.history(object.raw.slot, column)?;
            Some(Change { field: info.field, before, after })
        });
        match self.store(object.model).and_then(|s| s.head(object.raw.slot)) {
            Some(head) if head.saved == self.epoch => History { changes: changed.collect() },
            Some(_) | None => History::default(),
        }
    }

    /// Whether a flush would write this object: it is new, to be deleted, or a column, key or expression changed.
    ///
    /// ```
    /// # use rebis_orm_doc::*;
    /// # fn main() -> rebis::Result<()> {
    /// # run(async |db, alice, hello| {
    /// db[alice].username = "wonderland".into();
    /// assert!(db.is_modified(alice));
    /// db[alice].username = "alice".into(); // as the database has it
    /// assert!(!db.is_modified(alice));
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    ///
    /// # Panics
    /// If the handle belongs to another session, or its object was taken out.
    #[track_caller]
    pub fn is_modified(&self, handle: impl AsHandle) -> bool {
        let handle = handle.handle();
        let object = self.checked_ref(handle);
        match self.state(handle) {
            State::Pending | State::Deleting => true,
            State::Persistent => {
                !self.history(handle).is_empty()
                    || self.expressions.contains_key(&object)
                    || self.has_new_parent(object)
            }
            State::Transient | State::Deleted | State::Detached => false,
        }
    }

    fn has_new_parent(&self, child: Object) -> bool {
        let edges = self.store(child.model).map_or(&[][..], |store| store.mapping().foreign_keys());
        edges.iter().any(|edge| self.links.contains_key(&LinkKey { child, edge: edge.index as u16 }))
    }

    /// Whether there may be something to write. An object that was borrowed mutably counts, changed or not: the
    /// flush compares.
    ///
    /// ```
    /// # use rebis_orm_doc::*;
    /// # fn main() -> rebis::Result<()> {
    /// # run(async |db, alice, hello| {
    /// assert!(!db.has_changes());
    /// db[alice].active = false;
    /// assert!(db.has_changes());
    /// db.commit().await?;
    /// assert!(!db.has_changes());
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    pub fn has_changes(&self) -> bool {
        !(self.added.is_empty()
            && self.deletes.is_empty()
            && !self.links.keys().any(|key| self.state_of(key.child).is_some_and(State::is_attached))
            && self.pairs.removed.is_empty()
            && self.replaced.is_empty()
            && self.expressions.is_empty()
            && self.problem.is_none())
            || self.stores().any(|(_, store)| store.has_saved_since(self.epoch))
    }

    /// The new objects of a model, in the order they were added.
    ///
    /// ```
    /// # use rebis_orm_doc::*;
    /// # fn main() -> rebis::Result<()> {
    /// # run(async |db, alice, hello| {
    /// let sql = db.add(Tag.new().name("sql"));
    /// assert_eq!(db.pending::<Tag>(), [sql]);
    /// db.flush().await?;
    /// assert!(db.pending::<Tag>().is_empty());
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    pub fn pending<M: Model>(&self) -> Vec<Handle<M>> {
        let model = M::index() as u32;
        let new =
            self.added.iter().filter(|o| o.model == model && self.state_of(**o) == Some(State::Pending));
        new.map(|o| Handle::from_raw(o.raw)).collect()
    }
}

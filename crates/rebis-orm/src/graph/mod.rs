//! The session without I/O: objects, identity, relations, and the log of changes.
//!
//! A [`Graph`] is what both sessions stand on. Domain logic takes `&mut Graph` and is tested without a database.
//! It knows nothing of SQL and of connections: what has to be loaded or written is worked out elsewhere
//! (`loading/`, `unit_of_work/`) from what stands here.

mod associations;
mod deferred;
mod events;
mod handle;
mod history;
mod identity;
mod indexed;
mod list;
mod objects;
mod pages;
mod relations;
mod replace;
mod show;
mod state;
mod store;
mod tree;
mod undo;

pub(crate) use associations::{AssocKey, Pairs};
pub(crate) use events::Events;
pub use events::StateChange;
pub use handle::{AsHandle, Handle, HandleOf, Raw};
pub use history::{Change, History};
pub(crate) use identity::hash_cells;
pub(crate) use indexed::Indexed;
pub use list::List;
pub(crate) use objects::Known;
pub(crate) use relations::LinkKey;
pub(crate) use replace::{Replaced, Replacements};
pub use show::Show;
pub use state::State;
pub(crate) use store::UNSAVED;
pub use store::{AnyStore, Head, LoadContext, Store, new_store};
pub use tree::{Node, Tree};
pub(crate) use undo::Undo;

use crate::mapping::{ManyLink, Mapping, Model};
use hashbrown::{HashMap, HashSet};
use rebis_core::{Cell, Error, Result, Tracker};
use std::fmt;
use std::ops::{Deref, DerefMut, Index, IndexMut};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// An object without its type: the number of its model and its handle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Object {
    /// The number of the model.
    pub model: u32,
    /// The handle.
    pub raw: Raw,
}

/// A stamp that no session and no slot has had: for sessions, and for slots that are used again.
pub(crate) fn next_stamp() -> u32 {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    loop {
        // After four billion stamps the counter starts over; 0 stands for "nobody's".
        match NEXT.fetch_add(1, Ordering::Relaxed) {
            0 => {}
            stamp => return stamp,
        }
    }
}

/// The objects of a session and all that is known of them, without a database.
///
/// Domain logic takes `&mut Graph` and is tested without a database.
///
/// ```
/// # use rebis_orm_doc::*;
/// # fn main() {
/// fn publish(graph: &mut Graph, author: Handle<User>, title: &str) -> Handle<Post> {
///     graph.push(author, User.posts, Post.new().title(title.trim()))
/// }
///
/// let mut graph = Graph::new();
/// let alice = graph.add(User.new().username("alice"));
/// let post = publish(&mut graph, alice, " Hello ");
/// assert_eq!(graph[post].title, "Hello");
/// assert_eq!(graph[alice].posts.to_vec(), [post]);
/// # }
/// ```
pub struct Graph {
    stamp: u32,
    /// Grows with each flush, savepoint, commit and rollback; the first write of an object in an epoch saves it.
    pub(crate) epoch: u32,
    /// A clock that goes on with each commit, and with each statement that writes by criteria: objects read or
    /// written before are stale, because their rows may have been changed behind the session's back.
    pub(crate) now: u32,
    batch: u32,
    /// Rows overwrite the objects they meet.
    pub(crate) populate: bool,
    stores: Vec<Option<Box<dyn AnyStore>>>,
    /// While it is there, every object that a row leads to is written down.
    pub(crate) met: Option<Vec<Object>>,
    /// An empty list, and the time it is of: new objects share it.
    empty: (u32, Arc<List>),
    /// New objects in the order they were added; those that are no longer new are skipped.
    pub(crate) added: Vec<Object>,
    /// Models of new objects.
    pub(crate) added_models: HashSet<u32>,
    /// Whether one of them may stand there twice: it left and was added again.
    added_again: bool,
    /// Objects to delete, in the order they were deleted.
    pub(crate) deletes: Vec<Object>,
    /// Parents that children shall get, not written yet.
    pub(crate) links: Indexed<LinkKey, Option<Raw>, Raw>,
    /// Pairs of many-to-many relations that were put together or taken apart.
    pub(crate) pairs: Pairs,
    /// Association objects that pushes have made in this transaction.
    pub(crate) made: HashSet<Object>,
    /// Those that a rollback has taken back, by their ends: they come back with them.
    pub(crate) unmade: HashMap<Object, Vec<Object>>,
    /// Relations that were replaced while nobody knew what the database has in them: what is not in them now goes.
    pub(crate) replaced: Replacements,
    /// Columns to be set to an SQL expression by the next flush.
    pub(crate) expressions: HashMap<Object, Vec<(usize, rebis_sql::ast::Expr)>>,
    /// Conditions that hold wherever a model is read.
    pub(crate) criteria: Vec<crate::session::Criterion>,
    /// What to undo, oldest first.
    pub(crate) log: Vec<(u32, Undo)>,
    /// Relation fields already saved, and in which epoch.
    pub(crate) saved_links: HashMap<(Object, usize), u32>,
    /// Objects whose key came from a flush that was rolled back: added again, they get another.
    pub(crate) regenerate: HashSet<Object>,
    /// When the `HasOne` relations of objects were loaded, by the clock. Lists carry their time themselves.
    pub(crate) ones_loaded: HashMap<(Object, usize), u32>,
    /// When deferred columns of objects were loaded, by the clock.
    pub(crate) deferred_loaded: HashMap<(Object, usize), u32>,
    /// Detached objects whose rows were deleted for good: added again, they are new.
    pub(crate) gone: HashSet<Object>,
    /// Objects that were expunged in this transaction: a rollback does not bring them back.
    pub(crate) expunged: HashSet<Object>,
    /// Whether this transaction has written: what is loaded from now on may be of its own making.
    pub(crate) has_written: bool,
    /// Objects that will be deleted because they are orphans: given to another parent, they stay.
    pub(crate) orphaned: HashSet<Object>,
    /// Why objects are in the session, where it was not the program that added them.
    pub(crate) reasons: HashMap<Object, &'static str>,
    /// A change that could not be made; the next flush reports it.
    pub(crate) problem: Option<String>,
    /// Children that were taken from a parent with `delete-orphan` and not given to another.
    pub(crate) orphans: HashSet<LinkKey>,
    /// What the program is told of, and adds to.
    pub(crate) events: Events,
}

impl Default for Graph {
    fn default() -> Self {
        Graph::new()
    }
}

impl Graph {
    /// A graph without objects.
    pub fn new() -> Self {
        Graph {
            stamp: next_stamp(),
            epoch: 1,
            now: 1,
            batch: 0,
            populate: false,
            stores: Vec::new(),
            met: None,
            empty: (0, Arc::default()),
            added: Vec::new(),
            added_models: HashSet::new(),
            added_again: false,
            deletes: Vec::new(),
            links: Indexed::new(|_, parent| [*parent, None]),
            pairs: Pairs::default(),
            made: HashSet::new(),
            unmade: HashMap::new(),
            replaced: Replacements::default(),
            expressions: HashMap::new(),
            criteria: Vec::new(),
            log: Vec::new(),
            saved_links: HashMap::new(),
            regenerate: HashSet::new(),
            ones_loaded: HashMap::new(),
            deferred_loaded: HashMap::new(),
            gone: HashSet::new(),
            expunged: HashSet::new(),
            has_written: false,
            orphaned: HashSet::new(),
            reasons: HashMap::new(),
            problem: None,
            orphans: HashSet::new(),
            events: Events::default(),
        }
    }

    pub(crate) fn stamp(&self) -> u32 {
        self.stamp
    }

    #[inline]
    pub(crate) fn typed<M: Model>(&self) -> Option<&Store<M>> {
        self.stores.get(M::index())?.as_ref()?.as_any().downcast_ref()
    }

    #[inline]
    pub(crate) fn typed_mut<M: Model>(&mut self) -> &mut Store<M> {
        let index = M::index();
        if self.stores.get(index).is_none_or(Option::is_none) {
            self.ensure(M::mapping());
        }
        let store = self.stores[index].as_mut().and_then(|s| s.as_any_mut().downcast_mut());
        store.unwrap_or_else(|| unreachable!("a model's store has the model's type"))
    }

    #[cold]
    fn ensure(&mut self, mapping: &'static Mapping) {
        let index = mapping.index();
        if self.stores.len() <= index {
            self.stores.resize_with(index + 1, || None);
        }
        if self.stores[index].is_none() {
            let mut store = mapping.store();
            store.begin_epoch(self.epoch);
            self.stores[index] = Some(store);
        }
    }

    /// The store of a model, if any object of it has ever been here.
    pub(crate) fn store(&self, model: u32) -> Option<&dyn AnyStore> {
        self.stores.get(model as usize)?.as_deref()
    }

    pub(crate) fn store_mut(&mut self, model: u32) -> Option<&mut (dyn AnyStore + 'static)> {
        self.stores.get_mut(model as usize)?.as_deref_mut()
    }

    /// The store of a model, made where there is none.
    pub(crate) fn store_of(&mut self, mapping: &'static Mapping) -> &mut dyn AnyStore {
        self.ensure(mapping);
        match self.stores[mapping.index()].as_deref_mut() {
            Some(store) => store,
            None => unreachable!("the store was just made"),
        }
    }

    /// All stores there are, with the numbers of their models.
    pub(crate) fn stores(&self) -> impl Iterator<Item = (u32, &dyn AnyStore)> {
        self.stores.iter().enumerate().filter_map(|(i, s)| Some((i as u32, s.as_deref()?)))
    }

    pub(crate) fn stores_mut(&mut self) -> impl Iterator<Item = (u32, &mut (dyn AnyStore + 'static))> {
        self.stores.iter_mut().enumerate().filter_map(|(i, s)| Some((i as u32, s.as_deref_mut()?)))
    }

    /// Reads a row: the object with its key, or a new one.
    #[doc(hidden)]
    #[inline]
    pub fn track<M: Model>(&mut self, cells: &[Cell<'_>]) -> Result<Handle<M>> {
        let context = self.load_context();
        let loaded = self.typed_mut::<M>().load(cells, context);
        let raw = loaded.map_err(|error| named(M::mapping(), error))?;
        if let Some(met) = &mut self.met {
            met.push(Object { model: M::index() as u32, raw });
        }
        Ok(Handle::from_raw(raw))
    }

    /// For a result whose rows are objects of one model.
    pub(crate) fn tracking<'g, M: Model>(&'g mut self, rows: &'g mut Vec<Handle<M>>) -> Tracking<'g, M> {
        let context = self.load_context();
        Tracking { store: self.typed_mut(), context, rows }
    }

    /// An empty list, known to be empty now.
    pub(crate) fn empty_list(&mut self) -> ManyLink {
        if self.empty.0 != self.now {
            self.empty = (self.now, Arc::new(List::default().loaded_at(self.now)));
        }
        ManyLink(Some(self.empty.1.clone()))
    }

    /// New objects once each: who left and was added again stands where it stands last.
    pub(crate) fn settle_added(&mut self) {
        if std::mem::take(&mut self.added_again) {
            let mut seen = HashSet::new();
            self.added.reverse();
            self.added.retain(|object| seen.insert(*object));
            self.added.reverse();
        }
    }

    #[inline]
    pub(crate) fn load_context(&self) -> LoadContext {
        LoadContext {
            stamp: self.stamp,
            epoch: self.epoch,
            now: self.now,
            batch: self.batch,
            populate: self.populate,
            has_written: self.has_written,
        }
    }

    /// The number of results so far: every query that loads objects is one.
    pub(crate) fn results(&self) -> u32 {
        self.batch
    }

    /// Begins a new result: what comes in it are siblings.
    pub(crate) fn begin_batch(&mut self) -> u32 {
        self.batch += 1;
        self.batch
    }
}

/// A while in which rows are read in a certain way. Over when it is dropped, also with a future that was cut short.
pub(crate) struct Reading<'g>(&'g mut Graph);

impl Graph {
    /// Begins a new result. `populate`: rows overwrite the objects they meet; `met`: objects are written down.
    pub(crate) fn reading(&mut self, populate: bool, met: bool) -> Reading<'_> {
        self.begin_batch();
        (self.populate, self.met) = (populate, met.then(Vec::new));
        Reading(self)
    }
}

/// Rows that become objects of one model.
pub(crate) struct Tracking<'g, M: Model> {
    store: &'g mut Store<M>,
    context: LoadContext,
    rows: &'g mut Vec<Handle<M>>,
}

impl<M: Model> Tracker for Tracking<'_, M> {
    #[inline]
    fn row(&mut self, cells: &[Cell<'_>]) -> Result<()> {
        match self.store.load(cells, self.context) {
            Ok(raw) => self.rows.push(Handle::from_raw(raw)),
            Err(error) => return Err(named(M::mapping(), error)),
        }
        Ok(())
    }
}

impl Drop for Reading<'_> {
    fn drop(&mut self) {
        (self.0.populate, self.0.met) = (false, None);
    }
}

impl Deref for Reading<'_> {
    type Target = Graph;
    fn deref(&self) -> &Graph {
        self.0
    }
}

impl DerefMut for Reading<'_> {
    fn deref_mut(&mut self) -> &mut Graph {
        self.0
    }
}

/// Names the table and the column that a position in an error of a model's row means.
#[cold]
pub(crate) fn named(mapping: &Mapping, error: Error) -> Error {
    match error.index().and_then(|index| mapping.columns().get(index)) {
        Some(column) if error.column().is_none() => {
            error.with_table(mapping.table_name()).with_column(column.name)
        }
        _ => error,
    }
}

#[cold]
#[track_caller]
fn no_such_object<M: Model>() -> ! {
    panic!(
        "this handle of `{}` names no object of this session: it belongs to another session, or the object was \
         taken out of this one",
        M::mapping().name()
    )
}

impl<M: Model> Index<Handle<M>> for Graph {
    type Output = M;
    /// # Panics
    /// If the handle belongs to another session, or its object was taken out.
    #[inline]
    #[track_caller]
    fn index(&self, handle: Handle<M>) -> &M {
        match self.typed::<M>().and_then(|store| store.get(handle.raw())) {
            Some(object) => object,
            None => no_such_object::<M>(),
        }
    }
}

impl<M: Model> IndexMut<Handle<M>> for Graph {
    /// A tracked change: the first one in a flush interval copies the columns, to compare with later.
    ///
    /// # Panics
    /// If the handle belongs to another session, or its object was taken out.
    #[inline]
    #[track_caller]
    fn index_mut(&mut self, handle: Handle<M>) -> &mut M {
        let epoch = self.epoch;
        match self.typed_mut::<M>().get_mut(handle.raw(), epoch) {
            Some(object) => object,
            None => no_such_object::<M>(),
        }
    }
}

impl<M: Model> Index<&Handle<M>> for Graph {
    type Output = M;
    #[track_caller]
    fn index(&self, handle: &Handle<M>) -> &M {
        &self[*handle]
    }
}

impl<M: Model> IndexMut<&Handle<M>> for Graph {
    #[track_caller]
    fn index_mut(&mut self, handle: &Handle<M>) -> &mut M {
        &mut self[*handle]
    }
}

/// One step along a required relation: `db[(post, Post.author)].karma`.
impl<O: Model, T: Model> Index<(Handle<O>, crate::mapping::Relation<O, T, crate::mapping::One>)> for Graph {
    type Output = T;
    /// # Panics
    /// If the relation is not loaded.
    #[track_caller]
    fn index(&self, step: (Handle<O>, crate::mapping::Relation<O, T, crate::mapping::One>)) -> &T {
        &self[self.step(step.0, step.1)]
    }
}

impl<O: Model, T: Model> IndexMut<(Handle<O>, crate::mapping::Relation<O, T, crate::mapping::One>)>
    for Graph
{
    #[track_caller]
    fn index_mut(
        &mut self,
        step: (Handle<O>, crate::mapping::Relation<O, T, crate::mapping::One>),
    ) -> &mut T {
        let target = self.step(step.0, step.1);
        &mut self[target]
    }
}

impl<O: Model, T: Model> Index<(&Handle<O>, crate::mapping::Relation<O, T, crate::mapping::One>)> for Graph {
    type Output = T;
    #[track_caller]
    fn index(&self, step: (&Handle<O>, crate::mapping::Relation<O, T, crate::mapping::One>)) -> &T {
        &self[(*step.0, step.1)]
    }
}

impl<O: Model, T: Model> IndexMut<(&Handle<O>, crate::mapping::Relation<O, T, crate::mapping::One>)>
    for Graph
{
    #[track_caller]
    fn index_mut(
        &mut self,
        step: (&Handle<O>, crate::mapping::Relation<O, T, crate::mapping::One>),
    ) -> &mut T {
        &mut self[(*step.0, step.1)]
    }
}

impl fmt::Debug for Graph {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let objects: u32 = self.stores().map(|(_, s)| s.len()).sum();
        f.debug_struct("Graph").field("objects", &objects).field("epoch", &self.epoch).finish_non_exhaustive()
    }
}

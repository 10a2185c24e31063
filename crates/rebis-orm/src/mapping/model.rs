//! The traits that `#[derive(Model)]` implements.

use super::{Entity, LinkMut, LinkRef, Mapping};
use crate::graph::{Graph, Handle};
use rebis_core::{Binds, Cell, Error, ErrorKind, Result, Row, Tracker, WholeKey};
use std::any::Any;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A struct that is a row of a table. Implemented by `#[derive(Model)]`.
///
/// ```
/// # use rebis_orm_doc::*;
/// # fn main() -> rebis::Result<()> {
/// # run(async |db, alice, hello| {
/// use rebis::Entity;
/// async fn purge<M: Model>(db: &mut Session, all: Entity<M>) -> rebis::Result<u64> {
///     db.execute(all.delete().all_rows()).await
/// }
/// assert_eq!(purge(db, PostTag).await?, 1);
/// # Ok(())
/// # })
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a model",
    label = "not a model",
    note = "put `#[derive(Model)]` on the struct"
)]
pub trait Model: Record + Row<Plain = Self, Tracked = Handle<Self>> {
    /// Columns and relations, as the fields of the entity value: `User.username`.
    type Columns: Send + Sync + 'static;

    /// What `Model.new()` gives: a builder in which nothing is set.
    type New;

    /// Columns and relations, for constant contexts: `<User as Model>::COLUMNS.username`.
    const COLUMNS: Self::Columns;

    /// The entity value: `User`.
    const ENTITY: Entity<Self>;

    #[doc(hidden)]
    fn columns() -> &'static Self::Columns;
    #[doc(hidden)]
    fn aliased(alias: &'static str) -> Self::Columns;
    #[doc(hidden)]
    fn empty() -> Self::New;
}

/// What the graph asks of a model: plain functions over columns by position. Written by the derive, hidden from
/// users so that an object shows only its own methods.
#[doc(hidden)]
pub trait Record: Sized + Send + Sync + 'static {
    /// The type of the primary key: one column's type or a tuple.
    type Key: WholeKey;

    /// The model's description, made once.
    fn mapping() -> &'static Mapping;
    /// A number for the model in this process, small and dense.
    fn index() -> usize;
    /// An object from a row of all columns, in order.
    fn decode(cells: &[Cell<'_>]) -> Result<Self>;
    /// The primary key.
    fn key(&self) -> Self::Key;
    /// Appends one column's value.
    fn encode(&self, column: usize, out: &mut Binds);
    /// Sets one column.
    fn assign(&mut self, column: usize, cell: Cell<'_>) -> Result<()>;
    /// Whether a column is the same as stored.
    fn same(&self, other: &Self, column: usize) -> bool;
    /// Whether a column that can be left to the database still holds the stand-in.
    fn is_pending(&self, column: usize) -> bool;
    /// Whether a column is here: all are but deferred ones that nobody has loaded or set.
    fn has(&self, column: usize) -> bool {
        let _ = column;
        true
    }
    /// Takes over what a row without deferred columns does not say.
    fn keep_deferred(&mut self, before: &mut Self) {
        let _ = before;
    }
    /// A copy of the columns; relations not loaded.
    fn copy_columns(&self) -> Self;
    /// Takes over the columns of a copy; relations stay.
    fn restore_columns(&mut self, from: Self);
    /// A new row with nothing but defaults, if that is possible: columns of foreign keys apart, every required
    /// column has a default.
    fn blank() -> Option<super::Draft<Self>>;
    /// A relation field.
    fn link(&self, relation: usize) -> LinkRef<'_>;
    /// A relation field.
    fn link_mut(&mut self, relation: usize) -> LinkMut<'_>;
}

/// The number of a model, drawn at first use.
#[doc(hidden)]
#[derive(Debug)]
pub struct ModelIndex(AtomicUsize);

impl ModelIndex {
    /// Not drawn yet.
    #[allow(clippy::new_without_default)]
    pub const fn new() -> Self {
        ModelIndex(AtomicUsize::new(0))
    }

    /// The number.
    #[inline]
    pub fn get(&self) -> usize {
        match self.0.load(Ordering::Relaxed) {
            0 => self.draw(),
            n => n - 1,
        }
    }

    #[cold]
    fn draw(&self) -> usize {
        static NEXT: AtomicUsize = AtomicUsize::new(1);
        let n = NEXT.fetch_add(1, Ordering::Relaxed);
        match self.0.compare_exchange(0, n, Ordering::Relaxed, Ordering::Relaxed) {
            Ok(_) => n - 1,
            // Somebody else was faster; the number drawn here stays unused.
            Err(other) => other - 1,
        }
    }
}

/// Adds a row with nothing but defaults.
#[doc(hidden)]
pub fn add_blank<M: Model>(graph: &mut Graph) -> Option<crate::graph::Raw> {
    M::blank().map(|draft| graph.add_draft(draft).raw())
}

/// The body of `Row::track` for a model: its row goes into the graph.
#[doc(hidden)]
#[inline]
pub fn track<M: Model>(cells: &[Cell<'_>], tracker: &mut dyn Any) -> Result<Handle<M>> {
    match tracker.downcast_mut::<Graph>() {
        Some(graph) => graph.track::<M>(cells),
        None => Err(Error::new(ErrorKind::InvalidState, "rows can be tracked only by a session")),
    }
}

/// The body of `Row::tracker` for a model.
#[doc(hidden)]
pub fn tracker<'t, M: Model>(
    tracker: &'t mut dyn Any,
    rows: &'t mut Vec<Handle<M>>,
) -> Option<Box<dyn Tracker + 't>> {
    let graph = tracker.downcast_mut::<Graph>()?;
    Some(Box::new(graph.tracking(rows)))
}

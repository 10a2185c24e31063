//! The objects of one model: pages of objects, heads, the identity map, and the copies of what was changed.

use super::identity::{Identity, MOST, Place};
use super::pages::Pages;
use super::{Raw, State};
use crate::mapping::{ColumnSet, LinkInfo, LinkMut, LinkRef, Mapping, Model, OneLink};
use rebis_core::{Binds, Cell, Datum, Error, ErrorKind, Result};
use std::any::Any;

/// What is known of one object besides its value: 24 bytes.
#[derive(Clone, Copy, Debug)]
pub struct Head {
    /// What a handle must bear to name this object.
    pub(crate) stamp: u32,
    /// The epoch in which its columns were last saved; [`UNSAVED`] while it needs no copy.
    pub(crate) saved: u32,
    /// Where that copy is; of meaning only while there is one.
    pub(crate) saved_at: u32,
    /// The time, by the graph's clock, when it was last read from or written to the database.
    pub(crate) fresh: u32,
    /// The result it came in, for loading relations of all its siblings at once.
    pub(crate) batch: u32,
    /// Which columns were set when it was new: an index into the store's shapes.
    pub(crate) shape: u16,
    /// Its state.
    pub(crate) state: State,
}

/// In [`Head::saved`]: a new object; there is nothing to compare it with or to restore.
pub(crate) const UNSAVED: u32 = u32::MAX;

/// What loading a row needs to know of the graph.
#[derive(Clone, Copy, Debug)]
pub struct LoadContext {
    pub(crate) stamp: u32,
    pub(crate) epoch: u32,
    pub(crate) now: u32,
    pub(crate) batch: u32,
    pub(crate) populate: bool,
    /// The transaction has written, so that what is read may be of its own making.
    pub(crate) has_written: bool,
}

/// The objects of one model.
#[doc(hidden)]
pub struct Store<M: Model> {
    objects: Pages<Option<M>>,
    heads: Pages<Head>,
    saved: Vec<Saved<M>>,
    /// The graph's epoch: a copy made in it is what the database has, an older one is for rollbacks.
    epoch: u32,
    identity: Identity<M::Key>,
    /// Positions of the key's columns.
    key: &'static [usize],
    shapes: Vec<ColumnSet>,
    free: Vec<u32>,
}

/// The columns of an object as they were when an epoch first changed them.
struct Saved<M> {
    epoch: u32,
    slot: u32,
    /// Epoch and place of the copy before this one, to go back to.
    before: (u32, u32),
    copy: M,
    /// Saved because the row was read anew: nothing to write, but something that a rollback brings back.
    read: bool,
}

/// In [`Saved::slot`]: the object was taken out.
const GONE: u32 = u32::MAX;

/// An empty store, for the derive.
#[doc(hidden)]
pub fn new_store<M: Model>() -> Box<dyn AnyStore> {
    Box::new(Store::<M> {
        objects: Pages::new(),
        heads: Pages::new(),
        saved: Vec::new(),
        epoch: 0,
        identity: Identity::new(),
        key: M::mapping().key(),
        shapes: Vec::new(),
        free: Vec::new(),
    })
}

impl<M: Model> Store<M> {
    #[inline]
    pub(super) fn object(&self, slot: u32) -> Option<&M> {
        self.objects.get(slot as usize)?.as_ref()
    }

    #[inline]
    pub(super) fn object_mut(&mut self, slot: u32) -> Option<&mut M> {
        self.objects.get_mut(slot as usize)?.as_mut()
    }

    /// The object that a handle names.
    #[inline]
    pub(super) fn get(&self, raw: Raw) -> Option<&M> {
        match self.heads.get(raw.slot as usize) {
            Some(head) if head.stamp == raw.stamp => self.object(raw.slot),
            _ => None,
        }
    }

    /// The object that a handle names, to change: its columns are copied first, once an epoch.
    #[inline]
    pub(super) fn get_mut(&mut self, raw: Raw, epoch: u32) -> Option<&mut M> {
        let head = self.heads.get_mut(raw.slot as usize)?;
        if head.stamp != raw.stamp {
            return None;
        }
        if head.saved < epoch {
            self.keep_copy(raw.slot, epoch);
        }
        self.object_mut(raw.slot)
    }

    /// Distinct objects at once.
    pub(super) fn get_many_mut<const N: usize>(&mut self, raws: [Raw; N], epoch: u32) -> Option<[&mut M; N]> {
        for (i, raw) in raws.iter().enumerate() {
            if raws[..i].contains(raw) {
                return None;
            }
            self.get_mut(*raw, epoch)?;
        }
        let mut order: [usize; N] = std::array::from_fn(|i| i);
        order.sort_unstable_by_key(|&i| raws[i].slot);
        let mut found: [Option<&mut M>; N] = std::array::from_fn(|_| None);
        let mut wanted = order.into_iter().peekable();
        for (mut base, mut rest) in self.objects.slices_mut() {
            while let Some(&i) = wanted.peek() {
                let slot = raws[i].slot as usize;
                if slot >= base + rest.len() {
                    break;
                }
                let (_, tail) = std::mem::take(&mut rest).split_at_mut(slot - base);
                let (object, tail) = tail.split_first_mut()?;
                found[i] = object.as_mut();
                (rest, base) = (tail, slot + 1);
                wanted.next();
            }
        }
        found
            .iter()
            .all(Option::is_some)
            .then(|| found.map(|object| object.unwrap_or_else(|| unreachable!("all were found"))))
    }

    #[cold]
    fn keep_copy(&mut self, slot: u32, epoch: u32) {
        let Some(copy) = self.object(slot).map(M::copy_columns) else { return };
        let at = self.saved.len() as u32;
        let head = &mut self.heads[slot as usize];
        self.saved.push(Saved { epoch, slot, before: (head.saved, head.saved_at), copy, read: false });
        (head.saved, head.saved_at) = (epoch, at);
    }

    /// Puts an object into a free or new slot.
    #[inline]
    pub(super) fn place(&mut self, object: M, head: Head) -> Raw {
        if let Some(slot) = self.free.pop() {
            return self.place_again(slot, object, head);
        }
        let slot = self.heads.len() as u32;
        self.objects.open().push(Some(object));
        self.heads.open().push(head);
        Raw { slot, stamp: head.stamp }
    }

    #[cold]
    fn place_again(&mut self, slot: u32, object: M, mut head: Head) -> Raw {
        // A slot that is used again gets a stamp of its own, so that old handles do not name the new object.
        head.stamp = super::next_stamp();
        self.heads[slot as usize] = head;
        self.objects[slot as usize] = Some(object);
        Raw { slot, stamp: head.stamp }
    }

    pub(super) fn shape(&mut self, set: ColumnSet) -> u16 {
        let at = self.shapes.iter().position(|s| *s == set).unwrap_or_else(|| {
            self.shapes.push(set);
            self.shapes.len() - 1
        });
        at as u16
    }

    /// The slot of a key.
    #[inline]
    pub(super) fn find_key(&self, key: &M::Key) -> Option<(u32, &Head)> {
        let slot = self.identity.find(key, |slot, cells| self.is_of(slot, cells)).0?;
        Some((slot, self.heads.get(slot as usize)?))
    }

    /// Takes an object out of its slot.
    pub(super) fn take(&mut self, slot: u32) -> Option<M> {
        self.unregister(slot);
        let object = self.objects.get_mut(slot as usize)?.take();
        // The copy stays where it is, because others are found by their place; it belongs to nobody now.
        let head = &mut self.heads[slot as usize];
        let (mut epoch, mut at) = (head.saved, head.saved_at);
        while epoch != 0 && epoch != UNSAVED {
            let Some(saved) = self.saved.get_mut(at as usize) else { break };
            saved.slot = GONE;
            (epoch, at) = saved.before;
        }
        (head.stamp, head.saved, head.state) = (0, 0, State::Detached);
        self.free.push(slot);
        object
    }

    /// What the database has of an object that was changed since the last flush. Of others it has what the object is.
    fn baseline(&self, slot: u32) -> Option<&M> {
        let head = self.heads.get(slot as usize)?;
        if head.saved != self.epoch {
            return None;
        }
        self.saved.get(head.saved_at as usize).map(|saved| &saved.copy)
    }

    /// Reads a row into the graph: the object that has this key, or a new one. A row that is known and not stale is
    /// not decoded beyond its key.
    #[inline]
    pub(super) fn load(&mut self, cells: &[Cell<'_>], context: LoadContext) -> Result<Raw> {
        let (known, place) = match self.key {
            // The key stands first in nearly every model; others are brought together.
            [0] => self.find_place(cells)?,
            key => {
                let mut at = [Cell::Null; MOST];
                for (to, &from) in at.iter_mut().zip(key) {
                    *to = cells.get(from).copied().unwrap_or(Cell::Null);
                }
                self.find_place(&at[..key.len().min(MOST)])?
            }
        };
        match known {
            Some(slot) if self.heads[slot as usize].state.stands_for_a_row() => {
                self.meet(slot, cells, context)
            }
            before => self.admit(cells, (place, before), context),
        }
    }

    #[inline]
    fn find_place(&self, key: &[Cell<'_>]) -> Result<(Option<u32>, Place)> {
        self.identity.find_cells(key, |slot, cells| self.is_of(slot, cells))
    }

    /// Whether an object is entered under this key, given that the hash is right: it is the key the object has, or had
    /// before the program changed it.
    fn is_of(&self, slot: u32, key: &[Cell<'_>]) -> bool {
        let has = |object: &M| {
            let mut binds = Binds::new();
            self.key.iter().for_each(|&column| object.encode(column, &mut binds));
            binds.iter().eq(key.iter().copied())
        };
        self.object(slot).is_some_and(has) || self.baseline(slot).is_some_and(has)
    }

    #[inline]
    fn admit(
        &mut self,
        cells: &[Cell<'_>],
        (place, before): (Place, Option<u32>),
        context: LoadContext,
    ) -> Result<Raw> {
        let LoadContext { stamp, epoch: _, now, batch, populate: _, has_written: _ } = context;
        let head =
            Head { stamp, saved: 0, saved_at: 0, fresh: now, batch, shape: 0, state: State::Persistent };
        let raw = if self.free.is_empty() {
            let slot = self.heads.len() as u32;
            let page = self.objects.open();
            // The object goes from the decoder into its page: another move costs as much as a column.
            match M::decode(cells) {
                Ok(object) => page.push(Some(object)),
                Err(error) => return Err(error),
            }
            self.heads.open().push(head);
            Raw { slot, stamp }
        } else {
            self.place(M::decode(cells)?, head)
        };
        self.identity.enter(place, before, raw.slot);
        if self.identity.is_wasteful() {
            self.identity.spread();
        }
        Ok(raw)
    }

    /// Enters an object under a key; returns the slot that stood there.
    fn enter(&mut self, key: &M::Key, slot: u32) -> Option<u32> {
        let (before, place) = self.identity.find(key, |slot, cells| self.is_of(slot, cells));
        self.identity.enter(place, before, slot);
        if self.identity.is_wasteful() {
            self.identity.spread();
        }
        before
    }

    /// Gives the entry of a key back to the object that had it.
    #[cold]
    fn key_is_taken(&mut self, slot: u32, owner: u32) -> Error {
        if let Some(key) = self.object(slot).map(M::key) {
            self.enter(&key, owner);
        }
        let text =
            format!("two objects of `{}` in this session have the same primary key", M::mapping().name());
        Error::new(ErrorKind::UniqueViolation, text)
            .with_table(M::mapping().table_name())
            .with_help("load the row with `get` and change it, or use `merge`")
    }

    fn meet(&mut self, slot: u32, cells: &[Cell<'_>], context: LoadContext) -> Result<Raw> {
        let head = &mut self.heads[slot as usize];
        head.batch = context.batch;
        let raw = Raw { slot, stamp: head.stamp };
        let stale = head.fresh < context.now || context.populate;
        // An object with changes keeps them, unless the caller asked for the database's values.
        let borrowed = head.saved == context.epoch && !context.populate;
        if stale && (!borrowed || self.changed(slot).is_empty()) {
            self.overwrite(slot, cells, context)?;
        }
        Ok(raw)
    }

    fn overwrite(&mut self, slot: u32, cells: &[Cell<'_>], context: LoadContext) -> Result<()> {
        let mut fresh = M::decode(cells)?;
        self.forget_moved_parents(slot, &fresh);
        if M::mapping().has_deferred() {
            self.keep_deferred(slot, &mut fresh);
        }
        self.save_read(slot, context);
        self.heads[slot as usize].fresh = context.now;
        if let Some(object) = self.object_mut(slot) {
            object.restore_columns(fresh);
        }
        Ok(())
    }
}

impl<M: Model> Store<M> {
    /// A row does not say what is in deferred columns: what the database is known to have there stays.
    #[cold]
    fn keep_deferred(&self, slot: u32, fresh: &mut M) {
        if let Some(known) = self.baseline(slot).or_else(|| self.object(slot)) {
            fresh.keep_deferred(&mut known.copy_columns());
        }
    }

    /// Keeps what an object was before its row is read anew, where a rollback may want it back. Changes that were
    /// not written are given up: what changes later in this epoch is compared with what was read.
    fn save_read(&mut self, slot: u32, context: LoadContext) {
        let epoch = context.epoch;
        if self.heads[slot as usize].saved != epoch {
            if !context.has_written {
                return;
            }
            self.keep_copy(slot, epoch);
        }
        let head = &mut self.heads[slot as usize];
        head.saved = epoch - 1;
        if let Some(saved) = self.saved.get_mut(head.saved_at as usize) {
            saved.read = true;
        }
    }

    /// A key that has changed in the database points at somebody else: that relation is not loaded any more.
    fn forget_moved_parents(&mut self, slot: u32, fresh: &M) {
        let Some(object) = self.object_mut(slot) else { return };
        for info in M::mapping().relations() {
            let LinkInfo::Here(edge) = &info.link else { continue };
            if edge.child_columns.iter().all(|&c| object.same(fresh, c)) {
                continue;
            }
            if let LinkMut::One(link) = object.link_mut(info.index) {
                *link = OneLink::NotLoaded;
            }
        }
    }
}

/// A store without its type: what order, flush and loaders need.
#[doc(hidden)]
pub trait AnyStore: Send + Sync {
    /// For the typed store behind it.
    fn as_any(&self) -> &dyn Any;
    /// For the typed store behind it.
    fn as_any_mut(&mut self) -> &mut dyn Any;
    /// The model.
    fn mapping(&self) -> &'static Mapping;
    /// Number of slots, used or not.
    fn len(&self) -> u32;
    /// Whether there is no slot.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// The head of a slot.
    fn head(&self, slot: u32) -> Option<&Head>;
    /// The head of a slot.
    fn head_mut(&mut self, slot: u32) -> Option<&mut Head>;
    /// Reads a row.
    fn load_row(&mut self, cells: &[Cell<'_>], context: LoadContext) -> Result<Raw>;
    /// The slot with this key.
    fn find(&self, key: &[Cell<'_>]) -> Result<Option<u32>>;
    /// Appends a column's value.
    fn encode(&self, slot: u32, column: usize, out: &mut Binds);
    /// Appends the values of columns.
    fn encode_columns(&self, slot: u32, columns: &[usize], out: &mut Binds);
    /// Appends the value a column has in the database, as far as the session knows.
    fn encode_stored(&self, slot: u32, column: usize, out: &mut Binds);
    /// Sets a column without looking at epochs.
    fn assign(&mut self, slot: u32, column: usize, cell: Cell<'_>) -> Result<()>;
    /// Sets a column of objects to numbers that follow each other, this far apart.
    fn number(&mut self, objects: &[Raw], column: usize, first: i64, step: i64) -> Result<()>;
    /// Columns that differ from the database.
    fn changed(&self, slot: u32) -> ColumnSet;
    /// Whether a column that can be left to the database still holds the stand-in.
    fn is_pending(&self, slot: u32, column: usize) -> bool;
    /// Columns that were set when the object was new.
    fn shape_of(&self, slot: u32) -> Option<&ColumnSet>;
    /// Adds a column to those that were set.
    fn mark_set(&mut self, slot: u32, column: usize);
    /// Slots whose columns were saved in this epoch or later, in the order of their first change.
    fn saved_since(&self, epoch: u32) -> Vec<u32>;
    /// Whether the columns of any object were saved in this epoch or later.
    fn has_saved_since(&self, epoch: u32) -> bool;
    /// A relation field.
    fn link(&self, slot: u32, relation: usize) -> Option<LinkRef<'_>>;
    /// A relation field.
    fn link_mut(&mut self, slot: u32, relation: usize) -> Option<LinkMut<'_>>;
    /// Saves the columns of an object, once an epoch.
    fn save(&mut self, slot: u32, epoch: u32);
    /// Enters an object into the identity map under the key it has now.
    fn register(&mut self, slot: u32) -> Result<()>;
    /// New objects have been written: they are in the identity map and persistent from now on. Goes as far as the first
    /// whose key is another object's, and says how far that is.
    fn inserted(&mut self, objects: &[Raw], now: u32) -> usize;
    /// Takes an object out of the identity map, under the key it has now or had in the database.
    fn unregister(&mut self, slot: u32);
    /// Takes back the columns of every object saved in this epoch or later; returns their slots.
    fn restore(&mut self, epoch: u32) -> Vec<u32>;
    /// A flush, a savepoint or a transaction begins: what is changed from now on is copied anew.
    fn begin_epoch(&mut self, epoch: u32);
    /// What was changed in an earlier epoch counts as changed in this one: for objects that come back.
    fn redate(&mut self, slot: u32);
    /// Whether a column differs from what the database has.
    fn differs(&self, slot: u32, column: usize) -> bool;
    /// Forgets all copies: the transaction is over.
    fn forget_copies(&mut self);
    /// Whether a column is here: deferred ones may not be loaded.
    fn has(&self, slot: u32, column: usize) -> bool;
    /// Takes what the database has in a deferred column. What the program has set there stays, unless the database's
    /// values were asked for.
    fn fill(&mut self, slot: u32, column: usize, cell: Cell<'_>, context: LoadContext) -> Result<()>;
    /// Throws away an object; its handle names nothing any more.
    fn discard(&mut self, slot: u32);
}

impl<M: Model> AnyStore for Store<M> {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }

    fn mapping(&self) -> &'static Mapping {
        M::mapping()
    }

    fn len(&self) -> u32 {
        self.heads.len() as u32
    }

    fn head(&self, slot: u32) -> Option<&Head> {
        self.heads.get(slot as usize)
    }

    fn head_mut(&mut self, slot: u32) -> Option<&mut Head> {
        self.heads.get_mut(slot as usize)
    }

    fn load_row(&mut self, cells: &[Cell<'_>], context: LoadContext) -> Result<Raw> {
        self.load(cells, context)
    }

    fn find(&self, key: &[Cell<'_>]) -> Result<Option<u32>> {
        self.find_place(key).map(|(slot, _)| slot)
    }

    fn encode(&self, slot: u32, column: usize, out: &mut Binds) {
        match self.object(slot) {
            Some(object) => object.encode(column, out),
            None => out.null(),
        }
    }

    fn encode_columns(&self, slot: u32, columns: &[usize], out: &mut Binds) {
        match self.object(slot) {
            Some(object) => columns.iter().for_each(|&column| object.encode(column, out)),
            None => columns.iter().for_each(|_| out.null()),
        }
    }

    fn encode_stored(&self, slot: u32, column: usize, out: &mut Binds) {
        match self.baseline(slot).or_else(|| self.object(slot)) {
            Some(object) => object.encode(column, out),
            None => out.null(),
        }
    }

    fn assign(&mut self, slot: u32, column: usize, cell: Cell<'_>) -> Result<()> {
        match self.object_mut(slot) {
            Some(object) => object.assign(column, cell),
            None => Ok(()),
        }
    }

    fn number(&mut self, objects: &[Raw], column: usize, first: i64, step: i64) -> Result<()> {
        let mut number = first;
        for raw in objects {
            if let Some(object) = self.object_mut(raw.slot) {
                object.assign(column, Cell::Int(number))?;
            }
            number = number.wrapping_add(step);
        }
        Ok(())
    }

    fn changed(&self, slot: u32) -> ColumnSet {
        match (self.baseline(slot), self.object(slot)) {
            (Some(old), Some(new)) => {
                (0..M::mapping().columns().len()).filter(|&c| !new.same(old, c)).collect()
            }
            _ => ColumnSet::new(),
        }
    }

    fn is_pending(&self, slot: u32, column: usize) -> bool {
        self.object(slot).is_some_and(|object| object.is_pending(column))
    }

    fn shape_of(&self, slot: u32) -> Option<&ColumnSet> {
        self.shapes.get(usize::from(self.heads.get(slot as usize)?.shape))
    }

    fn mark_set(&mut self, slot: u32, column: usize) {
        let Some(set) = self.shape_of(slot) else { return };
        if !set.contains(column) {
            let mut set = set.clone();
            set.insert(column);
            self.heads[slot as usize].shape = self.shape(set);
        }
    }

    fn saved_since(&self, epoch: u32) -> Vec<u32> {
        let since = self.saved.partition_point(|saved| saved.epoch < epoch);
        let changed = self.saved[since..].iter().filter(|saved| saved.slot != GONE && !saved.read);
        changed.map(|saved| saved.slot).collect()
    }

    fn has_saved_since(&self, epoch: u32) -> bool {
        self.saved.iter().rev().take_while(|saved| saved.epoch >= epoch).any(|saved| !saved.read)
    }

    fn link(&self, slot: u32, relation: usize) -> Option<LinkRef<'_>> {
        self.object(slot).map(|object| object.link(relation))
    }

    fn link_mut(&mut self, slot: u32, relation: usize) -> Option<LinkMut<'_>> {
        self.object_mut(slot).map(|object| object.link_mut(relation))
    }

    fn save(&mut self, slot: u32, epoch: u32) {
        if self.heads.get(slot as usize).is_some_and(|head| head.saved < epoch) {
            self.keep_copy(slot, epoch);
        }
    }

    fn register(&mut self, slot: u32) -> Result<()> {
        let Some(key) = self.object(slot).map(M::key) else { return Ok(()) };
        match self.enter(&key, slot) {
            Some(other) if other != slot => Err(self.key_is_taken(slot, other)),
            _ => Ok(()),
        }
    }

    fn inserted(&mut self, objects: &[Raw], now: u32) -> usize {
        for (at, raw) in objects.iter().enumerate() {
            if self.register(raw.slot).is_err() {
                return at;
            }
            if let Some(head) = self.heads.get_mut(raw.slot as usize) {
                (head.state, head.saved, head.fresh) = (State::Persistent, 0, now);
            }
        }
        objects.len()
    }

    fn unregister(&mut self, slot: u32) {
        let now = self.object(slot).map(M::key);
        let stored = self.baseline(slot).map(M::key);
        for key in [now, stored].into_iter().flatten() {
            self.identity.remove(&key, slot);
        }
    }

    fn restore(&mut self, epoch: u32) -> Vec<u32> {
        let since = self.saved.partition_point(|saved| saved.epoch < epoch);
        let mut slots = Vec::new();
        // From the newest to the oldest, so that the oldest copy is what stays.
        for Saved { slot, before, copy, .. } in self.saved.split_off(since).into_iter().rev() {
            if slot == GONE {
                continue;
            }
            if let Some(object) = self.object_mut(slot) {
                let key = object.key();
                object.restore_columns(copy);
                self.identity.remove(&key, slot);
            }
            let head = &mut self.heads[slot as usize];
            (head.saved, head.saved_at) = before;
            slots.push(slot);
        }
        slots
    }

    fn begin_epoch(&mut self, epoch: u32) {
        self.epoch = epoch;
    }

    fn redate(&mut self, slot: u32) {
        let Some(head) = self.heads.get(slot as usize).copied() else { return };
        if head.saved == 0 || head.saved == UNSAVED || head.saved >= self.epoch {
            return;
        }
        let Some(copy) = self.saved.get(head.saved_at as usize).map(|saved| saved.copy.copy_columns()) else {
            return;
        };
        self.keep_copy(slot, self.epoch);
        if let Some(saved) = self.saved.last_mut() {
            saved.copy = copy;
        }
    }

    fn differs(&self, slot: u32, column: usize) -> bool {
        match (self.baseline(slot), self.object(slot)) {
            (Some(old), Some(new)) => !new.same(old, column),
            _ => false,
        }
    }

    fn forget_copies(&mut self) {
        for saved in self.saved.drain(..) {
            if let Some(head) = self.heads.get_mut(saved.slot as usize) {
                head.saved = 0;
            }
        }
    }

    fn has(&self, slot: u32, column: usize) -> bool {
        self.object(slot).is_some_and(|object| object.has(column))
    }

    fn fill(&mut self, slot: u32, column: usize, cell: Cell<'_>, context: LoadContext) -> Result<()> {
        let is_set = self.differs(slot, column) && !context.populate;
        let Some(head) = self.heads.get(slot as usize).copied() else { return Ok(()) };
        if head.saved == self.epoch {
            // What it is compared with is what the database has.
            if let Some(saved) = self.saved.get_mut(head.saved_at as usize) {
                saved.copy.assign(column, cell)?;
            }
        } else {
            // Read in a transaction that has written, it goes with that.
            self.save_read(slot, context);
        }
        match self.object_mut(slot).filter(|_| !is_set) {
            Some(object) => object.assign(column, cell),
            None => Ok(()),
        }
    }

    fn discard(&mut self, slot: u32) {
        self.take(slot);
    }
}

impl<M: Model> Store<M> {
    /// The value that a column of an object has in the database, and the one it has now.
    pub(super) fn history(&self, slot: u32, column: usize) -> Option<(Datum, Datum)> {
        let (old, new) = (self.baseline(slot)?, self.object(slot)?);
        (!new.same(old, column)).then(|| {
            let read = |object: &M| {
                let mut binds = Binds::new();
                object.encode(column, &mut binds);
                binds.get(0).map_or(Datum::Null, Datum::from)
            };
            (read(old), read(new))
        })
    }
}

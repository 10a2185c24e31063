//! The identity map of one model: from primary key to slot.

use hashbrown::{DefaultHashBuilder, HashMap, HashTable};
use rebis_core::{Binds, Cell, Result, WholeKey};
use std::hash::{BuildHasher, Hasher};
use std::marker::PhantomData;

const PAGE: usize = 1024;
/// With fewer pages than this, sparseness costs too little to look at.
const PAGES_BEFORE_CHECK: usize = 64;
/// So many integer keys are looked through one by one before they get pages.
const FEW: usize = 8;
/// The most columns that a key has.
pub(super) const MOST: usize = 6;

/// From key to slot. Integer keys are found by pages of slots, which costs two look-ups and no hashing of the
/// key; where the keys turn out to lie too far apart, and for other types of keys, it is a hash table of slots. The
/// keys themselves stand in the objects alone: whether an object has a key is asked of the store.
#[derive(Debug)]
pub(super) struct Identity<K> {
    /// Integer keys and their slots while there are no pages: a session of a few objects should not pay for a page.
    few: Vec<(i64, u32)>,
    pages: Vec<Box<[u32; PAGE]>>,
    page_of: HashMap<i64, u32>,
    last: (i64, u32),
    in_pages: usize,
    sparse: bool,
    hashed: HashTable<Entry>,
    hasher: DefaultHashBuilder,
    key: PhantomData<fn() -> K>,
}

/// A slot, and enough of the hash of the key it was entered under to grow the table without looking at objects.
#[derive(Clone, Copy, Debug)]
struct Entry {
    hash: u32,
    slot: u32,
}

/// Where a key has its place.
#[derive(Clone, Copy, Debug)]
pub(super) enum Place {
    Number(i64),
    Hash(u32),
}

/// No page has this number: keys are shifted right.
const NO_PAGE: i64 = i64::MAX;

/// The hash that the table wants has its significant bits at both ends.
#[inline]
fn spread_bits(hash: u32) -> u64 {
    u64::from(hash) << 32 | u64::from(hash)
}

/// The hash of a key, from its cells.
#[inline]
pub(crate) fn hash_cells<'c>(by: &DefaultHashBuilder, cells: impl IntoIterator<Item = Cell<'c>>) -> u64 {
    let mut hasher = by.build_hasher();
    for cell in cells {
        match cell {
            Cell::Text(v) | Cell::Blob(v) => {
                hasher.write(v);
                hasher.write_u8(0xff);
            }
            Cell::Uuid(v) => hasher.write(&v),
            Cell::Int(v) | Cell::Time(v) | Cell::Timestamp(v) | Cell::Instant(v) => hasher.write_i64(v),
            Cell::Unsigned(v) => hasher.write_u64(v),
            Cell::Date(v) => hasher.write_i32(v),
            Cell::Bool(v) => hasher.write_u8(u8::from(v)),
            Cell::Decimal(v) | Cell::Written(v) => hasher.write(v.as_bytes()),
            // What has no cheap hash of its own is told apart by comparing.
            _ => hasher.write_u8(0),
        }
    }
    hasher.finish()
}

impl<K: WholeKey> Identity<K> {
    pub(super) fn new() -> Self {
        Identity {
            few: Vec::new(),
            pages: Vec::new(),
            page_of: HashMap::new(),
            last: (NO_PAGE, 0),
            in_pages: 0,
            sparse: false,
            hashed: HashTable::new(),
            hasher: DefaultHashBuilder::default(),
            key: PhantomData,
        }
    }

    /// The slot of a key, and the place where it is or would be. `is_of` says whether a slot's object has the key that
    /// these cells are.
    pub(super) fn find(&self, key: &K, is_of: impl Fn(u32, &[Cell<'_>]) -> bool) -> (Option<u32>, Place) {
        match key.whole_dense() {
            Some(number) if !self.sparse => (self.by_number(number), Place::Number(number)),
            _ => with_cells(key, |cells| self.by_hash(cells, is_of)),
        }
    }

    /// The same for the key in these cells; decodes only keys that cannot be told without.
    #[inline]
    pub(super) fn find_cells(
        &self,
        cells: &[Cell<'_>],
        is_of: impl Fn(u32, &[Cell<'_>]) -> bool,
    ) -> Result<(Option<u32>, Place)> {
        if !self.sparse
            && let Some(number) = K::whole_dense_cell(cells)
        {
            return Ok((self.by_number(number), Place::Number(number)));
        }
        let mut canonical = [Cell::Null; MOST];
        if K::whole_canonical(cells, &mut canonical) {
            return Ok(self.by_hash(&canonical[..K::WIDTH], is_of));
        }
        Ok(self.find(&K::read(cells)?, is_of))
    }

    #[inline]
    fn by_number(&self, number: i64) -> Option<u32> {
        let page = number >> 10;
        let at = if page == self.last.0 {
            self.last.1
        } else if self.pages.is_empty() {
            return self
                .few
                .iter()
                .find(|(key, slot)| *key == number && *slot != 0)
                .map(|(_, slot)| slot - 1);
        } else {
            *self.page_of.get(&page)?
        };
        match self.pages[at as usize][(number & 1023) as usize] {
            0 => None,
            slot => Some(slot - 1),
        }
    }

    #[inline]
    fn by_hash(&self, cells: &[Cell<'_>], is_of: impl Fn(u32, &[Cell<'_>]) -> bool) -> (Option<u32>, Place) {
        let hash = self.hash(cells);
        let is_it = |entry: &Entry| entry.hash == hash && is_of(entry.slot, cells);
        (self.hashed.find(spread_bits(hash), is_it).map(|entry| entry.slot), Place::Hash(hash))
    }

    #[inline]
    fn hash(&self, cells: &[Cell<'_>]) -> u32 {
        let hash = hash_cells(&self.hasher, cells.iter().copied());
        (hash ^ (hash >> 32)) as u32
    }

    /// Enters a slot at a place, for the slot that stands there, if one does.
    #[inline]
    pub(super) fn enter(&mut self, place: Place, before: Option<u32>, slot: u32) {
        match place {
            Place::Number(number) => {
                *self.place(number) = slot + 1;
                self.in_pages += usize::from(before.is_none());
            }
            Place::Hash(hash) => self.enter_hash(hash, before, slot),
        }
    }

    fn enter_hash(&mut self, hash: u32, before: Option<u32>, slot: u32) {
        let known = before.and_then(|before| {
            let is_it = |entry: &Entry| entry.hash == hash && entry.slot == before;
            self.hashed.find_mut(spread_bits(hash), is_it)
        });
        match known {
            Some(entry) => entry.slot = slot,
            None => {
                let entry = Entry { hash, slot };
                self.hashed.insert_unique(spread_bits(hash), entry, |entry| spread_bits(entry.hash));
            }
        }
    }

    #[inline]
    fn place(&mut self, number: i64) -> &mut u32 {
        if self.pages.is_empty() {
            match self.few.iter().position(|(key, _)| *key == number) {
                Some(at) => return &mut self.few[at].1,
                None if self.few.len() < FEW => {
                    self.few.push((number, 0));
                    let last = self.few.len() - 1;
                    return &mut self.few[last].1;
                }
                None => self.few_into_pages(),
            }
        }
        self.place_in_pages(number)
    }

    #[cold]
    fn few_into_pages(&mut self) {
        for (number, slot) in std::mem::take(&mut self.few) {
            *self.place_in_pages(number) = slot;
        }
    }

    #[inline]
    fn place_in_pages(&mut self, number: i64) -> &mut u32 {
        let page = number >> 10;
        if page != self.last.0 {
            let pages = &mut self.pages;
            let at = *self.page_of.entry(page).or_insert_with(|| {
                pages.push(Box::new([0; PAGE]));
                (pages.len() - 1) as u32
            });
            self.last = (page, at);
        }
        &mut self.pages[self.last.1 as usize][(number & 1023) as usize]
    }

    /// Takes a key out, if this slot stands there.
    pub(super) fn remove(&mut self, key: &K, slot: u32) {
        if let Some(number) = key.whole_dense()
            && !self.sparse
        {
            if self.by_number(number) == Some(slot) {
                *self.place(number) = 0;
                self.in_pages -= 1;
            }
            return;
        }
        let hash = with_cells(key, |cells| self.hash(cells));
        let is_it = |entry: &Entry| entry.hash == hash && entry.slot == slot;
        if let Ok(entry) = self.hashed.find_entry(spread_bits(hash), is_it) {
            entry.remove();
        }
    }

    /// Whether the pages have become a waste: the owner then calls [`spread`](Identity::spread).
    #[inline]
    pub(super) fn is_wasteful(&self) -> bool {
        self.pages.len() > PAGES_BEFORE_CHECK && self.in_pages < self.pages.len() * PAGE / 4
    }

    /// Goes over to the hash table, with the keys of all slots that are in the pages.
    pub(super) fn spread(&mut self) {
        self.sparse = true;
        let pages = std::mem::take(&mut self.pages);
        for (page, at) in std::mem::take(&mut self.page_of) {
            for (offset, slot) in pages[at as usize].iter().enumerate().filter(|(_, slot)| **slot != 0) {
                let hash = self.hash(&[Cell::Int((page << 10) + offset as i64)]);
                self.enter_hash(hash, None, slot - 1);
            }
        }
        self.last = (NO_PAGE, 0);
        self.in_pages = 0;
    }
}

/// A key as cells.
fn with_cells<K: WholeKey, R>(key: &K, work: impl FnOnce(&[Cell<'_>]) -> R) -> R {
    let mut binds = Binds::new();
    key.write(&mut binds);
    let mut cells = [Cell::Null; MOST];
    cells.iter_mut().zip(binds.iter()).for_each(|(to, cell)| *to = cell);
    work(&cells[..K::WIDTH])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether the key of a slot's object is this.
    fn is_of<K: WholeKey>(all: &[K]) -> impl Fn(u32, &[Cell<'_>]) -> bool {
        |slot, cells| with_cells(&all[slot as usize], |own| own == cells)
    }

    fn check<K: WholeKey + std::fmt::Debug>(keys: impl IntoIterator<Item = K>, absent: K) {
        let mut map = Identity::<K>::new();
        let all: Vec<K> = keys.into_iter().collect();
        for (slot, key) in all.iter().enumerate() {
            let (found, place) = map.find(key, is_of(&all));
            assert_eq!(found, None);
            map.enter(place, None, slot as u32);
            if map.is_wasteful() {
                map.spread();
            }
        }
        assert_eq!(map.find(&absent, is_of(&all)).0, None);
        for (slot, key) in all.iter().enumerate() {
            let slot = slot as u32;
            let (found, place) = with_cells(key, |cells| map.find_cells(cells, is_of(&all))).unwrap();
            assert_eq!(found, Some(slot));
            map.enter(place, found, slot);
            map.remove(key, slot + 1);
            assert_eq!(map.find(key, is_of(&all)).0, Some(slot));
            map.remove(key, slot);
            assert_eq!(map.find(key, is_of(&all)).0, None);
            map.enter(place, None, slot);
            assert_eq!(map.find(key, is_of(&all)).0, Some(slot), "{key:?}");
        }
    }

    #[test]
    fn finds_dense_negative_and_scattered_integers() {
        check(0..5_000, 5_000);
        check(-2_000..2_000, 2_000);
        check((0..500).map(|n| n * 7_777_777_777_i64), 1);
        check([i64::MIN, 0, i64::MAX], 1);
        check([0, u64::MAX, 1 << 63], 1_u64);
    }

    #[test]
    fn finds_other_keys() {
        check((0..3_000).map(|n| format!("key {n}")), "key".to_owned());
        check((0..3_000).map(|n| (n % 50, format!("key {}", n / 50))), (50, "key 0".to_owned()));
    }
}

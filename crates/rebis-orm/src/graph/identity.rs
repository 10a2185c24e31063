//! The identity map of one model: from primary key to slot.

use hashbrown::HashMap;
use rebis_core::{Cell, Result, WholeKey};

const PAGE: usize = 1024;
/// With fewer pages than this, sparseness costs too little to look at.
const PAGES_BEFORE_CHECK: usize = 64;

/// From key to slot. Integer keys are found by pages of slots, which costs two look-ups and no hashing of the
/// key; where the keys turn out to lie too far apart, and for other types of keys, it is a hash table.
#[derive(Debug)]
pub(super) struct Identity<K> {
    pages: Vec<Box<[u32; PAGE]>>,
    page_of: HashMap<i64, u32>,
    last: (i64, u32),
    in_pages: usize,
    sparse: bool,
    hashed: HashMap<K, u32>,
}

/// No page has this number: keys are shifted right.
const NO_PAGE: i64 = i64::MAX;

impl<K: WholeKey> Identity<K> {
    pub(super) fn new() -> Self {
        Identity {
            pages: Vec::new(),
            page_of: HashMap::new(),
            last: (NO_PAGE, 0),
            in_pages: 0,
            sparse: false,
            hashed: HashMap::new(),
        }
    }

    pub(super) fn get(&self, key: &K) -> Option<u32> {
        match key.whole_dense() {
            Some(number) if !self.sparse => self.by_number(number),
            _ => self.hashed.get(key).copied(),
        }
    }

    /// The slot of the key in these cells; decodes only keys that are no integers.
    #[inline]
    pub(super) fn get_by_cells(&self, cells: &[Cell<'_>]) -> Result<Option<u32>> {
        match K::whole_dense_cell(cells) {
            Some(number) if !self.sparse => Ok(self.by_number(number)),
            _ => Ok(self.hashed.get(&K::read(cells)?).copied()),
        }
    }

    #[inline]
    fn by_number(&self, number: i64) -> Option<u32> {
        let page = number >> 10;
        let at = if page == self.last.0 { self.last.1 } else { *self.page_of.get(&page)? };
        match self.pages[at as usize][(number & 1023) as usize] {
            0 => None,
            slot => Some(slot - 1),
        }
    }

    /// Enters a slot; returns the slot that stood there.
    pub(super) fn insert(&mut self, key: K, slot: u32) -> Option<u32> {
        match key.whole_dense() {
            Some(number) if !self.sparse => {
                let place = self.place(number);
                let before = std::mem::replace(place, slot + 1);
                if before == 0 {
                    self.in_pages += 1;
                }
                before.checked_sub(1)
            }
            _ => self.hashed.insert(key, slot),
        }
    }

    fn place(&mut self, number: i64) -> &mut u32 {
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
        if self.get(key) != Some(slot) {
            return;
        }
        match key.whole_dense() {
            Some(number) if !self.sparse => {
                *self.place(number) = 0;
                self.in_pages -= 1;
            }
            _ => {
                self.hashed.remove(key);
            }
        }
    }

    /// Whether the pages have become a waste: the owner then calls [`spread`](Identity::spread).
    pub(super) fn is_wasteful(&self) -> bool {
        !self.sparse && self.pages.len() > PAGES_BEFORE_CHECK && self.in_pages < self.pages.len() * PAGE / 4
    }

    /// Goes over to the hash table, with the keys of all slots that are in the pages.
    pub(super) fn spread(&mut self, key_of: impl Fn(u32) -> Option<K>) {
        for slot in self.pages.iter().flat_map(|page| page.iter()).filter(|s| **s != 0).map(|s| s - 1) {
            if let Some(key) = key_of(slot) {
                self.hashed.insert(key, slot);
            }
        }
        self.sparse = true;
        self.pages = Vec::new();
        self.page_of = HashMap::new();
        self.last = (NO_PAGE, 0);
        self.in_pages = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(keys: impl Iterator<Item = i64> + Clone) {
        let mut map = Identity::<i64>::new();
        let all: Vec<i64> = keys.collect();
        for (slot, key) in all.iter().enumerate() {
            assert_eq!(map.insert(*key, slot as u32), None);
            if map.is_wasteful() {
                map.spread(|slot| Some(all[slot as usize]));
            }
        }
        for (slot, key) in all.iter().enumerate() {
            assert_eq!(map.get(key), Some(slot as u32));
            assert_eq!(map.get_by_cells(&[Cell::Int(*key)]).unwrap(), Some(slot as u32));
            assert_eq!(map.get(&(key + 1_000_003)), None);
            map.remove(key, slot as u32);
            assert_eq!(map.get(key), None);
        }
    }

    #[test]
    fn finds_dense_negative_and_scattered_keys() {
        check(0..5_000);
        check(-2_000..2_000);
        check((0..500).map(|n| n * 7_777_777_777));
        check([i64::MIN, 0, i64::MAX - 1_000_003].into_iter());
    }
}

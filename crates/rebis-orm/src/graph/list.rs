//! The list behind a to-many relation: ordered, without duplicates, with fast removal.

use super::Raw;
use hashbrown::HashMap;

/// From this many entries on, positions are indexed.
const INDEXED_FROM: usize = 64;

/// Handles in order. Removal leaves a hole; holes are closed when half of the list is holes. Above 64 entries a
/// position index makes look-up and removal constant, so that moving 10,000 children is not quadratic.
#[derive(Clone, Debug, Default)]
pub struct List {
    entries: Vec<Option<Raw>>,
    holes: usize,
    positions: Option<HashMap<Raw, u32>>,
    /// Loaded with a filter or a limit: there may be more in the database.
    partial: bool,
    /// When it was loaded, by the graph's clock.
    time: u32,
}

impl List {
    /// A list of these; a handle that comes twice is kept once.
    pub fn new(handles: Vec<Raw>) -> Self {
        let mut list = List { entries: Vec::with_capacity(handles.len()), ..List::default() };
        handles.into_iter().for_each(|h| {
            list.push(h);
        });
        list
    }

    /// The same list, loaded at this time.
    pub(crate) fn loaded_at(mut self, time: u32) -> Self {
        self.time = time;
        self
    }

    /// When it was loaded, by the graph's clock.
    pub(crate) fn time(&self) -> u32 {
        self.time
    }

    /// The same list, known to be only a part of what the database has.
    pub fn partial(mut self) -> Self {
        self.partial = true;
        self
    }

    /// Whether there may be more in the database: loaded with a filter or a limit.
    pub fn is_partial(&self) -> bool {
        self.partial
    }

    /// Number of handles.
    pub fn len(&self) -> usize {
        self.entries.len() - self.holes
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The handles in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = Raw> + '_ {
        self.entries.iter().filter_map(|e| *e)
    }

    /// The entry at a position, holes included: for iterators that share the list.
    pub(crate) fn entry(&self, at: usize) -> Option<Raw> {
        self.entries.get(at).copied().flatten()
    }

    /// Number of positions, holes included.
    pub(crate) fn width(&self) -> usize {
        self.entries.len()
    }

    /// Whether the handle is in it.
    pub fn contains(&self, handle: Raw) -> bool {
        self.position(handle).is_some()
    }

    /// Appends, unless it is there already. Returns whether it was appended.
    pub fn push(&mut self, handle: Raw) -> bool {
        if self.contains(handle) {
            return false;
        }
        let at = self.entries.len();
        self.entries.push(Some(handle));
        match &mut self.positions {
            Some(positions) => {
                positions.insert(handle, at as u32);
            }
            None if self.entries.len() > INDEXED_FROM => self.index(),
            None => {}
        }
        true
    }

    /// Takes a handle out. Returns whether it was there.
    pub fn remove(&mut self, handle: Raw) -> bool {
        let Some(at) = self.position(handle) else { return false };
        self.entries[at] = None;
        self.holes += 1;
        if let Some(positions) = &mut self.positions {
            positions.remove(&handle);
        }
        if self.holes * 2 > self.entries.len() {
            self.close_holes();
        }
        true
    }

    fn position(&self, handle: Raw) -> Option<usize> {
        match &self.positions {
            Some(positions) => positions.get(&handle).map(|&at| at as usize),
            None => self.entries.iter().position(|e| *e == Some(handle)),
        }
    }

    fn close_holes(&mut self) {
        self.entries.retain(Option::is_some);
        self.holes = 0;
        if self.positions.is_some() {
            self.positions = None;
            if self.entries.len() > INDEXED_FROM {
                self.index();
            }
        }
    }

    fn index(&mut self) {
        let entries = self.entries.iter().enumerate();
        self.positions = Some(entries.filter_map(|(at, e)| e.map(|h| (h, at as u32))).collect());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(slot: u32) -> Raw {
        Raw { slot, stamp: 1 }
    }

    #[test]
    fn keeps_order_and_drops_duplicates() {
        let list = List::new(vec![raw(3), raw(1), raw(3)]);
        assert_eq!(list.iter().map(|r| r.slot).collect::<Vec<_>>(), [3, 1]);
    }

    #[test]
    fn removal_keeps_the_order_of_the_rest_at_any_size() {
        for n in [10, 64, 65, 1_000] {
            let mut list = List::new((0..n).map(raw).collect());
            for slot in (0..n).filter(|s| s % 3 != 0) {
                assert!(list.remove(raw(slot)));
                assert!(!list.remove(raw(slot)));
            }
            let expected: Vec<u32> = (0..n).filter(|s| s % 3 == 0).collect();
            assert_eq!(list.iter().map(|r| r.slot).collect::<Vec<_>>(), expected);
            assert!(list.push(raw(n)));
            assert_eq!(list.len(), expected.len() + 1);
            assert!(list.contains(raw(n)) && !list.contains(raw(1)));
        }
    }
}

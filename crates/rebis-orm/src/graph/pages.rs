//! A list in pages: it grows without moving what is in it, and without a peak of twice its size.

use std::ops::{Index, IndexMut};

const PAGE: usize = 512;

/// A list that grows at its end. Every page but the last is full.
#[derive(Debug)]
pub(super) struct Pages<T>(Vec<Vec<T>>);

impl<T> Pages<T> {
    pub(super) const fn new() -> Self {
        Pages(Vec::new())
    }

    #[inline]
    pub(super) fn len(&self) -> usize {
        match self.0.last() {
            Some(last) => (self.0.len() - 1) * PAGE + last.len(),
            None => 0,
        }
    }

    #[inline]
    pub(super) fn get(&self, at: usize) -> Option<&T> {
        self.0.get(at / PAGE)?.get(at % PAGE)
    }

    #[inline]
    pub(super) fn get_mut(&mut self, at: usize) -> Option<&mut T> {
        self.0.get_mut(at / PAGE)?.get_mut(at % PAGE)
    }

    /// The last page, which has room.
    #[inline]
    pub(super) fn open(&mut self) -> &mut Vec<T> {
        if self.0.last().is_none_or(|page| page.len() == PAGE) {
            self.add_page();
        }
        let last = self.0.len() - 1;
        &mut self.0[last]
    }

    /// The first page grows with its content: a session with one object should not pay for 512.
    #[cold]
    fn add_page(&mut self) {
        self.0.push(if self.0.is_empty() { Vec::new() } else { Vec::with_capacity(PAGE) });
    }

    /// All pages, each with the position of its first entry.
    pub(super) fn slices_mut(&mut self) -> impl Iterator<Item = (usize, &mut [T])> {
        self.0.iter_mut().enumerate().map(|(page, entries)| (page * PAGE, entries.as_mut_slice()))
    }
}

impl<T> Index<usize> for Pages<T> {
    type Output = T;
    #[inline]
    fn index(&self, at: usize) -> &T {
        &self.0[at / PAGE][at % PAGE]
    }
}

impl<T> IndexMut<usize> for Pages<T> {
    #[inline]
    fn index_mut(&mut self, at: usize) -> &mut T {
        &mut self.0[at / PAGE][at % PAGE]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_stay_where_they_are() {
        let mut pages = Pages::new();
        for at in 0..3 * PAGE + 1 {
            assert_eq!(pages.len(), at);
            pages.open().push(at);
        }
        pages[PAGE] = 7;
        assert_eq!(pages.get(PAGE), Some(&7));
        assert_eq!(pages.get(3 * PAGE), Some(&(3 * PAGE)));
        assert_eq!(pages.get_mut(3 * PAGE + 1), None);
        assert_eq!(pages.slices_mut().map(|(from, page)| (from, page.len())).last(), Some((3 * PAGE, 1)));
    }
}

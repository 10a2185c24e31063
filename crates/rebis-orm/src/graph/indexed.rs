//! A map whose entries are also found by what they point at. The second way is made when it is first asked for: most
//! flushes never do.

use hashbrown::{HashMap, HashSet};
use std::hash::Hash;
use std::ops::Deref;

/// A map from `K` to `V`. Reads are those of the map.
#[derive(Debug)]
pub(crate) struct Indexed<K, V, P> {
    map: HashMap<K, V>,
    /// The entries that point at something, once somebody has asked.
    by: Option<HashMap<P, HashSet<K>>>,
    /// What an entry points at.
    points: fn(&K, &V) -> [Option<P>; 2],
}

impl<K: Copy + Eq + Hash, V, P: Eq + Hash> Indexed<K, V, P> {
    pub(super) fn new(points: fn(&K, &V) -> [Option<P>; 2]) -> Self {
        Indexed { map: HashMap::new(), by: None, points }
    }

    pub(super) fn insert(&mut self, key: K, value: V) {
        if self.by.is_some() {
            self.remove(&key);
        }
        if let Some(by) = &mut self.by {
            let points = (self.points)(&key, &value);
            for at in points.into_iter().flatten() {
                by.entry(at).or_default().insert(key);
            }
        }
        self.map.insert(key, value);
    }

    pub(crate) fn remove(&mut self, key: &K) -> Option<V> {
        let value = self.map.remove(key)?;
        if let Some(by) = &mut self.by {
            for at in (self.points)(key, &value).into_iter().flatten() {
                if let Some(keys) = by.get_mut(&at) {
                    keys.remove(key);
                }
            }
        }
        Some(value)
    }

    /// The keys of all entries that point at this, in no order.
    pub(crate) fn at(&mut self, point: &P) -> Vec<K> {
        if self.map.is_empty() {
            return Vec::new();
        }
        let by = self.by.get_or_insert_with(|| {
            let mut by: HashMap<P, HashSet<K>> = HashMap::new();
            for (key, value) in &self.map {
                let points = (self.points)(key, value);
                for at in points.into_iter().flatten() {
                    by.entry(at).or_default().insert(*key);
                }
            }
            by
        });
        by.get(point).into_iter().flatten().copied().collect()
    }

    /// Takes all entries out.
    pub(crate) fn take(&mut self) -> HashMap<K, V> {
        self.by = None;
        std::mem::take(&mut self.map)
    }
}

impl<K, V, P> Deref for Indexed<K, V, P> {
    type Target = HashMap<K, V>;
    fn deref(&self) -> &HashMap<K, V> {
        &self.map
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_found_by_what_they_point_at() {
        let mut map: Indexed<u32, char, char> =
            Indexed::new(|key, value| [Some(*value), (*key > 9).then_some('!')]);
        let check = |map: &mut Indexed<u32, char, char>, at: char, expected: &[u32]| {
            let mut found = map.at(&at);
            found.sort_unstable();
            assert_eq!(found, expected, "{at}");
        };
        check(&mut map, 'a', &[]);
        [(1, 'a'), (2, 'b'), (10, 'a')].into_iter().for_each(|(key, value)| map.insert(key, value));
        check(&mut map, 'a', &[1, 10]);
        check(&mut map, '!', &[10]);
        map.insert(1, 'b');
        map.insert(3, 'a');
        assert_eq!(map.remove(&10), Some('a'));
        check(&mut map, 'a', &[3]);
        check(&mut map, 'b', &[1, 2]);
        check(&mut map, '!', &[]);
        assert_eq!((map.take().len(), map.len()), (3, 0));
        check(&mut map, 'b', &[]);
    }
}

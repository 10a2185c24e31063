//! Which keys a load asks for, and who waits for the rows of each.

use crate::graph::hash_cells;
use hashbrown::{DefaultHashBuilder, HashTable};
use rebis_core::{Cell, Datum};

/// Keys by number, found by the cells of a row without making a key of them.
#[derive(Default)]
pub(super) struct Waiting {
    /// Each key once, in the order in which they were first waited for.
    pub(super) keys: Vec<Vec<Datum>>,
    numbers: HashTable<u32>,
    hasher: DefaultHashBuilder,
    /// Who waits, and for the key of which number.
    slots: Vec<(u32, u32)>,
}

impl Waiting {
    /// Keys for whose rows nobody waits.
    pub(super) fn of(keys: Vec<Vec<Datum>>) -> Waiting {
        Waiting { keys, ..Waiting::default() }
    }

    pub(super) fn wait(&mut self, key: Vec<Datum>, slot: u32) {
        let hash = hash_cells(&self.hasher, key.iter().map(Datum::cell));
        let number = match self.numbers.find(hash, |number| self.keys[*number as usize] == key) {
            Some(known) => *known,
            None => {
                let (number, keys, hasher) = (self.keys.len() as u32, &mut self.keys, &self.hasher);
                keys.push(key);
                let hash_of =
                    |number: &u32| hash_cells(hasher, keys[*number as usize].iter().map(Datum::cell));
                self.numbers.insert_unique(hash, number, hash_of);
                number
            }
        };
        self.slots.push((slot, number));
    }

    /// The number of the key that stands in a row, if anybody waits for it.
    pub(super) fn number(&self, row: &[Cell<'_>], at: &[usize]) -> Option<u32> {
        let hash = hash_cells(&self.hasher, at.iter().map(|&at| row[at]));
        let is_it = |number: &u32| {
            let key = &self.keys[*number as usize];
            key.iter().zip(at).all(|(datum, &at)| datum.cell() == row[at])
        };
        self.numbers.find(hash, is_it).copied()
    }

    /// Who waits, and for the key of which number.
    pub(super) fn slots(&self) -> &[(u32, u32)] {
        &self.slots
    }

    /// What came, for each who waits for it.
    pub(super) fn shared<T: Clone>(&self, mut came: Vec<Vec<T>>) -> impl Iterator<Item = (u32, Vec<T>)> {
        let each_once = self.slots.len() == self.keys.len();
        self.slots.iter().map(move |&(slot, number)| {
            let rows = &mut came[number as usize];
            (slot, if each_once { std::mem::take(rows) } else { rows.clone() })
        })
    }
}

//! A set of columns of one model.

/// A set of columns, by position. Up to 128 columns it is two machine words.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ColumnSet {
    low: u128,
    high: Vec<u64>,
}

impl ColumnSet {
    /// The empty set.
    pub const fn new() -> Self {
        ColumnSet { low: 0, high: Vec::new() }
    }

    /// Adds a column.
    #[inline]
    pub fn insert(&mut self, column: usize) {
        if column < 128 {
            self.low |= 1 << column;
        } else {
            let word = (column - 128) / 64;
            if self.high.len() <= word {
                self.high.resize(word + 1, 0);
            }
            self.high[word] |= 1 << (column % 64);
        }
    }

    /// Takes a column out.
    pub fn remove(&mut self, column: usize) {
        if column < 128 {
            self.low &= !(1 << column);
        } else if let Some(word) = self.high.get_mut((column - 128) / 64) {
            *word &= !(1 << (column % 64));
            while self.high.last() == Some(&0) {
                self.high.pop();
            }
        }
    }

    /// Whether the column is in it.
    #[inline]
    pub fn contains(&self, column: usize) -> bool {
        if column < 128 {
            self.low & (1 << column) != 0
        } else {
            self.high.get((column - 128) / 64).is_some_and(|word| word & (1 << (column % 64)) != 0)
        }
    }

    /// Whether nothing is in it.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.low == 0 && self.high.is_empty()
    }

    /// The columns, from low to high.
    pub fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        let end = 128 + self.high.len() * 64;
        (0..end).filter(|&c| self.contains(c))
    }
}

impl FromIterator<usize> for ColumnSet {
    fn from_iter<I: IntoIterator<Item = usize>>(columns: I) -> Self {
        let mut set = ColumnSet::new();
        columns.into_iter().for_each(|c| set.insert(c));
        set
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holds_low_and_high_columns() {
        let mut set: ColumnSet = [0, 127, 128, 1899].into_iter().collect();
        assert_eq!(set.iter().collect::<Vec<_>>(), [0, 127, 128, 1899]);
        set.remove(1899);
        set.remove(128);
        assert_eq!(set, [127, 0].into_iter().collect());
        assert!(!set.contains(5000));
    }
}

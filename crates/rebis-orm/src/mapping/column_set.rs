//! A set of columns of one model.

/// A set of columns, by position. Up to 128 columns it is two machine words, which is what makes it cheap to compare.
///
/// ```
/// use rebis_orm::mapping::ColumnSet;
/// let mut changed: ColumnSet = [3, 1].into_iter().collect();
/// changed.insert(200);
/// assert_eq!(changed.iter().collect::<Vec<_>>(), [1, 3, 200]);
/// assert!(changed.contains(3) && !changed.contains(2));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ColumnSet {
    low: u128,
    /// The columns from 128 on; none if there is none. The last word is never empty.
    high: Option<Box<[u64]>>,
}

impl ColumnSet {
    /// The empty set.
    pub const fn new() -> Self {
        ColumnSet { low: 0, high: None }
    }

    /// Adds a column.
    #[inline]
    pub fn insert(&mut self, column: usize) {
        if column < 128 {
            self.low |= 1 << column;
        } else {
            self.change_high(column, |word, bit| *word |= bit);
        }
    }

    /// Takes a column out.
    #[inline]
    pub fn remove(&mut self, column: usize) {
        if column < 128 {
            self.low &= !(1 << column);
        } else {
            self.change_high(column, |word, bit| *word &= !bit);
        }
    }

    #[cold]
    fn change_high(&mut self, column: usize, change: impl FnOnce(&mut u64, u64)) {
        let mut words = self.high.take().map(Vec::from).unwrap_or_default();
        let word = (column - 128) / 64;
        words.resize(words.len().max(word + 1), 0);
        change(&mut words[word], 1 << (column % 64));
        while words.last() == Some(&0) {
            words.pop();
        }
        self.high = (!words.is_empty()).then(|| words.into_boxed_slice());
    }

    /// Whether the column is in it.
    #[inline]
    pub fn contains(&self, column: usize) -> bool {
        if column < 128 {
            return self.low & (1 << column) != 0;
        }
        let word = self.high.as_ref().and_then(|high| high.get((column - 128) / 64));
        word.is_some_and(|word| word & (1 << (column % 64)) != 0)
    }

    /// The whole set as one word, where the columns fit in.
    #[inline]
    pub(crate) fn word(&self) -> Option<u128> {
        self.high.is_none().then_some(self.low)
    }

    /// Whether nothing is in it.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.low == 0 && self.high.is_none()
    }

    /// The columns, from low to high.
    pub fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        let mut low = self.low;
        let low = std::iter::from_fn(move || {
            let column = low.trailing_zeros() as usize;
            low &= low.wrapping_sub(1);
            (column < 128).then_some(column)
        });
        let words = self.high.iter().flatten().enumerate();
        let bits = |(word, bits): (usize, &u64)| {
            let bits = *bits;
            (0..64).filter(move |bit| bits & (1 << bit) != 0).map(move |bit| 128 + word * 64 + bit)
        };
        low.chain(words.flat_map(bits))
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

//! Primary keys.

use super::Value;
use crate::{Cell, Result};
use std::hash::Hash;

/// A type that can be a column of a primary key.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a primary key",
    label = "not a key type",
    note = "keys are integers, `bool`, `String`, `Vec<u8>`, `Uuid`, enums with `#[derive(SqlEnum)]` and newtypes with `#[derive(Value)]`"
)]
pub trait Key: Value + Eq + Hash {
    /// The key as an integer, if it is one: such keys are found without hashing.
    #[inline]
    fn dense(&self) -> Option<i64> {
        None
    }

    /// The integer key in a cell, without decoding.
    #[inline]
    fn dense_cell(_cell: Cell<'_>) -> Option<i64> {
        None
    }

    /// The cell that [`encode`](Value::encode) would write for the key in this cell, where that can be told without
    /// decoding: such keys are found without making a value.
    #[inline]
    fn canonical(_cell: Cell<'_>) -> Option<Cell<'_>> {
        None
    }
}

macro_rules! dense {
    ($($type:ident),*) => {$(
        impl Key for $type {
            #[inline]
            fn dense(&self) -> Option<i64> {
                i64::try_from(*self).ok()
            }
            #[inline]
            fn dense_cell(cell: Cell<'_>) -> Option<i64> {
                match cell {
                    Cell::Int(v) => Some(v),
                    _ => None,
                }
            }
            #[inline]
            fn canonical(cell: Cell<'_>) -> Option<Cell<'_>> {
                matches!(cell, Cell::Int(_)).then_some(cell)
            }
        }
    )*};
}

dense!(i8, i16, i32, i64, u8, u16, u32, u64);

impl Key for bool {}

impl Key for String {
    #[inline]
    fn canonical(cell: Cell<'_>) -> Option<Cell<'_>> {
        matches!(cell, Cell::Text(_)).then_some(cell)
    }
}

impl Key for Vec<u8> {
    #[inline]
    fn canonical(cell: Cell<'_>) -> Option<Cell<'_>> {
        matches!(cell, Cell::Blob(_)).then_some(cell)
    }
}

/// The whole key of a model from whatever a caller has at hand: the key itself, a reference to it, `&str`
/// for `String`, a literal of any integer width, a tuple of these for a composite key.
///
/// ```
/// use rebis_core::ToKey;
/// fn key<K>(k: impl ToKey<K>) -> K { k.to_key() }
/// let composite: (i64, String) = key((1, "tea"));
/// assert_eq!(composite, (1, "tea".to_string()));
/// ```
#[diagnostic::on_unimplemented(
    message = "the key of this model is a `{K}`, not a `{Self}`",
    label = "wrong type of key",
    note = "pass a `{K}`, a reference to one, or for a composite key a tuple in the order of its columns"
)]
pub trait ToKey<K> {
    /// The key.
    fn to_key(self) -> K;
}

#[diagnostic::do_not_recommend]
impl<K: Key> ToKey<K> for K {
    fn to_key(self) -> K {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<K: Key> ToKey<K> for &K {
    fn to_key(self) -> K {
        self.clone()
    }
}

#[diagnostic::do_not_recommend]
impl ToKey<String> for &str {
    fn to_key(self) -> String {
        self.to_owned()
    }
}

#[diagnostic::do_not_recommend]
impl ToKey<Vec<u8>> for &[u8] {
    fn to_key(self) -> Vec<u8> {
        self.to_vec()
    }
}

/// The key of a model as a whole: one column, or a tuple of up to six.
#[doc(hidden)]
pub trait WholeKey: Clone + Eq + Hash + Send + Sync + 'static {
    /// Number of columns.
    const WIDTH: usize;
    /// Reads the key from the first cells.
    fn read(cells: &[Cell<'_>]) -> Result<Self>;
    /// Appends its columns.
    fn write(&self, out: &mut crate::Binds);
    /// See [`Key::dense`].
    fn whole_dense(&self) -> Option<i64>;
    /// See [`Key::dense_cell`].
    fn whole_dense_cell(cells: &[Cell<'_>]) -> Option<i64>;
    /// See [`Key::canonical`]: writes the first cells of `out`. Whether it could.
    fn whole_canonical<'a>(cells: &[Cell<'a>], out: &mut [Cell<'a>; 6]) -> bool;
}

impl<K: Key> WholeKey for K {
    const WIDTH: usize = 1;
    fn read(cells: &[Cell<'_>]) -> Result<Self> {
        super::field(cells, 0)
    }
    fn write(&self, out: &mut crate::Binds) {
        self.encode(out);
    }
    #[inline]
    fn whole_dense(&self) -> Option<i64> {
        self.dense()
    }
    #[inline]
    fn whole_dense_cell(cells: &[Cell<'_>]) -> Option<i64> {
        K::dense_cell(*cells.first()?)
    }
    #[inline]
    fn whole_canonical<'a>(cells: &[Cell<'a>], out: &mut [Cell<'a>; 6]) -> bool {
        let cell = cells.first().and_then(|cell| K::canonical(*cell));
        cell.map(|cell| out[0] = cell).is_some()
    }
}

macro_rules! composite {
    ($width:literal: $($name:ident $from:ident $index:tt),*) => {
        #[diagnostic::do_not_recommend]
        impl<$($name: Key, $from: ToKey<$name>),*> ToKey<($($name,)*)> for ($($from,)*) {
            fn to_key(self) -> ($($name,)*) {
                ($(self.$index.to_key(),)*)
            }
        }

        impl<$($name: Key),*> WholeKey for ($($name,)*) {
            const WIDTH: usize = $width;
            fn read(cells: &[Cell<'_>]) -> Result<Self> {
                Ok(($(super::field::<$name>(cells, $index)?,)*))
            }
            fn write(&self, out: &mut crate::Binds) {
                $(self.$index.encode(out);)*
            }
            fn whole_dense(&self) -> Option<i64> {
                None
            }
            fn whole_dense_cell(_: &[Cell<'_>]) -> Option<i64> {
                None
            }
            fn whole_canonical<'a>(cells: &[Cell<'a>], out: &mut [Cell<'a>; 6]) -> bool {
                $(
                    match cells.get($index).and_then(|cell| $name::canonical(*cell)) {
                        Some(cell) => out[$index] = cell,
                        None => return false,
                    }
                )*
                true
            }
        }
    };
}

composite!(2: A FA 0, B FB 1);
composite!(3: A FA 0, B FB 1, C FC 2);
composite!(4: A FA 0, B FB 1, C FC 2, D FD 3);
composite!(5: A FA 0, B FB 1, C FC 2, D FD 3, E FE 4);
composite!(6: A FA 0, B FB 1, C FC 2, D FD 3, E FE 4, F FF 5);

//! Several values in one column.

use super::{Pending, Value, mismatch};
use crate::conversion::of_array;
use crate::{Binds, Cell, Conversion, Error, Result, SqlType, array_text};

/// A type of which a column can hold several, as `Vec<T>` or `Vec<Option<T>>`: all column types but arrays themselves.
/// For a type with its own `impl Value` say `impl Element for Colour {}`.
#[diagnostic::on_unimplemented(
    message = "a column cannot hold a `Vec` of `{Self}`",
    label = "no element of an array",
    note = "arrays have one dimension; for more, and for other types, keep a document: `Json<Vec<{Self}>>` (feature `json`)",
    note = "a type with its own `impl Value`: `impl rebis::Element for {Self} {{}}`"
)]
pub trait Element: Value {}

impl<T: Element + Value<Base = T>> Element for Option<T> {}

macro_rules! elements {
    ($($type:ty),*) => {$(
        impl Element for $type {}
    )*};
}

elements!(bool, i8, i16, i32, i64, u16, u32, u64, f32, f64, String, Vec<u8>);

/// A column type that holds several values: `Vec<T>` and its `Option`. Conditions can look into them.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no array",
    label = "holds one value",
    note = "an array is a `Vec<..>` (of bytes it is one value: bytes)"
)]
pub trait Array: Value {
    /// What it holds.
    type Item: Element;
}

impl<T: Element> Array for Vec<T> {
    type Item = T;
}

impl<T: Array + Value<Base = T>> Array for Option<T> {
    type Item = T::Item;
}

/// An array where the database has arrays, else the text of a JSON array.
///
/// ```
/// use rebis_core::{Cell, Datum, SqlType, Value};
/// assert_eq!(<Vec<i32>>::sql_type(), SqlType::Array(Box::new(SqlType::I32)));
/// assert_eq!(Datum::of(&vec![Some(1), None]), Datum::Array("[1,null]".into()));
/// assert_eq!(<Vec<i32>>::decode(Cell::Text(b"{1,2}"))?, [1, 2]);
/// assert_eq!(<Vec<i32>>::decode(Cell::Text(b"[1, 2]"))?, [1, 2]);
/// # Ok::<(), rebis_core::Error>(())
/// ```
impl<T: Element> Value for Vec<T> {
    const CONVERSION: Option<&'static Conversion> = of_array(T::CONVERSION);
    type Base = Vec<T>;
    fn sql_type() -> SqlType {
        SqlType::Array(Box::new(T::sql_type()))
    }
    fn encode(&self, out: &mut Binds) {
        let mut cells = Binds::with_capacity(self.len());
        self.iter().for_each(|value| value.encode(&mut cells));
        let mut text = String::from("[");
        for (index, cell) in cells.iter().enumerate() {
            if let Cell::Unfit(what) = cell {
                return out.push(Cell::Unfit(what));
            }
            text.push_str(if index > 0 { "," } else { "" });
            array_text::push_element(&mut text, cell);
        }
        text.push(']');
        out.push(Cell::Array(&text));
    }
    fn decode(cell: Cell<'_>) -> Result<Self> {
        let text = match cell {
            Cell::Array(text) => Some(text),
            Cell::Text(bytes) => std::str::from_utf8(bytes).ok(),
            other => return Err(mismatch("an array", other)),
        };
        let mut values = Vec::new();
        let read = text.and_then(|text| {
            array_text::read(text, &T::sql_type(), |cell| T::decode(cell).map(|value| values.push(value)))
        });
        match read {
            Some(read) => read.map(|()| values),
            None => Err(no_array()),
        }
    }
    fn same(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().zip(other).all(|(a, b)| a.same(b))
    }
}

impl<T: Element> Pending for Vec<T> {
    fn pending() -> Self {
        Vec::new()
    }
}

#[cold]
fn no_array() -> Error {
    Error::conversion("expected an array of one dimension, counted from 1")
        .with_help("correct the row, or read the column as a text (`CAST(.. AS TEXT)`)")
}

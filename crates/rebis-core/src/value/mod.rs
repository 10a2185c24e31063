//! Rust types as columns.

pub(crate) mod array;
mod foreign;
#[cfg(feature = "json")]
pub(crate) mod json;
mod key;
mod network;
mod range;
mod scalar;
mod span;
#[cfg(any(feature = "chrono", feature = "jiff", feature = "time"))]
mod temporal;

pub use array::{Array, Element};
pub use key::{Key, ToKey, WholeKey};
pub use network::Network;
pub use range::{Range, RangeType, Ranged};
pub use span::TimeSpan;

use crate::{Binds, Cell, Conversion, Error, Result, SqlType};

/// A Rust type that can stand in a column.
///
/// Implemented for the integers, floats, `bool`, `String`, `Vec<u8>`, `Option` of each, and, behind
/// features, for the types of other crates (`uuid`, `json`). For an enum use `#[derive(SqlEnum)]`, for a
/// newtype `#[derive(Value)]`.
///
/// Every conversion is checked: an integer that does not fit is an error, never a wrap.
///
/// ```
/// use rebis_core::{Binds, Cell, Error, Result, SqlType, Value};
///
/// /// Stored as text: `#1e90ff`.
/// #[derive(Clone, Debug, PartialEq)]
/// struct Colour(u32);
///
/// impl Value for Colour {
///     type Base = Colour;
///     fn sql_type() -> SqlType {
///         SqlType::Text { length: Some(7) }
///     }
///     fn encode(&self, out: &mut Binds) {
///         out.text(&format!("#{:06x}", self.0));
///     }
///     fn decode(cell: Cell<'_>) -> Result<Self> {
///         let text = String::decode(cell)?;
///         let digits = text.strip_prefix('#').and_then(|hex| u32::from_str_radix(hex, 16).ok());
///         digits.map(Colour).ok_or_else(|| Error::conversion("this is no colour"))
///     }
///     fn same(&self, other: &Self) -> bool {
///         self == other
///     }
/// }
///
/// assert_eq!(Colour::decode(Cell::Text(b"#1e90ff"))?, Colour(0x1e90ff));
/// assert!(Colour::decode(Cell::Int(5)).is_err());
/// # Ok::<(), rebis_core::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be stored in a column",
    label = "not a column type",
    note = "an enum: `#[derive(SqlEnum)]`; a newtype around a column type: `#[derive(Value)]`",
    note = "a JSON document: wrap it as `Json<{Self}>` (feature `json`)",
    note = "another model: use `BelongsTo<..>`, `HasOne<..>` or `HasMany<..>` with `#[relation(..)]`",
    note = "types of `uuid`, `chrono`, `jiff`, `time` and `rust_decimal` (feature `decimal`) need the feature of that name; or implement `rebis::Value`"
)]
pub trait Value: Sized + Clone + Send + Sync + 'static {
    /// Whether the type has a place for `NULL`. True for `Option` alone.
    const NULLABLE: bool = false;

    /// What SQL makes of a value of this type on its way into the database, and of a column on its way out. None: it is
    /// bound and read as it is.
    const CONVERSION: Option<&'static Conversion> = None;

    /// The type without `Option`.
    type Base: Value;

    /// The SQL type of a column of this type.
    fn sql_type() -> SqlType;

    /// Appends this value to the parameters of a statement: exactly one.
    fn encode(&self, out: &mut Binds);

    /// Reads a value from a row.
    ///
    /// # Errors
    /// A conversion error if the cell holds something else, or something that does not fit.
    fn decode(cell: Cell<'_>) -> Result<Self>;

    /// Whether the two are the same *as stored*: if so, no UPDATE is needed.
    fn same(&self, other: &Self) -> bool;
}

/// A column type that holds JSON documents: `Json<T>` and its `Option`. Conditions can look into them.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no JSON document",
    label = "has no places to look into",
    note = "a document is a `Json<..>` (feature `json`)"
)]
pub trait Document: Value {}

impl<T: Document + Value<Base = T>> Document for Option<T> {}

/// A value that may stand in an object until the database has given the real one: generated keys, server
/// defaults, foreign keys of parents that are not written yet. Until the flush the field holds
/// `pending()`, and the key of the handle is `None`.
///
/// ```
/// use rebis_core::Pending;
/// assert_eq!((i64::pending(), String::pending()), (0, String::new()));
/// ```
#[diagnostic::on_unimplemented(
    message = "a column of type `{Self}` cannot be left to the database",
    label = "needs a stand-in value until the database gives the real one",
    note = "implement `rebis::Pending` for `{Self}`, or give the column a `default`"
)]
pub trait Pending: Value {
    /// The stand-in: 0, `""`, `None`, the nil UUID.
    fn pending() -> Self;
}

/// A date, a time, or both: types whose columns have `year()`, `extract(..)` and `plus(Interval::days(3))`. Those of `chrono`,
/// `jiff` and `time` are (each behind the feature of its name), and `Option` of these.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no date or time",
    label = "neither a date nor a time",
    note = "give the column a type of `chrono`, `jiff` or `time` (behind the feature of that name)"
)]
pub trait Temporal: Value {
    /// What a part of it is: a whole number, `Option` of one where it can be NULL.
    type Part: Value;

    /// What lies between two of them: the type of the same crate for a length of time.
    type Span: Value;
}

impl<T: Temporal + Value<Base = T>> Temporal for Option<T>
where
    T::Span: Value<Base = T::Span>,
{
    type Part = Option<i64>;
    type Span = Option<T::Span>;
}

/// A column type that holds several values of another: `Vec<T>` (an array), [`Range<T>`](Range) and [`Network`], and
/// `Option` of these. Their columns have `has(..)`, `has_all(..)` and `overlaps(..)`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` holds no other values",
    label = "neither an array, a range nor a network",
    note = "what holds others is a `Vec<..>`, a `Range<..>` or a `Network`; a text has `.contains(..)`"
)]
pub trait Container: Value {
    /// What it holds.
    type Held: Value;
}

/// A column type whose values lie within others: arrays in arrays, ranges in ranges, networks and addresses in networks.
/// Their columns have `is_within(..)`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` lies within nothing",
    label = "neither an array, a range, a network nor an address",
    note = "one of several values is found with `.in_(..)`, a number between two with `.between(..)`"
)]
pub trait Contained: Value {
    /// In what.
    type Whole: Value;
}

impl<T: Element> Container for Vec<T> {
    type Held = T;
}

impl<T: Element> Contained for Vec<T> {
    type Whole = Vec<T>;
}

impl<T: Ranged> Container for Range<T> {
    type Held = T;
}

impl<T: Ranged> Contained for Range<T> {
    type Whole = Range<T>;
}

impl Container for Network {
    type Held = std::net::IpAddr;
}

impl Contained for Network {
    type Whole = Network;
}

impl Contained for std::net::IpAddr {
    type Whole = Network;
}

impl<T: Container + Value<Base = T>> Container for Option<T> {
    type Held = T::Held;
}

impl<T: Contained + Value<Base = T>> Contained for Option<T> {
    type Whole = T::Whole;
}

/// Decodes the cell at `index`; an error carries the index, so that the caller can name the column.
///
/// ```
/// use rebis_core::{Cell, field};
/// let cells = [Cell::Int(5), Cell::Text(b"x")];
/// assert_eq!(field::<i64>(&cells, 0).ok(), Some(5));
/// let error = field::<i64>(&cells, 1).unwrap_err();
/// assert_eq!(error.index(), Some(1));
/// ```
///
/// # Errors
/// As [`Value::decode`]; also if the row has too few cells.
#[inline]
pub fn field<T: Value>(cells: &[Cell<'_>], index: usize) -> Result<T> {
    match cells.get(index) {
        Some(cell) => T::decode(*cell).map_err(|e| at_index(e, index)),
        None => Err(too_few(index, cells.len())),
    }
}

#[cold]
fn at_index(error: Error, index: usize) -> Error {
    error.with_index(index)
}

#[cold]
fn too_few(index: usize, len: usize) -> Error {
    Error::conversion(format!("the row has {len} columns, column {} was asked for", index + 1))
}

/// The error of a cell that holds something else.
#[cold]
pub(crate) fn mismatch(expected: &str, cell: Cell<'_>) -> Error {
    Error::conversion(format!("expected {expected}, found {}", cell.kind()))
        .with_help("give the field the type that the column holds, or correct the row")
}

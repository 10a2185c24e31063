//! The types of the standard library.

use super::{Pending, Value, mismatch};
use crate::{Binds, Cell, Conversion, Error, Result, SqlType};

macro_rules! integers {
    ($($type:ident $sql:ident),*) => {$(
        impl Value for $type {
            type Base = $type;
            fn sql_type() -> SqlType { SqlType::$sql }
            #[inline]
            fn encode(&self, out: &mut Binds) {
                out.int(*self as i64);
            }
            #[inline]
            fn decode(cell: Cell<'_>) -> Result<Self> {
                match cell {
                    Cell::Int(v) => $type::try_from(v).map_err(|_| does_not_fit(stringify!($type))),
                    other => integer_like(other, stringify!($type))?
                        .try_into().map_err(|_| does_not_fit(stringify!($type))),
                }
            }
            #[inline]
            fn same(&self, other: &Self) -> bool { self == other }
        }
        impl Pending for $type {
            fn pending() -> Self { 0 }
        }
    )*};
}

integers!(i8 I16, i16 I16, i32 I32, i64 I64, u8 I16, u16 I32, u32 I64);

/// Stored as a signed 64-bit integer, which every database has. A value above `i64::MAX` goes as one without a sign,
/// which a database that has none refuses: an error, never a wrap.
impl Value for u64 {
    type Base = u64;
    fn sql_type() -> SqlType {
        SqlType::I64
    }
    fn encode(&self, out: &mut Binds) {
        match i64::try_from(*self) {
            Ok(v) => out.int(v),
            Err(_) => out.push(Cell::Unsigned(*self)),
        }
    }
    fn decode(cell: Cell<'_>) -> Result<Self> {
        match cell {
            Cell::Unsigned(v) => Ok(v),
            Cell::Decimal(text) => text.parse().map_err(|_| does_not_fit("u64")),
            other => integer_like(other, "u64")?.try_into().map_err(|_| does_not_fit("u64")),
        }
    }
    fn same(&self, other: &Self) -> bool {
        self == other
    }
}

impl Pending for u64 {
    fn pending() -> Self {
        0
    }
}

#[cold]
fn does_not_fit(type_name: &str) -> Error {
    Error::conversion(format!("the integer does not fit `{type_name}`"))
        .with_help("use a wider integer in the model, or correct the row")
}

fn integer_like(cell: Cell<'_>, type_name: &str) -> Result<i64> {
    match cell {
        Cell::Int(v) => Ok(v),
        Cell::Bool(v) => Ok(i64::from(v)),
        // A whole number from an aggregate such as SUM, which some databases give as a decimal.
        Cell::Decimal(text) => text.parse().map_err(|_| does_not_fit(type_name)),
        other => Err(mismatch("an integer", other)),
    }
}

impl Value for bool {
    type Base = bool;
    fn sql_type() -> SqlType {
        SqlType::Bool
    }
    #[inline]
    fn encode(&self, out: &mut Binds) {
        out.push(Cell::Bool(*self));
    }
    #[inline]
    fn decode(cell: Cell<'_>) -> Result<Self> {
        match cell {
            Cell::Bool(v) => Ok(v),
            Cell::Int(0) => Ok(false),
            Cell::Int(1) => Ok(true),
            Cell::Int(_) => Err(Error::conversion("expected a boolean (0 or 1), found another integer")
                .with_help("correct the row, or read the column as an integer")),
            other => Err(mismatch("a boolean", other)),
        }
    }
    fn same(&self, other: &Self) -> bool {
        self == other
    }
}

impl Pending for bool {
    fn pending() -> Self {
        false
    }
}

macro_rules! floats {
    ($($type:ident $sql:ident),*) => {$(
        impl Value for $type {
            type Base = $type;
            fn sql_type() -> SqlType { SqlType::$sql }
            #[inline]
            fn encode(&self, out: &mut Binds) {
                out.push(Cell::Float(f64::from(*self)));
            }
            #[inline]
            fn decode(cell: Cell<'_>) -> Result<Self> {
                match cell {
                    Cell::Float(v) => narrowed(v, v as $type),
                    Cell::Int(v) => Ok(v as $type),
                    Cell::Decimal(text) => text.parse().map_err(|_| mismatch("a float", cell)),
                    other => Err(mismatch("a float", other)),
                }
            }
            /// By bits: NaN is the same as NaN, so it is not written again and again.
            #[inline]
            fn same(&self, other: &Self) -> bool { self.to_bits() == other.to_bits() }
        }
        impl Pending for $type {
            fn pending() -> Self { 0.0 }
        }
    )*};
}

floats!(f32 F32, f64 F64);

/// A float, unless it became infinite on the way.
#[inline]
fn narrowed<T: Copy + Into<f64>>(from: f64, to: T) -> Result<T> {
    if to.into().is_infinite() && from.is_finite() { Err(beyond_32_bits()) } else { Ok(to) }
}

#[cold]
fn beyond_32_bits() -> Error {
    Error::conversion("the float does not fit `f32`").with_help("use `f64` in the model")
}

impl Value for String {
    type Base = String;
    fn sql_type() -> SqlType {
        SqlType::Text { length: None }
    }
    #[inline]
    fn encode(&self, out: &mut Binds) {
        out.text(self);
    }
    #[inline]
    fn decode(cell: Cell<'_>) -> Result<Self> {
        match cell {
            Cell::Text(bytes) => match std::str::from_utf8(bytes) {
                Ok(text) => Ok(text.to_owned()),
                Err(e) => Err(not_utf8(e)),
            },
            Cell::Decimal(text) => Ok(text.to_owned()),
            other => Err(mismatch("text", other)),
        }
    }
    #[inline]
    fn same(&self, other: &Self) -> bool {
        self == other
    }
}

impl Pending for String {
    fn pending() -> Self {
        String::new()
    }
}

#[cold]
fn not_utf8(error: std::str::Utf8Error) -> Error {
    Error::conversion("the text is not UTF-8")
        .with_help("read the column as bytes (`Vec<u8>` with a cast) and repair the row")
        .with_source(error)
}

impl Value for Vec<u8> {
    type Base = Vec<u8>;
    fn sql_type() -> SqlType {
        SqlType::Bytes
    }
    fn encode(&self, out: &mut Binds) {
        out.blob(self);
    }
    fn decode(cell: Cell<'_>) -> Result<Self> {
        match cell {
            Cell::Blob(bytes) => Ok(bytes.to_vec()),
            other => Err(mismatch("bytes", other)),
        }
    }
    fn same(&self, other: &Self) -> bool {
        self == other
    }
}

impl Pending for Vec<u8> {
    fn pending() -> Self {
        Vec::new()
    }
}

impl<T: Value<Base = T>> Value for Option<T> {
    const NULLABLE: bool = true;
    const CONVERSION: Option<&'static Conversion> = T::CONVERSION;
    type Base = T;
    fn sql_type() -> SqlType {
        T::sql_type()
    }
    #[inline]
    fn encode(&self, out: &mut Binds) {
        match self {
            Some(value) => value.encode(out),
            None => out.null(),
        }
    }
    #[inline]
    fn decode(cell: Cell<'_>) -> Result<Self> {
        match cell {
            Cell::Null => Ok(None),
            other => T::decode(other).map(Some),
        }
    }
    #[inline]
    fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Some(a), Some(b)) => a.same(b),
            (None, None) => true,
            (Some(_), None) | (None, Some(_)) => false,
        }
    }
}

impl<T: Value<Base = T>> Pending for Option<T> {
    fn pending() -> Self {
        None
    }
}

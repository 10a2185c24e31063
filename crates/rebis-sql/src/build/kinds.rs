//! Families of types: numbers, texts, and what a sum of them is.

use rebis_core::Value;

/// Types that arithmetic works on: the integers and floats, `Decimal` with the feature `decimal`, and `Option` of these.
/// Implement it for a newtype to calculate with its columns.
///
/// SQLite calculates with decimals in floats: reading such a result as a decimal is an error there.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
/// # fn main() -> rebis_core::Result<()> {
/// fn twice<C: Typed<T: Numeric>>(what: C) -> Expr<C::T> {
///     let half = what.typed();
///     half.clone() + half
/// }
/// assert_eq!(show(twice(User.karma)), "users.karma + users.karma");
/// # Ok(())
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "arithmetic needs a number, `{Self}` is none",
    label = "not a number",
    note = "texts are joined with `.concat(..)`; a newtype around a number: `impl rebis_sql::Numeric for {Self}`"
)]
pub trait Numeric {
    /// What a sum of such values is: NULL for no rows.
    type Sum: Value;
    /// Whether these are whole numbers: dividing them leaves the rest out.
    const WHOLE: bool = false;
}

/// Types that are texts: `String`, and `Option` of it. Implement it for a newtype to use `like` and friends.
#[diagnostic::on_unimplemented(
    message = "this is for texts, `{Self}` is none",
    label = "not a text",
    note = "make a text of it with `.cast::<String>()`; a newtype around `String`: `impl rebis_sql::Text for {Self}`"
)]
pub trait Text {
    /// What the length of such a text is.
    type Length: Value;
}

macro_rules! numeric {
    ($($type:ty),* => $sum:ty, $whole:literal) => {$(
        impl Numeric for $type {
            type Sum = Option<$sum>;
            const WHOLE: bool = $whole;
        }
        impl Numeric for Option<$type> {
            type Sum = Option<$sum>;
            const WHOLE: bool = $whole;
        }
    )*};
}

numeric!(i8, i16, i32, i64, u8, u16, u32, u64 => i64, true);
numeric!(f32, f64 => f64, false);

impl Text for String {
    type Length = i64;
}

impl Text for Option<String> {
    type Length = Option<i64>;
}

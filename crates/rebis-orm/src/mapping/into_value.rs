//! What a setter takes.

use rebis_core::{Range, Ranged};
use std::borrow::Cow;
use std::ops;

/// What can be given for a column of type `T`: the value, a reference to one, `&str` for `String`, and for a
/// nullable column each of these without `Some(..)`, beside `Some(..)` and `None`.
///
/// ```
/// # use rebis_orm::mapping::IntoValue;
/// fn body(value: impl IntoValue<Option<String>>) -> Option<String> { value.into_value() }
/// assert_eq!(body("x"), Some("x".to_string()));
/// assert_eq!(body(Some("x".to_string())), Some("x".to_string()));
/// assert_eq!(body(None), None);
/// ```
///
/// `Some("x")` is the one thing that does not convert, so that `None` needs no annotation: write `"x"`.
#[diagnostic::on_unimplemented(
    message = "expected a value of type `{T}`, found `{Self}`",
    label = "not a `{T}`",
    note = "a value or a reference to one is wanted; `None` needs a nullable column (`Option<..>`), and for one \
            of text write `\"x\"` or `Some(\"x\".to_string())`"
)]
pub trait IntoValue<T> {
    /// The value.
    fn into_value(self) -> T;
}

// Without bounds: what a column can hold is checked where the column is declared, and an impossible `T` cannot be
// asked for. A bound would make the impls overlap in the eyes of the compiler.

#[diagnostic::do_not_recommend]
impl<T> IntoValue<T> for T {
    fn into_value(self) -> T {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<T> IntoValue<Option<T>> for T {
    fn into_value(self) -> Option<T> {
        Some(self)
    }
}

#[diagnostic::do_not_recommend]
impl<T: Clone> IntoValue<T> for &T {
    fn into_value(self) -> T {
        self.clone()
    }
}

#[diagnostic::do_not_recommend]
impl<T: Clone> IntoValue<Option<T>> for &T {
    fn into_value(self) -> Option<T> {
        Some(self.clone())
    }
}

/// Borrowed forms, each also for the nullable column.
macro_rules! borrowed {
    ($([$($generic:tt)*] $from:ty => $to:ty, $convert:path;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($generic)*> IntoValue<$to> for $from {
            fn into_value(self) -> $to {
                $convert(self)
            }
        }

        #[diagnostic::do_not_recommend]
        impl<$($generic)*> IntoValue<Option<$to>> for $from {
            fn into_value(self) -> Option<$to> {
                Some($convert(self))
            }
        }
    )*};
}

borrowed! {
    [] &str => String, String::from;
    [] &&str => String, ToString::to_string;
    [] Cow<'_, str> => String, Cow::into_owned;
    [] Box<str> => String, String::from;
    [T: Clone] &[T] => Vec<T>, Vec::from;
    [T: Clone, const N: usize] &[T; N] => Vec<T>, Vec::from;
    [T, const N: usize] [T; N] => Vec<T>, Vec::from;
    [const N: usize] [&str; N] => Vec<String>, texts;
    [T: Ranged] ops::Range<T> => Range<T>, Range::from;
    [T: Ranged] ops::RangeInclusive<T> => Range<T>, Range::from;
    [T: Ranged] ops::RangeFrom<T> => Range<T>, Range::from;
    [T: Ranged] ops::RangeTo<T> => Range<T>, Range::from;
    [T: Ranged] ops::RangeFull => Range<T>, Range::from;
}

fn texts<const N: usize>(texts: [&str; N]) -> Vec<String> {
    texts.map(str::to_owned).to_vec()
}

#[cfg(test)]
mod tests {
    use super::IntoValue;
    use rebis_core::Range;
    use std::borrow::Cow;

    fn of<T>(value: impl IntoValue<T>) -> T {
        value.into_value()
    }

    #[test]
    fn values_for_required_columns() {
        assert_eq!(of::<String>("a"), "a");
        assert_eq!(of::<String>(&"a".to_owned()), "a");
        assert_eq!(of::<String>(format!("{}", 1)), "1");
        assert_eq!(of::<String>(Cow::Borrowed("a")), "a");
        assert_eq!(["a"].iter().map(of::<String>).collect::<Vec<_>>(), ["a"]);
        assert_eq!(of::<i64>(5), 5);
        assert_eq!(of::<u8>(&5), 5);
        assert_eq!(of::<Vec<u8>>(b"ab"), [97, 98]);
        assert_eq!(of::<Vec<u8>>(&[1, 2][..]), [1, 2]);
        assert_eq!(of::<Vec<i64>>([1, 2]), [1, 2]);
        assert_eq!(of::<Vec<String>>(["a"]), ["a"]);
        assert_eq!(of::<Range<i32>>(1..=2), Range::from(1..3));
    }

    #[test]
    fn values_for_nullable_columns() {
        assert_eq!(of::<Option<i64>>(5), Some(5));
        assert_eq!(of::<Option<i64>>(None), None);
        assert_eq!(of::<Option<i64>>(Some(5)), Some(5));
        assert_eq!(of::<Option<i64>>(&Some(5)), Some(5));
        assert_eq!(of::<Option<String>>("a").as_deref(), Some("a"));
        assert_eq!(of::<Option<Vec<u8>>>(b"a"), Some(vec![97]));
    }
}

//! The values between two ends.

use super::{Pending, Value, mismatch};
use crate::{Binds, Cell, Datum, Result, SqlType, array_text};
use std::ops::{self, Bound};

/// A type of which a column can hold ranges: `i32`, `i64`, dates, timestamps, instants and decimals.
#[diagnostic::on_unimplemented(
    message = "a column cannot hold ranges of `{Self}`",
    label = "databases have no ranges of these",
    note = "there are ranges of `i32`, `i64`, `Decimal`, dates, timestamps and instants; keep other ends in two columns"
)]
pub trait Ranged: Value<Base = Self> + PartialOrd {}

macro_rules! ranged {
    ($($type:ty),*) => {$(
        impl Ranged for $type {}
    )*};
}

ranged!(i32, i64);
/// The values between two ends, each of which may be open, or none at all. A range type where the database has them, else
/// text.
///
/// Of whole numbers and dates the first is always in it and the last is not, as the database has it: `1..=5` and `1..6` are
/// equal.
///
/// ```
/// use rebis_core::{Datum, Range};
/// use std::ops::Bound;
/// let some = Range::from(1..=5);
/// assert_eq!(some, Range::from(1..6));
/// assert_eq!((some.start(), some.end()), (Bound::Included(&1), Bound::Excluded(&6)));
/// assert!(some.has(&5) && !some.has(&6) && Range::from(3..3).is_empty());
/// assert_eq!(Datum::of(&some), Datum::Written("[1,6)".into()));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Range<T>(Option<(Bound<T>, Bound<T>)>);

impl<T: Ranged> Range<T> {
    /// Between two ends. Where the first is beyond the last nothing is.
    pub fn new(start: Bound<T>, end: Bound<T>) -> Range<T> {
        let start = match start {
            Bound::Excluded(value) => next(&value).map_or(Bound::Excluded(value), Bound::Included),
            start => start,
        };
        let end = match end {
            Bound::Included(value) => next(&value).map_or(Bound::Included(value), Bound::Excluded),
            end => end,
        };
        let none = match (&start, &end) {
            (Bound::Included(a), Bound::Included(b)) => a > b,
            (Bound::Included(a) | Bound::Excluded(a), Bound::Included(b) | Bound::Excluded(b)) => a >= b,
            (Bound::Unbounded, _) | (_, Bound::Unbounded) => false,
        };
        Range((!none).then_some((start, end)))
    }

    /// Nothing.
    pub const fn empty() -> Range<T> {
        Range(None)
    }

    /// Whether nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// Where it begins. Of nothing: not at all.
    pub fn start(&self) -> Bound<&T> {
        self.0.as_ref().map_or(Bound::Unbounded, |(start, _)| start.as_ref())
    }

    /// Where it ends. Of nothing: not at all.
    pub fn end(&self) -> Bound<&T> {
        self.0.as_ref().map_or(Bound::Unbounded, |(_, end)| end.as_ref())
    }

    /// Whether a value is in it.
    pub fn has(&self, value: &T) -> bool {
        self.0
            .as_ref()
            .is_some_and(|(start, end)| ops::RangeBounds::contains(&(start.as_ref(), end.as_ref()), value))
    }

    /// As the database writes it.
    fn text(&self) -> String {
        let Some((start, end)) = &self.0 else { return "empty".to_owned() };
        let mut out = String::from(if matches!(start, Bound::Included(_)) { "[" } else { "(" });
        let mut push = |bound: &Bound<T>| {
            if let Bound::Included(value) | Bound::Excluded(value) = bound {
                array_text::push_element(&mut out, Datum::of(value).cell());
            }
            out.push(',');
        };
        push(start);
        push(end);
        out.pop();
        out.push(if matches!(end, Bound::Included(_)) { ']' } else { ')' });
        out
    }

    fn parse(text: &str) -> Option<Range<T>> {
        let text = text.trim();
        if text == "empty" {
            return Some(Range::empty());
        }
        let (open, close) = (text.chars().next()?, text.chars().next_back()?);
        if !matches!(open, '[' | '(') || !matches!(close, ']' | ')') || text.len() < 2 {
            return None;
        }
        // Ends have no comma in them.
        let (start, end) = text[1..text.len() - 1].split_once(',')?;
        let of = T::sql_type();
        let bound = |text: &str, included: bool| {
            let value = match text.trim_matches('"') {
                "" => return Some(Bound::Unbounded),
                text => array_text::element::<T>(text, &of)?,
            };
            Some(if included { Bound::Included(value) } else { Bound::Excluded(value) })
        };
        Some(Range::new(bound(start, open == '[')?, bound(end, close == ']')?))
    }
}

/// A column type that holds ranges: [`Range<T>`](Range) and its `Option`.
#[diagnostic::on_unimplemented(message = "`{Self}` is no range", label = "has no ends")]
pub trait RangeType: Value {
    /// What it is a range of.
    type End: Ranged;
}

impl<T: Ranged> RangeType for Range<T> {
    type End = T;
}

impl<T: RangeType + Value<Base = T>> RangeType for Option<T> {
    type End = T::End;
}

/// The value behind another, where values follow each other.
fn next<T: Ranged>(value: &T) -> Option<T> {
    let cell = match Datum::of(value) {
        Datum::Int(v) => Cell::Int(v.checked_add(1)?),
        Datum::Date(v) => Cell::Date(v.checked_add(1)?),
        _ => return None,
    };
    T::decode(cell).ok()
}

macro_rules! from {
    ($($from:ty, |$it:ident| $start:expr, $end:expr;)*) => {$(
        impl<T: Ranged> From<$from> for Range<T> {
            fn from($it: $from) -> Range<T> {
                Range::new($start, $end)
            }
        }
    )*};
}

from! {
    ops::Range<T>, |it| Bound::Included(it.start), Bound::Excluded(it.end);
    ops::RangeFrom<T>, |it| Bound::Included(it.start), Bound::Unbounded;
    ops::RangeTo<T>, |it| Bound::Unbounded, Bound::Excluded(it.end);
    ops::RangeToInclusive<T>, |it| Bound::Unbounded, Bound::Included(it.end);
    ops::RangeFull, |_all| Bound::Unbounded, Bound::Unbounded;
    (Bound<T>, Bound<T>), |it| it.0, it.1;
}

impl<T: Ranged> From<ops::RangeInclusive<T>> for Range<T> {
    fn from(it: ops::RangeInclusive<T>) -> Range<T> {
        let (start, end) = it.into_inner();
        Range::new(Bound::Included(start), Bound::Included(end))
    }
}

impl<T: Ranged> Value for Range<T> {
    type Base = Range<T>;
    fn sql_type() -> SqlType {
        SqlType::Range(Box::new(T::sql_type()))
    }
    fn encode(&self, out: &mut Binds) {
        out.push(Cell::Written(&self.text()));
    }
    fn decode(cell: Cell<'_>) -> Result<Self> {
        let text = match cell {
            Cell::Text(bytes) => std::str::from_utf8(bytes).ok(),
            Cell::Written(text) => Some(text),
            _ => None,
        };
        text.and_then(Range::parse).ok_or_else(|| mismatch("a range (`[1,5)`)", cell))
    }
    fn same(&self, other: &Self) -> bool {
        self.text() == other.text()
    }
}

impl<T: Ranged> Pending for Range<T> {
    fn pending() -> Self {
        Range::empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check<T: Ranged + std::fmt::Debug>(range: impl Into<Range<T>>, text: &str) {
        let range = range.into();
        assert_eq!(range.text(), text);
        let read = Range::<T>::decode(Cell::Text(text.as_bytes())).expect(text);
        assert!(read == range && read.same(&range), "{read:?}");
    }

    #[test]
    fn whole_numbers_have_one_form() {
        check(1..5, "[1,5)");
        check(1i64..=5, "[1,6)");
        check((Bound::Excluded(1), Bound::Unbounded), "[2,)");
        check(..=7, "(,8)");
        check::<i32>(.., "(,)");
        check(3..3, "empty");
        check::<i32>((Bound::Included(9), Bound::Excluded(1)), "empty");
        check((Bound::Excluded(i32::MAX), Bound::Unbounded), "(2147483647,)");
        check(0..=i64::MAX, "[0,9223372036854775807]");
        assert!(!Range::<i32>::empty().has(&1) && Range::from(1..).has(&1));
    }

    #[cfg(feature = "chrono")]
    #[test]
    fn times_do_not_follow_each_other() {
        use chrono::{DateTime, NaiveDate};
        let day = |day| NaiveDate::from_ymd_opt(2026, 11, day).expect("a day");
        check(day(22)..=day(23), r#"["2026-11-22","2026-11-24")"#);
        let at = |micros| DateTime::from_timestamp_micros(micros).expect("a time");
        let (start, end) = (Bound::Excluded(at(0)), Bound::Included(at(1)));
        let text = r#"("1970-01-01 00:00:00.000000+00:00","1970-01-01 00:00:00.000001+00:00"]"#;
        check((start, end), text);
        let other =
            Range::decode(Cell::Text(br#"("1970-01-01 00:00:00+00","1970-01-01 00:00:00.000001+00"]"#));
        assert_eq!(other.expect("a range"), Range::new(start, end));
    }

    #[test]
    fn what_is_no_range() {
        for wrong in ["", "[", "[1,2", "1,2", "[1;2)", "[a,b)", "[1,2,3)", "é,é"] {
            assert!(Range::<i32>::decode(Cell::Text(wrong.as_bytes())).is_err(), "{wrong}");
        }
        assert!(Range::<i32>::decode(Cell::Text(b"[1,3000000000)")).is_err());
    }
}

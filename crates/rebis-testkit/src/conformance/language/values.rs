//! Values of types that the standard library lacks, as a program with crates for them sees them; and values of each
//! type, in their order.

use rebis_core::{Binds, Cell, Error, Result, SqlType, Value, iso};
use rebis_sql::build::Numeric;

fn other<T>(what: &str) -> Result<T> {
    Err(Error::conversion(format!("expected {what}")))
}

macro_rules! newtype {
    ($($(#[$doc:meta])* $name:ident($inner:ty), $sql:expr, |$it:ident| $cell:expr, |$from:ident| $read:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq)]
        pub struct $name(pub(crate) $inner);

        impl Value for $name {
            type Base = $name;
            fn sql_type() -> SqlType {
                $sql
            }
            fn encode(&self, out: &mut Binds) {
                let $it = &self.0;
                out.push($cell);
            }
            fn decode($from: Cell<'_>) -> Result<Self> {
                let read: Option<$inner> = $read;
                match read {
                    Some(value) => Ok($name(value)),
                    None => other(concat!("a value for `", stringify!($name), "`")),
                }
            }
            fn same(&self, other: &Self) -> bool {
                self == other
            }
        }
    )*};
}

fn text(cell: Cell<'_>) -> Option<String> {
    match cell {
        Cell::Text(bytes) => String::from_utf8(bytes.to_vec()).ok(),
        _ => None,
    }
}

newtype! {
    /// A text.
    Long(String), SqlType::Text { length: None }, |it| Cell::Text(it.as_bytes()), |cell| text(cell);
    /// A text in a column with a length.
    Short(String), SqlType::Text { length: Some(10) }, |it| Cell::Text(it.as_bytes()), |cell| text(cell);
    /// Bytes.
    Bytes(Vec<u8>), SqlType::Bytes, |it| Cell::Blob(it), |cell| match cell {
        Cell::Blob(bytes) => Some(bytes.to_vec()),
        _ => None,
    };
    /// A UUID.
    Uuid([u8; 16]), SqlType::Uuid, |it| Cell::Uuid(*it), |cell| match cell {
        Cell::Uuid(bytes) => Some(bytes),
        Cell::Blob(bytes) => bytes.try_into().ok(),
        Cell::Text(text) => hexadecimal(text),
        _ => None,
    };
    /// A date.
    Day(i32), SqlType::Date, |it| Cell::Date(*it), |cell| match cell {
        Cell::Date(days) => Some(days),
        Cell::Text(text) => iso::date(text),
        _ => None,
    };
    /// A time of the day.
    Clock(i64), SqlType::Time, |it| Cell::Time(*it), |cell| match cell {
        Cell::Time(micros) => Some(micros),
        Cell::Text(text) => iso::time(text),
        _ => None,
    };
    /// A date and time without a zone.
    Stamp(i64), SqlType::Timestamp, |it| Cell::Timestamp(*it), |cell| match cell {
        Cell::Timestamp(micros) => Some(micros),
        Cell::Text(text) => iso::timestamp(text),
        _ => None,
    };
    /// A moment.
    Moment(i64), SqlType::Instant, |it| Cell::Instant(*it), |cell| match cell {
        Cell::Instant(micros) => Some(micros),
        Cell::Text(text) => iso::instant(text),
        _ => None,
    };
    /// A decimal number; zeros at its end do not count.
    Digits(String), SqlType::Decimal { precision: None }, |it| Cell::Decimal(it), |cell| match cell {
        Cell::Decimal(digits) => Some(trimmed(digits)),
        Cell::Int(number) => Some(number.to_string()),
        _ => text(cell).map(|digits| trimmed(&digits)),
    };
    /// A JSON document; blanks do not count.
    Document(String), SqlType::Json, |it| Cell::Text(it.as_bytes()), |cell| text(cell).map(|text| packed(&text));
}

/// The bytes of a UUID that is written out.
fn hexadecimal(text: &[u8]) -> Option<[u8; 16]> {
    let digits = std::str::from_utf8(text).ok()?.replace('-', "");
    let number = u128::from_str_radix(&digits, 16).ok()?;
    (digits.len() == 32).then(|| number.to_be_bytes())
}

fn trimmed(digits: &str) -> String {
    match digits.contains('.') {
        true => digits.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => digits.to_owned(),
    }
}

/// A document without the blanks between its parts.
fn packed(text: &str) -> String {
    let (mut out, mut within, mut escaped) = (String::new(), false, false);
    for c in text.chars() {
        if within || !c.is_whitespace() {
            out.push(c);
        }
        if c == '"' && !escaped {
            within = !within;
        }
        escaped = c == '\\' && !escaped;
    }
    out
}

pub(super) fn long_texts() -> Vec<Long> {
    let long = "y".repeat(70_000);
    ["", "0", "1e5", "NULL", "a", "x y", &long, "z"].map(|text| Long(text.to_owned())).to_vec()
}

pub(super) fn short_texts() -> Vec<Short> {
    ["", "0007", "a", "ab", "abcdefghij"].map(|text| Short(text.to_owned())).to_vec()
}

pub(super) fn bytes() -> Vec<Bytes> {
    let all: Vec<u8> = (0..=255).collect();
    vec![Bytes(Vec::new()), Bytes(vec![0]), Bytes(all), Bytes(b"'\\".to_vec()), Bytes(vec![255, 0, 254])]
}

pub(super) fn uuids() -> Vec<Uuid> {
    vec![Uuid([0; 16]), Uuid(*b"'\\\0x456789abcdef"), Uuid([0x80; 16]), Uuid([255; 16])]
}

/// From the first year that all databases know to the last.
pub(super) fn days() -> Vec<Day> {
    [-354_285, -1, 0, 1, 11_016, 19_782, 2_932_896].map(Day).to_vec()
}

pub(super) fn clocks() -> Vec<Clock> {
    [0, 1, 999_999, 43_200_000_000, 86_399_999_999].map(Clock).to_vec()
}

pub(super) fn stamps() -> Vec<Stamp> {
    let end = 2_932_897 * iso::MICROS_OF_DAY - 1;
    [-30_610_224_000_000_000, -1, 0, 1, 1_709_208_000_123_456, end].map(Stamp).to_vec()
}

/// Within the 32 bits of seconds that every database has.
pub(super) fn moments() -> Vec<Moment> {
    [1_000_000, 1_000_001, 1_709_208_000_123_456, 2_147_483_646_999_999].map(Moment).to_vec()
}

/// Of one length before the point, so that also a database that keeps them as texts has them in this order.
pub(super) fn decimals() -> Vec<Digits> {
    ["1000000000000000.0001", "1000000000000000.5", "1000000000000001", "9999999999999999.9999"]
        .map(|digits| Digits(digits.to_owned()))
        .to_vec()
}

/// What is odd in one or the other text of an array.
pub(super) fn arrays() -> Vec<Vec<Option<String>>> {
    let of = |texts: &[&str]| texts.iter().map(|text| Some((*text).to_owned())).collect::<Vec<_>>();
    vec![
        Vec::new(),
        of(&["", "NULL", "null", " a ", "a b"]),
        vec![None, Some("x".to_owned()), None],
        of(&["\"", "'", "\\", "\\\"", "\\n", "{}", "[]", ",", "{a,b}"]),
        of(&["é€𝄞", "\n\t", "? $1 :a", "$[0]"]),
    ]
}

pub(super) fn documents() -> Vec<Document> {
    [
        "null",
        "true",
        "-1.5",
        "\"it's \\\\ \\\" é 𝄞\"",
        "[]",
        "{}",
        "[1,[2,\"a b\"],{\"k\":null}]",
        "{\"a key\":[1,2,3]}",
    ]
    .map(|text| Document(text.to_owned()))
    .to_vec()
}

macro_rules! elements {
    ($($name:ident),*) => {$(
        impl rebis_core::Element for $name {}
    )*};
}

elements!(Bytes, Uuid, Day, Clock, Stamp, Moment, Digits);

impl rebis_core::Temporal for Clock {
    type Part = i64;
    type Span = std::time::Duration;
}

impl rebis_core::Temporal for Moment {
    type Part = i64;
    type Span = std::time::Duration;
}

impl rebis_core::Document for Document {}

impl rebis_core::Temporal for Day {
    type Part = i64;
    type Span = std::time::Duration;
}

impl rebis_core::Temporal for Stamp {
    type Part = i64;
    type Span = std::time::Duration;
}

impl PartialOrd for Day {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        self.0.partial_cmp(&other.0)
    }
}

impl PartialOrd for Stamp {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        self.0.partial_cmp(&other.0)
    }
}

impl PartialOrd for Moment {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        self.0.partial_cmp(&other.0)
    }
}

impl rebis_core::Ranged for Day {}
impl rebis_core::Ranged for Stamp {}
impl rebis_core::Ranged for Moment {}

impl Numeric for Digits {
    type Sum = Option<Digits>;
}

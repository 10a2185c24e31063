//! Parameters of every kind: each value comes back as it was sent, or as the setup declares.

use super::lab::ints;
use super::{Back, Lab, Setup};
use rebis_core::{Datum, ErrorKind, SqlType};

const DAY: i64 = 86_400_000_000;
/// 9999-12-31, the last day that every database knows.
const LAST_DAY: i32 = 2_932_896;

/// Stores each value in a column of the type and reads it again.
fn round_trip<S: Setup>(lab: &Lab<'_, S>, of: SqlType, values: impl IntoIterator<Item = Datum>) {
    let mut db = lab.connect();
    db.all(&[&format!("CREATE TABLE v (id {{int}} PRIMARY KEY, v {})", (lab.caps().type_name)(&of))]);
    let insert = db.statement("INSERT INTO v VALUES ({?}, {?})");
    for (id, sent) in (1..).zip(values) {
        let stored = db.full(&insert, &[Datum::Int(id), sent.clone()], 1, Default::default());
        let expected = match lab.setup().comes_back(&sent) {
            Back::Same => sent.clone(),
            Back::As(other) => other,
            Back::Refused(kind) => {
                let error = stored.expect_err("the setup says that it is refused");
                assert_eq!(error.kind(), kind, "{}: {error}", short(&sent));
                continue;
            }
        };
        stored.unwrap_or_else(|e| panic!("{} is not stored: {e}", short(&sent)));
        let found = db.bound("SELECT v FROM v WHERE id = {?}", &[Datum::Int(id)]).expect("it reads");
        match found.rows.as_slice() {
            [row] if row[..] == [expected.clone()] => {}
            other => panic!("{} came back as {}", short(&sent), short_rows(other)),
        }
    }
    db.is_innocent();
}

fn short(datum: &Datum) -> String {
    let text = format!("{datum:?}");
    if text.len() < 200 { text } else { format!("{} bytes of {:?}", text.len(), &text.get(..40)) }
}

fn short_rows(rows: &[Vec<Datum>]) -> String {
    rows.iter().flatten().map(short).collect::<Vec<_>>().join(", ")
}

pub fn null_of_every_type<S: Setup>(lab: &Lab<'_, S>) {
    use SqlType::*;
    let types = [
        Bool,
        I16,
        I32,
        I64,
        F32,
        F64,
        Text { length: None },
        Bytes,
        Uuid,
        Date,
        Time,
        Timestamp,
        Instant,
        Decimal { precision: Some((20, 4)) },
    ];
    for of in types {
        round_trip(&lab.fresh(), of, [Datum::Null]);
    }
}

pub fn booleans<S: Setup>(lab: &Lab<'_, S>) {
    round_trip(lab, SqlType::Bool, [true, false].map(Datum::Bool));
}

pub fn integers_to_the_bounds<S: Setup>(lab: &Lab<'_, S>) {
    let bounds = [i64::from(i16::MAX), i64::from(i32::MIN), i64::from(u32::MAX), 1 << 53];
    let values = [0, 1, -1, 127, 128, 255, 256, i64::MIN, i64::MIN + 1, i64::MAX].into_iter().chain(bounds);
    round_trip(lab, SqlType::I64, values.map(Datum::Int));
}

pub fn floats_to_the_bounds<S: Setup>(lab: &Lab<'_, S>) {
    let values =
        [0.0, -0.0, 1.5, -1.0 / 3.0, 0.1, f64::MAX, f64::MIN, f64::MIN_POSITIVE, f64::EPSILON, 5e-324];
    round_trip(lab, SqlType::F64, values.map(Datum::Float));
}

pub fn floats_that_are_no_numbers<S: Setup>(lab: &Lab<'_, S>) {
    round_trip(lab, SqlType::F64, [f64::NAN, f64::INFINITY, f64::NEG_INFINITY].map(Datum::Float));
}

pub fn text_of_any_characters<S: Setup>(lab: &Lab<'_, S>) {
    let values = [
        "",
        " ",
        "  both ends  ",
        "it's \"quoted\" `twice` \\ back",
        "? $1 :name @p %s {} -- /* */ ;",
        "line\nbreak\r\ttab",
        "häßlich, naïve",
        "日本語のテキスト",
        "👩‍👩‍👧‍👦 e\u{301} \u{202e}rtl",
        "\u{feff}bom",
        "\u{10ffff}",
        "NULL",
        "12",
    ];
    round_trip(lab, SqlType::Text { length: None }, values.map(|text| Datum::Text(text.into())));
}

pub fn text_with_a_nul<S: Setup>(lab: &Lab<'_, S>) {
    let values = ["\0", "a\0b", "ends with it\0"];
    round_trip(lab, SqlType::Text { length: None }, values.map(|text| Datum::Text(text.into())));
}

pub fn text_and_bytes_of_a_mebibyte<S: Setup>(lab: &Lab<'_, S>) {
    let text = "é".repeat(1 << 19);
    round_trip(&lab.fresh(), SqlType::Text { length: None }, [Datum::Text(text)]);
    let bytes: Vec<u8> = (0..1u32 << 20).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    round_trip(lab, SqlType::Bytes, [Datum::Blob(bytes)]);
}

pub fn bytes_of_any_value<S: Setup>(lab: &Lab<'_, S>) {
    let values = [vec![], vec![0], vec![0xff, 0xfe, 0], (0..=255).collect(), vec![b'\''; 3]];
    round_trip(lab, SqlType::Bytes, values.map(Datum::Blob));
}

pub fn uuids<S: Setup>(lab: &Lab<'_, S>) {
    let counted: [u8; 16] = std::array::from_fn(|n| n as u8 * 17);
    round_trip(lab, SqlType::Uuid, [[0; 16], [0xff; 16], counted].map(Datum::Uuid));
}

pub fn dates<S: Setup>(lab: &Lab<'_, S>) {
    // The epoch, the day before, a leap day, the last day.
    round_trip(lab, SqlType::Date, [0, -1, 19_782, LAST_DAY].map(Datum::Date));
}

pub fn times<S: Setup>(lab: &Lab<'_, S>) {
    round_trip(lab, SqlType::Time, [0, 1, 43_200_000_000, DAY - 1].map(Datum::Time));
}

pub fn timestamps<S: Setup>(lab: &Lab<'_, S>) {
    let values = [0, -1, 1_709_208_000_123_456, i64::from(LAST_DAY) * DAY];
    round_trip(lab, SqlType::Timestamp, values.map(Datum::Timestamp));
}

pub fn instants<S: Setup>(lab: &Lab<'_, S>) {
    let values = [0, 1_000, 1_709_208_000_123_456];
    round_trip(lab, SqlType::Instant, values.map(Datum::Instant));
}

pub fn decimals_keep_every_digit<S: Setup>(lab: &Lab<'_, S>) {
    let values = ["0.00", "1.10", "-1.00", "1234567890123456789012345678.90", "0.01"];
    let of = SqlType::Decimal { precision: Some((30, 2)) };
    round_trip(lab, of, values.map(|text| Datum::Decimal(text.into())));
}

pub fn are_compared_with_what_is_stored<S: Setup>(lab: &Lab<'_, S>) {
    let mut db = lab.prepared(&["CREATE TABLE t (n {int}, s {name}, f {float})"]);
    let row = [Datum::Int(i64::MAX), Datum::Text("é'".into()), Datum::Float(0.1)];
    db.bound("INSERT INTO t VALUES ({?}, {?}, {?})", &row).expect("it writes");
    let found = db.bound("SELECT n FROM t WHERE n = {?} AND s = {?} AND f = {?}", &row).expect("it reads");
    assert_eq!(found.rows.len(), 1);
    let other = [Datum::Int(i64::MAX - 1)];
    assert!(db.bound("SELECT n FROM t WHERE n = {?}", &other).expect("it reads").rows.is_empty());
}

pub fn as_many_as_the_capabilities_allow<S: Setup>(lab: &Lab<'_, S>) {
    let most = lab.caps().max_binds;
    let mut db = lab.prepared(&["CREATE TABLE t (n {int})", "INSERT INTO t VALUES (1), (2), (3)"]);
    let marks = vec!["{?}"; most].join(", ");
    let told = db.bound(&format!("SELECT count(*) FROM t WHERE n IN ({marks})"), &ints(2..2 + most as i64));
    assert_eq!(told.expect("it reads").rows, [ints([2])], "{most} parameters");
}

pub fn a_wrong_number_of_them_is_an_error<S: Setup>(lab: &Lab<'_, S>) {
    let mut db = lab.prepared(&["CREATE TABLE t (a {int}, b {int})"]);
    for values in [ints([1]), ints([1, 2, 3]), ints([])] {
        let error = db.bound("INSERT INTO t VALUES ({?}, {?})", &values).expect_err("it takes two");
        assert_eq!(error.kind(), ErrorKind::InvalidStatement, "{error}");
        assert!(error.sql().is_some(), "the error names its statement");
    }
    assert_eq!(db.number("SELECT count(*) FROM t"), 0);
}

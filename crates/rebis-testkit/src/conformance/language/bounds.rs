//! Values beyond what a type takes: refused with the right kind, and without the value in the text.

use super::desk::Desk;
use super::scene::{self, put, table};
use super::values::Digits;
use rebis_core::{Datum, ErrorKind, SqlType, Value};
use rebis_sql::select;

/// Writes a value into a column of a type; it must be refused.
fn refused(desk: &Desk<'_>, of: SqlType, value: Datum) {
    refused_as(desk, of, value, ErrorKind::Conversion);
}

fn refused_as(desk: &Desk<'_>, of: SqlType, value: Datum, kind: ErrorKind) {
    let mut db = desk.with([table("t").key("id").nullable("v", of).made()]);
    let insert = put("t", ["id", "v"]).row((1i64, value));
    let error = db.fails(insert, kind);
    assert!(!error.to_string().contains("4321"), "no value stands in the text: {error}");
    db.gives(super::scene::count_of("t"), [0]);
}

const NO_RANGES: &str = "the database takes any integer in any column";
const NO_TYPES: &str = "the database takes any value in any column";

pub fn a_number_above_16_bits(desk: &Desk<'_>) {
    match desk.facts.ranges {
        true => refused(desk, SqlType::I16, Datum::Int(43_210)),
        false => desk.skip(NO_RANGES),
    }
}

pub fn a_number_below_16_bits(desk: &Desk<'_>) {
    match desk.facts.ranges {
        true => refused(desk, SqlType::I16, Datum::Int(-43_210)),
        false => desk.skip(NO_RANGES),
    }
}

pub fn a_number_above_32_bits(desk: &Desk<'_>) {
    match desk.facts.ranges {
        true => refused(desk, SqlType::I32, Datum::Int(4_321_000_000)),
        false => desk.skip(NO_RANGES),
    }
}

pub fn a_number_above_64_bits(desk: &Desk<'_>) {
    refused(desk, SqlType::I64, Datum::Unsigned(u64::MAX - 4321));
}

/// Both ends of each integer of Rust in its own column.
pub fn each_integer_keeps_its_ends(desk: &Desk<'_>) {
    macro_rules! ends {
        ($($type:ty),*) => {$({
            let name = concat!("of_", stringify!($type));
            let made = table(name).key("id").column("v", <$type>::sql_type()).made();
            let mut db = desk.with([made]);
            let v = scene::column::<$type>(name, "v");
            for value in [<$type>::MIN, <$type>::MAX] {
                db.run(put(name, ["id", "v"]).row((i64::from(value > 0), Datum::of(&value))));
                db.gives(select(v).filter(v.eq(value)), [value]);
            }
        })*};
    }
    ends!(i8, i16, i32, i64, u8, u16, u32);
}

/// What the column holds and the type of the row does not is an error, never another number.
pub fn a_number_of_the_database_beyond_the_type(desk: &Desk<'_>) {
    let mut db = desk.with([table("t").key("id").column("v", SqlType::I64).made()]);
    macro_rules! beyond {
        ($($type:ty: $($value:expr),*;)*) => {$($({
            db.run(scene::delete("t").all_rows());
            db.run(put("t", ["id", "v"]).row((1i64, Datum::Int($value))));
            let v = scene::column::<$type>("t", "v");
            let error = db.refuses(select(v), ErrorKind::Conversion);
            assert!(error.to_string().contains(stringify!($type)), "{error}");
            db.refuses(select(v.max()), ErrorKind::Conversion);
        })*)*};
    }
    beyond! {
        i8: -129, 128;
        u8: -1, 256;
        i16: i64::from(i16::MIN) - 1, i64::from(i16::MAX) + 1;
        u16: -1, 65_536;
        i32: i64::from(i32::MIN) - 1, i64::from(i32::MAX) + 1;
        u32: -1, i64::from(u32::MAX) + 1;
        u64: -1, i64::MIN;
    }
}

/// A sum beyond 64 bits is an error of the database or of the row.
pub fn a_sum_beyond_64_bits(desk: &Desk<'_>) {
    let mut db = desk.with([table("t").key("id").column("v", SqlType::I64).made()]);
    db.run(put("t", ["id", "v"]).row((1i64, i64::MAX)).row((2i64, i64::MAX)));
    let v = scene::column::<i64>("t", "v");
    let error = db.try_all(select(v.sum())).expect_err("it does not fit");
    assert!(matches!(error.kind(), ErrorKind::Conversion | ErrorKind::Database), "{error}");
}

/// A float of 64 bits that 32 have no number for.
pub fn a_float_beyond_32_bits(desk: &Desk<'_>) {
    let mut db = desk.with([table("t").key("id").column("v", SqlType::F64).made()]);
    db.run(put("t", ["id", "v"]).row((1i64, 1e300)));
    db.refuses(select(scene::column::<f32>("t", "v")), ErrorKind::Conversion);
}

pub fn a_text_longer_than_its_column(desk: &Desk<'_>) {
    match desk.facts.lengths {
        true => refused(desk, SqlType::Text { length: Some(3) }, Datum::Text("4321".into())),
        false => desk.skip("the database takes a text of any length in any column"),
    }
}

pub fn the_length_of_a_text_is_in_characters(desk: &Desk<'_>) {
    let mut db = desk.with([table("t").key("id").column("v", SqlType::Text { length: Some(3) }).made()]);
    db.run(put("t", ["id", "v"]).row((1i64, "é€𝄞")));
    db.gives(select(super::scene::column::<String>("t", "v")), ["é€𝄞".to_owned()]);
}

pub fn a_text_in_a_column_of_numbers(desk: &Desk<'_>) {
    match desk.facts.types {
        true => refused(desk, SqlType::I64, Datum::Text("not 4321".into())),
        false => desk.skip(NO_TYPES),
    }
}

pub fn a_text_in_a_column_of_dates(desk: &Desk<'_>) {
    match desk.facts.types {
        true => refused(desk, SqlType::Date, Datum::Text("4321-13-01".into())),
        false => desk.skip(NO_TYPES),
    }
}

pub fn a_text_that_is_no_document(desk: &Desk<'_>) {
    match desk.facts.types {
        true => refused_as(desk, SqlType::Json, Datum::Text("{4321".into()), desk.facts.bad_document),
        false => desk.skip(NO_TYPES),
    }
}

pub fn a_decimal_with_too_many_digits(desk: &Desk<'_>) {
    let of = SqlType::Decimal { precision: Some((6, 2)) };
    match desk.facts.scales {
        true => refused(desk, of, Datum::Decimal("43210.5".into())),
        false => desk.skip("the database keeps decimals as texts"),
    }
}

pub fn digits_beyond_the_scale_are_rounded(desk: &Desk<'_>) {
    if !desk.facts.scales {
        return desk.skip("the database keeps decimals as texts");
    }
    let of = SqlType::Decimal { precision: Some((6, 2)) };
    let mut db = desk.with([table("t").key("id").column("v", of).made()]);
    db.run(put("t", ["id", "v"]).row((1i64, Datum::Decimal("1.239".into()))));
    db.gives(select(super::scene::column::<Digits>("t", "v")), [Digits("1.24".into())]);
}

pub fn a_decimal_is_compared_as_a_number(desk: &Desk<'_>) {
    let of = SqlType::Decimal { precision: Some((6, 2)) };
    let mut db = desk.with([table("t").key("id").column("v", of).made()]);
    for (id, digits) in ["-10.5", "-2", "0", "3.25", "20"].into_iter().enumerate() {
        db.run(put("t", ["id", "v"]).row((id as i64, Datum::Decimal(digits.into()))));
    }
    let v = super::scene::column::<Digits>("t", "v");
    let digits = |digits: &str| Digits(digits.into());
    let ids = |condition| select(super::scene::ID).filter(condition).order_by(super::scene::ID);
    db.gives(ids(v.cast::<f64>().gt(-2.0)), [2, 3, 4]);
    // What would be compared as texts is refused.
    if !desk.facts.scales {
        db.refuses(ids(v.gt(digits("-2.00"))), ErrorKind::Unsupported);
        db.refuses(ids(v.between(digits("-2"), digits("3"))), ErrorKind::Unsupported);
        return;
    }
    db.gives(ids(v.gt(digits("-2.00"))), [2, 3, 4]);
    db.gives(ids(v.between(digits("-2"), digits("3"))), [1, 2]);
    db.gives(ids(v.eq(digits("3.250"))), [3]);
}

pub fn decimals_are_calculated_exactly_or_not_at_all(desk: &Desk<'_>) {
    let of = SqlType::Decimal { precision: Some((6, 2)) };
    let mut db = desk.with([table("t").key("id").column("v", of).made()]);
    for (id, digits) in ["0.10", "0.20", "1000.05"].into_iter().enumerate() {
        db.run(put("t", ["id", "v"]).row((id as i64, Datum::Decimal(digits.into()))));
    }
    let v = super::scene::column::<Digits>("t", "v");
    if !desk.facts.scales {
        db.refuses(select(v.sum()), ErrorKind::Conversion);
        db.refuses(select(v + v), ErrorKind::Conversion);
        return;
    }
    db.gives(select(v.sum()), [Some(Digits("1000.35".into()))]);
    let twice = ["0.2", "0.4", "2000.1"].map(|digits| Digits(digits.into()));
    db.gives(select(v + v).order_by(super::scene::ID), twice);
}

pub fn infinite_floats(desk: &Desk<'_>) {
    let mut db = desk.with([table("t").key("id").column("v", SqlType::F64).made()]);
    let v = super::scene::column::<f64>("t", "v");
    let insert = put("t", ["id", "v"]).row((1i64, f64::INFINITY)).row((2i64, f64::NEG_INFINITY));
    if !desk.facts.infinity {
        db.fails(insert, ErrorKind::Conversion);
        return;
    }
    db.run(insert);
    assert_eq!(db.all(select(v).order_by(v)), [f64::NEG_INFINITY, f64::INFINITY]);
}

pub fn a_nul_in_a_text(desk: &Desk<'_>) {
    let mut db = desk.with([table("t").key("id").column("v", SqlType::Text { length: None }).made()]);
    let insert = put("t", ["id", "v"]).row((1i64, "a\0b"));
    if !desk.facts.nul {
        db.fails(insert, ErrorKind::Conversion);
        return;
    }
    db.run(insert);
    db.gives(select(super::scene::column::<String>("t", "v")), ["a\0b".to_owned()]);
}

pub fn a_value_that_does_not_fit_the_type_of_the_row(desk: &Desk<'_>) {
    let mut db = desk.with([table("t").key("id").column("v", SqlType::I64).made()]);
    db.run(put("t", ["id", "v"]).row((1i64, 70_000i64)));
    let error = db.refuses(select(super::scene::column::<i16>("t", "v")), ErrorKind::Conversion);
    assert_eq!((error.table(), error.column()), (Some("t"), Some("v")), "{error}");
}

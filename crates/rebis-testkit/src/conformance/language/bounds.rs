//! Values beyond what a type takes: refused with the right kind, and without the value in the text.

use super::desk::Desk;
use super::scene::{put, table};
use super::values::Digits;
use rebis_core::{Datum, ErrorKind, SqlType};
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
    if !desk.facts.scales {
        return desk.skip("the database keeps decimals as texts");
    }
    let of = SqlType::Decimal { precision: Some((6, 2)) };
    let mut db = desk.with([table("t").key("id").column("v", of).made()]);
    for (id, digits) in ["-10.5", "-2", "0", "3.25", "20"].into_iter().enumerate() {
        db.run(put("t", ["id", "v"]).row((id as i64, Datum::Decimal(digits.into()))));
    }
    let v = super::scene::column::<Digits>("t", "v");
    let ids = |condition| select(super::scene::ID).filter(condition).order_by(super::scene::ID);
    db.gives(ids(v.gt(Digits("-2.00".into()))), [2, 3, 4]);
    db.gives(ids(v.eq(Digits("3.250".into()))), [3]);
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

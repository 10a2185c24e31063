//! Arrays: what they hold, their parts, and their elements as rows.

use super::desk::{Db, Desk, Plain};
use super::scene::{Any, column, put, table, update};
use super::values::{self, Bytes, Uuid};
use rebis_core::{Datum, Element, ErrorKind, SqlType, Value};
use rebis_sql::{Arrays, Column, Expr, Select, func, render, select};

const ID: Column<Any, i64> = Column::new("t", "id", 0);
const WORDS: Column<Any, Option<Vec<Option<String>>>> = Column::new("t", "words", 1);
const NUMBERS: Column<Any, Vec<i64>> = Column::new("t", "numbers", 2);
const NUMBER: Column<Any, i64> = Column::new("t", "number", 3);

fn words(all: &[&str]) -> Option<Vec<Option<String>>> {
    Some(all.iter().map(|word| (*word != "-").then(|| (*word).to_owned())).collect())
}

fn build<'s>(desk: &Desk<'s>) -> Db<'s> {
    let made = table("t").key("id").nullable("words", <Vec<String>>::sql_type());
    let made = made.column("numbers", <Vec<i64>>::sql_type()).column("number", SqlType::I64).made();
    let mut db = desk.with([made]);
    let rows = [
        (1, words(&["a", "b", "it's"]), vec![1, 2, 3], 2),
        (2, words(&["b", "-"]), vec![], 2),
        (3, words(&[]), vec![i64::MAX, 3], 3),
        (4, None, vec![1, 1], 5),
    ];
    let mut all = put("t", ["id", "words", "numbers", "number"]);
    for (id, words, numbers, number) in rows {
        all = all.row((id as i64, Datum::of(&words), Datum::of(&numbers), number as i64));
    }
    db.run(all);
    db
}

fn ids(condition: Expr<bool>) -> Select<i64> {
    select(ID).filter(condition).order_by(ID)
}

/// Written as a value and as a literal, and read.
fn come_back<T: Element + PartialEq + std::fmt::Debug>(desk: &Desk<'_>, name: &'static str, values: Vec<T>)
where
    Vec<T>: rebis_sql::IntoExpr<Vec<T>>,
{
    let mut db = desk.with([table(name).key("id").column("v", <Vec<T>>::sql_type()).made()]);
    db.run(put(name, ["id", "v"]).row((1i64, Datum::of(&values))));
    let insert = put(name, ["id", "v"]).row((2i64, Datum::of(&values)));
    db.run(Plain(&render::render_inline(&insert.query(), desk.caps()).expect("it can be written")));
    let v: Column<Any, Vec<T>> = column(name, "v");
    assert_eq!(db.all(select(v)), [values.clone(), values.clone()], "{name}");
    if !matches!(T::sql_type(), SqlType::F32 | SqlType::F64) {
        db.gives(select(v).filter(v.has_all(values.clone())), [values.clone(), values]);
    }
}

pub fn elements_of_each_type(desk: &Desk<'_>) {
    come_back(desk, "of_bool", vec![true, false]);
    come_back(desk, "of_i16", vec![i16::MIN, i16::MAX]);
    come_back(desk, "of_i32", vec![i32::MIN, i32::MAX]);
    come_back(desk, "of_i64", vec![i64::MIN, 0, i64::MAX]);
    come_back(desk, "of_f32", vec![0.1f32, -1.5e10]);
    come_back(desk, "of_f64", vec![0.1, f64::MIN_POSITIVE, 1e300]);
    come_back(desk, "of_text", vec!["it's".to_owned(), "\\".to_owned()]);
    come_back(desk, "of_bytes", vec![vec![0u8, 255], vec![]]);
    come_back(desk, "of_uuid", vec![Uuid([0; 16]), Uuid([255; 16])]);
    come_back(desk, "of_day", values::days());
    come_back(desk, "of_clock", values::clocks());
    come_back(desk, "of_stamp", values::stamps());
    come_back(desk, "of_moment", values::moments());
    come_back(desk, "of_digits", values::decimals());
}

pub fn of_null_and_with_null(desk: &Desk<'_>) {
    let mut db = build(desk);
    let all = [words(&["a", "b", "it's"]), words(&["b", "-"]), words(&[]), None];
    db.gives(select(WORDS).order_by(ID), all);
    db.gives(ids(WORDS.is_null()), [4]);
}

pub fn what_they_hold(desk: &Desk<'_>) {
    let mut db = build(desk);
    db.gives(ids(WORDS.has("b")), [1, 2]);
    db.gives(ids(!WORDS.has("b")), [3]);
    db.gives(ids(WORDS.has("it's")), [1]);
    db.gives(ids(NUMBERS.has(3)), [1, 3]);
    db.gives(ids(NUMBERS.has(i64::MAX)), [3]);
}

pub fn a_value_of_the_row_in_them(desk: &Desk<'_>) {
    let mut db = build(desk);
    db.gives(ids(NUMBERS.has(NUMBER)), [1, 3]);
    db.gives(ids(NUMBERS.has(NUMBER - 1)), [1]);
}

pub fn what_lies_in_what(desk: &Desk<'_>) {
    let mut db = build(desk);
    let of = |all: &[&str]| words(all).expect("it is not NULL");
    db.gives(ids(WORDS.has_all(of(&["b", "a"]))), [1]);
    db.gives(ids(WORDS.has_all(of(&[]))), [1, 2, 3]);
    db.gives(ids(!WORDS.has_all(of(&["a"]))), [2, 3]);
    db.gives(ids(WORDS.overlaps(of(&["a", "x"]))), [1]);
    db.gives(ids(!WORDS.overlaps(of(&["a", "x"]))), [2, 3]);
    db.gives(ids(NUMBERS.is_within([1, 2, 3, 4])), [1, 2, 4]);
    db.gives(ids(NUMBERS.has_all([1, 2]) | NUMBERS.overlaps([i64::MAX])), [1, 3]);
}

pub fn their_length_and_places(desk: &Desk<'_>) {
    let mut db = build(desk);
    db.gives(select(WORDS.len()).order_by(ID), [Some(3), Some(2), Some(0), None]);
    db.gives(select(WORDS.at(0)).order_by(ID), [Some("a".to_owned()), Some("b".to_owned()), None, None]);
    db.gives(select(NUMBERS.at(1)).order_by(ID), [Some(2), None, Some(3), Some(1)]);
    db.gives(ids(NUMBERS.at(0).eq(1)), [1, 4]);
    let slices = [words(&["b", "it's"]), words(&["-"]), words(&[]), None];
    db.gives(select(WORDS.slice(1, 3)).order_by(ID), slices);
    db.gives(select(NUMBERS.slice(0, 0)).order_by(ID), vec![Vec::new(); 4]);
}

pub fn they_grow_and_shrink(desk: &Desk<'_>) {
    let mut db = build(desk);
    db.run(update("t").set(NUMBERS, NUMBERS.append(7)).filter(ID.le(2)));
    db.gives(select(NUMBERS).filter(ID.le(2)).order_by(ID), [vec![1, 2, 3, 7], vec![7]]);
    db.run(update("t").set(NUMBERS, NUMBERS.append_all([8, 7])).filter(ID.eq(2)));
    db.gives(select(NUMBERS).filter(ID.eq(2)), [vec![7, 8, 7]]);
    db.run(update("t").set(NUMBERS, NUMBERS.append(NUMBER)).filter(ID.eq(3)));
    db.gives(select(NUMBERS).filter(ID.eq(3)), [vec![i64::MAX, 3, 3]]);
    db.run(update("t").set(WORDS, WORDS.append("a \"b\"")).all_rows());
    db.gives(select(WORDS).filter(ID.eq(2)), [words(&["b", "-", "a \"b\""])]);
    let without = update("t").set(NUMBERS, NUMBERS.without(7)).filter(ID.eq(2));
    if desk.caps().types.arrays == Arrays::Table {
        db.fails(without, ErrorKind::Unsupported);
    } else {
        db.run(without);
        db.gives(select(NUMBERS).filter(ID.eq(2)), [vec![8]]);
    }
}

pub fn conditions_on_their_elements(desk: &Desk<'_>) {
    let mut db = build(desk);
    db.gives(ids(NUMBERS.any(|number| number.gt(2))), [1, 3]);
    db.gives(ids(NUMBERS.all(|number| number.lt(3))), [2, 4]);
    db.gives(ids(NUMBERS.any(|number| number.eq(NUMBER))), [1, 3]);
    db.gives(ids(WORDS.any(|word| word.like("it%"))), [1]);
    db.gives(ids(!WORDS.any(|word| word.eq("b"))), [3, 4]);
}

pub fn conditions_within_conditions(desk: &Desk<'_>) {
    let mut db = build(desk);
    let twice = NUMBERS.any(|one| NUMBERS.any(|other| other.gt(one) & ID.gt(0)));
    db.gives(ids(twice), [1, 3]);
}

pub fn elements_are_rows(desk: &Desk<'_>) {
    let mut db = build(desk);
    let number = NUMBERS.elements("one");
    let stmt = select((number.value(), func::count())).select_from(super::scene::source("t"));
    let stmt = stmt.join(number.always()).group_by(number.value()).order_by(number.value());
    db.gives(stmt, [(1, 3), (2, 1), (3, 2), (i64::MAX, 1)]);
}

pub fn elements_of_uuids_and_bytes(desk: &Desk<'_>) {
    let v: Column<Any, Vec<Bytes>> = column("t", "v");
    let mut db = desk.with([table("t").key("id").column("v", <Vec<Bytes>>::sql_type()).made()]);
    let values = vec![Bytes(vec![0, 1]), Bytes(Vec::new())];
    db.run(put("t", ["id", "v"]).row((1i64, Datum::of(&values))));
    db.gives(select(v).filter(v.has(Bytes(vec![0, 1]))), [values.clone()]);
    db.gives(select(v).filter(v.has(Bytes(vec![1]))), []);
    match desk.caps().types.arrays {
        Arrays::Native => db.gives(select(v.at(0)), [Some(Bytes(vec![0, 1]))]),
        _ => drop(db.refuses(select(v.at(0)), ErrorKind::Unsupported)),
    }
}

pub fn a_nul_in_an_element(desk: &Desk<'_>) {
    let mut db = build(desk);
    let odd = Some(vec![Some("a\0b".to_owned())]);
    let change = update("t").set(WORDS, odd.clone()).filter(ID.eq(1));
    if desk.facts.nul {
        db.run(change);
        assert_eq!(db.all(select(WORDS).filter(ID.eq(1))), [odd]);
    } else {
        db.fails(change, ErrorKind::Conversion);
    }
}

pub fn arrays_of_arrays_are_refused(desk: &Desk<'_>) {
    let stmt = select(func::value("[[1],[2]]".to_owned()));
    let text: Select<Vec<i64>> = Select::from_ast(stmt.into());
    desk.connect().refuses(text, ErrorKind::Conversion);
}

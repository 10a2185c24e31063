//! Indexes of every kind, as far as the database has them.

use super::desk::{Db, Desk};
use super::scene::{Any, ID, put, table};
use rebis_core::{ErrorKind, SqlType};
use rebis_sql::schema::{Index, IndexKey, MetaData, Table};
use rebis_sql::{Column, func, select};

const NAME: Column<Any, String> = Column::new("t", "name", 1);

fn people(index: Index) -> Table {
    let text = SqlType::Text { length: Some(40) };
    let mut made = table("t").key("id").column("name", text).nullable("n", SqlType::I64).made();
    made.indexes.push(index);
    made
}

/// The table with its index and three rows.
fn filled<'s>(desk: &Desk<'s>, index: Index) -> Db<'s> {
    let mut db = desk.with([people(index)]);
    db.run(put("t", ["id", "name", "n"]).rows([
        (1i64, "ann", Some(1i64)),
        (2, "bob", None),
        (3, "cem", Some(3)),
    ]));
    db
}

/// The index cannot be made, and nothing is sent.
fn refused(desk: &Desk<'_>, index: Index, instead: &str) {
    let schema = MetaData::new(vec![people(index)]);
    let error = desk.wait(schema.create_all(desk.engine())).expect_err("it cannot be made");
    assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
    assert!(error.help().is_some_and(|help| help.contains(instead)), "{error}");
}

pub fn a_descending_index(desk: &Desk<'_>) {
    let mut db = filled(desk, Index::new([IndexKey::from("name").desc(), "n".into()]));
    db.gives(select(ID).order_by(NAME.desc()), [3, 2, 1]);
}

pub fn an_index_with_more_columns_in_it(desk: &Desk<'_>) {
    let mut db = filled(desk, Index { unique: true, include: vec!["n".into()], ..Index::new(["name"]) });
    db.gives(select(ID).filter(NAME.eq("bob")), [2]);
    // What it holds beside its keys does not count.
    db.fails(put("t", ["id", "name", "n"]).row((4i64, "ann", 77i64)), ErrorKind::UniqueViolation);
}

pub fn an_index_of_some_rows(desk: &Desk<'_>) {
    let mut db = filled(desk, Index { condition: Some("n IS NULL".into()), ..Index::new(["name"]) });
    db.run(put("t", ["id", "name"]).row((4i64, "bob")));
    db.gives(select(ID).filter(NAME.eq("bob")).order_by(ID), [2, 4]);
}

pub fn an_index_of_an_expression(desk: &Desk<'_>) {
    let mut db = filled(desk, Index::new([IndexKey::sql("n + 1"), IndexKey::from("name")]));
    db.gives(select(ID).filter(func::upper(NAME).eq("CEM")), [3]);
}

pub fn a_unique_index_of_some_rows(desk: &Desk<'_>) {
    let index =
        Index { unique: true, condition: Some("n IS NULL".into()), ..Index::new(["name"]).named("one") };
    if !desk.caps().indexes.partial {
        return refused(desk, index, "CASE WHEN");
    }
    let mut db = filled(desk, index);
    db.run(put("t", ["id", "name", "n"]).row((4i64, "ann", 9i64)));
    db.fails(put("t", ["id", "name"]).row((5i64, "bob")), ErrorKind::UniqueViolation);
}

pub fn a_unique_index_of_an_expression(desk: &Desk<'_>) {
    let index = Index { unique: true, ..Index::new([IndexKey::sql("lower(name)")]).named("one") };
    if !desk.caps().indexes.expressions {
        return refused(desk, index, "computed");
    }
    let mut db = filled(desk, index);
    db.fails(put("t", ["id", "name"]).row((5i64, "BOB")), ErrorKind::UniqueViolation);
    db.run(put("t", ["id", "name"]).row((5i64, "DAN")));
}

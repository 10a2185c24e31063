//! A program that learns of its tables when it runs.

use super::engine;
use rebis::blocking::Engine;
use rebis::prelude::*;
use rebis::schema::{Column, MetaData, Table, Unique};
use rebis::{Datum, ErrorKind, Record, SqlType, table};

/// A table as a program might have read it from a file.
fn stock() -> (Engine, rebis::DynamicTable) {
    let engine = engine();
    let mut made = Table::new("stock");
    made.columns.push(Column { generated: true, ..Column::new("id", SqlType::I64) });
    made.columns.push(Column::new("item", SqlType::Text { length: Some(40) }));
    made.columns.push(Column { nullable: true, ..Column::new("order", SqlType::I64) });
    made.primary_key.push(0);
    made.uniques.push(Unique { name: None, columns: vec!["item".into()] });
    MetaData::new(vec![made]).create_all(&engine).unwrap();
    (engine, table(String::from("stock")))
}

#[test]
fn rows_are_written_and_read_by_name() {
    let (engine, stock) = stock();
    let (item, order) = (stock.column::<String>("item"), stock.column::<Option<i64>>("order"));
    let mut conn = engine.connect().unwrap();
    let rows = [("tea", Some(3)), ("o'x", None)].map(|(name, n)| item.to(name).and(order.to(n)));
    assert_eq!(conn.execute(stock.insert().rows(rows)).unwrap(), 2);
    let update = stock.update().set(order, order + 1).filter(item.eq("tea"));
    assert_eq!(conn.execute(update).unwrap(), 1);

    let rows: Vec<Record> = conn.all(stock.rows().order_by(stock.column::<i64>("id"))).unwrap();
    let names: Vec<&str> = rows[0].iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["id", "item", "order"]);
    assert_eq!(rows[0].get::<String>("item").unwrap(), "tea");
    assert_eq!(rows[0].get::<Option<i64>>("order").unwrap(), Some(4));
    assert_eq!(rows[1].datum("order"), Some(&Datum::Null));
    let error = rows[0].get::<i64>("price").unwrap_err();
    assert_eq!((error.kind(), error.column()), (ErrorKind::NoSuchObject, Some("price")));
    assert_eq!(rows[0].get::<i64>("item").unwrap_err().column(), Some("item"));

    assert_eq!(conn.execute(stock.delete().filter(order.is_null())).unwrap(), 1);
    assert_eq!(conn.all(select((item, order))).unwrap(), [("tea".to_owned(), Some(4))]);
}

#[test]
fn a_session_gives_records_too() {
    let (engine, stock) = stock();
    let mut db = engine.session();
    let item = stock.column::<String>("item");
    db.execute(stock.insert().row(item.to("tea"))).unwrap();
    let found = db.one(stock.rows()).unwrap();
    assert_eq!(found.get::<String>("item").unwrap(), "tea");
    let counted =
        db.one(rebis::sql("select count(*) as n, max(item) as last from stock").rows::<Record>()).unwrap();
    assert_eq!(
        (counted.get::<i64>("n").unwrap(), counted.get::<String>("last").unwrap()),
        (1, "tea".to_owned())
    );
    db.rollback().unwrap();
    assert_eq!(db.all(stock.rows()).unwrap(), []);
}

#[test]
fn joins_and_aliases() {
    let (engine, stock) = stock();
    let mut conn = engine.connect().unwrap();
    let item = stock.column::<String>("item");
    conn.execute(stock.insert().rows(["a", "b"].map(|name| item.to(name)))).unwrap();
    let other = stock.alias("other");
    let pairs = select((item, other.column::<String>("item")));
    let pairs = pairs.join(other.on(other.column::<String>("item").gt(item)));
    assert_eq!(conn.all(pairs).unwrap(), [("a".to_owned(), "b".to_owned())]);
}

#[test]
fn an_upsert_of_any_key() {
    let (engine, stock) = stock();
    let mut conn = engine.connect().unwrap();
    let item = stock.column::<String>("item");
    for _ in 0..2 {
        conn.execute(stock.insert().row(item.to("tea")).on_conflict(()).do_nothing()).unwrap();
    }
    assert_eq!(conn.all(select(item)).unwrap(), ["tea"]);
}

#[test]
fn a_table_that_is_not_there() {
    let (engine, _) = stock();
    let error = engine.connect().unwrap().all(table("nowhere\"; --").rows()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NoSuchObject);
}

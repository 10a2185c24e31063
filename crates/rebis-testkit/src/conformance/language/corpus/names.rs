//! Names in statements: labels, aliases, common table expressions, windows, tables and columns of the program's choice,
//! savepoints, collations, schemas.

use super::super::desk::Desk;
use super::super::execution::fresh;
use super::super::scene::{Any, ID, Put, put, source, table};
use super::{TEXT, all_names, by_tables, filled, sentinel, some_names, stands};
use rebis_core::{Datum, ErrorKind, SqlType};
use rebis_engine::ExecutionOptions;
use rebis_sql::ast::{Expr, Insert, InsertRows, TableRef};
use rebis_sql::schema::MetaData;
use rebis_sql::{Column, func, select, series, sql, values, window};

pub fn as_labels(desk: &Desk<'_>) {
    let mut db = sentinel(desk);
    for (at, label) in all_names().enumerate() {
        let labelled = func::value(at as i64).label(label);
        db.gives(select(&labelled).order_by(&labelled), [at as i64]);
    }
    stands(&mut db);
}

pub fn as_aliases(desk: &Desk<'_>) {
    let mut db = sentinel(desk);
    db.run(put("t", ["id", "text"]).row((1i64, "x")));
    for alias in all_names() {
        let source = TableRef { alias: Some(alias.into()), ..TableRef::new("t") };
        let text = TEXT.aliased(alias);
        db.gives(select(text).select_from(source).filter(text.eq("x")), ["x".to_owned()]);
    }
    stands(&mut db);
}

pub fn as_names_of_columns(desk: &Desk<'_>) {
    let mut db = sentinel(desk);
    // Names are told apart without their case, so each gets a number.
    let numbered: Vec<&'static str> =
        all_names().enumerate().map(|(at, name)| &*format!("{name}{at}").leak()).collect();
    for names in by_tables(numbered) {
        let draft =
            names.iter().fold(table("wide").key("id"), |draft, name| draft.column(*name, SqlType::I64));
        let schema = MetaData::new(vec![draft.made()]);
        desk.wait(schema.create_all(desk.engine())).expect("it is made");
        let columns: Vec<&'static str> = std::iter::once("id").chain(names.iter().copied()).collect();
        let mut insert = Insert::new(TableRef::new("wide"));
        insert.columns = columns.iter().map(|name| (*name).into()).collect();
        let row = (0..columns.len() as i64).map(|n| Expr::Value(Datum::Int(n))).collect();
        insert.rows = InsertRows::Values(vec![row]);
        db.run(Put(insert));
        for (at, name) in columns.iter().enumerate() {
            db.gives(select(Column::<Any, i64>::new("wide", name, 0)), [at as i64]);
        }
        desk.wait(schema.drop_all(desk.engine())).expect("it is dropped");
    }
    stands(&mut db);
}

pub fn as_names_in_sql(desk: &Desk<'_>) {
    let mut db = sentinel(desk);
    for name in all_names() {
        let stmt = sql("select {} from (select 7 as {}) as x").ident(name).ident(name);
        assert_eq!(db.all(stmt.rows::<i64>()), [7], "{name:?}");
    }
    stands(&mut db);
}

pub fn as_names_of_tables(desk: &Desk<'_>) {
    let mut db = sentinel(desk);
    // Every seventh: each payload and each opener among them. Names of files take no line ends and tabs everywhere.
    for name in all_names().filter(|name| !name.contains(['\n', '\t', '/'])).step_by(7) {
        let name: &'static str = format!("x{name}").leak();
        let schema = MetaData::new(vec![table(name).key(name).made()]);
        desk.wait(schema.create_all(desk.engine())).unwrap_or_else(|e| panic!("{name}: {e}"));
        db.run(put(name, [name]).row((1i64,)));
        db.gives(select(Column::<Any, i64>::new(name, name, 0)), [1]);
        desk.wait(schema.drop_all(desk.engine())).unwrap_or_else(|e| panic!("{name}: {e}"));
    }
    stands(&mut db);
}

pub fn as_names_of_what_stands_in_from(desk: &Desk<'_>) {
    let mut db = sentinel(desk);
    db.run(put("t", ["id", "text"]).row((1i64, "x")));
    let some = || select((ID, TEXT.label("text")));
    for name in all_names() {
        let kept = some().cte(name);
        let (id, text) = kept.columns();
        db.gives(select(id).select_from(&kept).filter(text.eq("x")), [1]);
        let sub = some().as_subquery(name);
        let (id, text) = sub.columns();
        db.gives(select(id).select_from(&sub).filter(text.eq("x")), [1]);
        let numbers = series(name, 1, 3);
        db.gives(select(numbers.value()).select_from(&numbers).filter(numbers.value().gt(1)), [2, 3]);
        let rows = values(name, ["n", name], [(1i64, name.to_owned())]);
        let (n, text) = rows.columns();
        db.gives(select((n, text.clone())).select_from(&rows).filter(text.eq(name)), [(1, name.to_owned())]);
    }
    stands(&mut db);
}

pub fn as_names_of_windows(desk: &Desk<'_>) {
    let mut db = sentinel(desk);
    db.run(put("t", ["id", "text"]).rows([(1i64, "x"), (2, "y")]));
    for name in all_names() {
        let ranked = select(func::row_number().over(name)).select_from(source("t"));
        let ranked = ranked.window(name, window().order_by(ID.desc())).order_by(ID);
        db.gives(ranked.filter(TEXT.ne(name)), [2, 1]);
    }
    stands(&mut db);
}

pub fn as_names_that_the_program_learns(desk: &Desk<'_>) {
    let mut db = sentinel(desk);
    let made = some_names().enumerate().map(|(at, name)| format!("{name}{at}"));
    for name in made {
        let schema =
            MetaData::new(vec![table(name.clone()).key("id").column(name.clone(), SqlType::I64).made()]);
        desk.wait(schema.create_all(desk.engine())).unwrap_or_else(|e| panic!("{name}: {e}"));
        let dynamic = rebis_sql::table(&name);
        let (id, n) = (dynamic.column::<i64>("id"), dynamic.column::<i64>(&name));
        assert_eq!(db.run(dynamic.insert().row(id.to(1).and(n.to(5)))), 1);
        assert_eq!(db.run(dynamic.update().set(n, 6).filter(n.eq(5))), 1);
        let again = dynamic.alias(format!("{name}?"));
        let stmt = select((n, again.column::<i64>(&name))).select_from(dynamic);
        db.gives(stmt.join(again.on(again.column::<i64>("id").eq(id))), [(6, 6)]);
        let rows = db.all(dynamic.rows());
        assert_eq!(rows[0].get::<i64>(name.as_str()).expect("it has the column"), 6);
        assert_eq!(db.run(dynamic.delete().filter(n.eq(6))), 1);
        desk.wait(schema.drop_all(desk.engine())).unwrap_or_else(|e| panic!("{name}: {e}"));
    }
    stands(&mut db);
}

pub fn as_names_of_savepoints(desk: &Desk<'_>) {
    let mut db = sentinel(desk);
    for (at, name) in all_names().enumerate() {
        let at = at as i64;
        db.begin().run(put("t", ["id", "text"]).row((at, "kept")));
        db.savepoint(name);
        db.run(put("t", ["id", "text"]).row((at + 1000, "undone")));
        db.rollback_to(name);
        db.release(name);
        db.commit();
    }
    db.gives(select(func::count()).select_from(source("t")), [all_names().count() as i64]);
    stands(&mut db);
    db.begin();
    db.wait_for(|conn| conn.savepoint("a\0; ROLLBACK")).expect_err("no name has a NUL");
    db.rollback();
    stands(&mut db);
}

/// There is no such collation anywhere.
pub fn as_names_of_collations(desk: &Desk<'_>) {
    let mut db = filled(desk);
    for name in all_names() {
        let error = db.try_all(select(ID).order_by(TEXT.collate(name))).expect_err("no such collation");
        assert_ne!(error.kind(), ErrorKind::ConnectionLost, "{name:?}: {error}");
    }
    stands(&mut db);
}

pub fn as_names_of_schemas(desk: &Desk<'_>) {
    let mut db = sentinel(desk);
    let schema =
        MetaData::new(vec![table("t").key("id").column("text", SqlType::Text { length: None }).made()]);
    for name in some_names() {
        let name = fresh(name);
        let quoted = desk.caps().ident(&name);
        db.run(super::Plain(&desk.facts.make_schema.replace("{}", &quoted)));
        db.conn.set_execution(ExecutionOptions::new().default_schema(name.clone()));
        db.wait_for_tables(&schema);
        db.run(put("t", ["id", "text"]).row((1i64, name.as_str())));
        db.gives(select(TEXT).filter(ID.eq(1)), [name.clone()]);
        db.conn.set_execution(ExecutionOptions::new().schema(name.clone(), name.clone()));
        let by_name = rebis_sql::table("t").in_schema(&name);
        db.gives(select(by_name.column::<String>("text")), [name.clone()]);
        db.conn.set_execution(ExecutionOptions::new().default_schema(name.clone()));
        db.wait_for(|conn| schema.drop_all(conn)).unwrap_or_else(|e| panic!("{name}: {e}"));
        db.run(super::Plain(&desk.facts.drop_schema.replace("{}", &quoted)));
        db = desk.connect();
    }
    stands(&mut db);
}

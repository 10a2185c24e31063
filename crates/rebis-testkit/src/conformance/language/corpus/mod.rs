//! Every text that was meant to break out, wherever a program can put a text: each comes back byte for byte, or is refused
//! before anything is sent; and a table beside it is still there with its row.
//!
//! * here: values, bound and written out;
//! * `parts`: what is inside of values: arrays, documents, patterns, words;
//! * `names`: names in statements;
//! * `schema`: names and texts of what `create_all` makes. Where making something takes a database long, the texts are
//!   every seventh of the 320, which has each opener and each payload.
//!
//! What PostgreSQL alone has (COPY, LISTEN) is in the tests of its driver, with the same [texts](crate::corpus).

mod names;
mod parts;
mod schema;

pub use names::*;
pub use parts::*;
pub use schema::*;

use super::desk::{Db, Desk, Plain};
use super::scene::{Any, ID, column, count_of, put, table, update};
use rebis_core::{ErrorKind, SqlType};
use rebis_sql::{Column, Expr, prepare, render, select, sql, values};
use std::error::Error as _;

const TEXT: Column<Any, String> = Column::new("t", "text", 1);

fn corpus() -> Vec<String> {
    crate::corpus::texts().collect()
}

/// Those that can be a name everywhere.
fn all_names() -> impl Iterator<Item = &'static str> {
    corpus().into_iter().filter(|name| !name.ends_with(' ')).map(|name| &*name.leak())
}

fn sentinel<'s>(desk: &Desk<'s>) -> Db<'s> {
    let text = table("t").key("id").column("text", SqlType::Text { length: None }).made();
    let sentinel = table("sentinel").key("id").column("n", SqlType::I64).made();
    let mut db = desk.with([text, sentinel]);
    db.run(put("sentinel", ["id", "n"]).row((1i64, 42i64)));
    db
}

#[track_caller]
fn stands(db: &mut Db<'_>) {
    db.gives(select((column::<i64>("sentinel", "id"), column::<i64>("sentinel", "n"))), [(1, 42)]);
}

fn filled<'s>(desk: &Desk<'s>) -> Db<'s> {
    let mut db = sentinel(desk);
    db.run(
        put("t", ["id", "text"]).rows(corpus().into_iter().enumerate().map(|(at, text)| (at as i64, text))),
    );
    db
}

pub fn as_parameters(desk: &Desk<'_>) {
    let mut db = filled(desk);
    db.gives(select(TEXT).order_by(ID), corpus());
    for (at, text) in corpus().into_iter().enumerate() {
        db.gives(select(ID).filter(TEXT.eq(text)), [at as i64]);
    }
    db.gives(count_of("t").filter(TEXT.in_(corpus())), [corpus().len() as i64]);
    stands(&mut db);
}

pub fn as_literals(desk: &Desk<'_>) {
    let mut db = sentinel(desk);
    for (at, text) in corpus().into_iter().enumerate() {
        let insert = put("t", ["id", "text"]).row((at as i64, text));
        let text = render::render_inline(&insert.query(), desk.caps()).expect("it can be written");
        db.run(Plain(&text));
    }
    db.gives(select(TEXT).order_by(ID), corpus());
    stands(&mut db);
}

pub fn as_patterns(desk: &Desk<'_>) {
    let mut db = sentinel(desk);
    let around = |text: &str| format!("<{text}>");
    let rows = corpus().into_iter().enumerate().map(|(at, text)| (at as i64, around(&text)));
    db.run(put("t", ["id", "text"]).rows(rows));
    for (at, text) in corpus().into_iter().enumerate() {
        db.gives(select(ID).filter(TEXT.contains(around(&text))), [at as i64]);
        db.gives(
            select(ID).filter(TEXT.starts_with(around(&text)) & TEXT.ends_with(format!("{text}>"))),
            [at as i64],
        );
    }
    stands(&mut db);
}

/// A NUL ends a text for some: it is refused, or it is a character like any other.
pub fn with_a_nul(desk: &Desk<'_>) {
    let mut db = sentinel(desk);
    let text = "a\0'; DROP TABLE sentinel; --";
    db.run(put("t", ["id", "text"]).row((0i64, "a")));
    match db.try_run(put("t", ["id", "text"]).row((1i64, text))) {
        Ok(_) => db.gives(select(TEXT).filter(TEXT.eq(text)), [text.to_owned()]),
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::Conversion, "{error:?}");
            assert!(error.source().is_none(), "it was told before anything was sent: {error:?}");
        }
    }
    // It must not match what ends where the NUL stands.
    match db.try_all(select(ID).filter(TEXT.starts_with("a\0"))) {
        Ok(found) => assert_eq!(found, [1]),
        Err(error) => assert!(
            matches!(error.kind(), ErrorKind::Unsupported | ErrorKind::Conversion)
                && error.source().is_none(),
            "{error:?}"
        ),
    }
    stands(&mut db);
}

pub fn as_values_that_are_set(desk: &Desk<'_>) {
    let mut db = sentinel(desk);
    db.run(put("t", ["id", "text"]).row((1i64, "start")));
    let mut before = "start".to_owned();
    for text in corpus() {
        assert_eq!(db.run(update("t").set(TEXT, &text).filter(TEXT.eq(&before))), 1, "{text:?}");
        before = text;
    }
    stands(&mut db);
}

pub fn as_parameters_of_sql(desk: &Desk<'_>) {
    let mut db = filled(desk);
    for (at, text) in corpus().iter().enumerate() {
        let stmt = sql("select id from t where text = {} and text in {}").bind(text).list(&[text.as_str()]);
        assert_eq!(db.all(stmt.rows::<i64>()), [at as i64], "{text:?}");
    }
    stands(&mut db);
}

/// A table holds only so many columns, and a row of defaults only so many bytes.
fn by_tables(texts: Vec<&'static str>) -> Vec<Vec<&'static str>> {
    texts.chunks(25).map(<[&str]>::to_vec).collect()
}

/// Those that are names of files as well, where tables and schemas are: every seventh, with each opener and each payload
/// that has no line end, tab or slash.
fn some_names() -> impl Iterator<Item = &'static str> {
    let names =
        crate::corpus::some().filter(|name| !name.contains(['\n', '\t', '/']) && !name.ends_with(' '));
    names.map(|name| &*format!("x{name}").leak())
}

pub fn as_rows_of_the_program(desk: &Desk<'_>) {
    let mut db = sentinel(desk);
    let texts = corpus();
    let rows = texts.iter().enumerate().map(|(at, text)| (at as i64, text.clone()));
    let rows = values("v", ["id", "text"], rows);
    let (id, text) = rows.columns();
    db.gives(select(text).select_from(&rows).order_by(id), texts);
    stands(&mut db);
}

pub fn as_values_of_prepared_statements(desk: &Desk<'_>) {
    let mut db = filled(desk);
    let by_text = prepare(|text: Expr<String>| select(ID).filter(TEXT.eq(text)));
    for (at, text) in corpus().into_iter().enumerate() {
        assert_eq!(db.all(by_text.with(text)), [at as i64]);
    }
    stands(&mut db);
}

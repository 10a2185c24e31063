//! Every text that was meant to break out, wherever a program can put a text: each comes back byte for byte, and a table
//! beside it is still there with its row.

use super::desk::{Db, Desk, Plain};
use super::scene::{Any, ID, column, count_of, put, table, update};
use rebis_core::{Datum, ErrorKind, SqlType};
use rebis_sql::ast::TableRef;
use rebis_sql::schema::{Default, MetaData};
use rebis_sql::{Column, Select, func, render, select, sql};
use std::error::Error as _;

const TEXT: Column<Any, String> = Column::new("t", "text", 1);

/// What ends a text, a name or a comment in some database, or seems to.
const OPENERS: [&str; 20] = [
    "'", "''", "\"", "\"\"", "`", "``", "\\", "\\'", "\\\"", "\\\\'", "*/", "--", "]", ")", "')", "\")",
    "$$", "$1", "\u{2bc}", "E'",
];

/// What would be done then.
const PAYLOADS: [&str; 16] = [
    "",
    ";",
    "; DROP TABLE sentinel",
    "; DROP TABLE sentinel; --",
    "; DROP TABLE sentinel #",
    "; DELETE FROM sentinel; /*",
    " OR 1=1 --",
    " UNION SELECT 1 FROM sentinel --",
    "||(SELECT 1 FROM sentinel)||'",
    ", (SELECT max(id) FROM sentinel)",
    " AS x FROM sentinel; --",
    "{} {0} {id}",
    "? ?1 :id @id",
    "%' ESCAPE '",
    "\n; UPDATE sentinel SET n = 0 --",
    "\t/*!50000 DROP TABLE sentinel */",
];

/// Each opener before each payload: 320 texts.
fn corpus() -> Vec<String> {
    let texts =
        OPENERS.iter().flat_map(|opener| PAYLOADS.iter().map(move |payload| format!("{opener}{payload}")));
    let texts: Vec<String> = texts.collect();
    assert!(texts.len() >= 300);
    texts
}

/// Those that can be a name everywhere.
fn names() -> impl Iterator<Item = &'static str> {
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

pub fn as_labels(desk: &Desk<'_>) {
    let mut db = sentinel(desk);
    for (at, label) in names().enumerate() {
        let labelled = func::value(at as i64).label(label);
        db.gives(select(&labelled).order_by(&labelled), [at as i64]);
    }
    stands(&mut db);
}

pub fn as_aliases(desk: &Desk<'_>) {
    let mut db = sentinel(desk);
    db.run(put("t", ["id", "text"]).row((1i64, "x")));
    for alias in names() {
        let source = TableRef { alias: Some(alias.into()), ..TableRef::new("t") };
        let text = TEXT.aliased(alias);
        db.gives(select(text).select_from(source).filter(text.eq("x")), ["x".to_owned()]);
    }
    stands(&mut db);
}

/// A table holds only so many columns, and a row of defaults only so many bytes.
fn by_tables(texts: Vec<&'static str>) -> Vec<Vec<&'static str>> {
    texts.chunks(25).map(<[&str]>::to_vec).collect()
}

pub fn as_names_of_columns(desk: &Desk<'_>) {
    let mut db = sentinel(desk);
    // Names are told apart without their case, so each gets a number.
    let numbered: Vec<&'static str> =
        names().enumerate().map(|(at, name)| &*format!("{name}{at}").leak()).collect();
    for names in by_tables(numbered) {
        let draft =
            names.iter().fold(table("wide").key("id"), |draft, name| draft.column(*name, SqlType::I64));
        let schema = MetaData::new(vec![draft.made()]);
        desk.wait(schema.create_all(desk.engine())).expect("it is made");
        let columns: Vec<&'static str> = std::iter::once("id").chain(names.iter().copied()).collect();
        let mut insert = rebis_sql::ast::Insert::new(TableRef::new("wide"));
        insert.columns = columns.iter().map(|name| (*name).into()).collect();
        let row = (0..columns.len() as i64).map(|n| rebis_sql::ast::Expr::Value(Datum::Int(n))).collect();
        insert.rows = rebis_sql::ast::InsertRows::Values(vec![row]);
        db.run(super::scene::Put(insert));
        for (at, name) in columns.iter().enumerate() {
            db.gives(select(Column::<Any, i64>::new("wide", name, 0)), [at as i64]);
        }
        desk.wait(schema.drop_all(desk.engine())).expect("it is dropped");
    }
    stands(&mut db);
}

pub fn as_names_in_sql(desk: &Desk<'_>) {
    let mut db = sentinel(desk);
    for name in names() {
        let stmt = sql("select {} from (select 7 as {}) as x").ident(name).ident(name);
        assert_eq!(db.all(stmt.rows::<i64>()), [7], "{name:?}");
    }
    stands(&mut db);
}

pub fn as_names_of_tables(desk: &Desk<'_>) {
    let mut db = sentinel(desk);
    // Every seventh: each payload and each opener among them. Names of files take no line ends and tabs everywhere.
    for name in names().filter(|name| !name.contains(['\n', '\t', '/'])).step_by(7) {
        let name: &'static str = format!("x{name}").leak();
        let schema = MetaData::new(vec![table(name).key(name).made()]);
        desk.wait(schema.create_all(desk.engine())).unwrap_or_else(|e| panic!("{name}: {e}"));
        db.run(put(name, [name]).row((1i64,)));
        db.gives(select(Column::<Any, i64>::new(name, name, 0)), [1]);
        desk.wait(schema.drop_all(desk.engine())).unwrap_or_else(|e| panic!("{name}: {e}"));
    }
    stands(&mut db);
}

pub fn as_defaults_and_comments(desk: &Desk<'_>) {
    let mut db = sentinel(desk);
    let texts: Vec<&'static str> = corpus().into_iter().map(|text| &*text.leak()).collect();
    for texts in by_tables(texts) {
        let names: Vec<&'static str> = (0..texts.len()).map(|at| &*format!("c{at}").leak()).collect();
        let of = || SqlType::Text { length: Some(60) };
        let drafted = names.iter().zip(&texts).fold(table("wide").key("id"), |draft, (name, text)| {
            draft.default(*name, of(), Default::Value(Datum::Text((*text).to_owned())))
        });
        let mut made = drafted.made();
        made.comment = texts.first().map(|text| (*text).into());
        for (column, text) in made.columns.iter_mut().skip(1).zip(&texts) {
            column.comment = Some((*text).into());
        }
        let schema = MetaData::new(vec![made]);
        desk.wait(schema.create_all(desk.engine())).expect("it is made");
        db.run(put("wide", ["id"]).row((1i64,)));
        for (name, text) in names.iter().zip(&texts) {
            let stmt: Select<String> = select(Column::<Any, String>::new("wide", name, 0));
            db.gives(stmt, [(*text).to_owned()]);
        }
        desk.wait(schema.drop_all(desk.engine())).expect("it is dropped");
    }
    stands(&mut db);
}

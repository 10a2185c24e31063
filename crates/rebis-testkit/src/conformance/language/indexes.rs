//! Indexes of every kind, as far as the database has them.

use super::desk::{Db, Desk};
use super::scene::{Any, ID, delete, put, table, update};
use rebis_core::{ErrorKind, SqlType};
use rebis_sql::ast::TableRef;
use rebis_sql::schema::{FullTextIndex, Index, IndexKey, MetaData, Table};
use rebis_sql::{Column, FullText, IndexHint, func, select};

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

pub fn an_index_that_is_hinted_at(desk: &Desk<'_>) {
    let mut db = filled(desk, Index::new(["name"]).named("by_name"));
    let table = || TableRef::new("t");
    let bob = select(ID).select_from(table()).filter(NAME.eq("bob"));
    for hint in [
        IndexHint::force("by_name"),
        IndexHint::usable(["by_name"]),
        IndexHint::ignore(["by_name"]),
        IndexHint::Without,
    ] {
        db.gives(bob.clone().index_hint(table(), hint), [2]);
    }
    let implied = select(ID).filter(NAME.eq("bob")).index_hint(table(), IndexHint::force("by_name"));
    db.gives(implied, [2]);
    let other = bob.index_hint(TableRef::new("people"), IndexHint::Without);
    db.refuses(other, ErrorKind::InvalidStatement);
}

fn notes_in_words(language: Option<&'static str>) -> Table {
    let text = || SqlType::Text { length: None };
    let mut made = table("t").key("id").column("name", text()).nullable("body", text()).made();
    let full_text = Some(FullTextIndex { language: language.map(Into::into) });
    made.indexes.push(Index { full_text, ..Index::new(["name", "body"]).named("words_of_t") });
    made
}

pub fn an_index_that_is_searched_in_words(desk: &Desk<'_>) {
    let body: Column<Any, Option<String>> = Column::new("t", "body", 2);
    let mut db = desk.with([notes_in_words(None)]);
    db.run(put("t", ["id", "name", "body"]).rows([
        (1i64, "rust and sql", Some("a language of types")),
        (2, "gardens", Some("roses; rust kills roses, it's \"rust\"")),
        (3, "nothing", None),
        (4, "iron", Some("")),
    ]));
    let words = func::words((NAME, body)).index("words_of_t");
    let found = |what: &str| select(ID).filter(words.matching(what)).order_by(ID);
    db.gives(found("rust"), [1, 2]);
    db.gives(found("roses"), [2]);
    db.gives(found("nothing"), [3]);
    db.gives(found("rus"), []);
    db.gives(select(ID).filter(!words.matching("rust")).order_by(ID), [3, 4]);
    // What has a meaning in the language of some database is a word as any other.
    for odd in [
        "rust \"",
        "\"rust",
        "rust's",
        "rust*",
        "(rust",
        "rust OR",
        "name:rust",
        "-",
        "\"\"",
        " ",
        "",
        "rust   sql",
    ] {
        db.all(found(odd));
    }
    db.gives(found("rust  \"sql\"").limit(1), [1]);
    // Twice in a short text, once in a longer one.
    let best = select(ID).filter(words.matching("rust")).order_by(words.rank("rust").desc());
    db.gives(best, [2, 1]);
    let ranks = db.all(select(words.rank("roses")).order_by(ID));
    assert!(ranks[1] > 0.0 && ranks[0] == 0.0 && ranks[2] == 0.0, "{ranks:?}");
    // It is kept up to date.
    db.run(update("t").set(body, Some("tulips".to_owned())).filter(ID.eq(2)));
    db.run(delete("t").filter(ID.eq(1)));
    db.gives(found("rust"), []);
    db.gives(found("tulips"), [2]);
    db.begin().run(put("t", ["id", "name"]).row((9i64, "tulips")));
    db.rollback();
    db.gives(found("tulips"), [2]);
    drop(db);
    let schema = MetaData::new(vec![notes_in_words(None)]);
    desk.wait(schema.drop_all(desk.engine())).expect("they are dropped");
    let mut db = desk.with([notes_in_words(None)]);
    db.gives(found("tulips"), []);
}

pub fn words_of_a_language(desk: &Desk<'_>) {
    let body: Column<Any, Option<String>> = Column::new("t", "body", 2);
    let mut db = desk.with([notes_in_words(Some("english"))]);
    db.run(put("t", ["id", "name"]).rows([(1i64, "running dogs"), (2, "a cat")]));
    let words = func::words((NAME, body)).language("english").index("words_of_t");
    let stemmed = if desk.caps().queries.full_text == FullText::Vectors { vec![1] } else { vec![] };
    db.gives(select(ID).filter(words.matching("dog")), stemmed);
    db.gives(select(ID).filter(words.matching("running")), [1]);
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

//! Texts that were meant to break out, or to be broken: as values, patterns, names, labels and literals they come back
//! byte for byte.

use super::desk::{Db, Desk, Plain};
use super::scene::{Any, ID, column, count_of, delete, put, table, update};
use rebis_core::{Datum, SqlType};
use rebis_sql::schema::{Default, MetaData};
use rebis_sql::{Column, func, render, select, sql, sql_unchecked};

const TEXT: Column<Any, String> = Column::new("t", "text", 1);

/// Quotes, comments, placeholders and ends of statements of all databases.
const INJECTIONS: [&str; 22] = [
    "'",
    "''",
    "\"",
    "`",
    "\\",
    "\\'",
    "\\\\'",
    "' OR '1'='1",
    "'; DROP TABLE t; --",
    "\"; DROP TABLE t; --",
    "`; DROP TABLE t; #",
    "/* */",
    "*/",
    "-- ",
    "# x",
    "?",
    "$1",
    ":name",
    "{}",
    "%s",
    ";",
    "$$x$$",
];

/// Characters of all lengths, directions and kinds.
const UNICODE: [&str; 16] = [
    "é",
    "e\u{301}",
    "ß",
    "İı",
    "日本語",
    "한국어",
    "עברית",
    "مرحبا \u{202e}abc\u{202c}",
    "𝄞",
    "🙂",
    "👩‍👩‍👧‍👦",
    "🏳️‍🌈",
    "\u{feff}bom",
    "\u{200b}",
    "\u{10ffff}",
    "ﷺ",
];

/// Blanks and characters that control.
const CONTROLS: [&str; 9] = ["\n", "\r\n", "\t", "\u{1a}", "\u{8}", "\u{1b}[31m", "\u{7f}", "\u{85}", " x "];

fn all() -> Vec<&'static str> {
    [&INJECTIONS[..], &UNICODE, &CONTROLS].concat()
}

fn texts_table<'s>(desk: &Desk<'s>) -> Db<'s> {
    desk.with([table("t").key("id").column("text", SqlType::Text { length: None }).made()])
}

/// Writes texts, and shows that each comes back and is found.
fn come_back(desk: &Desk<'_>, texts: &[&str]) {
    let mut db = texts_table(desk);
    let rows = texts.iter().enumerate().map(|(at, text)| (at as i64, *text));
    db.run(put("t", ["id", "text"]).rows(rows));
    db.gives(select(TEXT).order_by(ID), texts.iter().map(|text| (*text).to_owned()));
    for (at, text) in texts.iter().enumerate() {
        db.gives(select(ID).filter(TEXT.eq(*text)), [at as i64]);
    }
}

pub fn injections_are_values(desk: &Desk<'_>) {
    come_back(desk, &INJECTIONS);
}

pub fn characters_of_all_languages_are_values(desk: &Desk<'_>) {
    come_back(desk, &UNICODE);
}

pub fn controls_are_values(desk: &Desk<'_>) {
    come_back(desk, &CONTROLS);
}

pub fn texts_are_values_of_literals(desk: &Desk<'_>) {
    let mut db = texts_table(desk);
    for (at, text) in all().into_iter().enumerate() {
        let insert = put("t", ["id", "text"]).row((at as i64, text));
        let text = render::render_inline(&insert.query(), desk.caps()).expect("it can be written");
        db.run(Plain(&text));
    }
    db.gives(select(TEXT).order_by(ID), all().into_iter().map(str::to_owned));
}

pub fn texts_without_a_table(desk: &Desk<'_>) {
    for text in all() {
        desk.value(func::value(text.to_owned()), text.to_owned());
    }
}

pub fn texts_are_defaults(desk: &Desk<'_>) {
    let of = SqlType::Text { length: Some(100) };
    let mut draft = table("t").key("id");
    let names: Vec<&'static str> =
        all().iter().enumerate().map(|(at, _)| &*format!("c{at}").leak()).collect();
    for (name, text) in names.iter().zip(all()) {
        draft = draft.default(*name, of.clone(), Default::Value(Datum::Text(text.to_owned())));
    }
    let mut db = desk.with([draft.made()]);
    db.run(put("t", ["id"]).row((1i64,)));
    for (name, text) in names.iter().zip(all()) {
        db.gives(select(column::<String>("t", name)), [text.to_owned()]);
    }
}

pub fn texts_are_contained(desk: &Desk<'_>) {
    let mut db = texts_table(desk);
    let long = |text: &str| format!("before{text}after");
    let rows = all().into_iter().enumerate().map(|(at, text)| (at as i64, long(text)));
    db.run(put("t", ["id", "text"]).rows(rows));
    for (at, text) in all().into_iter().enumerate() {
        let found = db.all(select(ID).filter(TEXT.contains(long(text))));
        assert_eq!(found, [at as i64], "{text:?}");
        db.gives(select(ID).filter(TEXT.starts_with(long(text)) & ID.eq(at as i64)), [at as i64]);
        db.gives(select(ID).filter(TEXT.ends_with(format!("{text}after")) & ID.eq(at as i64)), [at as i64]);
    }
}

pub fn texts_of_wildcards_are_no_wildcards(desk: &Desk<'_>) {
    let mut db = texts_table(desk);
    db.run(put("t", ["id", "text"]).rows([(1i64, "a%b"), (2, "a_b"), (3, "a/b"), (4, "a\\b"), (5, "axb")]));
    for (id, text) in [(1, "a%b"), (2, "a_b"), (3, "a/b"), (4, "a\\b"), (5, "axb")] {
        db.gives(select(ID).filter(TEXT.contains(text)), [id]);
        db.gives(select(ID).filter(TEXT.starts_with(text)), [id]);
        db.gives(select(ID).filter(TEXT.ends_with(text)), [id]);
    }
}

pub fn texts_in_lists(desk: &Desk<'_>) {
    let mut db = texts_table(desk);
    let rows = all().into_iter().enumerate().map(|(at, text)| (at as i64, text));
    db.run(put("t", ["id", "text"]).rows(rows));
    let everything = all().len() as i64;
    db.gives(count_of("t").filter(TEXT.in_(all())), [everything]);
    let many = || all().into_iter().map(str::to_owned).chain((0..600).map(|n| format!("no {n}")));
    db.gives(count_of("t").filter(TEXT.in_(many())), [everything]);
    db.gives(count_of("t").filter(TEXT.not_in(many())), [0]);
}

pub fn texts_are_updated_and_deleted(desk: &Desk<'_>) {
    let mut db = texts_table(desk);
    db.run(put("t", ["id", "text"]).row((1i64, "start")));
    let mut before = "start";
    for text in all() {
        assert_eq!(db.run(update("t").set(TEXT, text).filter(TEXT.eq(before))), 1, "{text:?}");
        before = text;
    }
    assert_eq!(db.run(delete("t").filter(TEXT.eq(before))), 1);
}

pub fn texts_are_joined_by_concat(desk: &Desk<'_>) {
    for text in all() {
        let both = func::value(text.to_owned()).concat("|").concat(text);
        desk.value(both, format!("{text}|{text}"));
    }
}

pub fn texts_in_raw_sql_are_parameters(desk: &Desk<'_>) {
    let mut db = texts_table(desk);
    for (at, text) in all().into_iter().enumerate() {
        db.run(sql("insert into t (id, text) values ({}, {})").bind(at as i64).bind(text));
        let found = db.all(sql("select id from t where text = {}").bind(text).rows::<i64>());
        assert_eq!(found, [at as i64], "{text:?}");
    }
}

pub fn labels_are_names(desk: &Desk<'_>) {
    for label in ["select", "two words", "quo\"te", "back`tick", "it's", "-- x", "é日", "a.b", "x; y"] {
        let labelled = func::value(7i64).label(label);
        desk.gives(select(&labelled).order_by(&labelled), [7]);
        let inner = select(func::value(7i64).label(label)).as_subquery("inner one");
        desk.gives(select(inner.column::<i64>(label)).select_from(&inner), [7]);
    }
}

pub fn aliases_are_names(desk: &Desk<'_>) {
    let mut db = texts_table(desk);
    db.run(put("t", ["id", "text"]).row((1i64, "x")));
    for alias in ["order", "two words", "quo\"te", "back`tick", "it's", "/* x", "é日"] {
        let source =
            rebis_sql::ast::TableRef { alias: Some(alias.into()), ..rebis_sql::ast::TableRef::new("t") };
        let text = TEXT.aliased(alias);
        db.gives(select(text).select_from(source).filter(text.eq("x")), ["x".to_owned()]);
    }
}

pub fn names_in_raw_sql_are_quoted(desk: &Desk<'_>) {
    let mut db = texts_table(desk);
    db.run(put("t", ["id", "text"]).row((1i64, "x")));
    let error = db.try_run(sql("delete from {}").ident("t; drop table t")).expect_err("there is none");
    assert_eq!(error.kind(), rebis_core::ErrorKind::NoSuchObject, "{error}");
    let stmt = sql("select {} from {} where {} = {}").ident("text").ident("t").ident("id").bind(1);
    assert_eq!(db.all(stmt.rows::<String>()), ["x"]);
}

pub fn names_of_tables_that_were_meant_to_break_out(desk: &Desk<'_>) {
    for name in
        ["x\"; DROP TABLE t; --", "x`; DROP TABLE t; --", "x'; DROP TABLE t; --", "a\\b", "a\"\"b", "a``b"]
    {
        let schema = MetaData::new(vec![table(name).key(name).made()]);
        desk.wait(schema.create_all(desk.engine())).unwrap_or_else(|e| panic!("{name}: {e}"));
        desk.connect().run(put(name, [name]).row((1i64,)));
        desk.gives(select(Column::<Any, i64>::new(name, name, 0)), [1]);
        desk.wait(schema.drop_all(desk.engine())).unwrap_or_else(|e| panic!("{name}: {e}"));
    }
}

pub fn words_of_enums_are_values(desk: &Desk<'_>) {
    const WORDS: &[&str] = &["it's", "back\\slash", "\"", "`", "é日🙂", "a b", ") OR (1=1", "--"];
    let of = SqlType::Enum { name: "words", variants: WORDS, native: false };
    let mut db = desk.with([table("t").key("id").column("text", of).made()]);
    db.run(put("t", ["id", "text"]).rows(WORDS.iter().enumerate().map(|(at, word)| (at as i64, *word))));
    db.gives(select(TEXT).order_by(ID), WORDS.iter().map(|word| (*word).to_owned()));
    db.fails(put("t", ["id", "text"]).row((99i64, "no")), rebis_core::ErrorKind::CheckViolation);
}

pub fn comments_that_were_meant_to_break_out(desk: &Desk<'_>) {
    for (at, text) in all().into_iter().enumerate() {
        let name: &'static str = format!("t{at}").leak();
        let mut made = table(name).key("id").made();
        made.comment = Some(text.to_owned().into());
        made.columns[0].comment = Some(text.to_owned().into());
        let mut db = desk.with([made]);
        db.gives(count_of(name), [0]);
    }
}

pub fn a_text_of_a_mebibyte(desk: &Desk<'_>) {
    let mut db = texts_table(desk);
    let long: String = "it's \\ é日🙂 \"%_\" ".chars().cycle().take(600_000).collect();
    db.run(put("t", ["id", "text"]).row((1i64, long.clone())));
    assert!(db.all(select(TEXT)) == [long.clone()], "it comes back whole");
    db.gives(select(TEXT.length()), [600_000]);
    db.gives(select(ID).filter(TEXT.eq(long)), [1]);
}

pub fn a_text_of_each_length_around_powers_of_two(desk: &Desk<'_>) {
    let mut db = texts_table(desk);
    let lengths = [250, 251, 255, 256, 257, 4095, 4096, 4097, 65_534, 65_535, 65_536, 65_537];
    for (at, length) in lengths.into_iter().enumerate() {
        db.run(put("t", ["id", "text"]).row((at as i64, "y".repeat(length))));
    }
    db.gives(select(TEXT.length()).order_by(ID), lengths.map(|length| length as i64));
}

pub fn bytes_that_are_no_text(desk: &Desk<'_>) {
    let mut db = desk.with([table("t").key("id").column("data", SqlType::Bytes).made()]);
    let data = column::<Vec<u8>>("t", "data");
    let odd = [&b"'"[..], b"\\", b"\0", b"\xff\xfe", b"\xf0\x28\x8c\x28", b"'; DROP TABLE t; --"];
    for (at, bytes) in odd.into_iter().enumerate() {
        db.run(put("t", ["id", "data"]).row((at as i64, bytes.to_vec())));
        db.gives(select(ID).filter(data.eq(bytes)), [at as i64]);
    }
    db.gives(select(data).order_by(ID), odd.map(<[u8]>::to_vec));
}

pub fn composed_and_decomposed_are_two_texts(desk: &Desk<'_>) {
    let mut db = texts_table(desk);
    db.run(put("t", ["id", "text"]).rows([(1i64, "é"), (2, "e\u{301}"), (3, "e"), (4, "E"), (5, "É")]));
    for (id, text) in [(1, "é"), (2, "e\u{301}"), (3, "e"), (4, "E"), (5, "É")] {
        db.gives(select(ID).filter(TEXT.eq(text)), [id]);
    }
    db.gives(select(TEXT.count_distinct()), [5]);
}

pub fn a_character_of_four_bytes_is_one(desk: &Desk<'_>) {
    let mut db = texts_table(desk);
    db.run(put("t", ["id", "text"]).row((1i64, "a🙂b")));
    db.gives(select(TEXT.length()), [3]);
    db.gives(select(ID).filter(TEXT.like("a_b")), [1]);
    db.gives(select(func::substr(TEXT, 2, 1)), ["🙂".to_owned()]);
}

pub fn a_keyword_in_a_comment_of_the_text_is_none(desk: &Desk<'_>) {
    let text = "SELECT /* ; DELETE FROM t '\" */ 1 -- ? $1 ; DROP";
    assert_eq!(desk.connect().all(sql_unchecked(text).rows::<i64>()), [1]);
}

//! What is inside of values: elements of arrays, keys and values of documents, patterns, words that are searched,
//! separators; and values where a statement is not plainly run: rows of the program, prepared statements, plans.

use super::super::desk::Desk;
use super::super::scene::{Any, ID, put, source, table, update};
use super::super::values::Document;
use super::{TEXT, corpus, filled, sentinel, stands};
use rebis_core::{Datum, ErrorKind, Result, SqlType, Value};
use rebis_sql::{Arrays, Column, JsonPaths, func, select};

const TEXTS: Column<Any, Vec<String>> = Column::new("arrays", "texts", 1);
const AT: Column<Any, i64> = Column::new("arrays", "id", 0);
const BODY: Column<Any, Document> = Column::new("docs", "body", 1);
const DOC: Column<Any, i64> = Column::new("docs", "id", 0);

/// What the database may say of a text that it cannot take there; nothing else.
fn told<T>(result: Result<T>, text: &str) -> Option<T> {
    match result {
        Ok(value) => Some(value),
        Err(error) => {
            assert_ne!(error.kind(), ErrorKind::ConnectionLost, "{text:?}: {error}");
            None
        }
    }
}

pub fn as_elements_of_arrays(desk: &Desk<'_>) {
    let mut db = sentinel(desk);
    let made = table("arrays").key("id").column("texts", <Vec<String>>::sql_type()).made();
    desk.wait(rebis_sql::schema::MetaData::new(vec![made]).create_all(desk.engine())).expect("it is made");
    let texts = corpus();
    let rows =
        texts.iter().enumerate().map(|(at, text)| (at as i64, Datum::of(&vec![text.clone(), "x".into()])));
    db.run(put("arrays", ["id", "texts"]).rows(rows));
    for (at, text) in texts.iter().enumerate() {
        let (at, array) = (at as i64, vec![text.clone(), "x".to_owned()]);
        db.gives(select(AT).filter(TEXTS.has(text.as_str()) & TEXTS.has_all([text.clone()])), [at]);
        db.gives(select(AT).filter(TEXTS.overlaps([text.clone()])), [at]);
        db.gives(select(TEXTS.at(0)).filter(TEXTS.any(|one| one.eq(text.as_str()))), [Some(text.clone())]);
        db.gives(select(TEXTS).filter(TEXTS.is_within(array.clone()) & AT.eq(at)), [array.clone()]);
        assert_eq!(db.run(update("arrays").set(TEXTS, TEXTS.append(text.as_str())).filter(AT.eq(at))), 1);
        let one = TEXTS.elements("one");
        let elements = select(one.value()).select_from(source("arrays")).join(one.always());
        let mut elements = db.all(elements.filter(AT.eq(at) & one.value().eq(text.as_str())));
        assert_eq!(elements.pop().as_ref(), Some(text));
        assert_eq!(elements.pop().as_ref(), Some(text));
        if desk.caps().types.arrays != Arrays::Table {
            assert_eq!(
                db.run(update("arrays").set(TEXTS, TEXTS.without(text.as_str())).filter(AT.eq(at))),
                1
            );
            db.gives(select(TEXTS).filter(AT.eq(at)), [vec!["x".to_owned()]]);
        }
    }
    stands(&mut db);
}

/// `{"text": ["text"]}`
fn document(text: &str) -> Document {
    let mut json = String::from("{");
    let quoted = rebis_core::Datum::of(&vec![text.to_owned()]);
    let Datum::Array(array) = quoted else { panic!("an array is a `Datum::Array`") };
    json.push_str(&array[1..array.len() - 1]);
    json.push(':');
    json.push_str(&array);
    json.push('}');
    Document(json)
}

pub fn as_parts_of_documents(desk: &Desk<'_>) {
    let mut db = sentinel(desk);
    let made = table("docs").key("id").column("body", SqlType::Json).made();
    desk.wait(rebis_sql::schema::MetaData::new(vec![made]).create_all(desk.engine())).expect("it is made");
    let texts = corpus();
    let rows = texts.iter().enumerate().map(|(at, text)| (at as i64, Datum::of(&document(text))));
    db.run(put("docs", ["id", "body"]).rows(rows));
    for (at, text) in texts.iter().enumerate() {
        let (at, value) = (at as i64, || text.clone());
        let place = || BODY.document().key(text.clone());
        // Paths of the others know no such key.
        let odd = |c: char| matches!(c, '"' | '\\') || c.is_control();
        let dash = desk.caps().json == JsonPaths::Extract && text.starts_with('-');
        if dash || desk.caps().json != JsonPaths::Keys && text.contains(odd) {
            db.refuses(select(DOC).filter(place().exists()), ErrorKind::Unsupported);
            db.fails(
                update("docs").set(BODY, BODY.set_path(text, 1)).filter(DOC.eq(at)),
                ErrorKind::Unsupported,
            );
            continue;
        }
        db.gives(select(DOC).filter(place().exists()), [at]);
        db.gives(select(DOC).filter(place().at(0).as_::<String>().eq(text.as_str())), [at]);
        db.gives(select(place().length()).filter(DOC.eq(at)), [Some(1)]);
        let one = place().elements::<String>("one");
        let elements = select((DOC, one.value())).join(one.always()).filter(one.value().eq(text.as_str()));
        db.gives(elements, [(at, value())]);
        if desk.caps().json != JsonPaths::Arrow {
            db.gives(select(DOC).filter(place().contains(vec![value()])), [at]);
        }
        let changed = BODY.set_path(text, value()).set_path("other", value());
        assert_eq!(db.run(update("docs").set(BODY, changed).filter(DOC.eq(at))), 1);
        db.gives(select(place().as_::<String>()).filter(DOC.eq(at)), [Some(value())]);
        db.gives(select(BODY.path("other").as_::<String>()).filter(DOC.eq(at)), [Some(value())]);
        assert_eq!(db.run(update("docs").set(BODY, BODY.remove_path(text)).filter(DOC.eq(at))), 1);
        db.gives(select(DOC).filter(DOC.eq(at) & !place().exists()), [at]);
    }
    stands(&mut db);
}

pub fn as_keys_of_objects_and_separators(desk: &Desk<'_>) {
    let mut db = sentinel(desk);
    db.run(put("t", ["id", "text"]).rows([(1i64, "a"), (2, "b")]));
    for text in corpus() {
        db.gives(select(func::string_agg(TEXT, &text)), [Some(format!("a{text}b"))]);
        let key: &'static str = text.clone().leak();
        let object = func::json_object([(key, &TEXT.into())]);
        let found: Vec<String> = db.all(select(object).filter(ID.eq(1)));
        let Document(whole) = document(&text);
        let quoted = &whole[1..whole.find(":[").expect("it has a value")];
        // Each writes line ends and blanks in its own way.
        let blank = |text: &str| text.replace(' ', "").replace("\\n", "\\u000a").replace("\\t", "\\u0009");
        assert_eq!(blank(&found[0]), blank(&format!("{{{quoted}:\"a\"}}")));
    }
    stands(&mut db);
}

/// A pattern of the user's is a pattern, and may be none.
pub fn as_regular_expressions(desk: &Desk<'_>) {
    let mut db = filled(desk);
    for text in corpus() {
        told(db.try_all(select(ID).filter(TEXT.matches_regex(text.as_str()))), &text);
        told(db.try_all(select(TEXT.replace_regex(text.as_str(), text.as_str()))), &text);
        told(db.try_all(select(TEXT.replace_regex("DROP", text.as_str()))), &text);
        told(db.try_all(select(ID).filter(TEXT.like(text.as_str()))), &text);
    }
    db.gives(select(TEXT).order_by(ID), corpus());
    stands(&mut db);
}

pub fn as_words_that_are_searched(desk: &Desk<'_>) {
    let mut db = filled(desk);
    for text in corpus() {
        told(db.try_all(select(ID).filter(func::matches_words(TEXT, text.as_str()))), &text);
    }
    stands(&mut db);
}

pub fn in_plans(desk: &Desk<'_>) {
    let mut db = filled(desk);
    for text in corpus() {
        let plan = db.wait_for(|conn| conn.explain(select(ID).filter(TEXT.eq(text.as_str()))));
        plan.unwrap_or_else(|e| panic!("{text:?}: {e}"));
        let change = update("t").set(TEXT, text.as_str()).filter(TEXT.eq(text.as_str()));
        db.wait_for(|conn| conn.explain(change)).unwrap_or_else(|e| panic!("{text:?}: {e}"));
    }
    db.gives(select(TEXT).order_by(ID), corpus());
    stands(&mut db);
}

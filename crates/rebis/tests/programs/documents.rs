//! Conditions on what is inside of JSON documents.

use super::engine;
use rebis::blocking::Session;
use rebis::prelude::*;
use rebis::{ErrorKind, Json};

#[derive(Model, Debug)]
#[model(table = "docs")]
pub struct Doc {
    #[column(primary_key, generated = false)]
    pub id: i64,
    pub body: Json<serde_json::Value>,
    pub extra: Option<Json<Vec<i64>>>,
}

const BODIES: [&str; 4] = [
    r#"{"name": "it's", "size": {"cm": [1, 2.5, 30000000000]}, "on": true, "none": null}"#,
    r#"{"name": "null", "size": {"cm": []}, "on": false, "a.b": 7, "o'x; --": 8}"#,
    r#"{"name": "7", "on": null}"#,
    r#"[1, {"name": "deep"}]"#,
];

fn docs() -> Session {
    let engine = engine();
    metadata![Doc].create_all(&engine).unwrap();
    let mut db = engine.session();
    for (at, body) in BODIES.iter().enumerate() {
        let body = Json(serde_json::from_str(body).unwrap());
        db.add(Doc.new().id(at as i64 + 1).body(body).extra((at == 0).then(|| Json(vec![4, 5]))));
    }
    db.commit().unwrap();
    db
}

#[test]
fn values_are_read_as_types() {
    let mut db = docs();
    let texts = select(Doc.body.path("name").as_::<String>()).order_by(Doc.id);
    let expected = [Some("it's"), Some("null"), Some("7"), None].map(|text| text.map(str::to_owned));
    assert_eq!(db.all(texts).unwrap(), expected);
    let numbers = (
        Doc.body.path("size.cm[0]").as_::<i64>(),
        Doc.body.path("size.cm[1]").as_::<f64>(),
        Doc.body.path("size.cm[2]").as_::<i64>(),
    );
    let numbers = db.all(select(numbers).order_by(Doc.id).limit(2)).unwrap();
    assert_eq!(numbers, [(Some(1), Some(2.5), Some(30_000_000_000)), (None, None, None)]);
    let flags = select(Doc.body.path("on").as_::<bool>()).order_by(Doc.id);
    assert_eq!(db.all(flags).unwrap(), [Some(true), Some(false), None, None]);
    let number = select(Doc.body.document().at(0).as_::<String>()).filter(Doc.id.eq(4));
    assert_eq!(db.all(number).unwrap(), [Some("1".to_owned())]);
    let extra = select(Doc.extra.document().at(1).as_::<i64>()).order_by(Doc.id);
    assert_eq!(db.all(extra).unwrap(), [Some(5), None, None, None]);
}

#[test]
fn conditions_look_into_documents() {
    let mut db = docs();
    let ids = |db: &mut Session, condition: Expr<bool>| {
        db.all(select(Doc.id).filter(condition).order_by(Doc.id)).unwrap()
    };
    assert_eq!(ids(&mut db, Doc.body.path("name").as_::<String>().eq("it's")), [1]);
    assert_eq!(ids(&mut db, Doc.body.path("size.cm[1]").as_::<f64>().gt(2.0)), [1]);
    assert_eq!(ids(&mut db, Doc.body.document().at(1).key("name").as_::<String>().eq("deep")), [4]);
    assert_eq!(ids(&mut db, Doc.body.document().key("a.b").as_::<i64>().eq(7)), [2]);
    assert_eq!(ids(&mut db, Doc.body.document().key("o'x; --").as_::<i64>().eq(8)), [2]);
}

#[test]
fn null_in_json_is_not_nothing() {
    let mut db = docs();
    let seen = select((Doc.body.path("none").exists(), Doc.body.path("on").exists()));
    let seen = db.all(seen.order_by(Doc.id)).unwrap();
    assert_eq!(seen, [(true, true), (false, true), (false, true), (false, false)]);
    let null = select(Doc.id).filter(Doc.body.path("on").is_json_null());
    assert_eq!(db.all(null).unwrap(), [3]);
    let value = select(Doc.body.path("none").as_::<String>()).filter(Doc.id.eq(1));
    assert_eq!(db.all(value).unwrap(), [None]);
}

#[test]
fn arrays_have_a_length() {
    let mut db = docs();
    let lengths = select(Doc.body.path("size.cm").length()).order_by(Doc.id).limit(3);
    assert_eq!(db.all(lengths).unwrap(), [Some(3), Some(0), None]);
}

#[test]
fn documents_contain_others() {
    let mut db = docs();
    let size = select(Doc.id).filter(Doc.body.path("size.cm").contains(vec![2.5, 1.0]));
    let whole = select(Doc.id).filter(Doc.body.document().contains(Json(serde_json::json!({"on": false}))));
    for (query, expected) in [(size, [1]), (whole, [2])] {
        match db.all(query) {
            Ok(ids) => assert_eq!(ids, expected),
            Err(error) => assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}"),
        }
    }
}

#[test]
fn places_are_set_and_removed() {
    let mut db = docs();
    let places = Doc.body.set_path("size.cm[0]", 7).set_path("name", "o'x \\ \"".to_owned());
    let places = places.set_path("on", true).set_path("new", Json(serde_json::json!({"a": [1]})));
    db.execute(Doc.update().set(Doc.body, places.remove_path("none")).filter(Doc.id.eq(1))).unwrap();
    let found = db.get(Doc, 1).unwrap().unwrap();
    db.refresh(found).unwrap();
    let expected = serde_json::json!({
        "name": "o'x \\ \"", "size": {"cm": [7, 2.5, 30_000_000_000i64]}, "on": true, "new": {"a": [1]}
    });
    assert_eq!(db[found].body.0, expected);
}

#[test]
fn elements_are_rows() {
    let mut db = docs();
    let size = Doc.body.path("size.cm").elements::<f64>("size");
    let stmt = select((Doc.id, size.value())).join(size.always()).filter(size.value().gt(1.5));
    let rows = db.all(stmt.order_by(size.value())).unwrap();
    assert_eq!(rows, [(1, 2.5), (1, 3e10)]);
}

#[test]
fn a_key_that_cannot_be_written_is_told() {
    let mut db = docs();
    let odd = select(Doc.body.document().key("a\"b").as_::<i64>());
    match db.all(odd) {
        Ok(rows) => assert_eq!(rows, [None; 4]),
        Err(error) => assert_eq!(error.kind(), ErrorKind::Unsupported),
    }
}

//! Places in JSON documents: one expression, three texts.
#![allow(clippy::unwrap_used)]

mod common;

use common::*;
use rebis_core::{Binds, Cell, Document, Result, SqlType, Value};
use rebis_sql::{Column, select};

/// A document, without what reads it.
#[derive(Clone)]
struct Body;

impl Value for Body {
    type Base = Body;
    fn sql_type() -> SqlType {
        SqlType::Json
    }
    fn encode(&self, out: &mut Binds) {
        out.null();
    }
    fn decode(_: Cell<'_>) -> Result<Self> {
        Ok(Body)
    }
    fn same(&self, _: &Self) -> bool {
        true
    }
}

impl Document for Body {}

const BODY: Column<User, Body> = Column::new("users", "body", 7);

#[test]
fn values() {
    check(
        select(BODY.path("a.b[0][1]").as_::<i32>()),
        [
            "SELECT CAST(users.body ->> '$.\"a\".\"b\"[0][1]' AS INTEGER) FROM users",
            "SELECT CAST(users.body #>> ARRAY['a', 'b', '0', '1'] AS INTEGER) FROM users",
            "SELECT CASE WHEN json_type(json_extract(users.body, '$.\"a\".\"b\"[0][1]')) <> 'NULL' THEN \
             CAST(json_unquote(json_extract(users.body, '$.\"a\".\"b\"[0][1]')) AS SIGNED) END FROM users",
        ],
    );
    check(
        select(BODY.path("on").as_::<bool>()),
        [
            "SELECT CAST(users.body ->> '$.\"on\"' AS INTEGER) FROM users",
            "SELECT CAST(users.body #>> ARRAY['on'] AS BOOLEAN) FROM users",
            "SELECT CASE WHEN json_type(json_extract(users.body, '$.\"on\"')) <> 'NULL' THEN \
             json_unquote(json_extract(users.body, '$.\"on\"')) = 'true' END FROM users",
        ],
    );
    check(
        select(User.id).filter(BODY.path("name").as_::<String>().eq("x")),
        [
            "SELECT users.id FROM users WHERE CAST(users.body ->> '$.\"name\"' AS TEXT) = ?",
            "SELECT users.id FROM users WHERE (users.body #>> ARRAY['name']) = $1",
            "SELECT users.id FROM users WHERE CASE WHEN json_type(json_extract(users.body, '$.\"name\"')) <> 'NULL' \
             THEN (json_unquote(json_extract(users.body, '$.\"name\"'))) END = ?",
        ],
    );
}

#[test]
fn kinds_and_lengths() {
    check(
        select(User.id).filter(BODY.path("a").exists() & BODY.path("a").length().gt(2)),
        [
            "SELECT users.id FROM users WHERE json_type(users.body, '$.\"a\"') IS NOT NULL \
             AND json_array_length(users.body, '$.\"a\"') > ?",
            "SELECT users.id FROM users WHERE jsonb_typeof(users.body #> ARRAY['a']) IS NOT NULL \
             AND jsonb_array_length(users.body #> ARRAY['a']) > $1",
            "SELECT users.id FROM users WHERE json_type(json_extract(users.body, '$.\"a\"')) IS NOT NULL \
             AND json_length(users.body, '$.\"a\"') > ?",
        ],
    );
}

#[test]
fn keys_are_keys_whatever_is_in_them() {
    check(
        select(BODY.document().key("a.b'; --").at(0).as_::<String>()),
        [
            "SELECT CAST(users.body ->> '$.\"a.b''; --\"[0]' AS TEXT) FROM users",
            "SELECT (users.body #>> ARRAY['a.b''; --', '0']) FROM users",
            "SELECT CASE WHEN json_type(json_extract(users.body, '$.\"a.b''; --\"[0]')) <> 'NULL' \
             THEN (json_unquote(json_extract(users.body, '$.\"a.b''; --\"[0]'))) END FROM users",
        ],
    );
    check(
        select(BODY.document().key("a\"b").as_::<String>()),
        [
            "error: SQLite cannot do this: a key of JSON with a quote, a backslash or a control character in it, or a `-` at its start",
            "SELECT (users.body #>> ARRAY['a\"b']) FROM users",
            "error: MySQL cannot do this: a key of JSON with a quote, a backslash or a control character in it, or a `-` at its start",
        ],
    );
}

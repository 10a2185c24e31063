//! Every type of column: NULL and values, as parameters and in results, of statements that run for the first time and
//! of those that are kept prepared.
#![allow(missing_docs)]

mod common;

use common::{Schema, admin, rows, run};
use rebis_core::{Datum, ErrorKind, Result};
use rebis_driver::{Connection, Driver, Link};
use rebis_engine::block_on;
use rebis_sql::{Statement, StatementKind};

fn text(text: &str) -> Datum {
    Datum::Text(text.into())
}

/// A type, a value for it, and how that comes back.
fn values() -> Vec<(&'static str, Datum, Datum)> {
    let same = |of, value: Datum| (of, value.clone(), value);
    let uuid: [u8; 16] = std::array::from_fn(|n| n as u8);
    vec![
        same("int2", Datum::Int(-32768)),
        same("int4", Datum::Int(i64::from(i32::MAX))),
        same("int8", Datum::Int(7)),
        same("int8", Datum::Int(i64::MIN)),
        same("real", Datum::Float(0.5)),
        same("double precision", Datum::Float(-1.0 / 3.0)),
        ("double precision", Datum::Int(3), Datum::Float(3.0)),
        same("numeric", Datum::Decimal("12345678901234567890.000100".into())),
        ("numeric", Datum::Int(5), Datum::Decimal("5".into())),
        ("numeric", text("1.50"), Datum::Decimal("1.50".into())),
        ("numeric(10,2)", Datum::Float(1.25), Datum::Decimal("1.25".into())),
        ("numeric", Datum::Unsigned(u64::MAX), Datum::Decimal("18446744073709551615".into())),
        same("text", text("häßlich 'quoted'")),
        same("varchar(20)", text("")),
        ("char(5)", text("ab"), text("ab   ")),
        same("name", text("a_name")),
        same("bool", Datum::Bool(true)),
        ("bool", text("no"), Datum::Bool(false)),
        same("bytea", Datum::Blob(vec![0, 255, b'\\', b'\''])),
        same("uuid", Datum::Uuid(uuid)),
        ("uuid", text("00010203-0405-0607-0809-0a0b0c0d0e0f"), Datum::Uuid(uuid)),
        same("date", Datum::Date(19_782)),
        ("date", text("1969-12-31"), Datum::Date(-1)),
        same("date", Datum::Date(-2_440_550)),
        same("time", Datum::Time(86_399_999_999)),
        ("time", text("24:00:00"), Datum::Time(86_400_000_000)),
        same("timestamp", Datum::Timestamp(-1)),
        same("timestamp", Datum::Timestamp(253_402_300_800_000_000)),
        same("timestamptz", Datum::Instant(1_709_208_000_123_456)),
        ("timestamptz", text("2024-02-29 13:00:00+01"), Datum::Instant(1_709_208_000_000_000)),
        ("timestamptz", text("1850-01-01 00:00:00+00"), Datum::Instant(-3_786_825_600_000_000)),
        same("json", text("{\"a\": [1, null]}")),
        ("jsonb", text("{\"a\":[1,null]}"), text("{\"a\": [1, null]}")),
        same("inet", text("192.168.0.1/24")),
        same("cidr", text("10.0.0.0/8")),
        same("macaddr", text("08:00:2b:01:02:03")),
        same("mood", text("fine")),
        same("positive", Datum::Int(3)),
        same("int4[]", text("{1,2,NULL}")),
        ("text[]", text("{a,\"b c\"}"), text("{a,\"b c\"}")),
        same("mood[]", text("{fine,bad}")),
        same("int4range", text("[1,5)")),
        same("interval", Datum::Interval { months: 0, days: 1, micros: 7_384_000_000 }),
        same("money", text("$1,234.50")),
        same("point", text("(1,2)")),
        same("bit(3)", text("101")),
        same("tsvector", text("'a':1 'b':2")),
        same("xml", text("<a/>")),
        same("oid", Datum::Int(4_294_967_295)),
        same("pair", text("(1,x)")),
    ]
}

fn prepared() -> (Schema, Box<dyn Connection>) {
    let schema = Schema::new();
    let mut db = block_on(schema.driver().connect()).expect("it connects");
    for statement in [
        "CREATE TYPE mood AS ENUM ('fine', 'bad')",
        "CREATE DOMAIN positive AS int4 CHECK (VALUE > 0)",
        "CREATE TYPE pair AS (n int4, s text)",
        "SET lc_monetary = 'C'",
        "SET TimeZone = 'Europe/Amsterdam'",
    ] {
        run(&mut *db, statement).unwrap_or_else(|e| panic!("{statement}: {e}"));
    }
    (schema, db)
}

#[test]
fn null_and_values_of_every_type_are_stored_and_read() {
    let (_schema, mut db) = prepared();
    for (at, (of, sent, expected)) in values().into_iter().enumerate() {
        let table = format!("t{at}");
        run(&mut *db, &format!("CREATE TABLE {table} (id int4, v {of})"))
            .unwrap_or_else(|e| panic!("{of}: {e}"));
        let insert = Statement::new(format!("INSERT INTO {table} VALUES ($1, $2)"), StatementKind::Write);
        let select = Statement::new(format!("SELECT v FROM {table} WHERE id = $1"), StatementKind::Read);
        // NULL first: the type that the server infers for it must do for the values.
        for (id, value) in [(1, Datum::Null), (2, sent.clone()), (3, sent.clone()), (4, Datum::Null)] {
            rows(&mut *db, &insert, &[Datum::Int(id), value]).unwrap_or_else(|e| panic!("{of}: {e}"));
        }
        // As text, then in binary form.
        for id in [2, 3, 2, 3] {
            let found = rows(&mut *db, &select, &[Datum::Int(id)]).unwrap_or_else(|e| panic!("{of}: {e}"));
            assert_eq!(found, [vec![expected.clone()]], "{of} {sent:?}");
        }
        for id in [1, 4] {
            let found = rows(&mut *db, &select, &[Datum::Int(id)]).expect("it reads");
            assert_eq!(found, [vec![Datum::Null]], "{of}");
        }
    }
}

#[test]
fn a_parameter_takes_the_type_of_its_place() {
    let (_schema, mut db) = prepared();
    let mut ask = |sql: &str, values: &[Datum]| -> Result<Vec<Vec<Datum>>> {
        let (kept, once) =
            (Statement::new(sql, StatementKind::Read), Statement::once(sql, StatementKind::Read));
        let found = rows(&mut *db, &once, values)?;
        for _ in 0..2 {
            assert_eq!(rows(&mut *db, &kept, values)?, found, "{sql}");
        }
        Ok(found)
    };
    for (sql, values, expected) in [
        ("SELECT $1", vec![text("a")], text("a")),
        ("SELECT $1", vec![Datum::Int(1)], Datum::Int(1)),
        ("SELECT $1", vec![Datum::Int(1 << 40)], Datum::Int(1 << 40)),
        ("SELECT $1 + 1", vec![Datum::Int(i64::from(u32::MAX))], Datum::Int(1 << 32)),
        ("SELECT substr('abcdef', $1, $2)", vec![Datum::Int(2), Datum::Int(3)], text("bcd")),
        ("SELECT left($1, $2)", vec![text("abc"), Datum::Int(2)], text("ab")),
        ("SELECT $1 || $2", vec![text("a"), text("b")], text("ab")),
        ("SELECT length($1)", vec![text("abc")], Datum::Int(3)),
        ("SELECT coalesce($1, $2)", vec![Datum::Null, text("b")], text("b")),
        ("SELECT lower($1)", vec![text("AB")], text("ab")),
        ("SELECT ('[10,20]'::jsonb) -> $1", vec![Datum::Int(1)], text("20")),
        ("SELECT ('{\"a\":1}'::jsonb) -> $1", vec![text("a")], text("1")),
        ("SELECT '{\"a\":1}'::jsonb @> $1", vec![text("{}")], Datum::Bool(true)),
        ("SELECT date '2024-02-28' + $1", vec![Datum::Int(1)], Datum::Date(19_782)),
        ("SELECT 5 = ANY ($1)", vec![text("{4,5}")], Datum::Bool(true)),
        ("SELECT round(1.567, $1)", vec![Datum::Int(1)], Datum::Decimal("1.6".into())),
        (
            "SELECT CASE WHEN $1 THEN $2 ELSE $3 END",
            vec![Datum::Bool(true), text("x"), Datum::Null],
            text("x"),
        ),
        ("SELECT 1 WHERE $1 IS NULL OR 'a' = $1", vec![text("a")], Datum::Int(1)),
        ("SELECT 'fine'::mood = $1", vec![text("fine")], Datum::Bool(true)),
        ("SELECT 1 LIMIT $1", vec![Datum::Int(1)], Datum::Int(1)),
        // Nothing tells these: they are declared as texts.
        ("SELECT $1 IS NULL", vec![Datum::Null], Datum::Bool(true)),
        ("SELECT concat($1, 'b', $2)", vec![text("a"), Datum::Null], text("ab")),
        ("SELECT concat($1, $2)", vec![Datum::Int(1), Datum::Bool(true)], text("1t")),
        ("SELECT concat($1, $2)", vec![text("a"), text("b")], text("ab")),
        ("SELECT $1 IS NULL", vec![text("a")], Datum::Bool(false)),
        ("SELECT to_jsonb($1)", vec![text("a")], text("\"a\"")),
    ] {
        match ask(sql, &values) {
            Ok(found) => assert_eq!(found, [vec![expected]], "{sql}"),
            Err(error) => panic!("{sql}: {error}"),
        }
    }
}

#[test]
fn what_does_not_fit_is_the_servers_error() {
    let (_schema, mut db) = prepared();
    run(&mut *db, "CREATE TABLE t (i int2, s varchar(3), m mood, d date)").expect("it is made");
    for (column, value) in [
        ("i", Datum::Int(40_000)),
        ("i", Datum::Int(1 << 40)),
        ("i", Datum::Unsigned(u64::MAX)),
        ("i", text("no number")),
        ("s", text("a_longer_text")),
        ("m", text("no mood")),
        ("d", text("2024-02-30")),
        ("d", Datum::Date(i32::MIN)),
    ] {
        let insert = Statement::new(format!("INSERT INTO t ({column}) VALUES ($1)"), StatementKind::Write);
        for _ in 0..3 {
            let error = rows(&mut *db, &insert, std::slice::from_ref(&value)).expect_err("it does not fit");
            assert_eq!(error.kind(), ErrorKind::Conversion, "{column} {value:?}: {error}");
            for part in ["40000", "no number", "a_longer", "no mood"] {
                assert!(!error.to_string().contains(part), "{error}");
            }
            assert_eq!(db.link(), Link::Idle);
        }
    }
}

#[test]
fn what_is_infinite_names_its_column_and_the_way_round() {
    let (_schema, mut db) = prepared();
    for of in ["date", "timestamp", "timestamptz"] {
        let select = Statement::new(format!("SELECT 1 AS a, 'infinity'::{of} AS b"), StatementKind::Read);
        for _ in 0..3 {
            let error = rows(&mut *db, &select, &[]).expect_err("there is no such cell");
            assert_eq!((error.kind(), error.column()), (ErrorKind::Conversion, Some("b")), "{error}");
            assert!(error.help().is_some_and(|help| help.contains("CAST")), "{error}");
        }
    }
    let select = Statement::new("SELECT 'NaN'::numeric, 'Infinity'::float8", StatementKind::Read);
    for _ in 0..3 {
        let found = rows(&mut *db, &select, &[]).expect("these can be shown");
        assert_eq!(found, [vec![Datum::Decimal("NaN".into()), Datum::Float(f64::INFINITY)]]);
    }
}

#[test]
fn a_thousand_rows_of_an_enum_come() {
    // Other drivers ask the catalogue for the type, behind the rows that they do not read meanwhile.
    let (_schema, mut db) = prepared();
    let sql = "SELECT 'fine'::mood, repeat('x', 100) FROM generate_series(1, 10000)";
    for statement in [Statement::new(sql, StatementKind::Read), Statement::once(sql, StatementKind::Read)] {
        for _ in 0..2 {
            let found = rows(&mut *db, &statement, &[]).expect("it reads");
            assert_eq!((found.len(), &found[9999][0]), (10_000, &text("fine")));
        }
    }
}

#[test]
fn the_older_form_of_bytes_is_read_too() {
    let (_schema, mut db) = prepared();
    run(&mut *db, "SET bytea_output = 'escape'").expect("it is set");
    let all: Vec<u8> = (0..=255).collect();
    let select = Statement::once("SELECT $1::bytea", StatementKind::Read);
    assert_eq!(
        rows(&mut *db, &select, &[Datum::Blob(all.clone())]).expect("it reads"),
        [vec![Datum::Blob(all)]]
    );
}

#[test]
fn repetitions_may_bring_other_kinds() {
    let (_schema, mut db) = prepared();
    run(&mut *db, "CREATE TABLE t (n int8, s text)").expect("it is made");
    let insert = Statement::new("INSERT INTO t VALUES ($1, $2)", StatementKind::Write);
    let mut binds = rebis_core::Binds::new();
    for value in [Datum::Int(1), Datum::Null, Datum::Int(1 << 50), text("a"), Datum::Null, text("b")] {
        binds.datum(&value);
    }
    let mut sink = rebis_driver::Discard;
    let mut steps =
        [rebis_driver::Step { times: 3, ..rebis_driver::Step::new(&insert, &mut binds, &mut sink) }];
    block_on(db.run(&mut steps)).expect("it writes");
    assert_eq!(steps[0].affected, 3);
    let select = Statement::once("SELECT sum(n)::int8, count(s) FROM t", StatementKind::Read);
    let found = rows(&mut *db, &select, &[]).expect("it reads");
    assert_eq!(found, [vec![Datum::Int((1 << 50) + 1), Datum::Int(2)]]);
    admin("SELECT 1");
}

#[test]
fn what_nothing_tells_the_type_of_works_in_a_transaction_too() {
    let (_schema, mut db) = prepared();
    run(&mut *db, "BEGIN").expect("it begins");
    for (sql, value) in [
        ("SELECT concat($1, 'b')", text("a")),
        ("SELECT 1 WHERE $1 IS NULL OR 'a' = $1", text("a")),
        ("SELECT jsonb_build_object('a', $1)", text("a")),
        ("SELECT count($1)", Datum::Null),
    ] {
        let statement = Statement::new(sql, StatementKind::Read);
        for _ in 0..3 {
            rows(&mut *db, &statement, std::slice::from_ref(&value)).unwrap_or_else(|e| panic!("{sql}: {e}"));
        }
    }
    // Not seen in the text: an error once, and right from then on.
    let odd = Statement::new("SELECT array_agg($1)", StatementKind::Read);
    assert!(rows(&mut *db, &odd, &[text("a")]).is_err());
    run(&mut *db, "ROLLBACK").expect("it rolls back");
    run(&mut *db, "BEGIN").expect("it begins");
    rows(&mut *db, &odd, &[text("a")]).expect("now it is declared");
}

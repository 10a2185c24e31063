//! Values of every type of column, written as literals and as parameters, read in both protocols.
#![allow(missing_docs)]

mod common;

use common::{Db, Fresh};
use rebis_core::{Datum, ErrorKind};
use rebis_driver::Expect;
use rebis_sql::{Statement, StatementKind};

fn text(value: &str) -> Datum {
    Datum::Text(value.into())
}

/// Writes each value into a column twice, as a literal and as a parameter, and reads it in both protocols.
fn round_trip(db: &mut Db, column: &str, values: &[(Datum, Datum)]) {
    db.all(&[&format!("CREATE TABLE v (id INT PRIMARY KEY, v {column})")]);
    let insert = Statement::new("INSERT INTO v VALUES (?, ?)", StatementKind::Write);
    let select = Statement::new("SELECT v FROM v WHERE id = ?", StatementKind::Read);
    let mut id = 0;
    for (sent, expected) in values {
        // From its second run on, a statement that is kept is a prepared one.
        for form in ["once", "kept"] {
            id += 1;
            let row = [Datum::Int(id), sent.clone()];
            let stored = match form {
                "once" => db.bound("INSERT INTO v VALUES (?, ?)", &row),
                _ => db.full(&insert, &row, 1, Expect::Rows(1)),
            };
            stored.unwrap_or_else(|e| panic!("{column}, {form}: {sent:?} is not stored: {e}"));
            let literal = db.bound("SELECT v FROM v WHERE id = ?", &row[..1]).expect("it reads").rows;
            assert_eq!(literal, [[expected.clone()]], "{column}, {form}: {sent:?}");
            let bound = db.full(&select, &row[..1], 1, Expect::Any).expect("it reads").rows;
            assert_eq!(bound, [[expected.clone()]], "{column}, {form}: {sent:?}, prepared");
        }
    }
    db.all(&["DROP TABLE v"]);
}

fn same(values: impl IntoIterator<Item = Datum>) -> Vec<(Datum, Datum)> {
    values.into_iter().chain([Datum::Null]).map(|value| (value.clone(), value)).collect()
}

#[test]
fn integers_of_every_width() {
    let fresh = Fresh::new();
    let mut db = fresh.connect();
    for (column, low, high) in [
        ("TINYINT", i64::from(i8::MIN), i64::from(i8::MAX)),
        ("SMALLINT", i64::from(i16::MIN), i64::from(i16::MAX)),
        ("MEDIUMINT", -(1 << 23), (1 << 23) - 1),
        ("INT", i64::from(i32::MIN), i64::from(i32::MAX)),
        ("BIGINT", i64::MIN, i64::MAX),
        ("TINYINT UNSIGNED", 0, 255),
        ("SMALLINT UNSIGNED", 0, 65_535),
        ("MEDIUMINT UNSIGNED", 0, (1 << 24) - 1),
        ("INT UNSIGNED", 0, i64::from(u32::MAX)),
        ("YEAR", 1901, 2155),
        ("BOOLEAN", 0, 1),
        ("BIT(33)", 0, (1 << 33) - 1),
    ] {
        round_trip(&mut db, column, &same([low, high].map(Datum::Int)));
    }
    let beyond = [Datum::Unsigned(u64::MAX), Datum::Unsigned(1 << 63), Datum::Int(i64::MAX)];
    round_trip(&mut db, "BIGINT UNSIGNED", &same(beyond));
    assert_eq!(db.rows("SELECT b'1' + 0, CAST(b'10000000' AS UNSIGNED)")[0], [1, 128].map(Datum::Int));
}

#[test]
fn floats_keep_every_digit() {
    let fresh = Fresh::new();
    let mut db = fresh.connect();
    let mut values: Vec<f64> =
        vec![0.0, 0.1, 1.0 / 3.0, f64::MAX, f64::MIN_POSITIVE, 5e-324, 1e22, 123_456_789.012_345_67];
    let mut seed = 1u64;
    for _ in 0..150 {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        values.extend(Some(f64::from_bits(seed)).filter(|v| v.is_finite()));
    }
    round_trip(&mut db, "DOUBLE", &same(values.iter().map(|v| Datum::Float(*v))));
    // The text protocol shows six digits of these: the driver reads them prepared.
    let singles = [16_777_216.0f32, 0.1, 1.0 / 3.0, f32::MAX, 1e-38, -7.654_321e-5];
    round_trip(&mut db, "FLOAT", &same(singles.map(|v| Datum::Float(f64::from(v)))));
}

#[test]
fn decimals_are_compared_as_decimals() {
    let fresh = Fresh::new();
    let mut db = fresh.connect();
    let most = "9".repeat(35) + "." + &"9".repeat(30);
    let values = [most.as_str(), "0.000000000000000000000000000000", "-1.100000000000000000000000000000"];
    round_trip(&mut db, "DECIMAL(65, 30)", &same(values.map(|v| Datum::Decimal(v.into()))));
    db.all(&["CREATE TABLE d (d DECIMAL(40, 0))", "INSERT INTO d VALUES (12345678901234567890123)"]);
    let find = Statement::new("SELECT count(*) FROM d WHERE d = ?", StatementKind::Read);
    for (digits, count) in [("12345678901234567890123", 1), ("12345678901234567890124", 0)] {
        for _ in 0..3 {
            let found = db.full(&find, &[Datum::Decimal(digits.into())], 1, Expect::Any).expect("it reads");
            assert_eq!(found.rows, [[Datum::Int(count)]], "{digits}");
        }
    }
}

#[test]
fn texts_and_bytes_are_told_apart() {
    let fresh = Fresh::new();
    let mut db = fresh.connect();
    let texts = ["", "it's", "日本 👩‍👩‍👧‍👦", "a\\b\"c`\0\u{1a}\r\n", "_utf8mb4 X'41'", "?"].map(text);
    for column in ["VARCHAR(100)", "CHAR(100)", "TEXT", "LONGTEXT", "TINYTEXT", "MEDIUMTEXT"] {
        round_trip(&mut db, column, &same(texts.clone()));
    }
    let bytes = [vec![], vec![0, 255, 39, 92], vec![0xc3, 0x28]].map(Datum::Blob);
    for column in ["VARBINARY(100)", "BLOB", "LONGBLOB", "TINYBLOB"] {
        round_trip(&mut db, column, &same(bytes.clone()));
    }
    let uuid = [7u8; 16];
    round_trip(&mut db, "BINARY(16)", &[(Datum::Uuid(uuid), Datum::Blob(uuid.to_vec()))]);
    round_trip(&mut db, "ENUM('small', 'größer')", &same(["small", "größer"].map(text)));
    round_trip(&mut db, "SET('a', 'b', 'c')", &same(["", "a", "a,c"].map(text)));
    round_trip(&mut db, "JSON", &same([r#"{"a": [1, "x"]}"#, "null"].map(text)));
}

#[test]
fn dates_and_times() {
    let fresh = Fresh::new();
    let mut db = fresh.connect();
    round_trip(&mut db, "DATE", &same([0, -719_162, 2_932_896, 19_782].map(Datum::Date)));
    round_trip(&mut db, "TIME(6)", &same([0, 1, 86_399_999_999].map(Datum::Time)));
    let moments = [0, -1, 1_709_208_000_123_456, 253_402_300_799_999_999, -62_135_596_800_000_000];
    round_trip(&mut db, "DATETIME(6)", &same(moments.map(Datum::Timestamp)));
    let instants = [1_000_000, 1_709_208_000_123_456, 2_147_483_646_999_999];
    round_trip(&mut db, "TIMESTAMP(6) NULL", &same(instants.map(Datum::Instant)));
}

#[test]
fn an_instant_is_one_moment_whatever_the_server_thinks() {
    let fresh = Fresh::new();
    let mut db = fresh.connect();
    db.all(&["CREATE TABLE t (i TIMESTAMP(6) NULL)"]);
    db.bound("INSERT INTO t VALUES (?)", &[Datum::Instant(1_709_208_000_000_000)]).expect("it writes");
    let seconds = db.rows("SELECT CAST(UNIX_TIMESTAMP(i) AS SIGNED) FROM t");
    assert_eq!(seconds, [[Datum::Int(1_709_208_000)]]);
    assert_eq!(db.rows("SELECT @@session.time_zone"), [[text("+00:00")]]);
}

#[test]
fn what_has_no_value_in_rust_is_told_with_its_column() {
    let fresh = Fresh::new();
    let mut db = fresh.connect();
    db.all(&[
        "CREATE TABLE t (d DATE, dt DATETIME, span TIME, n INT)",
        "SET sql_mode = ''",
        "INSERT INTO t VALUES ('0000-00-00', '0000-00-00 00:00:00', '100:00:00', 1)",
        "INSERT INTO t VALUES ('2024-00-10', '2024-01-01 00:00:00', '-00:00:01', 2)",
    ]);
    for (sql, column) in [
        ("SELECT n, d FROM t WHERE n = 1", "d"),
        ("SELECT n, d AS day FROM t WHERE n = 2", "day"),
        ("SELECT dt FROM t WHERE n = 1", "dt"),
        ("SELECT span FROM t WHERE n = 1", "span"),
        ("SELECT span FROM t WHERE n = 2", "span"),
    ] {
        let both = [Statement::once(sql, StatementKind::Read), Statement::new(sql, StatementKind::Read)];
        for select in both {
            for _ in 0..3 {
                let error = db.full(&select, &[], 1, Expect::Any).expect_err(sql);
                assert_eq!((error.kind(), error.column()), (ErrorKind::Conversion, Some(column)), "{error}");
                assert!(error.help().is_some() && error.sql() == Some(sql), "{error}");
                assert_eq!(db.number("SELECT 40 + 2"), 42, "the next statement is innocent");
            }
        }
    }
}

#[test]
fn wrong_values_are_refused_and_named() {
    let fresh = Fresh::new();
    let mut db = fresh.connect();
    db.all(&["CREATE TABLE t (s VARCHAR(3), n TINYINT, d DATE, dec2 DECIMAL(4, 2), e ENUM('a'))"]);
    for (sql, value, column) in [
        ("INSERT INTO t (s) VALUES (?)", text("s3cr3t"), Some("s")),
        ("INSERT INTO t (n) VALUES (?)", Datum::Int(128), Some("n")),
        ("INSERT INTO t (n) VALUES (?)", text("s3cr3t"), Some("n")),
        ("INSERT INTO t (d) VALUES (?)", text("s3cr3t"), Some("d")),
        ("INSERT INTO t (dec2) VALUES (?)", Datum::Decimal("100.00".into()), Some("dec2")),
        ("INSERT INTO t (e) VALUES (?)", text("s3cr3t"), Some("e")),
        ("INSERT INTO t (d) VALUES (?)", Datum::Date(i32::MAX), None),
        ("INSERT INTO t (s) VALUES (?)", Datum::Float(f64::NAN), None),
        ("INSERT INTO t (dec2) VALUES (?)", Datum::Decimal("1); DROP TABLE t".into()), None),
    ] {
        let insert = Statement::new(sql, StatementKind::Write);
        for _ in 0..3 {
            let error = db.full(&insert, std::slice::from_ref(&value), 1, Expect::Any).expect_err(sql);
            assert_eq!((error.kind(), error.column()), (ErrorKind::Conversion, column), "{sql}: {error}");
            assert!(!error.to_string().contains("s3cr3t") && error.sql() == Some(sql), "{error}");
        }
    }
    assert_eq!(db.number("SELECT count(*) FROM t"), 0);
}

#[test]
fn sums_and_averages_are_decimals() {
    let fresh = Fresh::new();
    let mut db = fresh.connect();
    db.all(&["CREATE TABLE t (n BIGINT)", "INSERT INTO t VALUES (1), (2)"]);
    let sums = Statement::new("SELECT sum(n), avg(n), max(n), sum(n * 1.5e0) FROM t", StatementKind::Read);
    let decimal = |text: &str| Datum::Decimal(text.into());
    for _ in 0..3 {
        let row = db.full(&sums, &[], 1, Expect::Any).expect("it reads").rows;
        assert_eq!(row, [[decimal("3"), decimal("1.5000"), Datum::Int(2), Datum::Float(4.5)]]);
    }
}

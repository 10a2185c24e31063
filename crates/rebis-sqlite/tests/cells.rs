//! Values in, values out, and how many.
#![allow(missing_docs)]

mod common;

use common::{Db, PLACEMENTS, block_on, kind};
use rebis_core::{Binds, Cell, Datum, Error, ErrorKind, Result};
use rebis_driver::{Columns, Each, Expect, Flow, Sink, Step};
use rebis_sql::{Statement, StatementKind};
use rebis_sqlite::{Options, Placement};
use std::ops::ControlFlow;

#[test]
fn each_kind_of_value_is_stored_as_documented() {
    use Datum::*;
    for placement in PLACEMENTS {
        let mut db = Db::memory(placement);
        for (given, stored, type_name) in [
            (Null, Null, "null"),
            (Bool(true), Int(1), "integer"),
            (Int(i64::MIN), Int(i64::MIN), "integer"),
            (Float(1.5), Float(1.5), "real"),
            (Text(String::new()), Text(String::new()), "text"),
            (Text("häß\0lich".into()), Text("häß\0lich".into()), "text"),
            (Blob(vec![]), Blob(vec![]), "blob"),
            (Blob(vec![0, 255]), Blob(vec![0, 255]), "blob"),
            (Uuid([7; 16]), Blob(vec![7; 16]), "blob"),
            (Date(19_782), Text("2024-02-29".into()), "text"),
            (Time(1), Text("00:00:00.000001".into()), "text"),
            (Timestamp(0), Text("1970-01-01 00:00:00.000000".into()), "text"),
            (Instant(-1), Text("1969-12-31 23:59:59.999999+00:00".into()), "text"),
            (Decimal("12345678901234567890.10".into()), Text("12345678901234567890.10".into()), "text"),
        ] {
            let told = db.bound("SELECT ?1, typeof(?1)", std::slice::from_ref(&given)).expect("it is bound");
            assert_eq!(told.rows, [vec![stored, Text(type_name.into())]], "{given:?}");
        }
    }
}

#[test]
fn rows_of_any_width_come_whole() {
    for placement in PLACEMENTS {
        let mut db = Db::memory(placement);
        for width in [1, 4, 5, 8, 9, 16, 17, 64, 65, 256, 257, 2000] {
            let columns = (0..width).map(|n| n.to_string()).collect::<Vec<_>>().join(", ");
            let told = db.run(&format!("SELECT {columns} UNION ALL SELECT {columns}")).expect("it reads");
            let expected: Vec<Datum> = (0..width).map(Datum::Int).collect();
            assert_eq!(told.rows, [expected.clone(), expected], "{width} columns");
            assert_eq!(told.shown, 2);
        }
    }
}

#[test]
fn a_row_wider_than_any_array_on_the_stack_comes_whole() {
    let mut db = Db::memory(Placement::Inline);
    // `SELECT *` of tables joined may be wider than a table; the limit of a result is 2000.
    let columns: Vec<String> = (0..1000).map(|n| format!("c{n}")).collect();
    db.all(&[
        &format!("CREATE TABLE wide ({})", columns.join(", ")),
        "INSERT INTO wide (c0, c999) VALUES (1, 2)",
    ]);
    let told = db.run("SELECT a.*, b.* FROM wide a, wide b").expect("it reads");
    assert_eq!(told.rows[0].len(), 2000);
    assert_eq!((&told.rows[0][0], &told.rows[0][1999]), (&Datum::Int(1), &Datum::Int(2)));
}

#[test]
fn repetitions_bind_their_share_and_count_together() {
    for placement in PLACEMENTS {
        let mut db = Db::memory(placement);
        db.all(&["CREATE TABLE t (id INTEGER PRIMARY KEY, x)"]);
        let insert = Statement::new("INSERT INTO t (x) VALUES (?)", StatementKind::Write);
        let values: Vec<Datum> = (0..1000).map(Datum::Int).collect();
        let told = db.full(&insert, &values, 1000, Expect::Rows(1000)).expect("all go in");
        assert_eq!((told.affected, told.last_key), (1000, 1000));
        let told = db.run("SELECT sum(x), count(*) FROM t").expect("it reads");
        assert_eq!(told.rows, [vec![Datum::Int(499_500), Datum::Int(1000)]]);
        let none = db.full(&insert, &[], 0, Expect::Rows(0)).expect("nothing runs");
        assert_eq!(none.affected, 0);
    }
}

#[test]
fn returning_shows_rows_and_counts_them_as_affected() {
    for placement in PLACEMENTS {
        let mut db = Db::memory(placement);
        db.all(&["CREATE TABLE t (id INTEGER PRIMARY KEY, x)"]);
        let told = db.run("INSERT INTO t (x) VALUES (5), (6) RETURNING id, x").expect("it writes");
        assert_eq!(told.rows.len(), 2);
        assert_eq!((told.affected, told.last_key, told.shown), (2, 2, 2));
    }
}

#[test]
fn ddl_and_reads_affect_nothing_also_after_a_write() {
    let mut db = Db::memory(Placement::Inline);
    db.all(&["CREATE TABLE t (x)", "INSERT INTO t VALUES (1), (2), (3)"]);
    assert_eq!(db.run("CREATE TABLE u (x)").expect("it is made").affected, 0);
    assert_eq!(db.run("SELECT * FROM t").expect("it reads").affected, 0);
    assert_eq!(db.run("UPDATE t SET x = 1 WHERE x = 99").expect("it runs").affected, 0);
    assert_eq!(db.run("DELETE FROM t").expect("it deletes").affected, 3);
}

/// Takes one row, then has enough; remembers the names.
#[derive(Default)]
struct FirstOnly {
    names: Vec<String>,
    rows: usize,
}

impl Sink for FirstOnly {
    fn start(&mut self, columns: &dyn Columns) -> Result<()> {
        self.names = (0..columns.len()).map(|index| columns.name(index).to_owned()).collect();
        Ok(())
    }
    fn row(&mut self, _: &[Cell<'_>]) -> Result<Flow> {
        self.rows += 1;
        Ok(ControlFlow::Break(()))
    }
}

#[test]
fn a_sink_that_has_enough_stops_a_read_and_not_a_write() {
    for placement in PLACEMENTS {
        let mut db = Db::memory(placement);
        db.all(&["CREATE TABLE t (id INTEGER PRIMARY KEY, x)"]);
        let mut sink = FirstOnly::default();
        let (mut binds, insert) =
            (Binds::new(), "INSERT INTO t (x) VALUES (1), (2), (3) RETURNING id AS key");
        let statement = Statement::once(insert, StatementKind::Write);
        let mut steps = [Step::new(&statement, &mut binds, &mut sink)];
        block_on(db.conn().run(&mut steps)).expect("it writes");
        assert_eq!(steps[0].affected, 3);
        assert_eq!((sink.rows, sink.names), (1, vec!["key".to_owned()]));
        let endless =
            "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT n, n AS m FROM c";
        let statement = Statement::once(endless, StatementKind::Read);
        let mut sink = FirstOnly::default();
        let mut steps = [Step::new(&statement, &mut binds, &mut sink)];
        block_on(db.conn().run(&mut steps)).expect("it ends");
        assert_eq!((sink.rows, sink.names.len()), (1, 2));
        // The statement was reset: nothing holds the table.
        db.all(&["DROP TABLE t"]);
    }
}

#[test]
fn names_are_told_also_without_rows() {
    for placement in PLACEMENTS {
        let mut db = Db::memory(placement);
        let statement = Statement::once("SELECT 1 AS one WHERE 0", StatementKind::Read);
        let (mut binds, mut sink) = (Binds::new(), FirstOnly::default());
        block_on(db.conn().run(&mut [Step::new(&statement, &mut binds, &mut sink)])).expect("it reads");
        assert_eq!((sink.names, sink.rows), (vec!["one".to_owned()], 0));
    }
}

#[test]
fn an_error_of_the_sink_ends_the_batch_names_the_column_and_resets_the_statement() {
    for placement in PLACEMENTS {
        let mut db = Db::memory(placement);
        db.all(&["CREATE TABLE t (id INTEGER PRIMARY KEY, name)", "INSERT INTO t VALUES (1, 'x'), (2, 'y')"]);
        let select = Statement::new("SELECT id, name FROM t", StatementKind::Read);
        let insert = Statement::new("INSERT INTO t VALUES (3, 'z')", StatementKind::Write);
        let (mut binds, mut none, mut discard) = (Binds::new(), Binds::new(), rebis_driver::Discard);
        let mut sink = Each(|_: &[Cell<'_>]| -> Result<Flow> { Err(Error::conversion("no").with_index(1)) });
        let mut steps =
            [Step::new(&select, &mut binds, &mut sink), Step::new(&insert, &mut none, &mut discard)];
        let error = block_on(db.conn().run(&mut steps)).unwrap_err();
        assert_eq!((error.kind(), error.column()), (ErrorKind::Conversion, Some("name")));
        assert_eq!(error.sql(), Some("SELECT id, name FROM t"));
        // The second step did not run, and nothing is left open.
        assert_eq!(db.run("SELECT count(*) FROM t").expect("it reads").rows, [vec![Datum::Int(2)]]);
        db.all(&["DROP TABLE t"]);
    }
}

#[test]
fn text_that_is_not_utf8_arrives_as_bytes() {
    for placement in PLACEMENTS {
        let mut db = Db::memory(placement);
        let told = db.run("SELECT CAST(x'ff41' AS TEXT)").expect("it reads");
        assert_eq!(told.rows, [vec![Datum::Blob(vec![0xff, 0x41])]]);
    }
}

#[test]
fn a_kept_statement_sees_a_changed_schema() {
    for placement in PLACEMENTS {
        let mut db = Db::memory(placement);
        db.all(&["CREATE TABLE t (a)", "INSERT INTO t VALUES (1)"]);
        let all = Statement::new("SELECT * FROM t", StatementKind::Read);
        assert_eq!(db.full(&all, &[], 1, Expect::Any).expect("it reads").rows[0].len(), 1);
        db.all(&["ALTER TABLE t ADD COLUMN b"]);
        assert_eq!(db.full(&all, &[], 1, Expect::Any).expect("it reads").rows[0].len(), 2);
        db.conn().forget_statements();
        assert_eq!(db.full(&all, &[], 1, Expect::Any).expect("it reads").rows[0].len(), 2);
    }
}

#[test]
fn a_small_statement_cache_is_only_slower() {
    for size in [0, 1, 2] {
        let mut db = Db::open(Options::memory().statement_cache(size)).expect("memory opens");
        let statements: Vec<Statement> =
            (0..5).map(|n| Statement::new(format!("SELECT {n}"), kind("SELECT"))).collect();
        for index in (0..50).map(|n| n * 7 % 5) {
            let told = db.full(&statements[index], &[], 1, Expect::Any).expect("it reads");
            assert_eq!(told.rows, [vec![Datum::Int(index as i64)]]);
        }
    }
}

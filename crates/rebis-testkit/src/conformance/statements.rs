//! Kept statements: the same one many times, among many others, over changes of the schema.

use super::lab::ints;
use super::{Lab, Setup};
use rebis_core::{Datum, ErrorKind};
use rebis_driver::Expect;
use rebis_sql::{Statement, StatementKind};

const T: &str = "CREATE TABLE t (id {key}, n {int} UNIQUE)";

pub fn the_same_one_runs_many_times<S: Setup>(lab: &Lab<'_, S>) {
    let mut db = lab.prepared(&[T]);
    let (insert, find) =
        (db.statement("INSERT INTO t (n) VALUES ({?})"), db.statement("SELECT n FROM t WHERE n = {?}"));
    for n in 0..300 {
        db.full(&insert, &ints([n]), 1, Expect::Rows(1)).expect("it writes");
        let found = db.full(&find.clone(), &ints([n]), 1, Expect::Any).expect("it reads");
        assert_eq!(found.rows, [ints([n])]);
    }
}

pub fn parameters_may_change_their_kind<S: Setup>(lab: &Lab<'_, S>) {
    let mut db = lab.prepared(&["CREATE TABLE t (n {int}, s {text})"]);
    let insert = db.statement("INSERT INTO t VALUES ({?}, {?})");
    for row in [
        vec![Datum::Int(1), Datum::Text("a".into())],
        vec![Datum::Null, Datum::Null],
        vec![Datum::Int(2), Datum::Null],
        vec![Datum::Null, Datum::Text(String::new())],
    ] {
        db.full(&insert, &row, 1, Expect::Rows(1)).expect("it writes");
        assert_eq!(
            db.number("SELECT count(*) FROM t WHERE n IS NULL AND s IS NULL"),
            i64::from(row[0].is_null() && row[1].is_null())
        );
        db.all(&["DELETE FROM t"]);
    }
}

pub fn many_different_ones_are_only_slower<S: Setup>(lab: &Lab<'_, S>) {
    let mut db = lab.connect();
    let statements: Vec<Statement> =
        (0..600).map(|n| Statement::new(format!("SELECT {n}"), StatementKind::Read)).collect();
    for index in (0..1800).map(|n| n * 7 % 600) {
        let told = db.full(&statements[index], &[], 1, Expect::Any).expect("it reads");
        assert_eq!(told.rows, [ints([index as i64])]);
    }
}

pub fn one_that_runs_once_is_not_kept_and_works_again<S: Setup>(lab: &Lab<'_, S>) {
    let mut db = lab.connect();
    let once = Statement::once("SELECT 7", StatementKind::Read);
    for _ in 0..3 {
        assert_eq!(db.full(&once, &[], 1, Expect::Any).expect("it reads").rows, [ints([7])]);
    }
}

pub fn one_sees_a_column_that_was_added<S: Setup>(lab: &Lab<'_, S>) {
    let mut db = lab.prepared(&["CREATE TABLE t (a {int})", "INSERT INTO t VALUES (1)"]);
    let all = Statement::new("SELECT * FROM t", StatementKind::Read);
    assert_eq!(db.full(&all, &[], 1, Expect::Any).expect("it reads").rows, [ints([1])]);
    db.all(&["ALTER TABLE t ADD COLUMN b {int}", "UPDATE t SET b = 2"]);
    let told = db.full(&all, &[], 1, Expect::Any).expect("it reads");
    assert_eq!((told.rows, told.names.len()), (vec![ints([1, 2])], 2));
}

pub fn one_sees_a_table_that_was_made_anew<S: Setup>(lab: &Lab<'_, S>) {
    let mut db = lab.prepared(&["CREATE TABLE t (a {int})", "INSERT INTO t VALUES (1)"]);
    let all = Statement::new("SELECT * FROM t", StatementKind::Read);
    db.full(&all, &[], 1, Expect::Any).expect("it reads");
    db.all(&["DROP TABLE t"]);
    assert_eq!(db.full(&all, &[], 1, Expect::Any).expect_err("it is gone").kind(), ErrorKind::NoSuchObject);
    db.all(&["CREATE TABLE t (x {int}, y {int}, z {int})", "INSERT INTO t VALUES (1, 2, 3)"]);
    assert_eq!(db.full(&all, &[], 1, Expect::Any).expect("it reads").rows, [ints([1, 2, 3])]);
}

pub fn one_that_failed_works_when_its_reason_is_gone<S: Setup>(lab: &Lab<'_, S>) {
    let mut db = lab.connect();
    let insert = db.statement("INSERT INTO t (n) VALUES ({?})");
    let error = db.full(&insert, &ints([1]), 1, Expect::Any).expect_err("there is no table");
    assert_eq!(error.kind(), ErrorKind::NoSuchObject);
    db.all(&[T]);
    db.full(&insert, &ints([1]), 1, Expect::Rows(1)).expect("now there is");
    db.full(&insert, &ints([1]), 1, Expect::Any).expect_err("it is there");
    db.full(&insert, &ints([2]), 1, Expect::Rows(1)).expect("this one is not");
}

pub fn forgotten_ones_are_prepared_again<S: Setup>(lab: &Lab<'_, S>) {
    let mut db = lab.prepared(&[T]);
    let insert = db.statement("INSERT INTO t (n) VALUES ({?})");
    for n in 0..3 {
        db.full(&insert, &ints([n]), 1, Expect::Rows(1)).expect("it writes");
        db.wire().forget_statements();
        db.is_innocent();
    }
    assert_eq!(db.number("SELECT count(*) FROM t"), 3);
}

pub fn one_serves_several_connections<S: Setup>(lab: &Lab<'_, S>) {
    let mut one = lab.prepared(&[T, "INSERT INTO t (n) VALUES (5)"]);
    let mut two = lab.connect();
    let find = one.statement("SELECT n FROM t");
    for _ in 0..3 {
        assert_eq!(one.full(&find, &[], 1, Expect::Any).expect("it reads").rows, [ints([5])]);
        assert_eq!(two.full(&find, &[], 1, Expect::Any).expect("it reads").rows, [ints([5])]);
    }
}

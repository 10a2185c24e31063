//! Texts, prepared statements and batches, where this driver differs from others.
#![allow(missing_docs)]

mod common;

use common::{Fresh, Keep, block_on, kind};
use rebis_core::{Binds, Datum, Error, ErrorKind, Result};
use rebis_driver::{Connection, Discard, Each, Expect, Link, Step};
use rebis_sql::{Statement, StatementKind};
use std::ops::ControlFlow;

/// Runs texts as one batch; what each affected.
fn batch(wire: &mut Box<dyn Connection>, texts: &[(&str, Expect)]) -> (Result<()>, Vec<(u64, i64)>) {
    let statements: Vec<Statement> = texts.iter().map(|(sql, _)| Statement::once(*sql, kind(sql))).collect();
    let mut binds: Vec<Binds> = texts.iter().map(|_| Binds::new()).collect();
    let mut sinks = vec![Discard; texts.len()];
    let steps = statements.iter().zip(&mut binds).zip(&mut sinks).zip(texts);
    let mut steps: Vec<Step<'_>> = steps
        .map(|(((statement, binds), sink), (_, expect))| Step {
            expect: *expect,
            ..Step::new(statement, binds, sink)
        })
        .collect();
    let result = block_on(wire.run(&mut steps));
    (result, steps.iter().map(|step| (step.affected, step.last_key)).collect())
}

const ANY: Expect = Expect::Any;

/// How many commands the server has been sent by this connection.
fn questions(db: &mut common::Db) -> i64 {
    let rows = db.rows("SELECT variable_value FROM information_schema.session_status WHERE variable_name = 'Com_stmt_execute'");
    let Some(Datum::Text(number)) = rows[0].first() else { panic!("{rows:?}") };
    number.parse().expect("a number")
}

#[test]
fn a_text_is_never_two_statements_of_the_users() {
    let fresh = Fresh::new();
    let mut db = fresh.connect();
    db.all(&["CREATE TABLE t (n INT)", "INSERT INTO t VALUES (1)"]);
    for sql in [
        "SELECT 1; DELETE FROM t",
        "SELECT 'a\\\\'; DELETE FROM t -- '",
        "SELECT 1 -- x\n; DELETE FROM t",
        "SELECT 1 /*! ; DELETE FROM t */",
        "INSERT INTO t VALUES (2); DELETE FROM t",
    ] {
        for statement in [Statement::once(sql, kind(sql)), Statement::new(sql, kind(sql))] {
            for _ in 0..3 {
                let error = db.full(&statement, &[], 1, ANY).expect_err(sql);
                assert_eq!(error.kind(), ErrorKind::InvalidStatement, "{sql}: {error}");
            }
        }
        assert_eq!(db.number("SELECT count(*) FROM t"), 1, "{sql}");
    }
    for (sql, expected) in [
        ("SELECT 'a;b'", "a;b"),
        ("SELECT 'a\\'; DELETE FROM t; -- '", "a'; DELETE FROM t; -- "),
        ("SELECT ':name'", ":name"),
        ("SELECT 'x' -- the end", "x"),
        ("SELECT /*! 'y' */", "y"),
        ("SELECT 'z';", "z"),
    ] {
        assert_eq!(db.rows(sql), [[Datum::Text(expected.into())]], "{sql}");
    }
    assert_eq!(db.run("SELECT :name").expect_err("it is no SQL").kind(), ErrorKind::InvalidStatement);
    assert_eq!(
        db.bound("SELECT :name, ?", &[Datum::Int(1)]).expect_err("no").kind(),
        ErrorKind::InvalidStatement
    );
    assert_eq!(db.number("SELECT count(*) FROM t"), 1, "the connection lives");
}

#[test]
fn values_cannot_leave_their_place() {
    let fresh = Fresh::new();
    let mut db = fresh.connect();
    db.all(&["CREATE TABLE t (s TEXT)"]);
    for value in ["'); DROP TABLE t; -- ", "\\'; DROP TABLE t", "\u{0}'", "? :a", "X'41'"] {
        for sql in ["INSERT INTO t VALUES (?)", "INSERT INTO t VALUES (/* ? */ ?)"] {
            db.bound(sql, &[Datum::Text(value.into())]).expect("it writes");
        }
        let found = db.bound(
            "SELECT s FROM t WHERE s = ? AND '?' = '?' AND `s` <> \"?\"",
            &[Datum::Text(value.into())],
        );
        assert_eq!(found.expect("it reads").rows, vec![vec![Datum::Text(value.into())]; 2]);
        db.all(&["DELETE FROM t"]);
    }
}

#[test]
fn a_kept_statement_is_prepared_when_it_comes_back_and_follows_the_schema() {
    let fresh = Fresh::new();
    let (mut db, mut other) = (fresh.connect(), fresh.connect());
    db.all(&["CREATE TABLE t (a INT)", "INSERT INTO t VALUES (1)"]);
    let all = Statement::new("SELECT * FROM t", StatementKind::Read);
    let before = questions(&mut db);
    for _ in 0..3 {
        assert_eq!(db.full(&all, &[], 1, ANY).expect("it reads").rows, [[Datum::Int(1)]]);
    }
    assert_eq!(questions(&mut db) - before, 2, "the first run was a text");
    for (change, names) in [
        ("ALTER TABLE t ADD COLUMN b INT DEFAULT 2", vec!["a", "b"]),
        ("ALTER TABLE t DROP COLUMN a", vec!["b"]),
        ("ALTER TABLE t ADD COLUMN s VARCHAR(9) DEFAULT 'x' FIRST", vec!["s", "b"]),
    ] {
        other.all(&[change]);
        for _ in 0..2 {
            let told = db.full(&all, &[], 1, ANY).expect("it reads");
            assert_eq!((told.names, told.rows.len()), (names.iter().map(ToString::to_string).collect(), 1));
        }
    }
}

#[test]
fn statements_make_room_for_others() {
    let fresh = Fresh::new();
    let mut db = common::Db::on(fresh.options().statement_cache(5));
    let statements: Vec<Statement> =
        (0..40).map(|n| Statement::new(format!("SELECT {n} + ?"), StatementKind::Read)).collect();
    for round in 0..4 {
        for (n, statement) in statements.iter().enumerate().flat_map(|pair| [pair, pair]) {
            let told = db.full(statement, &[Datum::Int(round)], 1, ANY).expect("it reads");
            assert_eq!(told.rows, [[Datum::Int(n as i64 + round)]]);
        }
    }
    let open = db.rows("SHOW SESSION STATUS LIKE 'Com_stmt_close'");
    assert!(matches!(&open[0][1], Datum::Text(n) if n.parse::<u32>().expect("a number") >= 80), "{open:?}");
}

#[test]
fn a_transaction_whose_statement_failed_cannot_be_committed() {
    let fresh = Fresh::new();
    let mut db = fresh.connect();
    db.all(&["CREATE TABLE t (n INT UNIQUE)", "BEGIN", "INSERT INTO t VALUES (1)"]);
    db.run("INSERT INTO t VALUES (1)").expect_err("it is there");
    assert_eq!(db.run("COMMIT").expect_err("the error was swallowed").kind(), ErrorKind::TransactionAborted);
    assert_eq!(db.link(), Link::Aborted);
    db.all(&["ROLLBACK"]);
    // In one text with its COMMIT it stops where it failed, and leaves nothing.
    let any = |sql| (sql, ANY);
    let texts =
        [any("BEGIN"), any("INSERT INTO t VALUES (1)"), any("INSERT INTO t VALUES (1)"), any("COMMIT")];
    let (result, told) = batch(db.wire(), &texts);
    let error = result.expect_err("it is there");
    assert_eq!((error.kind(), error.sql()), (ErrorKind::UniqueViolation, Some(texts[2].0)));
    assert_eq!((told[1].0, told[2].0, db.link()), (1, 0, Link::Aborted));
    db.all(&["ROLLBACK"]);
    assert_eq!(db.number("SELECT count(*) FROM t"), 0);
    assert_eq!(
        db.run("BEGIN").and_then(|_| db.run("BEGIN")).expect_err("twice").kind(),
        ErrorKind::InvalidState
    );
}

#[test]
fn a_stale_row_is_never_committed() {
    let fresh = Fresh::new();
    let mut db = fresh.connect();
    db.all(&["CREATE TABLE t (id INT PRIMARY KEY, n INT)", "INSERT INTO t VALUES (1, 1), (2, 2)"]);
    let stale = [
        ("BEGIN", ANY),
        ("UPDATE t SET n = 0 WHERE id = 1", Expect::Rows(1)),
        ("UPDATE t SET n = 0 WHERE id = 3", Expect::Rows(1)),
        ("INSERT INTO t VALUES (4, 4)", Expect::Rows(1)),
        ("COMMIT", ANY),
    ];
    let (result, told) = batch(db.wire(), &stale);
    let error = result.expect_err("row 3 is not there");
    assert_eq!((error.kind(), error.sql()), (ErrorKind::StaleRow, Some(stale[2].0)));
    assert_eq!(told, [(0, 0), (1, 0), (0, 0), (0, 0), (0, 0)]);
    // The server itself has stopped.
    assert_eq!(db.link(), Link::InTransaction);
    assert_eq!(db.number("SELECT count(*) FROM t"), 2);
    db.all(&["ROLLBACK"]);
    // Without a COMMIT behind them all are sent: more has run than the caller knows of.
    let (result, told) = batch(db.wire(), &stale[..4]);
    assert_eq!(result.expect_err("row 3 is not there").kind(), ErrorKind::StaleRow);
    assert_eq!((told[3], db.link()), ((0, 0), Link::Aborted));
    db.all(&["ROLLBACK"]);
    assert_eq!(db.rows("SELECT n FROM t ORDER BY n"), [[Datum::Int(1)], [Datum::Int(2)]]);
    // Rows that are so already are matched.
    let same = [("BEGIN", ANY), ("UPDATE t SET n = n", Expect::Rows(2)), ("COMMIT", ANY)];
    batch(db.wire(), &same).0.expect("two rows are matched");
    assert_eq!(db.link(), Link::Idle);
}

#[test]
fn a_sink_that_refuses_returned_rows_spoils_what_ran_behind_it() {
    let fresh = Fresh::new();
    let mut db = fresh.connect();
    db.all(&["CREATE TABLE t (n INT)", "BEGIN"]);
    let insert = Statement::once("INSERT INTO t VALUES (?) RETURNING n", StatementKind::Write);
    let (mut one, mut two) = (Binds::new(), Binds::new());
    one.int(1);
    two.int(2);
    let mut refuse = Each(|_: &[rebis_core::Cell<'_>]| Err(Error::conversion("no")));
    let mut keep = Keep::default();
    let mut steps = [Step::new(&insert, &mut one, &mut refuse), Step::new(&insert, &mut two, &mut keep)];
    assert_eq!(block_on(db.wire().run(&mut steps)).expect_err("the sink says so").message(), "no");
    assert_eq!((db.link(), keep.rows.len()), (Link::Aborted, 0));
    db.all(&["ROLLBACK"]);
    // Outside of a transaction nothing runs ahead.
    let mut steps = [Step::new(&insert, &mut one, &mut refuse), Step::new(&insert, &mut two, &mut keep)];
    block_on(db.wire().run(&mut steps)).expect_err("the sink says so");
    assert_eq!((db.link(), db.number("SELECT count(*) FROM t")), (Link::Idle, 1));
}

#[test]
fn each_insert_of_a_text_tells_its_key() {
    let fresh = Fresh::new();
    let mut db = fresh.connect();
    db.all(&["CREATE TABLE t (id BIGINT AUTO_INCREMENT PRIMARY KEY, n INT)"]);
    let insert = "INSERT INTO t (n) VALUES (7)";
    let (result, told) = batch(db.wire(), &[("BEGIN", ANY), (insert, ANY), (insert, ANY), ("COMMIT", ANY)]);
    result.expect("it writes");
    assert_eq!(told, [(0, 0), (1, 1), (1, 2), (0, 0)]);
    // The last one of many rows, in one statement or in many runs of one.
    assert_eq!(db.run("INSERT INTO t (n) VALUES (1), (2), (3)").expect("it writes").last_key, 5);
    let insert = Statement::new("INSERT INTO t (n) VALUES (?), (0)", StatementKind::Write);
    for (times, last) in [(3, 11), (1, 13), (1, 15), (1, 17)] {
        let values = vec![Datum::Int(1); times];
        let told = db.full(&insert, &values, times, Expect::Rows(2 * times as u64)).expect("it writes");
        assert_eq!((told.last_key, db.number("SELECT max(id) FROM t")), (last, last));
    }
    // A zero is a key, and no call for a new one.
    assert_eq!(db.run("INSERT INTO t (id, n) VALUES (0, 1)").expect("it writes").affected, 1);
    assert_eq!(db.number("SELECT n FROM t WHERE id = 0"), 1);
}

#[test]
fn ddl_ends_a_transaction_and_the_link_says_so() {
    let fresh = Fresh::new();
    let mut db = fresh.connect();
    db.all(&["CREATE TABLE t (n INT)", "BEGIN", "INSERT INTO t VALUES (1)", "CREATE TABLE u (n INT)"]);
    assert_eq!(db.link(), Link::Idle);
    db.all(&["COMMIT", "ROLLBACK"]);
    assert_eq!(db.number("SELECT count(*) FROM t"), 1);
}

#[test]
fn a_result_that_nobody_reads_to_its_end_does_not_meet_the_next_statement() {
    let fresh = Fresh::new();
    let mut db = fresh.connect();
    db.all(&["CREATE TABLE t (n INT)", "INSERT INTO t VALUES (1), (2), (0)"]);
    // Fails at its third row, which the sink does not want to see.
    let sql = "SELECT IF(n = 0, (SELECT n FROM t), n) FROM t";
    let select = Statement::once(sql, StatementKind::Read);
    let (mut none, mut enough) =
        (Binds::new(), Each(|_: &[rebis_core::Cell<'_>]| Ok(ControlFlow::Break(()))));
    let error =
        block_on(db.wire().run(&mut [Step::new(&select, &mut none, &mut enough)])).expect_err("at its end");
    assert_eq!(error.sql(), Some(sql));
    assert_eq!(db.number("SELECT 40 + 2"), 42);
}

#[test]
fn large_values_go_whole_or_are_refused() {
    let fresh = Fresh::new();
    let mut db = fresh.connect();
    db.all(&["CREATE TABLE t (b LONGBLOB)"]);
    let most = db.number("SELECT @@max_allowed_packet") as usize;
    let insert = "INSERT INTO t VALUES (?)";
    let blob = Datum::Blob(vec![b'\''; most - 4096]);
    db.bound(insert, std::slice::from_ref(&blob)).expect("it just fits");
    assert_eq!(db.number("SELECT sum(length(b)) - 0e0 = @@max_allowed_packet - 4096 FROM t"), 1);
    let error = db.bound(insert, &[Datum::Blob(vec![0; most + 1])]).expect_err("it does not fit");
    assert_eq!((error.kind(), error.is_disconnect()), (ErrorKind::Limit, false), "{error}");
    for sql in [format!("SELECT '{}'", "x".repeat(most)), format!("SELECT '{}' -- ", "x".repeat(most))] {
        assert_eq!(db.run(&sql).expect_err("it does not fit").kind(), ErrorKind::Limit);
    }
    assert_eq!(db.number("SELECT count(*) FROM t"), 1, "the connection lives");
}

#[test]
fn a_procedure_with_results_leaves_the_connection_well() {
    let fresh = Fresh::new();
    let mut db = fresh.connect();
    db.all(&["CREATE PROCEDURE p() BEGIN SELECT 1 AS a; SELECT 2 AS b; END"]);
    for _ in 0..2 {
        let told = db.run("CALL p()").expect("it runs");
        assert_eq!((told.names, told.rows), (vec!["a".to_owned()], vec![vec![Datum::Int(1)]]));
        assert_eq!(db.number("SELECT 40 + 2"), 42);
    }
}

#[test]
fn a_returned_value_that_cannot_be_shown_spoils_what_ran_behind_it() {
    let fresh = Fresh::new();
    let mut db = fresh.connect();
    db.all(&["CREATE TABLE t (n INT UNIQUE, span TIME)"]);
    for behind in [2, 1] {
        db.all(&["BEGIN"]);
        let texts = [
            "INSERT INTO t VALUES (1, '100:00:00') RETURNING span".to_owned(),
            format!("INSERT INTO t VALUES ({behind}, '00:00:00') RETURNING n"),
        ];
        let statements = texts.map(|sql| Statement::once(sql, StatementKind::Write));
        let (mut none, mut nothing, mut one, mut two) =
            (Binds::new(), Binds::new(), Keep::default(), Keep::default());
        let [first, second] = &statements;
        let mut steps = [Step::new(first, &mut none, &mut one), Step::new(second, &mut nothing, &mut two)];
        let error = block_on(db.wire().run(&mut steps)).expect_err("it is no time of day");
        assert_eq!(
            (error.kind(), error.column(), error.sql()),
            (ErrorKind::Conversion, Some("span"), Some(first.sql()))
        );
        assert_eq!((db.link(), two.rows.len()), (Link::Aborted, 0));
        db.all(&["ROLLBACK"]);
        assert_eq!(db.number("SELECT count(*) FROM t"), 0, "the next statement is innocent");
    }
}

//! Batches: repetitions, counts, generated keys, expectations, the order of steps and where they stop.

use super::lab::{Keep, binds, ints};
use super::{Lab, Setup};
use rebis_core::{Binds, Datum, ErrorKind, Result};
use rebis_driver::{Discard, Expect, Link, Step};
use rebis_sql::KeySource;

const T: &str = "CREATE TABLE t (id {key}, n {int} UNIQUE)";

/// Runs a text after the other, as one batch; how many rows each affected.
fn batch<S: Setup>(db: &mut super::lab::Wire<'_, S>, texts: &[(&str, Expect)]) -> (Result<()>, Vec<u64>) {
    let statements: Vec<_> = texts.iter().map(|(text, _)| db.statement(text)).collect();
    let mut nothing: Vec<Binds> = texts.iter().map(|_| Binds::new()).collect();
    let mut sinks = vec![Discard; texts.len()];
    let mut steps: Vec<Step<'_>> = statements
        .iter()
        .zip(&mut nothing)
        .zip(&mut sinks)
        .zip(texts)
        .map(|(((statement, binds), sink), (_, expect))| Step {
            expect: *expect,
            ..Step::new(statement, binds, sink)
        })
        .collect();
    let result = db.steps(&mut steps);
    let affected = steps.iter().map(|step| step.affected).collect();
    (result, affected)
}

pub fn repetitions_take_their_share_of_the_parameters<S: Setup>(lab: &Lab<'_, S>) {
    let mut db = lab.prepared(&["CREATE TABLE t (n {int}, m {int})"]);
    let insert = db.statement("INSERT INTO t VALUES ({?}, {?})");
    let values: Vec<Datum> = (0..500).flat_map(|n| ints([n, -n])).collect();
    let told = db.full(&insert, &values, 500, Expect::Rows(500)).expect("it writes");
    assert_eq!(told.affected, 500, "affected rows are counted in all repetitions together");
    let found = db.rows("SELECT n, m FROM t ORDER BY n");
    assert_eq!(found, (0..500).map(|n| ints([n, -n])).collect::<Vec<_>>());
}

pub fn no_repetition_does_nothing<S: Setup>(lab: &Lab<'_, S>) {
    let mut db = lab.prepared(&[T]);
    let insert = db.statement("INSERT INTO t (n) VALUES ({?})");
    let told = db.full(&insert, &[], 0, Expect::Rows(0)).expect("nothing is nothing");
    assert_eq!(told.affected, 0);
    assert_eq!(db.number("SELECT count(*) FROM t"), 0);
}

pub fn repetitions_that_do_not_share_evenly_are_an_error<S: Setup>(lab: &Lab<'_, S>) {
    let mut db = lab.prepared(&[T]);
    let insert = db.statement("INSERT INTO t (n) VALUES ({?})");
    let error = db.full(&insert, &ints(0..3), 2, Expect::Any).expect_err("three for two");
    assert_eq!(error.kind(), ErrorKind::InvalidStatement, "{error}");
    assert_eq!(db.number("SELECT count(*) FROM t"), 0, "nothing runs before the parameters are counted");
}

pub fn a_repetition_that_fails_stops_the_step<S: Setup>(lab: &Lab<'_, S>) {
    let mut db = lab.prepared(&[T, "BEGIN"]);
    let insert = db.statement("INSERT INTO t (n) VALUES ({?})");
    let error = db.full(&insert, &ints([1, 2, 1, 3]), 4, Expect::Any).expect_err("1 comes twice");
    assert_eq!(error.kind(), ErrorKind::UniqueViolation);
    db.all(&["ROLLBACK"]);
    assert_eq!(db.number("SELECT count(*) FROM t"), 0);
    db.full(&insert, &ints([1, 2]), 2, Expect::Rows(2)).expect("the statement is as good as new");
}

pub fn affected_counts_inserted_matched_and_deleted_rows<S: Setup>(lab: &Lab<'_, S>) {
    let mut db = lab.prepared(&[T]);
    for (text, affected) in [
        ("INSERT INTO t (n) VALUES (1), (2), (3)", 3),
        ("UPDATE t SET n = n + 10 WHERE n > 1", 2),
        ("UPDATE t SET n = n", 3),
        ("UPDATE t SET n = 0 WHERE n = 99", 0),
        ("DELETE FROM t WHERE n > 1", 2),
        ("DELETE FROM t WHERE n > 1", 0),
        ("DELETE FROM t", 1),
    ] {
        assert_eq!(db.run(text).expect("it writes").affected, affected, "{text}");
    }
}

pub fn the_generated_key_of_the_last_row_is_told<S: Setup>(lab: &Lab<'_, S>) {
    if lab.caps().keys == KeySource::Sequence {
        return lab.skip("keys come from sequences, and the database does not tell them");
    }
    let mut db = lab.prepared(&[T]);
    for n in [5, 6] {
        let key = db.bound("INSERT INTO t (n) VALUES ({?})", &ints([n])).expect("it writes").last_key;
        assert_eq!(db.number(&format!("SELECT n FROM t WHERE id = {key}")), n);
    }
    let insert = db.statement("INSERT INTO t (n) VALUES ({?})");
    let key = db.full(&insert, &ints([7, 8, 9]), 3, Expect::Any).expect("it writes").last_key;
    assert_eq!(db.number(&format!("SELECT n FROM t WHERE id = {key}")), 9);
}

pub fn an_expectation_that_is_met_is_silent<S: Setup>(lab: &Lab<'_, S>) {
    let mut db = lab.prepared(&[T, "INSERT INTO t (n) VALUES (1), (2)"]);
    let (result, affected) = batch(
        &mut db,
        &[
            ("UPDATE t SET n = n + 10", Expect::Rows(2)),
            ("DELETE FROM t WHERE n = 99", Expect::Rows(0)),
            ("DELETE FROM t", Expect::Any),
        ],
    );
    result.expect("all is as expected");
    assert_eq!(affected, [2, 0, 2]);
}

pub fn another_number_of_rows_is_a_stale_row_and_stops_the_batch<S: Setup>(lab: &Lab<'_, S>) {
    let mut db = lab.prepared(&[T, "INSERT INTO t (n) VALUES (1), (2)"]);
    for expected in [1, 3] {
        db.all(&["BEGIN"]);
        let (result, affected) = batch(
            &mut db,
            &[("UPDATE t SET n = n + 10", Expect::Rows(expected)), ("DELETE FROM t", Expect::Any)],
        );
        let error = result.expect_err("two rows are affected");
        assert_eq!(error.kind(), ErrorKind::StaleRow);
        assert!(error.sql().is_some_and(|sql| sql.starts_with("UPDATE")), "it names its statement: {error}");
        assert_eq!((affected[0], affected[1]), (2, 0), "the count is told, and the next step does not run");
        db.all(&["ROLLBACK"]);
        assert_eq!(db.rows("SELECT n FROM t ORDER BY n"), [ints([1]), ints([2])]);
    }
}

pub fn an_expectation_is_for_all_repetitions_together<S: Setup>(lab: &Lab<'_, S>) {
    let mut db = lab.prepared(&[T, "INSERT INTO t (n) VALUES (1), (2), (3)"]);
    let update = db.statement("UPDATE t SET n = -n WHERE n = {?}");
    assert_eq!(db.full(&update, &ints([1, 2]), 2, Expect::Rows(2)).expect("both are there").affected, 2);
    let error = db.full(&update, &ints([3, 4]), 2, Expect::Rows(2)).expect_err("4 is not there");
    assert_eq!(error.kind(), ErrorKind::StaleRow);
}

pub fn steps_run_in_order_and_stop_at_the_first_error<S: Setup>(lab: &Lab<'_, S>) {
    let mut db = lab.prepared(&[T]);
    let any = |text| (text, Expect::Any);
    let (result, affected) = batch(
        &mut db,
        &[
            any("INSERT INTO t (n) VALUES (1)"),
            any("INSERT INTO t (n) VALUES (1)"),
            any("INSERT INTO t (n) VALUES (2)"),
        ],
    );
    let error = result.expect_err("the second violates");
    assert_eq!(error.kind(), ErrorKind::UniqueViolation);
    assert_eq!(affected[2], 0);
    assert_eq!(db.number("SELECT count(*) FROM t WHERE n = 2"), 0, "the third did not run");
    db.is_innocent();
}

pub fn a_transaction_is_steps_like_others<S: Setup>(lab: &Lab<'_, S>) {
    let mut db = lab.prepared(&[T]);
    let any = |text| (text, Expect::Any);
    let begin = lab.caps().begin_write;
    let (result, affected) =
        batch(&mut db, &[any(begin), any("INSERT INTO t (n) VALUES (1), (2)"), any("COMMIT")]);
    result.expect("it commits");
    assert_eq!((affected[1], db.link()), (2, Link::Idle));
    assert_eq!(lab.connect().number("SELECT count(*) FROM t"), 2);
}

pub fn a_failed_batch_never_reaches_its_commit<S: Setup>(lab: &Lab<'_, S>) {
    let mut db = lab.prepared(&[T]);
    let any = |text| (text, Expect::Any);
    let texts = ["INSERT INTO t (n) VALUES (1)", "INSERT INTO t (n) VALUES (1)"];
    let (result, _) =
        batch(&mut db, &[any(lab.caps().begin_write), any(texts[0]), any(texts[1]), any("COMMIT")]);
    result.expect_err("the second violates");
    assert!(matches!(db.link(), Link::InTransaction | Link::Aborted), "{:?}", db.link());
    db.all(&["ROLLBACK"]);
    assert_eq!(lab.connect().number("SELECT count(*) FROM t"), 0);
}

pub fn what_a_statement_returns_is_shown_and_counted<S: Setup>(lab: &Lab<'_, S>) {
    if !lab.caps().returning {
        return lab.skip("the database has no RETURNING");
    }
    let mut db = lab.prepared(&[T]);
    let told = db.run("INSERT INTO t (n) VALUES (5), (6) RETURNING n").expect("it writes");
    let mut found = told.rows;
    found.sort_by_key(|row| format!("{row:?}"));
    assert_eq!(found, [ints([5]), ints([6])]);
    assert_eq!((told.affected, told.shown, told.starts), (2, 2, 1));
}

pub fn repetitions_return_to_one_sink<S: Setup>(lab: &Lab<'_, S>) {
    if !lab.caps().returning {
        return lab.skip("the database has no RETURNING");
    }
    let mut db = lab.prepared(&[T]);
    let insert = db.statement("INSERT INTO t (n) VALUES ({?}) RETURNING n");
    let told = db.full(&insert, &ints(0..100), 100, Expect::Rows(100)).expect("it writes");
    assert_eq!(told.rows, (0..100).map(|n| ints([n])).collect::<Vec<_>>());
    assert_eq!((told.affected, told.shown, told.starts), (100, 100, 1), "columns are told once a step");
}

pub fn a_step_that_runs_again_counts_anew<S: Setup>(lab: &Lab<'_, S>) {
    let mut db = lab.prepared(&[T]);
    let update = db.statement("UPDATE t SET n = n WHERE n = {?}");
    db.all(&["INSERT INTO t (n) VALUES (1)"]);
    let (mut given, mut keep) = (binds(&ints([1])), Keep::default());
    let mut steps = [Step::new(&update, &mut given, &mut keep)];
    for _ in 0..3 {
        db.steps(&mut steps).expect("it writes");
        assert_eq!(steps[0].affected, 1);
    }
}

pub fn parameters_of_steps_that_did_not_run_come_back<S: Setup>(lab: &Lab<'_, S>) {
    let mut db = lab.prepared(&[T]);
    let (insert, wrong) =
        (db.statement("INSERT INTO t (n) VALUES ({?})"), db.statement("SELECT n FROM no_such_table"));
    let (mut none, mut given, mut sinks) = (Binds::new(), binds(&ints([7])), [Discard; 2]);
    let [first, second] = &mut sinks;
    let mut steps = [Step::new(&wrong, &mut none, first), Step::new(&insert, &mut given, second)];
    db.steps(&mut steps).expect_err("there is no such table");
    assert_eq!(steps[1].affected, 0);
    assert_eq!(given.iter().map(Datum::from).collect::<Vec<_>>(), ints([7]));
    assert_eq!(db.number("SELECT count(*) FROM t"), 0);
}

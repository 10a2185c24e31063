//! Sinks that have enough, and sinks that fail: the rest of the answer is read, and the next statement is innocent.

use super::lab::{Keep, Wire, ints};
use super::{Lab, Setup};
use rebis_core::{Binds, Cell, Error, ErrorKind, Result};
use rebis_driver::{Columns, Discard, Each, Expect, Flow, Link, Sink, Step};
use std::ops::ControlFlow;

const T: &str = "CREATE TABLE t (id {key}, n {int})";

/// A table of the numbers below 3000: more than any chunk.
fn numbers<'s, S: Setup>(lab: &Lab<'s, S>) -> Wire<'s, S> {
    let mut db = lab.prepared(&[T, "BEGIN"]);
    let insert = db.statement("INSERT INTO t (n) VALUES ({?})");
    db.full(&insert, &ints(0..3000), 3000, Expect::Any).expect("it writes");
    db.all(&["COMMIT"]);
    db
}

pub fn one_that_has_enough_gets_no_more<S: Setup>(lab: &Lab<'_, S>) {
    let mut db = numbers(lab);
    let select = db.statement("SELECT n FROM t ORDER BY n");
    for most in [1, 2, 63, 64, 65, 1000] {
        let (mut none, mut keep) = (Binds::new(), Keep { most, ..Keep::default() });
        let mut steps = [Step::new(&select, &mut none, &mut keep)];
        db.steps(&mut steps).expect("it reads");
        assert_eq!(steps[0].rows, most as u64, "`rows` counts what the sink was shown");
        assert_eq!(keep.rows, (0..most as i64).map(|n| ints([n])).collect::<Vec<_>>());
        db.is_innocent();
    }
    // Nothing is left reading the table.
    db.all(&["DROP TABLE t"]);
}

pub fn one_that_has_enough_stops_its_own_step_alone<S: Setup>(lab: &Lab<'_, S>) {
    let mut db = numbers(lab);
    let (select, count) = (db.statement("SELECT n FROM t"), db.statement("SELECT count(*) FROM t"));
    let (mut none, mut nothing) = (Binds::new(), Binds::new());
    let (mut few, mut all) = (Keep { most: 2, ..Keep::default() }, Keep::default());
    db.steps(&mut [Step::new(&select, &mut none, &mut few), Step::new(&count, &mut nothing, &mut all)])
        .expect("it reads");
    assert_eq!((few.rows.len(), all.rows), (2, vec![ints([3000])]));
}

pub fn a_write_is_done_whole_when_its_sink_has_enough<S: Setup>(lab: &Lab<'_, S>) {
    if !lab.caps().returning {
        return lab.skip("the database has no RETURNING");
    }
    let mut db = lab.prepared(&[T]);
    let insert = db.statement("INSERT INTO t (n) VALUES (1), (2), (3) RETURNING n");
    let (mut none, mut keep) = (Binds::new(), Keep { most: 1, ..Keep::default() });
    let mut steps = [Step::new(&insert, &mut none, &mut keep)];
    db.steps(&mut steps).expect("it writes");
    assert_eq!((steps[0].affected, steps[0].rows), (3, 1));
    assert_eq!(db.number("SELECT count(*) FROM t"), 3);
}

pub fn an_error_ends_the_batch_and_names_statement_and_column<S: Setup>(lab: &Lab<'_, S>) {
    let mut db = numbers(lab);
    let delete = db.statement("DELETE FROM t");
    // Also results that a driver may have read to their end, with the next step begun, when the sink speaks.
    for (rows, after) in [(1, 0), (3, 1), (64, 63), (3000, 0), (3000, 64), (3000, 500)] {
        let text = format!("SELECT id, n FROM t WHERE n < {rows} ORDER BY n");
        let select = db.statement(&text);
        let (mut none, mut nothing, mut discard, mut seen) = (Binds::new(), Binds::new(), Discard, 0);
        let mut sink = Each(|_: &[Cell<'_>]| -> Result<Flow> {
            seen += 1;
            match seen > after {
                true => Err(Error::conversion("this does not fit").with_index(1)),
                false => Ok(ControlFlow::Continue(())),
            }
        });
        let mut steps =
            [Step::new(&select, &mut none, &mut sink), Step::new(&delete, &mut nothing, &mut discard)];
        let error = db.steps(&mut steps).expect_err("the sink says so");
        assert_eq!((error.kind(), error.message()), (ErrorKind::Conversion, "this does not fit"));
        assert_eq!(error.column(), Some("n"), "the driver adds the name of the column");
        assert_eq!(error.sql(), Some(text.as_str()));
        assert_eq!(seen, after + 1, "a sink that has failed is not called again");
        assert_eq!(db.link(), Link::Idle);
        assert_eq!(db.number("SELECT count(*) FROM t"), 3000, "the next step did not run");
    }
    db.all(&["DROP TABLE t"]);
}

struct FailsAtStart;

impl Sink for FailsAtStart {
    fn start(&mut self, _: &dyn Columns) -> Result<()> {
        Err(Error::new(ErrorKind::InvalidMapping, "no such columns are wanted"))
    }
    fn row(&mut self, _: &[Cell<'_>]) -> Result<Flow> {
        panic!("no row is shown to a sink that refused the columns")
    }
}

pub fn an_error_about_the_columns_ends_the_batch<S: Setup>(lab: &Lab<'_, S>) {
    let mut db = numbers(lab);
    for text in ["SELECT n FROM t", "SELECT n FROM t WHERE n < 0"] {
        let (select, mut none, mut sink) = (db.statement(text), Binds::new(), FailsAtStart);
        let error = db.steps(&mut [Step::new(&select, &mut none, &mut sink)]).expect_err("the sink says so");
        assert_eq!(error.kind(), ErrorKind::InvalidMapping, "{text}");
        assert!(error.sql().is_some());
        db.is_innocent();
    }
}

pub fn an_error_in_a_transaction_leaves_it_open<S: Setup>(lab: &Lab<'_, S>) {
    let mut db = numbers(lab);
    db.all(&["BEGIN", "INSERT INTO t (n) VALUES (-1)"]);
    let (select, mut none) = (db.statement("SELECT n FROM t"), Binds::new());
    let mut sink = Each(|_: &[Cell<'_>]| -> Result<Flow> { Err(Error::conversion("no")) });
    db.steps(&mut [Step::new(&select, &mut none, &mut sink)]).expect_err("the sink says so");
    // To the database nothing has failed, but a driver may have had to give the transaction up.
    assert!(matches!(db.link(), Link::InTransaction | Link::Aborted), "{:?}", db.link());
    db.all(&["ROLLBACK"]);
    assert_eq!(db.number("SELECT count(*) FROM t"), 3000);
}

pub fn are_called_on_the_thread_that_waits<S: Setup>(lab: &Lab<'_, S>) {
    let mut db = numbers(lab);
    let here = std::thread::current().id();
    let (select, mut none, mut rows) = (db.statement("SELECT n FROM t"), Binds::new(), 0);
    let mut sink = Each(|_: &[Cell<'_>]| -> Result<Flow> {
        assert_eq!(std::thread::current().id(), here, "a sink may borrow what it likes");
        rows += 1;
        Ok(ControlFlow::Continue(()))
    });
    db.steps(&mut [Step::new(&select, &mut none, &mut sink)]).expect("it reads");
    assert_eq!(rows, 3000);
}

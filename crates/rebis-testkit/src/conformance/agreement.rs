//! `run` and `run_now` are one verb: the same steps have the same outcome.

use super::lab::{Keep, Row, Wire, binds, ints};
use super::{Lab, Setup};
use rebis_core::{ErrorKind, Result};
use rebis_driver::{Expect, Link, Step};

type Batch = &'static [(&'static str, &'static [i64], usize, Expect)];

const T: &str = "CREATE TABLE t (id {key}, n {int} UNIQUE)";
const ANY: Expect = Expect::Any;

const BATCHES: &[Batch] = &[
    &[],
    &[("SELECT 1 AS a UNION ALL SELECT 2", &[], 1, ANY)],
    &[
        ("INSERT INTO t (n) VALUES ({?})", &[1, 2, 3], 3, Expect::Rows(3)),
        ("SELECT n FROM t ORDER BY n", &[], 1, ANY),
    ],
    &[("BEGIN", &[], 1, ANY), ("INSERT INTO t (n) VALUES ({?})", &[1, 1], 2, ANY), ("COMMIT", &[], 1, ANY)],
    &[("BEGIN", &[], 1, ANY), ("INSERT INTO t (n) VALUES ({?})", &[1], 1, ANY)],
    &[("UPDATE t SET n = 1", &[], 1, Expect::Rows(1)), ("DELETE FROM t", &[], 1, ANY)],
    &[("SELECT n FROM t WHERE n = {?}", &[1], 1, ANY), ("SELECT n FROM no_such_table", &[], 1, ANY)],
    &[("SELEC", &[], 1, ANY)],
    &[("DELETE FROM t WHERE n = {?}", &[], 1, ANY)],
];

#[derive(Debug, PartialEq)]
struct Outcome {
    steps: Vec<(Vec<Row>, Vec<String>, u64, u64)>,
    error: Option<(ErrorKind, String, Option<String>)>,
    link: Link,
}

/// Runs a batch on an empty database. `None`: the driver answers later.
fn outcome<S: Setup>(lab: &Lab<'_, S>, batch: Batch, now: bool) -> Option<Outcome> {
    let mut db = lab.prepared(&[T]);
    let statements: Vec<_> = batch.iter().map(|(text, ..)| db.statement(text)).collect();
    let mut given: Vec<_> =
        batch.iter().map(|(_, values, ..)| binds(&ints(values.iter().copied()))).collect();
    let mut keeps: Vec<Keep> = batch.iter().map(|_| Keep::default()).collect();
    let mut steps: Vec<Step<'_>> = statements
        .iter()
        .zip(&mut given)
        .zip(&mut keeps)
        .zip(batch)
        .map(|(((statement, binds), keep), (_, _, times, expect))| Step {
            times: *times,
            expect: *expect,
            ..Step::new(statement, binds, keep)
        })
        .collect();
    let result = if now { db.wire().run_now(&mut steps)? } else { db.steps(&mut steps) };
    let told: Vec<(u64, u64)> = steps.iter().map(|step| (step.affected, step.rows)).collect();
    drop(steps);
    let steps = keeps.into_iter().zip(told).map(|(k, (affected, rows))| (k.rows, k.names, affected, rows));
    Some(Outcome { steps: steps.collect(), error: error_of(result), link: ended(db) })
}

fn error_of(result: Result<()>) -> Option<(ErrorKind, String, Option<String>)> {
    result.err().map(|e| (e.kind(), e.message().to_owned(), e.sql().map(str::to_owned)))
}

fn ended<S: Setup>(db: Wire<'_, S>) -> Link {
    db.link()
}

pub fn run_and_run_now_have_the_same_outcome<S: Setup>(lab: &Lab<'_, S>) {
    for batch in BATCHES {
        let Some(now) = outcome(&lab.fresh(), batch, true) else {
            return lab.skip("the driver never answers at once: there is `run` alone");
        };
        let later = outcome(&lab.fresh(), batch, false);
        assert_eq!(Some(now), later, "{batch:?}");
    }
}

pub fn whether_it_answers_at_once_does_not_change<S: Setup>(lab: &Lab<'_, S>) {
    let mut db = lab.prepared(&[T]);
    let at_once = db.wire().run_now(&mut []).is_some();
    for text in ["BEGIN", "INSERT INTO t (n) VALUES (1)", "SELEC", "ROLLBACK", "SELECT n FROM t"] {
        // What it says of nothing it says of every batch: a caller may ask before it prepares anything.
        let (statement, mut none, mut keep) = (db.statement(text), binds(&[]), Keep::default());
        let answer = db.wire().run_now(&mut [Step::new(&statement, &mut none, &mut keep)]);
        assert_eq!(answer.is_some(), at_once, "{text}");
    }
}

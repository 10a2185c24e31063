//! The worker placement: the same answers as inline, and futures that may be dropped at any point.
#![allow(missing_docs)]

mod common;

use common::{Db, PLACEMENTS, block_on};
use rebis_core::{Binds, BoxFuture, Cell, Datum, ErrorKind, Result};
use rebis_driver::{Connection, Discard, Driver, Each, Flow, Link, Step};
use rebis_sql::{Statement, StatementKind};
use rebis_sqlite::{Options, Placement, Sqlite};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};

#[test]
fn large_results_come_whole_and_in_order() {
    let numbers = "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < ?) \
                   SELECT n, 'text ' || n, NULL, n * 1.5, zeroblob(n % 100) FROM c";
    // Around the sizes of chunks, and beyond what may wait unread.
    for count in [1, 63, 64, 65, 319, 320, 321, 5000] {
        let [inline, worker] = PLACEMENTS
            .map(|placement| Db::memory(placement).bound(numbers, &[Datum::Int(count)]).expect("it reads"));
        assert_eq!(inline.rows.len() as i64, count.max(1));
        assert_eq!(inline, worker, "{count} rows");
    }
}

#[test]
fn long_rows_come_whole() {
    let blobs = "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 40) \
                 SELECT n, randomblob(100000 + n) FROM c";
    let told = Db::memory(Placement::Worker).run(blobs).expect("it reads");
    assert_eq!(told.rows.len(), 40);
    for (index, row) in told.rows.iter().enumerate() {
        assert!(matches!(&row[1], Datum::Blob(bytes) if bytes.len() == 100_001 + index));
    }
}

/// What each step of a batch told, and how the batch ended.
type Outcome = (Vec<(Vec<Datum>, u64, i64, u64)>, Option<(ErrorKind, Option<String>)>, Link);

fn outcome(placement: Placement, batch: &[(&str, &[i64], usize)]) -> Outcome {
    let mut db = Db::memory(placement);
    db.all(&["CREATE TABLE t (id INTEGER PRIMARY KEY, x UNIQUE)"]);
    let statements: Vec<Statement> =
        batch.iter().map(|(sql, _, _)| Statement::new(*sql, common::kind(sql))).collect();
    let mut binds: Vec<Binds> = batch.iter().map(|_| Binds::new()).collect();
    for ((_, values, _), binds) in batch.iter().zip(&mut binds) {
        values.iter().for_each(|value| binds.int(*value));
    }
    let mut seen: Vec<Vec<Datum>> = vec![Vec::new(); batch.len()];
    let mut sinks: Vec<_> = seen
        .iter_mut()
        .map(|seen| {
            Each(move |cells: &[Cell<'_>]| {
                seen.extend(cells.iter().map(|cell| Datum::from(*cell)));
                Ok(ControlFlow::Continue(()))
            })
        })
        .collect();
    let mut steps: Vec<Step<'_>> = statements
        .iter()
        .zip(&mut binds)
        .zip(&mut sinks)
        .zip(batch)
        .map(|(((statement, binds), sink), (_, _, times))| Step {
            times: *times,
            ..Step::new(statement, binds, sink)
        })
        .collect();
    let result = block_on(db.conn().run(&mut steps));
    let numbers: Vec<(u64, i64, u64)> =
        steps.iter().map(|step| (step.affected, step.last_key, step.rows)).collect();
    drop(steps);
    drop(sinks);
    // The parameters have come back, whatever happened.
    for ((_, values, _), binds) in batch.iter().zip(&binds) {
        assert_eq!(binds.len(), values.len());
    }
    let told = seen.into_iter().zip(numbers).map(|(rows, (a, k, r))| (rows, a, k, r)).collect();
    let error = result.err().map(|e| (e.kind(), e.sql().map(str::to_owned)));
    (told, error, db.link())
}

#[test]
fn batches_end_as_they_do_inline() {
    let batches: &[&[(&str, &[i64], usize)]] = &[
        &[],
        &[("BEGIN", &[], 1), ("INSERT INTO t (x) VALUES (?)", &[1, 2, 3], 3), ("COMMIT", &[], 1)],
        &[("INSERT INTO t (x) VALUES (?)", &[1], 1), ("SELECT * FROM t", &[], 1), ("DELETE FROM t", &[], 1)],
        &[("INSERT INTO t (x) VALUES (?) RETURNING id, x", &[4, 5], 2), ("SELECT count(*) FROM t", &[], 1)],
        &[("BEGIN", &[], 1), ("INSERT INTO t (x) VALUES (?)", &[1, 1], 2), ("COMMIT", &[], 1)],
        &[("SELECT ?", &[], 1), ("DELETE FROM t", &[], 1)],
        &[("SELEC", &[], 1)],
    ];
    for batch in batches {
        assert_eq!(outcome(Placement::Inline, batch), outcome(Placement::Worker, batch), "{batch:?}");
    }
}

#[test]
fn a_refused_opening_is_an_error_and_no_thread_is_left() {
    let driver = Sqlite::new(Options::file("/nowhere/at/all/a.db").placement(Placement::Worker));
    let error = block_on(driver.connect()).err().expect("there is no such directory");
    assert_eq!(error.kind(), ErrorKind::CannotConnect);
}

/// Counts wakes and unparks the test.
struct Bell(AtomicUsize, std::thread::Thread);

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
        self.1.unpark();
    }
}

/// Polls a future until it is ready, or has been pending `pendings` times; then drops it.
fn poll_times<T>(mut future: BoxFuture<'_, T>, pendings: usize) -> Option<T> {
    let bell = Arc::new(Bell(AtomicUsize::new(0), std::thread::current()));
    let waker = Waker::from(bell.clone());
    let mut heard = 0;
    for _ in 0..=pendings {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return Some(output);
        }
        // Until the next wake, but not for the last poll: the future is dropped with its work under way.
        if heard + 1 > pendings {
            return None;
        }
        while bell.0.load(Ordering::SeqCst) == heard {
            std::thread::park();
        }
        heard = bell.0.load(Ordering::SeqCst);
    }
    None
}

const SLOW: &str = "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 40000) \
                    SELECT count(*) FROM c";
const MANY: &str = "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 2000) \
                    SELECT n, 'a text' FROM c";

/// Runs begin, insert, a long read, many rows and commit, cut after `pendings`; whether it ran to its end.
fn cut(conn: &mut Box<dyn Connection>, pendings: usize, value: i64) -> bool {
    let texts = [
        ("BEGIN IMMEDIATE", StatementKind::Begin),
        ("INSERT INTO t VALUES (?)", StatementKind::Write),
        (SLOW, StatementKind::Read),
        (MANY, StatementKind::Read),
        ("INSERT INTO t VALUES (?)", StatementKind::Write),
        ("COMMIT", StatementKind::Commit),
    ];
    let statements = texts.map(|(text, kind)| Statement::new(text, kind));
    let mut binds: [Binds; 6] = Default::default();
    binds[1].int(value);
    binds[4].int(value);
    let mut sinks = [Discard; 6];
    let mut steps: Vec<Step<'_>> = statements
        .iter()
        .zip(&mut binds)
        .zip(&mut sinks)
        .map(|((statement, binds), sink)| Step::new(statement, binds, sink))
        .collect();
    poll_times(conn.run(&mut steps), pendings).is_some_and(|result| result.is_ok())
}

/// A future dropped after any number of polls leaves a connection that heals: idle, nothing half written, usable.
#[test]
fn a_batch_cut_at_every_poll_heals_and_is_all_or_nothing() {
    let mut db = Db::memory(Placement::Worker);
    db.all(&["CREATE TABLE t (x)"]);
    let mut whole = 0;
    for pendings in 0..40 {
        for round in 0..2 {
            let value = pendings as i64 * 10 + round;
            let done = cut(db.conn(), pendings, value);
            whole += usize::from(done);
            assert_eq!(db.link(), if done { Link::Idle } else { Link::InFlight });
            let conn = db.conn.take().expect("it is there");
            db.conn = block_on(conn.heal());
            assert!(db.conn.is_some(), "it heals");
            assert_eq!(db.link(), Link::Idle);
            // No transaction is left: else this were an error.
            db.all(&["BEGIN", "ROLLBACK"]);
            let told =
                db.bound("SELECT count(*) FROM t WHERE x = ?", &[Datum::Int(value)]).expect("it reads");
            let [[Datum::Int(count)]] = [&told.rows[0][..].to_vec()[..]].map(|row| [row[0].clone()]) else {
                panic!("{told:?}")
            };
            assert!(count == 2 || (count == 0 && !done), "{count} rows of {value} after {pendings} polls");
        }
    }
    assert!(whole > 0, "some ran to their end");
}

/// An interrupt meant for one job does not meet the next.
#[test]
fn the_job_after_a_cancelled_one_is_not_interrupted() {
    let mut db = Db::memory(Placement::Worker);
    let slow = Statement::new(SLOW, StatementKind::Read);
    for _ in 0..50 {
        let (mut binds, mut sink) = (Binds::new(), Discard);
        let mut steps = [Step::new(&slow, &mut binds, &mut sink)];
        assert!(poll_times(db.conn().run(&mut steps), 0).is_none());
        let conn = db.conn.take().expect("it is there");
        db.conn = block_on(conn.heal());
        db.all(&[SLOW]);
    }
}

#[test]
fn a_connection_dropped_with_work_under_way_ends_its_thread() {
    let place = common::Place::new("dropped");
    let mut other = Db::open(Options::file(place.file("a.db"))).expect("it opens");
    other.all(&["CREATE TABLE t (x)"]);
    let mut db = Db::open(Options::file(place.file("a.db")).placement(Placement::Worker)).expect("it opens");
    assert!(!cut(db.conn(), 0, 1));
    drop(db);
    // Once its lock is gone the thread has rolled back; the busy timeout waits for that.
    other.all(&["BEGIN IMMEDIATE", "COMMIT"]);
    assert_eq!(other.run("SELECT * FROM t").expect("it reads").rows.len(), 0);
}

/// A sink may borrow what it likes: it is called on the caller's side.
#[test]
fn a_sink_runs_on_the_thread_that_polls() {
    let mut db = Db::memory(Placement::Worker);
    let here = std::thread::current().id();
    let statement = Statement::new(MANY, StatementKind::Read);
    let (mut binds, mut rows) = (Binds::new(), 0);
    let mut sink = Each(|_: &[Cell<'_>]| -> Result<Flow> {
        assert_eq!(std::thread::current().id(), here);
        rows += 1;
        Ok(ControlFlow::Continue(()))
    });
    block_on(db.conn().run(&mut [Step::new(&statement, &mut binds, &mut sink)])).expect("it reads");
    assert_eq!(rows, 2000);
}

//! Futures that are dropped: whatever was under way, the connection comes to rest.

use super::lab::{Wire, binds, ints};
use super::{Lab, Setup};
use rebis_core::{Binds, BoxFuture, Datum};
use rebis_driver::{Discard, Expect, Link, Step};
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

/// A future that is dropped when it has been pending so many times.
struct Cut<'f, T> {
    future: Option<BoxFuture<'f, T>>,
    left: usize,
}

impl<T> Future for Cut<'_, T> {
    type Output = Option<T>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<T>> {
        let Some(future) = self.future.as_mut() else { return Poll::Ready(None) };
        if let Poll::Ready(output) = future.as_mut().poll(context) {
            return Poll::Ready(Some(output));
        }
        if self.left == 0 {
            self.future = None;
            return Poll::Ready(None);
        }
        self.left -= 1;
        Poll::Pending
    }
}

/// A table to write to, and one with enough rows to be under way for a while.
fn tables<'s, S: Setup>(lab: &Lab<'s, S>) -> Wire<'s, S> {
    let mut db =
        lab.prepared(&["CREATE TABLE t (n {int})", "CREATE TABLE many (n {int}, s {text})", "BEGIN"]);
    let insert = db.statement("INSERT INTO many VALUES ({?}, {?})");
    let values: Vec<Datum> = (0..1500).flat_map(|n| [Datum::Int(n), Datum::Text("a text".into())]).collect();
    db.full(&insert, &values, 1500, Expect::Any).expect("it writes");
    db.all(&["COMMIT"]);
    db
}

/// Begin, write, read much, write, commit: cut when it has been pending `pendings` times. Whether it was done.
fn cut<S: Setup>(lab: &Lab<'_, S>, db: &mut Wire<'_, S>, pendings: usize, value: i64) -> bool {
    let texts = [
        lab.caps().begin_write,
        "INSERT INTO t VALUES ({?})",
        "SELECT count(*) FROM many a WHERE EXISTS (SELECT 1 FROM many b WHERE b.n = a.n + 1400)",
        "SELECT n, s FROM many",
        "INSERT INTO t VALUES ({?})",
        "COMMIT",
    ];
    let statements = texts.map(|text| db.statement(text));
    let mut given = [(); 6].map(|()| Binds::new());
    (given[1], given[4]) = (binds(&ints([value])), binds(&ints([value])));
    let mut sinks = [Discard; 6];
    let mut steps: Vec<Step<'_>> = statements
        .iter()
        .zip(&mut given)
        .zip(&mut sinks)
        .map(|((statement, binds), sink)| Step::new(statement, binds, sink))
        .collect();
    let future = Cut { future: Some(db.wire().run(&mut steps)), left: pendings };
    match lab.setup().block_on(future) {
        Some(result) => {
            result.expect("nothing is wrong with it");
            true
        }
        None => false,
    }
}

pub fn at_every_poll_heals_and_leaves_all_or_nothing<S: Setup>(lab: &Lab<'_, S>) {
    let (mut db, mut whole) = (tables(lab), 0);
    for pendings in 0..60 {
        let value = pendings as i64;
        let done = cut(lab, &mut db, pendings, value);
        assert_eq!(db.link(), if done { Link::Idle } else { Link::InFlight }, "cut after {pendings} polls");
        assert!(db.heal(), "it heals");
        assert_eq!(db.link(), Link::Idle);
        // No transaction is left: else this were an error.
        db.all(&["BEGIN", "ROLLBACK"]);
        let count = db.number(&format!("SELECT count(*) FROM t WHERE n = {value}"));
        assert!(count == 2 || (count == 0 && !done), "{count} of 2 rows after {pendings} polls");
        whole += usize::from(done);
        if whole == 3 {
            return;
        }
    }
    assert!(whole > 0, "some batch comes to its end in 60 polls");
}

pub fn the_statement_after_a_cut_one_is_not_interrupted<S: Setup>(lab: &Lab<'_, S>) {
    let mut db = tables(lab);
    for value in 0..25 {
        cut(lab, &mut db, 0, value);
        assert!(db.heal());
        assert_eq!(db.number("SELECT count(*) FROM many"), 1500);
    }
}

pub fn a_future_that_was_never_polled_did_nothing<S: Setup>(lab: &Lab<'_, S>) {
    let mut db = tables(lab);
    let (insert, mut given, mut sink) =
        (db.statement("INSERT INTO t VALUES ({?})"), binds(&ints([1])), Discard);
    drop(db.wire().run(&mut [Step::new(&insert, &mut given, &mut sink)]));
    assert_eq!(db.link(), Link::Idle, "the flag goes up before the first poll, not before");
    assert_eq!(db.number("SELECT count(*) FROM t"), 0);
}

pub fn healing_rolls_an_abandoned_transaction_back<S: Setup>(lab: &Lab<'_, S>) {
    let mut db = tables(lab);
    db.all(&["BEGIN", "INSERT INTO t VALUES (1)"]);
    assert!(db.heal());
    assert_eq!((db.link(), db.number("SELECT count(*) FROM t")), (Link::Idle, 0));
}

pub fn healing_an_idle_connection_changes_nothing<S: Setup>(lab: &Lab<'_, S>) {
    let mut db = tables(lab);
    db.all(&["INSERT INTO t VALUES (1)"]);
    for _ in 0..3 {
        assert!(db.heal());
    }
    assert_eq!((db.link(), db.number("SELECT count(*) FROM t")), (Link::Idle, 1));
}

pub fn healing_an_aborted_transaction_ends_it<S: Setup>(lab: &Lab<'_, S>) {
    let mut db = lab.prepared(&["CREATE TABLE t (n {int} UNIQUE)", "INSERT INTO t (n) VALUES (1)", "BEGIN"]);
    db.fails("INSERT INTO t (n) VALUES (1)");
    assert!(db.heal());
    assert_eq!(db.link(), Link::Idle);
    db.all(&["BEGIN", "INSERT INTO t (n) VALUES (2)", "COMMIT"]);
}

pub fn a_connection_dropped_in_a_transaction_rolls_back<S: Setup>(lab: &Lab<'_, S>) {
    let mut other = tables(lab);
    let mut db = lab.connect();
    db.all(&[lab.caps().begin_write, "INSERT INTO t VALUES (1)"]);
    drop(db);
    // The database waits here until the lock of the other is gone.
    other.all(&[lab.caps().begin_write, "INSERT INTO t VALUES (2)", "COMMIT"]);
    assert_eq!(other.rows("SELECT n FROM t"), [ints([2])]);
}

pub fn a_connection_dropped_with_work_under_way_rolls_back<S: Setup>(lab: &Lab<'_, S>) {
    let mut other = tables(lab);
    let mut db = lab.connect();
    let done = cut(lab, &mut db, 0, 1);
    drop(db);
    other.all(&[lab.caps().begin_write, "COMMIT"]);
    let count = other.number("SELECT count(*) FROM t");
    assert!(count == 2 || (count == 0 && !done), "{count} of 2 rows");
}

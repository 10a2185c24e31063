//! The faulty driver: what fails, what is done before it, and what it leaves.
#![allow(missing_docs)]

use rebis_core::{Binds, Cell, Datum, ErrorKind, Result};
use rebis_driver::{Connection, Discard, Driver, Each, Link, Step};
use rebis_engine::block_on;
use rebis_sql::{Statement, StatementKind};
use rebis_sqlite::{Options, Placement, Sqlite};
use rebis_testkit::faulty::{Fault, Faults, Faulty};
use std::ops::ControlFlow;

struct Db {
    _driver: Faulty,
    faults: Faults,
    wire: Box<dyn Connection>,
}

fn database(placement: Placement) -> Db {
    let driver = Faulty::new(Sqlite::new(Options::memory().placement(placement)));
    let mut db =
        Db { faults: driver.faults(), wire: block_on(driver.connect()).expect("it opens"), _driver: driver };
    db.run(&[("CREATE TABLE t (x)", StatementKind::Write, 1)]).expect("it is made");
    db
}

impl Db {
    /// Runs steps that each bind their repetition's number, as one batch.
    fn run(&mut self, texts: &[(&str, StatementKind, usize)]) -> Result<()> {
        let statements: Vec<_> = texts.iter().map(|(text, kind, _)| Statement::new(*text, *kind)).collect();
        let mut binds: Vec<Binds> = texts.iter().map(|_| Binds::new()).collect();
        for ((text, _, times), binds) in texts.iter().zip(&mut binds) {
            (0..if text.contains('?') { *times } else { 0 }).for_each(|n| binds.int(n as i64));
        }
        let mut sinks = vec![Discard; texts.len()];
        let mut steps: Vec<Step<'_>> = statements
            .iter()
            .zip(&mut binds)
            .zip(&mut sinks)
            .zip(texts)
            .map(|(((s, b), sink), (.., times))| Step { times: *times, ..Step::new(s, b, sink) })
            .collect();
        match self.wire.run_now(&mut steps) {
            Some(result) => result,
            None => block_on(self.wire.run(&mut steps)),
        }
    }

    fn one(&mut self, text: &str, kind: StatementKind) -> Result<()> {
        self.run(&[(text, kind, 1)])
    }

    fn numbers(&mut self) -> Vec<Datum> {
        let (mut rows, mut none) = (Vec::new(), Binds::new());
        let statement = Statement::once("SELECT x FROM t ORDER BY x", StatementKind::Read);
        let mut sink = Each(|cells: &[Cell<'_>]| {
            rows.push(Datum::from(cells[0]));
            Ok(ControlFlow::Continue(()))
        });
        block_on(self.wire.run(&mut [Step::new(&statement, &mut none, &mut sink)])).expect("it reads");
        rows
    }
}

const INSERT: (&str, StatementKind, usize) = ("INSERT INTO t VALUES (?)", StatementKind::Write, 1);
const PLACEMENTS: [Placement; 2] = [Placement::Inline, Placement::Worker];

#[test]
fn without_faults_it_counts_alone() {
    for placement in PLACEMENTS {
        let mut db = database(placement);
        let before = db.faults.counts();
        db.run(&[INSERT, ("INSERT INTO t VALUES (?)", StatementKind::Write, 5)]).unwrap();
        let counts = db.faults.counts() - before;
        assert_eq!((counts.statements, counts.round_trips, counts.faults), (6, 1, 0));
    }
}

#[test]
fn what_stands_before_the_fault_is_done_and_nothing_behind_it() {
    for placement in PLACEMENTS {
        // Six statements: one, then four repetitions, then one.
        for n in 1..=6 {
            let mut db = database(placement);
            db.faults.add(Fault::new(ErrorKind::DiskFull).nth(n));
            let error =
                db.run(&[INSERT, ("INSERT INTO t VALUES (?)", StatementKind::Write, 4), INSERT]).unwrap_err();
            assert_eq!((error.kind(), error.sql()), (ErrorKind::DiskFull, Some(INSERT.0)));
            assert_eq!(db.numbers().len(), n - 1);
            assert_eq!(db.faults.counts().faults, 1);
        }
    }
}

#[test]
fn a_fault_after_its_statement_leaves_it_done() {
    for placement in PLACEMENTS {
        let mut db = database(placement);
        db.faults.add(
            Fault::new(ErrorKind::CommitUnknown)
                .on(|s| s.kind() == StatementKind::Commit)
                .after()
                .disconnecting(),
        );
        db.one("BEGIN", StatementKind::Begin).unwrap();
        db.run(&[INSERT]).unwrap();
        let error = db.one("COMMIT", StatementKind::Commit).unwrap_err();
        assert!(error.kind() == ErrorKind::CommitUnknown && error.is_disconnect());
        assert_eq!(db.wire.link(), Link::Closed);
        assert_eq!(db.run(&[INSERT]).unwrap_err().kind(), ErrorKind::ConnectionLost);
        db.wire = block_on(db._driver.connect()).unwrap();
        assert_eq!(db.numbers().len(), 1);
    }
}

#[test]
fn a_lost_connection_is_rolled_back_and_does_not_heal() {
    for placement in PLACEMENTS {
        let mut db = database(placement);
        db.one("BEGIN", StatementKind::Begin).unwrap();
        db.run(&[INSERT]).unwrap();
        db.faults.add(Fault::new(ErrorKind::ConnectionLost).disconnecting());
        assert!(db.run(&[INSERT]).unwrap_err().is_disconnect());
        let lost = std::mem::replace(&mut db.wire, block_on(db._driver.connect()).unwrap());
        assert!(block_on(lost.heal()).is_none());
        assert_eq!(db.numbers(), []);
    }
}

#[test]
fn an_aborted_transaction_takes_nothing_but_its_rollback() {
    for placement in PLACEMENTS {
        let mut db = database(placement);
        db.one("BEGIN", StatementKind::Begin).unwrap();
        db.run(&[INSERT]).unwrap();
        db.faults.add(Fault::new(ErrorKind::Deadlock).aborting());
        assert_eq!(db.run(&[INSERT]).unwrap_err().kind(), ErrorKind::Deadlock);
        for (text, kind) in [(INSERT.0, INSERT.1), ("COMMIT", StatementKind::Commit)] {
            assert_eq!(db.wire.link(), Link::Aborted);
            assert_eq!(db.one(text, kind).unwrap_err().kind(), ErrorKind::TransactionAborted);
        }
        db.one("ROLLBACK", StatementKind::Rollback).unwrap();
        assert_eq!((db.wire.link(), db.numbers().len()), (Link::Idle, 0));
    }
}

#[test]
fn a_fault_waits_for_what_it_is_for_and_can_be_taken_back() {
    let mut db = database(Placement::Inline);
    db.faults.add(Fault::new(ErrorKind::Locked).on(|s| s.sql().starts_with("DELETE")).nth(2));
    db.faults.add(Fault::new(ErrorKind::DiskFull).nth(4));
    db.run(&[INSERT]).unwrap();
    db.one("DELETE FROM t", StatementKind::Write).unwrap();
    assert_eq!(db.one("DELETE FROM t", StatementKind::Write).unwrap_err().kind(), ErrorKind::Locked);
    db.faults.clear();
    db.run(&[INSERT, INSERT, INSERT]).unwrap();
    assert_eq!(db.faults.counts().faults, 1);
}

//! Failures of a flush and of the commit behind it.

use super::work::{Reader, dump, everything, library};
use super::{PLACES, WAYS, Way};
use crate::support::User;
use rebis::blocking::Session;
use rebis::{Error, ErrorKind};
use rebis_sql::StatementKind;
use rebis_testkit::faulty::Fault;

/// The database before and after the work, and how many statements its commit takes.
struct Reference {
    before: Vec<String>,
    after: Vec<String>,
    statements: usize,
}

fn reference(ends: bool) -> Reference {
    let (engine, faults) = library(PLACES[0]);
    let before = dump(&engine);
    let mut reader = Reader::new(&engine, ends);
    let counted = faults.counts();
    reader.work();
    reader.db.commit().expect("nothing is wrong with it");
    let statements = (faults.counts() - counted).statements;
    let after = dump(&engine);
    assert!(statements > 20, "the work is rich: {statements} statements");
    assert_ne!(before, after);
    Reference { before, after, statements }
}

/// Everything that does I/O says that a rollback is due.
#[track_caller]
fn waits_for_rollback(db: &mut Session, first: &Error, at: &str) {
    for result in [db.commit(), db.flush(), db.savepoint().map(drop)] {
        let error = result.expect_err("a rollback is due");
        assert_eq!(error.kind(), ErrorKind::InvalidState, "{at}: {error}");
        assert!(error.message().contains(first.message()), "{at}: {error}");
    }
    assert!(!db.in_transaction(), "{at}: the transaction is over");
}

fn fails_everywhere(ends: bool) {
    let Reference { before, after, statements } = reference(ends);
    for place in PLACES {
        for way in WAYS {
            for n in 1..=statements {
                let (engine, faults) = library(place);
                let mut reader = Reader::new(&engine, ends);
                let seen = reader.seen();
                let new = reader.work();
                faults.add(way.at(n));
                let error = reader.db.commit().expect_err("it fails at statement n");
                let at = format!("{place:?} {way:?} at {n} of {statements}, `{}`", error.sql().unwrap_or(""));
                assert_eq!(error.kind(), way.kind(), "{at}: {error}");
                assert!(error.site().is_some_and(|site| site.file() == file!()), "{at}: {error}");
                // To a server BEGIN travels with what follows, and fails with it.
                let begins = error.sql().is_some_and(|sql| sql.starts_with("BEGIN"));
                if begins && engine.capabilities().name == "SQLite" {
                    // Nothing has happened yet: the same call may be made again.
                    assert_eq!(dump(&engine), before, "{at}");
                    reader.db.commit().unwrap_or_else(|e| panic!("{at}: {e}"));
                    assert_eq!(dump(&engine), after, "{at}");
                    continue;
                }
                waits_for_rollback(&mut reader.db, &error, &at);
                assert_eq!(dump(&engine), before, "{at}: the database is as before");
                reader.db.rollback().unwrap_or_else(|e| panic!("{at}: {e}"));
                let now = reader.seen();
                assert!(now == seen, "{at}: an object is not as before\n{}", first_difference(&seen, &now));
                reader.is_clean();
                new.is_transient(&reader.db);
                reader.db.commit().unwrap_or_else(|e| panic!("{at}: {e}"));
                assert_eq!(dump(&engine), before, "{at}: nothing was left to be written");
                reader.work();
                reader.db.commit().unwrap_or_else(|e| panic!("{at}: again: {e}"));
                assert_eq!(dump(&engine), after, "{at}: the same work, the same database");
            }
        }
    }
}

fn first_difference(before: &[rebis::Tree], now: &[rebis::Tree]) -> String {
    let different = before.iter().zip(now).find(|(before, now)| before != now);
    different.map(|(before, now)| format!("before: {before}\nnow:    {now}")).unwrap_or_default()
}

#[test]
fn a_commit_that_fails_at_any_statement_leaves_nothing() {
    fails_everywhere(true);
}

#[test]
fn in_the_transaction_that_has_read_it_is_the_same() {
    fails_everywhere(false);
}

#[test]
fn a_rollback_that_fails_too_changes_nothing() {
    let Reference { before, after, .. } = reference(true);
    for place in PLACES {
        for lost in [false, true] {
            let (engine, faults) = library(place);
            let mut reader = Reader::new(&engine, true);
            let seen = reader.seen();
            reader.work();
            faults.add(Fault::new(ErrorKind::DiskFull).on(|s| s.sql().starts_with("DELETE")));
            let rollback = Fault::new(ErrorKind::ConnectionLost).on(|s| s.kind() == StatementKind::Rollback);
            faults.add(if lost { rollback.disconnecting() } else { rollback });
            let error = reader.db.commit().expect_err("it fails");
            assert_eq!(error.kind(), ErrorKind::DiskFull, "the error that matters is the first: {error}");
            waits_for_rollback(&mut reader.db, &error, "a rollback that fails");
            assert_eq!(dump(&engine), before);
            reader.db.rollback().expect("it has no transaction any more");
            assert!(reader.seen() == seen);
            reader.work();
            reader.db.commit().expect("again");
            assert_eq!(dump(&engine), after);
        }
    }
}

#[test]
fn a_commit_whose_answer_is_lost_may_have_happened() {
    let Reference { after, .. } = reference(true);
    for place in PLACES {
        let (engine, faults) = library(place);
        let mut reader = Reader::new(&engine, true);
        let seen = reader.seen();
        reader.work();
        let commit = Fault::new(ErrorKind::CommitUnknown).on(|s| s.kind() == StatementKind::Commit);
        faults.add(commit.after().disconnecting());
        let error = reader.db.commit().expect_err("the answer is lost");
        assert!(error.kind() == ErrorKind::CommitUnknown && error.is_disconnect() && !error.is_retryable());
        waits_for_rollback(&mut reader.db, &error, "a lost answer");
        assert_eq!(dump(&engine), after, "this time it has happened");
        reader.db.rollback().expect("it concerns objects alone");
        assert!(reader.seen() == seen);
    }
}

#[test]
fn a_read_that_fails_at_any_statement_changes_nothing() {
    for place in PLACES {
        for way in WAYS {
            let (engine, faults) = library(place);
            let counted = faults.counts();
            let mut db = engine.session();
            let expected = {
                let users = db.all(everything()).expect("it reads");
                db.trees(&users)
            };
            let statements = (faults.counts() - counted).statements;
            drop(db);
            for n in 1..=statements {
                let at = format!("{place:?} {way:?} at {n} of {statements}");
                let mut db = engine.session();
                faults.add(way.at(n));
                let error = db.all(everything()).expect_err("it fails at statement n");
                assert_eq!(error.kind(), way.kind(), "{at}: {error}");
                assert!(!db.has_changes(), "{at}");
                if way != Way::Statement {
                    db.rollback().unwrap_or_else(|e| panic!("{at}: {e}"));
                }
                let users = db.all(everything()).unwrap_or_else(|e| panic!("{at}: again: {e}"));
                assert!(db.trees(&users) == expected, "{at}");
            }
        }
    }
}

#[test]
fn a_connection_lost_by_a_query_takes_with_it_what_was_flushed() {
    let Reference { before, after, .. } = reference(true);
    for place in PLACES {
        for raw in [false, true] {
            let (engine, faults) = library(place);
            let mut reader = Reader::new(&engine, true);
            let seen = reader.seen();
            reader.work();
            reader.db.flush().expect("it is written");
            faults.add(Way::Connection.at(1).on(|s| s.sql().starts_with("SELECT")));
            let error = match raw {
                false => reader.db.count(User).map(drop),
                true => reader.db.with_connection(async |conn| conn.all(User).await).map(drop),
            };
            let error = error.expect_err("it is lost");
            assert!(error.is_disconnect(), "{error}");
            // There is nothing left to write, and still this commit must not be called a success.
            reader.db.commit().expect_err("what was flushed is lost");
            waits_for_rollback(&mut reader.db, &error, "a lost connection");
            assert_eq!(dump(&engine), before);
            reader.db.rollback().expect("it concerns objects alone");
            assert!(reader.seen() == seen);
            reader.is_clean();
            reader.work();
            reader.db.commit().expect("over another connection");
            assert_eq!(dump(&engine), after);
        }
    }
}

#[test]
fn on_a_connection_a_lost_transaction_cannot_be_committed() {
    let before = reference(true).before;
    for place in PLACES {
        let (engine, faults) = library(place);
        let mut conn = engine.connect().expect("it opens");
        conn.begin(true).expect("it begins");
        conn.execute(User.update().set(User.name, "nobody").all_rows()).expect("it writes");
        faults.add(Way::Connection.at(1).on(|s| s.sql().starts_with("SELECT")));
        conn.all(User).expect_err("it is lost");
        assert!(conn.in_transaction(), "until the program has heard of it");
        assert!(conn.commit().expect_err("it is lost").is_disconnect());
        conn.rollback().expect("the database has done so");
        assert!(!conn.in_transaction());
        assert!(conn.all(User).expect_err("it stays lost").is_disconnect());
        drop(conn);
        assert_eq!(dump(&engine), before);
    }
}

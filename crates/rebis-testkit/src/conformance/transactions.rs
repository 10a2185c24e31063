//! Transactions and savepoints: what the link says, what holds and what is taken back.

use super::lab::ints;
use super::{Lab, Setup};
use rebis_core::ErrorKind;
use rebis_driver::{IsolationLevel, Link};
use rebis_sql::{Statement, StatementKind};

const T: &str = "CREATE TABLE t (id {key}, n {int} UNIQUE)";
const COUNT: &str = "SELECT count(*) FROM t";

pub fn the_link_follows_begin_commit_and_rollback<S: Setup>(lab: &Lab<'_, S>) {
    let mut db = lab.prepared(&[T]);
    for (text, link) in [
        ("BEGIN", Link::InTransaction),
        ("INSERT INTO t (n) VALUES (1)", Link::InTransaction),
        ("SELECT n FROM t", Link::InTransaction),
        ("COMMIT", Link::Idle),
        ("INSERT INTO t (n) VALUES (2)", Link::Idle),
        (lab.caps().begin, Link::InTransaction),
        ("ROLLBACK", Link::Idle),
        (lab.caps().begin_write, Link::InTransaction),
        ("ROLLBACK", Link::Idle),
    ] {
        db.all(&[text]);
        assert_eq!(db.link(), link, "after {text}");
    }
}

pub fn a_savepoint_changes_nothing_about_the_link<S: Setup>(lab: &Lab<'_, S>) {
    let mut db = lab.prepared(&[T, "BEGIN"]);
    for text in [
        "SAVEPOINT one",
        "SAVEPOINT two",
        "ROLLBACK TO SAVEPOINT two",
        "RELEASE SAVEPOINT two",
        "RELEASE SAVEPOINT one",
    ] {
        db.all(&[text]);
        assert_eq!(db.link(), Link::InTransaction, "after {text}");
    }
    db.all(&["COMMIT"]);
    assert_eq!(db.link(), Link::Idle);
}

pub fn what_is_committed_stays_and_what_is_rolled_back_is_gone<S: Setup>(lab: &Lab<'_, S>) {
    let mut db = lab.prepared(&[T, "BEGIN", "INSERT INTO t (n) VALUES (1)", "COMMIT"]);
    db.all(&["BEGIN", "INSERT INTO t (n) VALUES (2)", "DELETE FROM t WHERE n = 1", "ROLLBACK"]);
    assert_eq!(db.rows("SELECT n FROM t"), [ints([1])]);
    assert_eq!(lab.connect().rows("SELECT n FROM t"), [ints([1])]);
}

pub fn a_savepoint_takes_back_what_came_after_it<S: Setup>(lab: &Lab<'_, S>) {
    let mut db = lab.prepared(&[T, "BEGIN", "INSERT INTO t (n) VALUES (1)", "SAVEPOINT one"]);
    db.all(&["INSERT INTO t (n) VALUES (2)", "SAVEPOINT two", "INSERT INTO t (n) VALUES (3)"]);
    db.all(&["ROLLBACK TO SAVEPOINT two"]);
    assert_eq!(db.number(COUNT), 2);
    // It is still there, and can be gone back to again.
    db.all(&["INSERT INTO t (n) VALUES (4)", "ROLLBACK TO SAVEPOINT two", "RELEASE SAVEPOINT two"]);
    db.all(&["INSERT INTO t (n) VALUES (5)", "RELEASE SAVEPOINT one", "COMMIT"]);
    assert_eq!(db.rows("SELECT n FROM t ORDER BY n"), [ints([1]), ints([2]), ints([5])]);
}

pub fn an_error_inside_of_a_savepoint_is_mended_by_going_back<S: Setup>(lab: &Lab<'_, S>) {
    let mut db = lab.prepared(&[T, "BEGIN", "INSERT INTO t (n) VALUES (1)", "SAVEPOINT one"]);
    db.fails("INSERT INTO t (n) VALUES (1)");
    assert_eq!(db.link(), Link::Aborted);
    db.all(&["ROLLBACK TO SAVEPOINT one"]);
    assert_eq!(db.link(), Link::InTransaction, "the transaction is well again");
    db.all(&["RELEASE SAVEPOINT one", "INSERT INTO t (n) VALUES (2)", "COMMIT"]);
    assert_eq!(db.rows("SELECT n FROM t ORDER BY n"), [ints([1]), ints([2])]);
}

pub fn a_savepoint_that_is_not_there_is_an_error<S: Setup>(lab: &Lab<'_, S>) {
    let mut db = lab.prepared(&[T, "BEGIN"]);
    let error = db.fails("ROLLBACK TO SAVEPOINT nowhere");
    assert!(error.sql().is_some() && !error.is_disconnect(), "{error}");
    db.all(&["ROLLBACK"]);
    assert_eq!(db.link(), Link::Idle);
    db.is_innocent();
}

pub fn a_rollback_without_a_transaction_is_nothing<S: Setup>(lab: &Lab<'_, S>) {
    let mut db = lab.prepared(&[T, "INSERT INTO t (n) VALUES (1)", "ROLLBACK"]);
    assert_eq!((db.link(), db.number(COUNT)), (Link::Idle, 1));
}

pub fn an_error_in_a_transaction_is_rolled_back_with_it<S: Setup>(lab: &Lab<'_, S>) {
    let mut db = lab.prepared(&[T, "BEGIN", "INSERT INTO t (n) VALUES (1)"]);
    db.fails("INSERT INTO t (n) VALUES (1)");
    assert_eq!(db.link(), Link::Aborted, "also where the database itself would go on");
    db.all(&["ROLLBACK"]);
    assert_eq!((db.link(), db.number(COUNT)), (Link::Idle, 0));
}

pub fn a_commit_of_an_aborted_transaction_is_an_error_and_never_sent<S: Setup>(lab: &Lab<'_, S>) {
    let mut db = lab.prepared(&[T, "INSERT INTO t (n) VALUES (1)", "BEGIN", "INSERT INTO t (n) VALUES (2)"]);
    let error = db.fails("INSERT INTO t (n) VALUES (1)");
    assert_eq!(error.kind(), ErrorKind::UniqueViolation);
    for text in ["COMMIT", "INSERT INTO t (n) VALUES (3)", "SELECT n FROM t", "COMMIT"] {
        assert_eq!(db.link(), Link::Aborted, "before {text}");
        let error = db.fails(text);
        assert_eq!(error.kind(), ErrorKind::TransactionAborted, "{text}: {error}");
        assert_eq!(error.sql(), Some(text));
        assert!(error.help().is_some(), "it says that a rollback is due: {error}");
    }
    db.all(&["ROLLBACK"]);
    assert_eq!((db.link(), db.rows("SELECT n FROM t")), (Link::Idle, vec![ints([1])]));
}

pub fn a_deferred_constraint_fails_at_commit<S: Setup>(lab: &Lab<'_, S>) {
    let mut db = lab.prepared(&[
        "CREATE TABLE parents (id {int} PRIMARY KEY)",
        "CREATE TABLE t (n {int} REFERENCES parents (id) DEFERRABLE INITIALLY DEFERRED)",
        "BEGIN",
        "INSERT INTO t VALUES (1)",
    ]);
    let error = db.fails("COMMIT");
    assert_eq!((error.kind(), error.sql()), (ErrorKind::ForeignKeyViolation, Some("COMMIT")), "{error}");
    // Some databases keep the transaction, others have rolled it back: either way a rollback ends it.
    assert!(matches!(db.link(), Link::Idle | Link::InTransaction | Link::Aborted), "{:?}", db.link());
    db.all(&["ROLLBACK"]);
    assert_eq!((db.link(), db.number(COUNT)), (Link::Idle, 0));
    db.all(&["BEGIN", "INSERT INTO t VALUES (1)", "INSERT INTO parents VALUES (1)", "COMMIT"]);
    assert_eq!(db.number(COUNT), 1);
}

pub fn a_level_of_isolation_works_or_is_unsupported_by_name<S: Setup>(lab: &Lab<'_, S>) {
    let mut db = lab.prepared(&[T]);
    for level in [
        IsolationLevel::ReadUncommitted,
        IsolationLevel::ReadCommitted,
        IsolationLevel::RepeatableRead,
        IsolationLevel::Serializable,
    ] {
        let isolation = match lab.database().driver().isolation(level) {
            Ok(isolation) => isolation,
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
                assert!(error.message().contains(&level.to_string()) && error.help().is_some(), "{error}");
                continue;
            }
        };
        let begin = Statement::once(lab.caps().begin, StatementKind::Begin);
        for text in isolation.before {
            db.all(&[text]);
        }
        db.full(&begin, &[], 1, Default::default()).expect("it begins");
        for text in isolation.inside {
            db.all(&[text]);
        }
        assert_eq!((db.link(), db.number(COUNT)), (Link::InTransaction, 0), "{level}");
        db.all(&["COMMIT"]);
        for text in isolation.after {
            db.all(&[text]);
        }
        db.is_innocent();
    }
}

//! What the driver believes of its transaction, and what it refuses to send.
#![allow(missing_docs)]

mod common;

use common::{Db, PLACEMENTS};
use rebis_core::ErrorKind;
use rebis_driver::Link;

#[test]
fn the_link_follows_begin_commit_rollback_and_savepoints() {
    for placement in PLACEMENTS {
        let mut db = Db::memory(placement);
        db.all(&["CREATE TABLE t (x)"]);
        for (sql, link) in [
            ("BEGIN", Link::InTransaction),
            ("INSERT INTO t VALUES (1)", Link::InTransaction),
            ("SAVEPOINT a", Link::InTransaction),
            ("ROLLBACK TO a", Link::InTransaction),
            ("RELEASE a", Link::InTransaction),
            ("COMMIT", Link::Idle),
            ("BEGIN IMMEDIATE", Link::InTransaction),
            ("ROLLBACK", Link::Idle),
            ("SAVEPOINT outer_one", Link::InTransaction),
            ("RELEASE outer_one", Link::Idle),
            ("ROLLBACK", Link::Idle),
        ] {
            db.all(&[sql]);
            assert_eq!(db.link(), link, "after {sql}");
        }
    }
}

/// SQLite itself would go on.
#[test]
fn an_ordinary_error_aborts_the_transaction() {
    for placement in PLACEMENTS {
        let mut db = Db::memory(placement);
        db.all(&["CREATE TABLE t (x UNIQUE)", "BEGIN", "INSERT INTO t VALUES (1)"]);
        db.fails("INSERT INTO t VALUES (1)");
        assert_eq!(db.link(), Link::Aborted);
        assert_eq!(db.fails("COMMIT").kind(), ErrorKind::TransactionAborted);
        db.all(&["ROLLBACK"]);
        assert_eq!(db.link(), Link::Idle);
        assert_eq!(db.run("SELECT * FROM t").expect("it reads").rows.len(), 0);
    }
}

/// After this SQLite has no transaction any more: what the program sends next would be committed statement by statement.
#[test]
fn when_sqlite_rolls_back_by_itself_nothing_runs_until_the_program_has_rolled_back() {
    for placement in PLACEMENTS {
        let mut db = Db::memory(placement);
        db.all(&["CREATE TABLE t (x UNIQUE ON CONFLICT ROLLBACK)", "BEGIN", "INSERT INTO t VALUES (1)"]);
        db.fails("INSERT INTO t VALUES (1)");
        assert_eq!(db.link(), Link::Aborted);
        for sql in ["INSERT INTO t VALUES (2)", "SELECT 1", "COMMIT"] {
            assert_eq!(db.fails(sql).kind(), ErrorKind::TransactionAborted, "{sql}");
            assert_eq!(db.link(), Link::Aborted);
        }
        db.all(&["ROLLBACK"]);
        assert_eq!(db.link(), Link::Idle);
        assert_eq!(db.run("SELECT * FROM t").expect("it reads").rows.len(), 0);
    }
}

#[test]
fn a_deferred_foreign_key_that_fails_at_commit_aborts_the_transaction() {
    for placement in PLACEMENTS {
        let mut db = Db::memory(placement);
        db.all(&[
            "CREATE TABLE a (id INTEGER PRIMARY KEY)",
            "CREATE TABLE b (a_id INTEGER REFERENCES a (id) DEFERRABLE INITIALLY DEFERRED)",
            "BEGIN",
            "INSERT INTO b VALUES (1)",
        ]);
        let error = db.fails("COMMIT");
        assert_eq!(error.kind(), ErrorKind::ForeignKeyViolation);
        assert_eq!(db.link(), Link::Aborted);
        db.all(&["ROLLBACK", "SELECT 1"]);
        assert_eq!(db.link(), Link::Idle);
    }
}

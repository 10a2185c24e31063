//! A database in memory: one for all connections of a driver.
#![allow(missing_docs)]

mod common;

use common::{Db, PLACEMENTS, block_on};
use rebis_core::{Datum, ErrorKind};
use rebis_driver::Driver;
use rebis_sqlite::{Options, Placement};
use std::time::Duration;

#[test]
fn connections_of_one_driver_see_one_database() {
    for placement in PLACEMENTS {
        let mut one = Db::memory(placement);
        let mut two = one.another();
        one.all(&["CREATE TABLE t (x)", "INSERT INTO t VALUES (1)"]);
        assert_eq!(two.run("SELECT x FROM t").expect("it is there").rows, [vec![Datum::Int(1)]]);
    }
}

#[test]
fn it_lives_as_long_as_the_driver_not_its_last_connection() {
    let mut db = Db::memory(Placement::Inline);
    db.all(&["CREATE TABLE t (x)"]);
    db.conn = None;
    db.another().all(&["SELECT * FROM t"]);
}

#[test]
fn two_drivers_have_two_databases() {
    let mut one = Db::memory(Placement::Inline);
    let mut two = Db::memory(Placement::Inline);
    one.all(&["CREATE TABLE t (x)"]);
    assert_eq!(two.fails("SELECT * FROM t").kind(), ErrorKind::NoSuchObject);
}

#[test]
fn drivers_share_a_database_with_a_name() {
    let open =
        || Db::open(Options::file("file:shared_by_name?mode=memory&cache=shared")).expect("memory opens");
    let (mut one, mut two) = (open(), open());
    one.all(&["CREATE TABLE t (x)"]);
    two.all(&["SELECT * FROM t"]);
}

#[test]
fn what_is_not_committed_is_not_seen_and_nobody_waits_for_ever() {
    let mut one = Db::open(Options::memory().busy_timeout(Duration::ZERO)).expect("memory opens");
    let mut two = one.another();
    one.all(&["CREATE TABLE t (x)"]);
    two.all(&["SELECT * FROM t"]);
    one.all(&["BEGIN IMMEDIATE", "INSERT INTO t VALUES (1)"]);
    assert_eq!(two.fails("SELECT * FROM t").kind(), ErrorKind::Locked);
    one.all(&["COMMIT"]);
    assert_eq!(two.run("SELECT * FROM t").expect("it reads").rows.len(), 1);
}

fn alone(placement: Placement) -> Options {
    Options::memory().one_connection(true).placement(placement)
}

#[test]
fn one_connection_after_the_other_has_the_database_for_itself() {
    for placement in PLACEMENTS {
        let mut db = Db::open(alone(placement)).expect("memory opens");
        db.all(&["CREATE TABLE t (x)", "INSERT INTO t VALUES (1)", "PRAGMA query_only = 1"]);
        db.conn = None;
        let mut next = db.another();
        next.all(&["BEGIN", "INSERT INTO t VALUES (2)"]);
        // What is not committed goes with its connection, and so do settings and temporary tables.
        next.conn = None;
        let mut last = db.another();
        assert_eq!(last.run("SELECT x FROM t").expect("it is there").rows, [vec![Datum::Int(1)]]);
        let mode = last.run("SELECT file FROM pragma_database_list").expect("it reads").rows;
        assert_eq!(mode, [vec![Datum::Text(String::new())]], "SQLite's own memory");
    }
}

#[test]
fn a_second_connection_beside_the_only_one_is_an_error() {
    for placement in PLACEMENTS {
        let db = Db::open(alone(placement).busy_timeout(Duration::ZERO)).expect("memory opens");
        let Err(error) = block_on(db.driver.connect()) else { panic!("there is one") };
        assert_eq!(error.kind(), ErrorKind::Locked);
        assert!(error.help().is_some());
    }
}

#[test]
fn a_database_with_a_name_is_shared_whatever_the_pool() {
    let open =
        || Db::open(Options::file("file:known?mode=memory").one_connection(true)).expect("memory opens");
    let (mut one, mut two) = (open(), open());
    one.all(&["CREATE TABLE t (x)"]);
    two.all(&["SELECT * FROM t"]);
}

#[test]
fn foreign_keys_are_enforced_unless_told_otherwise() {
    let tables = ["CREATE TABLE a (id INTEGER PRIMARY KEY)", "CREATE TABLE b (a_id REFERENCES a (id))"];
    let mut on = Db::memory(Placement::Inline);
    assert_eq!(on.all(&tables).fails("INSERT INTO b VALUES (1)").kind(), ErrorKind::ForeignKeyViolation);
    let mut off = Db::open(Options::memory().foreign_keys(false)).expect("memory opens");
    off.all(&tables).all(&["INSERT INTO b VALUES (1)"]);
}

//! Futures that are dropped: seen from outside, no connection is left in a transaction, and no half of one is done.
#![allow(missing_docs)]

mod common;

use common::{Schema, cut, kind, run, value};
use rebis_core::{Binds, Datum, Result};
use rebis_driver::{Connection, Discard, Driver, Link, Step};
use rebis_engine::{Engine, EngineOptions, block_on};
use rebis_postgres::Postgres;
use rebis_sql::Statement;
use std::sync::Arc;

fn script(db: &mut dyn Connection, texts: &[&str], pendings: usize) -> Option<Result<()>> {
    let statements: Vec<Statement> = texts.iter().map(|text| Statement::new(*text, kind(text))).collect();
    let mut parts: Vec<(Binds, Discard)> = texts.iter().map(|_| (Binds::new(), Discard)).collect();
    let mut steps: Vec<Step<'_>> = statements
        .iter()
        .zip(&mut parts)
        .map(|(statement, (binds, sink))| Step::new(statement, binds, sink))
        .collect();
    cut(db.run(&mut steps), pendings)
}

fn state(watch: &mut dyn Connection, pid: i64) -> String {
    let text = format!("SELECT coalesce(state, 'none') FROM pg_stat_activity WHERE pid = {pid}");
    match value(watch, &text) {
        Datum::Text(state) => state,
        other => panic!("{other:?} is no state"),
    }
}

fn pid(db: &mut dyn Connection) -> i64 {
    match value(db, "SELECT pg_backend_pid()") {
        Datum::Int(pid) => pid,
        other => panic!("{other:?} is no process"),
    }
}

#[test]
fn cut_at_every_poll_it_heals_and_leaves_all_or_nothing() {
    let schema = Schema::new();
    let mut watch = block_on(schema.driver().connect()).expect("it connects");
    run(&mut *watch, "CREATE TABLE t (n int8, k int8)").expect("it is made");
    let mut db = block_on(schema.driver().connect()).expect("it connects");
    let process = pid(&mut *db);
    let (mut cuts, mut done) = (0, 0);
    for round in 0..20 {
        for pendings in 0..200 {
            let key = round * 1000 + pendings;
            let insert = format!("INSERT INTO t SELECT n, {key} FROM generate_series(1, 10) n");
            let texts = [
                "BEGIN",
                insert.as_str(),
                "SELECT repeat('x', 1000) FROM generate_series(1, 20000)",
                "COMMIT",
            ];
            let result = script(&mut *db, &texts, pendings);
            let expected = if result.is_some() { Link::Idle } else { Link::InFlight };
            assert_eq!(db.link(), expected, "{pendings} of round {round}");
            db = block_on(db.heal()).expect("it heals");
            assert_eq!((db.link(), state(&mut *watch, process)), (Link::Idle, "idle".into()));
            let count = value(&mut *watch, &format!("SELECT count(*) FROM t WHERE k = {key}"));
            let whole = count == Datum::Int(10);
            assert!(whole || (count == Datum::Int(0) && result.is_none()), "{count:?} of 10 rows");
            if let Some(result) = result {
                result.expect("nothing is wrong with it");
                done += 1;
                break;
            }
            cuts += 1;
        }
    }
    println!(
        "figure: cancellation | PostgreSQL | a batch cut at its polls: {cuts} cuts, {done} done, 1 connection"
    );
    assert!(cuts >= 20 && done == 20, "{cuts} cuts, {done} done");
}

#[test]
fn a_long_statement_is_interrupted() {
    let schema = Schema::new();
    let mut watch = block_on(schema.driver().connect()).expect("it connects");
    let mut db = block_on(schema.driver().connect()).expect("it connects");
    let process = pid(&mut *db);
    assert!(script(&mut *db, &["BEGIN", "SELECT pg_sleep(600)", "COMMIT"], 0).is_none());
    db = block_on(db.heal()).expect("it heals");
    assert_eq!((db.link(), state(&mut *watch, process)), (Link::Idle, "idle".into()));
    assert_eq!(pid(&mut *db), process, "it is the same connection");
}

#[test]
fn a_server_that_does_not_listen_costs_the_connection() {
    let schema = Schema::new();
    let mut db = block_on(schema.driver().connect()).expect("it connects");
    run(&mut *db, "CREATE FUNCTION deaf() RETURNS void LANGUAGE plpgsql AS 'BEGIN LOOP BEGIN PERFORM pg_sleep(1); EXCEPTION WHEN query_canceled THEN NULL; END; END LOOP; END'").expect("it is made");
    let process = pid(&mut *db);
    assert!(script(&mut *db, &["SELECT deaf()"], 0).is_none());
    let healed = block_on(db.heal());
    common::admin(&format!("SELECT pg_terminate_backend({process}, 5000)"));
    assert!(healed.is_none(), "it never comes to rest");
}

#[test]
fn a_piece_of_a_long_step_can_be_cut_too() {
    let schema = Schema::new();
    let mut db = block_on(schema.driver().connect()).expect("it connects");
    run(&mut *db, "CREATE TABLE t (n int8, s text)").expect("it is made");
    let insert = Statement::new("INSERT INTO t VALUES ($1, $2)", kind("INSERT"));
    let (long, mut binds) = ("x".repeat(60_000), Binds::new());
    for n in 0..400 {
        binds.int(n);
        binds.text(&long);
    }
    for pendings in 0..500 {
        let mut sink = Discard;
        let mut steps = [Step { times: 400, ..Step::new(&insert, &mut binds, &mut sink) }];
        let result = cut(db.run(&mut steps), pendings);
        db = block_on(db.heal()).expect("it heals");
        let count = value(&mut *db, "SELECT count(*) FROM t");
        assert!(count == Datum::Int(400) || (count == Datum::Int(0) && result.is_none()), "{count:?}");
        run(&mut *db, "DELETE FROM t").expect("it is emptied");
        if result.is_some() {
            return;
        }
    }
    panic!("it never came to its end");
}

#[test]
fn a_dropped_connection_of_a_pool_leaves_no_transaction() {
    let schema = Schema::new();
    let mut watch = block_on(schema.driver().connect()).expect("it connects");
    run(&mut *watch, "CREATE TABLE t (n int8)").expect("it is made");
    let driver = Arc::new(Postgres::new(schema.options(&[("application_name", schema.0.as_str())])));
    let engine = Engine::new_with(driver, common::url(), EngineOptions::new());
    // No runtime anywhere: the rollback is sent all the same.
    let mut db = block_on(engine.connect()).expect("it connects");
    block_on(db.begin(true)).expect("it begins");
    drop(db);
    let text = format!(
        "SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in%' AND application_name = '{}'",
        schema.0
    );
    for _ in 0..1_000 {
        if value(&mut *watch, &text) == Datum::Int(0) {
            let mut again = block_on(engine.connect()).expect("it connects");
            block_on(again.begin(true)).expect("it is idle");
            return;
        }
    }
    panic!("a transaction is left open");
}

#[test]
fn what_a_dropped_connection_was_doing_is_interrupted() {
    let schema = Schema::new();
    let mut watch = block_on(schema.driver().connect()).expect("it connects");
    let mut db = block_on(schema.driver().connect()).expect("it connects");
    let process = pid(&mut *db);
    assert!(script(&mut *db, &["SELECT pg_sleep(600)"], 0).is_none());
    drop(db);
    let text = format!("SELECT count(*) FROM pg_stat_activity WHERE pid = {process} AND state = 'active'");
    let gone = (0..2_000).any(|_| {
        run(&mut *watch, "SELECT pg_sleep(0.005)").expect("the server waits, not the test");
        value(&mut *watch, &text) == Datum::Int(0)
    });
    assert!(gone, "it sleeps on");
}

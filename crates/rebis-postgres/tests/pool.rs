//! What a borrower of the pool has changed is gone for the next one, at no round trip where nothing was changed.
#![allow(missing_docs)]

mod common;

use common::{Schema, cut};
use rebis_core::{Datum, Result};
use rebis_driver::Driver;
use rebis_engine::{Connection, Engine, EngineOptions, block_on};
use rebis_postgres::Postgres;
use rebis_sql::sql_unchecked;
use rebis_testkit::Proxy;
use std::sync::Arc;

fn engine(schema: &Schema, proxy: &Proxy) -> Engine {
    let driver =
        Postgres::new(schema.options(&[("application_name", &schema.0)]).port(proxy.address().port()));
    Engine::new_with(Arc::new(driver), common::url(), EngineOptions::new().pool_size(1).max_overflow(0))
}

fn text(db: &mut Connection, sql: &str) -> String {
    let found: Vec<(String,)> =
        block_on(db.all(sql_unchecked(sql).rows::<(String,)>())).unwrap_or_else(|e| panic!("{sql}: {e}"));
    found.into_iter().next().unwrap_or_default().0
}

#[test]
fn the_state_of_a_session_does_not_travel() {
    let (schema, proxy) = (Schema::new(), common::proxy());
    let engine = engine(&schema, &proxy);
    let connect = || block_on(engine.connect()).expect("it connects");
    let mut db = connect();
    let process = text(&mut db, "SELECT pg_backend_pid()::text");
    for change in [
        "SET search_path = pg_catalog",
        "SET TimeZone = 'Asia/Tokyo'",
        "SELECT set_config('work_mem', '1MB', false)",
        "CREATE TEMP TABLE mine (n int8)",
        "SELECT pg_advisory_lock(4711)",
        "LISTEN news",
        "PREPARE mine AS SELECT 1",
    ] {
        block_on(db.execute_raw(change)).unwrap_or_else(|e| panic!("{change}: {e}"));
        drop(db);
        db = connect();
        for (question, answer) in [
            ("SELECT pg_backend_pid()::text", process.as_str()),
            ("SHOW search_path", schema.0.as_str()),
            ("SELECT (current_setting('TimeZone') <> 'Asia/Tokyo')::text", "true"),
            ("SELECT (current_setting('work_mem') <> '1MB')::text", "true"),
            ("SELECT (to_regclass('pg_temp.mine') IS NULL)::text", "true"),
            (
                "SELECT count(*)::text FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()",
                "0",
            ),
            ("SELECT count(*)::text FROM pg_listening_channels()", "0"),
            ("SELECT count(*)::text FROM pg_prepared_statements WHERE from_sql", "0"),
        ] {
            assert_eq!(text(&mut db, question), answer, "{question} after {change}");
        }
    }
    // In a transaction that nobody ends.
    block_on(db.begin(true)).expect("it begins");
    block_on(db.execute_raw("SET search_path = pg_catalog")).expect("it is set");
    drop(db);
    assert_eq!(text(&mut connect(), "SHOW search_path"), schema.0);
}

#[test]
fn nothing_changed_costs_nothing() {
    let (schema, proxy) = (Schema::new(), common::proxy());
    let engine = engine(&schema, &proxy);
    drop(block_on(engine.connect()));
    proxy.turns();
    for _ in 0..5 {
        let mut db = block_on(engine.connect()).expect("it connects");
        text(&mut db, "SELECT 'a'");
    }
    drop(block_on(engine.connect()));
    assert_eq!(proxy.turns(), 5);
}

/// What a request does; cut somewhere, its connection goes back to the pool by itself.
async fn request(engine: Engine, key: usize) -> Result<()> {
    let mut db = engine.connect().await?;
    let mut transaction = db.transaction().await?;
    transaction.execute_raw(&format!("INSERT INTO t SELECT n, {key} FROM generate_series(1, 10) n")).await?;
    let query = sql_unchecked("SELECT repeat('x', 500) FROM generate_series(1, 2000)");
    let rows: Vec<(String,)> = transaction.all(query.rows::<(String,)>()).await?;
    assert_eq!(rows.len(), 2000);
    transaction.execute_raw(&format!("UPDATE t SET n = -n WHERE k = {key}")).await?;
    transaction.commit().await
}

#[test]
fn a_request_that_is_cut_anywhere_leaves_the_next_borrower_an_idle_connection() {
    let (schema, proxy) = (Schema::new(), common::proxy());
    let engine = engine(&schema, &proxy);
    let mut watch = block_on(schema.driver().connect()).expect("it connects");
    common::run(&mut *watch, "CREATE TABLE t (n int8, k int8)").expect("it is made");
    let (mut cuts, mut dirty, mut half) = (0, 0, 0);
    drop(block_on(engine.connect()).expect("the first one is opened"));
    for round in 0..20 {
        for pendings in 0.. {
            let key = round * 1000 + pendings;
            let done = cut(Box::pin(request(engine.clone(), key)), pendings);
            let mut db = block_on(engine.connect()).expect("the next one gets it");
            dirty += usize::from(
                text(&mut db, "SELECT (pg_current_xact_id_if_assigned() IS NOT NULL)::text") != "false",
            );
            dirty += usize::from(block_on(db.begin(true)).is_err());
            block_on(db.rollback()).expect("it rolls back");
            drop(db);
            let count =
                common::value(&mut *watch, &format!("SELECT count(*) FROM t WHERE k = {key} AND n < 0"));
            let all = common::value(&mut *watch, &format!("SELECT count(*) FROM t WHERE k = {key}"));
            half += usize::from(count != all || !matches!(all, Datum::Int(0 | 10)));
            if let Some(result) = done {
                result.expect("nothing is wrong with it");
                break;
            }
            cuts += 1;
        }
    }
    let opened = engine.pool_status().opened;
    println!(
        "figure: cancellation | PostgreSQL | {cuts} cuts of a connection's request at its polls: {dirty} dirty hand-outs, {half} half-written, {} connections opened",
        opened - 1
    );
    assert!(cuts >= 100, "{cuts} cuts");
    assert_eq!((dirty, half), (0, 0));
    assert!(opened as usize <= 1 + cuts / 100, "{opened} connections for {cuts} cuts");
}

//! Counters, recorders, echo, call sites and comments.
#![allow(missing_docs)]

mod common;

use common::{engine, inline, query, worker};
use rebis_core::{ErrorKind, Result};
use rebis_engine::{Doubtful, EngineOptions, block_on};
use rebis_sql::{Column, Expr, prepare, select};
use rebis_sqlite::Placement;
use std::sync::Mutex;

#[test]
fn a_recorder_collects_every_statement_with_its_place() -> Result<()> {
    for engine in [inline(), worker()] {
        block_on(async {
            let mut conn = engine.connect().await?;
            conn.execute_raw("CREATE TABLE t (x)").await?;
            let recorder = engine.record();
            let mut scope = conn.transaction().await?;
            scope.execute_raw("INSERT INTO t VALUES (1)").await?;
            drop(scope);
            let line = line!() + 1;
            conn.all(query::<i64>("SELECT x FROM t")).await?;
            let statements = recorder.statements();
            assert_eq!(statements[3].site.line(), line);
            assert_eq!(statements[3].times, 1);
            let expected = ["BEGIN IMMEDIATE", "INSERT INTO t VALUES (1)", "ROLLBACK", "SELECT x FROM t"];
            assert_eq!(recorder.take_sql(), expected);
            assert!(recorder.sql().is_empty());
            drop(recorder);
            conn.all(query::<i64>("SELECT x FROM t")).await.map(drop)
        })?;
    }
    Ok(())
}

#[test]
fn a_failed_statement_is_recorded_and_those_behind_it_are_not() -> Result<()> {
    let engine = inline();
    block_on(async {
        let mut conn = engine.connect().await?;
        let recorder = engine.record();
        assert!(conn.execute_raw("SELEC").await.is_err());
        assert_eq!(recorder.take_sql(), ["SELEC"]);
        Ok(())
    })
}

#[test]
fn counters_count_for_a_lease_and_for_the_engine() -> Result<()> {
    for engine in [inline(), worker()] {
        block_on(async {
            let mut conn = engine.connect().await?;
            conn.execute_raw("CREATE TABLE t (x)").await?;
            conn.execute_raw("INSERT INTO t VALUES (1), (2)").await?;
            conn.begin(true).await?;
            conn.execute_raw("UPDATE t SET x = 3").await?;
            conn.commit().await?;
            conn.all(query::<i64>("SELECT x FROM t")).await?;
            let counters = conn.counters();
            assert_eq!((counters.statements, counters.round_trips), (6, 6));
            assert_eq!((counters.reads, counters.writes), (1, 3));
            assert_eq!((counters.begins, counters.commits, counters.rollbacks), (1, 1, 0));
            assert_eq!((counters.rows_read, counters.rows_written), (2, 4));
            drop(conn);
            let again = engine.connect().await?;
            assert_eq!(again.counters().statements, 0);
            let before = engine.counters();
            assert_eq!(before.statements, 6);
            // Closed connections have counted too.
            drop(again);
            engine.dispose();
            let mut conn = engine.connect().await?;
            conn.all(query::<i64>("SELECT 1")).await?;
            assert_eq!((engine.counters() - before).statements, 1);
            Ok::<_, rebis_core::Error>(())
        })?;
    }
    Ok(())
}

#[test]
fn errors_say_which_statement_and_where() -> Result<()> {
    for engine in [inline(), worker()] {
        block_on(async {
            let mut conn = engine.connect().await?;
            let line = line!() + 1;
            let error = conn.all(query::<i64>("SELECT x FROM nowhere")).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::NoSuchObject);
            assert_eq!(error.sql(), Some("SELECT x FROM nowhere"));
            let site = error.site().expect("a place");
            assert!(site.file().ends_with("watching.rs") && site.line() == line);
            let error = conn.one(query::<i64>("SELECT 1 WHERE 0")).await.unwrap_err();
            assert_eq!(error.sql(), Some("SELECT 1 WHERE 0"));
            Ok::<_, rebis_core::Error>(())
        })?;
    }
    Ok(())
}

#[test]
fn echo_prints_statement_rows_and_place() -> Result<()> {
    static LINES: Mutex<Vec<String>> = Mutex::new(Vec::new());
    fn print(line: &str) {
        LINES.lock().expect("no panic").push(line.to_owned());
    }
    let engine = engine(Placement::Inline, EngineOptions::new().echo_to(print));
    block_on(async {
        let mut conn = engine.connect().await?;
        conn.all(query::<i64>("SELECT 1 UNION ALL SELECT 2")).await?;
        assert!(conn.execute_raw("SELEC").await.is_err());
        Ok::<_, rebis_core::Error>(())
    })?;
    let lines = LINES.lock().expect("no panic");
    assert!(lines[0].contains(", 2 rows, ") && lines[0].contains("watching.rs:"), "{lines:?}");
    assert!(lines[0].ends_with(": SELECT 1 UNION ALL SELECT 2"), "{lines:?}");
    assert!(lines[1].contains("failed: "), "{lines:?}");
    Ok(())
}

#[test]
fn comments_carry_the_place_to_the_database() -> Result<()> {
    for placement in [Placement::Inline, Placement::Worker] {
        let engine = engine(placement, EngineOptions::new().site_comments(true));
        block_on(async {
            let mut conn = engine.connect().await?;
            let recorder = engine.record();
            let mut scope = conn.transaction().await?;
            let line = line!() + 1;
            let rows = scope.all(query::<i64>("SELECT 1")).await?;
            scope.commit().await?;
            assert_eq!(rows, [1]);
            let [begin, select, commit] = &recorder.take_sql()[..] else { panic!("three statements") };
            assert_eq!([begin.as_str(), commit.as_str()], ["BEGIN IMMEDIATE", "COMMIT"]);
            assert!(
                select.starts_with("SELECT 1 /* ") && select.ends_with(&format!("watching.rs:{line} */"))
            );
            assert_eq!(conn.counters().rows_read, 1);
            Ok::<_, rebis_core::Error>(())
        })?;
    }
    Ok(())
}

#[test]
fn a_text_is_one_statement_however_often_it_is_asked_for() {
    use rebis_sql::StatementKind::{Read, Write};
    let engine = engine(Placement::Inline, EngineOptions::new().statement_texts(2));
    let first = engine.statement("SELECT 1", Read);
    assert_eq!(first.id(), engine.statement("SELECT 1", Read).id());
    assert_ne!(first.id(), engine.statement("SELECT 1", Write).id());
    let kept = engine.statement("SELECT 2", Read);
    engine.statement("SELECT 3", Read);
    assert_eq!(kept.id(), engine.statement("SELECT 2", Read).id());
    let mut conn = block_on(engine.connect()).expect("a connection");
    assert_eq!(kept.id(), conn.statement("SELECT 2", Read).id());
}

#[test]
fn a_prepared_statement_is_doubted_as_any_other() -> Result<()> {
    const X: Column<(), i64> = Column::new("t", "x", 0);
    let third = prepare(|least: Expr<i64>| select(X).filter(X.ge(least)).limit(20).offset(40));
    let in_order = prepare(|least: Expr<i64>| select(X).filter(X.ge(least)).order_by(X).limit(20).offset(40));
    for (doubtful, goes_well) in
        [(Doubtful::Refuse, false), (Doubtful::Ignore, true), (Doubtful::Report, true)]
    {
        let engine = engine(Placement::Inline, EngineOptions::new().doubtful(doubtful));
        block_on(async {
            let mut conn = engine.connect().await?;
            conn.execute_raw("CREATE TABLE t (x)").await?;
            for _ in 0..2 {
                let result = conn.all(third.with(1)).await;
                assert_eq!(result.is_ok(), goes_well);
                assert!(result.is_ok() || result.is_err_and(|e| e.kind() == ErrorKind::InvalidStatement));
            }
            conn.all(in_order.with(1)).await.map(drop)
        })?;
    }
    Ok(())
}

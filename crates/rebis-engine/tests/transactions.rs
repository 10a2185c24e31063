//! Transactions, scopes, savepoints and isolation on a connection, over both placements of SQLite.
#![allow(missing_docs)]

mod common;

use common::{inline, query, worker};
use rebis_core::{ErrorKind, Result};
use rebis_engine::{Connection, IsolationLevel, block_on};

fn each(test: impl AsyncFn(&mut Connection) -> Result<()>) -> Result<()> {
    for engine in [inline(), worker()] {
        block_on(async {
            let mut conn = engine.connect().await?;
            conn.execute_raw("CREATE TABLE t (x UNIQUE)").await?;
            test(&mut conn).await
        })?;
    }
    Ok(())
}

async fn count(conn: &mut Connection) -> Result<i64> {
    conn.scalar(query::<i64>("SELECT count(*) FROM t")).await
}

#[test]
fn commit_keeps_and_rollback_forgets() -> Result<()> {
    each(async |conn| {
        conn.begin(true).await?;
        assert!(conn.in_transaction());
        conn.execute_raw("INSERT INTO t VALUES (1)").await?;
        conn.commit().await?;
        assert!(!conn.in_transaction());
        conn.begin(false).await?;
        conn.execute_raw("INSERT INTO t VALUES (2)").await?;
        conn.rollback().await?;
        assert_eq!(count(conn).await?, 1);
        conn.rollback().await
    })
}

#[test]
fn a_scope_dropped_is_rolled_back() -> Result<()> {
    each(async |conn| {
        let mut scope = conn.transaction().await?;
        scope.execute_raw("INSERT INTO t VALUES (1)").await?;
        drop(scope);
        assert_eq!(count(conn).await?, 0);
        let mut scope = conn.transaction().await?;
        scope.execute_raw("INSERT INTO t VALUES (1)").await?;
        scope.commit().await?;
        assert_eq!(count(conn).await?, 1);
        let mut scope = conn.transaction().await?;
        scope.execute_raw("DELETE FROM t").await?;
        scope.rollback().await?;
        // Dropped before its first poll, a commit is a rollback.
        let mut scope = conn.read_transaction().await?;
        scope.execute_raw("DELETE FROM t").await?;
        drop(scope.commit());
        assert_eq!(count(conn).await?, 1);
        Ok(())
    })
}

#[test]
fn savepoints_undo_a_part() -> Result<()> {
    each(async |conn| {
        let outside = conn.savepoint("a").await.unwrap_err();
        assert_eq!(outside.kind(), ErrorKind::InvalidState);
        let mut scope = conn.transaction().await?;
        scope.execute_raw("INSERT INTO t VALUES (1)").await?;
        scope.savepoint("it's \"odd\"").await?;
        scope.execute_raw("INSERT INTO t VALUES (2)").await?;
        scope.rollback_to("it's \"odd\"").await?;
        scope.release("it's \"odd\"").await?;
        scope.commit().await?;
        assert_eq!(count(conn).await?, 1);
        Ok(())
    })
}

#[test]
fn what_makes_no_sense_is_an_error_that_says_so() -> Result<()> {
    each(async |conn| {
        assert_eq!(conn.commit().await.unwrap_err().kind(), ErrorKind::InvalidState);
        conn.begin(false).await?;
        let error = conn.begin(false).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidState);
        assert!(error.site().is_some_and(|site| site.file().ends_with("transactions.rs")));
        conn.rollback().await
    })
}

#[test]
fn a_commit_that_fails_can_be_rolled_back() -> Result<()> {
    each(async |conn| {
        conn.execute_raw("CREATE TABLE p (id INTEGER PRIMARY KEY)").await?;
        conn.execute_raw("CREATE TABLE c (p_id REFERENCES p (id) DEFERRABLE INITIALLY DEFERRED)").await?;
        conn.begin(true).await?;
        conn.execute_raw("INSERT INTO c VALUES (1)").await?;
        assert_eq!(conn.commit().await.unwrap_err().kind(), ErrorKind::ForeignKeyViolation);
        assert!(conn.in_transaction());
        conn.rollback().await?;
        let mut scope = conn.transaction().await?;
        scope.execute_raw("INSERT INTO c VALUES (1)").await?;
        assert_eq!(scope.commit().await.unwrap_err().kind(), ErrorKind::ForeignKeyViolation);
        assert!(!conn.in_transaction());
        assert_eq!(conn.scalar(query::<i64>("SELECT count(*) FROM c")).await?, 0);
        Ok(())
    })
}

#[test]
fn levels_are_set_and_reset_or_refused() -> Result<()> {
    each(async |conn| {
        let uncommitted = "PRAGMA read_uncommitted";
        let mut scope = conn.transaction_with(IsolationLevel::ReadUncommitted).await?;
        assert_eq!(scope.scalar(query::<i64>(uncommitted)).await?, 1);
        scope.commit().await?;
        assert_eq!(conn.scalar(query::<i64>(uncommitted)).await?, 0);
        conn.transaction_with(IsolationLevel::Serializable).await?.commit().await?;
        let error = conn.transaction_with(IsolationLevel::RepeatableRead).await.expect_err("refused");
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        assert!(error.help().is_some_and(|help| help.contains("SERIALIZABLE")));
        assert!(!conn.in_transaction());
        Ok(())
    })
}

/// A level that is still set when a scope is dropped goes with the rollback, or with the connection.
#[test]
fn a_level_does_not_reach_the_next_borrower() -> Result<()> {
    for engine in [inline(), worker()] {
        block_on(async {
            let mut conn = engine.connect().await?;
            drop(conn.transaction_with(IsolationLevel::ReadUncommitted).await?);
            drop(conn);
            let mut conn = engine.connect().await?;
            conn.begin_with(IsolationLevel::ReadUncommitted, false).await?;
            drop(conn);
            let mut conn = engine.connect().await?;
            assert_eq!(conn.scalar(query::<i64>("PRAGMA read_uncommitted")).await?, 0);
            conn.begin(true).await?;
            conn.commit().await
        })?;
    }
    Ok(())
}

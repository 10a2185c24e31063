//! Under the engine: what the pool hands out, and several connections at the same time.
#![allow(missing_docs)]

mod common;

use common::{Db, Fresh, block_on};
use rebis_core::{BoxFuture, ErrorKind, Result};
use rebis_driver::{IsolationLevel, Link};
use rebis_engine::{Engine, EngineOptions, Url};
use rebis_mysql::MySql;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Barrier};
use std::task::{Context, Poll};
use std::time::Duration;

fn engine(fresh: &Fresh, options: EngineOptions) -> Engine {
    let url: Url = "mysql://root@127.0.0.1/".parse().expect("it is right");
    Engine::new_with(Arc::new(MySql::new(fresh.options())), url.with_database(fresh.name()), options)
}

/// A future that is dropped when it has been pending so many times.
struct CutAt<'f> {
    future: Option<BoxFuture<'f, Result<()>>>,
    left: usize,
}

impl Future for CutAt<'_> {
    type Output = Option<Result<()>>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
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

/// What a request does, with a place to be cut at every await.
async fn request(engine: &Engine, n: usize) -> Result<()> {
    let mut conn = engine.connect().await?;
    conn.begin(true).await?;
    conn.execute_raw(&format!("INSERT INTO t VALUES ({n})")).await?;
    conn.execute_raw("UPDATE many SET n = n + 1").await?;
    conn.execute_raw(&format!("INSERT INTO t VALUES ({n})")).await?;
    conn.commit().await
}

#[test]
fn whoever_comes_next_gets_a_clean_connection_however_requests_were_cut() {
    let fresh = Fresh::new();
    let mut watch = fresh.connect();
    watch.all(&["CREATE TABLE t (n INT)", "CREATE TABLE many (n INT)"]);
    watch.all(&["INSERT INTO many SELECT seq FROM seq_1_to_2000"]);
    let engine = engine(&fresh, EngineOptions::new().pool_size(1).max_overflow(0));
    let (mut whole, mut cuts, mut n) = (0, 0, 0);
    for k in 0..40 {
        for _ in 0..20 {
            n += 1;
            let future = CutAt { future: Some(Box::pin(request(&engine, n))), left: k };
            let done = block_on(future);
            let done = done.map(|result| result.expect("nothing is wrong with it")).is_some();
            block_on(async {
                let mut conn = engine.connect().await?;
                let open: i64 = conn.scalar(rebis_sql::sql("SELECT @@in_transaction").rows::<i64>()).await?;
                assert_eq!(open, 0, "cut after {k} polls: the next one begins in a transaction");
                Ok::<(), rebis_core::Error>(())
            })
            .expect("the next one is served");
            let count = watch.number(&format!("SELECT count(*) FROM t WHERE n = {n}"));
            assert!(count == 2 || (count == 0 && !done), "{count} of 2 rows, cut after {k} polls");
            (whole, cuts) = (whole + usize::from(done), cuts + usize::from(!done));
        }
        if whole >= 20 {
            break;
        }
    }
    let opened = engine.pool_status().opened;
    println!(
        "figure: cancellation | MariaDB | {cuts} cuts of a connection's request at its polls: 0 dirty hand-outs, 0 half-written, {} connections opened",
        opened - 1
    );
    assert!(whole >= 20 && cuts >= 60, "{whole} whole, {cuts} cuts");
    assert!(opened as usize <= 1 + cuts / 100, "{opened} connections for {cuts} cuts");
    assert_eq!(engine.pool_status().in_use, 0);
}

#[test]
fn a_transaction_that_is_dropped_on_a_thread_without_a_runtime_is_rolled_back() {
    let fresh = Fresh::new();
    let mut other = Db::on(fresh.options().lock_timeout(Duration::from_secs(20)));
    other.all(&["CREATE TABLE t (n INT UNIQUE)"]);
    let engine = engine(&fresh, EngineOptions::new().pool_size(1).max_overflow(0));
    for n in 0..20 {
        let mut conn = block_on(engine.connect()).expect("a connection");
        block_on(conn.begin(true)).expect("it begins");
        block_on(conn.execute_raw(&format!("INSERT INTO t VALUES ({n})"))).expect("it writes");
        drop(conn);
        // It waits for the lock of the one that was dropped.
        other.all(&[&format!("INSERT INTO t VALUES ({n})")]);
    }
    assert_eq!((other.number("SELECT count(*) FROM t"), engine.pool_status().opened), (20, 1));
}

#[test]
fn locks_of_others_are_told_and_may_be_tried_again() {
    let fresh = Fresh::new();
    let options = || fresh.options().lock_timeout(Duration::from_secs(1));
    let (mut one, mut two) = (Db::on(options()), Db::on(options()));
    one.all(&["CREATE TABLE t (id INT PRIMARY KEY, n INT)", "INSERT INTO t VALUES (1, 0), (2, 0)"]);
    one.all(&["BEGIN", "UPDATE t SET n = 1 WHERE id = 1"]);
    let error = two.run("UPDATE t SET n = 2 WHERE id = 1").expect_err("it is locked");
    assert_eq!((error.kind(), error.is_retryable(), two.link()), (ErrorKind::Locked, true, Link::Idle));
    let error = two.run("SELECT n FROM t WHERE id = 1 FOR UPDATE NOWAIT").expect_err("it is locked");
    assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::Locked, true), "{error}");
    one.all(&["ROLLBACK"]);
    assert_eq!(one.number("SELECT sum(n) - 0e0 = 0 FROM t"), 1);
}

#[test]
fn a_deadlock_gives_up_one_transaction_and_leaves_the_other() {
    let fresh = Fresh::new();
    fresh
        .connect()
        .all(&["CREATE TABLE t (id INT PRIMARY KEY, n INT)", "INSERT INTO t VALUES (1, 0), (2, 0)"]);
    let (barrier, options) = (Arc::new(Barrier::new(2)), fresh.options());
    let work = |first: i32, second: i32| {
        let (barrier, options) = (barrier.clone(), options.clone());
        std::thread::spawn(move || {
            let mut db = Db::on(options);
            db.all(&["BEGIN", &format!("UPDATE t SET n = n + 1 WHERE id = {first}")]);
            barrier.wait();
            match db.run(&format!("UPDATE t SET n = n + 1 WHERE id = {second}")) {
                Ok(_) => {
                    db.all(&["COMMIT"]);
                    true
                }
                Err(error) => {
                    assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::Deadlock, true), "{error}");
                    assert_eq!(db.link(), Link::Aborted, "the server has rolled it back");
                    assert_eq!(db.run("COMMIT").expect_err("no").kind(), ErrorKind::TransactionAborted);
                    db.all(&["ROLLBACK", "SELECT n FROM t"]);
                    false
                }
            }
        })
    };
    let (one, two) = (work(1, 2), work(2, 1));
    let done = [one, two].map(|thread| thread.join().expect("no assertion failed"));
    assert_eq!(done.iter().filter(|done| **done).count(), 1);
    assert_eq!(fresh.connect().rows("SELECT n FROM t").concat(), [1, 1].map(rebis_core::Datum::Int));
}

#[test]
fn a_level_of_isolation_is_one_of_its_transaction_alone() {
    let fresh = Fresh::new();
    fresh.connect().all(&["CREATE TABLE t (n INT)"]);
    let engine = engine(&fresh, EngineOptions::new().pool_size(1).max_overflow(0));
    let mut other = fresh.connect();
    block_on(async {
        let mut conn = engine.connect().await?;
        let count = || rebis_sql::sql("SELECT count(*) FROM t").rows::<i64>();
        for (level, sees) in [(IsolationLevel::ReadCommitted, 1), (IsolationLevel::RepeatableRead, 0)] {
            other.all(&["DELETE FROM t"]);
            conn.begin_with(level, false).await?;
            assert_eq!(conn.scalar(count()).await?, 0);
            other.all(&["INSERT INTO t VALUES (1)"]);
            assert_eq!(conn.scalar(count()).await?, sees, "{level}");
            conn.commit().await?;
        }
        Ok::<(), rebis_core::Error>(())
    })
    .expect("all goes well");
    block_on(async {
        let mut conn = engine.connect().await?;
        conn.begin_with(IsolationLevel::ReadUncommitted, false).await?;
        drop(conn);
        let mut conn = engine.connect().await?;
        conn.begin(false).await?;
        let count = rebis_sql::sql("SELECT count(*) FROM t").rows::<i64>();
        let before = conn.scalar(count.clone()).await?;
        other.all(&["BEGIN", "INSERT INTO t VALUES (2)"]);
        assert_eq!(conn.scalar(count).await?, before, "it does not see what is not committed");
        other.all(&["ROLLBACK"]);
        conn.commit().await
    })
    .expect("all goes well");
}

#[test]
fn a_transaction_that_reads_cannot_write() {
    let fresh = Fresh::new();
    let mut db = fresh.connect();
    db.all(&["CREATE TABLE t (n INT)", "START TRANSACTION READ ONLY"]);
    assert_eq!(db.link(), Link::InTransaction, "raw SQL opened it");
    assert_eq!(db.run("INSERT INTO t VALUES (1)").expect_err("no").kind(), ErrorKind::ReadOnly);
    db.all(&["ROLLBACK"]);
}

#[test]
fn what_a_borrower_has_changed_does_not_travel() {
    let fresh = Fresh::new();
    let elsewhere = Fresh::new();
    let engine = engine(&fresh, EngineOptions::new().pool_size(1).max_overflow(0));
    let mut watch = fresh.connect();
    let change_database = format!("USE {}", elsewhere.name());
    let lock = format!("DO GET_LOCK('{}', 0)", fresh.name());
    for change in [
        "SET sql_mode = ''",
        "SET time_zone = '+05:00', @mine = 7",
        "SET autocommit = 0",
        "SET NAMES latin1",
        "CREATE TEMPORARY TABLE mine (n INT)",
        "SET SESSION TRANSACTION ISOLATION LEVEL READ UNCOMMITTED",
        &change_database,
        &lock,
    ] {
        block_on(async {
            let mut conn = engine.connect().await?;
            conn.execute_raw(change).await?;
            drop(conn);
            let mut conn = engine.connect().await?;
            let seen = rebis_sql::sql(
                "SELECT concat_ws('/', @@sql_mode LIKE '%STRICT%', @@time_zone, @mine IS NULL, @@autocommit, \
                 @@character_set_client, @@tx_isolation, database())",
            );
            let seen: String = conn.scalar(seen.rows::<String>()).await?;
            let expected = format!("1/+00:00/1/ON/utf8mb4/REPEATABLE-READ/{}", fresh.name());
            assert_eq!(seen, expected, "{change}");
            assert!(conn.execute_raw("SELECT n FROM mine").await.is_err(), "{change}");
            Ok::<(), rebis_core::Error>(())
        })
        .expect(change);
        assert_eq!(watch.number(&format!("SELECT IS_FREE_LOCK('{}')", fresh.name())), 1, "{change}");
    }
    assert_eq!(engine.pool_status().opened, 1, "connections are reset, not thrown away");
}

/// A transfer between two accounts, which locks of others may refuse.
async fn transfer(engine: &Engine, from: u64, to: u64) -> Result<()> {
    let mut conn = engine.connect().await?;
    conn.begin_with(IsolationLevel::Serializable, true).await?;
    let select =
        |n: u64| rebis_sql::sql("SELECT balance FROM accounts WHERE id = {}").bind(n as i64).rows::<i64>();
    let (a, b) = (conn.scalar(select(from)).await?, conn.scalar(select(to)).await?);
    conn.execute_raw(&format!("UPDATE accounts SET balance = {} WHERE id = {from}", a - 1)).await?;
    conn.execute_raw(&format!("UPDATE accounts SET balance = {} WHERE id = {to}", b + 1)).await?;
    conn.commit().await
}

#[test]
fn money_is_neither_made_nor_lost() {
    const WORKERS: u64 = 8;
    const EACH: u64 = 150;
    let fresh = Fresh::new();
    let mut watch = fresh.connect();
    watch.all(&["CREATE TABLE accounts (id BIGINT PRIMARY KEY, balance BIGINT)"]);
    watch.all(&["INSERT INTO accounts SELECT seq, 1000 FROM seq_1_to_10"]);
    let engine = engine(&fresh, EngineOptions::new().pool_size(4));
    let work = |worker: u64| {
        let engine = engine.clone();
        move || {
            let (mut seed, mut refused) = (worker, 0u64);
            let mut next = || {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (seed >> 33) % 10
            };
            for _ in 0..EACH {
                let from = next();
                let to = (from + 1 + next() % 9) % 10;
                while let Err(error) = block_on(transfer(&engine, from + 1, to + 1)) {
                    assert!(error.is_retryable(), "{error}");
                    refused += 1;
                }
            }
            refused
        }
    };
    let workers: Vec<_> = (1..=WORKERS).map(|worker| std::thread::spawn(work(worker))).collect();
    let refused: u64 = workers.into_iter().map(|worker| worker.join().expect("no assertion failed")).sum();
    println!("{} transfers, {refused} tried again", WORKERS * EACH);
    let sum = watch.rows("SELECT CAST(sum(balance) AS SIGNED) FROM accounts");
    assert_eq!(sum, [[rebis_core::Datum::Int(10_000)]]);
}

//! Many threads, few connections, futures dropped at any point: nobody waits for ever, nothing is half written.
#![allow(missing_docs)]

mod common;

use common::fake::poll;
use common::{engine, query};
use rebis_core::Result;
use rebis_engine::{Engine, EngineOptions, block_on};
use rebis_sqlite::Placement;
use std::thread;

const THREADS: i64 = 6;
const ROUNDS: i64 = 60;

/// A small generator of numbers, so that the test needs no crate for them.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }
}

/// Writes two rows in a transaction, unless it is cut before; whether it was committed for certain.
fn visit(engine: &Engine, dice: &mut Dice, value: i64) -> Result<bool> {
    let mut connecting = engine.connect();
    // Every fifth gives up: before it asked, in the queue, or with a connection that it never uses.
    if dice.roll(5) == 0 {
        if dice.roll(2) == 0 {
            let _ = poll(&mut connecting);
        }
        return Ok(false);
    }
    let mut conn = block_on(connecting)?;
    let cut = dice.roll(4) == 0;
    let patience = dice.roll(6);
    let mut work = Box::pin(async {
        let mut scope = conn.transaction().await?;
        scope.execute(rebis_sql::sql("INSERT INTO t VALUES ({})").bind(value)).await?;
        scope.all(query::<i64>("SELECT x FROM t")).await?;
        scope.execute(rebis_sql::sql("INSERT INTO t VALUES ({})").bind(value)).await?;
        scope.commit().await
    });
    if !cut {
        return block_on(work).map(|()| true);
    }
    for _ in 0..patience {
        if let Some(result) = poll(&mut work) {
            return result.map(|()| true);
        }
        thread::yield_now();
    }
    Ok(false)
}

#[test]
fn few_connections_serve_many_threads_and_nothing_is_half_written() {
    for placement in [Placement::Inline, Placement::Worker] {
        let engine = engine(placement, EngineOptions::new().pool_size(2).max_overflow(1));
        block_on(async { engine.connect().await?.execute_raw("CREATE TABLE t (x)").await }).expect("a table");
        let committed: Vec<i64> = thread::scope(|scope| {
            let workers: Vec<_> = (0..THREADS)
                .map(|thread| {
                    let engine = &engine;
                    scope.spawn(move || {
                        let mut dice = Dice(0x9e37_79b9 + thread as u64);
                        let values = (0..ROUNDS).map(|round| thread * ROUNDS + round);
                        values.filter(|v| visit(engine, &mut dice, *v).expect("no error")).collect::<Vec<_>>()
                    })
                })
                .collect();
            workers.into_iter().flat_map(|worker| worker.join().expect("no panic")).collect()
        });
        let mut conn = block_on(engine.connect()).expect("a connection");
        let odd = "SELECT count(*) FROM (SELECT x FROM t GROUP BY x HAVING count(*) <> 2)";
        assert_eq!(block_on(conn.scalar(query::<i64>(odd))).expect("it counts"), 0);
        let rows = block_on(conn.all(query::<i64>("SELECT DISTINCT x FROM t"))).expect("it reads");
        assert!(committed.iter().all(|value| rows.contains(value)));
        assert!(!committed.is_empty());
        drop(conn);
        assert_eq!(engine.pool_status().waiting, 0);
        assert!(engine.pool_status().in_use <= 3);
    }
}

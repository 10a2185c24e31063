//! A bank in which money is moved, and neither made nor lost.
#![allow(unreachable_pub)]

use rebis::blocking::Engine;
use rebis::prelude::*;
use rebis::{IsolationLevel, Retry, SessionOptions};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

#[derive(Model, Debug)]
#[model(table = "accounts")]
pub struct Account {
    #[column(primary_key)]
    pub id: i64,
    pub cents: i64,
}

const ACCOUNTS: i64 = 5;
const WORKERS: u64 = 8;
/// In a whole run: `REBIS_TEST_TRANSFERS=20000`.
const TRANSFERS: u64 = 400;

/// Eight workers move money between five accounts at SERIALIZABLE.
pub fn bank(engine: &Engine) {
    let transfers: u64 =
        std::env::var("REBIS_TEST_TRANSFERS").map_or(TRANSFERS, |n| n.parse().expect("a number"));
    metadata![Account].create_all(engine).expect("tables");
    let mut db = engine.session();
    db.add_all((1..=ACCOUNTS).map(|id| Account.new().id(id).cents(1000)));
    db.commit().expect("it is kept");
    let sessions = engine.sessions(SessionOptions::new().isolation(IsolationLevel::Serializable));
    let (met, done) = (AtomicU64::new(0), AtomicU64::new(0));
    std::thread::scope(|scope| {
        for worker in 0..WORKERS {
            let (sessions, met, done) = (&sessions, &met, &done);
            scope.spawn(move || {
                for n in 0..transfers / WORKERS {
                    let mut runs = 0;
                    let (from, to) =
                        ((worker + n) as i64 % ACCOUNTS + 1, (worker * 3 + n * 7) as i64 % ACCOUNTS + 1);
                    let policy = Retry::new()
                        .attempts(100)
                        .pauses(Duration::from_millis(1), Duration::from_millis(50));
                    let outcome = sessions.retry_with(policy, |db| {
                        runs += 1;
                        let (from, to) = (db.get_one(Account, from)?, db.get_one(Account, to)?);
                        db[from].cents -= 7;
                        db[to].cents += 7;
                        Ok(())
                    });
                    outcome.expect("a transfer goes through in the end");
                    met.fetch_add(runs - 1, Ordering::Relaxed);
                    done.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
    });
    let all = engine.session().all(select(Account.cents)).expect("rows");
    assert_eq!(all.iter().sum::<i64>(), ACCOUNTS * 1000, "{all:?}");
    println!(
        "figure: retry | {} | {} transfers by 8 workers at SERIALIZABLE conserved the total, {} were run again",
        engine.capabilities().name,
        done.into_inner(),
        met.into_inner()
    );
}

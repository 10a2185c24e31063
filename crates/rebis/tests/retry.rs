//! Transactions that met others are run again: a bank that loses no cent.
#![allow(missing_docs)]
#![cfg(feature = "sqlite")]

mod support;

use rebis::blocking::Engine;
use rebis::prelude::*;
use rebis::{EngineOptions, ErrorKind, IsolationLevel, Retry, SessionOptions};
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
fn bank(engine: &Engine) {
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
        "{}: {} transfers conserved the total, {} were run again",
        engine.capabilities().name,
        done.into_inner(),
        met.into_inner()
    );
}

#[test]
fn sqlite_conserves_the_total() {
    let folder = std::env::temp_dir().join(format!("rebis-bank-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let url = format!("sqlite:///{}?journal_mode=wal", folder.join("bank.db").display());
    bank(&Engine::with_options(&url, EngineOptions::new().pool_size(8)).expect("a URL"));
    std::fs::remove_dir_all(&folder).expect("it is gone");
}

#[cfg(all(feature = "postgres", feature = "mysql"))]
#[test]
fn postgres_conserves_the_total() {
    bank(
        &Engine::with_options(&support::servers::postgres(), EngineOptions::new().pool_size(8))
            .expect("a URL"),
    );
}

#[cfg(all(feature = "postgres", feature = "mysql"))]
#[test]
fn mysql_conserves_the_total() {
    bank(
        &Engine::with_options(&support::servers::mysql(), EngineOptions::new().pool_size(8)).expect("a URL"),
    );
}

#[test]
fn other_errors_and_too_many_attempts_stand() {
    let engine = Engine::new("sqlite::memory:").expect("a URL");
    metadata![Account].create_all(&engine).expect("tables");
    let mut runs = 0;
    let error = engine
        .retry(|db| {
            runs += 1;
            db.get_one(Account, 1).map(|_| ())
        })
        .expect_err("there is none");
    assert_eq!((error.kind(), runs), (ErrorKind::NotFound, 1));

    let policy = Retry::new().attempts(3).pauses(Duration::ZERO, Duration::ZERO);
    let mut runs = 0;
    let error = engine
        .sessions(SessionOptions::new())
        .retry_with(policy, |_| -> rebis::Result<()> {
            runs += 1;
            Err(rebis::Error::new(ErrorKind::Deadlock, "again"))
        })
        .expect_err("it gives up");
    assert_eq!((error.kind(), runs), (ErrorKind::Deadlock, 3));
}

/// What the failed attempt wrote is gone, and the next one begins with a session that knows nothing.
#[test]
fn each_attempt_has_a_fresh_session() {
    let engine = Engine::new("sqlite::memory:").expect("a URL");
    metadata![Account].create_all(&engine).expect("tables");
    let mut runs = 0;
    let account = engine
        .retry(|db| {
            runs += 1;
            assert_eq!(db.count(Account)?, 0);
            db.add(Account.new().id(1).cents(runs));
            db.flush()?;
            if runs == 1 {
                Err(rebis::Error::new(ErrorKind::Serialization, "somebody was faster"))
            } else {
                Ok(runs)
            }
        })
        .expect("the second goes through");
    assert_eq!(account, 2);
    assert_eq!(engine.session().all(select(Account.cents)).expect("rows"), [2]);
}

/// The async form is `Send` with captured references, in a task.
#[test]
fn the_future_can_be_spawned() {
    fn spawn<T>(future: impl Future<Output = T> + Send) -> T {
        rebis_engine::block_on(future)
    }
    let engine = <rebis::Engine as FromUrl>::new("sqlite::memory:").expect("a URL");
    let name = String::from("captured");
    let length = spawn(async {
        metadata![Account].create_all(&engine).await?;
        engine
            .retry(async |db| {
                db.add(Account.new().id(1).cents(name.len() as i64));
                Ok(name.len())
            })
            .await
    });
    assert_eq!(length.expect("it goes through"), 8);
}

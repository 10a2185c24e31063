//! Transactions that met others are run again: a bank that loses no cent.
#![allow(missing_docs)]
#![cfg(feature = "sqlite")]

#[path = "support/bank.rs"]
mod bank;

use bank::{Account, bank};
use rebis::blocking::Engine;
use rebis::prelude::*;
use rebis::{EngineOptions, ErrorKind, Retry, SessionOptions};
use std::time::Duration;

#[test]
fn sqlite_conserves_the_total() {
    let folder = std::env::temp_dir().join(format!("rebis-bank-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let url = format!("sqlite:///{}?journal_mode=wal", folder.join("bank.db").display());
    bank(&Engine::with_options(&url, EngineOptions::new().pool_size(8)).expect("a URL"));
    std::fs::remove_dir_all(&folder).expect("it is gone");
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

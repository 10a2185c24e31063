//! COMMIT is done, not done, or nobody knows; and a failure that nobody looked at is none that gets committed.

use super::{engine, support};
use rebis::postgres::{EngineExt, Outcome};
use rebis::prelude::*;
use rebis::{Engine, EngineOptions, ErrorKind};
use rebis_engine::block_on;
use rebis_testkit::Cut;
use std::sync::atomic::{AtomicUsize, Ordering};
use support::User;

const ROUNDS: usize = 10;

/// How many there are of a name, once nobody is writing it any more.
fn count(engine: &Engine, name: &str) -> u64 {
    block_on(engine.session().count(select(User).filter(User.name.eq(name)))).expect("a count")
}

/// What was done is there; what was refused is not, and the error says why.
pub(crate) fn a_commit_is_done_or_not(name: &str, url: &str) {
    let engine = engine(url, EngineOptions::new());
    for n in 0..ROUNDS {
        let mut db = engine.session();
        db.add(User.new().name(format!("done {n}")));
        block_on(db.commit()).expect("nothing is wrong with it");
        assert_eq!(count(&engine, &format!("done {n}")), 1, "{name}");
        let error = block_on(swallowed(&engine, n)).expect_err("a statement of it has failed");
        assert_eq!(error.kind(), ErrorKind::TransactionAborted, "{name}: {error}");
        assert!(error.help().is_some(), "{error}");
        assert_eq!(count(&engine, &format!("swallowed {n}")), 0, "{name}");
    }
    println!(
        "figure: commit | {name} | {ROUNDS} done and there; {ROUNDS} behind an error that the program swallowed: an error each, 0 \
         stored"
    );
}

/// Writes, fails, looks away and commits.
async fn swallowed(engine: &Engine, n: usize) -> rebis::Result<()> {
    let mut conn = engine.connect().await?;
    conn.begin(true).await?;
    conn.execute(User.insert().row(User.new().name(format!("swallowed {n}")))).await?;
    let nonsense = conn.execute_raw("SELECT nonsense FROM nowhere").await;
    assert_eq!(nonsense.expect_err("there is no such table").kind(), ErrorKind::NoSuchObject);
    let committed = conn.commit().await;
    conn.rollback().await?;
    committed
}

/// What the database refuses at the end is not done: a promise that was to hold by then.
pub(crate) fn a_commit_is_refused(name: &str, url: &str) {
    let engine = <Engine as FromUrl>::new(url).expect("a URL");
    let tables = [
        "CREATE TABLE whole (id BIGINT PRIMARY KEY)",
        "CREATE TABLE part (id BIGINT PRIMARY KEY, whole_id BIGINT REFERENCES whole (id) DEFERRABLE INITIALLY DEFERRED)",
    ];
    block_on(async {
        let mut conn = engine.connect().await?;
        for table in tables {
            conn.execute_raw(table).await?;
        }
        for n in 0..ROUNDS {
            conn.begin(true).await?;
            conn.execute_raw(&format!("INSERT INTO part VALUES ({n}, 4711)")).await?;
            let error = conn.commit().await.expect_err("there is no such whole");
            assert_eq!(error.kind(), ErrorKind::ForeignKeyViolation, "{name}: {error}");
            conn.rollback().await?;
            let stored: i64 = conn.scalar(rebis::sql("SELECT count(*) FROM part").rows::<i64>()).await?;
            assert_eq!(stored, 0, "{name}");
        }
        Ok::<_, rebis::Error>(())
    })
    .unwrap_or_else(|error| panic!("{name}: {error}"));
    println!(
        "figure: commit | {name} | {ROUNDS} that the database refused: the kind of error that it was, 0 stored"
    );
}

/// A line that is cut around a COMMIT: nobody knows, nobody tries again by itself, and PostgreSQL can be asked.
pub(crate) fn a_lost_commit_is_unknown(name: &str, url: &str) {
    let (proxy, through) = support::servers::through_proxy(url);
    let remembers = name == "PostgreSQL";
    let through = if remembers { format!("{through}&commit_outcome=on") } else { through };
    let engine = engine(&through, EngineOptions::new());
    let (mut told, mut right) = (0, 0);
    for n in 0..ROUNDS {
        for (cut, stored) in [(Cut::Before(b"COMMIT"), 0), (Cut::After(b"COMMIT"), 1)] {
            let title = format!("{n} {cut:?}");
            let runs = AtomicUsize::new(0);
            let error = block_on(engine.retry(async |db| {
                runs.fetch_add(1, Ordering::Relaxed);
                db.add(User.new().name(title.as_str()));
                db.flush().await?;
                proxy.cut(cut);
                Ok(())
            }));
            let error = error.expect_err("the line was cut");
            assert_eq!(error.kind(), ErrorKind::CommitUnknown, "{name}, {cut:?}: {error}");
            assert_eq!(runs.into_inner(), 1, "{name}: it was tried again");
            told += 1;
            if remembers {
                // The server notices soon that nobody is there.
                let mut asked = (0..10_000).map(|_| block_on(engine.outcome(&error)).expect("it answers"));
                let outcome = asked.find(|outcome| *outcome != Outcome::Open).expect("it ends");
                right += usize::from((outcome == Outcome::Committed) == (stored == 1));
            }
            assert_eq!(count(&engine, &title), stored, "{name}, {cut:?}");
        }
    }
    let asked = match remembers {
        true => format!("outcome() asked of each, {right} times right"),
        false => "this database keeps no record to ask".to_owned(),
    };
    println!(
        "figure: commit | {name} | {told} whose line was cut at COMMIT: all told as unknown, 0 tried again; {asked}"
    );
    assert!(!remembers || right == told);
}

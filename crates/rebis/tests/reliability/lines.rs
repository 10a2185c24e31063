//! Lines that are cut, servers that fall silent, backends that are killed, servers that are started again: at every
//! boundary of what a session does.

use super::{cut_after, engine, settled, support};
use rebis::prelude::*;
use rebis::{Engine, EngineOptions, ErrorKind, Session};
use rebis_engine::block_on;
use rebis_testkit::{Cut, Proxy};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};
use support::{Post, User};

/// How a line ends.
#[derive(Clone, Copy, Debug)]
enum End {
    /// The server ends the backend, as an administrator tells it.
    Killed,
    /// Nothing comes any more, and nobody says so; the program gives up.
    HalfOpen,
    /// All lines are cut, and nobody is let in for a while.
    Restart,
}

const STAGES: usize = 4;

/// What a request does, in parts: reads, writes, writes and reads, commits.
async fn stage(db: &mut Session, stage: usize, n: usize) -> rebis::Result<()> {
    match stage {
        0 => drop(db.first(select(User)).await?),
        1 => {
            db.add(User.new().name(format!("{n}.0")));
            db.flush().await?;
        }
        2 => {
            db.add_all((1..3).map(|i| User.new().name(format!("{n}.{i}"))));
            db.all(select(Post)).await?;
        }
        _ => db.commit().await?,
    }
    Ok(())
}

/// The number that the server knows the connection by.
fn number(engine: &Engine) -> i64 {
    let ask = match engine.capabilities().name {
        "PostgreSQL" => "SELECT CAST(pg_backend_pid() AS BIGINT)",
        _ => "SELECT connection_id()",
    };
    block_on(async { engine.connect().await?.scalar(rebis::sql(ask).rows::<i64>()).await }).expect("a number")
}

/// Ends a connection from another one, and waits until the server has let go of it.
fn kill(watch: &Engine, number: i64) {
    block_on(async {
        let mut conn = watch.connect().await?;
        if watch.capabilities().name == "PostgreSQL" {
            let kill = rebis::sql("SELECT pg_terminate_backend({}, 5000)").bind(number as i32);
            assert!(conn.scalar(kill.rows::<bool>()).await?);
            return Ok(());
        }
        conn.execute_raw(&format!("KILL CONNECTION {number}")).await?;
        let alive =
            || rebis::sql("SELECT count(*) FROM information_schema.processlist WHERE id = {}").bind(number);
        while conn.scalar(alive().rows::<i64>()).await? != 0 {}
        Ok::<_, rebis::Error>(())
    })
    .expect("it is killed");
}

/// At every boundary of a request, in each of the ways a connection ends: the right kind of error, all of it or nothing,
/// and the next check-out works.
pub(crate) fn a_connection_ends_at_every_boundary(name: &str, url: &str) {
    let (proxy, through) = support::servers::through_proxy(url);
    let options = EngineOptions::new().pool_size(1).max_overflow(0).heal_timeout(Duration::from_millis(100));
    let engine = engine(&through, options);
    let watch = <Engine as FromUrl>::new(url).expect("a URL");
    let mut n = 0;
    for end in [End::Killed, End::HalfOpen, End::Restart] {
        let mut told = BTreeMap::<&str, usize>::new();
        for at in 0..STAGES {
            n += 1;
            let connection = number(&engine);
            let mut db = engine.session();
            for earlier in 0..at {
                block_on(stage(&mut db, earlier, n)).expect("nothing is wrong yet");
            }
            match end {
                End::Killed => kill(&watch, connection),
                End::HalfOpen => proxy.fall_silent(),
                End::Restart => proxy.go_down(),
            }
            let what = format!("{name}, {end:?} before part {at}");
            let error = given_up(&engine, stage(&mut db, at, n));
            // What a COMMIT did whose answer the program did not wait for, it cannot be told either.
            let may_be_stored = match error.as_ref().map(rebis::Error::kind) {
                Some(ErrorKind::CommitUnknown) if at == 3 => true,
                Some(ErrorKind::ConnectionLost) => false,
                None if matches!(end, End::HalfOpen) => at == 3,
                other => panic!("{what}: {other:?}"),
            };
            *told
                .entry(error.map_or("given up", |error| match error.kind() {
                    ErrorKind::CommitUnknown => "unknown",
                    _ => "lost",
                }))
                .or_default() += 1;
            drop(db);
            if matches!(end, End::Restart) {
                let error = block_on(engine.connect()).map(drop).expect_err("nobody is let in");
                assert_eq!(error.kind(), ErrorKind::CannotConnect, "{what}: {error}");
                proxy.come_up();
            }
            let stored = settled(&engine, n);
            assert!(stored == 0 || (stored == 3 && may_be_stored), "{what}: {stored} of 3 rows");
            assert_eq!(engine.pool_status().in_use, 0, "{what}");
        }
        let told: Vec<String> = told.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
        let end = match end {
            End::Killed => "backend killed",
            End::HalfOpen => "nothing comes any more",
            End::Restart => "all lines cut, nobody let in for a while",
        };
        println!(
            "figure: disconnects | {name} | {end}, before each of {STAGES} parts of a request: {}; 0 half-written, {STAGES} \
             next check-outs served",
            told.join(", ")
        );
    }
}

/// The error of a future; `None`: it was dropped because nothing came.
fn given_up(engine: &Engine, future: impl Future<Output = rebis::Result<()>>) -> Option<rebis::Error> {
    let mut alarm = engine.sleep_until(Instant::now() + Duration::from_millis(300));
    let mut future = std::pin::pin!(future);
    block_on(std::future::poll_fn(|context| {
        if let std::task::Poll::Ready(result) = future.as_mut().poll(context) {
            return std::task::Poll::Ready(Some(result.expect_err("the connection has ended")));
        }
        alarm.as_mut().poll(context).map(|()| None)
    }))
}

/// What a flush of all kinds of change has written: all of it, or nothing.
fn is_done(engine: &Engine, n: usize) -> bool {
    let mut db = engine.session();
    let parts = block_on(async {
        let users = |name: String| select(User).filter(User.name.eq(name));
        let posts = select(Post).filter(Post.title.eq(format!("{n} new")));
        Ok::<_, rebis::Error>([
            db.count(users(format!("{n} new"))).await? == 1,
            db.count(posts).await? == 1,
            db.count(users(format!("{n} changed"))).await? == 1,
            db.count(users(format!("{n} deleted"))).await? == 0,
        ])
    })
    .expect("the next check-out works");
    assert!(parts.iter().all(|part| *part == parts[0]), "half of it is written: {parts:?}");
    parts[0]
}

/// A session that is to write one row of each kind.
fn changes(engine: &Engine, n: usize) -> Session {
    let mut db = engine.session();
    block_on(async {
        let [old, gone] = ["old", "deleted"].map(|what| User.new().name(format!("{n} {what}")));
        let (old, gone) = (db.add(old), db.add(gone));
        db.commit().await?;
        db.refresh(old).await?;
        db.refresh(gone).await?;
        db.commit().await?;
        db[old].name = format!("{n} changed");
        db.delete(gone);
        let user = db.add(User.new().name(format!("{n} new")));
        db.push(user, User.posts, Post.new().title(format!("{n} new")));
        Ok::<_, rebis::Error>(())
    })
    .expect("nothing is wrong yet");
    db
}

/// Before, at and after each statement of a flush of all kinds of change.
pub(crate) fn a_line_is_cut_at_every_statement(name: &str, url: &str) {
    let (proxy, through) = support::servers::through_proxy(url);
    let fresh = || engine(&through, EngineOptions::new());
    let statements = heard(&proxy, &fresh());
    assert!(statements.len() >= 5, "{name}: {statements:?}");
    let (mut n, mut lost, mut unknown, mut stored) = (0, 0, 0, 0);
    for statement in &statements {
        let bytes: &'static [u8] = statement.as_bytes().to_vec().leak();
        for cut in [Cut::Before(bytes), Cut::At(bytes), Cut::After(bytes)] {
            n += 1;
            // Each connection is told the texts once.
            let engine = fresh();
            let mut db = changes(&engine, n);
            engine.dispose();
            proxy.cut(cut);
            let error = block_on(db.commit()).expect_err("the line was cut");
            match error.kind() {
                ErrorKind::CommitUnknown => unknown += 1,
                ErrorKind::ConnectionLost => lost += 1,
                other => panic!("{name}, {statement}, {cut:?}: {other:?}: {error}"),
            }
            block_on(db.rollback()).expect("objects are restored from memory");
            let done = until_settled(|| is_done(&engine, n));
            assert!(
                !done || error.kind() == ErrorKind::CommitUnknown,
                "{name}, {statement}, {cut:?}: told as lost"
            );
            stored += usize::from(done);
        }
    }
    println!(
        "figure: disconnects | {name} | a flush of all kinds of change, cut before, at and after each of its {} texts: {lost} \
         told as lost, {unknown} as unknown ({stored} of these were stored), 0 half-written",
        statements.len()
    );
}

/// The same answer twice: the server may still be busy with what it got.
fn until_settled(mut ask: impl FnMut() -> bool) -> bool {
    let mut before = ask();
    loop {
        let now = ask();
        if now == before {
            return now;
        }
        before = now;
    }
}

/// How each statement of such a flush begins, as it goes over the line.
fn heard(proxy: &Proxy, engine: &Engine) -> Vec<String> {
    let mut db = changes(engine, 0);
    engine.dispose();
    let recorder = engine.record();
    proxy.listen();
    block_on(db.commit()).expect("nothing is wrong with it");
    let heard = String::from_utf8_lossy(&proxy.heard()).into_owned();
    let texts = recorder.sql();
    let mut begins: Vec<String> = texts.iter().map(|text| text.chars().take(18).collect()).collect();
    begins.retain(|begin| heard.contains(begin.as_str()));
    begins.dedup();
    begins
}

/// Connections that have ended while nobody used them: a ping finds them, else one error does, and takes the others along.
pub(crate) fn idle_connections_end(name: &str, url: &str) {
    let (proxy, through) = support::servers::through_proxy(url);
    for (end, pre_ping) in [(End::Restart, true), (End::HalfOpen, true), (End::Restart, false)] {
        let options = EngineOptions::new().pre_ping(pre_ping).heal_timeout(Duration::from_millis(100));
        let engine = engine(&through, options);
        let connect = || block_on(engine.connect()).expect("a connection");
        drop([(); 4].map(|()| connect()));
        let opened = engine.pool_status().opened;
        match end {
            End::HalfOpen => proxy.fall_silent(),
            End::Killed | End::Restart => {
                proxy.go_down();
                proxy.come_up();
            }
        }
        let failed = (0..4).filter(|_| {
            let asked = block_on(connect().scalar(rebis::sql("SELECT 1").rows::<i64>()));
            asked.is_err_and(|error| error.kind() == ErrorKind::ConnectionLost)
        });
        let failed = failed.count();
        assert_eq!(failed, usize::from(!pre_ping), "{name}, {end:?}");
        let how = if pre_ping { "found by a ping" } else { "without a ping" };
        println!(
            "figure: disconnects | {name} | 4 idle connections ended ({end:?}), {how}: {failed} of 4 requests failed, {} opened",
            engine.pool_status().opened - opened
        );
    }
}

/// A future that is cut while the line is silent costs its connection, and nothing else. One that is cut before anything
/// was sent costs nothing: then it is the ping that finds it.
pub(crate) fn a_silent_line_is_given_up(name: &str, url: &str) {
    let (proxy, through) = support::servers::through_proxy(url);
    let options = EngineOptions::new().pool_size(1).max_overflow(0);
    let options = options.pre_ping(true).heal_timeout(Duration::from_millis(50));
    let engine = engine(&through, options);
    drop(block_on(engine.connect()).expect("a connection"));
    proxy.fall_silent();
    let mut db = engine.session();
    assert!(cut_after(0, db.count(User)).is_none(), "{name}");
    drop(db);
    assert_eq!(block_on(engine.session().count(User)).expect("the next one is served"), 0, "{name}");
    assert_eq!(engine.pool_status().opened, 2);
}

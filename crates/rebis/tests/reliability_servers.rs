//! Nothing leaks and nothing is guessed, on every database: the figures of `docs/reliability.md`.
//!
//! A line that begins with `figure:` is one of them; `cargo xtask reliability` collects these.
#![allow(missing_docs)]
#![cfg(all(feature = "sqlite", feature = "postgres", feature = "mysql"))]

#[path = "reliability/commits.rs"]
mod commits;
#[path = "reliability/lines.rs"]
mod lines;
#[path = "reliability/states.rs"]
mod states;
mod support;

use commits::*;
use lines::*;
use rebis::prelude::*;
use rebis::{Engine, EngineOptions, ErrorKind};
use rebis_engine::block_on;
use states::*;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};
use support::{Post, User};

/// A database in a file of its own.
fn file() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let name = format!("rebis-reliability-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    format!("sqlite:///{}?journal_mode=wal", std::env::temp_dir().join(name).display())
}

/// The tests of a database: its name, and a URL for each of them.
macro_rules! on {
    ($database:ident, $name:literal, $url:expr, $($test:ident),+) => {
        mod $database {
            $(#[test]
            fn $test() {
                super::$test($name, &$url);
            })+
        }
    };
}

on!(
    sqlite,
    "SQLite",
    crate::file(),
    the_state_of_a_session_does_not_travel,
    a_result_need_not_be_read_to_its_end,
    a_commit_is_done_or_not,
    a_commit_is_refused,
    a_session_may_be_dropped_anywhere,
    a_thousand_wait_for_five_connections,
    a_row_that_points_at_itself_goes,
    a_blocking_call_within_a_runtime_is_served
);
/// The tests of a server: what all servers must do, and what only some can.
macro_rules! on_server {
    ($database:ident, $name:literal, $url:expr $(, $own:ident)*) => {
        on!(
            $database,
            $name,
            $url,
            a_commit_is_done_or_not,
            a_lost_commit_is_unknown,
            a_connection_ends_at_every_boundary,
            a_line_is_cut_at_every_statement,
            idle_connections_end,
            a_silent_line_is_given_up,
            the_state_of_a_session_does_not_travel,
            nothing_changed_costs_nothing,
            rows_come_as_they_are_read,
            a_result_need_not_be_read_to_its_end,
            a_session_may_be_dropped_anywhere,
            a_dropped_blocking_session_is_rolled_back_at_once,
            ddl_does_not_wait_for_ever,
            a_thousand_wait_for_five_connections,
            a_row_that_points_at_itself_goes,
            a_blocking_call_within_a_runtime_is_served
            $(, $own)*
        );
    };
}

on_server!(postgres, "PostgreSQL", crate::support::servers::postgres(), a_commit_is_refused);
on_server!(mysql, "MariaDB", crate::support::servers::mysql());

fn engine(url: &str, options: EngineOptions) -> Engine {
    let engine = <Engine as FromUrl>::with_options(url, options).expect("a URL");
    block_on(support::schema().create_all(&engine)).expect("tables");
    engine
}

/// A future that is dropped after so many polls that were not ready.
struct CutAfter<F> {
    future: Option<Pin<Box<F>>>,
    left: usize,
}

impl<F: Future> Future for CutAfter<F> {
    type Output = Option<F::Output>;
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let Some(future) = self.future.as_mut() else { return Poll::Ready(None) };
        match future.as_mut().poll(context) {
            Poll::Ready(value) => Poll::Ready(Some(value)),
            Poll::Pending if self.left == 0 => {
                self.future = None;
                Poll::Ready(None)
            }
            Poll::Pending => {
                self.left -= 1;
                Poll::Pending
            }
        }
    }
}

fn cut_after<F: Future>(polls: usize, future: F) -> Option<F::Output> {
    block_on(CutAfter { future: Some(Box::pin(future)), left: polls })
}

/// What a request does: reads, writes, reads what it wrote, commits.
async fn request(engine: &Engine, n: usize) -> rebis::Result<()> {
    let mut db = engine.session();
    db.first(select(User)).await?;
    let user = db.add(User.new().name(format!("{n}")));
    db.push(user, User.posts, Post.new().title(format!("{n} first")));
    db.flush().await?;
    db.push(user, User.posts, Post.new().title(format!("{n} second")));
    db.all(select(Post)).await?;
    db.commit().await
}

/// Whether the next borrower is in a transaction that is not its own, as the server sees it.
fn is_dirty(engine: &Engine, watch: &Engine) -> bool {
    let (id, state) = match engine.capabilities().name {
        "PostgreSQL" => (
            "SELECT CAST(pg_backend_pid() AS BIGINT)",
            "SELECT count(*) FROM pg_stat_activity WHERE pid = {} AND state = 'idle in transaction'",
        ),
        "MariaDB" => (
            "SELECT connection_id()",
            "SELECT count(*) FROM information_schema.innodb_trx WHERE trx_mysql_thread_id = {}",
        ),
        _ => ("SELECT 0", "SELECT {}"),
    };
    block_on(async {
        let mut connection = engine.connect().await?;
        let id: i64 = connection.scalar(rebis::sql(id).rows::<i64>()).await?;
        let open: i64 = watch.connect().await?.scalar(rebis::sql(state).bind(id).rows::<i64>()).await?;
        // Fails within a transaction, on every database.
        connection.begin(true).await?;
        connection.rollback().await?;
        Ok::<_, rebis::Error>(open != 0)
    })
    .expect("the next borrower is served")
}

fn a_session_may_be_dropped_anywhere(name: &str, url: &str) {
    let engine = engine(url, EngineOptions::new().pool_size(1).max_overflow(0));
    let watch = <Engine as FromUrl>::new(url).expect("a URL");
    let (mut cuts, mut dirty, mut half, mut whole, mut n) = (0, 0, 0, 0, 0);
    for polls in 0.. {
        let mut ended = 0;
        for _ in 0..20 {
            n += 1;
            let done = cut_after(polls, request(&engine, n)).is_some();
            (cuts, ended) = (cuts + usize::from(!done), ended + usize::from(done));
            dirty += usize::from(is_dirty(&engine, &watch));
            let title = format!("{n} %");
            let mut db = engine.session();
            let posts = block_on(db.count(select(Post).filter(Post.title.like(title)))).expect("a count");
            half += usize::from(posts != 0 && posts != 2);
            whole += usize::from(posts == 2);
        }
        if ended == 20 {
            break;
        }
    }
    // The last session is on its way back.
    drop(block_on(engine.connect()).expect("the place becomes free"));
    let status = engine.pool_status();
    println!(
        "figure: cancellation | {name} | {cuts} cuts of a session's request at its polls: {dirty} dirty hand-outs, \
         {} places leaked, {half} half-written, {} connections opened",
        status.in_use,
        status.opened - 1
    );
    assert!(cuts > 0 && whole >= 20);
    assert_eq!((dirty, half, status.in_use), (0, 0, 0), "{name}");
    assert!(status.opened as usize <= 1 + cuts.div_ceil(100), "{name}: {} for {cuts} cuts", status.opened);
}

/// Rows of one try, once its transaction is over on the server.
fn settled(engine: &Engine, n: usize) -> u64 {
    let mut db = engine.session();
    let like = format!("{n}.%");
    let mut before = u64::MAX;
    loop {
        let now = block_on(db.count(select(User).filter(User.name.like(like.as_str())))).expect("a count");
        block_on(db.commit()).expect("nothing to write");
        if now == before {
            return now;
        }
        before = now;
    }
}

/// A blocking session that is dropped leaves no transaction open on the server, without anybody polling for it.
fn a_dropped_blocking_session_is_rolled_back_at_once(name: &str, url: &str) {
    let engine: rebis::blocking::Engine = engine(url, EngineOptions::new()).into();
    let mut slowest = Duration::ZERO;
    for n in 0..20 {
        let mut db = engine.session();
        db.add(User.new().name("dropped"));
        db.flush().expect("it is written");
        drop(db);
        let dropped = Instant::now();
        while engine.pool_status().in_use > 0 {
            std::thread::yield_now();
            assert!(dropped.elapsed() < Duration::from_secs(5), "{name}: the place of {n} is not free");
        }
        slowest = slowest.max(dropped.elapsed());
    }
    assert_eq!(engine.session().count(User).expect("a count"), 0);
    println!(
        "figure: dropped blocking session | {name} | 20 sessions dropped in a transaction: rolled back and back in the pool \
         after {:.1} ms at most",
        slowest.as_secs_f64() * 1000.0
    );
}

/// Tables that a session of the same program reads are an error that says so, and are dropped when it has ended.
fn ddl_does_not_wait_for_ever(name: &str, url: &str) {
    let options =
        EngineOptions::new().pool_size(2).max_overflow(0).ddl_lock_timeout(Duration::from_millis(50));
    let engine: rebis::blocking::Engine = engine(url, options).into();
    let mut db = engine.session();
    assert!(db.all(User).expect("a query").is_empty());
    let error = support::schema().drop_all(&engine).expect_err("a session reads");
    assert_eq!(error.kind(), ErrorKind::Locked, "{name}: {error}");
    assert!(error.sql().is_some_and(|sql| sql.contains("users") || sql.contains("DROP")), "{name}: {error}");
    assert!(
        error.site().is_some() && error.to_string().matches("reliability_servers.rs").count() >= 2,
        "{error}"
    );
    // Nothing of it stays.
    let ask =
        |text: &'static str| engine.connect().and_then(|mut db| db.scalar(rebis::sql(text).rows::<String>()));
    match engine.capabilities().name {
        "PostgreSQL" => assert_eq!(ask("SELECT current_setting('lock_timeout')").expect("an answer"), "0"),
        _ => assert_ne!(ask("SELECT CAST(@@lock_wait_timeout AS CHAR)").expect("an answer"), "1"),
    }
    drop(db);
    support::schema().drop_all(&engine).unwrap_or_else(|error| panic!("{name}: {error}"));
}

/// In a whole run: `REBIS_TEST_BORROWS=100000`.
const BORROWS: usize = 5_000;

fn a_thousand_wait_for_five_connections(name: &str, url: &str) {
    let borrows: usize =
        std::env::var("REBIS_TEST_BORROWS").map_or(BORROWS, |n| n.parse().expect("a number"));
    let options = EngineOptions::new().pool_size(5).max_overflow(0).pool_timeout(Duration::from_secs(600));
    let engine = engine(url, options);
    let (held, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for _ in 0..4 {
            let (engine, held, most) = (&engine, &held, &most);
            scope.spawn(move || {
                block_on(All((0..250)
                    .map(|_| Box::pin(borrow(engine, held, most, borrows / 1000)) as _)
                    .collect()))
            });
        }
    });
    let status = engine.pool_status();
    println!(
        "figure: pool | {name} | 1,000 waiters on 5 connections, {borrows} borrows: at most {} held at a time, {} opened, \
         {} waiting at the end",
        most.load(Ordering::SeqCst),
        status.opened,
        status.waiting
    );
    assert!(most.load(Ordering::SeqCst) <= 5);
    assert_eq!((status.in_use, status.waiting), (0, 0));
}

async fn borrow(engine: &Engine, held: &AtomicUsize, most: &AtomicUsize, times: usize) {
    for _ in 0..times {
        let mut connection = engine.connect().await.expect("its turn comes");
        most.fetch_max(held.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        let one: i64 = connection.scalar(rebis::sql("SELECT 1").rows::<i64>()).await.expect("an answer");
        held.fetch_sub(1, Ordering::SeqCst);
        assert_eq!(one, 1);
    }
}

/// Polls all until all are done.
struct All<'a>(Vec<Pin<Box<dyn Future<Output = ()> + Send + 'a>>>);

impl Future for All<'_> {
    type Output = ();
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        self.0.retain_mut(|future| future.as_mut().poll(context).is_pending());
        if self.0.is_empty() { Poll::Ready(()) } else { Poll::Pending }
    }
}

/// Who waits in vain is told when its time is over, and not later.
#[test]
fn nobody_waits_past_the_deadline() {
    let deadline = Duration::from_millis(200);
    let options = EngineOptions::new().pool_size(1).max_overflow(0).pool_timeout(deadline);
    let engine = engine("sqlite::memory:", options);
    let held = block_on(engine.connect()).expect("the only one");
    let late = AtomicU64::new(0);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                block_on(All((0..250)
                    .map(|_| {
                        Box::pin(async {
                            let begun = Instant::now();
                            let error = engine.connect().await.map(drop).expect_err("nobody gives it back");
                            assert_eq!(error.kind(), ErrorKind::PoolTimeout);
                            let over = begun.elapsed().saturating_sub(deadline);
                            late.fetch_max(over.as_micros() as u64, Ordering::Relaxed);
                        }) as _
                    })
                    .collect()));
            });
        }
    });
    drop(held);
    println!(
        "figure: pool | all | 1,000 borrowers wait 200 ms in vain: told at most {:.1} ms past their deadline",
        late.into_inner() as f64 / 1000.0
    );
    assert_eq!(engine.pool_status().waiting, 0);
}

#[derive(Model, Debug)]
#[model(table = "places")]
struct Place {
    #[column(primary_key)]
    id: i64,
    #[column(references = Place.id)]
    within_id: Option<i64>,
    #[relation(key = within_id)]
    within: BelongsTo<Option<Place>>,
}

/// A row that points at itself can be deleted, also where the database itself would refuse that.
fn a_row_that_points_at_itself_goes(name: &str, url: &str) {
    let engine = <Engine as FromUrl>::new(url).expect("a URL");
    block_on(async {
        metadata![Place].create_all(&engine).await?;
        let mut db = engine.session();
        let place = db.add(Place.new());
        db.set(place, Place.within, place);
        db.commit().await?;
        assert_eq!(db[place].within_id, Some(db[place].id), "{name}");
        db.delete(place);
        db.commit().await?;
        assert_eq!(db.count(Place).await?, 0, "{name}");
        Ok::<_, rebis::Error>(())
    })
    .unwrap_or_else(|error| panic!("{name}: {error}"));
}

/// The blocking face within an async runtime waits on its thread, as any blocking call does, but not for itself: what
/// serves the connection runs elsewhere.
fn a_blocking_call_within_a_runtime_is_served(name: &str, url: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let count = runtime.block_on(async {
        let engine = <rebis::blocking::Engine as FromUrl>::new(url)?;
        metadata![Place].create_all(&engine)?;
        let mut db = engine.session();
        db.add(Place.new());
        db.commit()?;
        db.count(Place)
    });
    assert_eq!(count.unwrap_or_else(|error| panic!("{name}: {error}")), 1);
}

//! Every public call that does I/O, cut at each of its polls, on every database: what the next borrower of the pool, which
//! has one place, then gets. The tables of the calls are in `cuts/`.
#![allow(missing_docs)]
#![cfg(all(feature = "sqlite", feature = "postgres", feature = "mysql"))]

#[path = "cuts/connections.rs"]
mod connections;
#[path = "cuts/engines.rs"]
mod engines;
#[path = "cuts/sessions.rs"]
mod sessions;
mod support;

use rebis::prelude::*;
use rebis::{Engine, EngineOptions};
use rebis_engine::block_on;
use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use support::{Post, User};

/// What a call gives: whether it ended well.
type Answer<'a> = Pin<Box<dyn Future<Output = rebis::Result<()>> + 'a>>;

/// Runs a future to its end. In a whole run each is cut so many times at each poll: `REBIS_TEST_CUTS=20`.
const TIMES: usize = 2;
/// No call waits as often.
const MOST_POLLS: usize = 1000;

mod sqlite {
    #[test]
    fn every_call_is_cut_at_every_poll() {
        let name = format!("rebis-cuts-{}", std::process::id());
        let path = std::env::temp_dir().join(name);
        super::every_call("SQLite", &format!("sqlite:///{}?journal_mode=wal", path.display()), &[]);
    }
}

mod postgres {
    #[test]
    fn every_call_is_cut_at_every_poll() {
        let own = super::connections::POSTGRES;
        super::every_call("PostgreSQL", &super::support::servers::postgres(), own);
    }
}

mod mysql {
    #[test]
    fn every_call_is_cut_at_every_poll() {
        super::every_call("MariaDB", &super::support::servers::mysql(), &[]);
    }
}

/// A future that is dropped after so many polls that were not ready.
struct CutAfter<'a> {
    future: Option<Answer<'a>>,
    left: usize,
}

impl Future for CutAfter<'_> {
    type Output = Option<rebis::Result<()>>;
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

/// One try of a call: which rows are its own, and where it is cut.
struct Try<'t> {
    engine: &'t Engine,
    call: &'t str,
    n: usize,
    polls: usize,
    cut: Cell<bool>,
}

impl Try<'_> {
    /// Runs the call until it is cut.
    fn cut(&self, future: Answer<'_>) {
        match block_on(CutAfter { future: Some(future), left: self.polls }) {
            Some(result) => result.unwrap_or_else(|error| panic!("{}: {error}", self.call)),
            None => self.cut.set(true),
        }
    }

    /// What goes on after a call that was cut, every other time; else it is left at once.
    fn goes_on(&self) -> bool {
        self.cut.get() && self.n.is_multiple_of(2)
    }

    /// What must go well.
    fn must<T>(&self, future: impl Future<Output = rebis::Result<T>>) -> T {
        block_on(future).unwrap_or_else(|error| {
            panic!("{}, beside what was cut after {} polls: {error}", self.call, self.polls)
        })
    }
}

/// What was seen.
#[derive(Default)]
struct Seen {
    calls: usize,
    cuts: usize,
    dirty: usize,
    half: usize,
    leaked: usize,
    opened: u64,
}

/// A pool of one place, and what is asked beside it.
struct Bench<'u> {
    engine: Engine,
    watch: Engine,
    seen: &'u mut Seen,
    next: &'u Cell<usize>,
}

impl Bench<'_> {
    fn new<'u>(url: &str, ping: bool, seen: &'u mut Seen, next: &'u Cell<usize>) -> Bench<'u> {
        let options = EngineOptions::new().pool_size(1).max_overflow(0).pre_ping(ping);
        let engine = <Engine as FromUrl>::with_options(url, options).expect("a URL");
        drop(block_on(engine.connect()).expect("it connects"));
        Bench { engine, watch: <Engine as FromUrl>::new(url).expect("a URL"), seen, next }
    }

    /// Cuts a call after its first poll, its second, and so on, until it is never cut.
    fn call(&mut self, call: &str, work: impl Fn(&Try<'_>)) {
        let times = std::env::var("REBIS_TEST_CUTS").map_or(TIMES, |n| n.parse().expect("a number"));
        self.seen.calls += 1;
        for polls in 0.. {
            assert!(polls < MOST_POLLS, "{call} never ends");
            let mut cuts = 0;
            for _ in 0..times {
                let n = self.next.replace(self.next.get() + 1);
                let this = Try { engine: &self.engine, call, n, polls, cut: Cell::new(false) };
                work(&this);
                cuts += usize::from(this.cut.get());
                let (dirty, half) = this.must(left(&self.engine, &self.watch, n));
                assert_eq!((dirty, half), (false, false), "dirty, half: {call}, cut after {polls} polls");
                self.seen.dirty += usize::from(dirty);
                self.seen.half += usize::from(half);
            }
            self.seen.cuts += cuts;
            if cuts == 0 {
                return;
            }
        }
    }

    fn end(self) {
        let status = self.engine.pool_status();
        self.seen.leaked += status.in_use;
        self.seen.opened += status.opened - 1;
    }
}

/// Whether the next borrower is in a transaction that is not its own, as the server sees it; and whether the rows of
/// this try are there in part.
async fn left(engine: &Engine, watch: &Engine, n: usize) -> rebis::Result<(bool, bool)> {
    let (id, state) = match engine.capabilities().name {
        "PostgreSQL" => (
            "SELECT CAST(pg_backend_pid() AS BIGINT)",
            "SELECT count(*) FROM pg_stat_activity WHERE pid = {} AND state LIKE 'idle in transaction%'",
        ),
        "SQLite" => ("SELECT 0", "SELECT {}"),
        _ => (
            "SELECT connection_id()",
            "SELECT count(*) FROM information_schema.innodb_trx WHERE trx_mysql_thread_id = {}",
        ),
    };
    let mut connection = engine.connect().await?;
    let id: i64 = connection.scalar(rebis::sql(id).rows::<i64>()).await?;
    let open: i64 = watch.connect().await?.scalar(rebis::sql(state).bind(id).rows::<i64>()).await?;
    // Fails within a transaction, on every database.
    connection.begin(true).await?;
    connection.rollback().await?;
    let posts = select(Post.id.count()).filter(Post.title.like(format!("{n} %")));
    Ok((open != 0, !matches!(connection.scalar(posts).await?, 0 | 2)))
}

fn every_call(name: &str, url: &str, own: &[(&str, connections::State, connections::Call)]) {
    let (mut seen, next) = (Seen::default(), Cell::new(0));
    let setup = <Engine as FromUrl>::new(url).expect("a URL");
    block_on(seed(&setup)).unwrap_or_else(|error| panic!("{name}: {error}"));
    setup.dispose();

    let mut bench = Bench::new(url, false, &mut seen, &next);
    for (call, state, work) in sessions::CALLS {
        bench.call(&format!("session, {state:?}: {call}"), |this| sessions::run(this, *state, *work));
    }
    for (call, state, work) in connections::CALLS.iter().chain(own) {
        bench.call(&format!("connection, {state:?}: {call}"), |this| connections::run(this, *state, *work));
    }
    bench.end();
    let mut bench = Bench::new(url, true, &mut seen, &next);
    for (call, state, work) in engines::CALLS {
        bench.call(&format!("engine, {state:?}: {call}"), |this| engines::run(this, *state, *work));
    }
    bench.end();
    let openings = openings(url);

    let Seen { calls, cuts, dirty, half, leaked, opened } = seen;
    println!(
        "figure: cancellation | {name} | each of {calls} calls cut at each of its polls: {cuts} cuts, {dirty} dirty \
         hand-outs, {leaked} places leaked, {half} half-written, {opened} connections opened; {openings} \
         cuts of a connection that is opened: 0 places leaked"
    );
    assert!(cuts > calls, "{name}: {cuts} cuts");
    assert_eq!((dirty, leaked, half), (0, 0, 0), "{name}");
    assert!(opened as usize <= cuts / 100, "{name}: {opened} connections for {cuts} cuts");
}

/// Cuts connections while they are opened, which cannot be healed: how often. The place is free at once.
fn openings(url: &str) -> usize {
    let mut cuts = 0;
    for polls in 0.. {
        let options = EngineOptions::new().pool_size(1).max_overflow(0);
        let engine = <Engine as FromUrl>::with_options(url, options).expect("a URL");
        let connect = Box::pin(async { engine.connect().await.map(drop) });
        let done = block_on(CutAfter { future: Some(connect), left: polls });
        assert_eq!(engine.pool_status().in_use, 0, "opening was cut after {polls} polls");
        block_on(engine.connect()).expect("the next one is served");
        if done.is_some() {
            break;
        }
        cuts += 1;
    }
    cuts
}

/// Rows that every call finds.
async fn seed(engine: &Engine) -> rebis::Result<()> {
    support::schema().create_all(engine).await?;
    let mut db = engine.session();
    for n in 0..4 {
        let user = db.add(User.new().name(format!("seed {n}")));
        db.push(user, User.posts, Post.new().title("seed"));
    }
    db.commit().await
}

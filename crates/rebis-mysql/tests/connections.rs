//! Connections: opened, lost, dropped and healed; what the server says of them.
#![allow(missing_docs)]

mod common;

use common::{Db, Fresh, Keep, block_on, kind, server};
use rebis_core::{Binds, BoxFuture, Datum, ErrorKind, Result};
use rebis_driver::{Connection, Discard, Driver, Expect, Link, Step};
use rebis_mysql::{Flavour, MySql, Options, TlsMode};
use rebis_sql::{Statement, StatementKind};
use rebis_testkit::{Cut, Proxy};
use std::error::Error as _;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

/// A future that is dropped when it has been pending so many times.
struct CutAt<'f, T> {
    future: Option<BoxFuture<'f, T>>,
    left: usize,
}

impl<T> Future for CutAt<'_, T> {
    type Output = Option<T>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<T>> {
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

/// Runs texts as one batch, cut after so many pendings.
fn run_cut(wire: &mut Box<dyn Connection>, texts: &[&str], pendings: usize) -> Option<Result<()>> {
    let statements: Vec<Statement> = texts.iter().map(|sql| Statement::once(*sql, kind(sql))).collect();
    let mut binds: Vec<Binds> = texts.iter().map(|_| Binds::new()).collect();
    let mut sinks = vec![Discard; texts.len()];
    let steps = statements.iter().zip(&mut binds).zip(&mut sinks);
    let mut steps: Vec<Step<'_>> = steps.map(|((s, b), to)| Step::new(s, b, to)).collect();
    block_on(CutAt { future: Some(wire.run(&mut steps)), left: pendings })
}

fn run_all(wire: &mut Box<dyn Connection>, texts: &[&str]) -> Result<()> {
    run_cut(wire, texts, usize::MAX).expect("it was not cut")
}

/// Asks until the answer is as expected; a server tells of its threads a moment later.
fn until(db: &mut Db, sql: &str, expected: i64) -> bool {
    let end = Instant::now() + Duration::from_secs(10);
    while Instant::now() < end {
        if db.number(sql) == expected {
            return true;
        }
    }
    false
}

#[test]
fn a_batch_cut_at_every_poll_leaves_an_idle_connection_and_all_or_nothing() {
    let fresh = Fresh::new();
    let (mut db, mut watch) = (fresh.connect(), fresh.connect());
    db.all(&["CREATE TABLE t (n INT)", "CREATE TABLE many (n INT, s TEXT)"]);
    let rows: Vec<Datum> = (0..2000).flat_map(|n| [Datum::Int(n), Datum::Text("a text".into())]).collect();
    let insert = Statement::once("INSERT INTO many VALUES (?, ?)", StatementKind::Write);
    db.all(&["BEGIN"]);
    db.full(&insert, &rows, 2000, Expect::Rows(2000)).expect("it writes");
    db.all(&["COMMIT"]);
    let id = db.id();
    let (mut whole, mut cuts, mut k) = (0, 0, 0);
    while whole < 20 && k < 2000 {
        let value = format!("INSERT INTO t VALUES ({k})");
        let texts =
            ["BEGIN", &value, "SELECT n, s FROM many", &value, "SELECT sleep(0.01)", &value, "COMMIT"];
        let done = run_cut(db.wire(), &texts, k / 20).is_some();
        assert_eq!(db.link(), if done { Link::Idle } else { Link::InFlight });
        assert!(db.heal(), "it heals");
        assert_eq!((db.link(), db.id()), (Link::Idle, id), "it is the same connection");
        assert_eq!(db.number("SELECT @@in_transaction"), 0, "no transaction is open on the server");
        let count = watch.number(&format!("SELECT count(*) FROM t WHERE n = {k}"));
        assert!(count == 3 || (count == 0 && !done), "{count} of 3 rows, cut after {} polls", k / 20);
        (whole, cuts, k) = (whole + usize::from(done), cuts + usize::from(!done), k + 1);
    }
    assert!(whole >= 20 && cuts >= 20, "{whole} whole, {cuts} cut");
    // The server shows this table anew when nobody has looked for a while.
    let open = format!("SELECT count(*) FROM information_schema.innodb_trx WHERE trx_mysql_thread_id = {id}");
    watch.rows("SELECT sleep(0.2)");
    assert_eq!(watch.number(&open), 0);
}

#[test]
fn what_takes_long_is_killed_and_the_connection_healed() {
    let fresh = Fresh::new();
    let (mut db, mut watch) = (fresh.connect(), fresh.connect());
    db.all(&["CREATE TABLE t (n INT)"]);
    let id = db.id();
    let began = Instant::now();
    assert!(run_cut(db.wire(), &["BEGIN", "INSERT INTO t VALUES (1)", "SELECT sleep(60)"], 0).is_none());
    assert!(db.heal(), "it heals");
    assert!(began.elapsed() < Duration::from_secs(30), "it was not waited for");
    assert_eq!((db.id(), db.number("SELECT count(*) FROM t")), (id, 0));
    let others = "SELECT count(*) FROM information_schema.processlist WHERE info LIKE '%sleep(60)%' AND info NOT LIKE '%processlist%'";
    assert!(until(&mut watch, others, 0));
    // Dropped, not healed: the same, and the connection closes.
    assert!(run_cut(db.wire(), &["BEGIN", "INSERT INTO t VALUES (1)", "SELECT sleep(60)"], 0).is_none());
    drop(db);
    assert!(until(
        &mut watch,
        &format!("SELECT count(*) FROM information_schema.processlist WHERE id = {id}"),
        0
    ));
    assert_eq!(watch.number("SELECT count(*) FROM t"), 0);
}

#[test]
fn a_dropped_connection_leaves_no_transaction() {
    let fresh = Fresh::new();
    let mut watch = fresh.connect();
    watch.all(&["CREATE TABLE t (n INT)"]);
    for _ in 0..20 {
        let mut db = fresh.connect();
        db.all(&["BEGIN", "INSERT INTO t VALUES (1)"]);
        let id = db.id();
        drop(db);
        let open = format!("SELECT count(*) FROM information_schema.processlist WHERE id = {id}");
        assert!(until(&mut watch, &open, 0));
    }
    assert_eq!(watch.number("SELECT count(*) FROM t"), 0);
}

#[test]
fn a_killed_connection_is_told_at_every_statement() {
    let fresh = Fresh::new();
    let mut watch = fresh.connect();
    watch.all(&["CREATE TABLE t (n INT)"]);
    let texts =
        ["BEGIN", "INSERT INTO t VALUES (1)", "SELECT n FROM t", "INSERT INTO t VALUES (2)", "COMMIT"];
    for before in 0..texts.len() {
        let mut db = fresh.connect();
        let id = db.id();
        db.all(&texts[..before]);
        watch.all(&[&format!("KILL CONNECTION {id}")]);
        assert!(until(
            &mut watch,
            &format!("SELECT count(*) FROM information_schema.processlist WHERE id = {id}"),
            0
        ));
        let error = db.run(texts[before]).expect_err("the connection is gone");
        let commit = texts[before] == "COMMIT";
        let expected = if commit { ErrorKind::CommitUnknown } else { ErrorKind::ConnectionLost };
        assert_eq!((error.kind(), error.is_disconnect()), (expected, true), "{}: {error}", texts[before]);
        assert_eq!((error.sql(), db.link()), (Some(texts[before]), Link::Closed));
        assert!(error.source().is_some());
        assert_eq!(db.run("SELECT 1").expect_err("it stays so").kind(), ErrorKind::ConnectionLost);
        assert!(!db.heal());
        assert_eq!(watch.number("SELECT count(*) FROM t"), 0, "nothing was kept");
    }
}

/// The server of the tests, behind a proxy.
fn behind(proxy: &Proxy, fresh: &Fresh) -> Options {
    fresh.options().port(proxy.address().port())
}

fn proxy() -> Proxy {
    let url = std::env::var("REBIS_TEST_MYSQL_URL").unwrap_or("mysql://root@127.0.0.1:3306/test".into());
    let url: rebis_engine::Url = url.parse().expect("the URL of the tests is right");
    let server = format!("{}:{}", url.host().unwrap_or("127.0.0.1"), url.port().unwrap_or(3306));
    Proxy::start(&server).expect("a port is free")
}

#[test]
fn a_commit_that_is_not_confirmed_is_unknown() {
    let (fresh, proxy) = (Fresh::new(), proxy());
    let mut watch = fresh.connect();
    watch.all(&["CREATE TABLE t (n INT)"]);
    let transaction = ["BEGIN", "INSERT INTO t VALUES (1)", "COMMIT"];
    for (cut, count) in [(Cut::Before(b"COMMIT"), 0), (Cut::After(b"COMMIT"), 1)] {
        for apart in [true, false] {
            let mut db = Db::on(behind(&proxy, &fresh));
            proxy.cut(cut);
            let result = match apart {
                true => transaction.iter().try_for_each(|sql| db.run(sql).map(drop)),
                false => run_all(db.wire(), &transaction),
            };
            let error = result.expect_err("the line was cut");
            assert_eq!(
                (error.kind(), error.is_disconnect()),
                (ErrorKind::CommitUnknown, true),
                "{cut:?}: {error}"
            );
            assert_eq!(db.link(), Link::Closed);
            // The answers of one text come one by one: when the first is cut, the server may see it in time.
            let found = watch.number("SELECT count(*) FROM t");
            assert!(found == count || (!apart && found == 0), "{cut:?}, {apart}: {found} rows");
            watch.all(&["DELETE FROM t"]);
        }
    }
    // A write outside of a transaction is kept at once, or not.
    let mut db = Db::on(behind(&proxy, &fresh));
    proxy.cut(Cut::After(b"INSERT"));
    assert_eq!(db.run("INSERT INTO t VALUES (1)").expect_err("cut").kind(), ErrorKind::CommitUnknown);
    let mut db = Db::on(behind(&proxy, &fresh));
    proxy.cut(Cut::Before(b"SELECT"));
    assert_eq!(db.run("SELECT n FROM t").expect_err("cut").kind(), ErrorKind::ConnectionLost);
}

#[test]
fn round_trips() {
    let (fresh, proxy) = (Fresh::new(), proxy());
    fresh.connect().all(&["CREATE TABLE t (id BIGINT AUTO_INCREMENT PRIMARY KEY, n INT)"]);
    let mut db = Db::on(behind(&proxy, &fresh));
    // The login, its answer, and the settings.
    assert!(proxy.turns() <= 3);
    let insert = "INSERT INTO t (n) VALUES (1)";
    run_all(db.wire(), &["BEGIN", insert, insert, insert, "COMMIT"]).expect("it writes");
    assert_eq!(proxy.turns(), 1, "a transaction of inserts");
    run_all(db.wire(), &["BEGIN", insert, "SELECT n FROM t", insert, "COMMIT"]).expect("it writes");
    assert_eq!(proxy.turns(), 2, "one more for what is read in between");
    let update = Statement::new("UPDATE t SET n = ? WHERE id = ?", StatementKind::Write);
    let values: Vec<Datum> = (1..=4).flat_map(|id| [Datum::Int(9), Datum::Int(id)]).collect();
    db.all(&["BEGIN"]);
    proxy.turns();
    db.full(&update, &values, 4, Expect::Rows(4)).expect("it writes");
    assert_eq!(proxy.turns(), 1, "updates of one shape");
    db.all(&["COMMIT"]);
    proxy.turns();
    for (runs, expected, turns) in [(1, 1, 1), (3, 3, 1), (3, 2, 1), (40, 40, 2), (40, 39, 1)] {
        let mut nothing = [Binds::new(), Binds::new(), Binds::new()];
        (0..runs).for_each(|_| {
            nothing[1].int(8);
            nothing[1].int(1);
        });
        let [begin, commit] = ["BEGIN", "COMMIT"].map(|sql| Statement::once(sql, kind(sql)));
        let [first, second, third] = &mut nothing;
        let mut sinks = [Discard; 3];
        let [one, two, three] = &mut sinks;
        let mut steps = [
            Step::new(&begin, first, one),
            Step { times: runs, expect: Expect::Rows(expected), ..Step::new(&update, second, two) },
            Step::new(&commit, third, three),
        ];
        let result = block_on(db.wire().run(&mut steps));
        assert_eq!(proxy.turns(), turns, "{runs} updates with their transaction");
        let stale = expected != runs as u64;
        assert_eq!(result.map_err(|e| e.kind()), if stale { Err(ErrorKind::StaleRow) } else { Ok(()) });
        assert_eq!((steps[1].affected, db.link() == Link::Idle), (runs as u64, !stale));
        if stale {
            db.all(&["ROLLBACK"]);
        }
        proxy.turns();
    }
    let select = Statement::new("SELECT n FROM t WHERE id = ?", StatementKind::Read);
    let turns: Vec<u64> = (0..4)
        .map(|_| {
            db.full(&select, &[Datum::Int(1)], 1, Expect::Any).expect("it reads");
            proxy.turns()
        })
        .collect();
    assert_eq!(turns, [1, 2, 1, 1], "a read: as text, prepared, and then prepared already");
    assert!(db.heal());
    assert_eq!(proxy.turns(), 0, "nothing to heal");
}

#[test]
fn queries_of_a_batch_go_together() {
    let (fresh, proxy) = (Fresh::new(), proxy());
    let mut db = Db::on(behind(&proxy, &fresh));
    db.all(&["CREATE TABLE t (n INT, f FLOAT)", "INSERT INTO t VALUES (1, 0.1234567), (2, 0.5)"]);
    // A float of 32 bits comes whole only when prepared: its query, and those behind it, run again.
    for (texts, turns) in [
        (["SELECT n FROM t", "SELECT 7", "SELECT n + 1 FROM t"], 1),
        (["SELECT n FROM t", "SELECT f FROM t", "SELECT n + 1 FROM t"], 4),
        (["SELECT n FROM t", "SELECT n + 1 FROM t", "SELECT f FROM t"], 3),
    ] {
        let mut reference = Db::on(fresh.options());
        let expected: Vec<Vec<Vec<Datum>>> = texts
            .iter()
            .map(|sql| {
                let prepared = Statement::new(*sql, StatementKind::Read);
                reference.full(&prepared, &[], 1, Expect::Any).expect("rows");
                reference.full(&prepared, &[], 1, Expect::Any).expect("rows").rows
            })
            .collect();
        db.all(&["BEGIN"]);
        proxy.turns();
        let statements = texts.map(|sql| Statement::once(sql, StatementKind::Read));
        let (mut binds, mut keeps) = ([(); 3].map(|()| Binds::new()), [(); 3].map(|()| Keep::default()));
        let pairs = statements.iter().zip(&mut binds).zip(&mut keeps);
        let mut steps: Vec<Step<'_>> =
            pairs.map(|((statement, binds), keep)| Step::new(statement, binds, keep)).collect();
        block_on(db.wire().run(&mut steps)).expect("rows");
        assert_eq!(proxy.turns(), turns, "{texts:?}");
        let counts: Vec<u64> = steps.iter().map(|step| step.rows).collect();
        drop(steps);
        let rows: Vec<_> = keeps.into_iter().map(|keep| keep.rows).collect();
        assert_eq!(counts, rows.iter().map(|rows| rows.len() as u64).collect::<Vec<_>>());
        assert_eq!(rows, expected, "{texts:?}");
        db.all(&["COMMIT"]);
    }
}

#[test]
fn connecting_says_what_is_wrong() {
    let fails = |options: Options| block_on(MySql::new(options).connect()).err().expect("it cannot connect");
    let closed = fails(server().port(1));
    let nobody = fails(server().user("no-such-user").password("c4n4ry"));
    let nothing = fails(server().database("no_such_database"));
    let nowhere = fails(server().socket("/no/such/socket"));
    let no_tls = fails(server().tls(TlsMode::Required));
    for (error, part) in [
        (&closed, "no connection"),
        (&nobody, "refuses the user"),
        (&nothing, "no such database"),
        (&nowhere, "/no/such/socket"),
        (&no_tls, "no TLS"),
    ] {
        assert_eq!(error.kind(), ErrorKind::CannotConnect, "{error}");
        assert!(error.message().contains(part) && error.help().is_some(), "{error}");
        assert!(error.source().is_some());
    }
}

#[test]
fn no_password_is_shown() {
    let options = server().user("no-such-user").password("c4n4ry");
    let driver = MySql::new(options.clone());
    let error = block_on(driver.connect()).err().expect("the user is unknown");
    let mut below: Option<&dyn std::error::Error> = Some(&error);
    while let Some(error) = below {
        assert!(!format!("{error} {error:?}").contains("c4n4ry"));
        below = error.source();
    }
    assert!(!format!("{options:?} {driver:?}").contains("c4n4ry"));
}

#[test]
fn a_server_that_does_not_answer_is_told_in_time() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let port = silent.local_addr().expect("it has an address").port();
    let options = server().port(port).connect_timeout(Duration::from_millis(100));
    let error = block_on(MySql::new(options).connect()).err().expect("nobody answers");
    assert_eq!(error.kind(), ErrorKind::CannotConnect);
    assert!(error.message().contains("in time"), "{error}");
}

#[test]
fn a_unix_socket_is_as_good() {
    let path = "/run/mysqld/mysqld.sock";
    if !std::path::Path::new(path).exists() {
        return;
    }
    let mut db = Db::on(server().socket(path));
    assert_eq!(db.number("SELECT 40 + 2"), 42);
}

#[test]
fn each_flavour_has_its_name_and_its_words() {
    let [mysql, mariadb] = [Flavour::MySql, Flavour::MariaDb].map(|f| MySql::new(server().flavour(f)));
    assert_eq!((mysql.system(), mariadb.system()), ("mysql", "mariadb"));
    assert_eq!((mysql.capabilities().returning, mariadb.capabilities().returning), (false, true));
}

/// On the program's own runtime, of either kind.
#[test]
fn a_runtime_that_is_there_is_used() {
    let fresh = Fresh::new();
    for threads in [0, 2] {
        let mut builder = match threads {
            0 => tokio::runtime::Builder::new_current_thread(),
            _ => tokio::runtime::Builder::new_multi_thread(),
        };
        let runtime = builder.enable_all().build().expect("a runtime");
        let driver: Arc<dyn Driver> = Arc::new(MySql::new(fresh.options()));
        runtime.block_on(async move {
            let (before, mut wire) =
                (tokio::runtime::Handle::current(), driver.connect().await.expect("it connects"));
            let select = Statement::once("SELECT 1", StatementKind::Read);
            let (mut none, mut sink) = (Binds::new(), Discard);
            let mut steps = [Step::new(&select, &mut none, &mut sink)];
            wire.run(&mut steps).await.expect("it reads");
            assert_eq!(steps[0].rows, 1);
            assert!(before.metrics().num_alive_tasks() > 0, "the connection lives in this runtime");
            let wire = wire.heal().await.expect("it heals");
            assert_eq!(wire.link(), Link::Idle);
        });
    }
}

/// A thread that parks within a runtime of one thread serves nobody.
#[test]
fn a_blocking_caller_within_a_runtime_is_served_in_the_background() {
    let fresh = Fresh::new();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let mut db = Db::on(fresh.options().background(true));
        assert_eq!(db.number("SELECT 40 + 2"), 42);
        db.all(&["BEGIN"]);
        assert!(db.heal());
    });
}

#[test]
fn a_connection_whose_runtime_is_gone_is_lost() {
    let fresh = Fresh::new();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let driver = MySql::new(fresh.options());
    let mut db = Db { wire: Some(runtime.block_on(driver.connect()).expect("it connects")) };
    drop(runtime);
    let error = db.run("SELECT 1").expect_err("nobody serves it");
    assert_eq!(
        (error.kind(), error.is_disconnect(), db.link()),
        (ErrorKind::ConnectionLost, true, Link::Closed)
    );
    assert_eq!(fresh.connect().number("SELECT 1"), 1);
}

#[test]
fn a_reset_costs_nothing_where_nothing_was_changed() {
    let (fresh, proxy) = (Fresh::new(), proxy());
    let mut db = Db::on(behind(&proxy, &fresh));
    let select = Statement::new("SELECT 1 + ?", StatementKind::Read);
    db.all(&["CREATE TABLE t (n INT)", "BEGIN", "INSERT INTO t VALUES (1)", "COMMIT"]);
    for _ in 0..3 {
        db.full(&select, &[Datum::Int(1)], 1, Expect::Any).expect("it reads");
    }
    assert!(!db.wire().is_altered());
    db.all(&["SET @a = 1"]);
    assert!(db.wire().is_altered());
    block_on(db.wire().reset()).expect("it is reset");
    assert!(!db.wire().is_altered());
    assert_eq!(db.number("SELECT @a IS NULL"), 1);
    // The server has forgotten what was prepared.
    for _ in 0..3 {
        let told = db.full(&select, &[Datum::Int(1)], 1, Expect::Any).expect("it reads");
        assert_eq!(told.rows, [[Datum::Int(2)]]);
    }
    assert_eq!(db.link(), Link::Idle);
    // A connection that began without a database cannot leave one.
    let mut db = Db::on(server().database(""));
    db.all(&[&format!("USE {}", fresh.name())]);
    assert!(block_on(db.wire().reset()).is_err());
    assert_eq!(db.link(), Link::Closed);
}

#[test]
fn a_server_that_falls_silent_is_given_up() {
    let (fresh, proxy) = (Fresh::new(), proxy());
    fresh.connect().all(&["CREATE TABLE t (n INT)"]);
    let [mut in_flight, mut open] = [(); 2].map(|()| Db::on(behind(&proxy, &fresh)));
    in_flight.all(&["BEGIN"]);
    open.all(&["BEGIN"]);
    proxy.fall_silent();
    assert!(run_cut(in_flight.wire(), &["INSERT INTO t VALUES (1)"], 0).is_none());
    assert!(!in_flight.heal(), "what is under way has no end");
    assert!(!open.heal(), "the rollback has no answer");
}

#[test]
fn a_server_that_counts_otherwise_is_not_asked_to() {
    let (fresh, proxy) = (Fresh::new(), proxy());
    let mut db = Db::on(behind(&proxy, &fresh));
    db.all(&["CREATE TABLE t (n INT)", "INSERT INTO t VALUES (1)"]);
    proxy.rewrite(b"ROW_COUNT() = 1", b"ROW_COUNT() = 2");
    for turns in [2, 2, 2] {
        proxy.turns();
        let [begin, update, insert, commit] =
            ["BEGIN", "UPDATE t SET n = n + 1", "INSERT INTO t SELECT 7 FROM t WHERE n = 0", "COMMIT"]
                .map(|sql| Statement::once(sql, kind(sql)));
        let (mut nothing, mut sinks) = ([(); 4].map(|()| Binds::new()), [Discard; 4]);
        let statements = [&begin, &update, &insert, &commit];
        let steps = statements.into_iter().zip(&mut nothing).zip(&mut sinks);
        let mut steps: Vec<Step<'_>> = steps.map(|((s, b), to)| Step::new(s, b, to)).collect();
        steps[1].expect = Expect::Rows(1);
        block_on(db.wire().run(&mut steps)).expect("the counts are right");
        assert_eq!((steps[1].affected, steps[2].affected), (1, 0));
        assert_eq!((proxy.turns(), db.link()), (turns, Link::Idle));
    }
    assert_eq!(fresh.connect().number("SELECT n FROM t"), 4);
}

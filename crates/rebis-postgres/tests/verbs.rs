//! What only PostgreSQL has: COPY, LISTEN, and the outcome of a commit whose answer is lost.
#![allow(missing_docs)]

mod common;

use common::{Schema, run, value};
use rebis_core::{Datum, Error, ErrorKind, Result};
use rebis_driver::{Connection, Driver, Flow, Link};
use rebis_engine::block_on;
use rebis_postgres::{ConnectionExt, EngineExt, Outcome, Postgres, Session};
use rebis_sql::{Statement, StatementKind};
use rebis_testkit::Cut;

fn open(schema: &Schema) -> Session {
    let mut session = block_on(schema.driver().open()).expect("it connects");
    run(&mut session, "CREATE TABLE IF NOT EXISTS t (n int8 PRIMARY KEY, s text)").expect("it is made");
    session
}

fn read(session: &mut Session, sql: &str) -> Result<String> {
    let mut text = String::new();
    block_on(session.copy_out(sql, |piece| {
        text += &String::from_utf8_lossy(piece);
        Ok(Flow::Continue(()))
    }))?;
    Ok(text)
}

#[test]
fn rows_go_in_and_out_in_bulk() {
    let schema = Schema::new();
    let mut session = open(&schema);
    let mut copy = block_on(session.copy_in("COPY t FROM STDIN (FORMAT csv)")).expect("it begins");
    for n in 0..20_000 {
        block_on(copy.send(format!("{n},a text of row {n}\n").as_bytes())).expect("it is sent");
    }
    assert_eq!(block_on(copy.finish()).expect("it is written"), 20_000);
    let text =
        read(&mut session, "COPY (SELECT n FROM t WHERE n < 3 ORDER BY n) TO STDOUT").expect("it is read");
    assert_eq!((text.as_str(), session.link()), ("0\n1\n2\n", Link::Idle));
    run(&mut session, "BEGIN").expect("it begins");
    let mut copy = block_on(session.copy_in("COPY t FROM STDIN")).expect("it begins");
    block_on(copy.send(&"100000\tx\n".repeat(2).into_bytes())).expect("it is sent");
    let error = block_on(copy.finish()).expect_err("the key comes twice");
    assert_eq!((error.kind(), session.link()), (ErrorKind::UniqueViolation, Link::Aborted), "{error}");
    run(&mut session, "ROLLBACK").expect("it rolls back");
    assert_eq!(value(&mut session, "SELECT count(*) FROM t"), Datum::Int(20_000));
}

#[test]
fn a_copy_that_is_no_copy_or_is_given_up() {
    let schema = Schema::new();
    let mut session = open(&schema);
    for sql in ["SELECT 1", "COPY t TO STDOUT", "INSERT INTO t VALUES (1)"] {
        let error = block_on(session.copy_in(sql)).err().expect(sql);
        assert_eq!((error.kind(), error.sql()), (ErrorKind::InvalidStatement, Some(sql)), "{error}");
        assert_eq!(session.link(), Link::Idle, "{sql}");
    }
    let error = read(&mut session, "COPY t FROM STDIN").expect_err("it is the other way");
    assert_eq!((error.kind(), session.link()), (ErrorKind::InvalidStatement, Link::Idle), "{error}");
    assert_eq!(
        read(&mut session, "COPY no_table TO STDOUT").expect_err("no").kind(),
        ErrorKind::NoSuchObject
    );
    let failing = block_on(session.copy_out("COPY (SELECT generate_series(1, 100000)) TO STDOUT", |_| {
        Err(Error::conversion("no more"))
    }));
    assert_eq!((failing.expect_err("it fails").message(), session.link()), ("no more", Link::Idle));
    let mut copy = block_on(session.copy_in("COPY t FROM STDIN")).expect("it begins");
    block_on(copy.send(b"7\tx\n")).expect("it is sent");
    drop(copy);
    assert_eq!(session.link(), Link::InFlight);
    let mut session = block_on(session.healed()).expect("it heals");
    assert_eq!(
        (session.link(), value(&mut session, "SELECT count(*) FROM t WHERE n = 7")),
        (Link::Idle, Datum::Int(0))
    );
}

#[test]
fn what_others_say_is_heard() {
    let schema = Schema::new();
    let driver = Postgres::new(schema.options(&[("application_name", &schema.0)]));
    let mut listener = block_on(driver.listen(["news", "a \"quoted\" one"])).expect("it listens");
    let mut other = block_on(driver.connect()).expect("it connects");
    for n in 0..3 {
        run(&mut *other, &format!("NOTIFY news, 'number {n}'")).expect("it is said");
    }
    run(&mut *other, "NOTIFY \"a \"\"quoted\"\" one\"").expect("it is said");
    for n in 0..3 {
        let news = block_on(listener.next()).expect("it is heard");
        assert_eq!((news.channel.as_str(), news.payload), ("news", format!("number {n}")));
    }
    assert_eq!(block_on(listener.next()).expect("it is heard").channel, "a \"quoted\" one");
    run(
        &mut *other,
        &format!(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity \
             WHERE application_name = '{}' AND query LIKE 'LISTEN%'",
            schema.0
        ),
    )
    .expect("it is ended");
    let error = block_on(listener.next()).expect_err("it is gone");
    assert_eq!((error.kind(), error.is_disconnect()), (ErrorKind::ConnectionLost, true), "{error}");
    run(&mut *other, "NOTIFY news, 'after'").expect("it is said");
    assert_eq!(block_on(listener.next()).expect("it listens again").payload, "after");
}

#[test]
fn the_outcome_of_a_commit_can_be_asked_for() {
    for (cut, expected) in
        [(Cut::Before(b"COMMIT"), Outcome::RolledBack), (Cut::After(b"COMMIT"), Outcome::Committed)]
    {
        let (schema, proxy) = (Schema::new(), common::proxy());
        open(&schema);
        let options = schema.options(&[("commit_outcome", "on")]).port(proxy.address().port());
        let mut db = block_on(Postgres::new(options).connect()).expect("it connects");
        for n in 0..3 {
            run(&mut *db, "BEGIN").expect("it begins");
            run(&mut *db, &format!("INSERT INTO t VALUES ({n})")).expect("it writes");
            if n < 2 {
                run(&mut *db, "COMMIT").expect("it commits");
            }
        }
        proxy.cut(cut);
        let error = run(&mut *db, "COMMIT").expect_err("the wire is cut");
        assert_eq!(error.kind(), ErrorKind::CommitUnknown);
        // The server notices soon that nobody is there.
        let driver = schema.driver();
        let outcome = (0..10_000)
            .map(|_| block_on(driver.outcome(&error)).expect("it answers"))
            .find(|outcome| *outcome != Outcome::Open);
        assert_eq!(outcome, Some(expected));
        let other = Error::new(ErrorKind::CommitUnknown, "of another driver");
        assert_eq!(block_on(driver.outcome(&other)).expect("it answers"), Outcome::Unknown);
    }
}

fn texts() -> Vec<String> {
    rebis_testkit::corpus::texts().collect()
}

/// A table that would be harmed, and whether it was not.
fn sentinel(session: &mut Session) {
    run(session, "CREATE TABLE sentinel (id int8, n int8)").expect("it is made");
    run(session, "INSERT INTO sentinel VALUES (1, 42)").expect("it is filled");
}

fn stands(session: &mut Session) {
    assert_eq!(value(session, "SELECT id + n FROM sentinel"), Datum::Int(43));
}

#[test]
fn texts_that_would_break_out_of_a_copy() {
    let schema = Schema::new();
    let mut session = open(&schema);
    sentinel(&mut session);
    let t = rebis_sql::table("t");
    let (n, s) = (t.column::<i64>("n"), t.column::<String>("s"));
    let rows = texts().into_iter().enumerate().map(|(at, text)| n.to(at as i64).and(s.to(text)));
    assert_eq!(block_on(session.copy_rows(t.insert().rows(rows))).expect("they go in"), 320);
    let out = read(&mut session, "COPY (SELECT s FROM t ORDER BY n) TO STDOUT").expect("they come out");
    let plain = |line: &str| line.replace("\\t", "\t").replace("\\n", "\n").replace("\\\\", "\\");
    let back: Vec<String> = out.lines().map(plain).collect();
    assert_eq!(back, texts());
    for name in texts() {
        let odd = rebis_sql::table(&name);
        let ident = rebis_sql::dialect::postgres().ident(&name);
        run(&mut session, &format!("CREATE TABLE {ident} ({ident} text)")).expect("it is made");
        let row = odd.column::<String>(&name).to(name.as_str());
        assert_eq!(block_on(session.copy_rows(odd.insert().row(row))).expect("it goes in"), 1, "{name:?}");
        let back = value(&mut session, &format!("SELECT {ident} FROM {ident}"));
        assert_eq!(back, Datum::Text(name.clone()));
        run(&mut session, &format!("DROP TABLE {ident}")).expect("it is dropped");
    }
    stands(&mut session);
}

#[test]
fn texts_that_would_break_out_of_channels_and_what_is_said_there() {
    let schema = Schema::new();
    let mut session = open(&schema);
    sentinel(&mut session);
    let mut listener = block_on(schema.driver().listen(texts())).expect("it listens");
    let say = Statement::new("SELECT pg_notify($1, $2)", StatementKind::Read);
    for text in texts() {
        let values = [Datum::Text(text.clone()), Datum::Text(text.clone())];
        common::rows(&mut session, &say, &values).expect("it is said");
        let heard = block_on(listener.next()).expect("it is heard");
        assert_eq!((heard.channel, heard.payload), (text.clone(), text));
    }
    stands(&mut session);
    let error = block_on(schema.driver().listen(["a\0b"])).map(drop).expect_err("no name has a NUL");
    assert_ne!(error.kind(), ErrorKind::ConnectionLost, "{error}");
    stands(&mut session);
}

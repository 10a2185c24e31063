//! Errors of a real server: their kinds, whether they are worth another try, and what they keep to themselves.
#![allow(missing_docs)]

mod common;

use common::{Schema, admin, options, run, value};
use rebis_core::{Datum, Error, ErrorKind, Result};
use rebis_driver::{Connection, Driver, IsolationLevel, Link};
use rebis_engine::block_on;
use rebis_postgres::{Options, Postgres, ServerError, TargetSession, TlsMode};
use std::error::Error as _;

fn connect(driver: &Postgres) -> Box<dyn Connection> {
    block_on(driver.connect()).expect("it connects")
}

fn pid(db: &mut dyn Connection) -> i64 {
    match value(db, "SELECT pg_backend_pid()") {
        Datum::Int(pid) => pid,
        other => panic!("{other:?} is no process"),
    }
}

/// Waits until a query for a boolean says so.
fn until(db: &mut dyn Connection, text: &str) {
    for _ in 0..2_000 {
        if value(db, text) == Datum::Bool(true) {
            return;
        }
        // The server waits, not the test.
        run(db, "SELECT pg_sleep(0.005)").expect("it waits");
    }
    panic!("never: {text}");
}

#[test]
fn two_transactions_that_wait_for_each_other() {
    let schema = Schema::new();
    let driver = schema.driver();
    let (mut one, mut two, mut watch) = (connect(&driver), connect(&driver), connect(&driver));
    run(&mut *one, "CREATE TABLE t (id int8 PRIMARY KEY, n int8)").expect("it is made");
    run(&mut *one, "INSERT INTO t VALUES (1, 0), (2, 0)").expect("it writes");
    for db in [&mut one, &mut two] {
        run(&mut **db, "BEGIN").expect("it begins");
    }
    run(&mut *one, "UPDATE t SET n = 1 WHERE id = 1").expect("it writes");
    run(&mut *two, "UPDATE t SET n = 2 WHERE id = 2").expect("it writes");
    let waiting = pid(&mut *one);
    let (first, second) = std::thread::scope(|threads| {
        let first = threads.spawn(|| run(&mut *one, "UPDATE t SET n = 1 WHERE id = 2"));
        until(
            &mut *watch,
            &format!(
                "SELECT coalesce(wait_event_type = 'Lock', false) FROM pg_stat_activity WHERE pid = {waiting}"
            ),
        );
        let second = run(&mut *two, "UPDATE t SET n = 2 WHERE id = 1");
        // The one that is well ends, so that the other does not wait.
        if second.is_ok() {
            run(&mut *two, "ROLLBACK").expect("it rolls back");
        }
        (first.join().expect("the thread is well"), second)
    });
    let errors: Vec<Error> = [first, second].into_iter().filter_map(Result::err).collect();
    assert_eq!(errors.iter().map(Error::kind).collect::<Vec<_>>(), [ErrorKind::Deadlock]);
    assert!(errors[0].is_retryable());
    for db in [&mut one, &mut two] {
        run(&mut **db, "ROLLBACK").expect("it rolls back");
    }
}

#[test]
fn two_transactions_without_an_order() {
    let schema = Schema::new();
    let driver = schema.driver();
    let (mut one, mut two) = (connect(&driver), connect(&driver));
    run(&mut *one, "CREATE TABLE t (n int8)").expect("it is made");
    let level = driver.isolation(IsolationLevel::Serializable).expect("there is such a level");
    for db in [&mut one, &mut two] {
        run(&mut **db, "BEGIN").expect("it begins");
        level.inside.iter().for_each(|text| run(&mut **db, text).expect("it is set"));
        assert_eq!(value(&mut **db, "SELECT count(*) FROM t"), Datum::Int(0));
    }
    for db in [&mut one, &mut two] {
        run(&mut **db, "INSERT INTO t VALUES (1)").expect("it writes");
    }
    run(&mut *one, "COMMIT").expect("the first is well");
    let error = run(&mut *two, "COMMIT").expect_err("the second saw what is no more");
    assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::Serialization, true), "{error}");
    assert_eq!(two.link(), Link::Idle);
}

#[test]
fn locks_and_statements_have_their_time() {
    let schema = Schema::new();
    let mut one = connect(&schema.driver());
    let hasty = Postgres::new(schema.options(&[("lock_timeout", "20ms"), ("statement_timeout", "20s")]));
    let mut two = connect(&hasty);
    run(&mut *one, "CREATE TABLE t (n int8)").expect("it is made");
    run(&mut *one, "BEGIN").expect("it begins");
    run(&mut *one, "LOCK TABLE t").expect("it locks");
    let error = run(&mut *two, "SELECT * FROM t").expect_err("it is locked");
    assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::Locked, true), "{error}");
    run(&mut *one, "ROLLBACK").expect("it rolls back");
    run(&mut *two, "SET statement_timeout = '10ms'").expect("it is set");
    let error = run(&mut *two, "SELECT pg_sleep(10)").expect_err("it takes too long");
    assert_eq!((error.kind(), error.is_disconnect()), (ErrorKind::Timeout, false), "{error}");
    assert_eq!(two.link(), Link::Idle);
}

#[test]
fn errors_of_every_kind() {
    let schema = Schema::new();
    let mut db = connect(&schema.driver());
    for text in [
        "CREATE TABLE t (n int8 PRIMARY KEY, r int4range, EXCLUDE USING gist (r WITH &&))",
        "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''a secret''; END'",
        "CREATE TABLE u (n int8)",
        "CREATE TRIGGER no BEFORE INSERT ON u FOR EACH ROW EXECUTE FUNCTION no()",
        "INSERT INTO t VALUES (1, '[1,5)')",
    ] {
        run(&mut *db, text).unwrap_or_else(|e| panic!("{text}: {e}"));
    }
    for (text, kind) in [
        ("INSERT INTO t VALUES (2, '[2,3)')", ErrorKind::UniqueViolation),
        ("INSERT INTO u VALUES (1)", ErrorKind::CheckViolation),
        ("SELECT 1/0", ErrorKind::Conversion),
        ("SELECT no_such_function(1)", ErrorKind::NoSuchObject),
        ("SELECT * FROM no_such_schema.t", ErrorKind::NoSuchObject),
        ("CREATE TABLE t (n int8)", ErrorKind::InvalidStatement),
        ("DROP FUNCTION no()", ErrorKind::InvalidStatement),
        ("SELECT n, count(*) FROM t", ErrorKind::InvalidStatement),
        ("SELECT (SELECT n FROM t UNION SELECT 7)", ErrorKind::Database),
        ("RELEASE SAVEPOINT a", ErrorKind::InvalidState),
        ("VACUUM; SELECT 1", ErrorKind::InvalidStatement),
    ] {
        let error = run(&mut *db, text).expect_err(text);
        assert_eq!(error.kind(), kind, "{text}: {error}");
        assert!(error.source().is_some_and(|source| source.is::<ServerError>()), "{text}");
        assert!(!error.to_string().contains("secret") && error.sql() == Some(text));
        assert_eq!((db.link(), error.is_disconnect()), (Link::Idle, false), "{text}");
    }
    run(&mut *db, "VACUUM t").expect("what must be alone is alone");
    run(&mut *db, "BEGIN READ ONLY").expect("it begins");
    assert_eq!(
        run(&mut *db, "INSERT INTO t VALUES (3)").expect_err("it only reads").kind(),
        ErrorKind::ReadOnly
    );
    run(&mut *db, "ROLLBACK").expect("it rolls back");
}

#[test]
fn a_connection_that_the_server_ends() {
    let schema = Schema::new();
    let (mut db, mut other) = (connect(&schema.driver()), connect(&schema.driver()));
    let victim = pid(&mut *db);
    run(&mut *other, &format!("SELECT pg_terminate_backend({victim}, 5000)")).expect("it is ended");
    let error = run(&mut *db, "SELECT 1").expect_err("it is gone");
    assert_eq!((error.kind(), error.is_disconnect()), (ErrorKind::ConnectionLost, true), "{error}");
    assert_eq!(db.link(), Link::Closed);
    assert!(block_on(db.heal()).is_none(), "there is nothing to heal");
    // In the middle of a statement.
    let mut db = connect(&schema.driver());
    let victim = pid(&mut *db);
    let error = std::thread::scope(|threads| {
        let running = threads.spawn(|| run(&mut *db, "SELECT pg_sleep(60)"));
        until(
            &mut *other,
            &format!("SELECT coalesce(state = 'active', false) FROM pg_stat_activity WHERE pid = {victim}"),
        );
        run(&mut *other, &format!("SELECT pg_terminate_backend({victim}, 5000)")).expect("it is ended");
        running.join().expect("the thread is well").expect_err("it is gone")
    });
    assert_eq!((error.kind(), error.is_disconnect()), (ErrorKind::ConnectionLost, true), "{error}");
    assert_eq!(db.link(), Link::Closed);
}

#[test]
fn what_cannot_be_reached_is_told_and_no_password_with_it() {
    let canary = "c4nary-s3cret";
    let (schema, url) = (Schema::new(), common::url());
    let role = format!("{}_role", schema.0);
    admin(&format!("CREATE ROLE {role} PASSWORD '{canary}' NOLOGIN"));
    let host = url.host().unwrap_or("127.0.0.1");
    let at = |options: Options| options.user(role.as_str()).password(canary).port(url.port().unwrap_or(5432));
    let mut errors = Vec::new();
    for options in [
        at(Options::new(host, "no_such_database")),
        at(Options::new(host, url.database())),
        at(Options::new(host, url.database())).tls(TlsMode::VerifyFull).root_certificate("/no/such/file"),
        Options::new("127.0.0.1", "x").port(1).password(canary),
        Options::new("no-such-host.invalid", "x").tls(TlsMode::Disable).password(canary),
        Options::new("/no/such/folder", "x").password(canary),
        at(Options::new(host, url.database())).options("-c no_such_setting=1"),
        options(&[]).password(canary).target_session(TargetSession::Standby),
    ] {
        let driver = Postgres::new(options);
        assert!(!format!("{driver:?}").contains(canary));
        errors.push(block_on(driver.connect()).err().expect("there is nothing to connect to"));
    }
    admin(&format!("DROP ROLE {role}"));
    for error in errors {
        let expected = [ErrorKind::CannotConnect, ErrorKind::Configuration];
        assert!(expected.contains(&error.kind()) && error.help().is_some(), "{error}");
        let mut text = format!("{error} {error:?}");
        let mut source = error.source();
        while let Some(below) = source {
            text += &format!(" {below} {below:?}");
            source = below.source();
        }
        assert!(!text.contains(canary), "{text}");
    }
}

#[test]
fn several_hosts_are_tried_in_order() {
    let url = common::url();
    let good = (url.host().unwrap_or("127.0.0.1").to_owned(), url.port().unwrap_or(5432));
    let mut options = options(&[("target_session_attrs", "read-write"), ("application_name", "rebis test")]);
    options = options.host("127.0.0.1", 1).host(&good.0, good.1);
    let mut db = connect(&Postgres::new(options));
    assert_eq!(value(&mut *db, "SHOW application_name"), Datum::Text("rebis test".into()));
    let standby = common::options(&[("target_session_attrs", "standby")]);
    let error = block_on(Postgres::new(standby).connect()).err().expect("it is no standby");
    assert!(error.message().contains("follows no other"), "{error}");
}

#[test]
fn a_unix_socket_will_do() {
    let folder = match value(&mut *connect(&Postgres::new(options(&[]))), "SHOW unix_socket_directories") {
        Datum::Text(folders) => folders.split(',').next().unwrap_or("").trim().to_owned(),
        other => panic!("{other:?}"),
    };
    if std::path::Path::new(&folder).join(".s.PGSQL.5432").exists() {
        let mut db = match block_on(Postgres::new(options(&[("host", &folder)])).connect()) {
            Ok(db) => db,
            // The server may want another user there, which it says over the socket.
            Err(error) => {
                assert!(error.source().is_some_and(|source| source.is::<ServerError>()), "{error}");
                return;
            }
        };
        assert_eq!(value(&mut *db, "SELECT inet_client_addr() IS NULL"), Datum::Bool(true));
    }
}

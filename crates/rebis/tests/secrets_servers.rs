//! No password is in anything that can be shown: engines, sessions, errors of every kind, spans and events.
#![allow(missing_docs)]
#![cfg(all(feature = "sqlite", feature = "postgres", feature = "mysql"))]

mod support;

use rebis::prelude::*;
use rebis::{Engine, EngineOptions, Error, ErrorKind};
use rebis_engine::block_on;
use rebis_testkit::Cut;
use std::collections::BTreeSet;
use std::error::Error as _;
use std::fmt::Debug;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use support::{Post, User};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

const CANARY: &str = "canary-5ecret";

/// All that was told of spans and events, of whatever thread.
static TOLD: Mutex<String> = Mutex::new(String::new());

struct Everything;

struct Line;

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let mut told = TOLD.lock().unwrap_or_else(PoisonError::into_inner);
        told.push_str(&format!("{}={value:?}\n", field.name()));
    }
}

impl Subscriber for Everything {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }
    fn new_span(&self, span: &Attributes<'_>) -> Id {
        span.record(&mut Line);
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, record: &Record<'_>) {
        record.record(&mut Line);
    }
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, event: &Event<'_>) {
        event.record(&mut Line);
    }
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

/// An error with all that it stands on.
fn shown(error: &Error) -> String {
    let mut text = format!("{error}\n{error:?}\n{error:#?}\n");
    let mut source = error.source();
    while let Some(error) = source {
        text.push_str(&format!("{error}\n{error:?}\n"));
        source = error.source();
    }
    text
}

#[track_caller]
fn is_clean(text: &str) {
    assert!(!text.contains(CANARY), "{text}");
}

/// What the server raises with an error of the kind: the code, or the statement.
const OF_POSTGRES: &[(ErrorKind, &str)] = &[
    (ErrorKind::UniqueViolation, "23505"),
    (ErrorKind::ForeignKeyViolation, "23503"),
    (ErrorKind::NotNullViolation, "23502"),
    (ErrorKind::CheckViolation, "23514"),
    (ErrorKind::Serialization, "40001"),
    (ErrorKind::Deadlock, "40P01"),
    (ErrorKind::Locked, "55P03"),
    (ErrorKind::Timeout, "57014"),
    (ErrorKind::Interrupted, "SELECT pg_cancel_backend(pg_backend_pid())"),
    (ErrorKind::DiskFull, "53100"),
    (ErrorKind::ReadOnly, "25006"),
    (ErrorKind::Limit, "54000"),
    (ErrorKind::NoSuchObject, "42P01"),
    (ErrorKind::InvalidStatement, "42601"),
    (ErrorKind::Unsupported, "0A000"),
    (ErrorKind::InvalidState, "25001"),
    (ErrorKind::Database, "XX000"),
];

const OF_MARIADB: &[(ErrorKind, &str)] = &[
    (ErrorKind::UniqueViolation, "1062"),
    (ErrorKind::ForeignKeyViolation, "1452"),
    (ErrorKind::NotNullViolation, "1048"),
    (ErrorKind::CheckViolation, "4025"),
    (ErrorKind::Deadlock, "1213"),
    (ErrorKind::Locked, "1205"),
    (ErrorKind::Interrupted, "1317"),
    (ErrorKind::Timeout, "1969"),
    (ErrorKind::Serialization, "1020"),
    (ErrorKind::Limit, "1117"),
    (ErrorKind::Unsupported, "1235"),
    (ErrorKind::DiskFull, "1021"),
    (ErrorKind::ReadOnly, "1290"),
    (ErrorKind::NoSuchObject, "1146"),
    (ErrorKind::InvalidStatement, "1064"),
    (ErrorKind::Database, "1105"),
];

#[track_caller]
fn wrong<T>(result: rebis::Result<T>) -> Error {
    result.err().expect("it is wrong")
}

/// What a program may do wrong.
async fn of_calls(engine: &Engine) -> Vec<Error> {
    let mut errors = Vec::new();
    let mut db = engine.session();
    errors.push(wrong(db.get_one(User, 4711).await));
    let [one, two] = ["one", "two"].map(|name| db.add(User.new().name(name)));
    db.commit().await.expect("rows");
    errors.push(wrong(db.one(User).await));
    let mut other = engine.session();
    let seen = other.get_one(User, db[one].id).await.expect("it is there");
    errors.push(wrong(other[seen].posts.try_iter().map_err(Error::from)));
    drop(other);
    errors.push(wrong(rebis::metadata![Post].check()));
    let gone = User.delete().filter(User.id.eq(db[two].id));
    assert_eq!(engine.connect().await.expect("another").execute(gone).await.expect("it goes"), 1);
    db[two].nick = Some("gone".into());
    errors.push(wrong(db.flush().await));
    errors.push(wrong(db.first(User).await));
    db.rollback().await.expect("back");
    let mut conn = engine.connect().await.expect("another");
    errors.push(wrong(conn.scalar(rebis::sql("SELECT 'text'").rows::<i64>()).await));
    errors.push(wrong(conn.all(select(User).filter(Post.id.eq(1))).await));
    errors
}

/// What happens to connections: `through` goes by a proxy.
async fn of_lines(engine: &Engine, through: &str, proxy: &rebis_testkit::Proxy) -> Vec<Error> {
    let mut errors = Vec::new();
    let held = engine.connect().await.expect("the only one");
    errors.push(wrong(engine.connect().await.map(drop)));
    drop(held);
    let behind = <Engine as FromUrl>::new(through).expect("a URL");
    for cut in [Cut::Before(b"SELECT 'cut'"), Cut::Before(b"COMMIT")] {
        let mut conn = behind.connect().await.expect("it connects");
        proxy.cut(cut);
        let work = async {
            conn.begin(true).await?;
            conn.execute(User.insert().row(User.new().name("cut"))).await?;
            if cut == Cut::Before(b"SELECT 'cut'") {
                conn.execute_raw("SELECT 'cut'").await?;
            }
            conn.commit().await
        };
        errors.push(wrong(work.await));
    }
    proxy.go_down();
    errors.push(wrong(behind.connect().await.map(drop)));
    errors.push(wrong(<Engine as FromUrl>::new(&format!("{through}&colour=red"))));
    errors
}

fn every_error(name: &str, url: &str, raise: fn(&str) -> String, of_server: &[(ErrorKind, &str)]) {
    // The first one of this program wins, and all tests want the same.
    let _ = tracing::subscriber::set_global_default(Everything);
    let (proxy, through) = support::servers::through_proxy(url);
    let options = EngineOptions::new()
        .pool_size(1)
        .max_overflow(0)
        .pool_timeout(Duration::from_millis(1))
        .echo_to(|line| is_clean(line));
    let engine = <Engine as FromUrl>::with_options(url, options).expect("a URL");
    let two = <Engine as FromUrl>::with_options(url, EngineOptions::new().echo_to(|line| is_clean(line)))
        .expect("a URL");
    block_on(support::schema().create_all(&engine)).expect("tables");
    is_clean(&format!("{engine:?} {engine:#?} {} {:?}", engine.url(), engine.url()));
    is_clean(&format!("{:?} {:?} {:?}", engine.options(), engine.pool_status(), engine.session()));
    let mut errors = block_on(of_calls(&two));
    errors.extend(block_on(of_lines(&engine, &through, &proxy)));
    for (kind, code) in of_server {
        let error = block_on(async { two.connect().await?.execute_raw(&raise(code)).await });
        let error = error.expect_err("it was raised");
        assert_eq!(error.kind(), *kind, "{name}, {code}: {error}");
        errors.push(error);
    }
    let aborted = block_on(async {
        let mut conn = two.connect().await?;
        conn.begin(true).await?;
        let _ = conn.execute_raw(&raise(of_server[0].1)).await;
        conn.execute_raw("SELECT 1").await
    });
    errors.push(aborted.expect_err("the transaction is lost"));
    let mut kinds = BTreeSet::new();
    for error in &errors {
        is_clean(&shown(error));
        kinds.insert(format!("{:?}", error.kind()));
    }
    let told = TOLD.lock().unwrap_or_else(PoisonError::into_inner);
    is_clean(&told);
    assert!(told.contains("SELECT"), "spans and events were heard");
    let missing = ErrorKind::ALL.iter().map(|kind| format!("{kind:?}")).filter(|kind| !kinds.contains(kind));
    let missing: Vec<String> = missing.collect();
    // Only a file can be that, and its URL has no password.
    assert_eq!(missing, ["NotADatabase"]);
    println!(
        "figure: secrets | {name} | {} errors of {} kinds (without {}), {} lines of spans and events: no password in any",
        errors.len(),
        kinds.len(),
        missing.join(", "),
        told.lines().count()
    );
}

mod postgres {
    #[test]
    fn no_password_is_shown() {
        let raise = |code: &str| match code.starts_with("SELECT") {
            true => code.to_owned(),
            false => format!("DO $$ BEGIN RAISE EXCEPTION 'raised' USING ERRCODE = '{code}'; END $$"),
        };
        super::every_error(
            "PostgreSQL",
            &super::support::servers::postgres_with(super::CANARY),
            raise,
            super::OF_POSTGRES,
        );
    }
}

mod mysql {
    #[test]
    fn no_password_is_shown() {
        let raise =
            |code: &str| format!("SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO = {code}, MESSAGE_TEXT = 'raised'");
        super::every_error(
            "MariaDB",
            &super::support::servers::mysql_with(super::CANARY),
            raise,
            super::OF_MARIADB,
        );
    }
}

/// A password is in nothing that can be shown, whatever goes wrong.
#[test]
fn no_password_is_shown_before_anything_is_connected() {
    let mut shown = 0;
    for url in [
        format!("postgres://nobody:{CANARY}@127.0.0.1:1/x"),
        format!("postgres://nobody:{CANARY}@no.such.host.invalid/x"),
        format!("postgres://nobody:{CANARY}@127.0.0.1:1/x?colour={CANARY}"),
        format!("mariadb://nobody:{CANARY}@127.0.0.1:1/x"),
        format!("mariadb://nobody:{CANARY}@127.0.0.1:3306/x"),
        format!("mysql://nobody:{CANARY}@127.0.0.1:3306/x?colour=red"),
        format!("postgres://nobody:{CANARY}@127.0.0.1:port/x"),
        format!("oracle://nobody:{CANARY}@127.0.0.1/x"),
    ] {
        let mut texts = Vec::new();
        match <Engine as FromUrl>::new(&url) {
            Ok(engine) => {
                texts.push(format!("{engine:?} {}", engine.url()));
                let error = block_on(engine.connect()).map(|_| ()).expect_err("nobody is let in");
                texts.push(format!("{error} {error:?} {:?}", std::error::Error::source(&error)));
                let mut session = engine.session();
                let error = block_on(session.all(User)).map(|_| ()).expect_err("nobody is let in");
                texts.push(format!("{error} {error:?} {session:?}"));
            }
            Err(error) => texts.push(format!("{error} {error:?}")),
        }
        let of_option = format!("colour={CANARY}");
        for text in texts {
            shown += 1;
            assert!(!text.replace(&of_option, "").contains(CANARY), "{text}");
        }
    }
    println!(
        "figure: secrets | all | {shown} texts of engines, sessions and errors that never connected: no password in any"
    );
}

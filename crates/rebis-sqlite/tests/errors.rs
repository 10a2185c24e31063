//! Every kind of error that SQLite can be made to give, with the object it names.
#![allow(missing_docs)]

mod common;

use common::{Db, PLACEMENTS, Place, kind};
use rebis_core::{Datum, ErrorKind};
use rebis_driver::Expect;
use rebis_sql::Statement;
use rebis_sqlite::{Mode, Options, Placement};
use std::error::Error as _;
use std::time::Duration;

const SCHEMA: &[&str] = &[
    "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE, age INTEGER, \
     CONSTRAINT ck_users_age CHECK (age >= 0))",
    "CREATE TABLE lines (order_id INTEGER, product TEXT, PRIMARY KEY (order_id, product))",
    "CREATE TABLE posts (id INTEGER PRIMARY KEY, author_id INTEGER NOT NULL REFERENCES users (id))",
    "CREATE TABLE tags (name TEXT)",
    "CREATE UNIQUE INDEX ix_tags_lower ON tags (lower(name))",
    "INSERT INTO tags VALUES ('a')",
    "CREATE TABLE strict_ones (n INTEGER) STRICT",
    "INSERT INTO users VALUES (1, 'a@x', 7)",
    "INSERT INTO lines VALUES (1, 'tea')",
];

struct Named {
    sql: &'static str,
    kind: ErrorKind,
    table: Option<&'static str>,
    column: Option<&'static str>,
    constraint: Option<&'static str>,
}

const fn named(sql: &'static str, kind: ErrorKind) -> Named {
    Named { sql, kind, table: None, column: None, constraint: None }
}

impl Named {
    const fn at(mut self, table: &'static str, column: &'static str) -> Self {
        self.table = Some(table);
        self.column = Some(column);
        self
    }
    const fn table(mut self, table: &'static str) -> Self {
        self.table = Some(table);
        self
    }
    const fn constraint(mut self, name: &'static str) -> Self {
        self.constraint = Some(name);
        self
    }
}

use ErrorKind::*;

const CASES: &[Named] = &[
    named("INSERT INTO users VALUES (2, 'a@x', 1)", UniqueViolation).at("users", "email"),
    named("INSERT INTO users VALUES (1, 'b@x', 1)", UniqueViolation).at("users", "id"),
    named("INSERT INTO lines VALUES (1, 'tea')", UniqueViolation).at("lines", "order_id, product"),
    named("INSERT INTO tags VALUES ('A')", UniqueViolation).constraint("ix_tags_lower"),
    named("INSERT INTO users VALUES (4, NULL, 1)", NotNullViolation).at("users", "email"),
    named("INSERT INTO users VALUES (5, 'c@x', -1)", CheckViolation).constraint("ck_users_age"),
    named("INSERT INTO posts VALUES (1, 99)", ForeignKeyViolation),
    named("INSERT INTO strict_ones VALUES ('x')", Conversion).at("strict_ones", "n"),
    named("INSERT INTO users (id, email) VALUES ('x', 'd@x')", Conversion),
    named("SELECT * FROM nowhere", NoSuchObject).table("nowhere"),
    named("SELECT * FROM main.nowhere", NoSuchObject).table("nowhere"),
    named("SELECT u.nam FROM users u", NoSuchObject).at("u", "nam"),
    named("INSERT INTO users (nam) VALUES (1)", NoSuchObject).at("users", "nam"),
    named("SELECT nofunc(1)", NoSuchObject),
    named("SELEC 1", InvalidStatement),
    named("SELECT 1; SELECT 2", InvalidStatement),
    named("-- nothing", InvalidStatement),
    named("SELECT ?", InvalidStatement),
    named("CREATE TABLE users (id INTEGER)", InvalidStatement),
    named("COMMIT", InvalidState),
    named("RELEASE nowhere", InvalidState),
    named("SELECT json('{')", Conversion),
    named("SELECT zeroblob(3000000000)", Limit),
];

#[test]
fn each_native_error_has_its_kind_and_names_its_object() {
    for placement in PLACEMENTS {
        let mut db = Db::memory(placement);
        db.all(SCHEMA);
        for case in CASES {
            let error = db.fails(case.sql);
            assert_eq!(error.kind(), case.kind, "{}: {error}", case.sql);
            assert_eq!(error.table(), case.table, "{}", case.sql);
            assert_eq!(error.constraint(), case.constraint, "{}", case.sql);
            if case.column.is_some() {
                assert_eq!(error.column(), case.column, "{}", case.sql);
            }
            assert_eq!(error.sql(), Some(case.sql));
        }
    }
}

#[test]
fn the_native_error_is_the_source_and_values_stay_behind_it() {
    let mut db = Db::memory(Placement::Inline);
    db.all(SCHEMA);
    let error = db.fails("INSERT INTO users VALUES (2, 'a@x', 1)");
    assert!(error.source().is_some_and(|source| source.to_string().contains("UNIQUE")));
    assert!(error.help().is_some());
    assert!(!error.is_retryable() && !error.is_disconnect());
}

#[test]
fn a_name_with_a_hint_is_cut_where_the_hint_begins() {
    let mut db = Db::memory(Placement::Inline);
    let error = db.fails("SELECT \"foo\"");
    assert_eq!((error.kind(), error.column()), (NoSuchObject, Some("foo")));
}

#[test]
fn too_many_columns_and_variables_are_a_limit() {
    let mut db = Db::memory(Placement::Inline);
    let columns = vec!["1"; 2001].join(", ");
    assert_eq!(db.fails(&format!("SELECT {columns}")).kind(), Limit);
    let variables = vec!["?"; 32_767].join(", ");
    assert_eq!(db.fails(&format!("SELECT 1 IN ({variables})")).kind(), Limit);
    let depth = format!("SELECT {}", vec!["1"; 5000].join(" + "));
    assert_eq!(db.fails(&depth).kind(), Limit);
}

#[test]
fn a_wrong_number_of_values_is_told_before_anything_runs() {
    let mut db = Db::memory(Placement::Inline);
    let error = db.bound("SELECT ?, ?", &[Datum::Int(1)]).unwrap_err();
    assert_eq!(error.kind(), InvalidStatement);
    assert_eq!(error.message(), "the statement takes 2 parameters, 1 values were given");
}

#[test]
fn a_directory_that_is_not_there_names_the_path_and_the_way_out() {
    let place = Place::new("missing");
    for placement in PLACEMENTS {
        let path = place.file("no/such/dir/a.db");
        let error = Db::open(Options::file(&path).placement(placement)).err().expect("there is no directory");
        assert_eq!(error.kind(), CannotConnect);
        assert!(error.message().contains(&path), "{error}");
        assert!(error.help().is_some());
    }
}

#[test]
fn a_file_that_is_no_database_is_found_when_it_is_opened() {
    let place = Place::new("notadb");
    let path = place.file("text.db");
    std::fs::write(
        &path,
        "this is a text, and long enough to be taken for the head of a database. ".repeat(20),
    )
    .expect("the file is written");
    let error = Db::open(Options::file(&path)).err().expect("a text is no database");
    assert_eq!(error.kind(), NotADatabase);
    assert!(error.message().contains(&path));
}

#[test]
fn a_read_only_database_cannot_be_written() {
    let place = Place::new("readonly");
    let path = place.file("a.db");
    Db::open(Options::file(&path)).expect("the file is made").all(&["CREATE TABLE t (x)"]);
    let mut db = Db::open(Options::file(&path).mode(Mode::ReadOnly)).expect("it opens for reading");
    db.all(&["SELECT * FROM t"]);
    assert_eq!(db.fails("INSERT INTO t VALUES (1)").kind(), ReadOnly);
    let missing = Db::open(Options::file(place.file("b.db")).mode(Mode::ReadWrite)).err();
    assert_eq!(missing.expect("it is not created").kind(), CannotConnect);
}

#[test]
fn a_full_database_rolls_back_and_the_link_says_so() {
    for placement in PLACEMENTS {
        let mut db = Db::memory(placement);
        db.all(&["CREATE TABLE t (x)", "PRAGMA max_page_count = 10", "BEGIN"]);
        let error = db.fails("INSERT INTO t VALUES (zeroblob(1000000))");
        assert_eq!(error.kind(), DiskFull);
        // Whether or not SQLite rolled back by itself, a rollback must go well and leave the connection idle.
        db.all(&["ROLLBACK", "SELECT 1"]);
        assert_eq!(db.link(), rebis_driver::Link::Idle);
    }
}

#[test]
fn another_connections_lock_is_retryable() {
    let place = Place::new("locked");
    let options = || Options::file(place.file("a.db")).busy_timeout(Duration::ZERO);
    let mut one = Db::open(options()).expect("it opens");
    one.all(&["CREATE TABLE t (x)", "BEGIN IMMEDIATE"]);
    let mut two = Db::open(options()).expect("it opens");
    let error = two.fails("BEGIN IMMEDIATE");
    assert_eq!(error.kind(), Locked);
    assert!(error.is_retryable() && error.help().is_some());
    assert_eq!(two.link(), rebis_driver::Link::Idle);
}

#[test]
fn a_snapshot_that_is_too_old_is_a_serialization_failure() {
    let place = Place::new("snapshot");
    let options = || {
        Options::file(place.file("a.db"))
            .busy_timeout(Duration::ZERO)
            .journal_mode(rebis_sqlite::JournalMode::Wal)
    };
    let mut one = Db::open(options()).expect("it opens");
    one.all(&["CREATE TABLE t (x)", "BEGIN", "SELECT * FROM t"]);
    let mut two = Db::open(options()).expect("it opens");
    two.all(&["INSERT INTO t VALUES (1)"]);
    let error = one.fails("INSERT INTO t VALUES (2)");
    assert_eq!(error.kind(), Serialization);
    assert!(error.is_retryable());
    one.all(&["ROLLBACK"]);
}

#[test]
fn a_number_of_rows_that_was_not_expected_is_a_stale_row() {
    for placement in PLACEMENTS {
        let mut db = Db::memory(placement);
        db.all(&["CREATE TABLE t (x)", "INSERT INTO t VALUES (1), (1)"]);
        let update = Statement::once("UPDATE t SET x = 2 WHERE x = ?", kind("UPDATE"));
        let error = db.full(&update, &[Datum::Int(1)], 1, Expect::Rows(1)).unwrap_err();
        assert_eq!(error.kind(), StaleRow);
        assert_eq!(error.message(), "1 row was to be affected, 2 were");
        let found = db.full(&update, &[Datum::Int(2)], 1, Expect::Rows(2)).expect("two rows");
        assert_eq!(found.affected, 2);
    }
}

//! Statements that are wrong, or too large.

use super::*;
use rebis::schema::{Column, MetaData, Table};
use rebis::{SqlType, sql_unchecked};

#[test]
fn a_table_that_is_not_there_when_reading() {
    for placement in PLACEMENTS {
        let engine = Engine::new(&format!("sqlite::memory:?placement={placement}")).expect("a right URL");
        let says = || Says {
            table: Some("users"),
            sql: Some("SELECT users.id"),
            help: "create_all",
            ..Says::default()
        };
        let error = engine.connect().expect("it opens").all(select(User)).expect_err("there is no table");
        check(&error, (ErrorKind::NoSuchObject, "R0501"), says());
        let mut db = engine.session();
        let error = db.all(select(User)).expect_err("there is no table");
        check(&error, (ErrorKind::NoSuchObject, "R0501"), says());
        // Nothing is over: the session reads as soon as there is a table.
        db.rollback().expect("it lets go of its transaction");
        fill(&engine);
        assert_eq!(db.all(select(User)).expect("it reads").len(), 1);
    }
}

#[test]
fn a_table_that_is_not_there_when_writing() {
    for placement in PLACEMENTS {
        let engine = Engine::new(&format!("sqlite::memory:?placement={placement}")).expect("a right URL");
        let mut db = engine.session();
        let alice = db.add(User.new().email("alice@x"));
        let error = db.commit().expect_err("there is no table");
        let says = Says {
            table: Some("users"),
            sql: Some("INSERT INTO users"),
            help: "create_all",
            ..Says::default()
        };
        check(&error, (ErrorKind::NoSuchObject, "R0501"), says);
        waits_for_rollback(&mut db);
        db.rollback().expect("it rolls back");
        fill(&engine);
        db[alice].email = "second@x".into();
        db.add_again(alice);
        db.commit().expect("now there is one");
        assert_eq!(contents(&engine).0.len(), 2);
    }
}

#[test]
fn a_table_that_is_not_there_when_keys_are_reserved() {
    for placement in PLACEMENTS {
        let engine = Engine::new(&format!("sqlite::memory:?placement={placement}")).expect("a right URL");
        let mut db = engine.session();
        let alice = db.add(User.new().email("alice@x"));
        let post = db.push(alice, User.posts, Post.new().title("Hello"));
        let error = db.commit().expect_err("there are no tables");
        assert_eq!((error.kind(), error.code()), (ErrorKind::NoSuchObject, "R0501"), "{error}");
        assert!(error.sql().is_some() && error.site().is_some() && error.help().is_some(), "{error}");
        waits_for_rollback(&mut db);
        db.rollback().expect("it rolls back");
        assert_eq!((db.state(alice), db.state(post)), (State::Transient, State::Transient));
        metadata![User, Post].create_all(&engine).expect("the tables are made");
        db.add_again(alice);
        db.add_again(post);
        db.push(alice, User.posts, post);
        db.commit().expect("now there are");
        assert_eq!(contents(&engine).1, [("Hello".to_owned(), 1)]);
    }
}

#[test]
fn a_table_that_is_not_joined_is_found_before_any_statement() {
    for placement in PLACEMENTS {
        let engine = engine(placement);
        let mut db = engine.session();
        let bob = db.add(User.new().email("bob@x"));
        let log = engine.record();
        let stmt = select(User).filter(Post.title.eq("Hello"));
        let error = db.all(&stmt).expect_err("posts are not joined");
        check(
            &error,
            (ErrorKind::InvalidStatement, "R0502"),
            Says { table: Some("posts"), column: Some("title"), help: "join", ..Says::default() },
        );
        assert!(error.to_string().contains("posts"), "{error}");
        assert_eq!(log.take_sql(), Vec::<String>::new());
        assert_eq!(db.state(bob), State::Pending, "nor was anything flushed");
        let error = engine.connect().expect("it opens").all(&stmt).expect_err("posts are not joined");
        check(
            &error,
            (ErrorKind::InvalidStatement, "R0502"),
            Says { table: Some("posts"), column: Some("title"), help: "join", ..Says::default() },
        );
        assert_eq!(db.all(stmt.join(User.posts)).expect("now they are").len(), 1);
        db.commit().expect("the session goes on");
        assert_eq!(contents(&engine).0.len(), 2);
    }
}

/// A table of so many columns.
fn wide(columns: usize) -> MetaData {
    let mut table = Table::new("wide");
    table.columns.push(Column::new("id", SqlType::I64));
    table.primary_key = vec![0];
    for n in 1..columns {
        table.columns.push(Column { nullable: true, ..Column::new(format!("c{n}"), SqlType::I64) });
    }
    MetaData::new(vec![table])
}

#[test]
fn nineteen_hundred_columns_are_written_and_read() {
    for placement in PLACEMENTS {
        let engine = Engine::new(&format!("sqlite::memory:?placement={placement}")).expect("a right URL");
        wide(1900).create_all(&engine).expect("SQLite allows 2000");
        let mut conn = engine.connect().expect("it opens");
        let marks = vec!["{}"; 1900].join(", ");
        let insert = sql_unchecked(format!("INSERT INTO wide VALUES ({marks})")).binds(0..1900i64);
        assert_eq!(conn.execute(insert).expect("it writes"), 1);
        let read = sql_unchecked("SELECT c1, c1000, c1899 FROM wide").rows::<(i64, i64, i64)>();
        assert_eq!(conn.one(read).expect("it reads"), (1, 1000, 1899));
        let all = sql_unchecked("SELECT * FROM wide").rows::<i64>();
        assert_eq!(conn.one(all).expect("the first of all"), 0);
    }
}

#[test]
fn more_columns_than_the_database_takes_are_a_limit() {
    for placement in PLACEMENTS {
        let engine = Engine::new(&format!("sqlite::memory:?placement={placement}")).expect("a right URL");
        let error = wide(2001).create_all(&engine).expect_err("2000 is the most");
        check(
            &error,
            (ErrorKind::Limit, "R0307"),
            Says { sql: Some("CREATE TABLE wide"), help: "split", ..Says::default() },
        );
        assert!(error.message().contains("too many columns"), "{error}");
        wide(1900).create_all(&engine).expect("the connection is well");
        let mut conn = engine.connect().expect("it opens");
        let twice = sql_unchecked("SELECT a.*, b.* FROM wide a, wide b").rows::<i64>();
        let error = conn.all(twice).expect_err("3800 columns");
        check(
            &error,
            (ErrorKind::Limit, "R0307"),
            Says { sql: Some("SELECT a.*"), help: "split", ..Says::default() },
        );
        assert_eq!(conn.all(sql_unchecked("SELECT 1").rows::<i64>()).expect("it is well"), [1]);
    }
}

#[test]
fn more_parameters_than_the_database_takes_are_a_limit() {
    for placement in PLACEMENTS {
        let engine = engine(placement);
        let mut db = engine.session();
        let marks = vec!["{}"; 32_767].join(", ");
        let text = format!("SELECT users.email FROM users WHERE users.id IN ({marks})");
        let stmt = sql_unchecked(text).binds(1..32_768i64).rows::<String>();
        let error = db.all(stmt).expect_err("32766 are the most");
        assert_eq!((error.kind(), error.code()), (ErrorKind::Limit, "R0307"), "{}", error.message());
        assert!(error.help().is_some() && error.site().is_some());
        assert_eq!(db.count(User).expect("the session goes on"), 1);
    }
}

#[test]
fn what_is_no_sql_names_the_database_and_the_statement() {
    for placement in PLACEMENTS {
        let engine = engine(placement);
        let mut db = engine.session();
        let error = db.all(rebis::sql("SELEC 1").rows::<i64>()).expect_err("a slip");
        assert_eq!((error.kind(), error.code()), (ErrorKind::InvalidStatement, "R0502"), "{error}");
        assert_eq!(error.sql(), Some("SELEC 1"));
        assert!(error.site().is_some_and(|site| site.file() == file!()), "{error}");
        db.rollback().expect("it rolls back");
        assert_eq!(db.count(User).expect("the session goes on"), 1);
    }
}

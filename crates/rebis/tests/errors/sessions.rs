//! Mistakes in the use of sessions, and what the pool says when sessions are forgotten.

use super::*;
use rebis::{EngineOptions, FromUrl};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

/// What a call says when it panics, and where.
#[track_caller]
fn panics<T>(call: impl FnOnce() -> T) -> String {
    match catch_unwind(AssertUnwindSafe(call)) {
        Ok(_) => panic!("it does not panic"),
        Err(said) => match said.downcast::<String>() {
            Ok(text) => *text,
            Err(other) => other.downcast::<&str>().map_or_else(|_| String::new(), |text| (*text).to_owned()),
        },
    }
}

#[test]
fn a_handle_of_another_session_is_a_panic_that_says_so() {
    let engine = engine("inline");
    let (mut mine, mut other) = (engine.session(), engine.session());
    let alice = mine.get_one(User, 1).expect("she is there");
    let hers = other.get_one(User, 1).expect("she is there");
    assert_eq!(mine[alice].email, other[hers].email);
    mine.rollback().expect("it lets go of the database");
    let post = other.add(Post.new().title("Mine").author(hers));
    for said in [
        panics(|| other[alice].email.clone()),
        panics(|| other[alice].email = "eve@x".into()),
        panics(|| other.delete(alice)),
        panics(|| other.expunge(alice)),
        panics(|| other.add_again(alice)),
        panics(|| drop(other.take(alice))),
        panics(|| other.set(post, Post.author, alice)),
        panics(|| other.push(alice, User.posts, post)),
        panics(|| other.state(alice)),
        panics(|| other.tree(alice)),
        panics(|| drop(other.refresh(alice))),
    ] {
        assert!(said.contains("`User`") && said.contains("another session"), "{said:?}");
    }
    // Nothing of it has happened.
    other.commit().expect("the session is well");
    assert_eq!(contents(&engine).1, [("Hello".to_owned(), 1), ("Mine".to_owned(), 1)]);
    assert_eq!(mine[alice].email, "alice@x");
}

#[test]
fn a_handle_of_another_session_in_a_query_is_an_error() {
    for placement in PLACEMENTS {
        let engine = engine(placement);
        let (mut mine, mut other) = (engine.session(), engine.session());
        let alice = mine.get_one(User, 1).expect("she is there");
        let log = engine.record();
        let stmt = select(Post).filter(Post.author.eq(alice));
        let error = other.all(&stmt).expect_err("not her session");
        check(
            &error,
            (ErrorKind::InvalidState, "R0405"),
            Says { help: "session that the handle belongs to", ..Says::default() },
        );
        assert!(error.message().contains("handle of another session"), "{error}");
        assert_eq!(log.take_sql(), Vec::<String>::new(), "nothing was sent");
        assert_eq!(mine.all(&stmt).expect("her session").len(), 1);
        assert_eq!(other.count(Post).expect("the other goes on"), 1);
    }
}

#[test]
fn a_handle_of_an_object_that_was_taken_out_says_so() {
    let engine = engine("inline");
    let mut db = engine.session();
    let alice = db.get_one(User, 1).expect("she is there");
    let taken: User = db.take(alice);
    assert_eq!(taken.email, "alice@x");
    let said = panics(|| db[alice].email.clone());
    assert!(said.contains("taken out"), "{said:?}");
    let again = db.get_one(User, 1).expect("she is there");
    assert_ne!(alice, again);
}

#[test]
fn a_deleted_object_stays_readable() {
    let engine = engine("inline");
    let mut db = engine.session();
    let bob = db.add(User.new().email("bob@x"));
    db.commit().expect("it writes");
    db.delete(bob);
    db.commit().expect("it deletes");
    assert_eq!((db.state(bob), db[bob].email.as_str()), (State::Detached, "bob@x"));
    assert_eq!(db.get(User, db[bob].id).expect("it reads"), None);
}

#[test]
fn use_after_a_failed_flush() {
    for placement in PLACEMENTS {
        let engine = engine(placement);
        let mut db = engine.session();
        let alice = db.get_one(User, 1).expect("she is there");
        db[alice].age = Some(8);
        let bob = db.add(User.new().email("alice@x"));
        db.flush().expect_err("the value is there");
        let log = engine.record();
        waits_for_rollback(&mut db);
        for result in
            [db.load(alice, User.posts), db.refresh(alice), db.merge(User.new().id(1).email("m@x")).map(drop)]
        {
            let error = result.expect_err("a rollback is due");
            assert_eq!(error.kind(), ErrorKind::InvalidState, "{error}");
            assert!(error.message().contains("earlier flush failed"), "{error}");
        }
        assert_eq!(log.take_sql(), Vec::<String>::new());
        // Without I/O it is as it was: what is known can be read, also by key.
        assert_eq!((db[alice].age, db[bob].email.as_str()), (Some(8), "alice@x"));
        db.rollback().expect("it rolls back");
        assert_eq!(log.take_sql(), Vec::<String>::new(), "the transaction was over already");
        assert_eq!(db[alice].age, Some(7));
        assert!(!db.is_modified(alice));
        db.load(alice, User.posts).expect("it goes on");
        assert_eq!(db[alice].posts.len(), 1);
        db[bob].email = "bob@x".into();
        db.add_again(bob);
        db[alice].age = Some(9);
        db.commit().expect("it commits");
        assert_eq!(contents(&engine).0, [("alice@x".to_owned(), Some(9)), ("bob@x".to_owned(), None)]);
    }
}

#[test]
fn an_earlier_flush_of_the_transaction_is_taken_back_too() {
    for placement in PLACEMENTS {
        let engine = engine(placement);
        let mut db = engine.session();
        let alice = db.get_one(User, 1).expect("she is there");
        let bob = db.add(User.new().email("bob@x"));
        db[alice].age = Some(8);
        db.flush().expect("it writes");
        assert_eq!(db.state(bob), State::Persistent);
        db[bob].email = "alice@x".into();
        db.commit().expect_err("the value is there");
        waits_for_rollback(&mut db);
        assert_eq!(contents(&engine), untouched());
        db.rollback().expect("it rolls back");
        assert_eq!((db.state(bob), db[alice].age), (State::Transient, Some(7)));
        db[bob].email = "bob@x".into();
        db.add_again(bob);
        db.commit().expect("it commits");
        assert_eq!(contents(&engine).0.len(), 2);
    }
}

#[test]
fn a_second_commit_after_a_failed_one_commits_nothing() {
    for placement in PLACEMENTS {
        let engine = engine(placement);
        let mut db = engine.session();
        db.add(User.new().email("bob@x"));
        db.add(User.new().email("alice@x"));
        db.commit().expect_err("the value is there");
        for _ in 0..3 {
            let error = db.commit().expect_err("a rollback is due");
            assert_eq!((error.kind(), error.code()), (ErrorKind::InvalidState, "R0405"));
            assert!(error.message().contains("a row with this value"), "it says why: {error}");
        }
        drop(db);
        assert_eq!(contents(&engine), untouched());
        let status = engine.pool_status();
        assert_eq!(status.in_use, 0, "the connection went back");
    }
}

#[test]
fn a_savepoint_after_a_failed_flush_does_not_mend_the_transaction() {
    for placement in PLACEMENTS {
        let engine = engine(placement);
        let mut db = engine.session();
        db.add(User.new().email("alice@x"));
        db.flush().expect_err("the value is there");
        assert_eq!(db.nested(|_| Ok(())).expect_err("a rollback is due").kind(), ErrorKind::InvalidState);
        waits_for_rollback(&mut db);
        db.rollback().expect("it rolls back");
        db.nested(|db| {
            db.add(User.new().email("bob@x"));
            db.flush()
        })
        .expect("it goes on");
        db.commit().expect("it commits");
        assert_eq!(contents(&engine).0.len(), 2);
    }
}

#[test]
fn an_outer_savepoint_is_well_when_the_inner_one_failed() {
    for placement in PLACEMENTS {
        let engine = engine(placement);
        let mut db = engine.session();
        let mut outer = db.savepoint().expect("it is set");
        let bob = outer.add(User.new().email("bob@x"));
        let mut inner = outer.savepoint().expect("it is set");
        inner.add(User.new().email("alice@x"));
        inner.flush().expect_err("the value is there");
        let error = inner.commit().expect_err("it must be rolled back");
        assert_eq!(error.kind(), ErrorKind::InvalidState, "{error}");
        assert_eq!(outer.state(bob), State::Persistent);
        outer.add(User.new().email("carol@x"));
        outer.commit().expect("the outer one is well");
        db.commit().expect("it commits");
        let emails: Vec<String> = contents(&engine).0.into_iter().map(|(email, _)| email).collect();
        assert_eq!(emails, ["alice@x", "bob@x", "carol@x"]);
    }
}

#[test]
fn a_row_that_somebody_else_deleted_is_stale() {
    for placement in PLACEMENTS {
        let engine = engine(placement);
        let mut db = engine.session();
        let bob = db.add(User.new().email("bob@x"));
        db.commit().expect("it writes");
        let deleted =
            engine.connect().and_then(|mut c| c.execute(User.delete().filter(User.email.eq("bob@x"))));
        assert_eq!(deleted.expect("it deletes"), 1);
        db[bob].age = Some(1);
        let error = db.commit().expect_err("he is gone");
        check(
            &error,
            (ErrorKind::StaleRow, "R0403"),
            Says {
                table: Some("users"),
                sql: Some("UPDATE users"),
                help: "load the rows again",
                ..Says::default()
            },
        );
        waits_for_rollback(&mut db);
        db.rollback().expect("it rolls back");
        assert_eq!(db[bob].age, None);
        let error = db.refresh(bob).expect_err("he is gone");
        assert_eq!((error.kind(), error.table()), (ErrorKind::NotFound, Some("users")));
    }
}

#[test]
fn no_row_and_too_many_rows_change_nothing() {
    for placement in PLACEMENTS {
        let engine = engine(placement);
        let mut db = engine.session();
        db.add(User.new().email("bob@x"));
        let error = db.one(select(User).filter(User.email.eq("nobody@x"))).expect_err("nobody");
        assert_eq!((error.kind(), error.code()), (ErrorKind::NotFound, "R0401"), "{error}");
        assert!(error.site().is_some() && error.help().is_some(), "{error}");
        let error = db.one(User).expect_err("two");
        assert_eq!((error.kind(), error.code()), (ErrorKind::TooManyRows, "R0402"), "{error}");
        assert!(error.site().is_some() && error.help().is_some(), "{error}");
        let error = db.get_one(User, 99).expect_err("nobody");
        check(
            &error,
            (ErrorKind::NotFound, "R0401"),
            Says { table: Some("users"), help: "`get`", ..Says::default() },
        );
        db.commit().expect("the session goes on");
        assert_eq!(contents(&engine).0.len(), 2);
    }
}

#[test]
fn a_pool_that_forgotten_sessions_hold_names_them() {
    for placement in PLACEMENTS {
        let options = EngineOptions::new().pool_size(1).max_overflow(2).pool_timeout(Duration::ZERO);
        let url = format!("sqlite::memory:?placement={placement}");
        let engine = Engine::with_options(&url, options).expect("a right URL");
        fill(&engine);
        let mut forgotten = Vec::new();
        let mut lines = Vec::new();
        for _ in 0..2 {
            let mut db = engine.session();
            db.get_one(User, 1).expect("it reads, and holds its connection");
            lines.push(line!() - 1);
            forgotten.push(db);
        }
        let conn = engine.connect().expect("the last one");
        lines.push(line!() - 1);
        let mut db = engine.session();
        let bob = db.add(User.new().email("bob@x"));
        let error = db.commit().expect_err("all are held");
        check(&error, (ErrorKind::PoolTimeout, "R0301"), Says { help: "pool_size", ..Says::default() });
        let text = error.to_string();
        assert!(text.contains("all 3 (pool_size 1 + max_overflow 2)"), "{text}");
        assert!(text.contains(&format!("held by {}:{}:", file!(), lines[0])), "{text}");
        assert!(text.contains("(2 times)"), "{text}");
        assert!(text.contains(&format!("held by {}:{}:", file!(), lines[2])), "{text}");
        // Nothing has happened: the same call goes through as soon as one lets go.
        assert_eq!(db.state(bob), State::Pending);
        forgotten.clear();
        drop(conn);
        db.commit().expect("the same call again");
        assert_eq!(contents(&engine).0.len(), 2);
    }
}

#[test]
fn a_session_dropped_in_the_middle_gives_its_connection_back_clean() {
    for placement in PLACEMENTS {
        let options = EngineOptions::new().pool_size(1).max_overflow(0);
        let url = format!("sqlite::memory:?placement={placement}");
        let engine = Engine::with_options(&url, options).expect("a right URL");
        fill(&engine);
        let mut db = engine.session();
        db.add(User.new().email("bob@x"));
        db.flush().expect("it writes");
        drop(db);
        assert_eq!(contents(&engine), untouched());
    }
}

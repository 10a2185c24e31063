//! What constraints refuse, in a session and on a connection.

use super::*;

/// The condition after a refused flush: nothing written, objects as the program left them, and a rollback brings
/// everything back.
#[track_caller]
fn is_over(engine: &Engine, db: &mut Session, new: Option<Handle<User>>) {
    let told = new.map(|user| db[user].email.clone());
    waits_for_rollback(db);
    assert_eq!(contents(engine), untouched());
    if let (Some(user), Some(email)) = (new, told) {
        assert_eq!(db[user].email, email, "objects keep their values until the rollback");
    }
    db.rollback().expect("it rolls back");
    if let Some(user) = new {
        assert_eq!((db.state(user), db.key(user)), (State::Transient, None));
    }
}

/// Puts a new object back, mended, and commits it.
#[track_caller]
fn goes_in_after_all(engine: &Engine, db: &mut Session, user: Handle<User>) {
    db[user].email = "mended@x".into();
    db[user].age = None;
    db.add_again(user);
    db.commit().expect("now it fits");
    let key = db.key(user).expect("it has a key");
    let found = engine.connect().and_then(|mut c| c.one(select(User.email).filter(User.id.eq(key))));
    assert_eq!(found.expect("it is there"), "mended@x");
}

#[test]
fn a_unique_violation_in_a_flush() {
    for placement in PLACEMENTS {
        let engine = engine(placement);
        let mut db = engine.session();
        let again = db.add(User.new().email("alice@x"));
        let error = db.commit().expect_err("the value is there");
        let says = Says {
            table: Some("users"),
            column: Some("email"),
            sql: Some("INSERT INTO users"),
            help: "load the row",
            ..Says::default()
        };
        check(&error, (ErrorKind::UniqueViolation, "R0101"), says);
        assert!(!error.to_string().contains("alice@x"), "no value is shown");
        assert!(!error.is_retryable() && !error.is_disconnect());
        is_over(&engine, &mut db, Some(again));
        goes_in_after_all(&engine, &mut db, again);
    }
}

#[test]
fn a_primary_key_that_is_there() {
    for placement in PLACEMENTS {
        let engine = engine(placement);
        let mut db = engine.session();
        let again = db.add(User.new().id(1).email("other@x"));
        let error = db.flush().expect_err("the key is there");
        let says = Says {
            table: Some("users"),
            column: Some("id"),
            sql: Some("INSERT INTO users"),
            help: "load the row",
            ..Says::default()
        };
        check(&error, (ErrorKind::UniqueViolation, "R0101"), says);
        is_over(&engine, &mut db, Some(again));
    }
}

#[test]
fn a_foreign_key_to_nowhere() {
    for placement in PLACEMENTS {
        let engine = engine(placement);
        let mut db = engine.session();
        let bob = db.add(User.new().email("bob@x"));
        let lost = db.add(Post.new().title("Lost").author_id(999));
        let error = db.commit().expect_err("there is no such user");
        let says = Says { sql: Some("INSERT INTO posts"), help: "parent before", ..Says::default() };
        check(&error, (ErrorKind::ForeignKeyViolation, "R0102"), says);
        is_over(&engine, &mut db, Some(bob));
        assert_eq!((db.state(lost), db[lost].author_id), (State::Transient, 999));
        db[lost].author_id = 1;
        db.add_again(lost);
        db.commit().expect("Alice is there");
        assert_eq!(contents(&engine).1.len(), 2);
    }
}

#[test]
fn a_parent_that_still_has_children() {
    for placement in PLACEMENTS {
        let engine = engine(placement);
        let mut db = engine.session();
        let error = db.execute(User.delete().filter(User.id.eq(1))).expect_err("a post points at it");
        let says = Says { sql: Some("DELETE FROM users"), help: "children first", ..Says::default() };
        check(&error, (ErrorKind::ForeignKeyViolation, "R0102"), says);
        // A command that is refused ends its transaction, on every database; then the session goes on.
        let error = db.count(User).expect_err("a rollback is due");
        assert_eq!(error.kind(), ErrorKind::TransactionAborted, "{error}");
        db.rollback().expect("it rolls back");
        assert_eq!(db.count(User).expect("it reads"), 1);
        db.add(User.new().email("bob@x"));
        db.commit().expect("it goes on");
        assert_eq!(contents(&engine).0.len(), 2);
    }
}

#[test]
fn a_check_that_refuses() {
    for placement in PLACEMENTS {
        let engine = engine(placement);
        let mut db = engine.session();
        let alice = db.get_one(User, 1).expect("she is there");
        db[alice].age = Some(-1);
        let error = db.commit().expect_err("no age");
        let says = Says {
            constraint: Some("ck_users_age"),
            sql: Some("UPDATE users"),
            help: "constraint",
            ..Says::default()
        };
        check(&error, (ErrorKind::CheckViolation, "R0104"), says);
        assert_eq!(db[alice].age, Some(-1));
        is_over(&engine, &mut db, None);
        assert_eq!((db[alice].age, db.state(alice)), (Some(7), State::Persistent), "restored from memory");
        db[alice].age = Some(8);
        db.commit().expect("an age");
        assert_eq!(contents(&engine).0, [("alice@x".to_owned(), Some(8))]);
    }
}

#[test]
fn a_child_without_its_required_parent_is_found_before_anything_is_written() {
    for placement in PLACEMENTS {
        let engine = engine(placement);
        let mut db = engine.session();
        let alice = db.get_one(User, 1).expect("she is there");
        db.load(alice, User.posts).expect("it loads");
        let hello = db[alice].posts.iter().next().expect("there is one");
        db.remove(alice, User.posts, hello);
        let error = db.flush().expect_err("a post needs its author");
        assert_eq!((error.kind(), error.code()), (ErrorKind::NotNullViolation, "R0103"), "{error}");
        assert!(error.to_string().contains("author"), "{error}");
        assert!(error.site().is_some() && error.help().is_some(), "{error}");
        // The database had no part in it: nothing is over.
        db.push(alice, User.posts, hello);
        db[hello].title = "Hello again".into();
        db.commit().expect("it has its author back");
        assert_eq!(contents(&engine).1, [("Hello again".to_owned(), 1)]);
    }
}

#[test]
fn a_required_column_that_the_model_does_not_know() {
    for placement in PLACEMENTS {
        let engine = engine(placement);
        let mut conn = engine.connect().expect("it opens");
        // What a migration that this program has not seen may do.
        conn.execute_raw("ALTER TABLE users RENAME TO old").expect("it runs");
        conn.execute_raw(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER, city TEXT NOT NULL)",
        )
        .expect("it runs");
        drop(conn);
        let mut db = engine.session();
        let bob = db.add(User.new().email("bob@x"));
        let error = db.commit().expect_err("no city");
        let says = Says {
            table: Some("users"),
            column: Some("city"),
            sql: Some("INSERT INTO users"),
            help: "nullable",
            ..Says::default()
        };
        check(&error, (ErrorKind::NotNullViolation, "R0103"), says);
        waits_for_rollback(&mut db);
        db.rollback().expect("it rolls back");
        assert_eq!((db.state(bob), db[bob].email.as_str()), (State::Transient, "bob@x"));
        assert_eq!(db.count(User).expect("it reads"), 0);
    }
}

#[test]
fn a_deferred_foreign_key_fails_the_commit() {
    for placement in PLACEMENTS {
        let engine = Engine::new(&format!("sqlite::memory:?placement={placement}")).expect("a right URL");
        let mut conn = engine.connect().expect("it opens");
        for text in [
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT UNIQUE, age INTEGER)",
            "CREATE TABLE posts (id INTEGER PRIMARY KEY, title TEXT, \
             author_id INTEGER REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED)",
        ] {
            conn.execute_raw(text).expect("it runs");
        }
        drop(conn);
        let mut db = engine.session();
        let lost = db.add(Post.new().title("Lost").author_id(999));
        db.flush().expect("nobody looks yet");
        assert_eq!(db.state(lost), State::Persistent);
        let error = db.commit().expect_err("now somebody looks");
        let says = Says { sql: Some("COMMIT"), help: "parent before", ..Says::default() };
        check(&error, (ErrorKind::ForeignKeyViolation, "R0102"), says);
        // A second commit must not make good what the first could not.
        waits_for_rollback(&mut db);
        assert_eq!(contents(&engine), (vec![], vec![]));
        db.rollback().expect("it rolls back");
        assert_eq!((db.state(lost), db[lost].title.as_str()), (State::Transient, "Lost"));
        let author = db.add(User.new().id(999).email("bob@x"));
        db.add_again(lost);
        db.commit().expect("now the author is there");
        assert_eq!((db[lost].author_id, db[author].id), (999, 999));
        assert_eq!(contents(&engine).1, [("Lost".to_owned(), 999)]);
    }
}

#[test]
fn on_a_connection_the_error_is_of_its_statement_alone() {
    for placement in PLACEMENTS {
        let engine = engine(placement);
        let mut conn = engine.connect().expect("it opens");
        let error = conn.execute(User.insert().row(User.new().email("alice@x"))).expect_err("she is there");
        let says = Says {
            table: Some("users"),
            column: Some("email"),
            sql: Some("INSERT INTO users"),
            help: "load the row",
            ..Says::default()
        };
        check(&error, (ErrorKind::UniqueViolation, "R0101"), says);
        assert!(!conn.in_transaction());
        conn.execute(User.insert().row(User.new().email("bob@x"))).expect("the next is innocent");

        // In a transaction the others stand no more: a COMMIT is not to keep a part of it.
        let mut tx = conn.transaction().expect("it begins");
        tx.execute(User.insert().row(User.new().email("carol@x"))).expect("it writes");
        let error = tx.execute(User.update().set(User.age, -1).all_rows()).expect_err("no age");
        let says = Says {
            constraint: Some("ck_users_age"),
            sql: Some("UPDATE users"),
            help: "constraint",
            ..Says::default()
        };
        check(&error, (ErrorKind::CheckViolation, "R0104"), says);
        let error = tx.commit().expect_err("it is aborted");
        assert_eq!(error.kind(), ErrorKind::TransactionAborted, "{error}");
        let names: Vec<String> = conn.all(select(User.email).order_by(User.id)).expect("it reads");
        assert_eq!(names, ["alice@x", "bob@x"]);
    }
}

#[test]
fn in_a_savepoint_the_work_before_it_stands() {
    for placement in PLACEMENTS {
        let engine = engine(placement);
        let mut db = engine.session();
        let bob = db.add(User.new().email("bob@x"));
        let mut again = None;
        let error = db.nested(|db| {
            again = Some(db.add(User.new().email("alice@x")));
            db[bob].age = Some(1);
            db.flush()
        });
        let error = error.expect_err("she is there");
        assert_eq!((error.kind(), error.column()), (ErrorKind::UniqueViolation, Some("email")));
        let again = again.expect("it was added");
        assert_eq!((db.state(again), db.state(bob)), (State::Transient, State::Persistent));
        assert_eq!(db[bob].age, None, "as it was when the savepoint began");
        db.commit().expect("the session goes on");
        assert_eq!(contents(&engine).0, [("alice@x".to_owned(), Some(7)), ("bob@x".to_owned(), None)]);
    }
}

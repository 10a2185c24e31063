//! Files that cannot be opened, written, locked or made larger.

use super::*;

fn filled(name: &str) -> Folder {
    let folder = Folder::new(name);
    fill(&folder.engine("a.db", ""));
    folder
}

#[test]
fn a_database_that_may_only_be_read() {
    for placement in PLACEMENTS {
        let folder = filled("readonly");
        let engine = folder.engine("a.db", &format!("mode=ro&placement={placement}"));
        let bytes = std::fs::read(folder.path("a.db")).expect("it is there");
        let mut db = engine.session();
        let alice = db.get_one(User, 1).expect("reading is fine");
        db[alice].age = Some(8);
        let error = db.commit().expect_err("nothing may be written");
        check(
            &error,
            (ErrorKind::ReadOnly, "R0306"),
            Says { sql: Some("UPDATE users"), help: "mode=ro", ..Says::default() },
        );
        assert!(error.message().contains("a.db"), "the file is named: {error}");
        waits_for_rollback(&mut db);
        db.rollback().expect("it rolls back");
        assert_eq!(db[alice].age, Some(7));
        assert_eq!(db.count(User).expect("reading goes on"), 1);
        assert!(std::fs::read(folder.path("a.db")).expect("it is there") == bytes, "no byte has changed");
    }
}

#[test]
fn a_folder_in_place_of_a_file() {
    for placement in PLACEMENTS {
        let folder = Folder::new("directory");
        std::fs::create_dir(folder.path("a.db")).expect("a folder can be made");
        let engine = folder.engine("a.db", &format!("placement={placement}"));
        let mut db = engine.session();
        let alice = db.add(User.new().email("alice@x"));
        let error = db.commit().expect_err("a folder is no file");
        check(&error, (ErrorKind::CannotConnect, "R0302"), Says { help: "directory", ..Says::default() });
        assert!(error.message().contains("a.db"), "the file is named: {error}");
        // Nothing has happened: the session waits for nothing, and the engine tries again.
        assert_eq!(db.state(alice), State::Pending);
        std::fs::remove_dir(folder.path("a.db")).expect("it is empty");
        metadata![User, Post].create_all(&engine).expect("now it can be made");
        db.commit().expect("the same call again");
        assert_eq!(contents(&engine).0.len(), 1);
    }
}

#[test]
fn a_folder_that_is_not_there() {
    for placement in PLACEMENTS {
        let folder = Folder::new("missing");
        let engine = folder.engine("no/such/a.db", &format!("placement={placement}"));
        let error = engine.connect().expect_err("there is no such folder");
        check(&error, (ErrorKind::CannotConnect, "R0302"), Says { help: "directory", ..Says::default() });
        let error = engine.session().all(User).expect_err("there is no such folder");
        check(&error, (ErrorKind::CannotConnect, "R0302"), Says { help: "directory", ..Says::default() });
        let status = engine.pool_status();
        assert_eq!((status.in_use, status.idle), (0, 0), "no place of the pool is lost");
    }
}

/// A URL with three slashes where four were meant.
#[test]
fn a_path_from_the_root_that_is_none() {
    let engine = Engine::new("sqlite:///tmp-of-nobody/a.db").expect("a URL");
    let error = engine.connect().expect_err("there is no such folder");
    check(&error, (ErrorKind::CannotConnect, "R0302"), Says { help: "sqlite:////", ..Says::default() });
}

#[test]
fn a_file_that_is_no_database() {
    for placement in PLACEMENTS {
        let folder = Folder::new("text");
        let text = "A text that is long enough to be taken for the head of a database. ".repeat(20);
        std::fs::write(folder.path("a.db"), &text).expect("it is written");
        let engine = folder.engine("a.db", &format!("placement={placement}"));
        let error = engine.connect().expect_err("a text is no database");
        check(&error, (ErrorKind::NotADatabase, "R0304"), Says { help: "path", ..Says::default() });
        let mut db = engine.session();
        db.add(User.new().email("alice@x"));
        let error = db.commit().expect_err("a text is no database");
        check(&error, (ErrorKind::NotADatabase, "R0304"), Says { help: "path", ..Says::default() });
        assert!(error.message().contains("a.db"), "the file is named: {error}");
        assert_eq!(std::fs::read_to_string(folder.path("a.db")).expect("it is there"), text);
    }
}

#[test]
fn a_damaged_database() {
    for placement in PLACEMENTS {
        let folder = filled("damaged");
        let mut bytes = std::fs::read(folder.path("a.db")).expect("it is there");
        // The head and the schema stay; the pages behind are noise.
        bytes[4096..].fill(0xa5);
        std::fs::write(folder.path("a.db"), &bytes).expect("it is written");
        let engine = folder.engine("a.db", &format!("placement={placement}"));
        let mut db = engine.session();
        let error = db.all(User).expect_err("it is damaged");
        check(
            &error,
            (ErrorKind::NotADatabase, "R0304"),
            Says { sql: Some("SELECT"), help: "backup", ..Says::default() },
        );
        assert!(error.message().contains("damaged"), "{error}");
    }
}

#[test]
fn a_lock_that_was_not_got_changes_nothing_and_the_call_may_be_made_again() {
    for placement in PLACEMENTS {
        let folder = filled("locked");
        let options = format!("placement={placement}&busy_timeout=0");
        let (one, two) = (folder.engine("a.db", &options), folder.engine("a.db", &options));
        let (mut first, mut second) = (one.session(), two.session());
        first.add(User.new().email("bob@x"));
        first.flush().expect("it has the lock now");
        let carol = second.add(User.new().email("carol@x"));
        let error = second.commit().expect_err("the other has it");
        check(
            &error,
            (ErrorKind::Locked, "R0203"),
            Says { sql: Some("BEGIN IMMEDIATE"), help: "busy_timeout", ..Says::default() },
        );
        assert!(error.is_retryable());
        assert_eq!(second.state(carol), State::Pending);
        assert!(!second.in_transaction());
        first.commit().expect("it lets go");
        second.commit().expect("the same call again");
        assert_eq!(contents(&one).0.len(), 3);
    }
}

#[test]
fn a_lock_that_readers_hold_fails_the_commit() {
    for placement in PLACEMENTS {
        let folder = filled("reader");
        let options = format!("placement={placement}&busy_timeout=0");
        let engine = folder.engine("a.db", &options);
        let (mut reader, mut writer) = (engine.session(), engine.session());
        let alice = reader.get_one(User, 1).expect("it reads, and holds its transaction");
        let bob = writer.add(User.new().email("bob@x"));
        writer.flush().expect("readers do not keep it from writing into memory");
        let error = writer.commit().expect_err("the file cannot be written while it is read");
        check(
            &error,
            (ErrorKind::Locked, "R0203"),
            Says { sql: Some("COMMIT"), help: "transactions short", ..Says::default() },
        );
        // The lock was missed in the middle: the transaction is over.
        waits_for_rollback(&mut writer);
        writer.rollback().expect("it rolls back");
        reader.rollback().expect("it ends its transaction");
        assert_eq!(reader[alice].email, "alice@x");
        writer.add_again(bob);
        writer.commit().expect("nobody reads");
        assert_eq!(contents(&engine).0.len(), 2);
    }
}

#[test]
fn a_write_after_somebody_elses_is_a_serialization_failure_of_a_log() {
    for placement in PLACEMENTS {
        let folder = Folder::new("snapshot");
        let options = format!("placement={placement}&busy_timeout=0&journal_mode=wal");
        let engine = folder.engine("a.db", &options);
        fill(&engine);
        let (mut one, mut two) = (engine.session(), engine.session());
        let alice = one.get_one(User, 1).expect("it reads");
        two.execute(User.update().set(User.age, 50).all_rows()).expect("it writes");
        two.commit().expect("it commits");
        db_age(&mut one, alice, 8);
        let error = one.commit().expect_err("what it has read is old");
        check(
            &error,
            (ErrorKind::Serialization, "R0201"),
            Says { sql: Some("UPDATE users"), help: "roll back", ..Says::default() },
        );
        assert!(error.is_retryable());
        waits_for_rollback(&mut one);
        one.rollback().expect("it rolls back");
        assert_eq!(one[alice].age, Some(7), "what it was when the transaction began, from memory");
        one.refresh(alice).expect("it reads anew");
        assert_eq!(one[alice].age, Some(50));
        db_age(&mut one, alice, 51);
        one.commit().expect("again, and alone");
        assert_eq!(contents(&engine).0, [("alice@x".to_owned(), Some(51))]);
    }
}

fn db_age(db: &mut Session, user: Handle<User>, age: i64) {
    db[user].age = Some(age);
}

/// Leaves little room to the session's connection, as long as it has this one.
fn limit(db: &mut Session) {
    db.with_connection(async |connection| connection.execute_raw("PRAGMA max_page_count = 20").await)
        .expect("it is set");
}

#[test]
fn a_full_disk_rolls_back_and_leaves_the_file_whole() {
    for placement in PLACEMENTS {
        let folder = filled("full");
        let engine = folder.engine("a.db", &format!("placement={placement}"));
        let mut db = engine.session();
        limit(&mut db);
        let alice = db.get_one(User, 1).expect("she is there");
        db[alice].age = Some(8);
        let posts: Vec<_> =
            (0..100).map(|n| Post.new().title(format!("{n} {}", "x".repeat(2000))).author(alice)).collect();
        let posts = db.add_all(posts);
        let error = db.commit().expect_err("it does not fit");
        check(
            &error,
            (ErrorKind::DiskFull, "R0305"),
            Says { sql: Some("INSERT INTO posts"), help: "max_page_count", ..Says::default() },
        );
        assert!(db[posts[99]].title.starts_with("99 "), "what was to be written can be read, and copied");
        waits_for_rollback(&mut db);
        assert_eq!(contents(&engine), untouched());
        db.rollback().expect("it rolls back");
        assert_eq!(db[alice].age, Some(7));
        assert_eq!(db.state(posts[99]), State::Transient);
        db.add_again(posts[0]);
        db.commit().expect("one fits");
        assert_eq!(contents(&engine).1.len(), 2);
        let whole: String = engine
            .connect()
            .and_then(|mut c| c.one(rebis::sql("PRAGMA integrity_check").rows::<String>()))
            .expect("it answers");
        assert_eq!(whole, "ok");
    }
}

#[test]
fn a_full_disk_outside_of_a_flush_takes_the_statement_back_or_the_transaction() {
    for placement in PLACEMENTS {
        let engine = engine(placement);
        let mut db = engine.session();
        limit(&mut db);
        db.execute(User.update().set(User.age, 8).all_rows()).expect("it writes");
        let title = "x".repeat(200_000);
        let error = db.execute(Post.update().set(Post.title, title).all_rows()).expect_err("it does not fit");
        check(
            &error,
            (ErrorKind::DiskFull, "R0305"),
            Says { sql: Some("UPDATE posts"), help: "roll back", ..Says::default() },
        );
        // Either the statement alone was taken back, or the whole transaction, and then the session says so.
        let committed = match db.commit() {
            Ok(()) => true,
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::TransactionAborted, "{error}");
                waits_for_rollback(&mut db);
                false
            }
        };
        db.rollback().expect("it rolls back");
        let age = if committed { 8 } else { 7 };
        assert_eq!(contents(&engine), (vec![("alice@x".into(), Some(age))], untouched().1));
        db.execute(User.update().set(User.age, 9).all_rows()).expect("it goes on");
        db.commit().expect("it commits");
        assert_eq!(contents(&engine).0, [("alice@x".to_owned(), Some(9))]);
    }
}

#[test]
fn a_path_that_no_system_takes_and_an_option_that_does_not_exist() {
    let engine = Engine::new("sqlite:///a%00b.db").expect("a URL all the same");
    let error = engine.connect().expect_err("a NUL in a path");
    assert_eq!((error.kind(), error.code()), (ErrorKind::Configuration, "R0308"), "{error}");
    let error = Engine::new("sqlite:///a.db?colour=red").expect_err("there is no such option");
    assert_eq!((error.kind(), error.code()), (ErrorKind::Configuration, "R0308"));
    assert!(error.message().contains("colour") && error.help().is_some(), "{error}");
}

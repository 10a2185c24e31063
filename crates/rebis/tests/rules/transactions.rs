//! Autoflush, staleness, transactions, savepoints: rules 56 to 64.

use super::super::Session;
use super::*;
use crate::support::relations::*;
use crate::support::{Address, Comment, Country, Post, Profile, Tag, User};
use rebis::{Error, ErrorKind, SessionOptions, State};

const USERS: &str = "SELECT users.id, users.name, users.nick FROM users";
const INSERT_USER: &str = "INSERT INTO users (name, nick) VALUES (?, ?)";

fn names(db: &mut Session) -> rebis::Result<Vec<String>> {
    io!(db.all(select(User.name).order_by(User.id)))
}

/// Rebis flushes only before a query that reads a table with pending changes, where SQLAlchemy 2.1 always does.
#[test]
fn rule_56_autoflush_before_a_query_that_reads_what_changed() -> Outcome {
    let (engine, log) = database()?;
    let mut db = engine.session();
    let ann = db.add(User.new().name("ann"));
    assert_eq!(io!(db.count(Tag))?, 0);
    assert_eq!(log.take_sql(), ["BEGIN", "SELECT count(*) FROM tags"]);

    assert_eq!(io!(db.all(User))?, [ann]);
    assert_eq!(log.take_sql(), [INSERT_USER, USERS]);

    // Borrowed mutably and not changed is no change; changed is one.
    db[ann].name = "ann".into();
    io!(db.all(User))?;
    assert_eq!(log.take_sql(), [USERS]);
    db[ann].name = "Ann".into();
    io!(db.all(User))?;
    assert_eq!(log.take_sql(), ["UPDATE users SET name = ? WHERE id = ?", USERS]);

    // A table in a join, in a subquery, or behind a loader is read, too.
    let post = db.push(ann, User.posts, Post.new().title("p"));
    io!(db.all(select(User).join(User.posts)))?;
    assert_eq!(log.take_sql()[0], "INSERT INTO posts (title, author_id) VALUES (?, ?)");
    db[post].title = "q".into();
    io!(db.all(select(User).filter(User.posts.any(Post.title.eq("q")))))?;
    assert_eq!(log.take_sql()[0], "UPDATE posts SET title = ? WHERE id = ?");
    db.delete(post);
    io!(db.load(ann, User.profile))?;
    assert!(log.take_sql().iter().all(|sql| !sql.starts_with("DELETE")));
    io!(db.all(Comment))?;
    assert!(log.take_sql().contains("DELETE FROM posts WHERE id = ?"));
    Ok(())
}

#[test]
fn rule_56_get_from_the_identity_map_flushes_nothing() -> Outcome {
    let (engine, log) = database()?;
    let mut db = engine.session();
    let ann = db.add(User.new().name("ann"));
    io!(db.flush())?;
    db.add(User.new().name("bob"));
    log.clear();
    assert_eq!(io!(db.get(User, 1))?, Some(ann));
    assert!(log.take_sql().is_empty());
    assert!(io!(db.get(User, 2))?.is_some());
    assert_eq!(log.take_sql(), [INSERT_USER, &format!("{USERS} WHERE users.id = ?")]);
    Ok(())
}

#[test]
fn rule_56_autoflush_can_be_left_away() -> Outcome {
    let (engine, log) = database()?;
    let mut db = engine.session();
    db.add(User.new().name("ann"));
    assert!(io!(db.all(select(User).no_autoflush()))?.is_empty());
    {
        let mut quiet = db.no_autoflush();
        assert!(io!(quiet.all(User))?.is_empty());
        quiet.add(User.new().name("bob"));
        // Nested, it goes back to what it was before.
        drop(quiet.no_autoflush());
        assert_eq!(io!(quiet.count(User))?, 0);
    }
    assert!(log.take_sql().iter().all(|sql| !sql.starts_with("INSERT")));
    assert_eq!(io!(db.count(User))?, 2);

    let mut never = engine.sessions(SessionOptions::new().autoflush(false)).session();
    drop(db);
    never.add(User.new().name("cy"));
    assert_eq!(io!(never.count(User))?, 0);
    io!(never.flush())?;
    assert_eq!(io!(never.count(User))?, 1);
    Ok(())
}

#[test]
fn rule_57_an_error_of_an_autoflush_says_so() -> Outcome {
    let (engine, _log) = database()?;
    let mut db = engine.session();
    db.add(Address.new().email("a"));
    io!(db.commit())?;
    db.add(Address.new().email("a"));
    let error = io!(db.all(Address)).expect_err("the address is taken");
    assert_eq!(error.kind(), ErrorKind::UniqueViolation);
    let text = format!("{error:?}");
    assert!(text.contains("autoflush") && text.contains("no_autoflush"), "{text}");
    Ok(())
}

/// Nothing expires in Rebis: after a commit objects keep their values and are stale; a query that meets a stale row
/// refreshes it, and a look-up by key reads it anew.
#[test]
fn rule_58_after_a_commit_objects_are_stale_and_keep_their_values() -> Outcome {
    let (engine, log) = database()?;
    let mut db = engine.session();
    let ann = db.add(User.new().name("ann"));
    let bob = db.add(User.new().name("bob"));
    io!(db.commit())?;
    assert!(db.is_stale(ann) && db.is_stale(bob));

    let mut other = engine.session();
    for user in io!(other.all(User))? {
        other[user].nick = Some("changed".into());
    }
    io!(other.commit())?;
    log.clear();
    assert_eq!((db[ann].name.as_str(), &db[ann].nick), ("ann", &None));
    assert!(log.take_sql().is_empty());

    io!(db.all(select(User).filter(User.name.eq("ann"))))?;
    assert_eq!(db[ann].nick.as_deref(), Some("changed"));
    assert!(!db.is_stale(ann) && db.is_stale(bob));
    log.clear();
    assert_eq!(io!(db.get(User, 1))?, Some(ann));
    assert!(log.take_sql().is_empty());
    assert_eq!(io!(db.get(User, 2))?, Some(bob));
    assert_eq!(log.take_sql(), [format!("{USERS} WHERE users.id = ?")]);
    assert_eq!(db[bob].nick.as_deref(), Some("changed"));
    Ok(())
}

/// A change that is not written survives the refresh of its stale object: the program's change is the newer one.
#[test]
fn rule_58_a_pending_change_of_a_stale_object_stays() -> Outcome {
    let (engine, log) = database()?;
    let mut db = engine.session();
    let ann = db.add(User.new().name("ann"));
    io!(db.commit())?;
    behind_by_another(&engine, "UPDATE users SET nick = 'theirs', name = 'theirs'")?;
    db[ann].name = "mine".into();
    log.clear();
    io!(db.all(select(User).no_autoflush()))?;
    assert_eq!(db[ann].name, "mine");
    io!(db.commit())?;
    let sql = log.take_sql();
    assert!(sql.contains("UPDATE users SET name = ? WHERE id = ?"), "{sql:#?}");
    io!(db.refresh(ann))?;
    assert_eq!((db[ann].name.as_str(), db[ann].nick.as_deref()), ("mine", Some("theirs")));
    Ok(())
}

/// Runs a text in a transaction of its own.
fn behind_by_another(engine: &Engine, sql: &str) -> Outcome {
    let mut connection = io!(engine.connect())?;
    io!(connection.execute_raw(sql))?;
    Ok(())
}

/// Rebis says that the row is gone where something asks for it; reading what was loaded always works.
#[test]
fn rule_59_a_row_that_is_gone() -> Outcome {
    let (engine, log) = database()?;
    let mut db = engine.session();
    let ann = db.add(User.new().name("ann"));
    io!(db.commit())?;
    behind_by_another(&engine, "DELETE FROM users")?;
    assert_eq!(db[ann].name, "ann");
    log.clear();
    assert_eq!(io!(db.refresh(ann)).expect_err("it is gone").kind(), ErrorKind::NotFound);
    assert_eq!(log.take_sql(), ["BEGIN", &format!("{USERS} WHERE users.id = ?")]);
    assert_eq!(db[ann].name, "ann");
    assert_eq!(io!(db.get(User, 1))?, None);

    // An expunged object is readable, and cannot be refreshed.
    let bob = db.add(User.new().name("bob"));
    io!(db.commit())?;
    db.expunge(bob);
    assert_eq!(db[bob].name, "bob");
    assert_eq!(io!(db.refresh(bob)).expect_err("it is not in the session").kind(), ErrorKind::InvalidState);
    Ok(())
}

/// Rebis refreshes whole rows, by `refresh`, `populate_existing` and locking reads; single columns are for queries.
#[test]
fn rule_60_refresh_gives_up_changes() -> Outcome {
    let (engine, log) = database()?;
    let mut db = engine.session();
    let ann = db.add(User.new().name("ann"));
    let a = db.push(ann, User.addresses, Address.new().email("a"));
    io!(db.commit())?;
    io!(db.load(ann, User.addresses))?;
    behind(&mut db, "UPDATE users SET nick = 'n'")?;
    behind(&mut db, "INSERT INTO addresses (email, user_id) VALUES ('b', 1)")?;
    db[ann].name = "changed".into();
    log.clear();
    io!(db.refresh(ann))?;
    assert_eq!((db[ann].name.as_str(), db[ann].nick.as_deref()), ("ann", Some("n")));
    // Collections stay readable and are read anew by the next load.
    assert_eq!(db[ann].addresses.to_vec(), [a]);
    io!(db.load(ann, User.addresses))?;
    assert_eq!(db[ann].addresses.len(), 2);
    log.clear();
    io!(db.commit())?;
    assert_eq!(log.take_sql(), ["COMMIT"]);
    Ok(())
}

#[test]
fn rule_60_populate_existing() -> Outcome {
    let (engine, log) = database()?;
    let mut db = engine.session();
    let ann = db.add(User.new().name("ann"));
    let a = db.push(ann, User.addresses, Address.new().email("a"));
    io!(db.flush())?;
    behind(&mut db, "UPDATE users SET name = 'theirs'")?;
    behind(&mut db, "UPDATE addresses SET email = 'theirs'")?;
    io!(db.all(select(User).with(User.addresses)))?;
    assert_eq!((db[ann].name.as_str(), db[a].email.as_str()), ("ann", "a"));

    db[ann].nick = Some("given up".into());
    io!(db.all(select(User).with(User.addresses).populate_existing().no_autoflush()))?;
    assert_eq!((db[ann].name.as_str(), db[ann].nick.as_deref()), ("theirs", None));
    assert_eq!(db[a].email, "theirs");
    log.clear();
    io!(db.commit())?;
    assert_eq!(log.take_sql(), ["COMMIT"]);
    Ok(())
}

#[test]
fn rule_61_a_session_begins_by_itself_and_rolls_back_at_its_end() -> Outcome {
    let (engine, log) = database()?;
    let mut db = engine.session();
    let ann = db.add(User.new().name("ann"));
    assert!(!db.in_transaction());
    io!(db.flush())?;
    assert!(db.in_transaction());
    assert_eq!(log.take_sql(), ["BEGIN IMMEDIATE", INSERT_USER]);
    assert_eq!(db.state(ann), State::Persistent);
    drop(db);
    let mut db = engine.session();
    assert_eq!(io!(db.count(User))?, 0);

    // A commit flushes first; with nothing to do it does nothing.
    io!(db.commit())?;
    log.clear();
    db.add(User.new().name("bob"));
    io!(db.commit())?;
    assert_eq!(log.take_sql().without_rollback(), ["BEGIN IMMEDIATE", INSERT_USER, "COMMIT"]);
    assert!(!db.in_transaction());
    io!(db.commit())?;
    io!(db.rollback())?;
    assert!(log.take_sql().without_rollback().is_empty());
    Ok(())
}

/// Rebis restores from memory, with no SQL: objects are what they were when the transaction began.
#[test]
fn rule_62_rollback_restores_objects_from_memory() -> Outcome {
    let (engine, log) = database()?;
    let mut db = engine.session();
    let ann = db.add(User.new().name("ann"));
    let bob = db.add(User.new().name("bob"));
    io!(db.commit())?;

    db[ann].name = "first change".into();
    io!(db.flush())?;
    db[ann].name = "second change".into();
    db.delete(bob);
    io!(db.flush())?;
    db[ann].nick = Some("not flushed".into());
    let new = db.add(User.new().name("new"));
    io!(db.flush())?;
    let pending = db.add(User.new().name("pending"));
    let key = db[new].id;
    log.clear();
    io!(db.rollback())?;
    assert_eq!(log.take_sql(), ["ROLLBACK"]);
    assert_eq!((db[ann].name.as_str(), &db[ann].nick), ("ann", &None));
    assert_eq!((db.state(ann), db.state(bob)), (State::Persistent, State::Persistent));
    assert_eq!((db.state(new), db.state(pending)), (State::Transient, State::Transient));
    assert_eq!((db[new].name.as_str(), db[new].id, db.key(new)), ("new", key, None));
    assert!(!db.has_changes());
    io!(db.commit())?;
    assert!(log.take_sql().is_empty());

    db.add_again(new);
    db.add_again(pending);
    io!(db.commit())?;
    assert_eq!(names(&mut db)?, ["ann", "bob", "new", "pending"]);
    Ok(())
}

#[test]
fn rule_62_rollback_restores_relations_on_both_sides() -> Outcome {
    let (engine, log) = database()?;
    let mut db = engine.session();
    let [ann, bob] = ["ann", "bob"].map(|name| db.add(User.new().name(name)));
    let [a, b] = ["a", "b"].map(|email| db.push(ann, User.addresses, Address.new().email(email)));
    let profile = db.add(Profile.new().about("ann's").user(ann));
    let post = db.push(ann, User.posts, Post.new().title("p"));
    let [x, y] = ["x", "y"].map(|name| db.add(Tag.new().name(name)));
    db.push(post, Post.tags, x);
    io!(db.commit())?;

    db.set(a, Address.user, bob);
    io!(db.flush())?;
    db.remove(ann, User.addresses, b);
    db.push(ann, User.addresses, Address.new().email("c"));
    db.set(bob, User.profile, profile);
    db.push(post, Post.tags, y);
    db.remove(post, Post.tags, x);
    io!(db.flush())?;
    db.set(post, Post.author, bob);
    db.delete(b);
    io!(db.flush())?;
    log.clear();
    io!(db.rollback())?;
    assert_eq!(log.take_sql(), ["ROLLBACK"]);
    assert_eq!((db[ann].addresses.to_vec(), db[bob].addresses.to_vec()), (vec![a, b], vec![]));
    assert_eq!((db[a].user.get(), db[b].user.get()), (Some(ann), Some(ann)));
    assert_eq!((db[a].user_id, db[b].user_id), (Some(db[ann].id), Some(db[ann].id)));
    assert_eq!((db[ann].profile.get(), db[bob].profile.get()), (Some(profile), None));
    assert_eq!(db[profile].user.get(), Some(ann));
    assert_eq!((db[ann].posts.to_vec(), db[bob].posts.to_vec()), (vec![post], vec![]));
    assert_eq!((db[post].author.get(), db[post].tags.to_vec()), (ann, vec![x]));
    assert_eq!((db[x].posts.to_vec(), db[y].posts.to_vec()), (vec![post], vec![]));
    io!(db.commit())?;
    assert!(log.take_sql().is_empty());
    Ok(())
}

#[test]
fn rule_62_rollback_takes_keys_back() -> Outcome {
    let (engine, _log) = database()?;
    let mut db = engine.session();
    let at = db.add(Country.new().code("at").name("Austria"));
    io!(db.commit())?;
    db[at].code = "AT".into();
    io!(db.flush())?;
    assert_eq!(io!(db.get(Country, "AT"))?, Some(at));
    io!(db.rollback())?;
    assert_eq!(db[at].code, "at");
    assert_eq!(db.find::<Country>(&"at".to_owned()), Some(at));
    assert_eq!(db.find::<Country>(&"AT".to_owned()), None);
    assert_eq!(io!(db.get(Country, "at"))?, Some(at));
    Ok(())
}

/// A new object keeps its parent over the rollback, whether it had been written or not, and whether the parent was new.
#[test]
fn rule_62_an_object_that_is_added_again_keeps_its_parents() -> Outcome {
    let (engine, log) = database()?;
    let mut db = engine.session();
    let ann = db.add(User.new().name("ann"));
    io!(db.commit())?;

    let bob = db.add(User.new().name("bob"));
    let written =
        [db.add(Post.new().title("ann's").author(ann)), db.add(Post.new().title("bob's").author(bob))];
    io!(db.flush())?;
    let pending = [
        db.add(Post.new().title("ann's 2").author(ann)),
        db.push(bob, User.posts, Post.new().title("bob's 2")),
    ];
    io!(db.rollback())?;

    // Another one gets the key that bob had.
    let eve = db.add(User.new().name("eve"));
    io!(db.commit())?;
    for post in written.into_iter().chain(pending) {
        db.add_again(post);
    }
    let error = io!(db.flush()).expect_err("bob is not in the session");
    assert_eq!(error.kind(), ErrorKind::InvalidState);
    assert!(error.help().is_some_and(|help| help.contains("add_again")), "{error:?}");
    db.add_again(bob);
    log.clear();
    io!(db.commit())?;
    assert_ne!(db[bob].id, db[eve].id);
    let rows: Vec<(String, String)> = io!(
        db.all(select((User.name, Post.title)).join(User.posts).order_by(User.name).order_by(Post.title))
    )?;
    let rows: Vec<(&str, &str)> = rows.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    assert_eq!(rows, [("ann", "ann's"), ("ann", "ann's 2"), ("bob", "bob's"), ("bob", "bob's 2")]);
    Ok(())
}

#[test]
fn rule_63_a_failed_flush_asks_for_a_rollback() -> Outcome {
    let (engine, log) = database()?;
    let mut db = engine.session();
    let a = db.add(Address.new().email("a"));
    io!(db.commit())?;
    db.add(User.new().name("lost with the transaction"));
    let twin = db.add(Address.new().email("a"));
    log.clear();
    let error = io!(db.commit()).expect_err("the address is taken");
    assert_eq!(error.kind(), ErrorKind::UniqueViolation);
    assert_eq!(log.take_sql().last().map(String::as_str), Some("ROLLBACK"));

    for error in [
        io!(db.flush()).expect_err("flush"),
        io!(db.commit()).expect_err("commit"),
        io!(db.all(User)).expect_err("a query"),
        io!(db.get(User, 1)).expect_err("a look-up"),
        io!(db.load(a, Address.user)).expect_err("a load"),
    ] {
        assert_eq!(error.kind(), ErrorKind::InvalidState);
        assert!(error.help().is_some_and(|help| help.contains("rollback()")), "{error:?}");
    }
    assert!(log.take_sql().is_empty());
    assert_eq!(db[a].email, "a");

    io!(db.rollback())?;
    assert_eq!(db.state(twin), State::Transient);
    assert_eq!(io!(db.count(User))?, 0);
    db[twin].email = "b".into();
    db.add_again(twin);
    io!(db.commit())?;
    assert_eq!(io!(db.count(Address))?, 2);
    Ok(())
}

#[test]
fn rule_63_inside_a_savepoint_its_rollback_is_enough() -> Outcome {
    let (engine, log) = database()?;
    let mut db = engine.session();
    let a = db.add(Address.new().email("a"));
    io!(db.flush())?;
    log.clear();
    let failed = io!(db.nested(scope!(|db| {
        db.add(Address.new().email("a"));
        io!(db.flush())
    })));
    assert_eq!(failed.expect_err("the address is taken").kind(), ErrorKind::UniqueViolation);
    assert_eq!(
        log.take_sql(),
        [
            "SAVEPOINT rebis_1",
            "INSERT INTO addresses (email, user_id) VALUES (?, ?)",
            "ROLLBACK TO SAVEPOINT rebis_1",
            "RELEASE SAVEPOINT rebis_1",
        ]
    );
    io!(db.commit())?;
    assert_eq!((db.state(a), io!(db.count(Address))?), (State::Persistent, 1));
    Ok(())
}

#[test]
fn rule_64_a_savepoint_as_a_guard() -> Outcome {
    let (engine, log) = database()?;
    let mut db = engine.session();
    let ann = db.add(User.new().name("ann"));
    let bob = db.add(User.new().name("bob"));
    io!(db.commit())?;

    db[ann].nick = Some("outer".into());
    log.clear();
    let mut outer = io!(db.savepoint())?;
    // Opening it writes what is pending first.
    assert_eq!(
        log.take_sql(),
        ["BEGIN IMMEDIATE", "UPDATE users SET nick = ? WHERE id = ?", "SAVEPOINT rebis_1"]
    );
    outer[ann].name = "in the outer".into();
    let kept = outer.add(User.new().name("kept"));
    let mut inner = io!(outer.savepoint())?;
    inner[ann].name = "in the inner".into();
    inner.delete(bob);
    let lost = inner.push(ann, User.addresses, Address.new().email("lost"));
    io!(inner.flush())?;
    assert_eq!(inner.state(bob), State::Deleted);
    log.clear();
    io!(inner.rollback())?;
    assert_eq!(log.take_sql(), ["ROLLBACK TO SAVEPOINT rebis_2", "RELEASE SAVEPOINT rebis_2"]);
    assert_eq!((outer[ann].name.as_str(), outer.state(bob)), ("in the outer", State::Persistent));
    assert_eq!((outer.state(lost), outer.state(kept)), (State::Transient, State::Persistent));
    assert!(outer[ann].addresses.is_empty());
    io!(outer.commit())?;
    io!(db.commit())?;
    assert_eq!(log.take_sql(), ["RELEASE SAVEPOINT rebis_1", "COMMIT"]);
    assert_eq!((db[ann].name.as_str(), db[ann].nick.as_deref()), ("in the outer", Some("outer")));
    assert_eq!(names(&mut db)?, ["in the outer", "bob", "kept"]);
    assert_eq!(io!(db.count(Address))?, 0);
    Ok(())
}

/// Dropped, a guard restores the objects at once and the database before the next statement.
#[test]
fn rule_64_a_savepoint_that_is_dropped() -> Outcome {
    let (engine, log) = database()?;
    let mut db = engine.session();
    let ann = db.add(User.new().name("ann"));
    io!(db.flush())?;
    fn give_up(db: &mut Session, ann: Handle<User>) -> Result<(), &'static str> {
        let mut outer = io!(db.savepoint()).map_err(|_| "savepoint")?;
        outer[ann].name = "outer".into();
        let mut inner = io!(outer.savepoint()).map_err(|_| "savepoint")?;
        inner[ann].name = "inner".into();
        io!(inner.commit()).map_err(|_| "commit")?;
        assert_eq!(outer[ann].name, "inner");
        Err("an error of its own type")
    }
    give_up(&mut db, ann).expect_err("it gives up");
    log.clear();
    assert_eq!(db[ann].name, "ann");
    assert!(log.take_sql().is_empty());
    assert_eq!(names(&mut db)?, ["ann"]);
    assert_eq!(
        log.take_sql(),
        [
            "ROLLBACK TO SAVEPOINT rebis_1",
            "RELEASE SAVEPOINT rebis_1",
            "SELECT users.name FROM users ORDER BY users.id"
        ]
    );
    io!(db.commit())?;
    assert_eq!(names(&mut db)?, ["ann"]);
    Ok(())
}

#[test]
fn rule_64_a_savepoint_as_a_closure() -> Outcome {
    let (engine, log) = database()?;
    let mut db = engine.session();
    let ann = db.add(User.new().name("ann"));
    io!(db.flush())?;
    log.clear();
    let kept = io!(db.nested(scope!(|db| {
        db[ann].name = "outer".into();
        let lost: rebis::Result<()> = io!(db.nested(scope!(|db| {
            db[ann].name = "inner".into();
            db.add(User.new().name("lost"));
            io!(db.flush())?;
            Err(Error::new(ErrorKind::InvalidState, "changed its mind"))
        })));
        assert_eq!(lost.expect_err("it changed its mind").message(), "changed its mind");
        assert_eq!(db[ann].name, "outer");
        Ok(db.add(User.new().name("kept")))
    })))?;
    assert_eq!(
        log.take_sql(),
        [
            "SAVEPOINT rebis_1",
            "UPDATE users SET name = ? WHERE id = ?",
            "SAVEPOINT rebis_2",
            "UPDATE users SET name = ? WHERE id = ?",
            INSERT_USER,
            "ROLLBACK TO SAVEPOINT rebis_2",
            "RELEASE SAVEPOINT rebis_2",
            INSERT_USER,
            "RELEASE SAVEPOINT rebis_1",
        ]
    );
    assert_eq!(db.state(kept), State::Persistent);
    assert_eq!(names(&mut db)?, ["outer", "kept"]);

    // A savepoint that was kept is undone with the transaction.
    io!(db.rollback())?;
    assert_eq!((db.state(ann), db.state(kept)), (State::Transient, State::Transient));
    assert!(names(&mut db)?.is_empty());
    Ok(())
}

#[test]
fn rule_64_rolling_back_the_outer_undoes_what_the_inner_kept() -> Outcome {
    let (engine, _log) = relations()?;
    let mut db = engine.session();
    let blue = db.add(Album.new().title("blue").tracks([Track.new().title("one")]));
    let red = db.add(Album.new().title("red"));
    let one = db[blue].tracks.to_vec()[0];
    io!(db.commit())?;

    let mut outer = io!(db.savepoint())?;
    outer.set(one, Track.album, red);
    let mut inner = io!(outer.savepoint())?;
    let two = inner.push(red, Album.tracks, Track.new().title("two"));
    inner.remove(red, Album.tracks, one);
    io!(inner.commit())?;
    assert_eq!(outer.state(one), State::Deleted);
    assert_eq!(outer[red].tracks.to_vec(), [two]);
    io!(outer.rollback())?;

    assert_eq!((db.state(one), db.state(two)), (State::Persistent, State::Transient));
    assert_eq!((db[blue].tracks.to_vec(), db[red].tracks.to_vec()), (vec![one], vec![]));
    assert_eq!((db[one].album.get(), db[one].album_id), (Some(blue), Some(db[blue].id)));
    let rows: Vec<(String, Option<i64>)> = io!(db.all(select((Track.title, Track.album_id))))?;
    assert_eq!(rows, [("one".into(), Some(db[blue].id))]);
    // Nothing is left of it: the object is in the identity map, and can be deleted once more.
    assert_eq!(io!(db.get(Track, 1))?, Some(one));
    db.delete(one);
    io!(db.commit())?;
    assert_eq!(io!(db.count(Track))?, 0);
    Ok(())
}

/// A new object that a savepoint took back goes in again, under the parent it had.
#[test]
fn rule_64_add_again_after_a_savepoint() -> Outcome {
    let (engine, _log) = relations()?;
    let mut db = engine.session();
    let blue = db.add(Album.new().title("blue"));
    io!(db.flush())?;
    let mut scope = io!(db.savepoint())?;
    let track = scope.push(blue, Album.tracks, Track.new().title("one"));
    io!(scope.flush())?;
    io!(scope.rollback())?;
    assert!(db[blue].tracks.is_empty());
    db.add_again(track);
    assert_eq!((db[blue].tracks.to_vec(), db[track].album.get()), (vec![track], Some(blue)));
    io!(db.commit())?;
    assert_eq!(db[track].album_id, Some(db[blue].id));
    Ok(())
}

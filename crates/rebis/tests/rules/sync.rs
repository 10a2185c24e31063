//! Both sides of a relation: rules 52 to 55.

use super::*;
use crate::support::relations::*;
use crate::support::{Address, Node, Post, PostTag, Profile, Tag, User};
use rebis::{Datum, State};

#[test]
fn rule_52_both_sides_agree_at_once() -> Outcome {
    let (engine, log) = database()?;
    let mut db = engine.session();
    let ann = db.add(User.new().name("ann"));
    let bob = db.add(User.new().name("bob"));
    let a = db.push(ann, User.addresses, Address.new().email("a"));
    assert_eq!(db[a].user.get(), Some(ann));

    db.set(a, Address.user, bob);
    assert!(db[ann].addresses.is_empty());
    assert_eq!(db[bob].addresses.to_vec(), [a]);

    db.remove(bob, User.addresses, a);
    assert_eq!(db[a].user.get(), None);
    db.set(a, Address.user, ann);
    assert_eq!(db[ann].addresses.to_vec(), [a]);
    db.set(a, Address.user, None);
    assert!(db[ann].addresses.is_empty());

    let profile = db.add(Profile.new().about("me").user(ann));
    assert_eq!(db[ann].profile.get(), Some(profile));
    db.set(bob, User.profile, profile);
    assert_eq!((db[ann].profile.get(), db[profile].user.get()), (None, Some(bob)));
    db.set(bob, User.profile, None);
    assert_eq!(db[profile].user.get(), None);
    assert!(log.take_sql().is_empty());
    Ok(())
}

#[test]
fn rule_52_a_deleted_child_leaves_its_parent() -> Outcome {
    let (engine, _log) = database()?;
    let mut db = engine.session();
    let ann = db.add(User.new().name("ann"));
    let a = db.push(ann, User.addresses, Address.new().email("a"));
    let b = db.push(ann, User.addresses, Address.new().email("b"));
    io!(db.flush())?;
    db.delete(a);
    io!(db.flush())?;
    assert_eq!(db[ann].addresses.to_vec(), [b]);
    let gone: Address = db.take(b);
    assert_eq!((gone.email.as_str(), gone.user.is_loaded()), ("b", false));
    assert!(db[ann].addresses.is_empty());
    Ok(())
}

/// A foreign key that is set as a plain column: the relations follow with the flush, where they are loaded.
#[test]
fn rule_52_relations_follow_a_key_that_was_set() -> Outcome {
    let (engine, log) = database()?;
    let mut db = engine.session();
    let ann = db.add(User.new().name("ann"));
    let bob = db.add(User.new().name("bob"));
    let a = db.push(ann, User.addresses, Address.new().email("a"));
    io!(db.flush())?;
    log.clear();
    db[a].user_id = Some(db[bob].id);
    io!(db.flush())?;
    assert_eq!(log.take_sql(), ["UPDATE addresses SET user_id = ? WHERE id = ?"]);
    assert_eq!(db[a].user.get(), Some(bob));
    assert!(db[ann].addresses.is_empty());
    assert_eq!(db[bob].addresses.to_vec(), [a]);
    db[a].user_id = None;
    io!(db.flush())?;
    assert_eq!(db[a].user.get(), None);
    assert!(db[bob].addresses.is_empty());
    Ok(())
}

#[test]
fn rule_52_many_to_many_from_both_sides() -> Outcome {
    let (engine, log) = database()?;
    let mut db = engine.session();
    let ann = db.add(User.new().name("ann"));
    let [p, q] = ["p", "q"].map(|title| db.push(ann, User.posts, Post.new().title(title)));
    let [x, y] = ["x", "y"].map(|name| db.add(Tag.new().name(name)));
    db.push(p, Post.tags, x);
    db.push(x, Tag.posts, q);
    // The same pair from the other side, and twice: one row.
    db.push(x, Tag.posts, p);
    db.push(p, Post.tags, x);
    db.push(y, Tag.posts, p);
    db.remove(p, Post.tags, y);
    assert_eq!((db[p].tags.to_vec(), db[q].tags.to_vec()), (vec![x], vec![x]));
    assert_eq!((db[x].posts.to_vec(), db[y].posts.to_vec()), (vec![p, q], vec![]));
    io!(db.flush())?;
    let sql = log.take_sql();
    assert_eq!(
        sql.last().map(String::as_str),
        Some("INSERT INTO post_tags (post_id, tag_id) VALUES (?, ?), (?, ?)")
    );

    // Taken out on one side and put back on the other: nothing.
    db.remove(p, Post.tags, x);
    db.push(x, Tag.posts, p);
    // Put in on one side and taken out on the other: nothing.
    db.push(q, Post.tags, y);
    db.remove(y, Tag.posts, q);
    io!(db.flush())?;
    assert!(log.take_sql().is_empty());
    assert_eq!((db[p].tags.to_vec(), db[x].posts.to_vec()), (vec![x], vec![q, p]));

    db.remove(x, Tag.posts, p);
    io!(db.flush())?;
    assert_eq!(db[p].tags.to_vec(), []);
    let rows: Vec<(i64, i64)> = io!(db.all(select((PostTag.post_id, PostTag.tag_id))))?;
    assert_eq!(rows, [(db[q].id, db[x].id)]);
    Ok(())
}

#[test]
fn rule_52_an_association_object_with_columns_of_its_own() -> Outcome {
    let (engine, log) = relations()?;
    let mut db = engine.session();
    let ann = db.add(Student.new().name("ann"));
    let [rust, sql] = ["rust", "sql"].map(|name| db.add(Course.new().name(name)));
    io!(db.commit())?;
    log.clear();

    db.push(ann, Student.enrolments, Enrolment.new().course(rust).role("tutor").grade(1));
    // Made by itself, with defaults.
    db.push(ann, Student.courses, sql);
    io!(db.commit())?;
    assert_eq!(
        log.take_sql(),
        [
            "BEGIN IMMEDIATE",
            "INSERT INTO enrolments (student_id, course_id, role, grade) VALUES (?, ?, ?, ?), (?, ?, ?, ?)",
            "COMMIT",
        ]
    );

    let mut db = engine.session();
    let ann =
        io!(db.one(select(Student).with(Student.courses).with(Student.enrolments.then(Enrolment.course))))?;
    assert_eq!(db[ann].courses.len(), 2);
    let rows: Vec<_> = db[ann]
        .enrolments
        .iter()
        .map(|e| (db[(e, Enrolment.course)].name.clone(), db[e].role.clone(), db[e].grade))
        .collect();
    assert_eq!(rows, [("rust".into(), "tutor".into(), Some(1)), ("sql".into(), "guest".into(), None)]);

    // Its columns change like those of any object; taking it out of the collection deletes it.
    let [tutor, guest] = db[ann].enrolments.to_vec()[..] else { panic!("two enrolments") };
    log.clear();
    db[tutor].grade = Some(2);
    db.remove(ann, Student.enrolments, guest);
    io!(db.commit())?;
    assert_eq!(
        log.take_sql(),
        [
            "UPDATE enrolments SET grade = ? WHERE student_id = ? AND course_id = ?",
            "DELETE FROM enrolments WHERE student_id = ? AND course_id = ?",
            "COMMIT",
        ]
    );
    Ok(())
}

/// Taking an end out of the many-to-many relation deletes the association object that the session has.
#[test]
fn rule_52_an_association_object_goes_with_its_pair() -> Outcome {
    let (engine, log) = relations()?;
    let mut db = engine.session();
    let ann = db.add(Student.new().name("ann"));
    let rust = db.add(Course.new().name("rust"));
    let enrolment = db.add(Enrolment.new().student(ann).course(rust).role("tutor"));
    io!(db.commit())?;
    io!(db.load(ann, Student.courses))?;
    log.clear();
    db.remove(ann, Student.courses, rust);
    io!(db.commit())?;
    assert_eq!(log.take_sql(), ["DELETE FROM enrolments WHERE student_id = ? AND course_id = ?", "COMMIT"]);
    assert_eq!(db.state(enrolment), State::Detached);
    assert!(db[ann].enrolments.is_empty());
    Ok(())
}

/// An association with a column that must be set cannot be made from its two ends; the flush says so before any SQL.
#[test]
fn rule_52_an_association_that_needs_more_than_its_ends() -> Outcome {
    let (engine, log) = relations()?;
    let mut db = engine.session();
    let ann = db.add(Student.new().name("ann"));
    let rust = db.add(Course.new().name("rust"));
    io!(db.flush())?;
    log.clear();
    db.push(ann, Student.seats, rust);
    let error = io!(db.flush()).expect_err("a seat has a number");
    assert!(error.to_string().contains("db.add(Seat.new()"), "{error}");
    assert!(log.take_sql().is_empty());

    db.add(Seat.new().student_id(db[ann].id).course_id(db[rust].id).number(7));
    io!(db.commit())?;
    io!(db.load(ann, Student.seats))?;
    assert_eq!(db[ann].seats.to_vec(), [rust]);
    Ok(())
}

#[test]
fn rule_53_changes_to_a_collection_that_is_not_loaded_wait_for_it() -> Outcome {
    let (engine, log) = database()?;
    let mut db = engine.session();
    let ann = db.add(User.new().name("ann"));
    db.add(User.new().name("bob"));
    for email in ["a", "b", "c"] {
        db.push(ann, User.addresses, Address.new().email(email));
    }
    io!(db.commit())?;

    let mut db = engine.session();
    let [ann, bob] = io!(db.all(select(User).order_by(User.id)))?[..] else { panic!("two users") };
    let [a, b] = io!(db.all(select(Address).order_by(Address.id).limit(2)))?[..] else { panic!("two") };
    log.clear();
    let new = db.push(ann, User.addresses, Address.new().email("d"));
    db.remove(ann, User.addresses, a);
    db.set(b, Address.user, bob);
    assert!(!db[ann].addresses.is_loaded() && !db[bob].addresses.is_loaded());
    assert!(log.take_sql().is_empty());

    let mut quiet = db.no_autoflush();
    io!(quiet.load_all([ann, bob], User.addresses))?;
    drop(quiet);
    let emails =
        |user: Handle<User>| db[user].addresses.iter().map(|x| db[x].email.clone()).collect::<Vec<_>>();
    assert_eq!((emails(ann), emails(bob)), (vec!["c".to_owned(), "d".into()], vec!["b".into()]));
    assert_eq!(
        log.take_sql(),
        [
            "SELECT addresses.id, addresses.email, addresses.user_id FROM addresses WHERE addresses.user_id IN (?, ?)"
        ]
    );
    io!(db.commit())?;
    assert_eq!(
        log.take_sql(),
        [
            "UPDATE addresses SET user_id = ? WHERE id = ?",
            "INSERT INTO addresses (email, user_id) VALUES (?, ?)",
            "COMMIT",
        ]
    );
    assert_eq!((db[new].user_id, db[a].user_id, db[b].user_id), (Some(1), None, Some(2)));
    Ok(())
}

#[test]
fn rule_53_many_to_many_that_is_not_loaded() -> Outcome {
    let (engine, log) = database()?;
    let mut db = engine.session();
    let post = db.add(Post.new().title("p").author(User.new().name("ann")));
    for name in ["x", "y"] {
        db.push(post, Post.tags, Tag.new().name(name));
    }
    db.add(Tag.new().name("z"));
    io!(db.commit())?;

    let mut db = engine.session();
    let post = io!(db.get_one(Post, 1))?;
    let [x, y, z] = io!(db.all(select(Tag).order_by(Tag.id)))?[..] else { panic!("three tags") };
    log.clear();
    db.push(post, Post.tags, z);
    db.remove(post, Post.tags, x);
    assert!(log.take_sql().is_empty());
    io!(db.no_autoflush().load(post, Post.tags))?;
    assert_eq!(db[post].tags.to_vec(), [y, z]);
    log.clear();
    io!(db.commit())?;
    assert_eq!(
        log.take_sql(),
        [
            "DELETE FROM post_tags WHERE post_id = ? AND tag_id = ?",
            "INSERT INTO post_tags (post_id, tag_id) VALUES (?, ?)",
            "COMMIT",
        ]
    );
    Ok(())
}

#[test]
fn rule_54_chained_moves_leave_nothing_behind() -> Outcome {
    let (engine, log) = database()?;
    let mut db = engine.session();
    let [a, b, c] = ["a", "b", "c"].map(|name| db.add(User.new().name(name)));
    let x = db.push(a, User.addresses, Address.new().email("x"));
    io!(db.flush())?;
    log.clear();
    for user in [b, c, a, c, b] {
        db.push(user, User.addresses, x);
    }
    assert_eq!([a, b, c].map(|user| db[user].addresses.to_vec()), [vec![], vec![x], vec![]]);
    io!(db.flush())?;
    assert_eq!(log.take_sql(), ["UPDATE addresses SET user_id = ? WHERE id = ?"]);

    // There and back again is no change.
    for user in [c, a, b] {
        db.set(x, Address.user, user);
    }
    io!(db.flush())?;
    assert!(log.take_sql().is_empty());
    assert_eq!(db[b].addresses.to_vec(), [x]);
    Ok(())
}

/// A move out of the old parent's list that a session holds, where the child comes from a query of its own.
#[test]
fn rule_54_a_child_loaded_apart_leaves_the_loaded_list() -> Outcome {
    let (engine, log) = database()?;
    let mut db = engine.session();
    let ann = db.add(User.new().name("ann"));
    db.push(ann, User.addresses, Address.new().email("x"));
    db.add(User.new().name("bob"));
    io!(db.commit())?;

    let mut db = engine.session();
    let x = io!(db.get_one(Address, 1))?;
    let [ann, bob] = io!(db.all(select(User).order_by(User.id).with(User.addresses)))?[..] else {
        panic!("two")
    };
    log.clear();
    db.set(x, Address.user, bob);
    assert!(db[ann].addresses.is_empty());
    assert_eq!(db[bob].addresses.to_vec(), [x]);
    io!(db.commit())?;
    assert_eq!(log.take_sql(), ["UPDATE addresses SET user_id = ? WHERE id = ?", "COMMIT"]);
    Ok(())
}

#[test]
fn rule_54_a_branch_of_a_tree_moves() -> Outcome {
    let (engine, log) = database()?;
    let mut db = engine.session();
    let root = db.add(Node.new().name("root"));
    let [left, right] = ["left", "right"].map(|name| db.push(root, Node.children, Node.new().name(name)));
    let leaf = db.push(left, Node.children, Node.new().name("leaf"));
    io!(db.flush())?;
    log.clear();
    db.set(left, Node.parent, right);
    assert_eq!(db[root].children.to_vec(), [right]);
    assert_eq!((db[right].children.to_vec(), db[left].children.to_vec()), (vec![left], vec![leaf]));
    io!(db.flush())?;
    assert_eq!(log.take_sql(), ["UPDATE nodes SET parent_id = ? WHERE id = ?"]);
    Ok(())
}

/// An object of another type does not compile (the tests of the derive show the messages): nothing to run here but
/// that a collection takes what the compiler lets through, a handle or a new row.
#[test]
fn rule_55_a_collection_takes_handles_and_new_rows_of_its_type() -> Outcome {
    let (engine, _log) = database()?;
    let mut db = engine.session();
    let ann = db.add(User.new().name("ann"));
    let handle: Handle<Address> = db.add(Address.new().email("a"));
    db.push(ann, User.addresses, handle);
    let pushed: Handle<Address> = db.push(ann, User.addresses, Address.new().email("b"));
    db.replace(ann, User.addresses, [handle, pushed]);
    assert_eq!(db[ann].addresses.to_vec(), [handle, pushed]);
    Ok(())
}

#[test]
fn rule_52_an_ordered_collection() -> Outcome {
    let (engine, log) = relations()?;
    let mut db = engine.session();
    let album = db.add(Album.new().title("blue"));
    for (title, position) in [("c", 3), ("a", 1), ("b", 2), ("b'", 2)] {
        db.push(album, Album.tracks, Track.new().title(title).position(position));
    }
    io!(db.commit())?;

    let mut db = engine.session();
    log.clear();
    let album = io!(db.one(select(Album).with(Album.tracks)))?;
    let sql = log.take_sql();
    assert!(sql[2].ends_with("ORDER BY tracks.position, tracks.id DESC"), "{sql:#?}");
    let titles =
        |db: &super::super::Session| db[album].tracks.iter().map(|t| db[t].title.clone()).collect::<Vec<_>>();
    assert_eq!(titles(&db), ["a", "b'", "b", "c"]);
    // The order that the program makes stays until it is loaded anew.
    let mut tracks = db[album].tracks.to_vec();
    tracks.reverse();
    for (position, track) in tracks.iter().enumerate() {
        db[*track].position = position as i64;
    }
    db.replace(album, Album.tracks, tracks);
    assert_eq!(titles(&db), ["c", "b", "b'", "a"]);
    io!(db.commit())?;
    io!(db.load(album, Album.tracks))?;
    assert_eq!(titles(&db), ["c", "b", "b'", "a"]);
    Ok(())
}

#[test]
fn rule_52_a_tree_of_what_is_loaded() -> Outcome {
    let (engine, log) = database()?;
    let mut db = engine.session();
    let ann = db.add(User.new().name("ann"));
    let post = db.push(ann, User.posts, Post.new().title("hello"));
    db.push(post, Post.tags, Tag.new().name("x"));
    io!(db.commit())?;

    let mut db = engine.session();
    let ann = io!(db.one(select(User).with(User.posts.then(Post.tags))))?;
    log.clear();
    let tree = db.tree(ann);
    assert!(log.take_sql().is_empty());
    assert_eq!(
        tree.to_string(),
        r#"{"id":1,"name":"ann","nick":null,"posts":[{"id":1,"title":"hello","author_id":1,"author":{"id":1},"tags":[{"id":1,"name":"x"}]}]}"#
    );
    assert_eq!(tree.get("name"), Some(&rebis::Node::Value(Datum::Text("ann".into()))));
    assert_eq!(tree.get("addresses"), None);
    Ok(())
}

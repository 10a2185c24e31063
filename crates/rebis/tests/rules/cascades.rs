//! Cascades and orphans: rules 40 to 47.

use super::super::Session;
use super::*;
use crate::support::relations::*;
use crate::support::{Address, Comment, Post, PostTag, Tag, User};
use rebis::{ErrorKind, State};

const ADDRESSES: &str = "SELECT addresses.id, addresses.email, addresses.user_id FROM addresses";
const POSTS: &str = "SELECT posts.id, posts.title, posts.author_id FROM posts";
const COMMENTS: &str = "SELECT comments.id, comments.text, comments.post_id FROM comments";

/// What a new row brings along when it is put into a relation of an object of the session.
#[test]
fn rule_40_a_child_that_is_pushed_comes_into_the_session() -> Outcome {
    let (engine, log) = database()?;
    let mut db = engine.session();
    let ann = db.add(User.new().name("ann"));
    io!(db.commit())?;
    log.clear();

    let pushed = db.push(ann, User.addresses, Address.new().email("a@x"));
    assert_eq!(db.state(pushed), State::Pending);
    db.expunge(pushed);
    assert_eq!(db.state(pushed), State::Transient);
    assert!(!db[ann].addresses.contains(pushed));

    db.push(ann, User.addresses, pushed);
    assert_eq!(db.state(pushed), State::Pending);
    io!(db.commit())?;
    assert_eq!(
        log.take_sql(),
        ["BEGIN IMMEDIATE", "INSERT INTO addresses (email, user_id) VALUES (?, ?)", "COMMIT"]
    );
    Ok(())
}

/// The other direction: the object whose relation is set decides.
#[test]
fn rule_40_setting_the_parent_does_not_bring_the_child_into_the_session() -> Outcome {
    let (engine, log) = database()?;
    let mut db = engine.session();
    let ann = db.add(User.new().name("ann"));
    let left_out = db.add(Address.new().email("a@x"));
    db.expunge(left_out);
    io!(db.commit())?;
    log.clear();

    db.set(left_out, Address.user, ann);
    assert_eq!(db.state(left_out), State::Transient);
    io!(db.commit())?;
    assert!(log.take_sql().is_empty());

    // The child keeps what it was told, and goes under its parent once it is added.
    db.add_again(left_out);
    io!(db.commit())?;
    assert_eq!(db[left_out].user_id, Some(db[ann].id));
    let inserted = ["BEGIN IMMEDIATE", "INSERT INTO addresses (email, user_id) VALUES (?, ?)", "COMMIT"];
    assert_eq!(log.take_sql(), inserted);
    Ok(())
}

/// A new parent comes along with the child that is set to it: the relation of an object of the session is followed.
#[test]
fn rule_40_a_new_parent_comes_with_its_child() -> Outcome {
    let (engine, log) = database()?;
    let mut db = engine.session();
    let address = db.add(Address.new().email("a@x"));
    let ann = db.add(User.new().name("ann"));
    db.expunge(ann);
    db.set(address, Address.user, ann);
    assert_eq!(db.state(ann), State::Pending);
    io!(db.commit())?;
    assert_eq!(
        log.take_sql(),
        [
            "BEGIN IMMEDIATE",
            "SELECT (SELECT max(addresses.id) FROM addresses), (SELECT max(users.id) FROM users)",
            "INSERT INTO users (id, name, nick) VALUES (?, ?, ?)",
            "INSERT INTO addresses (id, email, user_id) VALUES (?, ?, ?)",
            "COMMIT",
        ]
    );
    assert_eq!(db[address].user_id, Some(db[ann].id));
    Ok(())
}

/// Rebis says it with an error before anything is written, where SQLAlchemy warns and writes NULL.
#[test]
fn rule_41_an_object_outside_of_the_session_is_not_written_through_a_relation() -> Outcome {
    let (engine, log) = database()?;
    let mut db = engine.session();
    let ann = db.add(User.new().name("ann"));
    let address = db.add(Address.new().email("a@x").user(ann));
    db.expunge(ann);
    assert_eq!(db.state(address), State::Pending);
    io!(db.commit())?;
    assert_eq!(
        log.take_sql(),
        ["BEGIN IMMEDIATE", "INSERT INTO addresses (email, user_id) VALUES (?, ?)", "COMMIT"]
    );
    assert_eq!((db.state(ann), db[address].user_id), (State::Transient, None));
    Ok(())
}

#[test]
fn rule_42_children_lose_a_deleted_parent() -> Outcome {
    let (engine, log) = database()?;
    let mut db = engine.session();
    let ann = db.add(User.new().name("ann"));
    db.push(ann, User.addresses, Address.new().email("a@x"));
    db.push(ann, User.addresses, Address.new().email("b@x"));
    db.add(Address.new().email("nobody's@x"));
    io!(db.commit())?;

    let mut db = engine.session();
    let ann = io!(db.get_one(User, 1))?;
    log.clear();
    db.delete(ann);
    io!(db.flush())?;
    assert_eq!(
        log.take_sql(),
        [
            // In this order: the relations in the order of the fields, one query each.
            &format!("{ADDRESSES} WHERE addresses.user_id = ?"),
            &format!("{POSTS} WHERE posts.author_id = ?"),
            "SELECT profiles.id, profiles.about, profiles.user_id FROM profiles WHERE profiles.user_id = ?",
            "UPDATE addresses SET user_id = ? WHERE id = ?",
            "DELETE FROM users WHERE id = ?",
        ]
    );
    assert_eq!(db.state(ann), State::Deleted);
    let left: Vec<(String, Option<i64>)> =
        io!(db.all(select((Address.email, Address.user_id)).order_by(Address.email)))?;
    assert_eq!(left, [("a@x".into(), None), ("b@x".into(), None), ("nobody's@x".into(), None)]);
    let all = io!(db.all(select(Address).filter(Address.email.ne("nobody's@x"))))?;
    assert!(all.iter().all(|a| db[*a].user.get().is_none()));
    Ok(())
}

/// A child that cannot be without its parent: an error that names the way round, before anything is written.
#[test]
fn rule_42_a_child_that_needs_its_parent_keeps_it_from_being_deleted() -> Outcome {
    let (engine, log) = database()?;
    let mut db = engine.session();
    let eve = db.add(
        crate::support::Employee.new().name("eve").department(crate::support::Department.new().name("d")),
    );
    io!(db.commit())?;
    let department = db[eve].department.get();
    db.delete(department);
    log.clear();
    let error = io!(db.commit()).expect_err("eve needs her department");
    assert_eq!(error.kind(), ErrorKind::NotNullViolation);
    assert_eq!(error.column(), Some("department_id"));
    assert!(error.help().is_some_and(|help| help.contains("Department.employees")), "{error:?}");
    assert!(log.take_sql().iter().all(|sql| !sql.starts_with("DELETE") && !sql.starts_with("UPDATE")));

    // The session is as it was: with the child moved, the flush goes on.
    let other = db.add(crate::support::Department.new().name("other"));
    db.set(eve, crate::support::Employee.department, other);
    io!(db.commit())?;
    assert_eq!(io!(db.scalar(select(crate::support::Department.id.count())))?, 1);
    Ok(())
}

#[test]
fn rule_43_deletion_cascades_to_what_is_not_loaded() -> Outcome {
    let (engine, log) = database()?;
    let mut db = engine.session();
    for name in ["ann", "bob"] {
        let user = db.add(User.new().name(name));
        for title in ["first", "second"] {
            let post = db.push(user, User.posts, Post.new().title(title));
            db.push(post, Post.comments, Comment.new().text("well"));
            db.push(post, Post.tags, Tag.new().name(format!("{name} {title}")));
        }
    }
    io!(db.commit())?;

    let mut db = engine.session();
    let ann = io!(db.get_one(User, 1))?;
    log.clear();
    db.delete(ann);
    io!(db.commit())?;
    assert_eq!(
        log.take_sql(),
        [
            &format!("{ADDRESSES} WHERE addresses.user_id = ?"),
            &format!("{POSTS} WHERE posts.author_id = ?"),
            "SELECT profiles.id, profiles.about, profiles.user_id FROM profiles WHERE profiles.user_id = ?",
            &format!("{COMMENTS} WHERE comments.post_id IN (?, ?)"),
            "DELETE FROM post_tags WHERE post_id IN (?, ?)",
            "DELETE FROM comments WHERE id = ?",
            "DELETE FROM posts WHERE id = ?",
            "DELETE FROM users WHERE id = ?",
            "COMMIT",
        ]
    );
    let left: (i64, i64, i64, i64) = (
        io!(db.scalar(select(Post.id.count())))?,
        io!(db.scalar(select(Comment.id.count())))?,
        io!(db.scalar(select(PostTag.post_id.count())))?,
        io!(db.scalar(select(Tag.id.count())))?,
    );
    assert_eq!(left, (2, 2, 2, 4));
    Ok(())
}

/// What was loaded before the commit is not trusted with what is deleted: rows may have come and gone since.
#[test]
fn rule_43_deletion_cascades_over_what_others_have_written_since() -> Outcome {
    let (engine, log) = database()?;
    let mut db = engine.session();
    let ann = db.add(User.new().name("ann"));
    let bob = db.add(User.new().name("bob"));
    let moved = db.push(ann, User.posts, Post.new().title("moved"));
    db.push(ann, User.posts, Post.new().title("old"));
    io!(db.commit())?;

    let mut other = engine.session();
    let theirs = io!(other.get_one(Post, db[moved].id))?;
    other[theirs].author_id = db[bob].id;
    other.add(Post.new().title("new").author_id(db[ann].id));
    io!(other.commit())?;

    log.clear();
    db.delete(ann);
    io!(db.commit())?;
    let sql = log.take_sql();
    assert!(sql.contains(&format!("{POSTS} WHERE posts.author_id = ?")), "{sql:#?}");
    let left: Vec<String> = io!(db.all(select(Post.title)))?;
    assert_eq!(left, ["moved"]);
    Ok(())
}

#[test]
fn rule_43_deletion_cascades_to_a_parent_that_is_asked_to_go_along() -> Outcome {
    let (engine, log) = relations()?;
    let mut db = engine.session();
    db.add(Player.new().name("ann").contract(Contract.new().terms("long")));
    io!(db.commit())?;

    let mut db = engine.session();
    let ann = io!(db.get_one(Player, 1))?;
    log.clear();
    db.delete(ann);
    io!(db.commit())?;
    assert_eq!(
        log.take_sql(),
        [
            "SELECT contracts.id, contracts.terms FROM contracts WHERE contracts.id = ?",
            "DELETE FROM players WHERE id = ?",
            "DELETE FROM contracts WHERE id = ?",
            "COMMIT",
        ]
    );
    Ok(())
}

/// Without `delete-orphan`, a removal sets free what a deletion would take along.
#[test]
fn rule_43_removal_is_no_deletion() -> Outcome {
    let (engine, log) = relations()?;
    let mut db = engine.session();
    let team = db.add(Team.new().name("reds").players([Player.new().name("ann"), Player.new().name("bob")]));
    io!(db.commit())?;
    log.clear();
    let [ann, bob] = db[team].players.to_vec()[..] else { panic!("two players") };
    db.remove(team, Team.players, ann);
    io!(db.commit())?;
    assert_eq!(log.take_sql(), ["BEGIN IMMEDIATE", "UPDATE players SET team_id = ? WHERE id = ?", "COMMIT"]);
    db.delete(team);
    io!(db.commit())?;
    assert_eq!((db.state(ann), db.state(bob)), (State::Persistent, State::Detached));
    let left: Vec<String> = io!(db.all(select(Player.name)))?;
    assert_eq!(left, ["ann"]);
    Ok(())
}

#[test]
fn rule_44_removal_deletes_the_orphan() -> Outcome {
    let (engine, log) = database()?;
    let mut db = engine.session();
    let ann = db.add(User.new().name("ann"));
    let post = db.push(ann, User.posts, Post.new().title("hello"));
    db.push(post, Post.comments, Comment.new().text("well"));
    io!(db.commit())?;

    let mut db = engine.session();
    let ann = io!(db.one(select(User).with(User.posts)))?;
    let post = db[ann].posts.to_vec()[0];
    log.clear();
    db.remove(ann, User.posts, post);
    assert!(db[ann].posts.is_empty());
    io!(db.commit())?;
    assert_eq!(
        log.take_sql(),
        [
            &format!("{COMMENTS} WHERE comments.post_id = ?"),
            "DELETE FROM post_tags WHERE post_id = ?",
            "DELETE FROM comments WHERE id = ?",
            "DELETE FROM posts WHERE id = ?",
            "COMMIT",
        ]
    );
    assert_eq!(db.state(post), State::Detached);
    Ok(())
}

#[test]
fn rule_44_a_child_that_moves_is_no_orphan() -> Outcome {
    let (engine, log) = database()?;
    let mut db = engine.session();
    let ann = db.add(User.new().name("ann"));
    let bob = db.add(User.new().name("bob"));
    let post = db.push(ann, User.posts, Post.new().title("hello"));
    let back = db.push(ann, User.posts, Post.new().title("there and back"));
    io!(db.commit())?;
    log.clear();

    db.remove(ann, User.posts, post);
    db.push(bob, User.posts, post);
    db.remove(ann, User.posts, back);
    db.push(ann, User.posts, back);
    assert_eq!((db[ann].posts.to_vec(), db[bob].posts.to_vec()), (vec![back], vec![post]));
    io!(db.commit())?;
    assert_eq!(log.take_sql(), ["BEGIN IMMEDIATE", "UPDATE posts SET author_id = ? WHERE id = ?", "COMMIT"]);
    assert_eq!(db[post].author_id, db[bob].id);
    Ok(())
}

/// Setting the child's own side away from its parent makes an orphan, too.
#[test]
fn rule_44_a_child_that_leaves_by_itself_is_an_orphan() -> Outcome {
    let (engine, log) = relations()?;
    let mut db = engine.session();
    let album = db.add(Album.new().title("blue").tracks([Track.new().title("one")]));
    io!(db.commit())?;
    log.clear();
    let track = db[album].tracks.to_vec()[0];
    db.set(track, Track.album, None);
    io!(db.commit())?;
    assert_eq!(log.take_sql(), ["BEGIN IMMEDIATE", "DELETE FROM tracks WHERE id = ?", "COMMIT"]);
    assert!(db[album].tracks.is_empty());
    Ok(())
}

#[test]
fn rule_44_one_of_two_owners_is_enough_to_make_an_orphan() -> Outcome {
    let (engine, log) = relations()?;
    let mut db = engine.session();
    let artist = db.add(Artist.new().name("ann"));
    let gallery = db.add(Gallery.new().name("the old one"));
    let painting = db.add(Painting.new().title("sea").artist(artist).gallery(gallery));
    io!(db.commit())?;
    log.clear();

    db.remove(gallery, Gallery.paintings, painting);
    io!(db.commit())?;
    assert_eq!(log.take_sql(), ["BEGIN IMMEDIATE", "DELETE FROM paintings WHERE id = ?", "COMMIT"]);
    assert!(db[artist].paintings.is_empty());
    Ok(())
}

#[test]
fn rule_45_a_new_child_that_is_removed_is_not_inserted() -> Outcome {
    let (engine, log) = relations()?;
    let mut db = engine.session();
    let album = db.add(Album.new().title("blue"));
    io!(db.commit())?;
    log.clear();

    let removed = db.push(album, Album.tracks, Track.new().title("taken back"));
    db.remove(album, Album.tracks, removed);
    let alone = db.add(Track.new().title("never had an album"));
    io!(db.commit())?;
    assert_eq!(
        log.take_sql(),
        ["BEGIN IMMEDIATE", "INSERT INTO tracks (title, position, album_id) VALUES (?, ?, ?)", "COMMIT"]
    );
    assert_eq!((db.state(removed), db.state(alone)), (State::Transient, State::Persistent));
    assert_eq!(db[alone].album_id, None);

    // It is readable, and goes in once it has an album again.
    assert_eq!(db[removed].title, "taken back");
    db.push(album, Album.tracks, removed);
    io!(db.commit())?;
    assert_eq!(db[removed].album_id, Some(db[album].id));
    Ok(())
}

/// Without `delete-orphan` the removed child is inserted, without a parent.
#[test]
fn rule_45_a_new_child_that_is_set_free_is_inserted() -> Outcome {
    let (engine, log) = relations()?;
    let mut db = engine.session();
    let team = db.add(Team.new().name("reds"));
    io!(db.commit())?;
    log.clear();
    let ann = db.push(team, Team.players, Player.new().name("ann"));
    db.remove(team, Team.players, ann);
    io!(db.commit())?;
    assert_eq!(
        log.take_sql(),
        ["BEGIN IMMEDIATE", "INSERT INTO players (name, team_id, contract_id) VALUES (?, ?, ?)", "COMMIT"]
    );
    assert_eq!(db[ann].team_id, None);
    Ok(())
}

/// `delete-orphan` on many-to-many and on `BelongsTo` does not compile (see the tests of the derive), so a child has
/// one parent for each key; a second parent takes it from the first.
#[test]
fn rule_46_a_child_has_a_single_parent() -> Outcome {
    let (engine, log) = relations()?;
    let mut db = engine.session();
    let blue = db.add(Album.new().title("blue"));
    let red = db.add(Album.new().title("red"));
    let track = db.push(blue, Album.tracks, Track.new().title("one"));
    db.push(red, Album.tracks, track);
    assert!(db[blue].tracks.is_empty());
    assert_eq!((db[red].tracks.to_vec(), db[track].album.get()), (vec![track], Some(red)));
    io!(db.commit())?;
    assert_eq!(
        log.take_sql(),
        [
            "BEGIN IMMEDIATE",
            "SELECT (SELECT max(albums.id) FROM albums), (SELECT max(tracks.id) FROM tracks)",
            "INSERT INTO albums (id, title) VALUES (?, ?), (?, ?)",
            "INSERT INTO tracks (id, title, position, album_id) VALUES (?, ?, ?, ?)",
            "COMMIT",
        ]
    );
    assert_eq!(db[track].album_id, Some(db[red].id));
    Ok(())
}

/// A folder with two files and two shortcuts, in a session that has loaded nothing else.
fn folder(engine: &Engine) -> rebis::Result<(Session, Handle<Folder>)> {
    let mut db = engine.session();
    let folder = db.add(Folder.new().name("home").files([File.new().name("a"), File.new().name("b")]));
    db.add(Shortcut.new().folder(folder));
    db.add(Shortcut.new().folder(folder));
    io!(db.commit())?;
    let mut db = engine.session();
    let folder = io!(db.get_one(Folder, 1))?;
    Ok((db, folder))
}

#[test]
fn rule_47_children_that_are_not_loaded_are_left_to_the_database() -> Outcome {
    let (engine, log) = relations()?;
    let (mut db, folder) = folder(&engine)?;
    log.clear();
    db.delete(folder);
    io!(db.commit())?;
    assert_eq!(log.take_sql(), ["DELETE FROM folders WHERE id = ?", "COMMIT"]);
    assert_eq!(io!(db.scalar(select(File.id.count())))?, 0);
    let shortcuts: Vec<Option<i64>> = io!(db.all(select(Shortcut.folder_id)))?;
    assert_eq!(shortcuts, [None, None]);
    Ok(())
}

#[test]
fn rule_47_children_that_are_loaded_are_deleted_by_name() -> Outcome {
    let (engine, log) = relations()?;
    let (mut db, folder) = folder(&engine)?;
    io!(db.load(folder, Folder.files))?;
    io!(db.load(folder, Folder.shortcuts))?;
    let shortcut = db[folder].shortcuts.to_vec()[0];
    log.clear();
    db.delete(folder);
    io!(db.commit())?;
    // `all` never touches children, loaded or not.
    assert_eq!(
        log.take_sql(),
        ["DELETE FROM files WHERE id = ?", "DELETE FROM folders WHERE id = ?", "COMMIT"]
    );
    io!(db.refresh(shortcut))?;
    assert_eq!((db[shortcut].folder_id, db.state(folder)), (None, State::Detached));
    Ok(())
}

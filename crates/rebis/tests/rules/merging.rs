//! Merge and expunge: rules 68 to 71.

use super::*;
use crate::support::relations::*;
use crate::support::{Address, Article, Comment, Post, PostTag, Profile, Tag, User};
use rebis::{ErrorKind, State};

const USERS: &str = "SELECT users.id, users.name, users.nick FROM users";
const POSTS: &str = "SELECT posts.id, posts.title, posts.author_id FROM posts";

#[test]
fn rule_68_merge_copies_what_is_set() -> Outcome {
    let (engine, log) = database()?;
    let mut db = engine.session();
    db.add(User.new().name("ann").nick("a"));
    io!(db.commit())?;

    let mut db = engine.session();
    log.clear();
    let ann = io!(db.merge(User.new().id(1).name("Ann")))?;
    assert_eq!(log.take_sql(), ["BEGIN", &format!("{USERS} WHERE users.id = ?")]);
    assert_eq!((db[ann].name.as_str(), db[ann].nick.as_deref()), ("Ann", Some("a")));
    assert_eq!(db.state(ann), State::Persistent);
    io!(db.flush())?;
    assert_eq!(log.take_sql(), ["UPDATE users SET name = ? WHERE id = ?"]);

    // What the session has costs no query; what is the same is no change; NULL is a value.
    assert_eq!(io!(db.merge(User.new().id(1).name("Ann")))?, ann);
    io!(db.flush())?;
    assert!(log.take_sql().is_empty());
    io!(db.merge(User.new().id(1).name("Ann").nick(None)))?;
    io!(db.flush())?;
    assert_eq!(log.take_sql(), ["UPDATE users SET nick = ? WHERE id = ?"]);
    Ok(())
}

/// A default stands in for what a new row does not say; it is nothing that a merged row says.
#[test]
fn rule_68_defaults_are_not_merged() -> Outcome {
    let (engine, log) = database()?;
    let mut db = engine.session();
    db.add(Article.new().title("t").status("published").language("de").visits(7));
    io!(db.commit())?;

    let mut db = engine.session();
    let article = io!(db.merge(Article.new().id(1).title("title")))?;
    assert_eq!((db[article].status.as_str(), db[article].language.as_str()), ("published", "de"));
    log.clear();
    io!(db.commit())?;
    assert_eq!(log.take_sql(), ["UPDATE articles SET title = ? WHERE id = ?", "COMMIT"]);
    Ok(())
}

#[test]
fn rule_68_an_unknown_key_is_a_new_row() -> Outcome {
    let (engine, log) = database()?;
    let mut db = engine.session();
    let ann = io!(db.merge(User.new().id(7).name("ann")))?;
    let bob = io!(db.merge(User.new().name("bob")))?;
    assert_eq!((db.state(ann), db.state(bob)), (State::Pending, State::Pending));
    assert_eq!(log.take_sql(), ["BEGIN", &format!("{USERS} WHERE users.id = ?")]);
    io!(db.commit())?;
    let drawn = if keys_above_the_highest(&engine) { 8 } else { 1 };
    assert_eq!((db[ann].id, db[bob].id), (7, drawn));
    Ok(())
}

#[test]
fn rule_68_a_stale_object_is_read_anew_before_it_is_merged_into() -> Outcome {
    let (engine, log) = database()?;
    let mut db = engine.session();
    let ann = db.add(User.new().name("ann"));
    io!(db.commit())?;
    let mut other = engine.session();
    let theirs = io!(other.get_one(User, 1))?;
    other[theirs].nick = Some("theirs".into());
    io!(other.commit())?;
    log.clear();
    assert_eq!(io!(db.merge(User.new().id(1).name("mine")))?, ann);
    assert_eq!((db[ann].name.as_str(), db[ann].nick.as_deref()), ("mine", Some("theirs")));
    io!(db.commit())?;
    assert_eq!(
        log.take_sql(),
        ["BEGIN", &format!("{USERS} WHERE users.id = ?"), "UPDATE users SET name = ? WHERE id = ?", "COMMIT"]
    );
    Ok(())
}

#[test]
fn rule_68_merge_all_asks_once() -> Outcome {
    let (engine, log) = database()?;
    let mut db = engine.session();
    for name in ["a", "b"] {
        db.add(User.new().name(name));
    }
    io!(db.commit())?;

    let mut db = engine.session();
    log.clear();
    let users = io!(db.merge_all((1..4).map(|id| User.new().id(id).name(format!("user {id}")))))?;
    assert_eq!(log.take_sql(), ["BEGIN", &format!("{USERS} WHERE users.id IN (?, ?, ?)")]);
    assert_eq!(
        users.iter().map(|user| db.state(*user)).collect::<Vec<_>>(),
        [State::Persistent, State::Persistent, State::Pending]
    );
    io!(db.commit())?;
    assert_eq!(
        log.take_sql(),
        [
            "UPDATE users SET name = ? WHERE id = ?",
            "INSERT INTO users (id, name, nick) VALUES (?, ?, ?)",
            "COMMIT"
        ]
    );

    // One key twice is one object.
    let twice = io!(db.merge_all([User.new().id(9).name("x"), User.new().id(9).name("y")]))?;
    assert_eq!(twice[0], twice[1]);
    assert_eq!(db[twice[0]].name, "y");
    Ok(())
}

#[test]
fn rule_69_a_merged_collection_replaces() -> Outcome {
    let (engine, log) = database()?;
    let mut db = engine.session();
    let ann = db.add(User.new().name("ann"));
    for title in ["one", "two"] {
        db.push(ann, User.posts, Post.new().title(title));
        db.push(ann, User.addresses, Address.new().email(title));
    }
    io!(db.commit())?;

    let mut db = engine.session();
    log.clear();
    let ann = io!(db.merge(
        User.new()
            .id(1)
            .name("ann")
            .posts([Post.new().id(2).title("TWO"), Post.new().id(7).title("new")])
            .addresses([Address.new().id(1).email("one")])
    ))?;
    assert_eq!(
        log.take_sql(),
        [
            "BEGIN",
            &format!("{USERS} WHERE users.id = ?"),
            &format!("{POSTS} WHERE posts.id IN (?, ?)"),
            "SELECT addresses.id, addresses.email, addresses.user_id FROM addresses WHERE addresses.id = ?",
            &format!("{POSTS} WHERE posts.author_id = ?"),
            "SELECT addresses.id, addresses.email, addresses.user_id FROM addresses WHERE addresses.user_id = ?",
        ]
    );
    assert_eq!(db[ann].posts.iter().map(|p| db[p].title.clone()).collect::<Vec<_>>(), ["TWO", "new"]);
    io!(db.load_all(db[ann].posts.to_vec(), Post.comments.then(Comment.post)))?;
    io!(db.commit())?;
    let posts: Vec<(i64, String)> = io!(db.all(select((Post.id, Post.title)).order_by(Post.id)))?;
    assert_eq!(posts, [(2, "TWO".into()), (7, "new".into())]);
    // Missing members of a relation without `delete-orphan` stay without it.
    let addresses: Vec<(String, Option<i64>)> =
        io!(db.all(select((Address.email, Address.user_id)).order_by(Address.id)))?;
    assert_eq!(addresses, [("one".into(), Some(1)), ("two".into(), None)]);
    Ok(())
}

#[test]
fn rule_69_merge_of_to_one_and_many_to_many() -> Outcome {
    let (engine, _log) = database()?;
    let mut db = engine.session();
    let ann = db.add(User.new().name("ann").profile(Profile.new().about("old")));
    let post = db.push(ann, User.posts, Post.new().title("p"));
    for name in ["x", "y"] {
        db.push(post, Post.tags, Tag.new().name(name));
    }
    io!(db.commit())?;

    let mut db = engine.session();
    let merged = io!(db.merge(
        Post.new()
            .id(1)
            .title("p")
            .author(User.new().id(1).name("Ann").profile(Profile.new().about("new")))
            .tags([Tag.new().id(2).name("Y"), Tag.new().id(3).name("z")])
    ))?;
    io!(db.commit())?;
    let author = db[merged].author.get();
    assert_eq!((db[author].name.as_str(), db[author].id), ("Ann", 1));
    let tags: Vec<(i64, String)> =
        io!(db.all(select((Tag.id, Tag.name)).join(PostTag.on(PostTag.tag_id.eq(Tag.id))).order_by(Tag.id)))?;
    assert_eq!(tags, [(2, "Y".into()), (3, "z".into())]);
    let profiles: Vec<(String, Option<i64>)> =
        io!(db.all(select((Profile.about, Profile.user_id)).order_by(Profile.id)))?;
    assert_eq!(profiles, [("old".into(), None), ("new".into(), Some(1))]);
    Ok(())
}

/// A row that is known to be what the database has is taken without asking, and is nothing to write.
#[test]
fn rule_69_without_asking() -> Outcome {
    let (engine, log) = database()?;
    let mut db = engine.session();
    let ann = db.add(User.new().name("ann").nick("a"));
    io!(db.commit())?;
    let id = db[ann].id;
    log.take_sql();

    let mut db = engine.session();
    let cached = db.merge_clean(User.new().id(id).name("ann (cached)").nick("a"))?;
    assert_eq!((db.state(cached), db.is_modified(cached)), (State::Persistent, false));
    assert_eq!(io!(db.get(User, id))?, Some(cached), "it is in the identity map");
    io!(db.commit())?;
    assert_eq!(log.take_sql(), [""; 0], "nothing was asked and nothing is written");
    // One that is there takes the values, and gives up what was not written.
    db[cached].name = "never written".into();
    assert_eq!(db.merge_clean(User.new().id(id).name("ann (again)").nick(None))?, cached);
    assert_eq!((db[cached].name.as_str(), db.is_modified(cached)), ("ann (again)", false));
    // What it was given is what changes are compared with.
    db[cached].name = "ann".into();
    io!(db.commit())?;
    assert_eq!(log.take_sql(), ["BEGIN IMMEDIATE", "UPDATE users SET name = ? WHERE id = ?", "COMMIT"]);
    // A guess is not taken for the database's.
    let error = db.merge_clean(User.new().id(id).name("ann")).expect_err("nick was not set");
    assert_eq!((error.kind(), error.column()), (ErrorKind::InvalidState, Some("nick")));
    Ok(())
}

/// What is not set is not merged: a relation of a row that does not name it stays.
#[test]
fn rule_69_a_relation_that_is_not_set_stays() -> Outcome {
    let (engine, log) = database()?;
    let mut db = engine.session();
    db.add(User.new().name("ann").addresses([Address.new().email("a")]));
    io!(db.commit())?;
    let mut db = engine.session();
    log.clear();
    io!(db.merge(User.new().id(1).name("Ann")))?;
    io!(db.commit())?;
    assert_eq!(log.take_sql().len(), 4);
    assert_eq!(io!(db.all(select(Address.user_id)))?, [Some(1)]);
    Ok(())
}

#[test]
fn rule_71_expunge_cascades() -> Outcome {
    let (engine, log) = database()?;
    let mut db = engine.session();
    let ann = db.add(User.new().name("ann"));
    let post = db.push(ann, User.posts, Post.new().title("p"));
    let comment = db.push(post, Post.comments, Comment.new().text("c"));
    let address = db.push(ann, User.addresses, Address.new().email("a"));
    io!(db.commit())?;
    db[ann].name = "changed".into();
    db[comment].text = "changed".into();
    db[address].email = "changed".into();
    db.expunge(ann);
    assert_eq!(
        [db.state(ann), db.state(post), db.state(comment), db.state(address)].map(|s| s == State::Detached),
        [true, true, true, false]
    );
    log.clear();
    io!(db.commit())?;
    assert_eq!(log.take_sql(), ["BEGIN IMMEDIATE", "UPDATE addresses SET email = ? WHERE id = ?", "COMMIT"]);

    // It stays readable; its row is another object.
    assert_eq!(db[ann].name, "changed");
    let again = io!(db.get_one(User, 1))?;
    assert_ne!(again, ann);
    assert_eq!(db[again].name, "ann");
    Ok(())
}

#[test]
fn rule_71_expunged_new_objects_are_not_inserted() -> Outcome {
    let (engine, log) = relations()?;
    let mut db = engine.session();
    // Three objects that are the first of their models: none is taken for another.
    let album = db.add(Album.new().title("blue"));
    let sleeve = db.add(Sleeve.new().colour("grey").album(album));
    let artist = db.add(Artist.new().name("ann"));
    db.expunge(artist);
    io!(db.commit())?;
    assert_eq!(
        log.take_sql(),
        [
            "BEGIN IMMEDIATE",
            "SELECT (SELECT max(albums.id) FROM albums), (SELECT max(sleeves.id) FROM sleeves)",
            "INSERT INTO albums (id, title) VALUES (?, ?)",
            "INSERT INTO sleeves (id, colour, album_id) VALUES (?, ?, ?)",
            "COMMIT",
        ]
    );
    assert_eq!(db[sleeve].album_id, Some(db[album].id));

    let track = db.push(album, Album.tracks, Track.new().title("one"));
    let red = db.add(Album.new().title("red").tracks([Track.new().title("two")]));
    let two = db[red].tracks.to_vec()[0];
    db.expunge(track);
    db.expunge(red);
    assert_eq!([track, two].map(|t| db.state(t)), [State::Transient; 2]);
    io!(db.commit())?;
    assert!(log.take_sql().is_empty());

    // Together again.
    db.add_again(red);
    db.add_again(two);
    io!(db.commit())?;
    assert_eq!(db[two].album_id, Some(db[red].id));
    Ok(())
}

#[test]
fn rule_71_expunge_all() -> Outcome {
    let (engine, log) = database()?;
    let mut db = engine.session();
    let ann = db.add(User.new().name("ann"));
    io!(db.commit())?;
    let bob = db.add(User.new().name("bob"));
    db[ann].name = "changed".into();
    db.delete(ann);
    db.expunge_all();
    log.clear();
    io!(db.commit())?;
    assert!(log.take_sql().is_empty());
    assert_eq!((db.state(ann), db.state(bob)), (State::Detached, State::Transient));
    assert!(db.handles::<User>().is_empty());
    assert_eq!(io!(db.count(User))?, 1);
    Ok(())
}

/// A new object that is not written after all: what was to hang on it goes with it where the relation cascades, and
/// does without it elsewhere.
#[test]
fn rule_71_deleting_a_new_object() -> Outcome {
    let (engine, log) = database()?;
    let mut db = engine.session();
    let ann = db.add(User.new().name("ann"));
    let post = db.add(Post.new().title("p").author(ann));
    let comment = db.add(Comment.new().text("c").post(post));
    let address = db.add(Address.new().email("a").user(ann));
    db.delete(ann);
    assert_eq!([db.state(post), db.state(comment)], [State::Transient; 2]);
    assert_eq!(db[address].user.get(), None);
    io!(db.commit())?;
    assert_eq!(
        log.take_sql(),
        ["BEGIN IMMEDIATE", "INSERT INTO addresses (email, user_id) VALUES (?, ?)", "COMMIT"]
    );
    Ok(())
}

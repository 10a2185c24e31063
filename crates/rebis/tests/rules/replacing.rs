//! Replacing what a relation holds: rules 48 to 51.

use super::super::Session;
use super::*;
use crate::support::relations::*;
use crate::support::{Address, Post, PostTag, Profile, Tag, User};
use rebis::State;

const TRACKS: &str = "SELECT tracks.id, tracks.title, tracks.position, tracks.album_id FROM tracks";
const SLEEVES: &str = "SELECT sleeves.id, sleeves.colour, sleeves.album_id FROM sleeves";

#[test]
fn rule_48_replace_writes_the_difference() -> Outcome {
    let (engine, log) = database()?;
    let mut db = engine.session();
    let ann = db.add(User.new().name("ann"));
    let [gone, kept] = ["gone", "kept"].map(|email| db.push(ann, User.addresses, Address.new().email(email)));
    io!(db.commit())?;
    io!(db.load(ann, User.addresses))?;
    log.clear();

    let new = db.add(Address.new().email("new"));
    db.replace(ann, User.addresses, [new, kept]);
    assert_eq!(db[ann].addresses.to_vec(), [new, kept]);
    assert_eq!((db[gone].user.get(), db[new].user.get()), (None, Some(ann)));
    io!(db.commit())?;
    assert_eq!(
        log.take_sql(),
        [
            "UPDATE addresses SET user_id = ? WHERE id = ?",
            "INSERT INTO addresses (email, user_id) VALUES (?, ?)",
            "COMMIT",
        ]
    );

    io!(db.load(ann, User.addresses))?;
    log.clear();
    db.replace(ann, User.addresses, [kept, new]);
    io!(db.commit())?;
    assert_eq!(log.take_sql(), ["COMMIT"]);
    assert_eq!(db[ann].addresses.to_vec(), [kept, new]);
    Ok(())
}

#[test]
fn rule_48_replace_deletes_orphans() -> Outcome {
    let (engine, log) = relations()?;
    let mut db = engine.session();
    let album = db.add(Album.new().title("blue").tracks(["one", "two"].map(|t| Track.new().title(t))));
    io!(db.commit())?;
    io!(db.load(album, Album.tracks))?;
    let two = db[album].tracks.iter().find(|track| db[*track].title == "two").expect("two");
    log.clear();
    db.replace(album, Album.tracks, [two]);
    io!(db.commit())?;
    assert_eq!(log.take_sql(), ["DELETE FROM tracks WHERE id = ?", "COMMIT"]);
    assert_eq!(db[album].tracks.to_vec(), [two]);
    Ok(())
}

/// The flush loads the collection to know what goes. What stays is not touched, whether its own side is loaded or not.
#[test]
fn rule_48_replace_of_a_collection_that_is_not_loaded() -> Outcome {
    let (engine, log) = relations()?;
    let mut db = engine.session();
    db.add(Album.new().title("blue").tracks(["one", "two", "three", "four"].map(|t| Track.new().title(t))));
    io!(db.commit())?;

    let mut db = engine.session();
    let album = io!(db.get_one(Album, 1))?;
    let two = io!(db.get_one(Track, 2))?;
    let three = io!(db.get_one(Track, 3))?;
    io!(db.load(three, Track.album))?;
    log.clear();
    let new = db.add(Track.new().title("new"));
    db.replace(album, Album.tracks, [two, new, three]);
    io!(db.commit())?;
    assert_eq!(
        log.take_sql(),
        [
            &format!("{TRACKS} WHERE tracks.album_id = ? ORDER BY tracks.position, tracks.id DESC"),
            "INSERT INTO tracks (title, position, album_id) VALUES (?, ?, ?)",
            "DELETE FROM tracks WHERE id = ?",
            "COMMIT",
        ]
    );
    let left: Vec<String> = io!(db.all(select(Track.title).order_by(Track.id)))?;
    assert_eq!(left, ["two", "three", "new"]);
    assert_eq!(db[album].tracks.len(), 3);
    Ok(())
}

/// What is done to a relation between its replacement and the flush counts.
#[test]
fn rule_48_changes_after_a_replacement_count() -> Outcome {
    let (engine, _log) = relations()?;
    let mut db = engine.session();
    db.add(Album.new().title("blue").tracks(["one", "two", "three"].map(|t| Track.new().title(t))));
    io!(db.commit())?;

    let mut db = engine.session();
    let album = io!(db.get_one(Album, 1))?;
    let one = io!(db.get_one(Track, 1))?;
    let two = io!(db.get_one(Track, 2))?;
    for track in [one, two] {
        io!(db.load(track, Track.album))?;
    }
    db.replace(album, Album.tracks, [one]);
    db.push(album, Album.tracks, two);
    db.remove(album, Album.tracks, one);
    io!(db.commit())?;
    let left: Vec<String> = io!(db.all(select(Track.title)))?;
    assert_eq!(left, ["two"]);
    Ok(())
}

/// Other sessions may have changed the collection since it was loaded; a replacement is of what is there now.
#[test]
fn rule_48_replace_of_a_collection_that_is_stale() -> Outcome {
    let (engine, _log) = relations()?;
    let mut db = engine.session();
    let album = db.add(Album.new().title("blue").tracks(["one", "two"].map(|t| Track.new().title(t))));
    io!(db.commit())?;
    let mut other = engine.session();
    other.add(Track.new().title("three").album_id(db[album].id));
    io!(other.commit())?;

    let two = db[album].tracks.to_vec()[1];
    db.replace(album, Album.tracks, [two]);
    io!(db.commit())?;
    let left: Vec<String> = io!(db.all(select(Track.title)))?;
    assert_eq!(left, ["two"]);
    Ok(())
}

#[test]
fn rule_48_replace_of_many_to_many() -> Outcome {
    let (engine, log) = database()?;
    let mut db = engine.session();
    let post = db.add(Post.new().title("hello").author(User.new().name("ann")));
    let [red, green, blue] = ["red", "green", "blue"].map(|name| db.add(Tag.new().name(name)));
    db.push(post, Post.tags, red);
    db.push(post, Post.tags, green);
    io!(db.commit())?;
    io!(db.load(post, Post.tags))?;
    log.clear();

    db.replace(post, Post.tags, [green, blue]);
    io!(db.commit())?;
    assert_eq!(
        log.take_sql(),
        [
            "DELETE FROM post_tags WHERE post_id = ? AND tag_id = ?",
            "INSERT INTO post_tags (post_id, tag_id) VALUES (?, ?)",
            "COMMIT",
        ]
    );

    // The same from a session that has not loaded it.
    let mut db = engine.session();
    let post = io!(db.get_one(Post, 1))?;
    let [red, green] = [1, 2].map(|id| io!(db.get_one(Tag, id)).expect("a tag"));
    log.clear();
    db.replace(post, Post.tags, [red, green]);
    io!(db.commit())?;
    assert_eq!(
        log.take_sql(),
        [
            "SELECT tags.id, tags.name, post_tags.post_id FROM tags JOIN post_tags ON post_tags.tag_id = tags.id \
             WHERE post_tags.post_id = ?",
            "DELETE FROM post_tags WHERE post_id = ? AND tag_id = ?",
            "INSERT INTO post_tags (post_id, tag_id) VALUES (?, ?)",
            "COMMIT",
        ]
    );
    let rows: Vec<(i64, i64)> =
        io!(db.all(select((PostTag.post_id, PostTag.tag_id)).order_by(PostTag.tag_id)))?;
    assert_eq!(rows, [(1, 1), (1, 2)]);
    Ok(())
}

#[test]
fn rule_50_view_only_relations_write_nothing() -> Outcome {
    let (engine, log) = relations()?;
    let mut db = engine.session();
    let album = db.add(Album.new().title("blue").tracks(["b", "a", "c"].map(|t| Track.new().title(t))));
    io!(db.commit())?;

    let mut db2 = engine.session();
    let (album2, stray) =
        (io!(db2.one(select(Album).with(Album.by_title)))?, db2.add(Track.new().title("d")));
    let titles = |db: &Session, album: Handle<Album>| {
        db[album].by_title.iter().map(|t| db[t].title.clone()).collect::<Vec<_>>()
    };
    assert_eq!(titles(&db2, album2), ["c", "b", "a"]);
    let first = db2[album2].by_title.to_vec()[0];
    log.clear();
    db2.remove(album2, Album.by_title, first);
    db2.push(album2, Album.by_title, stray);
    assert_eq!(titles(&db2, album2), ["b", "a", "d"]);
    io!(db2.commit())?;
    assert_eq!(log.take_sql(), ["INSERT INTO tracks (title, position, album_id) VALUES (?, ?, ?)", "COMMIT"]);
    assert_eq!((db2[stray].album_id, db2[first].album_id), (None, Some(1)));
    io!(db.refresh(album))?;
    io!(db.load(album, Album.tracks))?;
    assert_eq!(db[album].tracks.len(), 3);
    Ok(())
}

#[test]
fn rule_51_replacing_a_has_one_sets_the_one_before_free() -> Outcome {
    let (engine, log) = database()?;
    let mut db = engine.session();
    let ann = db.add(User.new().name("ann").profile(Profile.new().about("old")));
    io!(db.commit())?;
    let old = db[ann].profile.get().expect("a profile");
    log.clear();

    let new = db.add(Profile.new().about("new"));
    db.set(ann, User.profile, new);
    assert_eq!((db[old].user.get(), db[new].user.get()), (None, Some(ann)));
    io!(db.commit())?;
    assert_eq!(
        log.take_sql(),
        [
            "BEGIN IMMEDIATE",
            "UPDATE profiles SET user_id = ? WHERE id = ?",
            "INSERT INTO profiles (about, user_id) VALUES (?, ?)",
            "COMMIT",
        ]
    );

    // From the other side.
    db.set(old, Profile.user, ann);
    assert_eq!((db[ann].profile.get(), db[new].user.get()), (Some(old), None));
    io!(db.commit())?;
    let rows: Vec<(String, Option<i64>)> =
        io!(db.all(select((Profile.about, Profile.user_id)).order_by(Profile.id)))?;
    assert_eq!(rows, [("old".into(), Some(1)), ("new".into(), None)]);
    Ok(())
}

#[test]
fn rule_51_replacing_an_owned_has_one_deletes_the_one_before() -> Outcome {
    let (engine, log) = relations()?;
    let mut db = engine.session();
    let album = db.add(Album.new().title("blue").sleeve(Sleeve.new().colour("grey")));
    io!(db.commit())?;
    let grey = db[album].sleeve.get().expect("a sleeve");
    log.clear();

    db.set(album, Album.sleeve, Sleeve.new().colour("gold"));
    io!(db.commit())?;
    assert_eq!(
        log.take_sql(),
        [
            "BEGIN IMMEDIATE",
            "INSERT INTO sleeves (colour, album_id) VALUES (?, ?)",
            "DELETE FROM sleeves WHERE id = ?",
            "COMMIT",
        ]
    );
    assert_eq!(db.state(grey), State::Detached);

    // And with nobody in its place.
    db.set(album, Album.sleeve, None);
    io!(db.commit())?;
    assert_eq!(log.take_sql(), ["BEGIN IMMEDIATE", "DELETE FROM sleeves WHERE id = ?", "COMMIT"]);
    Ok(())
}

/// Nobody has loaded who is there: the flush does.
#[test]
fn rule_51_replacing_a_has_one_that_is_not_loaded() -> Outcome {
    let (engine, log) = relations()?;
    let mut db = engine.session();
    for colour in ["grey", "white"] {
        db.add(Album.new().title("blue").sleeve(Sleeve.new().colour(colour)));
    }
    io!(db.commit())?;

    let mut db = engine.session();
    let [one, two] = io!(db.all(select(Album).order_by(Album.id)))?[..] else { panic!("two albums") };
    log.clear();
    let gold = db.add(Sleeve.new().colour("gold"));
    db.set(one, Album.sleeve, gold);
    db.set(two, Album.sleeve, None);
    io!(db.commit())?;
    assert_eq!(
        log.take_sql(),
        [
            &format!("{SLEEVES} WHERE sleeves.album_id IN (?, ?)"),
            "INSERT INTO sleeves (colour, album_id) VALUES (?, ?)",
            "DELETE FROM sleeves WHERE id = ?",
            "COMMIT",
        ]
    );
    let left: Vec<(String, Option<i64>)> = io!(db.all(select((Sleeve.colour, Sleeve.album_id))))?;
    assert_eq!(left, [("gold".into(), Some(1))]);
    assert_eq!((db[one].sleeve.get(), db[two].sleeve.get()), (Some(gold), None));
    Ok(())
}

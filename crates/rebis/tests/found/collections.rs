//! What a loaded relation shows, and for how long.

use super::models::{Post, Profile, User};
use super::{Outcome, elsewhere, ints, seeded, texts};
use rebis::ErrorKind;
use rebis::prelude::*;

#[test]
fn a_relation_to_one_is_read_anew_in_a_later_transaction() -> Outcome {
    let engine = seeded()?;
    for way in 0..3 {
        let mut db = engine.session();
        let bob = db.get_one(User, 2)?;
        db.load(bob, User.profile)?;
        assert_eq!(db[bob].profile.get(), None);
        db.commit()?;
        elsewhere(&engine, "INSERT INTO profiles (text, user_id) VALUES ('of bob', 2)")?;
        match way {
            0 => db.load(bob, User.profile)?,
            1 => drop(db.all(select(User).with(User.profile))?),
            _ => {
                db.refresh(bob)?;
                db.load(bob, User.profile)?;
            }
        }
        let profile = db[bob].profile.get().expect("a row that another has written");
        assert_eq!(db[profile].text, "of bob");
        db.delete(profile);
        db.commit()?;
    }
    Ok(())
}

#[test]
fn a_relation_to_one_that_was_not_loaded_gives_up_what_was_in_it() -> Outcome {
    let engine = seeded()?;
    let mut db = engine.session();
    let alice = db.get_one(User, 1)?;
    db.set(alice, User.profile, Profile.new().text("new"));
    db.commit()?;
    assert_eq!(texts(&engine, "SELECT text FROM profiles WHERE user_id = 1")?, ["new"]);
    Ok(())
}

#[test]
fn a_relation_is_read_anew_after_a_restriction_is_lifted() -> Outcome {
    let engine = seeded()?;
    let mut db = engine.session();
    db.restrict("live", Post, Post.title.ne("hello"));
    let alice = db.get_one(User, 1)?;
    db.load(alice, User.posts)?;
    assert_eq!(db[alice].posts.len(), 1);
    db.unrestrict("live");
    db.load(alice, User.posts)?;
    assert_eq!(db[alice].posts.len(), 2);
    Ok(())
}

#[test]
fn a_merge_does_not_overwrite_a_row_that_a_restriction_hides() -> Outcome {
    let engine = seeded()?;
    let mut db = engine.session();
    db.restrict("tenant", Post, Post.author_id.eq(2));
    let merged = db.merge(Post.new().id(1).title("stolen").author_id(2)).and_then(|_| db.commit());
    assert_eq!(merged.unwrap_err().kind(), ErrorKind::InvalidState);
    db.rollback()?;
    assert_eq!(texts(&engine, "SELECT title || author_id FROM posts WHERE id = 1")?, ["hello1"]);
    Ok(())
}

#[test]
fn a_part_of_a_collection_follows_removals() -> Outcome {
    let engine = seeded()?;
    let mut db = engine.session();
    let part = select(User).filter(User.id.eq(1)).with(User.posts.filter(Post.id.lt(9)));
    let alice = db.all(part)?[0];
    let posts: Vec<_> = db[alice].posts.iter().collect();
    let bob = db.get_one(User, 2)?;
    db.set(posts[0], Post.author, bob);
    assert_eq!(db[alice].posts.iter().collect::<Vec<_>>(), posts[1..]);
    db.delete(posts[1]);
    db.commit()?;
    assert!(!db[alice].posts.contains(posts[1]));
    Ok(())
}

#[test]
fn a_joined_load_does_not_overwrite_a_pending_parent() -> Outcome {
    let engine = seeded()?;
    let mut db = engine.session();
    let hello = db.get_one(Post, 1)?;
    let bob = db.get_one(User, 2)?;
    db.set(hello, Post.author, bob);
    db.no_autoflush().all(select(Post).with(Post.author.joined()))?;
    assert_eq!(db[hello].author.get(), bob);
    db.commit()?;
    assert_eq!(db[hello].author.get(), bob);
    assert_eq!(ints(&engine, "SELECT author_id FROM posts WHERE id = 1")?, [2]);
    Ok(())
}

#[test]
fn relations_to_one_may_be_swapped() -> Outcome {
    let engine = seeded()?;
    let mut db = engine.session();
    db.add(Profile.new().text("of bob").user_id(Some(2)));
    db.commit()?;
    let users = db.all(select(User).order_by(User.id.asc()).with(User.profile))?;
    let (first, second) = (db[users[0]].profile.get(), db[users[1]].profile.get());
    db.set(users[0], User.profile, second);
    db.set(users[1], User.profile, first);
    db.commit()?;
    assert_eq!(ints(&engine, "SELECT user_id FROM profiles ORDER BY id")?, [2, 1]);
    Ok(())
}

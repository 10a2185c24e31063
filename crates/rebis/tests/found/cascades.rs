//! What a delete reaches.

use super::models::{Comment, Post, User};
use super::{Outcome, elsewhere, ints, seeded, texts};
use rebis::prelude::*;

#[test]
fn a_child_that_left_by_its_key_column_outlives_its_old_parent() -> Outcome {
    let engine = seeded()?;
    let mut db = engine.session();
    let alice = db.get_one(User, 1)?;
    db.load(alice, User.posts)?;
    let hello = db.get_one(Post, 1)?;
    db[hello].author_id = 2;
    db.delete(alice);
    db.commit()?;
    assert_eq!(texts(&engine, "SELECT title || author_id FROM posts")?, ["hello2"]);
    Ok(())
}

#[test]
fn a_delete_reaches_rows_that_a_restriction_hid() -> Outcome {
    let engine = seeded()?;
    let mut db = engine.session();
    db.restrict("live", Post, Post.title.ne("hello"));
    let alice = db.get_one(User, 1)?;
    db.load(alice, User.posts)?;
    db.delete(alice);
    db.commit()?;
    assert_eq!(ints(&engine, "SELECT count(*) FROM posts")?, [0]);
    Ok(())
}

#[test]
fn a_delete_reaches_rows_that_came_after_the_collection_was_read() -> Outcome {
    let engine = seeded()?;
    let mut db = engine.session();
    let alice = db.get_one(User, 1)?;
    db.load(alice, User.posts)?;
    db.commit()?;
    elsewhere(&engine, "INSERT INTO posts (title, author_id) VALUES ('third', 1)")?;
    db.delete(alice);
    db.commit()?;
    assert_eq!(ints(&engine, "SELECT count(*) FROM posts")?, [0]);
    Ok(())
}

#[test]
fn a_delete_reaches_what_a_limited_first_left_out() -> Outcome {
    let engine = seeded()?;
    let mut db = engine.session();
    let query = select(User).order_by(User.id.asc()).limit(5).with(User.posts.joined());
    let alice = db.first(query)?.unwrap();
    assert_eq!(db[alice].posts.len(), 2);
    db.delete(alice);
    db.commit()?;
    assert_eq!(ints(&engine, "SELECT count(*) FROM posts")?, [0]);
    Ok(())
}

#[test]
fn a_query_sees_what_an_orphan_takes_with_it() -> Outcome {
    let engine = seeded()?;
    elsewhere(&engine, "INSERT INTO comments (post_id) VALUES (1)")?;
    let mut db = engine.session();
    let alice = db.get_one(User, 1)?;
    db.load(alice, User.posts)?;
    let hello = db.get_one(Post, 1)?;
    db.remove(alice, User.posts, hello);
    assert_eq!(db.count(Comment)?, 0);
    Ok(())
}

#[test]
fn an_orphan_of_a_rolled_back_flush_can_find_another_parent() -> Outcome {
    let engine = seeded()?;
    let mut db = engine.session();
    let alice = db.get_one(User, 1)?;
    let bob = db.get_one(User, 2)?;
    let hello = db.get_one(Post, 1)?;
    db.load(alice, User.posts)?;
    db.remove(alice, User.posts, hello);
    db.flush()?;
    db.rollback()?;
    assert_eq!(db[alice].posts.len(), 2);
    db.remove(alice, User.posts, hello);
    db.push(bob, User.posts, hello);
    db.commit()?;
    assert_eq!(ints(&engine, "SELECT author_id FROM posts WHERE id = 1")?, [2]);
    Ok(())
}

#[test]
fn a_child_that_moved_in_an_undone_savepoint_goes_with_its_parent() -> Outcome {
    let engine = seeded()?;
    let mut db = engine.session();
    let alice = db.get_one(User, 1)?;
    let bob = db.get_one(User, 2)?;
    let hello = db.get_one(Post, 1)?;
    {
        let mut sp = db.savepoint()?;
        sp.set(hello, Post.author, bob);
        sp.flush()?;
        sp.load(alice, User.posts)?;
    }
    db.load(alice, User.posts)?;
    assert_eq!(db[alice].posts.len(), 2);
    db.delete(alice);
    db.commit()?;
    assert_eq!(ints(&engine, "SELECT count(*) FROM posts")?, [0]);
    Ok(())
}

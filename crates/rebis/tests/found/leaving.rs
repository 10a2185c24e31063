//! Objects that leave the session (`expunge`, `take`, a delete) and come back.

use super::models::{Post, Tag, User};
use super::{Outcome, elsewhere, ints, seeded, texts};
use rebis::State;
use rebis::prelude::*;

#[test]
fn one_row_has_one_attached_object_after_expunge_get_and_rollback() -> Outcome {
    let engine = seeded()?;
    let mut db = engine.session();
    let left = db.get_one(User, 1)?;
    db.expunge(left);
    let found = db.get_one(User, 1)?;
    db.rollback()?;
    assert_ne!(left, found);
    assert_eq!(db.state(left), State::Detached);
    assert_eq!(db.state(found), State::Persistent);
    db[found].name = "changed".into();
    db.commit()?;
    assert_eq!(texts(&engine, "SELECT name FROM users WHERE id = 1")?, ["changed"]);
    Ok(())
}

#[test]
fn changes_made_before_an_object_left_are_written_when_it_is_back() -> Outcome {
    let engine = seeded()?;
    let mut db = engine.session();
    let tag = db.get_one(Tag, 1)?;
    db[tag].name = "changed".into();
    db.expunge(tag);
    db.add(Tag.new().name("other"));
    db.flush()?;
    db.add_again(tag);
    db.commit()?;
    assert_eq!(texts(&engine, "SELECT name FROM tags WHERE id = 1")?, ["changed"]);
    Ok(())
}

#[test]
fn a_query_gives_an_attached_object_after_a_return_was_rolled_back() -> Outcome {
    let engine = seeded()?;
    let mut db = engine.session();
    let alice = db.get_one(User, 1)?;
    db.expunge(alice);
    db.commit()?;
    db.add_again(alice);
    db.rollback()?;
    let found = db.get_one(User, 1)?;
    assert_eq!(db.state(found), State::Persistent);
    for user in db.all(User)? {
        assert_eq!(db.state(user), State::Persistent);
    }
    db[found].name = "changed".into();
    db.commit()?;
    assert_eq!(texts(&engine, "SELECT name FROM users WHERE id = 1")?, ["changed"]);
    Ok(())
}

#[test]
fn a_deleted_object_that_is_added_again_is_a_new_row() -> Outcome {
    let engine = seeded()?;
    let mut db = engine.session();
    let tag = db.get_one(Tag, 3)?;
    db.delete(tag);
    db.commit()?;
    assert_eq!(ints(&engine, "SELECT count(*) FROM tags")?, [2]);
    db.add_again(tag);
    db.commit()?;
    assert_eq!(db.state(tag), State::Persistent);
    assert_eq!(texts(&engine, "SELECT name FROM tags ORDER BY name")?, ["t1", "t2", "t3"]);
    Ok(())
}

#[test]
fn a_delete_is_taken_back_by_adding_again_before_the_flush() -> Outcome {
    let engine = seeded()?;
    let mut db = engine.session();
    let tags = db.all(select(Tag).filter(Tag.id.eq(3)))?;
    db.delete(tags[0]);
    db.add_again(tags[0]);
    db.commit()?;
    assert_eq!(db.state(tags[0]), State::Persistent);
    assert_eq!(ints(&engine, "SELECT count(*) FROM tags")?, [3]);
    Ok(())
}

#[test]
fn a_deleted_object_that_is_put_into_a_collection_is_a_new_row() -> Outcome {
    let engine = seeded()?;
    let mut db = engine.session();
    let hello = db.get_one(Post, 1)?;
    let alice = db.get_one(User, 1)?;
    db.load(alice, User.posts)?;
    db.delete(hello);
    db.commit()?;
    db.push(alice, User.posts, hello);
    db.commit()?;
    assert_eq!(db.state(hello), State::Persistent);
    assert_eq!(db[alice].posts.len(), 2);
    assert_eq!(texts(&engine, "SELECT title FROM posts ORDER BY title")?, ["hello", "second"]);
    Ok(())
}

#[test]
fn an_object_that_leaves_takes_no_link_of_another_models_object_with_it() -> Outcome {
    let engine = seeded()?;
    let mut db = engine.session();
    // Each store counts its objects by itself: bob and t2 are both the second of theirs.
    db.get_one(User, 1)?;
    let bob = db.get_one(User, 2)?;
    db.get_one(Tag, 1)?;
    let tag = db.get_one(Tag, 2)?;
    let hello = db.get_one(Post, 1)?;
    db.set(hello, Post.author, bob);
    db.expunge(tag);
    db.commit()?;
    assert_eq!(ints(&engine, "SELECT author_id FROM posts WHERE id = 1")?, [2]);
    Ok(())
}

#[test]
fn a_new_object_that_is_deleted_takes_its_links_with_it_and_no_others() -> Outcome {
    let engine = seeded()?;
    let mut db = engine.session();
    let bob = db.get_one(User, 2)?;
    let gone = db.add_all((0..5).map(|n| Post.new().title(format!("gone {n}")).author(bob)));
    let kept = db.add(Post.new().title("kept").author(bob));
    let tag = db.get_one(Tag, 3)?;
    for post in &gone {
        db.push(*post, Post.tags, tag);
        db.delete(*post);
    }
    db.push(kept, Post.tags, tag);
    db.commit()?;
    assert_eq!(texts(&engine, "SELECT title FROM posts WHERE author_id = 2")?, ["kept"]);
    let tagged = "SELECT title FROM posts JOIN post_tags ON post_id = posts.id WHERE tag_id = 3";
    assert_eq!(texts(&engine, tagged)?, ["kept"]);
    Ok(())
}

#[test]
fn a_new_parent_that_is_deleted_takes_its_new_children_with_it() -> Outcome {
    let engine = seeded()?;
    let mut db = engine.session();
    let carol = db.add(User.new().name("carol"));
    db.add(Post.new().title("of carol").author(carol));
    db.delete(carol);
    db.commit()?;
    assert_eq!(ints(&engine, "SELECT (SELECT count(*) FROM users) + (SELECT count(*) FROM posts)")?, [4]);
    Ok(())
}

#[test]
fn pending_links_of_expunged_objects_are_not_written() -> Outcome {
    let engine = seeded()?;
    let mut db = engine.session();
    let bob = db.get_one(User, 2)?;
    for post in db.all(Post)? {
        db.set(post, Post.author, bob);
    }
    db.expunge_all();
    db.commit()?;
    assert_eq!(ints(&engine, "SELECT DISTINCT author_id FROM posts")?, [1]);
    Ok(())
}

#[test]
fn a_merge_of_a_row_that_others_deleted_inserts_it() -> Outcome {
    let engine = seeded()?;
    let mut db = engine.session();
    db.get_one(Tag, 3)?;
    db.commit()?;
    elsewhere(&engine, "DELETE FROM tags WHERE id = 3")?;
    let merged = db.merge(Tag.new().id(3).name("merged"))?;
    db.commit()?;
    assert_eq!(db.state(merged), State::Persistent);
    assert_eq!(texts(&engine, "SELECT name FROM tags WHERE id = 3")?, ["merged"]);
    Ok(())
}

#[test]
fn a_refresh_gives_up_a_pending_link() -> Outcome {
    let engine = seeded()?;
    let mut db = engine.session();
    let hello = db.get_one(Post, 1)?;
    let bob = db.get_one(User, 2)?;
    db.set(hello, Post.author, bob);
    db.refresh(hello)?;
    db.commit()?;
    assert_eq!(db[hello].author_id, 1);
    assert_eq!(ints(&engine, "SELECT author_id FROM posts WHERE id = 1")?, [1]);
    Ok(())
}

//! Many-to-many relations and the rows between.

use super::models::{Post, PostTag, Tag, User};
use super::{Outcome, empty, ints, seeded, texts};
use rebis::{ErrorKind, State};

const TAGS_OF_HELLO: &str = "SELECT tag_id FROM post_tags WHERE post_id = 1 ORDER BY tag_id";

#[test]
fn an_end_that_was_taken_out_does_not_let_another_objects_row_be_deleted() -> Outcome {
    let engine = seeded()?;
    let mut db = engine.session();
    let hello = db.get_one(Post, 1)?;
    let first = db.get_one(Tag, 1)?;
    db.remove(hello, Post.tags, first);
    db.take(first);
    let second = db.no_autoflush().get_one(Tag, 2)?;
    assert_eq!(format!("{second:?}"), format!("{first:?}"), "another slot than that of the object taken out");
    assert_eq!(db.commit().unwrap_err().kind(), ErrorKind::InvalidState);
    db.rollback()?;
    assert_eq!(db.state(second), State::Persistent);
    assert_eq!(ints(&engine, TAGS_OF_HELLO)?, [1, 2]);
    Ok(())
}

#[test]
fn an_association_object_may_leave_its_parent_while_that_is_deleted() -> Outcome {
    let engine = seeded()?;
    let mut db = engine.session();
    let between = db.get_one(PostTag, (1, 1))?;
    let hello = db.get_one(Post, 1)?;
    let second = db.get_one(Post, 2)?;
    db.set(between, PostTag.post, second);
    db.delete(hello);
    db.commit()?;
    assert_eq!(texts(&engine, "SELECT post_id || ' ' || tag_id FROM post_tags")?, ["2 1"]);
    assert_eq!(texts(&engine, "SELECT title FROM posts")?, ["second"]);
    Ok(())
}

#[test]
fn a_deleted_end_leaves_the_loaded_collection_of_the_other() -> Outcome {
    let engine = seeded()?;
    let mut db = engine.session();
    let tag = db.get_one(Tag, 1)?;
    db.load(tag, Tag.posts)?;
    let hello = db.get_one(Post, 1)?;
    db.delete(hello);
    db.commit()?;
    assert!(!db[tag].posts.contains(hello));
    Ok(())
}

#[test]
fn many_pairs_can_be_removed_at_once_and_put_back() -> Outcome {
    let engine = empty()?;
    let mut db = engine.session();
    let alice = db.add(User.new().name("alice"));
    let post = db.add(Post.new().title("p").author(alice));
    let tags = db.add_all((0..100).map(|n| Tag.new().name(format!("{n}"))));
    for tag in &tags {
        db.push(post, Post.tags, *tag);
    }
    db.commit()?;
    for tag in &tags {
        db.remove(post, Post.tags, *tag);
    }
    db.push(post, Post.tags, tags[7]);
    db.commit()?;
    assert_eq!(db[post].tags.iter().collect::<Vec<_>>(), [tags[7]]);
    assert_eq!(texts(&engine, "SELECT name FROM post_tags JOIN tags ON id = tag_id")?, ["7"]);
    Ok(())
}

#[test]
fn a_removal_that_a_savepoint_took_back_can_be_done_again() -> Outcome {
    let engine = seeded()?;
    let mut db = engine.session();
    let hello = db.get_one(Post, 1)?;
    db.load(hello, Post.tags)?;
    let first = db.get_one(Tag, 1)?;
    {
        let mut sp = db.savepoint()?;
        sp.remove(hello, Post.tags, first);
        sp.flush()?;
    }
    assert!(db[hello].tags.contains(first));
    db.remove(hello, Post.tags, first);
    db.commit()?;
    assert_eq!(ints(&engine, TAGS_OF_HELLO)?, [2]);
    Ok(())
}

#[test]
fn replacing_a_collection_that_is_not_loaded_keeps_what_is_in_both() -> Outcome {
    let engine = seeded()?;
    let mut db = engine.session();
    let hello = db.get_one(Post, 1)?;
    let tags = [db.get_one(Tag, 3)?, db.get_one(Tag, 1)?];
    db.replace(hello, Post.tags, tags);
    db.commit()?;
    assert_eq!(ints(&engine, TAGS_OF_HELLO)?, [1, 3]);
    Ok(())
}

#[test]
fn a_tree_of_objects_that_are_all_tied_to_each_other_stays_small() -> Outcome {
    let engine = empty()?;
    let mut db = engine.session();
    let alice = db.add(User.new().name("alice"));
    let posts = db.add_all((0..6).map(|n| Post.new().title(format!("{n}")).author(alice)));
    let tags = db.add_all((0..6).map(|n| Tag.new().name(format!("{n}"))));
    for post in &posts {
        for tag in &tags {
            db.push(*post, Post.tags, *tag);
        }
    }
    let text = db.tree(posts[0]).to_string();
    assert!(text.len() < 10_000, "{} bytes", text.len());
    assert!(text.contains("tags"));
    Ok(())
}

//! Pairs of a many-to-many relation that the session does not know, gets as objects, or has to bring back.

use super::models::{Post, PostTag, Tag, User};
use super::{Outcome, elsewhere, empty, ints, seeded, texts};
use rebis::State;

const TAGS_OF_HELLO: &str = "SELECT tag_id FROM post_tags WHERE post_id = 1 ORDER BY tag_id";
const PAIRS: &str = "SELECT title || ' ' || name FROM post_tags \
                     JOIN posts ON posts.id = post_id JOIN tags ON tags.id = tag_id ORDER BY 1";

#[test]
fn a_pair_that_the_database_has_can_be_pushed_without_loading() -> Outcome {
    let engine = seeded()?;
    let mut db = engine.session();
    let hello = db.get_one(Post, 1)?;
    let tags = db.all(Tag)?;
    let log = engine.record();
    for tag in &tags {
        db.push(hello, Post.tags, *tag);
    }
    db.commit()?;
    let sql = log.take_sql();
    let asked: Vec<_> = sql.iter().filter(|sql| sql.starts_with("SELECT")).collect();
    assert_eq!(asked.len(), 1, "{sql:?}");
    assert_eq!(sql.iter().filter(|sql| sql.starts_with("INSERT")).count(), 1, "{sql:?}");
    assert_eq!(ints(&engine, TAGS_OF_HELLO)?, [1, 2, 3]);
    // From the other side, with everything there already.
    let mut db = engine.session();
    let first = db.get_one(Tag, 1)?;
    let hello = db.get_one(Post, 1)?;
    db.push(first, Tag.posts, hello);
    db.commit()?;
    assert_eq!(ints(&engine, TAGS_OF_HELLO)?, [1, 2, 3]);
    db.load(hello, Post.tags)?;
    assert_eq!(db[hello].tags.len(), 3);
    Ok(())
}

#[test]
fn nothing_is_asked_about_a_pair_with_a_new_end() -> Outcome {
    let engine = seeded()?;
    let mut db = engine.session();
    let (alice, first) = (db.get_one(User, 1)?, db.get_one(Tag, 1)?);
    let post = db.add(Post.new().title("third").author(alice));
    let log = engine.record();
    db.push(post, Post.tags, first);
    db.push(first, Tag.posts, Post.new().title("fourth").author(alice));
    db.commit()?;
    let sql = log.take_sql();
    assert!(!sql.iter().any(|sql| sql.starts_with("SELECT") && !sql.contains("max(")), "{sql:?}");
    assert_eq!(texts(&engine, PAIRS)?, ["fourth t1", "hello t1", "hello t2", "third t1"]);
    Ok(())
}

#[test]
fn a_pair_that_was_pushed_and_removed_without_loading_is_gone() -> Outcome {
    let engine = seeded()?;
    let mut db = engine.session();
    let hello = db.get_one(Post, 1)?;
    let (first, third) = (db.get_one(Tag, 1)?, db.get_one(Tag, 3)?);
    for tag in [first, third] {
        db.push(hello, Post.tags, tag);
        db.remove(hello, Post.tags, tag);
    }
    db.commit()?;
    assert_eq!(ints(&engine, TAGS_OF_HELLO)?, [2]);
    Ok(())
}

#[test]
fn a_pair_that_is_known_as_an_object_is_not_asked_about() -> Outcome {
    let engine = seeded()?;
    let mut db = engine.session();
    let hello = db.get_one(Post, 1)?;
    let first = db.get_one(Tag, 1)?;
    db.get_one(PostTag, (1, 1))?;
    let log = engine.record();
    db.push(hello, Post.tags, first);
    db.flush()?;
    assert_eq!(log.take_sql(), [""; 0]);
    Ok(())
}

#[test]
fn an_association_object_that_is_added_shows_in_the_lists_and_can_be_removed() -> Outcome {
    let engine = seeded()?;
    let mut db = engine.session();
    let hello = db.get_one(Post, 1)?;
    db.load(hello, Post.tags)?;
    let third = db.get_one(Tag, 3)?;
    db.load(third, Tag.posts)?;
    let pair = db.add(PostTag.new().post(hello).tag(third));
    assert!(db[hello].tags.contains(third) && db[third].posts.contains(hello));
    // Taken back before it is written.
    db.remove(hello, Post.tags, third);
    assert_eq!(db.state(pair), State::Transient);
    assert!(!db[hello].tags.contains(third) && !db[third].posts.contains(hello));
    db.flush()?;
    assert_eq!(ints(&engine, TAGS_OF_HELLO)?, [1, 2]);
    // And after it.
    db.add_again(pair);
    assert!(db[hello].tags.contains(third) && db[third].posts.contains(hello));
    db.flush()?;
    db.remove(hello, Post.tags, third);
    db.commit()?;
    assert_eq!(db.state(pair), State::Detached);
    assert_eq!(ints(&engine, TAGS_OF_HELLO)?, [1, 2]);
    Ok(())
}

#[test]
fn an_association_object_that_is_deleted_leaves_the_lists() -> Outcome {
    let engine = seeded()?;
    let mut db = engine.session();
    let hello = db.get_one(Post, 1)?;
    db.load(hello, Post.tags)?;
    let first = db.get_one(Tag, 1)?;
    let pair = db.get_one(PostTag, (1, 1))?;
    db.delete(pair);
    db.flush()?;
    assert!(!db[hello].tags.contains(first));
    db.remove(hello, Post.tags, first);
    db.flush()?;
    db.push(hello, Post.tags, first);
    db.commit()?;
    assert_eq!(ints(&engine, TAGS_OF_HELLO)?, [1, 2]);
    Ok(())
}

#[test]
fn a_deleted_association_object_that_is_pushed_again_stays() -> Outcome {
    let engine = seeded()?;
    let mut db = engine.session();
    let hello = db.get_one(Post, 1)?;
    db.load(hello, Post.tags)?;
    let first = db.get_one(Tag, 1)?;
    let pair = db.get_one(PostTag, (1, 1))?;
    db.delete(pair);
    db.push(hello, Post.tags, first);
    db.commit()?;
    assert_eq!(ints(&engine, TAGS_OF_HELLO)?, [1, 2]);
    assert_eq!(db.state(pair), State::Persistent);
    Ok(())
}

#[test]
fn an_association_object_that_is_moved_moves_the_pair() -> Outcome {
    let engine = seeded()?;
    let mut db = engine.session();
    let hello = db.get_one(Post, 1)?;
    let second = db.get_one(Post, 2)?;
    db.load_all([hello, second], Post.tags)?;
    let first = db.get_one(Tag, 1)?;
    db.load(first, Tag.posts)?;
    let pair = db.get_one(PostTag, (1, 1))?;
    db.set(pair, PostTag.post, second);
    assert!(!db[hello].tags.contains(first) && db[second].tags.contains(first));
    assert_eq!(db[first].posts.to_vec(), [second]);
    db.commit()?;
    assert_eq!(texts(&engine, PAIRS)?, ["hello t2", "second t1"]);
    db.remove(second, Post.tags, first);
    db.commit()?;
    assert_eq!(texts(&engine, PAIRS)?, ["hello t2"]);
    Ok(())
}

#[test]
fn a_moved_association_object_can_be_removed_before_the_flush() -> Outcome {
    let engine = seeded()?;
    let mut db = engine.session();
    let second = db.get_one(Post, 2)?;
    let first = db.get_one(Tag, 1)?;
    let pair = db.get_one(PostTag, (1, 1))?;
    db.set(pair, PostTag.post, second);
    db.remove(second, Post.tags, first);
    db.commit()?;
    assert_eq!(texts(&engine, PAIRS)?, ["hello t2"]);
    Ok(())
}

#[test]
fn what_was_rolled_back_leaves_the_lists_as_they_were() -> Outcome {
    let engine = seeded()?;
    let mut db = engine.session();
    let hello = db.get_one(Post, 1)?;
    db.load(hello, Post.tags)?;
    let [first, third] = [db.get_one(Tag, 1)?, db.get_one(Tag, 3)?];
    let pair = db.get_one(PostTag, (1, 1))?;
    {
        let mut sp = db.savepoint()?;
        sp.add(PostTag.new().post(hello).tag(third));
        sp.delete(pair);
        sp.flush()?;
        assert!(sp[hello].tags.contains(third) && !sp[hello].tags.contains(first));
    }
    assert!(!db[hello].tags.contains(third) && db[hello].tags.contains(first));
    db.commit()?;
    assert_eq!(ints(&engine, TAGS_OF_HELLO)?, [1, 2]);
    Ok(())
}

#[test]
fn a_pair_whose_ends_are_added_again_is_back() -> Outcome {
    let engine = empty()?;
    elsewhere(&engine, "INSERT INTO users (id, name) VALUES (7, 'alice')")?;
    let mut db = engine.session();
    let alice = db.add(User.new().name("alice"));
    let post = db.add(Post.new().title("p").author(alice));
    let tag = db.add(Tag.new().name("t"));
    db.push(post, Post.tags, tag);
    db.flush().unwrap_err();
    db.rollback()?;
    elsewhere(&engine, "DELETE FROM users")?;
    db.add_again(alice);
    db.add_again(post);
    assert!(!db[tag].posts.contains(post), "one end alone is no pair");
    db.add_again(tag);
    assert!(db[tag].posts.contains(post) && db[post].tags.contains(tag));
    db.commit()?;
    assert_eq!(texts(&engine, PAIRS)?, ["p t"]);
    Ok(())
}

#[test]
fn a_pair_with_an_old_end_is_back_with_the_new_one() -> Outcome {
    let engine = seeded()?;
    let mut db = engine.session();
    let (alice, third) = (db.get_one(User, 1)?, db.get_one(Tag, 3)?);
    let post = db.add(Post.new().title("p").author(alice));
    db.push(third, Tag.posts, post);
    db.flush()?;
    db.rollback()?;
    db.add_again(post);
    db.commit()?;
    assert_eq!(texts(&engine, PAIRS)?, ["hello t1", "hello t2", "p t3"]);
    Ok(())
}

#[test]
fn a_new_end_that_leaves_takes_its_pairs_along() -> Outcome {
    let engine = seeded()?;
    let mut db = engine.session();
    let (alice, third) = (db.get_one(User, 1)?, db.get_one(Tag, 3)?);
    let posts = db.add_all(["a", "b", "c"].map(|title| Post.new().title(title).author(alice)));
    for post in &posts {
        db.push(third, Tag.posts, *post);
    }
    db.expunge(posts[0]);
    db.delete(posts[1]);
    db.commit()?;
    assert_eq!(texts(&engine, PAIRS)?, ["c t3", "hello t1", "hello t2"]);
    Ok(())
}

#[test]
fn thousands_of_pairs_can_be_removed_and_put_back() -> Outcome {
    let engine = empty()?;
    let mut db = engine.session();
    let alice = db.add(User.new().name("alice"));
    let post = db.add(Post.new().title("p").author(alice));
    let tags = db.add_all((0..2_000).map(|n| Tag.new().name(n.to_string())));
    db.replace(post, Post.tags, tags.iter().copied());
    db.commit()?;
    db.load(post, Post.tags)?;
    tags.iter().for_each(|tag| db.remove(post, Post.tags, *tag));
    for tag in tags.iter().rev().skip(1_000) {
        db.push(post, Post.tags, *tag);
    }
    let log = engine.record();
    db.commit()?;
    assert_eq!(ints(&engine, "SELECT count(*) FROM post_tags")?, [1_000]);
    assert!(log.take_sql().len() <= 6);
    Ok(())
}

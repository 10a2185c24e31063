//! Programs that the random test has found to fail, each as short as it could be made.

use super::super::engine;
use super::models::*;
use rebis::blocking::Session;
use rebis::prelude::*;

type Outcome = rebis::Result<()>;

fn session() -> rebis::Result<Session> {
    let engine = engine();
    schema().create_all(&engine)?;
    Ok(engine.session())
}

/// Reads a statement's rows behind the session's objects, in its transaction.
fn count(db: &mut Session, sql: &'static str) -> rebis::Result<i64> {
    db.with_connection(async |connection| connection.one(rebis::sql(sql).rows::<i64>()).await)
}

#[test]
fn removing_what_is_not_in_a_loaded_list_does_nothing() -> Outcome {
    let mut db = session()?;
    let user = db.add(User.new().name("ann").code("u1"));
    let post = db.push(user, User.posts, Post.new().name("one"));
    let tag = db.add(Tag.new().name("red"));
    db.flush()?;
    db.remove(post, Post.tags, tag);
    db.flush()
}

#[test]
fn pushing_what_the_other_side_has_does_nothing() -> Outcome {
    let mut db = session()?;
    let user = db.add(User.new().name("ann").code("u1"));
    let post = db.push(user, User.posts, Post.new().name("one"));
    db.push(post, Post.tags, Tag.new().name("red"));
    db.commit()?;
    db.expunge_all();
    let tag = db.one(select(Tag).with(Tag.posts))?;
    let post = db[tag].posts.first().expect("a post");
    assert!(!db[post].tags.is_loaded());
    db.push(post, Post.tags, tag);
    db.commit()?;
    assert_eq!(count(&mut db, "SELECT count(*) FROM post_tags")?, 1);
    Ok(())
}

#[test]
fn a_new_orphan_takes_its_association_rows_along() -> Outcome {
    let mut db = session()?;
    let user = db.add(User.new().name("ann").code("u1"));
    let post = db.push(user, User.posts, Post.new().name("one"));
    db.remove(user, User.posts, post);
    let tag = db.push(post, Post.tags, Tag.new().name("red"));
    db.flush()?;
    assert!(db[tag].posts.is_empty());
    assert_eq!(count(&mut db, "SELECT count(*) FROM post_tags")?, 0);
    Ok(())
}

/// The new user takes the code of the old one, whose post goes to the new one: each waits for another.
#[test]
fn a_row_that_goes_lets_go_of_its_unique_value_first() -> Outcome {
    let mut db = session()?;
    let old = db.add(User.new().name("ann").code("u1"));
    let post = db.push(old, User.posts, Post.new().name("one"));
    db.commit()?;
    db.delete(old);
    let new = db.add(User.new().name("bob").code("u1"));
    db.set(post, Post.author, new);
    db.commit()?;
    assert_eq!(db.all(User)?, [new]);
    assert_eq!(db.all(Post)?, [post]);
    Ok(())
}

#[test]
fn merge_writes_what_is_pending_before_it_looks() -> Outcome {
    let mut db = session()?;
    let old = db.add(User.new().name("ann").code("u1"));
    db.commit()?;
    db.delete(old);
    let new = db.merge(User.new().id(1).name("bob").code("u1"))?;
    assert_ne!(new, old);
    let item = db.add(Item.new().shop("s").number(1).name("tea").code(1));
    assert_eq!(db.merge(Item.new().shop("s").number(1).name("coffee").code(1))?, item);
    db.commit()?;
    assert_eq!((db[new].name.as_str(), db[item].name.as_str()), ("bob", "coffee"));
    Ok(())
}

/// The window says that another new profile took its place; the database knows nothing of that.
#[test]
fn a_profile_that_comes_back_is_there_again() -> Outcome {
    let mut db = session()?;
    let user = db.add(User.new().name("ann").code("u1").profile(Profile.new().name("old")));
    db.commit()?;
    db.expunge_all();
    let old = db.one(select(Profile).with(Profile.user.joined()))?;
    let user = db.get_one(User, db.key(user).unwrap_or(1))?;
    db.add(Profile.new().name("new").user(user));
    db.set(user, User.profile, old);
    assert_eq!(db[user].profile.get(), Some(old));
    db.commit()?;
    assert_eq!(db[user].profile.get(), Some(old));
    assert_eq!(count(&mut db, "SELECT count(*) FROM profiles WHERE user_id = 1 AND name = 'old'")?, 1);
    Ok(())
}

#[test]
fn a_replaced_collection_does_not_bring_back_what_is_deleted() -> Outcome {
    let mut db = session()?;
    let user = db.add(User.new().name("ann").code("u1"));
    let post = db.push(user, User.posts, Post.new().name("one"));
    let tag = db.add(Tag.new().name("red"));
    db.commit()?;
    // The list is of an earlier transaction, so that the flush works out the difference.
    db.replace(post, Post.tags, [tag]);
    db.delete(tag);
    db.commit()?;
    assert_eq!(count(&mut db, "SELECT count(*) FROM tags")?, 0);
    Ok(())
}

#[test]
fn refresh_gives_up_a_parent_on_both_sides() -> Outcome {
    let mut db = session()?;
    let (old, new) = (db.add(Node.new().name("old")), db.add(Node.new().name("new")));
    let child = db.push(old, Node.children, Node.new().name("child"));
    db.flush()?;
    db.set(child, Node.parent, new);
    db.refresh(child)?;
    assert!(db[new].children.is_empty());
    assert_eq!(db[old].children.to_vec(), [child]);
    db.load(child, Node.parent)?;
    assert_eq!(db[child].parent.get(), Some(old));
    Ok(())
}

#[test]
fn what_is_borrowed_and_not_changed_is_read_anew() -> Outcome {
    let mut db = session()?;
    let tag = db.add(Tag.new().name("red"));
    db.commit()?;
    db[tag].name.push_str("");
    db.execute(Tag.update().set(Tag.name, "blue").all_rows())?;
    db.all(Tag)?;
    assert_eq!(db[tag].name, "blue");
    Ok(())
}

#[test]
fn a_rollback_brings_back_what_was_before_a_refresh() -> Outcome {
    let mut db = session()?;
    let tag = db.add(Tag.new().name("red"));
    db.commit()?;
    db.execute(Tag.update().set(Tag.name, "blue").all_rows())?;
    db.refresh(tag)?;
    assert_eq!(db[tag].name, "blue");
    assert!(!db.has_changes());
    db[tag].name = "green".into();
    db.flush()?;
    db.rollback()?;
    assert_eq!(db[tag].name, "red");
    Ok(())
}

/// SQLite gives the key of the deleted row to the next one; other databases give another.
#[test]
fn a_restored_object_has_its_key_again() -> Outcome {
    let mut db = session()?;
    let old = db.add(Tag.new().name("old"));
    db.commit()?;
    db.delete(old);
    db.flush()?;
    db.add(Tag.new().name("new"));
    db.flush()?;
    db.expunge_all();
    let new = db.all(Tag)?;
    assert_ne!(new, [old]);
    let has_its_key = db.key(new[0]) == Some(1);
    db.rollback()?;
    assert_eq!(db.get(Tag, 1)?, Some(old));
    assert_eq!(db[old].name, "old");
    if has_its_key {
        assert_eq!(db.handles::<Tag>(), [old]);
    }
    Ok(())
}

/// The object was loaded from a row that was rolled back.
#[test]
fn merge_into_an_object_without_a_row_is_a_new_row() -> Outcome {
    let mut db = session()?;
    db.add(Item.new().shop("s").number(1).name("tea").code(1));
    db.flush()?;
    db.expunge_all();
    let gone = db.all(Item)?[0];
    db.rollback()?;
    let item = db.merge(Item.new().shop("s").number(1).name("tea").code(1))?;
    assert_ne!(item, gone);
    db.commit()?;
    assert_eq!(db.all(Item)?, [item]);
    Ok(())
}

#[test]
fn removing_the_child_of_a_parent_that_is_not_in_the_session_does_nothing() -> Outcome {
    let mut db = session()?;
    let author = db.add(User.new().name("ann").code("u1"));
    db.push(author, User.posts, Post.new().name("one"));
    db.add(User.new().name("bob").code("u2"));
    db.commit()?;
    db.expunge_all();
    let (post, other) = (db.one(Post)?, db.get_one(User, 2)?);
    db.remove(other, User.posts, post);
    db.commit()?;
    assert_eq!(count(&mut db, "SELECT count(*) FROM posts WHERE author_id = 1")?, 1);
    Ok(())
}

#[test]
fn a_profile_that_nobody_has_loaded_is_set_free_though_it_was_replaced() -> Outcome {
    let mut db = session()?;
    db.add(User.new().name("ann").code("u1").profile(Profile.new().name("p")));
    db.commit()?;
    db.expunge_all();
    let user = db.one(User)?;
    db.set(user, User.profile, None);
    db.delete(user);
    db.commit()?;
    assert_eq!(count(&mut db, "SELECT count(*) FROM profiles WHERE user_id IS NULL")?, 1);
    Ok(())
}

#[test]
fn a_user_that_goes_sets_both_its_profiles_free() -> Outcome {
    let mut db = session()?;
    db.add(User.new().name("ann").code("u1").profile(Profile.new().name("old")));
    db.add(Profile.new().name("new"));
    db.commit()?;
    db.expunge_all();
    let (user, new) = (db.one(User)?, db.one(select(Profile).filter(Profile.name.eq("new")))?);
    db.set(user, User.profile, new);
    db.delete(user);
    db.commit()?;
    assert_eq!(count(&mut db, "SELECT count(*) FROM profiles WHERE user_id IS NULL")?, 2);
    Ok(())
}

#[test]
fn what_is_pushed_again_after_a_replacement_is_there() -> Outcome {
    let mut db = session()?;
    let user = db.add(User.new().name("ann").code("u1"));
    let post = db.push(user, User.posts, Post.new().name("one"));
    let tag = db.add(Tag.new().name("red"));
    db.commit()?;
    db.push(post, Post.tags, tag);
    db.replace(post, Post.tags, Vec::<Handle<Tag>>::new());
    db.push(post, Post.tags, tag);
    assert_eq!(db[post].tags.to_vec(), [tag]);
    db.commit()?;
    assert_eq!(count(&mut db, "SELECT count(*) FROM post_tags")?, 1);
    Ok(())
}

#[test]
fn who_is_set_last_is_the_profile() -> Outcome {
    let mut db = session()?;
    db.add(User.new().name("ann").code("u1").profile(Profile.new().name("old")));
    db.commit()?;
    db.expunge_all();
    let old = db.one(select(Profile).with(Profile.user.joined()))?;
    let user = db[old].user.get().expect("a user");
    let new = db.add(Profile.new().name("new").user(user));
    db.set(old, Profile.user, user);
    assert_eq!((db[user].profile.get(), db[new].user.get()), (Some(old), None));
    db.commit()?;
    assert_eq!(
        count(&mut db, "SELECT count(*) FROM profiles WHERE user_id IS NOT NULL AND name = 'old'")?,
        1
    );
    Ok(())
}

#[test]
fn a_replaced_collection_does_not_bring_back_an_orphan() -> Outcome {
    let mut db = session()?;
    let tag = db.add(Tag.new().name("red"));
    let user = db.add(User.new().name("ann").code("u1"));
    db.commit()?;
    let post = db.push(user, User.posts, Post.new().name("one"));
    db.replace(tag, Tag.posts, Vec::<Handle<Post>>::new());
    db.push(post, Post.tags, tag);
    db.remove(user, User.posts, post);
    db.commit()?;
    assert_eq!(count(&mut db, "SELECT count(*) FROM posts")?, 0);
    Ok(())
}

/// The cascade loads the posts of the one who goes, without the one that was moved and is not written yet.
#[test]
fn a_rollback_forgets_what_a_flush_loaded_with_what_was_pending() -> Outcome {
    let mut db = session()?;
    db.add(User.new().name("ann").code("u1").posts([Post.new().name("one")]));
    let bob = db.add(User.new().name("bob").code("u2"));
    db.commit()?;
    db.expunge_all();
    let (ann, post) = (db.get_one(User, 1)?, db.one(Post)?);
    let bob = db.get_one(User, db.key(bob).unwrap_or(2))?;
    db.set(post, Post.author, bob);
    db.delete(ann);
    db.flush()?;
    db.rollback()?;
    db.load(ann, User.posts)?;
    assert_eq!(db[ann].posts.to_vec(), [post]);
    Ok(())
}

#[test]
fn the_row_of_an_expunged_profile_is_set_free() -> Outcome {
    let mut db = session()?;
    let user = db.add(User.new().name("ann").code("u1").profile(Profile.new().name("old")));
    db.commit()?;
    let old = db[user].profile.get().expect("a profile");
    db.expunge(old);
    db.set(user, User.profile, Profile.new().name("new"));
    db.commit()?;
    assert_eq!(count(&mut db, "SELECT count(*) FROM profiles WHERE user_id IS NOT NULL")?, 1);
    Ok(())
}

/// No order can write this. What is said of it must not depend on what else is changed.
#[test]
fn keys_that_go_around_are_told_before_any_statement() -> Outcome {
    let mut db = session()?;
    let a = db.add(Item.new().shop("s").number(1).name("a").code(1));
    let b = db.add(Item.new().shop("s").number(2).name("b").code(2));
    db.commit()?;
    (db[a].number, db[b].number) = (2, 1);
    (db[a].code, db[b].code) = (3, 4);
    assert_eq!(db.flush().map_err(|error| error.kind()), Err(rebis::ErrorKind::InvalidState));
    (db[a].number, db[b].number) = (1, 2);
    db.commit()
}

/// One takes the key, the other the code.
#[test]
fn a_key_and_a_code_that_go_around() -> Outcome {
    let mut db = session()?;
    let a = db.add(Item.new().shop("s").number(1).name("a").code(1));
    let b = db.add(Item.new().shop("s").number(2).name("b").code(2));
    db.commit()?;
    (db[a].number, db[a].code) = (2, 3);
    (db[b].number, db[b].code) = (4, 1);
    db.commit()?;
    assert_eq!(db.get(Item, ("s", 2))?, Some(a));
    assert_eq!(db.get(Item, ("s", 4))?, Some(b));
    Ok(())
}

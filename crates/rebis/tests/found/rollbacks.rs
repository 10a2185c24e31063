//! What a rollback takes back, and what it leaves alone.

use super::models::{Post, Tag, User};
use super::{Outcome, elsewhere, empty, seeded, texts};
use rebis::State;

#[test]
fn a_slot_that_is_used_again_is_not_touched_by_a_rollback() -> Outcome {
    let engine = seeded()?;
    let mut db = engine.session();
    let new = db.add(Tag.new().name("new"));
    db.flush()?;
    db.take(new);
    let tag = db.get_one(Tag, 1)?;
    assert_eq!(format!("{tag:?}"), format!("{new:?}"), "another slot than that of the object taken out");
    db.rollback()?;
    assert_eq!(db.state(tag), State::Persistent);
    assert_eq!(db.get(Tag, 1)?, Some(tag));
    db[tag].name = "changed".into();
    db.commit()?;
    assert_eq!(texts(&engine, "SELECT name FROM tags ORDER BY id")?, ["changed", "t2", "t3"]);
    Ok(())
}

#[test]
fn a_value_that_was_read_in_the_transaction_goes_with_it() -> Outcome {
    let engine = seeded()?;
    let mut db = engine.session();
    let alice = db.get_one(User, 1)?;
    db.commit()?;
    db.execute(User.update().set(User.name, "X").filter(User.id.eq(1)))?;
    db.all(User)?;
    assert_eq!(db[alice].name, "X");
    db.rollback()?;
    assert_eq!(db[alice].name, "alice");
    let again = db.get_one(User, 1)?;
    assert_eq!((again, db[again].name.as_str()), (alice, "alice"));
    Ok(())
}

#[test]
fn a_row_that_was_inserted_and_read_in_the_transaction_is_not_found_after_it() -> Outcome {
    let engine = seeded()?;
    let mut db = engine.session();
    db.execute(Tag.insert().row(Tag.new().id(77).name("ghost")))?;
    db.get_one(Tag, 77)?;
    db.rollback()?;
    assert_eq!(db.get(Tag, 77)?, None);
    assert_eq!(db.all(Tag)?.len(), 3);
    Ok(())
}

#[test]
fn after_a_rollback_get_reads_what_others_have_written() -> Outcome {
    let engine = seeded()?;
    let mut db = engine.session();
    let alice = db.get_one(User, 1)?;
    db.rollback()?;
    elsewhere(&engine, "UPDATE users SET name = 'zoe' WHERE id = 1")?;
    assert_eq!(db.get_one(User, 1)?, alice);
    assert_eq!(db[alice].name, "zoe");
    Ok(())
}

#[test]
fn a_value_that_a_rollback_took_back_can_be_set_anew() -> Outcome {
    let engine = seeded()?;
    let mut db = engine.session();
    let bob = db.get_one(User, 2)?;
    db.commit()?;
    db.execute(User.update().set(User.name, "Y").filter(User.id.eq(2)))?;
    db.refresh(bob)?;
    db.rollback()?;
    db[bob].name = "Y".into();
    db.commit()?;
    assert_eq!(texts(&engine, "SELECT name FROM users WHERE id = 2")?, ["Y"]);
    Ok(())
}

#[test]
fn a_collection_that_was_first_read_in_the_transaction_goes_with_it() -> Outcome {
    let engine = seeded()?;
    let mut db = engine.session();
    let alice = db.get_one(User, 1)?;
    db.commit()?;
    let never = db.push(alice, User.posts, Post.new().title("never"));
    let hello = db.get_one(Post, 1)?;
    db.delete(hello);
    db.flush()?;
    db.load(alice, User.posts)?;
    db.rollback()?;
    assert_eq!(db.state(never), State::Transient);
    assert!(!db[alice].posts.is_loaded());
    db.load(alice, User.posts)?;
    let titles: Vec<_> = db[alice].posts.iter().map(|post| db[post].title.as_str()).collect();
    assert_eq!(titles, ["hello", "second"]);
    Ok(())
}

#[test]
fn a_collection_that_was_first_read_in_a_savepoint_goes_with_it() -> Outcome {
    let engine = seeded()?;
    let mut db = engine.session();
    let alice = db.get_one(User, 1)?;
    {
        let mut sp = db.savepoint()?;
        sp.push(alice, User.posts, Post.new().title("in the savepoint"));
        sp.flush()?;
        sp.load(alice, User.posts)?;
    }
    db.delete(alice);
    db.commit()?;
    assert_eq!(texts(&engine, "SELECT title FROM posts")?, [""; 0]);
    Ok(())
}

#[test]
fn a_new_row_that_was_deleted_in_an_inner_savepoint_is_new_again_after_the_outer_one() -> Outcome {
    let engine = empty()?;
    let mut db = engine.session();
    let mut outer = db.savepoint()?;
    let tag = outer.add(Tag.new().name("t"));
    outer.flush()?;
    let mut inner = outer.savepoint()?;
    inner.delete(tag);
    inner.flush()?;
    inner.commit()?;
    outer.rollback()?;
    assert_eq!(db.state(tag), State::Transient);
    db.add_again(tag);
    db.commit()?;
    assert_eq!(texts(&engine, "SELECT name FROM tags")?, ["t"]);
    Ok(())
}

#[test]
fn objects_of_a_rolled_back_flush_find_each_other_when_they_are_added_again() -> Outcome {
    let engine = empty()?;
    let mut db = engine.session();
    let alice = db.add(User.new().name("alice"));
    let hello = db.add(Post.new().title("hello").author(alice));
    db.flush()?;
    db.rollback()?;
    elsewhere(&engine, "INSERT INTO users (id, name) VALUES (1, 'stranger')")?;
    db.add_again(alice);
    db.add_again(hello);
    db.commit()?;
    let who = "SELECT name FROM posts JOIN users ON users.id = author_id";
    assert_eq!(texts(&engine, who)?, ["alice"]);
    Ok(())
}

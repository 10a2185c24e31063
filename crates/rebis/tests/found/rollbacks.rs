//! What a rollback takes back, and what it leaves alone.

use super::models::{Post, Tag, User};
use super::{Outcome, elsewhere, empty, seeded, texts};
use rebis::prelude::*;
use rebis::{ErrorKind, State};

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
fn rows_that_an_insert_gave_back_are_detached_by_a_rollback() -> Outcome {
    let engine = seeded()?;
    let mut db = engine.session();
    let first = db.get_one(Tag, 1)?;
    let new = db.one(Tag.insert().row(Tag.new().id(77).name("ghost")).returning(Tag))?;
    let more = db.all(Tag.insert().row(Tag.new().id(78).name("another")).returning(Tag))?;
    db[new].name = "changed".into();
    db.flush()?;
    db.rollback()?;
    assert_eq!((db.state(new), db.state(first)), (State::Detached, State::Persistent));
    assert_eq!(db.state(more[0]), State::Detached);
    assert_eq!(db.get(Tag, 77)?, None);
    assert_eq!(db.handles::<Tag>(), [first]);
    // It can be written all the same.
    db.add_again(new);
    db.commit()?;
    assert_eq!(db.get(Tag, 77)?, Some(new));
    assert_eq!(texts(&engine, "SELECT name FROM tags WHERE id = 77")?, ["ghost"]);
    Ok(())
}

/// Which rows an INSERT by criteria has written nobody knows: what was read after it is stale, and the next look-up
/// tells.
#[test]
fn a_row_that_is_gone_with_its_transaction_is_detached_when_it_is_looked_up() -> Outcome {
    let engine = seeded()?;
    let mut db = engine.session();
    db.execute(Tag.insert().rows([77, 78, 79].map(|id| Tag.new().id(id).name("ghost"))))?;
    let ghosts = [77, 78, 79].map(|id| db.get_one(Tag, id));
    let [a, b, c] = ghosts.map(Result::unwrap);
    db.rollback()?;
    assert!([a, b, c].iter().all(|ghost| db.state(*ghost) == State::Persistent && db.is_stale(*ghost)));
    assert_eq!(db.get(Tag, 77)?, None);
    assert_eq!(db.state(a), State::Detached);
    assert_eq!(db.refresh(b).unwrap_err().kind(), ErrorKind::NotFound);
    assert_eq!(db.state(b), State::Detached);
    // What was changed is not given up in silence.
    db[c].name = "changed".into();
    assert_eq!(db.no_autoflush().get(Tag, 79)?, None);
    assert_eq!(db.state(c), State::Persistent);
    assert_eq!(db.commit().unwrap_err().kind(), ErrorKind::StaleRow);
    Ok(())
}

#[test]
fn a_row_that_was_not_found_in_a_transaction_is_back_after_its_rollback() -> Outcome {
    let engine = seeded()?;
    let mut db = engine.session();
    let tag = db.get_one(Tag, 1)?;
    db.commit()?;
    db.execute(Tag.delete().filter(Tag.id.eq(3)))?;
    let third = db.get(Tag, 3)?;
    assert_eq!(third, None);
    db.execute(rebis::sql("DELETE FROM post_tags"))?;
    db.execute(Tag.delete().filter(Tag.id.eq(1)))?;
    assert_eq!(db.get(Tag, 1)?, None);
    assert_eq!(db.state(tag), State::Detached);
    db.rollback()?;
    assert_eq!(db.state(tag), State::Persistent);
    assert_eq!(db.get(Tag, 1)?, Some(tag));
    // It is an object with a row: put back after it was expunged, it is not inserted.
    db.expunge(tag);
    db.add_again(tag);
    assert_eq!(db.state(tag), State::Persistent);
    db.commit()?;
    Ok(())
}

#[test]
fn an_update_that_gives_rows_back_shows_what_it_wrote() -> Outcome {
    let engine = seeded()?;
    if !engine.capabilities().returning_update {
        crate::support::skipped(engine.capabilities().name, "an UPDATE gives no rows back");
        return Ok(());
    }
    let mut db = engine.session();
    let tags = db.all(select(Tag).order_by(Tag.id))?;
    let back = db.all(Tag.update().set(Tag.name, "new").filter(Tag.id.eq(1)).returning(Tag))?;
    assert_eq!((back.as_slice(), db[tags[0]].name.as_str()), (&tags[..1], "new"));
    assert!(db.is_stale(tags[1]));
    db.rollback()?;
    assert_eq!(db[tags[0]].name, "t1");
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

//! Queries that bring related rows, and pages of them.

use super::models::{Post, Tag, User};
use super::{Outcome, empty, seeded};
use rebis::ErrorKind;
use rebis::prelude::*;

#[test]
fn batches_of_a_query_with_a_join_give_every_object_once() -> Outcome {
    let engine = seeded()?;
    let mut db = engine.session();
    let alice = db.get_one(User, 1)?;
    for n in 0..10 {
        let post = db.add(Post.new().title(format!("{n}")).author(alice));
        for _ in 0..3 {
            db.push(post, Post.tags, Tag.new().name("q"));
        }
    }
    db.commit()?;
    let mut seen = Vec::new();
    let mut pages = db.batches(select(Post).join(Post.tags).filter(Tag.name.eq("q")), 4);
    while let Some(page) = pages.next(&mut db)? {
        seen.extend(page.iter().map(|post| db[*post].title.clone()));
    }
    assert_eq!(seen, (0..10).map(|n| n.to_string()).collect::<Vec<_>>());
    Ok(())
}

#[test]
fn batches_with_a_joined_collection_give_every_object_once_and_whole() -> Outcome {
    let engine = empty()?;
    let mut db = engine.session();
    for n in 0..10 {
        db.add(User.new().name(format!("{n}")).posts(["a", "b", "c"].map(|t| Post.new().title(t))));
    }
    db.commit()?;
    let mut db = engine.session();
    let mut seen = 0;
    let mut pages = db.batches(select(User).with(User.posts.joined()), 4);
    while let Some(page) = pages.next(&mut db)? {
        seen += page.len();
        assert!(page.iter().all(|user| db[*user].posts.len() == 3));
    }
    assert_eq!(seen, 10);
    Ok(())
}

#[test]
fn batches_refuse_a_join_that_repeats_their_objects() -> Outcome {
    let engine = seeded()?;
    let mut db = engine.session();
    let query = select(User).join(User.posts).with(User.posts.contains_eager());
    let error = db.batches(query, 4).next(&mut db).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    Ok(())
}

#[test]
fn what_a_query_brings_along_sees_changes_of_values() -> Outcome {
    let engine = seeded()?;
    let mut db = engine.session();
    let hello = db.get_one(Post, 1)?;
    db[hello].title = "zzz".into();
    let query = select(User).filter(User.id.eq(1)).with(User.posts.filter(Post.title.eq("zzz")));
    let alice = db.all(query)?[0];
    assert_eq!(db[alice].posts.iter().collect::<Vec<_>>(), [hello]);
    Ok(())
}

#[test]
fn what_a_query_brings_along_sees_new_rows() -> Outcome {
    let engine = seeded()?;
    let mut db = engine.session();
    let new = db.add(Post.new().title("by key").author_id(2));
    let bob = db.all(select(User).filter(User.id.eq(2)).with(User.posts))?[0];
    assert_eq!(db[bob].posts.iter().collect::<Vec<_>>(), [new]);
    Ok(())
}

#[test]
fn a_joined_collection_hangs_on_the_alias_that_is_selected() -> Outcome {
    let engine = seeded()?;
    let mut db = engine.session();
    let u = User.alias("u");
    let users = db.all(select(u).filter(u.id.eq(1)).with(User.posts.joined()))?;
    assert_eq!(users.len(), 1);
    assert_eq!(db[users[0]].posts.len(), 2);
    Ok(())
}

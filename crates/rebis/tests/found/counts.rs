//! How many statements run where a program works object by object.

use super::models::{Comment, Post, Tag, User};
use super::{Outcome, empty, ints};
use rebis::blocking::Engine;
use rebis::prelude::*;

/// Users with their posts, one comment each.
fn blog(users: usize, posts: usize) -> rebis::Result<Engine> {
    let engine = empty()?;
    let mut db = engine.session();
    for n in 0..users {
        let posts = (0..posts).map(|p| Post.new().title(format!("{p}")).comments([Comment.new()]));
        db.add(User.new().name(format!("{n}")).posts(posts.collect::<Vec<_>>()));
    }
    db.commit()?;
    Ok(engine)
}

#[test]
fn the_parents_of_many_are_loaded_by_the_first_that_asks() -> Outcome {
    let engine = blog(20, 10)?;
    let mut db = engine.session();
    let posts = db.all(Post)?;
    assert_eq!(posts.len(), 200);
    let log = engine.record();
    for post in &posts {
        db.load(*post, Post.author)?;
        assert!(db[*post].author.is_loaded());
    }
    assert_eq!(log.take_sql().len(), 1);
    Ok(())
}

#[test]
fn the_collections_of_many_are_loaded_by_the_first_that_asks() -> Outcome {
    let engine = blog(20, 10)?;
    let mut db = engine.session();
    let posts = db.all(Post)?;
    let log = engine.record();
    for post in &posts {
        db.load(*post, Post.comments)?;
        assert_eq!(db[*post].comments.len(), 1);
    }
    assert_eq!(log.take_sql().len(), 1);
    Ok(())
}

#[test]
fn children_that_move_to_one_new_parent_are_one_update() -> Outcome {
    let engine = blog(2, 50)?;
    let mut db = engine.session();
    let posts = db.all(Post)?;
    let new = db.add(User.new().name("new"));
    for post in &posts {
        db.set(*post, Post.author, new);
    }
    let log = engine.record();
    db.flush()?;
    let sql = log.take_sql();
    let writes: Vec<_> =
        sql.iter().map(|sql| &sql[..6]).filter(|sql| ["INSERT", "UPDATE", "DELETE"].contains(sql)).collect();
    assert_eq!(writes, ["INSERT", "UPDATE"], "{sql:#?}");
    db.commit()?;
    assert_eq!(ints(&engine, "SELECT DISTINCT author_id FROM posts")?, [3]);
    Ok(())
}

#[test]
fn a_query_of_another_table_writes_nothing_that_waits() -> Outcome {
    let engine = blog(1, 1)?;
    let mut db = engine.session();
    let user = db.get_one(User, 1)?;
    let log = engine.record();
    for n in 0..20 {
        db.add(Post.new().title(format!("new {n}")).author(user));
        db.first(select(Tag).filter(Tag.name.eq("t")))?;
    }
    let sql = log.take_sql();
    assert_eq!(sql.len(), 20, "{sql:#?}");
    assert!(sql.iter().all(|sql| sql.starts_with("SELECT")), "{sql:#?}");
    db.commit()?;
    assert_eq!(ints(&engine, "SELECT count(*) FROM posts")?, [21]);
    Ok(())
}

#[test]
fn pairs_that_are_removed_one_by_one_are_deleted_together() -> Outcome {
    let engine = blog(1, 1)?;
    let mut db = engine.session();
    let post = db.get_one(Post, 1)?;
    let tags = db.add_all((0..50).map(|n| Tag.new().name(format!("{n}"))));
    for tag in &tags {
        db.push(post, Post.tags, *tag);
    }
    db.commit()?;
    db.load(post, Post.tags)?;
    for tag in &tags {
        db.remove(post, Post.tags, *tag);
    }
    let log = engine.record();
    db.flush()?;
    let sql = log.take_sql();
    assert_eq!(sql.iter().filter(|sql| sql.starts_with("DELETE")).count(), 1, "{sql:#?}");
    db.commit()?;
    assert_eq!(ints(&engine, "SELECT count(*) FROM post_tags")?, [0]);
    Ok(())
}

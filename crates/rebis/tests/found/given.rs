//! What the verbs take: handles, references to them, new rows.

use super::models::{City, Country, Post, PostTag, Profile, Tag, User};
use super::{Outcome, empty, seeded};
use rebis::State;
use rebis::prelude::*;

/// A loop over `&handles` needs no `*`, whatever it does with them.
#[test]
fn every_verb_takes_a_reference_to_a_handle() -> Outcome {
    let engine = seeded()?;
    let mut db = engine.session();
    let (users, posts, tags) = (db.all(User)?, db.all(Post)?, db.all(Tag)?);
    let (user, post, tag) = (&users[0], &posts[1], &tags[2]);
    db.load(user, User.posts)?;
    db.load_all(&posts, Post.tags)?;
    db.load_all(posts.iter(), Post.tags)?;
    db.load_all(posts.clone(), Post.tags)?;
    db.load_all([post, post], Post.author)?;
    db.refresh(user)?;
    db.push(post, Post.tags, tag);
    assert!(db[post].tags.contains(tag) && db[post].tags.contains(*tag));
    db.remove(post, Post.tags, tag);
    db.replace(post, Post.tags, &tags);
    db.replace(post, Post.tags, tags.iter().rev());
    db.set(post, Post.author, &users[1]);
    db.set_expr(post, Post.title, "new".to_owned());
    db[post].title.push('!');
    db[(post, Post.author)].name.push('!');
    assert_eq!(db[(post, Post.author)].name, "bob!");
    assert!(db.is_modified(post) && !db.is_stale(user));
    assert_eq!((db.state(post), db.key(post)), (State::Persistent, Some(2)));
    assert_eq!(db.history(post).changes.len(), 1);
    assert_eq!(db.why(post), "loaded or flushed");
    assert!(format!("{:?}", db.show(user)).contains("alice"));
    assert_eq!(db.tree(user).model, "User");
    assert_eq!(db.trees(&users).len() + db.trees(users.iter().copied()).len(), 4);
    db.flush()?;
    let found = db.all(select(Post).filter(Post.author.eq(users[1]) & Post.tags.contains(tag)))?;
    assert_eq!(found, [*post]);
    assert_eq!(db.count(select(Post).filter(Post.author.ne(users[1])))?, 1);
    let mut sp = db.savepoint()?;
    sp.delete(post);
    sp.add_again(post);
    sp.expunge(post);
    assert_eq!(sp.state(post), State::Detached);
    sp.rollback()?;
    assert_eq!(db.take(tag).name, "t3");
    Ok(())
}

#[test]
fn builders_take_references_to_handles() -> Outcome {
    let engine = empty()?;
    let mut db = engine.session();
    let (alice, tag) = (db.add(User.new().name("alice")), db.add(Tag.new().name("t")));
    let (alice, tag) = (&alice, &tag);
    let post = db.add(Post.new().title("p").author(alice).tags([tag]));
    db.add(Post.new().title("q").author(*alice).tags(vec![*tag]));
    db.add(Post.new().title("r").author(alice).tags([Tag.new().name("u")]));
    db.add(Profile.new().text("x").user(alice));
    let pair = db.add(PostTag.new().post(post).tag(db[post].tags.first().unwrap()));
    db.delete(pair);
    db.commit()?;
    assert_eq!(db[alice].posts.len(), 3);
    Ok(())
}

/// An optional relation takes whatever the required one takes, and `None` and `Some(handle)`. A new row that may be
/// there becomes an optional handle by `map`.
#[test]
fn an_optional_relation_takes_all_of_these() -> Outcome {
    let engine = empty()?;
    let mut db = engine.session();
    let a = db.add(Country.new().code("a").name("A"));
    let cities = [
        db.add(City.new().name("1").country(a)),
        db.add(City.new().name("2").country(a)),
        db.add(City.new().name("3").country(Some(a))),
        db.add(City.new().name("4").country(None)),
        db.add(City.new().name("5").country(Country.new().code("b").name("B"))),
    ];
    let maybe = Some(Country.new().code("c").name("C")).map(|new| db.add(new));
    db.add(City.new().name("6").country(maybe));
    for city in &cities {
        db.set(city, City.country, None);
        db.set(city, City.country, Some(a));
        db.set(city, City.country, &a);
        db.set(city, City.country, Some(&a).copied());
        let new = db[city].name.clone();
        db.set(city, City.country, Country.new().code(new).name("new"));
    }
    db.commit()?;
    let codes: Vec<_> = cities.iter().map(|city| db[city].country_code.clone().unwrap()).collect();
    assert_eq!(codes, ["1", "2", "3", "4", "5"]);
    Ok(())
}

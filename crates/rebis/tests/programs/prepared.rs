//! Statements that are rendered once and run with values: on connections, in sessions, with eager loads and
//! restrictions.

use super::engine;
use rebis::blocking::Engine;
use rebis::prelude::*;

#[derive(Model, Debug)]
#[model(table = "users")]
struct User {
    #[column(primary_key)]
    id: i64,
    name: String,
    karma: i64,
    #[relation(inverse = author)]
    posts: HasMany<Post>,
}

#[derive(Model, Debug)]
#[model(table = "posts")]
struct Post {
    #[column(primary_key)]
    id: i64,
    title: String,
    #[column(references = User.id)]
    author_id: i64,
    #[relation(key = author_id)]
    author: BelongsTo<User>,
}

fn filled() -> rebis::Result<Engine> {
    let engine = engine();
    metadata![User, Post].create_all(&engine)?;
    let mut db = engine.session();
    for (name, karma) in [("alice", 1), ("bob", 2), ("carol", 2)] {
        let user = db.add(User.new().name(name).karma(karma));
        db.push(user, User.posts, Post.new().title(format!("by {name}")));
    }
    db.commit()?;
    Ok(engine)
}

#[test]
fn one_parameter_on_a_connection() -> rebis::Result<()> {
    let engine = filled()?;
    let mut connection = engine.connect()?;
    let by_id = prepare(|id: Expr<i64>| select(User).filter(User.id.eq(id)));
    let log = crate::support::log::Log::of(engine.capabilities(), engine.record());
    assert_eq!(connection.one(by_id.with(1))?.name, "alice");
    assert_eq!(connection.one(by_id.with(3))?.name, "carol");
    assert!(connection.one_or_none(by_id.with(9))?.is_none());
    let text = "SELECT users.id, users.name, users.karma FROM users WHERE users.id = ?";
    assert_eq!(log.take_sql(), [text, text, text]);
    Ok(())
}

#[test]
fn parameters_stand_anywhere_and_more_than_once() -> rebis::Result<()> {
    let engine = filled()?;
    let mut connection = engine.connect()?;
    let find = prepare(|(name, karma): (Expr<String>, Expr<i64>)| {
        select(User.name)
            .filter(User.karma.eq(karma.clone()) & User.karma.gt(0) & (User.name.ne(name) | karma.gt(7)))
            .order_by(User.name)
    });
    assert_eq!(connection.all(find.with(("bob".into(), 2)))?, ["carol"]);
    assert_eq!(connection.all(find.with(("alice".into(), 2)))?, ["bob", "carol"]);
    Ok(())
}

#[test]
fn a_session_flushes_before_it_and_loads_with_it() -> rebis::Result<()> {
    let engine = filled()?;
    let by_karma = prepare(|karma: Expr<i64>| {
        select(User).filter(User.karma.eq(karma)).order_by(User.id).with(User.posts.joined())
    });
    let mut db = engine.session();
    let [bob, carol] = db.all(by_karma.with(2))?[..] else { panic!("two users have this karma") };
    assert_eq!(db[db[bob].posts.first().expect("a post")].title, "by bob");
    db[carol].karma = 3;
    assert_eq!(db.all(by_karma.with(2))?, [bob]);
    assert_eq!(db.all(by_karma.with(3))?, [carol]);
    Ok(())
}

#[test]
fn restrictions_of_the_session_hold() -> rebis::Result<()> {
    let engine = filled()?;
    let by_karma = prepare(|karma: Expr<i64>| select(User).filter(User.karma.eq(karma)));
    let mut db = engine.session();
    assert_eq!(db.all(by_karma.with(2))?.len(), 2);
    db.as_async().restrict("not carol", User, User.name.ne("carol"));
    assert_eq!(db.all(by_karma.with(2))?.len(), 1);
    Ok(())
}

#[test]
fn mistakes_are_told_when_it_runs() -> rebis::Result<()> {
    let mut connection = filled()?.connect()?;
    let unjoined = prepare(|title: Expr<String>| select(User).filter(Post.title.eq(title)));
    let error = connection.all(unjoined.with("x".into())).expect_err("the table is not joined");
    assert_eq!(error.kind(), rebis::ErrorKind::InvalidStatement);
    let by_id = prepare(|id: Expr<i64>| select(User).filter(User.id.eq(id)));
    let again = prepare(|_: Expr<i64>| by_id.with(1));
    let error = connection.all(again.with(1)).expect_err("it was prepared twice");
    assert!(error.to_string().contains("prepared already"), "{error}");
    Ok(())
}

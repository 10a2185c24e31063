//! Faults that a review of the unit of work found, each as what must hold instead.
//! They are included by a crate for each kind of database, which says what `engine()` is.

mod associations;
mod cascades;
mod chains;
mod collections;
mod counts;
mod enrolments;
mod exchanges;
mod expressions;
mod given;
mod guards;
mod keys;
mod leaving;
mod loading;
mod models;
mod pairs;
mod rollbacks;

use super::engine;
use models::{Post, Profile, Tag, User};
use rebis::blocking::Engine;

type Outcome = rebis::Result<()>;

/// A database of its own with all the tables and no rows.
fn empty() -> rebis::Result<Engine> {
    let engine = engine();
    models::schema().create_all(&engine)?;
    Ok(engine)
}

/// The same with the users alice (1) and bob (2), posts of alice called hello (1) and second (2), the tags t1, t2 and
/// t3, of which hello has the first two, and a profile of alice.
fn seeded() -> rebis::Result<Engine> {
    let engine = empty()?;
    let mut db = engine.session();
    let alice = db.add(User.new().name("alice"));
    db.add(User.new().name("bob"));
    let hello = db.add(Post.new().title("hello").author(alice));
    db.add(Post.new().title("second").author(alice));
    let tags = db.add_all(["t1", "t2", "t3"].map(|name| Tag.new().name(name)));
    db.push(hello, Post.tags, tags[0]);
    db.push(hello, Post.tags, tags[1]);
    db.add(Profile.new().text("of alice").user(alice));
    db.commit()?;
    Ok(engine)
}

/// Runs a text on another connection.
fn elsewhere(engine: &Engine, sql: &str) -> Outcome {
    engine.connect()?.execute_raw(sql).map(drop)
}

/// What the database has, as another connection sees it.
fn texts(engine: &Engine, sql: &'static str) -> rebis::Result<Vec<String>> {
    engine.connect()?.all(rebis::sql(sql).rows::<String>())
}

fn ints(engine: &Engine, sql: &'static str) -> rebis::Result<Vec<i64>> {
    engine.connect()?.all(rebis::sql(sql).rows::<i64>())
}

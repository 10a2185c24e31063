//! Faults that a review of the unit of work found, each as what must hold instead.
#![allow(missing_docs, clippy::unwrap_used)]
#![cfg(all(feature = "sqlite", feature = "blocking", feature = "macros"))]

#[path = "found/associations.rs"]
mod associations;
#[path = "found/cascades.rs"]
mod cascades;
#[path = "found/collections.rs"]
mod collections;
#[path = "found/counts.rs"]
mod counts;
#[path = "found/enrolments.rs"]
mod enrolments;
#[path = "found/exchanges.rs"]
mod exchanges;
#[path = "found/expressions.rs"]
mod expressions;
#[path = "found/given.rs"]
mod given;
#[path = "found/guards.rs"]
mod guards;
#[path = "found/keys.rs"]
mod keys;
#[path = "found/leaving.rs"]
mod leaving;
#[path = "found/loading.rs"]
mod loading;
#[path = "found/models.rs"]
mod models;
#[path = "found/pairs.rs"]
mod pairs;
#[path = "found/rollbacks.rs"]
mod rollbacks;

use models::{Post, Profile, Tag, User};
use rebis::blocking::Engine;
use rebis::prelude::*;

type Outcome = rebis::Result<()>;

/// A database of its own with all the tables and no rows.
fn empty() -> rebis::Result<Engine> {
    let engine = Engine::new("sqlite::memory:")?;
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

//! The report of relations that are loaded one object at a time.
#![allow(missing_docs)]
#![cfg(all(feature = "sqlite", feature = "blocking", feature = "macros"))]

use rebis::SessionOptions;
use rebis::blocking::{Engine, Session};
use rebis::prelude::*;
use std::fmt::Debug;
use std::sync::{Arc, Mutex};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

#[derive(Model, Debug)]
#[model(table = "users")]
pub struct User {
    #[column(primary_key)]
    pub id: i64,
    pub name: String,
    #[relation(inverse = author)]
    pub posts: HasMany<Post>,
}

#[derive(Model, Debug)]
#[model(table = "posts")]
pub struct Post {
    #[column(primary_key)]
    pub id: i64,
    #[column(references = User.id)]
    pub author_id: Option<i64>,
    #[relation(key = author_id)]
    pub author: BelongsTo<Option<User>>,
    #[relation(inverse = post)]
    pub comments: HasMany<Comment>,
}

#[derive(Model, Debug)]
#[model(table = "comments")]
pub struct Comment {
    #[column(primary_key)]
    pub id: i64,
    #[column(references = Post.id)]
    pub post_id: Option<i64>,
    #[relation(key = post_id)]
    pub post: BelongsTo<Option<Post>>,
}

/// Keeps the warnings of one target, each as a line of its fields.
#[derive(Clone, Default)]
struct Heard(Arc<Mutex<Vec<String>>>);

impl Subscriber for Heard {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "rebis::n_plus_one" && *metadata.level() == Level::WARN
    }
    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, event: &Event<'_>) {
        let mut line = Line::default();
        event.record(&mut line);
        self.0.lock().expect("a lock").push(line.0);
    }
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

#[derive(Default)]
struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.push_str(&format!("{}={value:?}; ", field.name()));
    }
}

/// What is told while this runs, on 25 users with a post each.
fn told(options: SessionOptions, work: impl FnOnce(&mut Session) -> rebis::Result<()>) -> Vec<String> {
    let engine = Engine::new("sqlite::memory:").expect("a URL");
    metadata![User, Post, Comment].create_all(&engine).expect("the tables");
    let mut db = engine.session();
    for n in 0..25 {
        let user = db.add(User.new().name(n.to_string()));
        db.push(user, User.posts, Post.new());
    }
    db.commit().expect("the rows");
    let heard = Heard::default();
    let mut db = engine.sessions(options).session();
    tracing::subscriber::with_default(heard.clone(), || work(&mut db)).expect("no error");
    let lines = heard.0.lock().expect("a lock");
    lines.clone()
}

fn alone() -> SessionOptions {
    SessionOptions::new().batch_siblings(false)
}

#[test]
fn a_loop_that_loads_one_by_one_is_told_once_with_its_place_and_the_fix() {
    let mut line = 0;
    let told = told(alone(), |db| {
        for user in db.all(User)? {
            line = line!() + 1;
            db.load(user, User.posts)?;
        }
        Ok(())
    });
    assert_eq!(told.len(), 1, "{told:#?}");
    for part in [
        "rebis.relation=\"User.posts\"",
        "rebis.loads=10",
        "rebis.fix=\".with(User.posts)\"",
        "n_plus_one.rs",
        &format!("code.line.number={line};"),
        "`db.load_all(&handles, User.posts)`",
    ] {
        assert!(told[0].contains(part), "{part} is not in {}", told[0]);
    }
}

#[test]
fn objects_that_came_one_by_one_have_no_siblings() {
    let told = told(SessionOptions::new(), |db| {
        for id in 1..=10 {
            let user = db.get_one(User, id)?;
            db.load(user, User.posts.then(Post.comments))?;
        }
        Ok(())
    });
    assert_eq!(told.len(), 1, "{told:#?}");
    assert!(told[0].contains(".with(User.posts.then(Post.comments))"), "{}", told[0]);
}

#[test]
fn what_is_no_loop_of_queries_is_not_told() {
    // Nine are few; siblings come with the first; what is there costs nothing; other places are other loops.
    let nine =
        told(alone(), |db| db.all(User)?.iter().take(9).try_for_each(|user| db.load(user, User.posts)));
    let siblings =
        told(SessionOptions::new(), |db| db.all(User)?.iter().try_for_each(|user| db.load(user, User.posts)));
    let there = told(alone(), |db| {
        db.all(User)?;
        db.all(Post)?.iter().try_for_each(|post| db.load(post, Post.author))
    });
    let places = told(alone(), |db| {
        let users = db.all(User)?;
        users.iter().take(9).try_for_each(|user| db.load(user, User.posts))?;
        users.iter().skip(9).take(9).try_for_each(|user| db.load(user, User.posts))
    });
    assert_eq!([nine, siblings, there, places], [const { Vec::<String>::new() }; 4]);
}

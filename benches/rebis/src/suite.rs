//! The field's public suite. Compiled twice, over the blocking and over the async face.

use super::face::{Connection, Engine, PLAIN, TRACKED, wait};
use crate::models::*;
use harness::Database::{MySql, Postgres, Sqlite};
use harness::{Database, Entry, Task, Turns, entry, names, tree};
use rebis::EngineOptions;
use rebis::prelude::*;

const ON: &[Database] = &[Sqlite, Postgres, MySql];

pub const ENTRIES: &[Entry] = &[
    entry(PLAIN, "trivial_query", ON, users),
    entry(TRACKED, "trivial_query", ON, users_tracked),
    entry(PLAIN, "medium_complex_query", ON, pairs),
    entry(TRACKED, "medium_complex_query", ON, pairs_tracked),
    entry(PLAIN, "loading_associations", ON, associations),
    entry(TRACKED, "loading_associations", ON, associations_tracked),
    entry(PLAIN, "insert", ON, insert),
    entry(TRACKED, "insert", ON, insert_tracked),
];

/// An engine over tables with rows.
pub fn open(task: &Task) -> Engine {
    let url = match (task.database, task.way.ends_with("inline")) {
        (Sqlite, true) => "sqlite::memory:?placement=inline".to_owned(),
        (Sqlite, false) => "sqlite::memory:".to_owned(),
        (Postgres | MySql, _) => task.url.clone(),
    };
    let engine = Engine::with_options(&url, options(task)).expect("a URL");
    run(&mut wait(engine.connect()), &task.setup());
    engine
}

/// A database in memory has one connection, as each peer has there.
fn options(task: &Task) -> EngineOptions {
    match task.database {
        Sqlite => EngineOptions::new().pool_size(1).max_overflow(0),
        Postgres | MySql => EngineOptions::new(),
    }
}

/// Runs texts.
pub fn run(connection: &mut Connection, texts: &[impl AsRef<str>]) {
    for text in texts {
        wait(connection.execute_raw(text.as_ref()));
    }
}

pub fn users(task: &Task, turns: Turns) {
    let engine = open(task);
    turns.take(
        &mut wait(engine.connect()),
        |db| wait(db.all(User)),
        |_, users| {
            let last = users.iter().max_by_key(|user| user.id).expect("a row");
            assert!(users.len() == task.size && last.name == names::user(task.size - 1));
        },
    );
}

pub fn users_tracked(task: &Task, turns: Turns) {
    let engine = open(task);
    turns.take(
        &mut (),
        |()| {
            let mut db = engine.session();
            let users = wait(db.all(User));
            wait(db.commit());
            (db, users)
        },
        |(), (db, users)| {
            let last = users.iter().map(|user| &db[user]).max_by_key(|user| user.id).expect("a row");
            assert!(users.len() == task.size && last.name == names::user(task.size - 1));
        },
    );
}

fn with_posts() -> Select<(User, rebis::Maybe<Post>)> {
    select((User, Post.optional())).outer_join(User.posts).filter(User.hair_color.eq("black"))
}

fn pairs(task: &Task, turns: Turns) {
    let engine = open(task);
    turns.take(
        &mut wait(engine.connect()),
        |db| wait(db.all(with_posts())),
        |_, pairs| {
            assert_eq!(pairs.len(), task.size.div_ceil(2));
            assert!(pairs.iter().all(|(u, p)| u.hair_color.as_deref() == Some("black") && p.is_none()));
        },
    );
}

fn pairs_tracked(task: &Task, turns: Turns) {
    let engine = open(task);
    turns.take(
        &mut (),
        |()| {
            let mut db = engine.session();
            let pairs = wait(db.all(with_posts()));
            wait(db.commit());
            (db, pairs)
        },
        |(), (db, pairs)| {
            assert_eq!(pairs.len(), task.size.div_ceil(2));
            assert!(pairs.iter().all(|(u, p)| db[u].hair_color.as_deref() == Some("black") && p.is_none()));
        },
    );
}

fn associations(task: &Task, turns: Turns) {
    let engine = open(task);
    turns.take(
        &mut wait(engine.connect()),
        |db| {
            let users = wait(db.all(User));
            let posts = wait(db.all(select(Post).filter(Post.user_id.in_(users.iter().map(|u| u.id)))));
            let comments =
                wait(db.all(select(Comment).filter(Comment.post_id.in_(posts.iter().map(|p| p.id)))));
            tree::grouped(users, posts, comments, |u| u.id, |p| (p.id, p.user_id), |c| c.post_id)
        },
        |_, tree| tree::check(&tree, task.size, |comment| &comment.text),
    );
}

fn associations_tracked(task: &Task, turns: Turns) {
    let engine = open(task);
    turns.take(
        &mut (),
        |()| {
            let mut db = engine.session();
            let users = wait(db.all(select(User).with(User.posts.then(Post.comments))));
            wait(db.commit());
            (db, users)
        },
        |(), (db, users)| {
            let posts = || users.iter().flat_map(|user| &db[user].posts);
            assert!(users.len() == task.size && posts().count() == task.size * 10);
            assert!(posts().all(|post| db[post].comments.len() == 10));
        },
    );
}

fn insert(task: &Task, turns: Turns) {
    let engine = open(task);
    turns.take(
        &mut wait(engine.connect()),
        |db| {
            let new = (0..task.size).map(|i| User.new().name(names::user(i)).hair_color("hair_color"));
            wait(db.execute(User.insert().rows(new)))
        },
        |_, count| assert_eq!(count as usize, task.size),
    );
}

fn insert_tracked(task: &Task, turns: Turns) {
    let engine = open(task);
    turns.take(
        &mut (),
        |()| {
            let mut db = engine.session();
            let new = (0..task.size).map(|i| User.new().name(names::user(i)).hair_color("hair_color"));
            let users = db.add_all(new);
            wait(db.commit());
            (db, users)
        },
        |(), (db, users)| assert!(users.iter().all(|user| db[user].id > 0)),
    );
}

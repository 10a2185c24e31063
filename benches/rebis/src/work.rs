//! The unit of work, single rows, and growth. Compiled twice, over the blocking and over the async face.

use super::face::{KEPT, KNOWN, PLAIN, TRACKED, wait};
use super::suite::{open, run, users, users_tracked};
use crate::models::*;
use harness::Database::{MySql, Postgres, Sqlite};
use harness::{Database, Entry, Task, Turns, entry, names};
use rebis::prelude::*;
use rebis::prepare;

const ON: &[Database] = &[Sqlite, Postgres, MySql];
const LOCAL: &[Database] = &[Sqlite];

pub const ENTRIES: &[Entry] = &[
    entry(TRACKED, "flush", ON, flush),
    entry(TRACKED, "save_graph", ON, save_graph),
    entry(TRACKED, "change", &[Sqlite, Postgres], change),
    entry(TRACKED, "cascade", &[Sqlite, Postgres], cascade),
    entry(TRACKED, "merge", LOCAL, merge),
    entry(KEPT, "row_by_key", LOCAL, by_key_kept),
    entry(PLAIN, "row_by_key", LOCAL, by_key),
    entry(TRACKED, "row_by_key", LOCAL, by_key_tracked),
    entry(KNOWN, "row_by_key", LOCAL, by_key_known),
    entry(PLAIN, "text_keys", LOCAL, places),
    entry(TRACKED, "text_keys", LOCAL, places_tracked),
    entry(PLAIN, "uuid_keys", LOCAL, tokens),
    entry(TRACKED, "uuid_keys", LOCAL, tokens_tracked),
    entry(PLAIN, "growth_load", LOCAL, users),
    entry(TRACKED, "growth_load", LOCAL, users_tracked),
    entry(TRACKED, "growth_flush", LOCAL, flush),
];

fn flush(task: &Task, turns: Turns) {
    let engine = open(task);
    turns.singly().take(
        &mut (),
        |()| {
            let mut db = engine.session();
            let new = |i| User.new().name(names::user(i)).hair_color(names::hair(i));
            let users = db.add_all((0..task.size).map(new));
            wait(db.commit());
            (db, users)
        },
        |(), (db, users)| {
            assert!(users.len() == task.size && users.iter().all(|user| db[user].id > 0));
            run(&mut wait(engine.connect()), task.empty());
        },
    );
}

fn save_graph(task: &Task, turns: Turns) {
    let engine = open(task);
    let count = names::users_of(task.size);
    turns.singly().take(
        &mut (),
        |()| {
            let mut db = engine.session();
            let comment = |i| Comment.new().text(names::comment(i, 0));
            let post = |i| Post.new().title(names::post(i, 0)).comments((0..names::COMMENTS).map(comment));
            let user = |i| {
                let user = User.new().name(names::user(i)).hair_color(names::hair(i));
                user.posts((0..names::POSTS).map(post))
            };
            let users = db.add_all((0..count).map(user));
            wait(db.commit());
            (db, users)
        },
        |(), (db, users)| {
            assert_eq!(users.len(), count);
            for user in users {
                assert!(db[user].id > 0);
                for post in &db[user].posts {
                    assert!(db[post].user_id == db[user].id && db[post].id > 0);
                    assert!(db[post].comments.iter().all(|c| db[c].post_id == db[post].id && db[c].id > 0));
                }
            }
            run(&mut wait(engine.connect()), task.empty());
        },
    );
}

fn change(task: &Task, turns: Turns) {
    let engine = open(task);
    let mut db = engine.session();
    let users = wait(db.all(User));
    wait(db.commit());
    let before = engine.counters();
    turns.singly().take(
        &mut (db, 0),
        |(db, round)| {
            *round += 1;
            for user in users.iter().step_by(100) {
                db[user].name = format!("Name {round}");
            }
            wait(db.commit());
        },
        |(_, round), ()| {
            let written = (engine.counters() - before).rows_written;
            assert_eq!(written, (*round * task.size / 100) as u64);
        },
    );
}

fn cascade(task: &Task, turns: Turns) {
    let engine = open(task);
    turns.singly().take(
        &mut (),
        |()| {
            let before = engine.counters();
            let mut db = engine.session();
            let root = wait(db.get_one(User, 1));
            db.delete(root);
            wait(db.flush());
            wait(db.rollback());
            (engine.counters() - before).rows_written
        },
        |(), gone| assert_eq!(gone as usize, task.size),
    );
}

fn merge(task: &Task, turns: Turns) {
    let engine = open(task);
    turns.singly().take(
        &mut (),
        |()| {
            let mut db = engine.session();
            let rows = (0..task.size)
                .map(|i| User.new().id(i as i32 + 1).name(names::user(i)).hair_color(None::<String>));
            let users = wait(db.merge_all(rows));
            wait(db.commit());
            (db, users)
        },
        |(), (db, users)| {
            assert!(users.len() == task.size && db[users[0]].name == names::user(0));
            assert_eq!(engine.counters().rows_written as usize % task.size, 0);
        },
    );
}

fn checked(user: &User) {
    assert_eq!(user.name, names::user(user.id as usize - 1));
}

pub fn by_key_kept(task: &Task, turns: Turns) {
    let engine = open(task);
    let by_key = prepare(|id: Expr<i32>| select(User).filter(User.id.eq(id)));
    turns.batch(64).take(
        &mut (wait(engine.connect()), names::keys(task.size).cycle()),
        |(db, keys)| wait(db.one(by_key.with(keys.next().unwrap_or(1)))),
        |_, user| checked(&user),
    );
}

fn by_key(task: &Task, turns: Turns) {
    let engine = open(task);
    turns.batch(64).take(
        &mut (wait(engine.connect()), names::keys(task.size).cycle()),
        |(db, keys)| wait(db.one(select(User).filter(User.id.eq(keys.next().unwrap_or(1))))),
        |_, user| checked(&user),
    );
}

fn by_key_tracked(task: &Task, turns: Turns) {
    let engine = open(task);
    turns.batch(64).take(
        &mut (engine.session(), names::keys(task.size).cycle()),
        |(db, keys)| wait(db.get_one(User, keys.next().unwrap_or(1))),
        |(db, _), user| {
            checked(&db[user]);
            // The next time round it is not known.
            db.expunge(user);
        },
    );
}

fn by_key_known(task: &Task, turns: Turns) {
    let engine = open(task);
    let mut db = engine.session();
    wait(db.all(User));
    turns.batch(64).take(
        &mut (db, names::keys(task.size).cycle()),
        |(db, keys)| wait(db.get_one(User, keys.next().unwrap_or(1))),
        |(db, _), user| checked(&db[user]),
    );
}

fn places(task: &Task, turns: Turns) {
    let engine = open(task);
    turns.take(
        &mut wait(engine.connect()),
        |db| wait(db.all(Place)),
        |_, rows| assert!(rows.len() == task.size && rows[1].name == "Place 1"),
    );
}

fn places_tracked(task: &Task, turns: Turns) {
    let engine = open(task);
    turns.take(
        &mut (),
        |()| {
            let mut db = engine.session();
            let rows = wait(db.all(Place));
            wait(db.commit());
            (db, rows)
        },
        |(), (db, rows)| assert!(rows.len() == task.size && db[rows[1]].name == "Place 1"),
    );
}

fn tokens(task: &Task, turns: Turns) {
    let engine = open(task);
    turns.take(
        &mut wait(engine.connect()),
        |db| wait(db.all(Token)),
        |_, rows| assert!(rows.len() == task.size && rows[0].id.as_u128() == names::token(0)),
    );
}

fn tokens_tracked(task: &Task, turns: Turns) {
    let engine = open(task);
    turns.take(
        &mut (),
        |()| {
            let mut db = engine.session();
            let rows = wait(db.all(Token));
            wait(db.commit());
            (db, rows)
        },
        |(), (db, rows)| assert!(rows.len() == task.size && db[rows[0]].id.as_u128() == names::token(0)),
    );
}

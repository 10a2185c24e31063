//! SQLAlchemy's own suite, over the blocking face.

use crate::blocking::suite::{open, run};
use crate::models::Customer;
use harness::Database::Sqlite;
use harness::{Entry, Task, Turns, entry, names};
use rebis::blocking::{Engine, Session};
use rebis::prelude::*;
use rebis::prepare;

const ON: &[harness::Database] = &[Sqlite];
const PLAIN: &str = "rebis";
const TRACKED: &str = "rebis-tracked";

pub const ENTRIES: &[Entry] = &[
    entry(TRACKED, "bulk_inserts_flush", ON, flush),
    entry(TRACKED, "bulk_inserts_flush_keys", ON, flush_keys),
    entry(PLAIN, "bulk_inserts_bulk", ON, insert),
    entry(PLAIN, "bulk_inserts_core", ON, insert),
    entry(TRACKED, "bulk_updates_flush", ON, update),
    entry(TRACKED, "large_resultsets_objects", ON, objects),
    entry(TRACKED, "large_resultsets_chunks", ON, chunks),
    entry(PLAIN, "large_resultsets_columns", ON, columns),
    entry(TRACKED, "single_inserts", ON, single),
    entry(TRACKED, "short_selects_new", ON, by_key),
    entry(TRACKED, "short_selects_reused", ON, by_key_reused),
];

fn name(i: usize) -> String {
    format!("customer name {i}")
}

fn description(i: usize) -> String {
    format!("customer description {i}")
}

fn gone(engine: &Engine) {
    run(&mut engine.connect().expect("a connection"), &["delete from customer"]);
}

fn flush(task: &Task, turns: Turns) {
    let new = |i| Customer.new().name(name(i)).description(description(i));
    added(task, turns, |db| db.add_all((0..task.size).map(new)));
}

fn flush_keys(task: &Task, turns: Turns) {
    let new = |i| Customer.new().id(i as i32 + 1).name(name(i)).description(description(i));
    added(task, turns, |db| db.add_all((0..task.size).map(new)));
}

fn added(task: &Task, turns: Turns, add: impl Fn(&mut Session) -> Vec<Handle<Customer>>) {
    let engine = open(task);
    turns.singly().take(
        &mut (),
        |()| {
            let mut db = engine.session();
            let customers = add(&mut db);
            db.commit().expect("they go in");
            (db, customers)
        },
        |(), (db, customers)| {
            assert_eq!(db[customers[task.size - 1]].id as usize, task.size);
            gone(&engine);
        },
    );
}

fn insert(task: &Task, turns: Turns) {
    let engine = open(task);
    turns.singly().take(
        &mut engine.connect().expect("a connection"),
        |db| {
            let new = |i| Customer.new().name(name(i)).description(description(i));
            let mut db = db.transaction().expect("BEGIN");
            let count = db.execute(Customer.insert().rows((0..task.size).map(new))).expect("they go in");
            db.commit().expect("COMMIT");
            count
        },
        |db, count| {
            assert_eq!(count as usize, task.size);
            run(db, &["delete from customer"]);
        },
    );
}

fn update(task: &Task, turns: Turns) {
    let engine = open(task);
    turns.singly().take(
        &mut 0,
        |round| {
            *round += 1;
            let before = engine.counters();
            let mut db = engine.session();
            for customer in db.all(Customer).expect("rows") {
                db[customer].description = Some(format!("{} changed {round}", db[customer].id));
            }
            db.commit().expect("they are written");
            (engine.counters() - before).rows_written
        },
        |_, written| assert_eq!(written as usize, task.size),
    );
}

fn objects(task: &Task, turns: Turns) {
    let engine = open(task);
    turns.take(
        &mut (),
        |()| {
            let mut db = engine.session();
            let customers = db.all(Customer).expect("rows");
            db.commit().expect("COMMIT");
            (db, customers)
        },
        |(), (_, customers)| assert_eq!(customers.len(), task.size),
    );
}

fn chunks(task: &Task, turns: Turns) {
    let engine = open(task);
    turns.take(
        &mut (),
        |()| {
            let mut db = engine.session();
            let mut pages = db.batches(Customer, 1_000);
            let mut seen = 0;
            while let Some(page) = pages.next(&mut db).expect("rows") {
                seen += page.len();
                db.expunge_all();
            }
            db.commit().expect("COMMIT");
            seen
        },
        |(), seen| assert_eq!(seen, task.size),
    );
}

fn columns(task: &Task, turns: Turns) {
    let engine = open(task);
    turns.take(
        &mut engine.connect().expect("a connection"),
        |db| db.all(select((Customer.id, Customer.name, Customer.description))).expect("rows"),
        |_, rows| assert_eq!(rows.len(), task.size),
    );
}

fn single(task: &Task, turns: Turns) {
    let engine = open(task);
    turns.singly().take(
        &mut (),
        |()| {
            for i in 0..task.size {
                let mut db = engine.session();
                db.add(Customer.new().name(name(i)).description(description(i)));
                db.commit().expect("it goes in");
            }
        },
        |(), ()| {
            let mut db = engine.connect().expect("a connection");
            let count = db.scalar(select(Customer.id.count())).expect("a number");
            assert_eq!(count as usize, task.size);
            run(&mut db, &["delete from customer"]);
        },
    );
}

fn by_key(task: &Task, turns: Turns) {
    let find = |db: &mut Session, key| db.one(select(Customer).filter(Customer.id.eq(key))).expect("a row");
    found(task, turns, find);
}

fn by_key_reused(task: &Task, turns: Turns) {
    let by_key = prepare(|id: Expr<i32>| select(Customer).filter(Customer.id.eq(id)));
    found(task, turns, |db, key| db.one(by_key.with(key)).expect("a row"));
}

fn found(task: &Task, turns: Turns, find: impl Fn(&mut Session, i32) -> Handle<Customer>) {
    let engine = open(task);
    let keys: Vec<i32> = names::keys(task.size).collect();
    turns.take(
        &mut (),
        |()| {
            let mut db = engine.session();
            let each: Vec<_> = keys.iter().map(|key| find(&mut db, *key)).collect();
            db.commit().expect("COMMIT");
            (db, each)
        },
        |(), (db, each)| assert!(each.len() == task.size && db[each[1]].id == keys[1]),
    );
}

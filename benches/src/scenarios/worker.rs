//! The async engine's default placement: SQLite on a thread of its own.

use super::Group;
use crate::database::{self, Both};
use crate::harness::{Case, Effort, compare, timed};
use crate::models::{Comment, Place, Post, Token, User, hand};
use rebis::prelude::*;
use rebis_engine::block_on;

const ROWS: usize = 10_000;
const TIMES: usize = 500;

pub fn run(effort: Effort) -> Vec<Group> {
    let engine = rebis::Engine::new("sqlite::memory:").expect("the URL is right");
    let fill = async {
        let mut connection = engine.connect().await?;
        let schema = metadata![User, Post, Comment, Place, Token];
        rebis::schema::SchemaTarget::create_all(&engine, &schema).await?;
        connection.execute_raw(&database::users(ROWS)).await
    };
    block_on(fill).expect("they go in");
    let Both { engine: _, hand } = Both::new().users(ROWS);
    let mut all = hand.prepare("select id, name, hair_color from users").expect("it is right");
    let mut one = hand.prepare("select id, name, hair_color from users where id = ?").expect("it is right");
    let mut connection = block_on(engine.connect()).expect("a connection");
    let user = |row: &rusqlite::Row<'_>| {
        Ok(hand::User { id: row.get(0)?, name: row.get(1)?, hair_color: row.get(2)? })
    };
    let cases = vec![
        Case::new("by hand, on the caller's thread", || {
            let (took, users) = timed(|| all.query_map([], user)?.collect::<rusqlite::Result<Vec<_>>>());
            assert_eq!(users.expect("rows").len(), ROWS);
            took
        }),
        Case::new("plain structs, worker", || {
            let (took, users) = timed(|| block_on(connection.all(User)).expect("rows"));
            assert!(users.len() == ROWS && users[ROWS - 1].name == "User 9999");
            took
        }),
        Case::new("tracked, worker", || {
            let (took, (db, users)) = timed(|| {
                let mut db = engine.session();
                let users = block_on(db.all(User)).expect("rows");
                (db, users)
            });
            assert!(users.len() == ROWS && db[users[ROWS - 1]].name == "User 9999");
            took
        }),
    ];
    let many = compare(effort, 1, cases);
    let cases = vec![
        Case::new("by hand, on the caller's thread", || {
            let (took, found) = timed(|| ids().filter(|id| one.query_row([id], user).is_ok()).count());
            assert_eq!(found, TIMES);
            took
        }),
        Case::new("connection, statement built each time, worker", || {
            let (took, found) = timed(|| {
                let mut find =
                    |id: &i64| block_on(connection.one(select(User).filter(User.id.eq(*id)))).is_ok();
                ids().filter(|id| find(id)).count()
            });
            assert_eq!(found, TIMES);
            took
        }),
    ];
    let few = compare(effort, TIMES, cases);
    vec![
        Group { title: "Async worker: load 10,000 rows", unit: "load", timings: many, notes: Vec::new() },
        Group { title: "Async worker: one row by key", unit: "row", timings: few, notes: Vec::new() },
    ]
}

fn ids() -> impl Iterator<Item = i64> {
    (0..TIMES).map(|n| (n * 7919 % ROWS) as i64 + 1)
}

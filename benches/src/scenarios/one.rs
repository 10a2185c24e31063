//! One row by key.

use super::Group;
use crate::database::{self, Both};
use crate::harness::{Case, Effort, compare, timed};
use crate::models::{User, hand};
use rebis::prelude::*;
use std::time::Duration;

const ROWS: usize = 10_000;
const TIMES: usize = 5_000;

pub fn run(effort: Effort) -> Vec<Group> {
    let Both { engine, hand } = Both::new().users(ROWS);
    let private = database::by_hand_private();
    private.execute_batch(&database::users(ROWS)).expect("they go in");
    let text = "select id, name, hair_color from users where id = ?";
    let mut kept = hand.prepare(text).expect("it is right");
    let mut kept_private = private.prepare(text).expect("it is right");
    let mut connection = engine.connect().expect("a connection");
    let mut building = engine.connect().expect("a connection");
    let by_id = prepare(|id: Expr<i64>| select(User).filter(User.id.eq(id)));
    let mut known = engine.session();
    known.all(User).expect("rows");
    let cases = vec![
        Case::new("by hand, kept statement", || by_hand(&mut kept)),
        Case::new("by hand, private `:memory:` database", || by_hand(&mut kept_private)),
        Case::new("by hand, `prepare_cached`", || by_hand_cached(&hand)),
        Case::new("connection, kept statement", || {
            let (took, length) =
                timed(|| ids().map(|id| connection.one(by_id.with(id)).expect("a row").name.len()).sum());
            checked(took, length)
        })
        .bar(1.4),
        Case::new("connection, statement built each time", || {
            let (took, length) = timed(|| {
                let find = |id| building.one(select(User).filter(User.id.eq(id)));
                ids().map(find).map(|user| user.expect("a row").name.len()).sum()
            });
            checked(took, length)
        }),
        Case::new("session, `get`, not in it", || {
            let mut db = engine.session();
            let (took, length) = timed(|| {
                let mut length = 0;
                for id in ids() {
                    let found = db.get(User, id).expect("an answer").expect("a row");
                    length += db[found].name.len();
                }
                length
            });
            checked(took, length)
        }),
        Case::new("session, `get`, in it", || {
            let (took, length) = timed(|| {
                let mut length = 0;
                for id in ids() {
                    let found = known.get(User, id).expect("an answer").expect("a row");
                    length += known[found].name.len();
                }
                length
            });
            checked(took, length)
        }),
    ];
    let timings = compare(effort, TIMES, cases);
    vec![Group { title: "One row by key", unit: "row", timings, notes: Vec::new() }]
}

fn by_hand_cached(hand: &rusqlite::Connection) -> Duration {
    let text = "select id, name, hair_color from users where id = ?";
    let (took, length) = timed(|| {
        let found = ids().map(|id| {
            let mut cached = hand.prepare_cached(text).expect("it is right");
            cached.query_row([id], user).expect("a row").name.len()
        });
        found.sum()
    });
    checked(took, length)
}

/// Keys from all over the table, each once.
fn ids() -> impl Iterator<Item = i64> {
    (0..TIMES).map(|n| (n * 7919 % ROWS) as i64 + 1)
}

fn user(row: &rusqlite::Row<'_>) -> rusqlite::Result<hand::User> {
    Ok(hand::User { id: row.get(0)?, name: row.get(1)?, hair_color: row.get(2)? })
}

fn by_hand(kept: &mut rusqlite::Statement<'_>) -> Duration {
    let (took, length) =
        timed(|| ids().map(|id| kept.query_row([id], user).expect("a row").name.len()).sum());
    checked(took, length)
}

fn checked(took: Duration, length: usize) -> Duration {
    let expected: usize = ids().map(|id| format!("User {}", id - 1).len()).sum();
    assert_eq!(length, expected);
    took
}

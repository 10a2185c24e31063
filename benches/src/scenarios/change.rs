//! One of a hundred of 100,000 loaded objects is changed and written.

use super::Group;
use crate::database::Both;
use crate::harness::{Case, Effort, compare, timed};
use crate::models::{User, hand};
use rusqlite::params;

const ROWS: usize = 100_000;

pub fn run(effort: Effort) -> Vec<Group> {
    let Both { engine, hand } = Both::new().users(ROWS);
    let mut all = hand.prepare("select id, name, hair_color from users").expect("it is right");
    let users = all
        .query_map([], |row| Ok(hand::User { id: row.get(0)?, name: row.get(1)?, hair_color: row.get(2)? }));
    let mut users: Vec<hand::User> = users.and_then(Iterator::collect).expect("rows");
    let mut update = hand.prepare("update users set name = ? where id = ?").expect("it is right");
    let mut db = engine.session();
    let handles = db.all(User).expect("rows");
    db.commit().expect("a commit");
    let log = engine.counters();
    let (mut by_hand_rounds, mut rounds) = (0, 0);
    let mut by_hand = || {
        by_hand_rounds += 1;
        let (took, result) = timed(|| -> rusqlite::Result<()> {
            let transaction = hand.unchecked_transaction()?;
            for user in users.iter_mut().step_by(100) {
                user.name = format!("Name {by_hand_rounds}");
                update.execute(params![user.name, user.id])?;
            }
            transaction.commit()
        });
        result.expect("they are written");
        took
    };
    let rebis = || {
        rounds += 1;
        let (took, ()) = timed(|| {
            for &user in handles.iter().step_by(100) {
                db[user].name = format!("Name {rounds}");
            }
            db.commit().expect("they are written");
        });
        let written = (engine.counters() - log).rows_written;
        assert_eq!(written, (rounds * ROWS / 100) as u64);
        took
    };
    let cases = vec![
        Case::new("by hand, knowing what was changed", &mut by_hand),
        Case::new("session, changes found by it", rebis),
    ];
    let timings = compare(effort.few(), 1, cases);
    vec![Group {
        title: "Change 1,000 of 100,000 loaded objects and commit",
        unit: "commit",
        timings,
        notes: Vec::new(),
    }]
}

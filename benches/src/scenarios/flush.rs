//! New objects with generated keys: add, flush, commit.

use super::Group;
use crate::database::Both;
use crate::harness::{Case, Effort, compare, timed};
use crate::models::{User, hand};
use rusqlite::params;
use std::time::Duration;

pub fn run(effort: Effort) -> Vec<Group> {
    vec![
        flush(effort, 10_000, 1, "Flush of 10,000 new objects", Some(1.1)),
        flush(effort, 100, 20, "Flush of 100 new objects", None),
        flush(effort, 1, 200, "Flush of 1 new object", None),
    ]
}

/// `times` transactions of `count` objects each, from the making of the objects to the COMMIT.
fn flush(effort: Effort, count: usize, times: usize, title: &'static str, bar: Option<f64>) -> Group {
    let both = Both::new();
    let hand = &both.hand;
    let mut insert = hand.prepare("insert into users (name, hair_color) values (?, ?)").expect("it is right");
    let empty = || both.run("delete from users");
    let mut by_hand = || {
        let mut sum = Duration::ZERO;
        for _ in 0..times {
            let (took, users) = timed(|| by_hand(hand, &mut insert, count).expect("they go in"));
            assert!(users.len() == count && users[0].id + count as i64 - 1 == users[count - 1].id);
            sum += took;
        }
        assert_eq!(stored(hand), (times * count) as i64);
        empty();
        sum
    };
    let rebis = || {
        let mut sum = Duration::ZERO;
        for _ in 0..times {
            let (took, (db, users)) = timed(|| {
                let mut db = both.engine.session();
                let new = (0..count).map(|i| User.new().name(format!("User {i}")).hair_color("hair_color"));
                let users = db.add_all(new);
                db.commit().expect("they go in");
                (db, users)
            });
            assert!(db[users[0]].id + count as i64 - 1 == db[users[count - 1]].id);
            sum += took;
        }
        let mut connection = both.engine.connect().expect("a connection");
        assert_eq!(
            connection.scalar(rebis::select(User.id.count())).expect("a number"),
            (times * count) as i64
        );
        drop(connection);
        empty();
        sum
    };
    let mut cases = vec![Case::new("by hand, kept INSERT in a transaction", &mut by_hand)];
    let rebis = Case::new("session, keys on the objects", rebis);
    cases.push(match bar {
        Some(bar) => rebis.bar(bar),
        None => rebis,
    });
    Group { title, unit: "flush", timings: compare(effort, times, cases), notes: Vec::new() }
}

fn by_hand(
    connection: &rusqlite::Connection,
    insert: &mut rusqlite::Statement<'_>,
    count: usize,
) -> rusqlite::Result<Vec<hand::User>> {
    let new = |i| hand::User { id: 0, name: format!("User {i}"), hair_color: Some("hair_color".to_owned()) };
    let mut users: Vec<hand::User> = (0..count).map(new).collect();
    let transaction = connection.unchecked_transaction()?;
    for user in &mut users {
        insert.execute(params![user.name, user.hair_color])?;
        user.id = connection.last_insert_rowid();
    }
    transaction.commit()?;
    Ok(users)
}

fn stored(connection: &rusqlite::Connection) -> i64 {
    connection.query_row("select count(*) from users", [], |row| row.get(0)).expect("a number")
}

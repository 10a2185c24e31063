//! 10,000 rows of three columns, from a database in memory to structs and to tracked objects.

use super::Group;
use crate::database::{self, Both};
use crate::harness::{Case, Effort, compare, timed};
use crate::models::{Place, Token, User, hand};
use std::time::Duration;

const ROWS: usize = 10_000;

pub fn run(effort: Effort) -> Vec<Group> {
    vec![integers(effort), texts(effort), bytes(effort)]
}

fn integers(effort: Effort) -> Group {
    let Both { engine, hand } = Both::new().users(ROWS);
    let private = database::by_hand_private();
    private.execute_batch(&database::users(ROWS)).expect("they go in");
    let mut connection = engine.connect().expect("a connection");
    let text = "select id, name, hair_color from users";
    let mut kept = hand.prepare(text).expect("it is right");
    let mut kept_private = private.prepare(text).expect("it is right");
    let mut known = engine.session();
    known.all(User).expect("rows");
    let cases = vec![
        Case::new("by hand, rusqlite", || by_hand(&mut kept)),
        Case::new("by hand, private `:memory:` database", || by_hand(&mut kept_private)),
        Case::new("plain structs, connection", || {
            let (took, users) = timed(|| connection.all(User).expect("rows"));
            assert!(users.len() == ROWS && users[ROWS - 1].name == "User 9999");
            took
        })
        .bar(1.08),
        Case::new("tracked, new session", || {
            let (took, (db, users)) = timed(|| {
                let mut db = engine.session();
                let users = db.all(User).expect("rows");
                (db, users)
            });
            assert!(users.len() == ROWS && db[users[ROWS - 1]].name == "User 9999");
            took
        })
        .bar(1.2),
        Case::new("tracked, all known already", || {
            let (took, users) = timed(|| known.all(User).expect("rows"));
            assert!(users.len() == ROWS);
            took
        }),
    ];
    let timings = compare(effort, 1, cases);
    Group {
        title: "Load 10,000 rows of three columns, integer keys",
        unit: "load",
        timings,
        notes: Vec::new(),
    }
}

fn by_hand(kept: &mut rusqlite::Statement<'_>) -> Duration {
    let (took, users) = timed(|| {
        let rows = kept.query_map([], |row| {
            Ok(hand::User { id: row.get(0)?, name: row.get(1)?, hair_color: row.get(2)? })
        })?;
        rows.collect::<rusqlite::Result<Vec<_>>>()
    });
    let users = users.expect("rows");
    let last = &users[ROWS - 1];
    assert!(users.len() == ROWS && last.name == "User 9999" && last.id == ROWS as i64);
    assert!(last.hair_color.is_none());
    took
}

fn texts(effort: Effort) -> Group {
    let Both { engine, hand } = Both::new().places(ROWS);
    let mut kept = hand.prepare("select code, name, note from places").expect("it is right");
    let mut connection = engine.connect().expect("a connection");
    let cases = vec![
        Case::new("by hand, rusqlite", || {
            let (took, places) = timed(|| {
                let rows = kept.query_map([], |row| {
                    Ok(hand::Place { code: row.get(0)?, name: row.get(1)?, note: row.get(2)? })
                })?;
                rows.collect::<rusqlite::Result<Vec<_>>>()
            });
            let places = places.expect("rows");
            let last = &places[ROWS - 1];
            assert!(places.len() == ROWS && last.name == "Place 9999" && last.code.len() == 13);
            assert!(last.note.is_none());
            took
        }),
        Case::new("plain structs, connection", || {
            let (took, places) = timed(|| connection.all(Place).expect("rows"));
            assert!(places.len() == ROWS && places[ROWS - 1].name == "Place 9999");
            took
        })
        .bar(1.08),
        Case::new("tracked, new session", || {
            let (took, (db, places)) = timed(|| {
                let mut db = engine.session();
                let places = db.all(Place).expect("rows");
                (db, places)
            });
            assert!(places.len() == ROWS && db[places[ROWS - 1]].name == "Place 9999");
            took
        })
        .bar(1.4),
    ];
    let timings = compare(effort, 1, cases);
    Group { title: "Load 10,000 rows of three columns, text keys", unit: "load", timings, notes: Vec::new() }
}

fn bytes(effort: Effort) -> Group {
    let Both { engine, hand } = Both::new().tokens(ROWS);
    let mut kept = hand.prepare("select id, name, note from tokens").expect("it is right");
    let mut connection = engine.connect().expect("a connection");
    let cases = vec![
        Case::new("by hand, rusqlite", || {
            let (took, tokens) = timed(|| {
                let rows = kept.query_map([], |row| {
                    Ok(hand::Token { id: row.get(0)?, name: row.get(1)?, note: row.get(2)? })
                })?;
                rows.collect::<rusqlite::Result<Vec<_>>>()
            });
            let tokens = tokens.expect("rows");
            let last = &tokens[ROWS - 1];
            assert!(tokens.len() == ROWS && last.name == "Token 9999" && last.note.is_none());
            assert!(&last.id == crate::models::uuid_of(ROWS - 1).as_bytes());
            took
        }),
        Case::new("plain structs, connection", || {
            let (took, tokens) = timed(|| connection.all(Token).expect("rows"));
            assert!(tokens.len() == ROWS && tokens[ROWS - 1].name == "Token 9999");
            took
        })
        .bar(1.08),
        Case::new("tracked, new session", || {
            let (took, (db, tokens)) = timed(|| {
                let mut db = engine.session();
                let tokens = db.all(Token).expect("rows");
                (db, tokens)
            });
            assert!(tokens.len() == ROWS && db[tokens[ROWS - 1]].name == "Token 9999");
            took
        })
        .bar(1.4),
    ];
    let timings = compare(effort, 1, cases);
    Group { title: "Load 10,000 rows of three columns, UUID keys", unit: "load", timings, notes: Vec::new() }
}

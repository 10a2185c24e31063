//! What one more row costs, the more there are.

use super::Group;
use crate::database::Both;
use crate::harness::{Case, Effort, compare, timed};
use crate::models::{User, hand};

pub fn run(effort: Effort) -> Vec<Group> {
    let most = if effort.quick { 100_000 } else { 1_000_000 };
    let sizes = [
        (10_000, "Growth: per row, of 10,000 rows"),
        (100_000, "Growth: per row, of 100,000 rows"),
        (1_000_000, "Growth: per row, of 1,000,000 rows"),
    ];
    sizes.into_iter().filter(|(rows, _)| *rows <= most).map(|(rows, title)| of(effort, rows, title)).collect()
}

fn of(effort: Effort, rows: usize, title: &'static str) -> Group {
    let Both { engine, hand } = Both::new().users(rows);
    let mut kept = hand.prepare("select id, name, hair_color from users").expect("it is right");
    let cases = vec![
        Case::new("by hand, rusqlite", || {
            let (took, users) = timed(|| {
                let rows = kept.query_map([], |row| {
                    Ok(hand::User { id: row.get(0)?, name: row.get(1)?, hair_color: row.get(2)? })
                })?;
                rows.collect::<rusqlite::Result<Vec<_>>>()
            });
            assert_eq!(users.expect("rows").len(), rows);
            took
        }),
        Case::new("tracked, new session", || {
            let (took, (db, users)) = timed(|| {
                let mut db = engine.session();
                let users = db.all(User).expect("rows");
                (db, users)
            });
            assert!(users.len() == rows && db[users[rows - 1]].id == rows as i64);
            took
        }),
    ];
    let effort = if rows > 10_000 { effort.few() } else { effort };
    let effort = if rows > 100_000 { Effort { rounds: effort.rounds.min(7), ..effort } } else { effort };
    Group { title, unit: "row", timings: compare(effort, rows, cases), notes: Vec::new() }
}

//! Memory of tracked objects: what a fresh process has more after a load than before it.

use super::Group;
use crate::database::{self, Both};
use crate::harness::Effort;
use crate::models::{User, hand};
use std::process::Command;

const ROWS: usize = 400_000;

/// The argument that makes this program measure itself.
const ARGUMENT: &str = "--memory-of";

pub fn run(_: Effort) -> Vec<Group> {
    let hand = measure("hand");
    let tracked = measure("tracked");
    let mut notes = Vec::new();
    if let (Some((hand, hand_peak)), Some((tracked, tracked_peak))) = (hand, tracked) {
        notes.push(format!("`Vec` of structs by hand: {hand} bytes an object, {hand_peak} at the peak"));
        notes.push(format!("tracked, with handles: {tracked} bytes an object, {tracked_peak} at the peak"));
    }
    vec![Group {
        title: "Memory of 400,000 objects of three columns",
        unit: "object",
        timings: Vec::new(),
        notes,
    }]
}

fn measure(what: &str) -> Option<(usize, usize)> {
    let program = std::env::current_exe().ok()?;
    let output = Command::new(program).args([ARGUMENT, what]).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let mut numbers = text.split_whitespace().filter_map(|word| word.parse().ok());
    Some((numbers.next()?, numbers.next()?))
}

/// What the fresh process does: prints bytes an object, now and at the peak.
pub fn child(arguments: &[String]) -> bool {
    let [argument, what] = arguments else { return false };
    if argument != ARGUMENT {
        return false;
    }
    let Both { engine, hand } = Both { engine: database::engine(), hand: database::by_hand() };
    if what == "hand" {
        hand.execute_batch(&database::users(ROWS)).expect("they go in");
        let mut kept = hand.prepare("select id, name, hair_color from users").expect("it is right");
        // SQLite's own cache is filled before.
        kept.query_map([], |_| Ok(())).expect("rows").for_each(drop);
        report(|| {
            let rows = kept.query_map([], |row| {
                Ok(hand::User { id: row.get(0)?, name: row.get(1)?, hair_color: row.get(2)? })
            });
            rows.and_then(Iterator::collect::<rusqlite::Result<Vec<_>>>).expect("rows")
        });
    } else {
        database::run(&engine, &database::users(ROWS));
        let mut connection = engine.connect().expect("a connection");
        connection.scalar(rebis::select(User.name.max())).expect("a row");
        drop(connection);
        report(|| {
            let mut db = engine.session();
            let users = db.all(User).expect("rows");
            (db, users)
        });
    }
    true
}

fn report<T>(load: impl FnOnce() -> T) {
    let before = resident("VmRSS:");
    let loaded = load();
    let (after, peak) = (resident("VmRSS:"), resident("VmHWM:"));
    drop(loaded);
    let each = |bytes: usize| bytes.saturating_sub(before) / ROWS;
    println!("{} {}", each(after), each(peak));
}

/// A line of what the system says of this process, in bytes. Zero where it does not say.
fn resident(line: &str) -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let found = status.lines().find(|l| l.starts_with(line));
    let kilobytes = found.and_then(|l| l.split_whitespace().nth(1)).and_then(|n| n.parse::<usize>().ok());
    kilobytes.unwrap_or(0) * 1024
}

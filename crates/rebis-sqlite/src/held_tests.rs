//! The proof of `held.rs` put to the test: it moves between threads under load.

use super::Held;
use rebis_sql::{Statement, StatementKind};
use rusqlite::Connection;
use std::collections::VecDeque;
use std::sync::Mutex;

fn total(held: &mut Held, statement: &Statement) -> i64 {
    held.with(|connection, statements| {
        let prepared = statements.get(connection, statement).expect("the statement is right");
        prepared.query_row([], |row| row.get(0)).expect("one row")
    })
}

fn add(held: &mut Held, statement: &Statement, value: i64) {
    held.with(|connection, statements| {
        let prepared = statements.get(connection, statement).expect("the statement is right");
        prepared.execute([value]).expect("a row is added");
    });
}

/// Eight connections go round between four threads, each visit using and changing the kept statements.
#[test]
fn moves_between_threads_under_load() {
    const ROUNDS: i64 = 400;
    let insert = Statement::new("INSERT INTO t VALUES (?)", StatementKind::Write);
    let sum = Statement::new("SELECT coalesce(sum(x), 0) FROM t", StatementKind::Read);
    let open = || {
        let connection = Connection::open_in_memory().expect("memory opens");
        connection.execute_batch("CREATE TABLE t (x INTEGER)").expect("the table is made");
        // Room for one of the two statements: each visit also drops and prepares.
        (Held::new(connection, 1), 0)
    };
    let queue: Mutex<VecDeque<(Held, i64)>> = Mutex::new((0..8).map(|_| open()).collect());
    let visit = || {
        // The binding ends the lock before the work begins.
        let next = queue.lock().expect("no thread panicked").pop_front();
        let Some((mut held, round)) = next else { return false };
        add(&mut held, &insert, round);
        assert_eq!(total(&mut held, &sum), (0..=round).sum::<i64>());
        if round < ROUNDS {
            queue.lock().expect("no thread panicked").push_back((held, round + 1));
        }
        true
    };
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| while visit() {});
        }
    });
    assert!(queue.into_inner().expect("no thread panicked").is_empty());
}

#[test]
fn the_statement_used_longest_ago_makes_room() {
    let connection = Connection::open_in_memory().expect("memory opens");
    let mut held = Held::new(connection, 2);
    let statements: Vec<Statement> =
        (0..3).map(|n| Statement::new(format!("SELECT {n}"), StatementKind::Read)).collect();
    for index in [0, 1, 0, 2] {
        assert_eq!(total(&mut held, &statements[index]), index as i64);
    }
    let ids = held.with(|_, kept| kept.ids());
    assert_eq!(ids, [statements[0].id(), statements[2].id()]);
}

//! The pool: order, limits, time, and what comes back in which state. Over a driver without a database.
#![allow(missing_docs)]

mod common;

use common::fake::{Fake, Manual, poll};
use rebis_core::{ErrorKind, Result};
use rebis_engine::{Connection, Engine, EngineOptions, Fut};
use std::sync::Arc;
use std::time::Duration;

struct Pool {
    fake: Fake,
    manual: Arc<Manual>,
    engine: Engine,
}

fn pool(options: EngineOptions) -> Pool {
    let (fake, manual) = (Fake::default(), Arc::new(Manual::default()));
    let engine = fake.engine(options.runtime(manual.clone()));
    Pool { fake, manual, engine }
}

fn of(size: usize, overflow: usize) -> Pool {
    pool(EngineOptions::new().pool_size(size).max_overflow(overflow))
}

/// A connection that is there at the first poll.
#[track_caller]
fn now(mut future: Fut<'_, Connection>) -> Connection {
    poll(&mut future).expect("it is ready at the first poll").expect("a connection")
}

#[track_caller]
fn failed(future: &mut Fut<'_, Connection>) -> rebis_core::Error {
    poll(future).expect("it is ready").expect_err("an error")
}

#[track_caller]
fn done<T>(mut future: Fut<'_, T>) -> Result<T> {
    poll(&mut future).expect("it is ready at the first poll")
}

#[test]
fn nothing_is_opened_before_the_first_use_and_no_secret_is_shown() {
    let Pool { fake, engine, .. } = of(1, 0);
    let unused = engine.connect();
    assert!(fake.seen().opened.is_empty());
    assert_eq!(engine.pool_status().in_use, 0);
    drop(unused);
    let shown = format!("{engine:?} {} {:?}", engine.url(), engine.options());
    assert!(!shown.contains("secret"), "{shown}");
    drop(now(engine.connect()));
    assert_eq!(fake.seen().opened.len(), 1);
}

#[test]
fn the_connection_returned_last_is_given_out_first() {
    let Pool { fake, engine, .. } = of(3, 0);
    let [a, b, c] = [(); 3].map(|()| now(engine.connect()));
    drop(a);
    drop(c);
    drop(b);
    let mut conn = now(engine.connect());
    done(conn.execute_raw("X")).expect("it runs");
    assert_eq!(fake.seen().ran, [(1, "X".to_owned())]);
    assert_eq!(fake.seen().opened.len(), 3);
}

#[test]
fn connections_beyond_the_size_are_closed_when_they_come_back() {
    let Pool { fake, engine, .. } = of(1, 2);
    let all = [(); 3].map(|()| now(engine.connect()));
    let status = engine.pool_status();
    assert_eq!((status.size, status.in_use, status.idle, status.opened), (3, 3, 0, 3));
    drop(all);
    let status = engine.pool_status();
    assert_eq!((status.in_use, status.idle), (0, 1));
    assert_eq!(fake.seen().closed.len(), 2);
}

#[test]
fn who_came_first_is_served_first_and_nobody_overtakes() {
    let Pool { engine, .. } = of(1, 0);
    let held = now(engine.connect());
    let (mut first, mut second) = (engine.connect(), engine.connect());
    assert!(poll(&mut first).is_none() && poll(&mut second).is_none());
    assert_eq!(engine.pool_status().waiting, 2);
    drop(held);
    // The place is granted already: one who comes now stands behind.
    let mut third = engine.connect();
    assert!(poll(&mut third).is_none() && poll(&mut second).is_none());
    let held = poll(&mut first).expect("its turn").expect("a connection");
    drop(held);
    let held = poll(&mut second).expect("its turn").expect("a connection");
    drop(held);
    poll(&mut third).expect("its turn").expect("a connection");
    assert_eq!(engine.pool_status().opened, 1);
}

#[test]
fn a_waiter_that_gives_up_passes_its_turn_on() {
    let Pool { engine, .. } = of(1, 0);
    let held = now(engine.connect());
    let (mut first, mut second, mut third) = (engine.connect(), engine.connect(), engine.connect());
    assert!(poll(&mut first).is_none() && poll(&mut second).is_none() && poll(&mut third).is_none());
    // One in the queue leaves; one that was granted a connection it never saw leaves too.
    drop(second);
    drop(held);
    drop(first);
    poll(&mut third).expect("its turn").expect("a connection");
    let status = engine.pool_status();
    assert_eq!((status.waiting, status.in_use, status.idle), (0, 0, 1));
}

#[test]
fn an_opening_that_is_cancelled_or_refused_frees_its_place() {
    let Pool { fake, engine, .. } = of(1, 0);
    fake.seen().held = true;
    let mut opening = engine.connect();
    assert!(poll(&mut opening).is_none());
    let mut waiting = engine.connect();
    assert!(poll(&mut waiting).is_none());
    fake.seen().held = false;
    fake.seen().refuses = true;
    drop(opening);
    assert_eq!(failed(&mut waiting).kind(), ErrorKind::CannotConnect);
    assert_eq!(engine.pool_status().in_use, 0);
    fake.seen().refuses = false;
    drop(now(engine.connect()));
}

#[test]
fn the_timeout_names_who_holds_the_connections() {
    let Pool { engine, manual, .. } = of(1, 2);
    let line = line!() + 1;
    let twice = [(); 2].map(|()| now(engine.connect()));
    let once = now(engine.connect());
    let mut waiting = engine.connect();
    assert!(poll(&mut waiting).is_none());
    manual.ring();
    let error = failed(&mut waiting);
    assert_eq!(error.kind(), ErrorKind::PoolTimeout);
    let text = error.message();
    assert!(text.contains("all 3 (pool_size 1 + max_overflow 2) are in use"), "{text}");
    let held: Vec<&str> = text.lines().filter(|line| line.starts_with("  held by ")).collect();
    assert!(held[0].contains(&format!("pool.rs:{line}:")) && held[0].ends_with("(2 times)"), "{text}");
    assert!(held[1].contains(&format!("pool.rs:{}:", line + 1)) && held.len() == 2, "{text}");
    assert_eq!(error.site().expect("where it was asked for").line(), line + 2);
    assert_eq!(engine.pool_status().waiting, 0);
    drop((twice, once));
}

#[test]
fn a_turn_that_comes_with_the_alarm_is_taken() {
    let Pool { engine, manual, .. } = of(1, 0);
    let held = now(engine.connect());
    let mut waiting = engine.connect();
    assert!(poll(&mut waiting).is_none());
    manual.ring();
    drop(held);
    poll(&mut waiting).expect("it is ready").expect("a connection, not a timeout");
}

#[test]
fn old_connections_are_replaced() {
    let Pool { fake, engine, .. } = pool(EngineOptions::new().recycle(Duration::ZERO));
    drop(now(engine.connect()));
    drop(now(engine.connect()));
    assert_eq!(fake.counts(), (2, 1));
    let Pool { fake, engine, .. } = pool(EngineOptions::new().recycle(Duration::from_secs(3600)));
    drop(now(engine.connect()));
    drop(now(engine.connect()));
    assert_eq!(fake.seen().opened.len(), 1);
}

#[test]
fn a_ping_finds_connections_that_are_gone() {
    let Pool { fake, engine, .. } = pool(EngineOptions::new().pre_ping(true));
    let both = [(); 2].map(|()| now(engine.connect()));
    drop(both);
    drop(now(engine.connect()));
    assert_eq!(fake.counts(), (2, 0));
    fake.seen().fails = Some(("SELECT 1", ErrorKind::ConnectionLost));
    drop(now(engine.connect()));
    // The other one went with it: what closed one has likely closed all.
    assert_eq!(fake.counts(), (3, 2));
}

#[test]
fn a_ping_without_an_answer_is_given_up() {
    let Pool { fake, engine, manual, .. } = pool(EngineOptions::new().pre_ping(true));
    fake.seen().waits = true;
    let both = [(); 2].map(|()| now(engine.connect()));
    drop(both);
    fake.seen().held = true;
    let mut next = engine.connect();
    assert!(poll(&mut next).is_none());
    manual.ring();
    assert!(poll(&mut next).is_none(), "another one is being opened");
    // The other one went with it.
    assert_eq!(fake.counts(), (2, 2));
    fake.seen().held = false;
    drop(poll(&mut next).expect("it is ready").expect("a connection of its own"));
    assert_eq!(fake.counts(), (3, 2));
}

#[test]
fn a_lost_connection_takes_those_opened_before_it_along() {
    let Pool { fake, engine, .. } = of(5, 0);
    let [mut lost, idle, used] = [(); 3].map(|()| now(engine.connect()));
    drop(idle);
    fake.seen().fails = Some(("X", ErrorKind::ConnectionLost));
    let error = done(lost.execute_raw("X")).expect_err("it is lost");
    assert!(error.is_disconnect());
    assert_eq!(fake.seen().closed, [1]);
    // Opened after the loss: stays, also when a second of the old ones is found to be lost.
    let fresh = now(engine.connect());
    drop((lost, used));
    drop(fresh);
    assert_eq!(engine.pool_status().idle, 1);
    assert_eq!(fake.seen().closed, [1, 0, 2]);
}

#[test]
fn a_connection_in_a_transaction_is_rolled_back_before_anybody_gets_it() {
    let Pool { fake, engine, .. } = of(1, 0);
    let mut conn = now(engine.connect());
    done(conn.begin(true)).expect("it begins");
    drop(conn);
    assert_eq!(fake.seen().ran.last().map(|(_, text)| text.as_str()), Some("ROLLBACK"));
    assert_eq!(engine.pool_status().idle, 1);
}

#[test]
fn where_that_must_wait_a_task_does_it_and_frees_the_place_last() {
    let Pool { fake, engine, manual } = of(1, 0);
    fake.seen().waits = true;
    let mut conn = now(engine.connect());
    done(conn.begin(true)).expect("it begins");
    drop(conn);
    let mut waiting = engine.connect();
    assert!(poll(&mut waiting).is_none());
    assert_eq!(engine.pool_status().in_use, 1);
    manual.tick();
    let conn = poll(&mut waiting).expect("its turn").expect("a connection");
    assert!(!conn.in_transaction());
    assert_eq!(fake.counts(), (1, 0));
}

#[test]
fn a_connection_that_does_not_heal_in_time_is_closed_and_its_place_freed() {
    let Pool { fake, engine, manual } = of(1, 0);
    fake.seen().waits = true;
    let mut conn = now(engine.connect());
    fake.seen().held = true;
    let mut running = conn.execute_raw("X");
    assert!(poll(&mut running).is_none());
    drop(running);
    drop(conn);
    manual.tick();
    assert_eq!(engine.pool_status().in_use, 1);
    manual.ring();
    manual.tick();
    assert_eq!((engine.pool_status().in_use, fake.seen().closed.len()), (0, 1));
    fake.seen().held = false;
    drop(now(engine.connect()));
}

#[test]
fn a_future_dropped_in_a_transaction_loses_it_until_the_program_has_rolled_back() {
    let Pool { fake, engine, .. } = of(1, 0);
    fake.seen().waits = true;
    let mut conn = now(engine.connect());
    done(conn.begin(true)).expect("it begins");
    fake.seen().held = true;
    let mut running = conn.execute_raw("X");
    assert!(poll(&mut running).is_none());
    drop(running);
    fake.seen().held = false;
    assert!(conn.in_transaction());
    let lost = |result: Result<()>| result.expect_err("the transaction is lost").kind();
    assert_eq!(lost(done(conn.execute_raw("Y")).map(drop)), ErrorKind::TransactionAborted);
    assert_eq!(lost(done(conn.commit())), ErrorKind::TransactionAborted);
    done(conn.rollback()).expect("it is rolled back");
    assert!(!conn.in_transaction());
    done(conn.execute_raw("Z")).expect("it runs");
    let ran: Vec<String> = fake.seen().ran.iter().map(|(_, text)| text.clone()).collect();
    assert_eq!(ran, ["BEGIN IMMEDIATE", "Z"]);
}

#[test]
fn a_scope_ends_what_was_cut_in_it() {
    let Pool { fake, engine, .. } = of(1, 0);
    fake.seen().waits = true;
    let mut conn = now(engine.connect());
    let mut scope = done(conn.transaction()).expect("it begins");
    fake.seen().held = true;
    let mut running = scope.execute_raw("X");
    assert!(poll(&mut running).is_none());
    drop(running);
    fake.seen().held = false;
    drop(scope);
    assert!(!conn.in_transaction());
    done(conn.execute_raw("Z")).expect("it runs, outside of any transaction");
}

#[test]
fn close_ends_those_who_wait_and_those_who_come() {
    let Pool { fake, engine, .. } = of(1, 0);
    let held = now(engine.connect());
    let mut waiting = engine.connect();
    assert!(poll(&mut waiting).is_none());
    done(engine.close()).expect("it closes");
    assert_eq!(failed(&mut waiting).kind(), ErrorKind::InvalidState);
    assert_eq!(failed(&mut engine.connect()).kind(), ErrorKind::InvalidState);
    drop(held);
    assert_eq!(fake.seen().closed.len(), 1);
}

#[test]
fn dispose_closes_what_is_open_and_lets_new_ones_come() {
    let Pool { fake, engine, .. } = of(2, 0);
    let [used, idle] = [(); 2].map(|()| now(engine.connect()));
    drop(idle);
    engine.dispose();
    assert_eq!(fake.seen().closed, [1]);
    drop(used);
    assert_eq!(fake.seen().closed, [1, 0]);
    drop(now(engine.connect()));
    assert_eq!(fake.seen().opened.len(), 3);
}

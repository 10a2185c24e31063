//! Transactions, savepoints and isolation, through connections of the engine.

use super::desk::{Db, Desk};
use super::scene::{ID, N, all_numbers, count_of, delete, numbers, put, update};
use rebis_core::ErrorKind;
use rebis_driver::IsolationLevel;
use rebis_sql::{func, select};

/// `t` with the row (1, 10).
fn one<'s>(desk: &Desk<'s>) -> Db<'s> {
    let mut db = desk.with([numbers()]);
    db.run(put("t", ["id", "n"]).row((1i64, 10i64)));
    db
}

fn add(db: &mut Db<'_>, id: i64) {
    db.run(put("t", ["id", "n"]).row((id, id)));
}

fn ids(db: &mut Db<'_>) -> Vec<i64> {
    db.all(select(ID).order_by(ID))
}

const ONE_LOCK: &str = "whoever writes locks the database against those who read";

pub fn what_is_committed_stays(desk: &Desk<'_>) {
    let mut db = one(desk);
    add(db.begin(), 2);
    db.commit();
    assert_eq!(ids(&mut db), [1, 2]);
    assert_eq!(ids(&mut desk.connect()), [1, 2]);
}

pub fn what_is_rolled_back_is_gone(desk: &Desk<'_>) {
    let mut db = one(desk);
    add(db.begin(), 2);
    db.run(update("t").set(N, 99).filter(ID.eq(1)));
    db.run(delete("t").filter(ID.eq(2)));
    db.rollback();
    db.gives(all_numbers(), [(1, Some(10))]);
}

pub fn a_transaction_reads_its_own_writes(desk: &Desk<'_>) {
    let mut db = one(desk);
    add(db.begin(), 2);
    db.gives(select(ID).order_by(ID), [1, 2]);
    db.run(update("t").set(N, N.coalesce(0) + 1).all_rows());
    db.gives(all_numbers(), [(1, Some(11)), (2, Some(3))]);
    db.run(delete("t").filter(ID.eq(1)));
    db.gives(select(ID), [2]);
    db.rollback();
}

pub fn a_connection_that_is_dropped_rolls_back(desk: &Desk<'_>) {
    let mut db = one(desk);
    add(db.begin(), 2);
    drop(db);
    assert_eq!(ids(&mut desk.connect()), [1]);
}

pub fn a_scope_that_is_dropped_rolls_back(desk: &Desk<'_>) {
    let mut db = one(desk);
    db.wait_for(|conn| async move {
        let mut scope = conn.transaction().await?;
        scope.execute(delete("t").all_rows()).await?;
        drop(scope);
        Ok::<_, rebis_core::Error>(())
    })
    .expect("it runs");
    assert_eq!(ids(&mut db), [1]);
}

pub fn a_scope_is_committed(desk: &Desk<'_>) {
    let mut db = one(desk);
    db.wait_for(|conn| async move {
        let mut scope = conn.transaction().await?;
        scope.execute(delete("t").all_rows()).await?;
        scope.commit().await
    })
    .expect("it runs");
    assert_eq!(ids(&mut db), Vec::<i64>::new());
}

pub fn several_transactions_one_after_the_other(desk: &Desk<'_>) {
    let mut db = one(desk);
    for id in 2..6 {
        add(db.begin(), id);
        if id % 2 == 0 { db.commit() } else { db.rollback() }
    }
    assert_eq!(ids(&mut db), [1, 2, 4]);
}

pub fn without_a_transaction_each_statement_is_one(desk: &Desk<'_>) {
    let mut db = one(desk);
    add(&mut db, 2);
    db.fails(put("t", ["id", "n"]).rows([(3i64, 3i64), (1, 1)]), ErrorKind::UniqueViolation);
    assert_eq!(ids(&mut desk.connect()), [1, 2]);
}

pub fn a_transaction_in_a_transaction_is_refused(desk: &Desk<'_>) {
    let mut db = one(desk);
    db.begin();
    let error = db.wait_for(|conn| conn.begin(true)).expect_err("one is open");
    assert_eq!(error.kind(), ErrorKind::InvalidState, "{error}");
    add(&mut db, 2);
    db.rollback();
    assert_eq!(ids(&mut db), [1]);
}

pub fn a_commit_without_a_transaction_is_refused(desk: &Desk<'_>) {
    let mut db = one(desk);
    let error = db.wait_for(|conn| conn.commit()).expect_err("none is open");
    assert_eq!(error.kind(), ErrorKind::InvalidState, "{error}");
}

pub fn a_savepoint_takes_back_what_came_after(desk: &Desk<'_>) {
    let mut db = one(desk);
    add(db.begin(), 2);
    db.savepoint("here");
    add(&mut db, 3);
    db.rollback_to("here");
    add(&mut db, 4);
    db.commit();
    assert_eq!(ids(&mut db), [1, 2, 4]);
}

pub fn a_savepoint_that_is_released_keeps_its_work(desk: &Desk<'_>) {
    let mut db = one(desk);
    db.begin().savepoint("here");
    add(&mut db, 2);
    db.release("here");
    db.commit();
    assert_eq!(ids(&mut db), [1, 2]);
}

pub fn the_work_of_a_released_savepoint_goes_with_the_transaction(desk: &Desk<'_>) {
    let mut db = one(desk);
    db.begin().savepoint("here");
    add(&mut db, 2);
    db.release("here");
    db.rollback();
    assert_eq!(ids(&mut db), [1]);
}

pub fn savepoints_within_savepoints(desk: &Desk<'_>) {
    let mut db = one(desk);
    db.begin().savepoint("outer");
    add(&mut db, 2);
    db.savepoint("inner");
    add(&mut db, 3);
    db.rollback_to("inner");
    assert_eq!(ids(&mut db), [1, 2]);
    db.savepoint("inner");
    add(&mut db, 4);
    db.rollback_to("outer");
    assert_eq!(ids(&mut db), [1]);
    add(&mut db, 5);
    db.commit();
    assert_eq!(ids(&mut db), [1, 5]);
}

pub fn going_back_to_a_savepoint_twice(desk: &Desk<'_>) {
    let mut db = one(desk);
    db.begin().savepoint("here");
    for id in [2, 3] {
        add(&mut db, id);
        db.rollback_to("here");
    }
    db.commit();
    assert_eq!(ids(&mut db), [1]);
}

pub fn names_of_savepoints_are_quoted(desk: &Desk<'_>) {
    let mut db = one(desk);
    db.begin();
    for name in ["select", "two words", "quo\"te", "back`tick", "é日", "a;b", "1"] {
        db.savepoint(name);
        add(&mut db, 2);
        db.rollback_to(name);
        db.release(name);
    }
    db.commit();
    assert_eq!(ids(&mut db), [1]);
}

pub fn a_savepoint_that_is_not_there_is_told(desk: &Desk<'_>) {
    let mut db = one(desk);
    db.begin();
    db.wait_for(|conn| conn.rollback_to("nowhere")).expect_err("there is none");
    db.rollback();
    assert_eq!(ids(&mut db), [1]);
}

pub fn a_savepoint_mends_an_error(desk: &Desk<'_>) {
    let mut db = one(desk);
    add(db.begin(), 2);
    db.savepoint("here");
    db.fails(put("t", ["id", "n"]).row((1i64, 1i64)), ErrorKind::UniqueViolation);
    db.rollback_to("here");
    add(&mut db, 3);
    db.commit();
    assert_eq!(ids(&mut db), [1, 2, 3]);
}

pub fn after_an_error_the_transaction_is_aborted(desk: &Desk<'_>) {
    let mut db = one(desk);
    add(db.begin(), 2);
    db.fails(put("t", ["id", "n"]).row((1i64, 1i64)), ErrorKind::UniqueViolation);
    db.fails(put("t", ["id", "n"]).row((3i64, 1i64)), ErrorKind::TransactionAborted);
    let error = db.wait_for(|conn| conn.commit()).expect_err("it is aborted");
    assert_eq!(error.kind(), ErrorKind::TransactionAborted, "{error}");
    db.rollback();
    assert_eq!(ids(&mut db), [1]);
}

pub fn what_is_not_committed_is_not_seen_by_others(desk: &Desk<'_>) {
    if !desk.facts.readers_and_writers {
        return desk.skip(ONE_LOCK);
    }
    let (mut db, mut other) = (one(desk), desk.connect());
    add(db.begin(), 2);
    assert_eq!(ids(&mut other), [1]);
    db.commit();
    assert_eq!(ids(&mut other), [1, 2]);
}

/// Begins with a level and reads, then another connection writes: what is read then.
fn read_twice(desk: &Desk<'_>, level: IsolationLevel) -> Option<[i64; 2]> {
    let (mut writer, mut reader) = (one(desk), desk.connect());
    if let Err(error) = reader.wait_for(|conn| conn.begin_with(level, false)) {
        assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
        assert!(error.help().is_some(), "it names the levels there are: {error}");
        desk.skip(&format!("the database has no isolation level {level}"));
        return None;
    }
    if !desk.facts.readers_and_writers {
        reader.rollback();
        desk.skip(ONE_LOCK);
        return None;
    }
    let count = || select(func::count()).select_from(super::scene::source("t"));
    let first = reader.scalar(count());
    add(&mut writer, 2);
    let second = reader.scalar(count());
    reader.commit();
    assert_eq!(reader.scalar(count()), 2, "behind the transaction all is seen");
    Some([first, second])
}

pub fn read_committed_sees_what_others_commit(desk: &Desk<'_>) {
    if let Some(seen) = read_twice(desk, IsolationLevel::ReadCommitted) {
        assert_eq!(seen, [1, 2]);
    }
}

pub fn repeatable_read_sees_one_state(desk: &Desk<'_>) {
    if let Some(seen) = read_twice(desk, IsolationLevel::RepeatableRead) {
        assert_eq!(seen, [1, 1]);
    }
}

pub fn read_uncommitted_works_or_is_unsupported(desk: &Desk<'_>) {
    if let Some([first, second]) = read_twice(desk, IsolationLevel::ReadUncommitted) {
        assert!(first == 1 && (1..=2).contains(&second));
    }
}

pub fn serializable_reads_its_own_writes_and_commits(desk: &Desk<'_>) {
    let mut db = one(desk);
    db.wait_for(|conn| conn.begin_with(IsolationLevel::Serializable, true)).expect("all databases have it");
    add(&mut db, 2);
    assert_eq!(ids(&mut db), [1, 2]);
    db.commit();
    assert_eq!(ids(&mut desk.connect()), [1, 2]);
}

pub fn a_level_is_one_of_its_transaction_alone(desk: &Desk<'_>) {
    let (mut db, mut other) = (one(desk), desk.connect());
    db.wait_for(|conn| conn.begin_with(IsolationLevel::Serializable, true)).expect("all databases have it");
    db.commit();
    for id in 2..5 {
        add(db.begin(), id);
        db.commit();
        assert_eq!(other.all(count_of("t")), [id]);
    }
}

/// What both read, one has changed meanwhile: the other one's change must not be lost without a word.
pub fn a_lost_update_is_noticed_or_does_not_happen(desk: &Desk<'_>) {
    if !desk.facts.readers_and_writers {
        return desk.skip(ONE_LOCK);
    }
    if desk.facts.locks_what_it_read {
        return desk.skip("whoever writes what a serializable transaction has read waits for its end");
    }
    let (mut db, mut other) = (one(desk), desk.connect());
    db.wait_for(|conn| conn.begin_with(IsolationLevel::Serializable, false)).expect("all databases have it");
    assert_eq!(db.all(select(N)), [Some(10)]);
    other.run(update("t").set(N, 11).all_rows());
    let error = db.fails(update("t").set(N, 12).all_rows(), ErrorKind::Serialization);
    assert!(error.is_retryable(), "{error}");
    db.rollback();
    db.gives(select(N), [Some(11)]);
}

pub fn rows_that_are_locked_are_read_by_others(desk: &Desk<'_>) {
    if !desk.caps().row_locks {
        return desk.skip("the database has no row locks");
    }
    let (mut db, mut other) = (one(desk), desk.connect());
    db.begin();
    assert_eq!(db.all(select(N).filter(ID.eq(1)).for_update()), [Some(10)]);
    assert_eq!(ids(&mut other), [1]);
    db.run(update("t").set(N, 11).all_rows());
    db.commit();
    other.gives(select(N), [Some(11)]);
}

pub fn a_read_transaction_sees_one_state(desk: &Desk<'_>) {
    let mut db = one(desk);
    db.wait_for(|conn| async move {
        let mut scope = conn.read_transaction().await?;
        let rows = scope.all(select(ID)).await?;
        assert_eq!(rows, [1]);
        scope.commit().await
    })
    .expect("it reads");
    add(&mut db, 2);
    assert_eq!(ids(&mut db), [1, 2]);
}

pub fn a_write_in_a_read_only_transaction_is_told(desk: &Desk<'_>) {
    let mut db = one(desk);
    db.wait_for(|conn| conn.execute_raw(desk.facts.read_only)).expect("it is set");
    db.wait_for(|conn| conn.begin(false)).expect("it begins");
    db.gives(select(ID), [1]);
    let error = db.fails(put("t", ["id", "n"]).row((2i64, 2i64)), ErrorKind::ReadOnly);
    assert!(!error.is_disconnect(), "{error}");
    db.rollback();
    assert_eq!(ids(&mut db), [1]);
}

pub fn the_next_borrower_of_a_read_only_session_may_write(desk: &Desk<'_>) {
    let mut db = one(desk);
    db.wait_for(|conn| conn.execute_raw(desk.facts.read_only)).expect("it is set");
    drop(db);
    for id in 2..6 {
        add(&mut desk.connect(), id);
    }
    assert_eq!(ids(&mut desk.connect()), [1, 2, 3, 4, 5]);
}

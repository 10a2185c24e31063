//! Several connections: one database, and a link for each.

use super::lab::ints;
use super::{Lab, Setup};
use rebis_driver::Link;

const T: &str = "CREATE TABLE t (id {key}, n {int})";

pub fn what_one_commits_the_others_see<S: Setup>(lab: &Lab<'_, S>) {
    let (mut one, mut two) = (lab.prepared(&[T]), lab.connect());
    for n in 1..4 {
        one.bound("INSERT INTO t (n) VALUES ({?})", &ints([n])).expect("it writes");
        assert_eq!(two.number("SELECT count(*) FROM t"), n);
        assert_eq!(lab.connect().number("SELECT count(*) FROM t"), n);
    }
}

pub fn what_is_not_committed_is_not_seen<S: Setup>(lab: &Lab<'_, S>) {
    let (mut one, mut two) = (lab.prepared(&[T]), lab.connect());
    one.all(&[lab.caps().begin_write, "INSERT INTO t (n) VALUES (1)"]);
    assert_eq!(two.number("SELECT count(*) FROM t"), 0);
    one.all(&["COMMIT"]);
    assert_eq!(two.number("SELECT count(*) FROM t"), 1);
}

pub fn each_has_its_own_link<S: Setup>(lab: &Lab<'_, S>) {
    let (mut one, two) = (lab.prepared(&[T]), lab.connect());
    one.all(&["BEGIN"]);
    assert_eq!((one.link(), two.link()), (Link::InTransaction, Link::Idle));
    one.all(&["ROLLBACK"]);
}

pub fn an_error_of_one_is_none_of_the_other<S: Setup>(lab: &Lab<'_, S>) {
    let (mut one, mut two) = (lab.prepared(&[T]), lab.connect());
    one.all(&["BEGIN"]);
    one.fails("SELECT * FROM no_such_table");
    two.is_innocent();
    one.all(&["ROLLBACK"]);
}

pub fn the_database_outlives_each_connection<S: Setup>(lab: &Lab<'_, S>) {
    lab.prepared(&[T, "INSERT INTO t (n) VALUES (1)"]);
    assert_eq!(lab.connect().number("SELECT count(*) FROM t"), 1);
}

pub fn a_connection_may_change_its_thread<S: Setup>(lab: &Lab<'_, S>) {
    let mut db = lab.prepared(&[T]);
    for n in 1..4 {
        let worker = std::thread::scope(|threads| {
            let run = threads.spawn(|| {
                db.bound("INSERT INTO t (n) VALUES ({?})", &ints([n])).expect("it writes");
                db.number("SELECT count(*) FROM t")
            });
            run.join().expect("the thread is well")
        });
        assert_eq!(worker, n);
    }
}

pub fn several_threads_write_at_the_same_time<S: Setup>(lab: &Lab<'_, S>) {
    let mut db = lab.prepared(&[T]);
    let wires: Vec<_> = (0..4).map(|_| lab.connect()).collect();
    let begin = lab.caps().begin_write;
    std::thread::scope(|threads| {
        for (writer, mut wire) in (0..).zip(wires) {
            threads.spawn(move || {
                for n in 0..10 {
                    wire.all(&[begin]);
                    wire.bound("INSERT INTO t (n) VALUES ({?})", &ints([writer * 10 + n]))
                        .expect("it writes");
                    wire.all(&["COMMIT"]);
                }
            });
        }
    });
    assert_eq!(db.rows("SELECT n FROM t ORDER BY n"), (0..40).map(|n| ints([n])).collect::<Vec<_>>());
    assert_eq!(db.number("SELECT count(DISTINCT id) FROM t"), 40);
}

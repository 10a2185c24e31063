//! Rows and columns of a SELECT, as the sink sees them.

use super::lab::{Keep, ints};
use super::{Lab, Setup};
use rebis_core::{Binds, Datum};
use rebis_driver::{Expect, Step};

const T: &str = "CREATE TABLE t (id {key}, n {int})";

pub fn come_in_order_and_are_counted<S: Setup>(lab: &Lab<'_, S>) {
    let mut db = lab.prepared(&[T, "INSERT INTO t (n) VALUES (30), (10), (20)"]);
    let told = db.run("SELECT n, n + 1 FROM t ORDER BY n").expect("it reads");
    assert_eq!(told.rows, [ints([10, 11]), ints([20, 21]), ints([30, 31])]);
    assert_eq!(told.shown, 3, "`rows` counts what the sink was shown");
}

pub fn columns_are_named_before_the_first_row<S: Setup>(lab: &Lab<'_, S>) {
    let told = lab.connect().run("SELECT 1 AS one, 2 AS two").expect("it reads");
    assert_eq!((told.names, told.starts), (vec!["one".to_owned(), "two".to_owned()], 1));
}

pub fn columns_are_named_also_when_there_is_no_row<S: Setup>(lab: &Lab<'_, S>) {
    let mut db = lab.prepared(&[T]);
    let told = db.run("SELECT id, n AS number FROM t").expect("it reads");
    assert_eq!((told.names, told.starts), (vec!["id".to_owned(), "number".to_owned()], 1));
    assert_eq!((told.rows.len(), told.shown), (0, 0));
}

pub fn a_statement_without_columns_starts_no_sink<S: Setup>(lab: &Lab<'_, S>) {
    let mut db = lab.prepared(&[T]);
    assert_eq!(db.run("INSERT INTO t (n) VALUES (1)").expect("it writes").starts, 0);
    assert_eq!(db.run("BEGIN").expect("it begins").starts, 0);
    db.all(&["ROLLBACK"]);
}

pub fn a_read_affects_nothing_also_after_a_write<S: Setup>(lab: &Lab<'_, S>) {
    let mut db = lab.prepared(&[T, "INSERT INTO t (n) VALUES (1), (2), (3)"]);
    assert_eq!(db.run("SELECT n FROM t").expect("it reads").affected, 0);
}

pub fn null_comes_as_null<S: Setup>(lab: &Lab<'_, S>) {
    let mut db = lab.prepared(&["CREATE TABLE t (a {int}, b {text}, c {bytes}, d {float})"]);
    db.all(&["INSERT INTO t VALUES (NULL, NULL, NULL, NULL)"]);
    assert_eq!(db.rows("SELECT a, b, c, d FROM t"), [vec![Datum::Null; 4]]);
}

pub fn many_rows_come_whole_and_in_order<S: Setup>(lab: &Lab<'_, S>) {
    let mut db = lab.prepared(&["CREATE TABLE t (n {int}, s {text})"]);
    let insert = db.statement("INSERT INTO t VALUES ({?}, {?})");
    let row = |n: i64| vec![Datum::Int(n), Datum::Text(format!("text {n}"))];
    let values: Vec<Datum> = (0..5000).flat_map(row).collect();
    db.all(&["BEGIN"]);
    db.full(&insert, &values, 5000, Expect::Rows(5000)).expect("it writes");
    db.all(&["COMMIT"]);
    // Around the sizes that buffers tend to have.
    for count in [1, 63, 64, 65, 255, 256, 257, 320, 321, 1024, 5000] {
        let found = db.rows(&format!("SELECT n, s FROM t WHERE n < {count} ORDER BY n"));
        assert_eq!(found, (0..count).map(row).collect::<Vec<_>>(), "{count} rows");
    }
}

pub fn long_rows_come_whole<S: Setup>(lab: &Lab<'_, S>) {
    let mut db = lab.prepared(&["CREATE TABLE t (n {int}, b {bytes})"]);
    let row = |n: i64| vec![Datum::Int(n), Datum::Blob(vec![n as u8; 100_000 + n as usize])];
    for n in 0..30 {
        db.bound("INSERT INTO t VALUES ({?}, {?})", &row(n)).expect("it writes");
    }
    let found = db.rows("SELECT n, b FROM t ORDER BY n");
    assert_eq!(found.len(), 30);
    for (n, found) in (0..30).zip(found) {
        assert!(found == row(n), "row {n} is not what was stored");
    }
}

pub fn rows_of_any_width_come_whole<S: Setup>(lab: &Lab<'_, S>) {
    let mut db = lab.connect();
    for width in [1, 4, 5, 7, 8, 9, 15, 16, 17, 63, 64, 65, 255, 256, 257, 300] {
        let list = |from: i64| (from..from + width).map(|n| n.to_string()).collect::<Vec<_>>().join(", ");
        let found = db.rows(&format!("SELECT {} UNION ALL SELECT {}", list(0), list(1000)));
        let mut found = found.into_iter();
        let mut next = || found.next().unwrap_or_default();
        assert_eq!((next(), next(), next()), (ints(0..width), ints(1000..1000 + width), vec![]), "{width}");
    }
}

pub fn a_table_of_300_columns_is_written_and_read<S: Setup>(lab: &Lab<'_, S>) {
    let mut db = lab.connect();
    let names: Vec<String> = (0..300).map(|n| format!("c{n}")).collect();
    let typed: Vec<String> = names.iter().map(|name| format!("{name} {{int}}")).collect();
    db.all(&[&format!("CREATE TABLE t ({})", typed.join(", "))]);
    let marks = vec!["{?}"; 300].join(", ");
    for from in [0, 7] {
        db.bound(&format!("INSERT INTO t VALUES ({marks})"), &ints(from..from + 300)).expect("it writes");
    }
    let told = db.run(&format!("SELECT {} FROM t ORDER BY c0", names.join(", "))).expect("it reads");
    assert_eq!(told.rows, [ints(0..300), ints(7..307)]);
    assert_eq!(told.names, names);
}

pub fn an_empty_batch_is_nothing<S: Setup>(lab: &Lab<'_, S>) {
    let mut db = lab.connect();
    db.steps(&mut []).expect("nothing cannot fail");
    db.is_innocent();
}

pub fn each_step_of_a_batch_has_its_own_sink<S: Setup>(lab: &Lab<'_, S>) {
    let mut db = lab.connect();
    let (one, two) = (db.statement("SELECT 1 AS a UNION ALL SELECT 2"), db.statement("SELECT 3 AS b"));
    let (mut none, mut nothing) = (Binds::new(), Binds::new());
    let (mut first, mut second) = (Keep::default(), Keep::default());
    let mut steps = [Step::new(&one, &mut none, &mut first), Step::new(&two, &mut nothing, &mut second)];
    db.steps(&mut steps).expect("it reads");
    assert_eq!((steps[0].rows, steps[1].rows), (2, 1));
    assert_eq!((first.names, first.rows.len()), (vec!["a".to_owned()], 2));
    assert_eq!((second.names, second.rows), (vec!["b".to_owned()], vec![ints([3])]));
}

//! Lengths of time: in columns, between dates and times, and what moves these.

use super::desk::{Db, Desk};
use super::scene::{Any, put, table, update};
use super::values::{Clock, Day, Stamp};
use rebis_core::{Datum, ErrorKind, SqlType};
use rebis_sql::{Column, Interval, Select, select, window};
use std::time::Duration;

const ID: Column<Any, i64> = Column::new("t", "id", 0);
const AT: Column<Any, Stamp> = Column::new("t", "at", 1);
const DAY: Column<Any, Day> = Column::new("t", "day", 2);
const CLOCK: Column<Any, Clock> = Column::new("t", "clock", 3);
const TOOK: Column<Any, Option<Duration>> = Column::new("t", "took", 4);

const HOUR: i64 = 3_600_000_000;
/// 2023-11-14 22:13:20
const NOW: i64 = 1_700_000_000_000_000;

fn build<'s>(desk: &Desk<'s>) -> Db<'s> {
    let made = table("t").key("id").column("at", SqlType::Timestamp).column("day", SqlType::Date);
    let made = made.column("clock", SqlType::Time).nullable("took", SqlType::Interval).made();
    let mut db = desk.with([made]);
    let rows = put("t", ["id", "at", "day", "clock", "took"]);
    let rows = rows.row((
        1i64,
        Datum::Timestamp(NOW),
        Datum::Date(19_675),
        Datum::Time(HOUR),
        Datum::of(&of(26 * HOUR)),
    ));
    let rows =
        rows.row((2i64, Datum::Timestamp(NOW + 90 * HOUR), Datum::Date(19_782), Datum::Time(0), Datum::Null));
    db.run(rows);
    db
}

fn of(micros: i64) -> Duration {
    Duration::from_micros(micros as u64)
}

fn first<T>(stmt: Select<T>) -> Select<T> {
    stmt.filter(ID.eq(1))
}

pub fn dates_are_moved_by_columns(desk: &Desk<'_>) {
    let mut db = build(desk);
    db.gives(first(select(AT.plus(TOOK))), [Stamp(NOW + 26 * HOUR)]);
    db.gives(first(select(AT.minus(TOOK))), [Stamp(NOW - 26 * HOUR)]);
    db.gives(first(select(AT.plus(of(1_500_000)))), [Stamp(NOW + 1_500_000)]);
    db.gives(first(select(AT.minus(Interval::days(1)))), [Stamp(NOW - 24 * HOUR)]);
    db.gives(first(select(DAY.plus(of(48 * HOUR)))), [Day(19_677)]);
    db.gives(first(select(CLOCK.plus(of(HOUR / 2)))), [Clock(HOUR * 3 / 2)]);
    db.gives(select(ID).filter(AT.plus(TOOK).gt(AT)), [1]);
    db.run(update("t").set(AT, AT.plus(TOOK)).filter(ID.eq(1)));
    db.gives(first(select(AT)), [Stamp(NOW + 26 * HOUR)]);
}

pub fn the_time_between_two(desk: &Desk<'_>) {
    let mut db = build(desk);
    db.gives(first(select(AT.since(Stamp(NOW - 49 * HOUR - 1000)))), [of(49 * HOUR + 1000)]);
    db.gives(first(select(DAY.since(Day(19_670)))), [of(5 * 24 * HOUR)]);
    db.gives(first(select(CLOCK.since(Clock(HOUR / 4)))), [of(HOUR * 3 / 4)]);
    let long = select(ID).filter(AT.since(Stamp(NOW)).gt(of(80 * HOUR)));
    db.gives(long, [2]);
    db.gives(select(ID).filter(TOOK.lt(AT.since(Stamp(NOW - 27 * HOUR)))), [1]);
    db.gives(select(TOOK.max()), [Some(of(26 * HOUR))]);
    db.gives(select(TOOK.coalesce(of(0))).order_by(ID), [of(26 * HOUR), of(0)]);
}

pub fn sums_and_averages_of_time(desk: &Desk<'_>) {
    let mut db = build(desk);
    db.gives(select((TOOK.total(), TOOK.mean())), [(Some(of(26 * HOUR)), Some(of(26 * HOUR)))]);
    db.gives(select((TOOK.total(), TOOK.mean())).filter(ID.gt(5)), [(None, None)]);
    db.run(update("t").set(TOOK, of(3)).filter(ID.eq(2)));
    db.gives(select(TOOK.total()), [Some(of(26 * HOUR + 3))]);
    let mean = db.all(select(TOOK.mean()))[0].expect("there are rows");
    // Between two microseconds each database rounds in its own way.
    assert!([13 * HOUR + 1, 13 * HOUR + 2].map(of).contains(&mean), "{mean:?}");
    db.gives(select(TOOK.mean().filter(ID.eq(2))), [Some(of(3))]);
    db.gives(select(ID).group_by(ID).having(TOOK.total().gt(of(HOUR))), [1]);
    db.gives(select(TOOK.in_seconds()).order_by(ID), [Some(93_600.0), Some(0.000_003)]);
    db.gives(first(select(TOOK.in_seconds() / 3600.0)), [Some(26.0)]);
    db.gives(first(select(TOOK.total().in_seconds())), [Some(93_600.0)]);
    let so_far = TOOK.total().over(window().order_by(ID).rows(..=0));
    db.gives(select(so_far).order_by(ID), [Some(of(26 * HOUR)), Some(of(26 * HOUR + 3))]);
}

pub fn months_and_days(desk: &Desk<'_>) {
    let mut db = build(desk);
    let month = Datum::Interval { months: 1, days: 2, micros: -3 };
    let change = put("t", ["id", "at", "day", "clock", "took"]);
    let change = change.row((3i64, Datum::Timestamp(0), Datum::Date(0), Datum::Time(0), month.clone()));
    if desk.caps().types.intervals {
        db.run(change);
        let error = db.refuses(select(TOOK).filter(ID.eq(3)), ErrorKind::Conversion);
        assert!(error.to_string().contains("months"), "{error}");
        let took: Column<Any, Month> = Column::new("t", "took", 4);
        db.gives(select(ID).filter(took.eq(Month)), [3]);
    } else {
        let error = db.fails(change, ErrorKind::Conversion);
        assert!(error.to_string().contains("month"), "{error}");
    }
}

/// A calendar interval, as a program with a type of its own for it has one.
#[derive(Clone)]
struct Month;

impl rebis_core::Value for Month {
    type Base = Month;
    fn sql_type() -> SqlType {
        SqlType::Interval
    }
    fn encode(&self, out: &mut rebis_core::Binds) {
        out.push(rebis_core::Cell::Interval { months: 1, days: 2, micros: -3 });
    }
    fn decode(_: rebis_core::Cell<'_>) -> rebis_core::Result<Self> {
        Ok(Month)
    }
    fn same(&self, _: &Self) -> bool {
        true
    }
}

pub fn what_no_database_holds(desk: &Desk<'_>) {
    let mut db = build(desk);
    let error = db.fails(update("t").set(TOOK, Duration::MAX).all_rows(), ErrorKind::Conversion);
    assert!(error.to_string().contains("length of time"), "{error}");
    db.gives(select(ID).filter(TOOK.is_not_null()), [1]);
}

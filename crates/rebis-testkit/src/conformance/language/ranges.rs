//! Ranges, and networks with their addresses: texts that come back everywhere, and questions where the database has them.

use super::desk::{Db, Desk};
use super::scene::{Any, put, table};
use super::values::{Day, Moment, Stamp};
use rebis_core::{Datum, ErrorKind, Network, Range, Ranged, Value};
use rebis_sql::{Column, Expr, Select, select};
use std::net::IpAddr;
use std::ops::Bound;

const ID: Column<Any, i64> = Column::new("t", "id", 0);
const SEATS: Column<Any, Range<i32>> = Column::new("t", "seats", 1);
const HOST: Column<Any, IpAddr> = Column::new("t", "host", 2);
const NET: Column<Any, Network> = Column::new("t", "net", 3);

fn address(text: &str) -> IpAddr {
    text.parse().expect("an address")
}

fn network(text: &str) -> Network {
    text.parse().expect("a network")
}

fn build<'s>(desk: &Desk<'s>) -> Db<'s> {
    let made = table("t").key("id").column("seats", <Range<i32>>::sql_type());
    let made = made.column("host", IpAddr::sql_type()).column("net", Network::sql_type()).made();
    let mut db = desk.with([made]);
    let mut rows = put("t", ["id", "seats", "host", "net"]);
    for (id, seats, host, net) in [
        (1i64, Range::from(1..5), "10.1.2.3", "10.0.0.0/8"),
        (2, Range::from(5..=9), "192.168.7.1", "192.168.0.0/16"),
        (3, Range::from(7..), "fe80::1", "fe80::/10"),
        (4, Range::empty(), "10.0.0.1", "10.0.0.0/24"),
    ] {
        rows = rows.row((id, Datum::of(&seats), Datum::of(&address(host)), Datum::of(&network(net))));
    }
    db.run(rows);
    db
}

/// The keys of the rows that satisfy a condition; or the error that says what to do instead.
fn found(desk: &Desk<'_>, db: &mut Db<'_>, condition: Expr<bool>, expected: impl IntoIterator<Item = i64>) {
    let stmt: Select<i64> = select(ID).filter(condition).order_by(ID);
    if desk.caps().types.ranges {
        db.gives(stmt, expected);
    } else {
        let error = db.refuses(stmt, ErrorKind::Unsupported);
        assert!(error.help().is_some(), "{error}");
    }
}

pub fn what_is_in_them(desk: &Desk<'_>) {
    let mut db = build(desk);
    found(desk, &mut db, SEATS.has(7), [2, 3]);
    found(desk, &mut db, !SEATS.has(5), [1, 3, 4]);
    found(desk, &mut db, SEATS.has_all(2..4), [1]);
    found(desk, &mut db, SEATS.overlaps(4..=5), [1, 2]);
    found(desk, &mut db, SEATS.is_within(0..100), [1, 2, 4]);
}

pub fn how_they_lie(desk: &Desk<'_>) {
    let mut db = build(desk);
    found(desk, &mut db, SEATS.is_before(6..), [1]);
    found(desk, &mut db, SEATS.is_after(..5), [2, 3]);
    found(desk, &mut db, SEATS.is_adjacent_to(5..6), [1]);
    found(desk, &mut db, SEATS.is_empty(), [4]);
}

pub fn their_ends(desk: &Desk<'_>) {
    let mut db = build(desk);
    if desk.caps().types.ranges {
        db.gives(select(SEATS.lower_end()).order_by(ID), [Some(1), Some(5), Some(7), None]);
        db.gives(select(SEATS.upper_end()).order_by(ID), [Some(5), Some(10), None, None]);
        let first = || ID.eq(1);
        db.gives(select(SEATS.intersection(3..)).filter(first()), [Range::from(3..5)]);
        db.gives(select(SEATS.united(4..7)).filter(first()), [Range::from(1..7)]);
        db.gives(select(SEATS.difference(3..9)).filter(first()), [Range::from(1..3)]);
    } else {
        db.refuses(select(SEATS.lower_end()), ErrorKind::Unsupported);
    }
}

fn comes_back<T: Ranged + PartialEq + std::fmt::Debug>(
    desk: &Desk<'_>,
    name: &'static str,
    ranges: Vec<Range<T>>,
) {
    let mut db = desk.with([table(name).key("id").column("v", <Range<T>>::sql_type()).made()]);
    let (id, v): (Column<Any, i64>, Column<Any, Range<T>>) =
        (Column::new(name, "id", 0), Column::new(name, "v", 1));
    let mut rows = put(name, ["id", "v"]);
    for (at, range) in ranges.iter().enumerate() {
        rows = rows.row((at as i64, Datum::of(range)));
    }
    db.run(rows);
    for (at, range) in ranges.into_iter().enumerate() {
        db.gives(select(id).filter(v.eq(range.clone())), [at as i64]);
        db.gives(select(v).filter(id.eq(at as i64)), [range]);
    }
}

pub fn of_dates_and_times(desk: &Desk<'_>) {
    comes_back(desk, "of_days", vec![Range::from(Day(0)..=Day(5)), Range::from(..Day(7)), Range::empty()]);
    let (a, b) = (Stamp(-1), Stamp(1_700_000_000_123_456));
    let odd = Range::new(Bound::Excluded(a.clone()), Bound::Included(b.clone()));
    comes_back(desk, "of_stamps", vec![Range::from(a..b), odd]);
    comes_back(desk, "of_moments", vec![Range::from(Moment(0)..Moment(5)), Range::from(Moment(7)..)]);
}

pub fn without_ends_and_empty(desk: &Desk<'_>) {
    let all = [Range::from(..), Range::from(..=i64::MAX - 1), Range::from(i64::MIN..0), Range::from(3..3)];
    comes_back(desk, "of_numbers", all.to_vec());
}

pub fn addresses_in_networks(desk: &Desk<'_>) {
    let mut db = build(desk);
    found(desk, &mut db, HOST.is_within(network("10.0.0.0/8")), [1, 4]);
    found(desk, &mut db, HOST.is_within(NET), [1, 2, 3, 4]);
    found(desk, &mut db, NET.has(address("10.200.0.1")), [1]);
    found(desk, &mut db, NET.has_all(network("10.0.0.0/25")), [1, 4]);
    found(desk, &mut db, NET.overlaps(network("10.0.0.0/7")), [1, 4]);
    found(desk, &mut db, NET.is_within(network("192.0.0.0/8")), [2]);
}

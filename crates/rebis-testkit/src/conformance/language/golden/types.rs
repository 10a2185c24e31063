//! Types that databases keep each in its own way: arrays, lengths of time, ranges, networks, documents.

use super::super::desk::Db;
use super::super::scene::{Any, put, table};
use super::super::values::{Document, Stamp};
use super::wrapped::Hex;
use super::{Case, cases};
use rebis_core::{Datum, Network, Range, SqlType, Value};
use rebis_sql::ast::{Source, TableRef};
use rebis_sql::{Column, IntoSource, func, select};
use std::net::IpAddr;
use std::time::Duration;

/// A thing, with a column of each of these types.
struct Things {
    id: Column<Any, i64>,
    tags: Column<Any, Vec<String>>,
    scores: Column<Any, Option<Vec<i64>>>,
    at: Column<Any, Stamp>,
    took: Column<Any, Duration>,
    seats: Column<Any, Range<i32>>,
    host: Column<Any, IpAddr>,
    net: Column<Any, Network>,
    body: Column<Any, Document>,
    tint: Column<Any, Hex>,
}

#[allow(non_upper_case_globals, reason = "named as the entity of a model is")]
const Thing: Things = Things {
    id: Column::new("things", "id", 0),
    tags: Column::new("things", "tags", 1),
    scores: Column::new("things", "scores", 2),
    at: Column::new("things", "at", 3),
    took: Column::new("things", "took", 4),
    seats: Column::new("things", "seats", 5),
    host: Column::new("things", "host", 6),
    net: Column::new("things", "net", 7),
    body: Column::new("things", "body", 8),
    tint: Column::new("things", "tint", 9),
};

impl IntoSource for Things {
    fn into_source(self) -> Source {
        Source::Table(TableRef::new("things"))
    }
}

/// Makes the table, with a row.
pub(super) fn build(db: &mut Db<'_>) {
    let made = table("things").key("id").column("tags", <Vec<String>>::sql_type());
    let made = made.nullable("scores", <Vec<i64>>::sql_type()).column("at", SqlType::Timestamp);
    let made = made.column("took", SqlType::Interval).column("seats", <Range<i32>>::sql_type());
    let made = made.column("host", SqlType::Inet).column("net", SqlType::Cidr).column("body", SqlType::Json);
    let made = made.column("tint", Hex::sql_type());
    db.wait_for_tables(&rebis_sql::schema::MetaData::new(vec![made.made()]));
    let texts = ["192.168.0.1", "192.168.0.0/16", r#"{"name": "x", "sizes": [1, 2]}"#];
    let [host, net, body] = texts.map(|text| Datum::Text(text.to_owned()));
    let (tags, scores) = (vec!["rust".to_owned(), "sql".to_owned()], vec![3i64, 95]);
    let rows = put("things", ["id", "tags", "scores", "at", "took", "seats", "host", "net", "body", "tint"]);
    let (took, seats) = (Datum::of(&Duration::from_secs(90)), Datum::of(&Range::from(1..9)));
    let (at, tint) = (Datum::Timestamp(0), Datum::Blob(vec![0x1e, 0x90, 0xff]));
    db.run(rows.row((1i64, Datum::of(&tags), Datum::of(&scores), at, took, seats, host, net, body, tint)));
}

cases! {
    arrays "Arrays" {
        "with a value" => select(Thing.id).filter(Thing.tags.has("rust"));
        "with a value of the row" => select(Thing.id).filter(Thing.scores.has(Thing.id));
        "with all of another" => select(Thing.id).filter(Thing.tags.has_all(["rust", "sql"]));
        "with some of another" => select(Thing.id).filter(Thing.tags.overlaps(["rust", "go"]));
        "within another" => select(Thing.id).filter(Thing.scores.is_within([3, 95, 96]));
        "without a value" => select(Thing.id).filter(!Thing.tags.has("go"));
        "equal to another" => select(Thing.id).filter(Thing.tags.eq(["rust", "sql"]));
        "an element and how many" => select((Thing.tags.at(0), Thing.scores.at(1), Thing.tags.len()));
        "a slice" => select((Thing.tags.slice(0, 2), Thing.scores.slice(1, 2)));
        "a condition on some element" => select(Thing.id).filter(Thing.scores.any(|score| score.gt(90)));
        "a condition on all elements" => select(Thing.id).filter(Thing.tags.all(|tag| tag.like("r%")));
        "elements as rows" => { let tag = Thing.tags.elements("tag"); select((Thing.id, tag.value())).join(tag.always()) };
        "elements, counted" => { let tag = Thing.tags.elements("tag"); select((tag.value(), func::count())).select_from(Thing).join(tag.always()).group_by(tag.value()) };
        "with one behind" => select(Thing.tags.append("new"));
        "one behind the other" => select(Thing.scores.append_all([7, 8]));
        "without some" => select(Thing.scores.without(3));
    }

    lengths "Lengths of time" {
        "compared" => select(Thing.id).filter(Thing.took.gt(Duration::from_secs(60)));
        "the longest" => select(Thing.took.max());
        "sum and average" => select((Thing.took.total(), Thing.took.mean()));
        "in seconds" => select(Thing.took.in_seconds() / 60.0);
        "a time later by a column" => select(Thing.at.plus(Thing.took));
        "a time earlier by a duration" => select(Thing.at.minus(Duration::from_millis(1500)));
        "between two times" => select(Thing.at.since(Stamp(0)));
        "compared with the time between" => select(Thing.id).filter(Thing.took.lt(Thing.at.since(Stamp(0))));
    }

    ranges "Ranges" {
        "with a value" => select(Thing.id).filter(Thing.seats.has(4));
        "with all of another" => select(Thing.id).filter(Thing.seats.has_all(2..4));
        "that overlap" => select(Thing.id).filter(Thing.seats.overlaps(4..=20));
        "within another" => select(Thing.id).filter(Thing.seats.is_within(0..));
        "before, behind and beside another" => select(Thing.id).filter(Thing.seats.is_before(9..) | Thing.seats.is_after(..1) | Thing.seats.is_adjacent_to(9..12));
        "their ends" => select((Thing.seats.lower_end(), Thing.seats.upper_end(), Thing.seats.is_empty()));
        "what two have in common" => select((Thing.seats.intersection(3..), Thing.seats.united(5..20), Thing.seats.difference(5..20)));
        "written and found" => select(Thing.id).filter(Thing.seats.eq(1..9));
    }

    networks "Addresses and networks" {
        "an address" => select(Thing.host).filter(Thing.host.eq(IpAddr::from([192, 168, 0, 1])));
        "an address in a network" => select(Thing.id).filter(Thing.host.is_within(Thing.net));
        "a network with an address" => select(Thing.id).filter(Thing.net.has(IpAddr::from([192, 168, 0, 1])));
        "networks that overlap" => select(Thing.id).filter(Thing.net.overlaps("192.168.1.0/24".parse::<Network>().expect("a network")));
    }

    documents "JSON documents" {
        "a place, as a type" => select(Thing.id).filter(Thing.body.path("sizes[0]").as_::<i64>().gt(0) & Thing.body.path("name").as_::<String>().eq("x"));
        "whether something is there" => select((Thing.body.path("name").exists(), Thing.body.path("name").is_json_null()));
        "how many" => select(Thing.body.path("sizes").length());
        "with all of another" => select(Thing.id).filter(Thing.body.path("sizes").contains(vec![1]));
        "with a value at a place" => select(Thing.body.set_path("size.cm", 5));
        "without a place" => select(Thing.body.remove_path("name"));
        "elements as rows" => { let size = Thing.body.path("sizes").elements::<i64>("size"); select((Thing.id, size.value())).join(size.always()).filter(size.value().gt(1)) };
        "elements that are texts" => { let size = Thing.body.path("sizes").elements::<String>("size"); select(size.value()).select_from(Thing).join(size.always()) };
    }

    kept "Types that SQL wraps" {
        "read" => select((Thing.id, Thing.tint));
        "compared" => select(Thing.id).filter(Thing.tint.eq(blue()));
        "in a list" => select(Thing.id).filter(Thing.tint.in_([blue(), Hex("000000".to_owned())]));
        "compared as it is read" => select(Thing.id).filter(Thing.tint.as_read::<String>().like("1E%"));
        "read from a subquery" => { let inner = select((Thing.id, Thing.tint)).as_subquery("wrapped"); select(&inner) };
        "found in a subquery" => select(Thing.tint).filter(Thing.tint.in_(select(Thing.tint)));
        "read from a common table expression" => { let cte = select((Thing.id, Thing.tint)).cte("wrapped"); select(&cte) };
        "united" => select(Thing.tint).union(select(Thing.tint)).order_by(Thing.tint);
        "each once, in order" => select(Thing.tint).distinct().order_by(Thing.tint);
        "or another value" => select(Thing.tint.coalesce(blue()));
        "a value by itself" => select(func::value(blue()));
    }
}

fn blue() -> Hex {
    Hex("1E90FF".to_owned())
}

//! Arrays, lengths of time, ranges and addresses in models: they are flushed, changed, merged and read again.

use super::engine;
use rebis::blocking::Session;
use rebis::prelude::*;
use rebis::{ErrorKind, Network, Range};
use std::net::IpAddr;
use std::time::Duration;

#[derive(SqlEnum, Clone, Copy, Debug, PartialEq, Eq)]
#[sql_enum(native)]
pub enum Colour {
    Red,
    Green,
}

#[derive(SqlEnum, Clone, Copy, Debug, PartialEq, Eq)]
#[sql_enum(integer)]
pub enum Size {
    Small = 1,
    Large = 7,
}

#[derive(Value, Clone, Debug, PartialEq)]
pub struct Label(String);

#[derive(Model, Debug)]
#[model(table = "things")]
pub struct Thing {
    #[column(primary_key)]
    pub id: i64,
    pub tags: Vec<String>,
    pub scores: Option<Vec<Option<i64>>>,
    pub colours: Vec<Colour>,
    pub sizes: Vec<Size>,
    pub labels: Vec<Label>,
    #[column(default = Vec::<i32>::new())]
    pub marks: Vec<i32>,
    pub took: Duration,
    #[column(default = Duration::from_secs(1))]
    pub patience: Duration,
    pub seats: Range<i32>,
    pub host: IpAddr,
    pub home: Option<Network>,
}

fn strings(all: &[&str]) -> Vec<String> {
    all.iter().map(|text| (*text).to_owned()).collect()
}

fn address(text: &str) -> IpAddr {
    text.parse().unwrap()
}

fn network(text: &str) -> Network {
    text.parse().unwrap()
}

fn things() -> (Session, Handle<Thing>) {
    let engine = engine();
    metadata![Thing].create_all(&engine).unwrap();
    let mut db = engine.session();
    let new = || {
        let new = Thing.new().colours([Colour::Red, Colour::Green]).sizes([Size::Large, Size::Small]);
        new.labels([Label("x,y".into())]).seats(1..=4).host(address("fe80::1"))
    };
    let tags = strings(&["a", "it's", ""]);
    let scores = Some(vec![Some(1), None]);
    let long = Duration::from_micros(90_000_000_001);
    let thing = db.add(new().tags(tags).scores(scores).took(long).home(network("10.0.0.0/8")));
    db.add(new().tags(["b"]).scores(None).took(Duration::ZERO).home(None));
    db.commit().unwrap();
    (db, thing)
}

#[test]
fn they_are_written_and_read() {
    let (mut db, thing) = things();
    let id = db[thing].id;
    let plain = |db: &mut Session, id: i64| -> Thing {
        db.expunge_all();
        let found = db.get(Thing, id).unwrap().unwrap();
        db.take(found)
    };
    let found = plain(&mut db, id);
    assert_eq!(found.tags, ["a", "it's", ""]);
    assert_eq!(found.scores, Some(vec![Some(1), None]));
    assert_eq!(found.colours, [Colour::Red, Colour::Green]);
    assert_eq!(found.sizes, [Size::Large, Size::Small]);
    assert_eq!(found.labels, [Label("x,y".into())]);
    assert_eq!((found.marks.len(), found.patience), (0, Duration::from_secs(1)));
    assert_eq!(found.took, Duration::from_micros(90_000_000_001));
    assert_eq!(found.seats, Range::from(1..5));
    assert_eq!((found.host, found.home), (address("fe80::1"), Some(network("10.0.0.0/8"))));
    let other = plain(&mut db, id + 1);
    assert_eq!((other.scores, other.home, other.took), (None, None, Duration::ZERO));
}

#[test]
fn what_changed_is_flushed_and_nothing_else() {
    let (mut db, thing) = things();
    db[thing].tags.push("new".into());
    db[thing].took += Duration::from_secs(1);
    db.flush().unwrap();
    db.refresh(thing).unwrap();
    assert_eq!(db[thing].tags, ["a", "it's", "", "new"]);
    assert_eq!(db[thing].took, Duration::from_micros(90_001_000_001));
    // What is stored is the same, however it was said.
    db[thing].seats = Range::from(1..5);
    db[thing].took += Duration::from_nanos(1);
    let tags = db[thing].tags.clone();
    db[thing].tags = tags;
    assert!(!db.is_modified(thing));
    db.rollback().unwrap();
    assert_eq!(db[thing].tags.len(), 3);
}

#[test]
fn they_are_merged() {
    let (mut db, thing) = things();
    let id = db[thing].id;
    let change = Thing.new().id(id).tags(["z"]).marks([3]).seats(9..).host(address("::1"));
    let change = change.colours([]).sizes([Size::Small]).labels([]).took(Duration::ZERO);
    let merged = db.merge(change).unwrap();
    assert_eq!(merged, thing);
    db.commit().unwrap();
    db.refresh(thing).unwrap();
    assert_eq!((&db[thing].tags, &db[thing].marks), (&strings(&["z"]), &vec![3]));
    assert_eq!((&db[thing].seats, db[thing].host), (&Range::from(9..), address("::1")));
    assert_eq!(db[thing].scores, Some(vec![Some(1), None]));
}

#[test]
fn queries_ask_for_them() {
    let (mut db, thing) = things();
    let found = |db: &mut Session, condition: Expr<bool>| db.all(select(Thing).filter(condition)).unwrap();
    assert_eq!(found(&mut db, Thing.tags.has("it's")), [thing]);
    assert_eq!(found(&mut db, Thing.scores.any(|score| score.eq(1))), [thing]);
    assert_eq!(found(&mut db, Thing.colours.has(Colour::Green) & Thing.tags.len().gt(1)), [thing]);
    assert_eq!(found(&mut db, Thing.sizes.has(Size::Small) & !Thing.tags.has("b")), [thing]);
    assert_eq!(found(&mut db, Thing.labels.has(Label("x,y".into()))).len(), 2);
    assert_eq!(found(&mut db, Thing.took.gt(Duration::from_secs(60))), [thing]);
    assert_eq!(found(&mut db, Thing.host.eq(address("fe80::1")) & Thing.home.ne(None)), [thing]);
    assert_eq!(found(&mut db, Thing.took.in_([Duration::ZERO, Duration::from_secs(5)])).len(), 1);
}

#[test]
fn what_is_too_long_is_an_error_before_it_is_sent() {
    let (mut db, thing) = things();
    db[thing].took = Duration::MAX;
    let error = db.flush().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conversion, "{error}");
    assert!(error.to_string().contains("a length of time beyond"), "{error}");
    db.rollback().unwrap();
    assert_eq!(db[thing].took, Duration::from_micros(90_000_000_001));
}

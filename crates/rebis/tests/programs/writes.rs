//! Writes in one statement: upserts that give entities, rows that come back, other tables, restrictions.

use super::engine;
use rebis::blocking::{Engine, Session};
use rebis::prelude::*;
use rebis::{ErrorKind, Handle};

#[derive(Model, Debug)]
#[model(table = "members")]
pub struct Member {
    #[column(primary_key)]
    pub id: i64,
    #[column(length = 60, unique)]
    pub email: String,
    #[column(length = 40)]
    pub name: String,
    #[column(server_default = "1")]
    pub visits: i64,
    #[column(default = false)]
    pub gone: bool,
    #[relation(inverse = member)]
    pub badges: HasMany<Badge>,
}

#[derive(Model, Debug)]
#[model(table = "badges", unique(member_id, title))]
pub struct Badge {
    #[column(primary_key)]
    pub id: i64,
    #[column(length = 40)]
    pub title: String,
    #[column(references = Member.id)]
    pub member_id: i64,
    #[relation(key = member_id)]
    pub member: BelongsTo<Member>,
    pub points: i64,
}

fn club() -> (Engine, Session, Handle<Member>, Handle<Member>) {
    let engine = engine();
    metadata![Member, Badge].create_all(&engine).unwrap();
    let mut db = engine.session();
    let ada = db.add(Member.new().email("ada@x").name("ada").visits(3));
    let bob = db.add(Member.new().email("bob@x").name("bob").visits(5));
    db.commit().unwrap();
    for (title, points) in [("gold", 10), ("silver", 5)] {
        db.push(ada, Member.badges, Badge.new().title(title).points(points));
    }
    db.commit().unwrap();
    (engine, db, ada, bob)
}

#[test]
fn an_upsert_gives_entities_and_refreshes_those_of_the_session() {
    let (engine, mut db, ada, _) = club();
    let rows = [("ada@x", "Ada"), ("cid@x", "cid")].map(|(email, name)| Member.new().email(email).name(name));
    let upsert =
        Member.insert().rows(rows).on_conflict(Member.email).set(Member.name, Member.name.proposed());
    let upsert = upsert.set(Member.visits, Member.visits + 1);
    let mut got = if engine.capabilities().returning {
        db.all(upsert.returning(Member)).unwrap()
    } else {
        db.execute(upsert).unwrap();
        db.all(select(Member).filter(Member.email.ne("bob@x"))).unwrap()
    };
    got.sort_by_key(|&member| db[member].email.clone());
    assert_eq!(got[0], ada);
    assert_eq!((db[ada].name.as_str(), db[ada].visits), ("Ada", 4));
    assert_eq!((db[got[1]].name.as_str(), db[got[1]].visits), ("cid", 1));
    // The rows are of this transaction.
    db.rollback().unwrap();
    assert_eq!((db[ada].name.as_str(), db[ada].visits), ("ada", 3));
    assert_eq!(db.count(Member).unwrap(), 2);
}

#[test]
fn a_key_of_several_columns_and_its_name() {
    let (engine, _, _, _) = club();
    let mut conn = engine.connect().unwrap();
    let badge = |title: &str, points: i64| Badge.new().title(title).points(points).member_id(1);
    let by_columns = Badge.insert().row(badge("gold", 11)).on_conflict((Badge.member_id, Badge.title));
    conn.execute(by_columns.set_all_proposed()).unwrap();
    let by_name = Badge.insert().row(badge("silver", 6)).on_conflict("uq_badges_member_id_title");
    conn.execute(by_name.set_all_proposed()).unwrap();
    conn.execute(
        Badge.insert().row(badge("gold", 99)).on_conflict((Badge.member_id, Badge.title)).do_nothing(),
    )
    .unwrap();
    let points: Vec<i64> = conn.all(select(Badge.points).order_by(Badge.points)).unwrap();
    assert_eq!(points, [6, 11]);
}

#[test]
fn rows_that_an_update_changed_are_the_objects_of_the_session() {
    let (_engine, mut db, ada, bob) = club();
    let update = Member.update().set(Member.visits, Member.visits * 10).filter(Member.visits.gt(4));
    assert_eq!(db.all(update.returning(Member)).unwrap(), [bob]);
    assert_eq!((db[ada].visits, db[bob].visits), (3, 50));
    db.rollback().unwrap();
    assert_eq!(db[bob].visits, 5);
}

#[test]
fn an_update_along_a_relation() {
    let (_engine, mut db, ada, bob) = club();
    let update = Member.update().set(Member.visits, Badge.points).join(Member.badges);
    assert_eq!(db.execute(update.filter(Badge.title.eq("gold"))).unwrap(), 1);
    db.refresh(ada).unwrap();
    assert_eq!((db[ada].visits, db[bob].visits), (10, 5));
}

#[test]
fn a_delete_along_a_relation() {
    let (_engine, mut db, _, _) = club();
    let delete = Badge.delete().join(Badge.member).filter(Member.name.eq("ada")).filter(Badge.points.lt(7));
    assert_eq!(db.execute(delete).unwrap(), 1);
    assert_eq!(db.all(select(Badge.title)).unwrap(), ["gold"]);
}

#[test]
fn the_first_rows_alone() {
    let (_engine, mut db, _, _) = club();
    let update = Member.update().set(Member.name, "first").all_rows().order_by(Member.visits.desc()).limit(1);
    assert_eq!(db.execute(update).unwrap(), 1);
    assert_eq!(db.all(select(Member.name).order_by(Member.id)).unwrap(), ["ada", "first"]);
    assert_eq!(db.execute(Badge.delete().all_rows().order_by(Badge.points).limit(1)).unwrap(), 1);
    assert_eq!(db.all(select(Badge.title)).unwrap(), ["gold"]);
}

#[test]
fn rows_of_a_query_become_rows() {
    let (_engine, mut db, _, _) = club();
    let copies = select((Member.name, Member.id, Member.visits));
    let insert = Badge.insert().from_select((Badge.title, Badge.member_id, Badge.points), copies);
    assert_eq!(db.execute(insert).unwrap(), 2);
    let titles = select(Badge.title).order_by(Badge.title);
    assert_eq!(db.all(titles).unwrap(), ["ada", "bob", "gold", "silver"]);
}

#[test]
fn restrictions_hold_in_every_write() {
    let (_engine, mut db, ada, bob) = club();
    db[bob].gone = true;
    db.commit().unwrap();
    db.restrict("live", Member, !Member.gone);
    let upsert = |email: &str| Member.insert().row(Member.new().email(email).name("new"));
    for email in ["ada@x", "bob@x"] {
        let upsert = upsert(email).on_conflict(Member.email).set(Member.name, Member.name.proposed());
        db.execute(upsert).unwrap();
    }
    let award = Badge.insert().from_select(
        (Badge.title, Badge.member_id, Badge.points),
        select((Member.email, Member.id, Member.visits)),
    );
    assert_eq!(db.execute(award).unwrap(), 1);
    let update = Badge.update().set(Badge.points, 0).join(Badge.member);
    assert_eq!(db.execute(update).unwrap(), 3);
    db.commit().unwrap();
    db.refresh(ada).unwrap();
    let mut all = _engine.connect().unwrap();
    let names: Vec<String> = all.all(select(Member.name).order_by(Member.id)).unwrap();
    assert_eq!(names, ["new", "bob"]);
}

#[test]
fn many_rows_are_one_insert_for_the_program() {
    let (engine, mut db, _, _) = club();
    let rows = engine.capabilities().max_binds / 2;
    let many = (0..rows).map(|n| Member.new().email(format!("{n}@y")).name("many"));
    assert_eq!(db.execute(Member.insert().rows(many)).unwrap(), rows as u64);
    db.rollback().unwrap();
    assert_eq!(db.count(Member).unwrap(), 2);
}

#[test]
fn a_relation_in_a_row_is_told_before_anything_is_sent() {
    let (_engine, mut db, ada, _) = club();
    let insert = Badge.insert().row(Badge.new().title("x").points(1).member(ada));
    let error = db.execute(insert).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidStatement);
    assert!(error.message().contains("`member`"), "{error}");
}

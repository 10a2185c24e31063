//! SQL as text: what stands in braces is bound, whatever is in it.

use super::engine;
use rebis::blocking::{Engine, Session};
use rebis::prelude::*;
use rebis::{ErrorKind, ident};

#[derive(Model, Debug)]
#[model(table = "people")]
pub struct Person {
    #[column(primary_key)]
    pub id: i64,
    #[column(length = 60)]
    pub name: String,
    pub age: Option<i32>,
    #[relation(inverse = owner)]
    pub pets: HasMany<Pet>,
}

#[derive(Model, Debug)]
#[model(table = "pets")]
pub struct Pet {
    #[column(primary_key)]
    pub id: i64,
    #[column(length = 60)]
    pub name: String,
    #[column(references = Person.id)]
    pub owner_id: i64,
    #[relation(key = owner_id)]
    pub owner: BelongsTo<Person>,
}

#[derive(FromRow, Debug, PartialEq)]
pub struct Count {
    pub name: String,
    pub pets: i64,
}

fn village() -> (Engine, Session) {
    let engine = engine();
    metadata![Person, Pet].create_all(&engine).unwrap();
    let mut db = engine.session();
    for (name, age, pets) in
        [("ann", Some(30), vec!["rex", "tom"]), ("bob", None, vec![]), ("it's", Some(7), vec!["}{"])]
    {
        let pets = pets.into_iter().map(|name| Pet.new().name(name)).collect::<Vec<_>>();
        db.add(Person.new().name(name).age(age).pets(pets));
    }
    db.commit().unwrap();
    (engine.clone(), engine.session())
}

#[test]
fn values_are_bound_and_rows_are_models() {
    let (_engine, mut db) = village();
    let (name, ages) = ("it's", [7, 8]);
    let found = db
        .one(sql!("select * from {Person} where name = {name} and age in {ages}").rows::<Person>())
        .unwrap();
    assert_eq!(db[found].name, "it's");
    // Relations can be loaded afterwards.
    db.load(found, Person.pets).unwrap();
    assert_eq!(db[db[found].pets.iter().next().unwrap()].name, "}{");
    let again = db[found].name.clone();
    let same = sql!("select {Person.id} from {Person} where {Person.name} = {again}").rows::<i64>();
    assert_eq!(db.all(same).unwrap(), [db[found].id]);
}

#[test]
fn lists_stand_behind_in() {
    let (_engine, mut db) = village();
    let count = |db: &mut Session, names: &[&str]| {
        db.one(sql!("select count(*) from people where name in {names}").rows::<i64>()).unwrap()
    };
    assert_eq!((count(&mut db, &["ann", "bob"]), count(&mut db, &[])), (2, 0));
    let none: Vec<i64> = Vec::new();
    let all = sql!("select count(*) from people where id not in ({none}) and name not in {none_of_text()}");
    assert_eq!(db.one(all.rows::<i64>()).unwrap(), 3);
    let owners = select(Pet.owner_id);
    let owning = sql!("select count(*) from people where id in {owners}").rows::<i64>();
    assert_eq!(db.one(owning).unwrap(), 2);
}

fn none_of_text() -> Vec<String> {
    Vec::new()
}

#[test]
fn rows_are_structs_and_tuples() {
    let (_engine, mut db) = village();
    let least = 1i64;
    let counts = sql!(
        "select p.name, count(pets.id) as pets from {Person.alias(\"p\")} \
         join {Pet} on {Pet.owner_id} = p.id group by p.name having count(pets.id) > {least}"
    );
    let counts = db.all(counts.rows::<Count>()).unwrap();
    assert_eq!(counts, [Count { name: "ann".into(), pets: 2 }]);
    let pair = sql!("select name, age from people where name = {\"bob\"}").rows::<(String, Option<i32>)>();
    assert_eq!(db.all(pair).unwrap(), [("bob".to_owned(), None)]);
}

#[test]
fn pieces_are_put_together() {
    let (_engine, mut db) = village();
    let grown = sql!("{Person.age} >= {18}");
    let named = Person.name.starts_with("a");
    let (table, column) = (ident("people"), ident(String::from("name")));
    let query = sql!("select {column} from {table} where {grown} and {named} order by {column}");
    assert_eq!(db.all(query.rows::<String>()).unwrap(), ["ann"]);
    let stmt = select(Person.name).filter(sql!("{Person.age} is null").expr::<bool>());
    assert_eq!(db.all(stmt).unwrap(), ["bob"]);
}

#[test]
fn a_name_is_never_more_than_a_name() {
    let (_engine, mut db) = village();
    let evil = "people; drop table pets; --";
    let error = db.all(sql!("select count(*) from {ident(evil)}").rows::<i64>()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NoSuchObject);
    db.rollback().unwrap();
    assert_eq!(db.count(Pet).unwrap(), 3);
}

#[test]
fn a_command_as_text() {
    let (_engine, mut db) = village();
    let (name, id) = ("o'x", 1);
    let changed = db.execute(sql!("update {Person} set name = {name} where id = {id}")).unwrap();
    assert_eq!(changed, 1);
    assert_eq!(db.one(select(Person.name).filter(Person.id.eq(1))).unwrap(), name);
}

//! A schema for each tenant: one set of models, and sessions that differ in where their tables are.

use super::tenants_engine;
use rebis::prelude::*;
use rebis::{ErrorKind, ExecutionOptions, Result};
use std::time::Duration;

#[derive(Model, Debug)]
#[model(table = "people", schema = "tenant")]
struct Person {
    #[column(primary_key)]
    id: i64,
    #[column(length = 40, unique)]
    name: String,
    #[relation(inverse = owner)]
    notes: HasMany<Note>,
}

#[derive(Model, Debug)]
#[model(table = "notes", schema = "tenant")]
struct Note {
    #[column(primary_key)]
    id: i64,
    #[column(length = 40, index)]
    text: String,
    #[column(references = Person.id)]
    owner_id: i64,
    #[relation(key = owner_id)]
    owner: BelongsTo<Person>,
}

#[test]
fn each_session_has_the_tables_of_its_tenant() -> Result<()> {
    let (engine, [acme, duck]) = tenants_engine();
    let tenant =
        |name: &str| engine.with_execution(ExecutionOptions::new().schema("tenant", name.to_owned()));
    let schema = metadata![Person, Note];
    for (name, people) in [(&acme, 3), (&duck, 2)] {
        let engine = tenant(name);
        schema.create_all(&engine)?;
        schema.create_all(&engine)?; // all of it is there
        let mut db = engine.session();
        for n in 0..people {
            let person = db.add(Person.new().name(format!("{name} {n}")));
            db.push(person, Person.notes, Note.new().text("first"));
            db.push(person, Person.notes, Note.new().text("second"));
        }
        db.commit()?;
    }
    let log = engine.record();
    for (name, people) in [(&acme, 3), (&duck, 2)] {
        let mut db = tenant(name).session();
        let all = db.all(select(Person).with(Person.notes).order_by(Person.id))?;
        assert_eq!(all.len(), people);
        assert!(
            all.iter().all(|person| db[*person].notes.len() == 2 && db[*person].name.starts_with(&**name))
        );
        db[all[0]].name.push('!');
        db.commit()?;
        db.refresh(all[0])?;
        assert_eq!(db[all[0]].name, format!("{name} 0!"));
        let first = db.get_one(Person, db[all[0]].id)?;
        assert_eq!(first, all[0]);
        let note = db[all[1]].notes.iter().next();
        db.delete(note.expect("it is loaded"));
        db.commit()?;
        assert_eq!(db.count(Note)?, people as u64 * 2 - 1);
    }
    assert!(
        log.take_sql().iter().all(|sql| !sql.contains("tenant.")),
        "no statement has the name of the models"
    );
    // What is kept for one tenant is not met by another.
    let prepared = prepare(|n: Expr<i64>| select(Person.name).filter(Person.id.ge(n)).order_by(Person.id));
    for (name, people) in [(&acme, 3), (&duck, 2), (&acme, 3)] {
        assert_eq!(tenant(name).session().all(prepared.with(0))?.len(), people);
    }
    for name in [&acme, &duck] {
        schema.drop_all(&tenant(name))?;
    }
    Ok(())
}

#[test]
fn a_session_may_be_told_later() -> Result<()> {
    let (engine, [acme, _]) = tenants_engine();
    let options = ExecutionOptions::new().schema("tenant", acme).timeout(Duration::from_secs(600));
    let schema = metadata![Person, Note];
    schema.create_all(&engine.with_execution(options.clone()))?;
    let mut db = engine.session();
    db.set_execution(options);
    let ann = db.add(Person.new().name("ann"));
    db.commit()?;
    assert_eq!(db.get(Person, db[ann].id)?, Some(ann));
    let endless = rebis::sql(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 900) \
         SELECT count(*) FROM n AS a, n AS b, n AS c, n AS d, n AS e WHERE a.i + b.i + c.i + d.i + e.i > 0",
    );
    let endless = endless.rows::<i64>().timeout(Duration::from_millis(30));
    db[ann].name.push('!');
    let error = db.all(endless).expect_err("it has no end");
    assert_eq!(error.kind(), ErrorKind::Timeout, "{error}");
    let error = db.count(Person).expect_err("the transaction is lost");
    assert_eq!(error.kind(), ErrorKind::TransactionAborted, "{error}");
    db.rollback()?;
    assert_eq!(db.all(select(Person.name))?, ["ann"]);
    drop(db);
    schema.drop_all(&engine.with_execution(ExecutionOptions::new().schema("tenant", "nobody")))?;
    Ok(())
}

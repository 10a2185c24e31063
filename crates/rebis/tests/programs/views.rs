//! Models of views, and what the database is told besides tables.

use super::engine;
use rebis::prelude::*;
use rebis::schema::{Script, TableAs, View};
use rebis::{ErrorKind, Result};

#[derive(Model, Debug)]
#[model(table = "people", comment = "who writes")]
struct Person {
    #[column(primary_key)]
    id: i64,
    #[column(length = 40, comment = "as it's printed")]
    name: String,
    active: bool,
}

#[derive(Model, Debug)]
#[model(view = "active_people")]
struct Active {
    #[column(primary_key)]
    id: i64,
    name: String,
    #[relation(inverse = person)]
    notes: HasMany<Note>,
}

#[derive(Model, Debug)]
#[model(table = "notes")]
struct Note {
    #[column(primary_key)]
    id: i64,
    #[column(length = 40)]
    text: String,
    person_id: i64,
    #[relation(key = person_id)]
    person: BelongsTo<Active>,
}

fn filled(materialized: bool) -> Result<Option<(rebis::blocking::Engine, rebis::schema::MetaData)>> {
    let engine = engine();
    let shown = Active.view(select((Person.id, Person.name)).filter(Person.active));
    let shown = if materialized {
        shown.materialized().index(rebis::schema::Index { unique: true, ..rebis::schema::Index::new(["id"]) })
    } else {
        shown
    };
    let schema = metadata![Person, Active, Note].with_view(shown);
    let made = schema.create_all(&engine);
    if materialized && !engine.capabilities().views.materialized {
        let error = made.expect_err("there are no such views");
        assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
        assert!(error.help().is_some_and(|help| help.contains("TableAs")));
        return Ok(None);
    }
    made?;
    schema.create_all(&engine)?; // all of it is there
    let mut db = engine.session();
    db.add_all(
        [("ann", true), ("bob", false), ("cem", true)]
            .map(|(name, active)| Person.new().name(name).active(active)),
    );
    db.commit()?;
    Ok(Some((engine, schema)))
}

#[test]
fn a_view_is_read_like_a_table() -> Result<()> {
    let Some((engine, schema)) = filled(false)? else { return Ok(()) };
    let mut db = engine.session();
    let ann = db.one(select(Active).filter(Active.name.eq("ann")))?;
    db.add(Note.new().text("hello").person(ann));
    db.commit()?;
    let people = db.all(select(Active).with(Active.notes).order_by(Active.id))?;
    assert_eq!(
        people.iter().map(|p| (db[*p].name.clone(), db[*p].notes.len())).collect::<Vec<_>>(),
        [("ann".to_owned(), 1), ("cem".to_owned(), 0)]
    );
    let bob = db.one(select(Person).filter(Person.name.eq("bob")))?;
    db[bob].active = true;
    assert_eq!(db.count(Active)?, 3, "the change was written before");
    db.rollback()?;
    let joined = select((Note.text, Active.name)).join(Note.person);
    assert_eq!(db.all(joined)?, [("hello".to_owned(), "ann".to_owned())]);
    drop(db);
    schema.drop_all(&engine)?;
    schema.drop_all(&engine)?;
    let error = engine.session().count(Active).expect_err("it is gone");
    assert_eq!(error.kind(), ErrorKind::NoSuchObject);
    Ok(())
}

#[test]
fn objects_of_a_view_are_not_written() -> Result<()> {
    let Some((engine, _)) = filled(false)? else { return Ok(()) };
    let mut db = engine.session();
    let ann = db.one(select(Active).filter(Active.name.eq("ann")))?;
    let log = engine.record();
    db[ann].name.push('!');
    let error = db.flush().expect_err("a view is not written");
    assert_eq!((error.kind(), error.table()), (ErrorKind::InvalidState, Some("active_people")), "{error}");
    assert!(log.take_sql().is_empty(), "nothing is sent");
    db.rollback()?;
    let cem = db.one(select(Active).filter(Active.name.eq("cem")))?;
    db.delete(cem);
    assert_eq!(db.commit().expect_err("nor deleted").kind(), ErrorKind::InvalidState);
    db.rollback()?;
    db.add(Active.new().id(7).name("dan"));
    assert_eq!(db.commit().expect_err("nor added").kind(), ErrorKind::InvalidState);
    db.rollback()?;
    assert_eq!(db.count(Active)?, 2);
    Ok(())
}

#[test]
fn a_view_whose_rows_are_kept() -> Result<()> {
    let Some((engine, schema)) = filled(true)? else { return Ok(()) };
    let view = &schema.views()[0];
    let names =
        |engine: &rebis::blocking::Engine| engine.session().all(select(Active.name).order_by(Active.id));
    assert!(names(&engine)?.is_empty(), "it was made before there were rows");
    view.refresh(&engine)?;
    assert_eq!(names(&engine)?, ["ann", "cem"]);
    let mut conn = engine.connect()?;
    conn.execute(Person.update().set(Person.active, true).all_rows())?;
    view.refresh_concurrently(&mut conn)?;
    assert_eq!(names(&engine)?, ["ann", "bob", "cem"]);
    view.create_or_replace(&mut conn)?;
    drop(conn);
    schema.drop_all(&engine)
}

#[test]
fn views_are_replaced_and_read_each_other() -> Result<()> {
    let Some((engine, schema)) = filled(false)? else { return Ok(()) };
    let first =
        View::new("first_of_all", select(rebis::table("all_names").column::<String>("name")).limit(1));
    let all = View::new("all_names", select(Person.name).order_by(Person.name.desc()));
    let schema = schema.with_view(first).with_view(all.clone());
    schema.create_all(&engine)?;
    let names = |engine: &rebis::blocking::Engine, view: &str| {
        engine.connect()?.all(select(rebis::table(view).column::<String>("name")))
    };
    assert_eq!(names(&engine, "all_names")?.len(), 3);
    let fewer = View { query: Box::new(select(Person.name).filter(Person.name.eq("it's")).into()), ..all };
    fewer.create_or_replace(&engine)?;
    assert!(names(&engine, "all_names")?.is_empty() && names(&engine, "first_of_all")?.is_empty());
    schema.drop_all(&engine)?;
    let gone = View::new("nothing", select(Person.id));
    assert!(gone.drop(&engine).is_err());
    Ok(())
}

#[test]
fn a_table_of_a_query() -> Result<()> {
    let Some((engine, _)) = filled(false)? else { return Ok(()) };
    let mut conn = engine.connect()?;
    let kept = TableAs::new("kept", select((Person.id, Person.name)).filter(Person.name.ne("bob")));
    kept.clone().temporary().create(&mut conn)?;
    let names = select(rebis::table("kept").column::<String>("name"));
    assert_eq!(conn.count(&names)?, 2);
    drop(conn);
    let mut conn = engine.connect()?;
    assert!(conn.count(&names).is_err(), "it went with the lease");
    kept.create(&mut conn)?;
    assert_eq!(conn.count(names)?, 2);
    Ok(())
}

#[test]
fn texts_of_the_program_run_with_the_tables() -> Result<()> {
    let engine = engine();
    let schema = metadata![Person]
        .with_script(
            Script::after_create("INSERT INTO people (name, active) VALUES ('first', true)").of("people"),
        )
        .with_script(Script::after_create("no SQL").only(&rebis_sql::Capabilities::standard("Another")))
        .with_script(Script::before_drop("INSERT INTO nowhere VALUES (1)").of("others"));
    schema.create_all(&engine)?;
    schema.create_all(&engine)?;
    assert_eq!(engine.session().all(select(Person.name))?, ["first"]);
    schema.drop_all(&engine)
}

#[derive(Model, Debug)]
#[model(table = "exact", options(strict, without_rowid, unlogged, storage = "fillfactor = 70"))]
struct Exact {
    #[column(primary_key, generated = false)]
    id: i64,
    #[column(length = 40)]
    name: String,
    flag: bool,
    score: Option<f64>,
}

#[test]
fn a_table_with_options() -> Result<()> {
    let engine = engine();
    metadata![Exact].create_all(&engine)?;
    let mut db = engine.session();
    let row = db.add(Exact.new().id(5).name("x").flag(true).score(2.5));
    db.commit()?;
    db.refresh(row)?;
    assert_eq!((db[row].flag, db[row].score), (true, Some(2.5)));
    Ok(())
}

#[derive(Model, Debug)]
#[model(table = "stays", exclude(name = "one_guest", "USING btree (room WITH =)"))]
struct Stay {
    #[column(primary_key)]
    id: i64,
    room: i64,
}

#[test]
fn rows_that_exclude_each_other() -> Result<()> {
    let engine = engine();
    let made = metadata![Stay].create_all(&engine);
    if !engine.capabilities().exclusions {
        let error = made.expect_err("there is no such constraint");
        assert_eq!((error.kind(), error.table()), (ErrorKind::Unsupported, Some("stays")), "{error}");
        return Ok(());
    }
    made?;
    let mut db = engine.session();
    db.add_all([1, 1].map(|room| Stay.new().room(room)));
    let error = db.commit().expect_err("the room is taken");
    assert_eq!(error.constraint(), Some("one_guest"), "{error}");
    Ok(())
}

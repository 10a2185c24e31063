//! Rule 84: restrictions hold in queries, joins, eager loads, look-ups, predicates and bulk writes.

use super::engine;
use crate::support::log::Log;
use rebis::blocking::{Engine, Session};
use rebis::prelude::*;
use rebis::{ErrorKind, Handle, State};

#[derive(Model, Debug)]
#[model(table = "authors")]
pub struct Author {
    #[column(primary_key)]
    pub id: i64,
    pub name: String,
    #[relation(inverse = author, cascade = "all, delete-orphan")]
    pub notes: HasMany<Note>,
}

#[derive(Model, Debug)]
#[model(table = "notes")]
pub struct Note {
    #[column(primary_key)]
    pub id: i64,
    pub text: String,
    #[column(default = false)]
    pub gone: bool,
    #[column(references = Author.id)]
    pub author_id: i64,
    #[relation(key = author_id)]
    pub author: BelongsTo<Author>,
}

/// An author with a note that is there and one that is gone; a fresh session that sees only what is there.
fn library() -> (Engine, Session, Log, Handle<Author>) {
    let engine = engine();
    metadata![Author, Note].create_all(&engine).unwrap();
    let mut db = engine.session();
    let ann = db.add(Author.new().name("ann"));
    db.add(Note.new().text("here").author(ann));
    db.add(Note.new().text("away").gone(true).author(ann));
    db.commit().unwrap();
    let mut db = engine.session();
    db.restrict("live", Note, !Note.gone);
    let ann = db.get_one(Author, 1).unwrap();
    let log = Log::of(engine.capabilities(), engine.record());
    (engine, db, log, ann)
}

fn texts(db: &Session, notes: impl IntoIterator<Item = Handle<Note>>) -> Vec<String> {
    notes.into_iter().map(|n| db[n].text.clone()).collect()
}

#[test]
fn rule_84_queries_and_look_ups_see_only_what_the_restriction_allows() {
    let (_engine, mut db, log, _) = library();
    let notes = db.all(Note).unwrap();
    assert_eq!(texts(&db, notes), ["here"]);
    assert_eq!(db.count(Note).unwrap(), 1);
    assert_eq!(db.get(Note, 2).unwrap(), None);
    assert!(db.get(Note, 1).unwrap().is_some());
    assert_eq!(
        log.take_sql(),
        [
            "SELECT notes.id, notes.text, notes.gone, notes.author_id FROM notes WHERE NOT notes.gone",
            "SELECT count(*) FROM notes WHERE NOT notes.gone",
            "SELECT notes.id, notes.text, notes.gone, notes.author_id FROM notes WHERE notes.id = ? AND NOT notes.gone",
        ]
    );
    db.unrestrict("live");
    assert_eq!(db.count(Note).unwrap(), 2);
}

#[test]
fn rule_84_eager_loads_joins_and_predicates_follow_it() {
    let (_engine, mut db, log, ann) = library();
    db.load(ann, Author.notes).unwrap();
    assert_eq!(texts(&db, &db[ann].notes), ["here"]);
    let rows: Vec<(String, Option<String>)> =
        db.all(select((Author.name, Note.text.nullable())).outer_join(Author.notes)).unwrap();
    assert_eq!(rows, [("ann".to_string(), Some("here".to_string()))]);
    assert_eq!(db.count(select(Author).filter(Author.notes.any(Note.text.eq("away")))).unwrap(), 0);
    assert_eq!(
        log.take_sql(),
        [
            "SELECT notes.id, notes.text, notes.gone, notes.author_id FROM notes WHERE notes.author_id = ? AND NOT notes.gone",
            "SELECT authors.name, notes.text FROM authors LEFT JOIN notes ON notes.author_id = authors.id AND NOT notes.gone",
            "SELECT count(*) FROM authors WHERE EXISTS (SELECT 1 FROM notes WHERE notes.author_id = authors.id AND notes.text = ? AND NOT notes.gone)",
        ]
    );
}

#[test]
fn rule_84_joined_loads_follow_it() {
    let (_engine, mut db, _, _) = library();
    let authors = db.all(select(Author).with(Author.notes.joined())).unwrap();
    assert_eq!(texts(&db, &db[authors[0]].notes), ["here"]);
}

#[test]
fn rule_84_bulk_writes_leave_the_rest_alone_but_a_cascade_sees_all() {
    let (engine, mut db, log, ann) = library();
    assert_eq!(db.execute(Note.update().set(Note.text, "x").all_rows()).unwrap(), 1);
    db.commit().unwrap();
    log.clear();
    db.delete(ann);
    db.commit().unwrap();
    assert_eq!(
        log.take_sql(),
        [
            "BEGIN IMMEDIATE",
            "SELECT notes.id, notes.text, notes.gone, notes.author_id FROM notes WHERE notes.author_id = ?",
            "DELETE FROM notes WHERE id = ?",
            "DELETE FROM authors WHERE id = ?",
            "COMMIT",
        ]
    );
    assert_eq!(engine.session().count(Note).unwrap(), 0);
}

#[test]
fn a_merge_into_a_row_that_is_hidden_is_refused() {
    let (engine, mut db, log, ann) = library();
    let hidden = || Note.new().id(2).text("merged").author_id(1);
    let error = db.merge(hidden()).unwrap_err();
    assert_eq!((error.kind(), error.table()), (ErrorKind::InvalidState, Some("notes")));
    assert!(error.message().contains("`live`"), "{error}");
    assert!(error.help().unwrap_or_default().contains("unrestrict(\"live\")"), "{error}");
    // In a relation of another row, and among others, too.
    let author = Author.new().id(1).name("merged").notes([Note.new().id(2).text("merged")]);
    assert_eq!(db.merge(author).unwrap_err().kind(), ErrorKind::InvalidState);
    let several = [Note.new().id(1).text("merged").author_id(1), hidden()];
    assert_eq!(db.merge_all(several).unwrap_err().kind(), ErrorKind::InvalidState);
    assert!(!log.take_sql().iter().any(|sql| sql.starts_with("INSERT") || sql.starts_with("UPDATE")));
    // The session goes on, with nothing changed.
    assert!(!db.has_changes());
    assert_eq!(db[ann].name, "ann");
    let new = db.merge(Note.new().id(3).text("new").author_id(1)).unwrap();
    assert_eq!(db.state(new), State::Pending);
    db.unrestrict("live");
    db.merge(hidden()).unwrap();
    db.commit().unwrap();
    let mut db = engine.session();
    let notes = db.all(select(Note).order_by(Note.id)).unwrap();
    assert_eq!(texts(&db, notes), ["here", "merged", "new"]);
}

#[test]
fn rule_84_holds_in_common_table_expressions_and_whatever_stands_in_from() {
    let (_engine, mut db, _log, _) = library();
    let texts_of = |db: &mut Session, stmt: Select<String>| db.all(stmt).unwrap();

    let all = select((Note.id, Note.text)).cte("all_notes");
    let (_, text) = all.columns();
    assert_eq!(texts_of(&mut db, select(text).select_from(&all)), ["here"]);

    // Models come out of it, as tracked as any other.
    let notes = select(Note).cte("some_notes");
    let found = db.all(select(&notes)).unwrap();
    assert_eq!(texts(&db, found), ["here"]);

    let below =
        select((Note.id, Note.author_id)).filter(Note.id.eq(1)).recursive_distinct("below", |below| {
            let (_, author) = below.columns();
            select((Note.id, Note.author_id)).join(below.on(Note.author_id.eq(author)))
        });
    assert_eq!(db.all(select(&below)).unwrap(), [(1, 1)]);

    let within = rebis::nested(Author).join(Note.on(Note.author_id.eq(Author.id)));
    let stmt = select((Author.name, Note.text.nullable())).select_from(within);
    assert_eq!(db.all(stmt).unwrap(), [("ann".to_owned(), Some("here".to_owned()))]);
}

#[test]
fn rule_84_takes_rows_out_before_a_full_join() {
    let (_engine, mut db, _log, _) = library();
    let stmt = select((Author.name.nullable(), Note.text.nullable()));
    let stmt = stmt.full_join(Note.on(Note.author_id.eq(Author.id) & Note.text.eq("away")));
    match db.all(stmt.order_by(Author.name.asc().nulls_last())) {
        Ok(rows) => assert_eq!(rows, [(Some("ann".to_owned()), None), (None, Some("here".to_owned()))]),
        Err(error) => assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}"),
    }
}

#[test]
fn rule_84_holds_for_statements_that_write_within_others() {
    let (_engine, mut db, _log, _) = library();
    let gone = Note.delete().filter(Note.author_id.eq(1)).returning(Note.text).cte("taken");
    match db.all(select(gone.value()).select_from(&gone)) {
        Ok(rows) => assert_eq!(rows, ["here"]),
        Err(error) => assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}"),
    }
}

//! Nasty texts in every place where a program can put a text: as a value, in LIKE, as a literal, as the name of a table,
//! column, constraint, alias or label, as a default and as a comment.
//!
//! A value comes back byte for byte. A name does too, or is refused with an error. Nothing else ever happens: a sentinel
//! is looked at after each text.

mod corpus;

use rebis::blocking::{Connection, Engine};
use rebis::prelude::*;
use rebis::schema::{Check, Column, Default, Index, MetaData, Table, Unique};
use rebis::{Datum, ErrorKind, SqlType, sql, sql_unchecked};
use std::error::Error as _;

#[derive(Model, Clone, Debug)]
#[model(table = "notes")]
struct Note {
    #[column(primary_key)]
    id: i64,
    text: String,
}

#[derive(Model, Debug)]
#[model(table = "sentinel")]
struct Sentinel {
    #[column(primary_key)]
    id: i64,
    word: String,
}

/// Tries all of them. `holds_nul`: whether the database has texts with a NUL in them.
pub fn look_at(engine: &Engine, holds_nul: bool) {
    metadata![Note, Sentinel].create_all(engine).expect("the tables are made");
    let mut db = engine.connect().expect("a connection");
    db.execute(Sentinel.insert().row(Sentinel.new().id(1).word("here"))).expect("it goes in");
    let texts = corpus::texts();
    assert!(texts.len() >= 300, "{}", texts.len());
    for (at, text) in texts.iter().enumerate() {
        if holds_nul || !text.contains('\0') {
            as_value(engine, &mut db, at as i64, text)
                .unwrap_or_else(|e| panic!("{text:?} as a value: {e:?}"));
        } else {
            let note = Note.insert().row(Note.new().id(at as i64).text(text.as_str()));
            let error = db.execute(note).expect_err(text);
            assert_eq!(error.kind(), ErrorKind::Conversion, "{text:?}: {error:?}");
            assert!(error.source().is_none(), "it was told before anything was sent: {error:?}");
        }
        as_name(&mut db, text);
        in_ddl(engine, &mut db, text);
        let sentinels: Vec<Sentinel> = db.all(Sentinel).expect("the sentinel is there");
        assert!(matches!(&sentinels[..], [one] if one.word == "here"), "{text:?}: {sentinels:?}");
    }
    let notes: Vec<Note> = db.all(select(Note).order_by(Note.id)).expect("the notes are there");
    let expected = texts.iter().filter(|text| holds_nul || !text.contains('\0'));
    assert!(notes.iter().map(|note| &note.text).eq(expected), "the notes are as they were");
}

/// Bound, found again in five ways, and written into the text as a literal.
fn as_value(engine: &Engine, db: &mut Connection, id: i64, text: &str) -> rebis::Result<()> {
    db.execute(Note.insert().row(Note.new().id(id).text(text)))?;
    let own = || select(Note.text).filter(Note.id.eq(id));
    assert_eq!(db.one(own())?, text);
    let equal = [Note.text.eq(text), Note.text.in_([text, "another"])];
    let like = [Note.text.contains(text), Note.text.starts_with(text), Note.text.ends_with(text)];
    for found in equal {
        assert_eq!(db.all(own().filter(&found))?.len(), 1, "{text:?}: {found:?}");
    }
    for found in like {
        match db.all(own().filter(&found)) {
            Ok(rows) => assert_eq!(rows.len(), 1, "{text:?}: {found:?}"),
            Err(error) => {
                assert!(engine.capabilities().like_ends_at_nul && text.contains('\0'), "{text:?}: {error:?}");
                assert_eq!(error.kind(), ErrorKind::Unsupported);
                continue;
            }
        }
        // Nothing in it is a wildcard: what was written before does not match it, but for what holds it.
        let others = db.all(select(Note.text).filter(found))?;
        let holds = |other: &String| other.to_lowercase().contains(&text.to_lowercase());
        assert!(others.iter().all(holds), "{text:?}: {others:?}");
    }
    let literal = own().filter(Note.text.eq(text)).to_sql_inline(engine.capabilities())?;
    assert_eq!(
        db.one(sql_unchecked(literal.replace('{', "{{").replace('}', "}}")).rows::<String>())?,
        text,
        "{literal}"
    );
    assert_eq!(
        db.one(
            sql("SELECT text FROM notes WHERE text = {} AND id = {}").bind(text).bind(id).rows::<String>()
        )?,
        text
    );
    Ok(())
}

/// As an alias, a label and the name of a subquery.
fn as_name(db: &mut Connection, text: &str) {
    let alias = Sentinel.alias(text);
    let label = Sentinel.word.label(text.to_owned());
    let subquery = select((Sentinel.id, Sentinel.word)).as_subquery(text.to_owned());
    let (_, word) = subquery.columns();
    for (place, stmt) in [
        ("an alias", select(alias.word).filter(alias.id.eq(1))),
        ("a label", select(label.clone()).order_by(label.asc())),
        ("a subquery", select(word).select_from(&subquery)),
    ] {
        match db.all(&stmt) {
            Ok(words) => assert_eq!(words, ["here"], "{text:?} as {place}"),
            Err(error) => assert!(may_be_refused(text), "{text:?} as {place}: {error:?}"),
        }
    }
}

/// As the name of everything that a table has, as a default and as a comment.
fn in_ddl(engine: &Engine, db: &mut Connection, text: &str) {
    let name = || text.to_owned();
    let mut table = Table::new(name());
    let mut column = Column::new(name(), SqlType::Text { length: Some(200) });
    column.default = Some(Default::Value(Datum::Text(name())));
    column.comment = Some(name().into());
    table.columns = vec![Column::new("id", SqlType::I64), column];
    table.primary_key = vec![0];
    table.uniques = vec![Unique { name: Some(format!("u{text}").into()), columns: vec![name().into()] }];
    table.checks =
        vec![Check { name: Some(format!("c{text}").into()), column: None, condition: "id > 0".into() }];
    table.indexes =
        vec![Index { name: Some(format!("i{text}").into()), columns: vec![name().into()], unique: false }];
    table.comment = Some(name().into());
    let schema = MetaData::new(vec![table]);
    let made = schema.create_all(engine);
    let read = made.and_then(|()| {
        db.execute(sql("INSERT INTO {} (id) VALUES (1)").ident(name()))?;
        db.one(sql("SELECT {} FROM {}").ident(name()).ident(name()).rows::<String>())
    });
    match read {
        Ok(default) => assert_eq!(default, text, "the default"),
        Err(error) => assert!(may_be_refused(text), "{text:?} in DDL: {error:?}"),
    }
    // Where it was made in part, what was made goes.
    if let Err(error) = schema.drop_all(engine) {
        assert!(may_be_refused(text), "{text:?} in DROP: {error:?}");
    }
}

/// What some database does not take as a name: nothing, NUL, more than 60 bytes, blanks or control characters at an end, and what has no place in
/// the first plane of Unicode.
fn may_be_refused(text: &str) -> bool {
    text.is_empty()
        || text.contains('\0')
        || text.len() > 55
        || text.starts_with(|c: char| c.is_whitespace() || c.is_control())
        || text.ends_with(char::is_whitespace)
        || text.chars().any(|c| c as u32 > 0xffff)
}

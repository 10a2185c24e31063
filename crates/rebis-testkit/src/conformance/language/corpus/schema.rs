//! What `create_all` makes: defaults, comments, constraints, indexes, enums, sequences, views, with odd names and texts.

use super::super::desk::Desk;
use super::super::scene::{Any, ID, column, delete, put, source, table};
use super::{TEXT, all_names, by_tables, corpus, sentinel, some_names, stands};
use rebis_core::{Datum, ErrorKind, SqlType};
use rebis_sql::schema::{Check, Default, Index, MetaData, TableAs, Unique, View};
use rebis_sql::{Column, Select, func, select};

pub fn as_defaults_and_comments(desk: &Desk<'_>) {
    let mut db = sentinel(desk);
    let texts: Vec<&'static str> = corpus().into_iter().map(|text| &*text.leak()).collect();
    for texts in by_tables(texts) {
        let names: Vec<&'static str> = (0..texts.len()).map(|at| &*format!("c{at}").leak()).collect();
        let of = || SqlType::Text { length: Some(60) };
        let drafted = names.iter().zip(&texts).fold(table("wide").key("id"), |draft, (name, text)| {
            draft.default(*name, of(), Default::Value(Datum::Text((*text).to_owned())))
        });
        let mut made = drafted.made();
        made.comment = texts.first().map(|text| (*text).into());
        for (column, text) in made.columns.iter_mut().skip(1).zip(&texts) {
            column.comment = Some((*text).into());
        }
        let schema = MetaData::new(vec![made]);
        desk.wait(schema.create_all(desk.engine())).expect("it is made");
        db.run(put("wide", ["id"]).row((1i64,)));
        for (name, text) in names.iter().zip(&texts) {
            let stmt: Select<String> = select(Column::<Any, String>::new("wide", name, 0));
            db.gives(stmt, [(*text).to_owned()]);
        }
        desk.wait(schema.drop_all(desk.engine())).expect("it is dropped");
    }
    stands(&mut db);
}

/// The names, each with a number: some are told apart without their case, and constraints of all kinds share theirs.
fn numbered() -> Vec<&'static str> {
    all_names().enumerate().map(|(at, name)| &*format!("{name}{at}").leak()).collect()
}

pub fn as_names_of_constraints(desk: &Desk<'_>) {
    let mut db = sentinel(desk);
    for names in by_tables(numbered()) {
        let columns: Vec<&'static str> = (0..names.len()).map(|at| &*format!("c{at}").leak()).collect();
        let draft = columns.iter().fold(table("wide").key("id"), |draft, c| draft.nullable(*c, SqlType::I64));
        let mut made = draft.made();
        for (name, c) in names.iter().zip(&columns) {
            let condition = format!("{c} >= 0").into();
            made.checks.push(Check { name: Some((*name).into()), column: None, condition });
            made.uniques.push(Unique { name: Some(format!("{name}u").into()), columns: vec![(*c).into()] });
            made.indexes.push(Index::new(["id", *c]).named(format!("{name}i")));
        }
        let schema = MetaData::new(vec![made]);
        desk.wait(schema.create_all(desk.engine())).expect("it is made");
        db.run(put("wide", ["id"]).row((1i64,)));
        for (name, c) in names.iter().zip(&columns) {
            let error = db.fails(put("wide", ["id", *c]).row((2i64, -1i64)), ErrorKind::CheckViolation);
            assert_eq!(error.constraint(), Some(*name), "{error}");
            db.run(put("wide", ["id", *c]).row((3i64, 5i64)));
            let error = db.fails(put("wide", ["id", *c]).row((4i64, 5i64)), ErrorKind::UniqueViolation);
            if desk.facts.names_uniques {
                assert_eq!(error.constraint(), Some(&*format!("{name}u")), "{error}");
            }
            db.run(delete("wide").filter(column::<i64>("wide", "id").eq(3)));
        }
        desk.wait(schema.drop_all(desk.engine())).expect("it is dropped");
    }
    stands(&mut db);
}

/// As labels of a native type, of a check, and as the name of a type.
pub fn as_enums(desk: &Desk<'_>) {
    let mut db = sentinel(desk);
    let labels: &'static [&'static str] = all_names().collect::<Vec<_>>().leak();
    let (key, mood) = (column::<i64>("moods", "id"), column::<String>("moods", "mood"));
    for (at, name) in some_names().take(24).enumerate() {
        let native = at % 2 == 0;
        let of = SqlType::Enum { name, variants: labels, native };
        let schema = MetaData::new(vec![table("moods").key("id").column("mood", of).made()]);
        desk.wait(schema.create_all(desk.engine())).unwrap_or_else(|e| panic!("{name}: {e}"));
        let rows = labels.iter().enumerate().map(|(at, label)| (at as i64, *label));
        db.run(put("moods", ["id", "mood"]).rows(rows));
        let all = labels.iter().map(|label| (*label).to_owned());
        assert_eq!(db.all(select(mood).order_by(key)), all.collect::<Vec<_>>());
        db.try_run(put("moods", ["id", "mood"]).row((9999i64, "no such mood")))
            .expect_err("it is none of them");
        desk.wait(schema.drop_all(desk.engine())).unwrap_or_else(|e| panic!("{name}: {e}"));
    }
    stands(&mut db);
}

pub fn as_names_of_sequences(desk: &Desk<'_>) {
    if desk.caps().next_number.is_none() {
        return desk.skip("the database has no sequences");
    }
    let mut db = sentinel(desk);
    for name in some_names() {
        let draft = table("drawn").key("id").default("n", SqlType::I64, Default::Sequence(name.into()));
        let schema = MetaData::new(vec![draft.made()]);
        desk.wait(schema.create_all(desk.engine())).unwrap_or_else(|e| panic!("{name}: {e}"));
        db.run(put("drawn", ["id"]).row((1i64,)));
        db.gives(select(column::<i64>("drawn", "n")), [1]);
        desk.wait(schema.drop_all(desk.engine())).unwrap_or_else(|e| panic!("{name}: {e}"));
    }
    stands(&mut db);
}

/// As the name, as names of columns, and as a value in the SELECT.
pub fn as_views(desk: &Desk<'_>) {
    let mut db = sentinel(desk);
    db.run(put("t", ["id", "text"]).rows(corpus().into_iter().enumerate().map(|(at, t)| (at as i64, t))));
    for name in all_names().filter(|name| !name.contains(['\n', '\t', '/'])) {
        let shown = format!("v{name}");
        let columns = [format!("{name}0"), format!("{name}1")];
        let view =
            View::new(shown.clone(), select((ID, TEXT)).filter(TEXT.eq(name))).columns(columns.clone());
        let schema = MetaData::new(Vec::new()).with_view(view);
        desk.wait(schema.create_all(desk.engine())).unwrap_or_else(|e| panic!("{name}: {e}"));
        desk.wait(schema.create_all(desk.engine())).unwrap_or_else(|e| panic!("it is there: {name}: {e}"));
        let read = rebis_sql::table(&shown);
        db.gives(select(read.column::<String>(&columns[1])), [name.to_owned()]);
        desk.wait(schema.drop_all(desk.engine())).unwrap_or_else(|e| panic!("{name}: {e}"));
        db.refuses(select(read.column::<String>(&columns[1])), ErrorKind::NoSuchObject);
    }
    stands(&mut db);
}

pub fn as_tables_of_a_query(desk: &Desk<'_>) {
    let mut db = sentinel(desk);
    db.run(put("t", ["id", "text"]).row((1i64, "x")));
    for name in some_names() {
        let made = format!("m{name}");
        let of =
            select((ID, func::value(name.to_owned()).label(format!("{name}1")))).select_from(source("t"));
        let kept = TableAs::new(made.clone(), of).temporary();
        db.wait_for(|conn| kept.create(conn)).unwrap_or_else(|e| panic!("{name}: {e}"));
        db.gives(select(rebis_sql::table(&made).column::<String>(format!("{name}1"))), [name.to_owned()]);
    }
    stands(&mut db);
}

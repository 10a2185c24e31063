//! Plans of statements, and counts of their rows.

use super::desk::Desk;
use super::scene::{Any, NOTES, PEOPLE, notes, people};
use rebis_core::ErrorKind;
use rebis_sql::ast::TableRef;
use rebis_sql::{Delete, Update, select, sql};

pub fn a_plan_names_the_table(desk: &Desk<'_>) {
    let mut db = desk.connect();
    let plan =
        db.wait_for(|conn| conn.explain(select(people::NAME).filter(people::KARMA.eq(20)))).expect("a plan");
    let read: Vec<&str> = plan.nodes().filter_map(|node| node.table.as_deref()).collect();
    assert_eq!(read, ["people"], "{plan}");
    assert!(!plan.text.is_empty() && !plan.to_string().is_empty());
}

pub fn a_plan_of_a_join_and_a_subquery(desk: &Desk<'_>) {
    let mut db = desk.connect();
    let few = select(people::ID).filter(people::NAME.starts_with("a"));
    let query = select((notes::TITLE, people::NAME))
        .join(rebis_sql::JoinPart {
            source: rebis_sql::ast::Source::Table(TableRef::new("people")),
            on: Some(people::ID.eq(notes::AUTHOR).into_ast()),
        })
        .filter(notes::AUTHOR.in_(few))
        .order_by(notes::TITLE);
    let plan = db.wait_for(|conn| conn.explain(query)).expect("a plan");
    let mut read: Vec<&str> = plan.nodes().filter_map(|node| node.table.as_deref()).collect();
    read.retain(|name| ["people", "notes"].contains(name));
    assert!(read.contains(&"people") && read.contains(&"notes"), "{plan}");
}

pub fn a_plan_of_what_writes_writes_nothing(desk: &Desk<'_>) {
    let mut db = desk.connect();
    let update = Update::<Any>::new(TableRef::new("people")).keyed(["id".into()]);
    let update = update.set(people::KARMA, 99).filter(people::ID.eq(1));
    let plan = db.wait_for(|conn| conn.explain(update)).expect("a plan");
    assert!(plan.nodes().any(|node| node.table.as_deref() == Some("people")), "{plan}");
    let delete = Delete::<Any>::new(TableRef::new("notes")).filter(notes::ID.eq(1));
    db.wait_for(|conn| conn.explain(delete)).expect("a plan");
    db.gives(select(people::KARMA).filter(people::ID.eq(1)), [PEOPLE[0].3]);
    db.gives(select(notes::ID).order_by(notes::ID), NOTES.map(|note| note.0));
}

pub fn a_plan_of_a_text(desk: &Desk<'_>) {
    let mut db = desk.connect();
    let query = sql("SELECT name FROM people WHERE karma > {}").bind(5);
    let plan = db.wait_for(|conn| conn.explain(query)).expect("a plan");
    assert!(plan.nodes().any(|node| node.table.as_deref() == Some("people")), "{plan}");
    let error =
        db.wait_for(|conn| conn.explain(sql("SELECT nowhere FROM people"))).expect_err("no such column");
    assert_eq!(error.kind(), ErrorKind::NoSuchObject, "{error}");
}

pub fn a_plan_of_what_ran_tells_what_happened(desk: &Desk<'_>) {
    let mut db = desk.connect();
    let query = select(people::NAME).filter(people::KARMA.gt(5));
    let result = db.wait_for(|conn| conn.explain_analyze(query));
    if desk.caps().explain.analyze.is_none() {
        let error = result.expect_err("it is not watched");
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        return assert!(error.help().is_some_and(|help| help.contains("explain")));
    }
    let plan = result.expect("a plan");
    let ran =
        plan.nodes().filter_map(|node| node.actual).any(|actual| actual.loops > 0.0 && actual.rows > 0.0);
    assert!(ran, "{plan}");
}

pub fn rows_are_counted(desk: &Desk<'_>) {
    let mut db = desk.connect();
    assert_eq!(db.wait_for(|conn| conn.count(select(people::NAME))).expect("a count"), 5);
    let two = select(people::KARMA).distinct().order_by(people::KARMA).limit(2);
    assert_eq!(db.wait_for(|conn| conn.count(two)).expect("a count"), 2);
    let error =
        db.wait_for(|conn| conn.count(sql("SELECT 1").rows::<i64>())).expect_err("no SELECT that is known");
    assert_eq!(error.kind(), ErrorKind::Unsupported);
}

pub fn whether_there_is_a_row(desk: &Desk<'_>) {
    let mut db = desk.connect();
    assert!(
        db.wait_for(|conn| conn.exists(select(people::ID).filter(people::KARMA.lt(0)))).expect("an answer")
    );
    assert!(
        !db.wait_for(|conn| conn.exists(select(people::ID).filter(people::KARMA.gt(99)))).expect("an answer")
    );
}

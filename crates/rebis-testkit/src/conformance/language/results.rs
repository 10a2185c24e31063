//! What comes back: shapes of rows, names, streams, and values that do not fit.

use super::desk::Desk;
use super::scene::{PEOPLE, notes, people, source, texts};
use rebis_core::{Cell, ErrorKind, Result, Row};
use rebis_sql::{Select, select, sql, sql_unchecked};
use std::any::Any;
use std::ops::ControlFlow;

fn person(id: i64) -> Select<String> {
    select(people::NAME).filter(people::ID.eq(id))
}

/// A row that is read by the names of its columns.
#[derive(Debug, PartialEq)]
struct Named(i64, String);

impl Row for Named {
    type Plain = Named;
    type Tracked = Named;
    const WIDTH: usize = 2;
    fn names() -> &'static [&'static str] {
        &["karma", "name"]
    }
    fn plain(cells: &[Cell<'_>]) -> Result<Named> {
        Ok(Named(rebis_core::field(cells, 0)?, rebis_core::field(cells, 1)?))
    }
    fn track(cells: &[Cell<'_>], _: &mut dyn Any) -> Result<Named> {
        Named::plain(cells)
    }
}

pub fn a_row_of_one_column_is_its_value(desk: &Desk<'_>) {
    desk.gives(person(2), texts(["bob"]));
}

pub fn a_row_of_twelve_columns(desk: &Desk<'_>) {
    let p =
        (people::ID, people::NAME, people::EMAIL, people::KARMA, people::SCORE, people::ACTIVE, people::BOSS);
    let stmt = select((
        p.0,
        p.1,
        p.2,
        p.3,
        p.4,
        p.5,
        p.6,
        notes::ID,
        notes::TITLE,
        notes::BODY,
        notes::HITS,
        p.0 + 1,
    ));
    let stmt = stmt.join(super::scene::on("notes", notes::AUTHOR.eq(people::ID)));
    let text = |text: &str| text.to_owned();
    let row = (2, text("bob"), None, 20, 2.5, false, Some(1), 3, text("50% off"), Some(text("a_b")), 0, 3);
    desk.gives(stmt.filter(people::ID.eq(2)), [row]);
}

pub fn tuples_within_tuples(desk: &Desk<'_>) {
    let stmt = select(((people::ID, people::NAME), (people::BOSS, (people::ACTIVE, people::KARMA))));
    desk.gives(stmt.filter(people::ID.eq(3)), [((3, "cid".to_owned()), (Some(1), (true, 20)))]);
}

pub fn the_same_column_twice(desk: &Desk<'_>) {
    desk.gives(select((people::ID, people::ID, people::ID + 0)).filter(people::ID.eq(4)), [(4, 4, 4)]);
}

pub fn columns_of_the_same_name_of_two_tables(desk: &Desk<'_>) {
    let stmt = select((people::ID, notes::ID)).join(super::scene::on("notes", notes::AUTHOR.eq(people::ID)));
    desk.gives(stmt.filter(notes::ID.eq(4)), [(3, 4)]);
}

pub fn null_is_none(desk: &Desk<'_>) {
    let bosses = PEOPLE.map(|(_, _, _, _, _, _, boss)| boss);
    desk.gives(select(people::BOSS).order_by(people::ID), bosses);
}

pub fn null_where_none_is_expected_is_an_error_that_names_the_column(desk: &Desk<'_>) {
    let wrong = super::scene::column::<i64>("people", "boss_id");
    let error =
        desk.connect().refuses(select((people::ID, wrong)).order_by(people::ID), ErrorKind::Conversion);
    assert_eq!((error.table(), error.column()), (Some("people"), Some("boss_id")), "{error}");
    assert!(error.sql().is_some() && error.site().is_some(), "{error}");
}

pub fn a_text_where_a_number_is_expected_is_an_error_that_names_the_column(desk: &Desk<'_>) {
    let wrong = super::scene::column::<i64>("people", "name");
    let error = desk.connect().refuses(select((people::ID, wrong)), ErrorKind::Conversion);
    assert_eq!(error.column(), Some("name"), "{error}");
    assert!(!error.to_string().contains("ada"), "no value stands in the text: {error}");
}

pub fn a_conversion_error_names_the_label(desk: &Desk<'_>) {
    let wrong = people::BOSS.coalesce(0) + 70_000;
    let wrong = rebis_sql::Expr::<i16>::from_ast(wrong.into_ast());
    let stmt = select((people::ID, wrong.label("total"))).select_from(source("people"));
    let error = desk.connect().refuses(stmt, ErrorKind::Conversion);
    assert_eq!(error.column(), Some("total"), "{error}");
}

pub fn a_conversion_error_leaves_the_connection_well(desk: &Desk<'_>) {
    let mut db = desk.connect();
    let wrong = super::scene::column::<bool>("people", "name");
    for _ in 0..3 {
        db.refuses(select(wrong), ErrorKind::Conversion);
        db.gives(person(1), texts(["ada"]));
    }
}

pub fn one_is_exactly_one(desk: &Desk<'_>) {
    let mut db = desk.connect();
    assert_eq!(db.wait_for(|conn| conn.one(person(1))).expect("there is one"), "ada");
    let error = db.wait_for(|conn| conn.one(person(77))).expect_err("there is none");
    assert_eq!(error.kind(), ErrorKind::NotFound, "{error}");
    let error = db.wait_for(|conn| conn.one(select(people::NAME))).expect_err("there are five");
    assert_eq!(error.kind(), ErrorKind::TooManyRows, "{error}");
}

pub fn one_or_none_is_at_most_one(desk: &Desk<'_>) {
    let mut db = desk.connect();
    assert_eq!(db.wait_for(|conn| conn.one_or_none(person(77))).expect("none is well"), None);
    let error = db.wait_for(|conn| conn.one_or_none(select(people::NAME))).expect_err("there are five");
    assert_eq!(error.kind(), ErrorKind::TooManyRows, "{error}");
}

pub fn first_takes_the_first_of_many(desk: &Desk<'_>) {
    let mut db = desk.connect();
    let stmt = || select(people::NAME).order_by(people::ID.desc());
    assert_eq!(db.wait_for(|conn| conn.first(stmt())).expect("it reads").as_deref(), Some("eve"));
    assert_eq!(db.wait_for(|conn| conn.first(person(77))).expect("it reads"), None);
    db.gives(person(1), texts(["ada"]));
}

pub fn all_of_no_rows_is_empty(desk: &Desk<'_>) {
    desk.gives(person(77), []);
    desk.gives(select((people::ID, people::BOSS)).filter(people::ID.lt(0)), []);
}

pub fn rows_are_visited_one_by_one(desk: &Desk<'_>) {
    let (mut db, mut seen) = (desk.connect(), Vec::new());
    let stmt = select(people::ID).order_by(people::ID);
    let visit = |id: i64| {
        seen.push(id);
        ControlFlow::Continue(())
    };
    db.wait_for(|conn| conn.for_each(stmt, visit)).expect("it reads");
    assert_eq!(seen, [1, 2, 3, 4, 5]);
}

pub fn a_visit_that_has_enough_ends_early(desk: &Desk<'_>) {
    let (mut db, mut seen) = (desk.connect(), 0);
    let everything = select((people::ID, notes::ID)).cross_join(source("notes"));
    let visit = |_: (i64, i64)| {
        seen += 1;
        if seen == 7 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    db.wait_for(|conn| conn.for_each(everything, visit)).expect("it reads");
    assert_eq!(seen, 7);
    db.gives(person(1), texts(["ada"]));
}

pub fn a_visit_of_no_rows(desk: &Desk<'_>) {
    let (mut db, mut seen) = (desk.connect(), 0);
    let visit = |_: String| {
        seen += 1;
        ControlFlow::Continue(())
    };
    db.wait_for(|conn| conn.for_each(person(77), visit)).expect("it reads");
    assert_eq!(seen, 0);
}

pub fn many_rows_are_visited_and_summed(desk: &Desk<'_>) {
    let mut db = desk.connect();
    let five = || super::scene::source("people");
    let alias = |name: &'static str| rebis_sql::ast::TableRef {
        alias: Some(name.into()),
        ..rebis_sql::ast::TableRef::new("people")
    };
    let stmt = select((people::ID, people::ID.aliased("e"))).select_from(five());
    let stmt = ["a", "b", "c", "d", "e"].into_iter().fold(stmt, |stmt, name| stmt.cross_join(alias(name)));
    let (mut rows, mut sum) = (0, 0);
    let visit = |(a, b): (i64, i64)| {
        rows += 1;
        sum += a * b;
        ControlFlow::Continue(())
    };
    db.wait_for(|conn| conn.for_each(stmt, visit)).expect("it reads");
    assert_eq!((rows, sum), (15_625, 9 * 15_625));
}

pub fn rows_come_so_many_at_a_time(desk: &Desk<'_>) {
    let mut db = desk.connect();
    let everyone = || select(people::ID).order_by(people::ID);
    let mut read = |size: usize, enough: usize| {
        let mut seen: Vec<Vec<i64>> = Vec::new();
        let visit = |rows: Vec<i64>| {
            seen.push(rows);
            if seen.len() == enough { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        db.wait_for(|conn| conn.for_each_chunk(everyone(), size, visit)).expect("it reads");
        seen
    };
    assert_eq!(read(2, 9), [vec![1, 2], vec![3, 4], vec![5]]);
    assert_eq!(read(5, 9), [vec![1, 2, 3, 4, 5]]);
    assert_eq!(read(100, 9), [vec![1, 2, 3, 4, 5]]);
    assert_eq!(read(1, 2), [vec![1], vec![2]]);
    assert_eq!(read(2, 2), [vec![1, 2], vec![3, 4]]);
    assert_eq!(read(0, 1), [vec![1]]);
    let none = select(people::ID).filter(people::ID.lt(0));
    let never = |_: Vec<i64>| panic!("there are no rows");
    db.wait_for(|conn| conn.for_each_chunk(none, 3, never)).expect("it reads");
}

pub fn rows_by_the_names_of_their_columns(desk: &Desk<'_>) {
    let stmt = sql("select name, id, karma from people where id = {}").bind(1);
    assert_eq!(desk.connect().all(stmt.rows::<Named>()), [Named(10, "ada".to_owned())]);
}

pub fn rows_by_the_names_of_labels(desk: &Desk<'_>) {
    let stmt = sql("select 'x' as name, id + 1 as {} from people where id = 1").ident("karma");
    assert_eq!(desk.connect().all(stmt.rows::<Named>()), [Named(2, "x".to_owned())]);
}

pub fn a_name_that_the_result_lacks_is_told(desk: &Desk<'_>) {
    let stmt = sql("select name, id from people").rows::<Named>();
    let error = desk.connect().refuses(stmt, ErrorKind::NoSuchObject);
    assert_eq!(error.column(), Some("karma"), "{error}");
    assert!(error.help().is_some_and(|help| help.contains("name, id")), "{error}");
}

pub fn names_are_matched_also_when_there_is_no_row(desk: &Desk<'_>) {
    let none = sql("select name, karma from people where id < 0").rows::<Named>();
    assert_eq!(desk.connect().all(none), []);
    let wrong = sql("select name, id from people where id < 0").rows::<Named>();
    desk.connect().refuses(wrong, ErrorKind::NoSuchObject);
}

pub fn a_row_of_more_columns_than_were_asked_for(desk: &Desk<'_>) {
    let stmt = sql_unchecked("select id, name, karma from people where id = 2").rows::<(i64, String)>();
    assert_eq!(desk.connect().all(stmt), [(2, "bob".to_owned())]);
}

pub fn a_row_of_fewer_columns_than_were_asked_for(desk: &Desk<'_>) {
    let stmt = sql("select id from people").rows::<(i64, String)>();
    desk.connect().refuses(stmt, ErrorKind::Conversion);
}

pub fn numbers_of_any_width_are_read_into_those_that_fit(desk: &Desk<'_>) {
    let karma = |id: i64| rebis_sql::sql("select karma from people where id = {}").bind(id);
    let mut db = desk.connect();
    assert_eq!(db.all(karma(1).rows::<i8>()), [10]);
    assert_eq!(db.all(karma(1).rows::<u16>()), [10]);
    assert_eq!(db.all(karma(1).rows::<f64>()), [10.0]);
    db.refuses(karma(4).rows::<u32>(), ErrorKind::Conversion);
}

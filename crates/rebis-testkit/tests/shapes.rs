//! A text that is kept by the shape of its statement is the text that the statement would have.
#![allow(missing_docs)]

use rebis_core::{Binds, Datum, Error, ErrorKind};
use rebis_sql::ast::{Expr, InsertRows, Query, Select};
use rebis_sql::render::{Shape, render};
use rebis_sql::{Bind, Capabilities, Statement, dialect, legalize};
use rebis_testkit::conformance::language::golden;
use std::collections::HashMap;

const DATABASES: [fn() -> &'static Capabilities; 4] =
    [dialect::sqlite, dialect::postgres, dialect::mysql, dialect::mariadb];

/// The text and the values of a statement, rendered.
fn rendered(query: &Query, caps: &Capabilities) -> Option<(String, Binds)> {
    let compiled = render(query, caps).ok()?;
    let none = |_| Err(Error::new(ErrorKind::InvalidState, "there is no session"));
    Some((compiled.sql, Bind::into_values(compiled.binds, none).ok()?))
}

fn shape(query: &Query, caps: &'static Capabilities) -> Option<Shape> {
    let mut shape = Shape::new();
    shape.read(query, caps).then_some(shape)
}

/// Other values of the same kinds.
fn change(expr: &mut Expr) {
    expr.for_each_subquery_mut(&mut change_select);
    change_value(expr);
}

fn change_value(expr: &mut Expr) {
    if let Expr::Value(datum) = expr {
        match datum {
            Datum::Int(number) => *number += 1_000,
            Datum::Text(text) => text.push_str("%_ö'"),
            Datum::Bool(is) => *is = !*is,
            Datum::Float(number) => *number = -1.5 - *number,
            _ => {}
        }
    }
    expr.for_each_child_mut(&mut change_value);
}

fn change_select(select: &mut Select) {
    select.items.iter_mut().for_each(|item| change(&mut item.expr));
    select.joins.iter_mut().filter_map(|join| join.on.as_mut()).for_each(change);
    select.filter.iter_mut().for_each(change);
    select.limit = select.limit.map(|limit| limit + 7);
    select.offset = select.offset.map(|offset| offset + 9);
}

fn changed(query: &Query) -> Query {
    let mut query = query.clone();
    match &mut query {
        Query::Select(select) => change_select(select),
        Query::Insert(insert) => {
            if let InsertRows::Values(rows) = &mut insert.rows {
                rows.iter_mut().flatten().for_each(change);
            }
        }
        Query::Update(update) => {
            update.set.iter_mut().for_each(|(_, value)| change(value));
            update.filter.iter_mut().for_each(change);
        }
        Query::Delete(delete) => delete.filter.iter_mut().for_each(change),
        _ => {}
    }
    query
}

#[test]
fn a_kept_text_is_the_one_that_would_be_rendered() {
    let (mut kept, mut texts) = (0, HashMap::new());
    for caps in DATABASES.map(|caps| caps()) {
        for case in golden::all() {
            let Some(query) = case.query() else { continue };
            let Some(shape) = shape(query, caps).filter(|_| !legalize::is_several(query, caps)) else {
                continue;
            };
            let Ok(compiled) = render(query, caps) else { continue };
            let known = texts.entry(shape.words().to_vec()).or_insert_with(|| compiled.sql.clone());
            assert_eq!(*known, compiled.sql, "one shape, two texts");
            let statement = Statement::new(&*compiled.sql, compiled.kind);
            let Some(text) = shape.text(query, caps, &compiled, statement) else { continue };
            kept += 1;
            for query in [query.clone(), changed(query)] {
                let (sql, values) = rendered(&query, caps).expect("it was rendered before");
                let mut again = self::shape(&query, caps).expect("it has a shape");
                assert_eq!(again.words(), shape.words(), "{sql}");
                assert_eq!(text.statement.sql(), sql);
                let ordered = text.ordered(again.take_values(query));
                assert!(ordered.iter().eq(values.iter()), "{sql}: {ordered:?} instead of {values:?}");
            }
        }
    }
    assert!(kept >= 400, "only {kept} texts are kept");
}

#[test]
fn what_differs_in_more_than_values_differs_in_shape() {
    let caps = dialect::sqlite();
    let of = |items: Vec<Expr>, limit| {
        let items = items.into_iter().map(Into::into).collect();
        let query = Query::Select(Box::new(Select { items, limit, ..Select::default() }));
        shape(&query, caps).map(|shape| shape.words().to_vec())
    };
    let value = |datum| Expr::Value(datum);
    let one = of(vec![value(Datum::Int(1))], None);
    assert_eq!(one, of(vec![value(Datum::Int(2))], None));
    assert_ne!(one, of(vec![value(Datum::Null)], None), "NULL is no number");
    assert_ne!(one, of(vec![value(Datum::Int(1))], Some(1)));
    assert_ne!(one, of(vec![Expr::And(vec![value(Datum::Int(1))])], None));
    assert_eq!(of(vec![Expr::Param(0)], None), None, "a parameter has no value yet");
    let label = |name: String| of(vec![Expr::Label(name.into())], None);
    assert_eq!(label("abcdefghi".to_owned()), label("abcdefghi".to_owned()), "a name made at run time");
    assert_ne!(label("abcdefghi".to_owned()), label("abcdefghj".to_owned()));
    let long = vec![value(Datum::Int(1)); 1_000];
    assert_eq!(of(long, None), None, "too long to be worth it");
}

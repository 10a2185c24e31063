//! Large statements: many parameters, many columns, deep expressions, long texts.

use super::desk::Desk;
use super::scene::{ID, N, all_numbers, column, count_of, numbers, put, source, table, update};
use rebis_core::{Datum, ErrorKind, SqlType};
use rebis_sql::{Expr, ast, func, select};

pub fn as_many_parameters_as_the_capabilities_allow(desk: &Desk<'_>) {
    let mut db = desk.with([numbers()]);
    let rows = desk.caps().max_binds as i64 / 2;
    assert_eq!(db.run(put("t", ["id", "n"]).rows((0..rows).map(|id| (id, id)))), rows as u64);
    db.gives(select((func::count(), N.max())), [(rows, Some(rows - 1))]);
}

pub fn one_parameter_more_is_told_before_anything_is_sent(desk: &Desk<'_>) {
    let mut db = desk.with([numbers()]);
    let any = rebis_sql::any_of((0..desk.caps().max_binds as i64).map(|id| ID.eq(id)));
    let error = db.fails(update("t").set(N, 1).filter(any), ErrorKind::Limit);
    assert!(error.help().is_some(), "{error}");
    db.gives(count_of("t"), [0]);
}

pub fn a_long_statement_of_literals(desk: &Desk<'_>) {
    let mut db = desk.with([numbers()]);
    db.run(put("t", ["id", "n"]).row((77_777i64, 1i64)));
    let ids: Vec<i64> = (0..100_000).collect();
    let listed = select(ID).filter(ID.in_(ids));
    let text = listed.to_sql_inline(desk.caps()).expect("it can be written");
    assert!(text.len() > 500_000);
    db.gives(listed, [77_777]);
}

pub fn as_many_columns_of_a_result_as_there_may_be(desk: &Desk<'_>) {
    let columns = desk.facts.most_columns.min(1000);
    let items = (0..columns as i64).map(|n| ast::Expr::Literal(Datum::Int(n)).into()).collect();
    let select = ast::Select { items, ..ast::Select::default() };
    let rows = desk.connect().all(rebis_sql::Select::<Wide>::from_ast(select));
    assert_eq!(rows, [Wide((0..columns as i64).collect())]);
}

/// Whole numbers, however many.
#[derive(Debug, PartialEq)]
struct Wide(Vec<i64>);

impl rebis_core::Row for Wide {
    type Plain = Wide;
    type Tracked = Wide;
    const WIDTH: usize = 1;
    fn plain(cells: &[rebis_core::Cell<'_>]) -> rebis_core::Result<Wide> {
        (0..cells.len()).map(|at| rebis_core::field(cells, at)).collect::<rebis_core::Result<_>>().map(Wide)
    }
    fn track(cells: &[rebis_core::Cell<'_>], _: &mut dyn std::any::Any) -> rebis_core::Result<Wide> {
        Wide::plain(cells)
    }
}

pub fn a_table_of_many_columns(desk: &Desk<'_>) {
    let names: Vec<&'static str> = (0..400).map(|n| &*format!("c{n}").leak()).collect();
    let draft = names.iter().fold(table("t").key("id"), |draft, name| draft.nullable(*name, SqlType::I32));
    let mut db = desk.with([draft.made()]);
    let mut insert = put("t", ["id"]);
    insert.0.columns.extend(names.iter().map(|name| (*name).into()));
    db.run(insert.row((0..=400).map(Datum::Int).collect::<Vec<_>>()));
    db.gives(select(column::<i64>("t", "c399")), [400]);
    let change = names.iter().fold(update("t"), |change, name| change.set(column::<i64>("t", name), 5));
    assert_eq!(db.run(change.all_rows()), 1);
    db.gives(select((column::<i64>("t", "c0"), column::<i64>("t", "c399"))), [(5, 5)]);
}

pub fn a_chain_of_many_conditions(desk: &Desk<'_>) {
    let mut db = desk.with([numbers()]);
    db.run(put("t", ["id", "n"]).rows([(1i64, 1i64), (400, 2), (9000, 3)]));
    let any = rebis_sql::any_of((1..500i64).map(|id| ID.eq(id)));
    db.gives(select(ID).filter(any).order_by(ID), [1, 400]);
    let all = rebis_sql::all_of((1..500i64).map(|id| ID.ne(id)));
    db.gives(select(ID).filter(all), [9000]);
}

pub fn a_deep_expression(desk: &Desk<'_>) {
    let mut db = desk.with([numbers()]);
    db.run(put("t", ["id", "n"]).row((1i64, 1i64)));
    let sum = (0..100i64).fold(ID + 0, |sum, n| (sum + n) * 1);
    db.gives(select(sum).select_from(source("t")), [1 + 99 * 50]);
}

pub fn a_case_of_many_arms(desk: &Desk<'_>) {
    let mut db = desk.with([numbers()]);
    db.run(put("t", ["id", "n"]).rows([(1i64, 1i64), (499, 1), (501, 1)]));
    let case = (0..500i64).fold(func::case_of::<i64>(), |case, id| case.when(ID.eq(id), id * 2));
    db.gives(select(case.otherwise(-1)).order_by(ID), [2, 998, -1]);
}

pub fn many_joins(desk: &Desk<'_>) {
    let mut db = desk.with([numbers()]);
    db.run(put("t", ["id", "n"]).rows((1..=30i64).map(|id| (id, id + 1))));
    let names: Vec<&'static str> = (0..29).map(|n| &*format!("t{n}").leak()).collect();
    let (mut stmt, mut before) = (select(ID).filter(ID.eq(1)), N);
    for name in &names {
        stmt = stmt.join(super::scene::aliased("t", name, ID.aliased(name).eq(before)));
        before = N.aliased(name);
    }
    db.gives(stmt, [1]);
}

pub fn subqueries_within_subqueries(desk: &Desk<'_>) {
    let mut db = desk.with([numbers()]);
    db.run(put("t", ["id", "n"]).rows([(1i64, 1i64), (2, 2)]));
    let mut stmt = select(ID).filter(ID.gt(1));
    for level in 0..20 {
        let inner = stmt.as_subquery(format!("s{level}"));
        stmt = select(inner.value()).select_from(&inner).filter(inner.value().lt(100));
    }
    db.gives(stmt, [2]);
}

pub fn a_union_of_many(desk: &Desk<'_>) {
    let mut db = desk.with([numbers()]);
    db.run(put("t", ["id", "n"]).rows((0..100i64).map(|id| (id, id))));
    let one = |id: i64| select(ID).filter(ID.eq(id));
    let all = (1..100).fold(one(0), |all, id| all.union_all(one(id)));
    db.gives(all.order_by(ID), 0..100);
}

pub fn many_rows_in_a_table(desk: &Desk<'_>) {
    let mut db = desk.with([numbers()]);
    for page in 0..10i64 {
        db.run(put("t", ["id", "n"]).rows((0..1000).map(|n| (page * 1000 + n, n))));
    }
    let rows = db.all(all_numbers());
    assert_eq!((rows.len(), rows[9999]), (10_000, (9999, Some(999))));
}

pub fn a_function_of_many_arguments(desk: &Desk<'_>) {
    let args = (0..90).map(|_| ast::Expr::Literal(Datum::Null)).chain([ast::Expr::Value(Datum::Int(7))]);
    let call = ast::Call::new("coalesce", args.collect());
    let seven: Expr<i64> = Expr::from_ast(ast::Expr::Call(call));
    desk.value(seven + 0, 7);
}

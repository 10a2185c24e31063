//! INSERT, UPDATE and DELETE: what they write, and how many rows they say they touched.

use super::desk::{Db, Desk};
use super::scene::{
    ID, N, all_numbers, build, column, count_of, delete, notes, numbers, people, put, source, table, texts,
    update,
};
use rebis_core::{Datum, ErrorKind, SqlType};
use rebis_sql::schema::{Action, Default};
use rebis_sql::{Column, IntoExpr, Typed, ast, func, select};

type Any = super::scene::Any;

/// `t` with the rows (1, 10), (2, 20), (3, NULL).
fn three<'s>(desk: &Desk<'s>) -> Db<'s> {
    let mut db = desk.with([numbers()]);
    db.run(put("t", ["id", "n"]).rows([(1i64, Some(10i64)), (2, Some(20)), (3, None)]));
    db
}

/// A table whose columns all have defaults.
fn defaults<'s>(desk: &Desk<'s>) -> Db<'s> {
    let text = SqlType::Text { length: Some(20) };
    desk.with([table("t")
        .generated("id")
        .default("n", SqlType::I64, Default::Value(Datum::Int(7)))
        .default("word", text, Default::Value(Datum::Text("it's".into())))
        .made()])
}

fn word() -> Column<Any, String> {
    column("t", "word")
}

fn expr<T>(of: impl Typed<T = T>) -> ast::Expr {
    of.typed().into_ast()
}

fn value(value: i64) -> ast::Expr {
    ast::Expr::Value(Datum::Int(value))
}

pub fn an_insert_of_one_row(desk: &Desk<'_>) {
    let mut db = desk.with([numbers()]);
    assert_eq!(db.run(put("t", ["id", "n"]).row((1i64, 10i64))), 1);
    db.gives(all_numbers(), [(1, Some(10))]);
}

pub fn an_insert_of_several_rows(desk: &Desk<'_>) {
    let mut db = desk.with([numbers()]);
    assert_eq!(db.run(put("t", ["id", "n"]).rows((1..=50i64).map(|n| (n, n * 2)))), 50);
    db.gives(select((func::count(), N.sum())), [(50, Some(2550))]);
}

pub fn an_insert_of_columns_in_another_order(desk: &Desk<'_>) {
    let mut db = desk.with([numbers()]);
    db.run(put("t", ["n", "id"]).row((10i64, 1i64)));
    db.gives(all_numbers(), [(1, Some(10))]);
}

pub fn an_insert_of_some_columns(desk: &Desk<'_>) {
    let mut db = desk.with([numbers()]);
    db.run(put("t", ["id"]).row((1i64,)));
    db.gives(all_numbers(), [(1, None)]);
}

pub fn an_insert_of_nothing_but_defaults(desk: &Desk<'_>) {
    let mut db = defaults(desk);
    assert_eq!(db.run(put("t", []).exprs(Vec::new())), 1);
    db.gives(select((N, word())), [(Some(7), "it's".to_owned())]);
}

pub fn an_insert_leaves_a_column_to_its_default(desk: &Desk<'_>) {
    let mut db = defaults(desk);
    db.run(put("t", ["n"]).row((1i64,)));
    db.run(put("t", ["word"]).row(("x",)));
    db.gives(select((N, word())).order_by(ID), [(Some(1), "it's".to_owned()), (Some(7), "x".to_owned())]);
}

pub fn an_insert_of_null_is_not_the_default(desk: &Desk<'_>) {
    let mut db = defaults(desk);
    db.run(put("t", ["n"]).row((None::<i64>,)));
    db.gives(select(N), [None]);
}

pub fn an_insert_of_expressions(desk: &Desk<'_>) {
    let mut db = desk.with([numbers()]);
    let sum = expr(func::value(20i64) + 2);
    let length = expr(func::value("four".to_owned()).length());
    db.run(put("t", ["id", "n"]).exprs(vec![value(1), sum]).exprs(vec![value(2), length]));
    db.gives(all_numbers(), [(1, Some(22)), (2, Some(4))]);
}

pub fn an_insert_of_a_subquery_as_a_value(desk: &Desk<'_>) {
    let mut db = build(desk);
    let most = expr(select(notes::HITS.max()).scalar());
    let columns = ["id", "name", "karma", "score", "active"];
    let row = vec![
        value(6),
        expr(func::value("fay".to_owned())),
        most,
        expr(func::value(0.5)),
        expr(func::value(true)),
    ];
    db.run(put("people", columns).exprs(row));
    db.gives(select((people::NAME, people::KARMA)).filter(people::ID.eq(6)), [("fay".to_owned(), 12)]);
}

pub fn an_insert_from_a_select(desk: &Desk<'_>) {
    let mut db = build(desk);
    db.wait(rebis_sql::schema::MetaData::new(vec![numbers()]).create_all(desk.engine())).expect("made");
    let copied = select((people::ID, people::KARMA)).filter(people::KARMA.gt(5));
    assert_eq!(db.run(put("t", ["id", "n"]).from(copied)), 3);
    db.gives(all_numbers(), [(1, Some(10)), (2, Some(20)), (3, Some(20))]);
}

pub fn an_insert_from_a_select_without_rows(desk: &Desk<'_>) {
    let mut db = three(desk);
    assert_eq!(db.run(put("t", ["id", "n"]).from(select((ID, N)).filter(ID.gt(100)))), 0);
    db.gives(count_of("t"), [3]);
}

pub fn an_insert_from_the_table_itself(desk: &Desk<'_>) {
    let mut db = three(desk);
    let shifted = select((ID + 10, N));
    assert_eq!(db.run(put("t", ["id", "n"]).from(shifted)), 3);
    db.gives(select(ID).order_by(ID), [1, 2, 3, 11, 12, 13]);
}

pub fn an_insert_from_an_aggregate_with_a_parameter(desk: &Desk<'_>) {
    let mut db = three(desk);
    let sum = select((func::value(9i64), N.sum())).select_from(source("t")).filter(ID.lt(3));
    db.run(put("t", ["id", "n"]).from(sum));
    db.gives(all_numbers().filter(ID.eq(9)), [(9, Some(30))]);
}

pub fn an_insert_that_fails_writes_no_row(desk: &Desk<'_>) {
    let mut db = three(desk);
    db.fails(put("t", ["id", "n"]).rows([(7i64, 1i64), (1, 1), (8, 1)]), ErrorKind::UniqueViolation);
    db.gives(select(ID).order_by(ID), [1, 2, 3]);
}

pub fn an_insert_of_uneven_rows_is_told_before_anything_is_sent(desk: &Desk<'_>) {
    let mut db = three(desk);
    let insert = put("t", ["id", "n"]).row((7i64, 1i64)).row((8i64,));
    db.fails(insert, ErrorKind::InvalidStatement);
}

pub fn generated_keys_go_up(desk: &Desk<'_>) {
    let mut db = defaults(desk);
    for n in 1..=3i64 {
        db.run(put("t", ["n"]).row((n,)));
    }
    db.run(put("t", ["n"]).rows([(4i64,), (5,)]));
    db.gives(select(N).order_by(ID), (1..=5).map(Some));
    db.gives(select(ID.count_distinct()), [5]);
}

pub fn a_generated_key_can_be_given(desk: &Desk<'_>) {
    let mut db = defaults(desk);
    db.run(put("t", ["id", "n"]).row((-5i64, 1i64)));
    db.run(put("t", ["n"]).row((2i64,)));
    db.gives(select(N).order_by(ID), [Some(1), Some(2)]);
}

pub fn an_update_of_a_value(desk: &Desk<'_>) {
    let mut db = three(desk);
    assert_eq!(db.run(update("t").set(N, 5).filter(ID.eq(2))), 1);
    db.gives(all_numbers(), [(1, Some(10)), (2, Some(5)), (3, None)]);
}

pub fn an_update_to_null(desk: &Desk<'_>) {
    let mut db = three(desk);
    assert_eq!(db.run(update("t").set(N, None).filter(N.is_not_null())), 2);
    db.gives(select(N.count()), [0]);
}

pub fn an_update_of_all_rows(desk: &Desk<'_>) {
    let mut db = three(desk);
    assert_eq!(db.run(update("t").set(N, 1).all_rows()), 3);
    db.gives(select(N).distinct(), [Some(1)]);
}

pub fn an_update_that_does_not_say_which_rows_is_refused(desk: &Desk<'_>) {
    let mut db = three(desk);
    db.fails(update("t").set(N, 1), ErrorKind::InvalidStatement);
    db.fails(update("t").set(N, 1).filter(None::<rebis_sql::Expr<bool>>), ErrorKind::InvalidStatement);
    db.gives(select(N.sum()), [Some(30)]);
}

pub fn an_update_with_an_expression(desk: &Desk<'_>) {
    let mut db = three(desk);
    assert_eq!(db.run(update("t").set(N, N * 2 + ID).all_rows()), 3);
    db.gives(all_numbers(), [(1, Some(21)), (2, Some(42)), (3, None)]);
}

pub fn an_update_with_a_case(desk: &Desk<'_>) {
    let mut db = three(desk);
    let value = func::case_of::<i64>().when(N.is_null(), 0).when(ID.eq(1), 1).otherwise(2);
    db.run(update("t").set(N, value).all_rows());
    db.gives(all_numbers(), [(1, Some(1)), (2, Some(2)), (3, Some(0))]);
}

pub fn an_update_of_several_columns(desk: &Desk<'_>) {
    let mut db = build(desk);
    let change = update("people").set(people::NAME, "ann").set(people::KARMA, people::KARMA + 1);
    assert_eq!(db.run(change.set(people::EMAIL, None).filter(people::ID.eq(1))), 1);
    let stmt = select((people::NAME, people::KARMA, people::EMAIL)).filter(people::ID.eq(1));
    db.gives(stmt, [("ann".to_owned(), 11, None)]);
}

pub fn the_last_of_two_values_for_a_column_counts(desk: &Desk<'_>) {
    let mut db = three(desk);
    db.run(update("t").set(N, 5).set(N, 6).filter(ID.eq(1)));
    db.gives(all_numbers().filter(ID.eq(1)), [(1, Some(6))]);
}

pub fn an_update_of_columns_to_a_row(desk: &Desk<'_>) {
    let mut db = build(desk);
    let best = select((people::NAME, people::KARMA)).filter(people::ID.eq(notes::AUTHOR));
    let titles = (column::<String>("notes", "title"), column::<i64>("notes", "hits"));
    assert_eq!(db.run(update("notes").set_row(titles, best).filter(notes::ID.le(3))), 3);
    let rows = [("ada", 10), ("ada", 10), ("bob", 20)].map(|(name, karma)| (name.to_owned(), karma));
    db.gives(select((notes::TITLE, notes::HITS)).filter(notes::ID.le(3)).order_by(notes::ID), rows);
    // Without such a row they are NULL.
    let nobody = select((notes::BODY, notes::AUTHOR)).filter(notes::ID.eq(100));
    db.run(update("people").set_row((people::EMAIL, people::BOSS), nobody).filter(people::ID.eq(3)));
    db.gives(select((people::EMAIL, people::BOSS)).filter(people::ID.eq(3)), [(None, None)]);
}

pub fn an_update_takes_values_of_the_old_row(desk: &Desk<'_>) {
    let made =
        table("t").key("id").column("a", SqlType::I64).column("b", SqlType::I64).column("c", SqlType::I64);
    let mut db = desk.with([made.made()]);
    let (a, b, c) = (column::<i64>("t", "a"), column::<i64>("t", "b"), column::<i64>("t", "c"));
    db.run(put("t", ["id", "a", "b", "c"]).row((1i64, 2i64, 3i64, 4i64)));
    // From the first to the last this is a chain: c would be 7 if it saw what was set before.
    db.run(update("t").set(a, 7).set(b, a).set(c, b).all_rows());
    db.gives(select((a, b, c)), [(7, 2, 3)]);
    db.run(update("t").set(a, a + 1).set(b, a + b).all_rows());
    db.gives(select((a, b, c)), [(8, 9, 3)]);
}

pub fn an_update_that_exchanges_columns(desk: &Desk<'_>) {
    let mut db = desk.with([table("t").key("id").column("a", SqlType::I64).column("b", SqlType::I64).made()]);
    let (a, b) = (column::<i64>("t", "a"), column::<i64>("t", "b"));
    db.run(put("t", ["id", "a", "b"]).row((1i64, 2i64, 3i64)));
    let exchange = update("t").set(a, b).set(b, a).all_rows();
    if desk.caps().writes.sets_in_order {
        db.fails(exchange, ErrorKind::Unsupported);
        return db.gives(select((a, b)), [(2, 3)]);
    }
    db.run(exchange);
    db.gives(select((a, b)), [(3, 2)]);
}

pub fn an_update_counts_rows_that_were_so_already(desk: &Desk<'_>) {
    let mut db = three(desk);
    assert_eq!(db.run(update("t").set(N, 10).filter(ID.in_([1, 2]))), 2);
    assert_eq!(db.run(update("t").set(N, 10).filter(ID.in_([1, 2]))), 2);
}

pub fn an_update_of_no_rows_counts_none(desk: &Desk<'_>) {
    let mut db = three(desk);
    assert_eq!(db.run(update("t").set(N, 10).filter(ID.eq(100))), 0);
    assert_eq!(db.run(update("t").set(N, 10).filter(N.eq(None) & ID.eq(1))), 0);
}

pub fn an_update_of_a_key(desk: &Desk<'_>) {
    let mut db = three(desk);
    assert_eq!(db.run(update("t").set(ID, ID + 100).filter(ID.eq(1))), 1);
    db.gives(select(ID).order_by(ID), [2, 3, 101]);
}

pub fn an_update_with_a_subquery_of_another_table(desk: &Desk<'_>) {
    let mut db = build(desk);
    let hits = select(notes::HITS.sum()).filter(notes::AUTHOR.eq(people::ID)).scalar();
    assert_eq!(db.run(update("people").set(people::KARMA, hits.coalesce(0)).all_rows()), 5);
    db.gives(select(people::KARMA).order_by(people::ID), [12, 0, 27, 0, 0]);
}

pub fn an_update_of_rows_in_a_subquery(desk: &Desk<'_>) {
    let mut db = build(desk);
    let authors = select(notes::AUTHOR).filter(notes::HITS.gt(6));
    assert_eq!(db.run(update("people").set(people::ACTIVE, false).filter(people::ID.in_(authors))), 2);
    db.gives(select(people::ID).filter(people::ACTIVE), [5]);
}

pub fn an_update_of_rows_that_have_others(desk: &Desk<'_>) {
    let mut db = build(desk);
    let wrote = select(notes::ID).filter(notes::AUTHOR.eq(people::ID));
    assert_eq!(db.run(update("people").set(people::KARMA, 0).filter(!wrote.exists())), 2);
    db.gives(select(people::KARMA.sum()), [Some(50)]);
}

pub fn an_update_that_reads_the_table_it_writes(desk: &Desk<'_>) {
    if !desk.facts.reads_what_it_writes {
        return desk.skip("the database does not let a statement read the table that it writes");
    }
    let mut db = build(desk);
    let other = people::KARMA.aliased("other");
    assert_eq!(
        db.run(update("people").set(people::KARMA, 0).filter(people::KARMA.eq(select(other.max()).scalar()))),
        2
    );
    db.gives(select(people::KARMA.max()), [Some(10)]);
}

pub fn an_update_with_a_long_list(desk: &Desk<'_>) {
    let mut db = three(desk);
    assert_eq!(db.run(update("t").set(N, 0).filter(ID.in_(2..3000))), 2);
    db.gives(all_numbers(), [(1, Some(10)), (2, Some(0)), (3, Some(0))]);
}

pub fn a_delete_of_a_row(desk: &Desk<'_>) {
    let mut db = three(desk);
    assert_eq!(db.run(delete("t").filter(ID.eq(2))), 1);
    db.gives(select(ID).order_by(ID), [1, 3]);
}

pub fn a_delete_of_no_row(desk: &Desk<'_>) {
    let mut db = three(desk);
    assert_eq!(db.run(delete("t").filter(ID.eq(100))), 0);
    assert_eq!(db.run(delete("t").filter(ID.in_(Vec::<i64>::new()))), 0);
    db.gives(count_of("t"), [3]);
}

pub fn a_delete_of_all_rows(desk: &Desk<'_>) {
    let mut db = three(desk);
    assert_eq!(db.run(delete("t").all_rows()), 3);
    db.gives(count_of("t"), [0]);
}

pub fn a_delete_that_does_not_say_which_rows_is_refused(desk: &Desk<'_>) {
    let mut db = three(desk);
    let error = db.fails(delete("t"), ErrorKind::InvalidStatement);
    assert_eq!(error.table(), Some("t"), "{error}");
    db.gives(count_of("t"), [3]);
}

pub fn a_delete_of_rows_in_a_subquery(desk: &Desk<'_>) {
    let mut db = build(desk);
    let inactive = select(people::ID).filter(!people::ACTIVE);
    assert_eq!(db.run(delete("notes").filter(notes::AUTHOR.in_(inactive))), 1);
    db.gives(select(notes::ID).order_by(notes::ID), [1, 2, 4, 5, 6]);
}

pub fn a_delete_of_rows_without_others(desk: &Desk<'_>) {
    let mut db = build(desk);
    let wrote = select(notes::ID).filter(notes::AUTHOR.eq(people::ID));
    assert_eq!(db.run(delete("people").filter(!wrote.exists())), 2);
    db.gives(select(people::NAME).order_by(people::ID), texts(["ada", "bob", "cid"]));
}

pub fn a_delete_with_null_in_its_condition(desk: &Desk<'_>) {
    let mut db = three(desk);
    assert_eq!(db.run(delete("t").filter(N.ne(10))), 1);
    assert_eq!(db.run(delete("t").filter(N.is_null())), 1);
    db.gives(select(ID), [1]);
}

pub fn a_delete_counts_its_own_rows_not_those_of_cascades(desk: &Desk<'_>) {
    let parents = table("parents").key("id").made();
    let children = table("t").key("id").nullable("n", SqlType::I64);
    let children = children.references("n", "parents", Action::Cascade).made();
    let mut db = desk.with([parents, children]);
    db.run(put("parents", ["id"]).rows([(1i64,), (2,)]));
    db.run(put("t", ["id", "n"]).rows([(1i64, 1i64), (2, 1), (3, 2)]));
    let id = column::<i64>("parents", "id");
    assert_eq!(db.run(delete("parents").filter(id.eq(1))), 1);
    db.gives(select(ID), [3]);
}

pub fn what_was_deleted_can_be_written_again(desk: &Desk<'_>) {
    let mut db = three(desk);
    for _ in 0..3 {
        assert_eq!(db.run(delete("t").filter(ID.eq(1))), 1);
        assert_eq!(db.run(put("t", ["id", "n"]).row((1i64, 10i64))), 1);
    }
    db.gives(count_of("t"), [3]);
}

pub fn columns_with_reserved_names_are_written(desk: &Desk<'_>) {
    let made = table("select").key("from").nullable("order", SqlType::I64).made();
    let mut db = desk.with([made]);
    let (key, order) = (column::<i64>("select", "from"), column::<Option<i64>>("select", "order"));
    db.run(put("select", ["from", "order"]).rows([(1i64, 5i64), (2, 6)]));
    assert_eq!(db.run(update("select").set(order, order + 1).filter(key.eq(1))), 1);
    assert_eq!(db.run(delete("select").filter(order.eq(6) & key.eq(2))), 1);
    db.gives(select((key, order)), [(1, Some(6))]);
}

pub fn a_value_of_a_parameter_is_no_expression(desk: &Desk<'_>) {
    let mut db = defaults(desk);
    db.run(put("t", ["word"]).row(("upper('x')",)));
    db.run(update("t").set(word(), word().concat(" + 1")).all_rows());
    db.gives(select(word()), texts(["upper('x') + 1"]));
}

/// Whether INSERT and DELETE give back rows; else shows that they say so.
fn returns(desk: &Desk<'_>, db: &mut Db<'_>) -> bool {
    if desk.caps().returning {
        return true;
    }
    let error = db.refuses(delete("t").all_rows().returning(ID), ErrorKind::Unsupported);
    assert!(error.help().is_some(), "{error}");
    false
}

pub fn an_insert_gives_back_its_row(desk: &Desk<'_>) {
    let mut db = defaults(desk);
    if returns(desk, &mut db) {
        let insert = put("t", ["n"]).row((5i64,)).returning((N, word()));
        assert_eq!(db.all(insert), [(Some(5), "it's".to_owned())]);
    }
}

pub fn an_insert_gives_back_generated_keys(desk: &Desk<'_>) {
    let mut db = defaults(desk);
    if returns(desk, &mut db) {
        let mut keys = db.all(put("t", ["n"]).rows([(1i64,), (2,), (3,)]).returning(ID));
        keys.sort_unstable();
        db.gives(select(ID).order_by(ID), keys);
    }
}

pub fn an_insert_gives_back_expressions(desk: &Desk<'_>) {
    let mut db = desk.with([numbers()]);
    if returns(desk, &mut db) {
        let insert = put("t", ["id", "n"]).row((1i64, 20i64)).returning((N * 2 + ID, N.cast::<String>()));
        assert_eq!(db.all(insert), [(Some(41), "20".to_owned())]);
    }
}

pub fn an_insert_from_a_select_gives_back_its_rows(desk: &Desk<'_>) {
    let mut db = three(desk);
    if returns(desk, &mut db) {
        let mut keys = db.all(put("t", ["id", "n"]).from(select((ID + 10, N))).returning(ID));
        keys.sort_unstable();
        assert_eq!(keys, [11, 12, 13]);
    }
}

pub fn a_delete_gives_back_what_was_there(desk: &Desk<'_>) {
    let mut db = three(desk);
    if returns(desk, &mut db) {
        let mut rows = db.all(delete("t").filter(ID.gt(1)).returning((ID, N)));
        rows.sort_unstable();
        assert_eq!(rows, [(2, Some(20)), (3, None)]);
        assert_eq!(db.all(delete("t").filter(ID.gt(1)).returning(ID)), Vec::<i64>::new());
        db.gives(select(ID), [1]);
    }
}

pub fn an_update_gives_back_the_new_values(desk: &Desk<'_>) {
    let mut db = three(desk);
    let change = || update("t").set(N, N.coalesce(0) + 1).all_rows().returning((ID, N));
    if !desk.caps().returning_update {
        // Its key is not known, or the rows would be read again.
        db.refuses(change(), ErrorKind::Unsupported);
        db.gives(all_numbers(), [(1, Some(10)), (2, Some(20)), (3, None)]);
        return;
    }
    let mut rows = db.all(change());
    rows.sort_unstable();
    assert_eq!(rows, [(1, Some(11)), (2, Some(21)), (3, Some(1))]);
}

pub fn a_nullable_column_takes_what_may_be_null(desk: &Desk<'_>) {
    let mut db = three(desk);
    let none: Option<i64> = None;
    db.run(update("t").set(N, none).filter(ID.eq(1)));
    db.run(update("t").set(N, IntoExpr::<Option<i64>>::into_expr(Some(4i64))).filter(ID.eq(2)));
    db.gives(all_numbers(), [(1, None), (2, Some(4)), (3, None)]);
}

pub fn a_query_that_runs_again_gives_the_rows_of_now(desk: &Desk<'_>) {
    let mut db = desk.with([numbers()]);
    let stmt = count_of("t").filter(N.ge(1));
    for n in 0..4i64 {
        db.gives(stmt.clone(), [n]);
        db.run(put("t", ["id", "n"]).row((n, n + 1)));
    }
}

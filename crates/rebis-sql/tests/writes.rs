//! INSERT, UPDATE, DELETE and raw SQL.
#![allow(clippy::unwrap_used)]

mod common;

use common::*;
use rebis_core::{Datum, ErrorKind, Name, Row};
use rebis_sql::ast::{self, Expr, Insert, InsertRows, TableRef};
use rebis_sql::{
    Bind, Body, Command, Query, StatementKind, build, dialect, func, render, select, sql, sql_unchecked,
};

#[track_caller]
fn check_command(command: impl Command, expected: [&str; 3]) {
    let Body::Ast(query) = command.into_request().unwrap().body else { panic!("a tree was expected") };
    let got = dialects().map(|caps| render::render(&query, caps).unwrap().sql);
    assert_eq!(got, expected.map(str::to_owned));
}

#[test]
fn update() {
    check_command(
        User.update().set(User.karma, User.karma + 1).set(User.email, None).filter(User.id.eq(5)),
        [
            "UPDATE users SET karma = karma + ?, email = ? WHERE id = ?",
            "UPDATE users SET karma = karma + $1, email = $2 WHERE id = $3",
            "UPDATE users SET karma = karma + ?, email = ? WHERE id = ?",
        ],
    );
    // What is set twice is set to the last; columns of the target are qualified inside a subquery.
    let hits = select(Post.hits.max()).filter(Post.author_id.eq(User.id)).scalar();
    check_command(
        User.update().set(User.karma, 1).set(User.karma, hits.coalesce(0)).all_rows(),
        [
            "UPDATE users SET karma = coalesce((SELECT max(posts.hits) FROM posts WHERE posts.author_id = users.id), ?)",
            "UPDATE users SET karma = coalesce((SELECT max(posts.hits) FROM posts WHERE posts.author_id = users.id), $1)",
            "UPDATE users SET karma = coalesce((SELECT max(posts.hits) FROM posts WHERE posts.author_id = users.id), ?)",
        ],
    );
    check(
        User.update().set(User.karma, 0).filter(User.active).returning((User.id, User.karma)),
        [
            "UPDATE users SET karma = ? WHERE active RETURNING id, karma",
            "UPDATE users SET karma = $1 WHERE active RETURNING id, karma",
            "error: MySQL cannot do this: RETURNING",
        ],
    );
}

#[test]
fn delete() {
    check_command(
        User.delete().filter(User.id.in_([1, 2])),
        [
            "DELETE FROM users WHERE id IN (?, ?)",
            "DELETE FROM users WHERE id IN ($1, $2)",
            "DELETE FROM users WHERE id IN (?, ?)",
        ],
    );
    check_command(User.delete().all_rows(), ["DELETE FROM users"; 3]);
}

#[test]
fn a_write_that_does_not_say_which_rows_is_an_error() {
    let none: Option<rebis_sql::Expr<bool>> = None;
    let error = User.update().set(User.karma, 0).filter(none).into_request().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidStatement);
    assert_eq!(error.message(), "this UPDATE does not say which rows of `users` it is about");
    assert_eq!(error.table(), Some("users"));
    assert!(error.help().unwrap().contains("all_rows"));
    let error = User.delete().into_request().unwrap_err();
    assert_eq!(error.message(), "this DELETE does not say which rows of `users` it is about");
    // As a query it says so when it is rendered.
    let tree = tree(User.delete().returning(User.id));
    assert_eq!(render::render(&tree, dialect::sqlite()).unwrap_err().kind(), ErrorKind::InvalidStatement);
    let error = User.update().all_rows().to_sql(dialect::sqlite()).unwrap_err();
    assert_eq!(error.message(), "the UPDATE of `users` sets nothing");
}

fn insert(columns: &[&'static str], rows: InsertRows) -> ast::Query {
    ast::Query::Insert(Box::new(Insert {
        columns: columns.iter().map(|c| Name::Borrowed(c)).collect(),
        rows,
        ..Insert::new(TableRef::new("users"))
    }))
}

#[track_caller]
fn check_insert(insert: ast::Query, expected: [&str; 3]) {
    let got = dialects().map(|caps| match render::render(&insert, caps) {
        Ok(compiled) => compiled.sql,
        Err(error) => format!("error: {}", error.message()),
    });
    assert_eq!(got, expected.map(str::to_owned));
}

#[test]
fn inserts() {
    let value = |n| Expr::Value(Datum::Int(n));
    check_insert(
        insert(
            &["id", "karma"],
            InsertRows::Values(vec![vec![value(1), value(2)], vec![value(3), value(4)]]),
        ),
        [
            "INSERT INTO users (id, karma) VALUES (?, ?), (?, ?)",
            "INSERT INTO users (id, karma) VALUES ($1, $2), ($3, $4)",
            "INSERT INTO users (id, karma) VALUES (?, ?), (?, ?)",
        ],
    );
    check_insert(
        insert(&["id", "key"], InsertRows::Placeholders(2)),
        [
            "INSERT INTO users (id, \"key\") VALUES (?, ?), (?, ?)",
            "INSERT INTO users (id, key) VALUES ($1, $2), ($3, $4)",
            "INSERT INTO users (id, `key`) VALUES (?, ?), (?, ?)",
        ],
    );
    let mut rows = rebis_core::Binds::new();
    (1..=6).for_each(|n| rows.int(n));
    check_insert(
        insert(&["id", "key"], InsertRows::Bound(rows.into())),
        [
            "INSERT INTO users (id, \"key\") VALUES (?, ?), (?, ?), (?, ?)",
            "INSERT INTO users (id, key) VALUES ($1, $2), ($3, $4), ($5, $6)",
            "INSERT INTO users (id, `key`) VALUES (?, ?), (?, ?), (?, ?)",
        ],
    );
    check_insert(
        insert(&[], InsertRows::Values(vec![vec![]])),
        [
            "INSERT INTO users DEFAULT VALUES",
            "INSERT INTO users DEFAULT VALUES",
            "INSERT INTO users () VALUES ()",
        ],
    );
    check_insert(
        insert(&["id"], InsertRows::Select(Box::new(select(Post.author_id).distinct().into()))),
        ["INSERT INTO users (id) SELECT DISTINCT posts.author_id FROM posts"; 3],
    );
    check_insert(
        insert(&["id"], InsertRows::Values(vec![vec![value(1), value(2)]])),
        ["error: a row of the INSERT has 2 values for 1 columns"; 3],
    );
}

#[test]
fn rows_that_are_not_alike_keep_their_values() {
    let new = || build::Insert::<User>::new(TableRef::new("users"), Vec::new);
    let check = |insert: build::Insert<User>, expected: &str| assert_eq!(insert.to_string(), expected);
    let [ann, bob] = ["ann", "bob"].map(|name| move || User.name.to(name));
    check(
        new().row(ann().and(User.karma.to(1))).row(bob().and(User.karma.to(2))),
        "INSERT INTO users (name, karma) VALUES ('ann', 1), ('bob', 2)",
    );
    // An expression, or another order.
    check(
        new().row(ann().and(User.karma.to(1))).row(bob().and(User.karma.to(func::literal(7)))),
        "INSERT INTO users (name, karma) VALUES ('ann', 1), ('bob', 7)",
    );
    check(
        new()
            .row(ann().and(User.karma.to(1)))
            .row(User.karma.to(2).and(bob()))
            .row(ann().and(User.karma.to(3))),
        "INSERT INTO users (name, karma) VALUES ('ann', 1), ('bob', 2), ('ann', 3)",
    );
    // A column that is set twice has its first value.
    check(
        new().row(ann().and(bob())).row(bob().and(ann())),
        "INSERT INTO users (name) VALUES ('ann'), ('bob')",
    );
    let short = new().row(ann().and(User.karma.to(1))).row(bob());
    assert_eq!(
        short.to_sql(dialect::postgres()).unwrap(),
        "INSERT INTO users (name, karma) VALUES ($1, $2), ($3, DEFAULT)"
    );
}

#[test]
fn rows_beyond_the_limit_of_parameters_are_several_statements() {
    let new = build::Insert::<User>::new(TableRef::new("users"), Vec::new);
    let stmt = new.rows((0..40_000).map(|n| User.name.to("ann").and(User.karma.to(n))));
    let Ok(Body::Ast(query)) = stmt.into_request().map(|request| request.body) else { panic!() };
    let parts = rebis_sql::legalize::split(query, dialect::sqlite());
    let sizes = parts.iter().map(|part| render::render(part, dialect::sqlite()).unwrap().binds);
    let values = |binds: Vec<Bind>| Bind::into_values(binds, |_| panic!("nothing is late")).unwrap();
    let parts: Vec<rebis_core::Binds> = sizes.map(values).collect();
    assert_eq!(parts.iter().map(rebis_core::Binds::len).collect::<Vec<_>>(), [32_766, 32_766, 14_468]);
    assert_eq!(parts[1].get(1), Some(rebis_core::Cell::Int(16_383)));
}

/// A row that is matched by name.
struct Named;

impl Row for Named {
    type Plain = i64;
    type Tracked = i64;
    const WIDTH: usize = 1;
    fn names() -> &'static [&'static str] {
        &["id"]
    }
    fn plain(_: &[rebis_core::Cell<'_>]) -> rebis_core::Result<i64> {
        Ok(0)
    }
    fn track(_: &[rebis_core::Cell<'_>], _: &mut dyn std::any::Any) -> rebis_core::Result<i64> {
        Ok(0)
    }
}

#[test]
fn raw() {
    check(
        sql("select id from users where id = {} and name = {} and tag <> '{{}}'")
            .bind(1)
            .bind("a")
            .rows::<i64>(),
        [
            "select id from users where id = ? and name = ? and tag <> '{}'",
            "select id from users where id = $1 and name = $2 and tag <> '{}'",
            "select id from users where id = ? and name = ? and tag <> '{}'",
        ],
    );
    assert!(!sql("select 1").rows::<i64>().into_request().options.by_name);
    assert!(sql("select 1 as id").rows::<Named>().into_request().options.by_name);
    let table = format!("t{}", 1);
    check_command(sql_unchecked(format!("drop table {table}")), ["drop table t1"; 3]);
    check_command(
        sql("update {} set a = {}").ident("Order").bind(1),
        ["update \"Order\" set a = ?", "update \"Order\" set a = $1", "update `Order` set a = ?"],
    );
    let kind =
        |stmt: rebis_sql::RawSql| render::render(&tree(stmt.rows::<i64>()), dialect::sqlite()).unwrap().kind;
    assert_eq!(kind(sql("select {}").bind(1)), StatementKind::Read);
    assert_eq!(kind(sql("insert into a values (1) returning id")), StatementKind::Write);
}

#[test]
fn a_wrong_number_of_values_is_an_error_when_it_is_run() {
    let message = |stmt: rebis_sql::RawSql| stmt.into_request().unwrap_err().message().to_owned();
    assert_eq!(message(sql("select {}, {}").bind(1)), "the SQL text has 2 `{}`, but 1 values were given");
    assert_eq!(message(sql("select 1").bind(1)), "the SQL text has 0 `{}`, but 1 values were given");
    assert_eq!(message(sql("select { }").bind(1)), "there is a lone `{` in the SQL text");
    assert_eq!(message(sql("select 1 }")), "there is a lone `}` in the SQL text");
}

//! What cannot be said, and what the error says instead.
#![allow(clippy::unwrap_used)]

mod common;

use common::*;
use rebis_core::{ErrorKind, Name};
use rebis_sql::{Select, dialect, func, select};

#[track_caller]
fn error<R: rebis_core::Row>(stmt: Select<R>) -> rebis_core::Error {
    compile(&tree(stmt), dialect::sqlite()).unwrap_err()
}

#[test]
fn a_table_that_is_not_joined_is_named() {
    let e = error(select(User.id).filter(Post.title.eq("x")));
    assert_eq!(e.kind(), ErrorKind::InvalidStatement);
    assert_eq!(
        e.message(),
        "`posts` is not in FROM: column `posts.title` is used, but the table is not joined"
    );
    assert_eq!((e.table(), e.column()), (Some("posts"), Some("title")));
    assert!(e.help().unwrap().starts_with("add `.join(..)` to it"));
    for stmt in [
        select(User.id).order_by(Post.id),
        select(User.id).group_by(Post.id),
        select(User.id).having(Post.id.eq(1)),
        select(User.id).filter(User.alias("boss").id.eq(1)),
        select(User.id).filter(User.id.in_(select(User.id).filter(Post.id.eq(1)))),
        // A subquery in FROM does not see its neighbours.
        select(User.id).join(select(Post.id).filter(User.id.eq(1)).as_subquery("p").on(User.active)),
        // A member of a compound does not see the others.
        select(User.id).union(select(Post.id).filter(User.id.eq(1))),
    ] {
        assert_eq!(error(stmt).kind(), ErrorKind::InvalidStatement);
    }
    let update = User.update().set(User.karma, Post.hits).all_rows();
    assert_eq!(update.to_sql(dialect::sqlite()).unwrap_err().table(), Some("posts"));
}

#[test]
fn a_join_needs_something_to_join_to() {
    let e = error(select(func::count()).join(Posts));
    assert_eq!(e.message(), "there is a join, but nothing to join to");
}

#[test]
fn too_many_parameters_are_an_error_and_long_lists_are_none() {
    let wide = rebis_sql::any_of((0..40_000).map(|n| User.id.eq(n)));
    let e = error(select(User.id).filter(wide));
    assert_eq!(e.kind(), ErrorKind::Limit);
    assert_eq!(e.message(), "the statement has 40000 parameters, SQLite takes 32766");

    let ids: Vec<i64> = (0..100_000).collect();
    check_where(
        User.id.in_(&ids),
        [
            "users.id IN (SELECT value FROM json_each(?))",
            "users.id IN (SELECT unnest(CAST(CAST($1 AS TEXT) AS BIGINT[])))",
            &format!("users.id IN ({})", ids.iter().map(|n| n.to_string()).collect::<Vec<_>>().join(", ")),
        ],
    );
    let names: Vec<String> = (0..600).map(|n| format!("n\"{n}")).collect();
    check_where(
        User.name.not_in(&names),
        [
            "users.name NOT IN (SELECT value FROM json_each(?))",
            "users.name NOT IN (SELECT unnest(CAST(CAST($1 AS TEXT) AS TEXT[])))",
            &format!("users.name NOT IN ({})", vec!["?"; 600].join(", ")),
        ],
    );
}

#[test]
fn long_lists_mean_the_same_in_sqlite() {
    let db = database();
    db.execute_batch("INSERT INTO users (id, name) VALUES (1, 'a\"\\é'), (2, 'b'), (70000, 'c')").unwrap();
    let count = |stmt: Select<i64>| {
        let compiled = compile(&tree(stmt), dialect::sqlite()).unwrap();
        let rebis_sql::Bind::Datum(rebis_core::Datum::Text(json)) = &compiled.binds[0] else { panic!() };
        db.query_row(&compiled.sql, [json], |row| row.get::<_, i64>(0)).unwrap()
    };
    assert_eq!(count(select(User.id).filter(User.id.in_(0..50_000)).counted()), 2);
    let mut names: Vec<String> = (0..600).map(|n| n.to_string()).collect();
    names.push("a\"\\é".into());
    assert_eq!(count(select(User.id).filter(User.name.in_(&names)).counted()), 1);
    // What JSON does not carry unchanged is written out.
    let floats = (0..1000).map(|n| f64::from(n) / 2.0);
    let sql = select(User.id).filter(User.score.in_(floats)).to_sql(dialect::sqlite()).unwrap();
    assert!(sql.contains("IN (0.0, 0.5, "), "{sql}");
}

#[test]
fn whatever_a_program_is_given_stays_a_value() {
    let db = database();
    let corpus = [
        "'; DROP TABLE users; --",
        "\" OR 1=1 --",
        "\\'; DROP TABLE users; --",
        "%_/\\",
        "a\0b",
        "?1 :name $1 {} {{",
        "\u{1F600}\n\r\t\x08\x1a",
        "`x` [y] 'z'",
        "",
        "/* */ -- ",
    ];
    for text in corpus {
        let inline = select(func::value(text.to_owned())).to_sql_inline(dialect::sqlite()).unwrap();
        let back: String = db.query_row(&inline, [], |row| row.get(0)).unwrap();
        assert_eq!(back, text);
        let label = select(func::value(1i64).label(text.replace('\0', ""))).to_string();
        let prepared = db.prepare(&label).unwrap();
        assert_eq!(prepared.column_name(0).unwrap(), text.replace('\0', ""));
        // LIKE with such a text finds exactly this text.
        for other in corpus {
            let found = select(func::value(other.to_owned()).contains(text)).to_sql_inline(dialect::sqlite());
            // LIKE stops at NUL in SQLite: a pattern with one would match too much.
            if text.contains('\0') {
                assert_eq!(found.unwrap_err().kind(), ErrorKind::Unsupported);
                continue;
            }
            let found: bool = db.query_row(&found.unwrap(), [], |row| row.get(0)).unwrap();
            if !other.contains('\0') {
                assert_eq!(found, other.contains(text), "{other:?} contains {text:?}");
            }
        }
    }
    for name in ["a\"b", "a b", "select", "1", "é", "a;--", "`"] {
        let name = Name::Owned(name.to_owned());
        let sql = rebis_sql::sql("select 1 as {}").ident(name.clone()).to_string();
        assert_eq!(db.prepare(&sql).unwrap().column_name(0).unwrap(), name);
    }
}

#[test]
fn the_condition_of_an_index_holds_texts_as_they_are() {
    // It is written with its values in the text: an index is known by its condition.
    for text in
        ["'; DROP TABLE users; --", "\" OR 1=1 --", "\\'; --", "?1 :name $1 {} {{", "/* */ -- ", "", "it's"]
    {
        let db = database();
        let literal = select(func::value(text.to_owned())).to_sql_inline(dialect::sqlite()).unwrap();
        let literal = literal.strip_prefix("SELECT ").unwrap();
        db.execute_batch(&format!("CREATE UNIQUE INDEX one ON users (name) WHERE email <> {literal}"))
            .unwrap();
        let insert = rebis_sql::Insert::<User>::new(User.table(), Vec::new).row(User.name.to("ann"));
        let sql = insert.on_conflict(User.name).partial(User.email.ne(text)).do_nothing();
        let sql = sql.to_sql(dialect::sqlite()).unwrap();
        assert_eq!(sql.matches('?').count(), 1 + text.matches('?').count(), "{sql}");
        // SQLite takes it only if there is an index of this very condition.
        db.prepare(&sql).unwrap_or_else(|e| panic!("{sql}: {e}"));
    }
}

#[test]
fn every_word_that_sqlite_reserves_is_quoted() {
    let db = rusqlite::Connection::open_in_memory().unwrap();
    for word in dialect::sqlite().reserved.iter() {
        let sql = rebis_sql::sql("select 1 as {}").ident(word).to_string();
        assert!(sql.ends_with(&format!("\"{word}\"")), "{sql}");
        db.prepare(&sql).unwrap();
    }
}

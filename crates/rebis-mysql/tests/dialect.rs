//! What the expression language writes for this family is run, and means what it means elsewhere.
#![allow(missing_docs, non_upper_case_globals)]

mod common;

use common::{Fresh, block_on};
use rebis_core::{Datum, ErrorKind, Result, SqlType};
use rebis_engine::{Connection, Engine, EngineOptions, Url};
use rebis_mysql::{Flavour, MySql};
use rebis_sql::ast::TableRef;
use rebis_sql::schema::{self, MetaData, Table, Unique};
use rebis_sql::{Column, Delete, Expr, Update, func, select};
use std::fmt::Debug;
use std::sync::Arc;

struct User {}

const id: Column<User, i64> = Column::new("users", "id", 0);
const name: Column<User, String> = Column::new("users", "name", 1);
const email: Column<User, Option<String>> = Column::new("users", "email", 2);
const karma: Column<User, i64> = Column::new("users", "karma", 3);
const score: Column<User, f64> = Column::new("users", "score", 4);
const active: Column<User, bool> = Column::new("users", "active", 5);

fn users() -> MetaData {
    let column = |title: &'static str, sql_type| schema::Column::new(title, sql_type);
    let mut table = Table::new("users");
    table.columns = vec![
        schema::Column { generated: true, ..column("id", SqlType::I64) },
        column("name", SqlType::Text { length: None }),
        schema::Column { nullable: true, ..column("email", SqlType::Text { length: None }) },
        schema::Column {
            default: Some(schema::Default::Value(Datum::Int(0))),
            ..column("karma", SqlType::I64)
        },
        column("score", SqlType::F64),
        schema::Column {
            default: Some(schema::Default::Value(Datum::Bool(true))),
            ..column("active", SqlType::Bool)
        },
    ];
    table.primary_key = vec![0];
    table.uniques = vec![Unique { name: None, columns: vec!["email".into()] }];
    MetaData::new(vec![table])
}

/// Runs a test on three users, as either server.
fn each(test: impl AsyncFn(&mut Connection) -> Result<()>) {
    for flavour in [Flavour::MySql, Flavour::MariaDb] {
        let fresh = Fresh::new();
        let url: Url = "mysql://root@127.0.0.1/".parse().expect("it is right");
        let driver = Arc::new(MySql::new(fresh.options().flavour(flavour)));
        let engine = Engine::new_with(driver, url, EngineOptions::new());
        let work = async {
            let mut conn = engine.connect().await?;
            for sql in users().create_statements(engine.capabilities(), &|_| false)? {
                conn.execute_raw(&sql).await?;
            }
            conn.execute_raw(
                "INSERT INTO users (name, email, karma, score, active) VALUES ('ann', 'a%b', 5, 0.5, TRUE), \
                 ('bob', NULL, -3, 2, FALSE), ('O''Neil \\\\ é', 'c', 0, -1e300, TRUE)",
            )
            .await?;
            test(&mut conn).await
        };
        block_on(work).unwrap_or_else(|e| panic!("{flavour:?}: {e}\n{:?}", std::error::Error::source(&e)));
    }
}

/// What an expression is for each user, twice: as a text and prepared.
async fn values<T>(conn: &mut Connection, expr: Expr<T>, expected: [T; 3]) -> Result<()>
where
    T: rebis_core::Value + PartialEq + Debug + Clone,
{
    for _ in 0..3 {
        let found =
            conn.all(select(expr.clone().label("value")).select_from(TableRef::new("users")).order_by(id));
        assert_eq!(found.await?, expected, "{expr:?}");
    }
    Ok(())
}

/// Which users a condition keeps.
async fn keeps(conn: &mut Connection, condition: Expr<bool>, expected: &[i64]) -> Result<()> {
    for _ in 0..3 {
        let found = conn.all(select(id).filter(condition.clone()).order_by(id)).await?;
        assert_eq!(found, expected, "{condition:?}");
    }
    Ok(())
}

#[test]
fn conditions() {
    each(async |conn| {
        keeps(conn, name.eq("ann"), &[1]).await?;
        keeps(conn, name.eq("O'Neil \\ é"), &[3]).await?;
        keeps(conn, name.ne("ann") & karma.lt(0), &[2]).await?;
        keeps(conn, !(karma.gt(0) | karma.lt(0)), &[3]).await?;
        keeps(conn, email.same(None), &[2]).await?;
        keeps(conn, email.not_same("c"), &[1, 2]).await?;
        keeps(conn, email.is_null(), &[2]).await?;
        keeps(conn, email.contains("%"), &[1]).await?;
        keeps(conn, name.contains("\\"), &[3]).await?;
        keeps(conn, name.starts_with("O'"), &[3]).await?;
        keeps(conn, name.ends_with("é"), &[3]).await?;
        keeps(conn, name.ilike("A%"), &[1]).await?;
        keeps(conn, name.like("_ob"), &[2]).await?;
        keeps(conn, karma.between(-3, 0), &[2, 3]).await?;
        keeps(conn, id.in_([1, 3]), &[1, 3]).await?;
        keeps(conn, id.in_(3..5000), &[3]).await?;
        keeps(conn, id.not_in(3..5000), &[1, 2]).await?;
        keeps(conn, id.in_(Vec::<i64>::new()), &[]).await?;
        keeps(conn, email.in_([Some("c".to_owned()), None]), &[2, 3]).await?;
        keeps(conn, active.eq(true), &[1, 3]).await?;
        keeps(conn, active.eq(karma.gt(0)), &[1, 2]).await?;
        keeps(conn, id.in_(select(id).filter(karma.gt(-1))), &[1, 3]).await?;
        keeps(conn, select(id).filter(karma.gt(100)).exists(), &[]).await
    });
}

#[test]
fn expressions() {
    each(async |conn| {
        values(conn, (karma + 1) * 2, [12, -4, 2]).await?;
        values(conn, karma - (karma - 1), [1, 1, 1]).await?;
        values(conn, -karma, [-5, 3, 0]).await?;
        values(conn, karma - -1, [6, -2, 1]).await?;
        values(conn, karma / 2, [2, -1, 0]).await?;
        values(conn, score / 2.0, [0.25, 1.0, -5e299]).await?;
        values(conn, name.concat("!").concat(name).length(), [7, 7, 21]).await?;
        values(conn, name.upper().eq(name), [false; 3]).await?;
        values(conn, name.upper().lower().eq(name), [true, true, false]).await?;
        values(conn, email.coalesce("none"), ["a%b", "none", "c"].map(str::to_owned)).await?;
        values(conn, func::replace(name, "b", "B"), ["ann", "BoB", "O'Neil \\ é"].map(str::to_owned)).await?;
        values(conn, func::substr(name, 2, 2), ["nn", "ob", "'N"].map(str::to_owned)).await?;
        values(conn, func::nullif(karma, 0i64), [Some(5), Some(-3), None]).await?;
        values(conn, karma.cast::<String>(), ["5", "-3", "0"].map(str::to_owned)).await?;
        values(conn, karma.cast::<f64>(), [5.0, -3.0, 0.0]).await?;
        values(conn, score.cast::<i64>().eq(0), [true, false, false]).await?;
        values(conn, karma.abs(), [5, 3, 0]).await?;
        values(conn, func::case_of::<i64>().when(active, karma).otherwise(7), [5, 7, 0]).await?;
        values(conn, func::value(-1i64) + 1, [0, 0, 0]).await?;
        values(conn, func::random().lt(1.0), [true; 3]).await
    });
}

#[test]
fn aggregates() {
    each(async |conn| {
        for _ in 0..3 {
            let all = select((func::count(), karma.sum(), karma.avg(), karma.min(), name.max(), score.sum()));
            let row = conn.one(all).await?;
            assert_eq!((row.0, row.1, row.3), (3, Some(2), Some(-3)));
            assert!((row.2.expect("there are rows") - 2.0 / 3.0).abs() < 1e-3, "{:?}", row.2);
            assert_eq!((row.4.as_deref(), row.5), (Some("bob"), Some(-1e300)));
            let some = (func::filtered(func::count(), active), func::filtered(karma.sum(), karma.gt(0)));
            assert_eq!(conn.one(select(some).select_from(TableRef::new("users"))).await?, (2, Some(5)));
            let groups = select((active, id.count_distinct())).group_by(active).having(func::count().gt(1));
            assert_eq!(conn.all(groups).await?, [(true, 2)]);
        }
        Ok(())
    });
}

#[test]
fn clauses() {
    each(async |conn| {
        for _ in 0..3 {
            let ordered = select(id).order_by((email.asc().nulls_first(), id));
            assert_eq!(conn.all(ordered).await?, [2, 1, 3]);
            assert_eq!(conn.all(select(id).order_by(email.desc().nulls_last())).await?, [3, 1, 2]);
            assert_eq!(conn.all(select(id).order_by(id).offset(1)).await?, [2, 3]);
            assert_eq!(conn.all(select(id).order_by(id.desc()).limit(1).offset(1)).await?, [2]);
            assert_eq!(conn.all(select(id).filter(id.eq(1)).for_update()).await?, [1]);
            let union = select(karma).union_all(select(id).order_by(id.desc()).limit(1)).order_by(karma);
            assert_eq!(conn.all(union).await?, [-3, 0, 3, 5]);
            let rest = select(id).except(select(id).filter(karma.gt(0))).order_by(id);
            assert_eq!(conn.all(rest).await?, [2, 3]);
            let both = select(id).intersect(select(id).filter(active)).order_by(id);
            assert_eq!(conn.all(both).await?, [1, 3]);
            assert_eq!(conn.scalar(select(id).limit(2).counted()).await?, 2);
            let inner = select((id, karma + 1)).as_subquery("inner");
            let (_, more) = inner.columns();
            assert_eq!(conn.all(select(more.clone()).select_from(&inner).order_by(more)).await?, [-2, 1, 6]);
        }
        Ok(())
    });
}

#[test]
fn writes() {
    each(async |conn| {
        let table = || TableRef::new("users");
        let update = Update::<User>::new(table()).set(karma, karma + 1).filter(active);
        assert_eq!(conn.execute(update).await?, 2);
        let same = Update::<User>::new(table()).set(name, "bob").filter(id.eq(2));
        assert_eq!(conn.execute(same).await?, 1, "matched rows count");
        let nobody = Update::<User>::new(table()).set(karma, 0i64).filter(id.eq(99));
        assert_eq!(conn.execute(nobody).await?, 0);
        let taken = Update::<User>::new(table()).set(email, Some("c".to_owned())).filter(id.eq(1));
        let error = conn.execute(taken).await.expect_err("it is taken");
        assert_eq!((error.kind(), error.constraint()), (ErrorKind::UniqueViolation, Some("uq_users_email")));
        assert_eq!(error.table(), Some("users"));
        if conn.capabilities().returning {
            let gone = Delete::<User>::new(table()).filter(id.eq(1)).returning((id, name));
            assert_eq!(conn.all(gone).await?, [(1, "ann".to_owned())]);
        }
        let changed = Update::<User>::new(table()).set(karma, 0i64).filter(active).returning(id);
        assert_eq!(
            conn.all(changed).await.expect_err("UPDATE returns nothing").kind(),
            ErrorKind::Unsupported
        );
        conn.execute(Delete::<User>::new(table()).filter(id.gt(0))).await?;
        assert_eq!(conn.scalar(select(func::count()).select_from(table())).await?, 0);
        Ok(())
    });
}

#[test]
fn bytes_can_be_unique_and_stand_in_an_index() {
    let column = |title: &'static str| schema::Column::new(title, SqlType::Bytes);
    let mut table = Table::new("files");
    let empty = Some(schema::Default::Value(Datum::Blob(Vec::new())));
    table.columns = vec![column("digest"), schema::Column { default: empty, ..column("content") }];
    table.primary_key = vec![0];
    each(async |conn| {
        for sql in MetaData::new(vec![table.clone()]).create_statements(conn.capabilities(), &|_| false)? {
            conn.execute_raw(&sql).await?;
        }
        conn.execute_raw("INSERT INTO files (digest) VALUES (X'00FF')").await?;
        let error = conn.execute_raw("INSERT INTO files (digest) VALUES (X'00FF')").await.expect_err("twice");
        assert_eq!((error.kind(), error.table()), (ErrorKind::UniqueViolation, Some("files")));
        let long = format!("INSERT INTO files (digest) VALUES (X'{}')", "00".repeat(256));
        let error = conn.execute_raw(&long).await.expect_err("a key has an end");
        assert_eq!(error.kind(), ErrorKind::Conversion);
        let content = format!("INSERT INTO files (digest, content) VALUES (X'01', X'{}')", "00".repeat(256));
        conn.execute_raw(&content).await?;
        Ok(())
    });
}

#[test]
fn texts_that_differ_in_blanks_at_their_end_are_not_equal() {
    each(async |conn| {
        conn.execute_raw(
            "INSERT INTO users (name, email, score) VALUES ('blank', 'a ', 0), ('none', 'a', 0)",
        )
        .await?;
        let names = select(name).filter(email.eq("a ")).select_from(TableRef::new("users"));
        assert_eq!(conn.all(names).await?, ["blank"]);
        Ok(())
    });
}

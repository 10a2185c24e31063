//! Typed queries on a connection, over both placements of SQLite.
#![allow(missing_docs)]

mod common;

use common::{inline, query, worker};
use rebis_core::{Cell, Error, ErrorKind, Result, Row, SqlType, field};
use rebis_engine::{Connection, Fut, block_on};
use rebis_sql::ast::{self, Late};
use rebis_sql::build::{Query, Request};
use rebis_sql::schema::{Column as TableColumn, ForeignKey, MetaData, Table};
use rebis_sql::{Column, select, sql};
use std::any::Any;
use std::future::Future;
use std::ops::ControlFlow;
use std::pin::Pin;
use std::task::{Context, Waker};

fn each(test: impl AsyncFn(&mut Connection) -> Result<()>) -> Result<()> {
    for engine in [inline(), worker()] {
        block_on(async {
            let mut conn = engine.connect().await?;
            with_rows(&mut conn).await?;
            test(&mut conn).await
        })?;
    }
    Ok(())
}

async fn with_rows(conn: &mut Connection) -> Result<()> {
    conn.execute_raw("CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT NOT NULL, note TEXT)").await?;
    conn.execute_raw("INSERT INTO t VALUES (1, 'a', NULL), (2, 'b', 'x'), (3, 'c', NULL)").await?;
    Ok(())
}

#[test]
fn all_one_first_and_scalar() -> Result<()> {
    for engine in [inline(), worker()] {
        block_on(async {
            let mut conn = engine.connect().await?;
            with_rows(&mut conn).await?;
            let rows =
                conn.all(query::<(i64, String, Option<String>)>("SELECT * FROM t ORDER BY id")).await?;
            assert_eq!(rows[1], (2, "b".to_owned(), Some("x".to_owned())));
            assert_eq!(rows.len(), 3);
            let name = conn.one(query::<String>("SELECT name FROM t WHERE id = ?").bind(3i64)).await?;
            assert_eq!(name, "c");
            let none = conn.one_or_none(query::<i64>("SELECT id FROM t WHERE id = 9")).await?;
            assert_eq!(none, None);
            let first = conn.first(query::<i64>("SELECT id FROM t ORDER BY id DESC")).await?;
            assert_eq!(first, Some(3));
            assert_eq!(conn.scalar::<i64, _>(query("SELECT count(*) FROM t")).await?, 3);
            let missing = conn.one(query::<i64>("SELECT id FROM t WHERE id = 9")).await;
            assert_eq!(missing.unwrap_err().kind(), ErrorKind::NotFound);
            let many = conn.one(query::<i64>("SELECT id FROM t")).await;
            assert_eq!(many.unwrap_err().kind(), ErrorKind::TooManyRows);
            Ok::<_, rebis_core::Error>(())
        })?;
    }
    Ok(())
}

/// A row that is matched by name.
#[derive(Debug, PartialEq)]
struct Named {
    name: String,
    id: i64,
}

impl Row for Named {
    type Plain = Named;
    type Tracked = Named;
    const WIDTH: usize = 2;
    fn names() -> &'static [&'static str] {
        &["name", "id"]
    }
    fn plain(cells: &[Cell<'_>]) -> Result<Named> {
        Ok(Named { name: field(cells, 0)?, id: field(cells, 1)? })
    }
    fn track(cells: &[Cell<'_>], _: &mut dyn Any) -> Result<Named> {
        Named::plain(cells)
    }
}

#[test]
fn raw_rows_are_matched_by_name() -> Result<()> {
    each(async |conn| {
        let row = || Named { name: "a".into(), id: 1 };
        let in_order = "SELECT name, id FROM t WHERE id = 1";
        assert_eq!(conn.one(query::<Named>(in_order).by_name()).await?, row());
        let otherwise = "SELECT note, ID, 5 AS x, name FROM t WHERE id = 1";
        assert_eq!(conn.one(query::<Named>(otherwise).by_name()).await?, row());
        // An error of a conversion names the column as the row type does.
        let wrong = query::<Named>("SELECT 7 AS other, 'x' AS id, name FROM t").by_name();
        let error = conn.first(wrong).await.unwrap_err();
        assert_eq!((error.kind(), error.column()), (ErrorKind::Conversion, Some("id")));
        let missing = query::<Named>("SELECT id, note FROM t WHERE 0").by_name();
        let error = conn.all(missing).await.unwrap_err();
        assert_eq!((error.kind(), error.column()), (ErrorKind::NoSuchObject, Some("name")));
        assert!(error.help().is_some_and(|help| help.contains("id, note")));
        Ok(())
    })
}

struct T;
const ID: Column<T, i64> = Column::new("t", "id", 0);
const NAME: Column<T, String> = Column::new("t", "name", 1);
const NOTE: Column<T, i64> = Column::new("t", "note", 2);

#[test]
fn the_language_runs_and_its_texts_are_prepared_once() -> Result<()> {
    each(async |conn| {
        for (id, name) in [(1, "a"), (2, "b")] {
            assert_eq!(conn.one(select(NAME).filter(ID.eq(id))).await?, name);
        }
        assert_eq!(conn.execute(sql("UPDATE t SET note = {} WHERE id > {}").bind("n").bind(1)).await?, 2);
        let pairs = conn.all(sql("SELECT id, note FROM t").rows::<(i64, Option<String>)>()).await?;
        assert_eq!(pairs[0], (1, None));
        assert_eq!(pairs[2], (3, Some("n".into())));
        Ok(())
    })
}

#[test]
fn a_value_of_the_wrong_type_names_table_and_column() -> Result<()> {
    each(async |conn| {
        let error = conn.all(select((ID, NOTE)).filter(ID.eq(2))).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Conversion);
        assert_eq!((error.table(), error.column()), (Some("t"), Some("note")));
        // NULL where there is no place for it.
        let error = conn.all(select(NOTE).filter(ID.eq(1))).await.unwrap_err();
        assert_eq!((error.kind(), error.column()), (ErrorKind::Conversion, Some("note")));
        Ok(())
    })
}

/// A comparison with a handle, as a session would resolve it.
struct WithHandle;

impl Query for WithHandle {
    type Row = i64;
    fn into_request(self) -> Request {
        let pieces = vec![ast::Piece::Sql("SELECT ".into()), ast::Piece::Expr(ast::Expr::Late(Late([0; 4])))];
        Request::from(ast::Query::Raw(pieces))
    }
}

#[test]
fn a_handle_on_a_plain_connection_is_told_where_it_belongs() -> Result<()> {
    each(async |conn| {
        let error = conn.all(WithHandle).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidState);
        assert_eq!(error.message(), "a handle can be compared only in a session");
        assert!(error.site().is_some());
        Ok(())
    })
}

#[test]
fn a_stream_of_rows_ends_when_the_visitor_has_enough() -> Result<()> {
    each(async |conn| {
        let endless = "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT n FROM c";
        let mut sum = 0;
        conn.for_each(query::<i64>(endless), |n| {
            sum += n;
            if n < 1000 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })
        .await?;
        assert_eq!(sum, 500_500);
        assert_eq!(conn.scalar(query::<i64>("SELECT count(*) FROM t")).await?, 3);
        Ok(())
    })
}

#[test]
fn nothing_happens_before_the_first_poll() -> Result<()> {
    each(async |conn| {
        drop(conn.execute_raw("DELETE FROM t"));
        drop(conn.begin(true));
        assert!(!conn.in_transaction());
        assert_eq!(conn.scalar(query::<i64>("SELECT count(*) FROM t")).await?, 3);
        Ok(())
    })
}

#[test]
fn what_sqlite_answers_at_once_is_ready_at_the_first_poll() -> Result<()> {
    let engine = inline();
    let once = |fut: &mut Fut<'_, _>| {
        let ready = Pin::new(fut).poll(&mut Context::from_waker(Waker::noop()));
        assert!(ready.is_ready());
        ready
    };
    assert!(once(&mut Fut::new(async { engine.connect().await?.execute_raw("SELECT 1").await })).is_ready());
    Ok(())
}

/// A future dropped after any number of polls: the connection stays usable, its next statement is not disturbed.
#[test]
fn a_query_cut_at_any_poll_leaves_the_connection_usable() -> Result<()> {
    let engine = worker();
    let many =
        "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 3000) SELECT n FROM c";
    block_on(async {
        let mut conn = engine.connect().await?;
        for polls in 0..30 {
            let mut running = conn.all(query::<i64>(many));
            for _ in 0..polls {
                if Pin::new(&mut running).poll(&mut Context::from_waker(Waker::noop())).is_ready() {
                    break;
                }
                std::thread::yield_now();
            }
            drop(running);
            assert_eq!(conn.scalar(query::<i64>("SELECT 7")).await?, 7);
        }
        // Dropped with work under way it goes back to the pool by itself, healed.
        let mut running = conn.all(query::<i64>(many));
        let _ = Pin::new(&mut running).poll(&mut Context::from_waker(Waker::noop()));
        drop(running);
        drop(conn);
        let mut conn = engine.connect().await?;
        assert_eq!(conn.scalar(query::<i64>("SELECT 7")).await?, 7);
        Ok(())
    })
}

fn schema() -> MetaData {
    let mut users = Table::new("users");
    users.columns.push(TableColumn { generated: true, ..TableColumn::new("id", SqlType::I64) });
    users.primary_key.push(0);
    let mut posts = Table::new("posts");
    posts.columns.push(TableColumn::new("user_id", SqlType::I64));
    posts.foreign_keys.push(ForeignKey {
        name: None,
        columns: vec!["user_id".into()],
        target_schema: None,
        target_table: "users".into(),
        target_columns: vec!["id".into()],
        on_delete: Default::default(),
        on_update: Default::default(),
    });
    MetaData::new(vec![posts, users])
}

#[test]
fn create_all_makes_what_is_missing_in_one_transaction() -> Result<()> {
    for engine in [inline(), worker()] {
        block_on(async {
            let schema = schema();
            let recorder = engine.record();
            schema.create_all(&engine).await?;
            let texts = recorder.take_sql();
            let begins: Vec<&str> = texts.iter().filter_map(|text| text.split_whitespace().next()).collect();
            assert_eq!(begins, ["SELECT", "BEGIN", "SELECT", "CREATE", "CREATE", "COMMIT"]);
            assert!(texts[3].contains("users"));
            // All there: one question, no lock.
            schema.create_all(&engine).await?;
            assert_eq!(recorder.take_sql().len(), 1);
            let mut conn = engine.connect().await?;
            conn.execute_raw("DROP TABLE posts").await?;
            schema.create_all(&mut conn).await?;
            let mut scope = conn.transaction().await?;
            schema.drop_all(&mut *scope).await?;
            scope.rollback().await?;
            conn.execute_raw("INSERT INTO users VALUES (1)").await?;
            schema.drop_all(&engine).await?;
            let left = conn.scalar(query::<i64>("SELECT count(*) FROM sqlite_schema")).await?;
            assert_eq!(left, 0);
            Ok::<_, Error>(())
        })?;
    }
    Ok(())
}

#[test]
fn a_lease_and_its_futures_may_cross_threads() {
    fn crosses<T: Send + Sync>(_: &T) {}
    fn moves<T: Send>(_: &T) {}
    let engine = inline();
    crosses(&engine);
    let mut conn = block_on(engine.connect()).expect("a connection");
    crosses(&conn);
    moves(&conn.all(query::<(i64, String)>("SELECT 1, 'a'")));
    moves(&conn.transaction());
    let rows = std::thread::spawn(move || block_on(conn.all(query::<i64>("SELECT 1"))).expect("it reads"));
    assert_eq!(rows.join().expect("no panic"), [1]);
}

//! Typed queries on a connection, over both placements of SQLite.
#![allow(missing_docs)]

mod common;

use common::{inline, query, worker};
use rebis_core::{ErrorKind, Result};
use rebis_engine::{Connection, block_on};

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

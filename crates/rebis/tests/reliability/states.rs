//! What a borrower leaves behind: nothing that the next one sees, and no result that it stumbles over.

use super::{cut_after, engine, support};
use rebis::{Connection, EngineOptions, Flow};
use rebis_engine::block_on;

/// What a borrower may change, with a question that shows it.
fn changes(name: &str) -> &'static [(&'static str, &'static str)] {
    match name {
        "PostgreSQL" => &[
            (
                "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL SERIALIZABLE",
                "SELECT current_setting('default_transaction_isolation')",
            ),
            ("SET search_path = pg_catalog", "SELECT current_setting('search_path')"),
            ("SET TimeZone = 'Asia/Tokyo'", "SELECT current_setting('TimeZone')"),
            ("SET statement_timeout = 4711", "SELECT current_setting('statement_timeout')"),
            ("SET ROLE pg_read_all_data", "SELECT CAST(current_user AS TEXT)"),
            ("CREATE TEMP TABLE mine (n int8)", "SELECT CAST(to_regclass('pg_temp.mine') IS NULL AS TEXT)"),
            (
                "SELECT pg_advisory_lock(4711)",
                "SELECT CAST(count(*) AS TEXT) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()",
            ),
            ("LISTEN news", "SELECT CAST(count(*) AS TEXT) FROM pg_listening_channels()"),
            (
                "PREPARE mine AS SELECT 1",
                "SELECT CAST(count(*) AS TEXT) FROM pg_prepared_statements WHERE from_sql",
            ),
        ],
        "MariaDB" => &[
            ("SET SESSION TRANSACTION ISOLATION LEVEL SERIALIZABLE", "SELECT @@tx_isolation"),
            ("USE information_schema", "SELECT database()"),
            ("SET time_zone = '+09:00'", "SELECT @@time_zone"),
            ("SET lock_wait_timeout = 47", "SELECT CAST(@@lock_wait_timeout AS CHAR)"),
            ("SET sql_mode = ''", "SELECT @@sql_mode"),
            ("SET @mine = 7", "SELECT CAST(@mine IS NULL AS CHAR)"),
            ("SET autocommit = 0", "SELECT CAST(@@autocommit AS CHAR)"),
            ("CREATE TEMPORARY TABLE mine (n INT)", "SELECT CAST(count(*) AS CHAR) FROM mine"),
            (
                "DO GET_LOCK(concat('rebis', connection_id()), 0)",
                "SELECT CAST(IS_FREE_LOCK(concat('rebis', connection_id())) AS CHAR)",
            ),
        ],
        _ => &[
            (
                "PRAGMA read_uncommitted = on",
                "SELECT CAST(read_uncommitted AS TEXT) FROM pragma_read_uncommitted",
            ),
            ("PRAGMA foreign_keys = off", "SELECT CAST(foreign_keys AS TEXT) FROM pragma_foreign_keys"),
            ("PRAGMA query_only = on", "SELECT CAST(query_only AS TEXT) FROM pragma_query_only"),
            ("PRAGMA case_sensitive_like = on", "SELECT CAST('a' LIKE 'A' AS TEXT)"),
            ("CREATE TEMP TABLE mine (n INTEGER)", "SELECT CAST(count(*) AS TEXT) FROM sqlite_temp_master"),
            (
                "ATTACH ':memory:' AS other",
                "SELECT CAST(count(*) AS TEXT) FROM pragma_database_list WHERE name = 'other'",
            ),
        ],
    }
}

/// The answer, or the kind of error, which is one as well.
fn ask(conn: &mut Connection, question: &'static str) -> String {
    let answer = block_on(conn.scalar(rebis::sql(question).rows::<String>()));
    answer.unwrap_or_else(|error| format!("{:?}", error.kind()))
}

/// The next borrower finds everything as the first one did, over the same connection.
pub(crate) fn the_state_of_a_session_does_not_travel(name: &str, url: &str) {
    let engine = engine(url, EngineOptions::new().pool_size(1).max_overflow(0));
    let connect = || block_on(engine.connect()).expect("a connection");
    let mut seen = 0;
    for (change, question) in changes(name) {
        let mut conn = connect();
        let before = ask(&mut conn, question);
        block_on(conn.execute_raw(change)).unwrap_or_else(|e| panic!("{change}: {e}"));
        assert_ne!(
            ask(&mut conn, question),
            before,
            "{name}: {change} changes nothing that {question} shows"
        );
        drop(conn);
        let after = ask(&mut connect(), question);
        assert_eq!(after, before, "{name}: {change}");
        seen += usize::from(after != before);
    }
    println!(
        "figure: session state | {name} | {} kinds of change by a borrower: {seen} seen by the next one, {} connections opened",
        changes(name).len(),
        engine.pool_status().opened
    );
}

/// Check-outs of which none changes anything cost what they ask.
pub(crate) fn nothing_changed_costs_nothing(name: &str, url: &str) {
    let (proxy, through) = support::servers::through_proxy(url);
    let engine = engine(&through, EngineOptions::new().pool_size(1).max_overflow(0));
    let one =
        || block_on(async { engine.connect().await?.scalar(rebis::sql("SELECT 1").rows::<i64>()).await });
    // Drivers prepare what comes again.
    (0..3).for_each(|_| assert_eq!(one().expect("an answer"), 1));
    drop(block_on(engine.connect()));
    proxy.turns();
    (0..20).for_each(|_| assert_eq!(one().expect("an answer"), 1));
    drop(block_on(engine.connect()));
    let turns = proxy.turns();
    println!(
        "figure: session state | {name} | 20 check-outs with a query each, nothing changed: {turns} round trips"
    );
    assert_eq!(turns, 20, "{name}");
}

/// A result that is not read to its end is in nobody's way: stopped by the program, or dropped with its future.
pub(crate) fn a_result_need_not_be_read_to_its_end(name: &str, url: &str) {
    let engine = engine(url, EngineOptions::new().pool_size(1).max_overflow(0));
    const MANY: &str = "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 900) \
                        SELECT a.n FROM n a, n b LIMIT 100000";
    let mut failed = 0;
    for round in 0..20 {
        block_on(async {
            let mut conn = engine.connect().await?;
            let mut rows = 0;
            conn.for_each(rebis::sql(MANY).rows::<i64>(), |_| {
                rows += 1;
                if rows > round { Flow::Break(()) } else { Flow::Continue(()) }
            })
            .await?;
            assert_eq!(rows, round + 1);
            let next: i64 = conn.scalar(rebis::sql("SELECT 42").rows::<i64>()).await?;
            failed += usize::from(next != 42);
            Ok::<_, rebis::Error>(())
        })
        .unwrap_or_else(|error| panic!("{name}: {error}"));
        // Dropped with rows under way: the same borrower goes on, and the next one.
        let mut conn = block_on(engine.connect()).expect("a connection");
        let rows = cut_after(round, conn.all(rebis::sql(MANY).rows::<i64>()));
        assert!(rows.is_none_or(|rows| rows.is_ok_and(|rows| rows.len() == 100_000)), "{name}");
        failed += usize::from(ask(&mut conn, "SELECT 'next'") != "next");
        drop(conn);
        failed += usize::from(
            ask(&mut block_on(engine.connect()).expect("a connection"), "SELECT 'next'") != "next",
        );
    }
    println!(
        "figure: unread results | {name} | 20 stopped and 20 dropped within 100,000 rows: {failed} of 60 next statements failed, {} \
         connections opened",
        engine.pool_status().opened
    );
    assert_eq!((failed, engine.pool_status().opened), (0, 1), "{name}");
}

/// A result of any size is read as it is used: a program that stops to look at a row stops the server.
pub(crate) fn rows_come_as_they_are_read(name: &str, url: &str) {
    const ROWS: u64 = 65_536;
    const BYTES: u64 = ROWS * 1024;
    let (proxy, through) = support::servers::through_proxy(url);
    let engine = engine(&through, EngineOptions::new().pool_size(1).max_overflow(0));
    let wide = "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 256) \
                SELECT repeat('x', 1024) AS wide FROM n a, n b";
    let (mut rows, mut ahead) = (0, 0);
    block_on(async {
        let mut conn = engine.connect().await?;
        let begin = proxy.answered();
        conn.for_each(rebis::sql(wide).rows::<String>(), |_| {
            rows += 1;
            if rows % 16_384 == 10 {
                ahead = ahead.max(at_rest(|| proxy.answered()) - begin - rows * 1024);
            }
            Flow::Continue(())
        })
        .await
    })
    .unwrap_or_else(|error| panic!("{name}: {error}"));
    println!(
        "figure: streaming | {name} | {} MiB in {rows} rows, read row by row: at most {:.1} MiB ahead of the program, with the \
         buffers of sockets",
        BYTES >> 20,
        ahead as f64 / 1024.0 / 1024.0
    );
    assert_eq!(rows, ROWS);
    assert!(ahead < BYTES / 4, "{name}: {ahead} bytes ahead");
}

/// A number that grows, once it does not grow any more.
fn at_rest(ask: impl Fn() -> u64) -> u64 {
    let (mut before, mut still) = (ask(), 0);
    while still < 20_000 {
        std::thread::yield_now();
        let now = ask();
        still = if now == before { still + 1 } else { 0 };
        before = now;
    }
    before
}

//! A number of rows that the server itself checks, so that the COMMIT behind it need not wait for the answer.
//!
//! A step that expects a number of rows is wrapped: `WITH rebis_done AS (the statement RETURNING 1) SELECT ..`, where
//! the query counts the rows, and with another number than expected turns a text into a number, which fails. So the
//! transaction is over before its COMMIT is read: also when a trigger has swallowed a row of an INSERT.

use super::text;
use crate::error::ServerError;
use rebis_driver::{Expect, Step};
use rebis_sql::StatementKind;

/// What the text begins with that is no number; the number of rows follows.
const MARK: &str = "rebis: rows affected: ";

/// How many rows each run must affect, if that says the same as the expectation of all runs together.
pub(super) fn each(step: &Step<'_>) -> Option<u64> {
    let Expect::Rows(expected) = step.expect else { return None };
    let sql = step.statement.sql();
    let times = step.times as u64;
    let writes = ["INSERT", "UPDATE", "DELETE"].iter().any(|word| text::begins(sql, word));
    if step.statement.kind() != StatementKind::Write || !writes {
        return None;
    }
    match times {
        0 | 1 => Some(expected),
        // No run can insert more than its rows, so all of them must.
        _ if expected % times == 0 && text::is_certain(sql) => Some(expected / times),
        _ => None,
    }
}

/// The statement with its guard. `returns`: what it returns is shown, one row at least.
pub(super) fn wrapped(sql: &str, each: u64, returns: bool) -> String {
    let sql = sql.trim_end().trim_end_matches(';');
    let check = format!("SELECT CASE count(*) WHEN {each} THEN 0 ELSE ('{MARK}' || count(*))::int8 END AS n");
    // The line ends, in case that a comment does.
    if returns {
        format!(
            "WITH rebis_done AS ({sql}\n), rebis_check AS ({check} FROM rebis_done) \
             SELECT rebis_done.* FROM rebis_check LEFT JOIN rebis_done ON rebis_check.n = 0"
        )
    } else {
        format!("WITH rebis_done AS ({sql}\nRETURNING 1) {check} FROM rebis_done")
    }
}

/// How many rows there were, if this is the error of a guard.
pub(super) fn found(native: &ServerError) -> Option<u64> {
    let (_, rest) = native.message().split_once(MARK)?;
    let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    rest[..digits].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rebis_core::Binds;
    use rebis_driver::Discard;
    use rebis_sql::Statement;

    #[test]
    fn what_one_run_must_affect() {
        for (sql, times, expect, expected) in [
            ("INSERT INTO t VALUES ($1)", 3, Expect::Rows(3), Some(1)),
            ("insert into t values ($1), ($2)", 3, Expect::Rows(6), Some(2)),
            ("INSERT INTO t VALUES ($1), ($2)", 3, Expect::Rows(5), None),
            ("INSERT INTO t VALUES ($1) ON CONFLICT DO NOTHING", 3, Expect::Rows(3), None),
            ("INSERT INTO t VALUES ($1) ON CONFLICT DO NOTHING", 1, Expect::Rows(1), Some(1)),
            ("UPDATE t SET n = 1", 1, Expect::Rows(7), Some(7)),
            ("UPDATE t SET n = 1", 2, Expect::Rows(2), None),
            ("WITH a AS (SELECT 1) DELETE FROM t", 1, Expect::Rows(1), None),
            ("UPDATE t SET n = 1", 1, Expect::Any, None),
        ] {
            let (statement, mut binds, mut sink) =
                (Statement::new(sql, StatementKind::Write), Binds::new(), Discard);
            let step = Step { times, expect, ..Step::new(&statement, &mut binds, &mut sink) };
            assert_eq!(each(&step), expected, "{sql}");
        }
    }
}

//! What the text of a statement says of what it leaves behind.

use rebis_sql::{Statement, StatementKind};

/// Pragmas that only tell, or work on the file.
const TELLING: &[&str] = &[
    "table_info",
    "table_xinfo",
    "table_list",
    "index_list",
    "index_info",
    "index_xinfo",
    "foreign_key_list",
    "foreign_key_check",
    "integrity_check",
    "quick_check",
    "optimize",
    "wal_checkpoint",
];

/// Whether a statement asks for the write lock at once.
pub(crate) fn begins_to_write(statement: &Statement) -> bool {
    statement.sql() == rebis_sql::dialect::sqlite().begin_write
}

/// Whether a statement leaves something in the connection that its next borrower would meet: a setting, a temporary
/// table, another database. Settings that the engine keeps are its own, and it takes them back.
#[inline]
pub(crate) fn alters(statement: &Statement) -> bool {
    let asks = match statement.kind() {
        StatementKind::Write | StatementKind::Read => true,
        StatementKind::Setting => !statement.keep(),
        _ => false,
    };
    let first = statement.sql().as_bytes().first();
    asks && matches!(first, Some(b'p' | b'P' | b'a' | b'A' | b'd' | b'D' | b'c' | b'C' | b' ' | b'\n'))
        && looks_like_it(statement.sql())
}

#[cold]
fn looks_like_it(sql: &str) -> bool {
    let mut words = sql.split_whitespace();
    let (Some(first), Some(second)) = (words.next(), words.next()) else { return false };
    let is = |word: &str| first.eq_ignore_ascii_case(word);
    if is("attach") || is("detach") {
        return true;
    }
    if is("create") {
        return second.eq_ignore_ascii_case("temp") || second.eq_ignore_ascii_case("temporary");
    }
    let name = second.rsplit_once('.').map_or(second, |(_, name)| name);
    let name = name.split(['=', '(', ';']).next().unwrap_or_default();
    let tells = || TELLING.iter().any(|word| word.eq_ignore_ascii_case(name));
    is("pragma") && sql.contains(['=', '(']) && !tells()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stays_behind() {
        for sql in [
            "PRAGMA query_only = 1",
            "pragma foreign_keys=off",
            "PRAGMA main.cache_size(10)",
            "ATTACH 'x.db' AS x",
            "DETACH x",
            "create temp table t (n)",
            "  CREATE TEMPORARY VIEW v AS SELECT 1",
        ] {
            assert!(looks_like_it(sql), "{sql}");
        }
        for sql in [
            "SELECT 1",
            "DELETE FROM t WHERE a = (1)",
            "PRAGMA foreign_keys",
            "PRAGMA table_info(t)",
            "CREATE TABLE t (n)",
            "ANALYZE",
            "",
        ] {
            assert!(!looks_like_it(sql), "{sql}");
        }
    }
}

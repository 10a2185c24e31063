//! What must be known of a statement's text without asking the server.

/// The parameters of a text.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Parameters {
    /// The highest number behind a `$` that stands in no literal, name or comment.
    pub(super) count: usize,
    /// Those whose place tells no type, counted from 0: `concat($1)`, `$1 IS NULL`. A text must be declared there.
    pub(super) untold: Vec<usize>,
    /// Whether the text has a RETURNING.
    pub(super) returns: bool,
}

/// Finds the parameters.
pub(super) fn parameters(sql: &str) -> Parameters {
    let bytes = sql.as_bytes();
    let (mut at, mut found, mut calls) = (0, Parameters::default(), Vec::new());
    while let Some(byte) = bytes.get(at) {
        at = match byte {
            b'\'' => literal(bytes, at),
            b'"' => until(bytes, at + 1, b"\""),
            b'-' if bytes[at..].starts_with(b"--") => until(bytes, at, b"\n"),
            b'/' if bytes[at..].starts_with(b"/*") => comment(bytes, at),
            b'(' => {
                calls.push(takes_anything(&bytes[..at]));
                at + 1
            }
            b')' => {
                calls.pop();
                at + 1
            }
            b'$' if at > 0 && is_name(bytes[at - 1]) => at + 1,
            b'$' => {
                let digits = bytes[at + 1..].iter().take_while(|b| b.is_ascii_digit()).count();
                let behind = at + 1 + digits;
                let number: usize = sql[at + 1..behind].parse().unwrap_or(0);
                found.count = found.count.max(number);
                let untold = calls.last() == Some(&true) || is_asked_for_null(&bytes[behind..]);
                if number > 0 && untold {
                    found.untold.push(number - 1);
                }
                if digits > 0 { behind } else { dollars(bytes, at) }
            }
            byte if is_name(*byte) => {
                let word = bytes[at..].iter().take_while(|byte| is_name(**byte)).count();
                found.returns |= bytes[at..at + word].eq_ignore_ascii_case(b"RETURNING");
                // The `E` of a literal and the name of a dollar's tag are looked at from behind.
                at + word
            }
            _ => at + 1,
        };
    }
    found
}

/// Functions whose arguments are of any type.
const ANY: &[&[u8]] = &[
    b"concat",
    b"concat_ws",
    b"count",
    b"format",
    b"json_agg",
    b"json_build_array",
    b"json_build_object",
    b"jsonb_agg",
    b"jsonb_build_array",
    b"jsonb_build_object",
    b"num_nonnulls",
    b"num_nulls",
    b"pg_typeof",
    b"to_json",
    b"to_jsonb",
];

/// Whether the parenthesis behind these bytes opens the arguments of one of them.
fn takes_anything(before: &[u8]) -> bool {
    let before = before.trim_ascii_end();
    let name = before.len() - before.iter().rev().take_while(|byte| is_name(**byte)).count();
    ANY.iter().any(|known| before[name..].eq_ignore_ascii_case(known))
}

fn is_asked_for_null(behind: &[u8]) -> bool {
    let behind = behind.trim_ascii_start();
    behind.get(..3).is_some_and(|word| word.eq_ignore_ascii_case(b"IS "))
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$' || byte >= 0x80
}

/// Behind the next occurrence of `end`.
fn until(bytes: &[u8], from: usize, end: &[u8]) -> usize {
    let rest = bytes.get(from..).unwrap_or(&[]);
    rest.windows(end.len()).position(|part| part == end).map_or(bytes.len(), |at| from + at + end.len())
}

/// Behind a literal. A doubled quote ends it and begins the next, which comes to the same; with an `E` before it, a
/// backslash takes the meaning from what follows.
fn literal(bytes: &[u8], from: usize) -> usize {
    let before = |back: usize| from.checked_sub(back).map(|at| bytes[at]);
    let escapes = matches!(before(1), Some(b'E' | b'e')) && !before(2).is_some_and(is_name);
    if !escapes {
        return until(bytes, from + 1, b"'");
    }
    let mut at = from + 1;
    while let Some(byte) = bytes.get(at) {
        at += match byte {
            b'\\' => 2,
            b'\'' => return at + 1,
            _ => 1,
        };
    }
    bytes.len()
}

/// Behind a comment, and those inside of it.
fn comment(bytes: &[u8], from: usize) -> usize {
    let (mut at, mut depth) = (from, 0);
    while at < bytes.len() {
        let rest = &bytes[at..];
        if rest.starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if rest.starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    bytes.len()
}

/// Behind a literal such as `$$text$$` or `$tag$text$tag$`.
fn dollars(bytes: &[u8], from: usize) -> usize {
    let name = bytes[from + 1..].iter().take_while(|b| is_name(**b) && **b != b'$').count();
    match bytes.get(from + 1 + name) {
        Some(b'$') => until(bytes, from + name + 2, &bytes[from..from + name + 2]),
        _ => from + 1,
    }
}

/// Whether a write affects as many rows as it says, or fails: an INSERT of VALUES that has no way out.
pub(super) fn is_certain(sql: &str) -> bool {
    let has =
        |word: &str| sql.as_bytes().windows(word.len()).any(|w| w.eq_ignore_ascii_case(word.as_bytes()));
    begins(sql, "INSERT") && has("VALUES") && !has("CONFLICT") && !has("SELECT")
}

/// Whether this is the first word.
pub(super) fn begins(sql: &str, word: &str) -> bool {
    sql.trim_start().get(..word.len()).is_some_and(|first| first.eq_ignore_ascii_case(word))
}

/// Whether a text changes what the next borrower of the connection would meet. What functions do inside of the server
/// is not seen; when in doubt, yes: that costs a round trip in the background.
pub(super) fn alters(sql: &str) -> bool {
    let mut words = sql.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| !word.is_empty());
    let is = |word: &str, any: &[&str]| any.iter().any(|known| word.eq_ignore_ascii_case(known));
    let Some(first) = words.next() else { return false };
    if is(first, &["SET"]) {
        return !words.next().is_some_and(|second| is(second, &["LOCAL", "TRANSACTION", "CONSTRAINTS"]));
    }
    if is(first, &["LISTEN", "LOAD", "PREPARE", "DO", "CALL"]) {
        return true;
    }
    if is(first, &["CREATE", "SELECT", "WITH"]) && words.clone().any(|word| is(word, &["TEMP", "TEMPORARY"]))
    {
        return true;
    }
    if is(first, &["DECLARE"]) {
        return words.any(|word| is(word, &["HOLD"]));
    }
    let calls = [
        "set_config",
        "pg_advisory_lock",
        "pg_advisory_lock_shared",
        "pg_try_advisory_lock",
        "pg_try_advisory_lock_shared",
    ];
    sql.contains('(') && words.any(|word| is(word, &calls))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_counted() {
        for (sql, expected) in [
            ("SELECT 1", 0),
            ("SELECT $1, $2", 2),
            ("SELECT $12 + $3", 12),
            ("SELECT '$1', $1", 1),
            ("SELECT 'it''s $2', $1", 1),
            ("SELECT E'a\\' $2', $1", 1),
            ("SELECT name'\\', $1, '$2'", 1),
            ("SELECT \"$2\", $1", 1),
            ("SELECT $1 -- $2\n + $3", 3),
            ("SELECT $1 /* $2 /* $3 */ $4 */", 1),
            ("SELECT $$ $2 $$, $1", 1),
            ("SELECT $a$ $2 $$ $a$, $1", 1),
            ("SELECT a$2, $1", 1),
            ("SELECT 'open $1", 0),
            ("SELECT $", 0),
            ("SELECT 'é', $1, 'é'", 1),
        ] {
            assert_eq!(parameters(sql).count, expected, "{sql}");
        }
    }

    #[test]
    fn places_that_tell_no_type() {
        for (sql, expected) in [
            ("SELECT concat($1, a, $2)", vec![0, 1]),
            ("SELECT CONCAT (lower($1), $2 || $3)", vec![1, 2]),
            ("SELECT concat(CAST($1 AS int4)), $2", vec![]),
            ("SELECT 1 WHERE $1 IS NULL OR a = $1", vec![0]),
            ("SELECT 1 WHERE $1 is not distinct from a AND a IS NULL", vec![0]),
            ("SELECT my_concat($1), substr($2, 1)", vec![]),
            ("INSERT INTO t VALUES ($1, to_jsonb($2), $3)", vec![1]),
            ("SELECT concat(')', $1)", vec![0]),
        ] {
            assert_eq!(parameters(sql).untold, expected, "{sql}");
        }
    }

    #[test]
    fn what_returns() {
        for (sql, expected) in [
            ("INSERT INTO t VALUES ($1) RETURNING id", true),
            ("update t set a = $1 returning\nid", true),
            ("INSERT INTO t VALUES ('a RETURNING b')", false),
            ("INSERT INTO \"RETURNING\" VALUES ($1) -- RETURNING", false),
            ("INSERT INTO my_returning VALUES (E'\\' RETURNING')", false),
        ] {
            assert_eq!(parameters(sql).returns, expected, "{sql}");
        }
    }

    #[test]
    fn certain_writes() {
        for (sql, expected) in [
            ("INSERT INTO t VALUES ($1)", true),
            ("insert into t (a) values ($1) returning id", true),
            ("INSERT INTO t VALUES ($1) ON CONFLICT DO NOTHING", false),
            ("INSERT INTO t SELECT 1", false),
            ("UPDATE t SET a = 1", false),
            ("DELETE FROM t", false),
        ] {
            assert_eq!(is_certain(sql), expected, "{sql}");
        }
    }

    #[test]
    fn what_outlives_its_borrower() {
        for sql in [
            "SET search_path = a",
            "set session characteristics as transaction read only",
            "LISTEN news",
            "CREATE TEMP TABLE t (n int8)",
            "CREATE LOCAL TEMPORARY TABLE t (n int8)",
            "SELECT 1 INTO TEMP t",
            "SELECT set_config($1, $2, false)",
            "SELECT pg_catalog.pg_advisory_lock(1)",
            "DECLARE c CURSOR WITH HOLD FOR SELECT 1",
            "DO $$ BEGIN SET work_mem = 1; END $$",
        ] {
            assert!(alters(sql), "{sql}");
        }
        for sql in [
            "",
            "SELECT n FROM weather(1) WHERE n = $1",
            "SET LOCAL work_mem = '1MB'",
            "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE",
            "INSERT INTO t (temp) VALUES ($1)",
            "UPDATE t SET temporary = $1",
            "SELECT pg_advisory_xact_lock(1)",
            "CREATE TABLE t (n int8)",
            "BEGIN",
        ] {
            assert!(!alters(sql), "{sql}");
        }
    }
}

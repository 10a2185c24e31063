//! SQLite.

use crate::{Capabilities, KeySource, LongIn, Placeholder};
use rebis_core::SqlType;

/// SQLite 3.35 or later.
///
/// A text that needs no quotes is written plainly, so that a statement reads as one would write it. There are no
/// row locks, since whoever writes has locked the file: `for_update()` is left out of the text.
pub fn sqlite() -> &'static Capabilities {
    &SQLITE
}

static SQLITE: Capabilities = Capabilities {
    name: "SQLite",
    quote: '"',
    placeholder: Placeholder::Question,
    type_name,
    reserved: WORDS,
    max_binds: 32766,
    boolean_words: false,
    returning: true,
    keys: KeySource::Highest,
    nulls_order: true,
    ilike: false,
    same: "IS",
    not_same: "IS NOT",
    long_in: LongIn::JsonEach,
    in_limit: 500,
    offset_needs_limit: Some("-1"),
    alter_add_constraint: false,
    transactional_ddl: true,
    generated_key: "",
    generated_key_type: Some("INTEGER"),
    generated_key_inline: true,
    comments: false,
    row_locks: false,
    concat_operator: true,
    begin: "BEGIN",
    begin_write: "BEGIN IMMEDIATE",
    list_tables: "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name",
    backslash_escapes: false,
    bytes_literal: ["x'", "'"],
    native_uuid: false,
    default_values: "DEFAULT VALUES",
    functions: &[],
    cast_name,
    table_suffix: "",
};

fn type_name(sql_type: &SqlType) -> String {
    match sql_type {
        SqlType::Bool => "BOOLEAN".into(),
        SqlType::I16 | SqlType::I32 | SqlType::I64 => "INTEGER".into(),
        SqlType::F32 | SqlType::F64 => "REAL".into(),
        SqlType::Text { length: Some(n) } => format!("VARCHAR({n})"),
        SqlType::Uuid | SqlType::Bytes => "BLOB".into(),
        SqlType::Date => "DATE".into(),
        SqlType::Time => "TIME".into(),
        SqlType::Timestamp | SqlType::Instant => "TIMESTAMP".into(),
        // A column of type NUMERIC would turn the text of a decimal into a float.
        SqlType::Decimal { .. } => "TEXT".into(),
        _ => "TEXT".into(),
    }
}

/// `CAST` goes by affinity: the names of dates and booleans would make numbers of them.
fn cast_name(sql_type: &SqlType) -> String {
    match sql_type {
        SqlType::Bool => "INTEGER".into(),
        SqlType::Date | SqlType::Time | SqlType::Timestamp | SqlType::Instant => "TEXT".into(),
        other => type_name(other),
    }
}

/// <https://sqlite.org/lang_keywords.html>
const WORDS: &[&str] = &[
    "abort", "action", "add", "after", "all", "alter", "always", "analyze", "and", "as", "asc",
    "attach", "autoincrement", "before", "begin", "between", "by", "cascade", "case", "cast",
    "check", "collate", "column", "commit", "conflict", "constraint", "create", "cross", "current",
    "current_date", "current_time", "current_timestamp", "database", "default", "deferrable",
    "deferred", "delete", "desc", "detach", "distinct", "do", "drop", "each", "else", "end",
    "escape", "except", "exclude", "exclusive", "exists", "explain", "fail", "filter", "first",
    "following", "for", "foreign", "from", "full", "generated", "glob", "group", "groups", "having",
    "if", "ignore", "immediate", "in", "index", "indexed", "initially", "inner", "insert",
    "instead", "intersect", "into", "is", "isnull", "join", "key", "last", "left", "like", "limit",
    "match", "materialized", "natural", "no", "not", "nothing", "notnull", "null", "nulls", "of",
    "offset", "on", "or", "order", "others", "outer", "over", "partition", "plan", "pragma",
    "preceding", "primary", "query", "raise", "range", "recursive", "references", "regexp",
    "reindex", "release", "rename", "replace", "restrict", "returning", "right", "rollback", "row",
    "rows", "savepoint", "select", "set", "table", "temp", "temporary", "then", "ties", "to",
    "transaction", "trigger", "unbounded", "union", "unique", "update", "using", "vacuum", "values",
    "view", "virtual", "when", "where", "window", "with", "without",
];

//! SQLite.

use crate::ast::{DatePart, Interval};
use crate::schema::{KnownOptions, Schemas};
use crate::{
    Arrays, Capabilities, ComputedColumns, ConflictClause, EnumTypes, FullText, IndexHints, Indexes,
    InsertedKeys, JsonPaths, KeySource, LongIn, OwnTypes, Placeholder, Queries, TableFunctions, TryCast,
    ValuesForm, Views, WithBefore, Words, Writes,
};
use rebis_core::SqlType;

/// SQLite 3.35 or later.
///
/// A text that needs no quotes is written plainly, so that a statement reads as one would write it. There are no
/// row locks, since whoever writes has locked the file: `for_update()` is left out of the text.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
/// # fn main() -> rebis_core::Result<()> {
/// let stmt = select(User.id).filter(User.email.same("a@b.c")).limit(1);
/// assert_eq!(
///     stmt.to_sql(dialect::sqlite())?,
///     "SELECT users.id FROM users WHERE users.email IS ? LIMIT ?"
/// );
/// # Ok(())
/// # }
/// ```
pub fn sqlite() -> &'static Capabilities {
    &SQLITE
}

static SQLITE: Capabilities = Capabilities {
    name: "SQLite",
    kin: "SQLite",
    words: &["sqlite"],
    quote: '"',
    placeholder: Placeholder::Question,
    type_name,
    reserved: WORDS,
    max_binds: 32766,
    // Nothing travels: what still lies in the processor's cache is bound fastest.
    batch_bytes: 1 << 15,
    travels: false,
    boolean_words: false,
    returning: true,
    returning_update: true,
    json: JsonPaths::Arrow,
    writes: Writes {
        conflict_clause: ConflictClause::OnConflict {
            constraints: false,
            any_updates: true,
            after_where: true,
        },
        default_word: false,
        ..Writes::STANDARD
    },
    keys: KeySource::Highest,
    draw_keys: |_| String::new(),
    // A trigger may insert into the same table in between.
    inserted_keys: InsertedKeys::Following {
        unless: "SELECT 1 FROM sqlite_schema WHERE type = 'trigger' \
                 UNION ALL SELECT 1 FROM sqlite_temp_schema WHERE type = 'trigger' LIMIT 1",
    },
    key_parameters: false,
    whole_division: " / ",
    aggregate_filter: true,
    nulls_order: true,
    ilike: false,
    like_ends_at_nul: true,
    same: "IS",
    not_same: "IS NOT",
    long_in: LongIn::JsonEach,
    in_limit: 500,
    offset_needs_limit: Some("-1"),
    deletes_own_parent: true,
    alter_add_constraint: false,
    // The driver's `busy_timeout` says it.
    lock_limit: |_| (Vec::new(), Vec::new()),
    transactional_ddl: true,
    generated_key: "",
    identity: false,
    first_key: None,
    generated_key_type: Some("INTEGER"),
    generated_key_inline: true,
    indexes: Indexes { partial: true, include: false, expressions: true },
    computed: ComputedColumns { on_read: true, not_null: true },
    comments: false,
    row_locks: false,
    share_lock: " FOR SHARE",
    queries: QUERIES,
    concat_operator: true,
    begin: "BEGIN",
    begin_write: "BEGIN IMMEDIATE",
    list_tables: "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name",
    list_tables_of: "SELECT name FROM {name}.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name",
    schemas: &[],
    schemas_are_files: true,
    schemas_made: Schemas::Attached,
    backslash_escapes: false,
    bytes_literal: ["x'", "'"],
    types: OwnTypes { decimals: false, uuids: false, arrays: Arrays::Each, intervals: false, ranges: false },
    instant_zone: "+00:00",
    default_values: "DEFAULT VALUES",
    functions: &[
        // It has them only where it was built with them.
        ("exp", ""),
        ("ln", ""),
        ("power", ""),
        ("sqrt", ""),
        ("greatest", "max"),
        ("json_agg", "json_group_array"),
        ("least", "min"),
        ("string_agg", "group_concat"),
    ],
    cast_name,
    enum_types: EnumTypes::None,
    next_number: None,
    key_type_name: |_| None,
    table_suffix: "",
    explain: super::plans::SQLITE,
    views: Views {
        list: "SELECT name FROM {schema}.sqlite_schema WHERE type = 'view'",
        here: "main",
        or_replace: false,
        materialized: false,
    },
    table_options: KnownOptions { strict: true, ..KnownOptions::NONE },
    strict_type,
    exclusions: false,
};

const QUERIES: Queries = Queries {
    key_locks: false,
    lock_of: true,
    with_before_writes: WithBefore::All,
    writes_in_with: false,
    materialized: true,
    lateral: false,
    full_join: true,
    values: ValuesForm::Numbered,
    table_functions: TableFunctions::Plain,
    table_sample: false,
    distinct_on: false,
    with_ties: false,
    set_all: false,
    groupings: false,
    frame_groups: true,
    within_group: false,
    aggregate_order: true,
    separator_clause: false,
    quantified: false,
    regex: "",
    replace_regex: None,
    index_hints: IndexHints::One,
    try_cast: TryCast::Characters,
    seconds: ["(", " / 1e6)"],
    full_text: FullText::Match,
    extract,
    shift,
    moved,
    elapsed,
    elapsed_from_first: false,
    days_between: ["CAST(julianday(date(", ")) - julianday(date(", ")) AS INTEGER)"],
};

fn extract(part: DatePart) -> [&'static str; 2] {
    match part {
        DatePart::Year => ["CAST(strftime('%Y', ", ") AS INTEGER)"],
        DatePart::Quarter => ["((CAST(strftime('%m', ", ") AS INTEGER) + 2) / 3)"],
        DatePart::Month => ["CAST(strftime('%m', ", ") AS INTEGER)"],
        DatePart::Day => ["CAST(strftime('%d', ", ") AS INTEGER)"],
        DatePart::DayOfYear => ["CAST(strftime('%j', ", ") AS INTEGER)"],
        DatePart::DayOfWeek => ["CAST(strftime('%w', ", ") AS INTEGER)"],
        DatePart::Hour => ["CAST(strftime('%H', ", ") AS INTEGER)"],
        DatePart::Minute => ["CAST(strftime('%M', ", ") AS INTEGER)"],
        DatePart::Second => ["CAST(strftime('%S', ", ") AS INTEGER)"],
        DatePart::Epoch => ["CAST(strftime('%s', ", ") AS INTEGER)"],
    }
}

/// Texts of the same form, so that their order is theirs in time.
fn shift(by: Interval, to: &SqlType) -> [String; 2] {
    let form = form(to);
    let mut behind = String::new();
    for (count, unit) in super::parts_of(by) {
        // Without `floor` the 31st of a month of 30 days would be the first of the next.
        let rest = if unit == "month" { ", 'floor'" } else { "" };
        behind += &format!(", '{count:+} {unit}'{rest}");
    }
    [format!("strftime('{form}', "), behind + ")"]
}

/// The form of a date or time of a type. The fraction has three digits that count.
fn form(to: &SqlType) -> &'static str {
    match to {
        SqlType::Date => "%Y-%m-%d",
        SqlType::Time => "%H:%M:%f000",
        SqlType::Instant => "%Y-%m-%d %H:%M:%f000+00:00",
        _ => "%Y-%m-%d %H:%M:%f000",
    }
}

fn moved(back: bool, to: &SqlType) -> [String; 3] {
    let by = if back { "-1000000.0" } else { "1000000.0" };
    [format!("strftime('{}', ", form(to)), ", (".into(), format!(" / {by}) || ' seconds')")]
}

/// Days as a float, which tells milliseconds and no less.
fn elapsed(_of: &SqlType) -> [String; 3] {
    ["(CAST(round((julianday(", ") - julianday(", ")) * 86400000.0) AS INTEGER) * 1000)"].map(str::to_owned)
}

fn type_name(sql_type: &SqlType) -> String {
    match sql_type {
        SqlType::Bool => "BOOLEAN".into(),
        SqlType::I16 | SqlType::I32 | SqlType::I64 | SqlType::Interval => "INTEGER".into(),
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

/// A strict table knows the names of what SQLite keeps, and no others.
fn strict_type(sql_type: &SqlType) -> String {
    match sql_type {
        SqlType::Text { .. } => "TEXT".into(),
        other => cast_name(other),
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
const WORDS: Words = Words::new(&[
    "abort",
    "action",
    "add",
    "after",
    "all",
    "alter",
    "always",
    "analyze",
    "and",
    "as",
    "asc",
    "attach",
    "autoincrement",
    "before",
    "begin",
    "between",
    "by",
    "cascade",
    "case",
    "cast",
    "check",
    "collate",
    "column",
    "commit",
    "conflict",
    "constraint",
    "create",
    "cross",
    "current",
    "current_date",
    "current_time",
    "current_timestamp",
    "database",
    "default",
    "deferrable",
    "deferred",
    "delete",
    "desc",
    "detach",
    "distinct",
    "do",
    "drop",
    "each",
    "else",
    "end",
    "escape",
    "except",
    "exclude",
    "exclusive",
    "exists",
    "explain",
    "fail",
    "filter",
    "first",
    "following",
    "for",
    "foreign",
    "from",
    "full",
    "generated",
    "glob",
    "group",
    "groups",
    "having",
    "if",
    "ignore",
    "immediate",
    "in",
    "index",
    "indexed",
    "initially",
    "inner",
    "insert",
    "instead",
    "intersect",
    "into",
    "is",
    "isnull",
    "join",
    "key",
    "last",
    "left",
    "like",
    "limit",
    "match",
    "materialized",
    "natural",
    "no",
    "not",
    "nothing",
    "notnull",
    "null",
    "nulls",
    "of",
    "offset",
    "on",
    "or",
    "order",
    "others",
    "outer",
    "over",
    "partition",
    "plan",
    "pragma",
    "preceding",
    "primary",
    "query",
    "raise",
    "range",
    "recursive",
    "references",
    "regexp",
    "reindex",
    "release",
    "rename",
    "replace",
    "restrict",
    "returning",
    "right",
    "rollback",
    "row",
    "rows",
    "savepoint",
    "select",
    "set",
    "table",
    "temp",
    "temporary",
    "then",
    "ties",
    "to",
    "transaction",
    "trigger",
    "unbounded",
    "union",
    "unique",
    "update",
    "using",
    "vacuum",
    "values",
    "view",
    "virtual",
    "when",
    "where",
    "window",
    "with",
    "without",
]);

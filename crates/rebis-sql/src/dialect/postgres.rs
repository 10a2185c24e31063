//! PostgreSQL.

use crate::ast::{DatePart, Interval};
use crate::render::push_ident;
use crate::schema::KnownOptions;
use crate::{
    Capabilities, ConflictClause, EnumTypes, FullText, InsertedKeys, Joined, JsonPaths, KeySource, LongIn,
    Placeholder, TryCast, Views, Words,
};
use rebis_core::SqlType;
use std::time::Duration;

/// PostgreSQL 12 or later.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
/// # fn main() -> rebis_core::Result<()> {
/// let stmt = select(User.id).filter(User.email.same("a@b.c")).limit(1);
/// assert_eq!(
///     stmt.to_sql(dialect::postgres())?,
///     "SELECT users.id FROM users WHERE users.email IS NOT DISTINCT FROM $1 LIMIT $2"
/// );
/// # Ok(())
/// # }
/// ```
pub fn postgres() -> &'static Capabilities {
    &POSTGRES
}

static POSTGRES: Capabilities = {
    let mut caps = Capabilities::standard("PostgreSQL");
    caps.words = &["postgres"];
    caps.placeholder = Placeholder::Dollar;
    caps.keys = KeySource::Sequence;
    caps.draw_keys = draw_keys;
    caps.inserted_keys = InsertedKeys::Returned;
    caps.batch_bytes = 16 << 20;
    caps.ilike = true;
    caps.long_in = LongIn::Array;
    caps.in_limit = 500;
    caps.json = JsonPaths::Keys;
    caps.writes.returning_others = true;
    caps.writes.conflict_clause =
        ConflictClause::OnConflict { constraints: true, any_updates: false, after_where: false };
    caps.writes.delete_joined = Joined::Clause;
    caps.transactional_ddl = true;
    caps.lock_limit = lock_limit;
    caps.comments = true;
    caps.types.ranges = true;
    caps.indexes.partial = true;
    caps.indexes.include = true;
    caps.type_name = own_type_name;
    caps.cast_name = own_type_name;
    caps.enum_types = EnumTypes::Named;
    caps.next_number = Some(|sequence| format!("nextval('{}')", sequence.replace('\'', "''")));
    caps.explain = super::plans::POSTGRES;
    caps.views = Views {
        list: "SELECT table_name FROM information_schema.views WHERE table_schema = {schema} \
               UNION ALL SELECT matviewname FROM pg_matviews WHERE schemaname = {schema}",
        materialized: true,
        ..Views::STANDARD
    };
    caps.table_options = KnownOptions { storage: true, ..KnownOptions::NONE };
    caps.exclusions = true;
    caps.queries.key_locks = true;
    caps.queries.writes_in_with = true;
    caps.queries.materialized = true;
    caps.queries.table_sample = true;
    caps.queries.distinct_on = true;
    caps.queries.regex = " ~ ";
    caps.queries.replace_regex = Some(", 'g')");
    caps.queries.try_cast = TryCast::Pattern("$");
    caps.queries.full_text = FullText::Vectors;
    caps.functions =
        &[("json", "to_jsonb"), ("json_each", "jsonb_each"), ("json_object", "json_build_object")];
    caps.bytes_literal = ["'\\x", "'::bytea"];
    caps.list_tables = "SELECT table_name FROM information_schema.tables \
                        WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' ORDER BY table_name";
    caps
};

/// Ends with the transaction.
fn lock_limit(most: Duration) -> (Vec<String>, Vec<String>) {
    let text = format!(
        "SELECT set_config('lock_timeout', '{}', true) WHERE current_setting('lock_timeout') = '0'",
        most.as_millis().clamp(1, i32::MAX as u128)
    );
    (vec![text], Vec::new())
}

/// The sequences are looked up once, not for each key.
fn draw_keys(tables: &[(&str, &str)]) -> String {
    let literal = |text: &str| format!("'{}'", text.replace('\'', "''"));
    let sequence = |(at, (table, column)): (usize, &(&str, &str))| {
        let (table, column) = (literal(table), literal(column));
        format!("CAST(pg_get_serial_sequence({table}, {column}) AS regclass) AS s{at}")
    };
    let draw = |at: usize| {
        let count = format!("generate_series(1, CAST(${} AS BIGINT))", at + 1);
        format!("SELECT {at}, nextval(s{at}) FROM s, {count}")
    };
    let sequences: Vec<String> = tables.iter().enumerate().map(sequence).collect();
    let draws: Vec<String> = (0..tables.len()).map(draw).collect();
    format!("WITH s AS MATERIALIZED (SELECT {}) {}", sequences.join(", "), draws.join(" UNION ALL "))
}

/// With the enums that have a type of their own, which go by its name.
fn own_type_name(sql_type: &SqlType) -> String {
    match sql_type {
        SqlType::Enum { name, native: true, .. } => {
            let mut out = String::new();
            push_ident(&mut out, name, &POSTGRES);
            out
        }
        SqlType::Array(of) => own_type_name(of) + "[]",
        other => type_name(other),
    }
}

pub(crate) fn extract(part: DatePart) -> [&'static str; 2] {
    let before = match part {
        DatePart::Year => "CAST(extract(year FROM ",
        DatePart::Quarter => "CAST(extract(quarter FROM ",
        DatePart::Month => "CAST(extract(month FROM ",
        DatePart::Day => "CAST(extract(day FROM ",
        DatePart::DayOfYear => "CAST(extract(doy FROM ",
        DatePart::DayOfWeek => "CAST(extract(dow FROM ",
        DatePart::Hour => "CAST(extract(hour FROM ",
        DatePart::Minute => "CAST(extract(minute FROM ",
        DatePart::Second => "CAST(floor(extract(second FROM ",
        DatePart::Epoch => "CAST(floor(extract(epoch FROM ",
    };
    [before, if before.starts_with("CAST(floor") { ")) AS BIGINT)" } else { ") AS BIGINT)" }]
}

/// A sum with an interval is a timestamp, even of a date.
pub(crate) fn shift(by: Interval, to: &SqlType) -> [String; 2] {
    let parts: Vec<String> = super::parts_of(by).map(|(count, unit)| format!("{count} {unit}")).collect();
    let by = if parts.is_empty() { "0 day".to_owned() } else { parts.join(" ") };
    ["CAST(".into(), format!(" + INTERVAL '{by}' AS {})", type_name(to))]
}

pub(crate) fn moved(back: bool, to: &SqlType) -> [String; 3] {
    let sign = if back { " - " } else { " + " };
    ["CAST((".into(), format!("){sign}"), format!(" AS {})", type_name(to))]
}

/// Two dates have a number of days between them, two timestamps an interval.
pub(crate) fn elapsed(of: &SqlType) -> [String; 3] {
    match of {
        SqlType::Date => ["(CAST(", " AS TIMESTAMP) - CAST(", " AS TIMESTAMP))"].map(str::to_owned),
        _ => ["((", ") - (", "))"].map(str::to_owned),
    }
}

pub(crate) fn type_name(sql_type: &SqlType) -> String {
    match sql_type {
        SqlType::Bool => "BOOLEAN".into(),
        SqlType::I16 => "SMALLINT".into(),
        SqlType::I32 => "INTEGER".into(),
        SqlType::I64 => "BIGINT".into(),
        SqlType::F32 => "REAL".into(),
        SqlType::F64 => "DOUBLE PRECISION".into(),
        SqlType::Text { length: Some(n) } => format!("VARCHAR({n})"),
        SqlType::Bytes => "BYTEA".into(),
        SqlType::Uuid => "UUID".into(),
        SqlType::Date => "DATE".into(),
        SqlType::Time => "TIME".into(),
        SqlType::Timestamp => "TIMESTAMP".into(),
        SqlType::Instant => "TIMESTAMP WITH TIME ZONE".into(),
        SqlType::Decimal { precision: Some((digits, scale)) } => format!("NUMERIC({digits}, {scale})"),
        SqlType::Decimal { precision: None } => "NUMERIC".into(),
        SqlType::Json => "JSONB".into(),
        SqlType::Interval => "INTERVAL".into(),
        SqlType::Inet => "INET".into(),
        SqlType::Cidr => "CIDR".into(),
        SqlType::Array(of) => type_name(of) + "[]",
        SqlType::Range(of) => range_name(of).into(),
        _ => "TEXT".into(),
    }
}

fn range_name(of: &SqlType) -> &'static str {
    match of {
        SqlType::I16 | SqlType::I32 => "INT4RANGE",
        SqlType::I64 => "INT8RANGE",
        SqlType::Date => "DATERANGE",
        SqlType::Timestamp => "TSRANGE",
        SqlType::Instant => "TSTZRANGE",
        _ => "NUMRANGE",
    }
}

/// Reserved words, <https://www.postgresql.org/docs/current/sql-keywords-appendix.html>.
pub(crate) const WORDS: Words = Words::new(&[
    "all",
    "analyse",
    "analyze",
    "and",
    "any",
    "array",
    "as",
    "asc",
    "asymmetric",
    "authorization",
    "between",
    "binary",
    "both",
    "case",
    "cast",
    "check",
    "collate",
    "collation",
    "column",
    "concurrently",
    "constraint",
    "create",
    "cross",
    "current_catalog",
    "current_date",
    "current_role",
    "current_schema",
    "current_time",
    "current_timestamp",
    "current_user",
    "default",
    "deferrable",
    "delete",
    "desc",
    "distinct",
    "do",
    "else",
    "end",
    "except",
    "exists",
    "false",
    "fetch",
    "for",
    "foreign",
    "freeze",
    "from",
    "full",
    "grant",
    "group",
    "having",
    "ilike",
    "in",
    "initially",
    "inner",
    "insert",
    "intersect",
    "into",
    "is",
    "isnull",
    "join",
    "lateral",
    "leading",
    "left",
    "like",
    "limit",
    "localtime",
    "localtimestamp",
    "natural",
    "not",
    "notnull",
    "null",
    "offset",
    "on",
    "only",
    "or",
    "order",
    "outer",
    "overlaps",
    "placing",
    "primary",
    "references",
    "returning",
    "right",
    "select",
    "session_user",
    "set",
    "similar",
    "some",
    "symmetric",
    "system_user",
    "table",
    "tablesample",
    "then",
    "to",
    "trailing",
    "true",
    "union",
    "unique",
    "update",
    "user",
    "using",
    "values",
    "variadic",
    "verbose",
    "when",
    "where",
    "window",
    "with",
]);

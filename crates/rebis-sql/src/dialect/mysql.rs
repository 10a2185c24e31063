//! MySQL and MariaDB.

use crate::ast::{DatePart, Interval};
use crate::schema::{KnownOptions, Schemas};
use crate::{
    Arrays, Capabilities, ComputedColumns, ConflictClause, EnumTypes, FullText, IndexHints, InsertedKeys,
    Joined, JsonPaths, LongIn, OwnTypes, Placeholder, Queries, TableFunctions, TryCast, ValuesForm, Views,
    WithBefore, Words, Writes,
};
use rebis_core::SqlType;
use std::time::Duration;

/// MySQL 8.0.17 or later, and what MariaDB understands as well.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
/// # fn main() -> rebis_core::Result<()> {
/// let stmt = select(User.id).filter(User.email.same("a@b.c")).limit(1);
/// assert_eq!(
///     stmt.to_sql(dialect::mysql())?,
///     "SELECT users.id FROM users WHERE users.email <=> ? LIMIT ?"
/// );
/// # Ok(())
/// # }
/// ```
pub fn mysql() -> &'static Capabilities {
    &MYSQL
}

/// MariaDB 10.6 or later. It has `RETURNING` on INSERT and DELETE, but not on UPDATE.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
/// # fn main() -> rebis_core::Result<()> {
/// let delete = User.delete().filter(User.id.eq(5)).returning(User.name).ast().clone();
/// assert_eq!(
///     render::render(&delete, dialect::mariadb())?.sql,
///     "DELETE FROM users WHERE id = ? RETURNING name"
/// );
/// let error = render::render(&delete, dialect::mysql()).expect_err("MySQL has no RETURNING");
/// assert_eq!(error.kind(), rebis_core::ErrorKind::Unsupported);
/// # Ok(())
/// # }
/// ```
pub fn mariadb() -> &'static Capabilities {
    &MARIADB
}

static MYSQL: Capabilities = family("MySQL");

static MARIADB: Capabilities = {
    let mut caps = family("MariaDB");
    caps.words = &["mariadb", "mysql"];
    caps.returning = true;
    caps.explain = super::plans::MARIADB;
    caps.indexes.expressions = false;
    caps.share_lock = " LOCK IN SHARE MODE";
    caps.table_suffix = " DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin";
    caps.next_number = Some(|sequence| format!("nextval({sequence})"));
    caps.queries.lock_of = false;
    caps.queries.with_before_writes = WithBefore::None;
    caps.queries.lateral = false;
    caps.queries.with_ties = true;
    caps.queries.aggregate_order = true;
    caps
};

const fn family(name: &'static str) -> Capabilities {
    let mut caps = of_statements(name);
    caps.views = Views { here: "database()", ..Views::STANDARD };
    caps.schemas_made = Schemas::Databases;
    caps.table_options = KnownOptions { engine: true, ..KnownOptions::NONE };
    caps
}

const fn of_statements(name: &'static str) -> Capabilities {
    Capabilities {
        kin: "MySQL",
        words: &["mysql"],
        quote: '`',
        placeholder: Placeholder::Question,
        type_name,
        reserved: WORDS,
        returning: false,
        returning_update: false,
        json: JsonPaths::Extract,
        writes: WRITES,
        inserted_keys: InsertedKeys::Range,
        key_parameters: true,
        whole_division: " DIV ",
        aggregate_filter: false,
        nulls_order: false,
        ilike: false,
        like_ends_at_nul: false,
        same: "<=>",
        not_same: "",
        long_in: LongIn::Literals,
        in_limit: 1000,
        offset_needs_limit: Some("18446744073709551615"),
        deletes_own_parent: false,
        alter_add_constraint: true,
        lock_limit,
        transactional_ddl: false,
        generated_key: "AUTO_INCREMENT",
        identity: false,
        first_key: Some("AUTO_INCREMENT = "),
        generated_key_type: None,
        generated_key_inline: false,
        // MySQL takes NOT NULL, MariaDB does not.
        computed: ComputedColumns { on_read: true, not_null: false },
        comments: false,
        row_locks: true,
        share_lock: " FOR SHARE",
        queries: QUERIES,
        concat_operator: false,
        begin: "START TRANSACTION",
        begin_write: "START TRANSACTION",
        list_tables: "SELECT table_name FROM information_schema.tables \
                      WHERE table_schema = database() AND table_type = 'BASE TABLE' ORDER BY table_name",
        backslash_escapes: true,
        bytes_literal: ["x'", "'"],
        types: TYPES,
        // MariaDB knows no zones in literals; the driver's connections are in UTC.
        instant_zone: "",
        default_values: "() VALUES ()",
        functions: FUNCTIONS,
        cast_name,
        enum_types: EnumTypes::InColumn,
        key_type_name,
        table_suffix: TABLE_SUFFIX,
        explain: super::plans::MYSQL,
        ..Capabilities::standard(name)
    }
}

/// Texts are compared as elsewhere, by their characters, blanks at the end too; the collations of servers know no case.
/// Such a collation has another name in each: the other server takes it for a comment.
const TABLE_SUFFIX: &str = " DEFAULT CHARACTER SET utf8mb4 /*!80017 COLLATE utf8mb4_0900_bin */ \
                            /*M! COLLATE utf8mb4_nopad_bin */";

/// Whole seconds, one at least; without it a day.
fn lock_limit(most: Duration) -> (Vec<String>, Vec<String>) {
    let seconds = most.as_secs().max(1);
    let limit = format!(
        "SET @rebis_lock_wait = @@SESSION.lock_wait_timeout, \
         SESSION lock_wait_timeout = LEAST(@@SESSION.lock_wait_timeout, {seconds})"
    );
    (vec![limit], vec!["SET SESSION lock_wait_timeout = @rebis_lock_wait".to_owned()])
}

const WRITES: Writes = Writes {
    conflict_clause: ConflictClause::OnDuplicateKey,
    update_joined: Joined::Listed,
    delete_joined: Joined::Listed,
    limited: true,
    set_rows: false,
    sets_in_order: true,
    made_keys: Some(["last_insert_id()", "@@auto_increment_increment"]),
    ..Writes::STANDARD
};

const FUNCTIONS: &[(&str, &str)] = &[
    // A document that a subquery gives is one here; a function that changes nothing.
    ("json", "coalesce"),
    ("json_agg", "json_arrayagg"),
    ("length", "char_length"),
    ("random", "rand"),
    ("string_agg", "group_concat"),
];

const QUERIES: Queries = Queries {
    key_locks: false,
    lock_of: true,
    with_before_writes: WithBefore::Changes,
    writes_in_with: false,
    materialized: false,
    lateral: true,
    full_join: false,
    values: ValuesForm::Union,
    table_functions: TableFunctions::None,
    table_sample: false,
    distinct_on: false,
    with_ties: false,
    set_all: true,
    groupings: false,
    frame_groups: false,
    within_group: false,
    aggregate_order: false,
    separator_clause: true,
    quantified: true,
    regex: " REGEXP ",
    replace_regex: Some(")"),
    index_hints: IndexHints::Lists,
    try_cast: TryCast::Pattern("\\z"),
    seconds: ["(", " / 1e6)"],
    full_text: FullText::Against,
    extract,
    shift,
    moved,
    elapsed,
    elapsed_from_first: true,
    days_between: ["datediff(", ", ", ")"],
};

const TYPES: OwnTypes =
    OwnTypes { decimals: true, uuids: false, arrays: Arrays::Table, intervals: false, ranges: false };

fn extract(part: DatePart) -> [&'static str; 2] {
    match part {
        DatePart::Year => ["extract(YEAR FROM ", ")"],
        DatePart::Quarter => ["extract(QUARTER FROM ", ")"],
        DatePart::Month => ["extract(MONTH FROM ", ")"],
        DatePart::Day => ["extract(DAY FROM ", ")"],
        DatePart::DayOfYear => ["dayofyear(", ")"],
        DatePart::DayOfWeek => ["(dayofweek(", ") - 1)"],
        DatePart::Hour => ["extract(HOUR FROM ", ")"],
        DatePart::Minute => ["extract(MINUTE FROM ", ")"],
        DatePart::Second => ["extract(SECOND FROM ", ")"],
        DatePart::Epoch => ["timestampdiff(SECOND, '1970-01-01', ", ")"],
    }
}

fn shift(by: Interval, _to: &SqlType) -> [String; 2] {
    let parts: Vec<_> = super::parts_of(by).collect();
    let before = "date_add(".repeat(parts.len());
    let behind = parts.iter().map(|(count, unit)| format!(", INTERVAL {count} {})", unit.to_uppercase()));
    [before, behind.collect()]
}

/// Microseconds make a timestamp of a date.
fn moved(back: bool, to: &SqlType) -> [String; 3] {
    let call = if back { "date_sub(" } else { "date_add(" };
    match to {
        SqlType::Date => [format!("date({call}"), ", INTERVAL ".into(), " MICROSECOND))".into()],
        _ => [call.into(), ", INTERVAL ".into(), " MICROSECOND)".into()],
    }
}

/// A time of day needs a day.
fn elapsed(of: &SqlType) -> [String; 3] {
    let parts = match of {
        SqlType::Time => {
            ["timestampdiff(MICROSECOND, timestamp('2000-01-01', ", "), timestamp('2000-01-01', ", "))"]
        }
        _ => ["timestampdiff(MICROSECOND, ", ", ", ")"],
    };
    parts.map(str::to_owned)
}

fn type_name(sql_type: &SqlType) -> String {
    match sql_type {
        SqlType::Bool => "BOOLEAN".into(),
        SqlType::I16 => "SMALLINT".into(),
        SqlType::I32 => "INT".into(),
        SqlType::I64 => "BIGINT".into(),
        SqlType::F32 => "FLOAT".into(),
        SqlType::F64 => "DOUBLE".into(),
        SqlType::Text { length: Some(n) } => format!("VARCHAR({n})"),
        SqlType::Bytes => "LONGBLOB".into(),
        SqlType::Uuid => "BINARY(16)".into(),
        SqlType::Date => "DATE".into(),
        SqlType::Time => "TIME(6)".into(),
        SqlType::Timestamp => "DATETIME(6)".into(),
        SqlType::Instant => "TIMESTAMP(6)".into(),
        SqlType::Decimal { precision: Some((digits, scale)) } => format!("DECIMAL({digits}, {scale})"),
        SqlType::Decimal { precision: None } => "DECIMAL(38, 10)".into(),
        SqlType::Json | SqlType::Array(_) => "JSON".into(),
        SqlType::Interval => "BIGINT".into(),
        // The longest text that an address, a network and a range have.
        SqlType::Inet | SqlType::Cidr => "VARCHAR(49)".into(),
        SqlType::Range(_) => "VARCHAR(100)".into(),
        // A text without a length could have neither index nor default.
        SqlType::Enum { name: _, variants, native: true } => {
            let literal = |v: &&str| format!("'{}'", v.replace('\\', "\\\\").replace('\'', "''"));
            format!("ENUM ({})", variants.iter().map(literal).collect::<Vec<_>>().join(", "))
        }
        SqlType::Enum { name: _, variants, native: false } => {
            format!("VARCHAR({})", variants.iter().map(|v| v.chars().count()).max().unwrap_or(1).max(1))
        }
        // `TEXT` alone would end at 64 KiB.
        _ => "LONGTEXT".into(),
    }
}

/// The longest key has 3072 bytes; a text has up to four a character.
fn key_type_name(sql_type: &SqlType) -> Option<&'static str> {
    match sql_type {
        SqlType::Text { length: None } => Some("VARCHAR(255)"),
        SqlType::Bytes => Some("VARBINARY(255)"),
        _ => None,
    }
}

/// `CAST` has a short list of types of its own.
fn cast_name(sql_type: &SqlType) -> String {
    match sql_type {
        SqlType::Bool | SqlType::I16 | SqlType::I32 | SqlType::I64 | SqlType::Interval => "SIGNED".into(),
        SqlType::Text { length: Some(n) } => format!("CHAR({n})"),
        SqlType::Text { length: None } | SqlType::Enum { .. } => "CHAR".into(),
        SqlType::Inet | SqlType::Cidr | SqlType::Range(_) => "CHAR".into(),
        SqlType::Bytes => "BINARY".into(),
        SqlType::Timestamp | SqlType::Instant => "DATETIME(6)".into(),
        other => type_name(other),
    }
}

/// Reserved words, <https://dev.mysql.com/doc/refman/8.4/en/keywords.html>, with MariaDB's.
const WORDS: Words = Words::new(&[
    "accessible",
    "add",
    "all",
    "alter",
    "analyze",
    "and",
    "as",
    "asc",
    "asensitive",
    "before",
    "between",
    "bigint",
    "binary",
    "blob",
    "both",
    "by",
    "call",
    "cascade",
    "case",
    "change",
    "char",
    "character",
    "check",
    "collate",
    "column",
    "condition",
    "constraint",
    "continue",
    "convert",
    "create",
    "cross",
    "cube",
    "cume_dist",
    "current_date",
    "current_time",
    "current_timestamp",
    "current_user",
    "cursor",
    "database",
    "databases",
    "day_hour",
    "day_microsecond",
    "day_minute",
    "day_second",
    "dec",
    "decimal",
    "declare",
    "default",
    "delayed",
    "delete",
    "dense_rank",
    "desc",
    "describe",
    "deterministic",
    "distinct",
    "distinctrow",
    "div",
    "double",
    "drop",
    "dual",
    "each",
    "else",
    "elseif",
    "empty",
    "enclosed",
    "escaped",
    "except",
    "exists",
    "exit",
    "explain",
    "false",
    "fetch",
    "first_value",
    "float",
    "float4",
    "float8",
    "for",
    "force",
    "foreign",
    "from",
    "fulltext",
    "function",
    "general",
    "generated",
    "get",
    "grant",
    "group",
    "grouping",
    "groups",
    "having",
    "high_priority",
    "hour_microsecond",
    "hour_minute",
    "hour_second",
    "if",
    "ignore",
    "in",
    "index",
    "infile",
    "inner",
    "inout",
    "insensitive",
    "insert",
    "int",
    "int1",
    "int2",
    "int3",
    "int4",
    "int8",
    "integer",
    "intersect",
    "interval",
    "into",
    "io_after_gtids",
    "io_before_gtids",
    "is",
    "iterate",
    "join",
    "json_table",
    "key",
    "keys",
    "kill",
    "lag",
    "last_value",
    "lateral",
    "lead",
    "leading",
    "leave",
    "left",
    "like",
    "limit",
    "linear",
    "lines",
    "load",
    "localtime",
    "localtimestamp",
    "lock",
    "long",
    "longblob",
    "longtext",
    "loop",
    "low_priority",
    "manual",
    "master_bind",
    "master_ssl_verify_server_cert",
    "match",
    "maxvalue",
    "mediumblob",
    "mediumint",
    "mediumtext",
    "middleint",
    "minute_microsecond",
    "minute_second",
    "mod",
    "modifies",
    "natural",
    "no_write_to_binlog",
    "not",
    "nth_value",
    "ntile",
    "null",
    "numeric",
    "of",
    "offset",
    "on",
    "optimize",
    "optimizer_costs",
    "option",
    "optionally",
    "or",
    "order",
    "out",
    "outer",
    "outfile",
    "over",
    "parallel",
    "partition",
    "percent_rank",
    "precision",
    "primary",
    "procedure",
    "purge",
    "qualify",
    "range",
    "rank",
    "read",
    "read_write",
    "reads",
    "real",
    "recursive",
    "references",
    "regexp",
    "release",
    "rename",
    "repeat",
    "replace",
    "require",
    "resignal",
    "restrict",
    "return",
    "returning",
    "revoke",
    "right",
    "rlike",
    "row",
    "row_number",
    "rows",
    "schema",
    "schemas",
    "second_microsecond",
    "select",
    "sensitive",
    "separator",
    "set",
    "show",
    "signal",
    "smallint",
    "spatial",
    "specific",
    "sql",
    "sql_big_result",
    "sql_calc_found_rows",
    "sql_small_result",
    "sqlexception",
    "sqlstate",
    "sqlwarning",
    "ssl",
    "starting",
    "stored",
    "straight_join",
    "system",
    "table",
    "tablesample",
    "terminated",
    "then",
    "tinyblob",
    "tinyint",
    "tinytext",
    "to",
    "trailing",
    "trigger",
    "true",
    "undo",
    "union",
    "unique",
    "unlock",
    "unsigned",
    "update",
    "usage",
    "use",
    "using",
    "utc_date",
    "utc_time",
    "utc_timestamp",
    "values",
    "varbinary",
    "varchar",
    "varcharacter",
    "varying",
    "virtual",
    "when",
    "where",
    "while",
    "window",
    "with",
    "write",
    "xor",
    "year_month",
    "zerofill",
]);

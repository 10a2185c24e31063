//! MySQL and MariaDB.

use crate::{Capabilities, KeySource, LongIn, Placeholder};
use rebis_core::SqlType;

/// MySQL 8.0.31 or later.
pub fn mysql() -> &'static Capabilities {
    &MYSQL
}

/// MariaDB 10.6 or later. `RETURNING` of UPDATE is not there, so nothing here relies on it.
pub fn mariadb() -> &'static Capabilities {
    &MARIADB
}

static MYSQL: Capabilities = family("MySQL");

static MARIADB: Capabilities = family("MariaDB");

const fn family(name: &'static str) -> Capabilities {
    Capabilities {
        name,
        quote: '`',
        placeholder: Placeholder::Question,
        type_name,
        reserved: WORDS,
        max_binds: 65535,
        boolean_words: true,
        returning: false,
        keys: KeySource::None,
        nulls_order: false,
        ilike: false,
        same: "<=>",
        not_same: "",
        long_in: LongIn::Literals,
        in_limit: 1000,
        offset_needs_limit: Some("18446744073709551615"),
        alter_add_constraint: true,
        transactional_ddl: false,
        generated_key: "AUTO_INCREMENT",
        generated_key_type: None,
        generated_key_inline: false,
        comments: false,
        row_locks: true,
        concat_operator: false,
        begin: "START TRANSACTION",
        begin_write: "START TRANSACTION",
        list_tables: "SELECT table_name FROM information_schema.tables \
                      WHERE table_schema = database() AND table_type = 'BASE TABLE' ORDER BY table_name",
        backslash_escapes: true,
        bytes_literal: ["x'", "'"],
        native_uuid: false,
        default_values: "() VALUES ()",
        functions: &[("length", "char_length"), ("random", "rand")],
        cast_name,
        table_suffix: "",
    }
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
        SqlType::Json => "JSON".into(),
        // A text without a length could have neither index nor default.
        SqlType::Enum { name: _, variants } => {
            format!("VARCHAR({})", variants.iter().map(|v| v.chars().count()).max().unwrap_or(1).max(1))
        }
        _ => "TEXT".into(),
    }
}

/// `CAST` has a short list of types of its own.
fn cast_name(sql_type: &SqlType) -> String {
    match sql_type {
        SqlType::Bool | SqlType::I16 | SqlType::I32 | SqlType::I64 => "SIGNED".into(),
        SqlType::Text { length: Some(n) } => format!("CHAR({n})"),
        SqlType::Text { length: None } | SqlType::Enum { .. } => "CHAR".into(),
        SqlType::Bytes => "BINARY".into(),
        SqlType::Timestamp | SqlType::Instant => "DATETIME(6)".into(),
        other => type_name(other),
    }
}

/// Reserved words, <https://dev.mysql.com/doc/refman/8.4/en/keywords.html>, with MariaDB's.
const WORDS: &[&str] = &[
    "accessible", "add", "all", "alter", "analyze", "and", "as", "asc", "asensitive", "before",
    "between", "bigint", "binary", "blob", "both", "by", "call", "cascade", "case", "change",
    "char", "character", "check", "collate", "column", "condition", "constraint", "continue",
    "convert", "create", "cross", "cube", "cume_dist", "current_date", "current_time",
    "current_timestamp", "current_user", "cursor", "database", "databases", "day_hour",
    "day_microsecond", "day_minute", "day_second", "dec", "decimal", "declare", "default",
    "delayed", "delete", "dense_rank", "desc", "describe", "deterministic", "distinct",
    "distinctrow", "div", "double", "drop", "dual", "each", "else", "elseif", "empty", "enclosed",
    "escaped", "except", "exists", "exit", "explain", "false", "fetch", "first_value", "float",
    "float4", "float8", "for", "force", "foreign", "from", "fulltext", "function", "general",
    "generated", "get", "grant", "group", "grouping", "groups", "having", "high_priority",
    "hour_microsecond", "hour_minute", "hour_second", "if", "ignore", "in", "index", "infile",
    "inner", "inout", "insensitive", "insert", "int", "int1", "int2", "int3", "int4", "int8",
    "integer", "intersect", "interval", "into", "io_after_gtids", "io_before_gtids", "is",
    "iterate", "join", "json_table", "key", "keys", "kill", "lag", "last_value", "lateral", "lead",
    "leading", "leave", "left", "like", "limit", "linear", "lines", "load", "localtime",
    "localtimestamp", "lock", "long", "longblob", "longtext", "loop", "low_priority", "manual",
    "master_bind", "master_ssl_verify_server_cert", "match", "maxvalue", "mediumblob", "mediumint",
    "mediumtext", "middleint", "minute_microsecond", "minute_second", "mod", "modifies", "natural",
    "no_write_to_binlog", "not", "nth_value", "ntile", "null", "numeric", "of", "offset", "on",
    "optimize", "optimizer_costs", "option", "optionally", "or", "order", "out", "outer", "outfile",
    "over", "parallel", "partition", "percent_rank", "precision", "primary", "procedure", "purge",
    "qualify", "range", "rank", "read", "read_write", "reads", "real", "recursive", "references",
    "regexp", "release", "rename", "repeat", "replace", "require", "resignal", "restrict", "return",
    "returning", "revoke", "right", "rlike", "row", "row_number", "rows", "schema", "schemas",
    "second_microsecond", "select", "sensitive", "separator", "set", "show", "signal", "smallint",
    "spatial", "specific", "sql", "sql_big_result", "sql_calc_found_rows", "sql_small_result",
    "sqlexception", "sqlstate", "sqlwarning", "ssl", "starting", "stored", "straight_join",
    "system", "table", "tablesample", "terminated", "then", "tinyblob", "tinyint", "tinytext", "to",
    "trailing", "trigger", "true", "undo", "union", "unique", "unlock", "unsigned", "update",
    "usage", "use", "using", "utc_date", "utc_time", "utc_timestamp", "values", "varbinary",
    "varchar", "varcharacter", "varying", "virtual", "when", "where", "while", "window", "with",
    "write", "xor", "year_month", "zerofill",
];

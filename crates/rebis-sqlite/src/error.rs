//! SQLite's codes and messages as kinds of error, each with the object it concerns and the way out.
//!
//! SQLite names tables, columns and constraints in its messages alone, so those are read; the message itself stays
//! behind `source()` where it could quote a value.

use rebis_core::{Error, ErrorKind};
use rusqlite::ffi;

/// What stopped a statement: SQLite, or something above it.
pub(crate) enum Failure {
    Native(rusqlite::Error),
    /// SQLite, before the statement ran: what it has no code for is wrong in the text.
    Unprepared(rusqlite::Error),
    Ours(Error),
}

impl From<rusqlite::Error> for Failure {
    #[cold]
    fn from(error: rusqlite::Error) -> Self {
        Failure::Native(error)
    }
}

impl From<Error> for Failure {
    #[cold]
    fn from(error: Error) -> Self {
        Failure::Ours(error)
    }
}

impl Failure {
    pub(crate) fn into_error(self, path: &str) -> Error {
        match self {
            Failure::Native(error) => from_native(error, path),
            Failure::Unprepared(error) => translate(error, path, ErrorKind::InvalidStatement),
            Failure::Ours(error) => error,
        }
    }
}

/// The error of a native one. `path` is the database's, for messages.
pub(crate) fn from_native(native: rusqlite::Error, path: &str) -> Error {
    translate(native, path, ErrorKind::Database)
}

fn translate(native: rusqlite::Error, path: &str, otherwise: ErrorKind) -> Error {
    use rusqlite::Error as Native;
    let error = match &native {
        Native::SqliteFailure(code, message) => {
            by_code(code.extended_code, message.as_deref().unwrap_or(""), path, otherwise)
        }
        Native::SqlInputError { error, msg, .. } => {
            by_code(error.extended_code, msg, path, ErrorKind::InvalidStatement)
        }
        Native::MultipleStatement => {
            Error::new(ErrorKind::InvalidStatement, "the text holds more than one statement")
                .with_help("run the statements one by one")
        }
        Native::NulError(_) | Native::InvalidPath(_) => {
            Error::new(ErrorKind::Configuration, "the path of the database is not one that SQLite takes")
        }
        Native::ToSqlConversionFailure(what) => {
            Error::conversion(format!("a parameter is {what}, which SQLite cannot store"))
                .with_help("give a value that fits, or store a text")
        }
        Native::SqliteSingleThreadedMode => {
            Error::new(ErrorKind::Unsupported, "this SQLite library was built without thread safety")
                .with_help("build with the bundled SQLite")
        }
        _ => Error::new(ErrorKind::Database, "SQLite could not run the statement"),
    };
    error.with_source(native)
}

/// By extended code, and by message where the code says only "error". `otherwise` is the kind of what nobody knows.
fn by_code(code: i32, message: &str, path: &str, otherwise: ErrorKind) -> Error {
    match code & 0xff {
        ffi::SQLITE_CONSTRAINT => constraint(code, message),
        ffi::SQLITE_BUSY if code == ffi::SQLITE_BUSY_SNAPSHOT => snapshot(),
        ffi::SQLITE_BUSY => Error::new(ErrorKind::Locked, "the database is locked by another connection").with_help(
            "keep transactions short, begin those that write with BEGIN IMMEDIATE, or raise `busy_timeout`; \
             if the other connection is this program's own, commit or drop its transaction first",
        ),
        ffi::SQLITE_LOCKED => Error::new(ErrorKind::Locked, "a table is locked by another statement or connection")
            .with_help("end the reading of the table first; without a shared cache this is rare"),
        ffi::SQLITE_FULL => Error::new(ErrorKind::DiskFull, "the disk, or the size the database may have, is full")
            .with_help("free some space or raise `max_page_count`, then roll back and run the whole transaction again"),
        ffi::SQLITE_READONLY | ffi::SQLITE_PERM => read_only(path),
        ffi::SQLITE_CANTOPEN => cannot_open(path),
        ffi::SQLITE_NOTADB => Error::new(ErrorKind::NotADatabase, format!("`{path}` is not an SQLite database"))
            .with_help("check the path; an encrypted database cannot be opened either"),
        ffi::SQLITE_CORRUPT => Error::new(ErrorKind::NotADatabase, format!("the database `{path}` is damaged"))
            .with_help("restore a backup, or save what can be read with the `.recover` command of the SQLite shell"),
        ffi::SQLITE_TOOBIG => Error::new(ErrorKind::Limit, "a text, a blob or the statement is too big for SQLite")
            .with_help("store large contents in pieces, or outside of the database"),
        ffi::SQLITE_INTERRUPT => Error::new(ErrorKind::Interrupted, "the statement was interrupted"),
        ffi::SQLITE_MISMATCH => Error::conversion("the value does not fit the type of the column")
            .with_help("an INTEGER PRIMARY KEY takes integers alone"),
        ffi::SQLITE_IOERR => Error::new(ErrorKind::Database, format!("reading or writing `{path}` failed"))
            .with_help("check the disk and the file system, then roll back and run the whole transaction again"),
        ffi::SQLITE_NOMEM => Error::new(ErrorKind::Database, "SQLite could not get memory"),
        ffi::SQLITE_AUTH => Error::new(ErrorKind::Database, "the statement was not authorised"),
        ffi::SQLITE_SCHEMA => Error::new(ErrorKind::Database, "the schema kept changing while the statement ran")
            .with_help("run it again"),
        ffi::SQLITE_MISUSE => Error::new(ErrorKind::InvalidStatement, "the text holds no statement"),
        _ => by_message(message, otherwise),
    }
}

#[cold]
fn snapshot() -> Error {
    Error::new(
        ErrorKind::Serialization,
        "another connection has written since this transaction began to read",
    )
    .with_help("roll back and run the transaction again, or begin it with BEGIN IMMEDIATE")
}

fn read_only(path: &str) -> Error {
    Error::new(ErrorKind::ReadOnly, format!("the database `{path}` cannot be written"))
        .with_help("check `mode=ro` in the URL, and the permissions of the file and of its directory")
}

fn cannot_open(path: &str) -> Error {
    let error = Error::new(ErrorKind::CannotConnect, format!("the database `{path}` cannot be opened"));
    // `sqlite:///tmp/a.db` is where most who meant `/tmp/a.db` end up.
    let from_here =
        std::path::Path::new(path).is_relative() && path.contains('/') && !path.starts_with("file:");
    error.with_help(match from_here {
        true => "the path is one from the current directory, which must exist and be writable; one from the root has four \
                 slashes: `sqlite:////..`",
        false => "the directory must exist and be writable; with `mode=ro` or `mode=rw` the file must exist",
    })
}

fn constraint(code: i32, message: &str) -> Error {
    let failed = message.split_once("constraint failed: ").map(|(_, what)| what);
    match code {
        ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY | ffi::SQLITE_CONSTRAINT_ROWID => {
            unique(failed)
        }
        ffi::SQLITE_CONSTRAINT_NOTNULL => {
            let error = Error::new(ErrorKind::NotNullViolation, "a column that takes no NULL was given NULL");
            place(error, failed).with_help("give the column a value, or make it nullable")
        }
        ffi::SQLITE_CONSTRAINT_CHECK => {
            let error = Error::new(ErrorKind::CheckViolation, "a check constraint refused the row")
                .with_help("give the row values that the constraint allows: its rule stands in the table");
            match failed {
                Some(name) => error.with_constraint(name),
                None => error,
            }
        }
        ffi::SQLITE_CONSTRAINT_FOREIGNKEY => foreign_key(),
        // ON DELETE RESTRICT and ON UPDATE RESTRICT are triggers of SQLite's own.
        ffi::SQLITE_CONSTRAINT_TRIGGER if message == "FOREIGN KEY constraint failed" => foreign_key(),
        ffi::SQLITE_CONSTRAINT_DATATYPE => {
            // "cannot store TEXT value in INTEGER column users.age"
            let column = message.rsplit_once("column ").map(|(_, column)| column);
            place(Error::conversion("the value does not fit the type of the column"), column)
        }
        ffi::SQLITE_CONSTRAINT_TRIGGER => {
            Error::new(ErrorKind::CheckViolation, "a trigger refused the change")
                .with_help("its words: see `source()`")
        }
        _ => Error::new(ErrorKind::CheckViolation, "a constraint refused the change"),
    }
}

fn unique(failed: Option<&str>) -> Error {
    let error = Error::new(ErrorKind::UniqueViolation, "a row with this value exists already")
        .with_help("load the row and change it, or bring it in with `merge`");
    match failed {
        // An index on expressions is named by itself: "index 'ix_users_lower'".
        Some(what) => match what.strip_prefix("index '").and_then(|rest| rest.strip_suffix('\'')) {
            Some(index) => error.with_constraint(index),
            None => place(error, Some(what)),
        },
        None => error,
    }
}

fn foreign_key() -> Error {
    Error::new(
        ErrorKind::ForeignKeyViolation,
        "a foreign key has no target, or a row that is still referred to was deleted",
    )
    .with_help("write the parent before its children, and delete the children first")
}

/// Table and columns from "users.email" or "line.order_id, line.product".
fn place(error: Error, columns: Option<&str>) -> Error {
    let Some(columns) = columns else { return error };
    let table = columns.split_once('.').map(|(table, _)| table);
    let names: Vec<&str> =
        columns.split(", ").map(|c| c.split_once('.').map_or(c, |(_, column)| column)).collect();
    let error = error.with_column(names.join(", "));
    match table {
        Some(table) => error.with_table(table),
        None => error,
    }
}

/// Beginnings and parts of messages that stand behind the code "error".
const LIMITS: &[&str] = &[
    "too many",
    "too large",
    "too complex",
    "too big",
    "tables in a join",
    "parser stack overflow",
    "Recursion limit",
    "variable number must be",
];
const STATES: &[&str] = &[
    "cannot start a transaction within",
    "cannot commit",
    "cannot rollback",
    "cannot release",
    "within a transaction",
    "from within a transaction",
    "no such savepoint",
    "inside a transaction",
];
const VALUES: &[&str] = &["malformed JSON", "bad JSON path", "integer overflow", "JSON cannot hold"];

fn by_message(message: &str, otherwise: ErrorKind) -> Error {
    let holds = |parts: &[&str]| parts.iter().any(|part| message.contains(part));
    if holds(STATES) {
        return Error::new(ErrorKind::InvalidState, format!("SQLite refused: {message}")).with_help(
            "let the connection begin and end its transactions: no BEGIN or COMMIT as text beside it",
        );
    }
    if let Some(error) = missing(message) {
        return error;
    }
    if holds(LIMITS) {
        return Error::new(ErrorKind::Limit, format!("the statement exceeds a limit of SQLite: {message}"))
            .with_help("split it into several statements");
    }
    if holds(VALUES) {
        return Error::conversion("SQLite could not work with a value of the statement");
    }
    if let Some((object, _)) = message.split_once(" already exists") {
        return Error::new(ErrorKind::InvalidStatement, format!("the {object} exists already"))
            .with_help("`create_all` makes only what does not exist");
    }
    if otherwise == ErrorKind::InvalidStatement {
        return Error::new(otherwise, format!("SQLite does not understand the statement: {message}"));
    }
    Error::new(otherwise, "SQLite could not run the statement").with_help("its words: see `source()`")
}

/// "no such table: main.users", "no such column: u.nam", "table users has no column named nam".
fn missing(message: &str) -> Option<Error> {
    if let Some((table, column)) = message.split_once(" has no column named ") {
        let table = bare(table.strip_prefix("table ").unwrap_or(table));
        let column = bare(column);
        return Some(
            no_such(format!("the table `{table}` has no column `{column}`"))
                .with_table(table)
                .with_column(column),
        );
    }
    let (what, name) = message.strip_prefix("no such ")?.split_once(": ")?;
    let name = name.split(" - ").next().unwrap_or(name);
    let (qualifier, last) = match name.rsplit_once('.') {
        Some((qualifier, last)) => (Some(bare(qualifier)), bare(last)),
        None => (None, bare(name)),
    };
    let error = no_such(format!("there is no {what} `{}`", bare(name)));
    Some(match (what, qualifier) {
        ("table" | "view", _) => error.with_table(last),
        ("column", Some(table)) => error.with_table(table).with_column(last),
        ("column", None) => error.with_column(last),
        _ => error,
    })
}

fn no_such(message: String) -> Error {
    Error::new(ErrorKind::NoSuchObject, message)
        .with_help("create it (`create_all`, a migration), or check the name and the path of the database")
}

fn bare(name: &str) -> &str {
    name.trim_matches(['"', '`', '[', ']'])
}

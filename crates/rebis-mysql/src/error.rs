//! The server's codes and messages as kinds of error, each with the object it concerns and the way out.
//!
//! The server names tables, columns and constraints in its messages alone, so those are read. The messages quote
//! values and parts of statements too: of them only names go into our text, the message stays behind `source()`.

mod names;

use crate::wire::native::Native;
use names::{Names, quoted};
use rebis_core::{Error, ErrorKind};

/// The error of a native one.
#[cold]
pub(crate) fn from_native(native: Native) -> Error {
    let error = match &native {
        Native::Server(server) => by_code(server.code, &server.message),
        Native::Io(_) | Native::Tls(_) | Native::NoTls | Native::Proof(_) => lost(),
    };
    error.with_source(native)
}

/// The error of a statement without parameters: what the server says of its text is about that text alone.
#[cold]
pub(crate) fn of_text(native: Native) -> Error {
    let said = match &native {
        Native::Server(server) if WRONG.contains(&server.code) => Some(server.message.clone()),
        _ => None,
    };
    match said {
        Some(said) => Error::new(
            ErrorKind::InvalidStatement,
            format!("the server does not understand the statement: {said}"),
        )
        .with_source(native),
        None => from_native(native),
    }
}

/// An error while connecting to `place`.
#[cold]
pub(crate) fn cannot_connect(native: Native, place: &str) -> Error {
    let cannot = |why: String, help: &'static str| Error::new(ErrorKind::CannotConnect, why).with_help(help);
    let error = match &native {
        Native::Server(server) => match server.code {
            1044 | 1045 | 1698 | 1130 | 1251 | 1275 => cannot(
                format!("the server at {place} refuses the user"),
                "check user, password and the hosts the user may come from",
            ),
            1049 => cannot(
                format!("the server at {place} has no such database"),
                "create it (`CREATE DATABASE`), or check the name in the URL",
            ),
            1040 | 1203 | 1226 => cannot(
                format!("the server at {place} takes no more connections"),
                "lower the size of the pool, or raise `max_connections`",
            ),
            _ => cannot(format!("the server at {place} refuses the connection"), "its words: see `source()`"),
        },
        Native::NoTls => cannot(
            format!("the server at {place} offers no TLS"),
            "set TLS up on the server; `ssl-mode=disabled` sends everything in the open",
        ),
        Native::Tls(_) => cannot(
            format!("the server at {place} cannot be trusted: TLS failed"),
            "check the certificate of the server, its name, and `ssl-ca`",
        ),
        Native::Proof(name) => cannot(
            format!(
                "the server at {place} wants the user to prove who they are by `{name}`, which this driver cannot"
            ),
            "give the user a password by `mysql_native_password` or `caching_sha2_password`",
        ),
        Native::Io(_) => cannot(
            format!("there is no connection to the server at {place}"),
            "check host, port or socket, and that the server is running",
        ),
    };
    error.with_source(native)
}

#[cold]
pub(crate) fn lost() -> Error {
    Error::new(ErrorKind::ConnectionLost, "the connection to the server was lost")
        .with_help("the pool opens another: run the whole transaction again")
}

#[cold]
pub(crate) fn commit_unknown(below: Error) -> Error {
    Error::new(
        ErrorKind::CommitUnknown,
        "the connection was lost before the server confirmed what it was to keep",
    )
    .with_help("look whether the changes are there before you make them again")
    .with_source(below)
    .with_disconnect()
}

#[cold]
pub(crate) fn aborted() -> Error {
    Error::new(ErrorKind::TransactionAborted, "a statement of this transaction has failed")
        .with_help("roll back (or go back to a savepoint), then run the whole transaction again")
}

#[cold]
pub(crate) fn nested() -> Error {
    Error::new(
        ErrorKind::InvalidState,
        "a transaction is open already, and the server would commit it in silence",
    )
    .with_help("commit or roll back first, or set a savepoint")
}

#[cold]
pub(crate) fn wrong_count(given: usize, times: usize, wanted: usize) -> Error {
    let runs = if times == 1 { String::new() } else { format!(" for each of {times} runs") };
    Error::new(
        ErrorKind::InvalidStatement,
        format!("the statement takes {wanted} parameters{runs}, {given} values were given"),
    )
    .with_help("give one value for each placeholder")
}

#[cold]
pub(crate) fn stale(expected: u64, found: u64) -> Error {
    let rows = if expected == 1 { "row was" } else { "rows were" };
    Error::new(ErrorKind::StaleRow, format!("{expected} {rows} to be affected, {found} were")).with_help(
        "somebody else changed or deleted the rest: roll back, load the rows again and decide anew",
    )
}

/// The server has counted otherwise than it told.
#[cold]
pub(crate) fn miscounted() -> Error {
    Error::new(ErrorKind::StaleRow, "another number of rows was affected than expected").with_help(
        "somebody else changed or deleted the rest: roll back, load the rows again and decide anew",
    )
}

#[cold]
pub(crate) fn too_large(most: usize) -> Error {
    Error::new(
        ErrorKind::Limit,
        format!("the statement and its values are larger than the {most} bytes that the server takes"),
    )
    .with_help("raise `max_allowed_packet` on the server, or store large contents in pieces")
}

fn by_code(code: u16, message: &str) -> Error {
    constraint(code, message)
        .or_else(|| missing(code, message))
        .or_else(|| value(code, message))
        .or_else(|| busy(code))
        .unwrap_or_else(|| other(code))
}

/// Violations of constraints.
fn constraint(code: u16, message: &str) -> Option<Error> {
    let names = Names::of(message);
    Some(match code {
        // "Duplicate entry 'x' for key 'users.email'": the value may hold anything, so the key is the last name.
        1062 | 1586 | 1169 | 1859 => {
            let error = Error::new(ErrorKind::UniqueViolation, "a row with this value exists already")
                .with_help("load the row and change it, or bring it in with `merge`");
            match message.rsplit_once(" for key '").and_then(|(_, key)| key.strip_suffix('\'')) {
                Some(key) => match key.rsplit_once('.') {
                    Some((table, key)) => error.with_table(table).with_constraint(key),
                    None => error.with_constraint(key),
                },
                None => error,
            }
        }
        1216 | 1217 | 1451 | 1452 | 1761 | 1762 => names.constraint(
            Error::new(
                ErrorKind::ForeignKeyViolation,
                "a foreign key has no target, or a row that is still referred to was deleted",
            )
            .with_help("write the parent before its children, and delete the children first"),
        ),
        1048 | 1364 | 1263 => {
            let error = Error::new(ErrorKind::NotNullViolation, "a column that takes no NULL was given NULL")
                .with_help("give the column a value, or make it nullable");
            match quoted(message) {
                Some(column) => error.with_column(column),
                None => error,
            }
        }
        3819 | 4025 => names.constraint(
            Error::new(ErrorKind::CheckViolation, "a check constraint refused the row")
                .with_help("give the row values that the constraint allows: its rule stands in the table"),
        ),
        1644 => Error::new(ErrorKind::CheckViolation, "a trigger refused the change")
            .with_help("its words: see `source()`"),
        1369 => Error::new(ErrorKind::CheckViolation, "the view does not take the row"),
        _ => return None,
    })
}

/// What is not there.
fn missing(code: u16, message: &str) -> Option<Error> {
    let name = quoted(message).unwrap_or("?");
    let last = name.rsplit('.').next().unwrap_or(name);
    let no_such = |what: &str, name: &str| {
        Error::new(ErrorKind::NoSuchObject, format!("there is no {what} `{name}`"))
            .with_help("create it (`create_all`, a migration), or check the name and the database of the URL")
    };
    Some(match code {
        1146 | 1051 | 1109 => no_such("table", last).with_table(last),
        1054 => match name.rsplit_once('.') {
            Some((table, column)) => no_such("column", column).with_table(table).with_column(column),
            None => no_such("column", name).with_column(name),
        },
        1049 => no_such("database", name),
        1072 => no_such("column", name).with_column(name),
        1091 | 1176 | 4092 => no_such("key or column", last),
        // "FUNCTION test.foo does not exist", "SAVEPOINT foo does not exist".
        1305 => {
            let mut words = message.split_whitespace();
            let what = words.next().unwrap_or("object").to_ascii_lowercase();
            no_such(&what, words.next().unwrap_or("?"))
        }
        1243 => no_such("prepared statement", "?"),
        _ => return None,
    })
}

/// Values that do not fit.
fn value(code: u16, message: &str) -> Option<Error> {
    let what = match code {
        1406 => "the value is too long for the column",
        1264 => "the number is out of the range of the column",
        1690 => "a number of the statement is out of range",
        1292 | 1411 | 1525 => "the value is no date, time or number as its place needs it",
        1366 | 1300 | 3854 | 3140..=3160 | 4038 => "the value does not fit the type of the column",
        1265 => "the value would be cut to fit the column",
        1365 => "a number was divided by zero",
        _ => return None,
    };
    let error = Error::conversion(what);
    Some(match Names::of(message).column() {
        Some(column) => error.with_column(column),
        None => error,
    })
}

/// Other transactions, time, and the connection itself.
fn busy(code: u16) -> Option<Error> {
    let plain = |kind, text: &'static str, help: &'static str| Error::new(kind, text).with_help(help);
    let again = "roll back and run the whole transaction again";
    Some(match code {
        1213 | 1614 => plain(ErrorKind::Deadlock, "two transactions waited for each other", again),
        1020 | 1412 => {
            plain(ErrorKind::Serialization, "another transaction changed what this one read", again)
        }
        1205 => plain(
            ErrorKind::Locked,
            "a row or table stayed locked by another transaction for too long",
            again,
        ),
        3572 | 1015 => plain(ErrorKind::Locked, "a row or table is locked by another transaction", again),
        1317 => Error::new(ErrorKind::Interrupted, "the statement was interrupted"),
        1969 | 3024 | 1028 => plain(
            ErrorKind::Timeout,
            "the statement took longer than the server allows",
            "make it faster, or raise `max_statement_time` (MySQL: `max_execution_time`)",
        ),
        1053 | 1077 | 1079 | 1080 | 1152 | 1158..=1161 | 1184 | 1927 | 3169 | 4031 => lost(),
        1153 => plain(
            ErrorKind::Limit,
            "the statement and its values are larger than the server takes",
            "raise `max_allowed_packet` on the server, or store large contents in pieces",
        )
        .with_disconnect(),
        _ => return None,
    })
}

fn other(code: u16) -> Error {
    let plain = |kind, text: &'static str, help: &'static str| Error::new(kind, text).with_help(help);
    match code {
        1021 | 1114 => plain(
            ErrorKind::DiskFull,
            "the disk, or the size the table may have, is full",
            "free some space, then roll back and run the whole transaction again",
        ),
        1036 | 1290 | 1792 | 1836 => plain(
            ErrorKind::ReadOnly,
            "the database, the table or the transaction cannot be written",
            "check that this is not a replica, and that the transaction was not begun READ ONLY",
        ),
        167 | 1467 => {
            plain(ErrorKind::Limit, "the table has no more keys to generate", "give the key a wider type")
        }
        1170 => plain(
            ErrorKind::InvalidStatement,
            "a text or bytes without a length can stand in no key and no index",
            "give the column a length",
        ),
        1059 | 1069 | 1070 | 1071 | 1074 | 1116 | 1117 | 1118 | 1206 | 1390 | 1436 => plain(
            ErrorKind::Limit,
            "the statement or the table exceeds a limit of the server",
            "its words: see `source()`; split the statement, or give texts a length",
        ),
        1235 | 1295 | 1286 => plain(
            ErrorKind::Unsupported,
            "the server cannot do this, or not in a prepared statement",
            "its words: see `source()`",
        ),
        1142..=1144 | 1227 | 1370 => plain(
            ErrorKind::Database,
            "the user may not do this",
            "`GRANT` the right to the user of the URL; what is missing: see `source()`",
        ),
        1568 | 1179 | 1192 => plain(
            ErrorKind::InvalidState,
            "this cannot be done within the transaction that is open",
            "commit or roll back first",
        ),
        1050 | 1007 | 1060 | 1061 | 1304 | 1826 => plain(
            ErrorKind::InvalidStatement,
            "what is to be created exists already",
            "`create_all` makes only what does not exist",
        ),
        code if WRONG.contains(&code) => plain(
            ErrorKind::InvalidStatement,
            "the server does not understand the statement",
            "one statement at a time; where it is wrong: see `source()`",
        ),
        _ => {
            plain(ErrorKind::Database, "the server could not run the statement", "its words: see `source()`")
        }
    }
}

/// Codes of statements that are wrong in themselves.
const WRONG: &[u16] = &[
    1052, 1055, 1056, 1058, 1063, 1064, 1065, 1066, 1067, 1068, 1075, 1090, 1093, 1101, 1103, 1110, 1111,
    1112, 1113, 1115, 1120, 1136, 1140, 1149, 1166, 1210, 1221, 1222, 1231, 1232, 1241, 1247, 1248, 1273,
    1347, 1348, 1415, 1427, 1471, 1582, 1583, 1193, 1238,
];

#[cfg(test)]
mod tests;

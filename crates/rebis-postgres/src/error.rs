//! The server's codes as kinds of error, each with the object it concerns and the way out.
//!
//! Messages of the server about values quote them, so those stay behind `source()`; messages about the text of a
//! statement name tables, columns and functions, and are told.

use crate::wire::Ended;
use crate::wire::message::Parts;
use rebis_core::{Error, ErrorKind};
use std::fmt;
use std::io;

/// An error of the server, as it came: the `source()` of the errors of this crate. Its texts may quote values.
#[derive(Clone, Debug, Default)]
pub struct ServerError {
    severity: String,
    code: String,
    message: String,
    detail: Option<String>,
    hint: Option<String>,
    table: Option<String>,
    column: Option<String>,
    constraint: Option<String>,
    routine: String,
}

impl ServerError {
    pub(crate) fn parse(body: &[u8]) -> ServerError {
        let (mut error, mut parts) = (ServerError::default(), Parts(body));
        loop {
            let field = parts.u8();
            if field == 0 {
                return error;
            }
            let text = parts.text();
            match field {
                // The one that is never translated comes second.
                b'S' | b'V' => error.severity = text,
                b'C' => error.code = text,
                b'M' => error.message = text,
                b'D' => error.detail = Some(text),
                b'H' => error.hint = Some(text),
                b't' => error.table = Some(text),
                b'c' => error.column = Some(text),
                b'n' => error.constraint = Some(text),
                b'R' => error.routine = text,
                _ => {}
            }
        }
    }

    /// The five characters of SQLSTATE.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// The server's sentence. It may quote values.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What it says besides. It may quote values.
    pub fn detail(&self) -> Option<&str> {
        self.detail.as_deref()
    }

    /// What it advises.
    pub fn hint(&self) -> Option<&str> {
        self.hint.as_deref()
    }

    /// Whether the server has ended the connection with it.
    pub(crate) fn is_fatal(&self) -> bool {
        self.severity == "FATAL" || self.severity == "PANIC"
    }

    /// A prepared statement that is no more what it was, or is not there.
    pub(crate) fn is_about_prepared(&self) -> bool {
        match self.code.as_str() {
            "26000" | "42P05" => true,
            // "cached plan must not change result type"
            "0A000" => self.routine == "RevalidateCachedQuery",
            // A column has another type than it had, which the parameter was taken for.
            "42804" => self.routine == "transformAssignedExpr",
            // The type of a parameter was dropped, and may have been made anew. No server translates this text.
            "XX000" => self.message.starts_with("cache lookup failed for type "),
            _ => false,
        }
    }

    /// A parameter whose type nothing in the statement tells.
    pub(crate) fn is_about_types(&self) -> bool {
        match self.code.as_str() {
            "42P18" | "42P08" | "42725" => true,
            // "could not determine polymorphic type because input has type unknown"
            "42804" => self.routine == "enforce_generic_type_consistency",
            _ => false,
        }
    }
}

impl fmt::Display for ServerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}", self.severity, self.code, self.message)?;
        if let Some(detail) = &self.detail {
            write!(f, " ({detail})")?;
        }
        self.hint.as_ref().map_or(Ok(()), |hint| write!(f, " [{hint}]"))
    }
}

impl std::error::Error for ServerError {}

/// The error of a statement.
pub(crate) fn of_statement(native: ServerError) -> Error {
    let error = by_code(&native);
    let error = if native.is_fatal() && !error.is_disconnect() { ended(&native) } else { error };
    error.with_source(native)
}

/// The error of a connection that is being opened.
pub(crate) fn while_connecting(body: &[u8], host: &str) -> Error {
    let native = ServerError::parse(body);
    let help = match native.code.get(..2).unwrap_or("") {
        "28" => "check user and password, and the lines of `pg_hba.conf` at the server",
        "3D" => "create it (`CREATE DATABASE`), or check its name in the URL",
        "53" => "raise `max_connections` at the server, or make the pool smaller",
        "57" => "wait until the server has started",
        "22" | "42" => "check the options in the URL",
        _ => "its words: see `source()`",
    };
    let text = format!("the server at `{host}` refused the connection: {}", native.message);
    Error::new(ErrorKind::CannotConnect, text).with_help(help).with_source(native)
}

#[cold]
pub(crate) fn cannot_connect(host: &str, error: io::Error) -> Error {
    Error::new(ErrorKind::CannotConnect, format!("the server at `{host}` cannot be reached"))
        .with_help("check host and port, and that the server runs and listens there")
        .with_source(error)
}

/// The socket has ended.
#[cold]
pub(crate) fn lost(ended: Ended) -> Error {
    let error = Error::new(ErrorKind::ConnectionLost, "the connection to the server was lost")
        .with_disconnect()
        .with_help("begin again with another connection; the pool opens one");
    match ended.0 {
        Some(source) => error.with_source(source),
        None => error,
    }
}

/// The same, with a COMMIT under way.
#[cold]
pub(crate) fn unknown(source: Error, transaction: Option<i64>) -> Error {
    Error::new(
        ErrorKind::CommitUnknown,
        "the connection was lost before the server said whether it committed",
    )
    .with_disconnect()
    .with_help(
        "look whether the rows are there before you run the transaction again; with `commit_outcome=on`, \
             `outcome` of the driver tells",
    )
    .with_source(LostCommit { transaction, source })
}

/// What is known of a COMMIT whose answer was lost.
#[derive(Debug)]
pub(crate) struct LostCommit {
    /// The number of the transaction, where it was asked for.
    pub(crate) transaction: Option<i64>,
    source: Error,
}

impl fmt::Display for LostCommit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.transaction {
            Some(number) => write!(f, "the answer to the COMMIT of transaction {number} was lost"),
            None => f.write_str("the answer to a COMMIT was lost"),
        }
    }
}

impl std::error::Error for LostCommit {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.source)
    }
}

#[cold]
fn ended(native: &ServerError) -> Error {
    let text = format!("the server ended the connection: {}", native.message);
    Error::new(ErrorKind::ConnectionLost, text)
        .with_disconnect()
        .with_help("begin again with another connection; the pool opens one")
}

fn by_code(native: &ServerError) -> Error {
    let code = native.code.as_str();
    match code {
        "08P01" => invalid(native),
        "57P01" | "57P02" | "57P03" | "57P04" | "57P05" | "25P03" | "25P04" => ended(native),
        "57014" => interrupted(native),
        "40001" => Error::new(
            ErrorKind::Serialization,
            "another transaction has changed what this one read or wrote",
        )
        .with_help("roll back and run the whole transaction again"),
        "40P01" => Error::new(ErrorKind::Deadlock, "this transaction and another one waited for each other")
            .with_help(
                "roll back and run the whole transaction again; lock rows in the same order everywhere",
            ),
        "55P03" => Error::new(ErrorKind::Locked, "another transaction holds a lock that is needed here")
            .with_help("keep transactions short, or raise `lock_timeout`"),
        "25P02" => aborted(),
        "25006" => Error::new(ErrorKind::ReadOnly, "the transaction, or the whole server, takes no writes")
            .with_help(
                "connect to the primary (`target_session_attrs=read-write`), or begin without READ ONLY",
            ),
        "53100" => Error::new(ErrorKind::DiskFull, "the disk of the server is full")
            .with_help("free some space, then roll back and run the whole transaction again"),
        "P0001" => Error::new(ErrorKind::CheckViolation, "a trigger or a function refused the change")
            .with_help("its words: see `source()`"),
        "3B001" => Error::new(ErrorKind::InvalidState, format!("the server refused: {}", native.message))
            .with_help("set the savepoint first"),
        _ => by_class(native),
    }
}

fn by_class(native: &ServerError) -> Error {
    match native.code.get(..2).unwrap_or("") {
        "08" => ended(native),
        "23" => constraint(native),
        "22" => value(native),
        "42" | "3F" | "26" | "2B" | "34" => invalid(native),
        "25" | "2D" => Error::new(ErrorKind::InvalidState, format!("the server refused: {}", native.message))
            .with_help(
                "let the connection begin and end its transactions: no BEGIN or COMMIT as text beside it",
            ),
        "54" => Error::new(
            ErrorKind::Limit,
            format!("the statement exceeds a limit of PostgreSQL: {}", native.message),
        )
        .with_help("split it into several statements"),
        "0A" => Error::new(ErrorKind::Unsupported, format!("PostgreSQL cannot do this: {}", native.message)),
        _ => Error::new(ErrorKind::Database, "PostgreSQL could not run the statement")
            .with_help("its words: see `source()`"),
    }
}

#[cold]
pub(crate) fn aborted() -> Error {
    Error::new(ErrorKind::TransactionAborted, "the transaction failed earlier, and only a rollback is left")
        .with_help("roll back, then run the whole transaction again")
}

fn interrupted(native: &ServerError) -> Error {
    // One code for the time-out and for an interrupt by hand; only the words differ.
    if native.message.contains("user request") {
        return Error::new(ErrorKind::Interrupted, "the statement was interrupted");
    }
    Error::new(ErrorKind::Timeout, "the statement ran longer than `statement_timeout` allows")
        .with_help("raise `statement_timeout`, or make the statement faster")
}

fn placed(error: Error, native: &ServerError) -> Error {
    let error = match &native.constraint {
        Some(name) => error.with_constraint(name.as_str()),
        None => error,
    };
    let error = match &native.column {
        Some(name) => error.with_column(name.as_str()),
        None => error,
    };
    match &native.table {
        Some(name) => error.with_table(name.as_str()),
        None => error,
    }
}

fn constraint(native: &ServerError) -> Error {
    let error = match native.code.as_str() {
        "23505" => Error::new(ErrorKind::UniqueViolation, "a row with this value exists already")
            .with_help("load the row and change it, or bring it in with `merge`"),
        "23P01" => Error::new(ErrorKind::UniqueViolation, "a row that excludes this one exists already")
            .with_help("load the rows that it meets, and change one of them"),
        "23503" | "23001" => Error::new(
            ErrorKind::ForeignKeyViolation,
            "a foreign key has no target, or a row that is still referred to was deleted",
        )
        .with_help("write the parent before its children, and delete the children first"),
        "23502" => Error::new(ErrorKind::NotNullViolation, "a column that takes no NULL was given NULL")
            .with_help("give the column a value, or make it nullable"),
        _ => Error::new(ErrorKind::CheckViolation, "a check constraint refused the row")
            .with_help("give the row values that the constraint allows: its rule stands in the table"),
    };
    placed(error, native)
}

fn value(native: &ServerError) -> Error {
    let text = match native.code.as_str() {
        "22001" => "a text is longer than its column allows",
        "22003" => "a number is out of the range of its type",
        "22007" | "22008" => "a date or time is not one, or out of range",
        "22012" => "division by zero",
        "22021" => "a text holds a character that PostgreSQL cannot store (such as NUL)",
        "22P02" | "22P03" => "a value is not of the form that its type asks for",
        "22004" | "22002" => "NULL stands where a value is needed",
        "22023" => "an argument of a function is not one that it takes",
        _ => "a value does not fit its type",
    };
    placed(Error::conversion(text), native).with_help("its words, which quote the value: see `source()`")
}

/// About the text of the statement: the server's words name objects, not values.
fn invalid(native: &ServerError) -> Error {
    let message = &native.message;
    let quoted = message.split('"').nth(1).unwrap_or("");
    match native.code.as_str() {
        "42P01" => no_such(message).with_table(quoted.rsplit('.').next().unwrap_or(quoted)),
        "42703" => match message.split('"').nth(3) {
            Some(table) => no_such(message).with_table(table).with_column(quoted),
            None if quoted.is_empty() => no_such(message),
            None => no_such(message).with_column(quoted),
        },
        "42704" | "42883" | "3F000" | "3D000" => no_such(message),
        "42P07" | "42701" | "42710" | "42P06" | "42712" | "42723" => {
            Error::new(ErrorKind::InvalidStatement, format!("it exists already: {message}"))
                .with_help("`create_all` makes only what does not exist")
        }
        "42501" => Error::new(ErrorKind::Database, format!("the user may not do this: {message}"))
            .with_help("GRANT the user what is missing"),
        "42P18" | "42P08" => Error::new(
            ErrorKind::InvalidStatement,
            format!("PostgreSQL does not understand the statement: {message}"),
        )
        .with_help("say which type the parameter has: CAST($1 AS text)"),
        _ => {
            let text = format!("PostgreSQL does not understand the statement: {message}");
            let error = Error::new(ErrorKind::InvalidStatement, text);
            match &native.hint {
                Some(hint) => error.with_help(hint.clone()),
                None => error,
            }
        }
    }
}

fn no_such(message: &str) -> Error {
    Error::new(ErrorKind::NoSuchObject, format!("there is no such object: {message}"))
        .with_help("create it (`create_all`, a migration), or check the name, the database and `search_path`")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn native(code: &str, message: &str) -> ServerError {
        let body = format!("SFATALE\0VERROR\0C{code}\0M{message}\0Dthe detail\0tusers\0cname\0nuq\0\0");
        ServerError::parse(body.as_bytes())
    }

    #[test]
    fn codes_have_kinds() {
        use ErrorKind::*;
        for (code, kind) in [
            ("23505", UniqueViolation),
            ("23503", ForeignKeyViolation),
            ("23502", NotNullViolation),
            ("23514", CheckViolation),
            ("40001", Serialization),
            ("40P01", Deadlock),
            ("55P03", Locked),
            ("57014", Timeout),
            ("22003", Conversion),
            ("22P02", Conversion),
            ("25P02", TransactionAborted),
            ("25006", ReadOnly),
            ("42601", InvalidStatement),
            ("42P01", NoSuchObject),
            ("08P01", InvalidStatement),
            ("53100", DiskFull),
            ("54023", Limit),
            ("XX000", Database),
        ] {
            let error = of_statement(native(code, "words"));
            assert_eq!((error.kind(), error.is_disconnect()), (kind, false), "{code}");
            assert!(!error.to_string().contains("detail"), "{error}");
        }
        for code in ["57P01", "08006", "57P05"] {
            assert!(of_statement(native(code, "words")).is_disconnect(), "{code}");
        }
    }

    #[test]
    fn names_are_read() {
        let error = of_statement(native("42703", "column \"nam\" of relation \"people\" does not exist"));
        assert_eq!((error.table(), error.column()), (Some("people"), Some("nam")));
        let error = of_statement(native("23505", "duplicate key value"));
        assert_eq!((error.constraint(), error.table()), (Some("uq"), Some("users")));
    }
}

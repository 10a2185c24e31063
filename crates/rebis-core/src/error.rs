//! The one error type.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use std::panic::Location;
use std::sync::Arc;

/// `Result` with the error of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong, in one word. New kinds may come.
///
/// ```
/// use rebis_core::{Error, ErrorKind};
///
/// fn answer(error: &Error) -> u16 {
///     match error.kind() {
///         ErrorKind::NotFound => 404,
///         ErrorKind::UniqueViolation | ErrorKind::StaleRow => 409,
///         ErrorKind::Locked | ErrorKind::PoolTimeout => 503,
///         _ => 500,
///     }
/// }
/// assert_eq!(answer(&Error::new(ErrorKind::NotFound, "no user has this key")), 404);
/// assert_eq!(ErrorKind::NotFound.code(), "R0401"); // its section in `docs/errors.md`
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A unique constraint or primary key says this value is there already.
    UniqueViolation,
    /// A foreign key has no target, or a target still has children.
    ForeignKeyViolation,
    /// `NULL` in a column that takes none.
    NotNullViolation,
    /// A check constraint refused the row.
    CheckViolation,
    /// Two transactions could not be put in an order; run it again.
    Serialization,
    /// Two transactions waited for each other; run it again.
    Deadlock,
    /// The database (SQLite: the file) is locked by another connection.
    Locked,
    /// A deadline passed.
    Timeout,
    /// No connection of the pool became free in time.
    PoolTimeout,
    /// The connection could not be opened.
    CannotConnect,
    /// The connection was lost; what was under way did not happen.
    ConnectionLost,
    /// The connection was lost during COMMIT: it may have happened or not.
    CommitUnknown,
    /// The transaction failed earlier and can only be rolled back.
    TransactionAborted,
    /// The file is not a database, or damaged.
    NotADatabase,
    /// The disk (or the allowed size) is full.
    DiskFull,
    /// The database cannot be written: permissions, a read-only medium.
    ReadOnly,
    /// A limit of the database: too many columns, variables, too long a statement.
    Limit,
    /// No row where one was asked for.
    NotFound,
    /// More than one row where at most one was asked for.
    TooManyRows,
    /// A row that should be there was changed or deleted by somebody else.
    StaleRow,
    /// A table, column or other object that does not exist.
    NoSuchObject,
    /// The statement is wrong: its syntax, or a table that is not joined.
    InvalidStatement,
    /// The models contradict each other.
    InvalidMapping,
    /// The call is wrong in this state: a deleted object, a session that must be rolled back first.
    InvalidState,
    /// A value does not fit its type.
    Conversion,
    /// A relation was read that is not loaded.
    NotLoaded,
    /// A URL or an option is wrong.
    Configuration,
    /// The database cannot do this; the message names the way round.
    Unsupported,
    /// The operation was interrupted.
    Interrupted,
    /// An error of the database that has no kind of its own.
    Database,
}

impl ErrorKind {
    /// A stable code; `docs/errors.md` has a section for each.
    pub const fn code(self) -> &'static str {
        match self {
            ErrorKind::UniqueViolation => "R0101",
            ErrorKind::ForeignKeyViolation => "R0102",
            ErrorKind::NotNullViolation => "R0103",
            ErrorKind::CheckViolation => "R0104",
            ErrorKind::Serialization => "R0201",
            ErrorKind::Deadlock => "R0202",
            ErrorKind::Locked => "R0203",
            ErrorKind::Timeout => "R0204",
            ErrorKind::TransactionAborted => "R0205",
            ErrorKind::CommitUnknown => "R0206",
            ErrorKind::Interrupted => "R0207",
            ErrorKind::PoolTimeout => "R0301",
            ErrorKind::CannotConnect => "R0302",
            ErrorKind::ConnectionLost => "R0303",
            ErrorKind::NotADatabase => "R0304",
            ErrorKind::DiskFull => "R0305",
            ErrorKind::ReadOnly => "R0306",
            ErrorKind::Limit => "R0307",
            ErrorKind::Configuration => "R0308",
            ErrorKind::NotFound => "R0401",
            ErrorKind::TooManyRows => "R0402",
            ErrorKind::StaleRow => "R0403",
            ErrorKind::NotLoaded => "R0404",
            ErrorKind::InvalidState => "R0405",
            ErrorKind::NoSuchObject => "R0501",
            ErrorKind::InvalidStatement => "R0502",
            ErrorKind::InvalidMapping => "R0503",
            ErrorKind::Conversion => "R0504",
            ErrorKind::Unsupported => "R0505",
            ErrorKind::Database => "R0900",
        }
    }

    /// Every kind, for tables and tests.
    pub const ALL: &'static [ErrorKind] = &[
        ErrorKind::UniqueViolation,
        ErrorKind::ForeignKeyViolation,
        ErrorKind::NotNullViolation,
        ErrorKind::CheckViolation,
        ErrorKind::Serialization,
        ErrorKind::Deadlock,
        ErrorKind::Locked,
        ErrorKind::Timeout,
        ErrorKind::TransactionAborted,
        ErrorKind::CommitUnknown,
        ErrorKind::Interrupted,
        ErrorKind::PoolTimeout,
        ErrorKind::CannotConnect,
        ErrorKind::ConnectionLost,
        ErrorKind::NotADatabase,
        ErrorKind::DiskFull,
        ErrorKind::ReadOnly,
        ErrorKind::Limit,
        ErrorKind::Configuration,
        ErrorKind::NotFound,
        ErrorKind::TooManyRows,
        ErrorKind::StaleRow,
        ErrorKind::NotLoaded,
        ErrorKind::InvalidState,
        ErrorKind::NoSuchObject,
        ErrorKind::InvalidStatement,
        ErrorKind::InvalidMapping,
        ErrorKind::Conversion,
        ErrorKind::Unsupported,
        ErrorKind::Database,
    ];
}

/// An error of Rebis: one pointer wide, with kind, constraint, table, statement, call site and the way out.
///
/// `Display` never shows a value that a program bound; the driver's own message (which may) is kept as
/// [`source`](StdError::source).
///
/// ```
/// use rebis_core::{Error, ErrorKind};
/// let e = Error::new(ErrorKind::NotFound, "no user has this key").with_table("users");
/// assert_eq!(e.kind(), ErrorKind::NotFound);
/// assert_eq!(e.code(), "R0401");
/// assert_eq!(e.table(), Some("users"));
/// ```
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    message: Cow<'static, str>,
    help: Option<Cow<'static, str>>,
    constraint: Option<Box<str>>,
    table: Option<Box<str>>,
    column: Option<Box<str>>,
    index: Option<usize>,
    sql: Option<Arc<str>>,
    site: Option<&'static Location<'static>>,
    disconnect: bool,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl Error {
    /// An error of a kind with a message: one sentence, lower case, no full stop.
    ///
    /// ```
    /// use rebis_core::{Error, ErrorKind};
    /// let error = Error::new(ErrorKind::NotNullViolation, "this column takes no NULL")
    ///     .with_table("users")
    ///     .with_column("email")
    ///     .with_sql("INSERT INTO users (name) VALUES (?)".into())
    ///     .with_help("set it");
    /// assert_eq!(
    ///     error.to_string(),
    ///     "this column takes no NULL [R0103]
    ///   column: users.email
    ///   statement: INSERT INTO users (name) VALUES (?)
    ///   help: set it"
    /// );
    /// ```
    #[cold]
    pub fn new(kind: ErrorKind, message: impl Into<Cow<'static, str>>) -> Self {
        Error(Box::new(Inner {
            kind,
            message: message.into(),
            help: None,
            constraint: None,
            table: None,
            column: None,
            index: None,
            sql: None,
            site: None,
            disconnect: false,
            source: None,
        }))
    }

    /// A value does not fit its type.
    ///
    /// ```
    /// use rebis_core::{Error, ErrorKind};
    /// let parsed = "x".parse::<i64>().map_err(|e| Error::conversion("this is no number").with_source(e));
    /// assert_eq!(parsed.unwrap_err().kind(), ErrorKind::Conversion);
    /// ```
    #[cold]
    pub fn conversion(message: impl Into<Cow<'static, str>>) -> Self {
        Error::new(ErrorKind::Conversion, message)
    }

    /// The database cannot do this; `help` names the way round.
    ///
    /// ```
    /// use rebis_core::{Error, ErrorKind};
    /// let error = Error::unsupported("this database has no arrays", "keep the values in a table of their own");
    /// assert_eq!((error.kind(), error.help()), (ErrorKind::Unsupported, Some("keep the values in a table of their own")));
    /// ```
    #[cold]
    pub fn unsupported(what: impl Into<Cow<'static, str>>, help: impl Into<Cow<'static, str>>) -> Self {
        Error::new(ErrorKind::Unsupported, what).with_help(help)
    }

    /// Says what to do instead.
    pub fn with_help(mut self, help: impl Into<Cow<'static, str>>) -> Self {
        self.0.help = Some(help.into());
        self
    }

    /// Names the constraint.
    pub fn with_constraint(mut self, name: impl Into<Box<str>>) -> Self {
        self.0.constraint = Some(name.into());
        self
    }

    /// Names the table.
    pub fn with_table(mut self, name: impl Into<Box<str>>) -> Self {
        self.0.table = Some(name.into());
        self
    }

    /// Names the column.
    pub fn with_column(mut self, name: impl Into<Box<str>>) -> Self {
        self.0.column = Some(name.into());
        self
    }

    /// Remembers the position of a column in the row, until somebody can name it.
    pub fn with_index(mut self, index: usize) -> Self {
        self.0.index.get_or_insert(index);
        self
    }

    /// Moves a remembered position by the width of what stands before it in the row.
    #[doc(hidden)]
    pub fn with_shift(mut self, by: usize) -> Self {
        self.0.index = self.0.index.map(|i| i + by);
        self
    }

    /// Attaches the statement, unless there is one.
    pub fn with_sql(mut self, sql: Arc<str>) -> Self {
        self.0.sql.get_or_insert(sql);
        self
    }

    /// Attaches the place in the user's program, unless there is one.
    pub fn with_site(mut self, site: &'static Location<'static>) -> Self {
        self.0.site.get_or_insert(site);
        self
    }

    /// Attaches the error below this one.
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// Marks that the connection cannot be used again.
    pub fn with_disconnect(mut self) -> Self {
        self.0.disconnect = true;
        self
    }

    /// What went wrong, in one word.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The stable code of the kind, such as `R0101`.
    pub fn code(&self) -> &'static str {
        self.0.kind.code()
    }

    /// The sentence, without statement, place and help.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// What to do instead, where the error knows.
    pub fn help(&self) -> Option<&str> {
        self.0.help.as_deref()
    }

    /// The violated constraint, where the database says.
    ///
    /// ```
    /// use rebis_core::{Error, ErrorKind};
    /// fn say(error: Error) -> String {
    ///     match (error.kind(), error.constraint()) {
    ///         (ErrorKind::UniqueViolation, Some("uq_users_email")) => "this address is taken".into(),
    ///         _ => "something went wrong".into(),
    ///     }
    /// }
    /// let taken = Error::new(ErrorKind::UniqueViolation, "a row with this value exists already");
    /// assert_eq!(say(taken.with_constraint("uq_users_email")), "this address is taken");
    /// ```
    pub fn constraint(&self) -> Option<&str> {
        self.0.constraint.as_deref()
    }

    /// The table concerned, where it is known.
    pub fn table(&self) -> Option<&str> {
        self.0.table.as_deref()
    }

    /// The column concerned, where it is known.
    pub fn column(&self) -> Option<&str> {
        self.0.column.as_deref()
    }

    /// The position in the row of the column concerned, counted from 0.
    pub fn index(&self) -> Option<usize> {
        self.0.index
    }

    /// The statement, with placeholders in place of values.
    pub fn sql(&self) -> Option<&str> {
        self.0.sql.as_deref()
    }

    /// The place in the user's program that ran the statement.
    pub fn site(&self) -> Option<&'static Location<'static>> {
        self.0.site
    }

    /// Whether running the whole transaction again may succeed.
    ///
    /// ```
    /// use rebis_core::{Error, ErrorKind};
    /// assert!(Error::new(ErrorKind::Deadlock, "two transactions waited for each other").is_retryable());
    /// assert!(!Error::new(ErrorKind::UniqueViolation, "it is there already").is_retryable());
    /// ```
    pub fn is_retryable(&self) -> bool {
        matches!(self.0.kind, ErrorKind::Serialization | ErrorKind::Deadlock | ErrorKind::Locked)
    }

    /// Whether the connection cannot be used again.
    ///
    /// ```
    /// use rebis_core::{Error, ErrorKind};
    /// let error = Error::new(ErrorKind::ConnectionLost, "the server closed the connection").with_disconnect();
    /// assert!(error.is_disconnect());
    /// ```
    pub fn is_disconnect(&self) -> bool {
        self.0.disconnect || matches!(self.0.kind, ErrorKind::ConnectionLost | ErrorKind::CommitUnknown)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { kind, message, help, constraint, table, column, index, sql, site, disconnect: _, source } =
            &*self.0;
        write!(f, "{message} [{}]", kind.code())?;
        if let Some(name) = constraint {
            write!(f, "\n  constraint: {name}")?;
        }
        match (table, column) {
            (Some(table), Some(column)) => write!(f, "\n  column: {table}.{column}")?,
            (Some(table), None) => write!(f, "\n  table: {table}")?,
            (None, Some(column)) => write!(f, "\n  column: {column}")?,
            (None, None) => {
                if let Some(index) = index {
                    write!(f, "\n  column: number {} of the row", index + 1)?;
                }
            }
        }
        if let Some(sql) = sql {
            write!(f, "\n  statement: {sql}")?;
        }
        if let Some(site) = site {
            write!(f, "\n  at: {}:{}:{}", site.file(), site.line(), site.column())?;
        }
        if let Some(help) = help {
            write!(f, "\n  help: {help}")?;
        }
        // The driver's own words may quote a value: they stay behind `source()`.
        let _ = source;
        Ok(())
    }
}

/// The same as `Display`, so that `fn main() -> rebis::Result<()>` prints something readable.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_ref().map(|e| &**e as &(dyn StdError + 'static))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_one_pointer_and_crosses_threads() {
        fn crosses<T: Send + Sync + 'static>() {}
        crosses::<Error>();
        assert_eq!(std::mem::size_of::<Error>(), std::mem::size_of::<usize>());
    }

    #[test]
    fn display_names_kind_place_and_way_out_but_no_source() {
        let e = Error::new(ErrorKind::UniqueViolation, "a row with this value exists")
            .with_table("users")
            .with_column("email")
            .with_sql("INSERT INTO users (email) VALUES (?)".into())
            .with_source("UNIQUE: secret@example.com")
            .with_help("load the row and change it");
        assert_eq!(
            e.to_string(),
            "a row with this value exists [R0101]\n  column: users.email\n  \
             statement: INSERT INTO users (email) VALUES (?)\n  help: load the row and change it"
        );
        assert!(e.source().is_some());
    }

    #[test]
    fn codes_are_distinct_and_all_are_listed() {
        let mut codes: Vec<_> = ErrorKind::ALL.iter().map(|k| k.code()).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), ErrorKind::ALL.len());
    }
}

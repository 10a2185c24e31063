//! What is said of a table besides its columns: options, constraints of one database, texts of the program.

use super::{Ddl, Identity, MetaData, Table};
use crate::Capabilities;
use rebis_core::{Error, Name, Result};

/// How a database keeps a table. What a database does not know is left out there: it is of no meaning to the program.
///
/// ```
/// use rebis_core::SqlType;
/// use rebis_sql::dialect;
/// use rebis_sql::schema::{Column, MetaData, Table, TableOptions};
///
/// let mut table = Table::new("hits");
/// table.columns.push(Column::new("name", SqlType::Text { length: Some(9) }));
/// table.options = TableOptions { strict: true, unlogged: true, engine: Some("Aria".into()), ..Default::default() };
/// let ddl = |caps| MetaData::new(vec![table.clone()]).ddl(caps);
/// assert_eq!(ddl(dialect::sqlite())?, "CREATE TABLE hits (\n    name TEXT NOT NULL\n) STRICT;\n");
/// assert_eq!(ddl(dialect::postgres())?, "CREATE UNLOGGED TABLE hits (\n    name VARCHAR(9) NOT NULL\n);\n");
/// assert!(ddl(dialect::mariadb())?.contains(") ENGINE = `Aria` DEFAULT CHARACTER SET utf8mb4"));
/// # Ok::<(), rebis_core::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TableOptions {
    /// `STRICT`: a value of another type is refused (SQLite).
    pub strict: bool,
    /// `WITHOUT ROWID`: rows are kept by their primary key (SQLite). Such a key cannot be generated.
    pub without_rowid: bool,
    /// `UNLOGGED`: faster to write, and empty after a crash (PostgreSQL).
    pub unlogged: bool,
    /// `ENGINE` (MySQL, MariaDB).
    pub engine: Option<Name>,
    /// `TABLESPACE` (PostgreSQL).
    pub tablespace: Option<Name>,
    /// What stands in `WITH (..)`, as SQL: `fillfactor = 70` (PostgreSQL).
    pub storage: Option<Name>,
}

/// Which [`TableOptions`] a database has. Part of [`Capabilities`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct KnownOptions {
    /// `STRICT` and `WITHOUT ROWID`.
    pub strict: bool,
    /// `UNLOGGED`, `TABLESPACE` and `WITH (..)`.
    pub storage: bool,
    /// `ENGINE`, and `COMMENT` of tables and columns.
    pub engine: bool,
}

impl KnownOptions {
    /// None of them.
    pub const NONE: KnownOptions = KnownOptions { strict: false, storage: false, engine: false };
}

/// A constraint that no two rows conflict: `EXCLUDE` (PostgreSQL). Elsewhere it is an error, since the table would mean
/// something else without it.
#[derive(Clone, Debug, PartialEq)]
pub struct Exclusion {
    /// Its name.
    pub name: Name,
    /// What stands behind `EXCLUDE`, as SQL: `USING gist (room WITH =, during WITH &&)`.
    pub sql: Name,
}

/// A text of the program that runs when tables are made or dropped: a trigger, a policy, a function. Never put values into
/// the text.
///
/// ```
/// use rebis_core::SqlType;
/// use rebis_sql::dialect;
/// use rebis_sql::schema::{Column, MetaData, Script, Table};
///
/// let mut users = Table::new("users");
/// users.columns.push(Column::new("id", SqlType::I64));
/// let guard = "ALTER TABLE users ENABLE ROW LEVEL SECURITY";
/// let schema = MetaData::new(vec![users])
///     .with_script(Script::after_create(guard).of("users").only(dialect::postgres()));
/// assert!(schema.ddl(dialect::postgres())?.ends_with("\nALTER TABLE users ENABLE ROW LEVEL SECURITY;\n"));
/// assert!(!schema.ddl(dialect::sqlite())?.contains("SECURITY"));
/// # Ok::<(), rebis_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Script {
    text: Name,
    when: When,
    table: Option<Name>,
    only: Vec<&'static str>,
}

/// When a [`Script`] runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum When {
    BeforeCreate,
    AfterCreate,
    BeforeDrop,
    AfterDrop,
}

impl Script {
    fn new(text: impl Into<Name>, when: When) -> Script {
        Script { text: text.into(), when, table: None, only: Vec::new() }
    }

    /// Runs before the first table is made.
    pub fn before_create(text: impl Into<Name>) -> Script {
        Script::new(text, When::BeforeCreate)
    }

    /// Runs when tables were made, before the views.
    pub fn after_create(text: impl Into<Name>) -> Script {
        Script::new(text, When::AfterCreate)
    }

    /// Runs before tables are dropped, behind the views.
    pub fn before_drop(text: impl Into<Name>) -> Script {
        Script::new(text, When::BeforeDrop)
    }

    /// Runs when tables were dropped.
    pub fn after_drop(text: impl Into<Name>) -> Script {
        Script::new(text, When::AfterDrop)
    }

    /// Runs for this table alone: where it is not made or dropped, because it is there or is not, the text does not run.
    pub fn of(self, table: impl Into<Name>) -> Script {
        Script { table: Some(table.into()), ..self }
    }

    /// Runs on this database; said again, also on that one. Without it, on all.
    pub fn only(mut self, database: &Capabilities) -> Script {
        self.only.push(database.name);
        self
    }

    fn runs(&self, when: When, caps: &Capabilities, tables: &[&Table]) -> bool {
        let here = self.only.is_empty() || self.only.contains(&caps.name);
        let meant = |table: &&Table| self.table.as_ref().is_none_or(|name| *name == table.name);
        self.when == when && here && tables.iter().any(meant)
    }
}

impl MetaData {
    /// With a text that runs when tables are made or dropped.
    ///
    /// See [`Script`] for an example.
    pub fn with_script(mut self, script: Script) -> Self {
        self.scripts.push(script);
        self
    }

    /// The texts that run with these tables.
    pub(super) fn scripts(&self, when: When, caps: &Capabilities, tables: &[&Table]) -> Vec<String> {
        let run = self.scripts.iter().filter(|script| script.runs(when, caps, tables));
        run.map(|script| script.text.to_string()).collect()
    }
}

impl Ddl<'_> {
    /// What stands between CREATE and TABLE, and behind the parenthesis.
    pub(super) fn options(&self, table: &Table) -> (&'static str, String) {
        let TableOptions { strict, without_rowid, unlogged, engine, tablespace, storage } = &table.options;
        let known = self.caps.table_options;
        let mut behind = String::new();
        let flags = [(*strict, " STRICT"), (*without_rowid, " WITHOUT ROWID")];
        for (_, words) in flags.into_iter().filter(|(is, _)| *is && known.strict) {
            behind.push_str(if behind.is_empty() { "" } else { "," });
            behind.push_str(words);
        }
        if known.storage {
            behind.extend(storage.iter().map(|text| format!(" WITH ({text})")));
            behind.extend(tablespace.iter().map(|name| format!(" TABLESPACE {}", self.caps.ident(name))));
        }
        if known.engine {
            behind.extend(engine.iter().map(|name| format!(" ENGINE = {}", self.caps.ident(name))));
        }
        let starts = table.columns.iter().filter(|column| column.generated);
        let starts = starts.filter_map(|column| column.identity.and_then(|identity| identity.start));
        let starts = starts.filter(|start| *start > 0);
        behind.extend(self.caps.first_key.iter().zip(starts).map(|(word, start)| format!(" {word}{start}")));
        behind.push_str(self.caps.table_suffix);
        if let Some(comment) = table.comment.as_ref().filter(|_| known.engine) {
            behind.push_str(&format!(" COMMENT = {}", self.text(comment)));
        }
        (if *unlogged && known.storage { "UNLOGGED " } else { "" }, behind)
    }

    /// Constraints that one database alone has.
    pub(super) fn exclusions(&self, table: &Table) -> Vec<String> {
        let text = |it: &Exclusion| format!("CONSTRAINT {} EXCLUDE {}", self.caps.ident(&it.name), it.sql);
        table.exclusions.iter().map(text).collect()
    }

    /// Whether the database can count its keys so.
    pub(super) fn check_identity(&self, table: &Table) -> Result<()> {
        let generated = table.columns.iter().filter(|column| column.generated);
        for (column, identity) in generated.filter_map(|column| Some((column, column.identity?))) {
            let start = identity.start.filter(|start| self.caps.first_key.is_none() || *start < 1);
            let rest = Identity { start, ..identity };
            if !self.caps.identity && !identity.optional && !rest.options().is_empty() {
                let text = format!(
                    "{} cannot count generated keys so: `{}.{}`{}",
                    self.caps.name,
                    table.name,
                    column.name,
                    rest.options()
                );
                return Err(Error::unsupported(
                    text,
                    "take it away; or add `optional`, and such a database counts in its own way: \
                     `identity(start = 1000, optional)`",
                )
                .with_table(table.name.to_string())
                .with_column(column.name.to_string()));
            }
        }
        Ok(())
    }

    /// Whether the database can have the table.
    pub(super) fn check_exclusions(&self, table: &Table) -> Result<()> {
        match table.exclusions.first() {
            Some(first) if !self.caps.exclusions => Err(Error::unsupported(
                format!("{} has no exclusion constraints, as `{}` is one", self.caps.name, first.name),
                "look for rows that conflict in the transaction that writes, with the row they belong to locked",
            )
            .with_table(table.name.clone())),
            _ => Ok(()),
        }
    }
}

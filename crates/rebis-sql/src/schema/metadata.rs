//! The registry of tables.

use super::{NamingConvention, Script, Table, View};
use crate::Capabilities;
use rebis_core::{Error, Result};
use std::sync::Arc;

/// The tables of a program: what `metadata![User, Post]` makes. Order does not matter; statements come out in
/// the order of their dependencies.
///
/// ```
/// use rebis_core::SqlType;
/// use rebis_sql::schema::{Action, Column, ForeignKey, MetaData, Table};
///
/// let mut users = Table::new("users");
/// users.columns.push(Column::new("id", SqlType::I64));
/// users.primary_key.push(0);
/// let mut posts = Table::new("posts");
/// posts.columns.push(Column::new("author_id", SqlType::I64));
/// posts.foreign_keys.push(ForeignKey {
///     name: None,
///     columns: vec!["author_id".into()],
///     target_schema: None,
///     target_table: "users".into(),
///     target_columns: vec!["id".into()],
///     on_delete: Action::Cascade,
///     on_update: Action::NoAction,
/// });
/// let schema = MetaData::new(vec![posts, users]);
/// schema.check()?;
/// let names: Vec<&str> = schema.sorted_tables().iter().map(|table| table.name.as_ref()).collect();
/// assert_eq!(names, ["users", "posts"]); // as they are created
/// # Ok::<(), rebis_core::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct MetaData {
    tables: Vec<Table>,
    pub(super) views: Vec<View>,
    pub(super) scripts: Vec<Script>,
    naming: NamingConvention,
    faults: Vec<String>,
}

impl MetaData {
    /// A registry of tables.
    pub fn new(tables: Vec<Table>) -> Self {
        MetaData { tables, ..MetaData::default() }
    }

    /// Remembers what is wrong with the models; [`check`](MetaData::check) and `create_all` report it.
    #[doc(hidden)]
    pub fn with_faults(mut self, faults: Vec<String>) -> Self {
        self.faults = faults;
        self
    }

    /// Names constraints in another way.
    ///
    /// ```
    /// use rebis_core::SqlType;
    /// use rebis_sql::dialect;
    /// use rebis_sql::schema::{Column, MetaData, NamingConvention, Table, Unique};
    ///
    /// let mut tags = Table::new("tags");
    /// tags.columns.push(Column::new("name", SqlType::Text { length: Some(40) }));
    /// tags.uniques.push(Unique { name: None, columns: vec!["name".into()] });
    /// let mut naming = NamingConvention::default();
    /// naming.unique = "unique".into();
    /// let sql = MetaData::new(vec![tags]).with_naming(naming).ddl(dialect::postgres())?;
    /// assert!(sql.contains("CONSTRAINT unique_tags_name UNIQUE (name)"));
    /// # Ok::<(), rebis_core::Error>(())
    /// ```
    pub fn with_naming(mut self, naming: NamingConvention) -> Self {
        self.naming = naming;
        self
    }

    /// The tables, in the order they were given.
    pub fn tables(&self) -> &[Table] {
        &self.tables
    }

    /// A table by name.
    pub fn table(&self, name: &str) -> Option<&Table> {
        self.tables.iter().find(|t| t.name == name)
    }

    /// How constraints are named.
    pub fn naming(&self) -> &NamingConvention {
        &self.naming
    }

    /// Whether the models agree with each other and can be made tables of: every fault in one error, before any
    /// I/O. Faults are tables and columns of the same name, keys and indexes over columns that are not there, and
    /// foreign keys to what is not there, not unique or of another type.
    ///
    /// ```
    /// use rebis_core::ErrorKind;
    /// use rebis_sql::schema::{MetaData, Table};
    ///
    /// let twice = MetaData::new(vec![Table::new("users"), Table::new("users")]);
    /// let error = twice.check().unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::InvalidMapping);
    /// assert!(error.to_string().contains("users"));
    /// ```
    ///
    /// # Errors
    /// [`InvalidMapping`](rebis_core::ErrorKind::InvalidMapping) that lists each fault.
    pub fn check(&self) -> Result<()> {
        let mut faults = self.faults.clone();
        faults.extend(super::check::faults(self).into_iter().filter(|fault| !self.faults.contains(fault)));
        if faults.is_empty() {
            return Ok(());
        }
        let text = format!("the models contradict each other:\n  - {}", faults.join("\n  - "));
        Err(Error::new(rebis_core::ErrorKind::InvalidMapping, text))
    }

    /// Creates every table that does not exist, with its indexes, in the order of dependencies.
    ///
    /// With a blocking engine this is done when it returns; with an async engine it is a future.
    ///
    /// A program writes `metadata![User, Post].create_all(&engine)?`, with `.await` on an async engine. What is sent is
    /// what [`create_statements`](MetaData::create_statements) gives.
    ///
    /// # Errors
    /// As [`check`](MetaData::check), and what the database says.
    #[track_caller]
    pub fn create_all<T: SchemaTarget>(&self, target: T) -> T::Done {
        target.create_all(self)
    }

    /// Drops every table that exists, in the reverse order.
    ///
    /// See [`drop_statements`](MetaData::drop_statements) for what is sent.
    ///
    /// # Errors
    /// As [`create_all`](MetaData::create_all).
    #[track_caller]
    pub fn drop_all<T: SchemaTarget>(&self, target: T) -> T::Done {
        target.drop_all(self)
    }
}

/// Something that tables can be created in: a reference to an engine or a connection, blocking or async.
pub trait SchemaTarget {
    /// `Result<()>`, or a future of it.
    type Done;
    /// See [`MetaData::create_all`].
    fn create_all(self, schema: &MetaData) -> Self::Done;
    /// See [`MetaData::drop_all`].
    fn drop_all(self, schema: &MetaData) -> Self::Done;
    /// Runs statements, all or none where the database can roll back DDL.
    #[doc(hidden)]
    fn run_ddl(self, statements: Statements) -> Self::Done;
}

/// Statements about the schema, written when the database is known.
#[doc(hidden)]
pub type Statements = Arc<dyn Fn(&Capabilities) -> Result<Vec<String>> + Send + Sync>;

//! Schemas: what tables are in, where a database has several.

use super::SchemaTarget;
use crate::Capabilities;
use rebis_core::{Error, Name, Result};
use std::sync::Arc;

/// A schema, made and dropped on an engine or a connection: for tenants that come and go. On MySQL and MariaDB it is a
/// database of the server. SQLite has none: there a file is attached, by the URL.
///
/// Where other schemas stand in place of those that models name, it is the one that stands there.
///
/// ```
/// use rebis_core::ErrorKind;
/// use rebis_sql::dialect;
/// use rebis_sql::schema::Schema;
///
/// let acme = Schema::new("acme");
/// assert_eq!(acme.create_statement(dialect::postgres())?, "CREATE SCHEMA acme");
/// assert_eq!(acme.clone().if_missing().create_statement(dialect::mysql())?, "CREATE DATABASE IF NOT EXISTS acme");
/// assert_eq!(acme.drop_statement(dialect::postgres())?, "DROP SCHEMA acme");
/// assert_eq!(acme.clone().cascade().drop_statement(dialect::mariadb())?, "DROP DATABASE acme");
/// // MySQL would drop the tables with it.
/// assert_eq!(acme.drop_statement(dialect::mysql()).unwrap_err().kind(), ErrorKind::Unsupported);
/// assert_eq!(acme.create_statement(dialect::sqlite()).unwrap_err().kind(), ErrorKind::Unsupported);
/// # Ok::<(), rebis_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Schema {
    name: Name,
    lenient: bool,
    cascade: bool,
}

/// How a database makes and drops schemas. Part of [`Capabilities`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Schemas {
    /// `CREATE SCHEMA`; one that is not empty is dropped only with `CASCADE`.
    #[default]
    Named,
    /// `CREATE DATABASE`; what is in it is dropped with it.
    Databases,
    /// None are made.
    Attached,
}

impl Schema {
    /// The schema of this name.
    pub fn new(name: impl Into<Name>) -> Schema {
        Schema { name: name.into(), lenient: false, cascade: false }
    }

    /// Nothing is done where it is there already.
    #[must_use]
    pub fn if_missing(self) -> Schema {
        Schema { lenient: true, ..self }
    }

    /// Nothing is done where it is not there.
    #[must_use]
    pub fn if_there(self) -> Schema {
        Schema { lenient: true, ..self }
    }

    /// Dropped with all that is in it.
    #[must_use]
    pub fn cascade(self) -> Schema {
        Schema { cascade: true, ..self }
    }

    /// Makes it. On MySQL and MariaDB this ends the transaction.
    ///
    /// # Errors
    /// As [`create_statement`](Self::create_statement), and what the database says: it may be there.
    #[track_caller]
    pub fn create<T: SchemaTarget>(&self, target: T) -> T::Done {
        let schema = self.clone();
        target.run_ddl(Arc::new(move |caps| Ok(vec![schema.create_statement(caps)?])))
    }

    /// Drops it. On MySQL and MariaDB this ends the transaction.
    ///
    /// # Errors
    /// As [`drop_statement`](Self::drop_statement), and what the database says: it may not be empty.
    #[track_caller]
    pub fn drop<T: SchemaTarget>(&self, target: T) -> T::Done {
        let schema = self.clone();
        target.run_ddl(Arc::new(move |caps| Ok(vec![schema.drop_statement(caps)?])))
    }

    /// The statement that makes it.
    ///
    /// # Errors
    /// [`Unsupported`](rebis_core::ErrorKind::Unsupported) where no schemas are made.
    pub fn create_statement(&self, caps: &Capabilities) -> Result<String> {
        let missing = if self.lenient { "IF NOT EXISTS " } else { "" };
        Ok(format!("CREATE {} {missing}{}", self.word(caps)?, self.written(caps)))
    }

    /// The statement that drops it.
    ///
    /// # Errors
    /// [`Unsupported`](rebis_core::ErrorKind::Unsupported) where no schemas are made, and without [`cascade`](Self::cascade) where the
    /// database drops what is in it unasked.
    pub fn drop_statement(&self, caps: &Capabilities) -> Result<String> {
        let Schema { name, lenient, cascade } = self;
        let word = self.word(caps)?;
        let behind = match (caps.schemas_made, cascade) {
            (Schemas::Databases, false) => {
                return Err(Error::unsupported(
                    format!("{} drops `{name}` with all tables that are in it", caps.name),
                    "say so: `.cascade()`",
                ));
            }
            (Schemas::Named, true) => " CASCADE",
            _ => "",
        };
        let there = if *lenient { "IF EXISTS " } else { "" };
        Ok(format!("DROP {word} {there}{}{behind}", self.written(caps)))
    }

    fn word(&self, caps: &Capabilities) -> Result<&'static str> {
        match caps.schemas_made {
            Schemas::Named => Ok("SCHEMA"),
            Schemas::Databases => Ok("DATABASE"),
            Schemas::Attached => Err(Error::unsupported(
                format!("{} makes no schemas, and `{}` would be one", caps.name, self.name),
                "attach a file under the name, in the URL: `?attach=<name>:<file>`",
            )),
        }
    }

    fn written(&self, caps: &Capabilities) -> String {
        let mapped = caps.schemas.iter().find(|(from, _)| from.as_ref() == Some(&self.name));
        caps.ident(mapped.map_or(&self.name, |(_, written)| written))
    }
}

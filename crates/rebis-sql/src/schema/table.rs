//! One table.

use crate::ast::TableRef;
use rebis_core::{Datum, Name, SqlType};

/// A table.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// The schema it is in.
    pub schema: Option<Name>,
    /// Its name.
    pub name: Name,
    /// Its columns, in order.
    pub columns: Vec<Column>,
    /// Positions of the primary key's columns, in key order.
    pub primary_key: Vec<usize>,
    /// Unique constraints.
    pub uniques: Vec<Unique>,
    /// Foreign keys.
    pub foreign_keys: Vec<ForeignKey>,
    /// Checks.
    pub checks: Vec<Check>,
    /// Indexes.
    pub indexes: Vec<Index>,
    /// A comment for readers of the schema.
    pub comment: Option<Name>,
    /// The name it had before, so that a migration renames it.
    pub renamed_from: Option<Name>,
}

impl Table {
    /// A table without columns.
    pub fn new(name: impl Into<Name>) -> Self {
        Table {
            schema: None,
            name: name.into(),
            columns: Vec::new(),
            primary_key: Vec::new(),
            uniques: Vec::new(),
            foreign_keys: Vec::new(),
            checks: Vec::new(),
            indexes: Vec::new(),
            comment: None,
            renamed_from: None,
        }
    }

    /// The table as a statement names it.
    pub fn reference(&self) -> TableRef {
        TableRef { schema: self.schema.clone(), name: self.name.clone(), alias: None }
    }

    /// The position of a column.
    pub fn position(&self, column: &str) -> Option<usize> {
        self.columns.iter().position(|c| c.name == column)
    }
}

/// A column.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// Its name.
    pub name: Name,
    /// Its type.
    pub sql_type: SqlType,
    /// Whether it takes NULL.
    pub nullable: bool,
    /// What the database writes where nothing is given.
    pub default: Option<Default>,
    /// Whether the database generates it (an integer key).
    pub generated: bool,
    /// A comment for readers of the schema.
    pub comment: Option<Name>,
    /// The name it had before, so that a migration renames it.
    pub renamed_from: Option<Name>,
}

impl Column {
    /// A column that takes no NULL and has no default.
    pub fn new(name: impl Into<Name>, sql_type: SqlType) -> Self {
        Column {
            name: name.into(),
            sql_type,
            nullable: false,
            default: None,
            generated: false,
            comment: None,
            renamed_from: None,
        }
    }
}

/// A default in the database.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Default {
    /// A constant.
    Value(Datum),
    /// An expression, as text: `CURRENT_TIMESTAMP`.
    Sql(Name),
}

/// A unique constraint.
#[derive(Clone, Debug, PartialEq)]
pub struct Unique {
    /// Its name; without one the naming convention gives it.
    pub name: Option<Name>,
    /// Its columns.
    pub columns: Vec<Name>,
}

/// A check constraint.
#[derive(Clone, Debug, PartialEq)]
pub struct Check {
    /// Its name; without one the naming convention gives it.
    pub name: Option<Name>,
    /// The column it stands at, if it stands at one; for its name.
    pub column: Option<Name>,
    /// The condition, as text.
    pub condition: Name,
}

/// A foreign key.
#[derive(Clone, Debug, PartialEq)]
pub struct ForeignKey {
    /// Its name; without one the naming convention gives it.
    pub name: Option<Name>,
    /// Its columns.
    pub columns: Vec<Name>,
    /// The schema of the other table.
    pub target_schema: Option<Name>,
    /// The other table.
    pub target_table: Name,
    /// Its columns, one for each of ours.
    pub target_columns: Vec<Name>,
    /// What happens when the target is deleted.
    pub on_delete: Action,
    /// What happens when the target's key changes.
    pub on_update: Action,
}

/// What a foreign key does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Action {
    /// Refuses, at the end of the statement (or of the transaction, if deferred). The default.
    #[default]
    NoAction,
    /// Refuses at once.
    Restrict,
    /// Does the same to the children.
    Cascade,
    /// Sets the children's columns to NULL.
    SetNull,
    /// Sets the children's columns to their default.
    SetDefault,
}

/// An index.
#[derive(Clone, Debug, PartialEq)]
pub struct Index {
    /// Its name; without one the naming convention gives it.
    pub name: Option<Name>,
    /// Its columns.
    pub columns: Vec<Name>,
    /// Whether it is unique.
    pub unique: bool,
}

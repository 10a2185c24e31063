//! A rendered statement.

use crate::ast::Late;
use crate::{Statement, StatementKind};
use rebis_core::{Datum, Name};

/// Text and parameters of a statement, and which tables it touches.
#[derive(Clone, Debug)]
pub struct Compiled {
    /// The text.
    pub sql: String,
    /// The parameters, in the order of their placeholders.
    pub binds: Vec<Bind>,
    /// Whether it reads or writes.
    pub kind: StatementKind,
    /// Tables that it reads or writes, by name, each once. `None`: raw SQL, it may touch any.
    pub tables: Option<Vec<Name>>,
}

/// A parameter of a rendered statement.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Bind {
    /// A value.
    Datum(Datum),
    /// A value that the session tells when the statement runs.
    Late(Late),
}

impl Compiled {
    /// The text as a statement that runs once.
    pub fn to_statement(&self) -> Statement {
        Statement::once(self.sql.as_str(), self.kind)
    }
}

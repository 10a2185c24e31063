//! A rendered statement.

use crate::ast::Late;
use crate::{Statement, StatementKind};
use rebis_core::{Binds, Datum, Error, ErrorKind, Name, Result};
use std::sync::Arc;

/// Text and parameters of a statement, and which tables it touches.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
/// # fn main() -> rebis_core::Result<()> {
/// let tree = ast::Select::from(select(User.name).filter(User.id.eq(5)));
/// let compiled = render::render(&ast::Query::Select(Box::new(tree)), dialect::postgres())?;
/// assert_eq!(compiled.sql, "SELECT users.name FROM users WHERE users.id = $1");
/// assert_eq!(compiled.binds, [Bind::Datum(rebis_core::Datum::Int(5))]);
/// assert_eq!(compiled.tables.unwrap_or_default(), ["users"]);
/// # Ok(())
/// # }
/// ```
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
    /// What looks wrong with it, though it may be meant.
    pub doubt: Option<&'static str>,
}

/// A parameter of a rendered statement.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Bind {
    /// A value.
    Datum(Datum),
    /// The values of the rows of an INSERT: as many parameters as it holds.
    Rows(Arc<Binds>),
    /// A value that the session tells when the statement runs.
    Late(Late),
    /// The value of a parameter of a prepared statement.
    Param(usize),
}

impl Bind {
    /// The values of parameters. `given` are those of a prepared statement, `late` tells what only a session knows.
    ///
    /// # Errors
    /// Those of `late`; a parameter that was given no value.
    pub fn values(
        binds: &[Bind],
        given: &Binds,
        mut late: impl FnMut(Late) -> Result<Datum>,
    ) -> Result<Binds> {
        let mut values = Binds::new();
        for bind in binds {
            match bind {
                Bind::Datum(datum) => values.datum(datum),
                Bind::Rows(rows) => values.extend(rows),
                Bind::Late(of) => values.datum(&late(*of)?),
                Bind::Param(number) => values.push(given.get(*number).ok_or_else(no_value)?),
            }
        }
        Ok(values)
    }

    /// The same, of a statement that is not prepared. Rows that nobody else holds are not copied.
    ///
    /// # Errors
    /// Those of [`values`](Bind::values).
    pub fn into_values(binds: Vec<Bind>, late: impl FnMut(Late) -> Result<Datum>) -> Result<Binds> {
        match <[Bind; 1]>::try_from(binds) {
            Ok([Bind::Rows(rows)]) => Ok(Arc::unwrap_or_clone(rows)),
            Ok(one) => Bind::values(&one, &Binds::new(), late),
            Err(binds) => Bind::values(&binds, &Binds::new(), late),
        }
    }
}

#[cold]
fn no_value() -> Error {
    Error::new(ErrorKind::InvalidStatement, "a parameter of a prepared statement has no value").with_help(
        "run what `prepare(..)` gave, with `.with(values)`; its parameters are of no use elsewhere",
    )
}

impl Compiled {
    /// The text as a statement that runs once.
    pub fn to_statement(&self) -> Statement {
        Statement::once(self.sql.as_str(), self.kind)
    }
}

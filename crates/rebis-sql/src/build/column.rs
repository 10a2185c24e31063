//! A column of a model, with its type.

use super::{Expr, Typed};
use crate::ast::{self, ColumnRef, TableRef};
use std::fmt;
use std::marker::PhantomData;

/// A column of the model `M` that holds a `T`. The derive makes one for each field; it is `Copy` and can stand in
/// a constant.
///
/// It has every operator as a method ([`eq`](Column::eq), [`like`](Column::like), [`desc`](Column::desc), …) and
/// deliberately no `PartialEq`: `==` between columns does not compile instead of meaning something else.
///
/// ```
/// use rebis_sql::{Column, Query, select};
/// # struct User;
/// const ID: Column<User, i64> = Column::new("users", "id", 0);
/// const NAME: Column<User, String> = Column::new("users", "name", 1);
///
/// let stmt = select(NAME).filter(ID.gt(5));
/// assert_eq!(stmt.to_string(), "SELECT users.name FROM users WHERE users.id > 5");
///
/// let boss = NAME.aliased("boss");
/// assert_eq!(select(boss).to_string(), "SELECT boss.name FROM users AS boss");
/// ```
pub struct Column<M, T> {
    origin: Origin,
    name: &'static str,
    index: u16,
    types: PhantomData<fn() -> (M, T)>,
}

/// The table that a column comes from, in case a SELECT must say so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Origin {
    schema: Option<&'static str>,
    table: &'static str,
    alias: Option<&'static str>,
}

impl Origin {
    const fn source(&self) -> &'static str {
        match self.alias {
            Some(alias) => alias,
            None => self.table,
        }
    }

    pub(crate) fn reference(self) -> TableRef {
        let Origin { schema, table, alias } = self;
        TableRef { schema: schema.map(Into::into), name: table.into(), alias: alias.map(Into::into) }
    }
}

impl<M, T> Column<M, T> {
    /// A column of a table: its name, and its position among the model's columns.
    pub const fn new(table: &'static str, name: &'static str, index: u16) -> Self {
        Column { origin: Origin { schema: None, table, alias: None }, name, index, types: PhantomData }
    }

    /// The column of the table under an alias.
    pub const fn aliased(self, alias: &'static str) -> Self {
        let Origin { schema, table, alias: _ } = self.origin;
        Column { origin: Origin { schema, table, alias: Some(alias) }, ..self }
    }

    /// The column of the table in a schema.
    pub const fn in_schema(self, schema: &'static str) -> Self {
        let Origin { schema: _, table, alias } = self.origin;
        Column { origin: Origin { schema: Some(schema), table, alias }, ..self }
    }

    /// The table's name.
    pub const fn table(&self) -> &'static str {
        self.origin.table
    }

    /// The schema the table is in, if the model names one.
    pub const fn schema(&self) -> Option<&'static str> {
        self.origin.schema
    }

    /// What the column is qualified with: the alias, or the table's name.
    pub const fn source(&self) -> &'static str {
        self.origin.source()
    }

    /// The column's name.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Its position among the model's columns.
    pub const fn index(&self) -> u16 {
        self.index
    }

    /// The column without types.
    pub fn into_ast(self) -> ast::Expr {
        ast::Expr::Column(ColumnRef { source: self.source().into(), name: self.name.into() })
    }
}

impl<M, T> Clone for Column<M, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M, T> Copy for Column<M, T> {}

/// `users.name`
impl<M, T> fmt::Debug for Column<M, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.source(), self.name)
    }
}

impl<M, T> Typed for Column<M, T> {
    type T = T;
    fn typed(self) -> Expr<T> {
        Expr::with_origin(self.into_ast(), Some(self.origin))
    }
}

impl<M, T> Typed for &Column<M, T> {
    type T = T;
    fn typed(self) -> Expr<T> {
        (*self).typed()
    }
}

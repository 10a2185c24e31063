//! INSERT of new rows without a session.

use crate::mapping::{ColumnSet, Draft, Mapping, Model, NewRow};
use rebis_core::{Binds, Datum, Error, ErrorKind, Name, Result, Row};
use rebis_sql::Capabilities;
use rebis_sql::ast::{self, Expr, InsertRows};
use rebis_sql::build::{Command, Query, Request, Selectable};
use std::marker::PhantomData;

/// An INSERT of rows of a model: `User.insert().row(User.new().username("alice")…)`. It knows nothing of sessions:
/// relations of the new rows must be given by their key columns.
///
/// Rows that set different columns are one statement all the same: what a row does not set is its default.
///
/// ```
/// # use rebis_orm_doc::*;
/// # fn main() -> rebis::Result<()> {
/// # run(async |db, alice, hello| {
/// let rows = ["sql", "async"].map(|name| Tag.new().name(name));
/// let stmt = Tag.insert().rows(rows).returning(Tag.id);
/// assert_eq!(db.all(stmt).await?, [2, 3]); // INSERT INTO tags (name) VALUES (?), (?) RETURNING id
/// let stmt = Tag.insert().row(Tag.new().name("orm"));
/// assert_eq!(db.execute(stmt).await?, 1);
/// # Ok(())
/// # })
/// # }
/// ```
#[must_use = "a statement does nothing until it is run"]
pub struct Insert<M> {
    rows: Vec<(Vec<Datum>, ColumnSet)>,
    fault: Option<(String, &'static str)>,
    model: PhantomData<fn() -> M>,
}

impl<M: Model> Insert<M> {
    pub(crate) fn new() -> Self {
        Insert { rows: Vec::new(), fault: None, model: PhantomData }
    }

    /// Adds a row.
    pub fn row(mut self, row: impl NewRow<Model = M>) -> Self {
        let Draft { object, set, defaulted: _, links } = row.into_draft();
        let mut binds = Binds::new();
        (0..M::mapping().columns().len()).for_each(|column| object.encode(column, &mut binds));
        if let Some((relation, _)) = links.0.iter().find(|(_, targets)| !targets.is_empty()) {
            let name = M::mapping().relations()[usize::from(*relation)].name;
            self.fault.get_or_insert((
                format!(
                    "a new `{}` sets the relation `{name}`, which only a session can follow",
                    M::mapping().name()
                ),
                "set the key column in its place, or add the row to a session",
            ));
        }
        let columns = M::mapping().columns();
        if let Some(column) = (0..columns.len()).find(|&column| !object.has(column)) {
            let (model, field) = (M::mapping().name(), columns[column].field);
            self.fault.get_or_insert((
                format!("a new `{model}` has no `{field}`: it is deferred, and was neither loaded nor set"),
                "set it",
            ));
        }
        self.rows.push((binds.iter().map(Datum::from).collect(), set));
        self
    }

    /// Adds rows.
    pub fn rows<N: NewRow<Model = M>>(self, rows: impl IntoIterator<Item = N>) -> Self {
        rows.into_iter().fold(self, Insert::row)
    }

    /// Gives back what was written.
    pub fn returning<S: Selectable>(self, what: S) -> InsertReturning<S::Row> {
        let mut select = ast::Select::default();
        what.add_to(&mut select);
        let query = self.query().map(|mut insert| {
            insert.returning = select.items;
            insert
        });
        InsertReturning { query, row: PhantomData }
    }

    /// The text for a database, with placeholders.
    ///
    /// ```
    /// # use rebis_orm_doc::*;
    /// # fn main() -> rebis::Result<()> {
    /// # run(async |db, alice, hello| {
    /// let stmt = Tag.insert().row(Tag.new().name("sql"));
    /// assert_eq!(stmt.to_sql(rebis::dialect::postgres())?, "INSERT INTO tags (name) VALUES ($1)");
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    ///
    /// # Errors
    /// As running it: no row, a relation that is set.
    pub fn to_sql(self, capabilities: &Capabilities) -> Result<String> {
        Ok(rebis_sql::render::render(&ast::Query::Insert(Box::new(self.query()?)), capabilities)?.sql)
    }

    fn query(self) -> Result<ast::Insert> {
        let mapping = M::mapping();
        if let Some((fault, help)) = self.fault {
            return Err(Error::new(ErrorKind::InvalidStatement, fault)
                .with_table(mapping.table_name())
                .with_help(help));
        }
        if self.rows.is_empty() {
            return Err(Error::new(ErrorKind::InvalidStatement, "an INSERT has no row")
                .with_table(mapping.table_name())
                .with_help(
                    "add rows with `.row(..)` or `.rows(..)`; skip the statement where there is none",
                ));
        }
        let columns = columns(mapping, &self.rows);
        let values = |(row, set): &(Vec<Datum>, ColumnSet)| {
            let value = |&c: &usize| match !set.contains(c) && mapping.columns()[c].server_default {
                true => Expr::Raw(vec![ast::Piece::Sql("DEFAULT".into())]),
                false => Expr::Value(row[c].clone()),
            };
            columns.iter().map(value).collect::<Vec<_>>()
        };
        Ok(ast::Insert {
            table: mapping.table_ref(),
            columns: columns.iter().map(|&c| Name::from(mapping.columns()[c].name)).collect(),
            rows: InsertRows::Values(self.rows.iter().map(values).collect()),
            returning: Vec::new(),
        })
    }
}

/// Columns that are written: all but those that every row leaves to the database.
fn columns(mapping: &Mapping, rows: &[(Vec<Datum>, ColumnSet)]) -> Vec<usize> {
    let written =
        |c: &usize| !mapping.columns()[*c].server_default || rows.iter().any(|(_, set)| set.contains(*c));
    (0..mapping.columns().len()).filter(written).collect()
}

impl<M: Model> Command for Insert<M> {
    fn into_request(self) -> Result<Request> {
        Ok(ast::Query::Insert(Box::new(self.query()?)).into())
    }
}

/// An INSERT that gives back what it wrote.
///
/// See [`Insert`] for an example.
#[must_use = "a statement does nothing until it is run"]
pub struct InsertReturning<R> {
    query: Result<ast::Insert>,
    row: PhantomData<fn() -> R>,
}

impl<R: Row> Query for InsertReturning<R> {
    type Row = R;
    fn into_request(self) -> Request {
        match self.query {
            Ok(insert) => ast::Query::Insert(Box::new(insert)).into(),
            // What is wrong is said when it is rendered, as for every statement.
            Err(error) => {
                let fault = ast::Fault {
                    message: error.message().to_owned().into(),
                    help: error.help().unwrap_or_default().to_owned().into(),
                    table: error.table().map(|table| table.to_owned().into()),
                };
                ast::Query::Raw(vec![ast::Piece::Fault(fault)]).into()
            }
        }
    }
}

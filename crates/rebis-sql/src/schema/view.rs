//! Views, and tables that are made of a query.

use super::{Ddl, Index, MetaData, NamingConvention, SchemaTarget, Table};
use crate::Capabilities;
use crate::ast::{self, TableRef};
use crate::build::Select;
use crate::render::{self, Bind};
use rebis_core::{Error, ErrorKind, Name, Result};
use std::sync::Arc;

/// A view: a SELECT under a name. [`MetaData::with_view`] makes it with the tables, and by itself it is made, replaced,
/// dropped and refreshed on an engine or a connection. Values in the SELECT stand in its text as literals.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
/// # fn main() -> rebis_core::Result<()> {
/// use rebis_sql::schema::View;
///
/// let known = View::new("known_users", select((User.id, User.name)).filter(User.karma.gt(5))).columns(["id", "name"]);
/// assert_eq!(
///     known.create_statements(dialect::postgres())?,
///     ["CREATE VIEW known_users (id, name) AS SELECT users.id, users.name FROM users WHERE users.karma > 5"]
/// );
/// let counts = View::new("counts", select(User.id.count())).columns(["n"]).materialized();
/// assert_eq!(
///     counts.create_statements(dialect::postgres())?,
///     ["CREATE MATERIALIZED VIEW counts (n) AS SELECT count(users.id) FROM users"]
/// );
/// let error = counts.create_statements(dialect::sqlite()).expect_err("there is no such thing");
/// assert_eq!(error.kind(), rebis_core::ErrorKind::Unsupported);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct View {
    /// The schema it is in.
    pub schema: Option<Name>,
    /// Its name.
    pub name: Name,
    /// The names of its columns; none: those of the SELECT.
    pub columns: Vec<Name>,
    /// What it shows.
    pub query: Box<ast::Select>,
    /// Its rows are kept, until it is refreshed.
    pub materialized: bool,
    /// Indexes of the rows that are kept.
    pub indexes: Vec<Index>,
}

impl View {
    /// A view of a SELECT.
    pub fn new<R>(name: impl Into<Name>, query: Select<R>) -> View {
        View {
            schema: None,
            name: name.into(),
            columns: Vec::new(),
            query: Box::new(query.into()),
            materialized: false,
            indexes: Vec::new(),
        }
    }

    /// In a schema.
    pub fn in_schema(self, schema: impl Into<Name>) -> View {
        View { schema: Some(schema.into()), ..self }
    }

    /// With names for its columns, in the order of the SELECT.
    pub fn columns<N: Into<Name>>(self, names: impl IntoIterator<Item = N>) -> View {
        View { columns: names.into_iter().map(Into::into).collect(), ..self }
    }

    /// Its rows are kept, and are those of the last [`refresh`](Self::refresh). PostgreSQL has this; elsewhere it is an
    /// error that says what to do.
    pub fn materialized(self) -> View {
        View { materialized: true, ..self }
    }

    /// With an index of the rows that are kept. To be refreshed while it is read, a view needs a unique one.
    pub fn index(mut self, index: Index) -> View {
        self.indexes.push(index);
        self
    }

    /// Makes it.
    ///
    /// # Errors
    /// As [`create_statements`](Self::create_statements), and what the database says: it may be there.
    #[track_caller]
    pub fn create<T: SchemaTarget>(&self, target: T) -> T::Done {
        let view = self.clone();
        target.run_ddl(Arc::new(move |caps| view.create_statements(caps)))
    }

    /// Makes it, in place of one that may be there.
    ///
    /// # Errors
    /// As [`create`](Self::create); PostgreSQL lets others depend on it, and then refuses another list of columns.
    #[track_caller]
    pub fn create_or_replace<T: SchemaTarget>(&self, target: T) -> T::Done {
        let view = self.clone();
        target.run_ddl(Arc::new(move |caps| view.replace_statements(caps)))
    }

    /// Drops it.
    ///
    /// # Errors
    /// What the database says.
    #[track_caller]
    pub fn drop<T: SchemaTarget>(&self, target: T) -> T::Done {
        let view = self.clone();
        target.run_ddl(Arc::new(move |caps| Ok(vec![view.drop_statement(caps, "")])))
    }

    /// Fills it anew; who reads it waits meanwhile.
    ///
    /// # Errors
    /// [`Unsupported`](ErrorKind::Unsupported) where there are no such views; what the database says.
    #[track_caller]
    pub fn refresh<T: SchemaTarget>(&self, target: T) -> T::Done {
        let view = self.clone();
        target.run_ddl(Arc::new(move |caps| Ok(vec![view.refresh_statement(caps, "")?])))
    }

    /// Fills it anew while others read it: it needs a unique index of all its rows.
    ///
    /// # Errors
    /// As [`refresh`](Self::refresh).
    #[track_caller]
    pub fn refresh_concurrently<T: SchemaTarget>(&self, target: T) -> T::Done {
        let view = self.clone();
        target.run_ddl(Arc::new(move |caps| Ok(vec![view.refresh_statement(caps, "CONCURRENTLY ")?])))
    }

    /// The statements that make it.
    ///
    /// See [`View`] for an example.
    ///
    /// # Errors
    /// [`Unsupported`](ErrorKind::Unsupported) for a materialized view where there is none; a SELECT that cannot be rendered,
    /// or compares with what only a session knows.
    pub fn create_statements(&self, caps: &Capabilities) -> Result<Vec<String>> {
        self.statements(caps, "CREATE ")
    }

    fn replace_statements(&self, caps: &Capabilities) -> Result<Vec<String>> {
        if caps.views.or_replace && !self.materialized {
            return self.statements(caps, "CREATE OR REPLACE ");
        }
        let mut statements = vec![self.drop_statement(caps, "IF EXISTS ")];
        statements.extend(self.create_statements(caps)?);
        Ok(statements)
    }

    fn statements(&self, caps: &Capabilities, verb: &str) -> Result<Vec<String>> {
        let text = self.text(caps)?;
        let naming = NamingConvention::default();
        let ddl = Ddl { caps, naming: &naming };
        let columns = match self.columns.is_empty() {
            true => String::new(),
            false => format!(" ({})", ddl.names(&self.columns)),
        };
        let mut statements = vec![format!(
            "{verb}{} {}{columns} AS {text}",
            self.kind(caps)?,
            caps.table_name(&self.reference())
        )];
        let kept = Table { schema: self.schema.clone(), ..Table::new(self.name.clone()) };
        for index in &self.indexes {
            statements.extend(ddl.create_index(&kept, index)?);
        }
        Ok(statements)
    }

    fn text(&self, caps: &Capabilities) -> Result<String> {
        let query = ast::Query::Select(Box::new(self.query.as_ref().clone().stays()));
        let values = render::render(&query, caps)?.binds;
        match values.iter().all(|bind| matches!(bind, Bind::Datum(_))) {
            true => render::render_inline(&query, caps),
            false => Err(not_constant(&self.name)),
        }
    }

    /// The tables and views that it reads.
    fn reads(&self, caps: &Capabilities) -> Result<Vec<Name>> {
        let compiled = render::render(&ast::Query::Select(self.query.clone()), caps)?;
        Ok(compiled.tables.unwrap_or_default())
    }

    fn drop_statement(&self, caps: &Capabilities, words: &str) -> String {
        let kind = if self.materialized { "MATERIALIZED VIEW" } else { "VIEW" };
        format!("DROP {kind} {words}{}", caps.table_name(&self.reference()))
    }

    fn refresh_statement(&self, caps: &Capabilities, words: &str) -> Result<String> {
        let kept = View { materialized: true, ..self.clone() };
        Ok(format!("REFRESH {} {words}{}", kept.kind(caps)?, caps.table_name(&self.reference())))
    }

    fn kind(&self, caps: &Capabilities) -> Result<&'static str> {
        match self.materialized {
            false => Ok("VIEW"),
            true if caps.views.materialized => Ok("MATERIALIZED VIEW"),
            true => Err(Error::unsupported(
                format!("{} has no materialized views, and `{}` is one", caps.name, self.name),
                "make it a plain view, or a table that `TableAs` makes anew",
            )),
        }
    }

    /// The view as a statement names it.
    pub fn reference(&self) -> TableRef {
        TableRef { schema: self.schema.clone(), name: self.name.clone(), alias: None }
    }
}

#[cold]
fn not_constant(name: &Name) -> Error {
    let text = format!("`{name}` is made of a SELECT with values that are known only when a statement runs");
    Error::new(ErrorKind::InvalidStatement, text)
        .with_help("compare with the key in place of a handle, and leave `prepare` away")
}

impl MetaData {
    /// With a view: made behind the tables and the views that it reads, dropped before them.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// use rebis_sql::schema::{MetaData, View};
    /// let few = View::new("few", select(table("all_users").column::<i64>("id")).limit(3));
    /// let all = View::new("all_users", select(User.id));
    /// let schema = MetaData::new(Vec::new()).with_view(few).with_view(all);
    /// assert_eq!(
    ///     schema.ddl(dialect::sqlite())?,
    ///     "CREATE VIEW all_users AS SELECT users.id FROM users;\n\n\
    ///      CREATE VIEW few AS SELECT all_users.id FROM all_users LIMIT 3;\n"
    /// );
    /// # Ok(())
    /// # }
    /// ```
    pub fn with_view(mut self, view: View) -> Self {
        self.views.push(view);
        self
    }

    /// The views, in the order they were given.
    pub fn views(&self) -> &[View] {
        &self.views
    }

    /// The statements that make every view that `exists` denies, in the order of what they read.
    ///
    /// # Errors
    /// As [`View::create_statements`].
    pub fn create_views(&self, caps: &Capabilities, exists: &dyn Fn(&View) -> bool) -> Result<Vec<String>> {
        let mut statements = Vec::new();
        for view in self.sorted_views(caps)?.into_iter().filter(|view| !exists(view)) {
            statements.extend(view.create_statements(caps)?);
        }
        Ok(statements)
    }

    /// The statements that drop every view that `exists` confirms, in the reverse order.
    ///
    /// # Errors
    /// A SELECT that cannot be rendered.
    pub fn drop_views(&self, caps: &Capabilities, exists: &dyn Fn(&View) -> bool) -> Result<Vec<String>> {
        let there = self.sorted_views(caps)?.into_iter().rev().filter(|view| exists(view));
        Ok(there.map(|view| view.drop_statement(caps, "")).collect())
    }

    fn sorted_views(&self, caps: &Capabilities) -> Result<Vec<&View>> {
        let mut rest = Vec::new();
        for view in &self.views {
            rest.push((view, view.reads(caps)?));
        }
        let mut sorted = Vec::with_capacity(rest.len());
        while !rest.is_empty() {
            let waits = |(view, reads): &(&View, Vec<Name>)| {
                rest.iter().any(|(other, _)| other.name != view.name && reads.contains(&other.name))
            };
            // Views that read each other in a circle cannot be; the database says so.
            let next = rest.iter().position(|entry| !waits(entry)).unwrap_or(0);
            sorted.push(rest.remove(next).0);
        }
        Ok(sorted)
    }
}

/// A table that is made of what a SELECT gives: `CREATE TABLE .. AS`. It has the columns and the rows, and no keys.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
/// # fn main() -> rebis_core::Result<()> {
/// use rebis_sql::schema::TableAs;
/// let kept = TableAs::new("kept", select((User.id, User.name)).filter(User.karma.gt(5))).temporary();
/// assert_eq!(
///     kept.create_statement(dialect::sqlite())?,
///     "CREATE TEMPORARY TABLE kept AS SELECT users.id, users.name FROM users WHERE users.karma > 5"
/// );
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct TableAs {
    view: View,
    temporary: bool,
}

impl TableAs {
    /// A table of this name.
    pub fn new<R>(name: impl Into<Name>, query: Select<R>) -> TableAs {
        TableAs { view: View::new(name, query), temporary: false }
    }

    /// In a schema.
    pub fn in_schema(self, schema: impl Into<Name>) -> TableAs {
        TableAs { view: self.view.in_schema(schema), ..self }
    }

    /// Of this connection alone, and gone with its lease.
    pub fn temporary(self) -> TableAs {
        TableAs { temporary: true, ..self }
    }

    /// Makes it. On MySQL and MariaDB this ends the transaction, if the table is not temporary.
    ///
    /// # Errors
    /// As [`create_statement`](Self::create_statement), and what the database says.
    #[track_caller]
    pub fn create<T: SchemaTarget>(&self, target: T) -> T::Done {
        let table = self.clone();
        target.run_ddl(Arc::new(move |caps| Ok(vec![table.create_statement(caps)?])))
    }

    /// The statement that makes it.
    ///
    /// # Errors
    /// A SELECT that cannot be rendered, or compares with what only a session knows.
    pub fn create_statement(&self, caps: &Capabilities) -> Result<String> {
        let TableAs { view, temporary } = self;
        let word = if *temporary { "TEMPORARY " } else { "" };
        // A temporary table is in no schema of the program's.
        let name = match temporary {
            true => caps.ident(&view.name),
            false => caps.table_name(&view.reference()),
        };
        Ok(format!("CREATE {word}TABLE {name} AS {}", view.text(caps)?))
    }
}

//! `create_all` and `drop_all`: what exists is asked, the rest is made, in one transaction where the database can
//! roll back DDL.

use super::Connection;
use crate::Engine;
use crate::fut::{Fut, Site};
use rebis_core::{Binds, Cell, Error, ErrorKind, Result};
use rebis_driver::{Each, Step};
use rebis_sql::schema::{MetaData, SchemaTarget, Statements, Table, View};
use rebis_sql::{Capabilities, Statement, StatementKind};
use std::ops::ControlFlow;
use std::panic::Location;

#[derive(Clone, Copy)]
enum Change {
    Create,
    Drop,
}

impl Change {
    fn statements(self, schema: &MetaData, caps: &Capabilities, there: &[There]) -> Result<Vec<Statement>> {
        let exists = |table: &Table| {
            let schema = caps.schema(table.schema.as_deref());
            there.iter().any(|(other, name)| other.as_deref() == schema && *name == table.name)
        };
        let seen = |view: &View| {
            let schema = caps.schema(view.schema.as_deref());
            there.iter().any(|(other, name)| other.as_deref() == schema && *name == view.name)
        };
        let parts = match self {
            Change::Create => [schema.create_statements(caps, &exists)?, schema.create_views(caps, &seen)?],
            Change::Drop => [schema.drop_views(caps, &seen)?, schema.drop_statements(caps, &exists)?],
        };
        Ok(writes(parts.into_iter().flatten()))
    }
}

fn writes(texts: impl IntoIterator<Item = String>) -> Vec<Statement> {
    texts.into_iter().map(|text| Statement::once(text, StatementKind::Write)).collect()
}

/// A table or view that exists: the schema it was asked for in, and its name.
type There = (Option<String>, String);

impl<'c> SchemaTarget for &'c mut Connection {
    type Done = Fut<'c, ()>;

    #[track_caller]
    fn create_all(self, schema: &MetaData) -> Fut<'c, ()> {
        on_connection(self, schema.clone(), Change::Create, Location::caller())
    }

    #[track_caller]
    fn drop_all(self, schema: &MetaData) -> Fut<'c, ()> {
        on_connection(self, schema.clone(), Change::Drop, Location::caller())
    }

    #[track_caller]
    fn run_ddl(self, statements: Statements) -> Fut<'c, ()> {
        let site = Location::caller();
        Fut::new(async move { ddl(self, &statements, site).await })
    }
}

impl SchemaTarget for &Engine {
    type Done = Fut<'static, ()>;

    #[track_caller]
    fn create_all(self, schema: &MetaData) -> Fut<'static, ()> {
        on_engine(self.clone(), schema.clone(), Change::Create, Location::caller())
    }

    #[track_caller]
    fn drop_all(self, schema: &MetaData) -> Fut<'static, ()> {
        on_engine(self.clone(), schema.clone(), Change::Drop, Location::caller())
    }

    #[track_caller]
    fn run_ddl(self, statements: Statements) -> Fut<'static, ()> {
        let (engine, site) = (self.clone(), Location::caller());
        Fut::new(async move { ddl(&mut engine.connect_at(site).await?, &statements, site).await })
    }
}

fn on_engine(engine: Engine, schema: MetaData, change: Change, site: Site) -> Fut<'static, ()> {
    Fut::new(async move { work(&mut engine.connect_at(site).await?, &schema, change, site).await })
}

fn on_connection<'c>(
    connection: &'c mut Connection,
    schema: MetaData,
    change: Change,
    site: Site,
) -> Fut<'c, ()> {
    Fut::new(async move { work(connection, &schema, change, site).await })
}

async fn ddl(connection: &mut Connection, statements: &Statements, site: Site) -> Result<()> {
    let caps = connection.capabilities();
    let statements = writes(statements(caps).map_err(|error| error.with_site(site))?);
    if statements.len() == 1 || connection.in_transaction() || !caps.transactional_ddl {
        return connection.run_all(&statements, site).await;
    }
    let mut scope = connection.scope_at(true, site).await?;
    scope.run_all(&statements, site).await?;
    scope.commit_at(site).await
}

async fn work(connection: &mut Connection, schema: &MetaData, change: Change, site: Site) -> Result<()> {
    let caps = connection.capabilities();
    let statements = change.statements(schema, caps, &tables(connection, schema, site).await?)?;
    // Nothing to do, the case of every start but the first, takes no lock.
    if statements.is_empty() {
        return Ok(());
    }
    if connection.in_transaction() {
        return connection.run_all(&statements, site).await;
    }
    let (limit, unlimited) = limits(connection);
    if !caps.transactional_ddl {
        connection.run_all(&limit, site).await?;
        let made = connection.run_all(&statements, site).await;
        // Of a connection that was lost there is nothing to take back.
        let reset = connection.run_all(&unlimited, site).await;
        return made.map_err(|error| waited(connection, error)).and(reset);
    }
    let mut scope = connection.scope_at(true, site).await?;
    // Another program may have made some meanwhile.
    let statements = change.statements(schema, caps, &tables(&mut scope, schema, site).await?)?;
    let statements: Vec<Statement> = limit.into_iter().chain(statements).chain(unlimited).collect();
    let made = scope.run_all(&statements, site).await;
    made.map_err(|error| waited(&scope, error))?;
    scope.commit_at(site).await
}

/// The statements that say how long to wait for locks, and those that take this back.
fn limits(connection: &Connection) -> (Vec<Statement>, Vec<Statement>) {
    let Some(most) = connection.engine().options().ddl_lock_timeout else { return Default::default() };
    let (limit, unlimited) = (connection.capabilities().lock_limit)(most);
    let settings = |texts: Vec<String>| {
        texts.into_iter().map(|text| Statement::once(text, StatementKind::Setting)).collect::<Vec<_>>()
    };
    (settings(limit), settings(unlimited))
}

/// Says who may have the table: it is often this program itself.
#[cold]
fn waited(connection: &Connection, error: Error) -> Error {
    if error.kind() != ErrorKind::Locked {
        return error;
    }
    let text = format!(
        "another transaction uses the table, and did not end in time; connections of this engine in use:{}",
        connection.engine().pool().holders()
    );
    let (sql, site) = (error.sql().map(Into::into), error.site());
    let mut error = Error::new(ErrorKind::Locked, text)
        .with_help(
            "end the transactions that read it: a session has one from its first query to `commit`, `rollback` or its \
             drop; or raise `ddl_lock_timeout`",
        )
        .with_source(error);
    if let Some(sql) = sql {
        error = error.with_sql(sql);
    }
    site.into_iter().fold(error, Error::with_site)
}

/// The tables and views that exist in the schemas of these.
async fn tables(connection: &mut Connection, schema: &MetaData, site: Site) -> Result<Vec<There>> {
    let caps = connection.capabilities();
    let mut schemas: Vec<Option<&str>> =
        schema.tables().iter().map(|table| caps.schema(table.schema.as_deref())).collect();
    schemas.sort_unstable();
    schemas.dedup();
    let mut of_views: Vec<Option<&str>> =
        schema.views().iter().map(|view| caps.schema(view.schema.as_deref())).collect();
    of_views.sort_unstable();
    of_views.dedup();
    let lists = schemas.into_iter().map(|of| (of, caps.tables_of(of)));
    let lists: Vec<_> = lists.chain(of_views.into_iter().map(|of| (of, caps.views_of(of)))).collect();
    let mut there = Vec::new();
    for (of, list) in lists {
        let statement = connection.statement(&list, StatementKind::Read);
        let mut binds = Binds::new();
        let mut sink = Each(|cells: &[Cell<'_>]| {
            there.push((of.map(str::to_owned), rebis_core::field(cells, 0)?));
            Ok(ControlFlow::Continue(()))
        });
        connection.run(&mut [Step::new(&statement, &mut binds, &mut sink)], site).await?;
    }
    Ok(there)
}

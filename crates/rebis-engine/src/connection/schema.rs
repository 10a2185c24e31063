//! `create_all` and `drop_all`: what exists is asked, the rest is made, in one transaction where the database can
//! roll back DDL.

use super::Connection;
use crate::Engine;
use crate::fut::{Fut, Site};
use rebis_core::{Binds, Cell, Result};
use rebis_driver::{Each, Step};
use rebis_sql::schema::{MetaData, SchemaTarget, Table};
use rebis_sql::{Capabilities, Statement, StatementKind};
use std::ops::ControlFlow;
use std::panic::Location;

#[derive(Clone, Copy)]
enum Change {
    Create,
    Drop,
}

impl Change {
    fn statements(self, schema: &MetaData, caps: &Capabilities, there: &[String]) -> Result<Vec<Statement>> {
        let exists = |table: &Table| there.iter().any(|name| *name == table.name);
        let texts = match self {
            Change::Create => schema.create_statements(caps, &exists),
            Change::Drop => schema.drop_statements(caps, &exists),
        }?;
        Ok(texts.into_iter().map(|text| Statement::once(text, StatementKind::Write)).collect())
    }
}

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

async fn work(connection: &mut Connection, schema: &MetaData, change: Change, site: Site) -> Result<()> {
    let caps = connection.capabilities();
    let statements = change.statements(schema, caps, &tables(connection, site).await?)?;
    // Nothing to do, the case of every start but the first, takes no lock.
    if statements.is_empty() {
        return Ok(());
    }
    if connection.in_transaction() || !caps.transactional_ddl {
        return connection.run_all(&statements, site).await;
    }
    let mut scope = connection.scope_at(true, site).await?;
    // Another program may have made some meanwhile.
    let statements = change.statements(schema, caps, &tables(&mut scope, site).await?)?;
    scope.run_all(&statements, site).await?;
    scope.commit_at(site).await
}

/// The names of the tables that exist.
async fn tables(connection: &mut Connection, site: Site) -> Result<Vec<String>> {
    let statement = connection.statement(connection.capabilities().list_tables, StatementKind::Read);
    let (mut names, mut binds) = (Vec::new(), Binds::new());
    let mut sink = Each(|cells: &[Cell<'_>]| {
        names.push(rebis_core::field(cells, 0)?);
        Ok(ControlFlow::Continue(()))
    });
    let mut steps = [Step::new(&statement, &mut binds, &mut sink)];
    connection.run(&mut steps, site).await?;
    Ok(names)
}

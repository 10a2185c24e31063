//! UPDATE.

use super::scope::Scope;
use super::writer::Writer;
use crate::ast::Update;
use rebis_core::{Error, ErrorKind, Result};

impl<'a> Writer<'a> {
    pub(super) fn update(&mut self, update: &'a Update) -> Result<()> {
        let Update { table, set, filter, returning } = update;
        if set.is_empty() {
            return Err(nothing_set(&table.name));
        }
        self.push("UPDATE ");
        self.table(table);
        self.scopes.push(Scope::Target(table));
        self.push(" SET ");
        self.list(set, ", ", |w, (name, value)| {
            w.ident(name);
            w.push(" = ");
            w.expr(value)
        })?;
        self.condition(" WHERE ", filter)?;
        self.returning(returning, self.caps.returning_update)?;
        self.scopes.pop();
        Ok(())
    }
}

#[cold]
fn nothing_set(table: &str) -> Error {
    Error::new(ErrorKind::InvalidStatement, format!("the UPDATE of `{table}` sets nothing"))
        .with_table(table)
        .with_help("say what changes with `.set(column, value)`")
}

//! DELETE.

use super::scope::Scope;
use super::writer::Writer;
use crate::ast::Delete;
use rebis_core::Result;

impl<'a> Writer<'a> {
    pub(super) fn delete(&mut self, delete: &'a Delete) -> Result<()> {
        let Delete { table, filter, returning } = delete;
        self.push("DELETE FROM ");
        self.table(table);
        self.scopes.push(Scope::Target(table));
        self.condition(" WHERE ", filter)?;
        self.returning(returning, self.caps.returning)?;
        self.scopes.pop();
        Ok(())
    }
}

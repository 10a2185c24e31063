//! DELETE.

use super::connected;
use super::scope::Scope;
use super::update::Rows;
use super::writer::Writer;
use crate::Joined;
use crate::ast::Delete;
use rebis_core::Result;

impl<'a> Writer<'a> {
    pub(super) fn delete(&mut self, delete: &'a Delete) -> Result<()> {
        let Delete { table, using, cartesian, filter, first, key, returning } = delete;
        // Tables that stand beside each other give nothing back, a subquery does not mind.
        let joined = match self.caps.writes.delete_joined {
            Joined::Listed if !returning.is_empty() => Joined::Exists,
            joined => joined,
        };
        let listed = !using.is_empty() && joined == Joined::Listed;
        self.push("DELETE ");
        if listed {
            self.ident(table.source());
            self.push(" ");
        }
        self.push("FROM ");
        self.table(table);
        if listed {
            self.others(", ", using)?;
        }
        self.scopes.push(Scope::of_write(table, using));
        if using.is_empty() || joined != Joined::Exists {
            if !using.is_empty() && joined == Joined::Clause {
                self.others(" USING ", using)?;
            }
            self.rows(&Rows { table, filter, first: first.as_ref(), key }, !using.is_empty())?;
        } else {
            self.others(" WHERE EXISTS (SELECT 1 FROM ", using)?;
            self.rows(&Rows { table, filter, first: first.as_ref(), key }, true)?;
            self.push(")");
        }
        connected::check_write(table, using, filter, *cartesian)?;
        self.returning_of(returning, table, self.caps.returning)?;
        self.scopes.pop();
        Ok(())
    }
}

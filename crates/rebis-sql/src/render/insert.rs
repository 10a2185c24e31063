//! INSERT.

use super::scope::Scope;
use super::writer::Writer;
use crate::ast::{Expr, Insert, InsertRows, Item, TableRef};
use rebis_core::{Binds, Datum, Error, ErrorKind, Name, Result};
use std::sync::Arc;

impl<'a> Writer<'a> {
    pub(super) fn insert(&mut self, insert: &'a Insert) -> Result<()> {
        let Insert { table, columns, overriding, rows, conflict: _, keys: _, returning } = insert;
        let given = if *overriding && self.caps.identity { " OVERRIDING SYSTEM VALUE" } else { "" };
        self.push("INSERT INTO ");
        self.table(table);
        if let InsertRows::Select(select) = rows {
            self.column_list(columns, given);
            let wrapped = self.wraps_select(insert);
            self.push(if wrapped { " SELECT * FROM (" } else { " " });
            self.within(|w| w.select(select))?;
            self.push(if wrapped { ") AS proposed WHERE 1 = 1" } else { "" });
        }
        self.scopes.push(Scope::Target(table));
        match rows {
            InsertRows::Values(rows) => self.values(columns, given, rows)?,
            InsertRows::Bound(values) => self.bound_rows(columns, given, values),
            InsertRows::Placeholders(rows) => self.placeholders(columns, given, *rows)?,
            InsertRows::Select(_) => {}
        }
        self.conflict(insert)?;
        self.returning(returning, self.caps.returning)?;
        self.scopes.pop();
        Ok(())
    }

    /// A place in a row that is left to the column's default.
    pub(super) fn default_word(&mut self) -> Result<()> {
        if !self.caps.writes.default_word {
            return Err(self.unsupported(
                "DEFAULT as a value",
                "leave the column out of the INSERT, or give it a value",
            ));
        }
        self.push("DEFAULT");
        Ok(())
    }

    fn column_list(&mut self, columns: &[Name], given: &str) {
        if !columns.is_empty() {
            self.push(" (");
            self.names(columns);
            self.push(")");
            self.push(given);
        }
    }

    fn values(&mut self, columns: &[Name], given: &str, rows: &'a [Vec<Expr>]) -> Result<()> {
        if let Some(row) = rows.iter().find(|row| row.len() != columns.len()) {
            return Err(uneven(columns.len(), row.len()));
        }
        if columns.is_empty() {
            return self.default_values(rows.len());
        }
        self.column_list(columns, given);
        self.push(" VALUES ");
        self.list(rows, ", ", |w, row| w.parenthesised(row))
    }

    fn placeholders(&mut self, columns: &[Name], given: &str, rows: usize) -> Result<()> {
        if columns.is_empty() {
            return self.default_values(rows);
        }
        self.column_list(columns, given);
        self.push(" VALUES ");
        self.placeholder_rows(columns.len(), rows);
        Ok(())
    }

    fn bound_rows(&mut self, columns: &[Name], given: &str, values: &Arc<Binds>) {
        self.column_list(columns, given);
        self.push(" VALUES ");
        if !self.is_inline() {
            return self.bind_rows(columns.len(), values);
        }
        for (at, cell) in values.iter().enumerate() {
            let starts = at % columns.len() == 0;
            self.push(if at > 0 { ", " } else { "" });
            self.push(if starts { "(" } else { "" });
            self.literal(&Datum::from(cell));
            self.push(if at % columns.len() == columns.len() - 1 { ")" } else { "" });
        }
    }

    /// No column is named: a row of defaults. There is no text for several of them.
    fn default_values(&mut self, rows: usize) -> Result<()> {
        if rows > 1 {
            return Err(self.unsupported(
                "an INSERT of several rows without any column",
                "insert them one by one, or name a column",
            ));
        }
        self.push(" ");
        self.push(self.caps.default_values);
        Ok(())
    }

    /// RETURNING of a statement that may read other tables too: of these it gives nothing back everywhere.
    pub(super) fn returning_of(&mut self, items: &'a [Item], table: &'a TableRef, able: bool) -> Result<()> {
        if self.caps.writes.returning_others || items.is_empty() {
            return self.returning(items, able);
        }
        let own = self.scopes.pop();
        self.scopes.push(Scope::Target(table));
        self.returning(items, able)?;
        self.scopes.pop();
        self.scopes.extend(own);
        Ok(())
    }

    /// RETURNING, for INSERT, UPDATE and DELETE; `able`: the database has it there.
    pub(super) fn returning(&mut self, items: &'a [Item], able: bool) -> Result<()> {
        if items.is_empty() {
            return Ok(());
        }
        if !able {
            return Err(self.unsupported(
                "RETURNING",
                "run the statement, then select the rows in the same transaction",
            ));
        }
        self.push(" RETURNING ");
        self.items(items)
    }
}

#[cold]
fn uneven(columns: usize, values: usize) -> Error {
    let text = format!("a row of the INSERT has {values} values for {columns} columns");
    Error::new(ErrorKind::InvalidStatement, text).with_help("give each row one value for each column")
}

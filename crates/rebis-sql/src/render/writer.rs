//! The text under construction, with what must be known while it grows.

use super::scope::Scope;
use super::{Bind, Compiled, push_ident, push_literal};
use crate::ast::{Cte, Query, TableRef};
use crate::{Capabilities, Placeholder, StatementKind};
use rebis_core::{Binds, Datum, Error, ErrorKind, Name, Result};
use std::fmt::Write;
use std::sync::Arc;

/// Writes one statement. Methods that write a clause stand in the file of the clause.
pub(super) struct Writer<'a> {
    pub(super) caps: &'a Capabilities,
    pub(super) sql: String,
    /// Scopes around the place that is written, from the outermost to the innermost.
    pub(super) scopes: Vec<Scope<'a>>,
    /// Columns are written without their table (ORDER BY of a compound SELECT).
    pub(super) bare: bool,
    /// Whether columns must belong to something in FROM.
    pub(super) checked: bool,
    /// Text stands around everything: it may have any table.
    pub(super) in_text: bool,
    /// Common table expressions that were met, each behind those that it needs.
    pub(super) ctes: Vec<&'a Arc<Cte>>,
    /// Whether there is a place for WITH further out.
    pub(super) collects: bool,
    /// Whether the statement must be said with other constructs for this database.
    pub(super) needs_rewrite: bool,
    /// Whether rows of what is written leave the statement.
    pub(super) leaves: bool,
    /// What looks wrong.
    pub(super) doubt: Option<&'static str>,
    binds: Vec<Bind>,
    placeholders: usize,
    tables: Vec<Name>,
    writes: bool,
    any_table: bool,
    inline: bool,
}

impl<'a> Writer<'a> {
    /// `inline`: with values in the text.
    pub(super) fn new(caps: &'a Capabilities, inline: bool) -> Self {
        Writer {
            caps,
            sql: String::with_capacity(128),
            scopes: Vec::new(),
            bare: false,
            checked: true,
            in_text: false,
            ctes: Vec::new(),
            collects: false,
            needs_rewrite: false,
            leaves: true,
            doubt: None,
            binds: Vec::new(),
            placeholders: 0,
            tables: Vec::new(),
            writes: false,
            any_table: false,
            inline,
        }
    }

    pub(super) fn unchecked(mut self) -> Self {
        self.checked = false;
        self
    }

    pub(super) fn into_sql(self) -> String {
        self.sql
    }

    pub(super) fn finish(self, query: &Query) -> Result<Compiled> {
        if self.placeholders > self.caps.max_binds {
            return Err(too_many(self.placeholders, self.caps));
        }
        let kind = match query {
            Query::Raw(_) => super::raw::kind_of(&self.sql),
            Query::Select(_) | Query::Insert(_) | Query::Update(_) | Query::Delete(_) if self.writes => {
                StatementKind::Write
            }
            Query::Select(_) | Query::Insert(_) | Query::Update(_) | Query::Delete(_) => StatementKind::Read,
        };
        let tables = (!self.any_table).then_some(self.tables);
        Ok(Compiled { sql: self.sql, binds: self.binds, kind, tables, doubt: self.doubt })
    }

    /// A whole statement, but for its WITH.
    pub(super) fn query(&mut self, query: &'a Query) -> Result<()> {
        self.writes |= matches!(query, Query::Insert(_) | Query::Update(_) | Query::Delete(_));
        match query {
            Query::Select(select) => self.select(select),
            Query::Insert(insert) => self.insert(insert),
            Query::Update(update) => self.update(update),
            Query::Delete(delete) => self.delete(delete),
            Query::Raw(pieces) => {
                self.touch_any();
                // Which tables are there is the text's business.
                self.in_text = true;
                self.pieces(pieces)
            }
        }
    }

    #[inline]
    pub(super) fn push(&mut self, text: &str) {
        self.sql.push_str(text);
    }

    pub(super) fn ident(&mut self, name: &str) {
        push_ident(&mut self.sql, name, self.caps);
    }

    /// A value: bound, or written out.
    pub(super) fn value(&mut self, datum: &Datum) {
        if self.inline {
            push_literal(&mut self.sql, datum, self.caps);
        } else {
            self.bind(Bind::Datum(datum.clone()));
        }
    }

    pub(super) fn literal(&mut self, datum: &Datum) {
        push_literal(&mut self.sql, datum, self.caps);
    }

    /// A value that is not known yet.
    pub(super) fn later(&mut self, bind: Bind) {
        if self.inline {
            self.push("?");
        } else {
            self.bind(bind);
        }
    }

    pub(super) fn bind(&mut self, bind: Bind) {
        self.placeholder();
        self.binds.push(bind);
    }

    /// Rows of values that are written as `(?, ?), (?, ?)`.
    pub(super) fn bind_rows(&mut self, columns: usize, values: &Arc<Binds>) {
        self.placeholder_rows(columns, values.len() / columns.max(1));
        self.binds.push(Bind::Rows(values.clone()));
    }

    /// So many rows of placeholders.
    pub(super) fn placeholder_rows(&mut self, columns: usize, rows: usize) {
        let begin = self.sql.len();
        for row in 0..rows {
            if row > 0 && self.caps.placeholder == Placeholder::Question {
                // Each row reads as the first.
                return self.repeat_row(begin, columns, rows - 1);
            }
            self.push(if row == 0 { "(" } else { ", (" });
            for column in 0..columns {
                self.push(if column == 0 { "" } else { ", " });
                self.placeholder();
            }
            self.push(")");
        }
    }

    fn repeat_row(&mut self, begin: usize, columns: usize, times: usize) {
        let row = format!(", {}", &self.sql[begin..]);
        self.sql.reserve(row.len() * times);
        (0..times).for_each(|_| self.push(&row));
        self.placeholders += columns * times;
    }

    /// A placeholder whose value comes later.
    pub(super) fn placeholder(&mut self) {
        self.placeholders += 1;
        match self.caps.placeholder {
            Placeholder::Question => self.sql.push('?'),
            Placeholder::Dollar => {
                // Writing to a string cannot fail.
                let _ = write!(self.sql, "${}", self.placeholders);
            }
        }
    }

    /// Writes something with its values in the text, where no parameter can stand.
    pub(super) fn with_literals(&mut self, write: impl FnOnce(&mut Self) -> Result<()>) -> Result<()> {
        let inline = std::mem::replace(&mut self.inline, true);
        write(self)?;
        self.inline = inline;
        Ok(())
    }

    pub(super) fn is_inline(&self) -> bool {
        self.inline
    }

    /// Whether so many more parameters would be too many.
    pub(super) fn binds_left(&self) -> usize {
        self.caps.max_binds.saturating_sub(self.placeholders)
    }

    /// Writes items with a separator between.
    pub(super) fn list<T>(
        &mut self,
        items: impl IntoIterator<Item = T>,
        separator: &str,
        mut write: impl FnMut(&mut Self, T) -> Result<()>,
    ) -> Result<()> {
        for (index, item) in items.into_iter().enumerate() {
            if index > 0 {
                self.push(separator);
            }
            write(self, item)?;
        }
        Ok(())
    }

    pub(super) fn names(&mut self, names: &[Name]) {
        for (index, name) in names.iter().enumerate() {
            if index > 0 {
                self.push(", ");
            }
            self.ident(name);
        }
    }

    /// A table where it is named: FROM, INTO, UPDATE.
    pub(super) fn table(&mut self, table: &TableRef) {
        let TableRef { schema, name, alias } = table;
        self.touch(name);
        if let Some(schema) = self.caps.schema(schema.as_deref()) {
            push_ident(&mut self.sql, schema, self.caps);
            self.push(".");
        }
        self.ident(name);
        if let Some(alias) = alias {
            self.push(" AS ");
            self.ident(alias);
        }
    }

    /// Remembers a table that the statement reads or writes.
    pub(super) fn touch(&mut self, name: &Name) {
        if !self.tables.contains(name) {
            self.tables.push(name.clone());
        }
    }

    /// Whether the statement reads or writes a table.
    pub(super) fn touches(&self, name: &Name) -> bool {
        self.tables.contains(name)
    }

    /// Remembers that the statement may read or write any table.
    pub(super) fn touch_any(&mut self) {
        self.any_table = true;
    }

    /// Where the text ends, to go [back to](Writer::back_to).
    pub(super) fn mark(&self) -> Mark {
        Mark { text: self.sql.len(), binds: self.binds.len(), placeholders: self.placeholders }
    }

    /// Forgets what was written since.
    pub(super) fn back_to(&mut self, mark: Mark) {
        let Mark { text, binds, placeholders } = mark;
        self.sql.truncate(text);
        self.binds.truncate(binds);
        self.placeholders = placeholders;
    }

    /// The statement must be written again, after `legalize` has said this with other constructs.
    #[cold]
    pub(super) fn rewrite(&mut self, what: &str) -> Error {
        self.needs_rewrite = true;
        self.unsupported(what, "make a subquery of one of them with `.as_subquery(..)`")
    }

    pub(super) fn unsupported(&self, what: &str, help: &'static str) -> Error {
        Error::unsupported(format!("{} cannot do this: {what}", self.caps.name), help)
    }
}

/// A place in the text.
#[derive(Clone, Copy)]
pub(super) struct Mark {
    text: usize,
    binds: usize,
    placeholders: usize,
}

#[cold]
fn too_many(count: usize, caps: &Capabilities) -> Error {
    let text = format!("the statement has {count} parameters, {} takes {}", caps.name, caps.max_binds);
    Error::new(ErrorKind::Limit, text).with_help("split the values over several statements")
}

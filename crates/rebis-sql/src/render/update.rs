//! UPDATE.

use super::scope::Scope;
use super::writer::Writer;
use crate::Joined;
use crate::ast::{Assign, Expr, First, Order, Source, TableRef, Update};
use rebis_core::{Error, ErrorKind, Name, Result};

/// What an UPDATE or DELETE is about.
pub(super) struct Rows<'a> {
    pub(super) table: &'a TableRef,
    pub(super) filter: &'a [Expr],
    pub(super) first: Option<&'a First>,
    pub(super) key: &'a [Name],
}

impl<'a> Writer<'a> {
    pub(super) fn update(&mut self, update: &'a Update) -> Result<()> {
        let Update { table, set, from, filter, first, key, returning } = update;
        if set.is_empty() {
            return Err(nothing_set(&table.name));
        }
        self.push("UPDATE ");
        self.table(table);
        let listed = !from.is_empty() && self.caps.writes.update_joined == Joined::Listed;
        if listed {
            self.others(", ", from)?;
        }
        self.scopes.push(Scope::of_write(table, from));
        self.push(" SET ");
        self.assignments(set, listed.then_some(table))?;
        match self.caps.writes.update_joined {
            Joined::Clause if !from.is_empty() => self.others(" FROM ", from)?,
            Joined::Exists if !from.is_empty() => {
                return Err(self.unsupported(
                    "an UPDATE that reads other tables",
                    "set the column to a subquery: `.set(column, select(..).scalar())`",
                ));
            }
            Joined::Clause | Joined::Exists | Joined::Listed => {}
        }
        self.rows(&Rows { table, filter, first: first.as_ref(), key }, !from.is_empty())?;
        self.returning_of(returning, table, self.caps.returning_update && !listed)?;
        self.scopes.pop();
        Ok(())
    }

    /// `a = 1, b = 2`; with their table where several tables stand beside each other.
    pub(super) fn assignments(&mut self, set: &'a [Assign], qualified: Option<&'a TableRef>) -> Result<()> {
        self.list(set, ", ", |w, (name, value)| {
            if let Some(table) = qualified {
                w.ident(table.source());
                w.push(".");
            }
            w.ident(name);
            w.push(" = ");
            w.expr(value)
        })
    }

    /// Other tables that an UPDATE or DELETE reads.
    pub(super) fn others(&mut self, keyword: &str, others: &'a [Source]) -> Result<()> {
        self.push(keyword);
        self.list(others, ", ", Writer::source)
    }

    /// WHERE, and which of these rows come first. Where the database takes no LIMIT here, the rows are found by a
    /// subquery of keys.
    pub(super) fn rows(&mut self, rows: &Rows<'a>, joined: bool) -> Result<()> {
        let Rows { table, filter, first, key } = *rows;
        let Some(First { order_by, limit }) = first else { return self.condition(" WHERE ", filter) };
        if joined {
            return Err(self.unsupported(
                "LIMIT on an UPDATE or DELETE that reads other tables",
                "find the keys by a subquery: `.filter(User.id.in_(select(User.id)….limit(5)))`",
            ));
        }
        if self.caps.writes.limited {
            self.condition(" WHERE ", filter)?;
            return self.ordered(order_by, *limit);
        }
        if key.is_empty() {
            return Err(self.unsupported(
                "LIMIT on an UPDATE or DELETE of a table whose key is not known",
                "find the rows by a subquery in `.filter(..)`",
            ));
        }
        self.push(if key.len() == 1 { " WHERE " } else { " WHERE (" });
        self.names(key);
        self.push(if key.len() == 1 { " IN (SELECT " } else { ") IN (SELECT " });
        self.names(key);
        self.push(" FROM ");
        self.table(table);
        self.condition(" WHERE ", filter)?;
        self.ordered(order_by, *limit)?;
        self.push(")");
        Ok(())
    }

    fn ordered(&mut self, order_by: &'a [Order], limit: Option<u64>) -> Result<()> {
        self.order_by(order_by)?;
        self.limit(limit, None);
        Ok(())
    }
}

#[cold]
fn nothing_set(table: &str) -> Error {
    Error::new(ErrorKind::InvalidStatement, format!("the UPDATE of `{table}` sets nothing"))
        .with_table(table)
        .with_help("say what changes with `.set(column, value)`")
}

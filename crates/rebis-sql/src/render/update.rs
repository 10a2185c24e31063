//! UPDATE.

use super::connected;
use super::scope::Scope;
use super::writer::Writer;
use crate::Joined;
use crate::ast::{Assign, Expr, First, Order, Select, Source, TableRef, Update};
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
        let Update { table, set, set_rows, from, cartesian, filter, first, key, returning } = update;
        if set.is_empty() && set_rows.is_empty() {
            return Err(nothing_set(&table.name));
        }
        if !set_rows.is_empty() && !self.caps.writes.set_rows {
            return Err(self.rewrite("columns that are set to a row"));
        }
        self.push("UPDATE ");
        self.table(table);
        let listed = !from.is_empty() && self.caps.writes.update_joined == Joined::Listed;
        if listed {
            self.others(", ", from)?;
        }
        self.scopes.push(Scope::of_write(table, from));
        self.push(" SET ");
        self.assignments(table, set, listed)?;
        self.row_assignments(set_rows, set.is_empty())?;
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
        connected::check_write(table, from, filter, *cartesian)?;
        self.returning_of(returning, table, self.caps.returning_update && !listed)?;
        self.scopes.pop();
        Ok(())
    }

    /// `a = 1, b = 2`; with their table where several tables stand beside each other.
    pub(super) fn assignments(
        &mut self,
        table: &'a TableRef,
        set: &'a [Assign],
        qualified: bool,
    ) -> Result<()> {
        if self.caps.writes.sets_in_order && !set.iter().all(|(_, value)| is_plain(value)) {
            let set = self.from_old_values(table, set.iter().collect(), &[])?;
            return self.list(set, ", ", |w, assign| w.assignment(table, assign, qualified));
        }
        self.list(set, ", ", |w, assign| w.assignment(table, assign, qualified))
    }

    fn assignment(&mut self, table: &'a TableRef, assign: &'a Assign, qualified: bool) -> Result<()> {
        let (name, value) = assign;
        if qualified {
            self.ident(table.source());
            self.push(".");
        }
        self.ident(name);
        self.push(" = ");
        self.expr(value)
    }

    /// `(a, b) = (SELECT ..)`
    fn row_assignments(&mut self, set_rows: &'a [(Vec<Name>, Select)], first: bool) -> Result<()> {
        for (at, (names, select)) in set_rows.iter().enumerate() {
            self.push(if first && at == 0 { "" } else { ", " });
            self.push("(");
            self.names(names);
            self.push(") = ");
            self.subselect(select)?;
        }
        Ok(())
    }

    /// Where columns are set one after the other, an order in which each value sees the row as it was: what a value
    /// reads, and what all of them read, is set behind it.
    pub(super) fn from_old_values<'s>(
        &self,
        table: &TableRef,
        mut set: Vec<&'s Assign>,
        all_read: &[Expr],
    ) -> Result<Vec<&'s Assign>> {
        let mut ordered = Vec::with_capacity(set.len());
        while !set.is_empty() {
            let is_free = |at: usize| {
                let (name, _) = set[at];
                let read_by_all = set.len() > 1 && all_read.iter().any(|expr| reads(expr, table, name));
                let mut others =
                    set.iter().enumerate().filter(|(other, assign)| *other != at && !is_plain(&assign.1));
                !read_by_all && !others.any(|(_, (_, value))| reads(value, table, name))
            };
            let Some(free) = (0..set.len()).find(|at| is_free(*at)) else {
                return Err(self.unsupported(
                    "an UPDATE whose columns are set to values of each other",
                    "set one of them in a statement of its own, or select the row first",
                ));
            };
            ordered.push(set.remove(free));
        }
        Ok(ordered)
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

/// Whether an expression reads nothing.
fn is_plain(value: &Expr) -> bool {
    matches!(value, Expr::Value(_) | Expr::Literal(_) | Expr::Late(_) | Expr::Param(_) | Expr::Default)
}

/// Whether an expression reads a column of the table.
pub(super) fn reads(expr: &Expr, table: &TableRef, column: &str) -> bool {
    let mut found = false;
    expr.for_each_leaf(&mut |leaf| {
        found |= matches!(leaf, Expr::Column(of) if of.source == *table.source() && of.name == column);
    });
    found
}

#[cold]
fn nothing_set(table: &str) -> Error {
    Error::new(ErrorKind::InvalidStatement, format!("the UPDATE of `{table}` sets nothing"))
        .with_table(table)
        .with_help("say what changes with `.set(column, value)`")
}

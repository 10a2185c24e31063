//! Which tables an expression can see.

use super::writer::Writer;
use crate::ast::{ColumnRef, Expr, Item, Join, Select, Source, TableRef};
use rebis_core::{Error, ErrorKind, Name, Result};

/// What can be seen at one level of a statement.
#[derive(Clone, Copy)]
pub(super) enum Scope<'a> {
    /// FROM and joins of a SELECT.
    Select(&'a Select),
    /// The table of an INSERT, UPDATE or DELETE.
    Target(&'a TableRef),
    /// The table of a statement beside others, or beside a row that was proposed: its columns are qualified.
    Among(&'a TableRef, &'a [Source]),
}

impl<'a> Scope<'a> {
    /// The table of an UPDATE or DELETE, and what else it reads.
    pub(super) fn of_write(table: &'a TableRef, others: &'a [Source]) -> Self {
        if others.is_empty() { Scope::Target(table) } else { Scope::Among(table, others) }
    }
}

impl Scope<'_> {
    /// Whether a source of this name is in FROM, or the target.
    pub(super) fn sees(&self, source: &str) -> bool {
        match self {
            Scope::Select(select) => match &select.from {
                Some(from) => is_or_has(from, &select.joins, source),
                None => implied(select).is_some_and(|name| name == source),
            },
            Scope::Target(table) => table.source() == source,
            Scope::Among(table, others) => {
                table.source() == source || others.iter().any(|other| is_called(other, source))
            }
        }
    }

    /// Whether it is all rows of a SELECT that sees the source: what is left of a compound that became a subquery.
    fn stands_for(&self, source: &str) -> bool {
        match self {
            Scope::Select(Select {
                items,
                from: Some(Source::Subquery { select, alias: _, lateral: _ }),
                ..
            }) => {
                let inner = Scope::Select(select);
                matches!(items.as_slice(), [Item { expr: Expr::Star, label: _, kept: _ }])
                    && (inner.sees(source) || inner.stands_for(source))
            }
            Scope::Select(_) | Scope::Target(_) | Scope::Among(..) => false,
        }
    }
}

/// Whether the columns of a source, or of one that is joined to it, are qualified with this.
fn is_or_has(first: &Source, joins: &[Join], name: &str) -> bool {
    is_called(first, name) || joins.iter().any(|join| is_called(&join.source, name))
}

/// Whether the columns of something in FROM are qualified with this.
pub(super) fn is_called(source: &Source, name: &str) -> bool {
    match source {
        Source::Nested { first, joins } => is_or_has(first, joins, name),
        other => other.name().is_some_and(|own| own == name),
    }
}

/// The table of a SELECT that names none: that of the first column in its list.
pub(crate) fn implied(select: &Select) -> Option<&Name> {
    select.items.iter().find_map(|Item { expr, label: _, kept: _ }| first_source(expr))
}

fn first_source(expr: &Expr) -> Option<&Name> {
    if let Expr::Column(ColumnRef { source, name: _ }) = expr {
        return Some(source);
    }
    let mut found = None;
    expr.for_each_child(&mut |child| {
        if found.is_none() {
            found = first_source(child);
        }
    });
    found
}

impl<'a> Writer<'a> {
    /// A column: qualified, but for columns of the table that an UPDATE or DELETE is about.
    pub(super) fn column(&mut self, column: &ColumnRef) -> Result<()> {
        let ColumnRef { source, name } = column;
        let seen = self.scopes.iter().rev().any(|scope| scope.sees(source))
            || self.bare && self.scopes.last().is_some_and(|scope| scope.stands_for(source));
        if self.checked && !self.in_text && !seen {
            return Err(not_joined(source, name));
        }
        let own_target = matches!(self.scopes.last(), Some(Scope::Target(table)) if table.source() == source);
        if !own_target && !self.bare {
            self.ident(source);
            self.push(".");
        }
        self.ident(name);
        Ok(())
    }
}

#[cold]
fn not_joined(source: &str, column: &str) -> Error {
    let text =
        format!("`{source}` is not in FROM: column `{source}.{column}` is used, but the table is not joined");
    Error::new(ErrorKind::InvalidStatement, text)
        .with_table(source)
        .with_column(column)
        .with_help(format!("add `.join(..)` to it, or start from it with `.select_from(..)`; an alias of `{source}` has columns of its own"))
}

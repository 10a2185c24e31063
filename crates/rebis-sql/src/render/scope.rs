//! Which tables an expression can see.

use super::writer::Writer;
use crate::ast::{ColumnRef, Expr, Item, Select, Source, TableRef};
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
                Some(from) => {
                    name_of(from) == source || select.joins.iter().any(|j| name_of(&j.source) == source)
                }
                None => implied(select).is_some_and(|name| name == source),
            },
            Scope::Target(table) => table.source() == source,
            Scope::Among(table, others) => {
                table.source() == source || others.iter().any(|other| name_of(other) == source)
            }
        }
    }

    /// Whether it is all rows of a SELECT that sees the source: what is left of a compound that became a subquery.
    fn stands_for(&self, source: &str) -> bool {
        match self {
            Scope::Select(Select { items, from: Some(Source::Subquery { select, alias: _ }), .. }) => {
                let inner = Scope::Select(select);
                matches!(items.as_slice(), [Item { expr: Expr::Star, label: _ }])
                    && (inner.sees(source) || inner.stands_for(source))
            }
            Scope::Select(_) | Scope::Target(_) | Scope::Among(..) => false,
        }
    }
}

/// What the columns of something in FROM are qualified with.
fn name_of(source: &Source) -> &Name {
    match source {
        Source::Table(table) => table.source(),
        Source::Subquery { select: _, alias } => alias,
    }
}

/// The table of a SELECT that names none: that of the first column in its list.
pub(crate) fn implied(select: &Select) -> Option<&Name> {
    select.items.iter().find_map(|Item { expr, label: _ }| first_source(expr))
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

//! An INSERT that is one for the program and several for the database: rows beyond the limit of parameters, rows that
//! leave different columns to their defaults where there is no word for that.

use crate::Capabilities;
use crate::ast::{Expr, Insert, InsertRows, Query};
use rebis_core::{Binds, Name};
use std::sync::Arc;

/// The statements that a database takes in place of this one, in their order: mostly itself. Several belong into one
/// transaction.
///
/// ```
/// use rebis_core::Datum;
/// use rebis_sql::{ast, dialect, legalize, render};
/// let row = |name: ast::Expr| vec![ast::Expr::Value(Datum::Int(1)), name];
/// let rows = vec![row(ast::Expr::Default), row(ast::Expr::Value(Datum::Null)), row(ast::Expr::Default)];
/// let columns = vec!["karma".into(), "name".into()];
/// let rows = ast::InsertRows::Values(rows);
/// let insert = ast::Insert { columns, rows, ..ast::Insert::new(ast::TableRef::new("users")) };
/// let texts = |caps| -> rebis_core::Result<Vec<String>> {
///     let parts = legalize::split(ast::Query::Insert(Box::new(insert.clone())), caps);
///     parts.iter().map(|part| Ok(render::render(part, caps)?.sql)).collect()
/// };
/// assert_eq!(texts(dialect::mysql())?, ["INSERT INTO users (karma, name) VALUES (?, DEFAULT), (?, ?), (?, DEFAULT)"]);
/// assert_eq!(
///     texts(dialect::sqlite())?,
///     ["INSERT INTO users (karma) VALUES (?), (?)", "INSERT INTO users (karma, name) VALUES (?, ?)"]
/// );
/// # Ok::<(), rebis_core::Error>(())
/// ```
pub fn split(query: Query, caps: &Capabilities) -> Vec<Query> {
    let Query::Insert(insert) = query else { return vec![query] };
    if !is_several(&insert, caps) {
        return vec![Query::Insert(insert)];
    }
    if let InsertRows::Bound(values) = &insert.rows {
        return bound_parts(&insert, values, caps.max_binds);
    }
    let parts = if caps.writes.default_word { vec![*insert] } else { by_columns(*insert) };
    let parts = parts.into_iter().flat_map(|part| in_limits(part, caps.max_binds));
    parts.map(|part| Query::Insert(Box::new(part))).collect()
}

/// Whether the database may not take the statement as it is.
pub(super) fn is_several(insert: &Insert, caps: &Capabilities) -> bool {
    let rows = match &insert.rows {
        InsertRows::Values(rows) => rows,
        InsertRows::Bound(values) => return values.len() > caps.max_binds,
        InsertRows::Placeholders(_) | InsertRows::Select(_) => return false,
    };
    insert.columns.is_empty() && rows.len() > 1
        || !caps.writes.default_word && rows.iter().flatten().any(|value| *value == Expr::Default)
        || rows.iter().map(|row| binds_of(row)).sum::<usize>() > caps.max_binds
}

fn binds_of(row: &[Expr]) -> usize {
    fn count(expr: &Expr) -> usize {
        let own = usize::from(matches!(expr, Expr::Value(_) | Expr::Late(_) | Expr::Param(_)));
        let mut below = 0;
        expr.for_each_child(&mut |child| below += count(child));
        own + below
    }
    row.iter().map(count).sum()
}

/// The same statement with other columns and rows.
fn with(insert: &Insert, columns: Vec<Name>, rows: InsertRows) -> Insert {
    let Insert { table, columns: _, overriding, rows: _, conflict, keys, returning } = insert;
    Insert {
        table: table.clone(),
        columns,
        overriding: *overriding,
        rows,
        conflict: conflict.clone(),
        keys: keys.clone(),
        returning: returning.clone(),
    }
}

/// As many rows of plain values in each statement as its parameters allow.
fn bound_parts(insert: &Insert, values: &Binds, most: usize) -> Vec<Query> {
    let columns = insert.columns.len().max(1);
    let share = (most / columns).max(1) * columns;
    let parts = (0..values.len()).step_by(share).map(|from| {
        let rows = InsertRows::Bound(Arc::new(values.part(from, share)));
        Query::Insert(Box::new(with(insert, insert.columns.clone(), rows)))
    });
    parts.collect()
}

/// Rows that leave the same columns to their defaults belong together; these columns are not named.
fn by_columns(mut insert: Insert) -> Vec<Insert> {
    let InsertRows::Values(rows) = &mut insert.rows else { return vec![insert] };
    let rows = std::mem::take(rows);
    let mut groups: Vec<(Vec<bool>, Vec<Vec<Expr>>)> = Vec::new();
    for row in rows {
        let set: Vec<bool> = row.iter().map(|value| *value != Expr::Default).collect();
        let row = row.into_iter().filter(|value| *value != Expr::Default).collect();
        match groups.iter_mut().find(|(of, _)| *of == set) {
            Some((_, group)) => group.push(row),
            None => groups.push((set, vec![row])),
        }
    }
    let columns_of = |set: &[bool]| {
        let named = insert.columns.iter().zip(set).filter(|(_, set)| **set);
        named.map(|(name, _)| name.clone()).collect()
    };
    groups.into_iter().map(|(set, rows)| with(&insert, columns_of(&set), InsertRows::Values(rows))).collect()
}

/// As many rows in each statement as its parameters allow; rows of nothing but defaults one by one.
fn in_limits(mut insert: Insert, most: usize) -> Vec<Insert> {
    let InsertRows::Values(rows) = &mut insert.rows else { return vec![insert] };
    let rows = std::mem::take(rows);
    let mut parts: Vec<Vec<Vec<Expr>>> = Vec::new();
    let mut left = 0;
    for row in rows {
        let wanted = binds_of(&row);
        match parts.last_mut() {
            Some(part) if wanted <= left && !row.is_empty() => {
                left -= wanted;
                part.push(row);
            }
            _ => {
                left = most.saturating_sub(wanted);
                parts.push(vec![row]);
            }
        }
    }
    parts.into_iter().map(|rows| with(&insert, insert.columns.clone(), InsertRows::Values(rows))).collect()
}

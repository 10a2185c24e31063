//! The text of the unit of work's statements, kept for each model.

use crate::mapping::{ColumnSet, Edge, Mapping};
use hashbrown::HashMap;
use rebis_core::{Datum, Name, Result};
use rebis_sql::ast::{self, BinaryOp, ColumnRef, Expr, InSet, InsertRows, Item, Source};
use rebis_sql::{Capabilities, Statement};
use std::sync::{LazyLock, Mutex, PoisonError};

/// What distinguishes the statements of one model.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum StatementKey {
    /// INSERT of so many rows with these columns, returning those.
    Insert(ColumnSet, usize, ColumnSet),
    /// UPDATE of these columns by key.
    Update(ColumnSet),
    /// DELETE by key.
    Delete,
    /// DELETE of an association row by two of its foreign keys.
    Unlink(usize, usize),
    /// DELETE of the association rows of so many ends of a foreign key.
    Clear(usize, usize),
    /// SELECT by key.
    Get,
}

type Kept = HashMap<(usize, usize, StatementKey), Statement>;

static KEPT: LazyLock<Mutex<Kept>> = LazyLock::new(Mutex::default);

/// The statement for a key: rendered once for each database kind, and the same statement ever after, so that
/// drivers find it prepared.
pub(crate) fn cached(
    mapping: &'static Mapping,
    capabilities: &'static Capabilities,
    key: StatementKey,
    build: impl FnOnce() -> ast::Query,
) -> Result<Statement> {
    let key = (mapping.index(), std::ptr::from_ref(capabilities).addr(), key);
    match kept(&key) {
        Some(statement) => Ok(statement),
        None => keep(key, &build(), capabilities),
    }
}

fn kept(key: &(usize, usize, StatementKey)) -> Option<Statement> {
    KEPT.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
}

#[cold]
fn keep(
    key: (usize, usize, StatementKey),
    query: &ast::Query,
    capabilities: &'static Capabilities,
) -> Result<Statement> {
    let compiled = rebis_sql::render::render(query, capabilities)?;
    let statement = Statement::new(compiled.sql, compiled.kind);
    KEPT.lock().unwrap_or_else(PoisonError::into_inner).insert(key, statement.clone());
    Ok(statement)
}

pub(super) fn insert(
    mapping: &'static Mapping,
    columns: &ColumnSet,
    rows: usize,
    back: &ColumnSet,
) -> ast::Query {
    let table = mapping.table_ref();
    let source = table.source().clone();
    ast::Query::Insert(Box::new(ast::Insert {
        columns: columns.iter().map(|c| name(mapping, c)).collect(),
        overriding: gives_key(mapping, columns),
        rows: placeholders(mapping, columns, rows),
        returning: back.iter().map(|c| item(&source, mapping, c)).collect(),
        ..ast::Insert::new(table)
    }))
}

/// INSERT of one row in which columns are expressions.
pub(super) fn insert_with(
    mapping: &'static Mapping,
    columns: &ColumnSet,
    expressions: &[(usize, Expr)],
    back: &[usize],
) -> ast::Query {
    let table = mapping.table_ref();
    let source = table.source().clone();
    let values =
        columns.iter().map(|c| placeholder(mapping, c)).chain(expressions.iter().map(|(_, e)| e.clone()));
    ast::Query::Insert(Box::new(ast::Insert {
        overriding: gives_key(mapping, columns),
        rows: InsertRows::Values(vec![values.collect()]),
        columns: columns
            .iter()
            .chain(expressions.iter().map(|(c, _)| *c))
            .map(|c| name(mapping, c))
            .collect(),
        returning: back.iter().map(|&c| item(&source, mapping, c)).collect(),
        ..ast::Insert::new(table)
    }))
}

pub(super) fn update(mapping: &'static Mapping, columns: &ColumnSet, back: &[usize]) -> ast::Query {
    let table = mapping.table_ref();
    let returning = back.iter().map(|&c| item(table.source(), mapping, c)).collect();
    let set = columns.iter().map(|c| (name(mapping, c), placeholder(mapping, c))).collect();
    let filter = by_columns(table.source(), mapping, mapping.key());
    ast::Query::Update(Box::new(ast::Update { set, filter, returning, ..ast::Update::new(table) }))
}

/// UPDATE of one row in which columns are set to expressions, with the new values coming back.
pub(super) fn update_with(
    mapping: &'static Mapping,
    columns: &ColumnSet,
    expressions: &[(usize, Expr)],
    back: &[usize],
) -> ast::Query {
    let table = mapping.table_ref();
    let source = table.source().clone();
    let mut set: Vec<_> = columns.iter().map(|c| (name(mapping, c), placeholder(mapping, c))).collect();
    set.extend(expressions.iter().map(|(c, expr)| (name(mapping, *c), expr.clone())));
    let filter = by_columns(&source, mapping, mapping.key());
    let returning = back.iter().map(|&c| item(&source, mapping, c)).collect();
    ast::Query::Update(Box::new(ast::Update { set, filter, returning, ..ast::Update::new(table) }))
}

pub(super) fn delete(mapping: &'static Mapping, columns: &[usize]) -> ast::Query {
    let table = mapping.table_ref();
    let filter = by_columns(table.source(), mapping, columns);
    ast::Query::Delete(Box::new(ast::Delete { filter, ..ast::Delete::new(table) }))
}

pub(super) fn unlink(low: &Edge, high: &Edge) -> ast::Query {
    let columns: Vec<usize> = low.child_columns.iter().chain(&high.child_columns).copied().collect();
    delete(low.child, &columns)
}

/// DELETE of the association rows of so many ends.
pub(super) fn clear(edge: &Edge, ends: usize) -> ast::Query {
    let table = edge.child.table_ref();
    let filter = match edge.child_columns.as_slice() {
        [one] if ends > 1 => {
            let of = Box::new(column(table.source(), edge.child, *one));
            let set = InSet::List((0..ends).map(|_| placeholder(edge.child, *one)).collect());
            vec![Expr::In { of, set, negated: false }]
        }
        columns => by_columns(table.source(), edge.child, columns),
    };
    ast::Query::Delete(Box::new(ast::Delete { filter, ..ast::Delete::new(table) }))
}

/// `SELECT max(key)` of each of these models, in one statement.
pub(super) fn highest_keys(mappings: &[&'static Mapping]) -> ast::Query {
    let highest = mappings.iter().map(|mapping| {
        let table = mapping.table_ref();
        let key = mapping.generated().map(|c| column(table.source(), mapping, c));
        let max = Expr::Call(ast::Call::new("max", key.into_iter().collect()));
        ast::Select { items: vec![max.into()], from: Some(Source::Table(table)), ..ast::Select::default() }
    });
    let mut highest: Vec<ast::Select> = highest.collect();
    let select = match highest.len() {
        1 => highest.remove(0),
        _ => ast::Select {
            items: highest.into_iter().map(|select| Expr::Scalar(Box::new(select)).into()).collect(),
            ..ast::Select::default()
        },
    };
    ast::Query::Select(Box::new(select))
}

/// All columns of a model where some of its columns equal parameters.
pub(crate) fn select_by(mapping: &'static Mapping, columns: &[usize]) -> ast::Select {
    let table = mapping.table_ref();
    let filter = by_columns(table.source(), mapping, columns);
    ast::Select { filter, ..select_all(mapping) }
}

/// All columns of a model that queries read.
pub(crate) fn select_all(mapping: &'static Mapping) -> ast::Select {
    let table = mapping.table_ref();
    let items = (0..mapping.width()).map(|c| item(table.source(), mapping, c)).collect();
    ast::Select { items, from: Some(Source::Table(table)), ..ast::Select::default() }
}

/// Columns of the rows that have one of these keys in the columns `of`.
pub(crate) fn select_in(
    mapping: &'static Mapping,
    columns: &[usize],
    of: &[usize],
    keys: &[Vec<Datum>],
) -> ast::Select {
    let table = mapping.table_ref();
    let items = columns.iter().map(|&c| item(table.source(), mapping, c)).collect();
    let filter = vec![in_list(table.source(), mapping, of, keys)];
    ast::Select { items, from: Some(Source::Table(table)), filter, ..ast::Select::default() }
}

/// The same with all columns that queries read.
pub(crate) fn select_all_in(mapping: &'static Mapping, of: &[usize], keys: &[Vec<Datum>]) -> ast::Select {
    let columns: Vec<usize> = (0..mapping.width()).collect();
    select_in(mapping, &columns, of, keys)
}

/// A condition that columns are in a list of so many parameters.
pub(crate) fn in_list(source: &Name, mapping: &Mapping, columns: &[usize], keys: &[Vec<Datum>]) -> Expr {
    let values = |key: &Vec<Datum>| match key.as_slice() {
        [datum] => value(mapping, columns[0], datum),
        several => {
            Expr::Tuple(columns.iter().zip(several).map(|(&c, datum)| value(mapping, c, datum)).collect())
        }
    };
    let of = match columns {
        [one] => column(source, mapping, *one),
        several => Expr::Tuple(several.iter().map(|&c| column(source, mapping, c)).collect()),
    };
    if let [key] = keys
        && columns.len() == 1
    {
        return Expr::Binary { op: BinaryOp::Eq, left: Box::new(of), right: Box::new(values(key)) };
    }
    Expr::In { of: Box::new(of), set: InSet::List(keys.iter().map(values).collect()), negated: false }
}

pub(crate) fn by_columns(source: &Name, mapping: &Mapping, columns: &[usize]) -> Vec<Expr> {
    let equal = |&c: &usize| Expr::Binary {
        op: BinaryOp::Eq,
        left: Box::new(column(source, mapping, c)),
        right: Box::new(placeholder(mapping, c)),
    };
    columns.iter().map(equal).collect()
}

/// A column as an expression.
pub(crate) fn column(source: &Name, mapping: &Mapping, column: usize) -> Expr {
    Expr::Column(ColumnRef { source: source.clone(), name: name(mapping, column) })
}

/// A column among those that are read.
pub(crate) fn item(source: &Name, mapping: &Mapping, of: usize) -> Item {
    Item::from(column(source, mapping, of)).kept(mapping.columns()[of].kept)
}

/// A value of a column.
pub(crate) fn value(mapping: &Mapping, column: usize, datum: &Datum) -> Expr {
    Expr::Value(datum.clone()).kept(mapping.columns()[column].kept)
}

fn name(mapping: &Mapping, column: usize) -> Name {
    mapping.columns()[column].name.into()
}

/// Any value renders as a placeholder; the real one is bound when the statement runs.
fn placeholder(mapping: &Mapping, column: usize) -> Expr {
    value(mapping, column, &Datum::Int(0))
}

/// Whether an INSERT gives keys that were drawn before, where nobody else may.
fn gives_key(mapping: &Mapping, columns: &ColumnSet) -> bool {
    let always = mapping.identity().is_some_and(|identity| identity.always);
    always && mapping.generated().is_some_and(|key| columns.contains(key))
}

/// The rows of an INSERT.
fn placeholders(mapping: &Mapping, columns: &ColumnSet, rows: usize) -> InsertRows {
    if columns.iter().all(|c| mapping.columns()[c].kept.is_none()) {
        return InsertRows::Placeholders(rows);
    }
    let row: Vec<Expr> = columns.iter().map(|c| placeholder(mapping, c)).collect();
    InsertRows::Values(vec![row; rows])
}

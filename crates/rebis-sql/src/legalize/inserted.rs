//! An INSERT that gives back its rows, where the database has no RETURNING: it is run, and its rows are read by a key that
//! the rows give, or by the keys that the database made up.

use super::reread::by_keys;
use super::split::split;
use crate::Capabilities;
use crate::ast::{
    BinaryOp, ColumnRef, Conflict, ConflictAction, ConflictTarget, Expr, Insert, InsertRows, Key, Order,
    Piece, Query, Select, Source,
};
use rebis_core::{Datum, Error, Name, Result};

/// The statements, each INSERT before the SELECT that reads its rows.
pub(super) fn plan(mut insert: Insert, caps: &Capabilities) -> Result<Vec<Query>> {
    let returning = std::mem::take(&mut insert.returning);
    let mut queries = Vec::new();
    for part in split(Query::Insert(Box::new(insert)), caps) {
        if let Query::Insert(insert) = &part {
            let (filter, order_by) = written(insert, caps)?;
            let read = Select {
                items: returning.clone(),
                from: Some(Source::Table(insert.table.clone())),
                filter: vec![filter],
                order_by,
                ..Select::default()
            };
            queries.extend([part, Query::Select(Box::new(read))]);
        }
    }
    Ok(queries)
}

/// The condition of the rows that an INSERT has written, and their order.
fn written(insert: &Insert, caps: &Capabilities) -> Result<(Expr, Vec<Order>)> {
    let primary = insert.keys.first();
    let given =
        |columns: &[Name]| key_values(insert, columns).map(|rows| by_keys(&insert.table, columns, rows));
    let found = match &insert.conflict {
        Some(conflict) => of_conflict(conflict).and_then(given).map(|filter| (filter, Vec::new())),
        None => primary.and_then(|key| match given(&key.columns) {
            Some(filter) => Some((filter, Vec::new())),
            None if key.generated => made_up(insert, key, caps),
            None => None,
        }),
    };
    found.ok_or_else(|| not_known(caps))
}

/// The key by which a row meets another: the row that is changed has it too. Rows that are left out cannot be told from
/// others.
fn of_conflict(conflict: &Conflict) -> Option<&[Name]> {
    let Conflict { target, index_filter, action, keys } = conflict;
    if matches!(action, ConflictAction::Nothing) || !index_filter.is_empty() {
        return None;
    }
    match target {
        ConflictTarget::Columns(columns) => Some(columns),
        ConflictTarget::Constraint(name) => {
            keys.iter().find(|key| key.name.as_ref() == Some(name)).map(|key| key.columns.as_slice())
        }
        ConflictTarget::Any => None,
    }
}

/// The values that rows give for a key; none if one of them gives none, or calculates it.
fn key_values(insert: &Insert, columns: &[Name]) -> Option<Vec<Vec<Expr>>> {
    let place = |name: &Name| insert.columns.iter().position(|column| column == name);
    let places = columns.iter().map(place).collect::<Option<Vec<usize>>>()?;
    match &insert.rows {
        InsertRows::Values(rows) => {
            let value = |row: &[Expr], at: usize| match row.get(at) {
                Some(Expr::Value(datum) | Expr::Literal(datum)) if datum.is_null() => None,
                Some(value @ (Expr::Value(_) | Expr::Literal(_))) => Some(value.clone()),
                Some(value) if value.kept_by().is_some() => Some(value.clone()),
                _ => None,
            };
            rows.iter().map(|row| places.iter().map(|at| value(row, *at)).collect()).collect()
        }
        InsertRows::Bound(values) => {
            let width = insert.columns.len();
            let cell = |row: usize, at: usize| values.get(row * width + at).map(Datum::from);
            let value = |row, at| cell(row, at).filter(|datum| !datum.is_null()).map(Expr::Value);
            let rows = 0..values.len() / width.max(1);
            rows.map(|row| places.iter().map(|at| value(row, *at)).collect()).collect()
        }
        InsertRows::Placeholders(_) | InsertRows::Select(_) => None,
    }
}

/// The rows whose keys the last INSERT made up, if it made up all of them: they follow each other.
fn made_up(insert: &Insert, key: &Key, caps: &Capabilities) -> Option<(Expr, Vec<Order>)> {
    let ([first, step], [name]) = (caps.writes.made_keys?, key.columns.as_slice()) else { return None };
    if insert.columns.contains(name) {
        return None;
    }
    let rows = match &insert.rows {
        InsertRows::Values(rows) => rows.len(),
        InsertRows::Bound(values) => values.len() / insert.columns.len().max(1),
        InsertRows::Placeholders(_) | InsertRows::Select(_) => return None,
    };
    let raw = |text: &'static str| Expr::Raw(vec![Piece::Sql(text.into())]);
    let binary = |op, left, right| Expr::Binary { op, left: Box::new(left), right: Box::new(right) };
    let column = Expr::Column(ColumnRef { source: insert.table.source().clone(), name: name.clone() });
    let more = Expr::Literal(Datum::Int(i64::try_from(rows.saturating_sub(1)).unwrap_or(i64::MAX)));
    let last = binary(BinaryOp::Add, raw(first), binary(BinaryOp::Mul, raw(step), more));
    let filter = if rows == 1 {
        binary(BinaryOp::Eq, column.clone(), raw(first))
    } else {
        let (of, low, high) = (Box::new(column.clone()), Box::new(raw(first)), Box::new(last));
        Expr::Between { of, low, high, negated: false }
    };
    Some((filter, vec![Order { expr: column, descending: false, nulls: None }]))
}

#[cold]
fn not_known(caps: &Capabilities) -> Error {
    Error::unsupported(
        format!(
            "{} cannot do this: RETURNING of an INSERT whose rows cannot be read again by a key",
            caps.name
        ),
        "give the key in the rows; or run the INSERT, then select the rows by what is unique about them, in the same transaction",
    )
}

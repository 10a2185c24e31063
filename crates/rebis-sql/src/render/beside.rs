//! Columns that stand beside an aggregate where there are no groups: of which row they are nobody could say. Some databases
//! refuse that, others take any row.

use super::scope::Scope;
use crate::ast::{Call, ColumnRef, Expr, Select};
use rebis_core::{Error, ErrorKind, Result};

/// Functions of all rows, by the names they have here.
const AGGREGATES: [&str; 7] = ["avg", "count", "json_agg", "max", "min", "string_agg", "sum"];

/// An error if columns stand beside an aggregate, without GROUP BY.
pub(super) fn check(select: &Select) -> Result<()> {
    if select.items.len() < 2 || !select.group_by.is_empty() {
        return Ok(());
    }
    if !select.items.iter().any(|item| aggregates(&item.expr)) {
        return Ok(());
    }
    let own = Scope::Select(select);
    let bare = select.items.iter().find_map(|item| bare_column(&item.expr, own));
    bare.map_or(Ok(()), |column| Err(beside(column)))
}

fn is_aggregate(call: &Call) -> bool {
    let Call { name, args: _, clauses } = call;
    clauses.is_some() || AGGREGATES.contains(&name.as_ref())
}

/// Whether an expression is of all rows. Over a window a function is of its row.
fn aggregates(expr: &Expr) -> bool {
    match expr {
        Expr::Call(call) if is_aggregate(call) => true,
        Expr::Over { call: _, window: _ } => false,
        other => {
            let mut found = false;
            other.for_each_child(&mut |child| found = found || aggregates(child));
            found
        }
    }
}

/// A column of this SELECT that stands outside of aggregates.
fn bare_column<'e>(expr: &'e Expr, own: Scope<'_>) -> Option<&'e ColumnRef> {
    match expr {
        Expr::Column(column) => own.sees(&column.source).then_some(column),
        Expr::Call(call) if is_aggregate(call) => None,
        // What a window sorts and counts may be aggregates of groups.
        Expr::Over { call: _, window: _ } => None,
        other => {
            let mut found = None;
            other.for_each_child(&mut |child| found = found.or_else(|| bare_column(child, own)));
            found
        }
    }
}

#[cold]
fn beside(column: &ColumnRef) -> Error {
    let ColumnRef { source, name } = column;
    let text = format!(
        "`{source}.{name}` stands beside an aggregate without GROUP BY: of which row it is nobody says"
    );
    Error::new(ErrorKind::InvalidStatement, text)
        .with_table(source.clone())
        .with_column(name.clone())
        .with_help("add `.group_by(..)`, aggregate it too, or calculate over the rows: `.over(window())`")
}

//! New rows of models for an INSERT without a session.

use crate::mapping::{Draft, Model};
use rebis_core::{Binds, Datum, Name};
use rebis_sql::ast::{Expr, Fault};
use rebis_sql::build::NewValues;

/// The columns of a new row. What the program left to the database has its default.
#[doc(hidden)]
pub fn row_of<M: Model>(draft: Draft<M>) -> NewValues {
    let Draft { object, set, defaulted: _, links } = draft;
    let mapping = M::mapping();
    let columns = mapping.columns();
    let relation = links.0.iter().find(|(_, targets)| !targets.is_empty());
    let fault = relation
        .map(|(relation, _)| follows(mapping.name(), mapping.relations()[usize::from(*relation)].name));
    let missing = (0..columns.len()).find(|&column| !object.has(column));
    let fault = fault.or_else(|| missing.map(|column| deferred(mapping.name(), columns[column].field)));
    let mut binds = Binds::new();
    (0..columns.len()).for_each(|column| object.encode(column, &mut binds));
    let value = |(at, info): (usize, &crate::mapping::ColumnInfo)| {
        let left = !set.contains(at) && info.server_default;
        let value = binds.get(at).map(|cell| Expr::Value(Datum::from(cell)));
        (Name::from(info.name), value.filter(|_| !left))
    };
    NewValues { values: columns.iter().enumerate().map(value).collect(), fault }
}

#[cold]
fn follows(model: &str, relation: &str) -> Fault {
    Fault {
        message: format!("a new `{model}` sets the relation `{relation}`, which only a session can follow")
            .into(),
        help: "set the key column in its place, or add the row to a session".into(),
        table: None,
    }
}

#[cold]
fn deferred(model: &str, field: &str) -> Fault {
    Fault {
        message: format!("a new `{model}` has no `{field}`: it is deferred, and was neither loaded nor set")
            .into(),
        help: "set it".into(),
        table: None,
    }
}

//! New rows of models for an INSERT without a session.

use crate::mapping::{ColumnSet, Draft, Links, Mapping, Model};
use rebis_core::{Binds, Name};
use rebis_sql::ast::Fault;
use rebis_sql::build::NewRows;

/// Puts a new row there. What the program left to the database has its default.
#[doc(hidden)]
pub fn row_of<M: Model>(draft: Draft<M>, rows: &mut NewRows) {
    let Draft { object, set, defaulted: _, links } = draft;
    put(rows, M::mapping(), &set, &links, &|column| object.has(column), &mut |column, out| {
        object.encode(column, out);
    });
}

fn put(
    rows: &mut NewRows,
    mapping: &Mapping,
    set: &ColumnSet,
    links: &Links,
    has: &dyn Fn(usize) -> bool,
    write: &mut dyn FnMut(usize, &mut Binds),
) {
    let columns = mapping.columns();
    if let Some((relation, _)) = links.0.iter().find(|(_, targets)| !targets.is_empty()) {
        rows.wrong(follows(mapping.name(), mapping.relations()[usize::from(*relation)].name));
    }
    if let Some(missing) = (0..columns.len()).find(|column| !has(*column)) {
        rows.wrong(deferred(mapping.name(), columns[missing].field));
    }
    let column = |at: usize| {
        let info = &columns[at];
        (Name::from(info.name), set.contains(at) || !info.server_default)
    };
    if columns.iter().any(|info| info.kept.is_some()) {
        return rows.kept(columns.len(), &column, &|at| columns[at].kept, write);
    }
    let kind = set.word().map(|word| (std::ptr::from_ref(mapping).addr(), word));
    rows.plain(kind, columns.len(), &column, write);
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

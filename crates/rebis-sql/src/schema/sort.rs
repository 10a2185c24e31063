//! The order in which tables are made: parents first, and what breaks a circle.

use super::{ForeignKey, MetaData, Table};

/// Tables in the order of their dependencies, and the foreign keys that point forward in it all the same.
pub(super) struct Sorted<'a> {
    pub(super) tables: Vec<&'a Table>,
    /// Foreign keys whose target comes later: there is a circle.
    pub(super) forward: Vec<(&'a Table, &'a ForeignKey)>,
}

/// Sorts the tables; where nothing speaks against it they stay in the order they were given.
pub(super) fn sort(schema: &MetaData) -> Sorted<'_> {
    let mut rest: Vec<&Table> = schema.tables().iter().collect();
    let mut sorted = Sorted { tables: Vec::with_capacity(rest.len()), forward: Vec::new() };
    while !rest.is_empty() {
        // With a circle no table is free: the one with the fewest open keys goes first.
        let next = (0..rest.len()).min_by_key(|&at| open_keys(rest[at], &rest).count()).unwrap_or(0);
        let table = rest[next];
        sorted.forward.extend(open_keys(table, &rest).map(|key| (table, key)));
        rest.remove(next);
        sorted.tables.push(table);
    }
    sorted
}

/// Foreign keys of a table to others that are not made yet.
fn open_keys<'t>(table: &'t Table, rest: &[&Table]) -> impl Iterator<Item = &'t ForeignKey> {
    table
        .foreign_keys
        .iter()
        .filter(move |key| !points_to(key, table) && rest.iter().any(|other| points_to(key, other)))
}

fn points_to(key: &ForeignKey, table: &Table) -> bool {
    key.target_table == table.name && key.target_schema == table.schema
}

impl MetaData {
    /// The tables in the order of their dependencies: parents before children, as they are created.
    ///
    /// See [`MetaData`] for an example.
    pub fn sorted_tables(&self) -> Vec<&Table> {
        sort(self).tables
    }
}

//! Pairs that were pushed or taken apart without anybody knowing whether the database has them: they are asked for, and
//! not written again. Pure.

use super::statements;
use crate::graph::{AssocKey, Graph};
use crate::mapping::Mapping;
use hashbrown::HashSet;
use rebis_core::{Binds, Datum};
use rebis_sql::ast;

/// Some pairs of one association, with what stands in the columns that connect them.
pub(super) struct Unsure {
    mapping: &'static Mapping,
    keys: Vec<AssocKey>,
    columns: Vec<usize>,
    values: Vec<Vec<Datum>>,
}

/// The pairs to ask for, in pages.
pub(super) fn unsure(graph: &mut Graph, page: usize) -> Vec<Unsure> {
    let mut all = Vec::new();
    for (mapping, keys) in graph.unsure_pairs() {
        for keys in keys.chunks(page) {
            let (columns, values) = pair_values(graph, mapping, keys);
            all.push(Unsure { mapping, keys: keys.to_vec(), columns, values });
        }
    }
    all
}

impl Unsure {
    pub(super) fn query(&self) -> ast::Query {
        let Unsure { mapping, keys: _, columns, values } = self;
        ast::Query::Select(Box::new(statements::select_in(mapping, columns, columns, values)))
    }

    /// Takes what the database has of them.
    pub(super) fn settle(self, graph: &mut Graph, rows: Vec<Vec<Datum>>) {
        let there: HashSet<Vec<Datum>> = rows.into_iter().collect();
        for (key, values) in self.keys.iter().zip(&self.values) {
            match there.contains(values) {
                true => graph.pair_is_there(key),
                false => graph.pair_is_missing(key),
            }
        }
    }
}

/// The columns of an association that connect pairs, and what stands in them for each pair.
fn pair_values(graph: &Graph, mapping: &Mapping, keys: &[AssocKey]) -> (Vec<usize>, Vec<Vec<Datum>>) {
    let edge = |index: u16| &mapping.foreign_keys()[usize::from(index)];
    let ends = |key: &AssocKey| [(edge(key.low.0), key.low.1), (edge(key.high.0), key.high.1)];
    let columns = keys.first().map(ends).into_iter().flatten();
    let columns = columns.flat_map(|(edge, _)| edge.child_columns.iter().copied()).collect();
    let values = |key: &AssocKey| {
        let mut binds = Binds::new();
        for (edge, raw) in ends(key) {
            if let Some(store) = graph.store(edge.parent.index() as u32) {
                edge.parent_columns.iter().for_each(|&c| store.encode_stored(raw.slot, c, &mut binds));
            }
        }
        binds.iter().map(Datum::from).collect()
    };
    (columns, keys.iter().map(values).collect())
}

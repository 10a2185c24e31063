//! The report of N+1: a relation that is loaded one object at a time, from the same place in the program.

use crate::loading::Spec;
use hashbrown::HashMap;
use std::panic::Location;
use tracing::Level;

type Site = &'static Location<'static>;

/// So many queries for single objects are told.
const TOLD_AT: u32 = 10;

/// Counts queries that loaded a relation of one object: by place, model and relation. Empty for who does none.
#[derive(Debug, Default)]
pub(super) struct Watch(HashMap<(Site, usize, usize), u32>);

impl Watch {
    /// Whether anybody would hear of it.
    pub(super) fn is_on() -> bool {
        tracing::enabled!(target: "rebis::n_plus_one", Level::WARN)
    }

    /// A query has loaded a relation of one object alone.
    pub(super) fn loaded_one(&mut self, spec: &Spec, site: Site) {
        let loads = self.0.entry((site, spec.owner.index(), spec.relation.index)).or_default();
        *loads = loads.saturating_add(1);
        if *loads == TOLD_AT {
            tell(spec, site);
        }
    }
}

/// Once for each place, in each session.
#[cold]
fn tell(spec: &Spec, site: Site) {
    let (owner, path) = (spec.owner.name(), spec.path());
    tracing::event!(
        target: "rebis::n_plus_one",
        Level::WARN,
        rebis.relation = format!("{owner}.{}", spec.relation.name),
        rebis.loads = TOLD_AT,
        rebis.fix = format!(".with({path})"),
        code.file.path = site.file(),
        code.line.number = site.line(),
        "a relation is loaded one object at a time: load it with the query, `.with({path})`, or for all of them, \
         `db.load_all(&handles, {path})`"
    );
}

//! Putting what was loaded into the windows of the owners, with what is pending.

use crate::graph::{Graph, LinkKey, List, Object, Raw, State};
use crate::mapping::{Edge, LinkInfo, LinkMut, LinkRef, ManyLink, OneLink, RelationInfo};
use hashbrown::{HashMap, HashSet};
use std::sync::Arc;

/// What came for each owner, by slot, in order.
pub(crate) type Found = HashMap<u32, Vec<Raw>>;

/// Fills the windows of all owners. Who has no entry has nothing.
pub(crate) fn apply(
    graph: &mut Graph,
    info: &'static RelationInfo,
    model: u32,
    owners: &[u32],
    mut found: Found,
    partial: bool,
) {
    let moved = moves(graph, info);
    for &slot in owners {
        let Some(head) = graph.store(model).and_then(|s| s.head(slot)) else { continue };
        let owner = Object { model, raw: Raw { slot, stamp: head.stamp } };
        let mut rows = found.remove(&slot).unwrap_or_default();
        let stored = rows.len();
        if let (LinkInfo::Through(through), false) = (&info.link, partial || graph.is_restricting()) {
            graph.settle_pairs(through, owner.raw, &rows);
        }
        merge_pending(&mut rows, owner, &moved);
        if let LinkInfo::There(edge) = &info.link {
            point_back(graph, edge, owner, &rows);
        }
        let now = graph.now;
        before_load(graph, owner, info.index);
        if matches!(graph.link(owner, info.index), Some(LinkRef::One(_))) {
            graph.ones_loaded.insert((owner, info.index), now);
        }
        match graph.link_mut(owner, info.index) {
            Some(LinkMut::Many(link)) => {
                let list = List::new(rows).loaded_at(now);
                *link = ManyLink(Some(Arc::new(if partial { list.partial() } else { list })));
            }
            Some(LinkMut::One(link)) => {
                if stored > 1 {
                    tracing::warn!(
                        relation = info.name,
                        rows = stored,
                        "more than one row for a to-one relation: the first is taken"
                    );
                }
                *link = OneLink::of(rows.first().copied());
            }
            None => {}
        }
    }
}

/// What is pending for a relation: who comes to which owner, and who leaves it (rule 53).
#[derive(Debug, Default)]
struct Moves {
    comes: HashMap<Raw, Vec<Raw>>,
    /// Where each moved object goes, if anywhere.
    goes: HashMap<Raw, Option<Raw>>,
    /// Pairs of owner and target that were taken apart.
    apart: HashSet<(Raw, Raw)>,
}

fn moves(graph: &Graph, info: &RelationInfo) -> Moves {
    let mut moves = Moves::default();
    match &info.link {
        LinkInfo::There(edge) => {
            let (child, index) = (edge.child.index() as u32, edge.index as u16);
            let mut links: Vec<_> =
                graph.links.iter().filter(|(k, _)| k.child.model == child && k.edge == index).collect();
            links.sort_unstable_by_key(|(key, _)| **key);
            for (key, target) in links {
                if !graph.state_of(key.child).is_some_and(State::is_attached) {
                    continue;
                }
                moves.goes.insert(key.child.raw, *target);
                if let Some(owner) = target {
                    moves.comes.entry(*owner).or_default().push(key.child.raw);
                }
            }
        }
        LinkInfo::Through(through) => {
            let model = through.model().index() as u32;
            let from = through.from.index as u16;
            let ends = |key: &crate::graph::AssocKey| match key.low.0 == from {
                true => (key.low.1, key.high.1),
                false => (key.high.1, key.low.1),
            };
            let to = through.to.index as u16;
            let ours = |key: &&crate::graph::AssocKey| {
                key.model == model && key.low.0 == from.min(to) && key.high.0 == from.max(to)
            };
            let mut added: Vec<_> = graph.pairs.added.iter().filter(|(key, _)| ours(key)).collect();
            added.sort_unstable_by_key(|(_, row)| row.raw.slot);
            for (key, _) in added {
                let (owner, target) = ends(key);
                moves.comes.entry(owner).or_default().push(target);
            }
            moves.apart = graph.pairs.removed.iter().filter(ours).map(ends).collect();
        }
        LinkInfo::Here(_) => {}
    }
    moves
}

fn merge_pending(rows: &mut Vec<Raw>, owner: Object, moves: &Moves) {
    rows.retain(|row| {
        moves.goes.get(row).is_none_or(|target| *target == Some(owner.raw))
            && !moves.apart.contains(&(owner.raw, *row))
    });
    rows.extend(moves.comes.get(&owner.raw).into_iter().flatten());
}

/// The children know their parent now: their `BelongsTo` is loaded, without SQL.
fn point_back(graph: &mut Graph, edge: &Edge, owner: Object, children: &[Raw]) {
    for info in edge.child.relations() {
        if !matches!(&info.link, LinkInfo::Here(e) if e == edge) {
            continue;
        }
        for &raw in children {
            let child = Object { model: edge.child.index() as u32, raw };
            if graph.links.contains_key(&LinkKey { child, edge: edge.index as u16 }) {
                continue;
            }
            before_load(graph, child, info.index);
            if let Some(LinkMut::One(link)) = graph.link_mut(child, info.index) {
                *link = OneLink::Loaded(owner.raw);
            }
        }
    }
}

/// What a transaction loads after it has written may be of its own making, and what is pending is in what is loaded:
/// a rollback takes it back.
pub(super) fn before_load(graph: &mut Graph, owner: Object, relation: usize) {
    let nothing_pending = graph.links.is_empty() && graph.pairs.is_empty();
    if graph.has_written || !nothing_pending {
        graph.save_link(owner, relation);
    }
}

/// Whether a load of one object has nothing to do: nothing is pending that the load should see, and the window is
/// fresh.
pub(crate) fn is_there(graph: &Graph, owner: Object, spec: &super::Spec) -> bool {
    if spec.is_partial() || graph.has_changes() || graph.is_restricting() {
        return false;
    }
    match (&spec.relation.link, graph.link(owner, spec.relation.index)) {
        // A key that is here says whether its window still holds, when its row was read.
        (LinkInfo::Here(_), Some(LinkRef::One(link))) => {
            let fresh = graph.store(owner.model).and_then(|s| s.head(owner.raw.slot)).map(|head| head.fresh);
            link != OneLink::NotLoaded && fresh.is_some_and(|time| time >= graph.now)
        }
        (_, Some(_)) => is_fresh(graph, owner, spec.relation),
        (_, None) => false,
    }
}

/// Whether the window of an owner needs no load: it is there, whole, and of this transaction.
pub(crate) fn is_fresh(graph: &Graph, owner: Object, info: &RelationInfo) -> bool {
    match graph.link(owner, info.index) {
        Some(LinkRef::Many(link)) => {
            let is_fresh = |list: &Arc<List>| !list.is_partial() && list.time() >= graph.now;
            link.list().is_some_and(|list| is_fresh(list) && !graph.populate)
                || graph.is_replaced(owner, info.index)
        }
        Some(LinkRef::One(link)) => {
            if let LinkInfo::Here(edge) = &info.link {
                let pending = graph.links.contains_key(&LinkKey { child: owner, edge: edge.index as u16 });
                return pending || (link != OneLink::NotLoaded && !graph.populate);
            }
            let loaded = graph.ones_loaded.get(&(owner, info.index)).copied();
            // What is pending is known whatever the database says; else it counts when it was loaded.
            let known = loaded.is_some_and(|time| time >= graph.now)
                || graph.state_of(owner) == Some(State::Pending)
                || link.get().is_some_and(|raw| graph.is_linked(info, raw));
            link != OneLink::NotLoaded && known && !graph.populate
        }
        None => true,
    }
}

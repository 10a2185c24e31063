//! What deletions and orphans bring along.

use crate::graph::{Graph, LinkKey, Object, Raw, Replaced, State};
use crate::loading::Spec;
use crate::mapping::{Edge, LinkInfo, LinkRef, OneLink, PassiveDeletes, RelationInfo, RelationKind};
use hashbrown::HashSet;
use rebis_core::{Error, ErrorKind, Result};
use rebis_sql::ast::Expr;

/// A relation that must be loaded before the flush can go on, for these owners.
#[derive(Debug)]
pub(crate) struct Need {
    /// The relation.
    pub relation: &'static RelationInfo,
    /// The number of the owners' model.
    pub model: u32,
    /// The owners, by slot.
    pub owners: Vec<u32>,
    /// Whether the session's restrictions do not hold: what is deleted must take along what nobody sees.
    pub unrestricted: bool,
}

impl Need {
    /// What is loaded: whatever the program says about loading (rule 82).
    pub(super) fn spec(&self, graph: &Graph) -> Option<Spec> {
        let owner = graph.store(self.model)?.mapping();
        Some(Spec { unrestricted: self.unrestricted, ..Spec::whole(owner, self.relation) })
    }
}

/// Rows of an association table that go because one end goes.
#[derive(Clone, Debug)]
pub(crate) struct Clear {
    /// The association's foreign key.
    pub edge: Edge,
    /// The object at its end.
    pub end: Object,
}

/// The state of working out cascades: kept over the rounds of loading.
#[derive(Debug, Default)]
pub(crate) struct Cascade {
    done: HashSet<Object>,
    /// Relations that were loaded on the way.
    loaded: HashSet<(Object, usize)>,
    /// Association rows that go with their ends.
    pub clears: Vec<Clear>,
    /// Ends and foreign keys of these: an object is looked at again after what it needs was loaded.
    cleared: HashSet<(Object, usize, usize)>,
}

impl Cascade {
    /// Follows cascades as far as what is loaded allows. What must be loaded to go on comes back; call it again
    /// after that. Nothing to load: every object that will be deleted is marked, every child that loses its parent
    /// has been told.
    pub(crate) fn advance(&mut self, graph: &mut Graph) -> Result<Vec<Need>> {
        if let Some(problem) = graph.problem.take() {
            return Err(Error::new(ErrorKind::InvalidState, problem));
        }
        check_expressions(graph)?;
        check_deferred(graph)?;
        let mut needs = Vec::new();
        self.settle_replaced(graph, &mut needs);
        self.orphans(graph);
        let mut at = 0;
        while at < graph.deletes.len() {
            let object = graph.deletes[at];
            at += 1;
            if self.done.contains(&object) || graph.state_of(object) != Some(State::Deleting) {
                continue;
            }
            if self.cascade_from(graph, object, &mut needs)? {
                self.done.insert(object);
            }
            self.orphans(graph);
        }
        Ok(needs)
    }

    /// Relations that were replaced before anybody knew what is in them: what the database has there and they shall
    /// not hold goes.
    fn settle_replaced(&mut self, graph: &mut Graph, needs: &mut Vec<Need>) {
        for mut replaced in graph.replaced.take() {
            let Replaced { owner, relation, ref mut targets } = replaced;
            let info = &graph.relations_of(owner)[relation];
            if graph.state_of(owner) != Some(State::Persistent) {
                // The deletion wants to know what the database has, not what it was to have.
                graph.forget_one(owner, relation);
                continue;
            }
            // What was put there and goes by now is not put there again.
            let model = info.target.index() as u32;
            let stays = |raw: &Raw| {
                matches!(
                    graph.state_of(Object { model, raw: *raw }),
                    Some(State::Pending | State::Persistent)
                )
            };
            let known = targets.take().map(|all| all.into_iter().filter(stays).collect::<Vec<_>>());
            match known {
                Some(targets) if info.kind == RelationKind::HasMany => {
                    graph.replace_raw(owner, info, targets)
                }
                Some(targets) => {
                    graph.set_raw(owner, info, targets.first().copied());
                    graph.change_one(owner, relation, OneLink::of(targets.first().copied()));
                }
                None => {
                    *targets = Some(held(graph, owner, relation));
                    if let LinkInfo::Through(through) = &info.link {
                        graph.withdraw(owner, through, targets.as_deref().unwrap_or_default());
                    }
                    graph.forget_one(owner, relation);
                    need(needs, info, owner, false);
                    graph.replaced.push(replaced);
                }
            }
        }
    }

    /// Children that lost a parent with `delete-orphan` and got no other one: deleted, or not inserted.
    fn orphans(&mut self, graph: &mut Graph) {
        if graph.orphans.is_empty() {
            return;
        }
        let mut keys: Vec<LinkKey> = graph.orphans.drain().collect();
        keys.sort_unstable();
        for key in keys {
            let Some(store) = graph.store(key.child.model) else { continue };
            let Some(edge) = store.mapping().foreign_keys().get(usize::from(key.edge)) else { continue };
            let orphaned = edge.parent.relations().iter().any(|info| {
                info.cascade.delete_orphan && matches!(&info.link, LinkInfo::There(e) if e == edge)
            });
            if orphaned && graph.links.get(&key) == Some(&None) {
                graph.delete_object(key.child);
                graph.orphaned.insert(key.child);
                graph.reasons.insert(
                    key.child,
                    "an orphan: taken from its parent, whose relation has `delete-orphan`",
                );
            }
        }
    }

    /// Follows the relations of one object that is to be deleted. Whether nothing more must be loaded for it.
    fn cascade_from(&mut self, graph: &mut Graph, object: Object, needs: &mut Vec<Need>) -> Result<bool> {
        let mut complete = true;
        for info in graph.relations_of(object).iter().filter(|info| !info.view_only) {
            match &info.link {
                LinkInfo::Through(through) => {
                    if info.passive_deletes == PassiveDeletes::No {
                        self.clear(graph, &through.from, object);
                    }
                }
                LinkInfo::There(edge) => complete &= self.children(graph, object, info, edge, needs)?,
                LinkInfo::Here(_) if info.cascade.delete => {
                    complete &= self.parent(graph, object, info, needs)
                }
                LinkInfo::Here(_) => {}
            }
        }
        Ok(complete)
    }

    fn clear(&mut self, graph: &mut Graph, edge: &Edge, end: Object) {
        if self.cleared.insert((end, edge.child.index(), edge.index)) {
            self.clears.push(Clear { edge: edge.clone(), end });
        }
        // Rows that are not written yet are not written at all.
        for (key, row) in graph.pairs.added_at(edge, end.raw) {
            graph.pairs.added.remove(&key);
            graph.delete_object(row);
        }
        graph.pairs.removed.retain(|key| !key.has_end(edge, end.raw));
    }

    fn children(
        &mut self,
        graph: &mut Graph,
        owner: Object,
        info: &'static RelationInfo,
        edge: &Edge,
        needs: &mut Vec<Need>,
    ) -> Result<bool> {
        if info.passive_deletes == PassiveDeletes::All {
            return Ok(true);
        }
        // What was loaded before this transaction is not trusted: rows may have come and gone since. Nor is what was
        // loaded under a restriction.
        let is_whole = graph.is_current(owner, info.index) && !graph.is_restricted(info.target);
        if !is_whole && !self.loaded.contains(&(owner, info.index)) {
            if info.passive_deletes == PassiveDeletes::Unloaded {
                return Ok(true);
            }
            graph.forget_one(owner, info.index);
            self.loaded.insert((owner, info.index));
            need(needs, info, owner, true);
            return Ok(false);
        }
        let model = edge.child.index() as u32;
        let mut children: Vec<Object> =
            held(graph, owner, info.index).into_iter().map(|raw| Object { model, raw }).collect();
        if info.kind == RelationKind::HasOne {
            // The window has room for one: there may be one in the database, and another on its way.
            children.extend(
                graph.linked_to(owner).into_iter().filter(|(e, _)| *e == edge).map(|(_, child)| child),
            );
        }
        for child in children {
            // A child that was given to somebody else meanwhile stays.
            if graph.parent_of(edge, child) != Some(owner.raw) {
                continue;
            }
            if info.cascade.delete {
                graph.delete_object(child);
                graph.reasons.insert(child, "deleted with its parent, whose relation cascades `delete`");
            } else if matches!(graph.state_of(child), Some(State::Persistent | State::Pending)) {
                self.release(graph, edge, child, info)?;
            }
        }
        Ok(true)
    }

    /// A child stays without its parent: its key becomes NULL.
    fn release(&mut self, graph: &mut Graph, edge: &Edge, child: Object, info: &RelationInfo) -> Result<()> {
        if !edge.nullable {
            let (parent, column) = (edge.parent.name(), edge.child.columns()[edge.child_columns[0]].name);
            return Err(Error::new(
                ErrorKind::NotNullViolation,
                format!(
                    "deleting this `{parent}` would leave a `{}` without one, but its key takes no NULL",
                    edge.child.name()
                ),
            )
            .with_table(edge.child.table_name())
            .with_column(column)
            .with_help(format!(
                "put `cascade = \"all, delete-orphan\"` on `{parent}.{}`, or delete or move the children first",
                info.name
            )));
        }
        graph.relink(edge, child, None);
        // Losing the parent to a deletion is no reason to be deleted, whatever the cascade says of removals.
        graph.orphans.remove(&LinkKey { child, edge: edge.index as u16 });
        Ok(())
    }

    fn parent(
        &mut self,
        graph: &mut Graph,
        owner: Object,
        info: &'static RelationInfo,
        needs: &mut Vec<Need>,
    ) -> bool {
        match graph.link(owner, info.index) {
            Some(LinkRef::One(OneLink::NotLoaded)) => {
                need(needs, info, owner, true);
                false
            }
            Some(LinkRef::One(OneLink::Loaded(raw))) => {
                graph.delete_object(Object { model: info.target.index() as u32, raw });
                true
            }
            Some(LinkRef::One(OneLink::None) | LinkRef::Many(_)) | None => true,
        }
    }
}

/// A new row needs a value for each column.
fn check_deferred(graph: &Graph) -> Result<()> {
    let Some((mapping, column)) = graph.unloaded_column() else { return Ok(()) };
    let column = &mapping.columns()[column];
    let text = format!(
        "a new `{}` has no `{}`: it is deferred, and was neither loaded nor set",
        mapping.name(),
        column.field
    );
    Err(Error::new(ErrorKind::InvalidState, text)
        .with_table(mapping.table_name())
        .with_column(column.name)
        .with_help("set it, or load it before the object leaves its row"))
}

/// An expression can read the row that it is written to, if there is one, and no other.
fn check_expressions(graph: &Graph) -> Result<()> {
    for (object, expressions) in &graph.expressions {
        let Some(mapping) = graph.store(object.model).map(|store| store.mapping()) else { continue };
        let is_new = graph.state_of(*object) == Some(State::Pending);
        let is_out_of_sight = |expr: &Expr| matches!(expr, Expr::Column(column) if is_new || column.source != mapping.table_name());
        let wrong = expressions.iter().find(|(_, expr)| expr.any(&mut |e| is_out_of_sight(e)));
        let Some((column, _)) = wrong else { continue };
        let (name, column) = (mapping.name(), mapping.columns()[*column].name);
        let (text, help) = match is_new {
            true => (
                format!(
                    "the expression for `{column}` of a new `{name}` reads a column, but there is no row yet"
                ),
                "set the value itself, flush first, or read other rows with a subquery (`select(..).scalar()`)",
            ),
            false => (
                format!("the expression for `{column}` of a `{name}` reads a column of another table"),
                "read other rows with a subquery (`select(..).scalar()`)",
            ),
        };
        return Err(Error::new(ErrorKind::InvalidStatement, text)
            .with_table(mapping.table_name())
            .with_column(column)
            .with_help(help));
    }
    Ok(())
}

/// What a relation holds.
fn held(graph: &Graph, owner: Object, relation: usize) -> Vec<Raw> {
    match graph.link(owner, relation) {
        Some(LinkRef::One(link)) => link.get().into_iter().collect(),
        Some(LinkRef::Many(link)) => link.list().into_iter().flat_map(|list| list.iter()).collect(),
        None => Vec::new(),
    }
}

fn need(needs: &mut Vec<Need>, relation: &'static RelationInfo, owner: Object, unrestricted: bool) {
    let same = |n: &&mut Need| {
        n.model == owner.model && n.relation.index == relation.index && n.unrestricted == unrestricted
    };
    match needs.iter_mut().find(same) {
        Some(need) => need.owners.push(owner.raw.slot),
        None => {
            let owners = vec![owner.raw.slot];
            needs.push(Need { relation, model: owner.model, owners, unrestricted });
        }
    }
}

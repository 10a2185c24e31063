//! Keys that are not known yet: those that statements on their way make up, and the columns of rows that wait for them.
//! Where the database takes a key of an earlier statement as a parameter, such rows go along with what they wait for. Pure.

use super::flow;
use super::plan::{Group, Setting, Work};
use super::steps::Planned;
use crate::graph::{Graph, LinkKey, Object, State};
use crate::mapping::ColumnSet;
use hashbrown::HashMap;
use rebis_core::{Cell, Result};

/// One column of one object.
type Place = (Object, usize);

/// Keys that are not known yet.
#[derive(Debug, Default)]
pub(super) struct Riding {
    /// Whether the database takes keys of earlier statements.
    on: bool,
    /// Links whose parents have no key yet.
    late: Vec<LinkKey>,
    /// Where these columns get their values from, once those are known.
    from: HashMap<Place, Place>,
    /// New rows among the statements that wait: which statement makes up the key, and which of its rows it is.
    rows: HashMap<Object, (usize, usize)>,
}

/// What is known of a value.
enum Known {
    /// The object has it.
    Here,
    /// It is made up by this statement, for this row.
    Riding(usize, usize),
    /// It comes with an answer.
    Later,
}

/// Keys pass through no more tables than this on their way to a row that goes along.
const FAR: usize = 16;

impl Riding {
    pub(super) fn new(graph: &Graph, late: Vec<LinkKey>, on: bool) -> Riding {
        let mut riding = Riding { on, late, ..Riding::default() };
        riding.follow(graph);
        riding
    }

    fn follow(&mut self, graph: &Graph) {
        self.from.clear();
        if !self.on {
            return;
        }
        for key in &self.late {
            let Some(store) = graph.store(key.child.model) else { continue };
            let edge = &store.mapping().foreign_keys()[usize::from(key.edge)];
            let Some(raw) = graph.links.get(key).copied().flatten() else { continue };
            let parent = Object { model: edge.parent.index() as u32, raw };
            let columns = edge.child_columns.iter().zip(&edge.parent_columns);
            self.from.extend(columns.map(|(&child, &of)| ((key.child, child), (parent, of))));
        }
    }

    /// Whether no parameter is a key on its way.
    pub(super) fn is_empty(&self) -> bool {
        self.late.is_empty() || !self.on
    }

    /// Whether a group can be bound before the statements that wait have been answered.
    pub(super) fn takes(&self, graph: &Graph, group: &Group) -> bool {
        let none = ColumnSet::new();
        let (columns, blank, key) = match &group.work {
            _ if self.late.is_empty() => return true,
            _ if !self.on => return false,
            Work::Insert { columns, blank, .. } => (columns, blank, &[][..]),
            Work::Update { columns, to: Setting::Object } => (columns, &none, group.mapping.key()),
            Work::Update { .. } => (&none, &none, group.mapping.key()),
            Work::InsertWith { .. } | Work::UpdateWith { .. } => return false,
            Work::Delete | Work::Unlink(_) | Work::Clear(_) => return true,
        };
        let is_late =
            |object: Object, column: usize| matches!(self.known(graph, object, column), Known::Later);
        !group.objects.iter().any(|&object| {
            let waits = |c: usize| self.from.contains_key(&(object, c)) && is_late(object, c);
            columns.iter().any(|c| !blank.contains(c) && waits(c)) || key.iter().any(|&c| is_late(object, c))
        })
    }

    /// The parameter for a column of a row in the statement of this number, where it is a key on its way.
    pub(super) fn cell(
        &self,
        graph: &Graph,
        object: Object,
        column: usize,
        at: usize,
    ) -> Option<Cell<'static>> {
        if self.is_empty() {
            return None;
        }
        match self.known(graph, object, column) {
            Known::Riding(step, row) => Some(Cell::KeyOf { back: (at - step) as u32, row: row as u32 }),
            Known::Here | Known::Later => None,
        }
    }

    fn known(&self, graph: &Graph, mut object: Object, mut column: usize) -> Known {
        for _ in 0..FAR {
            let Some(store) = graph.store(object.model) else { return Known::Here };
            if let Some(&(step, row)) = self.rows.get(&object)
                && store.mapping().generated() == Some(column)
            {
                return Known::Riding(step, row);
            }
            match self.from.get(&(object, column)) {
                Some(&next) => (object, column) = next,
                None if graph.state_of(object) == Some(State::Pending) => {
                    let set = store.shape_of(object.raw.slot).is_some_and(|set| set.contains(column));
                    let is_here = set || !store.is_pending(object.raw.slot, column);
                    return if is_here { Known::Here } else { Known::Later };
                }
                None => return Known::Here,
            }
        }
        Known::Later
    }

    /// Statements wait, the first of them with this number: later ones may name the keys that they make up.
    pub(super) fn wait(&mut self, first: usize, planned: &[Planned]) {
        if self.is_empty() {
            return;
        }
        for (at, planned) in planned.iter().enumerate().filter(|(_, p)| p.keyless && p.back.is_empty()) {
            let rows = planned.objects.iter().enumerate();
            self.rows.extend(rows.map(|(row, object)| (*object, (first + at, row))));
        }
    }

    /// The statements that waited have been answered: what came flows on.
    pub(super) fn arrive(&mut self, graph: &mut Graph) -> Result<()> {
        self.rows.clear();
        if !self.late.is_empty() {
            self.late = flow::flow(graph, std::mem::take(&mut self.late))?;
            self.follow(graph);
        }
        Ok(())
    }
}

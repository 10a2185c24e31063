//! What a group of the plan becomes: statements with their parameters. Pure.

use super::plan::{Group, Setting, Work};
use super::riding::Riding;
use super::statements::{self, StatementKey, cached};
use crate::graph::{AssocKey, Graph, Object};
use crate::mapping::{ColumnSet, Edge, Mapping};
use crate::session::Answers;
use rebis_core::{Binds, Cell, Datum, Error, ErrorKind, Result};
use rebis_driver::Expect;
use rebis_sql::ast;
use rebis_sql::schema::Identity;
use rebis_sql::{Capabilities, InsertedKeys, Statement};

/// Rows of one INSERT: powers of two up to this, so that few statements serve any number of rows.
const MOST_ROWS: usize = 64;

/// One statement with its parameters, for a part of a group.
pub(super) struct Planned {
    pub mapping: &'static Mapping,
    pub statement: Statement,
    pub binds: Binds,
    pub times: usize,
    pub expect: Expect,
    /// Which columns come back.
    pub back: Vec<usize>,
    /// Columns that are read in a statement of their own behind this one, where the database cannot give them back.
    pub reread: Vec<usize>,
    /// The objects for which they come back, or that get the keys the database makes up.
    pub objects: Vec<Object>,
    pub answers: Answers,
    /// Whether the database makes up the keys.
    pub keyless: bool,
}

impl Planned {
    /// A statement whose rows nobody asks for.
    fn plain(
        mapping: &'static Mapping,
        statement: Statement,
        binds: Binds,
        times: usize,
        expect: Expect,
    ) -> Self {
        let (back, reread, objects) = (Vec::new(), Vec::new(), Vec::new());
        let answers = Answers::default();
        Planned { mapping, statement, binds, times, expect, back, reread, objects, answers, keyless: false }
    }
}

/// What the statements are written for.
#[derive(Clone, Copy)]
pub(super) struct Target {
    pub capabilities: &'static Capabilities,
    /// How the keys become known that the database makes up.
    pub keys: InsertedKeys,
    /// Whether the rows go on where those before them ended.
    pub continues: bool,
}

/// The statements for some objects of a group.
pub(super) fn prepare(
    (graph, riding): (&Graph, &Riding),
    target: Target,
    group: &Group,
    objects: &[Object],
    out: &mut Vec<Planned>,
) -> Result<()> {
    let Group { mapping, work, objects: _ } = group;
    let capabilities = target.capabilities;
    let mut binds = Binds::new();
    let (statement, times, expect) = match work {
        Work::Insert { columns, back, blank } => {
            return inserts((graph, riding), target, mapping, objects, (columns, back, blank), out);
        }
        Work::UpdateWith { .. } | Work::InsertWith { .. } => {
            out.push(with_expressions(graph, capabilities, group)?);
            return Ok(());
        }
        Work::Update { columns, to } => {
            return updates((graph, riding), target, mapping, objects, (columns, *to), out);
        }
        Work::Delete => {
            if !capabilities.deletes_own_parent {
                let_go_of_itself(graph, capabilities, mapping, objects, out)?;
            }
            let build = || statements::delete(mapping, mapping.key());
            let statement = cached(mapping, capabilities, StatementKey::Delete, build)?;
            objects.iter().for_each(|o| bind_key(graph, *o, mapping.key(), &mut binds));
            // A row that is gone already was deleted by a cascade of the database, or by somebody else: either way
            // it is where it should be (rule 36).
            (statement, objects.len(), Expect::Any)
        }
        Work::Unlink(keys) => {
            let Some(first) = keys.first() else { return Ok(()) };
            let edges = mapping.foreign_keys();
            let (low, high) = (&edges[usize::from(first.low.0)], &edges[usize::from(first.high.0)]);
            let key = StatementKey::Unlink(low.index, high.index);
            let statement = cached(mapping, capabilities, key, || statements::unlink(low, high))?;
            keys.iter().try_for_each(|key| bind_association(graph, key, low, high, &mut binds))?;
            (statement, keys.len(), Expect::Rows(keys.len() as u64))
        }
        Work::Clear(edge) => return clears(graph, capabilities, edge, objects, out),
    };
    out.push(Planned::plain(mapping, statement, binds, times, expect));
    Ok(())
}

/// UPDATEs by key. What the database computes comes back with each row, or is read again behind them all.
fn updates(
    (graph, riding): (&Graph, &Riding),
    target: Target,
    mapping: &'static Mapping,
    objects: &[Object],
    (columns, to): (&ColumnSet, Setting),
    out: &mut Vec<Planned>,
) -> Result<()> {
    let back = computed_back(mapping, target.capabilities);
    let build = || statements::update(mapping, columns, back);
    let statement = cached(mapping, target.capabilities, StatementKey::Update(columns.clone()), build)?;
    let together = if back.is_empty() { objects.len() } else { 1 };
    for objects in objects.chunks(together.max(1)) {
        let mut binds = Binds::new();
        for object in objects {
            for column in columns.iter() {
                match riding.cell(graph, *object, column, out.len()).filter(|_| to == Setting::Object) {
                    Some(key) => binds.push(key),
                    None => bind(graph, *object, column, to, &mut binds),
                }
            }
            for &column in mapping.key() {
                match riding.cell(graph, *object, column, out.len()) {
                    Some(key) => binds.push(key),
                    None => bind_key(graph, *object, &[column], &mut binds),
                }
            }
        }
        let expect = Expect::Rows(objects.len() as u64);
        let mut planned = Planned::plain(mapping, statement.clone(), binds, objects.len(), expect);
        if !mapping.computed().is_empty() {
            let to = if back.is_empty() { &mut planned.reread } else { &mut planned.back };
            (*to, planned.objects) = (mapping.computed().to_vec(), objects.to_vec());
        }
        out.push(planned);
    }
    Ok(())
}

/// The columns that an UPDATE gives back.
fn computed_back(mapping: &'static Mapping, capabilities: &Capabilities) -> &'static [usize] {
    if capabilities.returning_update { mapping.computed() } else { &[] }
}

/// Rows that point at themselves stop doing so, where the database would not let them go.
fn let_go_of_itself(
    graph: &Graph,
    capabilities: &'static Capabilities,
    mapping: &'static Mapping,
    objects: &[Object],
    out: &mut Vec<Planned>,
) -> Result<()> {
    let Some(store) = objects.first().and_then(|object| graph.store(object.model)) else { return Ok(()) };
    let stored = |object: &Object, columns: &[usize]| {
        let mut binds = Binds::new();
        columns.iter().for_each(|&c| store.encode_stored(object.raw.slot, c, &mut binds));
        binds
    };
    for edge in mapping.foreign_keys().iter().filter(|edge| edge.parent == mapping && edge.nullable) {
        let own = |object: &&Object| {
            let (child, parent) = (stored(object, &edge.child_columns), stored(object, &edge.parent_columns));
            child.iter().eq(parent.iter())
        };
        let own: Vec<Object> = objects.iter().filter(own).copied().collect();
        if own.is_empty() {
            continue;
        }
        let columns: ColumnSet = edge.child_columns.iter().copied().collect();
        let key = StatementKey::Update(columns.clone());
        let statement = cached(mapping, capabilities, key, || {
            statements::update(mapping, &columns, computed_back(mapping, capabilities))
        })?;
        let mut binds = Binds::new();
        for object in &own {
            columns.iter().for_each(|_| binds.null());
            bind_key(graph, *object, mapping.key(), &mut binds);
        }
        out.push(Planned::plain(mapping, statement, binds, own.len(), Expect::Any));
    }
    Ok(())
}

/// DELETEs for many ends each: the column may have no index, and a look at all rows is enough for many of them.
fn clears(
    graph: &Graph,
    capabilities: &'static Capabilities,
    edge: &Edge,
    ends: &[Object],
    out: &mut Vec<Planned>,
) -> Result<()> {
    let most = if edge.child_columns.len() == 1 { MOST_ROWS } else { 1 };
    let mut rest = ends;
    while !rest.is_empty() {
        let count = most.min(prev_power_of_two(rest.len()));
        let (now, later) = rest.split_at(rest.len() / count * count);
        rest = later;
        let build = || statements::clear(edge, count);
        let statement = cached(edge.child, capabilities, StatementKey::Clear(edge.index, count), build)?;
        let mut binds = Binds::new();
        now.iter().for_each(|end| bind_key(graph, *end, &edge.parent_columns, &mut binds));
        out.push(Planned::plain(edge.child, statement, binds, now.len() / count, Expect::Any));
    }
    Ok(())
}

/// INSERTs of many rows each: the greatest number of rows first, the rest in powers of two.
fn inserts(
    (graph, riding): (&Graph, &Riding),
    target: Target,
    mapping: &'static Mapping,
    objects: &[Object],
    (columns, back, blank): (&ColumnSet, &ColumnSet, &ColumnSet),
    out: &mut Vec<Planned>,
) -> Result<()> {
    let list: Vec<usize> = columns.iter().collect();
    let returning = returned(target, mapping, columns, back);
    let keyless = mapping.generated().is_some_and(|c| !columns.contains(c));
    let fitting = target.capabilities.max_binds / list.len().max(1);
    let most = match target.keys {
        _ if list.is_empty() => 1,
        InsertedKeys::Single if keyless => 1,
        // Sorting them would not tell which is whose.
        _ if keyless && mapping.identity().is_some_and(Identity::turns_back) => 1,
        _ => MOST_ROWS.min(fitting.max(1)),
    };
    // The first row goes alone where the others' keys follow its key: then what they are can be checked.
    let following = matches!(target.keys, InsertedKeys::Following { .. });
    let mut first = keyless && following && returning.is_empty() && !target.continues;
    let mut rest = objects;
    while !rest.is_empty() {
        let rows = if std::mem::take(&mut first) { 1 } else { most.min(prev_power_of_two(rest.len())) };
        let alone = !returning.is_empty() || keyless && (rows == 1 || !following);
        let times = if alone { 1 } else { rest.len() / rows };
        let (now, later) = rest.split_at(rows * times);
        rest = later;
        let key = StatementKey::Insert(columns.clone(), rows, returning.clone());
        let build = || statements::insert(mapping, columns, rows, &returning);
        let statement = cached(mapping, target.capabilities, key, build)?;
        let binds = bind_rows((graph, riding), now, &list, blank, out.len());
        let expect = Expect::Rows(now.len() as u64);
        let mut planned = Planned::plain(mapping, statement, binds, times, expect);
        if keyless || !back.is_empty() {
            (planned.keyless, planned.objects) = (keyless, now.to_vec());
            planned.back = returning.iter().collect();
        }
        if !target.capabilities.returning {
            planned.reread = back.iter().collect();
        }
        out.push(planned);
    }
    Ok(())
}

/// The columns that an INSERT returns: what was left to the database, with the key that says whose it is.
fn returned(target: Target, mapping: &Mapping, columns: &ColumnSet, back: &ColumnSet) -> ColumnSet {
    let mut returning = if target.capabilities.returning { back.clone() } else { ColumnSet::new() };
    let generated = mapping.generated().filter(|c| !columns.contains(*c));
    let only_so = target.keys == InsertedKeys::Returned;
    if let Some(key) = generated.filter(|_| only_so || !returning.is_empty()) {
        returning.insert(key);
    } else if !returning.is_empty() {
        mapping.key().iter().for_each(|&c| returning.insert(c));
    }
    returning
}

fn bind_rows(
    (graph, riding): (&Graph, &Riding),
    objects: &[Object],
    columns: &[usize],
    blank: &ColumnSet,
    at: usize,
) -> Binds {
    let mut binds = Binds::with_capacity(objects.len() * columns.len());
    let store = objects.first().and_then(|object| graph.store(object.model));
    for (object, store) in objects.iter().filter_map(|object| Some((object, store?))) {
        if blank.is_empty() && riding.is_empty() {
            store.encode_columns(object.raw.slot, columns, &mut binds);
            continue;
        }
        for &column in columns {
            match riding.cell(graph, *object, column, at) {
                _ if blank.contains(column) => binds.null(),
                Some(key) => binds.push(key),
                None => store.encode(object.raw.slot, column, &mut binds),
            }
        }
    }
    binds
}

fn prev_power_of_two(n: usize) -> usize {
    1 << n.max(1).ilog2()
}

/// The query that reads columns of objects which the database could not give back, with their keys.
pub(super) fn reread(
    graph: &Graph,
    mapping: &'static Mapping,
    columns: &[usize],
    objects: &[Object],
) -> ast::Query {
    let key = |object: &Object| {
        let mut binds = Binds::new();
        graph.encode(*object, mapping.key(), &mut binds);
        binds.iter().map(Datum::from).collect::<Vec<_>>()
    };
    let keys: Vec<Vec<Datum>> = objects.iter().map(key).collect();
    ast::Query::Select(Box::new(statements::select_in(mapping, columns, mapping.key(), &keys)))
}

/// One row with expressions, whose values come back.
fn with_expressions(graph: &Graph, capabilities: &'static Capabilities, group: &Group) -> Result<Planned> {
    let Group { mapping, work, objects } = group;
    let none = ColumnSet::new();
    let (query, columns, blank, back, key, set): (_, _, _, Vec<usize>, &[usize], _) = match work {
        Work::InsertWith { columns, back, blank, expressions } => {
            let mut back = back.clone();
            let generated = mapping.generated().filter(|c| !columns.contains(*c));
            generated.into_iter().for_each(|key| back.insert(key));
            let back: Vec<usize> = back.iter().collect();
            let returning = if capabilities.returning { &back[..] } else { &[] };
            (
                statements::insert_with(mapping, columns, expressions, returning),
                columns,
                blank,
                back,
                &[],
                expressions,
            )
        }
        Work::UpdateWith { columns, expressions } => {
            let back = expressions.iter().map(|(c, _)| c).chain(mapping.computed()).copied();
            let back: Vec<usize> = back.collect();
            let returning = if capabilities.returning_update { &back[..] } else { &[] };
            let query = statements::update_with(mapping, columns, expressions, returning);
            (query, columns, &none, back, mapping.key(), expressions)
        }
        _ => return Err(Error::new(ErrorKind::InvalidStatement, "no work with expressions")),
    };
    let compiled = rebis_sql::render::render(&query, capabilities)?;
    let before = columns.iter().count();
    let mut binds = Binds::new();
    for object in objects {
        for column in columns.iter() {
            let to = if blank.contains(column) { Setting::Null } else { Setting::Object };
            bind(graph, *object, column, to, &mut binds);
        }
        let own = compiled.binds.len().saturating_sub(before + key.len());
        binds.extend(&graph.binds(&compiled.binds[before..before + own], &Binds::new())?);
        bind_key(graph, *object, key, &mut binds);
    }
    let statement = Statement::once(compiled.sql, compiled.kind);
    let mut planned = Planned::plain(mapping, statement, binds, 1, Expect::Rows(1));
    let returns = if key.is_empty() { capabilities.returning } else { capabilities.returning_update };
    if !returns && let Some(key) = set.iter().map(|(c, _)| c).find(|c| mapping.key().contains(c)) {
        return Err(key_not_returned(mapping, *key));
    }
    let to = if returns { &mut planned.back } else { &mut planned.reread };
    (*to, planned.objects) = (back, objects.clone());
    planned.keyless = key.is_empty() && mapping.generated().is_some_and(|c| !columns.contains(c));
    Ok(planned)
}

fn bind(graph: &Graph, object: Object, column: usize, to: Setting, binds: &mut Binds) {
    match to {
        Setting::Object => graph.encode(object, &[column], binds),
        Setting::Null => binds.null(),
        Setting::Temporary => binds.datum(&temporary(graph, object, column)),
    }
}

/// A value that no row of the program has: outside of what keys and texts of people look like.
fn temporary(graph: &Graph, object: Object, column: usize) -> Datum {
    let mut now = Binds::new();
    graph.encode(object, &[column], &mut now);
    let Object { model, raw } = object;
    match now.get(0) {
        Some(Cell::Int(_)) => Datum::Int(-(1 << 53) - i64::from(raw.slot)),
        Some(Cell::Float(_)) => Datum::Float(-9.0e15 - f64::from(raw.slot)),
        Some(Cell::Blob(_)) => Datum::Blob(format!("\u{0}rebis {model} {}", raw.slot).into_bytes()),
        Some(Cell::Uuid(_)) => {
            Datum::Uuid(((u128::from(raw.stamp) << 64) | u128::from(raw.slot) | (0xfe << 120)).to_be_bytes())
        }
        _ => Datum::Text(format!("~rebis~{}~{}", raw.slot, raw.stamp)),
    }
}

/// The key as the database has it.
fn bind_key(graph: &Graph, object: Object, columns: &[usize], binds: &mut Binds) {
    if let Some(store) = graph.store(object.model) {
        columns.iter().for_each(|&c| store.encode_stored(object.raw.slot, c, binds));
    }
}

#[cold]
fn key_not_returned(mapping: &'static Mapping, key: usize) -> Error {
    let (name, key) = (mapping.name(), mapping.columns()[key].name);
    Error::unsupported(
        format!("the key `{key}` of `{name}` cannot be an expression: this database does not give back what it wrote"),
        "ask for the value with a `select`, and set that",
    )
    .with_table(mapping.table_name())
    .with_column(key)
}

fn bind_association(graph: &Graph, key: &AssocKey, low: &Edge, high: &Edge, binds: &mut Binds) -> Result<()> {
    for (edge, (_, raw)) in [(low, key.low), (high, key.high)] {
        let end = Object { model: edge.parent.index() as u32, raw };
        if graph.state_of(end).is_none() {
            let (end, row) = (edge.parent.name(), edge.child.name());
            return Err(Error::new(
                ErrorKind::InvalidState,
                format!("a `{end}` was taken out of the session before its `{row}` was deleted"),
            )
            .with_help("flush before you take it out"));
        }
        bind_key(graph, end, &edge.parent_columns, binds);
    }
    Ok(())
}

//! The flush: cascades, keys, plan, statements, answers. The one file of the unit of work that awaits.

use super::absorb::{self, Answer};
use super::cascade::Cascade;
use super::plan::{self, Changes, FlushPlan, Generated, Group, Setting, Work};
use super::statements::{self, StatementKey, cached};
use crate::graph::{AssocKey, Graph, LinkKey, Object};
use crate::loading;
use crate::mapping::{ColumnSet, Edge, Mapping};
use crate::session::Io;
use rebis_core::{Binds, BoxFuture, Cell, Datum, Error, ErrorKind, Result};
use rebis_driver::{Discard, Expect, Flow, Sink, Step};
use rebis_sql::{Capabilities, KeySource, Statement};
use std::panic::Location;

/// Rows of one INSERT: powers of two up to this, so that few statements serve any number of rows.
const MOST_ROWS: usize = 64;

/// Writes everything that differs from the database, in as few statements as that takes; nothing, if nothing does.
///
/// An error that the database had no part in leaves the session as it was. After an error of the database the
/// transaction is over, and the session says so until it is rolled back (rule 63).
pub(crate) fn flush<'a>(
    graph: &'a mut Graph,
    io: &'a mut Io,
    site: &'static Location<'static>,
) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        io.check_usable()?;
        if !graph.has_changes() {
            return Ok(());
        }
        let mut cascade = Cascade::default();
        loop {
            let needs = cascade.advance(graph).map_err(|e| e.with_site(site))?;
            if needs.is_empty() {
                break;
            }
            io.begin(true, site).await?;
            for need in needs {
                let loaded = loading::load_need(graph, io, need, site).await;
                io.flushed(loaded, site).await?;
            }
        }
        loading::ask_for_pairs(graph, io, site).await?;
        check_mappings(graph)?;
        let capabilities = io.capabilities();
        graph.settle_added();
        let new = plan::generated(graph);
        let first =
            new.keyless.len() > 1 || new.keyless.iter().any(|object| plan::points_at_itself(graph, *object));
        let reserves = first && capabilities.keys == KeySource::Highest;
        if reserves {
            reserve(graph, io, &new, site).await?;
        }
        let keyed = reserves || new.keyless.is_empty();
        let late = plan::flow_keys(graph).map_err(|e| e.with_site(site))?;
        let changes = plan::changes(graph, cascade.clears, &late, keyed);
        plan::check_parents(graph, &changes).map_err(|e| e.with_site(site))?;
        if changes.is_empty() {
            absorb::nothing(graph);
            return Ok(());
        }
        write(graph, io, changes, late, site).await
    })
}

/// Mapping mistakes are reported before the first row is written.
fn check_mappings(graph: &Graph) -> Result<()> {
    for mapping in models_of(graph, graph.added.iter().chain(&graph.deletes)) {
        if !mapping.faults().is_empty() {
            return crate::mapping::metadata(&[mapping]).check();
        }
    }
    Ok(())
}

/// The models of objects, each once.
fn models_of<'o>(graph: &Graph, objects: impl IntoIterator<Item = &'o Object>) -> Vec<&'static Mapping> {
    let (mut models, mut last): (Vec<&'static Mapping>, u32) = (Vec::new(), u32::MAX);
    for object in objects.into_iter() {
        if std::mem::replace(&mut last, object.model) != object.model {
            let mapping = graph.store(object.model).map(|s| s.mapping());
            models.extend(mapping.filter(|m| !models.contains(m)));
        }
    }
    models
}

/// Reserves keys for all new objects: under the write lock nobody else can insert, so the highest key is the last.
async fn reserve(
    graph: &mut Graph,
    io: &mut Io,
    new: &Generated,
    site: &'static Location<'static>,
) -> Result<()> {
    let models = models_of(graph, &new.keyless);
    let compiled = rebis_sql::render::render(&statements::highest_keys(&models), io.capabilities())?;
    let statement = io.engine().statement(&compiled.sql, compiled.kind);
    let mut highest = Row::default();
    io.begin(true, site).await?;
    let read = io.run(&mut [Step::new(&statement, &mut Binds::new(), &mut highest)], site).await;
    io.flushed(read, site).await?;
    for (at, mapping) in models.iter().enumerate() {
        let stored = match highest.0.get(at) {
            Some(Datum::Int(key)) => *key,
            _ => 0,
        };
        absorb::give_keys(graph, mapping, new, stored)?;
    }
    Ok(())
}

/// Keeps the first row.
#[derive(Debug, Default)]
struct Row(Vec<Datum>);

impl Sink for Row {
    fn row(&mut self, cells: &[Cell<'_>]) -> Result<Flow> {
        self.0 = cells.iter().map(|cell| Datum::from(*cell)).collect();
        Ok(Flow::Break(()))
    }
}

async fn write(
    graph: &mut Graph,
    io: &mut Io,
    changes: Changes,
    mut late: Vec<LinkKey>,
    site: &'static Location<'static>,
) -> Result<()> {
    let updates = changes.updates.clone();
    let plan = plan::plan(graph, changes).map_err(|e| e.with_site(site))?;
    io.begin(true, site).await?;
    let outcome = run(graph, io, &plan, &mut late, site).await;
    io.flushed(outcome, site).await?;
    absorb::written(graph, plan, &updates)
}

/// One statement with its parameters, for a part of a group.
struct Planned {
    mapping: &'static Mapping,
    statement: Statement,
    binds: Binds,
    times: usize,
    expect: Expect,
    /// Which columns come back, and for which objects.
    back: Option<(Vec<usize>, Vec<Object>)>,
    answers: Answers,
    /// The object that gets the key the database makes up.
    keyless: Option<Object>,
}

/// Keeps all rows.
#[derive(Debug, Default)]
struct Answers(Vec<Vec<Datum>>);

impl Sink for Answers {
    fn row(&mut self, cells: &[Cell<'_>]) -> Result<Flow> {
        self.0.push(cells.iter().map(|cell| Datum::from(*cell)).collect());
        Ok(Flow::Continue(()))
    }
}

async fn run(
    graph: &mut Graph,
    io: &mut Io,
    plan: &FlushPlan,
    late: &mut Vec<LinkKey>,
    site: &'static Location<'static>,
) -> Result<()> {
    let capabilities = io.capabilities();
    let mut waiting: Vec<Planned> = Vec::new();
    for group in &plan.groups {
        if !late.is_empty() {
            // A key that this group needs may come with what is still waiting.
            send(graph, io, &mut waiting, site).await?;
            flow_late(graph, late)?;
        }
        let parts = group.objects.chunks(PART).chain(group.objects.is_empty().then_some(&[][..]));
        for objects in parts {
            prepare(graph, capabilities, group, objects, &mut waiting)?;
            if waiting.iter().map(|p| p.binds.size()).sum::<usize>() > capabilities.batch_bytes {
                send(graph, io, &mut waiting, site).await?;
            }
        }
    }
    send(graph, io, &mut waiting, site).await
}

/// So many rows of a group are bound before what waits is measured; a multiple of [`MOST_ROWS`].
const PART: usize = 512;

fn flow_late(graph: &mut Graph, late: &mut Vec<LinkKey>) -> Result<()> {
    let mut still = Vec::new();
    for key in late.drain(..) {
        let target = graph.links.get(&key).copied().flatten();
        if !plan::flow_key(graph, key, target)? {
            still.push(key);
        }
    }
    *late = still;
    Ok(())
}

async fn send(
    graph: &mut Graph,
    io: &mut Io,
    waiting: &mut Vec<Planned>,
    site: &'static Location<'static>,
) -> Result<()> {
    if waiting.is_empty() {
        return Ok(());
    }
    let mut planned = std::mem::take(waiting);
    let mut discard = vec![Discard; planned.len()];
    let mut steps: Vec<Step<'_>> = planned
        .iter_mut()
        .zip(&mut discard)
        .map(|(p, discard)| {
            let to: &mut dyn Sink = if p.back.is_some() { &mut p.answers } else { discard };
            let mut step = Step::new(&p.statement, &mut p.binds, to);
            (step.times, step.expect) = (p.times, p.expect);
            step
        })
        .collect();
    let result = io.run(&mut steps, site).await;
    let keys: Vec<i64> = steps.iter().map(|step| step.last_key).collect();
    drop(steps);
    result.map_err(|error| named(error, &planned))?;
    for (planned, key) in planned.into_iter().zip(keys) {
        if let Some((columns, objects)) = planned.back {
            absorb::answers(graph, Answer { columns, objects, rows: planned.answers.0 })?;
        } else if let Some(object) = planned.keyless {
            absorb::give_key(graph, object, key)?;
        }
    }
    Ok(())
}

/// A driver that counts rows does not know whose they are.
#[cold]
fn named(error: Error, planned: &[Planned]) -> Error {
    if error.kind() != ErrorKind::StaleRow || error.table().is_some() {
        return error;
    }
    match planned.iter().find(|planned| error.sql() == Some(planned.statement.sql())) {
        Some(planned) => error.with_table(planned.mapping.table_name()),
        None => error,
    }
}

fn prepare(
    graph: &Graph,
    capabilities: &'static Capabilities,
    group: &Group,
    objects: &[Object],
    out: &mut Vec<Planned>,
) -> Result<()> {
    let Group { mapping, work, objects: _ } = group;
    let mut binds = Binds::new();
    let (statement, times, expect) = match work {
        Work::Insert { columns, back, blank } => {
            return inserts(graph, capabilities, mapping, objects, (columns, back, blank), out);
        }
        Work::UpdateWith { .. } | Work::InsertWith { .. } => {
            out.push(with_expressions(graph, capabilities, group)?);
            return Ok(());
        }
        Work::Update { columns, to } => {
            let key = StatementKey::Update(columns.clone());
            let statement = cached(mapping, capabilities, key, || statements::update(mapping, columns))?;
            for object in objects {
                columns.iter().for_each(|c| bind(graph, *object, c, *to, &mut binds));
                bind_key(graph, *object, mapping.key(), &mut binds);
            }
            (statement, objects.len(), Expect::Rows(objects.len() as u64))
        }
        Work::Delete => {
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
        Work::Clear(edge) => {
            let build = || statements::delete(mapping, &edge.child_columns);
            let statement = cached(mapping, capabilities, StatementKey::Clear(edge.index), build)?;
            objects.iter().for_each(|o| bind_key(graph, *o, &edge.parent_columns, &mut binds));
            (statement, objects.len(), Expect::Any)
        }
    };
    out.push(Planned {
        mapping,
        statement,
        binds,
        times,
        expect,
        back: None,
        answers: Answers::default(),
        keyless: None,
    });
    Ok(())
}

/// INSERTs of many rows each: the greatest number of rows first, the rest in powers of two.
fn inserts(
    graph: &Graph,
    capabilities: &'static Capabilities,
    mapping: &'static Mapping,
    objects: &[Object],
    (columns, back, blank): (&ColumnSet, &ColumnSet, &ColumnSet),
    out: &mut Vec<Planned>,
) -> Result<()> {
    let generated = mapping.generated().filter(|c| !columns.contains(*c));
    let list: Vec<usize> = columns.iter().collect();
    let mut returning = back.clone();
    if let Some(key) = generated.filter(|_| capabilities.keys != KeySource::Highest || !back.is_empty()) {
        returning.insert(key);
    } else if !back.is_empty() {
        mapping.key().iter().for_each(|&c| returning.insert(c));
    }
    let fitting = capabilities.max_binds / list.len().max(1);
    // Rows whose key the database makes up go one by one: no database promises the order of what it returns.
    let most = if generated.is_some() || list.is_empty() { 1 } else { MOST_ROWS.min(fitting.max(1)) };
    let mut rest = objects;
    while !rest.is_empty() {
        let rows = most.min(prev_power_of_two(rest.len()));
        let times = if returning.is_empty() && generated.is_none() { rest.len() / rows } else { 1 };
        let (now, later) = rest.split_at(rows * times);
        rest = later;
        let key = StatementKey::Insert(columns.clone(), rows, returning.clone());
        let build = || statements::insert(mapping, columns, rows, &returning);
        let statement = cached(mapping, capabilities, key, build)?;
        let mut binds = Binds::with_capacity(now.len() * list.len());
        let store = now.first().and_then(|object| graph.store(object.model));
        for (object, store) in now.iter().filter_map(|object| Some((object, store?))) {
            if blank.is_empty() {
                store.encode_columns(object.raw.slot, &list, &mut binds);
                continue;
            }
            for &column in &list {
                match blank.contains(column) {
                    true => binds.null(),
                    false => store.encode(object.raw.slot, column, &mut binds),
                }
            }
        }
        out.push(Planned {
            mapping,
            statement,
            binds,
            times,
            expect: Expect::Rows(now.len() as u64),
            back: (!returning.is_empty()).then(|| (returning.iter().collect(), now.to_vec())),
            answers: Answers::default(),
            keyless: generated.and(now.first().copied()),
        });
    }
    Ok(())
}

fn prev_power_of_two(n: usize) -> usize {
    1 << n.max(1).ilog2()
}

/// One row with expressions, whose values come back.
fn with_expressions(graph: &Graph, capabilities: &'static Capabilities, group: &Group) -> Result<Planned> {
    if !capabilities.returning {
        return Err(Error::unsupported(
            format!("{} cannot give back what an expression came to", capabilities.name),
            "run a statement of its own (`Model.update().set(..)`) and `refresh` the object",
        ));
    }
    let Group { mapping, work, objects } = group;
    let none = ColumnSet::new();
    let (query, columns, blank, back, key): (_, _, _, Vec<usize>, &[usize]) = match work {
        Work::InsertWith { columns, back, blank, expressions } => {
            let mut back = back.clone();
            let generated = mapping.generated().filter(|c| !columns.contains(*c));
            generated.into_iter().for_each(|key| back.insert(key));
            let back: Vec<usize> = back.iter().collect();
            (statements::insert_with(mapping, columns, expressions, &back), columns, blank, back, &[])
        }
        Work::UpdateWith { columns, expressions } => {
            let back: Vec<usize> = expressions.iter().map(|(c, _)| *c).collect();
            let query = statements::update_with(mapping, columns, expressions, &back);
            (query, columns, &none, back, mapping.key())
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
    Ok(Planned {
        mapping,
        statement: Statement::once(compiled.sql, compiled.kind),
        binds,
        times: 1,
        expect: Expect::Rows(1),
        back: Some((back, objects.clone())),
        answers: Answers::default(),
        keyless: None,
    })
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

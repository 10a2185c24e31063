//! The flush: cascades, keys, plan, steps, answers. The one file of the unit of work that awaits.

use super::absorb::{self, Answer, KeyRange};
use super::cascade::Cascade;
use super::flow;
use super::plan::{self, Changes, FlushPlan, Generated};
use super::riding::Riding;
use super::statements;
use super::steps::{self, Planned, Target};
use super::{Need, pairs};
use crate::graph::{Graph, LinkKey, Object};
use crate::loading::{self, Want};
use crate::mapping::Mapping;
use crate::session::{Answers, Asked, Io};
use rebis_core::{Binds, BoxFuture, Datum, Error, ErrorKind, Result};
use rebis_driver::{Discard, Sink, Step};
use rebis_sql::{InsertedKeys, KeySource, Statement, StatementKind};
use std::panic::Location;

type Site = &'static Location<'static>;

/// Writes everything that differs from the database, in as few statements as that takes; nothing, if nothing does.
///
/// An error that the database had no part in leaves the session as it was. After an error of the database the
/// transaction is over, and the session says so until it is rolled back (rule 63).
pub(crate) fn flush<'a>(graph: &'a mut Graph, io: &'a mut Io, site: Site) -> BoxFuture<'a, Result<()>> {
    flush_then(graph, io, Then::GoOn, site)
}

/// The same at the end of a transaction: COMMIT may go with what is written last.
pub(crate) fn flush_last<'a>(graph: &'a mut Graph, io: &'a mut Io, site: Site) -> BoxFuture<'a, Result<()>> {
    flush_then(graph, io, Then::Commit, site)
}

/// What comes after a flush.
#[derive(Clone, Copy, PartialEq)]
enum Then {
    GoOn,
    Commit,
}

fn flush_then<'a>(graph: &'a mut Graph, io: &'a mut Io, then: Then, site: Site) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        io.check_usable()?;
        if !graph.has_changes() {
            return Ok(());
        }
        graph.prepare_flush().map_err(|e| e.with_site(site))?;
        let mut cascade = Cascade::default();
        loop {
            let needs = cascade.advance(graph).map_err(|e| e.with_site(site))?;
            if needs.is_empty() {
                break;
            }
            io.begin(true, site).await?;
            let loaded = load_needs(graph, io, &needs, site).await;
            io.flushed(loaded, site).await?;
        }
        plan::check_views(graph).map_err(|e| e.with_site(site))?;
        ask_for_pairs(graph, io, site).await?;
        check_mappings(graph)?;
        graph.settle_added();
        let new = plan::generated(graph);
        plan::check_always(graph, &new).map_err(|e| e.with_site(site))?;
        let keyed = new.keyless.is_empty()
            || match io.capabilities().keys {
                KeySource::Highest if wants_keys_first(graph, io, &new, site).await? => {
                    reserve(graph, io, &new, site).await?;
                    true
                }
                KeySource::Sequence if plan::wait_for_keys(graph, &new) => {
                    draw(graph, io, &new, site).await?
                }
                _ => false,
            };
        let late = flow::flow_keys(graph).map_err(|e| e.with_site(site))?;
        let changes = plan::changes(graph, cascade.clears, &late, keyed);
        let checked = plan::check_parents(graph, &changes);
        let checked = checked.and_then(|()| plan::check_computed(graph, &changes));
        checked.and_then(|()| plan::check_unviewed(graph, &changes)).map_err(|e| e.with_site(site))?;
        if changes.is_empty() {
            absorb::nothing(graph);
            return Ok(());
        }
        write(graph, io, changes, late, then, site).await
    })
}

/// Loads what a flush must know to follow its cascades.
async fn load_needs(graph: &mut Graph, io: &mut Io, needs: &[Need], site: Site) -> Result<()> {
    let specs: Vec<_> = needs.iter().filter_map(|need| Some((need.spec(graph)?, need))).collect();
    let wants = specs.iter().map(|(spec, need)| Want::Relation(spec, need.owners.clone()));
    loading::load(graph, io, wants.collect(), site).await
}

/// Asks which pairs the database has of those that were pushed without anybody knowing.
async fn ask_for_pairs(graph: &mut Graph, io: &mut Io, site: Site) -> Result<()> {
    let unsure = pairs::unsure(graph, loading::PAGE);
    let asked: Result<Vec<Asked>> = unsure.iter().map(|pairs| io.asked(graph, pairs.query())).collect();
    let answers = ask(io, asked?, site).await?;
    unsure.into_iter().zip(answers).for_each(|(pairs, answers)| pairs.settle(graph, answers.0));
    Ok(())
}

/// From so many new rows on, asking whether their keys will follow each other is cheaper than sending them: what is asked
/// looks at the whole schema, and sent keys are each looked up.
const MANY: usize = 32;

/// Whether new objects get their keys before anything is written: where one must know the other's, or where the
/// database would not tell which key is whose.
async fn wants_keys_first(graph: &Graph, io: &mut Io, new: &Generated, site: Site) -> Result<bool> {
    if plan::hang_together(graph, new) {
        return Ok(true);
    }
    let InsertedKeys::Following { unless } = io.capabilities().inserted_keys else {
        return Ok(new.keyless.len() > 1);
    };
    // Keys that the program gives in the same flush must not be made up before those are written.
    if new.keyless.len() < MANY || !new.keyed.is_empty() {
        return Ok(new.keyless.len() > 1);
    }
    let statement = io.statement(unless, StatementKind::Read);
    let found = ask_one(io, statement, Binds::new(), site).await?;
    Ok(!found.is_empty())
}

/// Reads what a flush must know before it writes.
async fn ask(io: &mut Io, mut asked: Vec<Asked>, site: Site) -> Result<Vec<Answers>> {
    if asked.is_empty() {
        return Ok(Vec::new());
    }
    io.begin(true, site).await?;
    let answers = io.answers(&mut asked, site).await;
    io.flushed(answers, site).await
}

async fn ask_one(io: &mut Io, statement: Statement, binds: Binds, site: Site) -> Result<Vec<Vec<Datum>>> {
    let answers = ask(io, vec![Asked { statement, binds }], site).await?;
    Ok(answers.into_iter().flat_map(|answers| answers.0).collect())
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
async fn reserve(graph: &mut Graph, io: &mut Io, new: &Generated, site: Site) -> Result<()> {
    let models = models_of(graph, &new.keyless);
    let asked = io.asked(graph, statements::highest_keys(&models))?;
    let highest = ask_one(io, asked.statement, asked.binds, site).await?;
    for (at, mapping) in models.iter().enumerate() {
        let stored = match highest.first().and_then(|row| row.get(at)) {
            Some(Datum::Int(key)) => *key,
            _ => 0,
        };
        absorb::give_keys(graph, mapping, new, stored)?;
    }
    Ok(())
}

/// Draws keys for all new objects from their sequences. Whether all of them got one.
async fn draw(graph: &mut Graph, io: &mut Io, new: &Generated, site: Site) -> Result<bool> {
    let models = models_of(graph, &new.keyless);
    let column = |mapping: &Mapping| mapping.generated().map_or("", |c| mapping.columns()[c].name);
    let caps = io.capabilities();
    let names: Vec<String> = models.iter().map(|mapping| caps.table_name(&mapping.table_ref())).collect();
    let tables: Vec<_> = names.iter().map(String::as_str).zip(models.iter().map(|m| column(m))).collect();
    let statement = io.statement(&(caps.draw_keys)(&tables), StatementKind::Read);
    let mut binds = Binds::new();
    for mapping in &models {
        let model = mapping.index() as u32;
        binds.int(new.keyless.iter().filter(|object| object.model == model).count() as i64);
    }
    let drawn = ask_one(io, statement, binds, site).await?;
    absorb::give_drawn(graph, &models, new, &drawn)
}

async fn write(
    graph: &mut Graph,
    io: &mut Io,
    changes: Changes,
    late: Vec<LinkKey>,
    then: Then,
    site: Site,
) -> Result<()> {
    let updates = changes.updates.clone();
    let plan = plan::plan(graph, changes).map_err(|e| e.with_site(site))?;
    io.begin(true, site).await?;
    let outcome = run(graph, io, &plan, late, then, site).await;
    io.flushed(outcome, site).await?;
    absorb::written(graph, plan, &updates)
}

async fn run(
    graph: &mut Graph,
    io: &mut Io,
    plan: &FlushPlan,
    late: Vec<LinkKey>,
    then: Then,
    site: Site,
) -> Result<()> {
    let capabilities = io.capabilities();
    let target = Target { capabilities, keys: inserted_keys(io), continues: false };
    let riding = Riding::new(graph, late, capabilities.key_parameters);
    let mut out = Outbox { waiting: Vec::new(), riding, last_key: None };
    for group in &plan.groups {
        if !out.riding.takes(graph, group) {
            // A key that this group needs may come with what is still waiting.
            out.send(graph, io, Then::GoOn, site).await?;
        }
        // One more in the first part: the row whose key the others' keys follow goes alone.
        let (first, more) = group.objects.split_at(group.objects.len().min(PART + 1));
        for (part, objects) in std::iter::once(first).chain(more.chunks(PART)).enumerate() {
            let target = Target { continues: part > 0, ..target };
            let before = out.waiting.len();
            steps::prepare((graph, &out.riding), target, group, objects, &mut out.waiting)?;
            out.riding.wait(before, &out.waiting[before..]);
            if out.waiting.iter().map(|p| p.binds.size()).sum::<usize>() > capabilities.batch_bytes {
                out.send(graph, io, Then::GoOn, site).await?;
            }
        }
    }
    out.send(graph, io, then, site).await
}

/// The statements that wait to be sent.
struct Outbox {
    waiting: Vec<Planned>,
    /// The keys that they make up, and who needs them.
    riding: Riding,
    /// The key that the database made up last, and whose.
    last_key: Option<(&'static Mapping, i64)>,
}

/// How the keys of several new rows become known on this connection.
fn inserted_keys(io: &mut Io) -> InsertedKeys {
    match io.capabilities().inserted_keys {
        InsertedKeys::Range if io.key_step() > 0 => InsertedKeys::Range,
        InsertedKeys::Range if io.capabilities().returning => InsertedKeys::Returned,
        InsertedKeys::Range => InsertedKeys::Single,
        other => other,
    }
}

/// So many rows of a group are bound before what waits is measured; many of the longest INSERT.
const PART: usize = 512;

impl Outbox {
    async fn send(&mut self, graph: &mut Graph, io: &mut Io, then: Then, site: Site) -> Result<()> {
        if self.waiting.is_empty() {
            return self.riding.arrive(graph);
        }
        let mut planned = std::mem::take(&mut self.waiting);
        let rereads = planned.iter().any(|planned| !planned.reread.is_empty());
        let mut discard = vec![Discard; planned.len()];
        let mut steps: Vec<Step<'_>> = planned
            .iter_mut()
            .zip(&mut discard)
            .map(|(p, discard)| {
                let to: &mut dyn Sink = if !p.back.is_empty() { &mut p.answers } else { discard };
                let mut step = Step::new(&p.statement, &mut p.binds, to);
                (step.times, step.expect) = (p.times, p.expect);
                step
            })
            .collect();
        let result = run_then(io, &mut steps, if rereads { Then::GoOn } else { then }, site).await;
        let keys: Vec<i64> = steps.iter().map(|step| step.last_key).collect();
        drop(steps);
        result.map_err(|error| named(error, &planned))?;
        for (planned, last) in planned.iter().zip(keys).filter(|(p, _)| p.keyless && p.back.is_empty()) {
            self.take_keys(graph, io, planned, last)?;
        }
        self.riding.arrive(graph)?;
        let came = planned.iter().any(|planned| !planned.back.is_empty() || !planned.reread.is_empty());
        let mut unread = Vec::new();
        for planned in planned {
            let Planned { mapping, back, reread, objects, answers, keyless, .. } = planned;
            if !back.is_empty() {
                absorb::answers(graph, Answer { columns: back, objects, rows: answers.0, keyless })?;
            } else if !reread.is_empty() {
                unread.push((mapping, reread, objects));
            }
        }
        if !unread.is_empty() {
            read_again(graph, io, unread, then, site).await?;
        }
        // Keys may have come with rows.
        if came { self.riding.arrive(graph) } else { Ok(()) }
    }

    /// Gives new rows the keys that the database made up, the last of which is known.
    fn take_keys(&mut self, graph: &mut Graph, io: &mut Io, planned: &Planned, last: i64) -> Result<()> {
        let exclusive = matches!(io.capabilities().inserted_keys, InsertedKeys::Following { .. });
        let before = self.last_key.filter(|(of, _)| exclusive && *of == planned.mapping).map(|(_, key)| key);
        let step = if exclusive { 1 } else { io.key_step() };
        self.last_key = Some((planned.mapping, last));
        absorb::keys_up_to(graph, &planned.objects, KeyRange { step, before, last })
    }
}

async fn run_then(io: &mut Io, steps: &mut [Step<'_>], then: Then, site: Site) -> Result<()> {
    match then {
        Then::GoOn => io.run(steps, site).await,
        Then::Commit => io.run_last(steps, site).await,
    }
}

/// Reads what the database could not give back when it was written.
async fn read_again(
    graph: &mut Graph,
    io: &mut Io,
    unread: Vec<(&'static Mapping, Vec<usize>, Vec<Object>)>,
    then: Then,
    site: Site,
) -> Result<()> {
    let mut asked = Vec::new();
    for (mapping, mut columns, objects) in unread {
        columns.extend(mapping.key().iter().filter(|c| !columns.contains(*c)).copied().collect::<Vec<_>>());
        let query = steps::reread(graph, mapping, &columns, &objects);
        asked.push((io.asked(graph, query)?, Answers::default(), columns, objects));
    }
    let mut steps: Vec<Step<'_>> =
        asked.iter_mut().map(|(asked, to, ..)| Step::new(&asked.statement, &mut asked.binds, to)).collect();
    run_then(io, &mut steps, then, site).await?;
    drop(steps);
    for (_, answers, columns, objects) in asked {
        absorb::answers(graph, Answer { columns, objects, rows: answers.0, keyless: false })?;
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

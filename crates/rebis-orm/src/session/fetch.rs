//! Queries of a session: rows into handles.

use super::track::{Intake, Rows, Track, Whole};
use super::{Io, Session};
use crate::graph::{Graph, Object};
use crate::loading::{self, How, Joined, Spec, Want};
use crate::mapping::{LinkInfo, Mapping, is_view};
use hashbrown::HashSet;
use rebis_core::{Binds, BoxFuture, Error, ErrorKind, Name, Result, Row};
use rebis_driver::{Sink, Step};
use rebis_engine::Rows as Datums;
use rebis_sql::ast;
use rebis_sql::build::{Body, Load, Request};
use rebis_sql::legalize::{self, Plan};
use rebis_sql::{Statement, StatementKind, render};
use std::panic::Location;

type Site = &'static Location<'static>;

/// A request on its way: text, values, and what comes with it.
struct Ready {
    /// Mostly one; several where the database must be told in several.
    parts: Vec<(Statement, Binds)>,
    joined: Joined,
}

impl Ready {
    fn one(statement: Statement, binds: Binds, joined: Joined) -> Ready {
        Ready { parts: vec![(statement, binds)], joined }
    }

    /// Not to be kept prepared.
    #[cold]
    fn once(mut self) -> Ready {
        for (statement, _) in &mut self.parts {
            *statement = Statement::once(statement.shared_sql(), statement.kind());
        }
        self
    }

    fn writes(&self) -> bool {
        self.parts.iter().any(|(statement, _)| statement.kind() == StatementKind::Write)
    }
}

/// Runs a query and gives back at most `most` rows.
pub(super) async fn fetch<R: Row>(
    session: &mut Session,
    request: Request,
    most: usize,
    site: Site,
) -> Result<Vec<R::Tracked>> {
    let mut rows = Rows::<R>::new();
    boxed(session, request, most, &mut rows, site).await?;
    Ok(rows.rows)
}

/// All that does not depend on the type of the rows: compiled here, once, and not in the user's crate for each.
fn boxed<'a>(
    session: &'a mut Session,
    request: Request,
    most: usize,
    rows: &'a mut dyn Intake,
    site: Site,
) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        let result = fetch_into(session, request, most, rows, site).await;
        session.parts().1.limit = None;
        result
    })
}

async fn fetch_into(
    session: &mut Session,
    request: Request,
    most: usize,
    rows: &mut dyn Intake,
    site: Site,
) -> Result<()> {
    let (graph, io) = session.parts();
    let Request { body, loads, options } = request;
    let specs = loading::specs_of(&loads);
    if let Some(spec) = specs.first()
        && is_page_without_order(&body)
    {
        io.check_doubt(Some(PAGE_WITHOUT_ORDER), &spec.path(), site)?;
    }
    let (body, given) = unfolded(body, !specs.is_empty() || graph.is_restricting());
    let body = body_with_joins(body, given, &specs);
    let inserts = matches!(body.body, Body::Ast(ast::Query::Insert(_)));
    let may_repeat = !loads.is_empty() || may_repeat(&body.body);
    let mut tables = Vec::new();
    specs.iter().for_each(|spec| spec.tables(&mut tables));
    if io.options().autoflush && !options.no_autoflush && !tables.is_empty() && graph.touches(Some(&tables)) {
        io.check_usable()?;
        autoflush(graph, io, site).await?;
    }
    let ready = ready(graph, io, body, options.no_autoflush, site).await?;
    let ready = if options.once { ready.once() } else { ready };
    io.limit = options.timeout;
    if ready.writes() {
        graph.wrote_by_criteria();
    }
    let Ready { mut parts, joined } = ready;
    let known = inserts.then(|| graph.slots());
    let mut reading = graph.reading(options.populate_existing, may_repeat || inserts);
    let graph: &mut Graph = &mut reading;
    let names = if options.by_name { rows.names() } else { &[] };
    if !(may_repeat || inserts)
        && names.is_empty()
        && most == usize::MAX
        && let Some(tracker) = rows.tracker(graph)
    {
        return run(io, &mut parts, &mut Whole(tracker), site).await;
    }
    let seen = may_repeat.then(HashSet::new);
    let mut sink = Track { graph, rows, most, seen, names, order: Vec::new(), joined };
    let result = run(io, &mut parts, &mut sink, site).await;
    let Track { graph, joined, .. } = sink;
    let met = graph.met.take().unwrap_or_default();
    if let Some(known) = known {
        graph.came_by_insert(&known, &met);
    }
    result?;
    joined.finish(graph);
    let columns = deferred(graph, &loads, &met);
    let wants = wants(graph, &columns, &specs, &met);
    loading::load(graph, io, wants, site).await
}

async fn run(io: &mut Io, parts: &mut [(Statement, Binds)], sink: &mut dyn Sink, site: Site) -> Result<()> {
    for (statement, binds) in parts {
        // An error of this is not one of the statement, which was not sent.
        io.begin(statement.kind() == StatementKind::Write, site).await?;
        let result = io.run(&mut [Step::new(statement, binds, sink)], site).await;
        result.map_err(|error| error.with_sql(statement.shared_sql()).with_site(site))?;
    }
    Ok(())
}

/// What comes with queries of its own: deferred columns, of each model that came, and relations.
fn wants<'s>(
    graph: &Graph,
    columns: &'s [(&'static Mapping, Vec<usize>)],
    specs: &'s [Spec],
    met: &[Object],
) -> Vec<Want<'s>> {
    let slots = |mapping: &Mapping| -> Vec<u32> {
        let model = mapping.index() as u32;
        met.iter().filter(|o| o.model == model).map(|o| o.raw.slot).collect()
    };
    let mut wants: Vec<Want<'s>> =
        columns.iter().map(|(mapping, columns)| Want::Columns(mapping, columns, slots(mapping))).collect();
    for spec in specs {
        below(graph, spec, slots(spec.owner), &mut wants);
    }
    wants
}

/// A relation with a query of its own, or what hangs on one that came with the query itself.
fn below<'s>(graph: &Graph, spec: &'s Spec, owners: Vec<u32>, wants: &mut Vec<Want<'s>>) {
    if owners.is_empty() {
        return;
    }
    if spec.how == How::Selectin {
        wants.push(Want::Relation(spec, owners));
        return;
    }
    let targets = loading::targets(graph, spec.owner.index() as u32, &owners, spec.relation);
    if !spec.columns.is_empty() {
        wants.push(Want::Columns(spec.relation.target, &spec.columns, targets.clone()));
    }
    spec.then.iter().for_each(|then| below(graph, then, targets.clone(), wants));
}

/// The deferred columns that a query asked for, of each model that came.
fn deferred(graph: &Graph, loads: &[Load], met: &[Object]) -> Vec<(&'static Mapping, Vec<usize>)> {
    let mut models: Vec<u32> = met.iter().map(|object| object.model).collect();
    models.sort_unstable();
    models.dedup();
    let mappings = models.into_iter().filter_map(|model| graph.store(model).map(|store| store.mapping()));
    let columns = mappings.map(|mapping| (mapping, loading::columns_of(loads, mapping)));
    columns.filter(|(_, columns)| !columns.is_empty()).collect()
}

const PAGE_WITHOUT_ORDER: &str = "objects with their relations are cut off by LIMIT without an order: which ones come, no database promises";

/// Whether a query takes some rows of those that it could, in no order, and locks none of them (who takes work from a
/// queue does not ask which).
fn is_page_without_order(body: &Body) -> bool {
    let query = match body {
        Body::Ast(query) => query,
        Body::Prepared(template, _) => template.query(),
        _ => return false,
    };
    match query {
        ast::Query::Select(select) => {
            select.limit.is_some_and(|most| most > 1) && select.order_by.is_empty() && select.lock.is_none()
        }
        _ => false,
    }
}

/// The tree, with the joins of eager loads in it.
struct WithJoins {
    body: Body,
    /// Values for the parameters of a prepared statement that is a tree again.
    given: Binds,
    joined: Joined,
}

/// A prepared statement as the tree it was, where the session has something to add to it.
fn unfolded(body: Body, adds: bool) -> (Body, Binds) {
    match body {
        Body::Prepared(template, given) if adds => (Body::Ast(template.query().clone()), given),
        body => (body, Binds::new()),
    }
}

fn body_with_joins(body: Body, given: Binds, specs: &[Spec]) -> WithJoins {
    match body {
        Body::Ast(ast::Query::Select(mut select)) => {
            let joined = match specs.first() {
                Some(spec) => loading::join_eagerly(&mut select, spec.owner, specs),
                None => Joined::default(),
            };
            WithJoins { body: Body::Ast(ast::Query::Select(select)), given, joined }
        }
        other => WithJoins { body: other, given, joined: Joined::default() },
    }
}

/// Whether the same object may come in several rows.
fn may_repeat(body: &Body) -> bool {
    let query = match body {
        Body::Ast(query) => query,
        Body::Prepared(template, _) => template.query(),
        // A statement that was rendered earlier: it may join.
        _ => return true,
    };
    match query {
        ast::Query::Select(select) => {
            let table = matches!(select.from, Some(ast::Source::Table(_)) | None);
            !table || !select.joins.is_empty() || !select.compound.is_empty()
        }
        ast::Query::Insert(_) | ast::Query::Update(_) | ast::Query::Delete(_) => false,
        // Raw SQL: it may join.
        _ => true,
    }
}

/// Renders, flushes what the query would read, and looks up the values.
async fn ready(
    graph: &mut Graph,
    io: &mut Io,
    with_joins: WithJoins,
    no_autoflush: bool,
    site: Site,
) -> Result<Ready> {
    io.check_usable()?;
    let WithJoins { body, given, joined } = with_joins;
    let flushes = io.options().autoflush && !no_autoflush;
    match body {
        Body::Ast(mut query) => {
            graph.restrict_query(&mut query);
            if legalize::is_several(&query, io.capabilities()) {
                if flushes && graph.touches(None) {
                    autoflush(graph, io, site).await?;
                }
                return Ok(Ready { parts: parts(graph, io, query, site).await?, joined });
            }
            let query = match io.engine().known_text(query) {
                Ok((text, binds)) => {
                    io.check_doubt(text.doubt, text.statement.sql(), site)?;
                    if flushes && graph.touches(text.tables.as_deref()) {
                        autoflush(graph, io, site).await?;
                    }
                    return Ok(Ready::one(text.statement.clone(), binds, joined));
                }
                Err(query) => query,
            };
            let compiled = render::render(&query, io.capabilities()).map_err(|e| e.with_site(site))?;
            io.check_doubt(compiled.doubt, &compiled.sql, site)?;
            if flushes && graph.touches(compiled.tables.as_deref()) {
                autoflush(graph, io, site).await?;
            }
            let statement = io.statement(&compiled.sql, compiled.kind);
            io.engine().keep_text(&query, &compiled, &statement);
            let binds = graph.binds(&compiled.binds, &given).map_err(|e| e.with_site(site))?;
            Ok(Ready::one(statement, binds, joined))
        }
        Body::Prepared(template, binds) => {
            let text = template.text(io.capabilities()).map_err(|e| e.with_site(site))?;
            io.check_doubt(text.doubt, text.statement.sql(), site)?;
            if flushes && graph.touches(text.tables.as_deref()) {
                autoflush(graph, io, site).await?;
            }
            let binds = text.binds(binds, |late| graph.late(late)).map_err(|e| e.with_site(site))?;
            Ok(Ready::one(text.statement.clone(), binds, joined))
        }
        Body::Statement(statement, binds) => {
            if flushes && graph.touches(None) {
                autoflush(graph, io, site).await?;
            }
            Ok(Ready::one(statement, binds, joined))
        }
        _ => Err(Error::new(ErrorKind::InvalidStatement, "unknown kind of statement")),
    }
}

/// The statements that a database must be told in place of one. The rows of an UPDATE or DELETE without RETURNING are
/// found here.
async fn parts(graph: &Graph, io: &mut Io, query: ast::Query, site: Site) -> Result<Vec<(Statement, Binds)>> {
    let text = |io: &mut Io, query: &ast::Query| {
        let compiled = render::render(query, io.capabilities())?;
        let binds = graph.binds(&compiled.binds, &Binds::new())?;
        Ok((io.statement(&compiled.sql, compiled.kind), binds))
    };
    let queries = match legalize::plan(query, io.capabilities()).map_err(|e| e.with_site(site))? {
        Plan::Reread(reread) => {
            let keys = text(io, &ast::Query::Select(Box::new(reread.keys.clone())));
            let keys = keys.map_err(|e: Error| e.with_site(site))?;
            let mut rows = Datums::default();
            io.begin(true, site).await?;
            run(io, &mut [keys], &mut rows, site).await?;
            if rows.0.is_empty() { Vec::new() } else { Vec::from(reread.with(&rows.0)) }
        }
        Plan::Each(queries) => queries,
        Plan::Once(query) => vec![query],
        _ => return Err(Error::new(ErrorKind::InvalidStatement, "unknown kind of plan")),
    };
    queries.iter().map(|query| text(io, query).map_err(|e| e.with_site(site))).collect()
}

/// A flush that a query asked for; an error says so (rule 57).
pub(super) async fn autoflush(graph: &mut Graph, io: &mut Io, site: Site) -> Result<()> {
    crate::unit_of_work::flush(graph, io, site).await.map_err(|error| {
        let why = "this was written by the autoflush before a query; `.no_autoflush()` on the query leaves it for later";
        let help = error.help().map_or(why.to_owned(), |help| format!("{help} ({why})"));
        error.with_help(help)
    })
}

/// Runs a statement for the number of rows it affects.
pub(super) async fn execute(session: &mut Session, request: Request, site: Site) -> Result<u64> {
    let (graph, io) = session.parts();
    let (body, given) = unfolded(request.body, graph.is_restricting());
    let with_joins = WithJoins { body, given, joined: Joined::default() };
    let ready = ready(graph, io, with_joins, request.options.no_autoflush, site).await?;
    let ready = if request.options.once { ready.once() } else { ready };
    let writes = ready.writes();
    io.limit = request.options.timeout;
    let affected = effect(io, ready.parts, site).await;
    io.limit = None;
    let affected = affected?;
    if writes {
        graph.wrote_by_criteria();
    }
    Ok(affected)
}

/// How the database goes about a statement.
pub(super) async fn planned(
    session: &mut Session,
    request: Request,
    run: bool,
    site: Site,
) -> Result<rebis_sql::Plan> {
    let (graph, io) = session.parts();
    let Request { body, loads, options } = request;
    let specs = loading::specs_of(&loads);
    let (body, given) = unfolded(body, !specs.is_empty() || graph.is_restricting());
    let body = body_with_joins(body, given, &specs);
    if let Body::Ast(query) = &body.body {
        rebis_sql::explain::has_one(query, io.capabilities()).map_err(|e| e.with_site(site))?;
    }
    let ready = ready(graph, io, body, options.no_autoflush, site).await?;
    let caps = io.capabilities();
    let mut rows = Datums::default();
    for (statement, mut binds) in ready.parts {
        let ask = caps.explain.statement(&statement, run, caps.name).map_err(|e| e.with_site(site))?;
        io.begin(ask.kind() == StatementKind::Write, site).await?;
        io.run(&mut [Step::new(&ask, &mut binds, &mut rows)], site).await?;
        if ask.kind() == StatementKind::Write {
            graph.wrote_by_criteria();
        }
    }
    caps.explain.plan_of(&rows.0, run).map_err(|e| e.with_site(site))
}

async fn effect(io: &mut Io, parts: Vec<(Statement, Binds)>, site: Site) -> Result<u64> {
    let mut affected = 0;
    for (statement, mut binds) in parts {
        io.begin(statement.kind() != StatementKind::Read, site).await?;
        let mut discard = rebis_driver::Discard;
        let mut steps = [Step::new(&statement, &mut binds, &mut discard)];
        io.run(&mut steps, site).await?;
        affected += steps[0].affected;
    }
    Ok(affected)
}

impl Graph {
    /// Whether a statement over these tables would read something that is not written yet. Without a list it may
    /// read anything.
    pub(crate) fn touches(&self, tables: Option<&[Name]>) -> bool {
        if !self.has_changes() {
            return false;
        }
        let Some(tables) = tables else { return true };
        if tables.iter().any(|table| is_view(table)) {
            return true;
        }
        let hit = |mapping: &Mapping| tables.iter().any(|table| table == mapping.table_name());
        let of = |model: u32| self.store(model).is_some_and(|store| hit(store.mapping()));
        // Many objects are of few models, so each model is looked at once.
        let once = |models: &mut dyn Iterator<Item = u32>| {
            let mut seen: Vec<u32> = Vec::new();
            models
                .filter(|model| {
                    !seen.contains(model) && {
                        seen.push(*model);
                        true
                    }
                })
                .collect::<Vec<_>>()
        };
        self.added_models.iter().any(|model| of(*model))
            || once(&mut self.links.keys().map(|key| key.child.model)).into_iter().any(of)
            || self.pairs.removed.iter().any(|key| of(key.model))
            || self.expressions.keys().any(|o| of(o.model))
            || once(
                &mut (self.deletes.iter().map(|o| o.model))
                    .chain(self.orphans.iter().map(|key| key.child.model))
                    .chain(self.replaced.iter().map(|r| r.owner.model)),
            )
            .into_iter()
            .any(|model| of(model) || self.cascades_into(model, &hit))
            || self.stores().any(|(_, s)| {
                hit(s.mapping()) && s.saved_since(self.epoch).iter().any(|&slot| !s.changed(slot).is_empty())
            })
    }

    /// Whether deleting an object of a model may write to a table, however far its cascades go.
    fn cascades_into(&self, model: u32, hit: &impl Fn(&Mapping) -> bool) -> bool {
        let Some(store) = self.store(model) else { return false };
        let mut reached = vec![store.mapping()];
        let mut at = 0;
        while let Some(mapping) = reached.get(at).copied() {
            at += 1;
            for info in mapping.relations().iter().filter(|info| !info.view_only) {
                let written = match &info.link {
                    LinkInfo::There(_) => info.target,
                    LinkInfo::Through(through) => through.model(),
                    LinkInfo::Here(_) if info.cascade.delete => info.target,
                    LinkInfo::Here(_) => continue,
                };
                if hit(written) {
                    return true;
                }
                if info.cascade.delete && !reached.contains(&written) {
                    reached.push(written);
                }
            }
        }
        false
    }
}

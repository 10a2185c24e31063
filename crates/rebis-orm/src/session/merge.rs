//! Merge: bringing the session's objects to what given rows say.

use super::{Asked, Io, Session};
use crate::graph::{Graph, Handle, Object, Raw, State};
use crate::loading::{self, PAGE, Spec, Want};
use crate::mapping::{
    AnyDraft, Draft, LinkInfo, Links, Mapping, NewRow, Record, RelationInfo, RelationKind, TargetValue,
};
use crate::unit_of_work::select_all_in;
use hashbrown::HashMap;
use rebis_core::{Binds, Cell, Datum, Error, ErrorKind, Name, Result};
use rebis_engine::Fut;
use rebis_sql::ast;
use std::panic::Location;

type Site = &'static Location<'static>;

impl Session {
    /// Brings the object with the row's key to what the row says, and returns its handle: set columns are copied,
    /// columns that were not set stay. Without such an object the row is added. New rows inside of it are merged in
    /// turn; a to-many relation that the row sets is replaced. (Unit-of-work rules 68 and 69.)
    ///
    /// A plain object (`User { .. }`) is a row of which every column is set.
    ///
    /// ```
    /// # use rebis_orm_doc::*;
    /// # fn main() -> rebis::Result<()> {
    /// # run(async |db, alice, hello| {
    /// let merged = db.merge(User.new().id(1).username("wonderland")).await?;
    /// assert_eq!((merged, db[alice].username.as_str()), (alice, "wonderland"));
    /// let new = db.merge(User.new().id(7).username("bob")).await?;
    /// assert_eq!(db.state(new), rebis::State::Pending);
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`InvalidState`](ErrorKind::InvalidState) for the key of a row that a restriction of the session hides, before
    /// anything is changed; what the database says.
    #[track_caller]
    pub fn merge<N: NewRow>(&mut self, row: N) -> Fut<'_, Handle<N::Model>> {
        let site = Location::caller();
        let draft: Box<dyn AnyDraft> = Box::new(row.into_draft());
        Fut::new(async move {
            let raws = self.merge_drafts(vec![draft], site).await?;
            Ok(Handle::from_raw(raws[0]))
        })
    }

    /// [`merge`](Session::merge) of each row, with one query for every 500 keys in place of one for each.
    ///
    /// ```
    /// # use rebis_orm_doc::*;
    /// # fn main() -> rebis::Result<()> {
    /// # run(async |db, alice, hello| {
    /// let rows = [(1, "sql"), (7, "async")].map(|(id, name)| Tag.new().id(id).name(name));
    /// let tags = db.merge_all(rows).await?; // SELECT … FROM tags WHERE tags.id IN (?, ?)
    /// assert_eq!(db.state(tags[0]), rebis::State::Persistent);
    /// assert_eq!(db.state(tags[1]), rebis::State::Pending);
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`merge`](Session::merge).
    #[track_caller]
    pub fn merge_all<N: NewRow>(
        &mut self,
        rows: impl IntoIterator<Item = N>,
    ) -> Fut<'_, Vec<Handle<N::Model>>> {
        let site = Location::caller();
        let drafts: Vec<Box<dyn AnyDraft>> =
            rows.into_iter().map(|row| Box::new(row.into_draft()) as Box<dyn AnyDraft>).collect();
        Fut::new(async move {
            let raws = self.merge_drafts(drafts, site).await?;
            Ok(raws.into_iter().map(Handle::from_raw).collect())
        })
    }

    async fn merge_drafts(&mut self, drafts: Vec<Box<dyn AnyDraft>>, site: Site) -> Result<Vec<Raw>> {
        let (graph, io) = self.parts();
        io.check_usable()?;
        let mut wanted = Wanted::default();
        drafts.iter().for_each(|draft| wanted.collect(&**draft));
        if io.options().autoflush && graph.touches(Some(&wanted.tables())) {
            super::fetch::autoflush(graph, io, site).await?;
        }
        let mut known = HashMap::new();
        load_keys(graph, io, wanted.keys, site).await?;
        let relations = wanted.relations.into_iter().map(|((owner, relation), keys)| {
            let slot = |key: &Vec<Datum>| Some(find(graph, owner.index() as u32, key)?.raw.slot);
            (Spec::whole(owner, relation), keys.iter().filter_map(slot).collect::<Vec<u32>>())
        });
        let relations: Vec<(Spec, Vec<u32>)> = relations.collect();
        let wants = relations.iter().map(|(spec, owners)| Want::Relation(spec, owners.clone()));
        loading::load(graph, io, wants.collect(), site).await?;
        Ok(drafts.into_iter().map(|draft| settle(graph, draft, &mut known)).collect())
    }
}

impl Graph {
    /// Takes a row that is known to be what the database has, from a cache for instance, without asking the database:
    /// its object is persistent and unchanged (rule 69, `merge(load=False)`). An object that the session has already
    /// takes the row's values, and gives up changes that were not written.
    ///
    /// ```
    /// # use rebis_orm_doc::*;
    /// # fn main() -> rebis::Result<()> {
    /// # run(async |db, alice, hello| {
    /// let cached = db.merge_clean(User.new().id(1).username("alice (cached)").active(true))?;
    /// assert_eq!(cached, alice);
    /// assert!(!db.is_modified(alice)); // nothing to write
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`InvalidState`](ErrorKind::InvalidState) if a column was not set, or a relation was: what is in it is not known to
    /// be what the database has.
    pub fn merge_clean<N: NewRow>(&mut self, row: N) -> Result<Handle<N::Model>> {
        let Draft { object, set, defaulted, links } = row.into_draft();
        let mapping = <N::Model as Record>::mapping();
        let unset = |c: &usize| !set.contains(*c) || defaulted.contains(*c);
        if let Some(column) = (0..mapping.columns().len()).find(unset) {
            let name = mapping.columns()[column].name;
            let text =
                format!("a `{}` cannot be taken as it is: its column `{name}` was not set", mapping.name());
            return Err(Error::new(ErrorKind::InvalidState, text)
                .with_table(mapping.table_name())
                .with_column(name)
                .with_help("set every column, or use `merge`, which asks the database"));
        }
        if let Some((relation, _)) = links.0.first() {
            let name = mapping.relations()[usize::from(*relation)].name;
            let text = format!("a `{}` cannot be taken with its relation `{name}`", mapping.name());
            return Err(Error::new(ErrorKind::InvalidState, text)
                .with_table(mapping.table_name())
                .with_help("take the rows one by one and `load` the relation, or use `merge`"));
        }
        let mut binds = Binds::new();
        (0..mapping.columns().len()).for_each(|column| object.encode(column, &mut binds));
        let cells: Vec<Cell<'_>> = binds.iter().collect();
        self.reading(true, false).track(&cells)
    }
}

/// Objects and relations that must be there before rows can be merged into them.
#[derive(Default)]
struct Wanted {
    keys: Vec<(&'static Mapping, Vec<Vec<Datum>>)>,
    relations: Vec<(OfModel, Vec<Vec<Datum>>)>,
}

/// A relation and the model that has it.
type OfModel = (&'static Mapping, &'static RelationInfo);

impl Wanted {
    fn collect(&mut self, draft: &dyn AnyDraft) {
        let mapping = draft.mapping();
        let key = draft.key();
        if let Some(key) = &key {
            match self.keys.iter_mut().find(|(m, _)| *m == mapping) {
                Some((_, keys)) => keys.push(key.clone()),
                None => self.keys.push((mapping, vec![key.clone()])),
            }
        }
        for (relation, targets) in &draft.links().0 {
            let info = &mapping.relations()[usize::from(*relation)];
            if !info.cascade.merge {
                continue;
            }
            if let (Some(key), false) = (&key, matches!(info.link, LinkInfo::Here(_))) {
                match self.relations.iter_mut().find(|((m, i), _)| *m == mapping && i.index == info.index) {
                    Some((_, owners)) => owners.push(key.clone()),
                    None => self.relations.push(((mapping, info), vec![key.clone()])),
                }
            }
            for target in targets {
                if let TargetValue::New(draft) = target {
                    self.collect(&**draft);
                }
            }
        }
    }
}

impl Wanted {
    /// The tables that will be read.
    fn tables(&self) -> Vec<Name> {
        let mut tables: Vec<Name> =
            self.keys.iter().map(|(mapping, _)| mapping.table_name().into()).collect();
        for ((owner, relation), _) in &self.relations {
            Spec::whole(owner, relation).tables(&mut tables);
        }
        tables
    }
}

/// Loads the objects with these keys that the session has not, or has stale: of all models in one batch.
async fn load_keys(
    graph: &mut Graph,
    io: &mut Io,
    wanted: Vec<(&'static Mapping, Vec<Vec<Datum>>)>,
    site: Site,
) -> Result<()> {
    let mut missing: Vec<(&'static Mapping, Vec<Vec<Datum>>)> = wanted;
    for (mapping, keys) in &mut missing {
        keys.retain(|key| !is_fresh(graph, mapping.index() as u32, key));
    }
    missing.retain(|(_, keys)| !keys.is_empty());
    let wants = missing.iter().map(|(mapping, keys)| Want::Objects(mapping, keys.clone()));
    loading::load(graph, io, wants.collect(), site).await?;
    for (mapping, keys) in missing {
        absent(graph, io, mapping, keys, site).await?;
    }
    Ok(())
}

/// What was asked for and did not come.
async fn absent(
    graph: &mut Graph,
    io: &mut Io,
    mapping: &'static Mapping,
    mut keys: Vec<Vec<Datum>>,
    site: Site,
) -> Result<()> {
    let model = mapping.index() as u32;
    keys.retain(|key| !is_fresh(graph, model, key));
    if graph.is_restricted(mapping) {
        refuse_hidden(graph, io, mapping, &keys, site).await?;
    }
    // It is gone, whatever the session thought.
    for key in &keys {
        if let Some(object) = find(graph, model, key).filter(|_| !is_fresh(graph, model, key)) {
            graph.lose(object);
        }
    }
    Ok(())
}

/// A row that the session's restrictions hide is neither to be changed nor to be inserted a second time.
async fn refuse_hidden(
    graph: &Graph,
    io: &mut Io,
    mapping: &'static Mapping,
    keys: &[Vec<Datum>],
    site: Site,
) -> Result<()> {
    let one = |page| ast::Select {
        items: vec![ast::Expr::Literal(Datum::Int(1)).into()],
        limit: Some(1),
        ..select_all_in(mapping, mapping.key(), page)
    };
    let pages = keys.chunks(PAGE).map(|page| ast::Query::Select(Box::new(one(page))));
    let asked: Result<Vec<Asked>> = pages.map(|query| io.asked(graph, query)).collect();
    let mut asked = asked?;
    if !asked.is_empty() {
        io.begin(false, site).await?;
        let found = io.answers(&mut asked, site).await?;
        if found.iter().any(|answers| !answers.0.is_empty()) {
            return Err(hidden(graph, mapping).with_site(site));
        }
    }
    Ok(())
}

fn hidden(graph: &Graph, mapping: &Mapping) -> Error {
    let names = graph.restrictions_of(mapping);
    let list = |show: fn(&&str) -> String| names.iter().map(show).collect::<Vec<_>>().join(", ");
    let calls = list(|name| format!("`unrestrict(\"{name}\")`"));
    let message = format!(
        "a row to merge has the key of a `{}` that this session does not see: the restriction {} hides it",
        mapping.name(),
        list(|name| format!("`{name}`"))
    );
    Error::new(ErrorKind::InvalidState, message)
        .with_table(mapping.table_name())
        .with_help(format!("give the row another key, or lift the restriction first: {calls}"))
}

fn find(graph: &Graph, model: u32, key: &[Datum]) -> Option<Object> {
    let store = graph.store(model)?;
    let slot = match key {
        [one] => store.find(&[one.cell()]),
        several => store.find(&several.iter().map(Datum::cell).collect::<Vec<Cell<'_>>>()),
    };
    let slot = slot.ok().flatten()?;
    let head = store.head(slot)?;
    head.state.is_attached().then_some(Object { model, raw: Raw { slot, stamp: head.stamp } })
}

fn is_fresh(graph: &Graph, model: u32, key: &[Datum]) -> bool {
    find(graph, model, key).is_some_and(|object| {
        let head = graph.store(model).and_then(|s| s.head(object.raw.slot));
        head.is_some_and(|h| h.fresh >= graph.now)
    })
}

/// New rows of this merge that were added, by their keys: a second row with the same key goes into the same object.
type Known = HashMap<(u32, Vec<Datum>), Raw>;

fn settle(graph: &mut Graph, draft: Box<dyn AnyDraft>, known: &mut Known) -> Raw {
    let mapping = draft.mapping();
    let model = mapping.index() as u32;
    let key = draft.key();
    let there = key.as_ref().and_then(|key| {
        let added = if known.is_empty() { None } else { known.get(&(model, key.clone())) };
        added.copied().or_else(|| find(graph, model, key).map(|object| object.raw))
    });
    let (raw, links, is_new) = match there {
        Some(raw) => (raw, draft.merge(graph, raw), false),
        None => {
            let (raw, links) = draft.place(graph);
            (raw, links, true)
        }
    };
    if let Some(key) = key.filter(|_| is_new) {
        known.insert((model, key), raw);
    }
    let owner = Object { model, raw };
    if !is_new && graph.state_of(owner) == Some(State::Deleting) {
        return raw;
    }
    settle_links(graph, mapping, owner, links, known);
    raw
}

fn settle_links(
    graph: &mut Graph,
    mapping: &'static Mapping,
    owner: Object,
    links: Links,
    known: &mut Known,
) {
    for (relation, targets) in links.0 {
        let info = &mapping.relations()[usize::from(relation)];
        if !info.cascade.merge {
            continue;
        }
        let mut raws: Vec<Raw> = Vec::with_capacity(targets.len());
        for target in targets {
            match target {
                TargetValue::None => {}
                TargetValue::Handle(raw) => raws.push(raw),
                TargetValue::New(draft) => raws.push(settle(graph, draft, known)),
            }
        }
        match info.kind {
            RelationKind::HasMany => graph.replace_raw(owner, info, raws),
            RelationKind::BelongsTo { .. } | RelationKind::HasOne => {
                graph.set_raw(owner, info, raws.first().copied());
            }
        }
    }
}

//! What a session is asked: queries, look-ups, flush, commit, rollback.

use super::Session;
use super::fetch::{autoflush, execute, fetch};
use crate::graph::{AsHandle, Graph, Handle, Known, LinkKey, Object, Raw, State, named};
use crate::mapping::{Edge, Entity, LinkInfo, LinkMut, Model, OneLink, Record};
use crate::session::Io;
use crate::unit_of_work::{self, StatementKey, cached, select_by};
use rebis_core::{Binds, Cell, Error, ErrorKind, Result, Row, ToKey, Value, WholeKey};
use rebis_driver::{Flow, Sink, Step};
use rebis_engine::{Connection, Fut};
use rebis_sql::ast;
use rebis_sql::build::{Body, Command, Query};
use std::panic::Location;

type Site = &'static Location<'static>;
type Tracked<Q> = <<Q as Query>::Row as Row>::Tracked;

impl Session {
    /// The object with this primary key, or `None`. One that is in the session and not stale costs no SQL, a stale
    /// one is read anew; else it is one SELECT. (Unit-of-work rules 1–3.)
    ///
    /// ```
    /// # use rebis_orm_doc::*;
    /// # fn main() -> rebis::Result<()> {
    /// # run(async |db, alice, hello| {
    /// let alice = db.get(User, 1).await?.expect("she is there");
    /// let label = db.get(PostTag, (1, 1)).await?;
    /// assert!(label.is_some() && db.get(User, 7).await?.is_none());
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    ///
    /// # Errors
    /// What the database says.
    #[track_caller]
    pub fn get<M: Model>(
        &mut self,
        _entity: Entity<M>,
        key: impl ToKey<M::Key>,
    ) -> Fut<'_, Option<Handle<M>>> {
        let (site, key) = (Location::caller(), key.to_key());
        if let Some(Known { handle, state, stale }) = self.graph().known::<M>(&key) {
            match state {
                State::Persistent if !stale => return Fut::ready(Ok(Some(handle))),
                State::Deleting | State::Deleted => return Fut::ready(Ok(None)),
                State::Persistent | State::Pending | State::Transient | State::Detached => {}
            }
        }
        Fut::new(async move {
            let (graph, io) = self.parts();
            let mut binds = Binds::new();
            key.write(&mut binds);
            // A row that is gone is not found, though the session may have a stale object for it.
            let found = by_key(graph, io, M::mapping(), binds, false, site).await?;
            Ok(found.map(Handle::from_raw).filter(|h| graph.state(*h) == State::Persistent))
        })
    }

    /// The object with this primary key.
    ///
    /// ```
    /// # use rebis_orm_doc::*;
    /// # fn main() -> rebis::Result<()> {
    /// # run(async |db, alice, hello| {
    /// let alice = db.get_one(User, 1).await?;
    /// assert_eq!(db[alice].username, "alice");
    /// let error = db.get_one(User, 7).await.expect_err("there is no such user");
    /// assert_eq!(error.kind(), rebis::ErrorKind::NotFound);
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`NotFound`](ErrorKind::NotFound); what the database says.
    #[track_caller]
    pub fn get_one<M: Model>(&mut self, entity: Entity<M>, key: impl ToKey<M::Key>) -> Fut<'_, Handle<M>> {
        let site = Location::caller();
        self.get(entity, key).and_then(move |found| {
            found.ok_or_else(|| {
                let name = M::mapping().name();
                Error::new(ErrorKind::NotFound, format!("there is no `{name}` with this key"))
                    .with_table(M::mapping().table_name())
                    .with_site(site)
                    .with_help("use `get` if it may be missing")
            })
        })
    }

    /// All rows. Models come as handles; the same row is the same handle, however often it comes.
    ///
    /// ```
    /// # use rebis_orm_doc::*;
    /// # fn main() -> rebis::Result<()> {
    /// # run(async |db, alice, hello| {
    /// let users = db.all(select(User).filter(User.active).with(User.posts)).await?;
    /// assert_eq!(db[users[0]].posts.len(), 2);
    ///
    /// let counted = select((User.username, Post.id.count())).join(User.posts).group_by(User.username);
    /// let rows: Vec<(String, i64)> = db.all(counted).await?;
    /// assert_eq!(rows, [("alice".to_string(), 2)]);
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    ///
    /// # Errors
    /// A statement that cannot be rendered (a table that is not joined); what the flush before it or the database
    /// says; a conversion error that names the column.
    #[track_caller]
    pub fn all<Q: Query>(&mut self, query: Q) -> Fut<'_, Vec<Tracked<Q>>> {
        let (site, request) = (Location::caller(), query.into_request());
        Fut::new(async move { fetch::<Q::Row>(self, request, usize::MAX, site).await })
    }

    /// The only row.
    ///
    /// ```
    /// # use rebis_orm_doc::*;
    /// # fn main() -> rebis::Result<()> {
    /// # run(async |db, alice, hello| {
    /// let post = db.one(select(Post).filter(Post.title.eq("Second"))).await?;
    /// assert_eq!(db[post].author_id, 1);
    /// let error = db.one(Post).await.expect_err("there are two");
    /// assert_eq!(error.kind(), rebis::ErrorKind::TooManyRows);
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`NotFound`](ErrorKind::NotFound), [`TooManyRows`](ErrorKind::TooManyRows); as [`all`](Session::all).
    #[track_caller]
    pub fn one<Q: Query>(&mut self, query: Q) -> Fut<'_, Tracked<Q>> {
        let site = Location::caller();
        let found = self.one_or_none(query);
        Fut::new(async move { found.await?.ok_or_else(|| no_row(site)) })
    }

    /// The only row, or none.
    ///
    /// ```
    /// # use rebis_orm_doc::*;
    /// # fn main() -> rebis::Result<()> {
    /// # run(async |db, alice, hello| {
    /// let posts = |title: &str| select(Post).filter(Post.title.eq(title));
    /// assert_eq!(db.one_or_none(posts("Hello")).await?, Some(hello));
    /// assert_eq!(db.one_or_none(posts("Goodbye")).await?, None);
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`TooManyRows`](ErrorKind::TooManyRows); as [`all`](Session::all).
    #[track_caller]
    pub fn one_or_none<Q: Query>(&mut self, query: Q) -> Fut<'_, Option<Tracked<Q>>> {
        let (site, request) = (Location::caller(), query.into_request());
        Fut::new(async move {
            let mut rows = fetch::<Q::Row>(self, request, 2, site).await?;
            match rows.len() {
                0 | 1 => Ok(rows.pop()),
                _ => Err(too_many(site)),
            }
        })
    }

    /// The first row, or none. The SELECT gets `LIMIT 1`, unless it has a limit.
    ///
    /// ```
    /// # use rebis_orm_doc::*;
    /// # fn main() -> rebis::Result<()> {
    /// # run(async |db, alice, hello| {
    /// let newest = db.first(select(Post).order_by(Post.id.desc())).await?.expect("there is one");
    /// assert_eq!(db[newest].title, "Second"); // … ORDER BY posts.id DESC LIMIT ?
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`all`](Session::all).
    #[track_caller]
    pub fn first<Q: Query>(&mut self, query: Q) -> Fut<'_, Option<Tracked<Q>>> {
        let (site, mut request) = (Location::caller(), query.into_request());
        request.body = request.body.unfolded();
        if let Body::Ast(ast::Query::Select(select)) = &mut request.body {
            select.limit.get_or_insert(1);
        }
        Fut::new(async move { Ok(fetch::<Q::Row>(self, request, 1, site).await?.pop()) })
    }

    /// The value of a query for one value: `db.scalar(select(User.id.count()))`.
    ///
    /// ```
    /// # use rebis_orm_doc::*;
    /// # fn main() -> rebis::Result<()> {
    /// # run(async |db, alice, hello| {
    /// let hits = db.scalar(select(Post.hits.sum())).await?;
    /// assert_eq!(hits, Some(0));
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`one`](Session::one).
    #[track_caller]
    pub fn scalar<T: Value, Q: Query<Row = T>>(&mut self, query: Q) -> Fut<'_, T> {
        self.one(query)
    }

    /// How many rows a query has, counted by the database: `SELECT count(*) …`.
    ///
    /// ```
    /// # use rebis_orm_doc::*;
    /// # fn main() -> rebis::Result<()> {
    /// # run(async |db, alice, hello| {
    /// assert_eq!(db.count(select(Post).filter(Post.title.like("H%"))).await?, 1);
    /// assert_eq!(db.count(Post).await?, 2);
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Unsupported`](ErrorKind::Unsupported) for what is no SELECT; as [`all`](Session::all).
    #[track_caller]
    pub fn count<Q: Query>(&mut self, query: Q) -> Fut<'_, u64> {
        let site = Location::caller();
        let counted = query.into_request().counted();
        Fut::new(async move {
            let rows = fetch::<i64>(self, counted.map_err(|e| e.with_site(site))?, 1, site).await?;
            Ok(rows.first().map_or(0, |n| (*n).max(0) as u64))
        })
    }

    /// Whether a query has a row: `SELECT EXISTS (…)`.
    ///
    /// ```
    /// # use rebis_orm_doc::*;
    /// # fn main() -> rebis::Result<()> {
    /// # run(async |db, alice, hello| {
    /// assert!(db.exists(select(Post).filter(Post.author.eq(alice))).await?);
    /// assert!(!db.exists(select(User).filter(!User.active)).await?);
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`count`](Session::count).
    #[track_caller]
    pub fn exists<Q: Query>(&mut self, query: Q) -> Fut<'_, bool> {
        let site = Location::caller();
        let exists = query.into_request().existence();
        Fut::new(async move {
            let rows = fetch::<bool>(self, exists.map_err(|e| e.with_site(site))?, 1, site).await?;
            Ok(rows.first().copied().unwrap_or(false))
        })
    }

    /// Runs an INSERT, UPDATE or DELETE by criteria, in the session's transaction; the number of rows it affected.
    /// Pending changes to the table are written first. Objects in the session are not changed by it: they are stale
    /// from then on, and read anew by the next query that meets them.
    ///
    /// ```
    /// # use rebis_orm_doc::*;
    /// # fn main() -> rebis::Result<()> {
    /// # run(async |db, alice, hello| {
    /// let n = db.execute(Post.update().set(Post.hits, Post.hits + 1).filter(Post.title.eq("Hello"))).await?;
    /// assert_eq!(n, 1); // UPDATE posts SET hits = hits + ? WHERE title = ?
    /// assert_eq!(db[hello].hits, 0); // stale, but as it was
    /// db.refresh(hello).await?;
    /// assert_eq!(db[hello].hits, 1);
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    ///
    /// # Errors
    /// An UPDATE or DELETE that says neither which rows nor that all are meant; what the database says.
    #[track_caller]
    pub fn execute(&mut self, command: impl Command) -> Fut<'_, u64> {
        let (site, request) = (Location::caller(), command.into_request());
        Fut::new(async move { execute(self, request.map_err(|e| e.with_site(site))?, site).await })
    }

    /// Reads an object's columns anew; changes that were not written are given up. Its collections are stale: the
    /// next `load` or `.with(..)` reads them, and what `refresh-expire` cascades to is read anew when it is met.
    ///
    /// ```
    /// # use rebis_orm_doc::*;
    /// # fn main() -> rebis::Result<()> {
    /// # run(async |db, alice, hello| {
    /// db[alice].username = "given up".into();
    /// db.refresh(alice).await?; // SELECT … FROM users WHERE users.id = ?
    /// assert_eq!(db[alice].username, "alice");
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`NotFound`](ErrorKind::NotFound) if the row is gone; [`InvalidState`](ErrorKind::InvalidState) for an object
    /// without a row.
    ///
    /// # Panics
    /// If the handle belongs to another session, or its object was taken out.
    #[track_caller]
    pub fn refresh<H: AsHandle>(&mut self, handle: H) -> Fut<'_, ()> {
        let site = Location::caller();
        let object = self.graph().checked_ref(handle);
        Fut::new(async move {
            let (graph, io) = self.parts();
            if graph.state_of(object) != Some(State::Persistent) {
                return Err(Error::new(
                    ErrorKind::InvalidState,
                    "only an object with a row can be refreshed",
                )
                .with_table(H::Model::mapping().table_name())
                .with_site(site));
            }
            let mut binds = Binds::new();
            if let Some(store) = graph.store(object.model) {
                H::Model::mapping()
                    .key()
                    .iter()
                    .for_each(|&c| store.encode_stored(object.raw.slot, c, &mut binds));
            }
            let found = by_key(graph, io, H::Model::mapping(), binds, true, site).await?;
            graph.give_up_changes(object);
            match found {
                Some(_) => Ok(()),
                None => Err(Error::new(
                    ErrorKind::NotFound,
                    format!("the row of this `{}` is gone", H::Model::mapping().name()),
                )
                .with_table(H::Model::mapping().table_name())
                .with_site(site)),
            }
        })
    }

    /// Writes everything that differs from the database, in as few statements as that takes, and stays in the
    /// transaction. Nothing is written if nothing changed.
    ///
    /// ```
    /// # use rebis_orm_doc::*;
    /// # fn main() -> rebis::Result<()> {
    /// # run(async |db, alice, hello| {
    /// let log = db.engine().record();
    /// db[alice].username = "wonderland".into();
    /// db.flush().await?;
    /// assert_eq!(log.take_sql(), ["BEGIN IMMEDIATE", "UPDATE users SET username = ? WHERE id = ?"]);
    /// db.flush().await?; // nothing differs
    /// assert!(log.take_sql().is_empty() && db.in_transaction());
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    ///
    /// # Errors
    /// What the database says: then the transaction is rolled back, objects keep their values, and the session must
    /// be told so with [`rollback`](Session::rollback). What is found before anything is written (a required parent
    /// that is missing) leaves the session as it was.
    #[track_caller]
    pub fn flush(&mut self) -> Fut<'_, ()> {
        let site = Location::caller();
        Fut::new(async move {
            let (graph, io) = self.parts();
            unit_of_work::flush(graph, io, site).await
        })
    }

    /// Flushes, ends the transaction for good, and gives the connection back. Objects keep their values and are stale
    /// from now on: a query that meets them reads them anew.
    ///
    /// ```
    /// # use rebis_orm_doc::*;
    /// # fn main() -> rebis::Result<()> {
    /// # run(async |db, alice, hello| {
    /// let bob = db.add(User.new().username("bob"));
    /// db.push(bob, User.posts, Post.new().title("Mine"));
    /// db.commit().await?; // both rows, parents first, in one transaction
    /// assert!(!db.in_transaction());
    /// assert_eq!(db[bob].username, "bob"); // the values are still there
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`flush`](Session::flush); a constraint that is checked at the end.
    ///
    /// # Cancel safety
    /// As [`Session`] says; dropped while COMMIT is under way, the transaction may have been committed.
    #[track_caller]
    pub fn commit(&mut self) -> Fut<'_, ()> {
        let site = Location::caller();
        Fut::new(async move {
            let (graph, io) = self.parts();
            unit_of_work::flush_last(graph, io, site).await?;
            io.commit(site).await?;
            graph.committed();
            io.starts_over(graph.epoch);
            Ok(())
        })
    }

    /// Ends the transaction for nothing. Every object is what it was when the transaction began, from memory and
    /// without SQL; new objects are transient, readable, and can be added again.
    ///
    /// What was read in the transaction is stale. A row of it that an INSERT gave back with `returning` is detached.
    /// Other rows that only this transaction had cannot be told from those that others see: a look-up or `refresh`
    /// that does not find the row detaches its object, and writing to it is a [`StaleRow`](ErrorKind::StaleRow).
    ///
    /// ```
    /// # use rebis_orm_doc::*;
    /// # fn main() -> rebis::Result<()> {
    /// # run(async |db, alice, hello| {
    /// db[alice].username = "taken back".into();
    /// db.flush().await?;
    /// db.rollback().await?;
    /// assert_eq!(db[alice].username, "alice"); // from memory
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    ///
    /// # Errors
    /// What the database says; the objects are restored all the same.
    #[track_caller]
    pub fn rollback(&mut self) -> Fut<'_, ()> {
        let site = Location::caller();
        Fut::new(async move {
            let (graph, io) = self.parts();
            let result = io.rollback(site).await;
            graph.rolled_back(io.begun_in());
            graph.transaction_is_over();
            io.starts_over(graph.epoch);
            result
        })
    }

    /// The connection of the session, in its transaction: for what the session has no verb for.
    ///
    /// ```
    /// # use rebis_orm_doc::*;
    /// # fn main() -> rebis::Result<()> {
    /// # run(async |db, alice, hello| {
    /// db[alice].active = false;
    /// db.flush().await?;
    /// let conn = db.connection().await?; // in the same transaction, so it sees what the flush wrote
    /// let idle: Vec<User> = conn.all(select(User).filter(!User.active)).await?;
    /// assert_eq!(idle[0].username, "alice");
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    ///
    /// # Errors
    /// What opening a connection and beginning gives.
    #[track_caller]
    pub fn connection(&mut self) -> Fut<'_, &mut Connection> {
        let site = Location::caller();
        Fut::new(async move { self.parts().1.connection(site).await })
    }

    /// Rolls back and forgets every object: what a session is at its beginning.
    ///
    /// ```
    /// # use rebis_orm_doc::*;
    /// # fn main() -> rebis::Result<()> {
    /// # run(async |db, alice, hello| {
    /// db.reset().await?;
    /// assert!(db.handles::<User>().is_empty());
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`rollback`](Session::rollback).
    #[track_caller]
    pub fn reset(&mut self) -> Fut<'_, ()> {
        let site = Location::caller();
        Fut::new(async move {
            let result = self.parts().1.rollback(site).await;
            let criteria = std::mem::take(&mut self.graph_mut().criteria);
            *self.graph_mut() = Graph::new();
            self.graph_mut().criteria = criteria;
            let epoch = self.graph().epoch;
            self.parts().1.starts_over(epoch);
            result
        })
    }
}

/// Reads a row by key into the graph.
async fn by_key(
    graph: &mut Graph,
    io: &mut Io,
    mapping: &'static crate::mapping::Mapping,
    mut binds: Binds,
    populate: bool,
    site: Site,
) -> Result<Option<Raw>> {
    io.check_usable()?;
    let table = [mapping.table_name().into()];
    if io.options().autoflush && !populate && graph.touches(Some(&table)) {
        autoflush(graph, io, site).await?;
    }
    let key = binds.clone();
    let statement = get_statement(graph, io, mapping, &mut binds)?;
    let mut reading = graph.reading(populate, false);
    let mut sink = OneRow { graph: &mut reading, mapping, raw: None };
    io.begin(false, site).await?;
    io.run(&mut [Step::new(&statement, &mut binds, &mut sink)], site).await?;
    let found = sink.raw;
    if found.is_none() {
        reading.not_found(mapping, &key.iter().collect::<Vec<_>>());
    }
    Ok(found)
}

/// SELECT by key: always the same, unless the session restricts the model.
fn get_statement(
    graph: &Graph,
    io: &mut Io,
    mapping: &'static crate::mapping::Mapping,
    binds: &mut Binds,
) -> Result<rebis_sql::Statement> {
    let build = || ast::Query::Select(Box::new(select_by(mapping, mapping.key())));
    if !graph.is_restricted(mapping) {
        return cached(mapping, io.capabilities(), StatementKey::Get, build);
    }
    let mut query = build();
    graph.restrict_query(&mut query);
    let compiled = rebis_sql::render::render(&query, io.capabilities())?;
    // The key comes first, as it does without a restriction.
    let restricted = compiled.binds.get(mapping.key().len()..).unwrap_or_default();
    binds.extend(&graph.binds(restricted, &Binds::new())?);
    Ok(io.statement(&compiled.sql, compiled.kind))
}

struct OneRow<'g> {
    graph: &'g mut Graph,
    mapping: &'static crate::mapping::Mapping,
    raw: Option<Raw>,
}

impl Sink for OneRow<'_> {
    fn row(&mut self, cells: &[Cell<'_>]) -> Result<Flow> {
        let context = self.graph.load_context();
        let loaded = self.graph.store_of(self.mapping).load_row(cells, context);
        self.raw = Some(loaded.map_err(|error| named(self.mapping, error))?);
        Ok(Flow::Continue(()))
    }
}

#[cold]
fn no_row(site: Site) -> Error {
    Error::new(ErrorKind::NotFound, "the query found no row")
        .with_site(site)
        .with_help("use `one_or_none` if that may be")
}

#[cold]
fn too_many(site: Site) -> Error {
    Error::new(ErrorKind::TooManyRows, "the query found more than one row")
        .with_site(site)
        .with_help("filter further, or use `first` or `all`")
}

impl Graph {
    /// Every object is read anew by the next query that meets it; changes that are not written stay.
    pub(crate) fn all_stale(&mut self) {
        self.now += 1;
    }

    /// What was to be written of an object is not written; its relations are read anew by the next load.
    pub(crate) fn give_up_changes(&mut self, object: Object) {
        self.expressions.remove(&object);
        for related in self.loaded_related(object, |info| info.cascade.refresh) {
            if let Some(head) = self.store_mut(related.model).and_then(|s| s.head_mut(related.raw.slot)) {
                head.fresh = 0;
            }
        }
        for info in self.relations_of(object) {
            self.ones_loaded.remove(&(object, info.index));
            if let LinkInfo::Here(edge) = &info.link {
                self.give_up_parent(object, info.index, edge);
            }
            if let Some(LinkMut::Many(link)) = self.link_mut(object, info.index) {
                link.grow_stale();
            }
        }
    }

    /// A parent that was given and not written: the child is where its key says, on both sides.
    fn give_up_parent(&mut self, child: Object, relation: usize, edge: &Edge) {
        let key = LinkKey { child, edge: edge.index as u16 };
        let Some(target) = self.links.remove(&key) else { return };
        self.orphans.remove(&key);
        let of = |raw| Object { model: edge.parent.index() as u32, raw };
        if let Some(raw) = target {
            self.leave_parent(edge, of(raw), child.raw);
        }
        self.change_one(child, relation, OneLink::NotLoaded);
        if let Some(raw) = self.parent_by_key(edge, child) {
            self.join_parent(edge, of(raw), child.raw);
        }
    }
}

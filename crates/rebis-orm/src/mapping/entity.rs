//! The entity value: `User`.

use super::Model;
use crate::graph::Handle;
use hashbrown::HashMap;
use rebis_core::{Binds, Cell, Name, Result, Row};
use rebis_sql::ast::{self, Key, Piece, Source, TableRef};
use rebis_sql::build::{
    Body, BySql, IntoBind, IntoCondition, IntoSource, JoinPart, JoinTarget, Query, Request, RequestOptions,
    Selectable, Template,
};
use rebis_sql::schema::{NamingConvention, Unique, View};
use rebis_sql::{Delete, Insert, Select, Update, select};
use std::any::Any;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;
use std::sync::{LazyLock, Mutex, PoisonError};

/// A model as a value: `User`. Columns and relations are its fields (`User.username`, `User.posts`), verbs its
/// methods (`User.new()`, `User.alias("u")`, `User.update()`).
///
/// The derive declares `const User: Entity<User>` beside the struct and adds nothing to the struct itself.
///
/// ```
/// # use rebis_orm_doc::*;
/// # fn main() -> rebis::Result<()> {
/// # run(async |db, alice, hello| {
/// let named = select(User).filter(User.username.eq("alice")); // `User.username` is a column
/// let alice = db.one(named.with(User.posts)).await?; // `User.posts` is a relation
/// let bob = db.add(User.new().username("bob")); // verbs are methods
/// db.flush().await?;
/// assert_eq!(db.execute(User.delete().filter(User.id.eq(db[bob].id))).await?, 1);
/// # Ok(())
/// # })
/// # }
/// ```
pub struct Entity<M: Model> {
    alias: Option<(&'static str, &'static M::Columns)>,
}

impl<M: Model> Entity<M> {
    #[doc(hidden)]
    pub const BASE: Entity<M> = Entity { alias: None };

    // `User.new()` gives a `User` to be, not another entity.
    #[allow(clippy::new_ret_no_self)]
    /// A builder for a new row. Required columns (not null, no default, not generated) must be set; forgetting
    /// one does not compile.
    ///
    /// ```
    /// # use rebis_orm_doc::*;
    /// # fn main() -> rebis::Result<()> {
    /// # run(async |db, alice, hello| {
    /// let bob = db.add(User.new().username("bob").active(false).posts([Post.new().title("Mine")]));
    /// db.flush().await?;
    /// assert_eq!(db[bob].posts.len(), 1);
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    #[must_use]
    pub fn new(self) -> M::New {
        M::empty()
    }

    /// The same table under another name, for joining it twice. The result is an entity again:
    /// `let boss = Employee.alias("boss"); boss.name`.
    ///
    /// Each distinct pair of model and name is kept for the life of the program, so that the entity stays `Copy`:
    /// use names of roles, not names made up for every call.
    ///
    /// ```
    /// # use rebis_orm_doc::*;
    /// # fn main() -> rebis::Result<()> {
    /// # run(async |db, alice, hello| {
    /// let other = Post.alias("other");
    /// let pairs = select((Post.title, other.title))
    ///     .join(other.on(other.author_id.eq(Post.author_id) & Post.id.lt(other.id)));
    /// // SELECT posts.title, other.title FROM posts
    /// // JOIN posts AS other ON other.author_id = posts.author_id AND posts.id < other.id
    /// assert_eq!(db.all(pairs).await?, [("Hello".to_owned(), "Second".to_owned())]);
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    #[must_use]
    pub fn alias(self, name: &str) -> Entity<M> {
        Entity { alias: Some(interned::<M>(name)) }
    }

    /// In a select list: the entity where the outer join found a row, else `None`.
    ///
    /// ```
    /// # use rebis_orm_doc::*;
    /// # fn main() -> rebis::Result<()> {
    /// # run(async |db, alice, hello| {
    /// let tagged = select((Post, Tag.optional())).outer_join(Post.tags).order_by(Post.id);
    /// let rows = db.all(tagged).await?; // Vec<(Handle<Post>, Option<Handle<Tag>>)>
    /// assert_eq!(rows[0].0, hello);
    /// assert!(rows[0].1.is_some() && rows[1].1.is_none());
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    #[must_use]
    pub fn optional(self) -> Optional<M> {
        Optional(self)
    }

    /// The view that a model marked `#[model(view = "..")]` is of, by what it shows: an expression for each field, in their
    /// order. [`MetaData::with_view`](rebis_sql::schema::MetaData::with_view) makes it with the tables.
    ///
    /// ```
    /// use rebis::blocking::Engine;
    /// use rebis::prelude::*;
    /// # #[derive(Model)]
    /// # #[model(table = "users")]
    /// # struct User { #[column(primary_key)] id: i64, name: String, active: bool }
    ///
    /// #[derive(Model)]
    /// #[model(view = "active_users")]
    /// struct ActiveUser {
    ///     #[column(primary_key)]
    ///     id: i64,
    ///     name: String,
    /// }
    ///
    /// # fn main() -> rebis::Result<()> {
    /// let shown = ActiveUser.view(select((User.id, User.name)).filter(User.active));
    /// let schema = metadata![User, ActiveUser].with_view(shown);
    /// // CREATE VIEW active_users (id, name) AS SELECT users.id, users.name FROM users WHERE users.active
    /// let engine = Engine::new("sqlite::memory:")?;
    /// schema.create_all(&engine)?;
    /// let mut db = engine.session();
    /// db.add_all([User.new().name("ann").active(true), User.new().name("bob").active(false)]);
    /// let active = db.one(ActiveUser)?; // an object as others are, but read-only
    /// assert_eq!(db[active].name, "ann");
    /// # Ok(())
    /// # }
    /// ```
    pub fn view<R>(self, shows: Select<R>) -> View {
        let mapping = M::mapping();
        let table = mapping.table_ref();
        let names = mapping.columns().iter().map(|column| column.name);
        let view = View::new(table.name, shows).columns(names);
        View { schema: table.schema, ..view }
    }

    /// `select(User)` as a method.
    #[must_use]
    pub fn select(self) -> Select<M> {
        select(self)
    }

    /// A statement that inserts rows without adding objects. It knows nothing of relations: a new row that sets one must
    /// be given the key column in its place.
    ///
    /// ```
    /// # use rebis_orm_doc::*;
    /// # fn main() -> rebis::Result<()> {
    /// # run(async |db, alice, hello| {
    /// let rows = ["sql", "async"].map(|name| Tag.new().name(name));
    /// let stmt = Tag.insert().rows(rows).returning(Tag.id);
    /// assert_eq!(stmt.to_string(), "INSERT INTO tags (name) VALUES ('sql'), ('async') RETURNING id");
    /// assert_eq!(db.all(stmt).await?, [2, 3]);
    ///
    /// let again = Tag.insert().row(Tag.new().name("sql"));
    /// let stmt = again.on_conflict(Tag.name).set_all_proposed().returning(Tag);
    /// let sql = db.one(stmt).await?; // Handle<Tag>, of the row that was there
    /// assert_eq!(db[sql].id, 2);
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    pub fn insert(self) -> Insert<M> {
        Insert::new(M::mapping().table_ref(), keys::<M>)
    }

    /// A statement that updates rows by criteria, without loading them.
    ///
    /// ```
    /// # use rebis_orm_doc::*;
    /// # fn main() -> rebis::Result<()> {
    /// # run(async |db, alice, hello| {
    /// let stmt = Post.update().set(Post.hits, Post.hits + 1).filter(Post.hits.lt(10));
    /// assert_eq!(stmt.to_string(), "UPDATE posts SET hits = hits + 1 WHERE hits < 10");
    /// assert_eq!(db.execute(stmt).await?, 2);
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    #[must_use]
    pub fn update(self) -> Update<M> {
        Update::new(self.table_ref()).keyed(key::<M>())
    }

    /// A statement that deletes rows by criteria, without loading them.
    ///
    /// ```
    /// # use rebis_orm_doc::*;
    /// # fn main() -> rebis::Result<()> {
    /// # run(async |db, alice, hello| {
    /// let stmt = PostTag.delete().filter(PostTag.tag_id.eq(1));
    /// assert_eq!(stmt.to_string(), "DELETE FROM post_tags WHERE tag_id = 1");
    /// assert_eq!(db.execute(stmt).await?, 1);
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    #[must_use]
    pub fn delete(self) -> Delete<M> {
        Delete::new(self.table_ref()).keyed(key::<M>())
    }

    /// For a join on a condition: `.join(Post.on(Post.author_id.eq(User.id)))`.
    ///
    /// ```
    /// # use rebis_orm_doc::*;
    /// # fn main() -> rebis::Result<()> {
    /// # run(async |db, alice, hello| {
    /// let titles = select((User.username, Post.title)).join(Post.on(Post.author_id.eq(User.id) & Post.hits.eq(0)));
    /// assert_eq!(
    ///     titles.to_string(),
    ///     "SELECT users.username, posts.title FROM users \
    ///      JOIN posts ON posts.author_id = users.id AND posts.hits = 0"
    /// );
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    #[must_use]
    pub fn on(self, condition: impl IntoCondition) -> EntityOn<M> {
        EntityOn { entity: self, on: condition.into_condition().into_ast() }
    }

    /// The table as a statement names it.
    #[doc(hidden)]
    pub fn table_ref(self) -> TableRef {
        let mut table = M::mapping().table_ref();
        table.alias = self.alias.map(|(name, _)| name.into());
        table
    }

    /// Its alias, if it has one.
    pub(crate) fn alias_name(self) -> Option<&'static str> {
        self.alias.map(|(name, _)| name)
    }

    /// What its columns are qualified with.
    #[doc(hidden)]
    pub fn source(self) -> &'static str {
        self.alias.map_or(M::mapping().table_name(), |(name, _)| name)
    }
}

/// The columns of the primary key.
fn key<M: Model>() -> impl Iterator<Item = Name> {
    M::mapping().key().iter().map(|&column| M::mapping().columns()[column].name.into())
}

/// The keys of the table, the primary key first.
fn keys<M: Model>() -> Vec<Key> {
    let (table, naming) = (M::mapping().table(), NamingConvention::default());
    let generated = M::mapping().generated().is_some();
    let always = M::mapping().identity().is_some_and(|identity| identity.always);
    let name = Some(naming.primary_key(table));
    let primary = Key { name, columns: key::<M>().collect(), generated, always };
    let unique = |unique: &Unique| Key {
        name: Some(naming.unique(table, unique)),
        columns: unique.columns.clone(),
        generated: false,
        always: false,
    };
    std::iter::once(primary).chain(table.uniques.iter().map(unique)).collect()
}

/// The columns of an aliased entity, made once for each pair of model and name.
fn interned<M: Model>(name: &str) -> (&'static str, &'static M::Columns) {
    type Kept = HashMap<(usize, &'static str), &'static (dyn Any + Send + Sync)>;
    static KEPT: LazyLock<Mutex<Kept>> = LazyLock::new(Mutex::default);
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    let known = kept.iter().find(|((model, alias), _)| *model == M::index() && *alias == name);
    if let Some((&(_, name), columns)) = known
        && let Some(columns) = columns.downcast_ref()
    {
        return (name, columns);
    }
    let name: &'static str = Box::leak(name.into());
    let columns: &'static M::Columns = Box::leak(Box::new(M::aliased(name)));
    kept.insert((M::index(), name), columns);
    (name, columns)
}

impl<M: Model> Deref for Entity<M> {
    type Target = M::Columns;
    fn deref(&self) -> &M::Columns {
        self.alias.map_or_else(M::columns, |(_, columns)| columns)
    }
}

impl<M: Model> Clone for Entity<M> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<M: Model> Copy for Entity<M> {}

impl<M: Model> fmt::Debug for Entity<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", M::mapping().name())?;
        self.alias.map_or(Ok(()), |(alias, _)| write!(f, " as {alias}"))
    }
}

/// Appends the columns of an entity to a select list; the first thing selected is the first in FROM.
fn add_entity<M: Model>(entity: Entity<M>, select: &mut ast::Select) {
    let source = entity.source();
    for column in &M::mapping().columns()[..M::mapping().width()] {
        let name = ast::ColumnRef { source: source.into(), name: column.name.into() };
        select.items.push(ast::Item::from(ast::Expr::Column(name)).kept(column.kept));
    }
    if select.from.is_none() {
        select.from = Some(Source::Table(entity.table_ref()));
    }
}

#[diagnostic::do_not_recommend]
impl<M: Model> Selectable for Entity<M> {
    type Row = M;
    fn add_to(self, select: &mut ast::Select) {
        add_entity(self, select);
    }
}

#[diagnostic::do_not_recommend]
impl<M: Model> Query for Entity<M> {
    type Row = M;
    fn into_request(self) -> Request {
        if self.alias.is_some() {
            return select(self).into_request();
        }
        let all = || Template::new(ast::Query::Select(Box::new(select(self).into())));
        let body = Body::Prepared(M::mapping().all(all), Binds::new());
        Request { body, loads: Vec::new(), options: RequestOptions::default() }
    }
}

/// The table, with its alias, in SQL as text.
#[diagnostic::do_not_recommend]
impl<M: Model> IntoBind<BySql> for &Entity<M> {
    fn into_bind(self) -> Vec<Piece> {
        vec![Piece::Table(self.table_ref())]
    }
}

impl<M: Model> IntoSource for Entity<M> {
    fn into_source(self) -> Source {
        Source::Table(self.table_ref())
    }
}

/// An entity that may be missing from a row: what `Post.optional()` gives. Its row is [`Maybe<Post>`].
///
/// See [`Entity::optional`] for an example.
#[derive(Debug)]
pub struct Optional<M: Model>(Entity<M>);

#[diagnostic::do_not_recommend]
impl<M: Model> Selectable for Optional<M> {
    type Row = Maybe<M>;
    fn add_to(self, select: &mut ast::Select) {
        add_entity(self.0, select);
    }
}

/// The row type of an entity that may be missing: `Select<(User, Maybe<Post>)>` gives `(User, Option<Post>)`.
///
/// See [`Entity::optional`] for an example.
#[derive(Debug)]
pub struct Maybe<M>(PhantomData<fn() -> M>);

impl<M: Model> Row for Maybe<M> {
    type Plain = Option<M>;
    type Tracked = Option<Handle<M>>;
    const WIDTH: usize = M::WIDTH;
    fn plain(cells: &[Cell<'_>]) -> Result<Option<M>> {
        if is_missing::<M>(cells) { Ok(None) } else { M::plain(cells).map(Some) }
    }
    fn track(cells: &[Cell<'_>], tracker: &mut dyn Any) -> Result<Option<Handle<M>>> {
        if is_missing::<M>(cells) { Ok(None) } else { M::track(cells, tracker).map(Some) }
    }
}

/// A row whose key is NULL is what an outer join gives where it found nothing.
fn is_missing<M: Model>(cells: &[Cell<'_>]) -> bool {
    M::mapping().key().iter().all(|&column| cells.get(column).is_none_or(Cell::is_null))
}

/// An entity with a condition, to join.
///
/// See [`Entity::on`] for an example.
#[derive(Debug)]
pub struct EntityOn<M: Model> {
    entity: Entity<M>,
    on: ast::Expr,
}

#[diagnostic::do_not_recommend]
impl<M: Model> JoinTarget for EntityOn<M> {
    fn into_join(self) -> Vec<JoinPart> {
        vec![JoinPart { source: Source::Table(self.entity.table_ref()), on: Some(self.on) }]
    }
}

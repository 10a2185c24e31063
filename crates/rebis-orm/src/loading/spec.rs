//! What users write in `.with(..)` and `load(..)`: a relation, or a path of relations with options.

use crate::mapping::{Many, Mapping, Model, Relation, RelationInfo};
use rebis_sql::Column;
use rebis_sql::ast;
use rebis_sql::build::{IntoCondition, IntoLoad, IntoOrder, Load, LoadColumn};
use std::marker::PhantomData;
use std::sync::Arc;

/// One relation to load, and what to load from there on.
#[derive(Clone, Debug)]
pub(crate) struct Spec {
    /// The model that has the relation.
    pub owner: &'static Mapping,
    /// The relation.
    pub relation: &'static RelationInfo,
    /// By which kind of query.
    pub how: How,
    /// Conditions on the other model.
    pub filter: Vec<ast::Expr>,
    /// Order of the collection; the relation's own where there is none.
    pub order: Vec<ast::Order>,
    /// At most so many for each owner.
    pub limit: Option<u64>,
    /// What to load from there on.
    pub then: Vec<Spec>,
    /// Deferred columns of the other model to load.
    pub columns: Vec<usize>,
    /// Whether the session's restrictions do not hold: for what a flush must know.
    pub unrestricted: bool,
}

/// By which kind of query a relation is loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum How {
    /// A query of its own, by keys.
    Selectin,
    /// LEFT JOIN in the query of the owners.
    Joined,
    /// A join that the query has already; columns come from this alias (or the table itself).
    Contained(Option<&'static str>),
}

impl Spec {
    /// The whole of a relation, and nothing more.
    pub(crate) fn whole(owner: &'static Mapping, relation: &'static RelationInfo) -> Spec {
        Spec {
            owner,
            relation,
            how: How::Selectin,
            filter: Vec::new(),
            order: Vec::new(),
            limit: None,
            then: Vec::new(),
            columns: Vec::new(),
            unrestricted: false,
        }
    }

    fn of<O: Model, T: Model, K>(relation: Relation<O, T, K>) -> Spec {
        Spec::whole(O::mapping(), relation.info())
    }

    /// The path as a program writes it: `User.posts.then(Post.tags)`.
    pub(crate) fn path(&self) -> String {
        let step = format!("{}.{}", self.owner.name(), self.relation.name);
        let target = self.relation.target;
        let columns =
            self.columns.iter().map(|&c| format!("{}.{}", target.name(), target.columns()[c].field));
        let then = columns.chain(self.then.iter().map(Spec::path));
        then.fold(step, |path, then| format!("{path}.then({then})"))
    }

    /// Whether nothing more hangs on the relation.
    pub(crate) fn is_single(&self) -> bool {
        self.then.is_empty() && self.columns.is_empty()
    }

    /// Whether the loaded collection may be smaller than what the database has.
    pub(crate) fn is_partial(&self) -> bool {
        !self.filter.is_empty() || self.limit.is_some() || matches!(self.how, How::Contained(_))
    }
}

/// A path of relations from `O` to `T`, with options for its last step. Made by the methods of
/// [`Relation`]: `User.posts.then(Post.tags)`, `User.posts.filter(..).limit(3)`.
///
/// It says what is loaded with a query (`.with(..)`) or for an object (`db.load(..)`).
///
/// ```
/// # use rebis_orm_doc::*;
/// # fn main() -> rebis::Result<()> {
/// # run(async |db, alice, hello| {
/// let users = select(User).with(User.posts.filter(Post.hits.eq(0)).order_by(Post.id.desc()).limit(1).then(Post.tags));
/// let alice = db.one(users).await?; // three queries, whatever the number of users
/// let latest = db[alice].posts.to_vec();
/// assert_eq!((latest.len(), db[latest[0]].title.as_str()), (1, "Second"));
/// # Ok(())
/// # })
/// # }
/// ```
#[derive(Debug)]
pub struct LoadPath<O, T> {
    /// From the first step to the last; none has a `then`.
    steps: Vec<Spec>,
    /// Deferred columns of `O` itself.
    columns: Vec<usize>,
    types: PhantomData<fn() -> (O, T)>,
}

impl<O, T> Clone for LoadPath<O, T> {
    fn clone(&self) -> Self {
        LoadPath { steps: self.steps.clone(), columns: self.columns.clone(), types: PhantomData }
    }
}

/// A relation, or a path that begins with one, or a deferred column, of model `O`.
///
/// See [`LoadPath`] for an example.
pub trait IntoPath<O> {
    /// Where the path ends.
    type End: Model;
    #[doc(hidden)]
    fn into_path(self) -> LoadPath<O, Self::End>;
}

impl<O: Model, T: Model, K> IntoPath<O> for Relation<O, T, K> {
    type End = T;
    fn into_path(self) -> LoadPath<O, T> {
        LoadPath { steps: vec![Spec::of(self)], columns: Vec::new(), types: PhantomData }
    }
}

impl<O: Model, V> IntoPath<O> for Column<O, V> {
    type End = O;
    fn into_path(self) -> LoadPath<O, O> {
        LoadPath { steps: Vec::new(), columns: vec![usize::from(self.index())], types: PhantomData }
    }
}

impl<O: Model, T: Model> IntoPath<O> for LoadPath<O, T> {
    type End = T;
    fn into_path(self) -> LoadPath<O, T> {
        self
    }
}

impl<O: Model, T: Model> LoadPath<O, T> {
    /// Goes on with a relation, or a deferred column, of where the path has come to.
    ///
    /// See [`LoadPath`] for an example.
    #[must_use]
    pub fn then<P: IntoPath<T>>(mut self, next: P) -> LoadPath<O, P::End> {
        let next = next.into_path();
        self.steps.last_mut().map_or(&mut self.columns, |last| &mut last.columns).extend(next.columns);
        self.steps.extend(next.steps);
        LoadPath { steps: self.steps, columns: self.columns, types: PhantomData }
    }

    /// Only objects for which this holds. The collection is then a part of what the database has, and the session
    /// knows: it loads the whole before it cascades over it.
    ///
    /// See [`LoadPath`] for an example.
    #[must_use]
    pub fn filter(mut self, condition: impl IntoCondition) -> Self {
        let condition = condition.into_condition().into_ast();
        self.last(|spec| spec.filter.push(condition));
        self
    }

    /// In this order.
    ///
    /// See [`LoadPath`] for an example.
    #[must_use]
    pub fn order_by(mut self, order: impl IntoOrder) -> Self {
        self.last(|spec| order.add_to(&mut spec.order));
        self
    }

    /// At most so many for each owner.
    ///
    /// See [`LoadPath`] for an example.
    #[must_use]
    pub fn limit(mut self, most: u64) -> Self {
        self.last(|spec| spec.limit = Some(most));
        self
    }

    /// In the query of the owners, by LEFT JOIN, in place of a query of its own.
    ///
    /// ```
    /// # use rebis_orm_doc::*;
    /// # fn main() -> rebis::Result<()> {
    /// # run(async |db, alice, hello| {
    /// let log = db.engine().record();
    /// let posts = db.all(select(Post).with(Post.author.joined())).await?; // … LEFT JOIN users …
    /// assert_eq!(db[db[posts[0]].author.get()].username, "alice");
    /// assert_eq!(log.sql().len(), 2); // BEGIN, and one SELECT
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    #[must_use]
    pub fn joined(mut self) -> Self {
        self.last(|spec| spec.how = How::Joined);
        self
    }

    /// From a join that the query has already: `.join(User.posts).with(User.posts.contains_eager())`. What the
    /// query filters is not in the collection.
    ///
    /// ```
    /// # use rebis_orm_doc::*;
    /// # fn main() -> rebis::Result<()> {
    /// # run(async |db, alice, hello| {
    /// let stmt = select(User)
    ///     .join(User.posts)
    ///     .filter(Post.title.eq("Hello"))
    ///     .with(User.posts.contains_eager());
    /// let alice = db.one(stmt).await?;
    /// assert_eq!(db[alice].posts.to_vec(), [hello]); // one query, and only what it found
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    #[must_use]
    pub fn contains_eager(mut self) -> Self {
        self.last(|spec| spec.how = How::Contained(None));
        self
    }

    /// As [`contains_eager`](LoadPath::contains_eager), from a join under an alias.
    ///
    /// ```
    /// # use rebis_orm_doc::*;
    /// # fn main() -> rebis::Result<()> {
    /// # run(async |db, alice, hello| {
    /// let recent = Post.alias("recent");
    /// let stmt = select(User)
    ///     .join(User.posts.to(recent))
    ///     .filter(recent.id.gt(1))
    ///     .with(User.posts.contains_eager_as(recent));
    /// let alice = db.one(stmt).await?;
    /// assert_eq!(db[alice].posts.len(), 1);
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    #[must_use]
    pub fn contains_eager_as(mut self, alias: crate::mapping::Entity<T>) -> Self {
        let source = alias.source();
        self.last(|spec| spec.how = How::Contained(Some(source)));
        self
    }

    fn last(&mut self, change: impl FnOnce(&mut Spec)) {
        if let Some(spec) = self.steps.last_mut() {
            change(spec);
        }
    }

    /// The deferred columns, and the steps, each inside the one before.
    pub(crate) fn parts(self) -> (Vec<usize>, Option<Spec>) {
        let columns = self.columns.clone();
        (columns, self.nested())
    }

    /// The steps, each inside the one before.
    fn nested(self) -> Option<Spec> {
        self.steps.into_iter().rev().fold(None, |inner: Option<Spec>, mut spec| {
            spec.then.extend(inner);
            Some(spec)
        })
    }
}

/// The options of a path, on the relation itself.
impl<O: Model, T: Model, K> Relation<O, T, K> {
    /// Goes on with a relation of the other model: `User.posts.then(Post.tags)`.
    ///
    /// See [`LoadPath`] for an example.
    #[must_use]
    pub fn then<P: IntoPath<T>>(self, next: P) -> LoadPath<O, P::End> {
        self.into_path().then(next)
    }

    /// See [`LoadPath::joined`].
    #[must_use]
    pub fn joined(self) -> LoadPath<O, T> {
        self.into_path().joined()
    }

    /// See [`LoadPath::contains_eager`].
    #[must_use]
    pub fn contains_eager(self) -> LoadPath<O, T> {
        self.into_path().contains_eager()
    }

    /// See [`LoadPath::contains_eager_as`].
    #[must_use]
    pub fn contains_eager_as(self, alias: crate::mapping::Entity<T>) -> LoadPath<O, T> {
        self.into_path().contains_eager_as(alias)
    }
}

impl<O: Model, T: Model> Relation<O, T, Many> {
    /// See [`LoadPath::filter`].
    #[must_use]
    pub fn filter(self, condition: impl IntoCondition) -> LoadPath<O, T> {
        self.into_path().filter(condition)
    }

    /// See [`LoadPath::order_by`].
    #[must_use]
    pub fn order_by(self, order: impl IntoOrder) -> LoadPath<O, T> {
        self.into_path().order_by(order)
    }

    /// See [`LoadPath::limit`].
    #[must_use]
    pub fn limit(self, most: u64) -> LoadPath<O, T> {
        self.into_path().limit(most)
    }
}

#[diagnostic::do_not_recommend]
impl<O: Model, T: Model, K> IntoLoad<O> for Relation<O, T, K> {
    fn into_load(self) -> Load {
        self.into_path().into_load()
    }
}

#[diagnostic::do_not_recommend]
impl<O: Model, T: Model> IntoLoad<O> for LoadPath<O, T> {
    fn into_load(self) -> Load {
        Load(Arc::new(self.nested()))
    }
}

/// The relations to load with a query: paths that begin alike are one.
pub(crate) fn specs_of(loads: &[Load]) -> Vec<Spec> {
    let mut specs = Vec::new();
    for load in loads {
        if let Some(Some(spec)) = load.0.downcast_ref::<Option<Spec>>() {
            merge(&mut specs, spec.clone());
        }
    }
    specs
}

/// The deferred columns to load with a query, of the model of this table.
pub(crate) fn columns_of(loads: &[Load], mapping: &Mapping) -> Vec<usize> {
    let columns = loads.iter().filter_map(|load| load.0.downcast_ref::<LoadColumn>());
    columns.filter(|column| column.0 == mapping.table_name()).map(|column| usize::from(column.1)).collect()
}

fn merge(specs: &mut Vec<Spec>, spec: Spec) {
    let same = |s: &&mut Spec| s.owner == spec.owner && s.relation.index == spec.relation.index;
    match specs.iter_mut().find(same) {
        Some(known) => {
            if known.how == How::Selectin {
                known.how = spec.how;
            }
            known.filter.extend(spec.filter);
            known.order.extend(spec.order);
            known.columns.extend(spec.columns);
            known.limit = known.limit.or(spec.limit);
            spec.then.into_iter().for_each(|then| merge(&mut known.then, then));
        }
        None => specs.push(spec),
    }
}

impl Spec {
    /// The tables that loading it reads.
    pub(crate) fn tables(&self, into: &mut Vec<rebis_core::Name>) {
        into.push(self.relation.target.table_name().into());
        if let crate::mapping::LinkInfo::Through(through) = &self.relation.link {
            into.push(through.model().table_name().into());
        }
        self.then.iter().for_each(|then| then.tables(into));
    }
}

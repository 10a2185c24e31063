//! Relations in queries: joins, `any`, `has`, comparison with a handle.

use crate::graph::{Graph, HandleOf, Object, Raw};
use crate::mapping::{Edge, Entity, LinkInfo, Many, Model, One, OneOrNone, Relation, RelationInfo, Through};
use crate::unit_of_work::column;
use rebis_core::{Binds, Datum, Error, ErrorKind, Name, Result};
use rebis_sql::Bind;
use rebis_sql::Expr;
use rebis_sql::ast::{self, BinaryOp, Late, Source};
use rebis_sql::build::{IntoCondition, JoinPart, JoinTarget};

/// A relation whose other side has an alias: `.join(Employee.boss.to(boss))`.
///
/// See [`Relation::to`] for an example.
#[derive(Debug)]
pub struct RelationTo<O: Model, T: Model, K> {
    relation: Relation<O, T, K>,
    target: Entity<T>,
}

impl<O: Model, T: Model, K> Relation<O, T, K> {
    /// The relation with its other side under an alias, for a join.
    ///
    /// ```
    /// # use rebis_orm_doc::*;
    /// # fn main() -> rebis::Result<()> {
    /// # run(async |db, alice, hello| {
    /// let author = User.alias("author");
    /// let stmt = select(Post.title).join(Post.author.to(author)).filter(author.active);
    /// assert_eq!(
    ///     stmt.to_string(),
    ///     "SELECT posts.title FROM posts JOIN users AS author ON posts.author_id = author.id WHERE author.active"
    /// );
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    #[must_use]
    pub fn to(self, target: Entity<T>) -> RelationTo<O, T, K> {
        RelationTo { relation: self, target }
    }

    fn source(self) -> Name {
        self.alias().unwrap_or(O::mapping().table_name()).into()
    }
}

#[diagnostic::do_not_recommend]
impl<O: Model, T: Model, K> JoinTarget for Relation<O, T, K> {
    fn into_join(self) -> Vec<JoinPart> {
        self.to(T::ENTITY).into_join()
    }
}

#[diagnostic::do_not_recommend]
impl<O: Model, T: Model, K> JoinTarget for RelationTo<O, T, K> {
    fn into_join(self) -> Vec<JoinPart> {
        let owner = self.relation.source();
        let target: Name = self.target.source().into();
        let part = |table, on| JoinPart { source: Source::Table(table), on: Some(ast::Expr::And(on)) };
        match &self.relation.info().link {
            LinkInfo::Here(edge) => vec![part(self.target.table_ref(), edge_on(edge, &owner, &target))],
            LinkInfo::There(edge) => vec![part(self.target.table_ref(), edge_on(edge, &target, &owner))],
            LinkInfo::Through(through) => {
                let assoc = association(through, self.target.alias_name());
                let name = assoc.source().clone();
                vec![
                    part(assoc, edge_on(&through.from, &name, &owner)),
                    part(self.target.table_ref(), edge_on(&through.to, &name, &target)),
                ]
            }
        }
    }
}

/// The association table of a join; under an alias of its own where the target has one, so that it can come twice.
fn association(through: &Through, alias: Option<&'static str>) -> ast::TableRef {
    let mut table = through.model().table_ref();
    table.alias = alias.map(|alias| format!("{}_{alias}", through.model().table_name()).into());
    table
}

/// The key's columns equal what they point at.
pub(crate) fn edge_on(edge: &Edge, child: &Name, parent: &Name) -> Vec<ast::Expr> {
    let columns = edge.child_columns.iter().zip(&edge.parent_columns);
    columns.map(|(&c, &p)| equal(column(child, edge.child, c), column(parent, edge.parent, p))).collect()
}

fn equal(left: ast::Expr, right: ast::Expr) -> ast::Expr {
    ast::Expr::Binary { op: BinaryOp::Eq, left: Box::new(left), right: Box::new(right) }
}

/// `EXISTS (SELECT 1 FROM target WHERE key matches AND conditions)`.
fn exists(owner: Name, info: &RelationInfo, conditions: Vec<ast::Expr>) -> Expr<bool> {
    let target = info.target.table_ref();
    let name = target.source().clone();
    let mut select = ast::Select {
        items: vec![ast::Expr::Literal(Datum::Int(1)).into()],
        from: Some(Source::Table(target)),
        ..ast::Select::default()
    };
    // A table that refers to itself must be told apart from itself.
    let (inner, conditions) = if name == owner {
        let alias: Name = format!("{name}_1").into();
        if let Some(Source::Table(table)) = &mut select.from {
            table.alias = Some(alias.clone());
        }
        let mut conditions = conditions;
        conditions.iter_mut().for_each(|condition| condition.rename_source(&name, &alias));
        (alias, conditions)
    } else {
        (name, conditions)
    };
    match &info.link {
        LinkInfo::Here(edge) => select.filter.extend(edge_on(edge, &owner, &inner)),
        LinkInfo::There(edge) => select.filter.extend(edge_on(edge, &inner, &owner)),
        LinkInfo::Through(through) => {
            let assoc = through.model().table_ref();
            let assoc_name = assoc.source().clone();
            let on = ast::Expr::And(edge_on(&through.to, &assoc_name, &inner));
            select.joins.push(ast::Join {
                kind: ast::JoinKind::Inner,
                source: Source::Table(assoc),
                on: Some(on),
            });
            select.filter.extend(edge_on(&through.from, &assoc_name, &owner));
        }
    }
    select.filter.extend(conditions);
    Expr::from_ast(ast::Expr::Exists { select: Box::new(select), negated: false })
}

impl<O: Model, T: Model> Relation<O, T, Many> {
    /// Whether an object in the relation satisfies the condition: `User.posts.any(Post.title.eq("x"))`.
    ///
    /// ```
    /// # use rebis_orm_doc::*;
    /// # fn main() -> rebis::Result<()> {
    /// # run(async |db, alice, hello| {
    /// let stmt = select(User.id).filter(User.posts.any(Post.title.eq("Hello")));
    /// assert_eq!(
    ///     stmt.to_string(),
    ///     "SELECT users.id FROM users WHERE EXISTS \
    ///      (SELECT 1 FROM posts WHERE posts.author_id = users.id AND posts.title = 'Hello')"
    /// );
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    #[must_use]
    pub fn any(self, condition: impl IntoCondition) -> Expr<bool> {
        exists(self.source(), self.info(), vec![condition.into_condition().into_ast()])
    }

    /// Whether there is nothing in the relation.
    ///
    /// ```
    /// # use rebis_orm_doc::*;
    /// # fn main() -> rebis::Result<()> {
    /// # run(async |db, alice, hello| {
    /// let untagged = db.one(select(Post).filter(Post.tags.is_empty())).await?; // NOT EXISTS (SELECT 1 FROM …)
    /// assert_eq!(db[untagged].title, "Second");
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    #[must_use]
    pub fn is_empty(self) -> Expr<bool> {
        !exists(self.source(), self.info(), Vec::new())
    }

    /// Whether the object is in the relation.
    ///
    /// ```
    /// # use rebis_orm_doc::*;
    /// # fn main() -> rebis::Result<()> {
    /// # run(async |db, alice, hello| {
    /// let author = db.one(select(User).filter(User.posts.contains(hello))).await?;
    /// assert_eq!(author, alice);
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    #[must_use]
    pub fn contains(self, handle: impl HandleOf<T>) -> Expr<bool> {
        let raw = handle.handle_of().raw();
        let name: Name = T::mapping().table_name().into();
        let key = T::mapping().key().iter();
        let same = key.map(|&c| equal(column(&name, T::mapping(), c), lately(T::index(), raw, c)));
        exists(self.source(), self.info(), same.collect())
    }
}

macro_rules! to_one {
    ($($kind:ident),*) => {$(
        impl<O: Model, T: Model> Relation<O, T, $kind> {
            /// Whether the object of the relation satisfies the condition:
            /// `Post.author.has(User.username.eq("alice"))`.
            ///
            /// ```
            /// # use rebis_orm_doc::*;
            /// # fn main() -> rebis::Result<()> {
            /// # run(async |db, alice, hello| {
            /// let stmt = select(Post.title).filter(Post.author.has(User.username.eq("alice")));
            /// assert_eq!(
            ///     stmt.to_string(),
            ///     "SELECT posts.title FROM posts WHERE EXISTS \
            ///      (SELECT 1 FROM users WHERE posts.author_id = users.id AND users.username = 'alice')"
            /// );
            /// # Ok(())
            /// # })
            /// # }
            /// ```
            #[must_use]
            pub fn has(self, condition: impl IntoCondition) -> Expr<bool> {
                exists(self.source(), self.info(), vec![condition.into_condition().into_ast()])
            }

            /// Whether the relation holds this object. Its key is looked up when the statement runs, so it may be
            /// new: the flush before the query gives it one.
            ///
            /// ```
            /// # use rebis_orm_doc::*;
            /// # fn main() -> rebis::Result<()> {
            /// # run(async |db, alice, hello| {
            /// let hers = select(Post).filter(Post.author.eq(alice)); // WHERE posts.author_id = ?
            /// let others = select(Post).filter(Post.author.ne(alice));
            /// assert_eq!((db.count(hers).await?, db.count(others).await?), (2, 0));
            /// # Ok(())
            /// # })
            /// # }
            /// ```
            #[must_use]
            pub fn eq(self, handle: impl HandleOf<T>) -> Expr<bool> {
                is_one(self.source(), self.info(), handle.handle_of().raw())
            }

            /// Whether the relation holds another object, or none.
            ///
            /// See [`eq`](Self::eq) for an example.
            #[must_use]
            pub fn ne(self, handle: impl HandleOf<T>) -> Expr<bool> {
                let same = self.eq(handle);
                !same | self.is_null()
            }

            /// Whether the relation is empty.
            ///
            /// ```
            /// # use rebis_orm_doc::*;
            /// # fn main() -> rebis::Result<()> {
            /// # run(async |db, alice, hello| {
            /// assert_eq!(format!("{:?}", Post.author.is_null()), "posts.author_id IS NULL");
            /// # Ok(())
            /// # })
            /// # }
            /// ```
            #[must_use]
            pub fn is_null(self) -> Expr<bool> {
                match &self.info().link {
                    LinkInfo::Here(edge) => {
                        let null = |&c: &usize| ast::Expr::IsNull {
                            of: Box::new(column(&self.source(), edge.child, c)),
                            negated: false,
                        };
                        Expr::from_ast(ast::Expr::Or(edge.child_columns.iter().map(null).collect()))
                    }
                    LinkInfo::There(_) | LinkInfo::Through(_) => !exists(self.source(), self.info(), Vec::new()),
                }
            }
        }
    )*};
}

to_one!(One, OneOrNone);

fn is_one(source: Name, info: &RelationInfo, raw: Raw) -> Expr<bool> {
    let target = info.target;
    match &info.link {
        LinkInfo::Here(edge) => {
            let pairs = edge.child_columns.iter().zip(&edge.parent_columns);
            let same = pairs.map(|(&c, &p)| equal(column(&source, edge.child, c), late(target, raw, p)));
            Expr::from_ast(ast::Expr::And(same.collect()))
        }
        LinkInfo::There(_) | LinkInfo::Through(_) => {
            let name: Name = target.table_name().into();
            let key = target.key().iter();
            let same = key.map(|&c| equal(column(&name, target, c), late(target, raw, c)));
            exists(source, info, same.collect())
        }
    }
}

fn late(model: &crate::mapping::Mapping, raw: Raw, column: usize) -> ast::Expr {
    lately(model.index(), raw, column).kept(model.columns()[column].kept)
}

/// A column of an object, looked up when the statement runs.
#[doc(hidden)]
pub fn lately(model: usize, raw: Raw, column: usize) -> ast::Expr {
    ast::Expr::Late(Late([model as u32, raw.slot, raw.stamp, column as u32]))
}

impl Graph {
    /// What a late parameter stands for.
    pub(crate) fn late(&self, late: Late) -> Result<Datum> {
        let [model, slot, stamp, column] = late.0;
        let object = Object { model, raw: Raw { slot, stamp } };
        if self.state_of(object).is_none() {
            return Err(Error::new(ErrorKind::InvalidState, "a statement names a handle of another session")
                .with_help("run it on the session that the handle belongs to"));
        }
        let mut binds = Binds::new();
        self.encode(object, &[column as usize], &mut binds);
        Ok(binds.get(0).map_or(Datum::Null, Datum::from))
    }

    /// The parameters of a rendered statement; `given` are the values of a prepared one.
    pub(crate) fn binds(&self, rendered: &[Bind], given: &Binds) -> Result<Binds> {
        Bind::values(rendered, given, |late| self.late(late))
    }
}

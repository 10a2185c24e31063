//! What a connection or a session can be asked to run.

use super::{Select, Template};
use crate::Statement;
use crate::ast::{self, JoinKind};
use rebis_core::{Binds, Error, Result, Row};
use std::any::Any;
use std::sync::Arc;
use std::time::Duration;

/// Anything that gives rows: a `Select`, a reference to one, an entity, an INSERT, UPDATE or DELETE with
/// `returning`, raw SQL with a row type, a prepared statement with its values.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
/// # fn main() -> rebis_core::Result<()> {
/// fn text<Q: Query>(query: Q) -> String {
///     match query.into_request().body {
///         Body::Ast(tree) => render::render_inline(&tree, dialect::sqlite()).unwrap_or_default(),
///         other => format!("{other:?}"),
///     }
/// }
/// assert_eq!(text(select(User.id)), "SELECT users.id FROM users");
/// # Ok(())
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a query",
    label = "cannot be run for rows",
    note = "queries are `select(..)`, an entity (`User`), `sql(..).rows::<T>()`, a prepared statement with values, \
            and INSERT, UPDATE or DELETE with `.returning(..)`"
)]
pub trait Query {
    /// The rows it gives.
    type Row: Row;

    /// The statement, as a value without types.
    fn into_request(self) -> Request;
}

/// A query on its way to a connection.
#[derive(Debug)]
pub struct Request {
    /// What is to run.
    pub body: Body,
    /// Relations to load with the result, for a session.
    pub loads: Vec<Load>,
    /// How a session treats the result.
    pub options: RequestOptions,
}

/// What is to run.
#[derive(Debug)]
#[non_exhaustive]
pub enum Body {
    /// A tree, still to be rendered.
    Ast(ast::Query),
    /// Rendered once, with the values of now.
    Prepared(Arc<Template>, Binds),
    /// Rendered earlier, for a connection that keeps its statements: text and values.
    Statement(Statement, Binds),
}

impl Body {
    /// A query without parameters that is rendered once, as its tree; anything else as it is.
    #[must_use]
    pub fn unfolded(self) -> Body {
        match self {
            Body::Prepared(template, given) if given.is_empty() => Body::Ast(template.query().clone()),
            other => other,
        }
    }
}

/// How a query is run, and a session treats its result.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct RequestOptions {
    /// Rows overwrite objects that are already in the session.
    pub populate_existing: bool,
    /// Nothing is flushed before the query.
    pub no_autoflush: bool,
    /// The result is matched to the row type by the names of its columns (raw SQL).
    pub by_name: bool,
    /// How long the statement may take, whatever the connection says.
    pub timeout: Option<Duration>,
    /// Its text is not kept prepared.
    pub once: bool,
}

impl Request {
    /// How many rows it has: what `count` of a connection or a session runs.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// let counted = select(User.name).filter(User.karma.gt(5)).into_request().counted()?;
    /// let Body::Ast(tree) = counted.body else { panic!("it is a tree") };
    /// let sql = render::render(&tree, dialect::sqlite())?.sql;
    /// assert_eq!(sql, "SELECT count(*) FROM users WHERE users.karma > ?");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Unsupported`](rebis_core::ErrorKind::Unsupported) for what is no SELECT.
    pub fn counted(self) -> Result<Request> {
        let (select, options) = self.into_select()?;
        let counted = Select::<i64>::from_ast(select).counted().into_request();
        Ok(Request { options, ..counted })
    }

    /// Whether it has a row: what `exists` of a connection or a session runs, `SELECT EXISTS (..)`.
    ///
    /// See [`counted`](Self::counted) for an example.
    ///
    /// # Errors
    /// As [`counted`](Self::counted).
    pub fn existence(self) -> Result<Request> {
        let (select, options) = self.into_select()?;
        let exists = ast::Expr::Exists { select: Box::new(select), negated: false };
        let select = ast::Select { items: vec![exists.into()], ..ast::Select::default() };
        Ok(Request { options, ..ast::Query::Select(Box::new(select)).into() })
    }

    fn into_select(self) -> Result<(ast::Select, RequestOptions)> {
        match self.body.unfolded() {
            Body::Ast(ast::Query::Select(select)) => Ok((*select, self.options)),
            _ => Err(Error::unsupported(
                "only a SELECT can be counted or asked for existence",
                "write the count into the statement",
            )),
        }
    }
}

impl From<ast::Query> for Request {
    fn from(query: ast::Query) -> Self {
        Request { body: Body::Ast(query), loads: Vec::new(), options: RequestOptions::default() }
    }
}

/// A relation to load with a result: what it holds is the business of the layer that knows relations.
#[derive(Clone, Debug)]
pub struct Load(pub Arc<dyn Any + Send + Sync>);

/// A column to load with a result, where queries leave it out: the name of its table, and its position.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct LoadColumn(pub &'static str, pub u16);

#[diagnostic::do_not_recommend]
impl<M, T> IntoLoad<M> for super::Column<M, T> {
    fn into_load(self) -> Load {
        Load(Arc::new(LoadColumn(self.table(), self.index())))
    }
}

/// A path of relations that can be loaded with rows of type `R`: `User.posts.then(Post.tags)`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be loaded with `{R}`",
    label = "not a relation of `{R}`",
    note = "`.with(..)` takes a relation or a deferred column of the selected model, or a path that starts with a relation: `User.posts.then(Post.tags)`"
)]
pub trait IntoLoad<R> {
    /// The path.
    fn into_load(self) -> Load;
}

/// Something that can be joined without saying how: a relation, or an entity with `.on(..)`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be joined",
    label = "neither a relation nor an entity with `.on(..)`",
    note = "join along a relation (`.join(User.posts)`) or on a condition (`.join(Post.on(Post.author_id.eq(User.id)))`)"
)]
pub trait JoinTarget {
    /// The joins, in order: one, or two where an association table lies between.
    fn into_join(self) -> Vec<JoinPart>;
}

/// One step of a join: what is joined and on what. The kind is the verb's (`join`, `outer_join`).
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
/// # fn main() -> rebis_core::Result<()> {
/// let on = User.id.eq(Post.author_id).into_ast();
/// let users = JoinPart { source: User.source(), on: Some(on) };
/// assert_eq!(
///     select(Post.title).join(users).to_string(),
///     "SELECT posts.title FROM posts JOIN users ON users.id = posts.author_id"
/// );
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct JoinPart {
    /// What is joined.
    pub source: ast::Source,
    /// On what; none for a cross join.
    pub on: Option<ast::Expr>,
}

impl JoinPart {
    /// With the verb's kind.
    pub fn with(self, kind: JoinKind) -> ast::Join {
        ast::Join {
            kind: if self.on.is_none() { JoinKind::Cross } else { kind },
            source: self.source,
            on: self.on,
        }
    }
}

//! Statements that are rendered once and run with values.

use super::{Body, Expr, Load, Query, Request, RequestOptions};
use crate::ast::{self, Fault, Late, Piece};
use crate::{Bind, Capabilities, Compiled, Statement, render};
use rebis_core::{Binds, Cell, Datum, Name, Result, Row, Value};
use std::fmt;
use std::marker::PhantomData;
use std::sync::{Arc, OnceLock};

/// Puts a query together once, to be run many times with other values: its text is rendered at the first use, and
/// drivers find it prepared.
///
/// The closure gets an expression for each parameter; several come as a tuple. NULL is no value of a parameter: how
/// a comparison is written depends on whether there is a value, so it cannot be written beforehand.
///
/// ```
/// use rebis_sql::{Column, Expr, prepare, select};
/// # struct User;
/// const ID: Column<User, i64> = Column::new("users", "id", 0);
/// const NAME: Column<User, String> = Column::new("users", "name", 1);
///
/// let name_of = prepare(|id: Expr<i64>| select(NAME).filter(ID.eq(id)));
/// // let name: String = conn.one(name_of.with(5))?;
/// let between = prepare(|(low, high): (Expr<i64>, Expr<i64>)| select(NAME).filter(ID.between(low, high)));
/// // let names: Vec<String> = conn.all(between.with((1, 9)))?;
/// assert_eq!(between.to_string(), "SELECT users.name FROM users WHERE users.id BETWEEN ? AND ?");
/// # let _ = name_of.with(5);
/// ```
pub fn prepare<P: Params, Q: Query>(build: impl FnOnce(P) -> Q) -> Prepared<P, Q::Row> {
    let Request { body, loads, options } = build(P::params()).into_request();
    let query = match body.unfolded() {
        Body::Ast(query) => query,
        Body::Statement(..) | Body::Prepared(..) => ast::Query::Raw(vec![Piece::Fault(no_tree())]),
    };
    let template = Arc::new(Template::new(query));
    Prepared { template, loads, options, types: PhantomData }
}

fn no_tree() -> Fault {
    Fault {
        message: "a statement that is prepared already was prepared again".into(),
        help: "use the first one, or build the query inside of `prepare`".into(),
        table: None,
    }
}

/// A query that is rendered once; see [`prepare`]. Cheap to clone, and can stand in a `LazyLock`.
pub struct Prepared<P, R> {
    template: Arc<Template>,
    loads: Vec<Load>,
    options: RequestOptions,
    types: PhantomData<fn(P) -> R>,
}

impl<P: Params, R> Prepared<P, R> {
    /// The query with values for its parameters, ready to be run.
    ///
    /// See [`prepare`] for an example.
    pub fn with(&self, values: P::Values) -> PreparedQuery<R> {
        let mut binds = Binds::new();
        P::encode(&values, &mut binds);
        let (template, loads) = (self.template.clone(), self.loads.clone());
        PreparedQuery { template, binds, loads, options: self.options, row: PhantomData }
    }
}

impl<P, R> Clone for Prepared<P, R> {
    fn clone(&self) -> Self {
        let (template, loads) = (self.template.clone(), self.loads.clone());
        Prepared { template, loads, options: self.options, types: PhantomData }
    }
}

impl<P, R> fmt::Display for Prepared<P, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        super::show(&self.template.query, f)
    }
}

/// As `Display`.
impl<P, R> fmt::Debug for Prepared<P, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A prepared query with its values; see [`Prepared::with`].
///
/// See [`prepare`] for an example.
pub struct PreparedQuery<R> {
    template: Arc<Template>,
    binds: Binds,
    loads: Vec<Load>,
    options: RequestOptions,
    row: PhantomData<fn() -> R>,
}

/// The statement; values are not shown.
impl<R> fmt::Debug for PreparedQuery<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        super::show(&self.template.query, f)
    }
}

#[diagnostic::do_not_recommend]
impl<R: Row> Query for PreparedQuery<R> {
    type Row = R;
    #[inline]
    fn into_request(self) -> Request {
        let PreparedQuery { template, binds, loads, options, row: _ } = self;
        Request { body: Body::Prepared(template, binds), loads, options }
    }
}

/// What the closure of [`prepare`] gets: an [`Expr`] of a type that is not nullable, or a tuple of these.
///
/// See [`prepare`] for an example.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a list of parameters",
    label = "not a parameter",
    note = "write `|id: Expr<i64>| ..`, or `|(name, least): (Expr<String>, Expr<i64>)| ..`"
)]
pub trait Params {
    /// The values for them.
    type Values;
    #[doc(hidden)]
    fn params() -> Self;
    #[doc(hidden)]
    fn encode(values: &Self::Values, out: &mut Binds);
}

fn param<T: Value>(number: usize) -> Expr<T> {
    Expr::from_ast(ast::Expr::Param(number).kept(T::CONVERSION))
}

impl<T: Value<Base = T>> Params for Expr<T> {
    type Values = T;
    fn params() -> Self {
        param(0)
    }
    #[inline]
    fn encode(values: &T, out: &mut Binds) {
        values.encode(out);
    }
}

macro_rules! params {
    ($($name:ident $number:tt),*) => {
        #[diagnostic::do_not_recommend]
        impl<$($name: Value<Base = $name>),*> Params for ($(Expr<$name>,)*) {
            type Values = ($($name,)*);
            fn params() -> Self {
                ($(param::<$name>($number),)*)
            }
            #[inline]
            fn encode(values: &Self::Values, out: &mut Binds) {
                $(values.$number.encode(out);)*
            }
        }
    };
}

params!(A 0, B 1);
params!(A 0, B 1, C 2);
params!(A 0, B 1, C 2, D 3);
params!(A 0, B 1, C 2, D 3, E 4);
params!(A 0, B 1, C 2, D 3, E 4, F 5);

/// A query without its types, and its text for each kind of database that it has been run on.
#[derive(Debug)]
pub struct Template {
    query: ast::Query,
    rendered: Rendered,
}

/// A tree that grows at its ends, by the bits of what a text was rendered for: nearly always of one, and of many where
/// each tenant has a schema.
type Rendered = OnceLock<Box<(Text, RenderedNext)>>;

/// What comes below.
#[derive(Debug, Default)]
struct RenderedNext([Rendered; 4]);

/// The text of a query for one kind of database.
#[derive(Debug)]
pub struct Text {
    /// The address of the capabilities that it was rendered for.
    kind: usize,
    /// The statement, the same at every use.
    pub statement: Statement,
    /// What looks wrong and may be meant, for the log.
    pub doubt: Option<&'static str>,
    /// Tables that it touches; `None`: any.
    pub tables: Option<Vec<Name>>,
    /// Where its placeholders get their values; `None`: from the parameters, each once and in order.
    binds: Option<Vec<Bind>>,
}

impl Template {
    /// A query that is rendered at its first use.
    pub fn new(query: ast::Query) -> Template {
        Template { query, rendered: Rendered::default() }
    }

    /// The query.
    pub fn query(&self) -> &ast::Query {
        &self.query
    }

    /// The text for a kind of database, rendered if it is not known yet.
    ///
    /// # Errors
    /// As [`render`](render::render).
    #[inline]
    pub fn text(&self, caps: &'static Capabilities) -> Result<&Text> {
        let kind = std::ptr::from_ref(caps).addr();
        match self.rendered.get() {
            Some(entry) if entry.0.kind == kind => Ok(&entry.0),
            _ => self.text_below(kind, caps),
        }
    }

    #[cold]
    fn text_below(&self, kind: usize, caps: &'static Capabilities) -> Result<&Text> {
        // Spreads the bits; different kinds stay different.
        let mut bits = (kind as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mut at = &self.rendered;
        loop {
            match at.get() {
                Some(entry) if entry.0.kind == kind => return Ok(&entry.0),
                Some(entry) => {
                    bits = bits.rotate_left(2);
                    at = &entry.1.0[(bits & 3) as usize];
                }
                None => {
                    let text = Text::render(&self.query, kind, caps)?;
                    // Somebody else may have been faster: then the loop finds what that was.
                    let _ = at.set(Box::new((text, RenderedNext::default())));
                }
            }
        }
    }
}

impl Text {
    fn render(query: &ast::Query, kind: usize, caps: &'static Capabilities) -> Result<Text> {
        let Compiled { sql, binds, kind: does, tables, doubt } = render::render(query, caps)?;
        Ok(Text { kind, statement: Statement::new(sql, does), tables, doubt, binds: not_in_order(binds) })
    }

    /// The text of a shape. `binds`: from its values; `None`: each once and in order.
    pub(crate) fn new(
        caps: &'static Capabilities,
        compiled: &Compiled,
        statement: Statement,
        binds: Option<Vec<Bind>>,
    ) -> Text {
        let Compiled { sql: _, binds: _, kind: _, tables, doubt } = compiled;
        let (kind, binds) = (std::ptr::from_ref(caps).addr(), binds.and_then(not_in_order));
        Text { kind, statement, tables: tables.clone(), doubt: *doubt, binds }
    }

    /// The values for the placeholders, from those of a statement of the shape that this is the text of.
    #[inline]
    pub fn ordered(&self, values: Binds) -> Binds {
        let Some(binds) = &self.binds else { return values };
        let mut ordered = Binds::with_capacity(binds.len());
        binds.iter().for_each(|bind| match bind {
            Bind::Param(place) => ordered.push(values.get(*place).unwrap_or(Cell::Null)),
            Bind::Datum(_) | Bind::Rows(_) | Bind::Late(_) => {}
        });
        ordered
    }

    /// The values for the placeholders, from those of the parameters. `late` tells what only a session knows.
    ///
    /// # Errors
    /// Those of `late`.
    #[inline]
    pub fn binds(&self, given: Binds, late: impl FnMut(Late) -> Result<Datum>) -> Result<Binds> {
        match &self.binds {
            None => Ok(given),
            Some(binds) => Bind::values(binds, &given, late),
        }
    }
}

/// The parameters, unless they are 0, 1, 2 and so on.
fn not_in_order(binds: Vec<Bind>) -> Option<Vec<Bind>> {
    let in_order = binds.iter().enumerate().all(|(at, bind)| *bind == Bind::Param(at));
    (!in_order).then_some(binds)
}

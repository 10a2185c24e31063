//! SQL as text.

use super::{Command, Expr, IntoBind, IntoList, Query, Request, ident};
use crate::Capabilities;
use crate::ast::{self, Fault, Piece, Spelt};
use rebis_core::{Name, Result, Row};
use std::fmt;
use std::marker::PhantomData;

/// SQL as text, with `{}` where the next parameter goes; `{{` and `}}` are braces. Only text that is known when
/// the program is compiled is taken, so that no value can slip into it.
///
/// It is a [`Command`] as it stands, a [`Query`] with a row type, and an expression by
/// [`expr`](RawSql::expr).
///
/// ```
/// use rebis_sql::sql;
/// let stmt = sql("select id, name from users where name = {} and id > {}").bind("it's").bind(5);
/// assert_eq!(stmt.to_string(), "select id, name from users where name = 'it''s' and id > 5");
/// let query = stmt.rows::<(i64, String)>();
/// # let _ = query;
/// ```
///
/// ```compile_fail
/// let name = String::from("users");
/// rebis_sql::sql(&format!("select * from {name}")); // not `'static`: use `{}` with `.ident(name)`
/// ```
pub fn sql(text: &'static str) -> RawSql {
    RawSql { text: Name::Borrowed(text), given: Vec::new(), spelt: None }
}

/// SQL as text that was made while the program ran. Whoever calls this answers for what is in it: text from
/// outside belongs into [`bind`](RawSql::bind) and [`ident`](RawSql::ident).
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
/// # fn main() -> rebis_core::Result<()> {
/// let column = ["name", "karma"][1]; // from a list of the program's, never from outside
/// let stmt = sql_unchecked(format!("select max({column}) from users"));
/// assert_eq!(stmt.to_string(), "select max(karma) from users");
/// # Ok(())
/// # }
/// ```
pub fn sql_unchecked(text: impl Into<String>) -> RawSql {
    RawSql { text: Name::Owned(text.into()), given: Vec::new(), spelt: None }
}

/// SQL as text, with what was given for its `{}`; see [`sql`].
#[derive(Clone)]
pub struct RawSql {
    text: Name,
    given: Vec<Vec<Piece>>,
    spelt: Option<Box<Spellings>>,
}

/// What databases have in place of the text.
#[derive(Clone, Default)]
struct Spellings {
    /// The only database that has the text itself.
    only: Option<&'static str>,
    others: Vec<(&'static str, Vec<Piece>)>,
}

impl RawSql {
    /// The value, column or expression for the next `{}`.
    ///
    /// See [`sql`] for an example.
    pub fn bind<Kind>(mut self, value: impl IntoBind<Kind>) -> Self {
        self.given.push(value.into_bind());
        self
    }

    /// The list for the next `{}`, with its parentheses: values, or a SELECT. A list without values holds nothing,
    /// whatever the type.
    ///
    /// ```
    /// # use rebis_sql::sql;
    /// let stmt = sql("select count(*) from users where id in {} and name not in {}").list(&[4, 5]).list(&[""; 0]);
    /// assert_eq!(
    ///     stmt.to_string(),
    ///     "select count(*) from users where id in (4, 5) and name not in (SELECT CAST(NULL AS TEXT) WHERE 1 = 0)"
    /// );
    /// ```
    pub fn list<Kind>(mut self, list: impl IntoList<Kind>) -> Self {
        self.given.push(vec![Piece::Expr(list.into_list())]);
        self
    }

    /// The values for the next `{}`s.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// let stmt = sql("delete from users where id in ({}, {})").binds([4, 5]);
    /// assert_eq!(stmt.to_string(), "delete from users where id in (4, 5)");
    /// # Ok(())
    /// # }
    /// ```
    pub fn binds<Kind, V: IntoBind<Kind>>(mut self, values: impl IntoIterator<Item = V>) -> Self {
        self.given.extend(values.into_iter().map(IntoBind::into_bind));
        self
    }

    /// The name for the next `{}`: of a table or column, quoted where it must be.
    ///
    /// ```
    /// # use rebis_sql::sql;
    /// let stmt = sql("select count(*) from {}").ident("order");
    /// assert_eq!(stmt.to_string(), "select count(*) from \"order\"");
    /// ```
    pub fn ident(self, name: impl Into<Name>) -> Self {
        self.bind(ident(name))
    }

    /// With rows of a type. They are matched by the names of the result's columns where the type has names, else
    /// by position.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// let query = sql("select name, karma from users where id = {}").bind(5).rows::<(String, i64)>();
    /// // let row: (String, i64) = conn.one(query)?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn rows<R: Row>(self) -> RawQuery<R> {
        RawQuery { sql: self, row: PhantomData }
    }

    /// As an expression of a type, to stand in a statement. The type is the caller's word.
    ///
    /// ```
    /// # use rebis_sql::{Column, select, sql};
    /// # struct User;
    /// const NAME: Column<User, String> = Column::new("users", "name", 0);
    /// let stmt = select(NAME).filter(sql("{} GLOB {}").bind(NAME).bind("a*").expr::<bool>());
    /// assert_eq!(stmt.to_string(), "SELECT users.name FROM users WHERE users.name GLOB 'a*'");
    /// ```
    pub fn expr<T>(self) -> Expr<T> {
        Expr::from_ast(ast::Expr::Raw(self.pieces()))
    }

    /// Another text for one database: a construct of your own that each spells in its way. MariaDB takes the text of
    /// MySQL where it has none of its own.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// /// The first character that is not a blank, as a number.
    /// fn first_code(text: impl Typed<T = String>) -> Expr<i64> {
    ///     let text = text.typed();
    ///     sql("ascii(ltrim({}))")
    ///         .bind(&text)
    ///         .on(dialect::sqlite(), sql("unicode(ltrim({}))").bind(&text))
    ///         .on(dialect::mysql(), sql("ord(ltrim({}))").bind(&text))
    ///         .expr()
    /// }
    /// let stmt = select(User.id).filter(first_code(User.name).gt(64));
    /// assert_eq!(
    ///     stmt.to_sql(dialect::postgres())?,
    ///     "SELECT users.id FROM users WHERE (ascii(ltrim(users.name))) > $1"
    /// );
    /// assert_eq!(
    ///     stmt.to_sql(dialect::mariadb())?,
    ///     "SELECT users.id FROM users WHERE (ord(ltrim(users.name))) > ?"
    /// );
    /// # Ok(())
    /// # }
    /// ```
    pub fn on(mut self, database: &'static Capabilities, text: RawSql) -> Self {
        let pieces = text.pieces();
        self.spelt.get_or_insert_default().others.push((database.name, pieces));
        self
    }

    /// The text is for this database alone. On any other it is an error that says so, unless that is given one by
    /// [`on`](RawSql::on); as the words of a [`prefix`](super::Select::prefix) or suffix it is left out there.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// let stmt = select(sql("pg_backend_pid()").only_on(dialect::postgres()).expr::<i32>());
    /// assert_eq!(stmt.to_sql(dialect::postgres())?, "SELECT pg_backend_pid()");
    /// let error = stmt.to_sql(dialect::sqlite()).expect_err("SQLite has no such function");
    /// assert_eq!(error.kind(), rebis_core::ErrorKind::Unsupported);
    /// # Ok(())
    /// # }
    /// ```
    pub fn only_on(mut self, database: &'static Capabilities) -> Self {
        self.spelt.get_or_insert_default().only = Some(database.name);
        self
    }

    fn query(self) -> ast::Query {
        ast::Query::Raw(self.pieces())
    }

    /// The text as pieces, of each database.
    pub(super) fn pieces(mut self) -> Vec<Piece> {
        let Some(spelt) = self.spelt.take() else { return self.own_pieces() };
        let Spellings { only, mut others } = *spelt;
        let own = self.own_pieces();
        let standard = match only {
            Some(database) => {
                others.push((database, own));
                None
            }
            None => Some(own),
        };
        vec![Piece::Spelt(Box::new(Spelt { standard, others }))]
    }

    /// The text cut at its `{}`, or what is wrong with it.
    fn own_pieces(self) -> Vec<Piece> {
        let (wanted, found) = (self.given.len(), split(&self.text));
        match found {
            Ok(texts) if texts.len() == wanted + 1 => interleave(texts, self.given),
            Ok(texts) => vec![Piece::Fault(wrong_number(texts.len() - 1, wanted))],
            Err(fault) => vec![Piece::Fault(fault)],
        }
    }
}

fn interleave(texts: Vec<String>, given: Vec<Vec<Piece>>) -> Vec<Piece> {
    let mut pieces = Vec::with_capacity(texts.len() + given.len());
    let mut given = given.into_iter();
    for text in texts {
        if !text.is_empty() {
            pieces.push(Piece::Sql(text.into()));
        }
        pieces.extend(given.next().into_iter().flatten());
    }
    pieces
}

/// The texts before, between and after the `{}`.
fn split(text: &str) -> Result<Vec<String>, Fault> {
    let mut texts = vec![String::new()];
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, chars.peek()) {
            ('{', Some('}')) => {
                chars.next();
                texts.push(String::new());
                continue;
            }
            ('{', Some('{')) | ('}', Some('}')) => {
                chars.next();
            }
            ('{' | '}', _) => return Err(lone_brace(c)),
            _ => {}
        }
        if let Some(last) = texts.last_mut() {
            last.push(c);
        }
    }
    Ok(texts)
}

fn lone_brace(brace: char) -> Fault {
    Fault {
        message: format!("there is a lone `{brace}` in the SQL text").into(),
        help: "`{}` is the next parameter; a brace itself is written twice: `{{`, `}}`".into(),
        table: None,
    }
}

fn wrong_number(places: usize, given: usize) -> Fault {
    Fault {
        message: format!("the SQL text has {places} `{{}}`, but {given} values were given").into(),
        help: "give one `.bind(..)` or `.ident(..)` for each `{}`, in their order".into(),
        table: None,
    }
}

impl fmt::Display for RawSql {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        super::show(&self.clone().query(), f)
    }
}

/// As `Display`.
impl fmt::Debug for RawSql {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Command for RawSql {
    fn into_request(self) -> Result<Request> {
        super::runnable(self.query())
    }
}

#[diagnostic::do_not_recommend]
impl Command for &RawSql {
    fn into_request(self) -> Result<Request> {
        self.clone().into_request()
    }
}

/// SQL as text, with rows of type `R`; see [`RawSql::rows`].
///
/// See [`RawSql::rows`] for an example.
pub struct RawQuery<R> {
    sql: RawSql,
    row: PhantomData<fn() -> R>,
}

impl<R> Clone for RawQuery<R> {
    fn clone(&self) -> Self {
        RawQuery { sql: self.sql.clone(), row: PhantomData }
    }
}

impl<R> fmt::Debug for RawQuery<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.sql, f)
    }
}

#[diagnostic::do_not_recommend]
impl<R: Row> Query for RawQuery<R> {
    type Row = R;
    fn into_request(self) -> Request {
        let mut request = Request::from(self.sql.query());
        request.options.by_name = !R::names().is_empty();
        request
    }
}

#[diagnostic::do_not_recommend]
impl<R: Row> Query for &RawQuery<R> {
    type Row = R;
    fn into_request(self) -> Request {
        self.clone().into_request()
    }
}

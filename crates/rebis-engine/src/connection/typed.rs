//! Typed queries for plain rows.

use super::Connection;
use super::sinks::{Chunks, Decode, Only, Taker, Visit};
use crate::fut::{Fut, Site, Target};
use rebis_core::{Binds, Error, ErrorKind, Name, Result, Row, Value};
use rebis_driver::{Discard, Flow, Sink, Step};
use rebis_sql::build::{Body, Command, Query, Request};
use rebis_sql::{Bind, Statement, StatementKind, ast, legalize, render};
use std::panic::Location;

type Plain<R> = <R as Row>::Plain;

impl Connection {
    /// All rows.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/users.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// # run(async |engine, conn| {
    /// let rows: Vec<(i64, String)> = conn.all(select((User.id, User.name)).order_by(User.id)).await?;
    /// assert_eq!(rows[0], (1, "alice".to_owned()));
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    ///
    /// # Errors
    /// A statement that cannot be rendered; what the database says; a conversion error naming the column.
    #[track_caller]
    pub fn all<Q: Query>(&mut self, query: Q) -> Fut<'_, Vec<Plain<Q::Row>>> {
        Fut::call(Target::Query(self, query.into_request()), Location::caller(), all::<Q::Row>)
    }

    /// The only row.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/users.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// # run(async |engine, conn| {
    /// let name: String = conn.one(select(User.name).filter(User.id.eq(1))).await?;
    /// assert_eq!(name, "alice");
    /// let error = conn.one(select(User.name)).await.expect_err("there are two");
    /// assert_eq!(error.kind(), rebis_core::ErrorKind::TooManyRows);
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`NotFound`](ErrorKind::NotFound), [`TooManyRows`](ErrorKind::TooManyRows); as [`all`](Self::all).
    #[track_caller]
    pub fn one<Q: Query>(&mut self, query: Q) -> Fut<'_, Plain<Q::Row>> {
        Fut::call(Target::Query(self, query.into_request()), Location::caller(), one::<Q::Row>)
    }

    /// The only row, or none.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/users.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// # run(async |engine, conn| {
    /// let name = conn.one_or_none(select(User.name).filter(User.id.eq(7))).await?;
    /// assert_eq!(name, None);
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`TooManyRows`](ErrorKind::TooManyRows); as [`all`](Self::all).
    #[track_caller]
    pub fn one_or_none<Q: Query>(&mut self, query: Q) -> Fut<'_, Option<Plain<Q::Row>>> {
        Fut::call(Target::Query(self, query.into_request()), Location::caller(), one_or_none::<Q::Row>)
    }

    /// The first row, or none. The others are not read.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/users.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// # run(async |engine, conn| {
    /// let name = conn.first(select(User.name).order_by(User.name.desc())).await?;
    /// assert_eq!(name.as_deref(), Some("bob"));
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`all`](Self::all).
    #[track_caller]
    pub fn first<Q: Query>(&mut self, query: Q) -> Fut<'_, Option<Plain<Q::Row>>> {
        Fut::call(Target::Query(self, query.into_request()), Location::caller(), first::<Q::Row>)
    }

    /// The value of a query for one value: `conn.scalar(select(User.id.count()))`.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/users.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// # run(async |engine, conn| {
    /// let n = conn.scalar(select(User.id.count())).await?;
    /// assert_eq!(n, 2);
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`one`](Self::one).
    #[track_caller]
    pub fn scalar<T: Value, Q: Query<Row = T>>(&mut self, query: Q) -> Fut<'_, T> {
        Fut::call(Target::Query(self, query.into_request()), Location::caller(), one::<T>)
    }

    /// Each row to a closure, as it is read: however many there are, a bounded number is in memory.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/users.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// # run(async |engine, conn| {
    /// let mut longest = 0;
    /// conn.for_each(select(User.name), |name| {
    ///     longest = longest.max(name.len());
    ///     if longest < 100 { Flow::Continue(()) } else { Flow::Break(()) }
    /// })
    /// .await?;
    /// assert_eq!(longest, 5);
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`all`](Self::all).
    #[track_caller]
    pub fn for_each<'c, Q, F>(&'c mut self, query: Q, visit: F) -> Fut<'c, ()>
    where
        Q: Query,
        F: FnMut(Plain<Q::Row>) -> Flow + Send + 'c,
    {
        let (site, request) = (Location::caller(), query.into_request());
        Fut::new(async move {
            let target = Target::Query(self, request);
            fetch::<Q::Row, _, _>(target, site, Visit(visit), |_| Ok(())).await
        })
    }

    /// So many rows at a time to a closure, as they are read; the last time it may be fewer. No more than these are in memory,
    /// and what the driver reads ahead.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/users.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// # run(async |engine, conn| {
    /// let mut lines = Vec::new();
    /// conn.for_each_chunk(select(User.name).order_by(User.id), 1000, |names| {
    ///     lines.push(names.join(", "));
    ///     Flow::Continue(())
    /// })
    /// .await?;
    /// assert_eq!(lines, ["alice, bob"]);
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`all`](Self::all).
    #[track_caller]
    pub fn for_each_chunk<'c, Q, F>(&'c mut self, query: Q, size: usize, visit: F) -> Fut<'c, ()>
    where
        Q: Query,
        F: FnMut(Vec<Plain<Q::Row>>) -> Flow + Send + 'c,
    {
        let (site, request) = (Location::caller(), query.into_request());
        Fut::new(async move {
            let (target, chunks) = (Target::Query(self, request), Chunks::new(size, visit));
            fetch::<Q::Row, _, _>(target, site, chunks, |chunks| {
                chunks.rest();
                Ok(())
            })
            .await
        })
    }

    /// Runs an INSERT, UPDATE or DELETE; the number of rows it affected.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/users.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// # run(async |engine, conn| {
    /// let n = conn.execute(User.update().set(User.name, "carol").filter(User.id.eq(1))).await?;
    /// assert_eq!(n, 1); // UPDATE users SET name = ? WHERE id = ?
    /// let n = conn.execute(sql("DELETE FROM users WHERE name = {}").bind("bob")).await?;
    /// assert_eq!(n, 1);
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`all`](Self::all).
    #[track_caller]
    pub fn execute(&mut self, command: impl Command) -> Fut<'_, u64> {
        let site = Location::caller();
        match command.into_request() {
            Ok(request) => Fut::call(Target::Query(self, request), site, execute),
            Err(error) => Fut::ready(Err(error.with_site(site))),
        }
    }

    /// Runs a text without parameters, once; the number of rows it affected. For statements that the language does
    /// not have: DDL, PRAGMA, VACUUM. Never put values into the text: use `sql(..)` with parameters.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/users.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// # run(async |engine, conn| {
    /// conn.execute_raw("CREATE INDEX by_name ON users (name)").await?;
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    ///
    /// # Errors
    /// What the database says.
    #[track_caller]
    pub fn execute_raw(&mut self, text: &str) -> Fut<'_, u64> {
        let statement = Statement::once(text, kind_of(text));
        let request = Request {
            body: Body::Statement(statement, Binds::new()),
            loads: Vec::new(),
            options: Default::default(),
        };
        Fut::call(Target::Query(self, request), Location::caller(), execute)
    }

    /// What a request runs: its statement and the values.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/users.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// # run(async |engine, conn| {
    /// let body = rebis_sql::Query::into_request(select(User.name).filter(User.id.eq(5))).body;
    /// let (statement, binds) = conn.prepare(body)?;
    /// assert_eq!(statement.sql(), "SELECT users.name FROM users WHERE users.id = ?");
    /// assert_eq!(binds.get(0), Some(rebis_core::Cell::Int(5)));
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    ///
    /// # Errors
    /// A tree that cannot be rendered; a comparison with a handle, whose key a session alone knows.
    pub fn prepare(&mut self, body: Body) -> Result<(Statement, Binds)> {
        self.ready(body).map(|ready| (ready.statement, ready.binds))
    }

    fn ready(&mut self, body: Body) -> Result<Ready> {
        match body {
            Body::Statement(statement, binds) => Ok(Ready { statement, binds, table: None }),
            Body::Prepared(template, binds) => {
                let text = template.text(self.capabilities())?;
                self.engine.check_doubt(text.doubt, text.statement.sql())?;
                let binds = text.binds(binds, |_| Err(needs_session()))?;
                Ok(Ready { statement: text.statement.clone(), binds, table: only_table(&text.tables) })
            }
            Body::Ast(query) => match self.engine.known_text(query) {
                Ok((text, binds)) => {
                    self.engine.check_doubt(text.doubt, text.statement.sql())?;
                    Ok(Ready { statement: text.statement.clone(), binds, table: only_table(&text.tables) })
                }
                Err(query) => self.rendered(query),
            },
            _ => Err(unknown("statement")),
        }
    }

    fn rendered(&mut self, query: ast::Query) -> Result<Ready> {
        let compiled = render::render(&query, self.capabilities())?;
        self.engine.check_doubt(compiled.doubt, &compiled.sql)?;
        let statement = self.statement(&compiled.sql, compiled.kind);
        self.engine.keep_text(&query, &compiled, &statement);
        drop(query);
        let binds = Bind::into_values(compiled.binds, |_| Err(needs_session()))?;
        Ok(Ready { statement, binds, table: only_table(&compiled.tables) })
    }
}

/// A request on the way to the driver.
struct Ready {
    statement: Statement,
    binds: Binds,
    /// The table, where there is one alone: whose column a wrong value is in.
    table: Option<Name>,
}

impl Ready {
    /// Not to be kept prepared.
    #[cold]
    fn once(self) -> Ready {
        let statement = Statement::once(self.statement.shared_sql(), self.statement.kind());
        Ready { statement, ..self }
    }
}

fn only_table(tables: &Option<Vec<Name>>) -> Option<Name> {
    match tables.as_deref() {
        Some([only]) => Some(only.clone()),
        _ => None,
    }
}

fn all<R: Row>(target: Target<'_>, site: Site) -> Fut<'_, Vec<R::Plain>> {
    fetch::<R, _, _>(target, site, Vec::new(), Ok)
}

fn first<R: Row>(target: Target<'_>, site: Site) -> Fut<'_, Option<R::Plain>> {
    fetch::<R, _, _>(target, site, None, Ok)
}

fn one_or_none<R: Row>(target: Target<'_>, site: Site) -> Fut<'_, Option<R::Plain>> {
    fetch::<R, _, _>(target, site, Only { row: None, more: false }, |only| {
        if only.more { Err(too_many()) } else { Ok(only.row) }
    })
}

fn one<R: Row>(target: Target<'_>, site: Site) -> Fut<'_, R::Plain> {
    fetch::<R, _, _>(target, site, Only { row: None, more: false }, |only| {
        if only.more { Err(too_many()) } else { only.row.ok_or_else(not_found) }
    })
}

/// A count.
pub(super) fn number(target: Target<'_>, site: Site) -> Fut<'_, u64> {
    fetch::<i64, _, _>(target, site, None, |count| Ok(count.unwrap_or(0).max(0) as u64))
}

/// An answer of yes or no.
pub(super) fn truth(target: Target<'_>, site: Site) -> Fut<'_, bool> {
    fetch::<bool, _, _>(target, site, None, |is| Ok(is.unwrap_or(false)))
}

fn execute(target: Target<'_>, site: Site) -> Fut<'_, u64> {
    run(target, site, |_| Discard, |_, affected| Ok(affected))
}

/// Runs a query whose rows go to a taker.
fn fetch<'a, R, T, O>(target: Target<'a>, site: Site, to: T, finish: fn(T) -> Result<O>) -> Fut<'a, O>
where
    R: Row,
    T: Taker<R::Plain> + 'a,
    O: Send + 'a,
{
    run(target, site, |by_name| Decode::<R, T>::new(to, by_name), move |sink, _| finish(sink.to))
}

/// Runs a request: at once where the database answers at once. `finish` gets the sink and the affected rows.
#[inline]
fn run<'a, S, O>(
    target: Target<'a>,
    site: Site,
    sink: impl FnOnce(bool) -> S,
    finish: impl FnOnce(S, u64) -> Result<O> + Send + 'a,
) -> Fut<'a, O>
where
    S: Sink + 'a,
    O: Send + 'a,
{
    let Target::Query(connection, request) = target else { return Fut::ready(Err(unknown("call"))) };
    let Request { body, loads: _, options } = request;
    let body = match body {
        Body::Ast(query) if legalize::is_several(&query, connection.capabilities()) => {
            let mut sink = sink(options.by_name);
            return Fut::new(async move {
                let affected = connection.script(query, options.timeout, &mut sink, site).await?;
                finish(sink, affected).map_err(|error| error.with_site(site))
            });
        }
        body => body,
    };
    let Ready { statement, mut binds, table } = match connection.ready(body) {
        Ok(ready) if options.once => ready.once(),
        Ok(ready) => ready,
        Err(error) => return Fut::ready(Err(error.with_site(site))),
    };
    let mut sink = sink(options.by_name);
    let mut steps = [Step::new(&statement, &mut binds, &mut sink)];
    connection.next_limit = options.timeout;
    if let Some(result) = connection.run_now(&mut steps, site) {
        let affected = steps[0].affected;
        let result = result.and_then(|()| finish(sink, affected));
        return Fut::ready(result.map_err(|error| placed(error, table, &statement, site)));
    }
    connection.next_limit = None;
    Fut::new(async move {
        let mut steps = [Step::new(&statement, &mut binds, &mut sink)];
        connection.next_limit = options.timeout;
        let result = connection.run(&mut steps, site).await;
        let affected = steps[0].affected;
        result.and_then(|()| finish(sink, affected)).map_err(|error| placed(error, table, &statement, site))
    })
}

/// Says all that is known here of where an error belongs.
#[cold]
fn placed(error: Error, table: Option<Name>, statement: &Statement, site: Site) -> Error {
    let error = error.with_sql(statement.shared_sql()).with_site(site);
    match table {
        Some(table) if error.kind() == ErrorKind::Conversion && error.table().is_none() => {
            error.with_table(&*table)
        }
        _ => error,
    }
}

/// What a text does, by its first word.
fn kind_of(text: &str) -> StatementKind {
    let mut words = text.split(|c: char| !c.is_ascii_alphabetic()).filter(|word| !word.is_empty());
    let first = words.next().unwrap_or("").to_ascii_uppercase();
    match first.as_str() {
        "SELECT" | "VALUES" | "EXPLAIN" | "SHOW" => StatementKind::Read,
        "BEGIN" | "START" => StatementKind::Begin,
        "COMMIT" | "END" => StatementKind::Commit,
        "ROLLBACK" | "ABORT" if text.to_ascii_uppercase().contains(" TO ") => StatementKind::RollbackTo,
        "ROLLBACK" | "ABORT" => StatementKind::Rollback,
        "SAVEPOINT" => StatementKind::Savepoint,
        "RELEASE" => StatementKind::Release,
        "PRAGMA" | "SET" => StatementKind::Setting,
        _ => StatementKind::Write,
    }
}

#[cold]
fn needs_session() -> Error {
    Error::new(ErrorKind::InvalidState, "a handle can be compared only in a session")
        .with_help("run the query on the session that the handle belongs to, or compare the key itself")
}

#[cold]
fn not_found() -> Error {
    Error::new(ErrorKind::NotFound, "the query found no row").with_help("use `one_or_none` if that may be")
}

#[cold]
fn too_many() -> Error {
    Error::new(ErrorKind::TooManyRows, "the query found more than one row")
        .with_help("filter further, or use `first` or `all`")
}

#[cold]
pub(super) fn unknown(what: &str) -> Error {
    Error::unsupported(
        format!("this version of the engine does not know this kind of {what}"),
        "use the same version of all crates of Rebis",
    )
}

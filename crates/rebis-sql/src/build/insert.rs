//! INSERT.

use super::{
    Column, Command, IntoExpr, NewRows, OnConflict, Request, Returning, Select, Selectable, returning,
};
use crate::ast::{self, Conflict, ConflictTarget, Expr, Fault, InsertRows, Key, Piece, TableRef};
use crate::{Capabilities, render};
use rebis_core::{Name, Result, Value};
use std::fmt;
use std::marker::PhantomData;

/// An INSERT into the table of the model `M`: rows, or a query that gives them.
///
/// Rows may set different columns: what a row does not set is the column's default. However many rows there are, they
/// are written as one: where they are too many for one statement, there are several in one transaction.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
/// # fn main() -> rebis_core::Result<()> {
/// let stmt = User.insert().row(User.name.to("ann").and(User.karma.to(3))).row(User.name.to("bob"));
/// assert_eq!(
///     stmt.to_sql(dialect::postgres())?,
///     "INSERT INTO users (name, karma) VALUES ($1, $2), ($3, DEFAULT)"
/// );
///
/// let stmt = User.insert().from_select((User.name, User.karma), select((Post.title, Post.hits)));
/// assert_eq!(stmt.to_string(), "INSERT INTO users (name, karma) SELECT posts.title, posts.hits FROM posts");
///
/// let stmt = User.insert().defaults();
/// assert_eq!(stmt.to_string(), "INSERT INTO users DEFAULT VALUES");
/// # Ok(())
/// # }
/// ```
#[must_use = "a statement does nothing until it is run"]
pub struct Insert<M> {
    table: TableRef,
    keys: fn() -> Vec<Key>,
    from: From,
    conflict: Option<Conflict>,
    fault: Option<Fault>,
    overriding: bool,
    model: PhantomData<fn() -> M>,
}

/// Where the rows come from.
#[derive(Clone)]
enum From {
    Rows(NewRows),
    Select(Vec<Name>, Box<ast::Select>),
}

impl<M> Insert<M> {
    /// An INSERT without rows. `keys` are the keys of the table, the primary key first; none where nobody knows them.
    pub fn new(table: TableRef, keys: fn() -> Vec<Key>) -> Self {
        Insert {
            table,
            keys,
            from: From::Rows(NewRows::default()),
            conflict: None,
            fault: None,
            overriding: false,
            model: PhantomData,
        }
    }

    /// Adds a row: a new row of the model (`User.new()…`), or columns with their values.
    ///
    /// See [`Insert`] for an example.
    pub fn row(mut self, row: impl IntoRow<M>) -> Self {
        self.add(|rows| row.into_row(rows));
        self
    }

    fn add(&mut self, add: impl FnOnce(&mut NewRows)) {
        match &mut self.from {
            From::Rows(rows) => add(rows),
            From::Select(..) => {
                self.fault.get_or_insert_with(rows_and_select);
            }
        }
    }

    /// Adds rows.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// let stmt = User.insert().rows(["ann", "bob"].map(|name| User.name.to(name)));
    /// assert_eq!(stmt.to_string(), "INSERT INTO users (name) VALUES ('ann'), ('bob')");
    /// # Ok(())
    /// # }
    /// ```
    pub fn rows<R: IntoRow<M>>(mut self, rows: impl IntoIterator<Item = R>) -> Self {
        let mut given = rows.into_iter();
        if let Some(first) = given.next() {
            self = self.row(first);
            let more = given.size_hint().0;
            self.add(|rows| {
                rows.reserve(more);
                given.for_each(|row| row.into_row(rows));
            });
        }
        self
    }

    /// Adds a row of nothing but defaults.
    ///
    /// See [`Insert`] for an example.
    pub fn defaults(mut self) -> Self {
        self.add(NewRows::defaults);
        self
    }

    /// Takes the rows from a query: columns, and a SELECT of their types.
    ///
    /// See [`Insert`] for an example.
    pub fn from_select<R, C: TakesRow<M, R>>(mut self, columns: C, select: Select<R>) -> Self {
        if let From::Rows(rows) = &self.from
            && !rows.is_empty()
        {
            let fault = rows.fault().cloned();
            self.fault = self.fault.or(fault).or(Some(rows_and_select()));
        }
        self.from = From::Select(columns.names(), Box::new(select.into()));
        self
    }

    /// With keys that the database otherwise always makes up itself: `OVERRIDING SYSTEM VALUE`.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// let stmt = User.insert().row(User.id.to(5).and(User.name.to("ann"))).overriding();
    /// assert_eq!(
    ///     stmt.to_sql(dialect::postgres())?,
    ///     "INSERT INTO users (id, name) OVERRIDING SYSTEM VALUE VALUES ($1, $2)"
    /// );
    /// # Ok(())
    /// # }
    /// ```
    pub fn overriding(mut self) -> Self {
        self.overriding = true;
        self
    }

    /// Says what happens to a row whose key is there: `on_conflict(User.email)`, or columns as a tuple, or the name of
    /// a constraint, or `()` for any key.
    ///
    /// See [`OnConflict`] for an example.
    pub fn on_conflict(self, target: impl IntoConflict<M>) -> OnConflict<M> {
        OnConflict::new(self, target.into_conflict())
    }

    /// Gives back what was written.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// let stmt = User.insert().row(User.name.to("ann")).returning(User.id);
    /// assert_eq!(stmt.to_string(), "INSERT INTO users (name) VALUES ('ann') RETURNING id");
    /// # Ok(())
    /// # }
    /// ```
    pub fn returning<S: Selectable>(self, what: S) -> Returning<S::Row> {
        let (items, keys) = (returning::items(what), self.keys());
        let mut query = self.query();
        if let ast::Query::Insert(insert) = &mut query {
            (insert.returning, insert.keys) = (items, keys);
        }
        Returning::from_ast(query)
    }

    /// The text for a database, with placeholders.
    ///
    /// Where the database needs several statements, an error says so: the text is one.
    ///
    /// # Errors
    /// As running it: no row, rows beside a query.
    pub fn to_sql(&self, caps: &Capabilities) -> Result<String> {
        Ok(render::render(&self.clone().query(), caps)?.sql)
    }

    pub(super) fn keys(&self) -> Vec<Key> {
        (self.keys)()
    }

    pub(super) fn with_conflict(mut self, conflict: Conflict) -> Self {
        self.conflict = Some(conflict);
        self
    }

    /// The columns that are written: of rows, those that any of them sets.
    pub(super) fn columns(&self) -> Vec<Name> {
        match &self.from {
            From::Select(columns, _) => columns.clone(),
            From::Rows(rows) => rows.columns(),
        }
    }

    /// What is wrong with it.
    fn wrong(&self) -> Option<Fault> {
        let of_rows = match &self.from {
            From::Rows(rows) => {
                rows.fault().cloned().or_else(|| rows.is_empty().then(|| no_row(&self.table)))
            }
            From::Select(..) => None,
        };
        self.fault.clone().or(of_rows).or_else(|| self.given())
    }

    /// A key that nobody but the database gives. A new row of the model has no place for it.
    fn given(&self) -> Option<Fault> {
        let named = match &self.from {
            From::Rows(rows) => rows.is_named(),
            From::Select(..) => true,
        };
        if self.overriding || !named {
            return None;
        }
        let columns = self.columns();
        let key = self.keys().into_iter().next().filter(|key| key.always)?;
        let name = key.columns.into_iter().find(|name| columns.contains(name))?;
        Some(Fault {
            message: format!("an INSERT gives `{name}`, which the database always makes up itself").into(),
            help: "leave it out; or add `.overriding()`, if the key is meant".into(),
            table: Some(self.table.name.clone()),
        })
    }

    pub(super) fn query(self) -> ast::Query {
        if let Some(fault) = self.wrong() {
            return ast::Query::Raw(vec![Piece::Fault(fault)]);
        }
        let columns = self.columns();
        let rows = match self.from {
            From::Select(_, mut select) => {
                if self.conflict.is_some() {
                    // It may have to stand in FROM of another, where names must differ.
                    select.name_columns();
                }
                InsertRows::Select(select)
            }
            From::Rows(rows) => rows.into_rows(&columns),
        };
        let (conflict, overriding) = (self.conflict, self.overriding);
        let table = ast::Insert::new(self.table);
        ast::Query::Insert(Box::new(ast::Insert { columns, overriding, rows, conflict, ..table }))
    }
}

fn rows_and_select() -> Fault {
    Fault {
        message: "an INSERT has rows and a query that gives rows".into(),
        help: "use two statements".into(),
        table: None,
    }
}

fn no_row(table: &TableRef) -> Fault {
    Fault {
        message: "an INSERT has no row".into(),
        help: "add rows with `.row(..)` or `.rows(..)`; skip the statement where there is none".into(),
        table: Some(table.name.clone()),
    }
}

impl<M> Clone for Insert<M> {
    fn clone(&self) -> Self {
        Insert {
            table: self.table.clone(),
            keys: self.keys,
            from: self.from.clone(),
            conflict: self.conflict.clone(),
            fault: self.fault.clone(),
            overriding: self.overriding,
            model: PhantomData,
        }
    }
}

impl<M> fmt::Display for Insert<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        super::show(&self.clone().query(), f)
    }
}

/// As `Display`.
impl<M> fmt::Debug for Insert<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<M> Command for Insert<M> {
    fn into_request(self) -> Result<Request> {
        super::runnable(self.query())
    }
}

#[diagnostic::do_not_recommend]
impl<M> Command for &Insert<M> {
    fn into_request(self) -> Result<Request> {
        self.clone().into_request()
    }
}

/// What can be a row of an INSERT into the table of `M`: a new row of the model, or columns with their values.
///
/// See [`Insert`] for an example.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a row for an INSERT of `{M}`",
    label = "neither a new row nor columns with values",
    note = "a row is `Model.new()…`, or columns with their values: `User.name.to(\"ann\").and(User.karma.to(3))`"
)]
pub trait IntoRow<M> {
    /// Puts its columns and values there.
    #[doc(hidden)]
    fn into_row(self, rows: &mut NewRows);
}

/// Columns with values: a row for an INSERT. What [`Column::to`] gives.
///
/// See [`Insert`] for an example.
pub struct Assignments<M> {
    values: Vec<(Name, Expr)>,
    model: PhantomData<fn() -> M>,
}

impl<M> Assignments<M> {
    /// With one more column.
    ///
    /// See [`Insert`] for an example.
    pub fn and(mut self, other: Assignments<M>) -> Self {
        self.values.extend(other.values);
        self
    }
}

impl<M> fmt::Debug for Assignments<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.values.iter().map(|(name, _)| name)).finish()
    }
}

impl<M> IntoRow<M> for Assignments<M> {
    fn into_row(self, rows: &mut NewRows) {
        rows.named(self.values);
    }
}

impl<M, T> Column<M, T> {
    /// The column with a value, for a row of an INSERT.
    ///
    /// See [`Insert`] for an example.
    pub fn to(self, value: impl IntoExpr<T>) -> Assignments<M> {
        let values = vec![(self.name().into(), value.into_expr().into_ast())];
        Assignments { values, model: PhantomData }
    }
}

/// Columns of `M` that take the rows of a SELECT of `R`.
///
/// See [`Insert`] for an example.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not take rows of `{R}`",
    label = "not columns of these types",
    note = "give the columns in the order of the query, each of the type of its part, or of its `Option`"
)]
pub trait TakesRow<M, R> {
    /// The names of the columns.
    #[doc(hidden)]
    fn names(self) -> Vec<Name>;
}

/// A value of this type fits a column of `T`.
#[doc(hidden)]
#[diagnostic::on_unimplemented(message = "a `{Self}` does not fit a column of `{T}`", label = "not a `{T}`")]
pub trait Fits<T> {}

#[diagnostic::do_not_recommend]
impl<T> Fits<T> for T {}
#[diagnostic::do_not_recommend]
impl<T> Fits<Option<T>> for T {}

#[diagnostic::do_not_recommend]
impl<M, A: Fits<T> + Value, T> TakesRow<M, A> for Column<M, T> {
    fn names(self) -> Vec<Name> {
        vec![self.name().into()]
    }
}

/// The key that a conflict is about: a column, a tuple of columns, the name of a constraint, or `()` for any.
///
/// See [`OnConflict`] for an example.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not name a key of `{M}`",
    label = "neither a column, nor a constraint's name, nor `()`",
    note = "a key is a column (`User.email`), a tuple of columns, the name of a constraint (`\"uq_users_email\"`), or `()` for any"
)]
pub trait IntoConflict<M> {
    /// The key.
    #[doc(hidden)]
    fn into_conflict(self) -> ConflictTarget;
}

impl<M> IntoConflict<M> for () {
    fn into_conflict(self) -> ConflictTarget {
        ConflictTarget::Any
    }
}

impl<M> IntoConflict<M> for &'static str {
    fn into_conflict(self) -> ConflictTarget {
        ConflictTarget::Constraint(self.into())
    }
}

impl<M, T> IntoConflict<M> for Column<M, T> {
    fn into_conflict(self) -> ConflictTarget {
        ConflictTarget::Columns(vec![self.name().into()])
    }
}

macro_rules! tuples {
    ($(($($part:ident $row:ident $index:tt),+);)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<M, $($part, $row: Fits<$part>),+> TakesRow<M, ($($row,)+)> for ($(Column<M, $part>,)+) {
            fn names(self) -> Vec<Name> {
                vec![$(self.$index.name().into()),+]
            }
        }

        #[diagnostic::do_not_recommend]
        impl<M, $($part),+> IntoConflict<M> for ($(Column<M, $part>,)+) {
            fn into_conflict(self) -> ConflictTarget {
                ConflictTarget::Columns(vec![$(self.$index.name().into()),+])
            }
        }
    )*};
}

tuples! {
    (A RA 0, B RB 1);
    (A RA 0, B RB 1, C RC 2);
    (A RA 0, B RB 1, C RC 2, D RD 3);
    (A RA 0, B RB 1, C RC 2, D RD 3, E RE 4);
    (A RA 0, B RB 1, C RC 2, D RD 3, E RE 4, F RF 5);
    (A RA 0, B RB 1, C RC 2, D RD 3, E RE 4, F RF 5, G RG 6);
    (A RA 0, B RB 1, C RC 2, D RD 3, E RE 4, F RF 5, G RG 6, H RH 7);
}

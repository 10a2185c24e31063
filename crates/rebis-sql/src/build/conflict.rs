//! What an INSERT does with a row whose key is there.

use super::select::push_condition;
use super::{Column, Command, Expr, Insert, IntoCondition, IntoExpr, Request, Returning, Selectable};
use crate::ast::{self, Conflict, ConflictAction, ConflictTarget};
use crate::{Capabilities, render};
use rebis_core::{Name, Result};
use std::fmt;

/// An INSERT that has named a key, and is to say what happens where that key is there already.
///
/// The same statement runs on all databases. `ON DUPLICATE KEY` of MySQL and MariaDB looks at every key of the table, so
/// there a key can be named only where a row can meet no other; else it is an error before anything is sent, and
/// `on_conflict(())` says that any key is meant.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
/// # fn main() -> rebis_core::Result<()> {
/// let ann = || User.insert().row(User.name.to("ann").and(User.karma.to(1)));
///
/// let stmt = ann().on_conflict(User.name).do_nothing();
/// let sql = "INSERT INTO users (name, karma) VALUES ('ann', 1) ON CONFLICT (name)";
/// assert_eq!(stmt.to_string(), format!("{sql} DO NOTHING"));
///
/// let stmt = ann().on_conflict(User.name).set(User.karma, User.karma + User.karma.proposed());
/// assert_eq!(stmt.to_string(), format!("{sql} DO UPDATE SET karma = users.karma + excluded.karma"));
/// assert_eq!(
///     stmt.to_sql(dialect::mysql())?,
///     "INSERT INTO users (name, karma) VALUES (?, ?) ON DUPLICATE KEY UPDATE karma = users.karma + VALUES(karma)"
/// );
/// # Ok(())
/// # }
/// ```
#[must_use = "say what happens: `.do_nothing()`, `.set(..)` or `.set_all_proposed()`"]
pub struct OnConflict<M> {
    insert: Insert<M>,
    target: ConflictTarget,
    index_filter: Vec<ast::Expr>,
}

impl<M> OnConflict<M> {
    pub(super) fn new(insert: Insert<M>, target: ConflictTarget) -> Self {
        OnConflict { insert, target, index_filter: Vec::new() }
    }

    /// Says that the key is an index of some rows alone, by the condition that the index has. MySQL and MariaDB have no
    /// such index.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// let stmt = User.insert().row(User.name.to("ann").and(User.karma.to(1)));
    /// let stmt = stmt.on_conflict(User.name).partial(User.karma.gt(0)).do_nothing();
    /// assert_eq!(
    ///     stmt.to_sql(dialect::postgres())?,
    ///     "INSERT INTO users (name, karma) VALUES ($1, $2) ON CONFLICT (name) WHERE karma > 0 DO NOTHING"
    /// );
    /// # Ok(())
    /// # }
    /// ```
    pub fn partial(mut self, condition: impl IntoCondition) -> Self {
        push_condition(&mut self.index_filter, condition);
        self
    }

    /// Leaves the row out.
    ///
    /// See [`OnConflict`] for an example.
    pub fn do_nothing(self) -> Insert<M> {
        let OnConflict { insert, target, index_filter } = self;
        let keys = insert.keys();
        insert.with_conflict(Conflict { target, index_filter, action: ConflictAction::Nothing, keys })
    }

    /// Sets a column of the row that is there.
    ///
    /// See [`OnConflict`] for an example.
    pub fn set<T>(self, column: Column<M, T>, value: impl IntoExpr<T>) -> Upsert<M> {
        self.update(Vec::new()).set(column, value)
    }

    /// Sets each column that the INSERT names to what it proposed, but for those of the key.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// let row = User.name.to("ann").and(User.karma.to(1)).and(User.email.to("a@b.c"));
    /// let stmt = User.insert().row(row).on_conflict(User.name).set_all_proposed();
    /// assert_eq!(
    ///     stmt.to_string(),
    ///     "INSERT INTO users (name, karma, email) VALUES ('ann', 1, 'a@b.c') \
    ///      ON CONFLICT (name) DO UPDATE SET karma = excluded.karma, email = excluded.email"
    /// );
    /// # Ok(())
    /// # }
    /// ```
    pub fn set_all_proposed(self) -> Upsert<M> {
        let keys = self.insert.keys();
        let of_target: Vec<Name> = match &self.target {
            ConflictTarget::Columns(columns) => columns.clone(),
            ConflictTarget::Constraint(name) => {
                let named = keys.iter().find(|key| key.name.as_ref() == Some(name));
                named.map(|key| key.columns.clone()).unwrap_or_default()
            }
            ConflictTarget::Any => Vec::new(),
        };
        let columns = self.insert.columns();
        let primary = keys.first().map(|key| key.columns.as_slice()).unwrap_or_default();
        let is_key = |name: &Name| of_target.contains(name) || primary.contains(name);
        let mut set: Vec<Name> = columns.iter().filter(|name| !is_key(name)).cloned().collect();
        if set.is_empty() {
            // Nothing is left to be set: the row stays as it is, and comes back with RETURNING.
            set.extend(of_target.into_iter().chain(columns).take(1));
        }
        let proposed = set.into_iter().map(|name| (name.clone(), ast::Expr::Proposed(name)));
        let set = proposed.collect();
        self.update(set)
    }

    fn update(self, set: Vec<ast::Assign>) -> Upsert<M> {
        let OnConflict { insert, target, index_filter } = self;
        Upsert { insert, target, index_filter, set, filter: Vec::new() }
    }
}

/// The statement without its end.
impl<M> fmt::Debug for OnConflict<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.insert, f)
    }
}

/// An INSERT that updates the rows whose key is there.
///
/// See [`OnConflict`] for an example.
#[must_use = "a statement does nothing until it is run"]
pub struct Upsert<M> {
    insert: Insert<M>,
    target: ConflictTarget,
    index_filter: Vec<ast::Expr>,
    set: Vec<ast::Assign>,
    filter: Vec<ast::Expr>,
}

impl<M> Upsert<M> {
    /// Sets a column of the row that is there. Called again for the same column, the last counts.
    ///
    /// See [`OnConflict`] for an example.
    pub fn set<T>(mut self, column: Column<M, T>, value: impl IntoExpr<T>) -> Self {
        super::update::assign(&mut self.set, column.name(), value.into_expr().into_ast());
        self
    }

    /// WHERE: only such rows are changed. Called again, all must hold.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// let stmt = User.insert().row(User.name.to("ann").and(User.karma.to(1))).on_conflict(User.name);
    /// let stmt = stmt.set_all_proposed().filter(User.karma.lt(User.karma.proposed()));
    /// assert_eq!(
    ///     stmt.to_string(),
    ///     "INSERT INTO users (name, karma) VALUES ('ann', 1) ON CONFLICT (name) \
    ///      DO UPDATE SET karma = excluded.karma WHERE users.karma < excluded.karma"
    /// );
    /// # Ok(())
    /// # }
    /// ```
    pub fn filter(mut self, condition: impl IntoCondition) -> Self {
        push_condition(&mut self.filter, condition);
        self
    }

    /// Gives back the rows that were written or changed.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// let stmt = User.insert().row(User.name.to("ann")).on_conflict(User.name).set_all_proposed();
    /// assert_eq!(
    ///     stmt.returning(User.id).to_string(),
    ///     "INSERT INTO users (name) VALUES ('ann') ON CONFLICT (name) \
    ///      DO UPDATE SET name = excluded.name RETURNING id"
    /// );
    /// # Ok(())
    /// # }
    /// ```
    pub fn returning<S: Selectable>(self, what: S) -> Returning<S::Row> {
        self.into_insert().returning(what)
    }

    /// The text for a database, with placeholders.
    ///
    /// # Errors
    /// As [`render`](crate::render::render).
    pub fn to_sql(&self, caps: &Capabilities) -> Result<String> {
        Ok(render::render(&self.clone().into_insert().query(), caps)?.sql)
    }

    fn into_insert(self) -> Insert<M> {
        let Upsert { insert, target, index_filter, set, filter } = self;
        let keys = insert.keys();
        let action = ConflictAction::Update { set, filter };
        insert.with_conflict(Conflict { target, index_filter, action, keys })
    }
}

impl<M> Clone for Upsert<M> {
    fn clone(&self) -> Self {
        Upsert {
            insert: self.insert.clone(),
            target: self.target.clone(),
            index_filter: self.index_filter.clone(),
            set: self.set.clone(),
            filter: self.filter.clone(),
        }
    }
}

impl<M> fmt::Display for Upsert<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.clone().into_insert(), f)
    }
}

/// As `Display`.
impl<M> fmt::Debug for Upsert<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<M> Command for Upsert<M> {
    fn into_request(self) -> Result<Request> {
        self.into_insert().into_request()
    }
}

#[diagnostic::do_not_recommend]
impl<M> Command for &Upsert<M> {
    fn into_request(self) -> Result<Request> {
        self.clone().into_request()
    }
}

impl<M, T> Column<M, T> {
    /// The column of the row that an INSERT proposed and that met another; in `.set(..)` and `.filter(..)` behind
    /// `.on_conflict(..)`.
    ///
    /// See [`OnConflict`] for an example.
    pub fn proposed(self) -> Expr<T> {
        Expr::from_ast(ast::Expr::Proposed(self.name().into()))
    }
}

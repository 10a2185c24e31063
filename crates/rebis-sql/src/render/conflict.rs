//! What an INSERT does with a row whose key is there.
//!
//! `ON CONFLICT` names the key. `ON DUPLICATE KEY` looks at all keys of the table, so it is written only where that
//! means the same; else it is an error before anything is sent.

use super::scope::Scope;
use super::update::reads;
use super::writer::Writer;
use crate::ConflictClause;
use crate::ast::{Assign, Conflict, ConflictAction, ConflictTarget, Expr, Insert, InsertRows, Key, TableRef};
use rebis_core::{Error, ErrorKind, Name, Result};

impl<'a> Writer<'a> {
    pub(super) fn conflict(&mut self, insert: &'a Insert) -> Result<()> {
        let Some(conflict) = &insert.conflict else { return Ok(()) };
        // The row that is there and the one that was proposed have the same columns, so these are qualified.
        self.scopes.push(Scope::Among(&insert.table, &[]));
        match self.caps.writes.conflict_clause {
            ConflictClause::OnConflict { constraints, any_updates, after_where: _ } => {
                self.on_conflict(&insert.table, conflict, constraints, any_updates)?;
            }
            ConflictClause::OnDuplicateKey => self.on_duplicate_key(insert, conflict)?,
        }
        self.scopes.pop();
        Ok(())
    }

    fn on_conflict(
        &mut self,
        table: &'a TableRef,
        conflict: &'a Conflict,
        constraints: bool,
        any_updates: bool,
    ) -> Result<()> {
        let Conflict { target, index_filter, action, keys } = conflict;
        self.push(" ON CONFLICT");
        match (target, action) {
            (ConflictTarget::Any, ConflictAction::Update { .. }) if !any_updates => match keys.as_slice() {
                [only] => self.conflict_columns(&only.columns),
                _ => return Err(self.which_key()),
            },
            (ConflictTarget::Any, _) => {}
            (ConflictTarget::Columns(columns), _) => self.conflict_columns(columns),
            (ConflictTarget::Constraint(name), _) if constraints => {
                self.push(" ON CONSTRAINT ");
                self.ident(name);
            }
            (ConflictTarget::Constraint(name), _) => match key_called(keys, name) {
                Some(key) => self.conflict_columns(&key.columns),
                None => return Err(self.no_such_key(name)),
            },
        }
        self.index_filter(index_filter)?;
        match action {
            ConflictAction::Nothing => {
                self.push(" DO NOTHING");
                Ok(())
            }
            ConflictAction::Update { set, filter } => {
                self.push(" DO UPDATE SET ");
                self.assignments(table, set, false)?;
                self.condition(" WHERE ", filter)
            }
        }
    }

    /// Which rows are in the index, in the words of the index: its columns are plain, and what is a parameter is not known
    /// to be the same.
    fn index_filter(&mut self, filter: &'a [Expr]) -> Result<()> {
        let bare = std::mem::replace(&mut self.bare, true);
        self.with_literals(|w| w.condition(" WHERE ", filter))?;
        self.bare = bare;
        Ok(())
    }

    fn conflict_columns(&mut self, columns: &[Name]) {
        self.push(" (");
        self.names(columns);
        self.push(")");
    }

    fn on_duplicate_key(&mut self, insert: &'a Insert, conflict: &'a Conflict) -> Result<()> {
        let Conflict { target, index_filter, action, keys } = conflict;
        if !index_filter.is_empty() {
            return Err(self.unsupported(
                "a conflict of an index of some rows",
                "make a computed column that is NULL for the other rows, with a unique key",
            ));
        }
        let wanted = match target {
            ConflictTarget::Any => None,
            ConflictTarget::Columns(columns) => Some(columns),
            ConflictTarget::Constraint(name) => match key_called(keys, name) {
                Some(key) => Some(&key.columns),
                None => return Err(self.no_such_key(name)),
            },
        };
        if let Some(wanted) = wanted {
            self.only_key(insert, keys, wanted)?;
        }
        self.push(" ON DUPLICATE KEY UPDATE ");
        match action {
            ConflictAction::Nothing => {
                let column = wanted.and_then(|columns| columns.first()).or(insert.columns.first());
                let Some(column) = column.or(keys.first().and_then(|key| key.columns.first())) else {
                    return Err(self.which_key());
                };
                self.ident(column);
                self.push(" = ");
                self.of_target(&insert.table, column);
                Ok(())
            }
            ConflictAction::Update { set, filter } => self.guarded(&insert.table, set, filter),
        }
    }

    /// SET, each value behind the condition. Columns are set from left to right, so what the condition reads is
    /// set last.
    fn guarded(&mut self, table: &'a TableRef, set: &'a [Assign], filter: &'a [Expr]) -> Result<()> {
        let is_read = |(name, _): &&Assign| filter.iter().any(|expr| reads(expr, table, name));
        if set.iter().filter(is_read).count() > 1 {
            return Err(self.unsupported(
                "a condition of ON CONFLICT over several columns that are set as well",
                "let the condition read one of them, or select the rows first and update them in the same transaction",
            ));
        }
        let set = self.from_old_values(table, set.iter().collect(), filter)?;
        self.list(set, ", ", |w, (name, value)| {
            w.ident(name);
            w.push(" = ");
            if filter.is_empty() {
                return w.expr(value);
            }
            w.push("CASE WHEN ");
            w.all_of(filter)?;
            w.push(" THEN ");
            w.expr(value)?;
            w.push(" ELSE ");
            w.of_target(table, name);
            w.push(" END");
            Ok(())
        })
    }

    fn of_target(&mut self, table: &TableRef, column: &str) {
        self.ident(table.source());
        self.push(".");
        self.ident(column);
    }

    /// Refuses where a row may meet another key than the one that was named.
    fn only_key(&self, insert: &Insert, keys: &[Key], wanted: &[Name]) -> Result<()> {
        let same = |key: &Key| {
            key.columns.len() == wanted.len() && wanted.iter().all(|column| key.columns.contains(column))
        };
        if !keys.iter().any(same) {
            return Err(self.not_a_key(insert, wanted));
        }
        // A key of which the rows say nothing is one that the database makes up.
        let met = |key: &&Key| !same(key) && key.columns.iter().any(|column| insert.columns.contains(column));
        match keys.iter().find(met) {
            None => Ok(()),
            Some(other) => Err(self
                .unsupported(
                    "a conflict of one key where the table has others",
                    "say `.on_conflict(())` if a conflict of any key is meant; else select the row and insert or update it in the same transaction",
                )
                .with_table(&*insert.table.name)
                .with_column(other.columns.join(", "))),
        }
    }

    pub(super) fn proposed(&mut self, column: &str) -> Result<()> {
        if !self.scopes.iter().any(|scope| matches!(scope, Scope::Among(_, []))) && self.checked {
            return Err(nothing_proposed(column));
        }
        match self.caps.writes.conflict_clause {
            ConflictClause::OnConflict { .. } => {
                self.push("excluded.");
                self.ident(column);
            }
            ConflictClause::OnDuplicateKey => {
                self.push("VALUES(");
                self.ident(column);
                self.push(")");
            }
        }
        Ok(())
    }

    /// Whether the SELECT of an INSERT must stand in another with a WHERE: else `ON` would be taken for a join's, or
    /// its tables for the one that is written.
    pub(super) fn wraps_select(&self, insert: &Insert) -> bool {
        let mixes = match self.caps.writes.conflict_clause {
            ConflictClause::OnConflict { after_where, .. } => after_where,
            ConflictClause::OnDuplicateKey => true,
        };
        mixes && insert.conflict.is_some() && matches!(insert.rows, InsertRows::Select(_))
    }

    fn which_key(&self) -> Error {
        self.unsupported(
            "an update on a conflict of any key",
            "name the columns of the key: `.on_conflict(User.email)`",
        )
    }

    fn not_a_key(&self, insert: &Insert, columns: &[Name]) -> Error {
        self.unsupported(
            "a conflict of columns that are no key of the table, as far as is known",
            "name the columns of a primary or unique key that the model declares, or say `.on_conflict(())` for any key",
        )
        .with_table(&*insert.table.name)
        .with_column(columns.join(", "))
    }

    fn no_such_key(&self, name: &str) -> Error {
        self.unsupported(
            &format!("a conflict of the constraint `{name}`, whose columns are not known"),
            "name the columns of the key: `.on_conflict(User.email)`",
        )
    }
}

fn key_called<'k>(keys: &'k [Key], name: &str) -> Option<&'k Key> {
    keys.iter().find(|key| key.name.as_deref() == Some(name))
}

#[cold]
fn nothing_proposed(column: &str) -> Error {
    let text = format!("`{column}.proposed()` stands outside of `on_conflict`, where no row is proposed");
    Error::new(ErrorKind::InvalidStatement, text)
        .with_column(column)
        .with_help("use it in `.set(..)` and `.filter(..)` behind `.on_conflict(..)`")
}

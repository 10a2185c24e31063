//! Conditions that hold wherever a model is read: soft delete, tenants.

use super::Session;
use crate::graph::Graph;
use crate::mapping::{Entity, Mapping, Model};
use rebis_core::Name;
use rebis_sql::ast::{self, Expr, Join, JoinKind, Source, TableRef};
use rebis_sql::build::IntoCondition;
use std::sync::Arc;

/// A condition on a model, wherever its table stands in a statement.
#[derive(Clone, Debug)]
pub(crate) struct Criterion {
    name: &'static str,
    table: Name,
    condition: Expr,
}

impl Session {
    /// From now on, only rows of a model for which this holds exist for this session: in queries, joins, eager loads,
    /// look-ups by key, relation predicates, and UPDATE and DELETE by criteria. What soft delete and tenants are for.
    /// Loads that a flush needs for its cascades see every row.
    ///
    /// ```
    /// # use rebis_orm_doc::*;
    /// # fn main() -> rebis::Result<()> {
    /// # run(async |db, alice, hello| {
    /// db.restrict("live", Post, Post.deleted_at.is_null());
    /// db[hello].deleted_at = Some(1);
    /// assert_eq!(db.count(Post).await?, 1);
    /// db.unrestrict("live");
    /// assert_eq!(db.count(Post).await?, 2);
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    ///
    /// Several restrictions of one model must all hold; the same name for the same model replaces. Objects that are in
    /// the session already stay. Raw SQL is not touched. (Unit-of-work rule 84.)
    pub fn restrict<M: Model>(
        &mut self,
        name: &'static str,
        _model: Entity<M>,
        condition: impl IntoCondition,
    ) {
        let table: Name = M::mapping().table_name().into();
        let condition = condition.into_condition().into_ast();
        let criteria = &mut self.graph_mut().criteria;
        criteria.retain(|known| !(known.name == name && known.table == table));
        criteria.push(Criterion { name, table, condition });
    }

    /// Lifts the restrictions of this name, of every model.
    ///
    /// See [`restrict`](Session::restrict) for an example.
    pub fn unrestrict(&mut self, name: &str) {
        let graph = self.graph_mut();
        graph.criteria.retain(|known| known.name != name);
        // What was loaded under it may be less than there is: the next load reads it anew.
        graph.all_stale();
    }
}

impl Graph {
    /// Whether any model is restricted.
    pub(crate) fn is_restricting(&self) -> bool {
        !self.criteria.is_empty()
    }

    /// Whether a model is restricted.
    pub(crate) fn is_restricted(&self, mapping: &Mapping) -> bool {
        self.criteria.iter().any(|criterion| criterion.table == mapping.table_name())
    }

    /// The names of the restrictions of a model.
    pub(crate) fn restrictions_of(&self, mapping: &Mapping) -> Vec<&'static str> {
        let own = self.criteria.iter().filter(|criterion| criterion.table == mapping.table_name());
        own.map(|criterion| criterion.name).collect()
    }

    /// Adds the restrictions to a statement, wherever it names a restricted table.
    pub(crate) fn restrict_query(&self, query: &mut ast::Query) {
        if self.criteria.is_empty() || matches!(query, ast::Query::Raw(_)) {
            return;
        }
        self.restrict_write(query);
        query.for_each_select_mut(&mut |select| self.restrict_one(select));
    }

    /// The rows of a statement that writes, and those of the other tables that it reads; its SELECTs aside.
    fn restrict_write(&self, query: &mut ast::Query) {
        match query {
            ast::Query::Insert(insert) => {
                if let Some(ast::Conflict {
                    action: ast::ConflictAction::Update { set: _, filter }, ..
                }) = &mut insert.conflict
                {
                    filter.extend(self.conditions(&insert.table));
                }
            }
            ast::Query::Update(update) => {
                self.restrict_rows(&update.table, &mut update.from, &mut update.filter);
            }
            ast::Query::Delete(delete) => {
                self.restrict_rows(&delete.table, &mut delete.using, &mut delete.filter);
            }
            _ => {}
        }
    }

    pub(crate) fn restrict_select(&self, select: &mut ast::Select) {
        if !self.criteria.is_empty() {
            select.for_each_select_mut(&mut |select| self.restrict_one(select));
        }
    }

    fn restrict_rows(&self, table: &TableRef, others: &mut [Source], filter: &mut Vec<Expr>) {
        filter.extend(self.conditions(table));
        others.iter_mut().for_each(|other| filter.extend(self.restrict_source(other, false)));
    }

    fn restrict_one(&self, select: &mut ast::Select) {
        // Of a full join a row without a partner stays: what must not be there goes before the join.
        let full = select.joins.iter().any(|join| join.kind == JoinKind::Full);
        if let Some(from) = &mut select.from {
            select.filter.extend(self.restrict_source(from, full));
        }
        self.restrict_joins(&mut select.joins, full, &mut select.filter);
    }

    fn restrict_joins(&self, joins: &mut [Join], full: bool, filter: &mut Vec<Expr>) {
        for join in joins {
            let conditions = self.restrict_source(&mut join.source, full);
            match (join.kind, &mut join.on) {
                // A row that does not exist is a row that an outer join does not find.
                (JoinKind::Inner | JoinKind::Left, Some(on)) if !conditions.is_empty() => {
                    let before = std::mem::replace(on, Expr::And(Vec::new()));
                    *on = Expr::And(std::iter::once(before).chain(conditions).collect());
                }
                _ => filter.extend(conditions),
            }
        }
    }

    /// The conditions that are left to say of a source.
    fn restrict_source(&self, source: &mut Source, within: bool) -> Vec<Expr> {
        match source {
            Source::Nested { first, joins } => {
                let mut conditions = self.restrict_source(first, within);
                self.restrict_joins(joins, within, &mut conditions);
                conditions
            }
            Source::Table(table) | Source::Sampled { table, sample: _ } => {
                let conditions = self.conditions(table);
                if !within || conditions.is_empty() {
                    return conditions;
                }
                let alias = table.source().clone();
                let items = vec![Expr::Star.into()];
                // The walk comes to this SELECT next, and restricts it.
                let select = ast::Select { items, from: Some(source.clone()), ..ast::Select::default() };
                *source = Source::Subquery { select: Box::new(select), alias, lateral: false };
                Vec::new()
            }
            Source::Cte { cte, alias: _ } => {
                self.restrict_write(&mut Arc::make_mut(cte).query);
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    fn conditions(&self, table: &TableRef) -> Vec<Expr> {
        let own = self.criteria.iter().filter(|criterion| criterion.table == table.name);
        own.map(|criterion| {
            let mut condition = criterion.condition.clone();
            condition.rename_source(&criterion.table, table.source());
            condition
        })
        .collect()
    }
}

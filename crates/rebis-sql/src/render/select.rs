//! SELECT.

use super::scope::{Scope, implied};
use super::writer::Writer;
use crate::ast::{Expr, Item, Join, JoinKind, Lock, Nulls, Order, Select, SetOp};
use rebis_core::{Datum, Error, ErrorKind, Result};

impl<'a> Writer<'a> {
    pub(super) fn select(&mut self, select: &'a Select) -> Result<()> {
        let Select {
            distinct: _,
            items: _,
            from: _,
            joins: _,
            filter: _,
            group_by: _,
            having: _,
            compound,
            order_by,
            limit,
            offset,
            lock,
        } = select;
        // The terms of ORDER BY in a derived table or member of a compound are not ours.
        let bare = std::mem::replace(&mut self.bare, false);
        self.scopes.push(Scope::Select(select));
        self.core(select)?;
        for (op, member) in compound {
            self.push(set_op(*op));
            self.member(member)?;
        }
        self.bare = !compound.is_empty();
        self.order_by(order_by)?;
        self.bare = bare;
        self.limit(*limit, *offset);
        self.lock(*lock);
        self.scopes.pop();
        Ok(())
    }

    /// A SELECT in parentheses.
    pub(super) fn subselect(&mut self, select: &'a Select) -> Result<()> {
        self.push("(");
        self.select(select)?;
        self.push(")");
        Ok(())
    }

    /// From SELECT to HAVING.
    fn core(&mut self, select: &'a Select) -> Result<()> {
        self.push(if select.distinct { "SELECT DISTINCT " } else { "SELECT " });
        if select.items.is_empty() {
            return Err(empty());
        }
        self.items(&select.items)?;
        self.from(select)?;
        self.condition(" WHERE ", &select.filter)?;
        if !select.group_by.is_empty() {
            self.push(" GROUP BY ");
            self.list(&select.group_by, ", ", Writer::expr)?;
        }
        self.condition(" HAVING ", &select.having)
    }

    /// One member of a compound. Clauses of its own need a subquery around it: not every database takes
    /// parentheses there.
    fn member(&mut self, member: &'a Select) -> Result<()> {
        let plain = member.compound.is_empty()
            && member.order_by.is_empty()
            && member.limit.is_none()
            && member.offset.is_none();
        // A member sees what the whole sees from outside, not the whole's own FROM.
        let own = self.scopes.pop();
        if plain {
            self.scopes.push(Scope::Select(member));
            self.core(member)?;
            self.scopes.pop();
        } else {
            self.push("SELECT * FROM ");
            self.subselect(member)?;
            self.push(" AS member");
        }
        self.scopes.extend(own);
        Ok(())
    }

    pub(super) fn items(&mut self, items: &'a [Item]) -> Result<()> {
        self.list(items, ", ", |w, Item { expr, label }| {
            w.expr(expr)?;
            if let Some(label) = label {
                w.push(" AS ");
                w.ident(label);
            }
            Ok(())
        })
    }

    fn from(&mut self, select: &'a Select) -> Result<()> {
        match (&select.from, implied(select)) {
            (Some(from), _) => {
                self.push(" FROM ");
                self.source(from)?;
            }
            (None, Some(table)) if self.checked && !self.correlated(table) => {
                self.push(" FROM ");
                self.touch(table);
                self.ident(table);
            }
            (None, _) if !select.joins.is_empty() => return Err(nothing_to_join()),
            (None, _) => {}
        }
        for Join { kind, source, on } in &select.joins {
            self.push(match kind {
                JoinKind::Inner => " JOIN ",
                JoinKind::Left => " LEFT JOIN ",
                JoinKind::Cross => " CROSS JOIN ",
            });
            self.source(source)?;
            if let Some(on) = on {
                self.push(" ON ");
                self.expr(on)?;
            }
        }
        Ok(())
    }

    /// Whether a SELECT without FROM means a table around it.
    fn correlated(&self, table: &str) -> bool {
        let outer = self.scopes.split_last().map_or(&[][..], |(_, outer)| outer);
        outer.iter().any(|scope| scope.sees(table))
    }

    /// All of these, after a keyword; nothing if there are none.
    pub(super) fn condition(&mut self, keyword: &str, parts: &'a [Expr]) -> Result<()> {
        if parts.is_empty() {
            return Ok(());
        }
        self.push(keyword);
        self.all_of(parts)
    }

    pub(super) fn order_by(&mut self, terms: &'a [Order]) -> Result<()> {
        if terms.is_empty() {
            return Ok(());
        }
        self.push(" ORDER BY ");
        self.list(terms, ", ", Writer::order)
    }

    fn order(&mut self, order: &'a Order) -> Result<()> {
        let Order { expr, descending, nulls } = order;
        if let (Some(nulls), false) = (nulls, self.caps.nulls_order) {
            self.push("CASE WHEN ");
            self.operand(expr, super::precedence::Level::Concat)?;
            self.push(match nulls {
                Nulls::First => " IS NULL THEN 0 ELSE 1 END, ",
                Nulls::Last => " IS NULL THEN 1 ELSE 0 END, ",
            });
        }
        self.expr(expr)?;
        self.push(if *descending { " DESC" } else { "" });
        if let (Some(nulls), true) = (nulls, self.caps.nulls_order) {
            self.push(match nulls {
                Nulls::First => " NULLS FIRST",
                Nulls::Last => " NULLS LAST",
            });
        }
        Ok(())
    }

    /// Numbers are bound, so that the pages of a list share one statement.
    pub(super) fn limit(&mut self, limit: Option<u64>, offset: Option<u64>) {
        match (limit, offset, self.caps.offset_needs_limit) {
            (Some(limit), _, _) => {
                self.push(" LIMIT ");
                self.value(&count(limit));
            }
            (None, Some(_), Some(all)) => {
                self.push(" LIMIT ");
                self.push(all);
            }
            (None, _, _) => {}
        }
        if let Some(offset) = offset {
            self.push(" OFFSET ");
            self.value(&count(offset));
        }
    }

    /// Without row locks there is nothing to write: whoever writes has locked everything.
    fn lock(&mut self, lock: Option<Lock>) {
        if let (Some(lock), true) = (lock, self.caps.row_locks) {
            self.push(match lock {
                Lock::Update => " FOR UPDATE",
                Lock::Share => self.caps.share_lock,
            });
        }
    }
}

/// More rows than `i64::MAX` are all rows.
fn count(rows: u64) -> Datum {
    Datum::Int(i64::try_from(rows).unwrap_or(i64::MAX))
}

fn set_op(op: SetOp) -> &'static str {
    match op {
        SetOp::Union => " UNION ",
        SetOp::UnionAll => " UNION ALL ",
        SetOp::Intersect => " INTERSECT ",
        SetOp::Except => " EXCEPT ",
    }
}

#[cold]
fn empty() -> Error {
    Error::new(ErrorKind::InvalidStatement, "the SELECT selects nothing")
        .with_help("select an entity, a column or an expression")
}

#[cold]
fn nothing_to_join() -> Error {
    Error::new(ErrorKind::InvalidStatement, "there is a join, but nothing to join to")
        .with_help("say where to start with `.select_from(..)`")
}

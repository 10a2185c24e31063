//! SELECT.

use super::beside;
use super::connected;
use super::scope::{Scope, implied};
use super::writer::Writer;
use crate::ast::{
    Expr, GroupingKind, Item, Lock, LockStrength, LockWait, Nulls, Order, Piece, Select, SetOp, Special,
};
use crate::legalize;
use rebis_core::{Datum, Error, ErrorKind, Result};

impl<'a> Writer<'a> {
    /// A SELECT, with a WITH of its own where there is no place for it further out.
    pub(super) fn select(&mut self, select: &'a Select) -> Result<()> {
        self.with_ctes(|w| w.whole(select))
    }

    fn whole(&mut self, select: &'a Select) -> Result<()> {
        let Select {
            distinct: _,
            distinct_on: _,
            items: _,
            from: _,
            joins: _,
            cartesian: _,
            filter: _,
            group_by: _,
            having: _,
            windows: _,
            compound,
            order_by,
            limit,
            percent,
            with_ties,
            offset,
            backwards: _,
            lock,
            hints,
            prefix: _,
            suffix,
        } = select;
        if *with_ties || percent.is_some() || !hints.is_empty() {
            check_clauses(select)?;
        }
        if offset.is_some() && order_by.is_empty() {
            self.doubt =
                Some("rows are skipped by OFFSET without an order: which ones, no database promises");
        }
        if let Some(what) = legalize::needed(select, self.caps) {
            return Err(self.rewrite(what));
        }
        // The terms of ORDER BY in a derived table or member of a compound are not ours.
        let bare = std::mem::replace(&mut self.bare, false);
        self.scopes.push(Scope::Select(select));
        self.core(select)?;
        for (op, member) in compound {
            self.push(set_op(*op));
            self.member(member)?;
        }
        self.bare = !compound.is_empty();
        if !order_by.is_empty() && (select.distinct || !select.group_by.is_empty()) {
            self.order_of_chosen(select)?;
        } else {
            self.order_by(order_by)?;
        }
        self.bare = bare;
        match (limit, with_ties) {
            (Some(limit), true) => self.limit_with_ties(*limit, *offset),
            _ => self.limit(*limit, *offset),
        }
        if let Some(lock) = lock.as_ref().filter(|_| self.caps.row_locks) {
            self.lock(lock)?;
        }
        self.words(" ", suffix, "")?;
        self.scopes.pop();
        Ok(())
    }

    /// Words of a database; those of others are left out.
    fn words(&mut self, before: &str, words: &'a [Vec<Piece>], behind: &str) -> Result<()> {
        for pieces in words {
            if let [Piece::Spelt(spelt)] = pieces.as_slice()
                && self.spelling(spelt).is_none()
            {
                continue;
            }
            self.push(before);
            self.pieces(pieces)?;
            self.push(behind);
        }
        Ok(())
    }

    /// A SELECT in parentheses.
    pub(super) fn subselect(&mut self, select: &'a Select) -> Result<()> {
        self.push("(");
        self.within(|w| w.select(select))?;
        self.push(")");
        Ok(())
    }

    /// From SELECT to HAVING.
    fn core(&mut self, select: &'a Select) -> Result<()> {
        self.push("SELECT ");
        self.words("", &select.prefix, " ")?;
        self.push(if select.distinct { "DISTINCT " } else { "" });
        if !select.distinct_on.is_empty() {
            self.push("DISTINCT ON ");
            self.parenthesised(&select.distinct_on)?;
            self.push(" ");
        }
        if select.items.is_empty() {
            return Err(empty());
        }
        self.items(&select.items)?;
        self.from(select)?;
        self.condition(" WHERE ", &select.filter)?;
        if !select.group_by.is_empty() {
            self.push(" GROUP BY ");
            self.list(&select.group_by, ", ", |w, expr| match w.place_of(expr, select) {
                Some(place) => w.place(place),
                None => w.group(expr),
            })?;
        }
        self.condition(" HAVING ", &select.having)?;
        self.windows(&select.windows)?;
        if !self.checked {
            return Ok(());
        }
        beside::check(select)?;
        connected::check_select(select)
    }

    /// One member of a compound. Clauses of its own need a subquery around it: not every database takes
    /// parentheses there.
    fn member(&mut self, member: &'a Select) -> Result<()> {
        let plain = member.compound.is_empty()
            && member.order_by.is_empty()
            && member.limit.is_none()
            && member.offset.is_none()
            && member.suffix.is_empty()
            && member.distinct_on.is_empty()
            && member.windows.is_empty();
        // A member sees what the whole sees from outside, not the whole's own FROM.
        let own = self.scopes.pop();
        if plain {
            self.scopes.push(Scope::Select(member));
            self.core(member)?;
            self.scopes.pop();
        } else {
            self.push("SELECT * FROM (");
            self.select(member)?;
            self.push(") AS member");
        }
        self.scopes.extend(own);
        Ok(())
    }

    pub(super) fn items(&mut self, items: &'a [Item]) -> Result<()> {
        self.list(items, ", ", |w, item| {
            let Item { expr, label, kept } = item;
            match kept {
                Some(kept) if w.leaves => w.unwrapped(item, &kept.read)?,
                _ => w.expr(expr)?,
            }
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
                self.hints(table);
            }
            (None, _) if !select.joins.is_empty() => return Err(nothing_to_join()),
            (None, _) => {}
        }
        self.joins(&select.joins)
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

    fn group(&mut self, group: &'a Expr) -> Result<()> {
        let Expr::Special { what: Special::Grouping(kind), of: sets } = group else {
            return self.expr(group);
        };
        self.push(match kind {
            GroupingKind::Sets => "GROUPING SETS (",
            GroupingKind::Rollup => "ROLLUP (",
            GroupingKind::Cube => "CUBE (",
        });
        self.list(sets, ", ", |w, set| match set {
            Expr::Tuple(parts) if parts.len() == 1 => w.list(parts, "", Writer::expr),
            other => w.expr(other),
        })?;
        self.push(")");
        Ok(())
    }

    pub(super) fn order_by(&mut self, terms: &'a [Order]) -> Result<()> {
        if terms.is_empty() {
            return Ok(());
        }
        self.push(" ORDER BY ");
        self.list(terms, ", ", Writer::order)
    }

    /// ORDER BY of a SELECT that groups its rows or makes them differ: there a term must be known again.
    fn order_of_chosen(&mut self, select: &'a Select) -> Result<()> {
        self.push(" ORDER BY ");
        self.list(&select.order_by, ", ", |w, order| match w.place_of(&order.expr, select) {
            Some(place) if order.nulls.is_none() => {
                w.place(place)?;
                w.push(if order.descending { " DESC" } else { "" });
                Ok(())
            }
            _ => w.order(order),
        })
    }

    /// Where an expression with parameters stands in the list of a SELECT. Written again it would have parameters of its
    /// own, and databases take it for another expression. So does what DISTINCT knows in another form.
    fn place_of(&self, expr: &Expr, select: &Select) -> Option<usize> {
        let differs = |item: &Item| select.distinct && self.leaves_otherwise(item) && item.expr == *expr;
        if let Some(place) = select.items.iter().position(differs) {
            return Some(place);
        }
        let mut is_value = |part: &Expr| matches!(part, Expr::Value(_) | Expr::Late(_) | Expr::Param(_));
        if self.is_inline() || matches!(expr, Expr::Column(_)) || !expr.any(&mut is_value) {
            return None;
        }
        select.items.iter().position(|item| item.expr == *expr)
    }

    fn place(&mut self, place: usize) -> Result<()> {
        self.literal(&Datum::Int(i64::try_from(place + 1).unwrap_or(i64::MAX)));
        Ok(())
    }

    pub(super) fn order(&mut self, order: &'a Order) -> Result<()> {
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

    /// FETCH instead of LIMIT.
    fn limit_with_ties(&mut self, limit: u64, offset: Option<u64>) {
        if let Some(offset) = offset {
            self.push(" OFFSET ");
            self.value(&count(offset));
            self.push(" ROWS");
        }
        self.push(" FETCH FIRST ");
        self.value(&count(limit));
        self.push(" ROWS WITH TIES");
    }

    fn lock(&mut self, lock: &'a Lock) -> Result<()> {
        let Lock { strength, of, wait } = lock;
        let own = |own: &'static str, stronger: &'static str| {
            if self.caps.queries.key_locks { own } else { stronger }
        };
        self.push(match strength {
            LockStrength::Update => " FOR UPDATE",
            LockStrength::NoKeyUpdate => own(" FOR NO KEY UPDATE", " FOR UPDATE"),
            LockStrength::Share => self.caps.share_lock,
            LockStrength::KeyShare => own(" FOR KEY SHARE", self.caps.share_lock),
        });
        if !of.is_empty() {
            if !self.caps.queries.lock_of {
                return Err(self.unsupported(
                    "a lock of some of the tables of a SELECT",
                    "leave `.of(..)` out, which locks the rows of all of them; or lock in a SELECT of its own",
                ));
            }
            self.push(" OF ");
            self.names(of);
        }
        self.push(match wait {
            LockWait::Wait => "",
            LockWait::NoWait => " NOWAIT",
            LockWait::Skip => " SKIP LOCKED",
        });
        Ok(())
    }
}

/// Of clauses that mean nothing without others.
#[cold]
fn check_clauses(select: &Select) -> Result<()> {
    let Select { order_by, limit, percent, with_ties, hints, .. } = select;
    if *with_ties && (limit.is_none() && percent.is_none() || order_by.is_empty()) {
        return Err(no_ties());
    }
    if percent.is_some_and(|percent| !(0.0..=100.0).contains(&percent) || order_by.is_empty()) {
        return Err(no_percent());
    }
    match hints.iter().find(|(name, _)| !Scope::Select(select).sees(name)) {
        Some((name, _)) => Err(misplaced_hint(name)),
        None => Ok(()),
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
        SetOp::IntersectAll => " INTERSECT ALL ",
        SetOp::Except => " EXCEPT ",
        SetOp::ExceptAll => " EXCEPT ALL ",
    }
}

#[cold]
fn empty() -> Error {
    Error::new(ErrorKind::InvalidStatement, "the SELECT selects nothing")
        .with_help("select an entity, a column or an expression")
}

#[cold]
fn no_ties() -> Error {
    Error::new(ErrorKind::InvalidStatement, "WITH TIES has no last row that others could equal")
        .with_help("say `.order_by(..)` and `.limit(..)`")
}

#[cold]
fn no_percent() -> Error {
    Error::new(
        ErrorKind::InvalidStatement,
        "a part of the rows is from 0 to 100 percent of them, in an order",
    )
    .with_help("say `.order_by(..)` and `.limit_percent(10.0)`")
}

#[cold]
fn misplaced_hint(table: &str) -> Error {
    Error::new(ErrorKind::InvalidStatement, format!("`{table}` is not in FROM, and has a hint of an index"))
        .with_table(table.to_owned())
        .with_help("give the hint to the SELECT that reads the table, and to its alias if it has one")
}

#[cold]
fn nothing_to_join() -> Error {
    Error::new(ErrorKind::InvalidStatement, "there is a join, but nothing to join to")
        .with_help("say where to start with `.select_from(..)`")
}

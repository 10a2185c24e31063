//! The children of an expression, declared once. Who looks for something in a tree goes through here.

use super::{
    AggregateClauses, Call, ConflictAction, Cte, Delete, Expr, InSet, Insert, InsertRows, Join, Piece, Query,
    Select, Source, Update, Window,
};
use rebis_core::Name;
use std::sync::Arc;

/// The expression of a term of an order.
macro_rules! order_expr {
    ($order:expr, iter) => {
        &$order.expr
    };
    ($order:expr, iter_mut) => {
        &mut $order.expr
    };
}

/// What is in a box.
macro_rules! boxed {
    ($boxed:expr, iter) => {
        &**$boxed
    };
    ($boxed:expr, iter_mut) => {
        &mut **$boxed
    };
}

/// The children of an expression, for a shared and for an exclusive walk: one list for both.
macro_rules! children {
    ($expr:expr, $visit:ident, $iter:ident) => {
        match $expr {
            Expr::Column(_)
            | Expr::Value(_)
            | Expr::Literal(_)
            | Expr::Late(_)
            | Expr::Param(_)
            | Expr::Star
            | Expr::Label(_)
            | Expr::Default
            | Expr::Proposed(_)
            | Expr::Exists { select: _, negated: _ }
            | Expr::Scalar(_)
            | Expr::Quantified { all: _, select: _ } => {}
            Expr::Unary { op: _, of }
            | Expr::IsNull { of, negated: _ }
            | Expr::Cast { of, to: _ }
            | Expr::Json { of, place: _ } => $visit(of),
            Expr::Binary { op: _, left, right } => {
                $visit(left);
                $visit(right);
            }
            Expr::And(parts)
            | Expr::Or(parts)
            | Expr::Tuple(parts)
            | Expr::Special { what: _, of: parts } => parts.$iter().for_each($visit),
            Expr::In { of, set, negated: _ } => {
                $visit(of);
                match set {
                    InSet::List(items) => items.$iter().for_each($visit),
                    InSet::Select(_) => {}
                }
            }
            Expr::Between { of, low, high, negated: _ } => {
                $visit(of);
                $visit(low);
                $visit(high);
            }
            Expr::Like { of, pattern, escape: _, insensitive: _, negated: _ } => {
                $visit(of);
                $visit(pattern);
            }
            Expr::Case { arms, otherwise } => {
                for (condition, result) in arms {
                    $visit(condition);
                    $visit(result);
                }
                otherwise.$iter().for_each(|e| $visit(e));
            }
            Expr::Call(Call { name: _, args, clauses }) => {
                args.$iter().for_each(&mut *$visit);
                if let Some(clauses) = clauses {
                    let clauses = boxed!(clauses, $iter);
                    let AggregateClauses { distinct: _, filter, separator: _, order_by, within_group } =
                        clauses;
                    filter.$iter().for_each(&mut *$visit);
                    order_by.$iter().for_each(|order| $visit(order_expr!(order, $iter)));
                    within_group.$iter().for_each(|order| $visit(order_expr!(order, $iter)));
                }
            }
            Expr::Over { call, window } => {
                $visit(call);
                let Window { base: _, partition_by, order_by, frame: _ } = boxed!(window, $iter);
                partition_by.$iter().for_each(&mut *$visit);
                order_by.$iter().for_each(|order| $visit(order_expr!(order, $iter)));
            }
            Expr::Raw(pieces) => {
                for piece in pieces {
                    match piece {
                        Piece::Expr(e) => $visit(e),
                        Piece::Sql(_) | Piece::Ident(_) | Piece::Table(_) | Piece::Fault(_) => {}
                    }
                }
            }
        }
    };
}

impl Expr {
    /// Calls `visit` for each direct child, in the order of the text. Subqueries are not entered: their
    /// expressions have a scope of their own.
    ///
    /// ```
    /// use rebis_sql::ast::Expr;
    /// let both = Expr::And(vec![Expr::Star, Expr::Star]);
    /// let mut children = 0;
    /// both.for_each_child(&mut |_| children += 1);
    /// assert_eq!(children, 2);
    /// ```
    pub fn for_each_child<'a>(&'a self, visit: &mut dyn FnMut(&'a Expr)) {
        children!(self, visit, iter);
    }

    /// As [`for_each_child`](Expr::for_each_child), to change them.
    pub fn for_each_child_mut(&mut self, visit: &mut dyn FnMut(&mut Expr)) {
        children!(self, visit, iter_mut);
    }

    /// Lets columns of one source be columns of another: a condition on a table becomes one on its alias.
    /// Subqueries are not entered.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// let mut condition = User.karma.gt(5).into_ast();
    /// condition.rename_source("users", &"boss".into());
    /// assert_eq!(show(Expr::<bool>::from_ast(condition)), "boss.karma > 5");
    /// # Ok(())
    /// # }
    /// ```
    pub fn rename_source(&mut self, from: &str, to: &Name) {
        if let Expr::Column(column) = self
            && column.source == from
        {
            column.source = to.clone();
        }
        self.for_each_child_mut(&mut |child| child.rename_source(from, to));
    }

    /// Whether this expression or one below it (subqueries aside) satisfies `test`.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// let has_call = |expr: Expr<bool>| expr.ast().any(&mut |part| matches!(part, ast::Expr::Call(_)));
    /// assert!(has_call(User.name.lower().eq("alice")));
    /// assert!(!has_call(User.name.eq("alice")));
    /// # Ok(())
    /// # }
    /// ```
    pub fn any(&self, test: &mut dyn FnMut(&Expr) -> bool) -> bool {
        if test(self) {
            return true;
        }
        let mut found = false;
        self.for_each_child(&mut |child| found = found || child.any(test));
        found
    }

    /// Calls `visit` for each subquery in this expression, itself and below; not for subqueries of those.
    pub fn for_each_subquery_mut(&mut self, visit: &mut dyn FnMut(&mut Select)) {
        if let Expr::Exists { select, negated: _ }
        | Expr::Scalar(select)
        | Expr::Quantified { all: _, select }
        | Expr::In { of: _, set: InSet::Select(select), negated: _ } = self
        {
            visit(select);
        }
        self.for_each_child_mut(&mut |child| child.for_each_subquery_mut(visit));
    }
}

impl Select {
    /// Calls `visit` for this SELECT and every SELECT inside of it, from the outside in.
    ///
    /// ```
    /// use rebis_sql::ast::{Expr, Select};
    /// let inner = Expr::Exists { select: Box::default(), negated: false };
    /// let mut outer = Select { filter: vec![inner], ..Select::default() };
    /// let mut selects = 0;
    /// outer.for_each_select_mut(&mut |_| selects += 1);
    /// assert_eq!(selects, 2);
    /// ```
    pub fn for_each_select_mut(&mut self, visit: &mut dyn FnMut(&mut Select)) {
        visit(self);
        let Select {
            distinct: _,
            distinct_on,
            items,
            from,
            joins,
            filter,
            group_by,
            having,
            windows,
            compound,
            order_by,
            limit: _,
            with_ties: _,
            offset: _,
            lock: _,
        } = self;
        from.iter_mut().for_each(|source| source.for_each_select_mut(visit));
        joins.iter_mut().for_each(|join| join.for_each_select_mut(visit));
        let exprs = items.iter_mut().map(|item| &mut item.expr);
        let exprs = exprs.chain(distinct_on).chain(filter).chain(group_by).chain(having);
        let windows = windows.iter_mut().map(|(_, window)| window);
        let (parts, orders): (Vec<_>, Vec<_>) =
            windows.map(|window| (&mut window.partition_by, &mut window.order_by)).unzip();
        let orders = orders.into_iter().flatten().chain(order_by).map(|order| &mut order.expr);
        for expr in exprs.chain(parts.into_iter().flatten()).chain(orders) {
            expr.for_each_subquery_mut(&mut |select| select.for_each_select_mut(visit));
        }
        compound.iter_mut().for_each(|(_, select)| select.for_each_select_mut(visit));
    }
}

impl Join {
    fn for_each_select_mut(&mut self, visit: &mut dyn FnMut(&mut Select)) {
        let Join { kind: _, source, on } = self;
        source.for_each_select_mut(visit);
        in_exprs(on, visit);
    }
}

impl Source {
    fn for_each_select_mut(&mut self, visit: &mut dyn FnMut(&mut Select)) {
        match self {
            Source::Table(_)
            | Source::Itself { cte: _, alias: _ }
            | Source::Sampled { table: _, sample: _ } => {}
            Source::Subquery { select, alias: _, lateral: _ } => select.for_each_select_mut(visit),
            Source::Cte { cte, alias: _ } => {
                let Cte { name: _, query, recursive: _, materialized: _ } = Arc::make_mut(cte);
                query.for_each_select_mut(visit);
            }
            Source::Values { rows, alias: _, columns: _ } => in_exprs(rows.iter_mut().flatten(), visit),
            Source::Function { call, alias: _, columns: _ } => in_exprs([call], visit),
            Source::Nested { first, joins } => {
                first.for_each_select_mut(visit);
                joins.iter_mut().for_each(|join| join.for_each_select_mut(visit));
            }
        }
    }
}

impl Query {
    /// Calls `visit` for every SELECT of the statement, from the outside in.
    ///
    /// ```
    /// use rebis_sql::ast::{Query, Select};
    /// let mut query = Query::Select(Box::default());
    /// let mut selects = 0;
    /// query.for_each_select_mut(&mut |_: &mut Select| selects += 1);
    /// assert_eq!(selects, 1);
    /// ```
    pub fn for_each_select_mut(&mut self, visit: &mut dyn FnMut(&mut Select)) {
        match self {
            Query::Select(select) => select.for_each_select_mut(visit),
            Query::Insert(insert) => insert.for_each_select_mut(visit),
            Query::Update(update) => update.for_each_select_mut(visit),
            Query::Delete(delete) => delete.for_each_select_mut(visit),
            Query::Raw(pieces) => in_exprs(
                pieces.iter_mut().filter_map(|piece| match piece {
                    Piece::Expr(expr) => Some(expr),
                    Piece::Sql(_) | Piece::Ident(_) | Piece::Table(_) | Piece::Fault(_) => None,
                }),
                visit,
            ),
        }
    }
}

impl Insert {
    fn for_each_select_mut(&mut self, visit: &mut dyn FnMut(&mut Select)) {
        let Insert { table: _, columns: _, rows, conflict, returning } = self;
        match rows {
            InsertRows::Values(rows) => in_exprs(rows.iter_mut().flatten(), visit),
            InsertRows::Bound(_) | InsertRows::Placeholders(_) => {}
            InsertRows::Select(select) => select.for_each_select_mut(visit),
        }
        match conflict.as_mut().map(|conflict| &mut conflict.action) {
            Some(ConflictAction::Update { set, filter }) => {
                in_exprs(set.iter_mut().map(|(_, value)| value).chain(filter), visit);
            }
            Some(ConflictAction::Nothing) | None => {}
        }
        in_exprs(returning.iter_mut().map(|item| &mut item.expr), visit);
    }
}

impl Update {
    fn for_each_select_mut(&mut self, visit: &mut dyn FnMut(&mut Select)) {
        let Update { table: _, set, from, filter, first, key: _, returning } = self;
        from.iter_mut().for_each(|source| source.for_each_select_mut(visit));
        in_exprs(set.iter_mut().map(|(_, value)| value).chain(filter), visit);
        in_exprs(first.iter_mut().flat_map(|first| &mut first.order_by).map(|order| &mut order.expr), visit);
        in_exprs(returning.iter_mut().map(|item| &mut item.expr), visit);
    }
}

impl Delete {
    fn for_each_select_mut(&mut self, visit: &mut dyn FnMut(&mut Select)) {
        let Delete { table: _, using, filter, first, key: _, returning } = self;
        using.iter_mut().for_each(|source| source.for_each_select_mut(visit));
        in_exprs(filter, visit);
        in_exprs(first.iter_mut().flat_map(|first| &mut first.order_by).map(|order| &mut order.expr), visit);
        in_exprs(returning.iter_mut().map(|item| &mut item.expr), visit);
    }
}

fn in_exprs<'e>(exprs: impl IntoIterator<Item = &'e mut Expr>, visit: &mut dyn FnMut(&mut Select)) {
    for expr in exprs {
        expr.for_each_subquery_mut(&mut |select| select.for_each_select_mut(visit));
    }
}

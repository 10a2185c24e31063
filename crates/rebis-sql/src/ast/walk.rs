//! The children of an expression, declared once. Who looks for something in a tree goes through here.

use super::{
    AggregateClauses, Call, Conflict, ConflictAction, Cte, Delete, Expr, InSet, Insert, InsertRows, Join,
    Piece, Query, Select, Source, Spelt, Update, Window,
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

/// The expression of an item.
macro_rules! item_expr {
    ($item:expr, iter) => {
        &$item.expr
    };
    ($item:expr, iter_mut) => {
        &mut $item.expr
    };
}

/// The expressions within text.
macro_rules! in_pieces {
    ($pieces:expr, $visit:expr, iter) => {
        each_in_pieces($pieces, $visit)
    };
    ($pieces:expr, $visit:expr, iter_mut) => {
        each_in_pieces_mut($pieces, $visit)
    };
}

macro_rules! each_in_pieces {
    ($pieces:expr, $visit:ident, $iter:ident, $again:ident) => {
        for piece in $pieces {
            match piece {
                Piece::Expr(e) => $visit(e),
                Piece::Spelt(spelt) => {
                    let Spelt { standard, others } = boxed!(spelt, $iter);
                    standard.$iter().for_each(|pieces| $again(pieces, $visit));
                    others.$iter().for_each(|(_, pieces)| $again(pieces, $visit));
                }
                Piece::Sql(_) | Piece::Ident(_) | Piece::Table(_) | Piece::Fault(_) => {}
            }
        }
    };
}

fn each_in_pieces<'a>(pieces: &'a [Piece], visit: &mut dyn FnMut(&'a Expr)) {
    each_in_pieces!(pieces, visit, iter, each_in_pieces);
}

fn each_in_pieces_mut(pieces: &mut [Piece], visit: &mut dyn FnMut(&mut Expr)) {
    each_in_pieces!(pieces, visit, iter_mut, each_in_pieces_mut);
}

/// The expressions of a SELECT, but for those in FROM and in other SELECTs.
macro_rules! own_exprs {
    ($select:expr, $visit:ident, $iter:ident) => {
        let Select {
            distinct: _,
            distinct_on,
            items,
            from: _,
            joins: _,
            cartesian: _,
            filter,
            group_by,
            having,
            windows,
            compound: _,
            order_by,
            limit: _,
            percent: _,
            with_ties: _,
            offset: _,
            backwards: _,
            lock: _,
            hints: _,
            prefix,
            suffix,
        } = $select;
        items.$iter().for_each(|item| $visit(item_expr!(item, $iter)));
        for exprs in [distinct_on, filter, group_by, having] {
            exprs.$iter().for_each(&mut *$visit);
        }
        for (_, window) in windows {
            let Window { base: _, partition_by, order_by, frame: _ } = window;
            partition_by.$iter().for_each(&mut *$visit);
            order_by.$iter().for_each(|order| $visit(order_expr!(order, $iter)));
        }
        order_by.$iter().for_each(|order| $visit(order_expr!(order, $iter)));
        for words in [prefix, suffix] {
            words.$iter().for_each(|pieces| in_pieces!(pieces, $visit, $iter));
        }
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
            Expr::Case { of, arms, otherwise } => {
                of.$iter().for_each(|e| $visit(e));
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
            Expr::Raw(pieces) => in_pieces!(pieces, $visit, $iter),
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

    /// Calls `visit` for each column and each text in this expression, itself and below, those of subqueries too.
    pub(crate) fn for_each_leaf<'a>(&'a self, visit: &mut dyn FnMut(&'a Expr)) {
        if let Expr::Exists { select, negated: _ }
        | Expr::Scalar(select)
        | Expr::Quantified { all: _, select }
        | Expr::In { of: _, set: InSet::Select(select), negated: _ } = self
        {
            select.for_each_leaf(visit);
        }
        if matches!(self, Expr::Column(_) | Expr::Raw(_)) {
            visit(self);
        }
        self.for_each_child(&mut |child| child.for_each_leaf(visit));
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
        self.from.iter_mut().for_each(|source| source.for_each_select_mut(visit));
        self.joins.iter_mut().for_each(|join| join.for_each_select_mut(visit));
        self.for_each_own_expr_mut(&mut |expr| {
            expr.for_each_subquery_mut(&mut |select| select.for_each_select_mut(visit));
        });
        self.compound.iter_mut().for_each(|(_, select)| select.for_each_select_mut(visit));
    }

    fn for_each_own_expr<'a>(&'a self, visit: &mut dyn FnMut(&'a Expr)) {
        own_exprs!(self, visit, iter);
    }

    fn for_each_own_expr_mut(&mut self, visit: &mut dyn FnMut(&mut Expr)) {
        own_exprs!(self, visit, iter_mut);
    }

    /// Calls `visit` for each column and each text in it, those of subqueries too.
    pub(crate) fn for_each_leaf<'a>(&'a self, visit: &mut dyn FnMut(&'a Expr)) {
        self.from.iter().for_each(|source| source.for_each_leaf(visit));
        self.joins.iter().for_each(|join| join.for_each_leaf(visit));
        self.for_each_own_expr(&mut |expr| expr.for_each_leaf(visit));
        self.compound.iter().for_each(|(_, select)| select.for_each_leaf(visit));
    }
}

impl Join {
    fn for_each_leaf<'a>(&'a self, visit: &mut dyn FnMut(&'a Expr)) {
        let Join { kind: _, source, on } = self;
        source.for_each_leaf(visit);
        on.iter().for_each(|on| on.for_each_leaf(visit));
    }

    fn for_each_select_mut(&mut self, visit: &mut dyn FnMut(&mut Select)) {
        let Join { kind: _, source, on } = self;
        source.for_each_select_mut(visit);
        in_exprs(on, visit);
    }
}

impl Source {
    /// As [`Select::for_each_leaf`].
    pub(crate) fn for_each_leaf<'a>(&'a self, visit: &mut dyn FnMut(&'a Expr)) {
        match self {
            Source::Table(_)
            | Source::Itself { cte: _, alias: _ }
            | Source::Sampled { table: _, sample: _ }
            // It sees nothing around it.
            | Source::Cte { cte: _, alias: _ } => {}
            Source::Subquery { select, alias: _, lateral: _ } => select.for_each_leaf(visit),
            Source::Values { rows, alias: _, columns: _ } => {
                rows.iter().flatten().for_each(|expr| expr.for_each_leaf(visit));
            }
            Source::Function { call, alias: _, columns: _ } => call.for_each_leaf(visit),
            Source::Nested { first, joins } => {
                first.for_each_leaf(visit);
                joins.iter().for_each(|join| join.for_each_leaf(visit));
            }
        }
    }

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
            Query::Raw(pieces) => each_in_pieces_mut(pieces, &mut |expr| in_exprs([expr], visit)),
        }
    }
}

impl Insert {
    fn for_each_select_mut(&mut self, visit: &mut dyn FnMut(&mut Select)) {
        let Insert { table: _, columns: _, overriding: _, rows, conflict, keys: _, returning } = self;
        match rows {
            InsertRows::Values(rows) => in_exprs(rows.iter_mut().flatten(), visit),
            InsertRows::Bound(_) | InsertRows::Placeholders(_) => {}
            InsertRows::Select(select) => select.for_each_select_mut(visit),
        }
        if let Some(Conflict { target: _, index_filter, action, keys: _ }) = conflict {
            in_exprs(index_filter, visit);
            match action {
                ConflictAction::Update { set, filter } => {
                    in_exprs(set.iter_mut().map(|(_, value)| value).chain(filter), visit);
                }
                ConflictAction::Nothing => {}
            }
        }
        in_exprs(returning.iter_mut().map(|item| &mut item.expr), visit);
    }
}

impl Update {
    fn for_each_select_mut(&mut self, visit: &mut dyn FnMut(&mut Select)) {
        let Update { table: _, set, set_rows, from, cartesian: _, filter, first, key: _, returning } = self;
        from.iter_mut().for_each(|source| source.for_each_select_mut(visit));
        in_exprs(set.iter_mut().map(|(_, value)| value).chain(filter), visit);
        set_rows.iter_mut().for_each(|(_, select)| select.for_each_select_mut(visit));
        in_exprs(first.iter_mut().flat_map(|first| &mut first.order_by).map(|order| &mut order.expr), visit);
        in_exprs(returning.iter_mut().map(|item| &mut item.expr), visit);
    }
}

impl Delete {
    fn for_each_select_mut(&mut self, visit: &mut dyn FnMut(&mut Select)) {
        let Delete { table: _, using, cartesian: _, filter, first, key: _, returning } = self;
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

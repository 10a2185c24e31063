//! The children of an expression, declared once. Who looks for something in a tree goes through here.

use super::{Call, Expr, InSet, Piece, Select, Source};
use rebis_core::Name;

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
            | Expr::Scalar(_) => {}
            Expr::Unary { op: _, of } | Expr::IsNull { of, negated: _ } | Expr::Cast { of, to: _ } => {
                $visit(of)
            }
            Expr::Binary { op: _, left, right } => {
                $visit(left);
                $visit(right);
            }
            Expr::And(parts) | Expr::Or(parts) | Expr::Tuple(parts) => parts.$iter().for_each($visit),
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
            Expr::Call(Call { name: _, args, distinct: _, filter }) => {
                args.$iter().for_each(&mut *$visit);
                filter.$iter().for_each(|e| $visit(e));
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
            items,
            from,
            joins,
            filter,
            group_by,
            having,
            compound,
            order_by,
            limit: _,
            offset: _,
            lock: _,
        } = self;
        let sources = from.iter_mut().chain(joins.iter_mut().map(|join| &mut join.source));
        for source in sources {
            if let Source::Subquery { select, alias: _ } = source {
                select.for_each_select_mut(visit);
            }
        }
        let exprs = items.iter_mut().map(|item| &mut item.expr);
        let exprs = exprs.chain(joins.iter_mut().filter_map(|join| join.on.as_mut()));
        let exprs = exprs.chain(filter).chain(group_by).chain(having);
        for expr in exprs.chain(order_by.iter_mut().map(|order| &mut order.expr)) {
            expr.for_each_subquery_mut(&mut |select| select.for_each_select_mut(visit));
        }
        compound.iter_mut().for_each(|(_, select)| select.for_each_select_mut(visit));
    }
}

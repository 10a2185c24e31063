//! The children of an expression, declared once. Who looks for something in a tree goes through here.

use super::{Call, Expr, InSet, Piece};

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
        match self {
            Expr::Column(_)
            | Expr::Value(_)
            | Expr::Literal(_)
            | Expr::Late(_)
            | Expr::Star
            | Expr::Label(_)
            | Expr::Exists { select: _, negated: _ }
            | Expr::Scalar(_) => {}
            Expr::Unary { op: _, of } | Expr::IsNull { of, negated: _ } | Expr::Cast { of, to: _ } => {
                visit(of)
            }
            Expr::Binary { op: _, left, right } => {
                visit(left);
                visit(right);
            }
            Expr::And(parts) | Expr::Or(parts) | Expr::Tuple(parts) => parts.iter().for_each(visit),
            Expr::In { of, set, negated: _ } => {
                visit(of);
                match set {
                    InSet::List(items) => items.iter().for_each(visit),
                    InSet::Select(_) => {}
                }
            }
            Expr::Between { of, low, high, negated: _ } => {
                visit(of);
                visit(low);
                visit(high);
            }
            Expr::Like { of, pattern, escape: _, insensitive: _, negated: _ } => {
                visit(of);
                visit(pattern);
            }
            Expr::Case { arms, otherwise } => {
                for (condition, result) in arms {
                    visit(condition);
                    visit(result);
                }
                otherwise.iter().for_each(|e| visit(e));
            }
            Expr::Call(Call { name: _, args, distinct: _, filter }) => {
                args.iter().for_each(&mut *visit);
                filter.iter().for_each(|e| visit(e));
            }
            Expr::Raw(pieces) => {
                for piece in pieces {
                    match piece {
                        Piece::Expr(e) => visit(e),
                        Piece::Sql(_) | Piece::Ident(_) | Piece::Fault(_) => {}
                    }
                }
            }
        }
    }

    /// Whether this expression or one below it (subqueries aside) satisfies `test`.
    pub fn any(&self, test: &mut dyn FnMut(&Expr) -> bool) -> bool {
        if test(self) {
            return true;
        }
        let mut found = false;
        self.for_each_child(&mut |child| found = found || child.any(test));
        found
    }
}

//! Conditions, and how they combine.

use super::{Column, Expr, Typed};
use crate::ast::{self, BinaryOp, UnaryOp};
use std::ops::{BitAnd, BitOr, Not};

/// Whatever `filter`, `having` and `on` take: a condition, a boolean column, an `Option` of a condition (`None`:
/// no condition), or several in a `Vec` or an array (all must hold).
///
/// ```
/// use rebis_sql::{Column, select};
/// # struct User;
/// const ID: Column<User, i64> = Column::new("users", "id", 0);
/// const ACTIVE: Column<User, bool> = Column::new("users", "active", 1);
///
/// let least: Option<i64> = None;
/// let stmt = select(ID).filter(ACTIVE).filter(least.map(|n| ID.ge(n))).filter([ID.ne(3), ID.lt(9)]);
/// assert_eq!(
///     stmt.to_string(),
///     "SELECT users.id FROM users WHERE users.active AND users.id <> 3 AND users.id < 9"
/// );
/// ```
///
/// ```compile_fail
/// # use rebis_sql::{Column, select};
/// # struct User;
/// # const NAME: Column<User, String> = Column::new("users", "name", 0);
/// select(NAME).filter(NAME); // `Column<User, String>` is not a condition
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a condition",
    label = "not a condition",
    note = "a condition is a comparison (`User.name.eq(\"alice\")`), a boolean column, or several in a `Vec` or `Option`; \
            conditions combine with `&`, `|` and `!`"
)]
pub trait IntoCondition {
    /// The condition; without any, true.
    fn into_condition(self) -> Expr<bool>;
}

impl IntoCondition for Expr<bool> {
    fn into_condition(self) -> Expr<bool> {
        self
    }
}

#[diagnostic::do_not_recommend]
impl IntoCondition for &Expr<bool> {
    fn into_condition(self) -> Expr<bool> {
        self.clone()
    }
}

/// NULL is not true.
#[diagnostic::do_not_recommend]
impl IntoCondition for Expr<Option<bool>> {
    fn into_condition(self) -> Expr<bool> {
        self.retyped()
    }
}

#[diagnostic::do_not_recommend]
impl<M> IntoCondition for Column<M, bool> {
    fn into_condition(self) -> Expr<bool> {
        self.typed()
    }
}

#[diagnostic::do_not_recommend]
impl<M> IntoCondition for Column<M, Option<bool>> {
    fn into_condition(self) -> Expr<bool> {
        self.typed().retyped()
    }
}

#[diagnostic::do_not_recommend]
impl<C: IntoCondition> IntoCondition for Option<C> {
    fn into_condition(self) -> Expr<bool> {
        all_of(self)
    }
}

#[diagnostic::do_not_recommend]
impl<C: IntoCondition> IntoCondition for Vec<C> {
    fn into_condition(self) -> Expr<bool> {
        all_of(self)
    }
}

#[diagnostic::do_not_recommend]
impl<C: IntoCondition, const N: usize> IntoCondition for [C; N] {
    fn into_condition(self) -> Expr<bool> {
        all_of(self)
    }
}

/// All of these conditions; of none, true.
///
/// ```
/// use rebis_sql::{Column, all_of};
/// # struct User;
/// const ID: Column<User, i64> = Column::new("users", "id", 0);
/// assert_eq!(format!("{:?}", all_of([ID.gt(1), ID.lt(5)])), "users.id > 1 AND users.id < 5");
/// ```
pub fn all_of<C: IntoCondition>(conditions: impl IntoIterator<Item = C>) -> Expr<bool> {
    conditions.into_iter().map(C::into_condition).fold(always(), and)
}

/// Any of these conditions; of none, false. A filter that is absent (`None`, an empty `Vec`) is left out.
///
/// ```
/// use rebis_sql::{Column, any_of};
/// # struct User;
/// const NAME: Column<User, String> = Column::new("users", "name", 0);
/// let named = any_of(["alice", "bob"].map(|name| NAME.eq(name)));
/// assert_eq!(format!("{named:?}"), "users.name = 'alice' OR users.name = 'bob'");
/// ```
pub fn any_of<C: IntoCondition>(conditions: impl IntoIterator<Item = C>) -> Expr<bool> {
    let never = Expr::from_ast(ast::Expr::Or(Vec::new()));
    conditions.into_iter().map(C::into_condition).fold(never, or)
}

/// True.
pub(crate) fn always() -> Expr<bool> {
    Expr::from_ast(ast::Expr::And(Vec::new()))
}

/// Chains stay flat, however long they get.
fn and(left: Expr<bool>, right: Expr<bool>) -> Expr<bool> {
    left.zip(right, |left, right| match (left, right) {
        (ast::Expr::And(mut left), ast::Expr::And(right)) => {
            left.extend(right);
            ast::Expr::And(left)
        }
        (ast::Expr::And(mut left), right) => {
            left.push(right);
            ast::Expr::And(left)
        }
        (left, ast::Expr::And(mut right)) => {
            right.insert(0, left);
            ast::Expr::And(right)
        }
        (left, right) => ast::Expr::And(vec![left, right]),
    })
}

/// No condition at all (a `None`) has no say here either: an alternative that is absent must not let all rows in.
fn or(left: Expr<bool>, right: Expr<bool>) -> Expr<bool> {
    left.zip(right, |left, right| match (left, right) {
        (ast::Expr::And(none), other) | (other, ast::Expr::And(none)) if none.is_empty() => other,
        (ast::Expr::Or(mut left), ast::Expr::Or(right)) => {
            left.extend(right);
            ast::Expr::Or(left)
        }
        (ast::Expr::Or(mut left), right) => {
            left.push(right);
            ast::Expr::Or(left)
        }
        (left, ast::Expr::Or(mut right)) => {
            right.insert(0, left);
            ast::Expr::Or(right)
        }
        (left, right) => ast::Expr::Or(vec![left, right]),
    })
}

/// The opposite, said within the expression where it has a word for it. NULL stays NULL either way.
pub(crate) fn not(expr: ast::Expr) -> ast::Expr {
    use ast::Expr as E;
    match expr {
        E::Unary { op: UnaryOp::Not, of } => *of,
        E::IsNull { of, negated } => E::IsNull { of, negated: !negated },
        E::In { of, set, negated } => E::In { of, set, negated: !negated },
        E::Between { of, low, high, negated } => E::Between { of, low, high, negated: !negated },
        E::Like { of, pattern, escape, insensitive, negated } => {
            E::Like { of, pattern, escape, insensitive, negated: !negated }
        }
        E::Exists { select, negated } => E::Exists { select, negated: !negated },
        // Not equal to any is something else than equal to none.
        E::Binary { ref right, .. } if matches!(**right, E::Quantified { all: _, select: _ }) => {
            E::Unary { op: UnaryOp::Not, of: Box::new(expr) }
        }
        E::Binary { op: BinaryOp::Eq, left, right } => E::Binary { op: BinaryOp::Ne, left, right },
        E::Binary { op: BinaryOp::Ne, left, right } => E::Binary { op: BinaryOp::Eq, left, right },
        E::Binary { op: BinaryOp::Same, left, right } => E::Binary { op: BinaryOp::NotSame, left, right },
        E::Binary { op: BinaryOp::NotSame, left, right } => E::Binary { op: BinaryOp::Same, left, right },
        other => E::Unary { op: UnaryOp::Not, of: Box::new(other) },
    }
}

macro_rules! algebra {
    ($([$($generic:ident)?] $type:ty;)*) => {$(
        /// Both.
        #[diagnostic::do_not_recommend]
        impl<$($generic,)? C: IntoCondition> BitAnd<C> for $type {
            type Output = Expr<bool>;
            fn bitand(self, other: C) -> Expr<bool> {
                and(self.into_condition(), other.into_condition())
            }
        }

        /// One or both.
        #[diagnostic::do_not_recommend]
        impl<$($generic,)? C: IntoCondition> BitOr<C> for $type {
            type Output = Expr<bool>;
            fn bitor(self, other: C) -> Expr<bool> {
                or(self.into_condition(), other.into_condition())
            }
        }

        /// The opposite.
        #[diagnostic::do_not_recommend]
        impl<$($generic)?> Not for $type {
            type Output = Expr<bool>;
            fn not(self) -> Expr<bool> {
                self.into_condition().map(not)
            }
        }
    )*};
}

algebra! {
    [] Expr<bool>;
    [] &Expr<bool>;
    [M] Column<M, bool>;
}

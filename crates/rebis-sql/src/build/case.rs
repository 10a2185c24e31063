//! CASE.

use super::{Expr, IntoCondition, IntoExpr};
use crate::ast;
use rebis_core::Value;

/// A CASE under construction; see [`func::case`](super::func::case).
#[derive(Debug)]
#[must_use = "a CASE ends with `.otherwise(..)` or `.end()`"]
pub struct Case<T> {
    arms: Vec<(Expr<bool>, Expr<T>)>,
}

impl<T> Case<T> {
    pub(crate) fn new() -> Self {
        Case { arms: Vec::new() }
    }

    /// The value where the condition holds, and none before it.
    ///
    /// See [`func::case`](super::func::case) for an example.
    pub fn when(mut self, condition: impl IntoCondition, value: impl IntoExpr<T>) -> Self {
        self.arms.push((condition.into_condition(), value.into_expr()));
        self
    }

    /// The value where no condition holds.
    ///
    /// See [`func::case`](super::func::case) for an example.
    pub fn otherwise(self, value: impl IntoExpr<T>) -> Expr<T> {
        build(self.arms, Some(value.into_expr()))
    }

    /// NULL where no condition holds.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// let rank: Expr<Option<String>> = func::case::<String>().when(User.karma.gt(100), "gold").end();
    /// assert_eq!(show(rank), "CASE WHEN users.karma > 100 THEN 'gold' END");
    /// # Ok(())
    /// # }
    /// ```
    pub fn end(self) -> Expr<Option<T::Base>>
    where
        T: Value,
    {
        build(self.arms, None)
    }
}

fn build<T, U>(arms: Vec<(Expr<bool>, Expr<T>)>, otherwise: Option<Expr<T>>) -> Expr<U> {
    let of_arms = arms.iter().find_map(|(condition, value)| condition.origin().or(value.origin()));
    let origin = of_arms.or_else(|| otherwise.as_ref().and_then(Expr::origin));
    let arms = arms.into_iter().map(|(condition, value)| (condition.into_ast(), value.into_ast())).collect();
    let otherwise = otherwise.map(|value| Box::new(value.into_ast()));
    Expr::with_origin(ast::Expr::Case { arms, otherwise }, origin)
}

//! CASE.

use super::{ByExpression, ByReference, ByValue, Expr, IntoCondition, IntoExpr, Typed};
use crate::ast;
use rebis_core::{Datum, Value};

/// A CASE without arms, whose type is that of the first value; see [`func::case`](super::func::case).
#[derive(Debug)]
#[must_use = "a CASE has an arm at least: `.when(condition, value)`"]
pub struct FirstCase(());

impl FirstCase {
    pub(crate) fn new() -> Self {
        FirstCase(())
    }

    /// The value where the condition holds.
    ///
    /// See [`func::case`](super::func::case) for an example.
    pub fn when<Kind, V: TellsType<Kind>>(self, condition: impl IntoCondition, value: V) -> Case<V::T> {
        Case { arms: vec![(condition.into_condition(), value.into_typed())] }
    }
}

/// What tells the type of a CASE: a value, a text, a column or an expression. `Kind` keeps the implementations apart and
/// is always inferred.
///
/// See [`func::case`](super::func::case) for an example.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the first value of a CASE",
    label = "not a value, a column or an expression",
    note = "where NULL comes first, say the type: `func::case_of::<Option<i64>>()`"
)]
pub trait TellsType<Kind> {
    /// The type.
    type T;

    /// The expression.
    #[doc(hidden)]
    fn into_typed(self) -> Expr<Self::T>;
}

#[diagnostic::do_not_recommend]
impl<T: Value> TellsType<ByValue> for T {
    type T = T;
    fn into_typed(self) -> Expr<T> {
        Expr::from_ast(ast::Expr::Value(Datum::of(&self)))
    }
}

#[diagnostic::do_not_recommend]
impl<T: Value> TellsType<ByReference> for &T {
    type T = T;
    fn into_typed(self) -> Expr<T> {
        Expr::from_ast(ast::Expr::Value(Datum::of(self)))
    }
}

#[diagnostic::do_not_recommend]
impl TellsType<ByReference> for &str {
    type T = String;
    fn into_typed(self) -> Expr<String> {
        Expr::from_ast(ast::Expr::Value(Datum::Text(self.to_owned())))
    }
}

#[diagnostic::do_not_recommend]
impl<E: Typed> TellsType<ByExpression> for E {
    type T = E::T;
    fn into_typed(self) -> Expr<E::T> {
        self.typed()
    }
}

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
    /// let rank: Expr<Option<String>> = func::case().when(User.karma.gt(100), "gold").end();
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

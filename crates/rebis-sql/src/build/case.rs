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
        Expr::from_ast(ast::Expr::of(&self))
    }
}

#[diagnostic::do_not_recommend]
impl<T: Value> TellsType<ByReference> for &T {
    type T = T;
    fn into_typed(self) -> Expr<T> {
        Expr::from_ast(ast::Expr::of(self))
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
        build(None, self.arms, Some(value.into_expr()))
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
        build(None, self.arms, None)
    }
}

/// A CASE that compares one expression with values; see [`func::case_on`](super::func::case_on).
#[derive(Debug)]
#[must_use = "a CASE has an arm at least: `.when(value, result)`"]
pub struct FirstCaseOn<V>(Expr<V>);

impl<V> FirstCaseOn<V> {
    pub(crate) fn new(of: Expr<V>) -> Self {
        FirstCaseOn(of)
    }

    /// The result where it equals the value.
    ///
    /// See [`func::case_on`](super::func::case_on) for an example.
    pub fn when<Kind, R: TellsType<Kind>>(self, value: impl IntoExpr<V>, result: R) -> CaseOn<V, R::T> {
        CaseOn { of: self.0, arms: vec![(value.into_expr(), result.into_typed())] }
    }

    /// With results of a type that is said: where NULL comes first, or arms come from a loop.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/blog.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// let weights = [("ann", 3), ("bob", 5)].into_iter();
    /// let case = weights.fold(func::case_on(User.name).giving::<i64>(), |case, (name, weight)| case.when(name, weight));
    /// assert_eq!(show(case.otherwise(1)), "CASE users.name WHEN 'ann' THEN 3 WHEN 'bob' THEN 5 ELSE 1 END");
    /// # Ok(())
    /// # }
    /// ```
    pub fn giving<T>(self) -> CaseOn<V, T> {
        CaseOn { of: self.0, arms: Vec::new() }
    }
}

/// A CASE of one expression under construction; see [`func::case_on`](super::func::case_on).
#[derive(Debug)]
#[must_use = "a CASE ends with `.otherwise(..)` or `.end()`"]
pub struct CaseOn<V, T> {
    of: Expr<V>,
    arms: Vec<(Expr<V>, Expr<T>)>,
}

impl<V, T> CaseOn<V, T> {
    /// The result where it equals the value, and none before it. NULL equals nothing.
    ///
    /// See [`func::case_on`](super::func::case_on) for an example.
    pub fn when(mut self, value: impl IntoExpr<V>, result: impl IntoExpr<T>) -> Self {
        self.arms.push((value.into_expr(), result.into_expr()));
        self
    }

    /// The result where it equals none of the values.
    ///
    /// See [`func::case_on`](super::func::case_on) for an example.
    pub fn otherwise(self, result: impl IntoExpr<T>) -> Expr<T> {
        build(Some(self.of), self.arms, Some(result.into_expr()))
    }

    /// NULL where it equals none of the values.
    ///
    /// See [`func::case_on`](super::func::case_on) for an example.
    pub fn end(self) -> Expr<Option<T::Base>>
    where
        T: Value,
    {
        build(Some(self.of), self.arms, None)
    }
}

fn build<V, T, U>(of: Option<Expr<V>>, arms: Vec<(Expr<V>, Expr<T>)>, otherwise: Option<Expr<T>>) -> Expr<U> {
    let of_arms = arms.iter().find_map(|(condition, value)| condition.origin().or(value.origin()));
    let origin = of.as_ref().and_then(Expr::origin).or(of_arms);
    let origin = origin.or_else(|| otherwise.as_ref().and_then(Expr::origin));
    let of = of.map(|of| Box::new(of.into_ast()));
    let arms = arms.into_iter().map(|(condition, value)| (condition.into_ast(), value.into_ast())).collect();
    let otherwise = otherwise.map(|value| Box::new(value.into_ast()));
    Expr::with_origin(ast::Expr::Case { of, arms, otherwise }, origin)
}

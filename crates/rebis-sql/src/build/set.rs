//! What `IN` takes.

use super::{IntoExpr, Select};
use crate::ast::InSet;

/// Where `in_` looks for a `T`: values by themselves or by reference, or a SELECT of one column.
///
/// See [`Column::in_`](super::Column::in_) for an example.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a set of `{T}`",
    label = "neither values of type `{T}` nor a SELECT of one such column",
    note = "`in_` takes a `Vec`, a slice, an array or any other iterator of values, or `select(column)`"
)]
pub trait IntoSet<T> {
    /// The set.
    fn into_set(self) -> InSet;
}

#[diagnostic::do_not_recommend]
impl<T, I: IntoIterator> IntoSet<T> for I
where
    I::Item: IntoExpr<T>,
{
    fn into_set(self) -> InSet {
        InSet::List(self.into_iter().map(|item| item.into_expr().into_ast()).collect())
    }
}

macro_rules! subquery {
    ($($from:ty => $to:ty;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<T> IntoSet<$to> for $from {
            fn into_set(self) -> InSet {
                InSet::Select(Box::new(self.into()))
            }
        }
    )*};
}

subquery! {
    Select<T> => T;
    Select<T> => Option<T>;
    Select<Option<T>> => T;
    &Select<T> => T;
    &Select<T> => Option<T>;
    &Select<Option<T>> => T;
}

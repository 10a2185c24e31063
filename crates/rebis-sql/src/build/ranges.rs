//! Ranges: their ends, and how two of them lie. PostgreSQL has them.

use super::operators::special;
use super::{Column, Expr, IntoExpr, Typed};
use crate::ast::{self, RangeOp, Special};
use rebis_core::{RangeType, Value};

fn two<A, B, C>(what: RangeOp, first: Expr<A>, second: Expr<B>) -> Expr<C> {
    let what = Special::Range(what);
    first.zip(second, |first, second| ast::Expr::Special { what, of: vec![first, second] })
}

macro_rules! ranges {
    ([$($generic:ident)?] $type:ty) => {
        impl<$($generic,)? T: RangeType> $type {
            /// Where it begins; NULL if it is open there, or empty.
            ///
            /// ```
            /// use rebis_core::Range;
            /// use rebis_sql::{Column, dialect, select};
            /// # struct Room;
            /// const SEATS: Column<Room, Range<i32>> = Column::new("rooms", "seats", 0);
            /// let stmt = select((SEATS.lower_end(), SEATS.upper_end())).filter(!SEATS.is_empty());
            /// assert_eq!(
            ///     stmt.to_sql(dialect::postgres())?,
            ///     "SELECT lower(rooms.seats), upper(rooms.seats) FROM rooms WHERE NOT isempty(rooms.seats)"
            /// );
            /// let stmt = select(SEATS.intersection(1..9)).filter(SEATS.is_before(100..) | SEATS.is_adjacent_to(9..12));
            /// assert_eq!(
            ///     stmt.to_sql(dialect::postgres())?,
            ///     "SELECT range_intersect(rooms.seats, $1) FROM rooms \
            ///      WHERE rooms.seats << $2 OR rooms.seats -|- $3"
            /// );
            /// # Ok::<(), rebis_core::Error>(())
            /// ```
            pub fn lower_end(self) -> Expr<Option<<T::End as Value>::Base>> {
                special(Special::Range(RangeOp::Lower), self.typed())
            }

            /// Where it ends; NULL if it is open there, or empty. See [`lower_end`](Self::lower_end).
            pub fn upper_end(self) -> Expr<Option<<T::End as Value>::Base>> {
                special(Special::Range(RangeOp::Upper), self.typed())
            }

            /// Whether nothing is in it. See [`lower_end`](Self::lower_end).
            pub fn is_empty(self) -> Expr<bool> {
                special(Special::Range(RangeOp::Empty), self.typed())
            }

            /// Whether all of it comes before all of another. See [`lower_end`](Self::lower_end).
            pub fn is_before(self, other: impl IntoExpr<T::Base>) -> Expr<bool> {
                two(RangeOp::Before, self.typed(), other.into_expr())
            }

            /// Whether all of it comes behind all of another. See [`lower_end`](Self::lower_end).
            pub fn is_after(self, other: impl IntoExpr<T::Base>) -> Expr<bool> {
                two(RangeOp::After, self.typed(), other.into_expr())
            }

            /// Whether it ends where another begins, or the other way round. See [`lower_end`](Self::lower_end).
            pub fn is_adjacent_to(self, other: impl IntoExpr<T::Base>) -> Expr<bool> {
                two(RangeOp::Adjacent, self.typed(), other.into_expr())
            }

            /// What is in both. See [`lower_end`](Self::lower_end).
            pub fn intersection(self, other: impl IntoExpr<T::Base>) -> Expr<T> {
                two(RangeOp::Intersection, self.typed(), other.into_expr())
            }

            /// What is in one or the other. The database refuses it where something lies between the two. See
            /// [`lower_end`](Self::lower_end).
            pub fn united(self, other: impl IntoExpr<T::Base>) -> Expr<T> {
                two(RangeOp::Union, self.typed(), other.into_expr())
            }

            /// What is in it and not in another. The database refuses it where two parts would be left. See
            /// [`lower_end`](Self::lower_end).
            pub fn difference(self, other: impl IntoExpr<T::Base>) -> Expr<T> {
                two(RangeOp::Difference, self.typed(), other.into_expr())
            }
        }
    };
}

ranges!([M] Column<M, T>);
ranges!([] Expr<T>);

//! Dates and times: their parts, and how far they are apart.

use super::operators::special;
use super::{Column, Expr, IntoExpr, Typed};
use crate::ast::{self, DatePart, Interval, Special};
use rebis_core::Temporal;

macro_rules! dates {
    ([$($generic:ident)?] $type:ty) => {
        impl<$($generic,)? T: Temporal> $type {
            /// A part of the date or time, as a whole number.
            ///
            /// ```
            /// # use rebis_sql::{Column, DatePart, dialect, select};
            /// # use rebis_core::{Temporal, Value, SqlType, Binds, Cell, Result};
            /// # #[derive(Clone)] struct Day;
            /// # impl Value for Day {
            /// #     type Base = Day;
            /// #     fn sql_type() -> SqlType { SqlType::Date }
            /// #     fn encode(&self, out: &mut Binds) {}
            /// #     fn decode(cell: Cell<'_>) -> Result<Self> { Ok(Day) }
            /// #     fn same(&self, _: &Self) -> bool { true }
            /// # }
            /// # impl Temporal for Day { type Part = i64; }
            /// # struct Invoice;
            /// const DATE: Column<Invoice, Day> = Column::new("invoices", "date", 0);
            /// let stmt = select(DATE.year());
            /// assert_eq!(
            ///     stmt.to_sql(dialect::postgres())?,
            ///     "SELECT CAST(extract(year FROM invoices.date) AS BIGINT) FROM invoices"
            /// );
            /// assert_eq!(stmt.to_sql(dialect::mysql())?, "SELECT extract(YEAR FROM invoices.date) FROM invoices");
            /// assert_eq!(stmt.to_string(), "SELECT CAST(strftime('%Y', invoices.date) AS INTEGER) FROM invoices");
            /// # Ok::<(), rebis_core::Error>(())
            /// ```
            pub fn extract(self, part: DatePart) -> Expr<T::Part> {
                special(Special::Extract(part), self.typed())
            }

            /// The year. See [`extract`](Self::extract).
            pub fn year(self) -> Expr<T::Part> {
                self.extract(DatePart::Year)
            }

            /// The month, from 1. See [`extract`](Self::extract).
            pub fn month(self) -> Expr<T::Part> {
                self.extract(DatePart::Month)
            }

            /// The day of the month, from 1. See [`extract`](Self::extract).
            pub fn day(self) -> Expr<T::Part> {
                self.extract(DatePart::Day)
            }

            /// How many days it is after another: midnights between the two.
            pub fn days_since(self, earlier: impl IntoExpr<T>) -> Expr<T::Part> {
                let (what, earlier) = (Special::DaysBetween, earlier.into_expr());
                self.typed().zip(earlier, |later, earlier| ast::Expr::Special { what, of: vec![later, earlier] })
            }

            /// Later by an interval. A day that the month does not have becomes its last.
            ///
            /// An operator would be for numbers: `Invoice.date.plus(Interval::days(30))`.
            pub fn plus(self, by: Interval) -> Expr<T> {
                special(Special::Shift(by, T::sql_type()), self.typed())
            }

            /// Earlier by an interval. See [`plus`](Self::plus).
            pub fn minus(self, by: Interval) -> Expr<T> {
                self.plus(-by)
            }
        }
    };
}

dates!([M] Column<M, T>);
dates!([] Expr<T>);

//! Dates and times: their parts, and how far they are apart.

use super::operators::{function, special};
use super::{Column, Expr, IntoExpr, Typed};
use crate::ast::{self, DatePart, Interval, Special};
use rebis_core::{Datum, Temporal, TimeSpan};

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
            /// # impl Temporal for Day { type Part = i64; type Span = std::time::Duration; }
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

            /// Later by an interval, a duration, or a column or expression of durations. A day that the month does not
            /// have becomes its last. SQLite counts milliseconds.
            ///
            /// An operator would be for numbers: `Invoice.date.plus(Interval::days(30))`.
            pub fn plus(self, by: impl IntoShift) -> Expr<T> {
                moved(self.typed(), by.into_shift(), false)
            }

            /// Earlier by an interval. See [`plus`](Self::plus).
            pub fn minus(self, by: impl IntoShift) -> Expr<T> {
                moved(self.typed(), by.into_shift(), true)
            }

            /// How long it is after another, as a length of time of the crate that the type is of. SQLite counts
            /// milliseconds.
            pub fn since(self, earlier: impl IntoExpr<T>) -> Expr<T::Span> {
                let (what, earlier) = (Special::Elapsed(T::sql_type()), earlier.into_expr());
                self.typed().zip(earlier, |later, earlier| ast::Expr::Special { what, of: vec![later, earlier] })
            }
        }
    };
}

/// How far a date or time is moved.
#[doc(hidden)]
#[derive(Debug)]
pub enum Shift {
    /// By so much, which the program knows.
    Fixed(Interval),
    /// By a length of time.
    By(ast::Expr),
}

/// What moves a date or time: an [`Interval`], a duration, a column or an expression of durations.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no length of time",
    label = "neither a duration nor an interval",
    note = "give `Interval::days(..)`, a duration of the standard library, `chrono`, `jiff` or `time`, or a column of such"
)]
pub trait IntoShift {
    #[doc(hidden)]
    fn into_shift(self) -> Shift;
}

impl IntoShift for Interval {
    fn into_shift(self) -> Shift {
        Shift::Fixed(self)
    }
}

#[diagnostic::do_not_recommend]
impl<T: TimeSpan> IntoShift for T {
    fn into_shift(self) -> Shift {
        Shift::By(ast::Expr::Value(Datum::of(&self)))
    }
}

#[diagnostic::do_not_recommend]
impl<T: TimeSpan> IntoShift for Expr<T> {
    fn into_shift(self) -> Shift {
        Shift::By(self.into_ast())
    }
}

#[diagnostic::do_not_recommend]
impl<M, T: TimeSpan> IntoShift for Column<M, T> {
    fn into_shift(self) -> Shift {
        Shift::By(self.into_ast())
    }
}

fn moved<T: Temporal>(moment: Expr<T>, by: Shift, back: bool) -> Expr<T> {
    let to = T::sql_type();
    match by {
        Shift::Fixed(by) => special(Special::Shift(if back { -by } else { by }, to), moment),
        Shift::By(span) => {
            moment.map(|of| ast::Expr::Special { what: Special::Move { back, to }, of: vec![of, span] })
        }
    }
}

macro_rules! spans {
    ([$($generic:ident)?] $type:ty) => {
        impl<$($generic,)? T: TimeSpan> $type {
            /// The sum of lengths of time; of no rows, NULL.
            ///
            /// ```
            /// # use rebis_sql::{Column, Expr, select};
            /// # use std::time::Duration;
            /// # struct Job;
            /// const TOOK: Column<Job, Duration> = Column::new("jobs", "took", 0);
            /// let all: Expr<Option<Duration>> = TOOK.total();
            /// assert_eq!(select((all, TOOK.mean())).to_string(), "SELECT sum(jobs.took), avg(jobs.took) FROM jobs");
            /// ```
            pub fn total(self) -> Expr<Option<T::Base>> {
                self.typed().map(|of| function("sum", vec![of]))
            }

            /// The average of lengths of time; of no rows, NULL. See [`total`](Self::total).
            pub fn mean(self) -> Expr<Option<T::Base>> {
                self.typed().map(|of| function("avg", vec![of]))
            }

            /// The length of time in seconds. What makes minutes and hours of it is arithmetic.
            ///
            /// ```
            /// # use rebis_sql::{Column, dialect, select};
            /// # use std::time::Duration;
            /// # struct Job;
            /// const TOOK: Column<Job, Duration> = Column::new("jobs", "took", 0);
            /// let stmt = select(TOOK.in_seconds() / 60.0);
            /// assert_eq!(stmt.to_string(), "SELECT (jobs.took / 1e6) / 60.0 FROM jobs");
            /// assert_eq!(
            ///     stmt.to_sql(dialect::postgres())?,
            ///     "SELECT CAST(extract(epoch FROM jobs.took) AS DOUBLE PRECISION) / $1 FROM jobs"
            /// );
            /// # Ok::<(), rebis_core::Error>(())
            /// ```
            pub fn in_seconds(self) -> Expr<T::Seconds> {
                special(Special::Seconds, self.typed())
            }
        }
    };
}

spans!([M] Column<M, T>);
spans!([] Expr<T>);

dates!([M] Column<M, T>);
dates!([] Expr<T>);

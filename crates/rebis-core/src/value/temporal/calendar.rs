//! `jiff::Span`. Months and days are kept apart, which databases without intervals cannot: they refuse them.

use crate::value::span::{self, TOO_LONG};
use crate::{Binds, Cell, Error, Pending, Result, SqlType, TimeSpan, Value};
use jiff::Span;

fn cell(span: &Span) -> Cell<'static> {
    let months = i32::from(span.get_years()) * 12 + span.get_months();
    let days = span.get_weeks() * 7 + span.get_days();
    let seconds = (i64::from(span.get_hours()) * 60 + span.get_minutes()) * 60 + span.get_seconds();
    let micros = [(seconds, 1_000_000), (span.get_milliseconds(), 1_000), (span.get_microseconds(), 1)];
    let micros = micros.into_iter().try_fold(span.get_nanoseconds() / 1_000, |sum, (count, each)| {
        count.checked_mul(each).and_then(|part| part.checked_add(sum))
    });
    micros.map_or(TOO_LONG, |micros| Cell::Interval { months, days, micros })
}

impl Value for Span {
    type Base = Span;
    fn sql_type() -> SqlType {
        SqlType::Interval
    }
    fn encode(&self, out: &mut Binds) {
        out.push(cell(self));
    }
    fn decode(from: Cell<'_>) -> Result<Self> {
        let (months, days, micros) = match from {
            Cell::Interval { months, days, micros } => (months, days, micros),
            other => (0, 0, span::micros(other)?),
        };
        let span = Span::new().try_months(months).and_then(|span| span.try_days(days));
        span.and_then(|span| span.try_microseconds(micros))
            .map_err(|e| Error::conversion("out of the range of `jiff::Span`").with_source(e))
    }
    /// As stored: years are twelve months, weeks seven days.
    fn same(&self, other: &Self) -> bool {
        cell(self) == cell(other)
    }
}

impl Pending for Span {
    fn pending() -> Self {
        Span::new()
    }
}

impl TimeSpan for Span {
    type Seconds = f64;
}

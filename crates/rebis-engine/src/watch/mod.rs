//! What ran, and from where: counters, recorders, echo and `tracing`. Costs a few instructions when nobody looks.

mod counters;
mod doubts;
mod recorder;
mod report;

pub use counters::Counters;
pub(crate) use counters::Tally;
pub(crate) use doubts::doubtful;
pub use recorder::{Recorded, Recorder};

use crate::EngineOptions;
use crate::fut::Site;
use counters::Tallies;
use rebis_core::{Error, Result};
use rebis_driver::Step;
use rebis_sql::Statement;
use recorder::Recorders;
use report::Report;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The eye of an engine.
pub(crate) struct Watch {
    system: &'static str,
    echo: Option<fn(&str)>,
    slow: Option<Duration>,
    tallies: Tallies,
    recorders: Recorders,
}

impl Watch {
    pub(crate) fn new(system: &'static str, options: &EngineOptions) -> Watch {
        Watch {
            system,
            echo: options.echo,
            slow: options.slow_query,
            tallies: Tallies::default(),
            recorders: Recorders::default(),
        }
    }

    /// The counters of a new connection.
    pub(crate) fn new_tally(&self) -> Arc<Tally> {
        self.tallies.add()
    }

    pub(crate) fn counters(&self) -> Counters {
        self.tallies.sum()
    }

    pub(crate) fn record(&self) -> Recorder {
        self.recorders.add()
    }

    /// The time, if anybody wants to know how long it took.
    #[inline]
    pub(crate) fn start(&self) -> Option<Instant> {
        (self.echo.is_some() || self.slow.is_some() || report::traced()).then(Instant::now)
    }

    /// A batch is over.
    #[inline]
    pub(crate) fn finished(
        &self,
        tally: &Tally,
        steps: &[Step<'_>],
        result: &Result<()>,
        started: Option<Instant>,
        site: Site,
    ) {
        tally.batch();
        for step in ran(steps, result) {
            tally.step(step);
        }
        if started.is_some() || self.recorders.any() {
            self.tell(steps, result, started, site);
        }
    }

    #[cold]
    fn tell(&self, steps: &[Step<'_>], result: &Result<()>, started: Option<Instant>, site: Site) {
        let took = started.map(|at| at.elapsed());
        let ran = ran(steps, result);
        for (index, step) in ran.iter().enumerate() {
            self.recorders.put(step.statement, step.times, site);
            if let Some(took) = took {
                let error = result.as_ref().err().filter(|_| index + 1 == ran.len());
                Report { system: self.system, step, steps: ran.len(), error, took, site }
                    .out(self.echo, self.slow);
            }
        }
    }

    /// A task has rolled an abandoned connection back.
    pub(crate) fn rolled_back(&self, tally: &Tally, rollback: &Statement, site: Site) {
        tally.batch();
        tally.rollback();
        if self.recorders.any() {
            self.recorders.put(rollback, 1, site);
        }
    }
}

/// The steps that reached the database: all, or those up to the one that failed.
#[inline]
fn ran<'s, 'b>(steps: &'s [Step<'b>], result: &Result<()>) -> &'s [Step<'b>] {
    match result {
        Ok(()) => steps,
        Err(error) => until(steps, error),
    }
}

#[cold]
fn until<'s, 'b>(steps: &'s [Step<'b>], error: &Error) -> &'s [Step<'b>] {
    let failed = error.sql().and_then(|sql| steps.iter().position(|step| step.statement.sql() == sql));
    failed.map_or(steps, |failed| &steps[..=failed])
}

//! What is measured. Each scenario does the same work by hand and with Rebis, and checks both results.

mod associations;
mod cascade;
mod change;
mod flush;
mod growth;
mod load;
mod memory;
mod one;
mod worker;

pub use memory::child;

use crate::harness::{Effort, Timing};

/// One table of the report.
pub struct Group {
    pub title: &'static str,
    /// What one unit is.
    pub unit: &'static str,
    pub timings: Vec<Timing>,
    /// Figures that are no times.
    pub notes: Vec<String>,
}

/// A scenario by its name.
pub struct Scenario {
    pub name: &'static str,
    pub run: fn(Effort) -> Vec<Group>,
}

pub const ALL: &[Scenario] = &[
    Scenario { name: "load", run: load::run },
    Scenario { name: "flush", run: flush::run },
    Scenario { name: "one", run: one::run },
    Scenario { name: "associations", run: associations::run },
    Scenario { name: "change", run: change::run },
    Scenario { name: "cascade", run: cascade::run },
    Scenario { name: "growth", run: growth::run },
    Scenario { name: "memory", run: memory::run },
    Scenario { name: "worker", run: worker::run },
];

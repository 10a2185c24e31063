//! Timing: the cases of a group take turns, so that a machine that grows slower slows all of them.

use std::time::{Duration, Instant};

/// How much is measured.
#[derive(Clone, Copy)]
pub struct Effort {
    pub rounds: usize,
    pub quick: bool,
}

impl Effort {
    /// Rounds for cases that take long.
    pub fn few(self) -> Effort {
        Effort { rounds: (self.rounds / 3).max(3), ..self }
    }
}

/// One way to do the work of a group.
pub struct Case<'a> {
    name: &'static str,
    /// What its ratio must not exceed.
    bar: Option<f64>,
    /// Does the work once, checks the result outside of the clock, and says how long the work took.
    run: Box<dyn FnMut() -> Duration + 'a>,
}

impl<'a> Case<'a> {
    pub fn new(name: &'static str, run: impl FnMut() -> Duration + 'a) -> Self {
        Case { name, bar: None, run: Box::new(run) }
    }

    pub fn bar(mut self, bar: f64) -> Self {
        self.bar = Some(bar);
        self
    }
}

/// What was found out about one case.
pub struct Timing {
    pub name: &'static str,
    pub bar: Option<f64>,
    /// Nanoseconds for one unit.
    pub median: f64,
    pub min: f64,
    pub max: f64,
    /// Median of the ratios to the first case in the same round.
    pub ratio: f64,
    /// Ratio of the best rounds.
    pub best: f64,
}

/// Times cases in turns; the first is what the others are compared with. `units` is how often a case does its work
/// in one call.
pub fn compare(effort: Effort, units: usize, mut cases: Vec<Case<'_>>) -> Vec<Timing> {
    let mut samples: Vec<Vec<f64>> = vec![Vec::new(); cases.len()];
    let warm_up = (effort.rounds / 8).clamp(1, 3);
    for round in 0..warm_up + effort.rounds {
        for turn in 0..cases.len() {
            // Each goes first, and after each other, equally often.
            let at = (turn + round) % cases.len();
            let took = (cases[at].run)();
            if round >= warm_up {
                samples[at].push(took.as_nanos() as f64 / units as f64);
            }
        }
    }
    let base = samples[0].clone();
    let timing = |(case, samples): (&Case<'_>, &Vec<f64>)| {
        let ratios = samples.iter().zip(&base).map(|(a, b)| a / b).collect();
        let (min, max) = ends(samples);
        Timing {
            name: case.name,
            bar: case.bar,
            median: median(samples.clone()),
            min,
            max,
            ratio: median(ratios),
            best: min / ends(&base).0,
        }
    };
    cases.iter().zip(&samples).map(timing).collect()
}

fn ends(values: &[f64]) -> (f64, f64) {
    values.iter().fold((f64::INFINITY, 0.0), |(min, max), v| (f64::min(min, *v), f64::max(max, *v)))
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    if values.len().is_multiple_of(2) { (values[middle - 1] + values[middle]) / 2.0 } else { values[middle] }
}

/// How long it takes, with the result still there, so that it can be checked.
pub fn timed<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let start = Instant::now();
    let result = std::hint::black_box(work());
    (start.elapsed(), result)
}

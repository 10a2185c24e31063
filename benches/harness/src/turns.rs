//! The turns of a program: it does its work when the runner says so.

use std::io::{Lines, StdinLock, Write};
use std::time::{Duration, Instant};

/// So many rows are kept until the clock has stopped, so that freeing and checking them is not counted.
const KEPT: usize = 1024;

pub struct Turns {
    lines: Lines<StdinLock<'static>>,
    batch: usize,
}

impl Turns {
    pub(crate) fn new(size: usize) -> Turns {
        Turns { lines: std::io::stdin().lines(), batch: (KEPT / size.max(1)).clamp(1, 64) }
    }

    /// The check changes what the next turn meets, so each turn is checked alone.
    pub fn singly(self) -> Turns {
        self.batch(1)
    }

    /// So many results are kept until the clock has stopped.
    pub fn batch(self, batch: usize) -> Turns {
        Turns { batch, ..self }
    }

    /// Does the work as often as the runner asks. The clock runs in `work` alone; `check` looks at the result, and puts
    /// back what the next turn wants.
    pub fn take<S, T>(
        mut self,
        state: &mut S,
        mut work: impl FnMut(&mut S) -> T,
        mut check: impl FnMut(&mut S, T),
    ) {
        say("ready");
        while let Some(Ok(line)) = self.lines.next() {
            let words: Vec<&str> = line.split_whitespace().collect();
            match words[..] {
                ["go", times] => {
                    let times = times.parse().expect("a number");
                    let took = self.go(times, state, &mut work, &mut check);
                    say(&format!("took {}", took.as_nanos()));
                }
                ["warm", times] => {
                    for _ in 0..times.parse::<usize>().expect("a number") {
                        let result = work(state);
                        check(state, result);
                    }
                    say("warm");
                }
                ["memory"] => {
                    let before = resident("VmRSS:");
                    let result = work(state);
                    let (after, peak) = (resident("VmRSS:"), resident("VmHWM:"));
                    check(state, result);
                    say(&format!("bytes {} {}", after.saturating_sub(before), peak.saturating_sub(before)));
                }
                _ => say(&format!("unknown {line}")),
            }
        }
    }

    fn go<S, T>(
        &self,
        times: usize,
        state: &mut S,
        work: &mut impl FnMut(&mut S) -> T,
        check: &mut impl FnMut(&mut S, T),
    ) -> Duration {
        let mut took = Duration::ZERO;
        let mut results = Vec::with_capacity(self.batch);
        let mut left = times;
        while left > 0 {
            let now = left.min(self.batch);
            left -= now;
            let start = Instant::now();
            measured(now, state, work, &mut results);
            took += start.elapsed();
            results.drain(..).for_each(|result| check(state, result));
        }
        took
    }
}

/// What the clock sees. `cargo xtask instructions` counts what is run within this function, by its name.
#[inline(never)]
fn measured<S, T>(times: usize, state: &mut S, work: &mut impl FnMut(&mut S) -> T, results: &mut Vec<T>) {
    for _ in 0..times {
        results.push(work(state));
    }
}

fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    // A runner that is gone also closes the input, which ends the turns.
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

/// A line of what the system says of this process, in bytes. Zero where it does not say.
fn resident(line: &str) -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let found = status.lines().find(|l| l.starts_with(line));
    let kilobytes = found.and_then(|l| l.split_whitespace().nth(1)).and_then(|n| n.parse::<usize>().ok());
    kilobytes.unwrap_or(0) * 1024
}

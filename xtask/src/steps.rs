//! Steps with a name, a time, and the command that repeats them.

use crate::process::{Cargo, Tests};
use std::time::{Duration, Instant};

/// Why a step failed.
pub(crate) struct Failure(String);

impl Failure {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Failure(message.into())
    }
}

impl From<String> for Failure {
    fn from(message: String) -> Self {
        Failure(message)
    }
}

/// What has been run so far.
pub(crate) struct Steps {
    begun: Instant,
    passed: usize,
    failed: Vec<Failed>,
    tests: Tests,
    ran_tests: bool,
    notes: Vec<String>,
}

struct Failed {
    name: String,
    why: String,
    repeat: String,
}

impl Steps {
    pub(crate) fn new() -> Self {
        Steps {
            begun: Instant::now(),
            passed: 0,
            failed: Vec::new(),
            tests: Tests::default(),
            ran_tests: false,
            notes: Vec::new(),
        }
    }

    /// Something that must not be overlooked: it stands at the end.
    pub(crate) fn note(&mut self, text: String) {
        self.notes.push(text);
    }

    /// Runs a step. `repeat` is the command that runs it again.
    pub(crate) fn step(&mut self, name: &str, repeat: &str, run: impl FnOnce() -> Result<(), Failure>) {
        println!("── {name}");
        let begun = Instant::now();
        match run() {
            Ok(()) => {
                self.passed += 1;
                println!("   {name}: ok, {}\n", seconds(begun.elapsed()));
            }
            Err(Failure(why)) => self.fails(name, why, repeat, begun),
        }
    }

    /// A step that is one call of cargo.
    pub(crate) fn cargo(&mut self, name: &str, cargo: Cargo) {
        self.step(name, &cargo.shown(), || cargo.run().map_err(Failure));
    }

    /// A step that is one call of a test runner.
    pub(crate) fn tests(&mut self, name: &str, cargo: Cargo) {
        println!("── {name}");
        let begun = Instant::now();
        let (tests, outcome) = cargo.count();
        self.ran_tests = true;
        self.tests.add(tests);
        match outcome {
            Ok(()) => println!("   {name}: ok, {} passed, {}\n", tests.passed, seconds(begun.elapsed())),
            Err(_) if tests.failed > 0 => {
                self.fails(name, format!("{} failed", tests.failed), &cargo.shown(), begun)
            }
            Err(why) => {
                // No test failed, and still the runner did: something does not compile.
                self.tests.failed += 1;
                self.fails(name, why, &cargo.shown(), begun);
            }
        }
    }

    /// The list of failures and the closing line. Whether there was no failure.
    pub(crate) fn finish(self) -> bool {
        for Failed { name, why, repeat } in &self.failed {
            println!("FAILED {name}: {why}\n       repeat: {repeat}");
        }
        self.notes.iter().for_each(|note| println!("{note}"));
        let fine = self.failed.is_empty();
        if self.ran_tests {
            println!("{} in {}", self.summary(), seconds(self.begun.elapsed()));
            println!("{} passed, {} failed", self.tests.passed, self.tests.failed);
        }
        fine
    }

    fn summary(&self) -> String {
        match self.failed.len() {
            0 => "all steps passed".into(),
            1 => "1 step failed".into(),
            count => format!("{count} steps failed"),
        }
    }

    fn fails(&mut self, name: &str, why: String, repeat: &str, begun: Instant) {
        println!("   {name}: FAILED ({why}), {}\n   repeat: {repeat}\n", seconds(begun.elapsed()));
        self.failed.push(Failed { name: name.to_owned(), why, repeat: repeat.to_owned() });
    }
}

fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}

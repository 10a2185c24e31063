//! `cargo xtask test`: every test of the workspace. `cargo-nextest` runs them where it is installed.

use super::Outcome;
use crate::process::Cargo;
use crate::steps::Steps;

pub(super) fn run(arguments: &[String]) -> Outcome {
    let mut steps = Steps::new();
    tests(&mut steps, arguments);
    Ok(steps.finish())
}

/// Tests, compile-fail cases among them, and doctests.
pub(super) fn tests(steps: &mut Steps, filter: &[String]) {
    let everything = ["--workspace", "--all-features", "--no-fail-fast"];
    if Cargo::new(["nextest", "--version"]).answers() {
        let levels = ["--status-level", "slow", "--final-status-level", "fail", "--no-tests", "pass"];
        let nextest = Cargo::new(["nextest", "run"]).args(everything).args(levels).args(filter);
        steps.tests("tests", nextest);
        steps.tests("doctests", Cargo::new(["test", "--quiet", "--doc"]).args(everything).args(filter));
    } else {
        steps.tests("tests", Cargo::new(["test", "--quiet"]).args(everything).args(filter));
    }
}

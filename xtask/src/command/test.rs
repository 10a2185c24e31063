//! `cargo xtask test`: every test of the workspace. `cargo-nextest` runs them where it is installed.

use super::Outcome;
use crate::process::Cargo;
use crate::steps::Steps;

pub(super) fn run(arguments: &[String]) -> Outcome {
    let mut steps = Steps::new();
    tests(&mut steps, arguments);
    Ok(steps.finish())
}

/// Tests and doctests with all features, and compile-fail cases with the default ones.
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
    compile_fail(steps, filter);
}

/// What the compiler says depends on the features: it lists the types that would do. The messages of the default
/// features are the ones that are written down.
fn compile_fail(steps: &mut Steps, filter: &[String]) {
    let cases = ["test", "--quiet", "--package", "rebis", "--test", "compile_fail"];
    steps.tests("compile-fail", Cargo::new(cases).args(filter));
}

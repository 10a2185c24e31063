//! `cargo xtask tidy`: the checks of `crate::tidy`, all violations at once.

use super::Outcome;
use crate::steps::{Failure, Steps};
use crate::tidy;

pub(super) fn run(arguments: &[String]) -> Outcome {
    super::takes_nothing(arguments)?;
    let mut steps = Steps::new();
    check(&mut steps);
    Ok(steps.finish())
}

/// One step for all checks.
pub(super) fn check(steps: &mut Steps) {
    steps.step("tidy", "cargo xtask tidy", || {
        let violations = tidy::violations().map_err(Failure::new)?;
        for violation in &violations {
            println!("{violation}");
        }
        match violations.len() {
            0 => Ok(()),
            count => Err(Failure::new(format!("{count} violations"))),
        }
    });
}

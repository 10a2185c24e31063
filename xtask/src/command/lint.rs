//! `cargo xtask lint`: clippy over everything there is.

use super::Outcome;
use crate::process::Cargo;
use crate::steps::Steps;

pub(super) fn run(arguments: &[String]) -> Outcome {
    super::takes_nothing(arguments)?;
    let mut steps = Steps::new();
    check(&mut steps);
    Ok(steps.finish())
}

/// Warnings are denied by an argument of clippy and not by `RUSTFLAGS`, which would have everything built anew.
pub(super) fn check(steps: &mut Steps) {
    let clippy =
        ["clippy", "--quiet", "--workspace", "--all-targets", "--all-features", "--", "-D", "warnings"];
    steps.cargo("clippy", Cargo::new(clippy));
}

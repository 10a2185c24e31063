//! `cargo xtask fmt`: rustfmt over the workspace.

use super::Outcome;
use crate::process::Cargo;
use crate::steps::Steps;

pub(super) fn run(arguments: &[String]) -> Outcome {
    let mut steps = Steps::new();
    match arguments {
        [] => steps.cargo("format", Cargo::new(["fmt", "--all"])),
        [flag] if flag == "--check" => check(&mut steps),
        _ => return Err("`fmt` takes `--check` or nothing".into()),
    }
    Ok(steps.finish())
}

/// Says what is not formatted.
pub(super) fn check(steps: &mut Steps) {
    steps.cargo("format", Cargo::new(["fmt", "--all", "--check"]));
}

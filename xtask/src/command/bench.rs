//! `cargo xtask bench`: the runner of the benches, in release mode, with its own arguments passed through. It builds the
//! programs of the peers itself.

use super::Outcome;
use crate::process::Cargo;
use crate::steps::Steps;
use crate::workspace;
use std::path::Path;

const MANIFEST: &str = "benches/Cargo.toml";

pub(super) fn run(arguments: &[String]) -> Outcome {
    let passed = checked(arguments)?;
    if !workspace::root().join(MANIFEST).is_file() {
        return Err(format!("there is no bench package: {MANIFEST} is missing"));
    }
    let mut steps = Steps::new();
    steps.cargo("bench", in_shared_target(RUN).args(passed));
    Ok(steps.finish())
}

const RUN: [&str; 8] =
    ["run", "--quiet", "--release", "--manifest-path", MANIFEST, "--package", "runner", "--"];

/// What is compiled without the peers.
const OURS: [&str; 6] = ["--package", "harness", "--package", "runner", "--package", "bench-rebis"];

/// The workspaces of the peers, each with a lock file.
const WORKSPACES: [&str; 2] = [MANIFEST, "benches/toasty/Cargo.toml"];

/// The benches are workspaces of their own: formatted, and in order with their lock files; what is Rebis's own is linted,
/// tested and run. Nobody's change builds the peers.
pub(super) fn check(steps: &mut Steps) {
    if !workspace::root().join(MANIFEST).is_file() {
        return;
    }
    for manifest in WORKSPACES {
        steps.cargo(
            &format!("format of {manifest}"),
            Cargo::new(["fmt", "--all", "--manifest-path", manifest, "--check"]),
        );
        let metadata =
            ["metadata", "--quiet", "--locked", "--format-version", "1", "--manifest-path", manifest];
        steps.cargo(&format!("lock file of {manifest}"), Cargo::new(metadata).silent());
    }
    let clippy = ["clippy", "--quiet", "--manifest-path", MANIFEST, "--all-targets"];
    let clippy = in_shared_target(clippy).args(OURS).args(["--", "-D", "warnings"]);
    steps.cargo("clippy of the benches", clippy);
    let test = ["test", "--quiet", "--manifest-path", MANIFEST];
    steps.cargo("tests of the benches", in_shared_target(test).args(&OURS[..4]));
    let quick = in_shared_target(RUN).args(["--quick", "--only", "rebis"]);
    steps.cargo("bench of Rebis and of work by hand, quick", quick);
}

/// What both workspaces build alike is built once.
fn in_shared_target<'a>(arguments: impl IntoIterator<Item = &'a str>) -> Cargo {
    Cargo::new(arguments).env("CARGO_TARGET_DIR", workspace::target().to_string_lossy())
}

/// The arguments as the bench package takes them. A file is named from where the person stands.
fn checked(arguments: &[String]) -> Result<Vec<String>, String> {
    let mut passed = Vec::new();
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        let mut value = || rest.next().ok_or(format!("`{argument}` wants a value"));
        match argument.as_str() {
            "--quick" | "--write" => passed.push(argument.clone()),
            "--only" => passed.extend([argument.clone(), value()?.clone()]),
            "--json" => passed.extend([argument.clone(), absolute(value()?)?]),
            _ => {
                return Err(format!(
                    "`bench` takes --only NAME, --quick, --json FILE and --write, not `{argument}`"
                ));
            }
        }
    }
    Ok(passed)
}

fn absolute(file: &str) -> Result<String, String> {
    let path = std::path::absolute(Path::new(file)).map_err(|e| format!("{file}: {e}"))?;
    Ok(path.to_string_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(arguments: &[&str]) -> Result<Vec<String>, String> {
        checked(&arguments.iter().map(|&a| a.to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn known_arguments_pass() {
        assert_eq!(
            check(&["--only", "load", "--quick"]),
            Ok(vec!["--only".into(), "load".into(), "--quick".into()])
        );
    }

    #[test]
    fn files_become_absolute() {
        let passed = check(&["--json", "out.json"]);
        assert!(passed.is_ok_and(|p| p.len() == 2 && Path::new(&p[1]).is_absolute()));
    }

    #[test]
    fn mistakes_are_named() {
        assert_eq!(check(&["--json"]), Err("`--json` wants a value".into()));
        assert!(check(&["--fast"]).is_err_and(|e| e.contains("`--fast`")));
    }
}

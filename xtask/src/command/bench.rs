//! `cargo xtask bench`: the bench package, in release mode, with its own arguments passed through.

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
    let run = ["run", "--quiet", "--release", "--manifest-path", MANIFEST, "--"];
    steps.cargo("bench", in_shared_target(run).args(passed));
    Ok(steps.finish())
}

/// The bench package is a workspace of its own: formatted and linted like the rest, but not run.
pub(super) fn check(steps: &mut Steps) {
    if workspace::root().join(MANIFEST).is_file() {
        steps.cargo("format of the benches", Cargo::new(["fmt", "--manifest-path", MANIFEST, "--check"]));
        let clippy =
            ["clippy", "--quiet", "--manifest-path", MANIFEST, "--all-targets", "--", "-D", "warnings"];
        steps.cargo("clippy of the benches", in_shared_target(clippy));
    }
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
            "--quick" => passed.push(argument.clone()),
            "--only" => passed.extend([argument.clone(), value()?.clone()]),
            "--json" => passed.extend([argument.clone(), absolute(value()?)?]),
            _ => return Err(format!("`bench` takes --only NAME, --quick and --json FILE, not `{argument}`")),
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

//! Every example runs, and every example that a document names is there.

use crate::process::Cargo;
use crate::steps::{Failure, Steps};
use crate::workspace;
use std::process::Command;

const FOLDER: &str = "crates/rebis/examples";

/// The steps: one for the documents, one for each example.
pub(crate) fn run(steps: &mut Steps) {
    let examples = examples();
    steps.step("examples that documents name", "cargo xtask ci", || {
        let missing = missing(&examples)?;
        if missing.is_empty() { Ok(()) } else { Err(Failure::new(missing.join("; "))) }
    });
    for name in &examples {
        let run = Cargo::new(["run", "--quiet", "--package", "rebis", "--example", name]);
        steps.cargo(&format!("example {name}"), run.silent());
    }
}

/// Every example on servers of these names and URLs where nobody else works.
pub(crate) fn on_servers(steps: &mut Steps, servers: &[(&str, String)]) {
    if servers.is_empty() {
        return;
    }
    let build = Cargo::new(["build", "--quiet", "--workspace", "--all-features", "--examples"]);
    steps.cargo("examples for servers", build);
    let folder = workspace::target().join("debug").join("examples");
    for (server, url) in servers {
        for name in &examples() {
            steps.step(&format!("example {name} on {server}"), "cargo xtask test --private", || {
                let output = Command::new(folder.join(name)).args(["--url", url]).output();
                let output = output.map_err(|error| format!("{name}: {error}"))?;
                match output.status.success() {
                    true => Ok(()),
                    false => Err(Failure::new(String::from_utf8_lossy(&output.stderr).trim())),
                }
            });
        }
    }
}

/// Files, and folders with a `main.rs`.
fn examples() -> Vec<String> {
    let is_program = |name: &String| workspace::root().join(FOLDER).join(name).join("main.rs").is_file();
    let names = workspace::names_in(FOLDER).into_iter();
    names
        .filter_map(|name| name.strip_suffix(".rs").map(str::to_owned).or(Some(name).filter(is_program)))
        .collect()
}

fn missing(examples: &[String]) -> Result<Vec<String>, String> {
    let mut missing = Vec::new();
    for path in workspace::files(&[".md"])? {
        for name in named(&workspace::read(&path)?) {
            if !examples.contains(&name) {
                missing.push(format!("{path} names the example `{name}`, which is not in {FOLDER}"));
            }
        }
    }
    Ok(missing)
}

/// What follows `--example` in a text.
fn named(text: &str) -> Vec<String> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    let after = text.split("--example ").skip(1);
    let names = after.map(|rest| rest.split(|c| !is_name(c)).next().unwrap_or("").to_owned());
    names.filter(|name| !name.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_name_examples() {
        assert_eq!(
            named("`cargo run --example tutorial`, --example lock-file.\n--example <name>"),
            ["tutorial", "lock-file"]
        );
    }
}

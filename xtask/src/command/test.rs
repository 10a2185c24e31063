//! `cargo xtask test`: every test of the workspace, on every database. `cargo-nextest` runs them where it is installed.

use super::Outcome;
use crate::ci::examples;
use crate::process::Cargo;
use crate::servers::{Kind, Servers, Wish};
use crate::steps::{Failure, Steps};
use crate::workspace;

/// Programs whose tests are all about servers.
const OF_SERVERS: &str = "_servers";
const FACADE: &str = "crates/rebis/tests";

pub(super) fn run(arguments: &[String]) -> Outcome {
    let mut wish = Wish { strict: std::env::var_os("CI").is_some(), ..Wish::default() };
    let mut filter = Vec::new();
    for argument in arguments {
        match argument.as_str() {
            "--install" => wish.install = true,
            "--private" => wish.private = true,
            _ => filter.push(argument.clone()),
        }
    }
    let mut steps = Steps::new();
    tests(&mut steps, &filter, wish);
    Ok(steps.finish())
}

/// Tests and doctests with all features, and compile-fail cases with the default ones.
pub(super) fn tests(steps: &mut Steps, filter: &[String], wish: Wish) {
    let servers = find(steps, wish);
    let variables = servers.variables();
    let with = |cargo: Cargo| variables.iter().fold(cargo, |cargo, (name, url)| cargo.given(name, url));
    let has_nextest = Cargo::new(["nextest", "--version"]).answers();
    let missing = servers.missing();
    for run in runs(&missing) {
        steps.tests(&run.name, with(run.cargo(has_nextest, filter)));
    }
    if has_nextest || !missing.is_empty() {
        let doctests =
            Cargo::new(["test", "--quiet", "--doc", "--workspace", "--all-features", "--no-fail-fast"]);
        steps.tests("doctests", with(doctests.args(filter)));
    }
    compile_fail(steps, filter);
    // Examples want a schema to themselves.
    if filter.is_empty() {
        examples::on_servers(steps, &servers.private());
    }
    for kind in missing {
        steps.note(format!("NOT RUN: no test on {}; there was no server", kind.name));
    }
}

fn find(steps: &mut Steps, wish: Wish) -> Servers {
    let mut found = None;
    steps.step("servers", "cargo xtask test --install", || {
        let servers = found.insert(Servers::find(wish));
        servers.told().iter().for_each(|line| println!("   {line}"));
        match servers.missing().as_slice() {
            [] => Ok(()),
            _ if !wish.strict => Ok(()),
            missing => {
                let names: Vec<&str> = missing.iter().map(|kind| kind.name).collect();
                Err(Failure::new(format!("no {}", names.join(", no "))))
            }
        }
    });
    found.unwrap_or_else(|| Servers::find(wish))
}

/// One call of the test runner.
struct Run {
    name: String,
    select: Vec<String>,
    skip: Vec<String>,
}

impl Run {
    fn new<S: Into<String>>(name: &str, select: impl IntoIterator<Item = S>) -> Run {
        Run { name: name.into(), select: select.into_iter().map(Into::into).collect(), skip: Vec::new() }
    }

    fn cargo(&self, has_nextest: bool, filter: &[String]) -> Cargo {
        let cargo = match has_nextest {
            true => Cargo::new(["nextest", "run", "--status-level", "slow", "--final-status-level", "fail"])
                .args(["--no-tests", "pass"]),
            false => Cargo::new(["test", "--quiet"]),
        };
        let cargo = cargo.args(["--all-features", "--no-fail-fast"]).args(&self.select).args(filter);
        if self.skip.is_empty() { cargo } else { cargo.args(["--"]).args(&self.skip) }
    }
}

/// All in one, where all servers are there. Else what needs the missing ones is left out: their drivers' tests but for
/// those inside of the crate, and their modules where one program has the tests of several servers.
fn runs(missing: &[&Kind]) -> Vec<Run> {
    if missing.is_empty() {
        return vec![Run::new("tests", ["--workspace"])];
    }
    let drivers = missing.iter().flat_map(|kind| ["--exclude", kind.driver]);
    let mut runs = vec![Run::new("tests", ["--workspace", "--exclude", "rebis"].into_iter().chain(drivers))];
    let names = workspace::names_in(FACADE);
    let programs: Vec<&str> = names.iter().filter_map(|name| name.strip_suffix(".rs")).collect();
    let (of_servers, others): (Vec<&str>, Vec<&str>) =
        programs.into_iter().partition(|name| name.ends_with(OF_SERVERS));
    let facade = |programs: Vec<&str>| {
        let programs = programs.into_iter().flat_map(|name| ["--test".to_owned(), name.to_owned()]);
        ["--package".to_owned(), "rebis".to_owned()].into_iter().chain(programs).collect::<Vec<_>>()
    };
    runs.push(Run::new("tests of rebis", facade(others).into_iter().chain(["--lib".to_owned()])));
    for kind in missing {
        let inside = ["--package", kind.driver, "--lib"];
        runs.push(Run::new(&format!("tests of {} without a server", kind.driver), inside));
    }
    if missing.len() == 1 {
        let mut run = Run::new("tests of rebis on a server", facade(of_servers));
        let modules = missing.iter().flat_map(|kind| kind.modules);
        run.skip = modules.flat_map(|module| ["--skip".to_owned(), (*module).to_owned()]).collect();
        runs.push(run);
    }
    runs
}

/// What the compiler says depends on the features: it lists the types that would do. The messages of the default
/// features are the ones that are written down.
fn compile_fail(steps: &mut Steps, filter: &[String]) {
    let cases = ["test", "--quiet", "--package", "rebis", "--test", "compile_fail"];
    steps.tests("compile-fail", Cargo::new(cases).args(filter));
}

//! `cargo xtask reliability`: runs the tests that print figures, at their full length, and writes them down.

use super::Outcome;
use crate::process::Cargo;
use crate::servers::{Servers, Wish};
use crate::workspace;
use std::collections::BTreeMap;

const PAGE: &str = "docs/reliability.md";
const BEGIN: &str = "<!-- written by `cargo xtask reliability`: begin -->";
const END: &str = "<!-- written by `cargo xtask reliability`: end -->";

/// Packages, and their programs that print figures.
const PROGRAMS: &[(&str, &[&str])] = &[
    (
        "rebis",
        &[
            "cuts_servers",
            "reliability_servers",
            "round_trips_servers",
            "retry",
            "retry_servers",
            "secrets_servers",
        ],
    ),
    ("rebis-engine", &[UNITS]),
    ("rebis-postgres", &["pool", "rest", "tls"]),
    ("rebis-mysql", &["pool", "tls"]),
];

/// The tests within the crate.
const UNITS: &str = "";

/// What is fewer where tests run many times a day.
const FULL: &[(&str, &str)] =
    &[("REBIS_TEST_TRANSFERS", "20000"), ("REBIS_TEST_BORROWS", "100000"), ("REBIS_TEST_CUTS", "20")];

pub(super) fn run(arguments: &[String]) -> Outcome {
    super::takes_nothing(arguments)?;
    let servers = Servers::find(Wish { strict: true, ..Wish::default() });
    if let Some(missing) = servers.missing().first() {
        return Err(format!("there is no {}: `cargo xtask test --install` installs it", missing.name));
    }
    let variables = servers.variables();
    let mut figures: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    for (package, programs) in PROGRAMS {
        let select = |program: &&'static str| match *program {
            UNITS => vec!["--lib"],
            program => vec!["--test", program],
        };
        let programs = programs.iter().flat_map(select);
        let mut cargo = Cargo::new(["test", "--quiet", "--all-features", "--package", package])
            .args(programs)
            .args(["--", "--nocapture"]);
        for (name, value) in variables.iter().map(|(n, v)| (*n, v.as_str())).chain(FULL.iter().copied()) {
            cargo = cargo.given(name, value);
        }
        for line in cargo.text()?.lines() {
            let Some((_, figure)) = line.split_once("figure: ") else { continue };
            if let [point, database, text] = figure.splitn(3, " | ").collect::<Vec<_>>()[..] {
                figures.entry(point.into()).or_default().push((database.into(), text.into()));
            }
        }
    }
    write(&mut figures)?;
    Ok(true)
}

fn write(figures: &mut BTreeMap<String, Vec<(String, String)>>) -> Result<(), String> {
    let path = workspace::root().join(PAGE);
    let page = std::fs::read_to_string(&path).map_err(|e| format!("{PAGE}: {e}"))?;
    let (before, rest) = page.split_once(BEGIN).ok_or(format!("{PAGE} has no `{BEGIN}`"))?;
    let (_, after) = rest.split_once(END).ok_or(format!("{PAGE} has no `{END}`"))?;
    let mut table = String::from("\n\n| | Database | Seen |\n|---|---|---|\n");
    for (point, seen) in figures {
        seen.sort();
        for (database, text) in seen {
            table.push_str(&format!("| {point} | {database} | {text} |\n"));
        }
    }
    let text = format!("{before}{BEGIN}{table}\n{END}{after}");
    std::fs::write(&path, text).map_err(|e| format!("{PAGE}: {e}"))
}

//! Versions and machine.

use crate::programs::{Program, root};
use crate::servers::Servers;
use harness::Database;
use std::process::Command;

/// What was measured, with what, where.
pub fn text(programs: &[Program], servers: &Servers) -> String {
    let peers: Vec<String> = programs.iter().filter(|p| p.missing.is_none()).flat_map(versions).collect();
    let server = |name: &str, database| {
        servers.version(database).map(|v| format!(", {name} {}", v.split_whitespace().nth(1).unwrap_or(v)))
    };
    let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let cpu = cpu.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let cpu = cpu.map_or("an unknown processor", |(_, name)| name);
    let cores = std::thread::available_parallelism().map_or(1, |n| n.get());
    format!(
        "{}. {}, SQLite {} (Toasty: {}){}{}. {} on {cpu}, {cores} cores.",
        peers.join(", "),
        said(Command::new("rustc").arg("--version")),
        sqlite("."),
        sqlite("toasty"),
        server("PostgreSQL", Database::Postgres).unwrap_or_default(),
        servers.version(Database::MySql).map(|v| format!(", {v}")).unwrap_or_default(),
        std::env::consts::OS,
    )
}

fn versions(program: &Program) -> Vec<String> {
    if program.plan.versions.is_empty() {
        return vec![said(program.command().arg("version"))];
    }
    let folder = if program.plan.peer == "toasty" { "toasty" } else { "." };
    program.plan.versions.iter().map(|package| format!("{package} {}", locked(folder, package))).collect()
}

/// The newest version of a package in the lock file of a workspace.
fn locked(folder: &str, package: &str) -> String {
    let lock = std::fs::read_to_string(root().join(folder).join("Cargo.lock")).unwrap_or_default();
    let entries =
        lock.split("[[package]]").filter(|entry| entry.contains(&format!("name = \"{package}\"\n")));
    let version =
        |entry: &str| entry.lines().find_map(|line| line.strip_prefix("version = ").map(str::to_owned));
    entries.filter_map(version).last().unwrap_or_default().trim_matches('"').to_owned()
}

/// The bundled SQLite of a workspace, by the crate that bundles it.
fn sqlite(folder: &str) -> String {
    format!("of libsqlite3-sys {}", locked(folder, "libsqlite3-sys"))
}

fn said(command: &mut Command) -> String {
    let output = command.output();
    output.map(|o| String::from_utf8_lossy(&o.stdout).trim().to_owned()).unwrap_or_default()
}

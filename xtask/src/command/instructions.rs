//! `cargo xtask instructions`: how many instructions the hottest paths take, counted by `valgrind`, beside what was stored.
//!
//! The paths are scenarios of the bench on SQLite. Instructions do not depend on what else the machine does; on the
//! compiler they do, so what another one has counted is not compared.

use super::Outcome;
use crate::process::Cargo;
use crate::steps::{Failure, Steps};
use crate::{servers, workspace};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

const STORED: &str = "benches/instructions.txt";

/// A way and a scenario of `bench-rebis`, and how much of it.
const PATHS: &[(&str, &str, usize)] = &[
    ("rebis", "trivial_query", 1_000),
    ("rebis-tracked", "trivial_query", 1_000),
    ("rebis-tracked", "uuid_keys", 10_000),
    ("rebis", "medium_complex_query", 1_000),
    ("rebis-tracked", "loading_associations", 9),
    ("rebis-kept", "row_by_key", 10_000),
    ("rebis", "row_by_key", 10_000),
    ("rebis-tracked", "row_by_key", 10_000),
    ("rebis-known", "row_by_key", 10_000),
    ("rebis", "insert", 1),
    ("rebis", "insert", 100),
    ("rebis-tracked", "flush", 1),
    ("rebis-tracked", "flush", 100),
    ("rebis-async-inline", "trivial_query", 1),
];

/// More than this fails.
const GROWTH: f64 = 1.05;
const TIMES: u64 = 4;

pub(super) fn run(arguments: &[String]) -> Outcome {
    let store = match arguments {
        [] => false,
        [write] if write == "--write" => true,
        [other, ..] => return Err(format!("`instructions` takes --write, not `{other}`")),
    };
    let mut steps = Steps::new();
    steps.step("instructions", "cargo xtask instructions", || if store { write() } else { compare() });
    Ok(steps.finish())
}

/// A step of CI. Where there is no `valgrind`, it is installed, or the step fails.
pub(super) fn check(steps: &mut Steps) {
    steps.step("instructions", "cargo xtask instructions", || {
        if !is_there() {
            servers::install(&["valgrind"])?;
        }
        compare()
    });
}

fn compare() -> Result<(), Failure> {
    let path = workspace::root().join(STORED);
    let stored = std::fs::read_to_string(path).map_err(|e| format!("{STORED}: {e}"))?;
    let (compiler, counts) = stored.split_once('\n').ok_or(format!("{STORED} is empty"))?;
    let before: BTreeMap<&str, f64> = counts.lines().filter_map(line).collect();
    let same = compiler == self::compiler()?;
    if !same {
        println!("   not compared: {STORED} was counted with {compiler}; `--write` counts anew");
    }
    let mut grown = Vec::new();
    for found in count()? {
        let before = before.get(found.name.as_str()).copied();
        let change = before.map_or("new".to_owned(), |before| {
            let change = found.rebis as f64 / before;
            if same && change > GROWTH {
                grown.push(format!("{}: {before} to {}", found.name, found.rebis));
            }
            format!("{:+.1} %", (change - 1.0) * 100.0)
        });
        println!("   {found} {change:>9}");
    }
    match grown.is_empty() {
        true => Ok(()),
        false => Err(Failure::new(format!(
            "more than 5 % above {STORED}: {}; mend it, or say why and store the counts with --write",
            grown.join("; ")
        ))),
    }
}

fn write() -> Result<(), Failure> {
    let mut text = format!("{}\n", compiler()?);
    for found in count()? {
        println!("   {found}");
        let _ = writeln!(text, "{:<44} {:>10} by hand {:>10}", found.name, found.rebis, found.hand);
    }
    std::fs::write(workspace::root().join(STORED), text).map_err(|e| Failure::new(format!("{STORED}: {e}")))
}

/// The name of a path, and its instructions.
fn line(line: &str) -> Option<(&str, f64)> {
    let (counts, _) = line.split_once(" by hand ")?;
    let (name, count) = counts.trim_end().rsplit_once(' ')?;
    Some((name.trim_end(), count.parse().ok()?))
}

struct Found {
    name: String,
    rebis: u64,
    hand: u64,
}

impl std::fmt::Display for Found {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let ratio = self.rebis as f64 / self.hand.max(1) as f64;
        write!(f, "{:<44} {:>10}, {ratio:>5.2} of by hand", self.name, self.rebis)
    }
}

fn count() -> Result<Vec<Found>, Failure> {
    if !is_there() {
        return Err(Failure::new("there is no `valgrind`: `apt-get install valgrind`"));
    }
    let build = ["build", "--quiet", "--release", "--manifest-path", "benches/Cargo.toml"];
    let target = workspace::target();
    Cargo::new(build)
        .args(["--package", "bench-rebis", "--package", "bench-hand"])
        .env("CARGO_TARGET_DIR", target.to_string_lossy())
        .run()?;
    let program = |name: &str| target.join("release").join(name);
    let (rebis, hand) = (program("bench-rebis"), program("bench-hand"));
    let counted = PATHS.iter().map(|(way, scenario, size)| {
        Ok(Found {
            name: format!("{way}, {scenario}, {size}"),
            rebis: instructions(&rebis, way, scenario, *size)?,
            hand: instructions(&hand, "hand", scenario, *size)?,
        })
    });
    counted.collect()
}

/// How many a turn takes, once it is warm.
fn instructions(program: &PathBuf, way: &str, scenario: &str, size: usize) -> Result<u64, Failure> {
    let mut command = Command::new("valgrind");
    command.args(["--tool=callgrind", "--callgrind-out-file=/dev/null", "--toggle-collect=*measured*"]);
    command.arg(program).args(["run", way, scenario, "sqlite", &size.to_string(), "-"]);
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
    let named = |e: std::io::Error| format!("{way}, {scenario}: {e}");
    let mut child = command.spawn().map_err(named)?;
    if let Some(mut input) = child.stdin.take() {
        input.write_all(format!("warm 3\ngo {TIMES}\n").as_bytes()).map_err(named)?;
    }
    let output = child.wait_with_output().map_err(named)?;
    let said = String::from_utf8_lossy(&output.stderr);
    let collected =
        said.lines().find_map(|line| line.split_once("Collected :")?.1.trim().parse::<u64>().ok());
    match collected {
        Some(count @ 1..) if output.status.success() => Ok(count / TIMES),
        _ => Err(Failure::new(format!("{way}, {scenario}: {}", said.lines().last().unwrap_or_default()))),
    }
}

fn is_there() -> bool {
    let mut command = Command::new("valgrind");
    command.arg("--version").stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

fn compiler() -> Result<String, Failure> {
    let output = Command::new("rustc").arg("-vV").output().map_err(|e| format!("rustc: {e}"))?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let value =
        |key: &str| said.lines().find_map(|line| line.strip_prefix(key)).unwrap_or_default().to_owned();
    Ok(format!("rustc {} for {}", value("release: "), value("host: ")))
}

#[cfg(test)]
mod tests {
    use super::line;

    #[test]
    fn what_is_written_can_be_read() {
        let text = format!("{:<44} {:>10} by hand {:>10}", "rebis, insert, 1", 4711, 815);
        assert_eq!(line(&text), Some(("rebis, insert, 1", 4711.0)));
        assert_eq!(line("rustc 1.95.0 for x"), None);
    }
}

//! What was found out, for people and for programs.

use crate::harness::Timing;
use crate::scenarios::Group;
use std::fmt::Write;
use std::path::Path;
use std::process::Command;

/// A table for the terminal.
pub fn text(group: &Group) -> String {
    let mut out = format!("{}\n", group.title);
    for timing in &group.timings {
        let Timing { name, median, min, max, ratio, best, .. } = timing;
        let verdict = verdict(timing);
        let _ = writeln!(
            out,
            "  {name:<50} {:>10}  ({} to {})  x {ratio:.2}  best x {best:.2}  {verdict}",
            time(*median),
            time(*min),
            time(*max),
        );
    }
    for note in &group.notes {
        let _ = writeln!(out, "  {note}");
    }
    out
}

fn verdict(timing: &Timing) -> String {
    match timing.bar {
        Some(bar) if timing.ratio <= bar => format!("(bar {bar}: met)"),
        Some(bar) => format!("(bar {bar}: MISSED)"),
        None => String::new(),
    }
}

fn time(nanoseconds: f64) -> String {
    match nanoseconds {
        n if n < 1_000.0 => format!("{n:.1} ns"),
        n if n < 1_000_000.0 => format!("{:.2} µs", n / 1e3),
        n => format!("{:.2} ms", n / 1e6),
    }
}

/// All figures, in nanoseconds.
pub fn json(groups: &[Group]) -> String {
    let each = |group: &Group| {
        let timings: Vec<String> = group.timings.iter().map(timing).collect();
        let notes: Vec<String> = group.notes.iter().map(|note| quoted(note)).collect();
        format!(
            "  {{\"title\": {}, \"unit\": {}, \"cases\": [\n    {}\n  ], \"notes\": [{}]}}",
            quoted(group.title),
            quoted(group.unit),
            timings.join(",\n    "),
            notes.join(", "),
        )
    };
    let groups: Vec<String> = groups.iter().map(each).collect();
    format!("[\n{}\n]\n", groups.join(",\n"))
}

fn timing(timing: &Timing) -> String {
    let Timing { name, bar, median, min, max, ratio, best } = timing;
    let bar = bar.map_or("null".to_owned(), |bar| bar.to_string());
    format!(
        "{{\"name\": {}, \"median\": {median:.1}, \"min\": {min:.1}, \"max\": {max:.1}, \"ratio\": {ratio:.3}, \
         \"best_ratio\": {best:.3}, \"bar\": {bar}}}",
        quoted(name)
    )
}

/// The texts are this program's own: nothing but quotes can need an escape.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

const BEGIN: &str = "<!-- written by the bench: begin -->";
const END: &str = "<!-- written by the bench: end -->";

/// Replaces the measured part of `docs/benchmarks.md`.
pub fn write(groups: &[Group]) -> Result<(), String> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/benchmarks.md");
    let named = |e| format!("{}: {e}", file.display());
    let page = std::fs::read_to_string(&file).map_err(named)?;
    let (before, rest) = page.split_once(BEGIN).ok_or("docs/benchmarks.md has lost the mark of the begin")?;
    let (_, after) = rest.split_once(END).ok_or("docs/benchmarks.md has lost the mark of the end")?;
    let page = format!("{before}{BEGIN}\n\n{}{END}{after}", markdown(groups));
    std::fs::write(&file, page).map_err(named)
}

fn markdown(groups: &[Group]) -> String {
    let mut out = format!("{}\n\n", machine());
    for group in groups {
        let _ = writeln!(out, "### {}\n", group.title);
        if !group.timings.is_empty() {
            let unit = group.unit;
            let _ = writeln!(out, "| | median per {unit} | from – to | ratio | bar |\n|---|---|---|---|---|");
        }
        for Timing { name, bar, median, min, max, ratio, .. } in &group.timings {
            let bar = bar.map_or(String::new(), |bar| format!("≤ {bar}"));
            let (median, min, max) = (time(*median), time(*min), time(*max));
            let _ = writeln!(out, "| {name} | {median} | {min} – {max} | {ratio:.2} | {bar} |");
        }
        group.notes.iter().for_each(|note| {
            let _ = writeln!(out, "* {note}");
        });
        out.push('\n');
    }
    out
}

/// Versions and machine.
fn machine() -> String {
    let rustc = said("rustc", &["--version"]);
    let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let cpu = cpu.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let cpu = cpu.map_or("an unknown processor", |(_, name)| name);
    let cores = std::thread::available_parallelism().map_or(1, |n| n.get());
    format!(
        "Rebis {}, rusqlite {} (SQLite {}), {rustc}, {} on {cpu}, {cores} cores.",
        locked("rebis"),
        locked("rusqlite"),
        rusqlite::version(),
        std::env::consts::OS,
    )
}

/// The version of a package, from this workspace's lock file.
fn locked(package: &str) -> &'static str {
    const LOCK: &str = include_str!("../Cargo.lock");
    let entry = LOCK.split("[[package]]").find(|entry| entry.contains(&format!("name = \"{package}\"\n")));
    let version = entry.and_then(|entry| entry.lines().find_map(|line| line.strip_prefix("version = ")));
    version.unwrap_or("?").trim_matches('"')
}

fn said(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    output.map(|o| String::from_utf8_lossy(&o.stdout).trim().to_owned()).unwrap_or_default()
}

//! What was found out, for people: on the terminal, and in `docs/benchmarks.md`.

use crate::bars::Mark;
use crate::costs::{self, Cost};
use crate::load::{self, Load};
use crate::machine;
use crate::programs::{Program, root};
use crate::rounds::{Group, Way};
use crate::servers::Servers;
use crate::statistics::Timing;
use crate::wire::{self, Texts};
use std::fmt::Write;

/// A table for the terminal.
pub fn text(group: &Group) -> String {
    let mut out = format!("{}, {}\n", group.scenario.title, group.place.title());
    let _ = write!(out, "  {:<22}", group.scenario.counts);
    for size in &group.sizes {
        let _ = write!(out, "{size:>26}");
    }
    out.push('\n');
    for way in &group.ways {
        let _ = write!(out, "  {:<22}", way.name);
        for size in &group.sizes {
            let cell = way.timings.get(size).map_or(String::new(), |timing| {
                format!("{:.2} ±{:.2} {:>10}", timing.ratio, timing.spread, time(timing.median))
            });
            let _ = write!(out, "{cell:>26}");
        }
        out.push('\n');
    }
    for (way, why) in &group.gaps {
        let _ = writeln!(out, "  {way}: {why}");
    }
    out
}

pub fn time(nanoseconds: f64) -> String {
    match nanoseconds {
        n if n < 1e3 => format!("{n:.0} ns"),
        n if n < 1e4 => format!("{:.2} µs", n / 1e3),
        n if n < 1e6 => format!("{:.1} µs", n / 1e3),
        n if n < 1e7 => format!("{:.2} ms", n / 1e6),
        n if n < 1e9 => format!("{:.1} ms", n / 1e6),
        n => format!("{:.2} s", n / 1e9),
    }
}

const BEGIN: &str = "<!-- written by the bench: begin -->";
const END: &str = "<!-- written by the bench: end -->";

/// All that was found out.
pub struct Found<'a> {
    pub groups: &'a [Group],
    pub marks: &'a [Mark],
    pub texts: &'a [Texts],
    pub costs: &'a [Cost],
    pub loads: &'a [Load],
}

/// Replaces the measured part of `docs/benchmarks.md`.
pub fn write(found: &Found<'_>, programs: &[Program], servers: &Servers) -> Result<(), String> {
    let file = root().join("../docs/benchmarks.md");
    let named = |e| format!("{}: {e}", file.display());
    let page = std::fs::read_to_string(&file).map_err(named)?;
    let (before, rest) = page.split_once(BEGIN).ok_or("docs/benchmarks.md has lost the mark of the begin")?;
    let (_, after) = rest.split_once(END).ok_or("docs/benchmarks.md has lost the mark of the end")?;
    let mut measured = format!("{}\n\n![The chart](benchmarks.svg)\n\n", machine::text(programs, servers));
    found.groups.iter().for_each(|group| measured += &table(group));
    measured += &services(found.loads);
    measured += &builds(found.costs);
    measured += &marks_table(found.marks);
    measured += &sql(found.texts);
    std::fs::write(&file, format!("{before}{BEGIN}\n\n{measured}{END}{after}")).map_err(named)
}

/// The first way in absolute times, the others as ratios to it.
fn table(group: &Group) -> String {
    let mut out =
        format!("### {}: {}\n\n{}\n\n", group.scenario.title, group.place.title(), group.scenario.about);
    let sizes: Vec<String> = group.sizes.iter().map(|size| format!(" {} |", grouped(*size))).collect();
    let _ =
        writeln!(out, "| {} |{}\n|---|{}", group.scenario.counts, sizes.concat(), "---|".repeat(sizes.len()));
    for (at, way) in group.ways.iter().enumerate() {
        let cells =
            group.sizes.iter().map(|size| way.timings.get(size).map_or(" |".into(), |t| cell(at, t, *size)));
        let _ = writeln!(out, "| {} |{}", shown(&way.name), cells.collect::<String>());
    }
    out.push('\n');
    for note in notes(group) {
        let _ = writeln!(out, "* {note}");
    }
    out.push('\n');
    out
}

fn shown(way: &str) -> String {
    if way.starts_with("rebis") { format!("**{way}**") } else { way.to_owned() }
}

fn cell(at: usize, timing: &Timing, size: usize) -> String {
    let Timing { median, ratio, spread, memory, turns, .. } = timing;
    let mut text = match at {
        0 => format!(" {}", time(*median)),
        _ => format!(" {ratio:.2} ±{spread:.2} ({})", time(*median)),
    };
    if let Some((bytes, peak)) = memory {
        let _ = write!(text, "; {} B, peak {} B", bytes / size.max(1), peak / size.max(1));
    }
    if let Some(turns) = turns {
        let _ = write!(text, "; {turns} round trips");
    }
    text + " |"
}

fn notes(group: &Group) -> Vec<String> {
    let missing = |way: &Way| {
        let sizes: Vec<String> =
            group.sizes.iter().filter(|size| !way.timings.contains_key(size)).map(|s| grouped(*s)).collect();
        (!sizes.is_empty()).then(|| format!("{} failed at {}", way.name, sizes.join(", ")))
    };
    let gaps = group.gaps.iter().map(|(way, why)| format!("{way}: {why}"));
    gaps.chain(group.ways.iter().filter_map(missing)).collect()
}

/// `10,000`.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let parts: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().filter_map(|p| std::str::from_utf8(p).ok()).collect();
    parts.join(",")
}

/// A table for each place.
fn services(loads: &[Load]) -> String {
    let mut out = String::new();
    let mut place = None;
    for load in loads {
        if place.replace(load.place) != Some(load.place) {
            let _ = writeln!(
                out,
                "\n### A service under load: {}\n\n64 clients of an axum service with eight connections; nine of ten requests \
                 ask for a user by key, one reads a user, adds a visit and saves it in a transaction.\n\n\
                 | | requests/s | half within | 99 of 100 within | errors |\n|---|---|---|---|---|",
                load::title(load.place)
            );
        }
        let _ = writeln!(out, "{}", load::line(load));
    }
    if out.is_empty() { out } else { out.trim_start().to_owned() + "\n" }
}

/// What developers wait for.
fn builds(costs: &[Cost]) -> String {
    if costs.is_empty() {
        return String::new();
    }
    let mut out = String::from(
        "### What developers wait for\n\nDebug builds with sources already there and bundled SQLite; CPU seconds of all \
         processes for the clean one, the median of three by the clock for one after an edit of a text in `main`.\n\n\
         | program | with | clean, CPU s | incremental, s | packages | binary, MB |\n|---|---|---|---|---|---|\n",
    );
    costs.iter().for_each(|cost| out += &format!("{}\n", costs::line(cost)));
    out + "\n"
}

fn marks_table(marks: &[Mark]) -> String {
    let mut out = String::from("### Marks\n\n| | at most | measured | |\n|---|---|---|---|\n");
    for mark in marks {
        let verdict = match (mark.holds(), mark.why) {
            (true, _) => "holds".to_owned(),
            (false, None) => "missed".to_owned(),
            (false, Some(why)) => format!("missed: {why}"),
        };
        let _ = writeln!(out, "| {} | {} | {:.3} | {verdict} |", mark.what, mark.most, mark.measured);
    }
    out + "\n"
}

/// What each sends, once.
fn sql(texts: &[Texts]) -> String {
    let mut out = String::from(
        "### SQL\n\nWhat each way sends to the servers, read from the wire, each text once. On SQLite they send the same \
         with other placeholders, but for diesel-async, which inserts row by row.\n\n",
    );
    for place in wire::PLACES {
        let _ = writeln!(out, "<details><summary>{}</summary>\n", place.title());
        let mut scenario = "";
        for found in texts.iter().filter(|found| found.place == place) {
            if found.scenario.name != scenario {
                let gap = if scenario.is_empty() { "" } else { "\n" };
                scenario = found.scenario.name;
                let _ = writeln!(out, "{gap}**{}**\n", found.scenario.title);
            }
            let _ = writeln!(out, "* {}", found.way);
            for text in &found.statements {
                let _ = writeln!(out, "  * `{}`", shortened(text));
            }
        }
        out += "\n</details>\n\n";
    }
    out
}

/// Long lists in the middle of a statement say nothing new.
fn shortened(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    if letters.len() <= 400 {
        return text.to_owned();
    }
    let (begin, end) = (&letters[..260], &letters[letters.len() - 100..]);
    format!("{} … {}", begin.iter().collect::<String>(), end.iter().collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_times_are_readable() {
        assert_eq!(
            ["1", "999", "1,000", "1,000,000"],
            [1, 999, 1_000, 1_000_000].map(grouped).each_ref().map(String::as_str)
        );
        assert_eq!(time(320.0), "320 ns");
        assert_eq!(time(1_500_000.0), "1.50 ms");
    }

    #[test]
    fn long_statements_lose_their_middle() {
        assert_eq!(shortened("select 1"), "select 1");
        assert_eq!(shortened(&"?".repeat(1_000)).chars().count(), 363);
    }
}

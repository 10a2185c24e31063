//! All figures for programs, in nanoseconds.

use crate::bars::Mark;
use crate::costs::Cost;
use crate::load::{self, Load};
use crate::rounds::Group;
use crate::statistics::Timing;

pub fn text(groups: &[Group], marks: &[Mark], costs: &[Cost], loads: &[Load]) -> String {
    let list = |name: &str, items: Vec<String>| format!("\"{name}\": [\n{}\n]", items.join(",\n"));
    let lists = [
        list("groups", groups.iter().map(group).collect()),
        list("costs", costs.iter().map(cost).collect()),
        list("load", loads.iter().map(service).collect()),
        list("marks", marks.iter().map(mark).collect()),
    ];
    format!("{{\n{}\n}}\n", lists.join(",\n"))
}

fn group(group: &Group) -> String {
    let cases = group
        .ways
        .iter()
        .flat_map(|way| way.timings.iter().map(move |(size, timing)| case(&way.name, *size, timing)));
    let gaps =
        group.gaps.iter().map(|(way, why)| format!("{{\"way\": {}, \"why\": {}}}", quoted(way), quoted(why)));
    format!(
        "  {{\"scenario\": {}, \"place\": {}, \"cases\": [\n    {}\n  ], \"gaps\": [{}]}}",
        quoted(group.scenario.name),
        quoted(group.place.name()),
        cases.collect::<Vec<_>>().join(",\n    "),
        gaps.collect::<Vec<_>>().join(", "),
    )
}

fn case(way: &str, size: usize, timing: &Timing) -> String {
    let Timing { median, min, max, ratio, spread, memory, turns } = timing;
    let (bytes, peak) =
        memory.map_or(("null".into(), "null".into()), |(b, p)| (b.to_string(), p.to_string()));
    let turns = turns.map_or("null".to_owned(), |turns| turns.to_string());
    format!(
        "{{\"way\": {}, \"size\": {size}, \"median\": {median:.1}, \"min\": {min:.1}, \"max\": {max:.1}, \
         \"ratio\": {ratio:.4}, \"spread\": {spread:.4}, \"bytes\": {bytes}, \"peak\": {peak}, \"round_trips\": {turns}}}",
        quoted(way)
    )
}

fn cost(cost: &Cost) -> String {
    let Cost { peer, program, clean, incremental, packages, bytes } = cost;
    format!(
        "  {{\"peer\": {}, \"program\": {}, \"cpu_seconds\": {:.2}, \"incremental_seconds\": {:.3}, \
         \"packages\": {packages}, \"bytes\": {bytes}}}",
        quoted(peer),
        quoted(program),
        clean.as_secs_f64(),
        incremental.as_secs_f64()
    )
}

fn service(load: &Load) -> String {
    let Load { place, way, per_second, half, most, errors } = load;
    format!(
        "  {{\"place\": {}, \"way\": {}, \"requests_per_second\": {per_second:.1}, \"p50\": {half:.0}, \"p99\": {most:.0}, \
         \"errors\": {errors}}}",
        quoted(load::title(*place)),
        quoted(way)
    )
}

fn mark(mark: &Mark) -> String {
    format!(
        "  {{\"what\": {}, \"most\": {}, \"measured\": {:.4}, \"holds\": {}}}",
        quoted(&mark.what),
        mark.most,
        mark.measured,
        mark.holds()
    )
}

/// The texts are this program's own: nothing but quotes can need an escape.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

//! The chart: a few scenarios, a bar for each way, ratios on a logarithmic scale.

use crate::programs::root;
use crate::rounds::Group;
use harness::Place;
use std::fmt::Write;

/// What the chart shows.
const PANELS: &[(&str, Place, usize)] = &[
    ("trivial_query", Place::Sqlite, 10_000),
    ("trivial_query", Place::Sqlite, 1),
    ("loading_associations", Place::Sqlite, 9),
    ("insert", Place::Sqlite, 100),
    ("trivial_query", Place::Postgres, 10_000),
    ("loading_associations", Place::Postgres, 100),
    ("save_graph", Place::Postgres, 1_000),
    ("save_graph", Place::Far, 1_000),
];

const ROW: usize = 18;
const WIDTH: f64 = 900.0;
const LEFT: f64 = 190.0;
/// From a third to a hundred times the work by hand.
const ENDS: (f64, f64) = (0.33, 100.0);

/// Writes `docs/benchmarks.svg`.
pub fn write(groups: &[Group]) -> Result<(), String> {
    let file = root().join("../docs/benchmarks.svg");
    std::fs::write(&file, svg(groups)).map_err(|e| format!("{}: {e}", file.display()))
}

fn svg(groups: &[Group]) -> String {
    let mut body = String::new();
    let mut y = 30;
    for (name, place, size) in PANELS {
        if let Some(group) = groups.iter().find(|g| g.scenario.name == *name && g.place == *place) {
            y = panel(&mut body, group, *size, y);
        }
    }
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{y}\" \
         font-family=\"sans-serif\" font-size=\"12\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n\
         <text x=\"10\" y=\"18\" font-weight=\"bold\">Time as a ratio to the work by hand (logarithmic, less is better)</text>\n\
         {body}</svg>\n"
    )
}

/// One scenario; where the next begins.
fn panel(body: &mut String, group: &Group, size: usize, top: usize) -> usize {
    let title =
        format!("{}, {size} {}, {}", group.scenario.title, group.scenario.counts, group.place.title());
    let _ = writeln!(body, "<text x=\"10\" y=\"{}\" font-weight=\"bold\">{title}</text>", top + 16);
    let mut y = top + 24;
    for way in &group.ways {
        let Some(timing) = way.timings.get(&size) else { continue };
        let colour = match way.name.as_str() {
            name if name.starts_with("rebis") => "#2563eb",
            "hand" => "#9ca3af",
            _ => "#d1d5db",
        };
        let (zero, end) = (place(1.0), place(timing.ratio));
        let (from, width) = (zero.min(end), (zero - end).abs().max(1.5));
        let _ = writeln!(
            body,
            "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text>\
             <rect x=\"{from:.1}\" y=\"{y}\" width=\"{width:.1}\" height=\"{}\" fill=\"{colour}\"/>\
             <text x=\"{:.1}\" y=\"{}\">{:.2}</text>",
            LEFT - 8.0,
            y + 12,
            way.name,
            ROW - 4,
            from + width + 4.0,
            y + 12,
            timing.ratio
        );
        y += ROW;
    }
    let line = place(1.0);
    let _ = writeln!(
        body,
        "<line x1=\"{line:.1}\" x2=\"{line:.1}\" y1=\"{}\" y2=\"{y}\" stroke=\"black\"/>",
        top + 22
    );
    y + 10
}

/// Where a ratio stands.
fn place(ratio: f64) -> f64 {
    let (low, high) = (ENDS.0.ln(), ENDS.1.ln());
    let part = (ratio.clamp(ENDS.0, ENDS.1).ln() - low) / (high - low);
    LEFT + part * (WIDTH - LEFT - 60.0)
}

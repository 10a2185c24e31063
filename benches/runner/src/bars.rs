//! The marks to reach, as data, and whether they are.

use crate::costs::Cost;
use crate::load::{self, Load};
use crate::rounds::Group;
use harness::Place::{self, Far, MySql, Postgres, Sqlite};
use std::time::Duration;

/// A way must not take longer than so many times another one.
pub struct Bar {
    scenario: &'static str,
    place: Place,
    size: usize,
    way: &'static str,
    than: &'static str,
    most: f64,
}

const fn bar(
    scenario: &'static str,
    place: Place,
    size: usize,
    way: &'static str,
    than: &'static str,
    most: f64,
) -> Bar {
    Bar { scenario, place, size, way, than, most }
}

const BARS: &[Bar] = &[
    bar("trivial_query", Sqlite, 10_000, "rebis", "hand", 1.0),
    bar("trivial_query", Sqlite, 10_000, "rebis-tracked", "hand", 1.15),
    bar("trivial_query", Sqlite, 10_000, "rebis-tracked", "diesel", 1.0),
    bar("text_keys", Sqlite, 10_000, "rebis-tracked", "hand", 1.35),
    bar("uuid_keys", Sqlite, 10_000, "rebis-tracked", "hand", 1.35),
    bar("trivial_query", Sqlite, 1, "rebis", "hand", 4.0),
    bar("row_by_key", Sqlite, 10_000, "rebis-kept", "hand", 1.3),
    bar("row_by_key", Sqlite, 10_000, "rebis", "hand", 4.0),
    bar("row_by_key", Sqlite, 10_000, "rebis-tracked", "hand", 5.0),
    bar("row_by_key", Sqlite, 10_000, "rebis-async", "hand", 25.0),
    bar("medium_complex_query", Sqlite, 10_000, "rebis", "hand", 1.05),
    bar("loading_associations", Sqlite, 9, "rebis-tracked", "hand", 1.4),
    bar("loading_associations", Sqlite, 9, "rebis", "hand", 1.05),
    bar("insert", Sqlite, 1, "rebis", "hand-built", 0.7),
    bar("insert", Sqlite, 100, "rebis", "hand-built", 0.7),
    bar("insert", Sqlite, 1, "rebis-tracked", "hand-built", 1.1),
    bar("insert", Sqlite, 100, "rebis-tracked", "hand-built", 1.4),
    bar("flush", Sqlite, 10_000, "rebis-tracked", "hand", 0.9),
    bar("trivial_query", Sqlite, 1, "rebis-async", "hand", 25.0),
    bar("trivial_query", Sqlite, 10_000, "rebis-async", "hand", 1.35),
    bar("trivial_query", Sqlite, 1, "rebis-async-inline", "hand", 1.5),
    bar("row_by_key", Sqlite, 10_000, "rebis-async-kept-inline", "hand", 1.5),
    bar("trivial_query", Sqlite, 10_000, "rebis-async-inline", "hand", 1.1),
    bar("trivial_query", Postgres, 10_000, "rebis-async", "hand", 0.9),
    bar("loading_associations", Postgres, 100, "rebis-async", "hand", 0.7),
    bar("trivial_query", Postgres, 10_000, "rebis-async-tracked", "hand", 1.1),
    bar("loading_associations", Postgres, 100, "rebis-async-tracked", "hand", 0.9),
    bar("save_graph", Postgres, 1_000, "rebis-async-tracked", "sea-orm", 0.3),
    bar("save_graph", Far, 1_000, "rebis-async-tracked", "sea-orm", 0.1),
    bar("bulk_inserts_flush", Sqlite, 10_000, "rebis-tracked", "sqlalchemy", 0.05),
    bar("bulk_inserts_flush_keys", Sqlite, 10_000, "rebis-tracked", "sqlalchemy", 0.05),
    bar("bulk_updates_flush", Sqlite, 10_000, "rebis-tracked", "sqlalchemy", 0.05),
    bar("large_resultsets_objects", Sqlite, 10_000, "rebis-tracked", "sqlalchemy", 0.05),
    bar("large_resultsets_chunks", Sqlite, 10_000, "rebis-tracked", "sqlalchemy", 0.05),
    bar("short_selects_new", Sqlite, 1_000, "rebis-tracked", "sqlalchemy", 0.1),
    bar("short_selects_reused", Sqlite, 1_000, "rebis-tracked", "sqlalchemy", 0.1),
    bar("growth_load", Sqlite, 10_000, "rebis-tracked", "hand", 1.3),
    bar("growth_load", Sqlite, 100_000, "rebis-tracked", "hand", 1.3),
    bar("growth_load", Sqlite, 1_000_000, "rebis-tracked", "hand", 1.3),
    bar("growth_flush", Sqlite, 10_000, "rebis-tracked", "hand", 1.3),
    bar("growth_flush", Sqlite, 100_000, "rebis-tracked", "hand", 1.3),
    bar("growth_flush", Sqlite, 1_000_000, "rebis-tracked", "hand", 1.3),
    bar("trivial_query", MySql, 10_000, "rebis-async", "hand", 1.0),
    bar("loading_associations", MySql, 100, "rebis-async", "hand", 1.0),
];

/// Why a bar may be missed: where the instructions go, as a profile has it (`valgrind --tool=callgrind`).
const WHY: &[(&str, Place, usize, &str, &str)] = &[
    (
        "row_by_key",
        Sqlite,
        10_000,
        "rebis-kept",
        "66 % of the instructions are SQLite's, of those by hand 84 %; the rest is a dozen calls of 50 to 250 each, none hot",
    ),
    (
        "uuid_keys",
        Sqlite,
        10_000,
        "rebis-tracked",
        "an eighth of the instructions hashes keys and enters them into the identity map, which outgrows the caches",
    ),
    (
        "medium_complex_query",
        Sqlite,
        10_000,
        "rebis",
        "all four columns of a post that is not there are read; by hand the first alone",
    ),
    (
        "insert",
        Sqlite,
        1,
        "rebis",
        "two thirds of the instructions are SQLite's, as many as by hand with a kept statement",
    ),
    (
        "insert",
        Sqlite,
        1,
        "rebis-tracked",
        "a session, its plan and a transaction for one row: SQLite's own work is a quarter of it",
    ),
];

/// A mark, and what was measured.
pub struct Mark {
    pub what: String,
    pub most: f64,
    pub measured: f64,
    /// Why it may be missed, where a profile has told.
    pub why: Option<&'static str>,
}

impl Mark {
    pub fn holds(&self) -> bool {
        self.measured <= self.most
    }
}

/// Those marks for which there are figures.
pub fn judge(groups: &[Group], costs: &[Cost], loads: &[Load]) -> Vec<Mark> {
    let times = BARS.iter().filter_map(|bar| {
        let group = groups.iter().find(|g| g.scenario.name == bar.scenario && g.place == bar.place)?;
        let measured = group.timing(bar.way, bar.size)?.ratio / group.timing(bar.than, bar.size)?.ratio;
        Some(Mark { what: what(bar, group), most: bar.most, measured, why: why(bar) })
    });
    times.chain(of_known(groups)).chain(of_loads(loads)).chain(of_costs(costs)).collect()
}

/// What a session has already is not compared with what asks a database.
fn of_known(groups: &[Group]) -> Option<Mark> {
    let group = groups.iter().find(|g| g.scenario.name == "row_by_key" && g.place == Sqlite)?;
    let measured = group.timing("rebis-known", 10_000)?.median;
    Some(Mark {
        what: "One row by key, known to the session: nanoseconds".to_owned(),
        most: 25.0,
        measured,
        why: None,
    })
}

fn why(bar: &Bar) -> Option<&'static str> {
    let of = |(scenario, place, size, way, _): &&(&str, Place, usize, &str, &str)| {
        (*scenario, *place, *size, *way) == (bar.scenario, bar.place, bar.size, bar.way)
    };
    WHY.iter().find(of).map(|(.., why)| *why)
}

fn what(Bar { size, way, than, .. }: &Bar, group: &Group) -> String {
    format!("{}, {size}, {}: `{way}` to `{than}`", group.scenario.title, group.place.title())
}

/// No peer but the work by hand may answer more requests.
fn of_loads(loads: &[Load]) -> impl Iterator<Item = Mark> {
    let ours = |load: &&Load| load.way.starts_with("rebis");
    loads.iter().filter(ours).filter_map(move |rebis| {
        let peers =
            loads.iter().filter(|load| !ours(load) && load.way != "hand" && load.place == rebis.place);
        let best = peers.max_by(|a, b| a.per_second.total_cmp(&b.per_second))?;
        let place = load::title(rebis.place);
        let what = format!(
            "A service under load, {place}: requests per second of `{}` to `{}`",
            best.way, rebis.way
        );
        Some(Mark { what, most: 1.0, measured: best.per_second / rebis.per_second, why: None })
    })
}

/// A program of one file must not take longer to build than Diesel's, and not more than 40 packages.
fn of_costs(costs: &[Cost]) -> Vec<Mark> {
    let of = |peer: &str| costs.iter().find(|cost| cost.peer == peer && cost.program == costs[0].program);
    let (Some(rebis), Some(diesel)) = (of("rebis"), of("diesel")) else { return Vec::new() };
    let ratio = |a: Duration, b: Duration| a.as_secs_f64() / b.as_secs_f64();
    let mark = |what: &str, most, measured| Mark { what: what.to_owned(), most, measured, why: None };
    vec![
        mark("One file, clean build: CPU seconds of Rebis to Diesel", 1.0, ratio(rebis.clean, diesel.clean)),
        mark(
            "One file, incremental build: Rebis to Diesel",
            1.0,
            ratio(rebis.incremental, diesel.incremental),
        ),
        mark("One file: packages", 40.0, rebis.packages as f64),
    ]
}

/// For the terminal.
pub fn text(marks: &[Mark]) -> String {
    let line = |mark: &Mark| {
        let verdict = if mark.holds() { "holds " } else { "MISSED" };
        format!("{verdict} {:8.3} of {:5.2}  {}\n", mark.measured, mark.most, mark.what)
    };
    marks.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn under_load_the_best_peer_counts() {
        let load =
            |way, per_second| Load { place: Postgres, way, per_second, half: 0.0, most: 0.0, errors: 0 };
        let loads = [load("hand", 9.0), load("rebis", 8.0), load("sqlx", 6.0), load("sea-orm", 2.0)];
        let marks: Vec<Mark> = of_loads(&loads).collect();
        assert!(marks.len() == 1 && marks[0].measured == 0.75 && marks[0].what.contains("`sqlx` to `rebis`"));
    }

    #[test]
    fn each_reason_is_of_a_bar() {
        let known: Vec<_> = BARS.iter().filter_map(why).collect();
        assert!(WHY.iter().all(|(.., why)| known.contains(why)));
    }

    #[test]
    fn each_bar_is_of_a_size_that_is_measured() {
        for Bar { scenario, place, size, .. } in BARS {
            let found = harness::find(scenario).expect("a scenario");
            assert!(
                found.sizes.iter().any(|(at, sizes)| at == place && sizes.contains(size)),
                "{scenario} {size} {place:?}"
            );
        }
    }
}

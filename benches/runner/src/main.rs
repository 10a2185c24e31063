//! Builds the peers' programs, lets them take turns, and writes down what came out. `cargo xtask bench` calls it.

mod bars;
mod chart;
mod costs;
mod json;
mod load;
mod machine;
mod page;
mod programs;
mod rounds;
mod servers;
mod statistics;
mod wire;

use harness::{Place, Scenario};
use programs::Program;
use rounds::{Effort, Group};
use servers::Servers;
use std::path::PathBuf;
use std::process::ExitCode;

/// What was asked for.
#[derive(Default)]
struct Options {
    only: Vec<String>,
    quick: bool,
    json: Option<PathBuf>,
    write: bool,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match read(&arguments).and_then(run) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}

fn read(arguments: &[String]) -> Result<Options, String> {
    let mut options = Options::default();
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        let mut value = || rest.next().ok_or(format!("`{argument}` wants a value"));
        match argument.as_str() {
            "--only" => options.only.push(value()?.clone()),
            "--json" => options.json = Some(PathBuf::from(value()?)),
            "--quick" => options.quick = true,
            "--write" => options.write = true,
            _ => {
                return Err(format!(
                    "there are --only NAME, --quick, --json FILE and --write, not `{argument}`"
                ));
            }
        }
    }
    if options.write && (options.quick || !options.only.is_empty()) {
        return Err("`--write` wants a whole run, without `--only` and `--quick`".into());
    }
    Ok(options)
}

/// Whether every program did its work.
fn run(mut options: Options) -> Result<bool, String> {
    let wishes = Wishes::of(&mut options.only)?;
    let programs = programs::build(|peer| wishes.program(peer))?;
    let servers = Servers::find();
    let effort = if options.quick { Effort::QUICK } else { Effort::FULL };
    let mut groups = Vec::new();
    for scenario in harness::ALL.iter().filter(|scenario| wishes.scenario(scenario)) {
        for (place, sizes) in scenario.sizes.iter().filter(|(place, _)| wishes.place(*place)) {
            let sizes = if options.quick { few(sizes) } else { sizes.to_vec() };
            let found = rounds::group(scenario, *place, &sizes, &programs, &servers, effort);
            if !found.ways.is_empty() {
                println!("{}", page::text(&found));
                groups.push(found);
            }
        }
    }
    let texts =
        wire::texts(&programs, &servers, |scenario, place| wishes.scenario(scenario) && wishes.place(place));
    let (loads, mut failed) = if wishes.extra("load", options.quick) {
        load::all(&servers, options.quick, |place| wishes.place(place), |peer| wishes.peer(peer))
    } else {
        Default::default()
    };
    let (costs, unbuilt) = if wishes.extra("costs", options.quick) {
        costs::all(|peer| wishes.peer(peer))
    } else {
        Default::default()
    };
    failed.extend(unbuilt);
    let marks = bars::judge(&groups, &costs, &loads);
    println!("{}", bars::text(&marks));
    if let Some(file) = &options.json {
        let text = json::text(&groups, &marks, &costs, &loads);
        std::fs::write(file, text).map_err(|e| format!("{}: {e}", file.display()))?;
    }
    if options.write {
        let found =
            page::Found { groups: &groups, marks: &marks, texts: &texts, costs: &costs, loads: &loads };
        page::write(&found, &programs, &servers)?;
        chart::write(&groups)?;
    }
    Ok(finished(&groups, &failed, &programs))
}

/// The smallest size, and the greatest that does not take long.
fn few(sizes: &[usize]) -> Vec<usize> {
    let small = sizes.iter().copied().filter(|size| *size <= 1_000);
    let mut few = vec![sizes[0]];
    few.extend(small.max().filter(|size| *size != sizes[0]));
    few
}

/// Says what failed.
fn finished(groups: &[Group], failed: &[String], programs: &[Program]) -> bool {
    let failures: Vec<&String> = groups.iter().flat_map(|group| &group.failures).chain(failed).collect();
    failures.iter().for_each(|failure| eprintln!("FAILED {failure}"));
    let missing: Vec<_> = programs.iter().filter_map(|program| program.missing.as_ref()).collect();
    missing.iter().for_each(|why| eprintln!("not there: {why}"));
    failures.is_empty()
}

/// What `--only` names: scenarios, places and peers; of each kind all, where none is named.
#[derive(Default)]
struct Wishes {
    scenarios: Vec<String>,
    places: Vec<String>,
    peers: Vec<String>,
    extras: Vec<String>,
}

/// What is measured in another way.
const EXTRAS: [&str; 2] = ["costs", "load"];

const PLACES: [Place; 4] = [Place::Sqlite, Place::Postgres, Place::MySql, Place::Far];

impl Wishes {
    fn of(only: &mut Vec<String>) -> Result<Wishes, String> {
        let mut wishes = Wishes::default();
        for name in only.drain(..) {
            if harness::find(&name).is_some() {
                wishes.scenarios.push(name);
            } else if PLACES.iter().any(|place| place.name() == name) {
                wishes.places.push(name);
            } else if programs::ALL.iter().any(|plan| plan.peer == name) {
                wishes.peers.push(name);
            } else if EXTRAS.contains(&name.as_str()) {
                wishes.extras.push(name);
            } else {
                let scenarios: Vec<&str> = harness::ALL.iter().map(|scenario| scenario.name).collect();
                let places = PLACES.map(Place::name);
                let peers: Vec<&str> = programs::ALL.iter().map(|plan| plan.peer).collect();
                return Err(format!(
                    "`--only {name}` names no scenario ({}), no place ({}), no peer ({}) and none of {}",
                    scenarios.join(", "),
                    places.join(", "),
                    peers.join(", "),
                    EXTRAS.join(", ")
                ));
            }
        }
        Ok(wishes)
    }

    fn scenario(&self, scenario: &Scenario) -> bool {
        let any = self.scenarios.is_empty() && self.extras.is_empty();
        any || self.scenarios.iter().any(|name| name == scenario.name)
    }

    fn place(&self, place: Place) -> bool {
        self.places.is_empty() || self.places.iter().any(|name| name == place.name())
    }

    /// These take long: not in a quick run, unless they are named.
    fn extra(&self, extra: &str, quick: bool) -> bool {
        let all = !quick && [&self.scenarios, &self.places, &self.peers].iter().all(|wish| wish.is_empty());
        self.extras.iter().any(|name| name == extra) || self.extras.is_empty() && all
    }

    fn peer(&self, peer: &str) -> bool {
        self.peers.is_empty() || self.peers.iter().any(|name| name == peer)
    }

    /// By hand is what the others are compared with.
    fn program(&self, peer: &str) -> bool {
        let turns = self.extras.is_empty() || !self.scenarios.is_empty();
        peer == "hand" || turns && self.peer(peer)
    }
}

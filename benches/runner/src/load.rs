//! A small web service over each peer, and 64 clients that ask for users and for visits: requests per second, and how long
//! one takes. The services stand beside each other, and are asked in turns.

use crate::page;
use crate::programs::cargo;
use crate::servers::{Home, Servers};
use crate::statistics::at;
use harness::Place;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// Ways, and the peers they are of.
pub const WAYS: [(&str, &str); 6] = [
    ("hand", "hand"),
    ("rebis", "rebis"),
    ("rebis-tracked", "rebis"),
    ("diesel-async", "diesel"),
    ("sqlx", "sqlx"),
    ("sea-orm", "sea-orm"),
];

const PLACES: [Place; 2] = [Place::Sqlite, Place::Postgres];

/// How long and how often each is asked.
struct Effort {
    rounds: usize,
    warm_up: Duration,
    turn: Duration,
}

const FULL: Effort = Effort { rounds: 3, warm_up: Duration::from_secs(1), turn: Duration::from_secs(4) };
const QUICK: Effort = Effort { rounds: 1, warm_up: Duration::from_millis(300), turn: Duration::from_secs(1) };

/// What came of one way at one place: medians of the rounds.
pub struct Load {
    pub place: Place,
    pub way: &'static str,
    pub per_second: f64,
    /// Nanoseconds within which half of the requests were answered, and 99 of 100.
    pub half: f64,
    pub most: f64,
    /// In all rounds.
    pub errors: u64,
}

/// Where the service of this bench keeps its table.
pub fn title(place: Place) -> &'static str {
    if place == Place::Sqlite { "SQLite in a file" } else { place.title() }
}

/// Asks the services of those peers that are wished for, at the places that are; one that fails is said so, and left out.
pub fn all(
    servers: &Servers,
    quick: bool,
    place: impl Fn(Place) -> bool,
    peer: impl Fn(&str) -> bool,
) -> (Vec<Load>, Vec<String>) {
    let program = match cargo("bench-service", ".") {
        Ok(command) => command[0].clone(),
        Err(why) => return (Vec::new(), vec![format!("the service: {why}")]),
    };
    let effort = if quick { &QUICK } else { &FULL };
    let folder = std::env::temp_dir().join(format!("bench-load-{}", std::process::id()));
    let (mut loads, mut failures) = (Vec::new(), Vec::new());
    for place in PLACES.into_iter().filter(|at| place(*at)) {
        let mut services = Vec::new();
        for (way, _) in WAYS.iter().filter(|(_, of)| peer(of)) {
            match Service::start(&program, way, place, servers, &folder) {
                Ok(Some(service)) => services.push(service),
                Ok(None) => {}
                Err(why) => failures.push(format!("load of {way}, {}: {why}", title(place))),
            }
        }
        take_turns(&mut services, effort, &program);
        for service in services {
            match service.found(place) {
                Ok(load) => loads.push(load),
                Err(why) => failures.push(why),
            }
        }
    }
    let _ = std::fs::remove_dir_all(&folder);
    (loads, failures)
}

fn take_turns(services: &mut [Service<'_>], effort: &Effort, program: &Path) {
    let count = services.len();
    for round in 0..effort.rounds {
        for turn in 0..count {
            services[(turn + round) % count].take_turn(effort, program);
        }
    }
}

/// A service that listens.
struct Service<'a> {
    way: &'static str,
    address: String,
    turns: Vec<Turn>,
    failed: Option<String>,
    /// It ends when its input does, and its database after it.
    child: Child,
    _home: Option<Home<'a>>,
}

/// What the clients print.
struct Turn {
    per_second: f64,
    half: f64,
    most: f64,
    errors: u64,
}

impl<'a> Service<'a> {
    /// None, where there is no server.
    fn start(
        program: &Path,
        way: &'static str,
        place: Place,
        servers: &'a Servers,
        folder: &Path,
    ) -> Result<Option<Service<'a>>, String> {
        let (home, at) = if place == Place::Sqlite {
            std::fs::create_dir_all(folder).map_err(|e| e.to_string())?;
            (None, folder.join(format!("{way}.db")).to_string_lossy().into_owned())
        } else {
            let Some(home) = servers.home(place) else { return Ok(None) };
            let url = home.url.clone();
            (Some(home), url)
        };
        let mut command = Command::new(program);
        command.args(["serve", way, &at]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().map_err(|e| e.to_string())?;
        let said = child.stdout.take().and_then(|out| BufReader::new(out).lines().next());
        match said {
            Some(Ok(address)) => {
                Ok(Some(Service { way, address, turns: Vec::new(), failed: None, child, _home: home }))
            }
            _ => Err("it does not listen".into()),
        }
    }

    /// Who has failed once is not asked again.
    fn take_turn(&mut self, effort: &Effort, program: &Path) {
        if self.failed.is_none() {
            let asked = ask(program, &self.address, effort.warm_up)
                .and_then(|_| ask(program, &self.address, effort.turn));
            match asked {
                Ok(turn) => self.turns.push(turn),
                Err(why) => self.failed = Some(why),
            }
        }
    }

    fn found(&self, place: Place) -> Result<Load, String> {
        if let Some(why) = &self.failed {
            return Err(format!("load of {}, {}: {why}", self.way, title(place)));
        }
        let median = |of: fn(&Turn) -> f64| at(&self.turns.iter().map(of).collect::<Vec<_>>(), 0.5);
        let load = Load {
            place,
            way: self.way,
            per_second: median(|turn| turn.per_second),
            half: median(|turn| turn.half),
            most: median(|turn| turn.most),
            errors: self.turns.iter().map(|turn| turn.errors).sum(),
        };
        println!("{:<18} {}", title(place), line(&load));
        Ok(load)
    }
}

impl Drop for Service<'_> {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

/// Has the clients ask for so long.
fn ask(program: &Path, address: &str, time: Duration) -> Result<Turn, String> {
    let mut command = Command::new(program);
    let output = command.args(["load", address, &time.as_millis().to_string()]).output();
    let output = output.map_err(|e| e.to_string())?;
    let text = String::from_utf8_lossy(&output.stdout);
    let figures: Option<Vec<f64>> = text.split_whitespace().map(|word| word.parse().ok()).collect();
    match figures.as_deref() {
        Some([per_second, half, most, errors]) if output.status.success() => {
            Ok(Turn { per_second: *per_second, half: *half, most: *most, errors: *errors as u64 })
        }
        _ => Err(String::from_utf8_lossy(&output.stderr).trim().to_owned()),
    }
}

/// A row of a table.
pub fn line(load: &Load) -> String {
    let Load { place: _, way, per_second, half, most, errors } = load;
    let way = if way.starts_with("rebis") { format!("**{way}**") } else { (*way).to_owned() };
    format!("| {way} | {per_second:.0} | {} | {} | {errors} |", page::time(*half), page::time(*most))
}

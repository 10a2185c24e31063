//! A scenario at one place: the programs take turns, so that a machine that slows down slows all of them.

use crate::programs::Program;
use crate::servers::{Home, Servers};
use crate::statistics::Timing;
use harness::{Place, Scenario};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Lines, Write};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::time::{Duration, Instant};

/// Work of this length is not done again to find out how long it takes.
const LONG: Duration = Duration::from_secs(3);

/// How much is measured.
#[derive(Clone, Copy)]
pub struct Effort {
    rounds: usize,
    /// For one turn of a program.
    turn: Duration,
    /// For all turns at one size.
    all: Duration,
}

impl Effort {
    pub const FULL: Effort =
        Effort { rounds: 11, turn: Duration::from_millis(20), all: Duration::from_secs(5) };
    pub const QUICK: Effort =
        Effort { rounds: 3, turn: Duration::from_millis(3), all: Duration::from_secs(2) };

    /// As many rounds as there is time for, and not too few.
    fn rounds(self, each: Duration) -> usize {
        let fit = (self.all.as_nanos() / each.as_nanos().max(1)) as usize;
        // What takes so long varies little.
        let few = if each > LONG * 4 { 1 } else { 3 };
        fit.clamp(self.rounds.min(few), self.rounds)
    }
}

/// What came out of a scenario at one place.
pub struct Group {
    pub scenario: &'static Scenario,
    pub place: Place,
    pub sizes: Vec<usize>,
    /// In the order of the programs; by hand is the first.
    pub ways: Vec<Way>,
    /// Who leaves it out, and why.
    pub gaps: Vec<(String, String)>,
    pub failures: Vec<String>,
}

pub struct Way {
    pub name: String,
    pub timings: BTreeMap<usize, Timing>,
}

impl Group {
    pub fn timing(&self, way: &str, size: usize) -> Option<&Timing> {
        self.ways.iter().find(|w| w.name == way)?.timings.get(&size)
    }
}

/// Runs a scenario at a place with each size.
pub fn group(
    scenario: &'static Scenario,
    place: Place,
    sizes: &[usize],
    programs: &[Program],
    servers: &Servers,
    effort: Effort,
) -> Group {
    let all = programs.iter().flat_map(|program| program.can.iter().map(move |can| (program, can)));
    let here = all.filter(|(_, can)| can.scenario == scenario.name && can.database == place.database());
    let (gaps, able): (Vec<_>, Vec<_>) = here.partition(|(_, can)| can.gap.is_some());
    let gaps = gaps.into_iter().map(|(_, can)| (can.way.clone(), can.gap.clone().unwrap_or_default()));
    let mut ways: Vec<Way> = Vec::new();
    let mut failures = Vec::new();
    for size in sizes {
        let mut players = Vec::new();
        for (program, can) in &able {
            match Player::start(program, &can.way, scenario, place, *size, servers) {
                Ok(player) => players.push(player),
                Err(why) => failures.push(format!("{} {} {size}: {why}", can.way, scenario.name)),
            }
        }
        play(&mut players, effort, scenario.memory, &mut failures);
        let base = players.first().map(|player| player.samples.clone()).unwrap_or_default();
        for player in players.iter().filter(|player| !player.samples.is_empty()) {
            let timing =
                Timing { memory: player.memory, turns: player.turns, ..Timing::of(&player.samples, &base) };
            match ways.iter_mut().find(|way| way.name == player.way) {
                Some(way) => drop(way.timings.insert(*size, timing)),
                None => {
                    let timings = BTreeMap::from([(*size, timing)]);
                    ways.push(Way { name: player.way.clone(), timings });
                }
            }
        }
    }
    Group { scenario, place, sizes: sizes.to_vec(), ways, gaps: gaps.collect(), failures }
}

/// Lets them take turns. Who fails is out, with its samples.
fn play(players: &mut Vec<Player<'_>>, effort: Effort, memory: bool, failures: &mut Vec<String>) {
    let mut out = |players: &mut Vec<Player<'_>>| {
        players.retain(|player| match &player.failed {
            Some(why) => {
                failures.push(format!("{}: {why}", player.what));
                false
            }
            None => true,
        });
    };
    for player in players.iter_mut() {
        player.warm_up(effort, memory);
    }
    out(players);
    let each = players.iter().map(|player| player.once * player.times as u32).sum();
    for round in 0..effort.rounds(each) {
        // Each goes first, and after each other, equally often.
        let count = players.len();
        for turn in 0..count {
            let player = &mut players[(turn + round) % count];
            if let Some(took) = player.go(player.times) {
                player.samples.push(took.as_nanos() as f64 / player.times as f64);
            }
        }
        out(players);
    }
}

/// A program that has prepared its work.
struct Player<'a> {
    way: String,
    what: String,
    child: Child,
    to: ChildStdin,
    from: Lines<BufReader<ChildStdout>>,
    /// With what is not measured.
    once: Duration,
    times: usize,
    samples: Vec<f64>,
    memory: Option<(usize, usize)>,
    turns: Option<u64>,
    failed: Option<String>,
    home: Home<'a>,
}

impl<'a> Player<'a> {
    fn start(
        program: &Program,
        way: &str,
        scenario: &Scenario,
        place: Place,
        size: usize,
        servers: &'a Servers,
    ) -> Result<Player<'a>, String> {
        let home = servers.home(place).ok_or("there is no server")?;
        let database = place.database().name();
        let (mut child, to, mut from) = spawn(program, way, scenario.name, database, size, &home.url)?;
        match from.next() {
            Some(Ok(line)) if line == "ready" => {}
            said => {
                let _ = child.kill().and_then(|()| child.wait());
                return Err(format!("it is not ready: {said:?}"));
            }
        }
        Ok(Player {
            way: way.to_owned(),
            what: format!("{way} {} {database} {size}", scenario.name),
            child,
            to,
            from,
            once: Duration::ZERO,
            times: 1,
            samples: Vec::new(),
            memory: None,
            turns: None,
            failed: None,
            home,
        })
    }

    /// Fills caches, asks for memory and round trips, and finds out how often the work fits in a turn.
    fn warm_up(&mut self, effort: Effort, memory: bool) {
        if memory {
            self.memory = self.ask("memory").and_then(|words| {
                let mut numbers = words.split_whitespace().filter_map(|word| word.parse().ok());
                Some((numbers.next()?, numbers.next()?))
            });
        }
        let turns = |home: &Home<'_>| home.proxy.as_ref().map(|proxy| proxy.turns());
        turns(&self.home);
        let begun = Instant::now();
        let Some(mut first) = self.go(1) else { return };
        self.turns = turns(&self.home);
        if first > LONG {
            self.once = begun.elapsed();
            return;
        }
        let begun = Instant::now();
        match self.go(1) {
            Some(took) => first = took,
            None => return,
        }
        self.turns = turns(&self.home);
        let fit =
            |once: Duration| (effort.turn.as_nanos() / once.as_nanos().max(1)).clamp(1, 100_000) as usize;
        // The first guess of something short is mostly the clock's.
        let guess = fit(first.max(begun.elapsed() / 4)).min(64);
        let begun = Instant::now();
        self.once = self.go(guess).map_or(first, |took| took / guess as u32);
        // What puts the tables back between two turns is not measured, but must not take much longer than they do.
        let whole = begun.elapsed() / guess as u32;
        self.times = fit(self.once.max(whole / 4));
        self.once = self.once.max(whole);
    }

    /// Does the work so often; how long it took in all.
    fn go(&mut self, times: usize) -> Option<Duration> {
        let words = self.ask(&format!("go {times}"))?;
        words.strip_prefix("took ")?.parse().ok().map(Duration::from_nanos)
    }

    fn ask(&mut self, line: &str) -> Option<String> {
        let said = writeln!(self.to, "{line}").and_then(|()| self.to.flush());
        match (said, self.from.next()) {
            (Ok(()), Some(Ok(answer))) => Some(answer),
            _ => {
                self.failed.get_or_insert_with(|| format!("it gave no answer to `{line}`"));
                None
            }
        }
    }
}

impl Drop for Player<'_> {
    fn drop(&mut self) {
        let _ = self.child.kill().and_then(|()| self.child.wait());
    }
}

type Spawned = (Child, ChildStdin, Lines<BufReader<ChildStdout>>);

/// Starts a program; what it says of errors is shown.
pub fn spawn(
    program: &Program,
    way: &str,
    scenario: &str,
    database: &str,
    size: usize,
    url: &str,
) -> Result<Spawned, String> {
    let mut command = program.command();
    command.args(["run", way, scenario, database, &size.to_string(), url]);
    let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let mut child = child.map_err(|error| error.to_string())?;
    match (child.stdin.take(), child.stdout.take()) {
        (Some(to), Some(from)) => Ok((child, to, BufReader::new(from).lines())),
        _ => Err("it has no input or output".into()),
    }
}

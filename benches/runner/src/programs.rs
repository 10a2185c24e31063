//! The peers' programs: how each is built and called, and what it can do.

use harness::Database;
use std::path::{Path, PathBuf};
use std::process::Command;

/// How a program comes to be.
pub struct Plan {
    pub peer: &'static str,
    source: Source,
    /// Packages whose versions the report names.
    pub versions: &'static [&'static str],
}

enum Source {
    /// A package, and the folder of its workspace.
    Cargo(&'static str, &'static str),
    /// A script, and what it needs.
    Python(&'static str, &'static [&'static str]),
}

pub const ALL: &[Plan] = &[
    Plan {
        peer: "hand",
        source: Source::Cargo("bench-hand", "."),
        versions: &["rusqlite", "tokio-postgres", "mysql_async"],
    },
    Plan { peer: "rebis", source: Source::Cargo("bench-rebis", "."), versions: &["rebis"] },
    Plan {
        peer: "diesel",
        source: Source::Cargo("bench-diesel", "."),
        versions: &["diesel", "diesel-async"],
    },
    Plan { peer: "sqlx", source: Source::Cargo("bench-sqlx", "."), versions: &["sqlx"] },
    Plan { peer: "sea-orm", source: Source::Cargo("bench-sea-orm", "."), versions: &["sea-orm"] },
    Plan { peer: "toasty", source: Source::Cargo("bench-toasty", "toasty"), versions: &["toasty"] },
    Plan {
        peer: "sqlalchemy",
        source: Source::Python(
            "sqlalchemy/bench.py",
            &["sqlalchemy==2.1.*", "psycopg[binary]", "mysqlclient"],
        ),
        versions: &[],
    },
];

/// A program that is there, or why it is not.
pub struct Program {
    pub plan: &'static Plan,
    command: Vec<PathBuf>,
    pub can: Vec<Can>,
    pub missing: Option<String>,
}

/// What a program says of itself.
pub struct Can {
    pub way: String,
    pub scenario: String,
    pub database: Database,
    /// Why it leaves the scenario out.
    pub gap: Option<String>,
}

impl Program {
    pub fn command(&self) -> Command {
        let mut command = Command::new(&self.command[0]);
        command.args(&self.command[1..]);
        command
    }
}

pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Builds those that are wished for. One that cannot be built is missing, with its reason.
pub fn build(wished: impl Fn(&str) -> bool) -> Result<Vec<Program>, String> {
    let plans = ALL.iter().filter(|plan| wished(plan.peer));
    let programs: Vec<Program> = plans.map(program).collect();
    match programs.iter().find(|program| program.plan.peer == "hand").and_then(|hand| hand.missing.as_ref()) {
        Some(why) => Err(format!("without the work by hand there is nothing to compare with: {why}")),
        None => Ok(programs),
    }
}

fn program(plan: &'static Plan) -> Program {
    let built = match plan.source {
        Source::Cargo(package, folder) => cargo(package, folder),
        Source::Python(script, needs) => python(script, needs),
    };
    let listed = built.and_then(|command| Ok((list(&command)?, command)));
    match listed {
        Ok((can, command)) => Program { plan, command, can, missing: None },
        Err(why) => {
            let missing = Some(format!("{}: {why}", plan.peer));
            Program { plan, command: Vec::new(), can: Vec::new(), missing }
        }
    }
}

fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// Each package is built alone, so that no peer gets the features of another one.
pub fn cargo(package: &str, folder: &str) -> Result<Vec<PathBuf>, String> {
    let target = target();
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["build", "--quiet", "--release", "--locked", "--package", package, "--target-dir"]);
    succeeds(cargo.arg(&target).current_dir(root().join(folder)))?;
    Ok(vec![target.join("release").join(package)])
}

/// In an environment of its own.
fn python(script: &str, needs: &[&str]) -> Result<Vec<PathBuf>, String> {
    let place = target().join("bench-python");
    let python = place.join("bin/python");
    if !python.is_file() {
        let base = std::env::var_os("BENCH_PYTHON").unwrap_or_else(|| "python3".into());
        succeeds(Command::new(base).args(["-m", "venv"]).arg(&place))?;
        succeeds(Command::new(&python).args(["-m", "pip", "install", "--quiet"]).args(needs))?;
    }
    Ok(vec![python, root().join(script)])
}

fn succeeds(command: &mut Command) -> Result<(), String> {
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{command:?}: {status}")),
        Err(error) => Err(format!("{command:?}: {error}")),
    }
}

fn list(command: &[PathBuf]) -> Result<Vec<Can>, String> {
    let output = Command::new(&command[0]).args(&command[1..]).arg("list").output();
    let output = output.map_err(|error| error.to_string())?;
    let lines = String::from_utf8_lossy(&output.stdout).into_owned();
    let can = |line: &str| {
        let mut words = line.split('\t');
        let (way, scenario) = (words.next()?.to_owned(), words.next()?.to_owned());
        let database = Database::named(words.next()?)?;
        let gap = words.next().filter(|why| !why.is_empty()).map(str::to_owned);
        Some(Can { way, scenario, database, gap })
    };
    let can: Option<Vec<Can>> = lines.lines().map(can).collect();
    match can {
        Some(can) if output.status.success() => Ok(can),
        _ => Err(format!("its list is none: {}", String::from_utf8_lossy(&output.stderr))),
    }
}

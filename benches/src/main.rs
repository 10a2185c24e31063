//! What Rebis costs above the same work by hand, in one run.
//!
//! ```text
//! cargo run --release --manifest-path benches/Cargo.toml -- [--only NAME] [--quick] [--json FILE] [--write]
//! ```

mod database;
mod harness;
mod models;
mod report;
mod scenarios;

use harness::Effort;
use scenarios::Group;
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
    if scenarios::child(&arguments) {
        return ExitCode::SUCCESS;
    }
    match read(&arguments).and_then(run) {
        Ok(()) => ExitCode::SUCCESS,
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
    let names: Vec<&str> = scenarios::ALL.iter().map(|scenario| scenario.name).collect();
    match options.only.iter().find(|only| !names.contains(&only.as_str())) {
        Some(unknown) => Err(format!("there is no scenario `{unknown}`; there are {}", names.join(", "))),
        None if options.write && (options.quick || !options.only.is_empty()) => {
            Err("`--write` wants a whole run, without `--only` and `--quick`".into())
        }
        None => Ok(options),
    }
}

fn run(options: Options) -> Result<(), String> {
    let effort = Effort { rounds: if options.quick { 7 } else { 41 }, quick: options.quick };
    let mut groups: Vec<Group> = Vec::new();
    for scenario in scenarios::ALL {
        if options.only.is_empty() || options.only.iter().any(|only| only == scenario.name) {
            let found = (scenario.run)(effort);
            found.iter().for_each(|group| println!("{}", report::text(group)));
            groups.extend(found);
        }
    }
    if let Some(file) = options.json {
        std::fs::write(&file, report::json(&groups)).map_err(|e| format!("{}: {e}", file.display()))?;
    }
    if options.write {
        report::write(&groups)?;
    }
    Ok(())
}

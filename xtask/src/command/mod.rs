//! The subcommands: a table, and the way from a name to its function.

mod bench;
mod ci;
mod fmt;
mod help;
mod instructions;
mod lint;
mod reliability;
mod test;
mod tidy;

/// Whether all went well; an error is a message for the person at the keyboard.
type Outcome = Result<bool, String>;

/// A subcommand of `cargo xtask`.
struct Command {
    name: &'static str,
    usage: &'static str,
    about: &'static str,
    run: fn(&[String]) -> Outcome,
}

const COMMANDS: &[Command] = &[
    Command {
        name: "ci",
        usage: "ci",
        about: "everything that must hold before a change lands",
        run: ci::run,
    },
    Command {
        name: "test",
        usage: "test [--install] [--private] [FILTER]",
        about: "all tests of the workspace, doctests too, on all databases",
        run: test::run,
    },
    Command {
        name: "tidy",
        usage: "tidy",
        about: "the invariants of the code that no compiler checks",
        run: tidy::run,
    },
    Command {
        name: "fmt",
        usage: "fmt [--check]",
        about: "format the code, or say what is not",
        run: fmt::run,
    },
    Command { name: "lint", usage: "lint", about: "clippy over all targets and features", run: lint::run },
    Command {
        name: "bench",
        usage: "bench [--only NAME] [--quick] [--json FILE] [--write]",
        about: "Rebis beside its peers, in turns; --write for docs/benchmarks.md",
        run: bench::run,
    },
    Command {
        name: "instructions",
        usage: "instructions [--write]",
        about: "how many instructions the hottest paths take, beside benches/instructions.txt",
        run: instructions::run,
    },
    Command {
        name: "reliability",
        usage: "reliability",
        about: "the figures of docs/reliability.md, from a run on all databases",
        run: reliability::run,
    },
    Command { name: "help", usage: "help", about: "this list", run: help::run },
];

/// Runs the subcommand that the first argument names.
pub(crate) fn run(arguments: &[String]) -> Outcome {
    let (name, rest) = match arguments.split_first() {
        None => ("help", arguments),
        Some((name, _)) if matches!(name.as_str(), "-h" | "--help") => ("help", &[][..]),
        Some((name, rest)) => (name.as_str(), rest),
    };
    match COMMANDS.iter().find(|command| command.name == name) {
        Some(command) => (command.run)(rest),
        None => Err(format!("there is no subcommand `{name}`; `cargo xtask help` lists them")),
    }
}

/// Refuses arguments where none are taken.
fn takes_nothing(arguments: &[String]) -> Result<(), String> {
    match arguments.first() {
        None => Ok(()),
        Some(argument) => Err(format!("unexpected argument `{argument}`; see `cargo xtask help`")),
    }
}

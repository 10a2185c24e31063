//! `cargo xtask help`: what there is.

use super::{COMMANDS, Outcome};

pub(super) fn run(_: &[String]) -> Outcome {
    println!("cargo xtask <subcommand>\n");
    let width = COMMANDS.iter().map(|command| command.usage.len()).max().unwrap_or(0);
    for command in COMMANDS {
        println!("  {:width$}  {}", command.usage, command.about);
    }
    println!("\nEach step prints its name and its time; a step that fails prints the command to repeat it.");
    Ok(true)
}

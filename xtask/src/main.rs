//! The checks of this repository, run as `cargo xtask`.
//!
//! One file per subcommand in `command/`; the longer steps of `ci` are in `ci/`, the checks of `tidy` in `tidy/`.
//! Nothing here needs more than the Rust toolchain.

#![forbid(unsafe_code)]

mod ci;
mod command;
mod manifest;
mod process;
mod servers;
mod steps;
mod tidy;
mod workspace;

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match command::run(&arguments) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}

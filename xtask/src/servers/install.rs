//! Debian's packages of the servers.

use super::programs::is_root;
use std::process::{Command, Stdio};

/// Installs packages. Only root may, and only where `apt-get` is.
pub(crate) fn packages(names: &[&str]) -> Result<(), String> {
    let wanted = names.join(" ");
    if !is_root() {
        return Err(format!("Only root installs packages: `sudo apt-get install {wanted}`"));
    }
    println!("   installing {wanted}");
    // Lists that are stale may still do.
    let updated = apt(&["update"]);
    let install = ["install", "--yes", "--no-install-recommends"];
    apt(&[&install[..], names].concat()).map_err(|why| match updated {
        Ok(()) => why,
        Err(first) => format!("{first}; {why}"),
    })
}

fn apt(arguments: &[&str]) -> Result<(), String> {
    let mut command = Command::new("apt-get");
    command.arg("--quiet").args(arguments).env("DEBIAN_FRONTEND", "noninteractive").stdin(Stdio::null());
    let output = command.output().map_err(|error| format!("apt-get: {error}"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    match output.status.success() {
        true => Ok(()),
        false => Err(format!("`apt-get {}` failed: {}", arguments.join(" "), said.trim())),
    }
}

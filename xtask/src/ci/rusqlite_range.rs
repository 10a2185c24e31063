//! Both ends of the range of `rusqlite` compile. Each end is resolved in a copy of the workspace, so that the lock
//! file here is never touched, not even when the step is interrupted.

use crate::manifest;
use crate::process::Cargo;
use crate::steps::{Failure, Steps};
use crate::workspace;
use std::fs;
use std::path::Path;

/// One step for each end.
pub(crate) fn check(steps: &mut Steps) {
    for end in [End::Lower, End::Upper] {
        steps.step(end.name(), "cargo xtask ci", || end.check().map_err(Failure::from));
    }
}

#[derive(Clone, Copy)]
enum End {
    Lower,
    Upper,
}

impl End {
    fn name(self) -> &'static str {
        match self {
            End::Lower => "oldest rusqlite",
            End::Upper => "newest rusqlite",
        }
    }

    fn check(self) -> Result<(), String> {
        let manifest = workspace::read("Cargo.toml")?;
        let copy = copy(self)?;
        let mut update = Cargo::new(["update", "--quiet", "--package", "rusqlite"]);
        if let End::Lower = self {
            update = update.args(["--precise", &lower(&manifest)?]);
        }
        let update = update.folder(&copy);
        update.run().map_err(|e| format!("`{}` failed: {e}", update.shown()))?;
        let lock = fs::read_to_string(copy.join("Cargo.lock")).map_err(|e| e.to_string())?;
        let version = version(&lock).ok_or("the lock file has no rusqlite")?;
        if Some(version) == self::version(&workspace::read("Cargo.lock")?) {
            println!("   {version} is the version of the lock file: the other steps have compiled it");
            return Ok(());
        }
        println!("   {version}");
        let target = workspace::target().to_string_lossy().into_owned();
        let check = Cargo::new(["check", "--quiet", "--package", "rebis-sqlite", "--tests"]);
        // What both workspaces build alike is shared.
        let check = check.folder(&copy).env("CARGO_TARGET_DIR", target);
        check.run().map_err(|e| format!("`{}`: {e}", check.shown()))
    }
}

/// `0.39.0` of `>=0.39, <0.42`.
fn lower(manifest: &str) -> Result<String, String> {
    let dependencies = manifest::section(manifest, "workspace.dependencies");
    let line =
        dependencies.iter().find(|(_, line)| line.starts_with("rusqlite ")).map_or("", |(_, line)| line);
    let least = line.split_once(">=").and_then(|(_, after)| after.split([',', '"', ' ']).next());
    let least = least.ok_or("Cargo.toml gives no range for rusqlite")?;
    let zeros = 2usize.saturating_sub(least.matches('.').count());
    Ok(format!("{least}{}", ".0".repeat(zeros)))
}

/// The version of rusqlite in a lock file.
fn version(lock: &str) -> Option<&str> {
    let (_, after) = lock.split_once("name = \"rusqlite\"\nversion = \"")?;
    after.split('"').next()
}

/// Manifests and sources in a folder of their own.
fn copy(end: End) -> Result<std::path::PathBuf, String> {
    let name = match end {
        End::Lower => "rusqlite-oldest",
        End::Upper => "rusqlite-newest",
    };
    let folder = workspace::scratch(name)?;
    let is_needed =
        |path: &String| path.contains('/') || matches!(path.as_str(), "Cargo.toml" | "Cargo.lock");
    for path in workspace::files(&[])?.iter().filter(|path| is_needed(path)) {
        let to = folder.join(path);
        let parent = to.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(parent)
            .and_then(|()| fs::copy(workspace::root().join(path), &to))
            .map_err(|e| format!("{path}: {e}"))?;
    }
    Ok(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lower_end_is_a_whole_version() {
        let lower =
            |range: &str| lower(&format!("[workspace.dependencies]\nrusqlite = {{ version = \"{range}\" }}"));
        assert_eq!(lower(">=0.39, <0.42"), Ok("0.39.0".into()));
        assert_eq!(lower(">=0.39.1"), Ok("0.39.1".into()));
        assert!(lower("1").is_err());
    }

    #[test]
    fn the_version_is_read_from_the_lock_file() {
        let lock = "[[package]]\nname = \"rusqlite\"\nversion = \"0.41.1\"\n";
        assert_eq!(version(lock), Some("0.41.1"));
        assert_eq!(version(""), None);
    }
}

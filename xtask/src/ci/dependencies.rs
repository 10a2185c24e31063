//! Dependencies: their licences, those that are banned, and how many a user's default build has. The lists are in
//! `deny.toml`, which `cargo deny` reads too.

use super::licence;
use crate::manifest;
use crate::process::Cargo;
use crate::steps::{Failure, Steps};
use crate::workspace;
use std::collections::BTreeSet;
use std::fs;

/// Packages in the lock file of a crate that depends on `rebis` with default features.
const MOST_PACKAGES: usize = 40;

/// Never in a default build, whatever `deny.toml` allows elsewhere.
const NOT_BY_DEFAULT: &[(&str, &str)] = &[
    ("tokio", "the default build needs no async runtime"),
    ("serde_derive", "the default build derives no serialisation"),
    ("thiserror", "one error type is written by hand; a derive would cost every build"),
];

/// The step.
pub(crate) fn check(steps: &mut Steps) {
    steps.step("licences and bans", "cargo xtask ci", || {
        let lists = workspace::read("deny.toml")?;
        let packages = packages()?;
        report(licences(&lists, &packages).into_iter().chain(bans(&lists, &packages)))
    });
    steps.step("a default build", "cargo xtask ci", || {
        let names = user_lock_file()?;
        println!("   {} packages in the lock file of a user's crate", names.len());
        report(default_build(&names))
    });
}

fn report(faults: impl IntoIterator<Item = String>) -> Result<(), Failure> {
    let faults: Vec<String> = faults.into_iter().collect();
    for fault in &faults {
        println!("{fault}");
    }
    if faults.is_empty() { Ok(()) } else { Err(Failure::new(format!("{} faults", faults.len()))) }
}

/// A package of the whole workspace, for all targets and features.
struct Package {
    name: String,
    licence: String,
}

fn packages() -> Result<Vec<Package>, String> {
    let everything = ["--workspace", "--all-features", "--target", "all", "--edges", "normal,build,dev"];
    let shape = ["--prefix", "none", "--no-dedupe", "--format", "{p}\t{l}"];
    let text = Cargo::new(["tree", "--quiet"]).args(everything).args(shape).text()?;
    let lines: BTreeSet<&str> = text.lines().filter(|line| !line.is_empty()).collect();
    Ok(lines.into_iter().map(package).collect())
}

fn package(line: &str) -> Package {
    let (package, licence) = line.split_once('\t').unwrap_or((line, ""));
    let name = package.split(' ').next().unwrap_or(package);
    // The mark says that the package was shown before.
    let licence = licence.trim().trim_end_matches("(*)").trim();
    Package { name: name.to_owned(), licence: licence.to_owned() }
}

fn licences(lists: &str, packages: &[Package]) -> Vec<String> {
    let allowed = manifest::strings(lists, "licenses", "allow", None);
    let refused = packages.iter().filter(|package| !licence::allows(&allowed, &package.licence));
    refused.map(|p| format!("deny.toml allows no licence of `{}`: `{}`", p.name, p.licence)).collect()
}

fn bans(lists: &str, packages: &[Package]) -> Vec<String> {
    let banned = manifest::strings(lists, "bans", "deny", Some("crate"));
    let found = packages.iter().filter(|package| banned.contains(&package.name.as_str()));
    let names: BTreeSet<&str> = found.map(|package| package.name.as_str()).collect();
    names
        .into_iter()
        .map(|n| format!("deny.toml bans `{n}`; who wants it: `cargo tree --workspace -i {n}`"))
        .collect()
}

/// The names in the lock file of a crate with one line of dependencies.
fn user_lock_file() -> Result<Vec<String>, String> {
    let folder = workspace::scratch("user")?;
    let root = workspace::root();
    let manifest = format!(
        "[package]\nname = \"user\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\nrebis = {{ path = {:?} }}\n",
        root.join("crates/rebis")
    );
    let write = || -> std::io::Result<()> {
        fs::create_dir(folder.join("src"))?;
        fs::write(folder.join("src/lib.rs"), "")?;
        fs::write(folder.join("Cargo.toml"), manifest)?;
        // The versions are those of the workspace; cargo drops what is not needed.
        fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock")).map(|_| ())
    };
    write().map_err(|e| format!("{}: {e}", folder.display()))?;
    Cargo::new(["tree", "--quiet"]).folder(&folder).text()?;
    let lock = fs::read_to_string(folder.join("Cargo.lock")).map_err(|e| e.to_string())?;
    let names = lock.lines().filter_map(|line| line.strip_prefix("name = \"")?.strip_suffix('"'));
    Ok(names.filter(|name| *name != "user").map(str::to_owned).collect())
}

fn default_build(names: &[String]) -> Vec<String> {
    let mut faults = Vec::new();
    if names.len() > MOST_PACKAGES {
        faults.push(format!("a default build has {} packages; {MOST_PACKAGES} are allowed", names.len()));
    }
    let banned = NOT_BY_DEFAULT.iter().filter(|(banned, _)| names.iter().any(|name| name == banned));
    faults.extend(banned.map(|(banned, why)| format!("a default build has `{banned}`: {why}")));
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    const LISTS: &str = "[licenses]\nallow = [\"MIT\"]\n[bans]\ndeny = [\n{ crate = \"openssl-sys\" },\n]\n";

    #[test]
    fn licences_and_bans_are_reported() {
        let packages = ["a v1.0.0\tMIT", "openssl-sys v0.9.0\tMIT (*)", "b v1.0.0\t"].map(package);
        assert_eq!(licences(LISTS, &packages), ["deny.toml allows no licence of `b`: ``"]);
        let bans = bans(LISTS, &packages);
        assert_eq!(bans.len(), 1);
        assert!(bans[0].contains("`openssl-sys`"));
    }

    #[test]
    fn a_default_build_is_small_and_has_no_runtime() {
        let many = vec![String::from("x"); MOST_PACKAGES + 1];
        assert_eq!(default_build(&many).len(), 1);
        assert_eq!(default_build(&[String::from("tokio")]).len(), 1);
        assert_eq!(default_build(&many[..MOST_PACKAGES]), Vec::<String>::new());
    }
}

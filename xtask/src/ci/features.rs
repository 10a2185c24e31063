//! The facade builds with no feature, and with each feature alone, without a warning.

use crate::manifest;
use crate::process::Cargo;
use crate::steps::Steps;
use crate::workspace;

/// One step for each set of features. Clippy and not `check`, so that warnings count and dependencies are shared
/// with the other steps.
pub(crate) fn check(steps: &mut Steps) {
    let text = match workspace::read("crates/rebis/Cargo.toml") {
        Ok(text) => text,
        Err(why) => return steps.step("features", "cargo xtask ci", || Err(why.into())),
    };
    steps.cargo("no features", clippy(""));
    for feature in features(&text) {
        steps.cargo(&format!("feature {feature} alone"), clippy(feature));
    }
    steps.cargo("default features", Cargo::new(["clippy", "--quiet", "-p", "rebis", "--", "-D", "warnings"]));
}

fn clippy(features: &str) -> Cargo {
    let mut cargo = Cargo::new(["clippy", "--quiet", "--package", "rebis", "--no-default-features"]);
    if !features.is_empty() {
        cargo = cargo.args(["--features", features]);
    }
    cargo.args(["--", "-D", "warnings"])
}

fn features(manifest: &str) -> Vec<&str> {
    let names = manifest::keys(manifest, "features").into_iter().map(|(_, name)| name);
    names.filter(|name| *name != "default").collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn features_are_read_from_the_manifest() {
        assert_eq!(features("[features]\ndefault = [\"a\"]\na = []\nb = [\"a\"]\n[x]\nc = 1\n"), ["a", "b"]);
    }
}

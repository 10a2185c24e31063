//! `cargo xtask ci`: all that must hold, cheap things first. A failure does not stop what follows.

use super::{Outcome, bench, fmt, instructions, lint, test, tidy};
use crate::ci;
use crate::process::Cargo;
use crate::servers::Wish;
use crate::steps::Steps;

pub(super) fn run(arguments: &[String]) -> Outcome {
    super::takes_nothing(arguments)?;
    let mut steps = Steps::new();
    fmt::check(&mut steps);
    tidy::check(&mut steps);
    ci::dependencies::check(&mut steps);
    lock_file(&mut steps);
    lint::check(&mut steps);
    test::tests(&mut steps, &[], Wish { install: true, strict: true, private: false });
    ci::examples::run(&mut steps);
    ci::features::check(&mut steps);
    docs(&mut steps);
    bench::check(&mut steps);
    instructions::check(&mut steps);
    ci::rusqlite_range::check(&mut steps);
    Ok(steps.finish())
}

/// `Cargo.lock` says what the manifests ask for.
fn lock_file(steps: &mut Steps) {
    steps.cargo(
        "lock file",
        Cargo::new(["tree", "--quiet", "--locked", "--workspace", "--depth", "0"]).silent(),
    );
}

/// The documentation builds, and its links lead somewhere.
fn docs(steps: &mut Steps) {
    let doc = Cargo::new(["doc", "--quiet", "--workspace", "--no-deps", "--all-features"]);
    steps.cargo("documentation", doc.env("RUSTDOCFLAGS", "-D warnings"));
}

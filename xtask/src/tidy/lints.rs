//! How a file begins, where features are chosen, and that the compiler's own lints are on.

use super::allowed::{Allowed, is_allowed};
use super::scan::{line_of, words};
use super::source::{Role, Source, item_end_of_attribute};
use super::{Repo, Violation};

/// The one file with `unsafe`.
const UNSAFE_FILE: &str = "crates/rebis-sqlite/src/held.rs";

/// The crate of that file: its lint is `deny`, because `forbid` has no exceptions.
const UNSAFE_CRATE: &str = "rebis-sqlite";

pub(super) const FEATURES: &[Allowed] =
    &[Allowed { path: "crates/rebis/src/drivers.rs", line: "", why: "where drivers are chosen" }];

/// Every module says what it is for. An example may say it in a plain comment: it may be included in a document.
pub(super) fn module_headers(repo: &Repo) -> Vec<Violation> {
    let sources = repo.sources.iter().filter(|source| source.role != Role::Piece);
    let opening = |source: &Source| if source.role == Role::Example { "//" } else { "//!" };
    let silent = sources.filter(|source| !source.raw.trim_start().starts_with(opening(source)));
    silent
        .map(|source| source.violation(1, "a module opens with `//!`: what it is for, what it does not do"))
        .collect()
}

/// `cfg(feature)` stands at module declarations and re-exports alone.
pub(super) fn features(repo: &Repo) -> Vec<Violation> {
    repo.sources.iter().filter(|source| source.role == Role::Product).flat_map(feature_violations).collect()
}

fn feature_violations(source: &Source) -> Vec<Violation> {
    let code = &source.code;
    let conditions =
        words(code, "feature").filter(|at| code[at + "feature".len()..].trim_start().starts_with('='));
    let wrong = conditions.filter(|at| !is_at_module(code, *at)).map(|at| line_of(code, at));
    let counted = wrong
        .filter(|line| !source.is_test(*line) && !is_allowed(FEATURES, &source.path, source.line(*line)));
    counted
        .map(|line| {
            source.violation(line, "`cfg(feature)` stands at module declarations and re-exports alone")
        })
        .collect()
}

/// Whether `feature =` stands in the `cfg` attribute of a module, or in no condition at all.
fn is_at_module(code: &str, at: usize) -> bool {
    if let Some(start) = code[..at].rfind("#[") {
        let end = start + item_end_of_attribute(&code[start..]);
        if end > at {
            return code[start..].starts_with("#[cfg(") && declares_module(&code[end..]);
        }
    }
    let statement = code[..at].rfind([';', '{', '}']).map_or(0, |end| end + 1);
    !code[statement..at].contains("cfg!(")
}

/// Whether the item behind an attribute is `mod` or `use`.
fn declares_module(mut code: &str) -> bool {
    loop {
        code = code.trim_start();
        if !code.starts_with('#') {
            break;
        }
        code = &code[item_end_of_attribute(code)..];
    }
    let code = code.strip_prefix("pub").unwrap_or(code).trim_start();
    let code = code.strip_prefix("(crate)").unwrap_or(code).trim_start();
    ["mod ", "use "].iter().any(|item| code.starts_with(item))
}

/// `unsafe` stands in one file.
pub(super) fn unsafe_code(repo: &Repo) -> Vec<Violation> {
    let sources = repo.sources.iter().filter(|source| source.path != UNSAFE_FILE);
    let found = sources.flat_map(|source| {
        let places = words(&source.code, "unsafe").map(|at| line_of(&source.code, at));
        places.map(|line| source.violation(line, format!("`unsafe` stands in {UNSAFE_FILE} alone")))
    });
    found.collect()
}

/// Every crate takes the lints of the workspace, and forbids `unsafe` where it can.
pub(super) fn workspace_lints(repo: &Repo) -> Vec<Violation> {
    // A manifest with `[workspace]` is a workspace of its own.
    let crates = repo.manifests.iter().filter(|(_, text)| !text.lines().any(|line| line == "[workspace]"));
    let silent = crates.filter(|(_, text)| !text.contains("[lints]\nworkspace = true"));
    let mut found: Vec<Violation> = silent
        .map(|(path, _)| {
            Violation::new(path, 1, "take the lints of the workspace: `[lints] workspace = true`")
        })
        .collect();
    let roots = repo.sources.iter().filter(|source| source.path.ends_with("/src/lib.rs"));
    let open = roots.filter(|source| {
        source.package() != UNSAFE_CRATE && !source.code.contains("#![forbid(unsafe_code)]")
    });
    found.extend(open.map(|source| source.violation(1, "a crate has `#![forbid(unsafe_code)]`")));
    let root = repo.manifests.iter().find(|(path, _)| path == "Cargo.toml");
    if !root.is_some_and(|(_, text)| text.contains("unsafe_code = \"deny\"")) {
        found.push(Violation::new("Cargo.toml", 1, "the workspace denies `unsafe_code`"));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn features_stand_at_modules() {
        let check = |text: &str, expected: &[usize]| {
            let found = feature_violations(&Source::new("crates/x/src/lib.rs", text));
            assert_eq!(found.iter().map(|v| v.line).collect::<Vec<_>>(), expected, "{text}");
        };
        check("#[cfg(feature = \"a\")]\npub mod a;\n", &[]);
        check("#[cfg(feature = \"a\")]\n#[doc(inline)]\npub(crate) use a::b;\n", &[]);
        check("#[cfg(all(test, feature = \"a\"))]\nmod tests {}\n", &[]);
        check("#[cfg(feature = \"a\")]\nfn a() {}\n", &[1]);
        check("fn a() {\n    if cfg!(feature = \"a\") {}\n}\n", &[2]);
        check("#[cfg_attr(feature = \"a\", derive(B))]\nstruct C;\n", &[1]);
        check("let feature = 1;\n", &[]);
    }
}

//! The invariants that no compiler checks, most of them absences. One file per group of checks; each check is a
//! function from sources to violations, and each has its exceptions, by name and with a reason, beside it.

mod allowed;
mod arrows;
mod awaits;
mod dialects;
mod documents;
mod error_codes;
mod lints;
mod panics;
mod scan;
mod sizes;
mod source;
mod tests_hygiene;

use crate::workspace;
use source::Source;
use std::fmt;

/// A place that breaks a rule.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Violation {
    path: String,
    /// Counted from 1.
    line: usize,
    message: String,
}

impl Violation {
    fn new(path: &str, line: usize, message: impl Into<String>) -> Self {
        Violation { path: path.to_owned(), line, message: message.into() }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.message)
    }
}

/// What the checks look at.
struct Repo {
    /// All Rust files.
    sources: Vec<Source>,
    /// Path and text of all manifests.
    manifests: Vec<(String, String)>,
    /// Path and text of all documents.
    documents: Vec<(String, String)>,
    /// All paths there are.
    paths: Vec<String>,
}

impl Repo {
    fn read() -> Result<Repo, String> {
        let texts = |ending: &str| -> Result<Vec<(String, String)>, String> {
            let paths = workspace::files(&[ending])?;
            paths.into_iter().map(|path| workspace::read(&path).map(|text| (path, text))).collect()
        };
        let sources = source::all(texts(".rs")?);
        let (manifests, documents) = (texts("Cargo.toml")?, texts(".md")?);
        Ok(Repo { sources, manifests, documents, paths: workspace::files(&[])? })
    }
}

type Check = fn(&Repo) -> Vec<Violation>;

const CHECKS: &[Check] = &[
    allowed::mistakes,
    arrows::check,
    awaits::check,
    dialects::check,
    documents::check,
    error_codes::check,
    lints::module_headers,
    lints::features,
    lints::unsafe_code,
    lints::workspace_lints,
    panics::check,
    sizes::files,
    sizes::functions,
    sizes::stale,
    tests_hygiene::check,
];

/// Everything that breaks a rule, in the order of the files.
pub(crate) fn violations() -> Result<Vec<Violation>, String> {
    let repo = Repo::read()?;
    let mut found: Vec<Violation> = CHECKS.iter().flat_map(|check| check(&repo)).collect();
    found.sort();
    found.dedup();
    Ok(found)
}

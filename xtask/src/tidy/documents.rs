//! Paths that documents name exist.

use super::{Repo, Violation};

/// Endings of files that a document may name without a folder.
const ENDINGS: &[&str] = &[".rs", ".md", ".toml"];

/// Folders at the root: what begins with one is a path, whatever its ending.
const FOLDERS: &[&str] = &["crates/", "docs/", "xtask/", "benches/", ".ci/", ".cargo/"];

/// Paths that documents name because they do not exist, and why they are named.
const ABSENT: &[(&str, &str)] =
    &[("legalize/", "a room of the first design; the decision says why it is not there")];

pub(super) fn check(repo: &Repo) -> Vec<Violation> {
    let documents = repo.documents.iter();
    documents.flat_map(|(path, text)| violations(path, text, &repo.paths)).collect()
}

fn violations(document: &str, text: &str, paths: &[String]) -> Vec<Violation> {
    let mut found = Vec::new();
    let mut fenced = false;
    for (at, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
            continue;
        }
        if fenced {
            continue;
        }
        let named = code_spans(line).filter(|span| is_path(span)).filter(|path| !exists(path, paths));
        let linked = links(line).filter(|link| !is_linked(document, link, paths));
        let missing = named.chain(linked).map(|path| format!("names `{path}`, which does not exist"));
        found.extend(missing.map(|message| Violation::new(document, at + 1, message)));
    }
    found
}

/// What stands between backticks.
fn code_spans(line: &str) -> impl Iterator<Item = &str> {
    line.split('`').skip(1).step_by(2)
}

/// Targets of links to files.
fn links(line: &str) -> impl Iterator<Item = &str> {
    let targets = line.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let files = targets.filter(|target| !target.contains("://") && !target.starts_with(['#', '<', '"', '`']));
    files.map(|target| target.split('#').next().unwrap_or(target)).filter(|target| !target.is_empty())
}

fn is_path(span: &str) -> bool {
    let plain = span.chars().all(|c| c.is_ascii_alphanumeric() || "_-./*".contains(c));
    let named = ENDINGS.iter().any(|ending| span.len() > ending.len() && span.ends_with(ending));
    let folder = FOLDERS.iter().any(|folder| span.starts_with(folder));
    let below = span.ends_with('/') && span.len() > 1 && !span.starts_with('/');
    let absent = ABSENT.iter().any(|(path, _)| span == *path) || span.starts_with("target/");
    plain && (named || folder || below) && !absent
}

/// Whether a path exists, from the root or as the end of a path: `session/io.rs`. A `*` stands for the rest.
fn exists(path: &str, paths: &[String]) -> bool {
    let path = path.split('*').next().unwrap_or(path);
    if path.is_empty() {
        return true;
    }
    let ends_here = |candidate: &str, end: usize| {
        end == candidate.len() || path.ends_with('/') || candidate[end..].starts_with('/')
    };
    let starts_here = |candidate: &str, start: usize| start == 0 || candidate[..start].ends_with('/');
    paths.iter().any(|candidate| {
        candidate
            .match_indices(path)
            .any(|(start, _)| starts_here(candidate, start) && ends_here(candidate, start + path.len()))
    })
}

/// Links are relative to their document.
fn is_linked(document: &str, link: &str, paths: &[String]) -> bool {
    let mut parts: Vec<&str> = document.split('/').collect();
    parts.pop();
    for part in link.split('/') {
        match part {
            "." | "" => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    let path = parts.join("/");
    paths.iter().any(|known| *known == path || known.starts_with(&format!("{path}/")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, missing: &[&str]) {
        let paths = ["crates/a/src/session/io.rs", "docs/errors.md", "README.md"].map(str::to_owned);
        let found: Vec<String> =
            violations("docs/guide.md", text, &paths).into_iter().map(|v| v.message).collect();
        let expected: Vec<String> =
            missing.iter().map(|path| format!("names `{path}`, which does not exist")).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn paths_in_code_exist() {
        check(
            "`session/io.rs`, `session/`, `crates/a`, `crates/*/src`, `README.md`, `a / b`, `db.all(..)`",
            &[],
        );
        check("`session/run.rs` and `crates/b`", &["session/run.rs", "crates/b"]);
        check("```\n`gone.rs`\n```", &[]);
    }

    #[test]
    fn links_lead_somewhere() {
        check("[a](errors.md#r0101) [b](../README.md) [c](https://example.com) [d](#here)", &[]);
        check("[a](../errors.md)", &["../errors.md"]);
    }
}

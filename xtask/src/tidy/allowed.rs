//! Exceptions by name, with a reason.

use super::{Repo, Violation, awaits, dialects, lints, panics};

/// Lines that may break a rule. `line` is a part of the line, or empty for the whole file; a path that ends with `/`
/// is a folder.
pub(super) struct Allowed {
    pub(super) path: &'static str,
    pub(super) line: &'static str,
    pub(super) why: &'static str,
}

/// Whether a line of a file is an exception.
pub(super) fn is_allowed(list: &[Allowed], path: &str, line: &str) -> bool {
    list.iter().any(|allowed| allowed.is_of(path) && line.contains(allowed.line))
}

impl Allowed {
    fn is_of(&self, path: &str) -> bool {
        path == self.path || (self.path.ends_with('/') && path.starts_with(self.path))
    }
}

/// Exceptions that match no line any more, or that give no reason. Those of `sizes` are looked at there.
pub(super) fn mistakes(repo: &Repo) -> Vec<Violation> {
    let lists = [
        ("xtask/src/tidy/awaits.rs", awaits::ALLOWED),
        ("xtask/src/tidy/dialects.rs", dialects::ALLOWED),
        ("xtask/src/tidy/lints.rs", lints::FEATURES),
        ("xtask/src/tidy/panics.rs", panics::ALLOWED),
    ];
    let all = lists.iter().flat_map(|(file, list)| list.iter().map(move |allowed| (file, allowed)));
    let wrong = all.filter_map(|(file, allowed)| {
        let matches = |text: &str| text.lines().any(|line| line.contains(allowed.line));
        let stale = !repo.sources.iter().any(|source| allowed.is_of(&source.path) && matches(&source.raw));
        let what = match (stale, allowed.why.is_empty()) {
            (true, _) => "matches nothing any more",
            (_, true) => "gives no reason",
            _ => return None,
        };
        Some(Violation::new(file, 1, format!("the exception `{}` `{}` {what}", allowed.path, allowed.line)))
    });
    wrong.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_folders_and_lines() {
        let list = [
            Allowed { path: "a/b.rs", line: "panic!", why: "x" },
            Allowed { path: "c/", line: "", why: "x" },
        ];
        assert!(is_allowed(&list, "a/b.rs", "  panic!(\"y\")"));
        assert!(!is_allowed(&list, "a/b.rs", "unwrap()"));
        assert!(is_allowed(&list, "c/d/e.rs", "unwrap()"));
        assert!(!is_allowed(&list, "a/c/d.rs", "panic!"));
    }
}

//! Tests run, always, and wait for nothing but what they test.

use super::source::Source;
use super::{Repo, Violation};

pub(super) fn check(repo: &Repo) -> Vec<Violation> {
    repo.sources.iter().flat_map(violations).collect()
}

fn violations(source: &Source) -> Vec<Violation> {
    let mut found = Vec::new();
    for (at, line) in source.code.lines().enumerate() {
        if line.contains("#[ignore") {
            found.push(source.violation(at + 1, "an ignored test is no test; make it run, or take it out"));
        }
        if line.contains("thread::sleep") && source.is_test(at + 1) {
            found.push(
                source.violation(at + 1, "a test that sleeps is slow or fails by chance; wait for the event"),
            );
        }
    }
    for (at, line) in source.raw.lines().enumerate() {
        let comment = line.trim_start();
        if comment.starts_with("//") && comment.trim_start_matches(['/', '!', ' ']).starts_with("```ignore") {
            found.push(source.violation(
                at + 1,
                "an example that is not compiled goes stale; let it compile (`no_run` may be)",
            ));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_tests_must_not_do() {
        let text = "/// ```ignore\nfn a() { thread::sleep(x) }\n#[cfg(test)]\nmod t {\n#[ignore]\nfn b() { thread::sleep(x) }\n}\n";
        let lines: Vec<usize> =
            violations(&Source::new("crates/x/src/a.rs", text)).iter().map(|v| v.line).collect();
        assert_eq!(lines, [5, 6, 1]);
    }
}

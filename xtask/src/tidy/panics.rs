//! Nothing that a user can write reaches a panic, but for the documented ones.

use super::allowed::{Allowed, is_allowed};
use super::source::Source;
use super::{Repo, Violation};

const CALLS: &[&str] = &["todo!", "unimplemented!", "unreachable!", "panic!", ".unwrap()", ".expect("];

pub(super) const ALLOWED: &[Allowed] = &[Allowed {
    path: "crates/rebis-testkit/",
    line: "",
    why: "a suite of tests: a failed expectation is a panic of the test that runs it",
}];

pub(super) fn check(repo: &Repo) -> Vec<Violation> {
    repo.sources.iter().flat_map(violations).collect()
}

fn violations(source: &Source) -> Vec<Violation> {
    let found = source.product_lines(&source.code).filter_map(|(number, line)| {
        let call = CALLS.iter().find(|call| line.contains(**call))?;
        let allowed = is_allowed(ALLOWED, &source.path, source.line(number));
        (!allowed).then(|| source.violation(number, format!("`{call}` outside of tests; return an error")))
    });
    found.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn panics_count_outside_of_tests() {
        let text =
            "fn a() { b.unwrap() }\n/// x.unwrap()\n#[expect(dead_code)]\n#[cfg(test)]\nmod t { panic!() }\n";
        let lines: Vec<usize> =
            violations(&Source::new("crates/x/src/a.rs", text)).iter().map(|v| v.line).collect();
        assert_eq!(lines, [1]);
    }
}

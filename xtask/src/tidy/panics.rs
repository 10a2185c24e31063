//! Nothing that a user can write reaches a panic, but for the documented ones.

use super::allowed::{Allowed, is_allowed};
use super::source::Source;
use super::{Repo, Violation};

const CALLS: &[&str] = &["todo!", "unimplemented!", "unreachable!", "panic!", ".unwrap()", ".expect("];

pub(super) const ALLOWED: &[Allowed] = &[
    Allowed {
        path: "crates/rebis-testkit/",
        line: "",
        why: "a suite of tests: a failed expectation is a panic of the test that runs it",
    },
    Allowed {
        path: "crates/rebis-orm/src/graph/mod.rs",
        line: "panic!(",
        why: "documented: a handle of another session, or of an object taken out, is used as an index",
    },
    Allowed {
        path: "crates/rebis-orm/src/graph/mod.rs",
        line: "a model's store has the model's type",
        why: "stores are found by the model's own number",
    },
    Allowed {
        path: "crates/rebis-orm/src/graph/mod.rs",
        line: "the store was just made",
        why: "the line before makes it",
    },
    Allowed {
        path: "crates/rebis-orm/src/graph/objects.rs",
        line: "`many_mut` wants distinct handles",
        why: "documented: as indexing a slice",
    },
    Allowed {
        path: "crates/rebis-orm/src/graph/objects.rs",
        line: "=> panic!(",
        why: "documented: indexing along a relation that is not loaded",
    },
    Allowed {
        path: "crates/rebis-orm/src/graph/objects.rs",
        line: "a member is a handle or a new row",
        why: "the two kinds of member both give one",
    },
    Allowed {
        path: "crates/rebis-orm/src/graph/store.rs",
        line: "all were found",
        why: "asked for in the line before",
    },
    Allowed {
        path: "crates/rebis-orm/src/mapping/fields.rs",
        line: "is not loaded; {HOW_TO_LOAD}",
        why: "documented: reading a relation that is not loaded; `try_iter` returns the error",
    },
    Allowed {
        path: "crates/rebis-orm/src/mapping/deferred.rs",
        line: "NotLoaded::COLUMN.help()",
        why: "documented: reading a deferred column that is not loaded; `try_get` returns the error",
    },
    Allowed {
        path: "crates/rebis-orm/src/mapping/derived.rs",
        line: "a builder is a row only when",
        why: "the builder's typestate: a row without it does not compile",
    },
    Allowed {
        path: "crates/rebis-orm/src/mapping/derived.rs",
        line: "the model has no position",
        why: "positions come from the derive, which made the model's list of them",
    },
    Allowed {
        path: "crates/rebis-orm/src/mapping/relation.rs",
        line: "no relation is comparable",
        why: "its bound holds for no type: a call does not compile",
    },
    Allowed {
        path: "crates/rebis-core/src/value/temporal/mod.rs",
        line: "every calendar has 1970",
        why: "1970 is in the range of every type of the three crates, and a test asks each",
    },
    Allowed {
        path: "crates/rebis-engine/src/fut.rs",
        line: "was polled after it had completed",
        why: "the contract of `Future`: whoever awaits cannot do it",
    },
];

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

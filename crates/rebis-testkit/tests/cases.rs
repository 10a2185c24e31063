//! The lists of cases: a skip means one of them by its name, and the description counts them.
#![allow(missing_docs)]

use rebis_testkit::conformance::{self, language};
use std::collections::BTreeSet;

#[test]
fn each_case_has_a_name_of_its_own() {
    let all: Vec<&str> = conformance::CASES.iter().chain(language::CASES).copied().collect();
    let names: BTreeSet<&str> = all.iter().copied().collect();
    assert_eq!(names.len(), all.len());
}

#[test]
fn the_description_counts_the_cases() {
    let text = include_str!("../src/conformance/language/mod.rs");
    assert!(
        text.contains(&format!("These are {} cases.", language::CASES.len())),
        "{}",
        language::CASES.len()
    );
    for topic in [
        "selects",
        "expressions",
        "results",
        "bounds",
        "writes",
        "schemas",
        "scopes",
        "failures",
        "strings",
        "limits",
        "golden",
        "windows",
        "tables",
        "questions",
        "arrays",
        "spans",
        "ranges",
    ] {
        let cases = language::CASES.iter().filter(|name| name.split("::").next() == Some(topic)).count();
        assert!(text.contains(&format!("| `{topic}` | {cases} |")), "{topic}: {cases}");
    }
}

//! Databases by name: in `dialect/`, in driver crates, where a URL meets a driver, in tests and examples. Nowhere
//! else, not even in a string.

use super::allowed::{Allowed, is_allowed};
use super::source::Source;
use super::{Repo, Violation};

const NAMES: &[&str] = &["sqlite", "postgres", "mysql", "mariadb"];

/// Crates that are about one database, and the checks themselves.
const FREE: &[&str] = &["rebis-sqlite", "rebis-postgres", "rebis-mysql", "xtask"];

pub(super) const ALLOWED: &[Allowed] = &[
    Allowed { path: "crates/rebis-sql/src/dialect/", line: "", why: "what a dialect is" },
    Allowed {
        path: "crates/rebis-testkit/src/conformance/language/golden/texts.rs",
        line: "",
        why: "statements with a text for one database",
    },
    Allowed {
        path: "crates/rebis-testkit/src/conformance/language/golden/wrapped.rs",
        line: "",
        why: "a type with SQL for one database, as a program writes it",
    },
    Allowed { path: "crates/rebis/src/drivers.rs", line: "", why: "from a URL to a driver" },
    Allowed {
        path: "crates/rebis-engine/src/url.rs",
        line: "sqlite",
        why: "the URLs of files have a form of their own, whichever driver reads them",
    },
    Allowed { path: "crates/rebis/src/lib.rs", line: "sqlite", why: "the re-export of a driver's options" },
    Allowed {
        path: "crates/rebis/src/lib.rs",
        line: "rebis_postgres",
        why: "the re-export of a driver's options",
    },
    Allowed {
        path: "crates/rebis/src/lib.rs",
        line: "rebis_mysql",
        why: "the re-export of a driver's options",
    },
    Allowed { path: "crates/rebis/src/lib.rs", line: "feature = ", why: "whether a driver is built in" },
];

pub(super) fn check(repo: &Repo) -> Vec<Violation> {
    let sources = repo.sources.iter().filter(|source| !FREE.contains(&source.package()));
    sources.flat_map(violations).collect()
}

fn violations(source: &Source) -> Vec<Violation> {
    let lines = source.product_lines(&source.uncommented);
    let named = lines.filter_map(|(number, line)| {
        let lower = line.to_lowercase();
        let name = NAMES.iter().find(|name| lower.contains(**name))?;
        let message = format!("names a database (`{name}`); say it by a field of `Capabilities`");
        (!is_allowed(ALLOWED, &source.path, line)).then(|| source.violation(number, message))
    });
    named.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str, text: &str, expected: &[usize]) {
        let lines: Vec<usize> = violations(&Source::new(path, text)).iter().map(|v| v.line).collect();
        assert_eq!(lines, expected, "{path}");
    }

    #[test]
    fn names_in_code_and_strings_count_and_in_comments_not() {
        check(
            "crates/rebis-sql/src/render/a.rs",
            "// SQLite\nlet a = \"MySQL\";\nfn postgres() {}\n",
            &[2, 3],
        );
        check("crates/rebis-sql/src/dialect/a.rs", "let a = \"MySQL\";", &[]);
        check("crates/rebis-sql/tests/a.rs", "let a = \"MySQL\";", &[]);
    }
}

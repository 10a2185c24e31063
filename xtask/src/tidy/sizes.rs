//! Files and functions that a reader can hold in mind.

use super::allowed::{Allowed, is_allowed};
use super::source::{Role, Source};
use super::{Repo, Violation};

const MOST_LINES_OF_A_FILE: usize = 600;
const MOST_LINES_OF_A_FUNCTION: usize = 60;

/// `line` is empty.
const LONG_FILES: &[Allowed] = &[Allowed {
    path: "crates/rebis-testkit/src/conformance/language/list.rs",
    line: "",
    why: "one list of names, from which the tests and the table of names are made",
}];

/// `line` is the function's head, such as `fn render(`.
const LONG_FUNCTIONS: &[Allowed] = &[
    Allowed {
        path: "crates/rebis-sql/src/capabilities.rs",
        line: "fn standard(",
        why: "one value of each field, a line each",
    },
    Allowed { path: "crates/rebis-macros/src/enums.rs", line: "fn expand(", why: TEMPLATE },
    Allowed { path: "crates/rebis-macros/src/from_row.rs", line: "fn expand(", why: TEMPLATE },
    Allowed { path: "crates/rebis-macros/src/newtype.rs", line: "fn expand(", why: TEMPLATE },
    Allowed { path: "crates/rebis-macros/src/model/emit/builder.rs", line: "fn emit(", why: TEMPLATE },
    Allowed { path: "crates/rebis-macros/src/model/emit/columns.rs", line: "fn emit(", why: TEMPLATE },
    Allowed { path: "crates/rebis-macros/src/model/emit/record.rs", line: "fn emit(", why: TEMPLATE },
    Allowed { path: "crates/rebis-macros/src/model/emit/parts.rs", line: "fn relation(", why: TEMPLATE },
];

const TEMPLATE: &str =
    "one template of what a derive emits, read from top to bottom as the user's code would be";

/// Files with too many lines of code.
pub(super) fn files(repo: &Repo) -> Vec<Violation> {
    let long = repo.sources.iter().filter(|source| {
        source.lines_of_code() > MOST_LINES_OF_A_FILE && !is_allowed(LONG_FILES, &source.path, "")
    });
    let message = |lines| format!("{lines} lines of code; a file has at most {MOST_LINES_OF_A_FILE}");
    long.map(|source| source.violation(1, message(source.lines_of_code()))).collect()
}

/// Functions with too many lines of code.
pub(super) fn functions(repo: &Repo) -> Vec<Violation> {
    let sources = repo.sources.iter().filter(|source| source.role != Role::Piece);
    let long = sources.flat_map(long_functions);
    long.filter(|(head, found)| !is_allowed(LONG_FUNCTIONS, &found.path, head))
        .map(|(_, found)| found)
        .collect()
}

/// Exceptions of this file that have become short.
pub(super) fn stale(repo: &Repo) -> Vec<Violation> {
    let is_long = |allowed: &&Allowed| {
        let of_path = repo.sources.iter().filter(|source| source.path == allowed.path);
        of_path.flat_map(long_functions).any(|(head, _)| head.contains(allowed.line))
    };
    let is_long_file = |allowed: &&Allowed| {
        let of_path = repo.sources.iter().find(|source| source.path == allowed.path);
        of_path.is_some_and(|source| source.lines_of_code() > MOST_LINES_OF_A_FILE)
    };
    let functions = LONG_FUNCTIONS.iter().filter(|allowed| !is_long(allowed));
    let files = LONG_FILES.iter().filter(|allowed| !is_long_file(allowed));
    let message = |allowed: &Allowed| format!("`{}` `{}` is no longer too long", allowed.path, allowed.line);
    functions.chain(files).map(|a| Violation::new("xtask/src/tidy/sizes.rs", 1, message(a))).collect()
}

/// Functions that are too long, each with its head.
fn long_functions(source: &Source) -> Vec<(&str, Violation)> {
    let long = source.functions().into_iter().filter(|function| function.length > MOST_LINES_OF_A_FUNCTION);
    let message = |name, lines| {
        format!("`{name}` has {lines} lines; a function has at most {MOST_LINES_OF_A_FUNCTION}")
    };
    let found = long.map(|function| {
        let violation = source.violation(function.line, message(function.name, function.length));
        (source.line(function.line), violation)
    });
    found.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_functions_are_found() {
        let body = "    x();\n".repeat(MOST_LINES_OF_A_FUNCTION);
        let text = format!("fn short() {{\n    x();\n}}\nfn long() {{\n{body}}}\n");
        let source = Source::new("crates/x/src/a.rs", text);
        let found: Vec<(&str, usize)> =
            long_functions(&source).iter().map(|(head, v)| (*head, v.line)).collect();
        assert_eq!(found, [("fn long() {", 4)]);
    }
}

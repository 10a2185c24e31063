//! Files and functions that a reader can hold in mind.

use super::allowed::{Allowed, is_allowed};
use super::source::{Role, Source};
use super::{Repo, Violation};

const MOST_LINES_OF_A_FILE: usize = 600;
const MOST_LINES_OF_A_FUNCTION: usize = 60;

/// `line` is empty.
pub(super) const LONG_FILES: &[Allowed] = &[];

/// `line` is the function's head, such as `fn render(`.
pub(super) const LONG_FUNCTIONS: &[Allowed] = &[];

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
    let sources = repo.sources.iter().filter(|source| source.role != Role::CompileFail);
    sources.flat_map(long_functions).collect()
}

fn long_functions(source: &Source) -> Vec<Violation> {
    let long = source.functions().into_iter().filter(|function| {
        let head = source.line(function.line);
        function.length > MOST_LINES_OF_A_FUNCTION && !is_allowed(LONG_FUNCTIONS, &source.path, head)
    });
    let message = |name, lines| {
        format!("`{name}` has {lines} lines; a function has at most {MOST_LINES_OF_A_FUNCTION}")
    };
    long.map(|function| source.violation(function.line, message(function.name, function.length))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_functions_are_found() {
        let body = "    x();\n".repeat(MOST_LINES_OF_A_FUNCTION);
        let text = format!("fn short() {{\n    x();\n}}\nfn long() {{\n{body}}}\n");
        let found = long_functions(&Source::new("crates/x/src/a.rs", text));
        assert_eq!(found.iter().map(|v| v.line).collect::<Vec<_>>(), [4]);
    }
}

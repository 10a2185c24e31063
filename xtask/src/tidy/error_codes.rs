//! Every kind of error has a code, and every code a section in `docs/errors.md`.

use super::{Repo, Violation};

const KINDS: &str = "crates/rebis-core/src/error.rs";
const PAGE: &str = "docs/errors.md";

pub(super) fn check(repo: &Repo) -> Vec<Violation> {
    let kinds = repo.sources.iter().find(|source| source.path == KINDS).map_or("", |source| &source.raw);
    let page = repo.documents.iter().find(|(path, _)| path == PAGE).map_or("", |(_, text)| text);
    violations(kinds, page)
}

fn violations(kinds: &str, page: &str) -> Vec<Violation> {
    let kinds = codes(kinds);
    let headings: Vec<(usize, &str)> =
        numbered(page).filter_map(|(n, line)| Some((n, line.strip_prefix("## ")?))).collect();
    let mut found = Vec::new();
    for (line, kind, code) in &kinds {
        let heading = format!("{code} {kind}");
        if !headings.iter().any(|(_, title)| *title == heading) {
            found.push(Violation::new(KINDS, *line, format!("{PAGE} has no section `## {heading}`")));
        }
    }
    let is_code =
        |title: &str| title.starts_with('R') && title[1..].starts_with(|c: char| c.is_ascii_digit());
    for (line, title) in headings.into_iter().filter(|(_, title)| is_code(title)) {
        if !kinds.iter().any(|(_, kind, code)| title == format!("{code} {kind}")) {
            found.push(Violation::new(PAGE, line, format!("no kind of error is called `{title}`")));
        }
    }
    found
}

/// `ErrorKind::NotFound => "R0401",`
fn codes(text: &str) -> Vec<(usize, &str, &str)> {
    let arms = numbered(text).filter_map(|(number, line)| {
        let (kind, code) = line.trim().strip_prefix("ErrorKind::")?.split_once(" => \"")?;
        Some((number, kind, code.trim_end_matches("\",")))
    });
    arms.filter(|(_, _, code)| code.starts_with('R')).collect()
}

fn numbered(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().map(|(at, line)| (at + 1, line))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_and_sections_match() {
        let kinds = "ErrorKind::NotFound => \"R0401\",\nErrorKind::Limit => \"R0307\",\n";
        let found = violations(kinds, "# Errors\n## R0401 NotFound\n## R0999 Nothing\n## Reading an error\n");
        let lines: Vec<(String, usize)> = found.into_iter().map(|v| (v.path, v.line)).collect();
        assert_eq!(lines, [(KINDS.to_owned(), 2), (PAGE.to_owned(), 3)]);
    }
}

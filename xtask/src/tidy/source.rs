//! A Rust file as the checks see it: its views, what it is for, which of its lines are tests, and its functions.

use super::Violation;
use super::scan::{Views, item_end, line_of, views, words};

/// What a file is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// Part of a crate.
    Product,
    /// Tests.
    Test,
    /// No module: a case of the compile-fail tests, or a piece that examples in comments share.
    Piece,
    /// An example, or a benchmark.
    Example,
}

/// A Rust file.
pub(super) struct Source {
    /// Relative to the root, with `/`.
    pub(super) path: String,
    pub(super) raw: String,
    /// Without comments.
    pub(super) uncommented: String,
    /// Without comments; strings are empty.
    pub(super) code: String,
    pub(super) role: Role,
    /// For each line whether it is a test's.
    tested: Vec<bool>,
    /// Files that this one declares as modules of tests.
    test_modules: Vec<String>,
}

/// A function in a file.
pub(super) struct Function<'s> {
    pub(super) name: &'s str,
    /// Its first line, counted from 1.
    pub(super) line: usize,
    /// Its lines of code.
    pub(super) length: usize,
}

/// Reads all files; those that are declared under `#[cfg(test)]` are tests.
pub(super) fn all(texts: Vec<(String, String)>) -> Vec<Source> {
    let mut sources: Vec<Source> = texts.into_iter().map(|(path, raw)| Source::new(path, raw)).collect();
    let tests: Vec<String> = sources.iter().flat_map(|source| source.test_modules.clone()).collect();
    for source in &mut sources {
        let is_below =
            |test: &String| source.path == *test || source.path.starts_with(test.trim_end_matches(".rs"));
        if source.role == Role::Product && tests.iter().any(is_below) {
            source.role = Role::Test;
        }
    }
    sources
}

impl Source {
    pub(super) fn new(path: impl Into<String>, raw: impl Into<String>) -> Source {
        let (path, raw) = (path.into(), raw.into());
        let Views { uncommented, code } = views(&raw);
        let mut source = Source {
            role: role(&path),
            tested: vec![false; raw.lines().count() + 1],
            test_modules: Vec::new(),
            path,
            raw,
            uncommented,
            code,
        };
        source.find_tests();
        source
    }

    /// The crate that the file is in; `xtask` for the checks themselves.
    pub(super) fn package(&self) -> &str {
        let path = self.path.strip_prefix("crates/").unwrap_or(&self.path);
        path.split('/').next().unwrap_or(path)
    }

    /// Lines of one of the views that are not a test's, numbered from 1.
    pub(super) fn product_lines<'s>(&'s self, view: &'s str) -> impl Iterator<Item = (usize, &'s str)> {
        let lines = if self.role == Role::Product { view } else { "" };
        let numbered = lines.lines().enumerate().map(|(at, line)| (at + 1, line));
        numbered.filter(|(number, _)| !self.is_test(*number))
    }

    /// Whether a line, counted from 1, is a test's.
    pub(super) fn is_test(&self, line: usize) -> bool {
        match self.role {
            Role::Test | Role::Piece => true,
            Role::Product | Role::Example => self.tested.get(line - 1).copied().unwrap_or(false),
        }
    }

    /// The line as it stands in the file.
    pub(super) fn line(&self, number: usize) -> &str {
        self.raw.lines().nth(number - 1).unwrap_or("")
    }

    /// Lines that are neither empty nor comments.
    pub(super) fn lines_of_code(&self) -> usize {
        filled(&self.uncommented)
    }

    pub(super) fn violation(&self, line: usize, message: impl Into<String>) -> Violation {
        Violation::new(&self.path, line, message)
    }

    /// All functions with a body.
    pub(super) fn functions(&self) -> Vec<Function<'_>> {
        let named = words(&self.code, "fn").filter_map(|at| {
            let rest = self.code[at + 2..].trim_start();
            let name = rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or("");
            let (end, has_body) = item_end(&self.code, at);
            let length = filled(&self.uncommented[at..end]);
            (!name.is_empty() && has_body).then(|| Function { name, line: line_of(&self.code, at), length })
        });
        named.collect()
    }

    /// Finds what stands under `#[cfg(test)]`.
    fn find_tests(&mut self) {
        let code = std::mem::take(&mut self.code);
        let starts = code.match_indices("#[cfg(").map(|(at, _)| at);
        for at in starts {
            let after = at + item_end_of_attribute(&code[at..]);
            if !for_tests(&code[at..after]) {
                continue;
            }
            let (end, has_block) = item_end(&code, after);
            if !has_block {
                self.test_modules.extend(module_file(&self.path, &self.uncommented[at..end]));
            }
            let lines = line_of(&code, at) - 1..line_of(&code, end);
            self.tested[lines].fill(true);
        }
        self.code = code;
    }
}

fn role(path: &str) -> Role {
    let is_in =
        |folder: &str| path.contains(&format!("/{folder}/")) || path.starts_with(&format!("{folder}/"));
    if is_in("tests/ui") || (is_in("doc") && !path.contains("/src/")) {
        Role::Piece
    } else if is_in("tests") && !path.contains("/src/") {
        Role::Test
    } else if is_in("examples") || is_in("benches") {
        Role::Example
    } else {
        Role::Product
    }
}

fn filled(text: &str) -> usize {
    text.lines().filter(|line| !line.trim().is_empty()).count()
}

/// `test` in `cfg(test)` and `cfg(all(test, …))`, but not in `cfg(not(test))`.
fn for_tests(attribute: &str) -> bool {
    words(attribute, "test").next().is_some() && !attribute.contains("not(test")
}

/// How long the attribute is that begins here.
pub(super) fn item_end_of_attribute(code: &str) -> usize {
    let mut depth = 0;
    for (at, b) in code.bytes().enumerate() {
        match b {
            b'[' => depth += 1,
            b']' if depth == 1 => return at + 1,
            b']' => depth -= 1,
            _ => {}
        }
    }
    code.len()
}

/// The file of `mod name;`, or of the `#[path = "…"]` before it.
fn module_file(of: &str, item: &str) -> Option<String> {
    let (folder, file) = of.rsplit_once('/').unwrap_or(("", of));
    if let Some((_, after)) = item.split_once("path = \"") {
        return Some(format!("{folder}/{}", after.split('"').next()?));
    }
    let name = item.trim_end_matches(';').rsplit(' ').next()?;
    let below = match file.trim_end_matches(".rs") {
        "lib" | "main" | "mod" => folder.to_owned(),
        stem => format!("{folder}/{stem}"),
    };
    item.contains("mod ").then(|| format!("{below}/{name}.rs"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str =
        "//! About.\nfn a() {\n    b(); // c\n\n}\n#[cfg(test)]\nmod tests {\n    fn d() {}\n}\nfn e() {}\n";

    #[test]
    fn tests_are_told_apart() {
        let source = Source::new("crates/x/src/lib.rs", TEXT);
        assert_eq!(source.package(), "x");
        let lines: Vec<usize> = source.product_lines(&source.code).map(|(number, _)| number).collect();
        assert_eq!(lines, [1, 2, 3, 4, 5, 10]);
        assert_eq!(Source::new("crates/x/tests/a.rs", TEXT).product_lines(TEXT).count(), 0);
    }

    #[test]
    fn functions_have_their_length_in_code() {
        let source = Source::new("crates/x/src/lib.rs", TEXT);
        let found: Vec<_> =
            source.functions().iter().map(|f| (f.name.to_owned(), f.line, f.length)).collect();
        assert_eq!(found, [("a".into(), 2, 3), ("d".into(), 8, 1), ("e".into(), 10, 1)]);
    }

    #[test]
    fn modules_of_tests_are_tests() {
        let lib = "#[cfg(test)]\nmod tests;\n#[cfg(test)]\n#[path = \"held_tests.rs\"]\nmod more;\n#[cfg(not(test))]\nmod a;";
        let paths = ["lib.rs", "tests.rs", "tests/deep.rs", "held_tests.rs", "a.rs"];
        let texts = paths
            .map(|p| (format!("crates/x/src/{p}"), if p == "lib.rs" { lib.into() } else { String::new() }));
        let roles: Vec<Role> = all(texts.into()).iter().map(|source| source.role).collect();
        assert_eq!(roles, [Role::Product, Role::Test, Role::Test, Role::Test, Role::Product]);
    }

    #[test]
    fn roles_come_from_paths() {
        assert_eq!(role("crates/x/tests/ui/a.rs"), Role::Piece);
        assert_eq!(role("crates/x/doc/a.rs"), Role::Piece);
        assert_eq!(role("crates/x/examples/a.rs"), Role::Example);
        assert_eq!(role("benches/src/main.rs"), Role::Example);
        assert_eq!(role("xtask/src/main.rs"), Role::Product);
    }
}

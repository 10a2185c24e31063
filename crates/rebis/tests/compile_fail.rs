//! What the compiler says of the mistakes people make, as a user would make them.
//!
//! Each case in `tests/ui` begins with what the first line of the message must name. The messages themselves are
//! those of the pinned toolchain; with another one only their cause is sure.
// With more features the compiler lists more types: the cases are of the default ones, and have a run of their own.
#![cfg(all(feature = "macros", feature = "sqlite", feature = "blocking", not(feature = "chrono")))]

use std::path::{Path, PathBuf};

/// No message may be longer than this, those below excepted.
const LINES: usize = 25;

/// Messages that are longer, and why.
const LONGER: &[(&str, usize, &str)] = &[
    ("and_between_conditions", 38, "three errors: both sides are no `bool`, and the `bool` is no condition"),
    ("contradictory_relation", 29, "five mistakes in one case"),
    ("key_not_hashable", 47, "two derives are missing, each is told"),
    ("newtype_of_unstorable", 39, "the second error is that of the user's own `#[derive(Clone)]`"),
];

#[test]
fn messages() {
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}

fn cases() -> Vec<(String, String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ui");
    let mut sources: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("the folder of cases")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|e| e == "rs"))
        .collect();
    sources.sort();
    let read =
        |path: &Path| std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let name = |path: &Path| path.file_stem().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    sources.iter().map(|path| (name(path), read(path), read(&path.with_extension("stderr")))).collect()
}

#[test]
fn messages_are_short() {
    let mut long = Vec::new();
    for (name, _, message) in cases() {
        let lines = message.trim_end().lines().count();
        let exception = LONGER.iter().find(|(case, ..)| *case == name);
        if lines > exception.map_or(LINES, |(_, lines, _)| *lines) {
            long.push(format!("{name}: {lines} lines"));
        }
    }
    assert!(long.is_empty(), "too long:\n{}", long.join("\n"));
}

#[test]
fn messages_name_the_users_thing_first() {
    let mut silent = Vec::new();
    for (name, source, message) in cases() {
        let wanted = source.lines().next().and_then(|line| line.strip_prefix("// says: "));
        let wanted = wanted.unwrap_or_else(|| panic!("{name} does not begin with `// says: ..`"));
        let first = message.lines().next().unwrap_or_default();
        if !first.contains(wanted) {
            silent.push(format!("{name}: `{wanted}` is not in `{first}`"));
        }
    }
    assert!(silent.is_empty(), "{}", silent.join("\n"));
}

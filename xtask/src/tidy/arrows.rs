//! Which crate may know which: the arrows of `ARCHITECTURE.md`, read from the manifests.

use super::{Repo, Violation};
use crate::manifest;

/// A crate and all that it may know of ours. Crates that tests need (`dev-dependencies`) are free.
const ARROWS: &[(&str, &[&str])] = &[
    ("rebis-core", &[]),
    ("rebis-sql", &["rebis-core"]),
    ("rebis-driver", &["rebis-core", "rebis-sql"]),
    ("rebis-sqlite", &["rebis-core", "rebis-sql", "rebis-driver"]),
    ("rebis-postgres", &["rebis-core", "rebis-sql", "rebis-driver"]),
    ("rebis-mysql", &["rebis-core", "rebis-sql", "rebis-driver"]),
    ("rebis-engine", &["rebis-core", "rebis-sql", "rebis-driver"]),
    ("rebis-orm", &["rebis-core", "rebis-sql", "rebis-driver", "rebis-engine"]),
    ("rebis-migrate", &["rebis-core", "rebis-sql", "rebis-driver", "rebis-engine"]),
    ("rebis-cli", &["rebis-core", "rebis-engine", "rebis-migrate", "rebis"]),
    (
        "rebis-blocking",
        &["rebis-core", "rebis-sql", "rebis-driver", "rebis-engine", "rebis-orm", "rebis-migrate"],
    ),
    ("rebis-macros", &[]),
    ("rebis-testkit", &["rebis-core", "rebis-sql", "rebis-driver", "rebis-engine"]),
    ("rebis-orm-doc", &["rebis", "rebis-engine"]),
    (
        "rebis",
        &[
            "rebis-core",
            "rebis-sql",
            "rebis-driver",
            "rebis-sqlite",
            "rebis-postgres",
            "rebis-mysql",
            "rebis-engine",
            "rebis-orm",
            "rebis-migrate",
            "rebis-blocking",
            "rebis-macros",
        ],
    ),
];

pub(super) fn check(repo: &Repo) -> Vec<Violation> {
    let crates = repo.manifests.iter().filter(|(path, _)| path.starts_with("crates/"));
    crates.flat_map(|(path, text)| violations(path, text)).collect()
}

fn violations(path: &str, text: &str) -> Vec<Violation> {
    let name = path.split('/').nth(1).unwrap_or("");
    let Some((_, known)) = ARROWS.iter().find(|(package, _)| *package == name) else {
        let message = format!(
            "`{name}` has no place in the map; add it to xtask/src/tidy/arrows.rs and ARCHITECTURE.md"
        );
        return vec![Violation::new(path, 1, message)];
    };
    let sections = ["dependencies", "build-dependencies"].into_iter();
    let needed = sections.flat_map(|section| manifest::keys(text, section));
    let ours =
        needed.filter(|(_, dependency)| dependency.starts_with("rebis") && !known.contains(dependency));
    ours.map(|(line, dependency)| {
        Violation::new(path, line, format!("`{name}` must not know `{dependency}`"))
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrows_point_one_way() {
        let text = "[dependencies]\nrebis-core.workspace = true\nrebis-engine = { workspace = true }\n\
                    [dev-dependencies]\nrebis-sqlite.workspace = true\n";
        assert_eq!(violations("crates/rebis-orm/Cargo.toml", text), []);
        let found = violations("crates/rebis-sql/Cargo.toml", text);
        assert_eq!(
            found,
            [Violation::new("crates/rebis-sql/Cargo.toml", 3, "`rebis-sql` must not know `rebis-engine`")]
        );
        assert_eq!(violations("crates/rebis-new/Cargo.toml", "").len(), 1);
    }
}

//! Who awaits in `rebis-orm`: the session, and the files that run what the pure parts have planned.

use super::allowed::{Allowed, is_allowed};
use super::{Repo, Violation};

pub(super) const ALLOWED: &[Allowed] = &[
    Allowed {
        path: "crates/rebis-orm/src/session/",
        line: "",
        why: "the graph with a connection: its methods do I/O",
    },
    Allowed { path: "crates/rebis-orm/src/unit_of_work/run.rs", line: "", why: "runs the plan of a flush" },
    Allowed { path: "crates/rebis-orm/src/loading/run.rs", line: "", why: "runs the queries of a load" },
];

pub(super) fn check(repo: &Repo) -> Vec<Violation> {
    let sources = repo.sources.iter().filter(|source| source.package() == "rebis-orm");
    let found = sources.flat_map(|source| {
        let lines = source.product_lines(&source.code);
        let awaits =
            lines.filter(|(_, line)| line.contains(".await") && !is_allowed(ALLOWED, &source.path, line));
        awaits.map(|(number, _)| {
            source.violation(
                number,
                "only `session/` and the files that run plans await; return a value to run there",
            )
        })
    });
    found.collect()
}

//! A real graph: reads a Cargo.lock into a database in one session and one commit, reads it again without writing
//! anything, and asks what one wants to know of it.
//!
//! `cargo run --example lockfile [PATH] [--url URL]`: this workspace's own lock file without a path; a file of SQLite
//! without a URL, else an empty schema, as in `--features postgres -- --url postgres://me@localhost/scratch`. With `.await`:
//! `lockfile_async`.

#[path = "support/cargo_lock.rs"]
pub(crate) mod cargo_lock;
#[path = "../doc/lock.rs"]
#[allow(unreachable_pub)]
pub(crate) mod lock;
#[path = "support/story.rs"]
mod story;

use cargo_lock::Entry;
use lock::{Dependency, Package, Release, Source};
use rebis::blocking::{Engine, Session};
use rebis::prelude::*;
use std::collections::HashMap;
use story::Story;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let place = story::place("lockfile.db")?;
    let engine = Engine::new(&place.url)?;
    let schema = metadata![Package, Source, Release, Dependency];
    schema.create_all(&engine)?;
    let outcome = tell(&engine);
    if place.is_given {
        schema.drop_all(&engine)?;
    }
    outcome
}

fn tell(engine: &Engine) -> Result<(), Box<dyn std::error::Error>> {
    let (path, mut entries) = cargo_lock::read(story::arguments()?.path)?;
    let mut story = Story::new(&format!("{} releases of {path}", entries.len()), engine.record());

    story.step("First run", "packages, sources, releases and their graph, in one session and one commit");
    let before = engine.counters();
    store(&mut engine.session(), &entries)?;
    story.cost(engine.counters() - before);

    story.step("Second run", "the same file again, merged into what is there");
    let before = engine.counters();
    store(&mut engine.session(), &entries)?;
    story.cost(engine.counters() - before);

    story.step("Third run", "one release has another checksum, and one is gone");
    entries[0].checksum = Some("0".repeat(64));
    cargo_lock::remove_last(&mut entries);
    let before = engine.counters();
    store(&mut engine.session(), &entries)?;
    story.cost(engine.counters() - before);

    ask(&mut engine.session(), &mut story)?;
    story.end(engine.counters());
    Ok(())
}

/// Makes the database say what the lock file says.
pub(crate) fn store(db: &mut Session, entries: &[Entry]) -> rebis::Result<()> {
    let there = db.all(select(Release).with(Release.dependencies))?;

    let mut sources: Vec<_> = entries.iter().filter_map(|entry| entry.source.as_deref()).collect();
    sources.sort_unstable();
    sources.dedup();
    db.merge_all(sources.iter().map(|url| Source.new().url(*url)))?;

    // The package inside is merged with its release; what is set to the value it has is no change.
    let rows = entries.iter().map(|entry| {
        let package = Package.new().name(&entry.name);
        let release = Release.new().spec(&entry.spec).version(&entry.version).package(package);
        release.checksum(entry.checksum.clone()).source_url(entry.source.clone())
    });
    let releases = db.merge_all(rows)?;

    let by_spec: HashMap<_, _> = entries.iter().map(|entry| entry.spec.as_str()).zip(releases).collect();
    for entry in entries {
        let needed = entry.dependencies.iter().map(|spec| by_spec[spec.as_str()]);
        db.replace(by_spec[entry.spec.as_str()], Release.dependencies, needed);
    }
    let gone: Vec<_> = there.into_iter().filter(|r| !by_spec.contains_key(db[r].spec.as_str())).collect();
    if !gone.is_empty() {
        gone.into_iter().for_each(|release| db.delete(release));
        db.execute(Package.delete().filter(Package.releases.is_empty()))?;
    }
    db.commit()
}

fn ask(db: &mut Session, story: &mut Story) -> rebis::Result<()> {
    story.step("Most depended upon", "one statement");
    let needed = db.all(lock::most_needed())?;
    for (spec, count) in &needed {
        story.say(format!("{count:4}  {spec}"));
    }
    story.sql();

    story.step("In several versions", "the packages, then their releases: two statements");
    for package in db.all(lock::duplicates())? {
        let versions: Vec<_> = db[package].releases.iter().map(|r| db[r].version.as_str()).collect();
        story.say(format!("{}: {}", db[package].name, versions.join(", ")));
    }
    story.sql();

    if let Some((spec, _)) = needed.first() {
        story.step("Everything that reaches", &format!("{spec}, however far away, in one statement"));
        let found = db.all(lock::reaching(spec))?;
        story.say(story::listed(found.iter().map(|release| db[release].spec.as_str())));
        story.sql();
    }

    story.step("Needed by nobody", "one statement");
    let found = db.all(lock::roots())?;
    story.say(story::listed(found.iter().map(|release| db[release].spec.as_str())));
    story.sql();
    Ok(())
}

//! Reads the part of TOML that Cargo writes into its lock files.
#![allow(missing_docs, unreachable_pub)]

use std::collections::HashMap;

/// An entry of a lock file.
#[derive(Debug, Default)]
pub struct Entry {
    /// `name@version`; with the source where that alone is not unique.
    pub spec: String,
    pub name: String,
    pub version: String,
    pub source: Option<String>,
    pub checksum: Option<String>,
    /// Specs.
    pub dependencies: Vec<String>,
}

/// The entries of a lock file.
pub fn parse(text: &str) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    let mut in_package = false;
    for line in text.lines() {
        if line.starts_with('[') {
            in_package = line == "[[package]]";
            entries.extend(in_package.then(Entry::default));
        }
        let (Some(entry), true) = (entries.last_mut(), in_package) else { continue };
        let (key, value) = line.split_once(" = ").unwrap_or(("", line));
        let value = value.trim_matches([' ', ',', '"']).to_owned();
        match key {
            "name" => entry.name = value,
            "version" => entry.version = value,
            "source" => entry.source = Some(value),
            "checksum" => entry.checksum = Some(value),
            "" if line.starts_with(" \"") => entry.dependencies.push(value),
            _ => {}
        }
    }
    name_releases(&mut entries);
    entries
}

/// A dependency is written as short as it can be: `name`, `name version` or `name version (source)`.
fn name_releases(entries: &mut [Entry]) {
    let mut shortest: HashMap<String, Vec<usize>> = HashMap::new();
    for (index, Entry { name, version, source, .. }) in entries.iter().enumerate() {
        // Without the commit of a git repository.
        let source = source.as_deref().and_then(|source| source.split('#').next()).unwrap_or_default();
        let whole = format!("{name} {version} ({source})");
        for text in [name.clone(), format!("{name} {version}"), whole] {
            shortest.entry(text).or_default().push(index);
        }
    }
    for entry in &mut *entries {
        entry.spec = format!("{}@{}", entry.name, entry.version);
        if shortest[&format!("{} {}", entry.name, entry.version)].len() > 1 {
            entry.spec += &format!(" ({})", entry.source.as_deref().unwrap_or("here"));
        }
    }
    for index in 0..entries.len() {
        let found = entries[index].dependencies.iter().filter_map(|text| shortest.get(text)?.first());
        entries[index].dependencies = found.map(|&at| entries[at].spec.clone()).collect();
    }
}

/// Takes the last entry out, also out of what others need.
pub fn remove_last(entries: &mut Vec<Entry>) {
    if let Some(Entry { spec: gone, .. }) = entries.pop() {
        entries.iter_mut().for_each(|entry| entry.dependencies.retain(|spec| *spec != gone));
    }
}

/// The lock file of this path; the one of this workspace without a path.
pub fn read(path: Option<String>) -> Result<(String, Vec<Entry>), String> {
    let own = concat!(env!("CARGO_MANIFEST_DIR"), "/../../Cargo.lock");
    let path = path.unwrap_or_else(|| own.to_owned());
    let text = std::fs::read_to_string(&path).map_err(|error| format!("{path}: {error}"))?;
    let entries = parse(&text);
    let path = std::fs::canonicalize(&path).map_or(path, |whole| whole.display().to_string());
    if entries.is_empty() {
        Err(format!("{path}: there is no [[package]] in it"))
    } else {
        Ok((path, entries))
    }
}

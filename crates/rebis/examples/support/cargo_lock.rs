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
    for line in text.split_once("[[package]]").map_or("", |(_, packages)| packages).lines() {
        if entries.is_empty() || line == "[[package]]" {
            entries.push(Entry::default());
        }
        let Some(entry) = entries.last_mut() else { continue };
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
        let whole = format!("{name} {version} ({})", source.as_deref().unwrap_or_default());
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

/// The lock file that the program's argument names; the one of this workspace without an argument.
pub fn read() -> std::io::Result<(String, Vec<Entry>)> {
    let own = concat!(env!("CARGO_MANIFEST_DIR"), "/../../Cargo.lock");
    let path = std::fs::canonicalize(std::env::args().nth(1).unwrap_or_else(|| own.to_owned()))?;
    let entries = parse(&std::fs::read_to_string(&path)?);
    Ok((path.display().to_string(), entries))
}

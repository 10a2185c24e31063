//! Where the repository is, and which files it has.

use std::path::{Path, PathBuf};
use std::{env, fs};

/// The folder of the workspace.
pub(crate) fn root() -> PathBuf {
    let here = env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    here.parent().map(Path::to_path_buf).unwrap_or(here)
}

/// The folder for what is built.
pub(crate) fn target() -> PathBuf {
    let folder = env::var_os("CARGO_TARGET_DIR").map_or_else(|| PathBuf::from("target"), PathBuf::from);
    root().join(folder)
}

/// An empty folder below the target folder.
pub(crate) fn scratch(name: &str) -> Result<PathBuf, String> {
    let folder = target().join("xtask").join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(|e| told(&folder, &e))?;
    }
    fs::create_dir_all(&folder).map_err(|e| told(&folder, &e))?;
    Ok(folder)
}

/// The text of a file of the workspace.
pub(crate) fn read(path: &str) -> Result<String, String> {
    fs::read_to_string(root().join(path)).map_err(|e| format!("{path}: {e}"))
}

/// All files with one of these endings, relative to the root, with `/`, sorted. Built and hidden files are left out,
/// but for `.ci` and `.cargo`.
pub(crate) fn files(endings: &[&str]) -> Result<Vec<String>, String> {
    let mut found = Vec::new();
    walk(&root(), "", &mut |path| {
        if endings.is_empty() || endings.iter().any(|ending| path.ends_with(ending)) {
            found.push(path.to_owned());
        }
    })?;
    found.sort();
    Ok(found)
}

/// The names in a folder of the workspace, sorted; none if there is no such folder.
pub(crate) fn names_in(folder: &str) -> Vec<String> {
    let entries = fs::read_dir(root().join(folder)).into_iter().flatten().flatten();
    let mut names: Vec<String> =
        entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

fn walk(folder: &Path, below: &str, found: &mut impl FnMut(&str)) -> Result<(), String> {
    for entry in fs::read_dir(folder).map_err(|e| told(folder, &e))? {
        let entry = entry.map_err(|e| told(folder, &e))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let hidden = name.starts_with('.') && name != ".ci" && name != ".cargo";
        if hidden || name == "target" {
            continue;
        }
        let path = if below.is_empty() { name } else { format!("{below}/{name}") };
        if entry.path().is_dir() {
            walk(&entry.path(), &path, found)?;
        } else {
            found(&path);
        }
    }
    Ok(())
}

fn told(path: &Path, error: &std::io::Error) -> String {
    format!("{}: {error}", path.display())
}

//! As much TOML as manifests need: sections, and the keys and arrays in them. Not a parser of TOML.

/// The lines of a section, without comments and empty lines, each with its number, counted from 1.
pub(crate) fn section<'t>(text: &'t str, name: &str) -> Vec<(usize, &'t str)> {
    let mut inside = false;
    let mut lines = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let line = without_comment(line);
        if let Some(header) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            inside = header == name;
        } else if inside && !line.is_empty() {
            lines.push((at + 1, line));
        }
    }
    lines
}

/// The keys of a section: `uuid` in `uuid = ["dep:uuid"]` and in `uuid.workspace = true`.
pub(crate) fn keys<'t>(text: &'t str, name: &str) -> Vec<(usize, &'t str)> {
    let key = |line: &'t str| line.split_once('=').map(|(key, _)| key.trim().trim_matches('"'));
    let lines = section(text, name).into_iter();
    lines.filter_map(|(at, line)| Some((at, key(line)?.split('.').next()?))).collect()
}

/// The strings of an array in a section; of tables in the array, the string behind `field =`.
pub(crate) fn strings<'t>(text: &'t str, name: &str, key: &str, field: Option<&str>) -> Vec<&'t str> {
    let mut found = Vec::new();
    let mut inside = false;
    for (_, line) in section(text, name) {
        inside |= line.split_once('=').is_some_and(|(k, _)| k.trim() == key);
        if !inside {
            continue;
        }
        let value = match field {
            Some(field) => line.split_once(&format!("{field} =")).map(|(_, after)| after),
            None => Some(line),
        };
        let quoted = value.unwrap_or("").split('"').skip(1).step_by(2);
        found.extend(quoted.take(if field.is_some() { 1 } else { usize::MAX }));
        inside = !line.ends_with(']');
    }
    found
}

fn without_comment(line: &str) -> &str {
    let mut quoted = false;
    let end = line.find(|c| {
        quoted ^= c == '"';
        c == '#' && !quoted
    });
    line[..end.unwrap_or(line.len())].trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r##"
[package]
name = "x"

[dependencies]
rebis-core.workspace = true   # a comment
"uuid" = { version = "1", features = ["#v4"] }

[licenses]
allow = [
    "MIT", # with "this" reason
    "Zlib",
]
other = ["no"]

[bans]
deny = [
    { crate = "a", reason = "b" },
]
"##;

    #[test]
    fn keys_have_their_lines() {
        assert_eq!(keys(TEXT, "dependencies"), [(6, "rebis-core"), (7, "uuid")]);
        assert_eq!(keys(TEXT, "nothing"), []);
    }

    #[test]
    fn arrays_over_several_lines() {
        assert_eq!(strings(TEXT, "licenses", "allow", None), ["MIT", "Zlib"]);
        assert_eq!(strings(TEXT, "bans", "deny", Some("crate")), ["a"]);
    }
}

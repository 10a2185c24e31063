//! Names: how they are spelt, which are alike, and where they seem to stand.

use proc_macro2::{Ident, Span};
use syn::ext::IdentExt as _;

/// The name without `r#`.
pub(crate) fn plain(ident: &Ident) -> String {
    ident.unraw().to_string()
}

/// The same name at the same place, but written by the derive: lints on style and unused items do not fire on it.
pub(crate) fn ours(ident: &Ident) -> Ident {
    let mut ident = ident.clone();
    ident.set_span(Span::call_site().located_at(ident.span()));
    ident
}

/// A name made by the derive, pointing at the user's token.
pub(crate) fn made(name: &str, at: Span) -> Ident {
    Ident::new(name, Span::call_site().located_at(at))
}

/// The words of a name: `HTTPServer2` is `http`, `server2`; `due_at` is `due`, `at`.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let chars: Vec<char> = name.chars().collect();
    for (i, &c) in chars.iter().enumerate() {
        let before = i.checked_sub(1).map(|p| chars[p]);
        let after = chars.get(i + 1);
        let begins = match before {
            None | Some('_') => true,
            Some(b) if c.is_uppercase() => !b.is_uppercase() || after.is_some_and(|a| a.is_lowercase()),
            Some(_) => false,
        };
        if c == '_' {
            continue;
        }
        if begins || words.is_empty() {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut() {
            word.extend(c.to_lowercase());
        }
    }
    words
}

/// `PostTag` becomes `post_tag`.
pub(crate) fn snake_case(name: &str) -> String {
    words(name).join("_")
}

/// The spellings that `rename_all` knows.
pub(crate) const SPELLINGS: &[&str] = &[
    "snake_case",
    "SCREAMING_SNAKE_CASE",
    "kebab-case",
    "camelCase",
    "PascalCase",
    "lowercase",
    "UPPERCASE",
];

/// The name in another spelling; `None` if the spelling is not known.
pub(crate) fn respell(name: &str, spelling: &str) -> Option<String> {
    let words = words(name);
    Some(match spelling {
        "snake_case" => words.join("_"),
        "SCREAMING_SNAKE_CASE" => words.join("_").to_uppercase(),
        "kebab-case" => words.join("-"),
        "camelCase" => {
            let mut words = words.iter();
            let first = words.next().cloned().unwrap_or_default();
            first + &words.map(|w| capital(w)).collect::<String>()
        }
        "PascalCase" => words.iter().map(|w| capital(w)).collect(),
        "lowercase" => words.concat(),
        "UPPERCASE" => words.concat().to_uppercase(),
        _ => return None,
    })
}

fn capital(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// The known name that is most like the given one, if any is.
pub(crate) fn similar<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // Two letters that changed places count as two.
    let limit = (name.chars().count() / 2).clamp(1, 3);
    let best = known.into_iter().map(|k| (distance(name, k), k)).min_by_key(|(d, _)| *d)?;
    (best.0 <= limit).then_some(best.1)
}

/// A list for a message: `` `a`, `b`, `c` ``.
pub(crate) fn quoted<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    names.into_iter().map(|n| format!("`{n}`")).collect::<Vec<_>>().join(", ")
}

/// Levenshtein's.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let cost = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = cost.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings() {
        for (name, snake) in [
            ("User", "user"),
            ("PostTag", "post_tag"),
            ("HTTPServer", "http_server"),
            ("OAuth2Token", "o_auth2_token"),
            ("already_snake", "already_snake"),
            ("Ünder", "ünder"),
        ] {
            assert_eq!(snake_case(name), snake);
        }
        let all: Vec<_> = SPELLINGS.iter().filter_map(|s| respell("InReview", s)).collect();
        assert_eq!(
            all,
            ["in_review", "IN_REVIEW", "in-review", "inReview", "InReview", "inreview", "INREVIEW"]
        );
        assert_eq!(respell("A", "Title Case"), None);
    }

    #[test]
    fn similar_names() {
        let known = ["length", "unique", "index"];
        assert_eq!(similar("legnth", known), Some("length"));
        assert_eq!(similar("uniqe", known), Some("unique"));
        assert_eq!(similar("elephant", known), None);
    }
}

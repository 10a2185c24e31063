//! Texts that were meant to break out of wherever a program puts them, for every test of such places.

/// What ends a text, a name or a comment in some database, or seems to.
const OPENERS: [&str; 20] = [
    "'", "''", "\"", "\"\"", "`", "``", "\\", "\\'", "\\\"", "\\\\'", "*/", "--", "]", ")", "')", "\")",
    "$$", "$1", "\u{2bc}", "E'",
];

/// What would be done then.
const PAYLOADS: [&str; 16] = [
    "",
    ";",
    "; DROP TABLE sentinel",
    "; DROP TABLE sentinel; --",
    "; DROP TABLE sentinel #",
    "; DELETE FROM sentinel; /*",
    " OR 1=1 --",
    " UNION SELECT 1 FROM sentinel --",
    "||(SELECT 1 FROM sentinel)||'",
    ", (SELECT max(id) FROM sentinel)",
    " AS x FROM sentinel; --",
    "{} {0} {id}",
    "? ?1 :id @id",
    "%' ESCAPE '",
    "\n; UPDATE sentinel SET n = 0 --",
    "\t/*!50000 DROP TABLE sentinel */",
];

/// Each opener before each payload: 320 texts. They would harm a table `sentinel (id, n)`.
///
/// ```
/// let texts: Vec<String> = rebis_testkit::corpus::texts().collect();
/// assert_eq!(texts.len(), 320);
/// assert!(texts.contains(&"'; DROP TABLE sentinel; --".to_owned()));
/// ```
pub fn texts() -> impl Iterator<Item = String> {
    OPENERS.iter().flat_map(|opener| PAYLOADS.iter().map(move |payload| format!("{opener}{payload}")))
}

/// Every seventh of them, with each opener and each payload: for what takes a database long.
pub fn some() -> impl Iterator<Item = String> {
    texts().step_by(7)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_texts_have_every_opener_and_every_payload() {
        let some: Vec<String> = some().collect();
        assert!(OPENERS.iter().all(|opener| some.iter().any(|text| text.starts_with(opener))));
        assert!(PAYLOADS.iter().all(|payload| some.iter().any(|text| text.ends_with(payload))));
    }
}

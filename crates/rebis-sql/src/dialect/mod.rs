//! Facts about databases: one file a dialect, data only. Nothing outside this folder asks which one it has.

mod mysql;
mod plans;
mod postgres;
mod sqlite;

pub use mysql::{mariadb, mysql};
pub use postgres::postgres;
pub use sqlite::sqlite;

pub(crate) use postgres::{
    WORDS as STANDARD_WORDS, elapsed as standard_elapsed, extract as standard_extract,
    moved as standard_moved, shift as standard_shift, type_name as standard_type,
};

/// In whose words an expression shows itself to people, where no database is at hand.
pub(crate) fn shown() -> &'static crate::Capabilities {
    sqlite()
}

fn all() -> [&'static crate::Capabilities; 4] {
    [sqlite(), postgres(), mysql(), mariadb()]
}

/// Whether a word is what programs call a database.
pub(crate) fn is_word(word: &str) -> bool {
    all().iter().any(|caps| caps.words.contains(&word))
}

/// What programs call databases, for people.
pub(crate) fn words() -> String {
    let words: Vec<String> =
        all().iter().filter_map(|caps| caps.words.first()).map(|word| format!("`{word}`")).collect();
    words.join(", ")
}

/// An interval in words, its parts that are not 0: `1 month`, `-3 day`.
fn parts_of(by: crate::ast::Interval) -> impl Iterator<Item = (i64, &'static str)> {
    let crate::ast::Interval { months, days, seconds } = by;
    let parts = [(i64::from(months), "month"), (i64::from(days), "day"), (seconds, "second")];
    parts.into_iter().filter(|(count, _)| *count != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reserved_word_is_found() {
        for caps in [sqlite(), postgres(), mysql(), mariadb()] {
            assert!(caps.reserved.iter().all(|word| caps.reserved.contains(word)), "{}", caps.name);
            assert!(caps.reserved.iter().is_sorted(), "{}", caps.name);
            for name in ["", "users", "name", "title", "a", "zz", "selec", "_", "SELECT"] {
                assert!(!caps.reserved.contains(name), "{}: {name}", caps.name);
            }
        }
    }
}

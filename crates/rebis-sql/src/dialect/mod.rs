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

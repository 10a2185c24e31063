//! Facts about databases: one file a dialect, data only. Nothing outside this folder asks which one it has.

mod mysql;
mod postgres;
mod sqlite;

pub use mysql::{mariadb, mysql};
pub use postgres::postgres;
pub use sqlite::sqlite;

pub(crate) use postgres::{WORDS as POSTGRES_WORDS, type_name as standard_type};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reserved_words_are_sorted_so_that_they_can_be_searched() {
        for caps in [sqlite(), postgres(), mysql(), mariadb()] {
            assert!(caps.reserved.is_sorted(), "{}", caps.name);
            assert!(caps.reserved.iter().all(|w| *w == w.to_ascii_lowercase()), "{}", caps.name);
        }
    }
}

//! Random queries on PostgreSQL and on MariaDB, beside a plain reference of what they mean, by which all databases agree.
#![allow(missing_docs, unreachable_pub)]
#![cfg(all(feature = "postgres", feature = "mysql", feature = "blocking", feature = "macros"))]

#[path = "random_queries/mod.rs"]
mod random_queries;
mod support;

use rebis::blocking::Engine;
use rebis::prelude::*;

mod postgres {
    use super::*;

    #[test]
    fn random_queries_give_what_they_mean() {
        random_queries::look_at(&Engine::new(&support::servers::postgres()).expect("a URL"), 2_000);
    }
}

mod mariadb {
    use super::*;

    #[test]
    fn random_queries_give_what_they_mean() {
        random_queries::look_at(&Engine::new(&support::servers::mariadb()).expect("a URL"), 2_000);
    }
}

mod mysql {
    use super::*;

    #[test]
    fn random_queries_give_what_they_mean() {
        random_queries::look_at(&Engine::new(&support::servers::mysql()).expect("a URL"), 2_000);
    }
}

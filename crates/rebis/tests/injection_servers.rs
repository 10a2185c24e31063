//! Nasty texts on PostgreSQL and on MariaDB.
#![allow(missing_docs, unreachable_pub)]
#![cfg(all(feature = "postgres", feature = "mysql", feature = "blocking", feature = "macros"))]

#[path = "injection/mod.rs"]
mod injection;
mod support;

use rebis::blocking::Engine;
use rebis::prelude::*;

mod postgres {
    use super::*;

    #[test]
    fn nasty_texts_are_texts() {
        injection::look_at(&Engine::new(&support::servers::postgres()).expect("a URL"), false);
    }
}

mod mariadb {
    use super::*;

    #[test]
    fn nasty_texts_are_texts() {
        injection::look_at(&Engine::new(&support::servers::mariadb()).expect("a URL"), true);
    }
}

//! A flush is all or nothing, on PostgreSQL and on MariaDB.
#![allow(missing_docs)]
#![cfg(all(feature = "postgres", feature = "mysql", feature = "blocking", feature = "macros"))]
#![allow(clippy::duplicate_mod, reason = "the same holds on every database")]

mod support;

use rebis::blocking::Engine;
use rebis_testkit::faulty::{Faults, Faulty};
use std::sync::Arc;

#[path = "."]
mod postgres {
    use super::emptied;
    use rebis::blocking::Engine;
    use rebis::prelude::*;
    use rebis_testkit::faulty::{Faults, Faulty};
    use std::cell::OnceCell;

    #[path = "atomicity/mod.rs"]
    mod atomicity;

    type Place = &'static str;
    const PLACES: [Place; 1] = ["postgres"];

    thread_local! {
        static URL: OnceCell<String> = const { OnceCell::new() };
    }

    /// The test's database with all the tables and no rows, and an engine that fails where it is told to.
    fn database(_: Place) -> (Engine, Faults) {
        let url = URL.with(|url| {
            url.get_or_init(|| {
                let url = crate::support::servers::postgres();
                let engine = Engine::new(&url).expect("a URL");
                crate::support::schema().create_all(&engine).expect("the tables are made");
                url
            })
            .clone()
        });
        let url: rebis::Url = url.parse().expect("a right URL");
        let parts = url.parts();
        let driver = Faulty::new(rebis::postgres::Postgres::from_url(parts).expect("right options"));
        emptied(driver, url)
    }
}

#[path = "."]
mod mariadb {
    use super::emptied;
    use rebis::blocking::Engine;
    use rebis::prelude::*;
    use rebis_testkit::faulty::{Faults, Faulty};
    use std::cell::OnceCell;

    #[path = "atomicity/mod.rs"]
    mod atomicity;

    type Place = &'static str;
    const PLACES: [Place; 1] = ["mariadb"];

    thread_local! {
        static URL: OnceCell<String> = const { OnceCell::new() };
    }

    /// The test's database with all the tables and no rows, and an engine that fails where it is told to.
    fn database(_: Place) -> (Engine, Faults) {
        let url = URL.with(|url| {
            url.get_or_init(|| {
                let url = crate::support::servers::mariadb();
                let engine = Engine::new(&url).expect("a URL");
                crate::support::schema().create_all(&engine).expect("the tables are made");
                url
            })
            .clone()
        });
        let url: rebis::Url = url.parse().expect("a right URL");
        let parts = url.parts();
        let options = rebis::mysql::Options::from_url(parts).expect("right options");
        let driver = Faulty::new(rebis::mysql::MySql::new(options));
        emptied(driver, url)
    }
}

/// An engine over a driver, once its database has no rows and begins with the first keys again.
fn emptied(driver: Faulty, url: rebis::Url) -> (Engine, Faults) {
    let faults = driver.faults();
    let engine = rebis::Engine::new_with(Arc::new(driver), url, rebis::EngineOptions::new().pool_size(1));
    let engine = Engine::from(engine);
    support::servers::empty(&engine, &support::schema()).expect("it is emptied");
    (engine, faults)
}

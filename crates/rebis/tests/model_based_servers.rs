//! Random programs on PostgreSQL and on MariaDB: fewer than on SQLite, and one database for all of them, which is emptied
//! in between.
#![allow(missing_docs, unreachable_pub)]
#![cfg(all(feature = "postgres", feature = "mysql", feature = "blocking", feature = "macros"))]
#![allow(clippy::duplicate_mod, reason = "the same holds on every database")]

mod support;

use proptest::prelude::*;
use proptest::test_runner::{RngSeed, TestRunner};
use rebis::blocking::Engine;
use rebis::schema::MetaData;
use std::fmt::Debug;

#[path = "."]
mod postgres {
    use super::look_at;
    use rebis::blocking::Engine;
    use rebis::prelude::*;

    #[path = "model_based/mod.rs"]
    mod model_based;

    fn engine() -> Engine {
        Engine::new(&crate::support::servers::postgres()).expect("a URL")
    }

    #[test]
    fn random_programs_do_what_they_say() {
        let engine = engine();
        let schema = model_based::models::schema();
        schema.create_all(&engine).expect("the tables are made");
        look_at(&engine, &schema, model_based::program::step(), |program| {
            model_based::machine::run(engine.clone(), program)
        });
    }
}

#[path = "."]
mod mariadb {
    use super::look_at;
    use rebis::blocking::Engine;
    use rebis::prelude::*;

    #[path = "model_based/mod.rs"]
    mod model_based;

    fn engine() -> Engine {
        Engine::new(&crate::support::servers::mariadb()).expect("a URL")
    }

    #[test]
    fn random_programs_do_what_they_say() {
        let engine = engine();
        let schema = model_based::models::schema();
        schema.create_all(&engine).expect("the tables are made");
        look_at(&engine, &schema, model_based::program::step(), |program| {
            model_based::machine::run(engine.clone(), program)
        });
    }
}

/// Runs random programs of these steps, each on the emptied database.
fn look_at<S: Debug + Clone>(
    engine: &Engine,
    schema: &MetaData,
    step: impl Strategy<Value = S>,
    run: impl Fn(&[S]) -> Result<(), String>,
) {
    let config = ProptestConfig::default();
    let cases = if std::env::var_os("PROPTEST_CASES").is_some() { config.cases / 30 } else { 60 };
    let rng_seed = match config.rng_seed {
        RngSeed::Random => RngSeed::Fixed(1),
        fixed => fixed,
    };
    let config =
        ProptestConfig { cases, failure_persistence: None, max_shrink_iters: 300, rng_seed, ..config };
    let outcome = TestRunner::new(config).run(&proptest::collection::vec(step, 1..40), |program| {
        support::servers::empty(engine, schema).expect("it is emptied");
        run(&program).map_err(TestCaseError::fail)
    });
    outcome.unwrap_or_else(|error| panic!("{error}"));
}

//! Random programs on a session, beside a plain reference of what they mean.
//!
//! The reference (`world`) keeps what the program has said in maps; the machine runs each step on both and compares
//! after each: objects, relations from both sides, the identity map; after each flush, commit and rollback also the
//! database. `PROPTEST_CASES=50000` makes the test look harder.
//! Programs that once failed are kept in
//! `proptest-regressions`, and as tests with names below.
#![allow(missing_docs, unreachable_pub)]
#![cfg(all(feature = "sqlite", feature = "blocking", feature = "macros"))]

#[path = "model_based/mod.rs"]
mod model_based;

use model_based::{machine, models, program};
use proptest::prelude::*;
use proptest::test_runner::{FileFailurePersistence, RngSeed};
use rebis::blocking::Engine;
use rebis::prelude::*;

/// Seeds of programs that failed, from the folder of the package.
const KEPT: &str = "proptest-regressions/model_based.txt";

/// The same programs at each run, so that a change is what makes the test fail. `PROPTEST_RNG_SEED` gives others.
fn config() -> ProptestConfig {
    let config = ProptestConfig::default();
    let cases = if std::env::var_os("PROPTEST_CASES").is_some() { config.cases } else { 2_000 };
    ProptestConfig {
        cases,
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct(KEPT))),
        max_shrink_iters: 20_000,
        rng_seed: match config.rng_seed {
            RngSeed::Random => RngSeed::Fixed(1),
            fixed => fixed,
        },
        ..config
    }
}

fn engine() -> Engine {
    Engine::new("sqlite::memory:").expect("a URL")
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn random_programs_do_what_they_say(program in proptest::collection::vec(program::step(), 1..40)) {
        let empty = engine();
        models::schema().create_all(&empty).expect("the tables are made");
        if let Err(what) = machine::run(empty, &program) {
            return Err(TestCaseError::fail(what));
        }
    }
}

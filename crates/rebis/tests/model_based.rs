//! Random programs on a session, beside a plain reference of what they mean.
//!
//! The reference (`world`) keeps what the program has said in maps; the machine runs each step on both and compares
//! after each: objects, relations from both sides, the identity map; after each flush, commit and rollback also the
//! database. `PROPTEST_CASES=50000` makes the test look harder.
//! Programs that once failed are kept in
//! `proptest-regressions`, and as tests with names below.
#![allow(missing_docs, unreachable_pub)]
#![cfg(all(feature = "sqlite", feature = "blocking", feature = "macros"))]

mod model_based {
    #[macro_use]
    pub mod models;
    pub mod check;
    pub mod machine;
    pub mod program;
    pub mod reads;
    mod regressions;
    pub mod world;
    pub mod writes;
}

use model_based::{machine, program};
use proptest::prelude::*;
use proptest::test_runner::{FileFailurePersistence, RngSeed};

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

proptest! {
    #![proptest_config(config())]

    #[test]
    fn random_programs_do_what_they_say(program in proptest::collection::vec(program::step(), 1..40)) {
        if let Err(what) = machine::run(&program) {
            return Err(TestCaseError::fail(what));
        }
    }
}

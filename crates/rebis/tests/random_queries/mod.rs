//! Random queries beside a plain reference of what SQL means.
//!
//! [`terms`] makes expressions, says them in the language and works them out in Rust, in three-valued logic; [`queries`]
//! puts them into statements. Parentheses, lists, NULLs and lowered operators are what this looks for.
//!
//! Databases are free to differ in what is not asked here: numbers that do not fit, division by zero, the order of texts,
//! upper case of letters beyond ASCII, whether LIKE tells upper from lower case, texts that differ in trailing blanks.

pub mod queries;
pub mod terms;

use proptest::prelude::*;
use proptest::test_runner::{RngSeed, TestRunner};
use rebis::blocking::Engine;
use rebis::prelude::*;
use std::cell::RefCell;

#[derive(Model, Clone, Debug)]
#[model(table = "things")]
pub struct Thing {
    #[column(primary_key)]
    pub id: i64,
    pub size: i64,
    pub rank: Option<i64>,
    pub name: String,
    pub note: Option<String>,
    pub done: Option<bool>,
}

/// What is in the table: values of which some are equal, some NULL, and some mean something to LIKE.
pub fn things() -> Vec<Thing> {
    let ranks = [Some(0), None, Some(-3), Some(2), Some(2), Some(7), None, Some(1), Some(-1)];
    let names = ["a", "b", "ab", "", "a%", "b_a", "it's", "a/b", "\\a"];
    let notes = [Some("ab"), None, Some(""), Some("b"), Some("%"), None, Some("a_"), Some("日"), Some("aa")];
    let done = [Some(true), Some(false), None];
    let thing = |n: usize| Thing {
        id: n as i64 + 1,
        size: [3, 0, -2, 5, 1, 3, 0, 9, -7][n],
        rank: ranks[n],
        name: names[n].to_owned(),
        note: notes[n].map(str::to_owned),
        done: done[n % 3],
    };
    (0..names.len()).map(thing).collect()
}

/// Makes the table and fills it.
pub fn fill(engine: &Engine) -> rebis::Result<()> {
    metadata![Thing].create_all(engine)?;
    engine.connect()?.execute(Thing.insert().rows(things()))?;
    Ok(())
}

/// Rows as text, which is how they are compared.
pub type Rows = Vec<String>;

/// Asks so many random queries, the same at each run. `PROPTEST_RNG_SEED` gives others.
pub fn look_at(engine: &Engine, cases: u32) {
    fill(engine).expect("the table is filled");
    let connection = RefCell::new(engine.connect().expect("a connection"));
    let config = ProptestConfig::default();
    let config = ProptestConfig {
        cases: if std::env::var_os("PROPTEST_CASES").is_some() { config.cases } else { cases },
        failure_persistence: None,
        max_shrink_iters: 4_000,
        max_global_rejects: cases,
        rng_seed: match config.rng_seed {
            RngSeed::Random => RngSeed::Fixed(1),
            fixed => fixed,
        },
        ..config
    };
    let outcome = TestRunner::new(config).run(&queries::query(), |query| {
        let answer = query.answer().map_err(|overflow| TestCaseError::reject(format!("{overflow:?}")))?;
        match query.ask(&mut connection.borrow_mut()) {
            Ok(rows) => prop_assert_eq!(rows, answer),
            Err(error) => return Err(TestCaseError::fail(format!("{error:?}"))),
        }
        Ok(())
    });
    outcome.unwrap_or_else(|error| panic!("{error}"));
}

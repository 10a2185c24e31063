//! The bank of `retry.rs`, on servers.
#![allow(missing_docs)]
#![cfg(all(feature = "postgres", feature = "mysql"))]

mod support;

use rebis::EngineOptions;
use rebis::blocking::Engine;
use rebis::prelude::*;
use support::bank::bank;
use support::servers;

fn eight(url: &str) -> Engine {
    Engine::with_options(url, EngineOptions::new().pool_size(8)).expect("a URL")
}

mod postgres {
    #[test]
    fn money_is_neither_made_nor_lost() {
        super::bank(&super::eight(&super::servers::postgres()));
    }
}

mod mysql {
    #[test]
    fn money_is_neither_made_nor_lost() {
        super::bank(&super::eight(&super::servers::mysql()));
    }
}

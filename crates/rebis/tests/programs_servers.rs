//! Programs as users write them, and faults that were found, on PostgreSQL and on MariaDB.
#![allow(missing_docs, unreachable_pub, clippy::unwrap_used)]
#![cfg(all(feature = "postgres", feature = "mysql", feature = "blocking", feature = "macros"))]
#![allow(clippy::duplicate_mod, reason = "the same holds on every database")]

mod support;

#[path = "."]
mod postgres {
    use rebis::blocking::Engine;
    use rebis::prelude::*;

    #[path = "programs/design.rs"]
    mod design;
    #[cfg(feature = "json")]
    #[path = "programs/documents.rs"]
    mod documents;
    #[path = "programs/dynamic.rs"]
    mod dynamic;
    #[path = "programs/enums.rs"]
    mod enums;
    #[path = "found/mod.rs"]
    mod faults;
    #[path = "programs/identity.rs"]
    mod identity;
    #[path = "programs/kept.rs"]
    mod kept;
    #[path = "programs/prepared.rs"]
    mod prepared;
    #[path = "programs/raw.rs"]
    mod raw;
    #[path = "programs/restrict.rs"]
    mod restrict;
    #[path = "programs/sequences.rs"]
    mod sequences;
    #[path = "programs/tenants.rs"]
    mod tenants;
    #[path = "programs/traps.rs"]
    mod traps;
    #[path = "programs/types.rs"]
    mod types;
    #[path = "programs/views.rs"]
    mod views;
    #[path = "programs/writes.rs"]
    mod writes;

    fn engine() -> Engine {
        Engine::new(&crate::support::servers::postgres()).expect("a URL")
    }

    fn tenants_engine() -> (Engine, [String; 2]) {
        (engine(), [(); 2].map(|()| crate::support::servers::postgres_schema()))
    }
}

#[path = "."]
mod mariadb {
    use rebis::blocking::Engine;
    use rebis::prelude::*;

    #[path = "programs/design.rs"]
    mod design;
    #[cfg(feature = "json")]
    #[path = "programs/documents.rs"]
    mod documents;
    #[path = "programs/dynamic.rs"]
    mod dynamic;
    #[path = "programs/enums.rs"]
    mod enums;
    #[path = "found/mod.rs"]
    mod faults;
    #[path = "programs/identity.rs"]
    mod identity;
    #[path = "programs/kept.rs"]
    mod kept;
    #[path = "programs/prepared.rs"]
    mod prepared;
    #[path = "programs/raw.rs"]
    mod raw;
    #[path = "programs/restrict.rs"]
    mod restrict;
    #[path = "programs/sequences.rs"]
    mod sequences;
    #[path = "programs/tenants.rs"]
    mod tenants;
    #[path = "programs/traps.rs"]
    mod traps;
    #[path = "programs/types.rs"]
    mod types;
    #[path = "programs/views.rs"]
    mod views;
    #[path = "programs/writes.rs"]
    mod writes;

    fn engine() -> Engine {
        Engine::new(&crate::support::servers::mariadb()).expect("a URL")
    }

    fn tenants_engine() -> (Engine, [String; 2]) {
        (engine(), [(); 2].map(|()| crate::support::servers::mysql_schema()))
    }
}

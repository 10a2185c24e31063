//! The suite of the waist, as each of the two servers.
#![allow(missing_docs)]

mod common;

use common::Fresh;
use rebis_core::{Datum, ErrorKind};
use rebis_driver::Driver;
use rebis_mysql::{Flavour, MySql, Options};
use rebis_testkit::conformance::language::Facts;
use rebis_testkit::conformance::{Back, Database, Setup, Skip};
use std::future::Future;
use std::sync::{Arc, LazyLock};
use tokio::runtime::Runtime;

/// Which server, and who waits: a parked thread, or a task of a runtime of the program's own.
struct Server(Flavour, Waits);

enum Waits {
    Parked,
    OnTokio,
}

static TOKIO: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().expect("a runtime"));

const DEFERRED: Skip = Skip {
    case: "transactions::a_deferred_constraint_fails_at_commit",
    reason: "the server has no deferred constraints",
};

const NO_EXPRESSION: Skip = Skip {
    case: "indexes::an_index_of_an_expression",
    reason: "the server of the tests is MariaDB, whose indexes are of columns",
};
const NO_UNIQUE_EXPRESSION: Skip =
    Skip { case: "indexes::a_unique_index_of_an_expression", reason: NO_EXPRESSION.reason };
const NO_FOR_SHARE: Skip = Skip {
    case: "selects::rows_that_are_locked",
    reason: "the server of the tests is MariaDB, without FOR SHARE",
};

const NO_EXPLAIN_ANALYZE: Skip = Skip {
    case: "plans::a_plan_of_what_ran_tells_what_happened",
    reason: "the server of the tests is MariaDB, which says ANALYZE",
};

impl Setup for Server {
    fn open(&self) -> Database {
        let fresh = Fresh::new();
        Database::new(MySql::new(fresh.options().flavour(self.0))).keeping(fresh)
    }

    fn block_on<F: Future>(&self, future: F) -> F::Output {
        match self.1 {
            Waits::Parked => common::block_on(future),
            Waits::OnTokio => TOKIO.block_on(future),
        }
    }

    fn comes_back(&self, sent: &Datum) -> Back {
        match sent {
            Datum::Bool(v) => Back::As(Datum::Int(i64::from(*v))),
            Datum::Float(v) if !v.is_finite() => Back::Refused(ErrorKind::Conversion),
            // The text form of a statement has no negative zero.
            Datum::Float(v) if *v == 0.0 => Back::As(Datum::Float(0.0)),
            Datum::Uuid(bytes) => Back::As(Datum::Blob(bytes.to_vec())),
            // A TIMESTAMP of zero is the mark of a date that is none.
            Datum::Instant(0) => Back::Refused(ErrorKind::Conversion),
            _ => Back::Same,
        }
    }

    fn facts(&self) -> Facts {
        Facts {
            division_by_zero: None,
            // MariaDB's JSON is a text with a check.
            bad_document: ErrorKind::CheckViolation,
            nul: true,
            infinity: false,
            locks_what_it_read: true,
            set_default: false,
            reads_what_it_writes: false,
            read_only: "SET SESSION TRANSACTION READ ONLY",
            longest_name: 64,
            most_columns: 4096,
            lacks: if matches!(self.0, Flavour::MySql) { NOT_ON_MARIADB } else { &[] },
            ..Facts::default()
        }
    }

    fn skips(&self) -> &'static [Skip] {
        match self.0 {
            Flavour::MySql => {
                &[DEFERRED, NO_EXPRESSION, NO_UNIQUE_EXPRESSION, NO_FOR_SHARE, NO_EXPLAIN_ANALYZE]
            }
            _ => &[DEFERRED],
        }
    }

    fn unreachable(&self) -> Option<Arc<dyn Driver>> {
        Some(Arc::new(MySql::new(Options::new("127.0.0.1", "test").user("root").port(1))))
    }
}

/// What MySQL has and MariaDB, the server at hand, does not understand.
const NOT_ON_MARIADB: &[&str] = &[
    "Indexes: of an expression",
    "Plans: of what ran",
    "Row locks: for share",
    "Row locks: for key share",
    "Row locks: no wait",
    "Row locks: of one table",
    "Subqueries: lateral",
    "Subqueries: lateral, outer",
    "Common table expressions: before an UPDATE",
    "Common table expressions: before a DELETE",
];

mod as_mysql {
    use super::*;
    rebis_testkit::conformance!(Server(Flavour::MySql, Waits::Parked));
}

mod as_mariadb {
    use super::*;
    rebis_testkit::conformance!(Server(Flavour::MariaDb, Waits::Parked));
}

mod on_tokio {
    use super::*;
    rebis_testkit::conformance!(Server(Flavour::MariaDb, Waits::OnTokio));
}

mod language_as_mysql {
    use super::*;
    rebis_testkit::language!(Server(Flavour::MySql, Waits::OnTokio));
}

mod language {
    use super::*;
    rebis_testkit::language!(Server(Flavour::MariaDb, Waits::Parked));
}

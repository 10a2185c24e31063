//! The suite of the waist, over every placement, in memory and in a file.
#![allow(missing_docs)]

use rebis_core::Datum;
use rebis_driver::Driver;
use rebis_sqlite::{JournalMode, Options, Placement, Sqlite, Synchronous};
use rebis_testkit::conformance::language::Facts;
use rebis_testkit::conformance::{Back, Database, Setup, Skip};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// SQLite has integers, floats, texts and blobs; everything else is one of them.
fn comes_back(sent: &Datum) -> Back {
    let text = |text: &str| Back::As(Datum::Text(text.to_owned()));
    match sent {
        Datum::Bool(v) => Back::As(Datum::Int(i64::from(*v))),
        // SQLite stores a NaN as NULL, and a whole float as an integer, which has no negative zero.
        Datum::Float(v) if v.is_nan() => Back::As(Datum::Null),
        Datum::Float(v) if *v == 0.0 => Back::As(Datum::Float(0.0)),
        Datum::Uuid(bytes) => Back::As(Datum::Blob(bytes.to_vec())),
        Datum::Date(0) => text("1970-01-01"),
        Datum::Date(-1) => text("1969-12-31"),
        Datum::Date(19_782) => text("2024-02-29"),
        Datum::Date(_) => text("9999-12-31"),
        Datum::Time(0) => text("00:00:00.000000"),
        Datum::Time(1) => text("00:00:00.000001"),
        Datum::Time(43_200_000_000) => text("12:00:00.000000"),
        Datum::Time(_) => text("23:59:59.999999"),
        Datum::Timestamp(0) => text("1970-01-01 00:00:00.000000"),
        Datum::Timestamp(-1) => text("1969-12-31 23:59:59.999999"),
        Datum::Timestamp(1_709_208_000_123_456) => text("2024-02-29 12:00:00.123456"),
        Datum::Timestamp(_) => text("9999-12-31 00:00:00.000000"),
        Datum::Instant(0) => text("1970-01-01 00:00:00.000000+00:00"),
        Datum::Instant(1_000) => text("1970-01-01 00:00:00.001000+00:00"),
        Datum::Instant(_) => text("2024-02-29 12:00:00.123456+00:00"),
        Datum::Decimal(digits) => text(digits),
        _ => Back::Same,
    }
}

/// Types are a property of values, not of columns.
fn facts(readers_and_writers: bool) -> Facts {
    Facts {
        division_by_zero: None,
        lengths: false,
        ranges: false,
        types: false,
        like_minds_case: false,
        folds_unicode: false,
        nul: true,
        scales: false,
        readers_and_writers,
        names_uniques: false,
        names_foreign_keys: false,
        read_only: "PRAGMA query_only = 1",
        make_schema: "ATTACH ':memory:' AS {}",
        drop_schema: "DETACH {}",
        longest_name: 1000,
        most_columns: 2000,
        ..Facts::default()
    }
}

fn unreachable(placement: Placement) -> Option<Arc<dyn Driver>> {
    let nowhere = std::env::temp_dir().join("rebis/no/such/folder/a.db");
    Some(Arc::new(Sqlite::new(Options::file(nowhere.to_string_lossy()).placement(placement))))
}

struct Memory(Placement);

impl Setup for Memory {
    fn open(&self) -> Database {
        Database::new(Sqlite::new(Options::memory().placement(self.0)))
    }
    fn comes_back(&self, sent: &Datum) -> Back {
        comes_back(sent)
    }
    fn skips(&self) -> &'static [Skip] {
        &[Skip {
            case: "several::what_is_not_committed_is_not_seen",
            reason: "a database in memory is locked as a whole: a reader waits for the writer",
        }]
    }
    fn facts(&self) -> Facts {
        facts(false)
    }
    fn unreachable(&self) -> Option<Arc<dyn Driver>> {
        unreachable(self.0)
    }
}

struct File(Placement, JournalMode);

/// A folder of its own, removed at the end.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

impl Setup for File {
    fn open(&self) -> Database {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"))
            .join(format!("conformance-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder can be made");
        let options = Options::file(folder.join("a.db").to_string_lossy())
            .journal_mode(self.1)
            .synchronous(Synchronous::Off)
            .placement(self.0);
        Database::new(Sqlite::new(options)).keeping(Folder(folder))
    }
    fn comes_back(&self, sent: &Datum) -> Back {
        comes_back(sent)
    }
    fn skips(&self) -> &'static [Skip] {
        &[]
    }
    fn facts(&self) -> Facts {
        facts(true)
    }
    fn unreachable(&self) -> Option<Arc<dyn Driver>> {
        unreachable(self.0)
    }
}

mod memory_inline {
    use super::*;
    rebis_testkit::conformance!(Memory(Placement::Inline));
}

mod memory_worker {
    use super::*;
    rebis_testkit::conformance!(Memory(Placement::Worker));
}

mod file_inline {
    use super::*;
    rebis_testkit::conformance!(File(Placement::Inline, JournalMode::Delete));
}

mod file_worker {
    use super::*;
    rebis_testkit::conformance!(File(Placement::Worker, JournalMode::Wal));
}

mod language_in_memory {
    use super::*;
    rebis_testkit::language!(Memory(Placement::Worker));
}

mod language {
    use super::*;
    rebis_testkit::language!(File(Placement::Inline, JournalMode::Wal));
}

//! Failures inside of a savepoint, and of the savepoint itself.

use super::work::{Reader, dump, library};
use super::{PLACES, WAYS, Way};
use crate::support::User;
use rebis::ErrorKind;
use rebis::blocking::Session;
use rebis_sql::StatementKind;
use rebis_testkit::faulty::Fault;

/// What is written before the savepoint, and stands whatever becomes of it.
fn outer(db: &mut Session) {
    db.add(User.new().name("dave"));
    db.flush().expect("it is written");
}

/// The database without the work, with what came before the savepoint, with both; and the statements of the savepoint.
struct Reference {
    before: Vec<String>,
    outer: Vec<String>,
    both: Vec<String>,
    statements: usize,
}

fn reference() -> Reference {
    let (engine, faults) = library(PLACES[0]);
    let before = dump(&engine);
    let mut reader = Reader::new(&engine, true);
    outer(&mut reader.db);
    reader.db.commit().expect("it is written");
    let outer_alone = dump(&engine);
    let (engine, other) = library(PLACES[0]);
    let mut reader = Reader::new(&engine, true);
    outer(&mut reader.db);
    let counted = other.counts();
    let depth = reader.set();
    reader.work();
    reader.keep(depth).expect("nothing is wrong with it");
    let statements = (other.counts() - counted).statements;
    reader.db.commit().expect("it commits");
    drop(faults);
    Reference { before, outer: outer_alone, both: dump(&engine), statements }
}

/// The savepoint in steps, so that the reader's own methods can be used inside of it.
impl Reader {
    fn set(&mut self) -> usize {
        self.try_set().expect("it is set")
    }

    fn try_set(&mut self) -> rebis::Result<usize> {
        let here = std::panic::Location::caller();
        rebis_engine::block_on(self.db.as_async().set_savepoint(here))
    }

    fn keep(&mut self, depth: usize) -> rebis::Result<()> {
        let here = std::panic::Location::caller();
        rebis_engine::block_on(self.db.as_async().keep(depth, here))
    }

    fn leave(&mut self, depth: usize) -> rebis::Result<()> {
        let here = std::panic::Location::caller();
        rebis_engine::block_on(self.db.as_async().back_to(depth, here))
    }
}

#[test]
fn one_that_fails_at_any_statement_is_taken_back_and_the_rest_stands() {
    let Reference { outer: outer_alone, both, statements, .. } = reference();
    for place in PLACES {
        // The first statement sets the savepoint.
        for n in 2..=statements {
            for again in [false, true] {
                let (engine, faults) = library(place);
                let mut reader = Reader::new(&engine, true);
                outer(&mut reader.db);
                let seen = reader.seen();
                let depth = reader.set();
                let new = reader.work();
                faults.add(Way::Statement.at(n - 1));
                let error = reader.keep(depth).expect_err("it fails at statement n");
                let at = format!("{place:?} at {n} of {statements}, `{}`", error.sql().unwrap_or(""));
                assert_eq!(error.kind(), ErrorKind::DiskFull, "{at}: {error}");
                reader.leave(depth).unwrap_or_else(|e| panic!("{at}: {e}"));
                assert!(reader.seen() == seen, "{at}: an object is not as before");
                reader.is_clean();
                new.is_transient(&reader.db);
                if again {
                    let depth = reader.set();
                    reader.work();
                    reader.keep(depth).unwrap_or_else(|e| panic!("{at}: again: {e}"));
                }
                reader.db.commit().unwrap_or_else(|e| panic!("{at}: {e}"));
                assert_eq!(dump(&engine), if again { both.clone() } else { outer_alone.clone() }, "{at}");
            }
        }
    }
}

#[test]
fn one_whose_transaction_is_lost_takes_everything_with_it() {
    let Reference { before, both, statements, .. } = reference();
    for place in PLACES {
        for n in 2..=statements {
            let (engine, faults) = library(place);
            let mut reader = Reader::new(&engine, true);
            let seen = reader.seen();
            outer(&mut reader.db);
            let depth = reader.set();
            let new = reader.work();
            faults.add(Way::Connection.at(n - 1));
            let error = reader.keep(depth).expect_err("it fails at statement n");
            let at = format!("{place:?} at {n} of {statements}, `{}`", error.sql().unwrap_or(""));
            assert!(error.is_disconnect(), "{at}: {error}");
            let _ = reader.leave(depth);
            // What came before the savepoint is gone too, so nothing may be committed as if it were there.
            reader.db.commit().expect_err("the transaction is lost");
            assert_eq!(dump(&engine), before, "{at}");
            reader.db.rollback().unwrap_or_else(|e| panic!("{at}: {e}"));
            assert!(reader.seen() == seen, "{at}: an object is not as before");
            reader.is_clean();
            new.is_transient(&reader.db);
            outer(&mut reader.db);
            reader.work();
            reader.db.commit().unwrap_or_else(|e| panic!("{at}: again: {e}"));
            assert_eq!(dump(&engine), both, "{at}");
        }
    }
}

#[test]
fn one_that_cannot_be_taken_back_ends_the_transaction() {
    let Reference { before, .. } = reference();
    for place in PLACES {
        for way in WAYS {
            for flushed in [false, true] {
                let (engine, faults) = library(place);
                let mut reader = Reader::new(&engine, true);
                let seen = reader.seen();
                outer(&mut reader.db);
                let depth = reader.set();
                reader.work();
                if flushed {
                    reader.db.flush().expect("it writes");
                } else {
                    faults.add(Fault::new(ErrorKind::DiskFull).on(|s| s.sql().starts_with("DELETE")));
                    reader.keep(depth).expect_err("it fails");
                }
                faults.add(way.at(1).on(|s| s.kind() == StatementKind::RollbackTo));
                reader.leave(depth).expect_err("it cannot be taken back");
                // The work of the savepoint is still there as far as the database knows: it must not be committed.
                let at = format!("{place:?} {way:?}, flushed: {flushed}");
                let error = reader.db.commit().expect_err("neither kept nor taken back");
                assert!(
                    matches!(error.kind(), ErrorKind::InvalidState | ErrorKind::TransactionAborted),
                    "{at}: {error}"
                );
                assert_eq!(dump(&engine), before, "{at}");
                reader.db.rollback().unwrap_or_else(|e| panic!("{at}: {e}"));
                assert!(reader.seen() == seen, "{at}: an object is not as before");
                reader.is_clean();
            }
        }
    }
}

#[test]
fn one_that_cannot_be_set_changes_nothing() {
    let Reference { outer: outer_alone, .. } = reference();
    for place in PLACES {
        let (engine, faults) = library(place);
        let mut reader = Reader::new(&engine, true);
        outer(&mut reader.db);
        let seen = reader.seen();
        faults.add(Way::Statement.at(1).on(|s| s.kind() == StatementKind::Savepoint));
        let error = reader.try_set().expect_err("it cannot be set");
        assert_eq!(error.kind(), ErrorKind::DiskFull);
        assert!(reader.seen() == seen);
        reader.db.commit().expect("what came before stands");
        assert_eq!(dump(&engine), outer_alone);
    }
}

#[test]
fn one_that_is_dropped_is_taken_back_before_the_next_statement() {
    let Reference { before, outer: outer_alone, .. } = reference();
    for place in PLACES {
        for fails in [false, true] {
            let (engine, faults) = library(place);
            let mut reader = Reader::new(&engine, true);
            let seen = reader.seen();
            outer(&mut reader.db);
            let depth = reader.set();
            reader.work();
            reader.db.flush().expect("it writes");
            reader.db.as_async().abandon(depth);
            assert!(reader.seen() == seen, "at once, in memory");
            if fails {
                faults.add(Way::Statement.at(1).on(|s| s.kind() == StatementKind::RollbackTo));
                reader.db.commit().expect_err("it cannot be taken back");
                reader.db.commit().expect_err("nor the second time");
                reader.db.rollback().expect("it rolls back");
            } else {
                reader.db.commit().expect("it commits what came before");
            }
            assert_eq!(dump(&engine), if fails { before.clone() } else { outer_alone.clone() });
        }
    }
}

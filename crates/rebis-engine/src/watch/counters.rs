//! How many statements ran.

use rebis_driver::Step;
use rebis_sql::StatementKind;
use std::ops::Sub;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

macro_rules! counters {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {
        /// How many statements ran, of which kind, in how many round trips, and how many rows they moved.
        ///
        /// Taken from an [`Engine`](crate::Engine::counters) or a [`Connection`](crate::Connection::counters);
        /// the difference of two is what happened between them.
        ///
        /// See [`Engine::counters`](crate::Engine::counters) for an example.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        #[non_exhaustive]
        pub struct Counters { $($(#[$doc])* pub $name: u64),* }

        /// The counters of one open connection. Written by whoever holds it, one at a time, so no write is locked;
        /// read by anybody.
        #[derive(Debug, Default)]
        pub(crate) struct Tally { $($name: AtomicU64),* }

        impl Tally {
            pub(crate) fn read(&self) -> Counters {
                Counters { $($name: self.$name.load(Ordering::Relaxed)),* }
            }
        }

        impl Counters {
            fn add(&mut self, other: Counters) {
                $(self.$name += other.$name;)*
            }
        }

        impl Sub for Counters {
            type Output = Counters;
            fn sub(self, earlier: Counters) -> Counters {
                Counters { $($name: self.$name.saturating_sub(earlier.$name)),* }
            }
        }
    };
}

counters! {
    /// Statements of all kinds.
    statements,
    /// Batches: on a network each is one round trip.
    round_trips,
    /// Rows that came back.
    rows_read,
    /// Rows inserted, updated or deleted.
    rows_written,
    /// Statements that read.
    reads,
    /// Statements that write.
    writes,
    /// BEGIN.
    begins,
    /// COMMIT.
    commits,
    /// ROLLBACK.
    rollbacks,
    /// SAVEPOINT, RELEASE and ROLLBACK TO.
    savepoints,
    /// Settings of the session.
    settings,
}

#[inline]
fn bump(counter: &AtomicU64, by: u64) {
    counter.store(counter.load(Ordering::Relaxed) + by, Ordering::Relaxed);
}

impl Tally {
    #[inline]
    pub(crate) fn batch(&self) {
        bump(&self.round_trips, 1);
    }

    #[inline]
    pub(crate) fn step(&self, step: &Step<'_>) {
        bump(&self.statements, 1);
        bump(&self.rows_read, step.rows);
        bump(&self.rows_written, step.affected);
        let kind = match step.statement.kind() {
            StatementKind::Read => &self.reads,
            StatementKind::Write => &self.writes,
            StatementKind::Begin => &self.begins,
            StatementKind::Commit => &self.commits,
            StatementKind::Rollback => &self.rollbacks,
            StatementKind::Savepoint | StatementKind::Release | StatementKind::RollbackTo => &self.savepoints,
            // Settings, and kinds that come later.
            _ => &self.settings,
        };
        bump(kind, 1);
    }

    pub(crate) fn rollback(&self) {
        bump(&self.statements, 1);
        bump(&self.rollbacks, 1);
    }
}

/// The counters of all connections of an engine, also of those that are closed.
#[derive(Default)]
pub(crate) struct Tallies(Mutex<(Vec<Arc<Tally>>, Counters)>);

impl Tallies {
    pub(crate) fn add(&self) -> Arc<Tally> {
        let tally = Arc::new(Tally::default());
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (open, past) = &mut *all;
        // A connection that is closed has left its counters to us alone.
        open.retain(|tally| {
            let alive = Arc::strong_count(tally) > 1;
            if !alive {
                past.add(tally.read());
            }
            alive
        });
        open.push(tally.clone());
        tally
    }

    pub(crate) fn sum(&self) -> Counters {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut sum = all.1;
        all.0.iter().for_each(|tally| sum.add(tally.read()));
        sum
    }
}

//! Every statement from now on, for tests.

use crate::fut::Site;
use rebis_sql::{Statement, StatementKind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

/// One statement that ran.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/users.rs"));
/// # fn main() -> rebis_core::Result<()> {
/// # run(async |engine, conn| {
/// let recorder = engine.record();
/// conn.scalar(select(User.id.count())).await?;
/// let ran = recorder.take().remove(0);
/// assert_eq!(&*ran.sql, "SELECT count(users.id) FROM users");
/// assert!(ran.times == 1 && ran.site.file().ends_with(".rs"));
/// # Ok(())
/// # })
/// # }
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Recorded {
    /// The text, with placeholders.
    pub sql: Arc<str>,
    /// What it does.
    pub kind: StatementKind,
    /// How many times it ran, each time with other parameters.
    pub times: usize,
    /// Where in the program.
    pub site: Site,
}

type Log = Mutex<Vec<Recorded>>;

/// Collects every statement that an engine runs from now on, BEGIN and COMMIT included, until it is dropped.
///
/// ```
/// # use rebis_engine::{Engine, EngineOptions, block_on};
/// # let driver = std::sync::Arc::new(rebis_sqlite::Sqlite::memory());
/// # let engine = Engine::new_with(driver, "sqlite://".parse()?, EngineOptions::new());
/// # block_on(async {
/// # let mut conn = engine.connect().await?;
/// let recorder = engine.record();
/// conn.transaction().await?.commit().await?;
/// assert_eq!(recorder.take_sql(), ["BEGIN IMMEDIATE", "COMMIT"]);
/// # Ok::<(), rebis_core::Error>(()) })?;
/// # Ok::<(), rebis_core::Error>(())
/// ```
#[derive(Debug)]
pub struct Recorder {
    log: Arc<Log>,
    running: Arc<AtomicUsize>,
}

impl Recorder {
    /// What ran until now.
    pub fn statements(&self) -> Vec<Recorded> {
        lock(&self.log).clone()
    }

    /// What ran until now; forgets it.
    pub fn take(&self) -> Vec<Recorded> {
        std::mem::take(&mut *lock(&self.log))
    }

    /// The texts of what ran until now.
    pub fn sql(&self) -> Vec<String> {
        lock(&self.log).iter().map(|recorded| recorded.sql.to_string()).collect()
    }

    /// The texts of what ran until now; forgets it.
    pub fn take_sql(&self) -> Vec<String> {
        self.take().into_iter().map(|recorded| recorded.sql.to_string()).collect()
    }

    /// Forgets what ran until now.
    pub fn clear(&self) {
        lock(&self.log).clear();
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        self.running.fetch_sub(1, Ordering::Relaxed);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The recorders of an engine.
#[derive(Default)]
pub(crate) struct Recorders {
    logs: Mutex<Vec<Weak<Log>>>,
    running: Arc<AtomicUsize>,
}

impl Recorders {
    #[inline]
    pub(crate) fn any(&self) -> bool {
        self.running.load(Ordering::Relaxed) > 0
    }

    pub(crate) fn add(&self) -> Recorder {
        let log = Arc::new(Log::default());
        let mut logs = lock(&self.logs);
        logs.retain(|log| log.strong_count() > 0);
        logs.push(Arc::downgrade(&log));
        self.running.fetch_add(1, Ordering::Relaxed);
        Recorder { log, running: self.running.clone() }
    }

    pub(crate) fn put(&self, statement: &Statement, times: usize, site: Site) {
        let recorded = Recorded { sql: statement.shared_sql(), kind: statement.kind(), times, site };
        for log in lock(&self.logs).iter().filter_map(Weak::upgrade) {
            lock(&log).push(recorded.clone());
        }
    }
}

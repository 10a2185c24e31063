//! Which job runs and which was given up, under one lock, so that an interrupt meets the job it is for: not the
//! rollback behind it, and not the next borrower.

use rusqlite::InterruptHandle;
use std::sync::{Mutex, MutexGuard, PoisonError};

pub(super) struct Guard {
    interrupt: InterruptHandle,
    jobs: Mutex<Jobs>,
}

#[derive(Default)]
struct Jobs {
    running: Option<u64>,
    cancelled: u64,
}

impl Guard {
    pub(super) fn new(interrupt: InterruptHandle) -> Guard {
        Guard { interrupt, jobs: Mutex::default() }
    }

    fn jobs(&self) -> MutexGuard<'_, Jobs> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The job begins, unless it was given up before the thread took it.
    pub(super) fn begin(&self, job: u64) -> bool {
        let mut jobs = self.jobs();
        if jobs.cancelled >= job {
            return false;
        }
        jobs.running = Some(job);
        true
    }

    /// Whether the running job was given up. SQLite forgets an interrupt that comes between two statements.
    pub(super) fn is_cancelled(&self, job: u64) -> bool {
        self.jobs().cancelled >= job
    }

    /// The job is over: from here on no interrupt can reach it.
    pub(super) fn end(&self) {
        self.jobs().running = None;
    }

    /// Gives a job up, and all before it.
    pub(super) fn cancel(&self, job: u64) {
        let mut jobs = self.jobs();
        jobs.cancelled = jobs.cancelled.max(job);
        if jobs.running == Some(job) {
            // Under the lock: the job cannot end before the interrupt is out.
            self.interrupt.interrupt();
        }
    }
}

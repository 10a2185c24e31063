//! Transactions that are run again when the database could not fit them in beside others.

use super::{OpenSession, Session, SessionFactory};
use rebis_core::{Error, Result};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::{Duration, Instant};

/// How often a transaction is tried, and how long it waits in between.
///
/// ```
/// # use rebis_orm_doc::*;
/// # fn main() -> rebis::Result<()> {
/// # run(async |db, alice, hello| {
/// # db.commit().await?;
/// # let engine = db.engine().clone();
/// let sessions = engine.sessions(rebis::SessionOptions::new().will_write(true));
/// let policy = rebis::Retry::new().attempts(3);
/// let renamed = sessions
///     .retry_with(policy, async |db| {
///         let user = db.get_one(User, 1).await?;
///         db[user].username.push('!');
///         Ok(db[user].username.clone())
///     })
///     .await;
/// assert_eq!(renamed?, "alice!");
/// # Ok(())
/// # })
/// # }
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Retry {
    attempts: u32,
    first_pause: Duration,
    longest_pause: Duration,
}

impl Default for Retry {
    fn default() -> Self {
        Retry {
            attempts: 10,
            first_pause: Duration::from_millis(4),
            longest_pause: Duration::from_millis(500),
        }
    }
}

impl Retry {
    /// Ten attempts, with pauses that double from 4 ms up to half a second; each is a random part of that, so that those
    /// who met do not meet again.
    pub fn new() -> Self {
        Retry::default()
    }

    /// How often the transaction runs at most; at least once.
    #[must_use]
    pub fn attempts(mut self, most: u32) -> Self {
        self.attempts = most.max(1);
        self
    }

    /// The first pause, and the longest.
    #[must_use]
    pub fn pauses(mut self, first: Duration, longest: Duration) -> Self {
        (self.first_pause, self.longest_pause) = (first, longest.max(first));
        self
    }

    /// How long to wait before the next attempt, after so many have failed; none if this error stands.
    fn pause(&self, failed: u32, error: &Error) -> Option<Duration> {
        if failed >= self.attempts || !error.is_retryable() {
            return None;
        }
        let longest = self.first_pause.saturating_mul(1 << (failed - 1).min(20)).min(self.longest_pause);
        // Each is seeded anew: all the randomness that is needed here.
        let random = RandomState::new().build_hasher().finish() as u32;
        Some(longest.mul_f64(f64::from(random) / f64::from(u32::MAX)))
    }
}

impl SessionFactory {
    /// Runs a transaction, and runs it again where the database could not fit it in beside others: after a
    /// [`Serialization`](rebis_core::ErrorKind::Serialization) failure, a [`Deadlock`](rebis_core::ErrorKind::Deadlock)
    /// or a lock that was not free in time ([`Locked`](rebis_core::ErrorKind::Locked)). The closure gets a fresh session each time, which is committed when it returns
    /// `Ok` and dropped when it returns `Err`. What it does beside the session is done each time.
    ///
    /// See [`OpenSession::retry`] for an example.
    ///
    /// # Errors
    /// The closure's, or the commit's, of the last attempt. A connection that was lost during COMMIT
    /// ([`CommitUnknown`](rebis_core::ErrorKind::CommitUnknown)) is never tried again: it may have been done.
    pub async fn retry<T, F>(&self, work: F) -> Result<T>
    where
        F: AsyncFnOnce(&mut Session) -> Result<T> + Clone,
    {
        self.retry_with(Retry::new(), work).await
    }

    /// [`retry`](SessionFactory::retry) with another number of attempts, or other pauses.
    ///
    /// # Errors
    /// As [`retry`](SessionFactory::retry).
    pub async fn retry_with<T, F>(&self, policy: Retry, work: F) -> Result<T>
    where
        F: AsyncFnOnce(&mut Session) -> Result<T> + Clone,
    {
        let attempt = |mut session: Session| {
            let work = work.clone();
            async move {
                let outcome = work(&mut session).await;
                (session, outcome)
            }
        };
        self.retry_owned(policy, attempt).await
    }

    /// The same for work that takes the session and gives it back: what other faces of the session stand on.
    #[doc(hidden)]
    pub async fn retry_owned<T, Fut>(&self, policy: Retry, mut work: impl FnMut(Session) -> Fut) -> Result<T>
    where
        Fut: Future<Output = (Session, Result<T>)>,
    {
        let mut failed = 0;
        loop {
            let (mut session, outcome) = work(self.attempt(failed)).await;
            let outcome = match outcome {
                Ok(value) => session.commit().await.map(|()| value),
                Err(error) => Err(error),
            };
            let Err(error) = outcome else { return outcome };
            failed += 1;
            let Some(pause) = policy.pause(failed, &error) else { return Err(error) };
            // What it holds is free before the pause.
            let _ = session.rollback().await;
            drop(session);
            self.engine.sleep_until(Instant::now() + pause).await;
        }
    }

    /// A session for an attempt after so many have failed. Who could not get the write lock in the middle takes it at the
    /// beginning next time.
    fn attempt(&self, failed: u32) -> Session {
        let mut options = self.options;
        options.will_write |= failed > 0;
        Session::with_options(&self.engine, options)
    }
}

/// [`OpenSession::retry`] over a factory.
pub(super) async fn retry<T, F>(engine: &rebis_engine::Engine, work: F) -> Result<T>
where
    F: AsyncFnOnce(&mut Session) -> Result<T> + Clone,
{
    engine.sessions(super::SessionOptions::new()).retry(work).await
}

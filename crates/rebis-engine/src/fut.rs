//! The one future that methods with I/O return.
//!
//! Such methods are no `async fn`: they turn what they are given into concrete values at once, so that a wrong
//! argument is reported once, and give back one named type. Where the database answers on the caller's thread the
//! whole path allocates nothing.

use crate::{Connection, Engine, block_on};
use rebis_core::{BoxFuture, Result};
use rebis_driver::IsolationLevel;
use rebis_sql::Statement;
use rebis_sql::build::Request;
use std::fmt;
use std::future::Future;
use std::panic::Location;
use std::pin::Pin;
use std::task::{Context, Poll};

/// A future of a `Result<T>`. Does nothing until it is polled.
///
/// ```
/// use rebis_engine::{Fut, block_on};
/// let ready = Fut::ready(Ok(1));
/// let later = Fut::new(async { Ok(ready.await? + 1) });
/// assert_eq!(block_on(later)?, 2);
/// # Ok::<(), rebis_core::Error>(())
/// ```
///
/// # Panics
/// When polled again after it has completed.
#[must_use = "nothing happens until it is awaited"]
pub struct Fut<'a, T>(State<'a, T>);

enum State<'a, T> {
    Ready(Result<T>),
    Boxed(BoxFuture<'a, Result<T>>),
    Call(Call<'a, T>),
    Done,
}

/// A call that has not begun: its arguments and what to do with them.
struct Call<'a, T> {
    target: Target<'a>,
    site: Site,
    run: fn(Target<'a>, Site) -> Fut<'a, T>,
}

/// What a delayed call works on.
pub(crate) enum Target<'a> {
    Engine(Engine),
    Query(&'a mut Connection, Request),
    Verb(&'a mut Connection, Verb),
}

/// A verb of a connection that has no rows.
pub(crate) enum Verb {
    /// BEGIN, and whether the transaction will write.
    Begin(bool, Option<IsolationLevel>),
    Commit,
    Rollback,
    /// A statement without parameters.
    Statement(Statement),
}

/// A place in the user's program.
pub(crate) type Site = &'static Location<'static>;

impl<'a, T> Fut<'a, T> {
    /// A future that computes its result; boxed.
    ///
    /// See [`Fut`] for an example.
    pub fn new(future: impl Future<Output = Result<T>> + Send + 'a) -> Self {
        Fut(State::Boxed(Box::pin(future)))
    }

    /// A future whose result is known; not boxed.
    ///
    /// See [`Fut`] for an example.
    #[inline]
    pub fn ready(result: Result<T>) -> Self {
        Fut(State::Ready(result))
    }

    /// A future that begins with a call at its first poll; not boxed.
    #[inline]
    pub(crate) fn call(target: Target<'a>, site: Site, run: fn(Target<'a>, Site) -> Fut<'a, T>) -> Self {
        Fut(State::Call(Call { target, site, run }))
    }
}

impl<'a, T: Send + 'a> Fut<'a, T> {
    /// What a function makes of the result; at once and not boxed, where the result is known.
    ///
    /// ```
    /// # use rebis_engine::Fut;
    /// let two = Fut::ready(Ok(1)).and_then(|one| Ok(one + 1));
    /// assert_eq!(two.wait()?, 2);
    /// # Ok::<(), rebis_core::Error>(())
    /// ```
    #[inline]
    pub fn and_then<U>(self, then: impl FnOnce(T) -> Result<U> + Send + 'a) -> Fut<'a, U> {
        match self.0 {
            State::Ready(result) => Fut::ready(result.and_then(then)),
            later => Fut::new(async { Fut(later).await.and_then(then) }),
        }
    }
}

impl<T> Fut<'_, T> {
    /// The result, for which this thread waits: [`block_on`] of this future, and less work where the result is known.
    ///
    /// ```
    /// # use rebis_engine::Fut;
    /// assert_eq!(Fut::ready(Ok(1)).wait()?, 1);
    /// # Ok::<(), rebis_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// What the future ends with.
    #[inline]
    pub fn wait(self) -> Result<T> {
        // What would be the first poll, without the moves of one.
        let begun = match self.0 {
            State::Call(Call { target, site, run }) => run(target, site).0,
            other => other,
        };
        match begun {
            State::Ready(result) => result,
            later => block_on(Fut(later)),
        }
    }
}

// Nothing inside is pinned but what is in a box of its own.
impl<T> Unpin for Fut<'_, T> {}

impl<T> Future for Fut<'_, T> {
    type Output = Result<T>;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<T>> {
        loop {
            if let State::Boxed(future) = &mut self.0 {
                return future.as_mut().poll(context);
            }
            match std::mem::replace(&mut self.0, State::Done) {
                State::Ready(result) => return Poll::Ready(result),
                State::Call(Call { target, site, run }) => self.0 = run(target, site).0,
                State::Boxed(_) | State::Done => panic!("a `Fut` was polled after it had completed"),
            }
        }
    }
}

impl<T> fmt::Debug for Fut<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            State::Ready(_) => "Fut(ready)",
            State::Boxed(_) | State::Call(_) => "Fut(pending)",
            State::Done => "Fut(done)",
        })
    }
}

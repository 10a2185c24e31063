//! One value, later.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};

struct Shared<T> {
    slot: Mutex<Slot<T>>,
}

struct Slot<T> {
    value: Option<T>,
    waker: Option<Waker>,
    over: bool,
}

/// The end that gives the value.
///
/// See [`promise`] for an example.
pub struct Promised<T>(Arc<Shared<T>>);

/// The end that waits for it: `None` if the promise was dropped.
///
/// See [`promise`] for an example.
pub struct Awaited<T>(Arc<Shared<T>>);

/// Both ends of one value.
///
/// ```
/// # use rebis_driver::relay::promise;
/// let (promised, awaited) = promise();
/// promised.keep(7);
/// // Kept already: `awaited.await` gives `Some(7)` at its first poll.
/// # let _ = awaited;
/// ```
pub fn promise<T>() -> (Promised<T>, Awaited<T>) {
    let shared = Arc::new(Shared { slot: Mutex::new(Slot { value: None, waker: None, over: false }) });
    (Promised(shared.clone()), Awaited(shared))
}

impl<T> Promised<T> {
    /// Gives the value.
    pub fn keep(self, value: T) {
        self.0.slot.lock().unwrap_or_else(PoisonError::into_inner).value = Some(value);
    }
}

impl<T> Drop for Promised<T> {
    fn drop(&mut self) {
        let mut slot = self.0.slot.lock().unwrap_or_else(PoisonError::into_inner);
        slot.over = true;
        let waker = slot.waker.take();
        drop(slot);
        waker.into_iter().for_each(Waker::wake);
    }
}

impl<T> Future for Awaited<T> {
    type Output = Option<T>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<T>> {
        let mut slot = self.0.slot.lock().unwrap_or_else(PoisonError::into_inner);
        if slot.over {
            return Poll::Ready(slot.value.take());
        }
        slot.waker = Some(context.waker().clone());
        Poll::Pending
    }
}

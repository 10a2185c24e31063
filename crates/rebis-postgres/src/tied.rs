//! A task that does not outlive whoever waits for it.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::runtime::Handle;
use tokio::task::JoinHandle;

/// A task that ends with whoever waits for it. `None`: it panicked, or its runtime is gone.
pub(crate) struct Tied<T>(JoinHandle<T>);

impl<T: Send + 'static> Tied<T> {
    pub(crate) fn spawn(handle: &Handle, task: impl Future<Output = T> + Send + 'static) -> Tied<T> {
        Tied(handle.spawn(task))
    }
}

impl<T> Future for Tied<T> {
    type Output = Option<T>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<T>> {
        Pin::new(&mut self.0).poll(context).map(Result::ok)
    }
}

impl<T> Drop for Tied<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

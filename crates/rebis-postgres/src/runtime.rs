//! Where the task of a connection runs: on the tokio runtime of the caller, else on a thread of this crate's own.
//!
//! Futures of this crate can be polled by any executor, or by a thread that parks: sockets and clocks are used by
//! tasks alone.

use rebis_core::{Error, ErrorKind, Result};
use std::future::Future;
use std::pin::Pin;
use std::sync::OnceLock;
use std::task::{Context, Poll};
use tokio::runtime::{Builder, Handle};
use tokio::task::JoinHandle;

/// The runtime for a new connection: the one that is there, unless it is to live in the background.
pub(crate) fn handle(background: bool) -> Result<Handle> {
    match Handle::try_current() {
        Ok(handle) if !background => Ok(handle),
        Ok(_) | Err(_) => own(),
    }
}

/// One thread for all connections of programs without a runtime, started when first needed.
fn own() -> Result<Handle> {
    static OWN: OnceLock<Option<Handle>> = OnceLock::new();
    OWN.get_or_init(start).clone().ok_or_else(|| {
        Error::new(ErrorKind::CannotConnect, "the system gives no thread for the connections")
            .with_help("raise the limit of threads, or connect inside of a tokio runtime")
    })
}

fn start() -> Option<Handle> {
    let runtime = Builder::new_current_thread().enable_all().build().ok()?;
    let handle = runtime.handle().clone();
    let live = move || runtime.block_on(std::future::pending::<()>());
    std::thread::Builder::new().name("rebis-postgres".into()).spawn(live).ok()?;
    Some(handle)
}

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

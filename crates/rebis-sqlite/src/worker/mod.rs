//! A connection on a thread of its own, for programs whose threads may not wait.
//!
//! * `thread`: owns connection and statements, runs jobs, ships rows in chunks.
//! * `guard`: which job runs and which is given up, so that an interrupt hits no other.
//! * here: the face of it, a connection whose futures decode rows on the side of the caller.
//!
//! What goes to the thread and what comes back is `rebis_driver::relay`. It needs no runtime: the thread wakes the
//! future's waker.

mod guard;
mod thread;

use crate::driver::Opening;
use guard::Guard;
use rebis_core::{BoxFuture, Error, ErrorKind, Result};
use rebis_driver::relay::{Caller, promise};
use rebis_driver::{Connection, Link, Step};
use std::sync::Arc;
use std::sync::mpsc::{SendError, Sender};
use thread::Order;

/// Opens a connection on a new thread.
pub(crate) async fn connect(opening: Opening) -> Result<Box<dyn Connection>> {
    let (opened, answer) = promise();
    let orders = thread::start(opening, opened)?;
    let guard = answer.await.unwrap_or_else(|| Err(lost()))?;
    Ok(Box::new(Worker { orders, guard, caller: Caller::default(), altered: false }))
}

#[cold]
fn lost() -> Error {
    Error::new(ErrorKind::ConnectionLost, "the thread of the connection has ended")
        .with_help("the pool opens another; if a thread panicked, its message is on standard error")
}

/// The caller's side of a connection on a thread.
struct Worker {
    orders: Sender<Order>,
    guard: Arc<Guard>,
    caller: Caller,
    /// Whether something stays behind that the next borrower would meet.
    altered: bool,
}

impl Worker {
    async fn run_batch(&mut self, batch: &mut [Step<'_>]) -> Result<()> {
        self.altered |= batch.iter().any(|step| crate::text::alters(step.statement));
        let orders = &self.orders;
        let send = |job| match orders.send(Order::Run(job)) {
            Err(SendError(Order::Run(job))) => Err(job),
            _ => Ok(()),
        };
        self.caller.run(batch, send, lost).await
    }

    /// Gives up what is under way. The thread comes to rest by itself, soon.
    fn give_up(&mut self) {
        if let Some(job) = self.caller.give_up() {
            self.guard.cancel(job);
        }
    }
}

impl Connection for Worker {
    fn run<'a>(&'a mut self, batch: &'a mut [Step<'_>]) -> BoxFuture<'a, Result<()>> {
        Box::pin(self.run_batch(batch))
    }

    fn link(&self) -> Link {
        self.caller.link()
    }

    fn heal(mut self: Box<Self>) -> BoxFuture<'static, Option<Box<dyn Connection>>> {
        Box::pin(async move {
            self.give_up();
            let (done, answer) = promise();
            self.orders.send(Order::Heal(done)).ok()?;
            // The thread takes one order after the other: an answer says that all before it is over.
            if !answer.await? {
                return None;
            }
            self.caller.rest(Link::Idle);
            Some(self as Box<dyn Connection>)
        })
    }

    fn is_altered(&self) -> bool {
        self.altered
    }

    fn reset(&mut self) -> BoxFuture<'_, Result<()>> {
        Box::pin(std::future::ready(Err(crate::inline::altered())))
    }

    fn forget_statements(&mut self) {
        // A thread that has ended has forgotten them.
        let _ = self.orders.send(Order::Forget);
    }
}

impl Drop for Worker {
    /// The thread ends when it has no orders and nobody to send any.
    fn drop(&mut self) {
        self.give_up();
    }
}

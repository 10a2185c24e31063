//! The face of a connection that lives in a task: futures that decode rows on the side of the caller.

use crate::actor::Order;
use crate::driver::Opened;
use crate::error;
use rebis_core::{BoxFuture, Result};
use rebis_driver::relay::{Caller, promise};
use rebis_driver::{Connection, Link, Step};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::mpsc::error::SendError;

/// The caller's side.
pub(crate) struct Remote {
    orders: UnboundedSender<Order>,
    caller: Caller,
    altered: Arc<AtomicBool>,
    key_step: i64,
}

impl Remote {
    pub(crate) fn new(orders: UnboundedSender<Order>, (altered, key_step): Opened) -> Remote {
        Remote { orders, caller: Caller::default(), altered, key_step }
    }

    async fn run_batch(&mut self, batch: &mut [Step<'_>]) -> Result<()> {
        let orders = &self.orders;
        let send = |job| match orders.send(Order::Run(job)) {
            Err(SendError(Order::Run(job))) => Err(job),
            _ => Ok(()),
        };
        self.caller.run(batch, send, error::lost).await
    }
}

impl Connection for Remote {
    fn run<'a>(&'a mut self, batch: &'a mut [Step<'_>]) -> BoxFuture<'a, Result<()>> {
        Box::pin(self.run_batch(batch))
    }

    fn link(&self) -> Link {
        self.caller.link()
    }

    fn heal(mut self: Box<Self>) -> BoxFuture<'static, Option<Box<dyn Connection>>> {
        Box::pin(async move {
            self.caller.give_up();
            let (done, answer) = promise();
            self.orders.send(Order::Heal(done)).ok()?;
            // The task takes one order after the other: an answer says that all before it is over.
            if !answer.await? {
                return None;
            }
            self.caller.rest(Link::Idle);
            Some(self as Box<dyn Connection>)
        })
    }

    fn key_step(&self) -> i64 {
        self.key_step
    }

    fn is_altered(&self) -> bool {
        self.altered.load(Ordering::Relaxed)
    }

    fn reset(&mut self) -> BoxFuture<'_, Result<()>> {
        Box::pin(async move {
            let (done, answer) = promise();
            // If this future is dropped, it is not known how far that came.
            self.caller.rest(Link::Closed);
            self.orders.send(Order::Reset(done)).map_err(|_| error::lost())?;
            answer.await.unwrap_or_else(|| Err(error::lost()))?;
            self.caller.rest(Link::Idle);
            Ok(())
        })
    }

    fn forget_statements(&mut self) {
        // A task that has ended has forgotten them.
        let _ = self.orders.send(Order::Forget);
    }
}

impl Drop for Remote {
    /// The task ends when it has no orders and nobody to send any.
    fn drop(&mut self) {
        self.caller.give_up();
    }
}

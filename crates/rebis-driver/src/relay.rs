//! The way of a batch to a connection that lives elsewhere, on a thread or in a task, and of its rows back.
//!
//! * The caller's half is a [`Caller`]: it makes a [`Job`] of a batch and shows the sinks what comes back. A sink is
//!   called inside the poll of the future, so it may borrow what it likes and nothing of the caller's ever crosses a
//!   thread.
//! * The other half has a [`Job`] and its [`Sender`], and ships rows in chunks, through a [`Shipper`]. A thread waits
//!   with the methods of `Sender`, a task with their `poll_` twins.
//!
//! It needs no runtime: each half wakes the other.

mod answer;
mod caller;
mod promise;
mod shipper;

pub use answer::{Job, Part, RawRows, Sender, Wish, interrupted};
pub use caller::Caller;
pub use promise::{Awaited, Promised, promise};
pub use shipper::Shipper;

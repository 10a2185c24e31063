//! The pool: who may use which connection, and in which order. It opens nothing and waits for nothing; those who
//! do ask it for a place first and give the place back last.

mod acquire;
#[cfg(test)]
mod explored;
mod give_back;
mod state;

pub(crate) use acquire::acquire;
pub(crate) use give_back::{give_back, reset, roll_back_now};
pub(crate) use state::{Pool, Pooled};

/// What the pool of an engine is doing.
///
/// See [`Engine::pool_status`](crate::Engine::pool_status) for an example.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct PoolStatus {
    /// Connections that may be open at the same time: `pool_size` and `max_overflow` together.
    pub size: usize,
    /// Connections that are open and free.
    pub idle: usize,
    /// Places taken: connections in use, being opened or coming to rest.
    pub in_use: usize,
    /// How many wait for a place.
    pub waiting: usize,
    /// Connections opened since the engine was made.
    pub opened: u64,
}

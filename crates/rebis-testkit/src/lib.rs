//! What drivers and programs over Rebis are tested with.
//!
//! * [`mod@conformance`]: a suite that any driver joins in ten lines, and that shows whether it keeps the contract of
//!   [`rebis_driver`]; its second part, [`conformance::language`], runs what [`rebis_sql`] builds.
//! * [`corpus`]: texts that were meant to break out of wherever a program puts them.
//! * [`faulty`]: a driver around another one that fails where a test says so, and counts statements and round trips.
//! * [`Proxy`]: a network between a program and its server, that counts round trips and can be slow, cut and silent.
//! * [`assert_sql!`]: what an engine ran, statement by statement, with a readable difference. The log itself is
//!   [`Recorder`], from [`Engine::record`](rebis_engine::Engine::record).
//!
//! It needs no async runtime, and is a dependency of tests alone.

#![forbid(unsafe_code)]

pub mod conformance;
pub mod corpus;
pub mod faulty;
mod log;
mod proxy;

#[doc(hidden)]
pub use log::assert_log;
pub use log::{Log, difference};
pub use proxy::{Cut, Proxy};
pub use rebis_engine::{Recorded, Recorder};

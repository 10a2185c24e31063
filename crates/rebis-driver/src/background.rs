//! Where the tasks of connections run: on the tokio runtime of the caller, else on one thread for all drivers.
//!
//! Futures of drivers can be polled by any executor, or by a thread that parks: sockets and clocks are used by tasks
//! alone.

use rebis_core::{Error, ErrorKind, Result};
use std::sync::{Mutex, PoisonError};
use tokio::runtime::{Builder, Handle};

/// The runtime for a new connection: the one that is there, unless it is to live in the background.
///
/// The thread is started when it is first needed and serves the process to its end: so a rollback that was left to a
/// drop is sent though nobody waits for it.
///
/// # Errors
/// [`CannotConnect`](ErrorKind::CannotConnect): the system gives no thread.
pub fn runtime(background: bool) -> Result<Handle> {
    match Handle::try_current() {
        Ok(ambient) if !background => Ok(ambient),
        Ok(_) | Err(_) => own(),
    }
}

fn own() -> Result<Handle> {
    static OWN: Mutex<Option<Handle>> = Mutex::new(None);
    let mut own = OWN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(handle) = &*own {
        return Ok(handle.clone());
    }
    let handle = start().map_err(|error| {
        Error::new(ErrorKind::CannotConnect, "the system gives no thread for connections")
            .with_source(error)
            .with_help("raise the limit of threads, or connect inside of a tokio runtime")
    })?;
    Ok(own.insert(handle).clone())
}

fn start() -> std::io::Result<Handle> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let handle = runtime.handle().clone();
    let live = move || runtime.block_on(std::future::pending::<()>());
    std::thread::Builder::new().name("rebis-connections".into()).spawn(live)?;
    Ok(handle)
}

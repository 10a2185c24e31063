//! Where the tasks of connections run: on the runtime that is there, else on one thread of this crate's own.

use rebis_core::{Error, ErrorKind, Result};
use std::sync::{Mutex, PoisonError};
use tokio::runtime::{Builder, Handle};

/// A runtime to spawn on: the one that is there, unless the thread is wanted. The thread is started when it is first needed, and serves the process to its end: so a
/// rollback that was left to a drop is sent though nobody waits for it.
pub(crate) fn handle(background: bool) -> Result<Handle> {
    if !background && let Ok(ambient) = Handle::try_current() {
        return Ok(ambient);
    }
    static BACKGROUND: Mutex<Option<Handle>> = Mutex::new(None);
    let mut background = BACKGROUND.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(handle) = &*background {
        return Ok(handle.clone());
    }
    let handle = start().map_err(|error| {
        Error::new(ErrorKind::CannotConnect, "the system gives no thread for connections").with_source(error)
    })?;
    Ok(background.insert(handle).clone())
}

fn start() -> std::io::Result<Handle> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let handle = runtime.handle().clone();
    let live = move || runtime.block_on(std::future::pending::<()>());
    std::thread::Builder::new().name("rebis-mysql".into()).spawn(live)?;
    Ok(handle)
}

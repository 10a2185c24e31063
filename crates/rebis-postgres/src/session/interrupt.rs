//! Leave to interrupt what runs on a connection, for as long as one borrower has it.

use super::{Session, gone};
use crate::wire::Cancel;
use bytes::BytesMut;
use rebis_core::{Error, ErrorKind, Result};
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::Mutex;

/// How long the way to the server may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// Leave to interrupt. Clones are the same, and end together.
#[derive(Clone)]
pub(crate) struct Interrupts {
    runtime: Handle,
    cancel: Cancel,
    /// Whether the borrower has the connection still. Held while an interrupt is on its way.
    valid: Arc<Mutex<bool>>,
}

impl Session {
    /// Leave for the present borrower.
    pub(crate) fn interrupts(&mut self) -> Interrupts {
        let fresh = || Interrupts {
            runtime: self.wire.runtime().clone(),
            cancel: self.wire.cancel.clone(),
            valid: Arc::new(Mutex::new(true)),
        };
        self.interrupts.get_or_insert_with(fresh).clone()
    }

    /// Waits for interrupts that are on their way, and lets nobody send another. One that the server has still to act
    /// upon meets a statement of no interest.
    pub(super) async fn revoke_interrupts(&mut self) -> Result<()> {
        let Some(interrupts) = self.interrupts.take() else { return Ok(()) };
        *interrupts.valid.lock().await = false;
        self.say("SELECT 1", BytesMut::new());
        if self.drain().await { Ok(()) } else { Err(gone()) }
    }
}

impl Interrupts {
    /// Asks the server to interrupt. Goes on when this future is dropped.
    pub(crate) async fn send(&self) -> Result<()> {
        let Interrupts { runtime, cancel, valid } = self.clone();
        let sent = runtime.spawn(async move {
            let valid = valid.lock().await;
            if !*valid {
                return Err(returned());
            }
            tokio::time::timeout(PATIENCE, cancel.send()).await.unwrap_or_else(|_| Err(too_late()))
        });
        sent.await.unwrap_or_else(|_| Err(gone()))
    }
}

#[cold]
fn returned() -> Error {
    Error::new(ErrorKind::InvalidState, "the connection went back to the pool: there is nothing to interrupt")
        .with_help("ask the connection for a new token each time it is taken from the pool")
}

#[cold]
fn too_late() -> Error {
    Error::new(ErrorKind::Timeout, "the server did not take the interrupt in time")
}

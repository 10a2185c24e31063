//! A token that interrupts what runs on a connection.

use crate::session::Interrupts;
use rebis_driver::{Awaited, Face};
use std::fmt;
use std::marker::PhantomData;

/// Interrupts what runs on a connection, from elsewhere. Clones are the same.
///
/// Made by [`ConnectionExt::cancel_token`](super::ConnectionExt::cancel_token).
pub struct CancelToken<F = Awaited> {
    interrupts: Interrupts,
    face: PhantomData<fn() -> F>,
}

impl<F> CancelToken<F> {
    pub(super) fn new(interrupts: Interrupts) -> CancelToken<F> {
        CancelToken { interrupts, face: PhantomData }
    }
}

impl<F: Face> CancelToken<F> {
    /// Asks the server to interrupt the statement that runs. It is then an error of the kind
    /// [`Interrupted`](rebis_core::ErrorKind::Interrupted); a transaction around it is aborted. Where nothing runs, nothing
    /// happens, or the next statement of the same borrower is hit: never one of the next borrower.
    ///
    /// # Errors
    /// [`InvalidState`](rebis_core::ErrorKind::InvalidState) after the connection went back to its pool; what reaching
    /// the server gives.
    ///
    /// # Cancel safety
    /// Once polled, it goes on when it is dropped.
    pub fn cancel(&self) -> F::Done<'static, ()> {
        let interrupts = self.interrupts.clone();
        F::done(Box::pin(async move { interrupts.send().await }))
    }
}

impl<F> Clone for CancelToken<F> {
    fn clone(&self) -> Self {
        CancelToken::new(self.interrupts.clone())
    }
}

impl<F> fmt::Debug for CancelToken<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CancelToken")
    }
}

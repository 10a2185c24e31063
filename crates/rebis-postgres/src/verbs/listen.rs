//! LISTEN and NOTIFY: what other sessions say.

use crate::{Postgres, Session};
use rebis_core::{Error, ErrorKind, Result};
use rebis_driver::{Awaited, Face};
use std::fmt;
use std::marker::PhantomData;

/// A message of another session, by `NOTIFY`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Notification {
    /// The process of the session that sent it.
    pub process: i32,
    /// The channel.
    pub channel: String,
    /// The message; empty if there is none.
    pub payload: String,
}

/// Channels that are listened to, on a connection that does nothing else. Where that is lost, it says so and opens
/// another.
///
/// Made by [`EngineExt::listen`](super::EngineExt::listen).
pub struct Listener<F = Awaited> {
    driver: Postgres,
    channels: Vec<String>,
    /// `None` while there is no connection: the next call opens one.
    session: Option<Session>,
    face: PhantomData<fn() -> F>,
}

impl<F> Listener<F> {
    pub(super) async fn open(driver: Postgres, channels: Vec<String>) -> Result<Listener<F>> {
        let mut listener = Listener { driver, channels, session: None, face: PhantomData };
        listener.connect().await?;
        Ok(listener)
    }

    async fn connect(&mut self) -> Result<()> {
        let mut session = self.driver.open().await?;
        session.listen_to(&self.channels).await?;
        self.session = Some(session);
        Ok(())
    }

    async fn hear(&mut self) -> Result<Notification> {
        let lost = match &mut self.session {
            Some(session) => match session.next_heard().await {
                Err(error) if error.is_disconnect() => Some(error),
                heard => return heard,
            },
            None => None,
        };
        self.session = None;
        self.connect().await?;
        Err(missed(lost))
    }
}

impl<F: Face> Listener<F> {
    /// Waits for the next notification.
    ///
    /// # Errors
    /// [`ConnectionLost`](ErrorKind::ConnectionLost): what was sent meanwhile is not known, but it listens again. Look
    /// now at what the notifications are about, then call it again. [`CannotConnect`](ErrorKind::CannotConnect): the
    /// connection was lost and another cannot be had yet; the next call tries again.
    ///
    /// # Cancel safety
    /// Nothing is lost: what came in the meantime is given by the next call.
    pub fn next(&mut self) -> F::Done<'_, Notification> {
        F::done(Box::pin(self.hear()))
    }
}

impl<F> fmt::Debug for Listener<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listener").field("channels", &self.channels).finish_non_exhaustive()
    }
}

#[cold]
fn missed(lost: Option<Error>) -> Error {
    let error = Error::new(
        ErrorKind::ConnectionLost,
        "the connection that listens was lost: what was sent until now may have been missed",
    )
    .with_disconnect()
    .with_help("it listens again: look at what the notifications are about, then wait for the next");
    match lost {
        Some(lost) => error.with_source(lost),
        None => error,
    }
}

//! What became of a COMMIT whose answer was lost.

use crate::Postgres;
use crate::error::LostCommit;
use rebis_core::{Binds, Error, Result};
use std::error::Error as _;

/// What became of a transaction.
///
/// Told by [`EngineExt::outcome`](super::EngineExt::outcome).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// It is done.
    Committed,
    /// It did not happen; it may be run again.
    RolledBack,
    /// The server has not noticed yet that the connection is gone. Ask again.
    Open,
    /// It wrote nothing, its number was not asked for (`commit_outcome=on` does that), or the server has forgotten it.
    Unknown,
}

/// The number of the transaction that an error is about.
pub(super) fn number(error: &Error) -> Option<i64> {
    error.source()?.downcast_ref::<LostCommit>()?.transaction
}

pub(super) async fn ask(driver: Postgres, number: Option<i64>) -> Result<Outcome> {
    let Some(number) = number else { return Ok(Outcome::Unknown) };
    let mut session = driver.open().await?;
    let mut binds = Binds::new();
    binds.int(number);
    let status = session.one_text("SELECT txid_status($1)", binds).await?;
    Ok(match status.as_deref() {
        Some("committed") => Outcome::Committed,
        Some("aborted") => Outcome::RolledBack,
        Some("in progress") => Outcome::Open,
        _ => Outcome::Unknown,
    })
}

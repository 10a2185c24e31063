//! What became of a COMMIT whose answer was lost.

use super::Session;
use crate::driver::Postgres;
use crate::error::LostCommit;
use rebis_core::{Binds, Cell, Error, Result};
use rebis_driver::{Each, Flow, Step};
use rebis_sql::{Statement, StatementKind};
use std::error::Error as _;

/// What became of a transaction.
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

impl Postgres {
    /// Asks what became of the transaction whose COMMIT ended in this error.
    ///
    /// ```no_run
    /// # async fn after(driver: &rebis_postgres::Postgres, error: rebis_core::Error) -> rebis_core::Result<()> {
    /// use rebis_core::ErrorKind;
    /// use rebis_postgres::Outcome;
    /// if error.kind() == ErrorKind::CommitUnknown && driver.outcome(&error).await? == Outcome::RolledBack {
    ///     // run it again
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// What [`open`](Postgres::open) and the server say.
    pub async fn outcome(&self, error: &Error) -> Result<Outcome> {
        let lost = error.source().and_then(|source| source.downcast_ref::<LostCommit>());
        let Some(number) = lost.and_then(|lost| lost.transaction) else { return Ok(Outcome::Unknown) };
        let mut session = self.open().await?;
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
}

impl Session {
    /// Remembers the number of the transaction that is about to be committed.
    pub(super) async fn ask_transaction(&mut self) -> Result<()> {
        let number = self.one_text("SELECT txid_current_if_assigned()::text", Binds::new()).await?;
        self.transaction = number.and_then(|number| number.parse().ok());
        Ok(())
    }

    async fn one_text(&mut self, sql: &'static str, mut binds: Binds) -> Result<Option<String>> {
        let statement = Statement::once(sql, StatementKind::Read);
        let mut found = None;
        let mut sink = Each(|cells: &[Cell<'_>]| -> Result<Flow> {
            if let [Cell::Text(text)] = cells {
                found = Some(String::from_utf8_lossy(text).into_owned());
            }
            Ok(Flow::Continue(()))
        });
        let (_, bond) = self.together(&[Step::new(&statement, &mut binds.clone(), &mut sink)]);
        let mut steps = [Step::new(&statement, &mut binds, &mut sink)];
        self.fly(&mut steps, bond).await.map_err(|failure| failure.error)?;
        Ok(found)
    }
}

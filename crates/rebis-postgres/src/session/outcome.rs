//! The number of a transaction, by which what became of it can be asked later. The verb is in `verbs/outcome.rs`.

use super::Session;
use rebis_core::{Binds, Cell, Result};
use rebis_driver::{Each, Flow, Step};
use rebis_sql::{Statement, StatementKind};

impl Session {
    /// Remembers the number of the transaction that is about to be committed.
    pub(super) async fn ask_transaction(&mut self) -> Result<()> {
        let number = self.one_text("SELECT txid_current_if_assigned()::text", Binds::new()).await?;
        self.transaction = number.and_then(|number| number.parse().ok());
        Ok(())
    }

    /// The one text that a query gives.
    pub(crate) async fn one_text(&mut self, sql: &'static str, mut binds: Binds) -> Result<Option<String>> {
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

//! A lease lends its connection to the verbs that one driver alone has.

use super::{Connection, Trouble};
use crate::Engine;
use crate::fut::Site;
use rebis_core::{Binds, BoxFuture, Result};
use rebis_driver::{Awaited, Discard, Drives, Lease, Lent, Step};
use rebis_sql::{Capabilities, Statement, StatementKind};
use std::any::Any;

impl Lease for Connection {
    type Face = Awaited;

    fn own(&mut self) -> Option<&mut dyn Any> {
        self.pooled.as_mut()?.wire().as_mut()?.own()
    }

    fn capabilities(&self) -> &'static Capabilities {
        Connection::capabilities(self)
    }

    fn lend(&mut self, site: Site) -> BoxFuture<'_, Result<Lent>> {
        Box::pin(async move {
            if self.trouble != Trouble::None {
                self.settle(&[], site).await?;
            }
            // Stands until it is returned.
            self.trouble = Trouble::Cut { in_transaction: self.open };
            Ok(Lent { site, since: self.engine.watch().start() })
        })
    }

    fn returned(&mut self, lent: Lent, statement: &Statement, rows: Result<u64>) -> Result<u64> {
        self.trouble = Trouble::None;
        let (mut binds, mut sink) = (Binds::new(), Discard);
        let mut step = Step::new(statement, &mut binds, &mut sink);
        let (told, result) = match rows {
            Ok(rows) => (rows, Ok(())),
            Err(error) => (0, Err(error)),
        };
        match statement.kind() {
            StatementKind::Read => step.rows = told,
            _ => step.affected = told,
        }
        self.finish(&[step], result, lent.since, lent.site).map(|()| told)
    }
}

impl Drives for Engine {
    type Face = Awaited;

    fn own(&self) -> Option<&dyn Any> {
        self.driver().own()
    }

    fn database(&self) -> &'static str {
        self.capabilities().name
    }
}

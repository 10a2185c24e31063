//! Statements that a database must be told in several: they run in one transaction, begun here if none is open.

use super::Connection;
use crate::fut::Site;
use rebis_core::{Binds, Cell, Datum, Result};
use rebis_driver::{Flow, Sink, Step};
use rebis_sql::ast::Query;
use rebis_sql::build::Body;
use rebis_sql::legalize::{self, Plan};
use std::ops::ControlFlow;
use std::time::Duration;

/// Takes rows as they are.
///
/// ```
/// use rebis_core::{Cell, Datum};
/// use rebis_driver::Sink as _;
/// let mut rows = rebis_engine::Rows::default();
/// let _ = rows.row(&[Cell::Int(5)])?;
/// assert_eq!(rows.0, [[Datum::Int(5)]]);
/// # Ok::<(), rebis_core::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Rows(pub Vec<Vec<Datum>>);

impl Sink for Rows {
    fn row(&mut self, cells: &[Cell<'_>]) -> Result<Flow> {
        self.0.push(cells.iter().map(|cell| Datum::from(*cell)).collect());
        Ok(ControlFlow::Continue(()))
    }
}

impl Connection {
    /// Runs a statement by its plan; the number of rows it affected. Its rows go to the sink.
    pub(super) async fn script(
        &mut self,
        query: Query,
        limit: Option<Duration>,
        sink: &mut dyn Sink,
        site: Site,
    ) -> Result<u64> {
        let own = !self.in_transaction();
        if own {
            self.begin_at(true, site).await?;
        }
        let result = self.by_plan(query, limit, sink, site).await;
        if own {
            match &result {
                Ok(_) => self.commit_at(site).await?,
                // What went wrong before says more than what may go wrong now.
                Err(_) => drop(self.rollback_at(site).await),
            }
        }
        result
    }

    async fn by_plan(
        &mut self,
        query: Query,
        limit: Option<Duration>,
        sink: &mut dyn Sink,
        site: Site,
    ) -> Result<u64> {
        let parts = match legalize::plan(query, self.capabilities())? {
            Plan::Reread(reread) => {
                let mut keys = Rows::default();
                self.part(Query::Select(Box::new(reread.keys.clone())), limit, &mut keys, site).await?;
                if keys.0.is_empty() {
                    return Ok(0);
                }
                Vec::from(reread.with(&keys.0))
            }
            Plan::Each(parts) => parts,
            Plan::Once(query) => vec![query],
            _ => return Err(super::typed::unknown("plan")),
        };
        let mut affected = 0;
        for part in parts {
            let reads = matches!(part, Query::Select(_));
            let rows = self.part(part, limit, sink, site).await?;
            affected += if reads { 0 } else { rows };
        }
        Ok(affected)
    }

    async fn part(
        &mut self,
        query: Query,
        limit: Option<Duration>,
        sink: &mut dyn Sink,
        site: Site,
    ) -> Result<u64> {
        let (statement, mut binds): (_, Binds) =
            self.prepare(Body::Ast(query)).map_err(|e| e.with_site(site))?;
        let mut steps = [Step::new(&statement, &mut binds, sink)];
        self.next_limit = limit;
        let result = self.run(&mut steps, site).await;
        let affected = steps[0].affected;
        result.map(|()| affected).map_err(|error| error.with_sql(statement.shared_sql()).with_site(site))
    }
}

//! Queries whose answers are wanted at once: they go together, as far as the database allows.

use super::Io;
use crate::graph::Graph;
use rebis_core::{Binds, Cell, Datum, Result};
use rebis_driver::{Flow, Sink, Step};
use rebis_sql::{Statement, ast, render};
use std::panic::Location;

/// A query with its values.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) statement: Statement,
    pub(crate) binds: Binds,
}

/// Keeps all rows.
#[derive(Debug, Default)]
pub(crate) struct Answers(pub(crate) Vec<Vec<Datum>>);

impl Sink for Answers {
    fn row(&mut self, cells: &[Cell<'_>]) -> Result<Flow> {
        self.0.push(cells.iter().map(|cell| Datum::from(*cell)).collect());
        Ok(Flow::Continue(()))
    }
}

impl Io {
    /// A query as what is sent.
    pub(crate) fn asked(&mut self, graph: &Graph, query: ast::Query) -> Result<Asked> {
        let compiled = render::render(&query, self.capabilities())?;
        let binds = graph.binds(&compiled.binds, &Binds::new())?;
        Ok(Asked { statement: self.statement(&compiled.sql, compiled.kind), binds })
    }

    /// Runs queries; the rows of each go to the sink in its place.
    pub(crate) async fn read<S: Sink>(
        &mut self,
        asked: &mut [Asked],
        to: &mut [S],
        site: &'static Location<'static>,
    ) -> Result<()> {
        let most = self.capabilities().batch_bytes;
        let (mut steps, mut size): (Vec<Step<'_>>, usize) = (Vec::with_capacity(asked.len()), 0);
        for (Asked { statement, binds }, to) in asked.iter_mut().zip(to) {
            size += binds.size();
            if size > most && !steps.is_empty() {
                self.run(&mut std::mem::take(&mut steps), site).await?;
                size = binds.size();
            }
            steps.push(Step::new(statement, binds, to));
        }
        self.run(&mut steps, site).await
    }

    /// Runs queries and keeps all rows of each.
    pub(crate) async fn answers(
        &mut self,
        asked: &mut [Asked],
        site: &'static Location<'static>,
    ) -> Result<Vec<Answers>> {
        let mut answers: Vec<Answers> = asked.iter().map(|_| Answers::default()).collect();
        self.read(asked, &mut answers, site).await?;
        Ok(answers)
    }
}

//! Batches of steps: what everything else on a connection stands on.

use super::{Connection, Trouble};
use crate::fut::Site;
use crate::pool::{reset, roll_back_now};
use crate::runtime::within;
use rebis_core::{Binds, BoxFuture, Error, ErrorKind, Result};
use rebis_driver::{Discard, Link, Step};
use rebis_sql::{Statement, StatementKind};
use std::time::{Duration, Instant};

impl Connection {
    /// Runs the steps in order, in as few round trips as the database allows. Stops at the first error.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/doc/users.rs"));
    /// # fn main() -> rebis_core::Result<()> {
    /// # run(async |engine, conn| {
    /// use rebis_driver::{Discard, Step};
    /// let names = ["x", "y"].map(|name| {
    ///     let body = rebis_sql::Command::into_request(User.update().set(User.name, name).filter(User.id.eq(1)));
    ///     body.map(|request| conn.prepare(request.body))
    /// });
    /// let [(first, mut a), (second, mut b)] = names.map(|name| name.expect("a request").expect("a statement"));
    /// let (mut no_rows, mut none) = (Discard, Discard);
    /// let mut batch = [Step::new(&first, &mut a, &mut no_rows), Step::new(&second, &mut b, &mut none)];
    /// conn.run(&mut batch, std::panic::Location::caller()).await?;
    /// assert_eq!(batch.map(|step| step.affected), [1, 1]); // one round trip on a network
    /// # Ok(())
    /// # })
    /// # }
    /// ```
    ///
    /// # Errors
    /// What the driver says, with statement and call site;
    /// [`TransactionAborted`](ErrorKind::TransactionAborted) after a future was dropped in a transaction.
    ///
    /// # Cancel safety
    /// See [`Connection`].
    pub fn run<'a>(&'a mut self, steps: &'a mut [Step<'_>], site: Site) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            if self.trouble != Trouble::None && self.settle(steps, site).await? {
                return Ok(());
            }
            if self.engine.options().site_comments {
                let statements = self.commented(steps, site);
                let mut with_comments = replaced(steps, &statements);
                let result = self.run_plain(&mut with_comments, site).await;
                let told: Vec<_> = with_comments.iter().map(Step::told).collect();
                tell(steps, &told);
                return result;
            }
            self.run_plain(steps, site).await
        })
    }

    fn run_plain<'a>(&'a mut self, steps: &'a mut [Step<'_>], site: Site) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            let opens = steps.iter().any(|step| step.statement.kind() == StatementKind::Begin);
            let started = self.engine.watch().start();
            let limit = self.next_limit.take().or(self.limit);
            // Stands if this future is dropped at the next await.
            let cut = Trouble::Cut { in_transaction: self.open || opens };
            self.trouble = cut;
            let result = match self.pooled.as_mut().and_then(|pooled| pooled.wire().as_mut()) {
                Some(wire) => match limit.filter(|most| !wire.limit(*most)) {
                    None => Some(wire.run(steps).await),
                    Some(most) => within(wire.run(steps), self.engine.sleep(most)).await,
                },
                None => Some(Err(gone())),
            };
            self.trouble = Trouble::None;
            let result = match (result, limit) {
                (Some(result), _) => result,
                (None, most) => {
                    self.trouble = cut;
                    self.out_of_time().await;
                    Err(timed_out(most.unwrap_or_default()))
                }
            };
            self.finish(steps, result, started, site)
        })
    }

    /// The same, where the database answers at once. `None`: nothing was done, take [`run`](Connection::run).
    ///
    /// # Errors
    /// As [`run`](Connection::run).
    #[inline]
    pub fn run_now(&mut self, steps: &mut [Step<'_>], site: Site) -> Option<Result<()>> {
        if self.trouble != Trouble::None || self.engine.options().site_comments {
            return self.run_now_with_comments(steps, site);
        }
        self.run_now_plain(steps, site)
    }

    #[inline]
    fn run_now_plain(&mut self, steps: &mut [Step<'_>], site: Site) -> Option<Result<()>> {
        let started = self.engine.watch().start();
        let wire = self.pooled.as_mut()?.wire().as_mut()?;
        if let Some(most) = self.next_limit.or(self.limit)
            && !wire.limit(most)
        {
            return None;
        }
        let result = wire.run_now(steps)?;
        self.next_limit = None;
        Some(self.finish(steps, result, started, site))
    }

    #[cold]
    fn run_now_with_comments(&mut self, steps: &mut [Step<'_>], site: Site) -> Option<Result<()>> {
        if self.trouble != Trouble::None {
            return None;
        }
        let statements = self.commented(steps, site);
        let mut with_comments = replaced(steps, &statements);
        let result = self.run_now_plain(&mut with_comments, site)?;
        let told: Vec<_> = with_comments.iter().map(Step::told).collect();
        tell(steps, &told);
        Some(result)
    }

    /// The statements with their call site as a comment, for whoever reads the log of the database.
    fn commented(&mut self, steps: &[Step<'_>], site: Site) -> Vec<Statement> {
        let comment = format!("{}:{}", site.file(), site.line()).replace("*/", "* /");
        let comment = |step: &Step<'_>| {
            let text = format!("{} /* {comment} */", step.statement.sql());
            match (step.statement.kind(), step.statement.keep()) {
                (kind @ (StatementKind::Read | StatementKind::Write), true) => self.statement(&text, kind),
                (kind @ (StatementKind::Read | StatementKind::Write), false) => Statement::once(text, kind),
                _ => step.statement.clone(),
            }
        };
        steps.iter().map(comment).collect()
    }

    #[inline]
    pub(super) fn finish(
        &mut self,
        steps: &[Step<'_>],
        result: Result<()>,
        started: Option<Instant>,
        site: Site,
    ) -> Result<()> {
        let Some(pooled) = self.pooled.as_mut() else { return result };
        self.open = match pooled.link() {
            Link::InTransaction | Link::Aborted => true,
            // What was open is lost with the connection, and COMMIT must say so.
            Link::Closed => self.open,
            Link::Idle | Link::InFlight => false,
        };
        self.engine.watch().finished(&pooled.tally, steps, &result, started, site);
        match result {
            Ok(()) => Ok(()),
            Err(error) => Err(self.failed(error, steps, site)),
        }
    }

    #[cold]
    fn failed(&self, error: Error, steps: &[Step<'_>], site: Site) -> Error {
        if error.is_disconnect()
            && let Some(pooled) = &self.pooled
        {
            self.engine.pool().invalidate(pooled);
        }
        match steps {
            [only] => error.with_sql(only.statement.shared_sql()),
            _ => error,
        }
        .with_site(site)
    }

    /// Brings the connection to rest. `true`: the steps were a ROLLBACK that has thereby been done.
    #[cold]
    pub(super) fn settle<'a>(&'a mut self, steps: &'a [Step<'_>], site: Site) -> BoxFuture<'a, Result<bool>> {
        let rolls_back = matches!(steps, [only] if only.statement.kind() == StatementKind::Rollback);
        Box::pin(async move {
            if let Trouble::Cut { in_transaction } = self.trouble {
                self.heal().await.map_err(|e| e.with_site(site))?;
                self.trouble = if in_transaction { Trouble::Lost } else { Trouble::None };
            }
            if self.trouble == Trouble::Owed {
                self.heal().await.map_err(|e| e.with_site(site))?;
                self.trouble = Trouble::None;
            }
            if self.trouble == Trouble::Lost {
                if !rolls_back {
                    return Err(lost().with_site(site));
                }
                self.trouble = Trouble::None;
                return Ok(true);
            }
            Ok(false)
        })
    }

    /// Interrupts what took too long. Where the database does not answer to that, the next statement goes on with it.
    #[cold]
    async fn out_of_time(&mut self) {
        let Trouble::Cut { in_transaction } = self.trouble else { return };
        let (engine, most) = (self.engine.clone(), self.engine.options().heal_timeout);
        if within(self.heal(), engine.sleep(most)).await.is_some() {
            self.trouble = if in_transaction { Trouble::Lost } else { Trouble::None };
        }
    }

    /// Interrupts what is under way and rolls back. Dropped itself, it goes on with the next call, or in the pool.
    async fn heal(&mut self) -> Result<()> {
        let site = self.site;
        let Some(pooled) = self.pooled.as_mut() else { return Err(gone()) };
        let healed = pooled.heal().await;
        self.open = false;
        if !healed {
            return Err(gone());
        }
        self.engine.watch().rolled_back(&pooled.tally, &self.engine.fixed().rollback, site);
        Ok(())
    }

    /// The scope of a transaction ends without a commit: rolls back at once, or leaves that to the next statement.
    pub(super) fn end_of_scope(&mut self) {
        match self.trouble {
            // With the scope ends what the program could have rolled back.
            Trouble::Cut { .. } => self.trouble = Trouble::Cut { in_transaction: false },
            Trouble::Lost => self.trouble = Trouble::None,
            Trouble::Owed => {}
            Trouble::None if self.open => self.roll_back_soon(),
            Trouble::None => {}
        }
    }

    fn roll_back_soon(&mut self) {
        let Some(pooled) = self.pooled.as_mut() else { return };
        match roll_back_now(&self.engine, pooled, self.site) {
            Some(_) => self.open = matches!(pooled.link(), Link::InTransaction | Link::Aborted),
            None => self.trouble = Trouble::Owed,
        }
        // What resets the connection could not be run with the rollback.
        if !self.after.is_empty() {
            self.reset_now();
        }
    }

    /// Resets an isolation level after a rollback in a drop. Where that must wait, the connection is not used again.
    fn reset_now(&mut self) {
        let after = std::mem::take(&mut self.after);
        let Some(pooled) = self.pooled.as_mut() else { return };
        if !reset(&self.engine, pooled, after) {
            *pooled.wire() = None;
            self.open = false;
        }
    }

    /// Statements without parameters and rows, as one batch.
    pub(super) async fn run_all(&mut self, statements: &[Statement], site: Site) -> Result<()> {
        let mut parts: Vec<(Binds, Discard)> = statements.iter().map(|_| (Binds::new(), Discard)).collect();
        let mut steps: Vec<Step<'_>> = statements
            .iter()
            .zip(&mut parts)
            .map(|(statement, (binds, sink))| Step::new(statement, binds, sink))
            .collect();
        match self.run_now(&mut steps, site) {
            Some(result) => result,
            None => self.run(&mut steps, site).await,
        }
    }
}

fn tell(steps: &mut [Step<'_>], told: &[(u64, i64, u64)]) {
    steps.iter_mut().zip(told).for_each(|(step, told)| step.tell(*told));
}

/// The same steps with other statements.
fn replaced<'s>(steps: &'s mut [Step<'_>], statements: &'s [Statement]) -> Vec<Step<'s>> {
    let replace = |(step, statement): (&'s mut Step<'_>, &'s Statement)| Step { statement, ..step.again() };
    steps.iter_mut().zip(statements).map(replace).collect()
}

#[cold]
fn gone() -> Error {
    Error::new(
        ErrorKind::ConnectionLost,
        "the connection is gone: it did not come to rest after a dropped future",
    )
    .with_help("drop it and ask the engine for another")
}

#[cold]
fn timed_out(most: Duration) -> Error {
    Error::new(ErrorKind::Timeout, format!("the statement took longer than {most:?}, and was interrupted"))
        .with_help("`explain` shows why it takes long; `.timeout(..)` on the statement gives it more time")
}

#[cold]
fn lost() -> Error {
    Error::new(
        ErrorKind::TransactionAborted,
        "a future was dropped in the middle of this transaction, or a statement took too long: it was rolled back",
    )
    .with_help("roll back, then run the whole transaction again")
}

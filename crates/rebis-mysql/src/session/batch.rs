//! How far a batch has come, and what its steps told.

use crate::error;
use crate::made::Made;
use crate::scan;
use rebis_core::{Error, ErrorKind, Result};
use rebis_driver::Expect;
use rebis_driver::relay::{Part, Sender};
use rebis_sql::StatementKind;
use std::future::poll_fn;

/// A batch on its way.
pub(super) struct Batch<'b> {
    parts: &'b mut [Part],
    told: Vec<Told>,
    made: Made,
    answer: &'b Sender,
    /// The run that goes out next.
    step: usize,
    run: usize,
    /// Steps below this have gone back.
    over: usize,
    /// The step whose rows were shown last, and whether more has run behind rows that were shown.
    shown: Option<usize>,
    ahead: bool,
    /// The step whose sink has been told its columns.
    started: Option<usize>,
}

/// What the readers of rows said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Heard {
    Well,
    /// Nothing more is wanted.
    Enough,
    /// Nothing more was wanted, and more has run.
    TooLate,
}

/// What a step told so far.
#[derive(Clone, Copy, Default)]
pub(super) struct Told {
    pub(super) affected: u64,
    pub(super) last_key: i64,
}

impl<'b> Batch<'b> {
    pub(super) fn new(parts: &'b mut [Part], answer: &'b Sender) -> Self {
        let told = vec![Told::default(); parts.len()];
        let made = Made::new(parts);
        Batch {
            parts,
            told,
            made,
            answer,
            step: 0,
            run: 0,
            over: 0,
            shown: None,
            ahead: false,
            started: None,
        }
    }

    pub(super) fn answer(&self) -> &'b Sender {
        self.answer
    }

    pub(super) fn is_done(&self) -> bool {
        self.step >= self.parts.len()
    }

    pub(super) fn is_single(&self) -> bool {
        self.parts.len() == 1
    }

    /// The run that goes out next.
    pub(super) fn next(&self) -> Option<(usize, usize, &Part)> {
        self.parts.get(self.step).map(|part| (self.step, self.run, part))
    }

    /// Whether the batch goes on to a COMMIT.
    pub(super) fn commits(&self) -> bool {
        self.parts[self.step..].iter().any(|part| part.statement.kind() == StatementKind::Commit)
    }

    pub(super) fn part(&self, step: usize) -> &Part {
        &self.parts[step]
    }

    /// The next run has gone out.
    pub(super) fn advance(&mut self) {
        self.run += 1;
        if self.run >= self.parts[self.step].times {
            (self.step, self.run) = (self.step + 1, 0);
        }
    }

    /// The next step needs no run.
    pub(super) fn skip_step(&mut self) {
        (self.step, self.run) = (self.step + 1, 0);
        self.end_of_steps(self.step);
    }

    /// What stands behind a step has not run after all.
    pub(super) fn go_back_behind(&mut self, step: usize) {
        (self.step, self.run) = (step + 1, 0);
    }

    /// The keys that steps made up.
    pub(super) fn made(&self) -> &Made {
        &self.made
    }

    /// The first key that a step made up.
    pub(super) fn makes(&mut self, step: usize, first: Option<u64>) {
        self.made.tell(step, first);
    }

    /// Adds to what a step told.
    pub(super) fn tell(&mut self, step: usize, affected: u64, last_key: Option<u64>) {
        let told = &mut self.told[step];
        told.affected += affected;
        if let Some(key) = last_key {
            // Keys are signed above the driver; one beyond that comes back as it would from a cast.
            told.last_key = key as i64;
        }
    }

    /// The rows of a step were shown; whether more ran behind it before anybody could look at them.
    pub(super) fn shows(&mut self, step: usize, ahead: bool) {
        (self.shown, self.started) = (Some(step), Some(step));
        self.ahead |= ahead;
    }

    /// Whether the sink of a step has not been told its columns yet.
    pub(super) fn is_fresh(&self, step: usize) -> bool {
        self.started != Some(step)
    }

    /// Whether a step affected as many rows as it must.
    pub(super) fn expected(&self, step: usize) -> Result<()> {
        let (Expect::Rows(expected), affected) = (self.parts[step].expect, self.told[step].affected) else {
            return Ok(());
        };
        if expected == affected { Ok(()) } else { Err(self.named_as(step, error::stale(expected, affected))) }
    }

    /// Nothing from this step on happened, as far as the caller need know.
    pub(super) fn untell(&mut self, from: usize) {
        self.told[from..].fill(Told::default());
    }

    /// Steps below this number are over: their parameters go back.
    pub(super) fn end_of_steps(&mut self, below: usize) {
        while self.over < below.min(self.parts.len()) {
            let (binds, told) = (std::mem::take(&mut self.parts[self.over].binds), self.told[self.over]);
            self.answer.step(self.over, binds, (told.affected, told.last_key));
            self.over += 1;
        }
    }

    /// All parameters go back.
    pub(super) fn give_back(&mut self) {
        self.end_of_steps(self.parts.len());
    }

    /// Waits until the rows that were shown last have been read, if that matters.
    pub(super) async fn heard(&mut self) -> Heard {
        let ahead = std::mem::take(&mut self.ahead);
        let Some(step) = self.shown.take() else { return Heard::Well };
        if (self.is_done() && !ahead) || self.over <= step {
            return Heard::Well;
        }
        match (poll_fn(|context| self.answer.poll_read(step, context)).await, ahead) {
            (true, _) => Heard::Well,
            (false, true) => Heard::TooLate,
            (false, false) => Heard::Enough,
        }
    }

    /// The error with the statement that goes out next.
    pub(super) fn named(&self, error: Error) -> Error {
        self.named_as(self.step.min(self.parts.len().saturating_sub(1)), error)
    }

    pub(super) fn named_as(&self, step: usize, error: Error) -> Error {
        let sql = self.parts[step].statement.shared_sql();
        // Only some servers say of which table a key is: else it is one of the table that is written.
        let unsaid = error.kind() == ErrorKind::UniqueViolation && error.table().is_none();
        let error = match scan::table(&sql).filter(|_| unsaid) {
            Some(table) => error.with_table(table),
            None => error,
        };
        error.with_sql(sql)
    }
}

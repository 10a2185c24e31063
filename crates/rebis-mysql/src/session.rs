//! One connection to the server: runs batches, and knows how its transaction stands.
//!
//! * here: which steps may run, and what goes out next.
//! * `exchange`: sends a text or a prepared statement and reads every answer to its end.
//! * `batch`: how far a batch has come, and what its steps told.

mod batch;
mod exchange;

use crate::error;
use crate::group::{Group, Place, length};
use crate::scan::Shape;
use crate::setup::SetUp;
use crate::statements::Statements;
use crate::wire::Wire;
use crate::wire::native::Native;
use batch::{Batch, Heard};
use rebis_core::{Cell, Error, Result};
use rebis_driver::Link;
use rebis_driver::relay::{Part, Sender, interrupted};
use rebis_sql::StatementKind;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::time::timeout;

/// Texts are not made longer than this, whatever the server takes.
const LONGEST: usize = 4 << 20;
/// How long the server may take for what it does at once, when nobody waits for its result.
const PATIENCE: Duration = Duration::from_secs(2);
/// Above this, values go as parameters of a prepared statement: as literals they are twice as long.
const LONG: usize = 1 << 20;

pub(crate) struct Session {
    wire: Wire,
    link: Link,
    statements: Statements,
    /// The longest message that the server takes.
    max_packet: usize,
    /// How far apart the keys are that the server generates for the rows of one INSERT.
    key_step: u64,
    /// Whether the server is asked to look at counts itself.
    counts: bool,
    set_up: SetUp,
    /// Something was changed that the next borrower must not meet; the caller's side looks at it.
    altered: Arc<AtomicBool>,
}

/// What goes out next.
enum Next {
    /// Nothing: the step is done without the server.
    Nothing,
    Text(Group),
    /// The step goes alone, as a prepared statement.
    Prepared,
}

impl Session {
    pub(crate) fn new(
        wire: Wire,
        statements: usize,
        (max_packet, key_step): (usize, u64),
        set_up: SetUp,
    ) -> Session {
        let statements = Statements::new(statements);
        Session {
            wire,
            link: Link::Idle,
            statements,
            max_packet,
            key_step,
            counts: true,
            set_up,
            altered: Arc::default(),
        }
    }

    /// Whether something was changed that the next borrower must not meet.
    pub(crate) fn altered(&self) -> Arc<AtomicBool> {
        self.altered.clone()
    }

    pub(crate) fn link(&self) -> Link {
        self.link
    }

    /// Runs a batch. The parameters of all steps go back, whatever happens.
    pub(crate) async fn run(&mut self, parts: &mut [Part], answer: &Sender) -> Result<()> {
        let mut batch = Batch::new(parts, answer);
        let result = self.steps(&mut batch).await;
        batch.give_back();
        result
    }

    async fn steps(&mut self, batch: &mut Batch<'_>) -> Result<()> {
        while !batch.is_done() {
            if batch.answer().is_stopped() {
                return Err(interrupted());
            }
            self.close_forgotten();
            match self.gather(batch).map_err(|e| batch.named(e))? {
                Next::Nothing => batch.skip_step(),
                Next::Text(group) => self.send_text(group, batch).await?,
                Next::Prepared => self.send_prepared(batch).await?,
            }
            // What the sink says of the rows may stop the batch.
            match batch.heard().await {
                Heard::Well => {}
                Heard::Enough => return Err(interrupted()),
                Heard::TooLate => {
                    self.taint();
                    return Err(interrupted());
                }
            }
        }
        Ok(())
    }

    /// Puts together what can go out at once.
    fn gather(&mut self, batch: &mut Batch<'_>) -> Result<Next> {
        let most = LONGEST.min(self.max_packet.saturating_sub(4096));
        let mut group = Group::new(self.link, most, self.counts && batch.commits(), self.key_step);
        while let Some((step, run, part)) = batch.next() {
            let shape = self.statements.shape(&part.statement);
            if shape.alters {
                self.altered.store(true, Ordering::Relaxed);
            }
            if let Some(checked) = check(part, run, &shape, group.link()).err() {
                if group.is_empty() {
                    return Err(checked);
                }
                break;
            }
            if is_nothing(part, group.link()) || self.goes_alone(part, run, &shape, batch.is_single()) {
                if !group.is_empty() {
                    break;
                }
                return Ok(if is_nothing(part, group.link()) { Next::Nothing } else { Next::Prepared });
            }
            let placed = group.join((step, run, part), &shape, batch.made())?;
            if group.text.len() + 1024 > self.max_packet {
                return Err(error::too_large(self.max_packet));
            }
            match placed {
                Place::Joined => batch.advance(),
                Place::Later => break,
            }
        }
        Ok(Next::Text(group))
    }

    /// Whether a statement is to be prepared: the server must say what it is, it comes back, or its values are long.
    fn goes_alone(&mut self, part: &Part, run: usize, shape: &Shape, single: bool) -> bool {
        let each = shape.marks.len();
        if !shape.sound || (each > 0 && length(&part.binds, run * each, each) > LONG.min(self.max_packet / 2))
        {
            return true;
        }
        let kind = part.statement.kind();
        // A prepared statement has no parameters of these types: they would be texts and times, and come back as such.
        single
            && part.times == 1
            && matches!(kind, StatementKind::Read | StatementKind::Write)
            && self.statements.comes_back(&part.statement)
            && !part
                .binds
                .iter()
                .any(|cell| matches!(cell, Cell::Decimal(_) | Cell::Blob(_) | Cell::Uuid(_) | Cell::Date(_)))
    }

    /// Rolls back whatever is open. `false`: the connection is of no use any more.
    pub(crate) async fn roll_back(&mut self) -> bool {
        match self.link {
            Link::Idle => return true,
            Link::Closed => return false,
            _ => {}
        }
        // A server that does not answer this is not waited for.
        let rolled_back = matches!(timeout(PATIENCE, self.wire.run("ROLLBACK")).await, Ok(Ok(())));
        self.link = if rolled_back { Link::Idle } else { Link::Closed };
        rolled_back
    }

    /// Makes the connection as it was when it was opened.
    pub(crate) async fn reset(&mut self) -> Result<()> {
        if self.link != Link::Idle {
            return Err(error::lost());
        }
        // The server forgets prepared statements too.
        self.statements.lost();
        let again = timeout(PATIENCE, self.set_up.again(&mut self.wire)).await;
        match again.unwrap_or(Ok(false)) {
            Ok(true) => {
                self.altered.store(false, Ordering::Relaxed);
                Ok(())
            }
            Ok(false) => {
                self.link = Link::Closed;
                Err(error::lost())
            }
            Err(native) => {
                self.link = Link::Closed;
                Err(error::from_native(native))
            }
        }
    }

    /// Takes an interrupt that came too late for the statement it was meant for.
    pub(crate) async fn absorb_interrupt(&mut self) {
        if self.link != Link::Closed
            && let Err(native) = self.wire.run("DO 0").await
            && native.is_fatal()
        {
            self.link = Link::Closed;
        }
    }

    pub(crate) fn forget_statements(&mut self) {
        self.statements.clear();
    }

    /// Says good-bye, so that the server rolls back at once.
    pub(crate) async fn close(self) {
        // Whether the server hears it or finds the connection closed is the same in the end.
        let _ = timeout(PATIENCE, self.wire.quit()).await;
    }

    /// Closing needs no answer: it rides along with what comes next.
    fn close_forgotten(&mut self) {
        for prepared in self.statements.closing() {
            self.wire.close(prepared.id);
        }
    }

    /// What the server says of the transaction behind the last answer.
    fn follow(&mut self) {
        self.link = if self.wire.is_open() { Link::InTransaction } else { Link::Idle };
    }

    /// More has run in this transaction than the caller knows of.
    fn taint(&mut self) {
        if self.link == Link::InTransaction {
            self.link = Link::Aborted;
        }
    }

    /// After an error, of a text without parameters (`plain`) or with. In a transaction the rest of it is not what the program meant: it can only be rolled back.
    #[cold]
    fn failed(&mut self, native: Native, plain: bool, link: Link, kept: bool) -> Error {
        let error = match plain {
            true => error::of_text(native),
            false => error::from_native(native),
        };
        if error.is_disconnect() {
            self.link = Link::Closed;
            return if kept { error::commit_unknown(error) } else { error };
        }
        self.link = if link == Link::Idle { Link::Idle } else { Link::Aborted };
        error
    }
}

/// A step that the server need not see.
fn is_nothing(part: &Part, link: Link) -> bool {
    part.times == 0 || (part.statement.kind() == StatementKind::Rollback && link == Link::Idle)
}

/// Whether a step may run as things stand.
fn check(part: &Part, run: usize, shape: &Shape, link: Link) -> Result<()> {
    use StatementKind::{Begin, Rollback, RollbackTo};
    match (link, part.statement.kind()) {
        (Link::Closed, _) => return Err(error::lost()),
        (Link::Aborted, kind) if !matches!(kind, Rollback | RollbackTo) => return Err(error::aborted()),
        (Link::InTransaction, Begin) => return Err(error::nested()),
        _ => {}
    }
    let (given, each) = (part.binds.len(), shape.marks.len());
    if run == 0 && shape.sound && given != each * part.times {
        return Err(error::wrong_count(given, part.times, each));
    }
    Ok(())
}

//! The thread: takes one order after the other, and ends when nobody can send any.

use super::guard::Guard;
use crate::driver::Opening;
use crate::inline::Inline;
use rebis_core::{Cell, Error, ErrorKind, Result};
use rebis_driver::relay::{Job, Part, Promised, Sender, Shipper, Wish, interrupted};
use rebis_driver::{Columns, Connection, Flow, Sink, Step};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver};

/// What the thread is told.
pub(super) enum Order {
    /// Run a batch.
    Run(Job),
    /// Roll back whatever is open; `true` if that went well.
    Heal(Promised<bool>),
    /// Forget prepared statements.
    Forget,
}

/// What is promised to the one who opens a connection.
pub(super) type Opened = Promised<Result<Arc<Guard>>>;

/// Starts a thread that opens a connection and then takes orders.
pub(super) fn start(opening: Opening, opened: Opened) -> Result<mpsc::Sender<Order>> {
    let (orders, inbox) = mpsc::channel();
    let live = move || match opening.inline() {
        Ok(mut connection) => {
            let guard = Arc::new(Guard::new(connection.interrupt_handle()));
            opened.keep(Ok(guard.clone()));
            serve(&mut connection, &guard, &inbox);
        }
        Err(error) => opened.keep(Err(error)),
    };
    match std::thread::Builder::new().name("rebis-sqlite".into()).spawn(live) {
        Ok(_) => Ok(orders),
        Err(error) => {
            Err(Error::new(ErrorKind::CannotConnect, "the system gives no thread for the connection")
                .with_source(error))
        }
    }
}

fn serve(connection: &mut Inline, guard: &Guard, inbox: &Receiver<Order>) {
    while let Ok(order) = inbox.recv() {
        match order {
            Order::Run(job) => work(connection, guard, job),
            Order::Heal(done) => done.keep(connection.roll_back().is_ok()),
            Order::Forget => connection.forget_statements(),
        }
    }
}

fn work(connection: &mut Inline, guard: &Guard, job: Job) {
    let Job { number, steps, answer } = job;
    if !guard.begin(number) {
        return answer.end(Err(interrupted()), connection.link());
    }
    let last = steps.len().saturating_sub(1);
    let mut result = Ok(());
    for (index, part) in steps.into_iter().enumerate() {
        if result.is_err() {
            // It does not run; its parameters go back.
            answer.step(index, part.binds, (0, 0));
        } else if guard.is_cancelled(number) {
            result = Err(interrupted());
            answer.step(index, part.binds, (0, 0));
        } else {
            result = run(connection, part, index, index == last, &answer);
        }
    }
    guard.end();
    answer.end(result, connection.link());
}

/// Runs one step. Its parameters go back also after an error.
fn run(connection: &mut Inline, part: Part, index: usize, last: bool, answer: &Sender) -> Result<()> {
    let Part { statement, mut binds, times, expect } = part;
    let mut ship = Ship(Shipper::new(answer, index));
    let mut step = Step { times, expect, ..Step::new(&statement, &mut binds, &mut ship) };
    let result = connection.step(&mut step);
    let outcome = (step.affected, step.last_key);
    if result.is_ok() {
        ship.0.ship();
    }
    let shown = ship.0.has_columns();
    answer.step(index, binds, outcome);
    // What the sink says of the rows may stop the batch, as it would on the caller's thread.
    if result.is_ok() && shown && !last && !answer.wait_read(index) {
        return Err(interrupted());
    }
    result
}

/// The sink on the thread's side: packs rows and ships them.
struct Ship<'a>(Shipper<'a>);

fn obey(wish: Wish) -> Result<Flow> {
    match wish {
        Wish::More => Ok(ControlFlow::Continue(())),
        Wish::Enough => Ok(ControlFlow::Break(())),
        Wish::Stop => Err(interrupted()),
    }
}

impl Sink for Ship<'_> {
    fn start(&mut self, columns: &dyn Columns) -> Result<()> {
        let names = (0..columns.len()).map(|index| columns.name(index).to_owned()).collect();
        obey(self.0.columns(names)).map(drop)
    }

    fn row(&mut self, cells: &[Cell<'_>]) -> Result<Flow> {
        cells.iter().for_each(|cell| self.0.cell(*cell));
        if self.0.end_row() { obey(self.0.ship()) } else { Ok(ControlFlow::Continue(())) }
    }
}

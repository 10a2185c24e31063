//! The thread: takes one order after the other, and ends when nobody can send any.

use super::guard::Guard;
use super::job::{Job, Opened, Order, Part, Sender, Wish};
use crate::driver::Opening;
use crate::inline::Inline;
use rebis_core::{Binds, Cell, Error, ErrorKind, Result};
use rebis_driver::{Columns, Connection, Flow, Sink, Step};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver};

/// Rows of the first chunk: the reader begins soon. The next ones are larger.
const FIRST: usize = 64;
const NEXT: usize = 256;
/// A chunk of long rows is shipped when it holds this many bytes.
const BYTES: usize = 256 * 1024;

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
        if guard.is_cancelled(number) {
            result = Err(interrupted());
            break;
        }
        result = run(connection, part, index, index == last, &answer);
        if result.is_err() {
            break;
        }
    }
    guard.end();
    answer.end(result, connection.link());
}

/// Runs one step. Its parameters go back also after an error.
fn run(connection: &mut Inline, part: Part, index: usize, last: bool, answer: &Sender) -> Result<()> {
    let Part { statement, mut binds, times, expect } = part;
    let mut shipper =
        Shipper { answer, step: index, chunk: Binds::new(), rows: 0, most: FIRST, columns: false };
    let mut step = Step { times, expect, ..Step::new(&statement, &mut binds, &mut shipper) };
    let result = connection.step(&mut step);
    let outcome = (step.affected, step.last_key);
    if result.is_ok() {
        shipper.ship();
    }
    let shown = shipper.columns;
    answer.step(index, binds, outcome);
    // What the sink says of the rows may stop the batch, as it would on the caller's thread.
    if result.is_ok() && shown && !last && !answer.wait_read(index) {
        return Err(interrupted());
    }
    result
}

fn interrupted() -> Error {
    Error::new(ErrorKind::Interrupted, "the statement was interrupted")
}

/// The sink on the thread's side: packs rows and ships them.
struct Shipper<'a> {
    answer: &'a Sender,
    step: usize,
    chunk: Binds,
    rows: usize,
    most: usize,
    columns: bool,
}

impl Shipper<'_> {
    fn ship(&mut self) -> Wish {
        if self.rows == 0 {
            return Wish::More;
        }
        (self.rows, self.most) = (0, NEXT);
        let (wish, spare) = self.answer.rows(self.step, std::mem::take(&mut self.chunk));
        self.chunk = spare;
        wish
    }
}

fn obey(wish: Wish) -> Result<Flow> {
    match wish {
        Wish::More => Ok(ControlFlow::Continue(())),
        Wish::Enough => Ok(ControlFlow::Break(())),
        Wish::Stop => Err(interrupted()),
    }
}

impl Sink for Shipper<'_> {
    fn start(&mut self, columns: &dyn Columns) -> Result<()> {
        self.columns = true;
        let names = (0..columns.len()).map(|index| columns.name(index).to_owned()).collect();
        obey(self.answer.columns(self.step, names)).map(drop)
    }

    fn row(&mut self, cells: &[Cell<'_>]) -> Result<Flow> {
        cells.iter().for_each(|cell| self.chunk.push(*cell));
        self.rows += 1;
        if self.rows >= self.most || self.chunk.size() >= BYTES {
            obey(self.ship())
        } else {
            Ok(ControlFlow::Continue(()))
        }
    }
}

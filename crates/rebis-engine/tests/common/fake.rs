//! A driver without a database, and a runtime whose time stands still until a test moves it.
#![allow(dead_code, missing_docs, unreachable_pub)]

use rebis_core::{BoxFuture, Error, ErrorKind, Result};
use rebis_driver::{Connection, Driver, Link, Step};
use rebis_engine::{Engine, EngineOptions, Runtime};
use rebis_sql::{Capabilities, StatementKind};
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll, Waker};
use std::time::Instant;

/// What a fake driver does and has seen.
#[derive(Debug, Default)]
pub struct Seen {
    /// Connections opened, by number, and closed.
    pub opened: Vec<usize>,
    pub closed: Vec<usize>,
    /// Texts, with the number of the connection.
    pub ran: Vec<(usize, String)>,
    /// Opening, running and healing wait while this is set.
    pub held: bool,
    /// The next statement of this text fails with this kind.
    pub fails: Option<(&'static str, ErrorKind)>,
    /// Opening fails.
    pub refuses: bool,
    /// No connection answers at once.
    pub waits: bool,
}

#[derive(Clone, Debug, Default)]
pub struct Fake(Arc<Mutex<Seen>>);

impl Fake {
    pub fn seen(&self) -> MutexGuard<'_, Seen> {
        self.0.lock().expect("no test panicked here")
    }

    /// How many connections were opened and closed.
    pub fn counts(&self) -> (usize, usize) {
        let seen = self.seen();
        (seen.opened.len(), seen.closed.len())
    }

    pub fn engine(&self, options: EngineOptions) -> Engine {
        Engine::new_with(
            Arc::new(self.clone()),
            "fake://u:secret@host/db".parse().expect("a right URL"),
            options,
        )
    }

    async fn gate(&self) {
        poll_fn(|_| if self.seen().held { Poll::Pending } else { Poll::Ready(()) }).await;
    }
}

impl Driver for Fake {
    fn system(&self) -> &'static str {
        "fake"
    }
    fn capabilities(&self) -> &'static Capabilities {
        rebis_sql::dialect::sqlite()
    }
    fn connect(&self) -> BoxFuture<'_, Result<Box<dyn Connection>>> {
        Box::pin(async move {
            self.gate().await;
            let mut seen = self.seen();
            if seen.refuses {
                return Err(Error::new(ErrorKind::CannotConnect, "no"));
            }
            let number = seen.opened.len();
            seen.opened.push(number);
            drop(seen);
            Ok(Box::new(Wire { fake: self.clone(), number, link: Link::Idle }) as Box<dyn Connection>)
        })
    }
}

struct Wire {
    fake: Fake,
    number: usize,
    link: Link,
}

impl Wire {
    fn batch(&mut self, batch: &mut [Step<'_>]) -> Result<()> {
        for step in batch {
            let mut seen = self.fake.seen();
            let text = step.statement.sql();
            seen.ran.push((self.number, text.to_owned()));
            if let Some((fails, kind)) = seen.fails
                && fails == text
            {
                seen.fails = None;
                return Err(Error::new(kind, "as told"));
            }
            match step.statement.kind() {
                StatementKind::Begin => self.link = Link::InTransaction,
                StatementKind::Commit | StatementKind::Rollback => self.link = Link::Idle,
                _ => {}
            }
        }
        Ok(())
    }
}

impl Connection for Wire {
    fn run<'a>(&'a mut self, batch: &'a mut [Step<'_>]) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            let before = std::mem::replace(&mut self.link, Link::InFlight);
            self.fake.clone().gate().await;
            self.link = before;
            self.batch(batch)
        })
    }
    fn run_now(&mut self, batch: &mut [Step<'_>]) -> Option<Result<()>> {
        let waits = self.fake.seen().waits;
        if waits { None } else { Some(self.batch(batch)) }
    }
    fn link(&self) -> Link {
        self.link
    }
    fn heal(mut self: Box<Self>) -> BoxFuture<'static, Option<Box<dyn Connection>>> {
        Box::pin(async move {
            self.fake.clone().gate().await;
            self.link = Link::Idle;
            Some(self as Box<dyn Connection>)
        })
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.fake.seen().closed.push(self.number);
    }
}

/// Tasks run when told, and every alarm rings when told.
#[derive(Default)]
pub struct Manual {
    tasks: Mutex<Vec<BoxFuture<'static, ()>>>,
    rings: Arc<Mutex<bool>>,
}

impl Manual {
    /// Polls each task once.
    pub fn tick(&self) {
        let mut tasks = std::mem::take(&mut *self.tasks.lock().expect("no test panicked here"));
        tasks.retain_mut(|task| poll(task).is_none());
        self.tasks.lock().expect("no test panicked here").extend(tasks);
    }

    pub fn ring(&self) {
        *self.rings.lock().expect("no test panicked here") = true;
    }
}

impl Runtime for Manual {
    fn sleep_until(&self, _: Instant) -> BoxFuture<'static, ()> {
        let rings = self.rings.clone();
        Box::pin(poll_fn(move |_| {
            if *rings.lock().expect("no test panicked here") { Poll::Ready(()) } else { Poll::Pending }
        }))
    }
    fn spawn(&self, task: BoxFuture<'static, ()>) {
        self.tasks.lock().expect("no test panicked here").push(task);
    }
}

/// One poll: the output, or nothing yet.
pub fn poll<F: Future + Unpin>(future: &mut F) -> Option<F::Output> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    }
}

//! What the pool knows, under one lock that is never held over a call to a driver.

use super::PoolStatus;
use crate::fut::Site;
use crate::texts::OwnTexts;
use crate::watch::Tally;
use rebis_core::{BoxFuture, Error, ErrorKind};
use rebis_driver as driver;
use std::collections::VecDeque;
use std::fmt::Write;
use std::sync::{Arc, PoisonError};
use std::task::Waker;
use std::time::{Duration, Instant};
// In tests every order in which threads may take these locks is tried: `explored.rs`.
#[cfg(test)]
use shuttle::sync::{Mutex, MutexGuard};
#[cfg(not(test))]
use std::sync::{Mutex, MutexGuard};

/// An open connection and what belongs to it, in the pool or in use.
pub(crate) struct Pooled {
    /// In a mutex that is never locked: it is reached by `&mut` alone, and so a lease is `Sync`.
    wire: std::sync::Mutex<Wire>,
    pub(crate) texts: OwnTexts,
    pub(crate) tally: Arc<Tally>,
    pub(crate) opened: Instant,
    generation: u64,
}

/// A driver's connection, as far as it is there.
#[derive(Default)]
struct Wire {
    /// `None` while it comes to rest, and after it could not.
    here: Option<Box<dyn driver::Connection>>,
    /// It comes to rest. Kept while nobody waits for it.
    healing: Option<BoxFuture<'static, Option<Box<dyn driver::Connection>>>>,
}

impl Pooled {
    pub(crate) fn new(wire: Box<dyn driver::Connection>, tally: Arc<Tally>, generation: u64) -> Box<Pooled> {
        let wire = std::sync::Mutex::new(Wire { here: Some(wire), healing: None });
        Box::new(Pooled { wire, texts: OwnTexts::new(), tally, opened: Instant::now(), generation })
    }

    #[inline]
    fn inside(&mut self) -> &mut Wire {
        self.wire.get_mut().unwrap_or_else(PoisonError::into_inner)
    }

    #[inline]
    pub(crate) fn wire(&mut self) -> &mut Option<Box<dyn driver::Connection>> {
        &mut self.inside().here
    }

    /// What the driver believes; a connection that is gone is closed.
    #[inline]
    pub(crate) fn link(&mut self) -> driver::Link {
        match self.inside() {
            Wire { here: Some(wire), .. } => wire.link(),
            Wire { healing: Some(_), .. } => driver::Link::InFlight,
            Wire { here: None, healing: None } => driver::Link::Closed,
        }
    }

    /// Brings it to rest. Dropped half way, the next call goes on with it. `false`: it could not, and is closed.
    pub(crate) async fn heal(&mut self) -> bool {
        let inside = self.inside();
        if let Some(wire) = inside.here.take() {
            inside.healing = Some(wire.heal());
        }
        if let Some(healing) = &mut inside.healing {
            inside.here = healing.await;
            inside.healing = None;
        }
        self.link() == driver::Link::Idle
    }

    /// Whether its borrower has changed what the next one would meet.
    #[inline]
    pub(crate) fn is_altered(&mut self) -> bool {
        self.wire().as_ref().is_some_and(|wire| wire.is_altered())
    }
}

/// The pool of one engine.
pub(crate) struct Pool {
    state: Mutex<State>,
    size: usize,
    most: usize,
}

#[derive(Default)]
struct State {
    /// The one returned last is taken first: few connections stay warm, the others grow old.
    #[expect(clippy::vec_box, reason = "a lease holds the same box: giving it out and back moves a pointer")]
    idle: Vec<Box<Pooled>>,
    /// Who holds the places that are taken, by number of the place.
    holders: Vec<Option<Site>>,
    free: Vec<usize>,
    waiting: VecDeque<Arc<Waiter>>,
    generation: u64,
    closed: bool,
    opened: u64,
}

impl State {
    fn in_use(&self) -> usize {
        self.holders.len() - self.free.len()
    }

    fn hold(&mut self, site: Site) -> usize {
        match self.free.pop() {
            Some(place) => {
                self.holders[place] = Some(site);
                place
            }
            None => {
                self.holders.push(Some(site));
                self.holders.len() - 1
            }
        }
    }

    fn release(&mut self, place: usize) {
        if self.holders[place].take().is_some() {
            self.free.push(place);
        }
    }

    /// The first in the queue gets what became free; to be woken when the lock is open again.
    fn pass_on(&mut self, pooled: Option<Box<Pooled>>) -> Result<Option<Waker>, Option<Box<Pooled>>> {
        match self.waiting.pop_front() {
            Some(waiter) => {
                let place = self.hold(waiter.site);
                Ok(waiter.grant(Turn::Yours(Grant { place, pooled })))
            }
            None => Err(pooled),
        }
    }
}

/// A place, and the free connection that came with it, if there was one.
pub(crate) struct Grant {
    pub(crate) place: usize,
    pub(crate) pooled: Option<Box<Pooled>>,
}

/// What came of asking.
pub(crate) enum Turn {
    Yours(Grant),
    Closed,
}

/// One who waits. What is granted lies here until it is taken, so that a waiter that is dropped can pass it on.
pub(crate) struct Waiter {
    site: Site,
    slot: Mutex<(Option<Turn>, Option<Waker>)>,
}

impl Waiter {
    fn grant(&self, turn: Turn) -> Option<Waker> {
        let mut slot = lock(&self.slot);
        slot.0 = Some(turn);
        slot.1.take()
    }

    /// Takes what was granted; else remembers whom to wake.
    pub(crate) fn take(&self, waker: Option<&Waker>) -> Option<Turn> {
        let mut slot = lock(&self.slot);
        if slot.0.is_none() {
            slot.1 = waker.cloned();
        }
        slot.0.take()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Pool {
    pub(crate) fn new(size: usize, overflow: usize) -> Pool {
        Pool { state: Mutex::default(), size, most: size.saturating_add(overflow) }
    }

    /// A place at once, or a place in the queue.
    pub(crate) fn ask(&self, site: Site) -> Result<Turn, Arc<Waiter>> {
        let mut state = lock(&self.state);
        if state.closed {
            return Ok(Turn::Closed);
        }
        // First come, first served: nobody overtakes the queue.
        if state.waiting.is_empty() {
            let pooled = state.idle.pop();
            if pooled.is_some() || state.in_use() < self.most {
                let place = state.hold(site);
                return Ok(Turn::Yours(Grant { place, pooled }));
            }
        }
        let waiter = Arc::new(Waiter { site, slot: Mutex::default() });
        state.waiting.push_back(waiter.clone());
        Err(waiter)
    }

    /// Leaves the queue. What was granted meanwhile comes back.
    pub(crate) fn leave(&self, waiter: &Arc<Waiter>) -> Option<Turn> {
        lock(&self.state).waiting.retain(|other| !Arc::ptr_eq(other, waiter));
        waiter.take(None)
    }

    /// A connection comes back, well and idle: to the first in the queue, to the free ones, or it is too old or one
    /// too many and is closed, and only then is its place free.
    pub(crate) fn put(&self, pooled: Box<Pooled>, place: usize) {
        let mut state = lock(&self.state);
        let surplus = state.in_use() + state.idle.len() > self.size && state.waiting.is_empty();
        if pooled.generation != state.generation || state.closed || surplus {
            drop(state);
            drop(pooled);
            return self.vacate(place);
        }
        state.release(place);
        match state.pass_on(Some(pooled)) {
            Ok(waker) => {
                drop(state);
                waker.into_iter().for_each(Waker::wake);
            }
            Err(pooled) => state.idle.extend(pooled),
        }
    }

    /// A place becomes free without a connection.
    pub(crate) fn vacate(&self, place: usize) {
        let mut state = lock(&self.state);
        state.release(place);
        if let Ok(waker) = state.pass_on(None) {
            drop(state);
            waker.into_iter().for_each(Waker::wake);
        }
    }

    /// Closes the free connections; those in use are closed when they come back.
    pub(crate) fn dispose(&self) {
        let mut state = lock(&self.state);
        state.generation += 1;
        let idle = std::mem::take(&mut state.idle);
        drop(state);
        drop(idle);
    }

    /// Whether no connection has been lost since this one was opened.
    pub(crate) fn is_current(&self, pooled: &Pooled) -> bool {
        pooled.generation == lock(&self.state).generation
    }

    /// Counts a connection that is about to be opened; its generation.
    pub(crate) fn opening(&self) -> u64 {
        let mut state = lock(&self.state);
        state.opened += 1;
        state.generation
    }

    /// The server has closed this connection, so it has likely closed all that were opened before now: they are not
    /// used again. The loss of one of those says nothing of the connections opened since.
    pub(crate) fn invalidate(&self, lost: &Pooled) {
        let mut state = lock(&self.state);
        if lost.generation != state.generation {
            return;
        }
        state.generation += 1;
        let idle = std::mem::take(&mut state.idle);
        drop(state);
        drop(idle);
    }

    /// Ends the pool: nobody gets a connection any more, and each is closed when it comes back.
    pub(crate) fn close(&self) {
        let mut state = lock(&self.state);
        state.closed = true;
        let waiting = std::mem::take(&mut state.waiting);
        let idle = std::mem::take(&mut state.idle);
        drop(state);
        drop(idle);
        for waiter in waiting {
            waiter.grant(Turn::Closed).into_iter().for_each(Waker::wake);
        }
    }

    pub(crate) fn status(&self) -> PoolStatus {
        let state = lock(&self.state);
        PoolStatus {
            size: self.most,
            idle: state.idle.len(),
            in_use: state.in_use(),
            waiting: state.waiting.len(),
            opened: state.opened,
        }
    }

    /// Who holds the connections, most first: a line each.
    #[cold]
    pub(crate) fn holders(&self) -> String {
        let mut counted: Vec<(Site, usize)> = Vec::new();
        for site in lock(&self.state).holders.iter().flatten() {
            match counted.iter_mut().find(|(known, _)| known == site) {
                Some((_, count)) => *count += 1,
                None => counted.push((site, 1)),
            }
        }
        counted.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        let mut text = String::new();
        for (site, count) in counted {
            // Writing into a string cannot fail.
            let _ = write!(text, "\n  held by {}:{}:{}", site.file(), site.line(), site.column());
            if count > 1 {
                let _ = write!(text, " ({count} times)");
            }
        }
        text
    }

    /// The error of one who waited in vain.
    #[cold]
    pub(crate) fn timed_out(&self, after: Duration, overflow: usize) -> Error {
        let text = format!(
            "no connection became free within {after:?}: all {} (pool_size {} + max_overflow {overflow}) are in use{}",
            self.most,
            self.size,
            self.holders(),
        );
        Error::new(ErrorKind::PoolTimeout, text).with_help(
            "drop connections and sessions before asking for another, or raise `pool_size` or `pool_timeout`",
        )
    }

    #[cold]
    pub(crate) fn closed() -> Error {
        Error::new(ErrorKind::InvalidState, "the engine was closed")
            .with_help("make a new engine, or close this one later")
    }
}

//! From a place to a connection that works: waiting, opening, trying.

use super::give_back;
use super::state::{Grant, Pool, Pooled, Turn, Waiter};
use crate::fut::{Fut, Site};
use crate::runtime::within;
use crate::{Connection, Engine};
use rebis_core::{Binds, BoxFuture, Result};
use rebis_driver::{Discard, Link, Step};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

/// A connection for `site`. Ready at once where one is free.
#[inline]
pub(crate) fn acquire(engine: Engine, site: Site) -> Fut<'static, Connection> {
    match engine.pool().ask(site) {
        Ok(Turn::Yours(Grant { place, pooled: Some(pooled) })) if is_fit(&engine, &pooled) => {
            Fut::ready(Ok(Connection::new(engine, pooled, place, site)))
        }
        Ok(Turn::Yours(grant)) => {
            let (place, pooled) = Place::of(engine, grant);
            Fut::new(make_ready(place, pooled, site))
        }
        Ok(Turn::Closed) => Fut::ready(Err(Pool::closed().with_site(site))),
        Err(waiter) => Fut::new(wait(Queued { engine, waiter: Some(waiter) }, site)),
    }
}

/// Whether a free connection can be given out as it is. Only idle ones come back to the pool.
#[inline]
fn is_fit(engine: &Engine, pooled: &Pooled) -> bool {
    !engine.options().pre_ping && !is_old(engine, pooled)
}

fn is_old(engine: &Engine, pooled: &Pooled) -> bool {
    engine.options().recycle.is_some_and(|age| pooled.opened.elapsed() >= age)
}

/// A place of the pool that is given back when nobody has taken it over.
pub(crate) struct Place {
    engine: Engine,
    place: Option<usize>,
}

/// A connection that is being tried. Dropped meanwhile, it goes back as any that was in use.
struct Tried {
    place: Place,
    pooled: Option<Box<Pooled>>,
    site: Site,
}

impl Drop for Tried {
    fn drop(&mut self) {
        if let Some(pooled) = self.pooled.take()
            && let Some(place) = self.place.place.take()
        {
            give_back(self.place.engine.clone(), pooled, place, self.site, &[]);
        }
    }
}

impl Place {
    pub(crate) fn new(engine: Engine, place: usize) -> Place {
        Place { engine, place: Some(place) }
    }

    fn of(engine: Engine, grant: Grant) -> (Place, Option<Box<Pooled>>) {
        (Place::new(engine, grant.place), grant.pooled)
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.engine
    }

    fn lend(&mut self, pooled: Box<Pooled>, site: Site) -> Option<Connection> {
        let place = self.place.take()?;
        Some(Connection::new(self.engine.clone(), pooled, place, site))
    }

    pub(crate) fn put(mut self, pooled: Box<Pooled>) {
        if let Some(place) = self.place.take() {
            self.engine.pool().put(pooled, place);
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some(place) = self.place.take() {
            self.engine.pool().vacate(place);
        }
    }
}

/// One in the queue. Dropped early it leaves the queue, and what it was granted goes to the next.
struct Queued {
    engine: Engine,
    waiter: Option<Arc<Waiter>>,
}

impl Queued {
    fn leave(&mut self) -> Option<Turn> {
        let waiter = self.waiter.take()?;
        self.engine.pool().leave(&waiter)
    }
}

impl Drop for Queued {
    fn drop(&mut self) {
        if let Some(Turn::Yours(grant)) = self.leave() {
            match Place::of(self.engine.clone(), grant) {
                (place, Some(pooled)) => place.put(pooled),
                (place, None) => drop(place),
            }
        }
    }
}

async fn wait(mut queued: Queued, site: Site) -> Result<Connection> {
    let engine = queued.engine.clone();
    let options = engine.options();
    // A deadline beyond what the clock can say is none.
    let deadline = Instant::now().checked_add(options.pool_timeout);
    let alarm = deadline.map(|at| options.runtime.sleep_until(at));
    let granted = match &queued.waiter {
        Some(waiter) => Turning { waiter: waiter.clone(), alarm }.await,
        None => None,
    };
    // A grant that came together with the alarm is not lost.
    match granted.or_else(|| queued.leave()) {
        Some(Turn::Yours(grant)) => {
            queued.waiter = None;
            let (place, pooled) = Place::of(engine.clone(), grant);
            make_ready(place, pooled, site).await
        }
        Some(Turn::Closed) => Err(Pool::closed().with_site(site)),
        None => Err(engine.pool().timed_out(options.pool_timeout, options.max_overflow).with_site(site)),
    }
}

/// Until it is our turn, or the alarm (`None`).
pub(super) struct Turning {
    pub(super) waiter: Arc<Waiter>,
    pub(super) alarm: Option<BoxFuture<'static, ()>>,
}

impl Future for Turning {
    type Output = Option<Turn>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Turn>> {
        if let Some(turn) = self.waiter.take(Some(context.waker())) {
            return Poll::Ready(Some(turn));
        }
        match self.alarm.as_mut().map(|alarm| alarm.as_mut().poll(context)) {
            Some(Poll::Ready(())) => Poll::Ready(None),
            Some(Poll::Pending) | None => Poll::Pending,
        }
    }
}

/// Tries what came with the place, or opens a connection.
async fn make_ready(place: Place, pooled: Option<Box<Pooled>>, site: Site) -> Result<Connection> {
    let mut tried = Tried { place, pooled, site };
    if let Some(pooled) = &mut tried.pooled
        && !is_usable(&tried.place.engine, pooled).await
    {
        tried.pooled = None;
    }
    let pooled = match tried.pooled.take() {
        Some(pooled) => pooled,
        None => open(&tried.place.engine).await.map_err(|e| e.with_site(site))?,
    };
    tried.place.lend(pooled, site).ok_or_else(Pool::closed)
}

/// Whether a connection of the pool is of use still.
async fn is_usable(engine: &Engine, pooled: &mut Pooled) -> bool {
    if is_old(engine, pooled) || pooled.link() != Link::Idle || !engine.pool().is_current(pooled) {
        return false;
    }
    if !engine.options().pre_ping {
        return true;
    }
    match ping(engine, pooled).await {
        Some(Ok(())) => return true,
        Some(Err(error)) => {
            tracing::info!(target: "rebis::pool", %error, "a connection of the pool is gone and is replaced");
            if !error.is_disconnect() {
                return false;
            }
        }
        None => {
            tracing::info!(target: "rebis::pool", "a connection of the pool does not answer and is replaced")
        }
    }
    engine.pool().invalidate(pooled);
    false
}

/// What a small statement says; `None`: nothing, for too long.
async fn ping(engine: &Engine, pooled: &mut Pooled) -> Option<Result<()>> {
    let Some(wire) = pooled.wire() else { return Some(Err(Pool::closed())) };
    let (mut binds, mut sink) = (Binds::new(), Discard);
    let mut steps = [Step::new(&engine.fixed().ping, &mut binds, &mut sink)];
    if let Some(answer) = wire.run_now(&mut steps) {
        return Some(answer);
    }
    within(wire.run(&mut steps), engine.sleep(engine.options().heal_timeout)).await
}

async fn open(engine: &Engine) -> Result<Box<Pooled>> {
    let generation = engine.pool().opening();
    let wire = engine.driver().connect().await?;
    Ok(Pooled::new(wire, engine.watch().new_tally(), generation))
}

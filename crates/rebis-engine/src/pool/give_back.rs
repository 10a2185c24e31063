//! What becomes of a connection that its user has dropped: never handed out in a transaction, never thrown away for
//! a cancelled future.

use super::acquire::Place;
use super::state::Pooled;
use crate::Engine;
use crate::fut::Site;
use crate::runtime::within;
use rebis_core::Binds;
use rebis_driver::{Discard, Link, Step};
use rebis_sql::StatementKind;

/// Takes a connection back. Rolls back what is open, at once where the driver can, else by a task.
pub(crate) fn give_back(
    engine: Engine,
    mut pooled: Box<Pooled>,
    place: usize,
    site: Site,
    after: &[&'static str],
) {
    match pooled.link() {
        // A level of isolation is still set: reset with the rollback, or not at all.
        Link::InTransaction | Link::Aborted if !after.is_empty() => {
            if roll_back_now(&engine, &mut pooled, site) == Some(true) && reset(&engine, &mut pooled, after) {
                return engine.pool().put(pooled, place);
            }
            drop(pooled);
            engine.pool().vacate(place);
        }
        _ if !after.is_empty() => {
            drop(pooled);
            engine.pool().vacate(place);
        }
        Link::Idle if pooled.is_altered() => heal(engine, pooled, place, site),
        Link::Idle => engine.pool().put(pooled, place),
        Link::Closed => {
            drop(pooled);
            engine.pool().vacate(place);
        }
        Link::InTransaction | Link::Aborted => match roll_back_now(&engine, &mut pooled, site) {
            Some(true) if pooled.is_altered() => heal(engine, pooled, place, site),
            Some(true) => engine.pool().put(pooled, place),
            Some(false) => {
                drop(pooled);
                engine.pool().vacate(place);
            }
            None => heal(engine, pooled, place, site),
        },
        Link::InFlight => heal(engine, pooled, place, site),
    }
}

/// `None`: the driver would have to wait.
pub(crate) fn roll_back_now(engine: &Engine, pooled: &mut Pooled, site: Site) -> Option<bool> {
    let (mut binds, mut sink) = (Binds::new(), Discard);
    let mut steps = [Step::new(&engine.fixed().rollback, &mut binds, &mut sink)];
    let result = pooled.wire().as_mut()?.run_now(&mut steps)?;
    engine.watch().finished(&pooled.tally, &steps, &result, None, site);
    Some(result.is_ok())
}

/// Runs settings now. `false`: the driver would have to wait, or it failed.
pub(crate) fn reset(engine: &Engine, pooled: &mut Pooled, settings: &[&'static str]) -> bool {
    settings.iter().all(|text| {
        let statement = engine.statement(text, StatementKind::Setting);
        let (mut binds, mut sink) = (Binds::new(), Discard);
        let mut steps = [Step::new(&statement, &mut binds, &mut sink)];
        let answer = pooled.wire().as_mut().and_then(|wire| wire.run_now(&mut steps));
        matches!(answer, Some(Ok(())))
    })
}

/// Hands the connection to a task that waits for its end, up to a deadline. The place is freed last.
fn heal(engine: Engine, pooled: Box<Pooled>, place: usize, site: Site) {
    let runtime = engine.options().runtime.clone();
    let place = Place::new(engine, place);
    runtime.spawn(Box::pin(healed(place, pooled, site)));
}

async fn healed(place: Place, mut pooled: Box<Pooled>, site: Site) {
    let alarm = place.engine().sleep(place.engine().options().heal_timeout);
    let was_idle = pooled.link() == Link::Idle;
    // Given up, it is closed with its connection, before its place is free.
    if let Some(Some(pooled)) = within(as_opened(pooled), alarm).await {
        if !was_idle {
            place.engine().watch().rolled_back(&pooled.tally, &place.engine().fixed().rollback, site);
        }
        place.put(pooled);
    } else {
        tracing::warn!(
            target: "rebis::pool",
            { code.file.path = site.file(), code.line.number = site.line() },
            "an abandoned connection did not come to rest in time and is closed"
        );
    }
}

/// Brings a connection to rest, and takes back what its borrower has changed.
async fn as_opened(mut pooled: Box<Pooled>) -> Option<Box<Pooled>> {
    if !pooled.heal().await {
        return None;
    }
    if pooled.is_altered() {
        pooled.wire().as_mut()?.reset().await.ok()?;
    }
    (pooled.link() == Link::Idle).then_some(pooled)
}

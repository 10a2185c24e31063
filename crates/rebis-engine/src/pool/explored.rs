//! The pool under every order in which its locks may be taken, as far as there is time; and every order of whole calls,
//! up to a length, beside a model of what a pool is.

use super::acquire::Turning;
use super::state::{Grant, Pool, Pooled, Turn, Waiter};
use rebis_core::{BoxFuture, Result};
use rebis_driver::{Connection, Link, Step};
use shuttle::future::block_on;
use shuttle::scheduler::{DfsScheduler, PctScheduler, RandomScheduler, Scheduler};
use shuttle::thread;
use std::collections::VecDeque;
use std::panic::Location;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Waker};

/// A connection that is well.
struct Well;

impl Connection for Well {
    fn run<'a>(&'a mut self, _: &'a mut [Step<'_>]) -> BoxFuture<'a, Result<()>> {
        Box::pin(std::future::ready(Ok(())))
    }

    fn link(&self) -> Link {
        Link::Idle
    }

    fn heal(self: Box<Self>) -> BoxFuture<'static, Option<Box<dyn Connection>>> {
        Box::pin(std::future::ready(Some(self as Box<dyn Connection>)))
    }
}

fn connection(pool: &Pool) -> Box<Pooled> {
    Pooled::new(Box::new(Well), Arc::default(), pool.opening())
}

/// What a borrower does.
#[derive(Clone, Copy, Debug)]
enum Plan {
    /// Waits for its turn, and gives the connection back well.
    Uses,
    /// The connection is lost in its hands.
    Loses,
    /// Asks, looks once, and gives up.
    GivesUp,
}
use Plan::{GivesUp, Loses, Uses};

/// Gives back what was granted, unused.
fn refuse(pool: &Pool, turn: Option<Turn>) {
    match turn {
        Some(Turn::Yours(Grant { place, pooled: Some(pooled) })) => pool.put(pooled, place),
        Some(Turn::Yours(Grant { place, pooled: None })) => pool.vacate(place),
        Some(Turn::Closed) | None => {}
    }
}

fn turning(waiter: &Arc<Waiter>) -> Turning {
    Turning { waiter: waiter.clone(), alarm: None }
}

fn borrow(pool: &Pool, plan: Plan, held: &AtomicUsize, most: usize) {
    let turn = match (pool.ask(Location::caller()), plan) {
        (Ok(turn), _) => turn,
        (Err(waiter), GivesUp) => {
            let looked = pin!(turning(&waiter)).poll(&mut Context::from_waker(Waker::noop()));
            refuse(pool, if looked.is_ready() { taken(looked) } else { pool.leave(&waiter) });
            return;
        }
        (Err(waiter), Uses | Loses) => {
            // A wake-up that is lost is a deadlock here, which the scheduler tells.
            block_on(turning(&waiter)).expect("nobody sets an alarm")
        }
    };
    let Turn::Yours(Grant { place, pooled }) = turn else { return };
    assert!(held.fetch_add(1, Ordering::SeqCst) < most, "more places than there are");
    let pooled = pooled.unwrap_or_else(|| connection(pool));
    thread::yield_now();
    held.fetch_sub(1, Ordering::SeqCst);
    match plan {
        Uses => pool.put(pooled, place),
        Loses => {
            pool.invalidate(&pooled);
            drop(pooled);
            pool.vacate(place);
        }
        GivesUp => refuse(pool, Some(Turn::Yours(Grant { place, pooled: Some(pooled) }))),
    }
}

fn taken<T>(polled: std::task::Poll<Option<T>>) -> Option<T> {
    match polled {
        std::task::Poll::Ready(value) => value,
        std::task::Poll::Pending => None,
    }
}

/// Runs borrowers, each on a thread, in the orders of a scheduler; how many orders.
fn explore(
    scheduler: impl Scheduler + 'static,
    (size, overflow): (usize, usize),
    plans: &'static [Plan],
    closes: bool,
) -> usize {
    let runner = shuttle::Runner::new(scheduler, shuttle::Config::new());
    runner.run(move || {
        let (pool, held) = (Arc::new(Pool::new(size, overflow)), Arc::new(AtomicUsize::new(0)));
        let threads: Vec<_> = plans
            .iter()
            .map(|plan| {
                let (pool, held) = (pool.clone(), held.clone());
                thread::spawn(move || borrow(&pool, *plan, &held, size + overflow))
            })
            .collect();
        if closes {
            pool.close();
        }
        threads.into_iter().for_each(|thread| thread.join().expect("no panic"));
        let status = pool.status();
        assert_eq!((status.in_use, status.waiting), (0, 0), "{plans:?}");
        assert!(status.idle <= size && (!closes || status.idle == 0), "{status:?}");
    })
}

#[test]
fn no_wake_up_is_lost_and_no_place_is_taken_twice() {
    let few: &[(&[Plan], (usize, usize))] = &[
        (&[Uses, Uses], (1, 0)),
        (&[Uses, Loses], (1, 0)),
        (&[Uses, GivesUp], (1, 0)),
        (&[Loses, GivesUp], (1, 0)),
    ];
    let many: &[(&[Plan], (usize, usize))] = &[
        (&[Uses, Uses, GivesUp], (1, 0)),
        (&[Uses, Loses, GivesUp, Uses], (1, 0)),
        (&[Uses, Uses, GivesUp, GivesUp, Loses], (1, 1)),
        (&[Uses, Uses, Uses, Loses, GivesUp, Uses], (2, 0)),
    ];
    let mut orders = 0;
    for closes in [false, true] {
        for (plans, places) in few {
            orders += explore(DfsScheduler::new(Some(2_000), false), *places, plans, closes);
        }
        for (plans, places) in many {
            orders += explore(RandomScheduler::new_from_seed(7, 500), *places, plans, closes);
            orders += explore(PctScheduler::new_from_seed(7, 3, 500), *places, plans, closes);
        }
    }
    println!(
        "figure: pool | all | {orders} orders of its locks: no wake-up lost, never over its maximum, 0 places leaked"
    );
}

/// One call, whole.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Move {
    /// This borrower asks, if it has nothing and does not wait.
    Asks(usize),
    /// It gives up waiting, or gives back what it has.
    Ends(usize),
    /// It loses what it has.
    Loses(usize),
    /// All free connections are closed.
    Disposes,
}

/// What a pool is: who holds a place, and who waits, in order.
#[derive(Default)]
struct Model {
    holding: Vec<usize>,
    waiting: VecDeque<usize>,
}

impl Model {
    fn ends(&mut self, borrower: usize) {
        self.holding.retain(|other| *other != borrower);
        self.waiting.retain(|other| *other != borrower);
    }

    fn serve(&mut self, most: usize) {
        while self.holding.len() < most
            && let Some(next) = self.waiting.pop_front()
        {
            self.holding.push(next);
        }
    }
}

enum Seat {
    Away,
    Waits(Arc<Waiter>),
    Holds(usize, Box<Pooled>),
}

/// Plays moves against a pool and the model. `false`: the last of them changes nothing, so no longer play begins so.
fn play(moves: &[Move], borrowers: usize, (size, overflow): (usize, usize)) -> bool {
    let (pool, mut model, most) = (Pool::new(size, overflow), Model::default(), size + overflow);
    let mut seats: Vec<Seat> = (0..borrowers).map(|_| Seat::Away).collect();
    for step in moves {
        let (borrower, is_of_use) = match *step {
            Move::Asks(b) => (b, matches!(seats[b], Seat::Away)),
            Move::Ends(b) => (b, !matches!(seats[b], Seat::Away)),
            Move::Loses(b) => (b, matches!(seats[b], Seat::Holds(..))),
            Move::Disposes => (0, pool.status().idle > 0),
        };
        if !is_of_use {
            return false;
        }
        match *step {
            Move::Asks(_) => model.waiting.push_back(borrower),
            Move::Ends(_) | Move::Loses(_) => model.ends(borrower),
            Move::Disposes => {}
        }
        model.serve(most);
        seats[borrower] = match (*step, std::mem::replace(&mut seats[borrower], Seat::Away)) {
            (Move::Asks(_), _) => match pool.ask(Location::caller()) {
                Ok(turn) => seated(&pool, turn),
                Err(waiter) => Seat::Waits(waiter),
            },
            (Move::Ends(_), Seat::Waits(waiter)) => {
                refuse(&pool, pool.leave(&waiter));
                Seat::Away
            }
            (Move::Ends(_), Seat::Holds(place, pooled)) => {
                pool.put(pooled, place);
                Seat::Away
            }
            (Move::Loses(_), Seat::Holds(place, pooled)) => {
                pool.invalidate(&pooled);
                pool.vacate(place);
                Seat::Away
            }
            (_, seat) => {
                pool.dispose();
                seat
            }
        };
        agree(&pool, &model, &mut seats, moves);
    }
    true
}

fn seated(pool: &Pool, turn: Turn) -> Seat {
    match turn {
        Turn::Yours(Grant { place, pooled }) => {
            Seat::Holds(place, pooled.unwrap_or_else(|| connection(pool)))
        }
        Turn::Closed => Seat::Away,
    }
}

/// Whoever the model serves has a place, and nobody else.
fn agree(pool: &Pool, model: &Model, seats: &mut [Seat], moves: &[Move]) {
    for (borrower, seat) in seats.iter_mut().enumerate() {
        if let Seat::Waits(waiter) = seat
            && let Some(turn) = waiter.take(None)
        {
            *seat = seated(pool, turn);
        }
        assert_eq!(
            matches!(seat, Seat::Holds(..)),
            model.holding.contains(&borrower),
            "{borrower}: {moves:?}"
        );
        assert_eq!(
            matches!(seat, Seat::Waits(_)),
            model.waiting.contains(&borrower),
            "{borrower}: {moves:?}"
        );
    }
    let status = pool.status();
    assert_eq!((status.in_use, status.waiting), (model.holding.len(), model.waiting.len()), "{moves:?}");
    // Connections that are free keep within the size, and with those in use within all places.
    assert!(status.idle <= pool.status().size, "{moves:?}");
}

/// All plays up to a length; how many.
fn plays(borrowers: usize, places: (usize, usize), longest: usize) -> usize {
    let all: Vec<Move> = (0..borrowers)
        .flat_map(|b| [Move::Asks(b), Move::Ends(b), Move::Loses(b)])
        .chain([Move::Disposes])
        .collect();
    let (mut count, mut open) = (0, vec![Vec::new()]);
    while let Some(moves) = open.pop() {
        for step in &all {
            let longer: Vec<Move> = moves.iter().chain([step]).copied().collect();
            if play(&longer, borrowers, places) {
                count += 1;
                open.extend((longer.len() < longest).then_some(longer));
            }
        }
    }
    count
}

#[test]
fn first_come_first_served_in_every_order_of_calls() {
    let count = Arc::new(AtomicUsize::new(0));
    let (told, mut config) = (count.clone(), shuttle::Config::new());
    config.max_steps = shuttle::MaxSteps::None;
    // The locks of the pool live within a runner alone.
    shuttle::Runner::new(RandomScheduler::new_from_seed(7, 1), config).run(move || {
        let all = [(3, (1, 0)), (3, (1, 1)), (4, (2, 0))];
        let sum = all.iter().map(|(borrowers, places)| plays(*borrowers, *places, 6)).sum();
        told.store(sum, Ordering::SeqCst);
    });
    let count = count.load(Ordering::SeqCst);
    println!(
        "figure: pool | all | {count} orders of up to 6 whole calls, beside a model: first come, first served"
    );
    assert!(count > 1000);
}
